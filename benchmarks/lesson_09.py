"""Experiments of lesson 09, for sweeps.py. A seed takes some two and a half minutes of one core: sweep few."""

import dataclasses
from functools import cache, partial

import torch
from torch import Tensor, nn

from gan_lessons import digits, features, models, recipes
from gan_lessons.recipes import Recipe
from gan_lessons.training import GAN

SOURCES = {"MNIST": digits.MNIST, "drawn digits": digits.Drawn}
STEPS, EARLY, DENSE = 2_000, 500, 1_500  # of the main run; of a snapshot and all runs without batch norm; of dense
QUICK_D = dataclasses.replace(recipes.DCGAN, opt_D=recipes.DCGAN.opt_G)
bare_players = partial(models.conv_players, batch_norm=False)


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


def play(recipe: Recipe, name: str, seed: int, steps: tuple[int, ...]) -> tuple[list[float], list[Tensor], Tensor]:
    """One run, looked at after each of `steps`.

    Floors of 10,000 digits; the classifier's shares for 64 fixed noise vectors (64, 10); D's loss in every round.
    """
    gan, judge = GAN.from_recipe(recipe, seed), features.judge(name)
    z, floors, shares, losses = gan.fixed_noise(64), [], [], []
    if 0 in steps:
        floors.append(judge.floors(gan.sample(features.SAMPLES)))
    for record in gan.train(source(name), steps[-1]):
        losses.append(record["loss_D"])
        if record["step"] in steps:
            floors.append(judge.floors(gan.sample(features.SAMPLES)))
            shares.append(judge.classifier(gan.sample(z)).softmax(1))
    return floors, shares, torch.stack(losses)


def pairs(name: str, seed: int) -> dict[str, float]:
    """The lesson's pairs on one kind of digits: convolutional, dense, convolutional without batch norm in G."""
    torch.manual_seed(seed)
    recipe = recipes.DCGAN
    (first, early, middle, late), shares, losses = play(recipe, name, seed, (100, EARLY, 1_000, STEPS))
    (untrained, dense), _, _ = play(dataclasses.replace(recipe, players=dense_players), name, seed, (0, DENSE))
    (bare,), _, _ = play(dataclasses.replace(recipe, players=bare_players), name, seed, (EARLY,))
    digit = [share.argmax(1) for share in shares]
    means = [losses[step - 200 : step].mean().item() for step in (EARLY, STEPS)]
    return {
        "convolutional_100": first,
        "convolutional_500": early,
        "convolutional_1000": middle,
        "convolutional_2000": late,
        "dense_0": untrained,
        "dense_1500": dense,
        "no_batch_norm_500": bare,
        "early_over_late": early / late,
        "dense_over_early": dense / early,
        "untrained_over_dense": untrained / dense,
        "without_over_with_batch_norm": bare / early,
        "dense_over_without_batch_norm": dense / bare,
        "loss_D_early": means[0],
        "loss_D_late": means[1],
        "loss_D_late_over_early": means[1] / means[0],
        "settled_100": (digit[0] == digit[3]).double().mean().item(),
        "settled_1000": (digit[2] == digit[3]).double().mean().item(),
        "sure": (shares[3].amax(1) > 0.9).double().mean().item(),
        "convolutional_wins": early < dense,
        "convolutional_wins_without_batch_norm": bare < dense,
    }


def quick(norm: bool, name: str, seed: int) -> dict[str, float]:
    """A D with G's steps, beside a G with or without batch norm: is it lost after 500 steps?"""
    torch.manual_seed(seed)
    players = partial(models.conv_players, batch_norm=norm)
    (floors,), _, losses = play(dataclasses.replace(QUICK_D, players=players), name, seed, (EARLY,))
    return {"floors_500": floors, "loss_D": losses[-100:].mean().item(), "lost": floors > 1_000}


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
