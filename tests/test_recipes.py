"""A recipe is a frozen value that refuses what cannot work, and says what can."""

import dataclasses
import math
from dataclasses import replace

import pytest
import torch
from torch import nn

from gan_lessons import losses, models, penalties
from gan_lessons.recipes import SGD, Adam, Recipe
from gan_lessons.schedules import Linear

PLAIN = Recipe(loss=losses.non_saturating, players=models.toy_players)


def test_a_recipe_is_a_value():
    assert replace(PLAIN, batch=32) == Recipe(loss=losses.non_saturating, players=models.toy_players, batch=32)
    assert replace(PLAIN, batch=32) != PLAIN
    assert PLAIN.batch == 64
    with pytest.raises(dataclasses.FrozenInstanceError):
        PLAIN.batch = 32


def test_replace_checks_again():
    with pytest.raises(ValueError, match="batch=0: give a whole number ≥ 1"):
        replace(PLAIN, batch=0)


def test_an_ablation_is_a_replace():
    wgan_gp = replace(PLAIN, loss=losses.wasserstein, penalties=(penalties.wgan_gp(),), d_steps=5)
    assert replace(wgan_gp, penalties=()) == replace(PLAIN, loss=losses.wasserstein, d_steps=5)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"loss": "hinge"}, TypeError, "loss='hinge': give a Loss, for example losses.non_saturating"),
        ({"loss": losses.cross_entropy}, TypeError, "loss=<function.*: give a Loss"),
        ({"players": models.toy_players()}, TypeError, r"players is a tuple: give a function \(\) -> \(G, D\)"),
        ({"penalties": penalties.r1(1.0)}, TypeError, r"penalties=.*: give a tuple; one term is written \(term,\)"),
        ({"penalties": [penalties.r1(1.0)]}, TypeError, "penalties=.*: give a tuple"),
        ({"guides": None}, TypeError, "guides=None: give a tuple"),
        ({"batch": 0}, ValueError, "batch=0: give a whole number ≥ 1"),
        ({"batch": -5}, ValueError, "batch=-5: give"),
        ({"batch": 64.0}, ValueError, "batch=64.0: give"),
        ({"batch": "64"}, ValueError, "batch='64': give"),
        ({"d_steps": 0}, ValueError, "d_steps=0: give a whole number ≥ 1"),
        ({"g_steps": 1.5}, ValueError, "g_steps=1.5: give a whole number ≥ 1"),
        ({"average": 1.5}, ValueError, "average=1.5: give a number between 0 and 1, such as 0.999, or None"),
        ({"average": 1}, ValueError, "average=1: give"),
        ({"average": 0.0}, ValueError, "average=0.0: give"),
        ({"average": math.nan}, ValueError, "average=nan: give"),
        ({"clip": 0.0}, ValueError, "clip=0.0: give a number > 0, such as 0.01, or None"),
        ({"clip": math.nan}, ValueError, "clip=nan: give"),
        ({"instance_noise": -0.1}, ValueError, "instance_noise=-0.1: give a number ≥ 0, such as 0.1"),
        ({"instance_noise": Linear(-1.0, 0.0, over=5)}, ValueError, "instance_noise=Linear.*: give"),
        ({"opt_G": 1e-3}, TypeError, "opt_G=0.001: give"),
        ({"opt_D": torch.optim.Adam}, TypeError, "opt_D=.*: give"),
    ],
)
def test_a_bad_field_is_named_with_a_value_that_works(change, error, message):
    with pytest.raises(error, match=message):
        replace(PLAIN, **change)


def test_a_recipe_is_written_with_names():
    with pytest.raises(TypeError, match="positional"):
        Recipe(losses.hinge, models.toy_players)


@pytest.mark.parametrize("optimiser", [Adam, SGD])
@pytest.mark.parametrize("lr", [-1e-3, math.nan, Linear(-1.0, 0.0, over=5)])
def test_a_learning_rate_below_zero_is_refused(optimiser, lr):
    with pytest.raises(ValueError, match=r"lr=.*: the learning rate must be a number ≥ 0, for example 1e-3"):
        optimiser(lr)


@pytest.mark.parametrize("betas", [(0.5,), (0.5, 0.9, 0.99), (0.5, 1.0), (-0.1, 0.9), (0, 1), (0.5, math.nan)])
def test_betas_outside_their_range_are_refused(betas):
    with pytest.raises(ValueError, match=r"betas=\(.*\): give two numbers in \[0, 1\), for example \(0.5, 0.999\)"):
        Adam(betas=betas)


def test_whole_numbers_and_lists_serve_as_betas():
    assert Adam(betas=[0, 0.9]) == Adam(betas=(0.0, 0.9))
    weight = nn.Parameter(torch.ones(2))
    optimiser = Adam(betas=(0, 0.9))([weight])
    weight.sum().backward()
    optimiser.step()
    assert (weight < 1).all()


def trajectory(optimiser, weight, steps=5):
    for step in range(steps):
        optimiser.zero_grad()
        (weight * torch.tensor([1.0, -3.0, 0.1 * step], dtype=weight.dtype)).square().sum().backward()
        optimiser.step()
    return weight.detach()


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Adam(), lambda p: torch.optim.Adam(p, lr=1e-3, betas=(0.5, 0.999), eps=1e-8)),
        (Adam(0.2, (0.0, 0.9), 1e-3), lambda p: torch.optim.Adam(p, lr=0.2, betas=(0.0, 0.9), eps=1e-3)),
        (SGD(), lambda p: torch.optim.SGD(p, lr=1e-2)),
        (SGD(0.01, momentum=0.9), lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9)),
    ],
)
def test_optimisers_are_torchs(ours, theirs):
    weights = [nn.Parameter(torch.ones(3, dtype=torch.float64)) for _ in range(2)]
    found, expected = (trajectory(make([w]), w) for make, w in zip((ours, theirs), weights, strict=True))
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)
    assert not torch.equal(found, torch.ones(3, dtype=torch.float64))


@pytest.mark.parametrize("optimiser", [Adam, SGD])
def test_a_schedule_gives_the_first_learning_rate(optimiser):
    made = optimiser(Linear(0.3, 0.1, over=10))([nn.Parameter(torch.ones(1))])
    assert made.param_groups[0]["lr"] == 0.3
