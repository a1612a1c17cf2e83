"""The runs too long for a lesson: how each was made, and how to load what it left in data/pretrained.

`python -m gan_lessons.pretrained dcgan MNIST` trains one again, judges it and writes it.
"""

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn
from tqdm import tqdm

from gan_lessons import checkpoints, digits, features, recipes
from gan_lessons.files import PRETRAINED
from gan_lessons.recipes import Recipe
from gan_lessons.training import GAN, best_device

COMMAND = "python -m gan_lessons.pretrained"
SOURCES = {"MNIST": digits.MNIST, "drawn digits": digits.Drawn}


@dataclass(frozen=True)
class Run:
    """A recipe, for how many steps, from which seed."""

    recipe: Recipe
    steps: int
    seed: int = 0


RUNS = {
    "dcgan": Run(recipes.DCGAN_LONG, steps=40_000),
    "wgan_gp": Run(recipes.WGAN_GP_LONG, steps=10_000),
}


def path(name: str, data_name: str) -> Path:
    """Where the file of that name for those digits lies."""
    return PRETRAINED / f"{name}_{data_name.replace(' ', '_').lower()}.safetensors"


def generator(name: str, data_name: str) -> tuple[nn.Module, dict[str, str]]:
    """The generator of the run `name` on the digits `data_name`, and what is known of it.

    `data_name` is "MNIST" or "drawn digits"; the notes hold the command that remakes the file, and the run's
    steps, seconds and floors, as text. Raises as `checkpoints.load_generator` does.
    """
    return checkpoints.load_generator(path(name, data_name))


def train(name: str, data_name: str) -> None:
    """Train the run `name` on the digits `data_name`, judge 10,000 samples, and write its generator."""
    run, data = RUNS[name], SOURCES[data_name]()
    gan = GAN.from_recipe(run.recipe, run.seed, best_device())
    started = time.monotonic()
    for _ in tqdm(gan.train(data, run.steps), total=run.steps, desc=f"{name}, {data_name}"):
        pass
    seconds = time.monotonic() - started
    torch.manual_seed(0)
    floors = features.judge(data_name).floors(gan.sample(features.SAMPLES).cpu())
    notes = {
        "command": f'{COMMAND} {name} "{data_name}"',
        "steps": str(run.steps),
        "seconds": f"{seconds:.0f} on {gan.device.type} with {torch.get_num_threads()} threads",
        "floors": f"{floors:.2f}",
    }
    checkpoints.save_generator(gan, path(name, data_name), notes)
    print("\n".join(f"{key}: {value}" for key, value in notes.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, prog=COMMAND)
    parser.add_argument("name", choices=RUNS)
    parser.add_argument("data", choices=SOURCES)
    arguments = parser.parse_args()
    train(arguments.name, arguments.data)


if __name__ == "__main__":
    main()
