"""Experiments of lesson 07, for sweeps.py: the course of each disease, untreated, cured, and with wrong drugs."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from gan_lessons import clinic, models, penalties
from gan_lessons.clinic import Patient
from gan_lessons.ensemble import Ensemble


def course(patient: Patient, change: dict[str, Any], seeds: Sequence[int]) -> list[dict[str, float]]:
    chart = clinic.treat(patient, seeds, **change)
    return [
        {"distance": distance, "well": distance < patient.well, "ill": distance > patient.ill}
        for distance in chart.distance.tolist()
    ]


def one_after_the_other(seeds: Sequence[int]) -> list[dict[str, float]]:
    """G learns alone, then D alone."""
    patient = clinic.unequal_pace
    runs = Ensemble.from_recipe(patient.recipe, seeds)
    for _ in range(patient.rounds):
        (real,) = runs.random(patient.data.sample, 64)
        runs.update_G(real)
    for _ in range(patient.rounds):
        (real,) = runs.random(patient.data.sample, 64)
        record = runs.update_D(real, runs.G(runs.random(runs.noise, 64)))
    away = (runs.sample(1_000).mean(1) - patient.data.modes[0]).norm(dim=1)
    return [{"away": far, "loss_D": loss} for far, loss in zip(away.tolist(), record["loss_D"].tolist(), strict=True)]


DISEASES = ("collapse", "cycling", "vanishing", "memorising", "unequal_pace")
WRONG = {
    "r1": {"penalties": (penalties.r1(1.0),)},
    "longer_z": {"players": partial(models.toy_players, width=32, z_dim=16)},
    "g_steps": {"g_steps": 1},
}
PACK, FASTER = clinic.CURES["collapse"], {"opt_D": clinic.collapse.recipe.opt_D}
TWO = {"": {}, "_packed": PACK, "_faster": FASTER, "_both": PACK | FASTER}
MANY = {
    **{f"07_{name}": partial(course, getattr(clinic, name), {}) for name in DISEASES},
    **{f"07_{name}_cured": partial(course, getattr(clinic, name), clinic.CURES[name]) for name in DISEASES},
    **{f"07_collapse_{name}": partial(course, clinic.collapse, change) for name, change in WRONG.items()},
    **{f"07_two_diseases{name}": partial(course, clinic.two_diseases, change) for name, change in TWO.items()},
    "07_unequal_pace_equal": partial(course, clinic.unequal_pace, {"opt_D": clinic.unequal_pace.recipe.opt_G}),
    "07_one_after_the_other": one_after_the_other,
}
