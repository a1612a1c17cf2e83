"""Exercises of lesson 09."""

import copy
import itertools

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from gan_lessons.exercises.engine import Exercise, Mistake, Question, Quiz, call, number

# Exercise 1: bytes into what a tanh can draw

_OTHER_VALUES = {  # what other answers would make of floats f from 0 to 255
    "The range is [0, 1]. G's tanh gives [-1, 1], so D could tell the two apart by the paper alone.": lambda f: f / 255,
    "Paper and ink are exchanged: 255 should become 1.": lambda f: 1 - f / 127.5,
    "The range is [-1, 0]: you divide by 255 and subtract 1. Divide by 127.5.": lambda f: f / 255 - 1,
    "Full ink becomes 0.992: that is a division by 128, or by 256. It should be by 127.5.": lambda f: f / 128 - 1,
    "Full ink becomes 1.008, more than a tanh can give. Divide by 127.5, not by 127.": lambda f: f / 127 - 1,
    "The range is [-0.5, 0.5]. Multiply by 2 as well.": lambda f: f / 255 - 0.5,
    "The values still go from 0 to 255. Divide by 127.5 and subtract 1.": lambda f: f,
    "You subtract 127.5 and stop: the range is [-127.5, 127.5]. Divide by 127.5 as well.": lambda f: f - 127.5,
    "The range is [0, 2]: you divide by 127.5 and stop. Subtract 1.": lambda f: f / 127.5,
    "You scale twice, by 255 and by 127.5. Once is enough: divide by 127.5 and subtract 1.": (
        lambda f: f / 255 / 127.5 - 1
    ),
    "You subtract 1 before you divide, so only a 255th of it is left. Divide first.": lambda f: (2 * f - 1) / 255,
    "You take the tanh of the bytes, which squeezes them. Only G needs a tanh; data are scaled.": torch.tanh,
    "The tanh squeezes the values, and none reaches 1. Only G needs a tanh; data are scaled.": (
        lambda f: torch.tanh(f / 255)
    ),
    "The tanh after scaling squeezes the values, and none reaches -1 or 1. Leave it out.": (
        lambda f: torch.tanh(f / 127.5 - 1)
    ),
    "You standardise to mean 0 and deviation 1. G's tanh cannot leave [-1, 1], so scale to that range.": (
        lambda f: (f - f.mean()) / f.std()
    ),
    "You standardise with MNIST's mean and deviation. G's tanh cannot leave [-1, 1], so scale to that range.": (
        lambda f: (f / 255 - 0.1307) / 0.3081
    ),
}


_IN_PLACE = "A uint8 tensor holds bytes and nothing else, even if you divide it in place. Begin with images.float()."
_SLIPS = {  # words in an error that Python, NumPy or torch raises, and what helps
    "is invalid for input of size": "You fix the number of images, and N may be any number: write -1, or len(images).",
    "can't be cast to the desired output type": _IN_PLACE,
    "cannot cast ufunc": _IN_PLACE,
    "out of bounds for": "A uint8 tensor holds 0 to 255 and nothing else. Begin with images.float().",
    "could not infer output dtype": "A mean wants floats. But use fixed numbers: 0 is paper, 255 ink.",
    "size of tensor a": "Two shapes do not fit. No second tensor is needed: scale by numbers.",
}


def _prepared(prepare, images: Tensor) -> Tensor:
    """What the learner makes of a copy of these, if its type and shape are right."""
    own = images.clone()
    given = call(prepare, own, slips=_SLIPS)
    if not torch.equal(own, images):
        raise Mistake("You changed the images that were given to you. Make new ones: others may still need the old.")
    if isinstance(given, list | tuple):
        raise Mistake(f"You return a {type(given).__name__}. Give one tensor: torch.stack joins a list of them.")
    if isinstance(given, np.ndarray):
        given = torch.from_numpy(given)
    if not isinstance(given, Tensor):
        raise Mistake(f"You return a {type(given).__name__}. Give a tensor.")
    if not given.is_floating_point():
        raise Mistake(f"The result is of type {given.dtype}. Turn the images into floats first, then scale.")
    n, shape = len(images), tuple(given.shape)
    advice = {
        (n, 28, 28): "The channel is missing: images[:, None] adds it.",
        (n, 28, 28, 1): "The channel comes last; PyTorch wants it second.",
        (1, n, 28, 28): "The new axis comes first. It belongs after the batch.",
        (n, 784): "The images are flat now. Convolutions need their rows and columns.",
        (n, 3, 28, 28): "There are three channels. Grey images have one.",
        (1, 1, 28, 28): "That is one image. Keep them all.",
    }.get(shape, "images[:, None] adds the channel and leaves all else.")
    if shape != (n, 1, 28, 28):
        raise Mistake(f"Images of shape {tuple(images.shape)} became {shape}. It should be ({n}, 1, 28, 28). {advice}")
    if not given.isfinite().all():
        raise Mistake(
            "There are NaN or infinite values in the result. Is something divided by 0, or is it the log of 0?"
        )
    return given.detach().cpu()


def _prepare(prepare) -> str:
    greys = torch.arange(256, dtype=torch.uint8).repeat(2 * 28 * 28 // 256 + 1)[: 2 * 28 * 28].view(2, 28, 28)
    given = _prepared(prepare, greys)
    bytes_, right = greys[:, None].double(), greys[:, None].double() / 127.5 - 1
    x, tolerance = given.double(), max(1e-5, torch.finfo(given.dtype).eps / 2)
    table = x.flatten()[:256]  # what became of 0 to 255

    def close(a: Tensor, b: Tensor) -> bool:
        return torch.allclose(a, b, rtol=0, atol=tolerance)

    if close(x, right):
        pale = (greys[:1] // 4 + 100).contiguous()  # one image, neither paper nor ink in it
        if not close(_prepared(prepare, pale).double(), pale[:, None].double() / 127.5 - 1):
            raise Mistake(
                "Right for images with paper and ink, not for a pale one. Do you divide by the largest value of these "
                "images? Paper is 0 and ink 255 in all of them: use fixed numbers."
            )
        note = " Networks want float32 tensors, though." if given.dtype != torch.float32 else ""
        return "0 becomes -1, 255 becomes 1, and each image has one channel." + note
    if close(x.flatten().sort()[0], right.flatten().sort()[0]):
        raise Mistake("The values are right, but the pixels changed places. Scaling and images[:, None] move none.")
    for message, values in _OTHER_VALUES.items():
        if torch.allclose(x, values(bytes_), atol=1e-3):
            raise Mistake(message)
    if not close(x.flatten(), table[greys.flatten().long()]):
        raise Mistake(
            "Pixels of the same grey got different values. The grey alone should decide: not chance, not other pixels, "
            "not the image it is in."
        )
    if torch.equal(table[:128], table[128:]) and len(table.unique()) > 2:
        raise Mistake(
            "Grey 200 becomes the same as grey 72. Twice a byte wraps round above 255: turn bytes into floats first."
        )
    falls = (table.diff() < 0).nonzero().flatten()
    if 0 < len(falls) < 200 and len(table.unique()) > 50:
        g = falls[0].item()
        raise Mistake(
            f"Grey {g} becomes {table[g]:.3g}, but {g + 1}, a little more ink, becomes {table[g + 1]:.3g}. "
            "Bytes wrap round below 0 and above 255: turn them into floats first, then scale."
        )
    if (kinds := len(table.unique())) < 200:
        raise Mistake(
            f"Of 256 greys, only {kinds} different values are left. Comparing, rounding, clamping, squashing and // "
            "lose the greys between paper and ink; dividing keeps them."
        )
    if abs(table[0] + 1) < 1e-3 and abs(table[255] - 1) < 1e-3:
        g = (table - right.flatten()[:256]).abs().argmax().item()
        raise Mistake(
            f"Paper and ink are right, but grey {g} becomes {table[g]:.3g} and should be {g / 127.5 - 1:.3g}. "
            "Scale all values alike: divide, then subtract."
        )
    ends, step = f"0 becomes {table[0]:.3g} and 255 becomes {table[255]:.3g}", (table[255] - table[0]) / 255
    if torch.allclose(table, table[0] + step * torch.arange(256), atol=1e-4 * abs(step.item() * 255)):
        if abs(step * 255 - 2) < 1e-3:
            raise Mistake(f"{ends}. The range is 2 wide, as it should be: shift it by {-1 - table[0]:.3g}.")
        raise Mistake(f"{ends}. The range is {step * 255:.3g} wide and should be 2, from -1 to 1.")
    raise Mistake(f"{ends}. They should become -1 and 1, and the greys between them lie evenly.")


prepare = Exercise(
    judge=_prepare,
    hints=(
        "What range does tanh have, and what range do bytes have?",
        "Floats first. Then 0 should become -1 and 255 should become 1.",
        "images[:, None] adds the channel; dividing by 127.5 gives [0, 2].",
    ),
    answer="""\
def prepare(images):
    return images[:, None].float() / 127.5 - 1  # (N, 1, 28, 28), from -1 (paper) to 1 (ink)""",
)


# Exercise 2: the size after a transposed convolution

_OTHER_SIZES = {
    "That is the size after an ordinary convolution. A transposed one goes the other way: it grows.": (
        lambda n, k, s, p: (n + 2 * p - k) // s + 1,
        lambda n, k, s, p: (n + 2 * p - k) / s + 1,
        lambda n, k, s, p: -((n + 2 * p - k + 1) // -s),
    ),
    "That doubles always, which holds for kernel 4, stride 2, padding 1. Find the rule for all of them.": (
        lambda n, k, s, p: 2 * n,
    ),
    "That ignores kernel and padding.": (lambda n, k, s, p: n * s, lambda n, k, s, p: (n - 1) * s),
    "Padding makes a transposed convolution smaller: it cuts p off both ends. Turn its sign.": (
        lambda n, k, s, p: (n - 1) * s + 2 * p + k,
    ),
    "n stamps have n - 1 steps between them, not n.": (lambda n, k, s, p: n * s - 2 * p + k,),
    "Kernel and stride have changed places: stamps are kernel wide and stride apart.": (
        lambda n, k, s, p: (n - 1) * k - 2 * p + s,
    ),
    "Stride and padding have changed places: stamps are stride apart, and padding is cut off.": (
        lambda n, k, s, p: (n - 1) * p - 2 * s + k,
    ),
    "That is the number of pixels in a whole square. Asked is the length of one side.": (
        lambda n, k, s, p: ((n - 1) * s - 2 * p + k) ** 2,
    ),
    "n stamps side by side would be so wide. They overlap: each starts only stride further than the last.": (
        lambda n, k, s, p: n * k,
        lambda n, k, s, p: n * k - 2 * p,
    ),
    "Neighbours do not share stride pixels: they start stride apart, so they share kernel - stride.": (
        lambda n, k, s, p: n * k - (n - 1) * s - 2 * p,
        lambda n, k, s, p: n * k - (n - 1) * s,
    ),
    "There is one overlap between two neighbours, so n - 1 of them, not n.": (
        lambda n, k, s, p: n * k - n * (k - s) - 2 * p,
    ),
    "You pad before you stamp. A transposed convolution stamps all n, and cuts p off both ends at last.": (
        lambda n, k, s, p: (n + 2 * p - 1) * s + k,
        lambda n, k, s, p: (n - 2 * p - 1) * s + k,
    ),
    "You divide by the stride, as a convolution does. A transposed one multiplies by it.": (
        lambda n, k, s, p: (n - 1) / s - 2 * p + k,
        lambda n, k, s, p: (n - 1) // s - 2 * p + k,
    ),
}


def _size(size) -> str:
    cases = list(itertools.product((5, 6, 7, 14), (2, 3, 4, 5), (1, 2, 3), (0, 1, 2)))
    cases = [(n, k, s, p) for n, k, s, p in cases if 2 * p < k]
    given = {}
    for case in cases:
        try:
            given[case] = number(call(size, *case))
        except (RuntimeError, ArithmeticError) as error:
            raise Mistake(f"For {_named(case)} yours raises {type(error).__name__}: {error}") from None
    right = {case: _truth(*case) for case in cases}
    if given == right:
        return f"It agrees with PyTorch itself in all {len(cases)} cases tried."
    if len(set(given.values())) == 1:
        raise Mistake(
            f"You give {given[7, 4, 2, 1]:g} for everything. It depends on all four: n, kernel, stride, padding."
        )
    for message, formulas in _OTHER_SIZES.items():
        if any(given == {case: formula(*case) for case in cases} for formula in formulas):
            raise Mistake(message)
    rules = (
        "Every further pixel is a further stamp, one stride on",
        "A kernel one wider widens the last stamp by one",
        "A stride one longer moves the last stamp by n - 1",
        "Padding is cut off at both ends, so each takes 2 away",
    )
    for place, rule in enumerate(rules):  # one more of n, kernel, stride, padding: is the change right?
        for case in cases:
            more = (*case[:place], case[place] + 1, *case[place + 1 :])
            if more in given and given[more] - given[case] != right[more] - right[case]:
                raise Mistake(
                    f"{rule}. From {_named(case)} to {_NAMES[place]}={more[place]} the size "
                    f"should change by {right[more] - right[case]:+d}; yours changes by {given[more] - given[case]:+g}."
                )
    case = (7, 4, 2, 1)
    raise Mistake(
        f"All changes are right, yet each size is {given[case] - right[case]:+g} off: {_named(case)} gives "
        f"{right[case]}, and yours {given[case]:g}. The last stamp is kernel wide."
    )


_NAMES = ("n", "kernel", "stride", "padding")


def _named(case: tuple[int, ...]) -> str:
    return ", ".join(f"{name}={value}" for name, value in zip(_NAMES, case, strict=True))


def _truth(n: int, kernel: int, stride: int, padding: int) -> int:
    return F.conv_transpose1d(torch.ones(1, 1, n), torch.ones(1, 1, kernel), None, stride, padding).shape[-1]


size = Exercise(
    judge=_size,
    hints=(
        "Draw n stamps of width kernel, each stride further than the last. How far is it from first start to last end?",
        "The last stamp starts at (n - 1) * stride and is kernel wide.",
        "Then padding pixels are cut off at each of the two ends.",
    ),
    answer="""\
def size_after_transposed(n, kernel, stride, padding):
    return (n - 1) * stride + kernel - 2 * padding  # last start, plus its width, less both ends""",
)


# Exercise 3: a generator

_FIRST_UNFLATTEN = "Your network wants z of shape (N, 64, 1, 1). Begin with nn.Unflatten(1, (64, 1, 1))."
_GROW = "Grow from 7 × 7 by two of them: kernel 4, stride 2, padding 1 doubles."
_LAYER = "Layers are objects: nn.Tanh() with brackets. A function such as torch.tanh belongs into a forward."
_LISTED = (
    "The network sees no weights: layers in a plain list stay unknown to it, and to an optimiser. "
    "nn.Sequential(*layers) or nn.ModuleList(layers) makes them known."
)
_MAKER_SLIPS = {
    "is not a module subclass": _LAYER,
    "missing 1 required positional argument: 'kernel_size'": "nn.ConvTranspose2d(before, after, 4, stride=2, padding=1)"
    " takes the channels before, those after, and the kernel.",
}
_ADVICE = {  # words in the error of a forward pass, and what helps
    "3d (unbatched)": "Before a convolution, nn.Unflatten(1, (channels, height, width)) folds numbers into images.",
    "don't multiply up": "The dense layer must give channels · height · width numbers for nn.Unflatten to fold.",
    "channels instead": "The first number of a layer is how many channels the one before it gives.",
    "running_mean should contain": "nn.BatchNorm2d takes the number of channels that the layer before it gives.",
    "got 4d input": "nn.BatchNorm1d is for vectors. Images take nn.BatchNorm2d.",
    "got 2d input": "nn.BatchNorm2d is for images. Vectors take nn.BatchNorm1d, or fold them first.",
    "(11x64 and": "Your first layer must take the 64 numbers of z.",
    "(64x": "The batch comes first: z is (N, 64), one noise vector a row.",
    "is invalid for input of size": "In view and reshape write len(z) for the batch, or -1.",
}


class _Steps(TorchFunctionMode):
    """Notes each transposed convolution, as the widths that it turns into one another."""

    def __init__(self):
        super().__init__()
        self.widths = []

    def __torch_function__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        if getattr(function, "__name__", "") == "conv_transpose2d":
            before = (*args, *(kwargs or {}).values())[0]
            self.widths.append((before.shape[-1], result.shape[-1]))
        return result


def _images(G: nn.Module, z: Tensor) -> Tensor:
    """What G makes of z, if it can take it and gives images."""
    n = len(z)
    try:
        x = G(z)
    except NotImplementedError:
        raise
    except (RuntimeError, ValueError) as error:
        try:
            G(z[:, :, None, None])
        except Exception:
            first = str(error).splitlines()[0]
            advice = next((a for words, a in _ADVICE.items() if words in first.lower()), "Follow the shapes.")
            raise Mistake(f"G(z) with z of shape ({n}, 64) fails: {first}. {advice}") from None
        raise Mistake(_FIRST_UNFLATTEN) from None
    if x is None:
        raise Mistake("G(z) gives nothing back: a return is missing in forward.")
    if not isinstance(x, Tensor):
        raise Mistake(f"G(z) gives a {type(x).__name__}. It should give one tensor of images, (N, 1, 28, 28).")
    if x.shape[:1] != (n,):
        raise Mistake(f"{n} noise vectors became {tuple(x.shape)}. The batch must stay: unflatten from dimension 1 on.")
    if x.shape == (n, 28, 28):
        raise Mistake(f"The channel is missing: {n} images are {tuple(x.shape)}, and should be ({n}, 1, 28, 28).")
    if x.ndim != 4:
        raise Mistake(f"G(z) has shape {tuple(x.shape)}. It should be images, ({n}, 1, 28, 28).")
    if x.shape[1] != 1:
        raise Mistake(
            f"The images have {x.shape[1]} channels: {tuple(x.shape)} should be ({n}, 1, 28, 28), as grey has one."
        )
    return x


def _network(make) -> nn.Module:
    """A copy of the learner's network, which stays as it is; it has weights."""
    G = make if isinstance(make, nn.Module) else call(make, slips=_MAKER_SLIPS)
    if isinstance(G, type) and issubclass(G, nn.Module):
        raise Mistake(f"You return the class {G.__name__} itself. Make a network of it: {G.__name__}().")
    if isinstance(G, list | tuple) and sum(isinstance(part, nn.Module) for part in G) > 1:
        raise Mistake(
            f"You return a {type(G).__name__} of {len(G)}. Give G alone; nn.Sequential(*layers) joins layers."
        )
    if not isinstance(G, nn.Module):
        raise Mistake(f"You return a {type(G).__name__}. Give a network, an nn.Module such as nn.Sequential(...).")
    if next(G.parameters(), None) is None:
        if any(isinstance(value, list | tuple | dict) for name, value in vars(G).items() if name[0] != "_"):
            raise Mistake(_LISTED)
        raise Mistake("This network has no weights: nothing in it can learn.")
    return copy.deepcopy(G)


def _generator(make) -> str:
    torch.default_generator.manual_seed(0)
    G = _network(make)
    first = next(G.parameters())
    z = torch.randn(11, 64).to(first.device, first.dtype)
    with _Steps() as steps:
        x = _images(G, z)
    way = " → ".join(map(str, [*[before for before, _ in steps.widths[:1]], *[after for _, after in steps.widths]]))
    growing = [(before, after) for before, after in steps.widths if after > before]
    if not growing:
        raise Mistake(f"No transposed convolution that grows is at work in G(z). {_GROW}")
    if x.shape[2:] != (28, 28):
        raise Mistake(
            f"The images are {x.shape[2]} × {x.shape[3]}: your transposed convolutions go {way}. Begin with 7 × 7 and "
            "double twice: kernel 4, stride 2, padding 1 does."
        )
    if len(growing) < 2:
        raise Mistake(f"Only one transposed convolution makes the picture grow: {way}. {_GROW}")
    if not x.isfinite().all():
        raise Mistake("There are NaN or infinite pixels. Does something divide by 0?")
    if not x.requires_grad:
        raise Mistake("No gradient comes back from the images. Is there a detach(), no_grad() or requires_grad=False?")
    named = {name: parameter for name, parameter in G.named_parameters() if parameter.requires_grad}
    gradients = torch.autograd.grad(x.square().mean(), list(named.values()), allow_unused=True)
    if dead := [name for name, gradient in zip(named, gradients, strict=True) if gradient is None]:
        raise Mistake(f"No gradient reaches {dead[0]}. Is it used, and is nothing detached on the way?")
    G.eval()
    with torch.no_grad():
        one, other = (_seeded(G, noise) for noise in (z, -3 * z))
        if torch.equal(one, other):
            raise Mistake(
                "The images are the same, whatever z is. Does forward use the z that it is given, and are its weights "
                "not 0?"
            )
        for parameter in G.parameters():  # far larger than at the start: which pixels can there be at all?
            parameter.mul_(10)
        wide = torch.cat([x, G.train()(20 * z), G.eval()(20 * z)])
    if wide.max() > 1 or wide.min() < -1:
        raise Mistake(f"With large weights, pixels reach {wide.abs().max():.3g}. Let nn.Tanh() be the very last step.")
    if wide.min() >= 0:
        raise Mistake(
            "No pixel can be negative: a sigmoid or a ReLU at the end? Paper is -1: end with nn.Tanh() alone."
        )
    return f"{way}, pixels in [-1, 1], {sum(p.numel() for p in G.parameters()):,} weights."


def _seeded(G: nn.Module, z: Tensor) -> Tensor:
    torch.default_generator.manual_seed(0)
    return G(z)


generator = Exercise(
    judge=_generator,
    hints=(
        "Begin with a dense layer from 64 numbers to channels · 7 · 7, and fold it: nn.Unflatten(1, (channels, 7, 7)).",
        "nn.ConvTranspose2d(before, after, 4, stride=2, padding=1) doubles height and width. You need two.",
        "Put nn.BatchNorm2d and nn.ReLU between them, and nn.Tanh() at the end.",
    ),
    answer="""\
def my_own_generator():
    return nn.Sequential(
        nn.Linear(64, 32 * 7 * 7), nn.Unflatten(1, (32, 7, 7)), nn.BatchNorm2d(32), nn.ReLU(),  # (N, 32, 7, 7)
        nn.ConvTranspose2d(32, 16, 4, stride=2, padding=1), nn.BatchNorm2d(16), nn.ReLU(),      # (N, 16, 14, 14)
        nn.ConvTranspose2d(16, 1, 4, stride=2, padding=1), nn.Tanh(),                           # (N, 1, 28, 28)
    )""",
)

quiz = Quiz(
    (
        Question(
            "c",
            {
                "a": "Some stay noise for a while, but that is not what the even/odd pattern of overlaps does.",
                "b": "The stride is the same in both pictures.",
                "c": "3 is no multiple of 2, so some pixels get more stamps than their neighbours. 4 is.",
            },
        ),
        Question(
            "b",
            {
                "a": "Training with it is possible, and was common.",
                "b": "A score would depend on the other images in the batch, and one score's slope on all of them.",
                "c": "It costs little.",
            },
        ),
        Question(
            "a",
            {
                "a": "Another set of real digits is that far away too: sampling noise has a floor.",
                "b": "Copies of the training images would score about 1 as well. Lesson 12 catches them.",
                "c": "The distance compares averages over 10,000 images. It says nothing about any single one.",
            },
        ),
        Question(
            "b",
            {
                "a": "None of the pairs you trained had a recurrent layer, and one D had no convolution.",
                "b": "z in, samples out; samples in, a score each; a gradient through both. The game asks no more.",
                "c": "The dense D gave G a gradient too. Its digits were only further from real ones.",
            },
        ),
    )
)
