"""How sure is a claim? Runs a lesson's experiment with many other seeds: `python benchmarks/sweeps.py 00_ring`.

A lesson says "in k of N runs" with the largest k that the sweep makes safe (`safe_count`); measures that are true or
false are counted for it. For a single run a lesson asserts a threshold well beyond the worst run of the sweep. The last
results stand in sweeps.md. The experiments are in lesson_NN.py beside this file: functions of one seed, or
of many at once (`MANY`).
"""

import argparse
import importlib
import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import torch
from scipy.stats import beta, binom
from tqdm import tqdm

FIRST_SEED = 1_000  # none that a lesson uses
AT_ONCE = 32  # seeds of an ensemble
RISK = 1e-4  # of a lesson's claim failing by chance
LESSONS = [importlib.import_module(path.stem) for path in sorted(Path(__file__).parent.glob("lesson_*.py"))]
ONE = {name: sweep for lesson in LESSONS for name, sweep in getattr(lesson, "SWEEPS", {}).items()}
MANY = {name: sweep for lesson in LESSONS for name, sweep in getattr(lesson, "MANY", {}).items()}


def run(name: str, seeds: range) -> list[dict[str, float]]:
    """Some runs of a sweep, asked for by name: recipes hold functions that cannot travel to another process."""
    return MANY[name](seeds) if name in MANY else [ONE[name](seed) for seed in seeds]


def safe_count(successes: int, trials: int, runs: int) -> int:
    """The largest k with P(fewer than k of `runs` succeed) ≤ 1e-4, at the 95 % lower Clopper-Pearson bound."""
    rate = beta.ppf(0.05, successes, trials - successes + 1) if successes else 0.0
    return int(next(k for k in range(runs, -1, -1) if binom.cdf(k - 1, runs, rate) <= RISK))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=ONE | MANY)
    parser.add_argument("--seeds", type=int, default=128)
    arguments = parser.parse_args()
    seeds = range(FIRST_SEED, FIRST_SEED + arguments.seeds)
    size = AT_ONCE if arguments.name in MANY else 1
    parts = [seeds[k : k + size] for k in range(0, len(seeds), size)]
    with ProcessPoolExecutor(os.cpu_count(), initializer=torch.set_num_threads, initargs=(1,)) as processes:
        done = tqdm(processes.map(partial(run, arguments.name), parts), total=len(parts), desc=arguments.name)
        results = [result for part in done for result in part]
    print(f"| {arguments.name}, {arguments.seeds} seeds | least | 5 % | median | 95 % | most |")
    print("|---|---|---|---|---|---|")
    for measure, first in results[0].items():
        if isinstance(first, bool):
            hits = sum(result[measure] for result in results)
            safe = ", ".join(f"{safe_count(hits, len(results), runs)} of {runs}" for runs in (4, 8, 12, 16))
            print(f"| {measure}: {hits} of {len(results)} | safe to assert: {safe} | | | | |")
            continue
        values = torch.tensor([result[measure] for result in results], dtype=torch.float64).nan_to_num(0.0)
        row = torch.quantile(values, torch.tensor([0.0, 0.05, 0.5, 0.95, 1.0], dtype=torch.float64))
        print(f"| {measure} | " + " | ".join(f"{value:.3g}" for value in row) + " |")


if __name__ == "__main__":
    main()
