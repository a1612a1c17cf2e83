"""Runs on digits that were judged while they trained, five seeds each: what a loss says beside how good the digits are.

`python -m gan_lessons.logbook MNIST` trains them again and writes data/pretrained/logbook_mnist.safetensors.
"""

import argparse
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from tqdm import tqdm

from gan_lessons import checks, digits, features, pretrained, recipes
from gan_lessons.files import load_tensors, save_tensors
from gan_lessons.penalties import between, gradient_norm
from gan_lessons.recipes import Recipe
from gan_lessons.training import GAN, PIECE

COMMAND = "python -m gan_lessons.logbook"
SEEDS = range(1, 6)
POINTS = 10  # how often a run is judged
SLOPES = 1_000  # points between real and generated digits at which a critic's slope is measured


@dataclass(frozen=True)
class Logged:
    """A recipe and its steps: about as many seconds for each run."""

    recipe: Recipe
    steps: int


RUNS = {
    "dcgan": Logged(recipes.DCGAN, steps=2_000),
    "wgan_gp": Logged(recipes.WGAN_GP, steps=1_500),
    "wgan_gp_five": Logged(recipes.WGAN_GP_FIVE, steps=420),
}


class Log(NamedTuple):
    """What was measured in the runs of one recipe: tensors (seeds, points), double precision."""

    step: Tensor  #: steps of G so far
    seconds: Tensor  #: of one core's work so far, judging left out
    loss_D: Tensor  #: D's loss without penalties on the 10,000 test digits, which it never saw, and 10,000 of G's
    loss_G: Tensor  #: G's loss on the same; for a critic, -loss_D is its estimate of the distance
    train_D: Tensor  #: as loss_D, on 10,000 training digits
    slope: Tensor  #: mean of D's slope between test digits and G's
    floors: Tensor  #: of 10,000 of G's digits, without the moving average
    averaged: Tensor  #: of 10,000 digits of the moving average; NaN but at the last point


def read(name: str, data_name: str) -> Log:
    """The log of the runs `name` ("dcgan", "wgan_gp", "wgan_gp_five") on "MNIST" or "drawn digits".

    Raises `ValueError` for another name, and the errors of `files.load_tensors`.
    """
    if name not in RUNS:
        raise ValueError(f"no runs {name!r}: there are {', '.join(RUNS)}")
    tensors, _ = load_tensors(pretrained.path("logbook", data_name))
    return Log(*(tensors[f"{name}/{measure}"] for measure in Log._fields))


def _pieces(function: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    return torch.cat([function(piece) for piece in x.split(PIECE)])  # the layers between would fill the memory


@torch.no_grad()
def _judged(gan: GAN, train: Tensor, test: Tensor, judge: features.Judge, last: bool) -> dict[str, float]:
    z = gan.noise(features.SAMPLES)
    with checks.evaluating(gan.G):
        fake = _pieces(gan.G, z)
    seen, unseen, generated = (_pieces(gan.D, x) for x in (train, test, fake))
    with torch.enable_grad():
        slope = gradient_norm(gan.D, between(test[:SLOPES], fake[:SLOPES])).mean().item()
    loss = gan.recipe.loss
    return {
        "loss_D": loss.discriminator(unseen, generated).item(),
        "loss_G": loss.generator(unseen, generated).item(),
        "train_D": loss.discriminator(seen, generated).item(),
        "slope": slope,
        "floors": judge.floors(fake),
        "averaged": judge.floors(gan.sample(z)) if last else math.nan,
    }


def record(run: Logged, data: digits.Digits, test: digits.Digits, seed: int, points: int = POINTS) -> Log:
    """Train one run and judge it `points` times, evenly over its steps: a log of one seed, tensors (points,)."""
    gan, rows, spent, started = GAN.from_recipe(run.recipe, seed), [], 0.0, time.process_time()
    judge, every = features.judge(data.name), run.steps // points
    unseen, seen = (digits.to_float(x.images[: features.SAMPLES]) for x in (test, data))
    for done in gan.train(data, every * points):
        if done["step"] % every == 0:
            spent += time.process_time() - started
            torch.manual_seed(done["step"])
            last = done["step"] == done["steps"]
            rows.append({"step": done["step"], "seconds": spent} | _judged(gan, seen, unseen, judge, last))
            started = time.process_time()
    return Log(*(torch.tensor([row[measure] for row in rows], dtype=torch.float64) for measure in Log._fields))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, prog=COMMAND)
    parser.add_argument("data", choices=pretrained.SOURCES)
    name = parser.parse_args().data
    torch.set_num_threads(1)  # seconds of one core's work
    data, test = pretrained.SOURCES[name](), pretrained.SOURCES[name]("test")
    todo = [(kind, seed) for kind in RUNS for seed in SEEDS]
    logs = {(kind, seed): record(RUNS[kind], data, test, seed) for kind, seed in tqdm(todo, desc=name)}
    tensors = {
        f"{kind}/{measure}": torch.stack([getattr(logs[kind, seed], measure) for seed in SEEDS])
        for kind in RUNS
        for measure in Log._fields
    }
    save_tensors(
        pretrained.path("logbook", name),
        tensors,
        {"command": f'{COMMAND} "{name}"', "seeds": " ".join(map(str, SEEDS))},
    )
    for kind in RUNS:
        seconds, floors = (tensors[f"{kind}/{measure}"][:, -1] for measure in ("seconds", "averaged"))
        print(f"{kind}: {seconds.mean():.0f} s, floors " + ", ".join(f"{value:.0f}" for value in floors))


if __name__ == "__main__":
    main()
