"""How fast, how large: `python benchmarks/speed.py`, on a machine that does nothing else, for a quarter of an hour.

Each loop runs for a fifth of a second, in turn with the others and 25 times over. A figure is the median, and a ratio
the median of the ratios within the turns: the speed of a shared machine changes from second to second. What reads
the wait policy of OpenMP reads it once, so each setting has its own process.
"""

import argparse
import itertools
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
from torch import nn
from torch.nn.functional import softplus
from torch.utils.data import DataLoader, Dataset

from gan_lessons import digits, features, models, recipes, toys
from gan_lessons.ensemble import Ensemble
from gan_lessons.recipes import Adam, Recipe
from gan_lessons.schedules import Linear
from gan_lessons.training import GAN

ROOT = Path(__file__).resolve().parent.parent
TURNS, SECONDS = 25, 0.2
BARE = {"penalties": (), "average": None}  # what the other loops do not have
TOY, DIGITS = replace(recipes.TOY, **BARE, opt_G=Adam(), opt_D=Adam()), replace(recipes.DCGAN, **BARE)


def ours(recipe: Recipe, data) -> Iterator:
    yield from GAN.from_recipe(recipe, seed=0).train(data, 10**9)


def bare(recipe: Recipe, data) -> Iterator:
    """The same players, optimisers and data; nothing else: no checks, no random stream, no records."""
    torch.manual_seed(0)
    G, D = recipe.players()
    opt_G, opt_D = recipe.opt_G(G.parameters()), recipe.opt_D(D.parameters())
    while True:
        (real,) = data.sample(recipe.batch)
        fake = G(torch.randn(recipe.batch, G.z_dim)).detach()
        loss = softplus(-D(real)).mean() + softplus(D(fake)).mean()
        opt_D.zero_grad()
        loss.backward()
        opt_D.step()
        loss = softplus(-D(G(torch.randn(recipe.batch, G.z_dim)))).mean()
        opt_G.zero_grad()
        loss.backward()
        opt_G.step()
        yield


class Items(Dataset):
    """One sample at a time, scaled as it is taken: how tutorials feed images."""

    def __init__(self, data):
        self.points = data.images if hasattr(data, "images") else data.sample(10_000)[0]

    def __len__(self) -> int:
        return len(self.points)

    def __getitem__(self, index: int) -> torch.Tensor:
        item = self.points[index]
        return item[None].float() / 127.5 - 1 if item.dtype == torch.uint8 else item


def tutorial(recipe: Recipe, data) -> Iterator:
    """A DataLoader, labels of ones and zeros, one optimiser each as it comes, and both losses read in every step."""
    torch.manual_seed(0)
    G, D = recipe.players()
    opt_G, opt_D = (torch.optim.Adam(player.parameters(), lr=1e-3, betas=(0.5, 0.999)) for player in (G, D))
    criterion, log = nn.BCEWithLogitsLoss(), []
    loader = DataLoader(Items(data), recipe.batch, shuffle=True, drop_last=True)
    for real in itertools.chain.from_iterable(itertools.repeat(loader)):
        ones, zeros = torch.ones(len(real)), torch.zeros(len(real))
        opt_D.zero_grad()
        loss_real = criterion(D(real), ones)
        loss_real.backward()
        fake = G(torch.randn(len(real), G.z_dim))
        loss_fake = criterion(D(fake.detach()), zeros)
        loss_fake.backward()
        opt_D.step()
        opt_G.zero_grad()
        loss_G = criterion(D(fake), ones)
        loss_G.backward()
        opt_G.step()
        log.append((loss_real.item() + loss_fake.item(), loss_G.item()))
        yield


def in_turn(loops: dict[str, Iterator]) -> dict[str, list[float]]:
    """Steps a second of each loop, in each of the turns."""
    seen: dict[str, list[float]] = {name: [] for name in loops}
    for loop in loops.values():
        next(loop)  # the first step sets everything up
    for _ in range(TURNS):
        for name, loop in loops.items():
            start, steps = time.perf_counter(), 0
            while time.perf_counter() - start < SECONDS:
                next(loop)
                steps += 1
            seen[name].append(steps / (time.perf_counter() - start))
    return seen


def rates(recipe: Recipe, data) -> dict[str, float]:
    """Steps a second of ours and the bare loop, and how ours compares with the bare and the tutorial's loop."""
    seen = in_turn({loop.__name__: loop(recipe, data) for loop in (ours, bare, tutorial)})

    def ratio(name: str) -> float:
        return statistics.median(mine / other for mine, other in zip(seen["ours"], seen[name], strict=True))

    medians = {name: statistics.median(seen[name]) for name in ("ours", "bare")}
    return {**medians, "ours ÷ bare": ratio("bare"), "ours ÷ tutorial": ratio("tutorial")}


def many_seeds() -> None:
    """How much faster an ensemble is than its members one after the other."""
    torch.set_num_threads(1)
    print("| width | penalty | one seed, steps/s | 4 seeds at once | 16 | 64 |\n|---|---|---|---|---|---|")
    for width, penalty in itertools.product((32, 64), ("", "R1")):
        recipe = replace(recipes.TOY, players=partial(models.toy_players, width=width))
        recipe = recipe if penalty else replace(recipe, penalties=())
        runs = {n: Ensemble.from_recipe(recipe, range(n)).train(toys.Ring(), 10**9) for n in (4, 16, 64)}
        seen = in_turn({"one": ours(recipe, toys.Ring()), **runs})
        times = [
            statistics.median(n * many / one for many, one in zip(seen[n], seen["one"], strict=True)) for n in runs
        ]
        row = [width, penalty or "none", f"{statistics.median(seen['one']):.0f}", *(f"{x:.1f} ×" for x in times)]
        print("|", " | ".join(map(str, row)), "|", flush=True)


def floors(seconds: float, speed: float, data, judge) -> tuple[int, float, float]:
    """Steps, seconds and floors of the digit recipe, with its schedule spread over about that many seconds."""
    steps = round(speed * seconds)
    adam = Adam(Linear(5e-3, 5e-5, over=steps), betas=(0.0, 0.99))
    gan, start = GAN.from_recipe(replace(recipes.DCGAN, opt_G=adam, opt_D=adam), seed=0), time.perf_counter()
    for _ in gan.train(data, steps):
        pass
    took = time.perf_counter() - start
    torch.manual_seed(0)
    return steps, took, judge.floors(gan.sample(10_000))


def over_time(speed: float) -> None:
    """Floors after half a minute, a minute, and one and a half; `speed` in steps a second, to plan the schedule."""
    torch.set_num_threads(2)
    data = digits.MNIST()
    judge = features.judge(data.name)
    print("| goal, seconds | steps | seconds | floors |\n|---|---|---|---|")
    for seconds in (30, 60, 90):
        steps, took, distance = floors(seconds, speed, data, judge)
        print(f"| {seconds} | {steps:,} | {took:.0f} | {distance:.0f} |", flush=True)


def worker(threads: int) -> None:
    torch.set_num_threads(threads)
    print(json.dumps({"plane": rates(TOY, toys.Ring()), "digits": rates(DIGITS, digits.MNIST())}))


def measured(threads: int, policy: str, busy: bool) -> dict:
    """`worker` in a process of its own, beside another busy one if wished."""
    other = subprocess.Popen([sys.executable, "-c", "while True: pass"]) if busy else None
    try:
        command = [sys.executable, __file__, "--worker", str(threads)]
        environment = os.environ | ({"OMP_WAIT_POLICY": policy} if policy else {})
        return json.loads(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
    finally:
        if other:
            other.kill()


def lessons() -> Iterator[str]:
    """Seconds and memory of each lesson, as the tests run it, one at a time."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-p", "tests.kernel_memory"]
        command += ["--nbval-sanitize-with", "tests/nbval.cfg", "--nbval-cell-timeout", "600", str(path)]
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout
        yield from re.findall(rf"^{re.escape(path.name)} .*$", said, re.M)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--floors", type=float, help=argparse.SUPPRESS)
    parser.add_argument("--seeds", action="store_true", help="only the speed of many seeds at once")
    arguments = parser.parse_args()
    if arguments.worker:
        return worker(arguments.worker)
    if arguments.seeds:
        return many_seeds()
    if arguments.floors:
        return over_time(arguments.floors)
    print(
        "| steps a second | threads | waiting | beside a busy process | ours | bare | ours ÷ bare | ours ÷ tutorial |"
    )
    print("|---|---|---|---|---|---|---|---|")
    found = {}
    for threads, policy, busy in [
        (1, "", False), (2, "", False), (2, "PASSIVE", False), (1, "", True), (2, "", True), (2, "PASSIVE", True),
    ]:  # fmt: skip
        found[threads, policy, busy] = result = measured(threads, policy, busy)
        for what, rate in result.items():
            row = [what, threads, policy.lower() or "as it comes", "yes" if busy else ""]
            row += [f"{rate['ours']:.0f}", f"{rate['bare']:.0f}"]
            row += [f"{rate['ours ÷ bare']:.2f}", f"{rate['ours ÷ tutorial']:.2f}"]
            print("|", " | ".join(map(str, row)), "|", flush=True)
    speed = found[2, "", False]["digits"]["ours"]
    print(f"\nImages a second of the digit GAN, two threads, no penalty, no average: {speed * DIGITS.batch:,.0f}\n")
    subprocess.run([sys.executable, __file__, "--floors", str(0.9 * speed)], check=True)
    subprocess.run([sys.executable, __file__, "--seeds"], check=True)
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", "from gan_lessons import GAN, live, plots, digits"], check=True)
    print(f"\nStart-up, a new process that imports what a lesson imports: {time.perf_counter() - start:.1f} s\n")
    print(*lessons(), sep="\n")


if __name__ == "__main__":
    main()
