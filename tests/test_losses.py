"""Losses against their closed forms, written with sigmoid and log, and their slopes where learning starves."""

import math

import pytest
import torch

from gan_lessons import losses
from gan_lessons.losses import Loss

ALL = {name: value for name, value in vars(losses).items() if isinstance(value, Loss)}


def log_sigmoid(scores):
    return torch.log(torch.sigmoid(scores))


def log_one_minus_sigmoid(scores):
    return torch.log(1 - torch.sigmoid(scores))


def cross_entropy(real, fake):
    return -(log_sigmoid(real).mean() + log_one_minus_sigmoid(fake).mean())


def at_least_zero(values):
    return torch.where(values > 0, values, torch.zeros_like(values))


CLOSED = {  # name: D's loss, G's loss
    "minimax": (cross_entropy, lambda real, fake: log_one_minus_sigmoid(fake).mean()),
    "non_saturating": (cross_entropy, lambda real, fake: -log_sigmoid(fake).mean()),
    "least_squares": (
        lambda real, fake: 0.5 * ((real - 1) ** 2).mean() + 0.5 * (fake**2).mean(),
        lambda real, fake: 0.5 * ((fake - 1) ** 2).mean(),
    ),
    "hinge": (
        lambda real, fake: at_least_zero(1 - real).mean() + at_least_zero(1 + fake).mean(),
        lambda real, fake: -fake.mean(),
    ),
    "wasserstein": (lambda real, fake: -(real.mean() - fake.mean()), lambda real, fake: -fake.mean()),
    "relativistic": (
        lambda real, fake: -log_sigmoid(real - fake).mean(),
        lambda real, fake: -log_sigmoid(fake - real).mean(),
    ),
}


def scores(*shape, scale=3.0):
    return [scale * torch.randn(shape, dtype=torch.float64) for _ in range(2)]


@pytest.mark.parametrize("name", ALL)
def test_both_players_lose_what_the_closed_form_says(name):
    assert name in CLOSED, f"write the closed form of losses.{name} into CLOSED"
    real, fake = scores(50)
    discriminator, generator = CLOSED[name]
    torch.testing.assert_close(ALL[name].discriminator(real, fake), discriminator(real, fake), rtol=1e-12, atol=0)
    torch.testing.assert_close(ALL[name].generator(real, fake), generator(real, fake), rtol=1e-12, atol=0)


@pytest.mark.parametrize("name", ALL)
def test_loss_is_called_what_it_is_called(name):
    assert ALL[name].name == name
    assert name in repr(ALL[name])


@pytest.mark.parametrize("loss", ALL.values(), ids=lambda loss: loss.name)
def test_leading_dimensions_are_independent_games(loss):
    real, fake = scores(3, 20)
    for player in (loss.discriminator, loss.generator):
        together = player(real, fake)
        assert together.shape == (3,)
        apart = torch.stack([player(r, f) for r, f in zip(real, fake, strict=True)])
        torch.testing.assert_close(together, apart, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("loss", ALL.values(), ids=lambda loss: loss.name)
@pytest.mark.parametrize("extreme", [1e4, -1e4])
def test_extreme_scores_neither_overflow_nor_lose_the_gradient(loss, extreme):
    real, fake = torch.full((4,), extreme, requires_grad=True), torch.full((4,), -extreme, requires_grad=True)
    for player in (loss.discriminator, loss.generator):
        value = player(real, fake)
        assert value.isfinite()
        for slope in torch.autograd.grad(value, [real, fake], allow_unused=True):
            assert slope is None or slope.isfinite().all()


@pytest.mark.parametrize("loss", [loss for loss in ALL.values() if not loss.compares], ids=lambda loss: loss.name)
def test_a_generator_that_does_not_compare_needs_no_real_scores(loss):
    _, fake = scores(5)
    assert torch.equal(loss.generator(None, fake), loss.generator(torch.zeros(5), fake))


@pytest.mark.parametrize(
    ("loss", "slope"),
    [
        (losses.minimax, -4.5398e-5),  # a confident D leaves G nothing to learn from
        (losses.non_saturating, -0.99995),
        (losses.least_squares, -11.0),
        (losses.hinge, -1.0),
        (losses.wasserstein, -1.0),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_slope_for_the_generator_when_the_discriminator_is_sure(loss, slope):
    fake = torch.tensor([-10.0], dtype=torch.float64, requires_grad=True)
    loss.generator(None, fake).backward()
    assert fake.grad.item() == pytest.approx(slope, rel=1e-5)


@pytest.mark.parametrize("loss", [losses.minimax, losses.non_saturating], ids=lambda loss: loss.name)
def test_an_undecided_discriminator_loses_log_four(loss):
    zero = torch.zeros(7, dtype=torch.float64)
    assert loss.discriminator(zero, zero).item() == pytest.approx(math.log(4), rel=1e-14)


def test_an_undecided_discriminator_leaves_the_generator_log_two_of_either_sign():
    zero = torch.zeros(7, dtype=torch.float64)
    assert losses.minimax.generator(None, zero).item() == pytest.approx(-math.log(2), rel=1e-14)
    assert losses.non_saturating.generator(None, zero).item() == pytest.approx(math.log(2), rel=1e-14)


def test_least_squares_is_content_at_its_targets_only():
    one, zero = torch.ones(3), torch.zeros(3)
    assert losses.least_squares.discriminator(one, zero) == 0
    assert losses.least_squares.generator(None, one) == 0
    assert losses.least_squares.discriminator(2 * one, zero) == 0.5  # too sure costs as well


def test_hinge_forgets_samples_beyond_the_margin():
    real = torch.tensor([0.5, 1.5], requires_grad=True)
    fake = torch.tensor([-0.5, -1.5], requires_grad=True)
    losses.hinge.discriminator(real, fake).backward()
    assert real.grad.tolist() == [-0.5, 0.0]
    assert fake.grad.tolist() == [0.5, 0.0]


def test_wasserstein_does_not_see_a_shift_of_all_scores():
    real, fake = scores(20)
    shifted = losses.wasserstein.discriminator(real + 5, fake + 5)
    torch.testing.assert_close(shifted, losses.wasserstein.discriminator(real, fake), rtol=1e-12, atol=1e-12)


def test_relativistic_scores_matter_only_by_the_difference_within_a_pair():
    real, fake = scores(20)
    for player in (losses.relativistic.discriminator, losses.relativistic.generator):
        torch.testing.assert_close(player(real + 5, fake + 5), player(real, fake), rtol=1e-12, atol=1e-12)
        order = torch.randperm(20)
        torch.testing.assert_close(player(real[order], fake[order]), player(real, fake), rtol=1e-12, atol=1e-12)
        assert abs(player(real, fake[order]) - player(real, fake)) > 1e-3  # another pairing is another loss


def test_relativistic_players_want_the_opposite():
    real, fake = scores(20)
    assert torch.equal(losses.relativistic.discriminator(real, fake), losses.relativistic.generator(fake, real))
    assert losses.relativistic.discriminator(real, real).item() == pytest.approx(math.log(2), rel=1e-14)
