"""How sure is a claim? Runs a lesson's experiment with many other seeds: `python benchmarks/sweeps.py 00_ring`.

A lesson says "in k of N runs" with the largest k that the sweep makes safe (`safe_count`). For a single run it
asserts a threshold well beyond the worst run of the sweep. The last results stand in benchmarks/README.md.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace

import torch
from scipy.stats import beta, binom
from tqdm import trange

from gan_lessons import metrics, toys
from gan_lessons.recipes import TOY, Recipe
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


SWEEPS: dict[str, Callable[[int], dict[str, float]]] = {
    "00_ring": lambda seed: ring(TOY, 2_000, seed),
    "00_ring_400": lambda seed: ring(TOY, 400, seed),
    "00_ten_moves": lambda seed: ring(replace(TOY, g_steps=10), 400, seed),
}


def safe_count(successes: int, trials: int, runs: int) -> int:
    """The largest k with P(fewer than k of `runs` succeed) ≤ 1e-4, at the 95 % lower Clopper-Pearson bound."""
    rate = beta.ppf(0.05, successes, trials - successes + 1) if successes else 0.0
    return int(next(k for k in range(runs, -1, -1) if binom.cdf(k - 1, runs, rate) <= RISK))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=SWEEPS)
    parser.add_argument("--seeds", type=int, default=128)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    seeds = trange(FIRST_SEED, FIRST_SEED + arguments.seeds, desc=arguments.name)
    results = [SWEEPS[arguments.name](seed) for seed in seeds]
    print(f"| {arguments.name}, {arguments.seeds} seeds | least | 5 % | median | 95 % | most |")
    print("|---|---|---|---|---|---|")
    for measure in results[0]:
        values = torch.tensor([result[measure] for result in results], dtype=torch.float64).nan_to_num(0.0)
        row = torch.quantile(values, torch.tensor([0.0, 0.05, 0.5, 0.95, 1.0], dtype=torch.float64))
        print(f"| {measure} | " + " | ".join(f"{value:.3g}" for value in row) + " |")


if __name__ == "__main__":
    main()
