"""Exercises of lesson 09."""

import torch
from torch import Tensor, nn

from gan_lessons import digits
from gan_lessons.exercises.engine import Exercise, Mistake, Question, Quiz, call


def _prepare(prepare) -> str:
    greys = torch.arange(256, dtype=torch.uint8).repeat(2 * 28 * 28 // 256 + 1)[: 2 * 28 * 28].view(2, 28, 28)
    before = greys.clone()
    given = call(prepare, greys)
    if not torch.equal(greys, before):
        raise Mistake("You changed the images that were given to you. Make new ones: others may still need the old.")
    if not isinstance(given, Tensor):
        raise Mistake(f"You return a {type(given).__name__}. Give a tensor.")
    if not given.is_floating_point():
        raise Mistake(f"The result is still {given.dtype}, whole numbers. Turn it into floats before you divide.")
    if given.shape == (2, 28, 28):
        raise Mistake("The channel is missing: convolutions want (N, 1, 28, 28). images[:, None] adds it.")
    if given.shape == (2, 28, 28, 1):
        raise Mistake("The channel comes last; PyTorch wants it second: (N, 1, 28, 28).")
    if given.shape == (1, 2, 28, 28):
        raise Mistake("The new axis comes first. It belongs after the batch: (N, 1, 28, 28).")
    if given.shape != (2, 1, 28, 28):
        raise Mistake(f"The result has shape {tuple(given.shape)}. It should be (N, 1, 28, 28).")
    if torch.isnan(given).any():
        raise Mistake("There are NaN in the result: do you divide by something that can be 0?")
    x, right = given.double(), digits.to_float(greys).double()
    if torch.allclose(x, right, atol=1e-5):
        return "Right: 0 becomes -1, 255 becomes 1, and each image has one channel."
    wrong = {
        "The range is [0, 1]. G's tanh gives [-1, 1], so D could tell the two apart by the paper alone.": (right + 1)
        / 2,
        "Paper and ink are exchanged: 255 should become 1.": -right,
        "You subtract 1 but divide by 255: the range is [-1, 0]. Divide by 127.5.": (right + 1) / 2 - 1,
        "You divide by 128, so that full ink becomes 0.992. Divide by 127.5.": (right + 1) * 127.5 / 128 - 1,
        "The range is [-0.5, 0.5]. Multiply by 2 as well.": right / 2,
        "You only changed the type: the values still go from 0 to 255.": (right + 1) * 127.5,
        "You divide by 127.5 and stop: the range is [0, 2]. Subtract 1.": right + 1,
    }
    for message, values in wrong.items():
        if torch.allclose(x, values, atol=1e-5):
            raise Mistake(message)
    if abs(x.mean()) < 1e-3 and x.std() > 0.9:
        raise Mistake(
            "You standardise to mean 0 and deviation 1. G's tanh cannot leave [-1, 1], so scale to that range."
        )
    if (x - greys[:, None].double().sub(1).remainder(256)).abs().max() < 256 and x.min() >= 0 and x.max() > 1:
        raise Mistake("Whole numbers of one byte wrap round at 255. Turn them into floats first, then scale.")
    raise Mistake(
        f"0 becomes {x.flatten()[0]:.3g} and 255 becomes {x.flatten()[255]:.3g}. They should become -1 and 1."
    )


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


def _size(size) -> str:
    cases = [(n, k, s, p) for n in (1, 4, 7, 14) for k in (2, 3, 4, 5) for s in (1, 2, 3) for p in (0, 1) if 2 * p < k]
    formulas = {
        "That is the size after an ordinary convolution. A transposed one goes the other way: it grows.": (
            lambda n, k, s, p: (n + 2 * p - k) // s + 1
        ),
        "Padding makes a transposed convolution smaller: it cuts p off both ends. Turn its sign.": (
            lambda n, k, s, p: (n - 1) * s + 2 * p + k
        ),
        "Padding is cut off at both ends: 2 * padding.": lambda n, k, s, p: (n - 1) * s - p + k,
        "You forget the padding: 2 * padding are cut off.": lambda n, k, s, p: (n - 1) * s + k,
        "n stamps have n - 1 steps between them, not n.": lambda n, k, s, p: n * s - 2 * p + k,
        "The last stamp still has its full width: add kernel.": lambda n, k, s, p: (n - 1) * s - 2 * p,
        "The kernel adds its full width, not kernel - 1.": lambda n, k, s, p: (n - 1) * s - 2 * p + k - 1,
        "That holds for kernel 4, stride 2, padding 1 only. Find the rule for all of them.": lambda n, k, s, p: 2 * n,
        "That ignores kernel and padding.": lambda n, k, s, p: n * s,
        "You have one pixel too many.": lambda n, k, s, p: (n - 1) * s - 2 * p + k + 1,
    }
    given = []
    for case in cases:
        number = call(size, *case)
        if isinstance(number, Tensor) and number.numel() == 1:
            number = number.item()
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise Mistake(f"You return a {type(number).__name__}. Give one whole number.")
        given.append(number)
    right = [_truth(*case) for case in cases]
    if given == right:
        return "Right, for all 72 cases tried, against PyTorch itself."
    for message, formula in formulas.items():
        if given == [formula(*case) for case in cases]:
            raise Mistake(message)
    case, mine, true = next((c, g, t) for c, g, t in zip(cases, given, right, strict=True) if g != t)
    raise Mistake(
        f"For n={case[0]}, kernel={case[1]}, stride={case[2]}, padding={case[3]} yours gives {mine:g}; PyTorch gives {true}."
    )


def _truth(n: int, kernel: int, stride: int, padding: int) -> int:
    layer = nn.ConvTranspose1d(1, 1, kernel, stride, padding, bias=False)
    return layer(torch.zeros(1, 1, n)).shape[-1]


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


def _generator(make) -> str:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        G = make if isinstance(make, nn.Module) else call(make)
        if not isinstance(G, nn.Module):
            raise Mistake(f"You return a {type(G).__name__}. Give a network, an nn.Module such as nn.Sequential(...).")
        parameters = list(G.parameters())
        if not parameters:
            raise Mistake("This network has no weights: nothing in it can learn.")
        z = torch.randn(16, 64)
        try:
            x = G(z)
        except (RuntimeError, ValueError) as error:
            first = str(error).splitlines()[0]
            raise Mistake(f"G(z) with z of shape (16, 64) fails: {first}. Follow the shapes layer by layer.") from None
        if not isinstance(x, Tensor) or x.ndim != 4:
            shape = tuple(x.shape) if isinstance(x, Tensor) else type(x).__name__
            raise Mistake(f"G(z) gives {shape}. It should give images: (N, 1, 28, 28).")
        if x.shape[0] != 16:
            raise Mistake(
                f"16 noise vectors became {x.shape[0]} images. The batch must stay: unflatten from dimension 1 on."
            )
        if x.shape[1] != 1:
            raise Mistake(f"The images have {x.shape[1]} channels. Grey digits have one.")
        if x.shape[2:] == (32, 32):
            raise Mistake("The images are 32 × 32: you begin with 4 × 4 or 8 × 8. Begin with 7 × 7 and double twice.")
        if x.shape[2:] != (28, 28):
            raise Mistake(
                f"The images are {x.shape[2]} × {x.shape[3]}. From 7 × 7, double twice: kernel 4, stride 2, padding 1."
            )
        if not any(isinstance(m, nn.ConvTranspose2d | nn.Conv2d) for m in G.modules()):
            raise Mistake(
                "There is no convolution in this network. The last two steps should be transposed convolutions."
            )
        wide = G(20 * torch.randn(64, 64)).detach()
        with torch.no_grad():  # weights far larger than at the start: what can the last layer give at all?
            for parameter in parameters:
                parameter.mul_(3)
            wide = torch.cat([wide, G(20 * torch.randn(64, 64))])
            for parameter in parameters:
                parameter.div_(3)
        if wide.max() > 1 or wide.min() < -1:
            raise Mistake(f"Pixels reach {wide.abs().max():.3g}. End with nn.Tanh(), which keeps them in [-1, 1].")
        if wide.min() >= 0:
            raise Mistake("No pixel can be negative: a sigmoid or a ReLU at the end? Paper is -1. End with nn.Tanh().")
        if (x - x[:1]).abs().max() < 1e-6:
            raise Mistake("All images are the same, whatever z is. Does z reach the last layer?")
        x.square().mean().backward()
        dead = [name for name, parameter in G.named_parameters() if parameter.grad is None]
        if dead:
            raise Mistake(f"No gradient reaches {dead[0]}. Is it used, and is nothing detached on the way?")
    return f"Right: 7 × 7, 14 × 14, 28 × 28, pixels in [-1, 1], {sum(p.numel() for p in parameters):,} weights."


generator = Exercise(
    judge=_generator,
    hints=(
        "Begin with a dense layer from 64 numbers to channels · 7 · 7, and fold it: nn.Unflatten(1, (channels, 7, 7)).",
        "nn.ConvTranspose2d(before, after, 4, stride=2, padding=1) doubles height and width. You need two.",
        "Put nn.BatchNorm2d and nn.ReLU between them, and nn.Tanh() at the end.",
    ),
    answer="""\
def my_generator():
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
                "b": "A score would depend on the other images in the batch, and the slope of one score on all of them.",
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
    )
)
