"""Experiments of lesson 09, for sweeps.py. A seed takes some two minutes of one core: sweep few."""

import dataclasses
from functools import cache, partial
from typing import NamedTuple

import torch
from torch import Tensor, nn

from gan_lessons import digits, features, models, recipes
from gan_lessons.recipes import Recipe
from gan_lessons.training import GAN

SOURCES = {"MNIST": digits.MNIST, "drawn digits": digits.Drawn}
STEPS, EARLY, DENSE = 1_500, 300, 900  # of the main run; of a snapshot and the run without batch norm; of dense
QUICK_D = dataclasses.replace(recipes.DCGAN, opt_D=recipes.DCGAN.opt_G)
bare_players = partial(models.conv_players, batch_norm=False)


@cache
def source(name: str) -> digits.Digits:
    return SOURCES[name]()


def dense_players(width: int = 256) -> tuple[nn.Module, nn.Module]:
    G = nn.Sequential(
        nn.Linear(64, width), nn.BatchNorm1d(width), nn.ReLU(),
        nn.Linear(width, 2 * width), nn.BatchNorm1d(2 * width), nn.ReLU(),
        nn.Linear(2 * width, 784), nn.Tanh(), nn.Unflatten(1, (1, 28, 28)),
    )  # fmt: skip
    D = nn.Sequential(
        nn.Flatten(), nn.Linear(784, 2 * width), nn.LeakyReLU(0.2), nn.Linear(2 * width, width), nn.LeakyReLU(0.2),
        nn.Linear(width, 1), nn.Flatten(0),
    )  # fmt: skip
    G.z_dim = 64
    return G, D


class Seen(NamedTuple):
    """What one run shows after some steps."""

    floors: float  #: of 10,000 digits
    digits: Tensor  #: (64,) what 64 fixed noise vectors become, says the classifier
    loss_D: float  #: mean of the last 200 rounds, or of all


def play(recipe: Recipe, name: str, seed: int, steps: tuple[int, ...]) -> tuple[list[Seen], Tensor]:
    """One run, seen after each of `steps`, and at the end the classifier's largest shares (1_000,) for its digits."""
    torch.manual_seed(seed)
    gan, judge, losses, seen = GAN.from_recipe(recipe, seed), features.judge(name), [], []
    z = gan.fixed_noise(64)
    for record in gan.train(source(name), steps[-1]):
        losses.append(record["loss_D"])
        if record["step"] in steps:
            floors = judge.floors(gan.sample(features.SAMPLES))
            seen.append(Seen(floors, judge.classify(gan.sample(z)), torch.stack(losses[-200:]).mean().item()))
    with torch.no_grad():
        return seen, judge.classifier(gan.sample(1_000)).softmax(1).amax(1)


def pairs(name: str, seed: int) -> dict[str, float]:
    """The lesson's pairs on one kind of digits: convolutional, dense, convolutional without batch norm in G."""
    (first, early, middle, late), shares = play(recipes.DCGAN, name, seed, (100, EARLY, 1_000, STEPS))
    dense_recipe, bare_recipe = (dataclasses.replace(recipes.DCGAN, players=p) for p in (dense_players, bare_players))
    untrained = features.judge(name).floors(GAN.from_recipe(dense_recipe, seed).sample(features.SAMPLES))
    ((dense,), _), ((bare,), _) = play(dense_recipe, name, seed, (DENSE,)), play(bare_recipe, name, seed, (EARLY,))
    return {
        "convolutional_100": first.floors,
        "convolutional_300": early.floors,
        "convolutional_1000": middle.floors,
        "convolutional_1500": late.floors,
        "dense_0": untrained,
        "dense_900": dense.floors,
        "no_batch_norm_300": bare.floors,
        "early_over_late": early.floors / late.floors,
        "dense_over_early": dense.floors / early.floors,
        "untrained_over_dense": untrained / dense.floors,
        "without_over_with_batch_norm": bare.floors / early.floors,
        "loss_D_early": early.loss_D,
        "loss_D_late": late.loss_D,
        "loss_D_late_over_early": late.loss_D / early.loss_D,
        "settled_100": (first.digits == late.digits).double().mean().item(),
        "settled_1000": (middle.digits == late.digits).double().mean().item(),
        "sure": (shares > 0.9).double().mean().item(),
    }


def quick(norm: bool, name: str, seed: int) -> dict[str, float]:
    """A D with G's steps, beside a G with or without batch norm: is it lost after 200 steps?"""
    players = partial(models.conv_players, batch_norm=norm)
    (last,), _ = play(dataclasses.replace(QUICK_D, players=players), name, seed, (200,))
    return {"floors_200": last.floors, "lost": last.floors > 1_000}


@torch.no_grad()
def spreads(seed: int) -> dict[str, float]:
    """How far values spread from one z to the next in an untrained G, after each of its four convolutions."""
    torch.manual_seed(seed)
    without, normed = [], []
    for norm, after in ((False, without), (True, normed)):
        h = torch.randn(256, 64)
        for layer in models.ConvGenerator(batch_norm=norm).layers:
            h = layer(h)
            if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
                after.append(h.std(0).mean().item())
    falls = {f"without_{k + 1}_over_{k}": without[k] / without[k - 1] for k in (1, 2, 3)}
    return {"without_over_with_at_the_end": without[-1] / normed[-1], **falls}


SWEEPS = {
    "09_mnist": partial(pairs, "MNIST"),
    "09_drawn": partial(pairs, "drawn digits"),
    "09_spreads": spreads,
    "09_quick": partial(quick, True, "MNIST"),
    "09_quick_bare": partial(quick, False, "MNIST"),
}
