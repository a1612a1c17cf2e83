"""Right answers of every style are accepted, and a wrong one gets the message that names its bug."""

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from gan_lessons import digits, metrics, toys
from gan_lessons.exercises import lesson_00, lesson_09
from gan_lessons.exercises.engine import NOT_YET, NOTHING, Exercise, Mistake, Question, Quiz

LESSONS = (lesson_00, lesson_09)
EXERCISES = [
    (lesson, name) for lesson in LESSONS for name, value in vars(lesson).items() if isinstance(value, Exercise)
]
QUESTIONS = [question for lesson in LESSONS for question in lesson.quiz.questions]


def table(answers):
    """Rows of (exercise, answer, words) as parameters; the words name the test."""
    return [pytest.param(exercise, *row, id=f"{row[-1]}"[:40]) for exercise, rows in answers for row in rows]


# Lesson 00: how many islands?

RING = toys.Ring(modes=5, radius=2.0)
ISLANDS = [5, 5.0, len(RING.modes), np.int64(5), np.array(5), np.float32(5), torch.tensor(5), torch.tensor([5.0])]
WRONG_ISLANDS = [
    (8, "Eight is the ring of this lesson"),
    (2, "Two is the radius"),
    (2.0, "Two is the radius"),
    (10, "modes times radius"),
    (7, "modes plus radius"),
    (6, "One too many"),
    (np.int64(4), "One too few"),
    (1, "It is not 1. Read the first argument"),
    (-5, "-5 is no count"),
    (4 * math.pi, "12.566371 is no count"),
    (math.nan, "You give nan"),
    ("5", "the text '5'"),
    (b"5", "the text b'5'"),
    ([5], "This list has length 1"),
    (True, "True, a truth value"),
    (np.array([5, 2]), "This ndarray has the shape (2,)"),
    (RING.modes, "This Tensor has the shape (5, 2)"),
    (RING, "the ring itself"),
    (lambda: 5, "of type function"),
]


# Lesson 00: the share of samples within three standard deviations of their nearest mode


def nearest(samples, modes):
    return torch.cdist(samples, modes).min(1).values


def mean(condition):
    return condition.float().mean()


def within(width):
    return lambda s, m, std: mean(nearest(s, m) < width(std))


def by_loop(samples, modes, std):
    near = [a for a in samples.tolist() if min(math.dist(a, b) for b in modes.tolist()) <= 3 * std]
    return len(near) / len(samples)


def by_einsum(samples, modes, std, k=3):
    apart = samples.double()[:, None] - modes
    return (torch.einsum("nkd,nkd->nk", apart, apart).sqrt() <= k * std).any(1).double().mean()


def in_place(samples, modes, std):
    samples /= std
    modes /= std
    return mean(nearest(samples, modes) < 3)


class Share:
    def __call__(self, s, m, std):
        return torch.mean((nearest(s, m) < 3 * std) * 1.0)


SHARE = [
    within(lambda std: 3 * std),
    by_loop,
    by_einsum,
    Share(),
    lambda s, m, std: torch.cdist(s, m).amin(1).le(3 * std).double().mean().item(),
    lambda s, m, std: (np.linalg.norm(s.numpy()[:, None] - m.numpy(), axis=-1).min(1) <= 3 * std).mean(),
    lambda s, m, std: np.array(float(mean((s[:, None] - m).square().sum(-1).min(1)[0] < (3 * std) ** 2))),
    lambda s, m, std: mean((torch.cdist(s, m) < 3 * std).any(1)).reshape(1),
    lambda s, m, std: mean(nearest(s / std, m / std) < 3).requires_grad_(),
    lambda s, m, std: metrics.mode_coverage(s, m, std).high_quality,
]
WRONG_SHARE = [
    (within(lambda std: std), "up to a distance of about 1 * std"),
    (within(lambda std: 2 * std), "up to a distance of about 2 * std"),
    (within(lambda std: 1.5 * std), "up to a distance of about 1.5 * std"),
    (within(lambda std: 6 * std), "up to a distance of about 6 * std"),
    (within(lambda std: std / 3), "up to a distance of about 0.3 * std"),
    (within(lambda std: 3 * std**2), "3 * std², the variance"),
    (within(lambda std: 3), "stays the same when std doubles"),
    (within(lambda std: 0.15), "stays the same when std doubles"),
    (lambda s, m, std: mean(nearest(s, m) < 3 * nearest(s, m).std()), "stays the same when std doubles"),
    (lambda s, m, std: mean(nearest(s, m).square() < 3 * std), "squared distances with 3 * std."),
    (lambda s, m, std: mean(nearest(s, m).square() < 3 * std**2), "squared distances with 3 * std²"),
    (lambda s, m, std: mean(nearest(s, m) > 3 * std), "too far away, the opposite"),
    (lambda s, m, std: mean(torch.cdist(s, m).max(1).values < 3 * std), "the farthest decides"),
    (lambda s, m, std: mean(torch.cdist(s, m).mean(1) < 3 * std), "the mean distance over the modes"),
    (lambda s, m, std: mean(torch.cdist(s, m[:1]) < 3 * std), "the first mode only"),
    (lambda s, m, std: mean(torch.cdist(s, m[-1:]) < 3 * std), "the last mode only"),
    (lambda s, m, std: mean((s - m.mean(0)).norm(dim=1) < 3 * std), "With you no sample counts"),
    (
        lambda s, m, std: mean((2 * std < nearest(s, m)) & (nearest(s, m) < 3 * std)),
        "should count, and with you they do not",
    ),
    (lambda s, m, std: mean(torch.cdist(s, m, p=1).min(1).values < 3 * std), "without squares"),
    (lambda s, m, std: mean(((s[:, None] - m).abs() < 3 * std).all(-1).any(1)), "each coordinate by itself"),
    (lambda s, m, std: mean((s[:, :1] - m[:, 0]).abs().min(1).values < 3 * std), "the first coordinate only"),
    (lambda s, m, std: mean((s[:, None] - m).sum(-1).min(1).values < 3 * std), "Is it their distance that you"),
    (lambda s, m, std: mean(s.norm(dim=1) < 3 * std), "stays the same when all modes move"),
    (lambda s, m, std: mean(torch.cdist(s, m).min(1)[1] < 3 * std), "the index of the nearest mode"),
    (lambda s, m, std: nearest(s, m).mean(), "the mean distance to the nearest mode"),
    (lambda s, m, std: nearest(s, m).mean() / std, "then take the mean"),
    (lambda s, m, std: mean(torch.cdist(s, m) < 3 * std), "You average over samples and modes"),
    (lambda s, m, std: (torch.cdist(s, m) < 3 * std).sum() / len(s), "counts twice"),
    (lambda s, m, std: mean(torch.cdist(s, m).min(0).values < 3 * std), "the share of modes that were found"),
    (lambda s, m, std: (torch.cdist(s, m).min(0).values < 3 * std).sum() / len(s), "over the samples, dimension 0"),
    (lambda s, m, std: metrics.mode_coverage(s, m, std).modes, "You count the modes"),
    (lambda s, m, std: metrics.mode_coverage(s, m, std), "This Coverage has length 4"),
    (lambda s, m, std: (nearest(s, m) < 3 * std).sum(), "You count the near samples"),
    (lambda s, m, std: (nearest(s, m) < 3 * std).sum() / len(m), "You divide by the number of modes"),
    (
        lambda s, m, std: (nearest(s, m) < 3 * std).sum() / (nearest(s, m) > 3 * std).sum(),
        "near samples by the far ones",
    ),
    (lambda s, m, std: (nearest(s, m) < 3 * std).sum() / 2500, "You divide by 2500"),
    (lambda s, m, std: (nearest(s, m) < 3 * std).sum() // len(s), "cut nothing off"),
    (lambda s, m, std: 100 * mean(nearest(s, m) < 3 * std), "a percentage"),
    (lambda s, m, std: round(mean(nearest(s, m) < 3 * std).item()), "You round to 0 or 1"),
    (lambda s, m, std: round(mean(nearest(s, m) < 3 * std).item(), 2), "Do you round?"),
    (within(lambda std: 3 + std), "even nine standard deviations"),
    (lambda s, m, std: 1.0, "You give 1 for whatever samples"),
    (lambda s, m, std: mean(torch.cdist(s, m).min() < 3 * std), "each sample's own distance"),
    (lambda s, m, std: nearest(s, m) < 3 * std, "one value for each sample"),
    (lambda s, m, std: (nearest(s, m) < 3 * std).tolist(), "one value for each sample"),
    (lambda s, m, std: (nearest(s, m) < 3 * std).mean(), ".float().mean()"),
    (lambda s, m, std: mean(torch.cdist(s, m).min(1) < 3 * std), "Take .values"),
    (lambda s, m, std: mean((s - m).norm(dim=1) < 3 * std), "Two shapes do not fit"),
    (lambda s, m, std: f"{mean(nearest(s, m) < 3 * std):.0%}", "without quotes"),
    (lambda s, m, std: bool((nearest(s, m) < 3 * std).any()), "a truth value"),
    (lambda s, m, std: math.nan, "You give nan"),
    (lambda s, m: 1.0, "takes 2 positional arguments but 3 were given"),
    (in_place, "You changed the samples or modes"),
    (0.97, "without calling it. This is of type float"),
]


# Lesson 09: bytes into images as a tanh makes them


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
    (lambda images: (images * 2 / 255 - 1)[:, None], "Bytes wrap round"),
    (lambda images: ((images - 127) / 128)[:, None], "Bytes wrap round"),
    (lambda images: (images // 255 * 2 - 1)[:, None], "type torch.uint8. Turn the images into floats"),
    (lambda images: channel(images // 127) - 1, "only 3 different values"),
    (lambda images: torch.where(channel(images) > 127, 1.0, -1.0), "only 2 different values"),
    (lambda images: torch.where(channel(images) < 127, 1.0, -1.0), "only 2 different values"),
    (lambda images: (channel(images) / 255).sqrt() * 2 - 1, "Paper and ink are right, but grey"),
    (lambda images: channel(images) / 100, "0 becomes 0 and 255 becomes 2.55"),
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


# Lesson 09: the size after a transposed convolution


def measured(n, kernel, stride, padding):
    return nn.ConvTranspose2d(1, 1, kernel, stride, padding)(torch.zeros(1, 1, n, n))


def last_touched(n, kernel, stride, padding):
    return max(i * stride + j for i in range(n) for j in range(kernel)) + 1 - 2 * padding


SIZE = [
    last_touched,
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


# Lesson 09: a generator of transposed convolutions


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
    (lambda: net(up(8, 4), nn.ReLU(), up(4, 1), nn.Tanh(), z=100), "z of shape (11, 64) fails"),
    (lambda: net(up(8, 4), nn.ReLU(), up(8, 1), nn.Tanh()), "to have 8 channels, but got 4"),
    (lambda: net(up(8, 4), nn.ReLU(), up(4, 3), nn.Tanh()), "The images have 3 channels"),
    (lambda: Shaped(lambda z, net: net(z).permute(0, 2, 3, 1)), "(11, 28, 28, 1) should be (11, 1, 28, 28)"),
    (lambda: nn.Sequential(nn.Linear(64, 8 * 49), up(8, 1), nn.Tanh()), "Before a convolution, nn.Unflatten"),
    (
        lambda: nn.Sequential(up(64, 8, 7, 1, 0), up(8, 4), up(4, 1), nn.Tanh()),
        "Begin with nn.Unflatten(1, (64, 1, 1))",
    ),
    (lambda: nn.Sequential(nn.Linear(64, 784), nn.Tanh()), "(11, 784). It should be images"),
    (lambda: nn.Sequential(nn.Linear(64, 784), nn.Unflatten(1, (1, 28, 28))), "No transposed convolution is at work"),
    (lambda: net(nn.Upsample(scale_factor=4), nn.Conv2d(8, 1, 3, 1, 1)), "No transposed convolution is at work"),
    (lambda: net(up(8, 1), nn.Tanh(), side=14), "Yours are linear and conv_transpose2d"),
    (lambda: net(up(8, 4), up(4, 4), nn.Conv2d(4, 1, 3, 1, 1)), "Yours are conv_transpose2d and conv2d"),
    (lambda: net(up(8, 4), nn.Conv2d(4, 4, 3, 1, 1), up(4, 1)), "Yours are conv2d and conv_transpose2d"),
    (lambda: Shaped(lambda z, net: net(torch.zeros_like(z))), "The images are the same, whatever z is"),
    (lambda: Shaped(lambda z, net: net(torch.randn_like(z))), "The images are the same, whatever z is"),
    (lambda: Shaped(lambda z, net: net(z).detach()), "No gradient comes back"),
    (Unused, "No gradient reaches spare.weight"),
    (lambda: Shaped(lambda z, net: net(z)[:1]), "The batch must stay"),
    (lambda: Shaped(lambda z, net: net(z).view(64, 1, 28, 28)), "invalid for input of size 8624"),
    (lambda: Shaped(lambda z, net: net(z).squeeze(1)), "The channel is missing"),
    (lambda: Shaped(lambda z, net: (net(z), z)), "G(z) gives a tuple"),
    (lambda: Shaped(lambda z, net: None), "a return is missing in forward"),
    (lambda: Shaped(lambda z, net: net(z) / 0), "NaN or infinite pixels"),
    (lambda: nn.Tanh(), "no weights"),
    (lambda: Functional, "You return the class Functional itself"),
    (lambda: list(good()), "You return a list"),
    (lambda: good()(torch.randn(4, 64)), "You return a Tensor"),
    (NoForward, 'missing the required "forward" function'),
    (NoSuper, "before Module.__init__() call"),
    (lambda z: good()(z), "missing 1 required positional argument: 'z'"),
]


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        *[(lesson_00.islands, answer) for answer in ISLANDS],
        *[(lesson_00.high_quality, answer) for answer in SHARE],
        *[(lesson_09.prepare, answer) for answer in PREPARE],
        *[(lesson_09.size, answer) for answer in SIZE],
        *[(lesson_09.generator, answer) for answer in GENERATOR],
    ],
)
def test_a_right_answer_is_accepted_in_any_style(exercise, answer):
    verdict = exercise.check(answer)
    assert verdict.passed is True, verdict.message


@pytest.mark.parametrize(
    ("exercise", "answer", "words"),
    table(
        [
            (lesson_00.islands, WRONG_ISLANDS),
            (lesson_00.high_quality, WRONG_SHARE),
            (lesson_09.prepare, WRONG_PREPARE),
            (lesson_09.size, WRONG_SIZE),
            (lesson_09.generator, WRONG_GENERATOR),
        ]
    ),
)
def test_a_wrong_answer_gets_the_message_that_names_its_bug(exercise, answer, words):
    verdict = exercise.check(answer)
    assert verdict.passed is False
    assert words in verdict.message


def test_accepted_images_of_another_type_than_networks_want_get_a_note():
    assert "Networks want float32" in lesson_09.prepare.check(lambda x: digits.to_float(x).double()).message
    assert "Networks want float32" not in lesson_09.prepare.check(digits.to_float).message


def test_a_network_that_is_judged_stays_as_it_is():
    G = good()
    before = {name: value.clone() for name, value in G.state_dict().items()}
    assert lesson_09.generator.check(lambda: G).passed
    assert all(torch.equal(value, before[name]) for name, value in G.state_dict().items())
    assert G.training
    assert all(parameter.grad is None for parameter in G.parameters())


# The engine


@pytest.mark.parametrize(("lesson", "name"), EXERCISES)
def test_what_is_not_attempted_is_open(lesson, name):
    exercise = getattr(lesson, name)
    for stub in (None, ...):
        assert (exercise.check(stub).passed, exercise.check(stub).message) == (None, NOT_YET)
    if name != "islands":
        for result in (None, ...):
            verdict = exercise.check(lambda *arguments, result=result: result)
            assert (verdict.passed, verdict.message) == (None, NOTHING)


@pytest.mark.parametrize(("lesson", "name"), EXERCISES)
def test_the_solution_passes_its_own_check(lesson, name):
    exercise, made = getattr(lesson, name), {}
    exec(exercise.solution().text, {"torch": torch, "nn": nn}, made)  # as a learner would run it
    assert len(made) == 1
    assert exercise.check(*made.values()).passed is True


@pytest.mark.parametrize(("lesson", "name"), EXERCISES)
def test_hints_lead_to_the_solution_and_no_further(lesson, name):
    exercise = getattr(lesson, name)
    last = len(exercise.hints)
    assert exercise.hint().text == exercise.hint(1).text
    for number in range(1, last + 1):
        assert exercise.hint(number).text.startswith(exercise.hints[number - 1])
        assert (f"hint({number + 1})" if number < last else "solution()") in exercise.hint(number).text
    for number in (-1, 0, last + 1):
        assert exercise.hint(number).text == f"There are hints 1 to {last}. After the last comes solution()."


def judging(judge):
    return Exercise(judge=judge, hints=("Look.",), answer="")


def test_an_exception_becomes_a_verdict():
    verdict = judging(lambda answer: answer.nothing).check(3)
    assert verdict.passed is False
    assert verdict.message == "Your answer raised AttributeError: 'int' object has no attribute 'nothing'"


def test_a_verdict_shows_itself_as_text_and_as_safe_html():
    def refuse(answer):
        raise Mistake("1 < 2")

    wrong, right, missing = (
        judging(refuse).check(1),
        judging(lambda answer: "Good.").check(1),
        judging(refuse).check(...),
    )
    assert (repr(wrong), repr(right)) == ("Not yet. 1 < 2", "Right. Good.")
    assert repr(missing).startswith("Open. ")
    assert "1 &lt; 2" in wrong._repr_html_()


@pytest.mark.parametrize(("lesson", "name"), EXERCISES)
def test_random_numbers_go_on_as_if_nothing_had_been_checked(lesson, name):
    before = torch.get_rng_state()
    getattr(lesson, name).check(lambda *arguments: torch.rand(1))
    lesson_09.generator.check(good)
    assert torch.equal(torch.get_rng_state(), before)


QUIZ = Quiz((Question("a", {"a": "Why a.", "b": "Why not b."}), Question("b", {"a": "Why not a.", "b": "Why b."})))


@pytest.mark.parametrize(
    ("letters", "text"),
    [
        ("a b", "1: right. Why a.\n2: right. Why b."),
        ("AB", "1: right. Why a.\n2: right. Why b."),
        ("a, b", "1: right. Why a.\n2: right. Why b."),
        ("b\nb", "1: not yet. Why not b.\n2: right. Why b."),
        (". b", "1: open.\n2: right. Why b."),
        ("a", "1: right. Why a.\n2: open."),
        ("", "1: open.\n2: open."),
        ("a d", "1: right. Why a.\n2: there is no choice 'd': choose from a, b."),
        ("a b a", "There are 2 questions and you gave 3 letters."),
    ],
)
def test_the_quiz_answers_every_letter(letters, text):
    assert QUIZ.check(letters).text == text


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_right_letter_is_among_the_choices(question):
    assert question.right in question.why
    assert list(question.why) == list("abcdef"[: len(question.why)])
    assert len(question.why) > 1
