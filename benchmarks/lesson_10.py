"""Experiments of lesson 10, for sweeps.py: the critic's gap in the game and given time, its company, and W1 of digits.

About a minute a seed for `10_game`, half a minute for `10_company`, one second for `10_w1`.
"""

import copy
import dataclasses
from functools import cache, partial

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from gan_lessons import GAN, checks, digits, features, losses, models, penalties, recipes, transport
from gan_lessons.training import PIECE

SOURCES = {"MNIST": digits.MNIST, "drawn": digits.Drawn}


@cache
def load(name: str) -> tuple[digits.Digits, Tensor]:
    """The training digits, and 1,000 held-out ones."""
    return SOURCES[name](), digits.to_float(SOURCES[name]("test").images[:1_000])


@torch.no_grad()
def draw(G: nn.Module, n: int) -> Tensor:
    with checks.evaluating(G):
        return torch.cat([G(z) for z in torch.randn(n, 64).split(PIECE)])


@torch.no_grad()
def gap(D: nn.Module, real: Tensor, fake: Tensor) -> float:
    return -losses.wasserstein.discriminator(D(real), D(fake)).item()


def given_time(data: digits.Digits, G: nn.Module, D: nn.Module, steps: int = 60) -> nn.Module:
    D, fakes, penalty = copy.deepcopy(D), draw(G, 2_000), penalties.wgan_gp()
    opt = torch.optim.Adam(D.parameters(), 2e-3, (0.0, 0.99))
    for _ in range(steps):
        (real,), fake = data.sample(32), fakes[torch.randint(2_000, (32,))]
        loss = losses.wasserstein.discriminator(D(real), D(fake))
        loss = loss + penalty.weight * penalty.value(D, penalty.where(real, fake))
        opt.zero_grad()
        loss.backward()
        opt.step()
    return D


def game(name: str, seed: int) -> dict[str, float]:
    """The live run of the lesson, its critics given time, and the accident."""
    data, held_out = load(name)
    judge, flat = features.judge(data.name), held_out[:300].flatten(1)
    gan, gaps, result, old = GAN.from_recipe(recipes.WGAN_GP, seed), [], {}, None
    torch.manual_seed(seed)
    for record in gan.train(data, 400):
        step = record["step"]
        if step % 10 == 0:
            gaps.append(gap(gan.D, held_out[:500], draw(gan.G, 500)))
        if step in (25, 100, 400):
            fresh = draw(gan.G, features.SAMPLES)
            patient, fake = given_time(data, gan.G, gan.D), fresh[:1_000]
            steepest = penalties.gradient_norm(patient, penalties.between(held_out, fake)).max().item()
            timed = gap(patient, held_out, fake)
            result |= {
                f"now_{step}": gap(gan.D, held_out, fake),
                f"timed_{step}": timed,
                f"bound_{step}": timed / steepest,
                f"exact_{step}": transport.wasserstein(flat, fake[:300].flatten(1)),
                f"floors_{step}": judge.floors(fresh),
            }
            old = old or copy.deepcopy(gan.G)  # that of step 25
    fake = draw(old, 1_000)
    return result | {
        "highest_of_first_50": max(gaps[:5]),
        "lowest": min(gaps),
        "mean_110_to_200": sum(gaps[10:20]) / 10,
        "mean_210_to_400": sum(gaps[20:]) / 20,
        "late_after_accident": gap(gan.D, held_out, fake),
        "timed_after_accident": gap(given_time(data, old, gan.D), held_out, fake),
    }


def normed_players() -> tuple[nn.Module, nn.Module]:
    G, D = models.conv_players()
    first, second, third = list(D.layers[:3]), list(D.layers[3:5]), list(D.layers[5:])
    D.layers = nn.Sequential(*first, nn.BatchNorm2d(64), *second, nn.BatchNorm2d(64), *third)
    return G, D


def company(name: str, seed: int) -> dict[str, float]:
    """Critics with and without batch norm after 200 rounds: their floors, and the gap with it read in three ways."""
    data, held_out = load(name)
    floors = []
    for players in (models.conv_players, normed_players):
        gan = GAN.from_recipe(dataclasses.replace(recipes.WGAN_GP, players=players), seed)
        for _ in gan.train(data, 200):
            pass
        torch.manual_seed(seed)
        drawn = draw(gan.G, features.SAMPLES)
        floors.append(features.judge(data.name).floors(drawn))
    real, fake = held_out[:500], drawn[:500]
    with checks.evaluating(gan.D):
        stored = gap(gan.D, real, fake)
    with torch.no_grad():
        together = gan.D(torch.cat([real, fake]))
    readings = [gap(gan.D, real, fake), (together[:500].mean() - together[500:].mean()).item(), stored]
    return {"spread": max(readings) - min(readings), "floors_with_over_without": floors[1] / floors[0]}


def w1(name: str, seed: int) -> dict[str, float]:
    """Exact W1 from 300 held-out digits to blurred and to pale ones, over that to real ones."""
    data, held_out = load(name)
    torch.manual_seed(seed)
    (real,) = data.sample(300)
    grey = digits.to_float(data.images[:10_000]).mean(0)
    blurred = avg_pool2d(real, 3, stride=1, padding=1, count_include_pad=False)
    plain, soft, pale = (
        transport.wasserstein(held_out[:300].flatten(1), x.flatten(1)) for x in (real, blurred, (real + grey) / 2)
    )
    return {"real": plain, "blurred_over_real": soft / plain, "pale_over_real": pale / plain}


SWEEPS = {
    f"10_{experiment.__name__}_{name}": partial(experiment, name)
    for experiment in (game, company, w1)
    for name in SOURCES
}
