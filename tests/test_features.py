"""The judge of digits is good enough to judge, and its distance is what it is said to be."""

import os
import re

import pytest
import torch

from gan_lessons import digits, features, strokes
from gan_lessons.digits import to_float
from gan_lessons.features import SAMPLES, judge

needs_mnist = pytest.mark.skipif(
    not os.environ.get(digits.VARIABLE), reason=f"{digits.VARIABLE} is not set: there may be no MNIST here"
)


@pytest.mark.parametrize("name", ["MNIST", "drawn digits"])
def test_the_shipped_file_holds_a_judge(name):
    found = judge(name)
    assert found.reference.mean.shape == (64,)
    assert found.reference.covariance.shape == (64, 64)
    assert torch.linalg.eigvalsh(found.reference.covariance).min() > -1e-9
    assert 0 < found.floor < 10
    assert not found.classifier.training
    assert not any(p.requires_grad for p in found.classifier.parameters())
    assert judge(name) is found  # read once


def test_both_judges_look_with_the_same_eyes():
    ours, theirs = (judge(name).classifier.state_dict() for name in ("MNIST", "drawn digits"))
    assert all(torch.equal(ours[key], theirs[key]) for key in ours)
    assert not torch.equal(judge("MNIST").reference.mean, judge("drawn digits").reference.mean)


def test_digits_without_a_reference_are_refused_and_the_known_ones_named():
    message = r"no reference for 'your digits': there are \['MNIST', 'drawn digits'\]; .* makes them"
    with pytest.raises(ValueError, match=message):
        judge("your digits")


@pytest.mark.parametrize("n", [0, 1, SAMPLES - 1, SAMPLES + 1])
def test_another_number_of_images_has_no_distance(n):
    images = torch.zeros(1, 1, 28, 28).expand(n, 1, 28, 28)
    for measure in (judge("MNIST").distance, judge("MNIST").floors):
        with pytest.raises(ValueError, match=re.escape(f"{n:,} images: the Fréchet distance depends on their number")):
            measure(images)


@pytest.mark.parametrize("look", ["features", "classify"])
@pytest.mark.parametrize(
    ("images", "error", "message"),
    [
        (torch.full((3, 1, 28, 28), 1.01), ValueError, "pixels from 1.01 to 1.01: scale to"),
        (torch.full((3, 1, 28, 28), float("nan")), ValueError, "pixels from nan to nan: scale to"),
        (torch.zeros(3, 28, 28), ValueError, r"images of shape \(3, 28, 28\): give \(N, 1, 28, 28\)"),
        (torch.zeros(3, 1, 28, 28, dtype=torch.uint8), TypeError, "images are torch.uint8: give floats"),
    ],
)
def test_what_is_no_image_is_refused(look, images, error, message):
    with pytest.raises(error, match=message):
        getattr(judge("MNIST"), look)(images)


def test_images_are_judged_as_they_would_be_stored():
    x = to_float(strokes.draw(8, 0).images)
    within_one_grey = (x + 0.2 / 127.5).clamp(-1, 1)
    assert torch.equal(judge("MNIST").features(within_one_grey), judge("MNIST").features(x))
    assert not torch.equal(judge("MNIST").features((x + 2 / 127.5).clamp(-1, 1)), judge("MNIST").features(x))


def test_an_image_is_judged_alone():
    x = to_float(strokes.draw(1_001, 5).images)  # more than two pieces
    whole = judge("MNIST").features(x)
    assert whole.shape == (1_001, 64)
    torch.testing.assert_close(whole[497:503], judge("MNIST").features(x[497:503]), rtol=1e-4, atol=1e-4)


def test_looking_draws_no_random_numbers():
    before = torch.get_rng_state()
    judge("MNIST").classify(to_float(strokes.draw(8, 0).images))
    assert torch.equal(torch.get_rng_state(), before)


def test_drawn_digits_are_recognised():
    drawn = strokes.draw(2_000, seed=77)  # a seed that nothing was made with
    share = (judge("drawn digits").classify(to_float(drawn.images)) == drawn.labels).float().mean()
    assert share >= 0.90


def test_an_image_turned_into_its_negative_is_not_recognised():
    drawn = strokes.draw(500, seed=78)
    share = (judge("drawn digits").classify(-to_float(drawn.images)) == drawn.labels).float().mean()
    assert share < 0.5  # so the test above can fail


# With MNIST


@pytest.fixture(scope="module")
def real():
    """10,000 training images."""
    return to_float(digits.MNIST("train").images[20_000:30_000])


@needs_mnist
def test_the_test_images_are_recognised():
    test = digits.MNIST("test", labels=True)
    assert features.accuracy(judge("MNIST").classifier, test) >= 0.993


@needs_mnist
def test_real_digits_lie_about_one_floor_away(real):
    assert 0.5 < judge("MNIST").floors(real) < 2.0


@needs_mnist
def test_noise_raises_the_distance(real):
    noisy = (real + 0.2 * torch.randn_like(real)).clamp(-1, 1)
    assert judge("MNIST").floors(noisy) > 5


def test_floors_are_distances_over_the_floor(monkeypatch):
    monkeypatch.setattr(features.Judge, "distance", lambda self, x: 3 * self.floor)
    assert judge("MNIST").floors(torch.zeros(1)) == pytest.approx(3)
