"""Drawn digits are what they say: repeatable, inside the picture, and as slanted, wide and large as said."""

import math
from itertools import pairwise

import pytest
import torch

from gan_lessons import strokes
from gan_lessons.strokes import draw

MANY = 2_000


@pytest.fixture(scope="module")
def many():
    return draw(MANY, seed=0)


def ink(images):
    """Images as float64 from 0 to 1, and pixel coordinates x (28,) and y (28, 1) from the middle."""
    x = torch.arange(28, dtype=torch.float64) - 13.5
    return images.double() / 255, x, x[:, None]


def mean(images, values):
    """The mean of `values` (28, 28) or (n, 28, 28) over the ink of each image, (n,)."""
    weights, _, _ = ink(images)
    return (weights * values).sum((1, 2)) / weights.sum((1, 2))


def measured_slant(images):
    """The lean that the ink's second moments show: the slope of x on height."""
    _, x, y = ink(images)
    across = x - mean(images, x)[:, None, None]
    up = mean(images, y)[:, None, None] - y
    return mean(images, across * up) / mean(images, up * up)


def longer_side(images):
    dark = images > 127
    return torch.maximum(dark.any(1).sum(1), dark.any(2).sum(1)).double()


def test_shapes_types_and_ranges(many):
    assert many.images.shape == (MANY, 28, 28)
    assert many.images.dtype == torch.uint8
    assert many.labels.dtype == torch.int64
    for values, (low, high) in [
        (many.slant, strokes.SLANTS),
        (many.width, strokes.WIDTHS),
        (many.scale, strokes.SCALES),
    ]:
        assert values.shape == (MANY,)
        assert values.dtype == torch.float32
        assert low < values.min() < values.max() < high
    assert (many.images.amax((1, 2)) == 255).all()  # every digit has pure ink


def test_no_digits_and_one_digit():
    assert draw(0).images.shape == (0, 28, 28)
    assert draw(1, labels=[3], slant=[0.1]).labels.tolist() == [3]


def test_same_seed_same_digits_other_seed_other_digits():
    first, again, other = draw(50, seed=4), draw(50, seed=4), draw(50, seed=5)
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not any(torch.equal(a, b) for a, b in zip(first, other, strict=True))


def test_global_random_state_is_untouched():
    torch.manual_seed(123)
    before = torch.get_rng_state()
    draw(100)
    assert torch.equal(torch.get_rng_state(), before)


def test_global_seed_does_not_matter():
    torch.manual_seed(1)
    first = draw(20).images
    torch.manual_seed(2)
    assert torch.equal(draw(20).images, first)


@pytest.mark.parametrize("chunk", [1, 7, 1_000])
def test_chunks_do_not_show(monkeypatch, chunk):
    expected = draw(150, seed=2)
    monkeypatch.setattr(strokes, "CHUNK", chunk)
    assert torch.equal(draw(150, seed=2).images, expected.images)


def test_threads_do_not_show():
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        one = draw(150, seed=2).images
        torch.set_num_threads(2)
        assert torch.equal(draw(150, seed=2).images, one)
        assert torch.get_num_threads() == 2  # and draw leaves their number as it was
    finally:
        torch.set_num_threads(threads)


def test_all_classes_occur_about_equally_often(many):
    counts = torch.bincount(many.labels, minlength=10)
    assert counts.shape == (10,)
    assert ((counts - MANY / 10).abs() < 5 * math.sqrt(MANY * 0.1 * 0.9)).all()


def test_given_labels_are_drawn_in_the_same_hand():
    free = draw(40, seed=6)
    assert torch.equal(draw(40, seed=6, labels=free.labels).images, free.images)
    labels = torch.arange(40) % 10
    assert torch.equal(draw(40, labels=labels).labels, labels)
    assert torch.equal(draw(40, labels=labels.tolist()).images, draw(40, labels=labels).images)
    assert (draw(40, labels=7).labels == 7).all()


def test_every_class_looks_unlike_the_others():
    pictures = [draw(200, seed=label, labels=label).images.double().flatten(1) for label in range(10)]
    means = torch.stack([picture.mean(0) for picture in pictures])
    held_out = draw(MANY, seed=77)
    nearest = torch.cdist(held_out.images.double().flatten(1), means).argmin(1)
    assert (nearest == held_out.labels).double().mean() > 0.7  # guessing would give 0.1


@pytest.mark.parametrize("label", range(10))
def test_no_two_drawings_of_a_class_are_alike(label):
    assert len(draw(100, labels=label).images.flatten(1).unique(dim=0)) == 100


def test_ways_of_writing_are_used_as_often_as_said(monkeypatch):
    glyphs = []

    def note(path, glyph, *_):
        glyphs.append(glyph)
        return torch.zeros(len(path), 28, 28)

    monkeypatch.setattr(strokes, "PEN_DOWN", torch.arange(len(strokes.KNOTS)))  # each glyph gives its number
    monkeypatch.setattr(strokes, "_ink", note)
    labels = draw(10 * MANY).labels
    counts = torch.bincount(torch.cat(glyphs), minlength=len(strokes.KNOTS)).tolist()
    for label, ways in strokes.GLYPHS.items():
        total, drawn = sum(weight for weight, _ in ways), (labels == label).sum().item()
        for weight, _ in ways:
            expected = drawn * weight / total
            assert abs(counts.pop(0) - expected) < 5 * math.sqrt(expected)
    assert not counts


def test_centre_of_mass_is_near_the_middle(many):
    _, x, y = ink(many.images)
    off = torch.stack([mean(many.images, x), mean(many.images, y)])
    assert off.mean(1).abs().max() < 0.1
    assert off.abs().quantile(0.98) < 0.75
    assert off.abs().max() < 2


@pytest.mark.parametrize(
    "extreme",
    [
        {},
        {"scale": 1.25, "width": 6.0},
        {"scale": 1.25, "slant": 1.5},
        {"scale": 1.25, "slant": -1.5, "width": 0.2},
    ],
)
def test_nothing_is_clipped_at_the_margins(extreme):
    images = draw(500, seed=1, **extreme).images
    assert images[:, 1:-1, 1:-1].any(2).any(1).all()
    assert not images[:, [0, -1]].any()
    assert not images[:, :, [0, -1]].any()


@pytest.mark.parametrize("label", range(10))
def test_wider_pens_leave_more_ink(label):
    amounts = [draw(60, labels=label, width=width).images.double().sum((1, 2)) for width in (1.0, 2.0, 3.0, 4.0)]
    for thin, thick in pairwise(amounts):
        assert (thick > thin).all()


@pytest.mark.parametrize("width", [1.5, 2.5, 4.0])
def test_width_is_in_pixels(width):
    # The middle rows of an upright one without flag: ink across the stroke is the pen's width.
    ones = draw(300, labels=1, width=width, slant=0.0).images
    across = ones[:, 12:16].double().sum(2).mean(1) / 255
    assert across.median().item() == pytest.approx(width, abs=0.1)


def test_slant_is_seen():
    slants = (-0.3, 0.0, 0.3, 0.6)
    measured = [measured_slant(draw(100, seed=3, slant=slant).images) for slant in slants]
    for less, more in pairwise(measured):
        assert (more > less).double().mean() > 0.98  # drawing by drawing, the hand being the same
    ones = [measured_slant(draw(100, labels=1, slant=slant).images).median().item() for slant in slants]
    assert ones == pytest.approx(slants, abs=0.05)  # a stick leans by exactly its slant


def test_slant_may_differ_from_digit_to_digit(many):
    ones = draw(MANY, labels=1, slant=many.slant)
    assert torch.equal(ones.slant, many.slant)
    together = torch.stack([measured_slant(ones.images), many.slant.double()])
    assert torch.corrcoef(together)[0, 1] > 0.9


@pytest.mark.parametrize("scale", [0.6, 0.8, 1.0, 1.2])
def test_scale_is_the_longer_side_of_the_box(scale):
    sides = longer_side(draw(300, scale=scale).images)
    assert sides.mean().item() == pytest.approx(20 * scale, abs=1)
    assert ((sides - 20 * scale).abs() <= 2.5).all()


def test_fixing_one_leaves_the_others():
    free, wide = draw(30, seed=9), draw(30, seed=9, width=3.0)
    assert torch.equal(wide.labels, free.labels)
    assert torch.equal(wide.slant, free.slant)
    assert torch.equal(wide.scale, free.scale)
    assert (wide.width == 3.0).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": -1}, r"n=-1: .* cannot be negative. Ask for n=0 or more"),
        ({"labels": 10}, "labels holds 10. Give whole numbers from 0 to 9"),
        ({"labels": [0, 1, -2]}, "labels holds -2. Give whole numbers from 0 to 9"),
        ({"labels": 1.5}, "labels holds 1.5. Give whole numbers"),
        ({"labels": [1, 2]}, r"labels has shape \(2,\). Give one number, or n=3 of them"),
        ({"width": 0.0}, "width holds 0. Give numbers from 0.2 to 6"),
        ({"width": -1.0}, "width holds -1. Give"),
        ({"width": float("nan")}, "width holds nan. Give"),
        ({"slant": float("inf")}, "slant holds inf. Give numbers from -1.5 to 1.5"),
        ({"slant": torch.zeros(3, 1)}, r"slant has shape \(3, 1\)"),
        ({"scale": [1.0, 1.0, 2.0]}, "scale holds 2. Give numbers from 0.5 to 1.25"),
    ],
)
def test_bad_input_says_what_to_do(arguments, message):
    with pytest.raises(ValueError, match=message):
        draw(**{"n": 3} | arguments)
