"""Games that are ill: five diseases of GANs as values, and charts of their course, untreated or with one change."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Any

import torch
from torch import Tensor

from gan_lessons import checks, losses, metrics, models, penalties, toys
from gan_lessons.ensemble import Ensemble
from gan_lessons.recipes import SGD, Adam, Recipe
from gan_lessons.streams import Stream

POINTS = 500  # samples of each kind behind every value of a chart
VALUES = 40  # of each curve of a chart
LAST = 5  # of them count for the outcome: what turns in circles may be right for a moment


@dataclass(frozen=True)
class Patient:
    """A game with a disease: its data, its recipe, and `rounds`, the budget of every treatment.

    `held_out` draws real samples that training never sees. In the rounds of the `head_start` D learns alone.
    A run is well where the energy distance of its samples to held-out ones is below `well`, ill where above `ill`.
    """

    data: Any = field(repr=False)
    recipe: Recipe = field(repr=False)
    rounds: int
    well: float
    ill: float
    head_start: int = 0
    held_out: Any = field(default=None, repr=False)

    @property
    def test(self) -> Any:
        """What draws held-out samples: the data itself, where it never repeats."""
        return self.held_out or self.data


@dataclass(frozen=True)
class Chart:
    """How the runs of one patient went. Curves are (VALUES, members), taken at `rounds`; `distance` is (members,).

    loss_D, loss_G     the players' losses, in nats (or the loss's own unit)
    on_training, on_held_out, on_fakes   the mean of σ(D) on the three kinds of samples
    centre, spread     of the fakes: the mean of the first coordinate, and the root of the summed variances
    gradient           the mean length of the gradient of G's loss that reaches one fake
    distance           energy distance of the samples to held-out ones, mean over the last LAST values
    """

    patient: Patient = field(repr=False)
    change: dict[str, Any]
    rounds: list[int] = field(repr=False)
    curves: dict[str, Tensor] = field(repr=False)
    distance: Tensor = field(repr=False)

    @property
    def well(self) -> int:
        """How many runs are well at the end."""
        return int((self.distance < self.patient.well).sum())

    @property
    def ill(self) -> int:
        """How many runs are ill at the end. (Between the two limits a run is neither.)"""
        return int((self.distance > self.patient.ill).sum())

    @property
    def real(self) -> tuple[float, float]:
        """Centre and spread of held-out samples, to set beside the curves."""
        (x,) = Stream(0)(self.patient.test.sample, 10 * POINTS)
        return x[:, 0].mean().item(), x.var(0).sum().sqrt().item()

    def __repr__(self) -> str:
        drug = ", ".join(self.change) or "nothing"
        return f"changed: {drug}; of {len(self.distance)} runs {self.well} well, {self.ill} ill"


def treat(patient: Patient, seeds: Iterable[int] = range(8), **change: Any) -> Chart:
    """Run a patient's game, with some fields of its recipe changed from the first round on, and chart it.

    Nothing changed is the untreated course. Raises `ValueError` for a field that a recipe does not have, and what
    `Recipe` raises for a value that cannot work.
    """
    names = [item.name for item in fields(Recipe)]
    if unknown := change.keys() - set(names):
        raise ValueError(f"a recipe has no {' or '.join(sorted(unknown))}: choose from {', '.join(names)}")
    runs = Ensemble.from_recipe(replace(patient.recipe, **change), seeds)
    batch = runs.recipe.batch
    for _ in range(patient.head_start):
        (real,) = runs.random(patient.data.sample, batch)
        runs.update_D(real, runs.G(runs.random(runs.noise, batch)))
    marks = sorted({math.ceil(patient.rounds * k / VALUES) for k in range(1, VALUES + 1)})
    rows, distances = [], []
    for record in runs.train(patient.data, patient.rounds):
        if record["step"] in marks:
            rows.append({"loss_D": record["loss_D"], "loss_G": record["loss_G"], **_vitals(patient, runs)})
            if len(rows) > len(marks) - LAST:
                distances.append(_distance(patient, runs))
    curves = {name: torch.stack([row[name] for row in rows]) for name in rows[0]}
    return Chart(patient, change, marks, curves, torch.stack(distances).mean(0))


def _distance(patient: Patient, runs: Ensemble) -> Tensor:
    """The energy distance to held-out samples, (members,)."""
    with Stream(0):
        (held_out,), fake = patient.test.sample(POINTS), runs.sample(POINTS)
    return torch.tensor([metrics.energy_distance(samples, held_out) for samples in fake])


def _vitals(patient: Patient, runs: Ensemble) -> dict[str, Tensor]:
    """One value of every curve but the losses, each (members,); the runs and the reader's numbers are not disturbed."""
    with Stream(0):
        fake = runs.sample(POINTS).requires_grad_(True)  # (members, N, F)
        reals = [source.sample(POINTS)[0].expand(fake.shape) for source in (patient.data, patient.test)]
    with checks.evaluating(runs.D):  # or spectral normalisation would take each look for a step
        scores = runs.D(fake)
        with torch.no_grad():
            training, held_out = (runs.D(real) for real in reals)
    (gradient,) = torch.autograd.grad(runs.recipe.loss.generator(training, scores).sum(), fake)
    fake, scores = fake.detach(), scores.detach()
    return {
        "on_training": training.sigmoid().mean(-1),
        "on_held_out": held_out.sigmoid().mean(-1),
        "on_fakes": scores.sigmoid().mean(-1),
        "centre": fake[..., 0].mean(-1),
        "spread": fake.var(1).sum(-1).sqrt(),
        "gradient": POINTS * gradient.norm(dim=-1).mean(-1),
    }


small_players = partial(models.toy_players, width=32)


def _far(x: float, std: float) -> toys.Gaussian:
    return toys.Gaussian(mean=(x, 0.0), covariance=((std**2, 0.0), (0.0, std**2)))


def _few(points: int, seed: int) -> toys.Points:
    """Points in eight dimensions, with standard deviations from 0.3 to 1.5."""
    generator = torch.Generator().manual_seed(seed)
    return toys.Points(torch.randn(points, 8, generator=generator) * torch.linspace(0.3, 1.5, 8))


_FAST, _STABLE = Adam(2e-3), Adam(4e-3, betas=(0.5, 0.99))
#: G moves five times for each move of D.
collapse = Patient(
    data=toys.Ring(std=0.02),
    recipe=Recipe(loss=losses.non_saturating, players=small_players, g_steps=5, opt_G=_FAST, opt_D=_FAST),
    rounds=200,
    well=0.08,  # three of the eight islands, in equal parts and with the data's spread, would be 0.10 away
    ill=0.6,  # one island is 1.2 away
)
#: The Dirac-GAN.
cycling = Patient(
    data=toys.Origin(),
    recipe=Recipe(loss=losses.minimax, players=models.dirac_players, opt_G=SGD(0.1), opt_D=SGD(0.1)),
    rounds=400,
    well=0.1,
    ill=0.5,
)
#: D has learned alone, and G lowers log(1 - σ(D)) by plain steps.
vanishing = Patient(
    data=_far(4.0, 0.1),
    recipe=Recipe(loss=losses.minimax, players=small_players, opt_G=SGD(1e-2), opt_D=Adam(2e-3)),
    rounds=300,
    head_start=300,
    well=1.0,
    ill=4.0,
)
#: D sees sixteen points, over and over.
memorising = Patient(
    data=_few(16, seed=0),
    recipe=Recipe(
        loss=losses.non_saturating,
        players=partial(models.toy_players, x_dim=8, z_dim=8),
        opt_G=_STABLE,
        opt_D=_STABLE,
    ),
    rounds=600,
    held_out=_few(5_000, seed=1),
    well=0.3,  # copies of the sixteen points are 0.2 away: no D can be expected to teach G more
    ill=0.35,
)
#: D learns a hundred times more slowly than G.
unequal_pace = Patient(
    data=_far(2.0, 0.3),
    recipe=Recipe(
        loss=losses.non_saturating,
        players=small_players,
        penalties=(penalties.r1(0.3),),
        opt_G=Adam(1e-3),
        opt_D=Adam(1e-5),
    ),
    rounds=300,
    well=0.4,
    ill=0.8,
)
#: Collapse, and a D that learns a hundred times more slowly than G.
two_diseases = replace(collapse, recipe=replace(collapse.recipe, opt_D=Adam(1e-5)))
#: The five as the lesson meets them.
PATIENTS = {1: memorising, 2: unequal_pace, 3: cycling, 4: vanishing, 5: collapse}
#: One changed field that cures each of them.
CURES = {
    "collapse": {"players": partial(models.toy_players, width=32, pack=2)},
    "cycling": {"penalties": (penalties.r1(1.0),)},
    "vanishing": {"loss": losses.non_saturating},
    "memorising": {"penalties": (penalties.r1(1.0),)},
    "unequal_pace": {"opt_D": Adam(2e-3)},
}
