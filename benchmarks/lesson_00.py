"""Experiments of lesson 00, for sweeps.py."""

from dataclasses import replace
from functools import partial

import torch

from gan_lessons import metrics, toys
from gan_lessons.recipes import TOY, Recipe
from gan_lessons.training import GAN


def ring(recipe: Recipe, steps: int, seed: int) -> dict[str, float]:
    data = toys.Ring(modes=8)
    gan = GAN.from_recipe(recipe, seed=seed)
    losses = [record["loss_D"].item() for record in gan.train(data, steps)]
    torch.manual_seed(seed)
    found = metrics.mode_coverage(gan.sample(2_500), data.modes, data.std)._asdict()
    return {**found, "loss_D_last_100": sum(losses[-100:]) / 100}


SWEEPS = {
    "00_ring": partial(ring, TOY, 2_000),
    "00_ring_400": partial(ring, TOY, 400),
    "00_twenty_moves": partial(ring, replace(TOY, g_steps=20), 400),
}
