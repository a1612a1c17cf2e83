"""Experiments of lesson 03, for sweeps.py."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import torch

from gan_lessons import losses, metrics, models, penalties, toys
from gan_lessons.ensemble import Ensemble
from gan_lessons.losses import Loss
from gan_lessons.recipes import SGD, Adam, Recipe
from gan_lessons.schedules import Linear

small_players = partial(models.toy_players, width=32)


def head_start(loss: Loss, opt_G: SGD | Adam, seeds: Sequence[int]) -> list[dict[str, float]]:
    """D learns alone for 500 steps; then 400 rounds with a G that starts far from the data."""
    cloud = toys.Gaussian(mean=(4.0, 0.0), covariance=((0.01, 0.0), (0.0, 0.01)))
    recipe = Recipe(loss=loss, players=small_players, opt_G=opt_G, opt_D=Adam(2e-3))
    runs = Ensemble.from_recipe(recipe, seeds)
    for _ in range(500):
        (real,) = runs.random(cloud.sample, 64)
        runs.update_D(real, runs.G(runs.random(runs.noise, 64)))
    fake = runs.sample(1_000).requires_grad_()
    scores = runs.D(fake)
    (slope,) = torch.autograd.grad(scores.sum(), fake)
    (factor,) = torch.autograd.grad(runs.recipe.loss.generator(None, scores).sum(), scores)
    for _ in runs.train(cloud, 400):
        pass
    left = (runs.sample(1_000).mean(1) - cloud.modes[0]).norm(dim=1)
    measures = {
        "score": scores.mean(1),
        "first_factor": 1_000 * factor.abs().mean(1),
        "slope": slope.norm(dim=2).mean(1),
        "distance_left": left,
    }
    measures |= {"arrived": left < 1, "stuck": left > 3}
    return [{name: values[k].item() for name, values in measures.items()} for k in range(len(seeds))]


def ordinary(seeds: Sequence[int]) -> list[dict[str, float]]:
    """G's loss and the distance, over a game without a head start."""
    cloud = toys.Gaussian(mean=(4.0, 0.0), covariance=((0.01, 0.0), (0.0, 0.01)))
    recipe = Recipe(loss=losses.non_saturating, players=small_players, opt_G=Adam(1e-3), opt_D=Adam(2e-3))
    runs, loss_G, far = Ensemble.from_recipe(recipe, seeds), [], []
    for record in runs.train(cloud, 1_000):
        loss_G.append(record["loss_G"])
        far.append((runs.sample(200).mean(1) - cloud.modes[0]).norm(dim=1))
    measures = {
        "first_5": torch.stack(loss_G[:5]).mean(0),
        "last_100": torch.stack(loss_G[-100:]).mean(0),
        "distance_at_first": far[0],
        "distance_last_100": torch.stack(far[-100:]).mean(0),
    }
    return [{name: values[k].item() for name, values in measures.items()} for k in range(len(seeds))]


def ring(loss: Loss, gamma: float, seeds: Sequence[int]) -> list[dict[str, float]]:
    data, adam = toys.Ring(), Adam(Linear(4e-3, 2e-4, over=300))
    recipe = Recipe(loss=loss, players=small_players, penalties=(penalties.r1(gamma),), opt_G=adam, opt_D=adam)
    runs = Ensemble.from_recipe(recipe if gamma else replace(recipe, penalties=()), seeds)
    for _ in runs.train(data, 300):
        pass
    torch.manual_seed(seeds[0])
    found = [metrics.mode_coverage(samples, data.modes, data.std) for samples in runs.sample(2_500)]
    return [{**coverage._asdict(), "all_modes": coverage.modes == 8} for coverage in found]


def squares_of_probability(real, fake):
    return losses.least_squares.generator(None, fake.sigmoid())


PAIRINGS = {
    "minimax": losses.minimax,
    "non_saturating": losses.non_saturating,
    "hinge": losses.hinge,
    "least_squares": losses.least_squares,
    "mixed": Loss("mixed", losses.cross_entropy, losses.least_squares.generator),
    "mixed_on_probability": Loss("mixed on probability", losses.cross_entropy, squares_of_probability),
}
ALL = (losses.minimax, losses.non_saturating, losses.least_squares, losses.hinge, losses.wasserstein)
MANY = {
    "03_ordinary": ordinary,
    **{f"03_head_start_{name}": partial(head_start, loss, SGD(1e-2)) for name, loss in PAIRINGS.items()},
    "03_head_start_minimax_adam": partial(head_start, losses.minimax, Adam(1e-3)),
    "03_head_start_least_squares_adam": partial(head_start, losses.least_squares, Adam(1e-3)),
    **{f"03_ring_{loss.name}": partial(ring, loss, 1.0) for loss in (*ALL, losses.relativistic)},
    **{f"03_ring_{loss.name}_free": partial(ring, loss, 0.0) for loss in (*ALL, losses.relativistic)},
}
