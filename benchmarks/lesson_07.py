"""Experiments of lesson 07, for sweeps.py: the course of each disease, untreated and cured."""

from collections.abc import Sequence
from functools import partial

from gan_lessons import clinic


def course(name: str, cured: bool, seeds: Sequence[int]) -> list[dict[str, float]]:
    chart = clinic.treat(getattr(clinic, name), seeds, **(clinic.CURES[name] if cured else {}))
    patient = chart.patient
    return [
        {"distance": distance, "well": distance < patient.well, "ill": distance > patient.ill}
        for distance in chart.distance.tolist()
    ]


MANY = {
    **{f"07_{name}": partial(course, name, False) for name in clinic.CURES},
    **{f"07_{name}_cured": partial(course, name, True) for name in clinic.CURES},
}
