"""Experiments of lesson 09, for sweeps.py. A seed takes some two and a half minutes of one core: sweep few."""

import dataclasses
from functools import cache, partial

import torch
from torch import nn

from gan_lessons import digits, features, models, recipes
from gan_lessons.training import GAN

SOURCES = {"MNIST": digits.MNIST, "drawn digits": digits.Drawn}
STEPS, EARLY, DENSE = 2_000, 500, 1_500  # of the main run, of its snapshot and the run without batch norm, of dense


@cache
def source(name: str) -> digits.Digits:
    return SOURCES[name]()


def dense_players() -> tuple[nn.Module, nn.Module]:
    G = nn.Sequential(
        nn.Linear(64, 256), nn.BatchNorm1d(256), nn.ReLU(),
        nn.Linear(256, 512), nn.BatchNorm1d(512), nn.ReLU(),
        nn.Linear(512, 784), nn.Tanh(), nn.Unflatten(1, (1, 28, 28)),
    )  # fmt: skip
    D = nn.Sequential(
        nn.Flatten(), nn.Linear(784, 512), nn.LeakyReLU(0.2), nn.Linear(512, 256), nn.LeakyReLU(0.2),
        nn.Linear(256, 1), nn.Flatten(0),
    )  # fmt: skip
    G.z_dim = 64
    return G, D


def floors(players, name: str, seed: int, steps: tuple[int, ...]) -> list[float]:
    """Floors of 10,000 digits after each of `steps` of one run of `recipes.DCGAN` with these players."""
    gan, judge, found = (
        GAN.from_recipe(dataclasses.replace(recipes.DCGAN, players=players), seed),
        features.judge(name),
        [],
    )
    for record in gan.train(source(name), steps[-1]):
        if record["step"] in steps:
            found.append(judge.floors(gan.sample(features.SAMPLES)))
    return found


def pairs(name: str, seed: int) -> dict[str, float]:
    """The lesson's three pairs on one kind of digits: convolutional, dense, convolutional without batch norm in G."""
    torch.manual_seed(seed)
    early, late = floors(models.conv_players, name, seed, (EARLY, STEPS))
    (dense,) = floors(dense_players, name, seed, (DENSE,))
    (bare,) = floors(partial(models.conv_players, batch_norm=False), name, seed, (EARLY,))
    return {
        "convolutional_500": early,
        "convolutional_2000": late,
        "dense_1500": dense,
        "no_batch_norm_500": bare,
        "dense_over_convolutional": dense / early,
        "without_over_with_batch_norm": bare / early,
        "early_over_late": early / late,
        "convolutional_wins": early < dense,
        "batch_norm_wins": early < bare,
    }


def spreads(seed: int) -> dict[str, float]:
    """How far the signal fades in G at the start: its spread after the last convolution, without over with batch norm."""
    torch.manual_seed(seed)
    last = []
    for norm in (False, True):
        h = torch.randn(256, 64)
        for layer in models.ConvGenerator(batch_norm=norm).layers[:-1]:  # all but the tanh
            h = layer(h)
        last.append(h)
    return {
        "spread_without_over_with": (last[0].std() / last[1].std()).item(),
        "differs_by_z_without_over_with": (last[0].std(0).mean() / last[1].std(0).mean()).item(),
    }


SWEEPS = {
    "09_mnist": partial(pairs, "MNIST"),
    "09_drawn": partial(pairs, "drawn digits"),
    "09_spreads": spreads,
}
