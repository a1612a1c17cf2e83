"""Experiments of lesson 05, for sweeps.py."""

import copy
from collections.abc import Sequence
from functools import partial

import torch
from scipy.stats import spearmanr
from torch import Tensor

from gan_lessons import losses, metrics, models, toys, transport
from gan_lessons.ensemble import Ensemble
from gan_lessons.recipes import Adam, Recipe

ROUNDS, EVERY = 300, 20
small_players = partial(models.toy_players, width=32)


def steepest(scores: Tensor, points: Tensor) -> Tensor:
    """The steepest slope of a critic between any two of the points (M, 2)."""
    apart = torch.pdist(points)
    return (torch.pdist(scores[:, None])[apart > 0] / apart[apart > 0]).max()


def readings(runs: Ensemble, real: Tensor) -> Tensor:
    """Exact distance, estimate and steepest slope of every member, (3, members)."""
    fakes = runs.sample(runs.fixed_noise(200))
    points = torch.cat([real.expand_as(fakes), fakes], 1)
    with torch.no_grad():
        scores = runs.D(points)
    slopes = torch.stack([steepest(*pair) for pair in zip(scores, points, strict=True)])
    exact = torch.tensor([transport.wasserstein(real, fake) for fake in fakes])
    return torch.stack([exact, scores[:, :200].mean(1) - scores[:, 200:].mean(1), slopes])


@torch.no_grad()
def bending(runs: Ensemble, real: Tensor) -> Tensor:
    """The share of D's units in the second layer that are on for some real points and off for others, (members,)."""
    on = runs.D.layers[:4](real.expand(len(runs), *real.shape)) > 0
    return (on.any(1) & ~on.all(1)).float().mean(1)


def clipped(clip: float, seeds: Sequence[int]) -> list[dict[str, float]]:
    """A WGAN with weight clipping on the ring: the critic's estimate beside the exact distance, every 20 rounds.

    At rounds 1, 60 and 300 also after 100 more steps of D alone. Estimates and slopes are multiplied by 1e6.
    """
    torch.manual_seed(seeds[0])
    ring, adam = toys.Ring(), partial(Adam, betas=(0.0, 0.9))
    recipe = Recipe(
        loss=losses.wasserstein, players=small_players, d_steps=5, clip=clip, opt_G=adam(1e-3), opt_D=adam(5e-3)
    )
    runs = Ensemble.from_recipe(recipe, seeds)
    (real,) = ring.sample(200)
    rows, kept, alone = [], [], []
    for record in runs.train(ring, ROUNDS):
        if record["step"] % EVERY == 0 or record["step"] == 1:
            rows.append(readings(runs, real))
        if record["step"] in (1, 60, ROUNDS):
            kept.append(Ensemble(*copy.deepcopy((runs.G, runs.D)), recipe, runs.random))
    exact, estimate, slopes = torch.stack(rows, 1)  # (times, members) each
    for game in kept:
        for _ in range(100):
            game.update_D(game.random(ring.sample, 64)[0], game.G(game.random(game.noise, 64)))
        alone.append(readings(game, real)[1])
    bends, bends_alone = bending(runs, real), bending(kept[-1], real)
    early, middle, later, results = 20 // EVERY, 60 // EVERY, 80 // EVERY, []
    for k in range(len(seeds)):
        W, gap, bound = exact[:, k], estimate[:, k], (estimate / slopes.clamp_min(1e-12))[:, k]
        by_estimate, by_step = spearmanr(gap, W).statistic, -spearmanr(torch.arange(len(W)), W).statistic
        unit = [(alone[j][k] / W[t]).item() for j, t in enumerate((0, middle, -1))]
        results.append(
            {
                "W1_first": W[0].item(),
                "W1_20": W[early].item(),
                "W1_80": W[later].item(),
                "W1_last": W[-1].item(),
                "estimate_first": 1e6 * gap[0].item(),
                "estimate_20": 1e6 * gap[early].item(),
                "estimate_80": 1e6 * gap[later].item(),
                "estimate_last": 1e6 * gap[-1].item(),
                "alone_first": 1e6 * alone[0][k].item(),
                "alone_60": 1e6 * alone[1][k].item(),
                "alone_last": 1e6 * alone[2][k].item(),
                "alone_first_over_W1": 1e6 * unit[0],
                "alone_60_over_W1": 1e6 * unit[1],
                "alone_last_over_W1": 1e6 * unit[2],
                "slope_last": 1e6 * slopes[-1, k].item(),
                "slope_most": 1e6 * slopes[:, k].max().item(),
                "share_median": (bound / W).median().item(),
                "share_most": (bound / W).max().item(),
                "rank_estimate": by_estimate,
                "rank_bound": spearmanr(bound, W).statistic,
                "rank_step": by_step,
                "bending_units": bends[k].item(),
                "bending_units_alone": bends_alone[k].item(),
                "one_score_at_the_end": bool(slopes[-1, k] == 0),
                "is_a_bound": bool((bound <= W + 1e-5).all()),
                "estimate_up_distance_down": bool(gap[early] > gap[0] and W[early] < W[0]),
                "step_is_better": bool(by_step > by_estimate),
                "halved": bool(W[-1] < W[0] / 2),
                "unit_halved": unit[2] < unit[0] / 2,
            }
        )
    return results


def sizes(seed: int) -> dict[str, float]:
    """Estimates of a squared W2 of two Gaussians, over its exact value, and the floor of two clouds of one law."""
    torch.manual_seed(seed)
    p, q = toys.Gaussian(), toys.Gaussian((1.0, 0.0), ((2.0, 0.8), (0.8, 0.5)))
    exact = metrics.frechet_distance(*(metrics.GaussianFit(law.modes[0], law.covariance) for law in (p, q)))
    found = {}
    for n, draws in ((10, 40), (30, 40), (100, 20), (300, 8), (1_000, 2)):
        pairs = [(p.sample(n)[0], q.sample(n)[0], p.sample(n)[0]) for _ in range(draws)]
        found[f"plan_{n}"] = sum(transport.wasserstein(a, b, 2) ** 2 for a, b, _ in pairs) / draws / exact
        found[f"floor_{n}"] = sum(transport.wasserstein(a, c, 2) ** 2 for a, _, c in pairs) / draws
    return found


def rivals(seed: int) -> dict[str, float]:
    """Two clouds against the ring: one is shifted a little, the other a lump with the ring's mean and covariance."""
    torch.manual_seed(seed)
    ring = toys.Ring()
    lump = toys.Gaussian(covariance=torch.eye(2) * (0.5 + ring.std**2))
    (truth,), (one,), (two,) = ring.sample(2_000), ring.sample(2_000), lump.sample(2_000)
    one = one + torch.tensor([0.2, 0.0])
    frechet = [
        metrics.frechet_distance(metrics.gaussian_fit(truth), metrics.gaussian_fit(cloud)) for cloud in (one, two)
    ]
    exact = [transport.wasserstein(truth[:500], cloud[:500]) for cloud in (one, two)]
    return {"frechet_one_over_two": frechet[0] / frechet[1], "W1_two_over_one": exact[1] / exact[0]}


MANY = {"05_clip_0.1": partial(clipped, 0.1), "05_clip_0.01": partial(clipped, 0.01)}
SWEEPS = {"05_sizes": sizes, "05_rivals": rivals}
