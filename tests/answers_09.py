"""Answers to the exercises of lesson 09, right ones in many styles and wrong ones with the words that each must get."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from gan_lessons import digits

# Bytes into images as a tanh makes them


def channel(images):
    return images.float().unsqueeze(1)


def own_in_place(images):
    x = channel(images)
    x /= 127.5
    x -= 1
    return x


def spoils(images):
    x = channel(images) / 127.5 - 1
    images.zero_()
    return x


def own_mean(images):
    x = channel(images)
    return x - x.mean((2, 3), keepdim=True) + 0.1 * torch.arange(len(x))[:, None, None, None]


PREPARE = [
    digits.to_float,
    own_in_place,
    lambda images: images.double()[:, None] / 255 * 2 - 1,
    lambda images, half=127.5: (images.reshape(-1, 1, 28, 28) - half) / half,
    lambda images: images.numpy()[:, None] / 127.5 - 1,
    lambda images: torch.from_numpy(images.numpy().astype(np.float32)[:, None] / 127.5 - 1),
    lambda images: torch.stack([(image / 127.5 - 1)[None] for image in images]),
    lambda images: torch.linspace(-1, 1, 256)[images.long()][:, None],
    lambda images: torch.einsum("nhw,c->nchw", images.float(), torch.ones(1)).requires_grad_() / 127.5 - 1,
    lambda images: (channel(images) / 127.5 - 1).half(),
    lambda images: (channel(images) / 127.5 - 1).bfloat16(),
    lambda images: np.interp(images.numpy()[:, None], [0, 255], [-1, 1]),
    lambda images: torch.lerp(torch.tensor(-1.0), torch.tensor(1.0), images[:, None] / 255),
    lambda images: np.array([[[[p / 127.5 - 1 for p in row] for row in image]] for image in images.tolist()]),
]
WRONG_PREPARE = [
    (lambda images: channel(images) / 255, "The range is [0, 1]"),
    (lambda images: channel(images) / 127.5, "The range is [0, 2]"),
    (lambda images: channel(images) / 255 - 1, "The range is [-1, 0]"),
    (lambda images: channel(images) / 255 - 0.5, "The range is [-0.5, 0.5]"),
    (lambda images: channel(images) - 127.5, "You subtract 127.5 and stop"),
    (channel, "still go from 0 to 255"),
    (lambda images: 1 - channel(images) / 127.5, "Paper and ink are exchanged"),
    (lambda images: channel(images) / 128 - 1, "Full ink becomes 0.992"),
    (lambda images: channel(images) / 256 * 2 - 1, "by 128, or by 256"),
    (lambda images: channel(images) / 127 - 1, "Full ink becomes 1.008"),
    (lambda images: channel(images) / 255 / 127.5 - 1, "You scale twice"),
    (lambda images: (2 * channel(images) - 1) / 255, "You subtract 1 before you divide"),
    (lambda images: channel(images).tanh(), "the tanh of the bytes"),
    (lambda images: (channel(images) / 255).tanh(), "none reaches 1."),
    (lambda images: (channel(images) / 127.5 - 1).tanh(), "none reaches -1 or 1"),
    (lambda images: (channel(images) - channel(images).mean()) / channel(images).std(), "mean 0 and deviation 1"),
    (lambda images: (channel(images) / 255 - 0.1307) / 0.3081, "MNIST's mean and deviation"),
    (lambda images: channel(images) / images.max() * 2 - 1, "not for a pale one"),
    (lambda images: (images * 2 / 255 - 1)[:, None], "Twice a byte wraps round"),
    (lambda images: ((images - 127) / 128)[:, None], "Bytes wrap round"),
    (lambda images: (images // 255 * 2 - 1)[:, None], "type torch.uint8. Turn the images into floats"),
    (lambda images: channel(images // 127) - 1, "only 3 different values"),
    (lambda images: torch.where(channel(images) > 127, 1.0, -1.0), "only 2 different values"),
    (lambda images: torch.where(channel(images) < 127, 1.0, -1.0), "only 2 different values"),
    (lambda images: (channel(images) / 255).sqrt() * 2 - 1, "Paper and ink are right, but grey"),
    (lambda images: channel(images) / 100, "2.55 wide and should be 2"),
    (lambda images: channel(images) / 256, "0.996 wide and should be 2"),
    (lambda images: channel(images) / 127.5 - 0.5, "2 wide, as it should be: shift it by -0.5"),
    (lambda images: (channel(images) - 1) / 127.5, "shift it by -0.992"),
    (lambda images: 3 * (channel(images) / 255) ** 2, "the greys between them lie evenly"),
    (lambda images: 1 - (2 * images / 255)[:, None], "Twice a byte wraps round above 255"),
    (lambda images: ((2 * images - 255) / 255)[:, None], "Twice a byte wraps round above 255"),
    (lambda images: (images.to(torch.int8) / 127)[:, None], "Bytes wrap round"),
    (lambda images: images.div_(127.5)[:, None] - 1, "holds bytes and nothing else"),
    (lambda images: np.divide(images.numpy(), 127.5, out=images.numpy()), "holds bytes and nothing else"),
    (lambda images: ((images - images.mean()) / 255)[:, None], "fixed numbers: 0 is paper, 255 ink"),
    (lambda images: (images[0] / 127.5 - 1)[None, None], "That is one image"),
    (lambda images: channel(images).log(), "the log of 0"),
    (lambda images: (images / images.float().mean((1, 2)) - 1)[:, None], "Two shapes do not fit"),
    (own_mean, "not the image it is in"),
    (lambda images: channel(images) / 127.5 - 1 + torch.randn(len(images), 1, 28, 28), "the same grey got different"),
    (lambda images: images / 127.5 - 1, "The channel is missing"),
    (lambda images: images[..., None] / 127.5 - 1, "The channel comes last"),
    (lambda images: images[None] / 127.5 - 1, "The new axis comes first"),
    (lambda images: images.flatten(1) / 127.5 - 1, "The images are flat"),
    (lambda images: (channel(images) / 127.5 - 1).expand(-1, 3, -1, -1), "three channels"),
    (lambda images: images.squeeze()[:, None] / 127.5 - 1, "(1, 28, 28) became (28, 1, 28)"),
    (lambda images: channel(images).view(64, 1, 28, 28), "N may be any number"),
    (lambda images: channel(images).mT / 127.5 - 1, "the pixels changed places"),
    (lambda images: channel(images) / 0, "NaN or infinite"),
    (lambda images: [image[None] / 127.5 - 1 for image in images], "You return a list"),
    (lambda images: "images", "You return a str"),
    (spoils, "You changed the images"),
    (torch.zeros(2, 1, 28, 28), "without calling it"),
]


# The size after a transposed convolution


def measured(n, kernel, stride, padding):
    return nn.ConvTranspose2d(1, 1, kernel, stride, padding)(torch.zeros(1, 1, n, n))


def last_touched(n, kernel, stride, padding):
    return max(i * stride + j for i in range(n) for j in range(kernel)) + 1 - 2 * padding


def one_more(n, kernel, stride, padding):
    return kernel - 2 * padding if n == 1 else one_more(n - 1, kernel, stride, padding) + stride


def stamped(n, kernel, stride, padding):
    sheet = np.zeros((n - 1) * stride + kernel)
    for start in range(0, n * stride, stride):
        sheet[start : start + kernel] += 1
    return np.count_nonzero(sheet >= 0) - 2 * padding


def looked_for(n, kernel, stride, padding):
    return next(m for m in range(1, 999) if (m + 2 * padding - kernel) / stride + 1 == n)  # of an ordinary one


SIZE = [
    last_touched,
    one_more,
    stamped,
    looked_for,
    lambda n, k, s, p: n * k - (n - 1) * (k - s) - 2 * p,  # side by side, less what neighbours share
    lambda n, k, s, p, more=0: s * (n - 1) + k - 2 * p + more,
    lambda n, k, s, p: measured(n, k, s, p).shape[-1],
    lambda n, k, s, p: (n - 1) * s - 2.0 * p + k,
    lambda n, k, s, p: torch.tensor((n - 1) * s - 2 * p + k),
    lambda n, k, s, p: np.int64((n - 1) * s - 2 * p + k),
]
WRONG_SIZE = [
    (lambda n, k, s, p: (n + 2 * p - k) // s + 1, "an ordinary convolution"),
    (lambda n, k, s, p: (n + 2 * p - k) / s + 1, "an ordinary convolution"),
    (lambda n, k, s, p: nn.Conv2d(1, 1, k, s, p)(torch.zeros(1, 1, n, n)).shape[-1], "an ordinary convolution"),
    (lambda n, k, s, p: 2 * n, "That doubles always"),
    (lambda n, k, s, p: n * s, "ignores kernel and padding"),
    (lambda n, k, s, p: (n - 1) * s + 2 * p + k, "Turn its sign"),
    (lambda n, k, s, p: n * s - 2 * p + k, "n - 1 steps"),
    (lambda n, k, s, p: (n - 1) * k - 2 * p + s, "Kernel and stride have changed places"),
    (lambda n, k, s, p: (n - 1) * p - 2 * s + k, "Stride and padding have changed places"),
    (lambda n, k, s, p: n * k, "They overlap"),
    (lambda n, k, s, p: measured(n, k, s, p).numel(), "a whole square"),
    (lambda n, k, s, p: n * k - (n - 1) * s - 2 * p, "so they share kernel - stride"),
    (lambda n, k, s, p: n * k - n * (k - s) - 2 * p, "n - 1 of them, not n"),
    (lambda n, k, s, p: (n + 2 * p - 1) * s + k, "You pad before you stamp"),
    (lambda n, k, s, p: (n - 1) / s - 2 * p + k, "You divide by the stride"),
    (lambda n, k, s, p: (n - 1) * s - 2 * p - k, "A kernel one wider widens"),
    (lambda n, k, s, p: (n - 1) * (s - 2 * p) + k, "one stride on"),
    (lambda n, k, s, p: n * s + k, "A stride one longer"),
    (lambda n, k, s, p: True, "a truth value"),
    (lambda n, k, s, p: 28, "You give 28 for everything"),
    (lambda n, k, s, p: (n - 1) * s + k, "padding=1 the size should change by -2; yours changes by +0"),
    (lambda n, k, s, p: (n - 1) * s - p + k, "padding=1 the size should change by -2; yours changes by -1"),
    (lambda n, k, s, p: (n - 1) * s - 2 * p, "A kernel one wider"),
    (lambda n, k, s, p: (n + 1) * s - 2 * p + k, "A stride one longer"),
    (lambda n, k, s, p: (n - 1) * 2 - 2 * p + k, "one stride on"),
    (lambda n, k, s, p: n - 1 * s - 2 * p + k, "one stride on"),
    (lambda n, k, s, p: n * s if k - 2 * p == s else 0, "one stride on"),  # right for 4, 2, 1
    (lambda n, k, s, p: (n - 1) * s - 2 * p + k - 1, "each size is -1 off"),
    (lambda n, k, s, p: (n - 1) * s - 2 * p + k + 1, "each size is +1 off"),
    (lambda n, k, s, p: n / 0, "For n=5, kernel=2, stride=1, padding=0 yours raises ZeroDivisionError"),
    (lambda n, k, s, p: str(n), "the text '5'"),
    (lambda n, k, s, p: (n, n), "This tuple has length 2"),
    (measured, "This Tensor has the shape (1, 1, 6, 6)"),
    (lambda n, k, s, p: nn.ConvTranspose2d(1, 1, k, s, p), "of type ConvTranspose2d"),
    (lambda n, k, s: n, "takes 3 positional arguments but 4 were given"),
    (28, "without calling it"),
]


# A generator of transposed convolutions


def up(before, after, kernel=4, stride=2, padding=1, **more):
    return nn.ConvTranspose2d(before, after, kernel, stride, padding, **more)


def net(*steps, z=64, side=7):
    return nn.Sequential(nn.Linear(z, 8 * side**2), nn.ReLU(), nn.Unflatten(1, (8, side, side)), *steps)


def good():
    return net(up(8, 4), nn.BatchNorm2d(4), nn.ReLU(), up(4, 1), nn.Tanh())


class Shaped(nn.Module):
    def __init__(self, shape=lambda z, net: net(z)):
        super().__init__()
        self.net, self.shape = good(), shape

    def forward(self, z):
        return self.shape(z, self.net)


class Functional(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.last = nn.Parameter(torch.randn(4, 1, 4, 4))  # used last, made first
        self.middle = nn.Parameter(torch.randn(width, 4, 4, 4))
        self.dense = nn.Linear(64, width * 49)

    def forward(self, z):
        h = self.dense(z).relu().reshape(len(z), -1, 7, 7)
        h = F.conv_transpose2d(h, self.middle, stride=2, padding=1).relu()
        return torch.tanh(F.conv_transpose2d(h, self.last, stride=2, padding=1))


class Unused(nn.Module):
    def __init__(self):
        super().__init__()
        self.net, self.spare = good(), nn.Linear(2, 2)

    def forward(self, z):
        return self.net(z)


class Listed(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [*good()]

    def forward(self, z):
        for layer in self.layers:
            z = layer(z)
        return z


def blank():
    G = good()
    for weight in G.parameters():
        nn.init.zeros_(weight)
    return G


class NoForward(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = good()


class NoSuper(nn.Module):
    def __init__(self):
        self.net = good()


GENERATOR = [
    good,
    good(),  # a network in place of its maker does no harm
    Functional,
    lambda width=4: Functional(width),
    lambda: good().eval(),
    lambda: good().double(),
    lambda: net(up(8, 4, 3, output_padding=1), nn.SiLU(), up(4, 1, 6, 2, 2), nn.Tanh()),
    lambda: net(up(8, 4, 2, 2, 0), nn.InstanceNorm2d(4), nn.Dropout(0.1), up(4, 1, 8, 2, 3), nn.Softsign()),
    lambda: net(up(8, 8, 3), nn.ReLU(), up(8, 4), nn.ReLU(), up(4, 1), nn.Tanh(), side=4),
    lambda: nn.Sequential(nn.Unflatten(1, (64, 1, 1)), up(64, 8, 7, 1, 0), nn.ReLU(), up(8, 4), up(4, 1), nn.Tanh()),
    lambda: net(nn.utils.parametrizations.spectral_norm(up(8, 4)), nn.GELU(), up(4, 1), nn.Hardtanh()),
    lambda: Shaped(lambda z, net: 2 * torch.sigmoid(net[:-1](z)) - 1),
    lambda: net(up(8, 4), nn.ReLU(), up(4, 4), nn.Conv2d(4, 1, 3, 1, 1), nn.Tanh()),
    lambda: net(up(8, 4), nn.Conv2d(4, 4, 3, 1, 1), up(4, 1), nn.Tanh()),
    lambda: nn.Sequential(
        nn.LazyLinear(392),
        nn.Unflatten(1, (8, 7, 7)),
        nn.LazyConvTranspose2d(4, 4, 2, 1),
        nn.LazyConvTranspose2d(1, 4, 2, 1),
        nn.Tanh(),
    ),
]
WRONG_GENERATOR = [
    (lambda: net(up(8, 4), nn.ReLU(), up(4, 1)), "Let nn.Tanh() be the very last"),
    (lambda: net(up(8, 4), nn.Tanh(), up(4, 1)), "Let nn.Tanh() be the very last"),
    (lambda: net(up(8, 4), nn.ReLU(), up(4, 1), nn.Tanh(), nn.BatchNorm2d(1)), "Let nn.Tanh() be the very last"),
    (lambda: Shaped(lambda z, net: 127.5 * (net(z) + 1)), "pixels reach 255"),
    (lambda: net(up(8, 4), nn.ReLU(), up(4, 1), nn.Sigmoid()), "No pixel can be negative"),
    (lambda: net(up(8, 4), nn.ReLU(), up(4, 1), nn.ReLU(), nn.Tanh()), "No pixel can be negative"),
    (
        lambda: net(up(8, 4, 3), nn.ReLU(), up(4, 1, 3), nn.Tanh()),
        "25 × 25: your transposed convolutions go 7 → 13 → 25",
    ),
    (lambda: net(up(8, 4, 4, 1), nn.ReLU(), up(4, 1, 4, 1), nn.Tanh()), "go 7 → 8 → 9"),
    (lambda: net(up(8, 4, 4, 2, 0), nn.ReLU(), up(4, 1, 4, 2, 0), nn.Tanh()), "go 7 → 16 → 34"),
    (lambda: net(up(8, 4), nn.ReLU(), up(4, 1), nn.Tanh(), side=8), "go 8 → 16 → 32"),
    (lambda: net(up(8, 4), nn.ReLU(), up(4, 1), nn.Tanh(), z=100), "must take the 64 numbers of z"),
    (lambda: net(up(8, 4), nn.ReLU(), up(8, 1), nn.Tanh()), "how many channels the one before it gives"),
    (lambda: net(up(8, 4), nn.ReLU(), up(4, 3), nn.Tanh()), "The images have 3 channels"),
    (lambda: Shaped(lambda z, net: net(z).permute(0, 2, 3, 1)), "(11, 28, 28, 1) should be (11, 1, 28, 28)"),
    (lambda: nn.Sequential(nn.Linear(64, 8 * 49), up(8, 1), nn.Tanh()), "Before a convolution, nn.Unflatten"),
    (
        lambda: nn.Sequential(up(64, 8, 7, 1, 0), up(8, 4), up(4, 1), nn.Tanh()),
        "Begin with nn.Unflatten(1, (64, 1, 1))",
    ),
    (lambda: nn.Sequential(nn.Linear(64, 784), nn.Tanh()), "(11, 784). It should be images"),
    (lambda: nn.Sequential(nn.Linear(64, 784), nn.Unflatten(1, (1, 28, 28))), "No transposed convolution that grows"),
    (lambda: net(nn.Upsample(scale_factor=4), nn.Conv2d(8, 1, 3, 1, 1)), "No transposed convolution that grows"),
    (
        lambda: net(up(8, 4, 3, 1), nn.Upsample(scale_factor=4), nn.Conv2d(4, 1, 1)),
        "No transposed convolution that grows",
    ),
    (lambda: net(up(8, 1), nn.Tanh(), side=14), "Only one transposed convolution makes the picture grow: 14 → 28"),
    (lambda: net(up(8, 1, 4, 4, 0), nn.Tanh()), "Only one transposed convolution makes the picture grow: 7 → 28"),
    (lambda: net(up(8, 4), up(4, 4), nn.Conv2d(4, 1, 3, 1, 1)), "Let nn.Tanh() be the very last"),
    (lambda: net(up(8, 4), up(4, 1), nn.Tanh(), nn.Linear(28, 28)), "Let nn.Tanh() be the very last"),
    (lambda: net(up(8, 4), nn.BatchNorm2d(8), up(4, 1)), "the number of channels that the layer before it gives"),
    (lambda: net(up(8, 4), nn.BatchNorm1d(4), up(4, 1)), "Images take nn.BatchNorm2d"),
    (lambda: nn.Sequential(nn.Linear(64, 392), nn.BatchNorm2d(8)), "Vectors take nn.BatchNorm1d"),
    (lambda: nn.Sequential(nn.Linear(64, 49), nn.Unflatten(1, (8, 7, 7))), "must give channels · height · width"),
    (lambda: Shaped(lambda z, net: net(z.T)), "The batch comes first"),
    (lambda: net(up(8, 4), up(4, 1), nn.Tanh), "nn.Tanh() with brackets"),
    (lambda: net(up(8, 4), up(4, 1), torch.tanh), "nn.Tanh() with brackets"),
    (lambda: net(nn.ConvTranspose2d(8, 4)), "and the kernel"),
    (Listed, "layers in a plain list stay unknown"),
    (lambda: (good(), nn.Linear(2, 2)), "Give G alone"),
    (lambda: good().requires_grad_(False), "requires_grad=False"),
    (blank, "and are its weights not 0"),
    (lambda: Shaped(lambda z, net: net(torch.zeros_like(z))), "The images are the same, whatever z is"),
    (lambda: Shaped(lambda z, net: net(torch.randn_like(z))), "The images are the same, whatever z is"),
    (lambda: Shaped(lambda z, net: net(z).detach()), "No gradient comes back"),
    (Unused, "No gradient reaches spare.weight"),
    (lambda: Shaped(lambda z, net: net(z)[:1]), "The batch must stay"),
    (lambda: Shaped(lambda z, net: net(z).view(64, 1, 28, 28)), "write len(z) for the batch, or -1"),
    (lambda: Shaped(lambda z, net: net(z).squeeze(1)), "The channel is missing"),
    (lambda: Shaped(lambda z, net: (net(z), z)), "G(z) gives a tuple"),
    (lambda: Shaped(lambda z, net: None), "a return is missing in forward"),
    (lambda: Shaped(lambda z, net: net(z) / 0), "NaN or infinite pixels"),
    (lambda: nn.Tanh(), "no weights"),
    (lambda: Functional, "You return the class Functional itself"),
    (lambda: list(good()), "nn.Sequential(*layers) joins layers"),
    (lambda: good()(torch.randn(4, 64)), "You return a Tensor"),
    (NoForward, 'missing the required "forward" function'),
    (NoSuper, "before Module.__init__() call"),
    (lambda z: good()(z), "missing 1 required positional argument: 'z'"),
]


RIGHT = {"prepare": PREPARE, "size": SIZE, "generator": GENERATOR}
WRONG = {"prepare": WRONG_PREPARE, "size": WRONG_SIZE, "generator": WRONG_GENERATOR}
