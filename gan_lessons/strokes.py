"""Digits drawn with a jittered pen: a stand-in for MNIST that needs no file and no network.

Each class has a few ways of writing it, each a handful of knots (`GLYPHS`). The pen runs along smooth curves
through the knots; every drawing moves the knots, bends the sheet, slants it, and picks a pen. As in MNIST the
digit then fits a box of 20 pixels, its centre of mass within about a pixel of the middle of a picture of 28,
white on black. Because we drew it, we know what MNIST cannot tell: its exact slant, width and scale.

    images, labels, slant, width, scale = draw(1_000, seed=0)
    sevens = draw(64, seed=1, labels=7, width=2.5).images  # (64, 28, 28)
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
import torch
from scipy.interpolate import CubicSpline
from torch import Tensor

# The ways of writing each digit: (how often, strokes). A knot is "x,y" in hundredths of the digit's height,
# y downwards. The pen runs smoothly from knot to knot and is lifted at "|". A knot written twice is one knot:
# it moves as one, so that a corner (lift, go on from the same place) or a closed loop stays together.
GLYPHS = {
    0: [
        (6, "42,0 10,20 2,62 34,100 72,74 76,26 42,0"),
        (2, "58,9 30,2 6,36 12,86 48,98 76,62 66,18 40,6"),  # the end runs past the start
        (2, "30,0 8,26 6,72 28,100 50,74 52,26 30,0"),  # narrow
    ],
    1: [
        (12, "0,0 0,50 0,100"),
        (1, "-14,18 0,0 | 0,0 0,100"),  # a steep, short flag: a flat, long one would make a 7
        (1, "-17,19 0,0 | 0,0 0,100 | -28,100 0,100 28,99"),  # a straight stem: a bent one would make a 2
    ],
    2: [
        (4, "4,22 20,3 46,3 58,24 42,54 4,96 | 4,96 36,93 74,95"),
        (5, "3,24 22,2 48,6 56,28 40,62 14,94 1,90 8,76 30,84 50,94 76,92"),  # with a loop at the foot
        (2, "2,14 30,2 56,10 50,38 4,92 | 4,92 40,88 76,90"),
        (2, "0,22 20,2 46,8 48,34 26,74 2,92 6,78 40,84 84,98"),  # the foot droops
    ],
    3: [
        (5, "4,14 28,0 54,12 48,36 22,47 | 22,47 52,55 60,78 36,99 2,88"),
        (3, "6,10 30,0 52,14 42,38 22,48 24,43 50,55 58,78 34,100 0,90"),  # the pen loops at the waist
        (1, "4,4 30,3 56,3 | 56,3 24,42 | 24,42 52,50 60,74 38,98 4,90"),  # a flat top
    ],
    4: [
        (5, "2,4 1,30 10,50 34,52 60,45 | 66,2 60,45 53,100"),
        (4, "20,2 12,28 2,56 | 2,56 34,55 72,50 | 56,14 50,54 44,100"),
        (1, "50,0 26,32 0,64 | 0,64 36,63 74,61 | 50,0 48,62 46,100"),  # closed, with a bar that sticks out
    ],
    5: [
        (5, "66,2 42,5 18,5 | 18,5 14,24 9,44 | 9,44 36,38 56,54 54,82 30,99 0,92"),
        (3, "68,0 40,3 22,10 16,26 14,42 36,48 54,62 50,88 26,100 0,92"),  # in one go
        (2, "20,4 15,24 10,44 | 10,44 38,38 58,58 52,86 28,99 2,90 | 20,4 48,5 80,0"),  # a long hat
    ],
    6: [
        (5, "46,0 22,22 5,54 6,86 26,100 50,92 58,72 42,58 22,64 8,80"),
        (4, "30,0 12,30 2,64 10,92 30,100 50,88 50,68 34,60 16,68 6,82"),
        (2, "56,2 28,14 8,42 2,74 18,98 44,96 58,76 44,58 20,64 4,74"),
    ],
    7: [
        (4, "0,6 35,4 70,5 | 70,5 50,50 36,100"),
        (2, "2,21 5,5 | 5,5 36,5 68,5 | 68,5 51,48 40,100"),
        (2, "0,9 34,4 66,7 62,24 44,60 30,100"),  # a round corner
        (2, "0,6 37,6 74,3 | 74,3 42,46 20,100"),
        (2, "0,6 34,4 70,5 | 70,5 49,50 36,100 | 24,54 48,51 72,48"),  # with a bar
    ],
    8: [
        (6, "54,12 34,0 12,10 14,30 34,46 54,64 54,88 32,100 10,88 12,66 34,46 54,30 54,12"),
        (2, "34,45 12,32 12,10 34,0 56,10 54,32 34,45 | 34,45 56,60 58,86 34,100 10,86 10,60 34,45"),
        (2, "62,8 34,0 12,12 18,34 42,52 54,72 48,94 26,100 10,86 18,64 42,42 62,14"),  # open at the top
    ],
    9: [
        (5, "54,16 36,1 14,10 4,32 16,48 38,44 54,16 | 54,16 52,56 46,100"),
        (3, "54,14 34,0 12,10 6,32 20,48 42,42 54,14 | 54,14 56,54 47,84 30,99 10,96"),  # a curved tail
        (3, "52,8 28,0 8,16 8,40 30,48 50,34 56,6 | 56,6 50,52 40,100"),
        (2, "52,12 30,0 8,12 8,34 30,41 50,28 52,12 | 52,12 42,56 22,100"),  # the tail runs to the left
    ],
}

SEGMENTS = 72  # pieces of pen path in a digit, less than a pixel each
BLUR = 0.6  # pixels; wide enough to hide the pieces, far narrower than the gaps inside a digit
SOFT = 0.6  # pixels from the pen's rim to pure ink, or to pure paper
BOX, SIDE = 20, 28  # pixels
CHUNK = 32  # digits rendered at a time: memory stays small and the caches warm
WIDTHS, SCALES, SLANTS = (0.2, 6.0), (0.5, 1.25), (-1.5, 1.5)  # beyond these a digit is no digit any more


class Drawing(NamedTuple):
    """What `draw` returns: n pictures and the truth about each."""

    images: Tensor  # (n, 28, 28) uint8: 0 is paper, 255 is ink
    labels: Tensor  # (n,) int64: 0 to 9
    slant: Tensor  # (n,) float32: tangent of the lean from the vertical, positive to the right
    width: Tensor  # (n,) float32: pen width in pixels
    scale: Tensor  # (n,) float32: longer side of the digit's box, ink included, in units of 20 pixels


def draw(n: int, seed: int = 0, *, labels=None, slant=None, width=None, scale=None) -> Drawing:
    """Draw n digits, the same ones for the same n and seed; torch's global random state is not touched.

    What is not given is drawn at random: `labels` uniformly from 0 to 9, `slant` (a tangent) around 0.15,
    `width` (pixels) around 2.6, `scale` (in boxes of 20 pixels) uniformly from 0.93 to 1.03. Each may be one
    number or n of them: slants from -1.5 to 1.5, widths from 0.2 to 6, scales from 0.5 to 1.25. Fixing one
    leaves all other random numbers as they were: `draw(n, seed, slant=0.5)` and `draw(n, seed, slant=0)` are
    the same digits in the same hand, one leaning.

    Raises `ValueError` for a negative n, a label that is no digit, a number that is not finite or out of its
    range, or a list of the wrong length.
    """
    if n < 0:
        raise ValueError(f"n={n}: the number of digits cannot be negative. Ask for n=0 or more.")
    generator = torch.Generator().manual_seed(seed)

    def uniform(*shape: int) -> Tensor:
        return torch.rand(shape, generator=generator, dtype=torch.float64)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    # All random numbers are drawn here, whatever is given: neither chunks nor fixed values shift the others.
    random_labels = (10 * uniform(n)).long()
    random_slant = (0.15 + 0.26 * normal(n)).clamp(-0.35, 0.75)
    random_width = (2.55 * torch.exp(0.24 * normal(n))).clamp(1.4, 4.0)
    random_scale = 0.93 + 0.1 * uniform(n)
    choice = uniform(n, 1)
    # Sizes of the jitter were chosen by eye beside MNIST: as varied as may be, yet every digit legible.
    jitter = 0.035 * normal(n, *KNOTS.shape[1:])  # (n, knots, 2)
    bend = 0.19 * normal(n, 3, 2)
    aspect = torch.exp(0.06 + 0.18 * normal(n, 1)).clamp(0.78, 1.5)
    tilt = 0.11 * normal(n, 1)

    labels = random_labels if labels is None else _given("labels", labels, n, (0, 9)).long()
    slant = random_slant if slant is None else _given("slant", slant, n, SLANTS)
    width = random_width if width is None else _given("width", width, n, WIDTHS)
    scale = random_scale if scale is None else _given("scale", scale, n, SCALES)
    glyph = FIRST[labels] + (choice > SHARES[labels]).sum(1)  # (n,)

    images = torch.empty(n, SIDE, SIDE, dtype=torch.uint8)
    with _one_thread():
        for start in range(0, n, CHUNK):
            part = slice(start, start + CHUNK)
            which = glyph[part]
            knots = _by_hand(KNOTS[which] + jitter[part], bend[part], aspect[part], tilt[part], slant[part])
            images[part] = _ink(SPLINES[which] @ knots, PEN_DOWN[which], width[part], scale[part])
    return Drawing(images, labels, slant.float(), width.float(), scale.float())


@contextmanager
def _one_thread() -> Iterator[None]:
    """A chunk is too small to share out: two threads would wait for each other longer than they work."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _given(name: str, value, n: int, limits: tuple[float, float]) -> Tensor:
    """The caller's numbers as float64 (n,), or an error that says what is wrong and what would be right."""
    low, high = limits
    value = torch.as_tensor(value).to("cpu", torch.float64)
    if value.shape not in {(), (n,)}:
        raise ValueError(f"{name} has shape {tuple(value.shape)}. Give one number, or n={n} of them.")
    wrong = ~((value >= low) & (value <= high))  # written so that NaN is wrong too
    if name == "labels":
        wrong |= value != value.round()
    if wrong.any():
        kind = "whole numbers" if name == "labels" else "numbers"
        raise ValueError(f"{name} holds {value[wrong][0].item():g}. Give {kind} from {low:g} to {high:g}.")
    return value.expand(n)


def _by_hand(knots: Tensor, bend: Tensor, aspect: Tensor, tilt: Tensor, slant: Tensor) -> Tensor:
    """Move knots (n, K, 2), centred on the origin, as a hand would: bend, stretch, tilt, slant."""
    x, y = knots.unbind(-1)  # (n, K) each
    x, y = (knots + torch.stack([x * x, x * y, y * y], -1) @ bend).unbind(-1)
    x = x * aspect
    y = y + tilt * x  # tilts the baseline and leaves uprights alone; a rotation would spoil the known slant
    return torch.stack([x - slant[:, None] * y, y], -1)  # y points down


def _ink(path: Tensor, pen_down: Tensor, width: Tensor, scale: Tensor) -> Tensor:
    """Pictures (n, 28, 28) of paths (n, SEGMENTS + 1, 2), fitted to the box and centred by mass.

    A pixel's distance d to the path is read off its warmth (Varadhan 1967): let the path glow with a Gaussian
    of width BLUR; beside a long straight stroke the warmth is exp(-d²/(2·BLUR²)). A Gaussian splits into x
    and y, so that all warmths are one matrix product. All is float64: rounding to uint8 then hides the last
    bits, which differ between machines.
    """
    low, high = path.amin(1), path.amax(1)  # (n, 2)
    zoom = (BOX * scale - width) / (high - low).amax(1)  # (n,)
    path, low, high = path * zoom[:, None, None], low * zoom[:, None], high * zoom[:, None]
    middle = (path[:, 1:] + path[:, :-1]) / 2  # (n, SEGMENTS, 2)
    length = (path[:, 1:] - path[:, :-1]).norm(dim=-1) * pen_down  # (n, SEGMENTS)

    mass = (middle * length[..., None]).sum(1) / length.sum(1, keepdim=True)  # (n, 2)
    reach = (SIDE - 1 - width[:, None]) / 2 - SOFT  # a heavy flourish must not push the rest off the sheet
    mass = mass.clamp(high - reach, low + reach)
    middle = middle - mass[:, None] + (SIDE - 1) / 2

    gap = middle[:, :, None] - torch.arange(SIDE, dtype=path.dtype)[:, None]  # (n, SEGMENTS, 28, 2)
    glow_x, glow_y = gap.square_().mul_(-0.5 / BLUR**2).exp_().unbind(-1)  # (n, SEGMENTS, 28) each
    warmth = (glow_y * length[..., None]).mT @ glow_x / (BLUR * math.sqrt(2 * math.pi))  # (n, 28, 28)
    distance = BLUR * (-2 * warmth.log()).clamp(min=0).sqrt()  # crossings are warmer than 1
    ink = ((width[:, None, None] / 2 - distance) / SOFT + 1) / 2
    return (255 * ink.clamp(0, 1)).round().to(torch.uint8)


def _read(strokes: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A line of `GLYPHS` as knots (K, 2), spline (SEGMENTS + 1, K) and pen down (SEGMENTS,).

    A natural cubic spline is linear in its knots. Run it through the unit vectors, and out comes the matrix
    that turns any knots, jittered ones too, into points of the path.
    """
    words = [stroke.split() for stroke in strokes.split("|")]
    names = list(dict.fromkeys(strokes.replace("|", " ").split()))  # each knot once, in order
    knots = np.array([[float(number) for number in name.split(",")] for name in names]) / 100
    indices = [[names.index(word) for word in stroke] for stroke in words]
    times = [np.cumsum([0, *np.linalg.norm(np.diff(knots[index], axis=0), axis=1)]) for index in indices]

    lifts = len(words) - 1
    ends = np.cumsum([time[-1] for time in times])
    ends = np.round(ends / ends[-1] * (SEGMENTS - lifts)).astype(int)  # each stroke gets pieces by its length
    pieces = np.diff(ends, prepend=0)
    unit = np.eye(len(names))
    curves = [CubicSpline(t, unit[index], bc_type="natural") for t, index in zip(times, indices, strict=True)]
    spline = [curve(np.linspace(0, curve.x[-1], k + 1)) for curve, k in zip(curves, pieces, strict=True)]
    pen_down = np.ones(SEGMENTS)
    pen_down[ends[:-1] + np.arange(lifts)] = 0  # the piece between two strokes
    return knots, np.concatenate(spline), pen_down


def _tables() -> tuple[Tensor, ...]:
    """All glyphs as tensors, padded with knots that no path passes; and how to choose among them."""
    read = [_read(strokes) for ways in GLYPHS.values() for _, strokes in ways]
    most = max(len(knots) for knots, _, _ in read)
    knots = torch.zeros(len(read), most, 2, dtype=torch.float64)
    splines = torch.zeros(len(read), SEGMENTS + 1, most, dtype=torch.float64)
    for i, (points, spline, _) in enumerate(read):
        knots[i, : len(points)] = torch.from_numpy(points - (points.min(0) + points.max(0)) / 2)
        splines[i, :, : len(points)] = torch.from_numpy(spline)
    pen_down = torch.from_numpy(np.stack([pen for _, _, pen in read]))

    shares = torch.ones(len(GLYPHS), max(map(len, GLYPHS.values())), dtype=torch.float64)
    for label, ways in GLYPHS.items():
        weights = np.cumsum([weight for weight, _ in ways])
        shares[label, : len(ways)] = torch.from_numpy(weights / weights[-1])
    first = torch.tensor([0, *map(len, GLYPHS.values())]).cumsum(0)[:-1]
    return knots, splines, pen_down, shares, first


KNOTS, SPLINES, PEN_DOWN, SHARES, FIRST = _tables()
