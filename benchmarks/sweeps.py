"""How sure is a claim? Runs a lesson's experiment with many other seeds: `python benchmarks/sweeps.py 00_ring`.

A lesson says "in k of N runs" with the largest k that the sweep makes safe (`safe_count`). For a single run it
asserts a threshold well beyond the worst run of the sweep. The last results stand in benchmarks/README.md.
"""

import argparse
import math
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial

import torch
from scipy.stats import beta, binom
from torch import Tensor, nn
from torch.distributions import Normal
from torch.nn.functional import softplus
from tqdm import tqdm

from gan_lessons import losses, metrics, models, toys
from gan_lessons.recipes import SGD, TOY, Adam, Recipe
from gan_lessons.training import GAN

FIRST_SEED = 1_000  # none that a lesson uses
RISK = 1e-4  # of a lesson's claim failing by chance


def ring(recipe: Recipe, steps: int, seed: int) -> dict[str, float]:
    data = toys.Ring(modes=8)
    gan = GAN.from_recipe(recipe, seed=seed)
    losses = [record["loss_D"].item() for record in gan.train(data, steps)]
    torch.manual_seed(seed)
    found = metrics.mode_coverage(gan.sample(2_500), data.modes, data.std)._asdict()
    return {**found, "loss_D_last_100": sum(losses[-100:]) / 100}


def fit(p: Normal, q: Normal, n_real: int = 512, n_fake: int = 512, weight: float = 1.0, steps: int = 1_500):
    """Lesson 02's discriminator on the line."""
    D = nn.Sequential(nn.Linear(1, 32), nn.SiLU(), nn.Linear(32, 32), nn.SiLU(), nn.Linear(32, 1), nn.Flatten(0))
    optimiser = torch.optim.Adam(D.parameters(), lr=1e-2)
    slower = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.01, steps)
    for _ in range(steps):
        real, fake = p.sample((n_real, 1)), q.sample((n_fake, 1))
        loss = softplus(-D(real)).sum() + weight * softplus(D(fake)).sum()
        optimiser.zero_grad()
        (loss / n_real).backward()
        optimiser.step()
        slower.step()
    return D.requires_grad_(False)


def ratio(seed: int) -> dict[str, float]:
    p, q, x = Normal(0.0, 1.0), Normal(0.5, 0.5), torch.linspace(-3, 3, 601)
    p_x, q_x = p.log_prob(x).exp(), q.log_prob(x).exp()
    torch.manual_seed(seed)
    equal, counted, weighed = fit(p, q), fit(p, q, n_real=204, n_fake=816), fit(p, q, weight=4.0)

    def error(D, weight):
        return (D(x[:, None]).sigmoid() - p_x / (p_x + weight * q_x)).abs()

    y = torch.linspace(-9, 9, 3_601, dtype=torch.float64)
    p_y, q_y = p.log_prob(y).exp(), q.log_prob(y).exp()
    m_y = (p_y + q_y) / 2
    JS = (torch.xlogy(p_y, p_y / m_y) + torch.xlogy(q_y, q_y / m_y)).sum().item() / 2 * 0.005
    real, fake = p.sample((50_000, 1)), q.sample((50_000, 1))
    slopes = {(far, steps): slope(far, steps) for far in (8.0, 16.0) for steps in (50, 1_500)}
    return {
        "largest_error": error(equal, 1).max().item(),
        "mean_error_four_fakes": error(counted, 4).mean().item(),
        "mean_error_weight_four": error(weighed, 4).mean().item(),
        "loss_gap": abs(losses.cross_entropy(equal(real), equal(fake)).item() - (math.log(4) - 2 * JS)),
        "gap": gap(equal, real, fake),
        "gap_weight_four": gap(weighed, real, fake),
        "slope_long_over_short": slopes[8.0, 1_500] / slopes[8.0, 50],
        "slope_far_over_near": slopes[16.0, 1_500] / slopes[8.0, 1_500],
        "slope": slopes[8.0, 1_500],
    }


def slope(away: float, steps: int) -> float:
    D = fit(Normal(0.0, 1.0), Normal(away, 1.0), steps=steps)
    fake = (away + torch.randn(1_000, 1)).requires_grad_()
    return torch.autograd.grad(D(fake).sum(), fake)[0].abs().mean().item()


def gap(D: nn.Module, real: Tensor, fake: Tensor) -> float:
    says = D(torch.cat([real, fake])).sigmoid()
    is_real = torch.cat([torch.ones(len(real)), torch.zeros(len(fake))])
    tenth = (10 * says).long()
    return sum((says - is_real)[tenth == k].sum().abs() for k in range(11)).item() / len(says)


def leaning_players():
    G, D = nn.Linear(2, 2), models.ToyDiscriminator()
    G.z_dim = 2
    nn.init.zeros_(D.layers[-1].weight)
    nn.init.zeros_(D.layers[-1].bias)
    return G, D


class OneEye(nn.Module):
    def __init__(self, D: nn.Module):
        super().__init__()
        self.D = D

    def forward(self, x: Tensor) -> Tensor:
        return self.D(x * torch.tensor([1.0, 0.0]))


def one_eyed_players():
    G, D = leaning_players()
    return G, OneEye(D)


LEANING = Recipe(loss=losses.non_saturating, players=leaning_players, batch=128, opt_G=SGD(0.1), opt_D=Adam(2e-3))


@torch.no_grad()
def leaning(recipe: Recipe, seed: int) -> dict[str, float]:
    cloud = toys.Gaussian(mean=(-5.0, -2.0), covariance=((1.0, 0.8), (0.8, 1.0)))
    gan = GAN.from_recipe(recipe, seed=seed)
    start = (gan.sample(10_000).mean(0) - cloud.modes[0]).norm().item()
    with torch.enable_grad():
        loss = [record["loss_D"].item() for record in gan.train(cloud, steps=1_500)]
    real, fake = cloud.sample(50_000)[0], gan.sample(50_000)
    return {
        "sigmas_off_at_start": start,
        "sigmas_off": (fake.mean(0) - cloud.modes[0]).norm().item(),
        "covariance_off": (gan.G.weight @ gan.G.weight.T - cloud.covariance).abs().max().item(),
        "loss_D_last_100_minus_log_4": sum(loss[-100:]) / 100 - math.log(4),
        "real_looks_real": gan.D(real).sigmoid().mean().item(),
        "fake_looks_real": gan.D(fake).sigmoid().mean().item(),
    }


SWEEPS: dict[str, Callable[[int], dict[str, float]]] = {
    "00_ring": partial(ring, TOY, 2_000),
    "00_ring_400": partial(ring, TOY, 400),
    "00_twenty_moves": partial(ring, replace(TOY, g_steps=20), 400),
    "02_ratio": ratio,
    "02_healthy": partial(leaning, LEANING),
    "02_starved": partial(leaning, replace(LEANING, opt_D=Adam(1e-6))),
    "02_one_eyed": partial(leaning, replace(LEANING, players=one_eyed_players)),
}


def run(name: str, seed: int) -> dict[str, float]:
    """One run of a sweep, asked for by name: recipes hold functions that cannot travel to another process."""
    return SWEEPS[name](seed)


def safe_count(successes: int, trials: int, runs: int) -> int:
    """The largest k with P(fewer than k of `runs` succeed) ≤ 1e-4, at the 95 % lower Clopper-Pearson bound."""
    rate = beta.ppf(0.05, successes, trials - successes + 1) if successes else 0.0
    return int(next(k for k in range(runs, -1, -1) if binom.cdf(k - 1, runs, rate) <= RISK))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=SWEEPS)
    parser.add_argument("--seeds", type=int, default=128)
    arguments = parser.parse_args()
    seeds = range(FIRST_SEED, FIRST_SEED + arguments.seeds)
    with ProcessPoolExecutor(os.cpu_count(), initializer=torch.set_num_threads, initargs=(1,)) as processes:
        results = list(tqdm(processes.map(partial(run, arguments.name), seeds), total=len(seeds), desc=arguments.name))
    print(f"| {arguments.name}, {arguments.seeds} seeds | least | 5 % | median | 95 % | most |")
    print("|---|---|---|---|---|---|")
    for measure in results[0]:
        values = torch.tensor([result[measure] for result in results], dtype=torch.float64).nan_to_num(0.0)
        row = torch.quantile(values, torch.tensor([0.0, 0.05, 0.5, 0.95, 1.0], dtype=torch.float64))
        print(f"| {measure} | " + " | ".join(f"{value:.3g}" for value in row) + " |")


if __name__ == "__main__":
    main()
