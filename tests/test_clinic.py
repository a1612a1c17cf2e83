"""Charts hold what they say they hold, and a treatment changes what it is told to change and nothing else."""

from dataclasses import replace
from functools import partial

import pytest
import torch

from gan_lessons import clinic, losses, metrics, models, penalties, toys
from gan_lessons.clinic import Chart, Patient
from gan_lessons.ensemble import Ensemble
from gan_lessons.recipes import SGD, Adam

SHORT = replace(clinic.vanishing, rounds=10, head_start=4)
SEEDS = range(3)


def by_hand(patient, seeds=SEEDS, **change):
    """The same course without a chart."""
    runs = Ensemble.from_recipe(replace(patient.recipe, **change), seeds)
    for _ in range(patient.head_start):
        (real,) = runs.random(patient.data.sample, runs.recipe.batch)
        runs.update_D(real, runs.G(runs.random(runs.noise, runs.recipe.batch)))
    return runs, list(runs.train(patient.data, patient.rounds))


@pytest.mark.parametrize("spectral_norm", [False, True])
def test_taking_a_chart_does_not_change_the_course(spectral_norm):
    change = {"players": partial(models.toy_players, width=32, spectral_norm=spectral_norm)}
    chart = clinic.treat(SHORT, SEEDS, **change)
    _, records = by_hand(SHORT, **change)
    assert chart.rounds == list(range(1, 11))
    for name in ("loss_D", "loss_G"):
        assert torch.equal(chart.curves[name], torch.stack([record[name] for record in records]))


def test_a_chart_does_not_touch_the_readers_random_numbers():
    torch.manual_seed(4)
    clinic.treat(SHORT, SEEDS)
    found = torch.rand(3)
    torch.manual_seed(4)
    assert torch.equal(found, torch.rand(3))


def test_a_chart_has_so_many_values_of_each_curve_and_member():
    chart = clinic.treat(replace(SHORT, rounds=120), SEEDS)
    assert len(chart.rounds) == clinic.VALUES
    assert chart.rounds[-1] == 120
    assert {curve.shape for curve in chart.curves.values()} == {(clinic.VALUES, 3)}
    assert chart.distance.shape == (3,)
    assert not any(curve.requires_grad for curve in chart.curves.values())


def test_the_head_start_belongs_to_the_patient():
    sure = clinic.treat(replace(SHORT, head_start=300), SEEDS).curves["on_fakes"][0]
    unsure = clinic.treat(replace(SHORT, head_start=0), SEEDS).curves["on_fakes"][0]
    assert (sure < 0.1).all()
    assert (unsure > 0.3).all()


def test_a_treatment_changes_its_field_and_nothing_else():
    chart = clinic.treat(SHORT, SEEDS, loss=losses.non_saturating, d_steps=2)
    runs, _ = by_hand(SHORT, loss=losses.non_saturating, d_steps=2)
    assert chart.change == {"loss": losses.non_saturating, "d_steps": 2}
    torch.manual_seed(0)
    patient, centre = chart.patient, runs.sample(clinic.POINTS)[..., 0].mean(1)
    assert patient is SHORT
    torch.testing.assert_close(chart.curves["centre"][-1], centre)


def vitals(G_at=1.0, psi=2.0):
    """One look at a Dirac game with these weights: every curve is known."""
    patient = replace(clinic.cycling, rounds=1, recipe=replace(clinic.cycling.recipe, opt_G=SGD(0.0), opt_D=SGD(0.0)))
    runs = Ensemble.from_recipe(patient.recipe, range(2))
    with torch.no_grad():
        runs.G.theta[:], runs.D.psi[:] = G_at, psi
    return clinic._vitals(patient, runs)


def test_the_curves_are_what_they_are_called():
    found = vitals(G_at=1.0, psi=2.0)
    two = torch.full((2,), 2.0)
    torch.testing.assert_close(found["on_training"], torch.full((2,), 0.5))
    torch.testing.assert_close(found["on_held_out"], torch.full((2,), 0.5))
    torch.testing.assert_close(found["on_fakes"], two.sigmoid())
    torch.testing.assert_close(found["centre"], torch.ones(2))
    torch.testing.assert_close(found["spread"], torch.zeros(2))
    torch.testing.assert_close(found["gradient"], two.sigmoid() * 2)  # minimax: σ(score) times D's slope


def test_spread_is_the_root_of_the_summed_variances():
    chart = clinic.treat(SHORT, range(1))
    runs, _ = by_hand(SHORT, range(1))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        samples = runs.sample(clinic.POINTS)[0]
    assert chart.curves["spread"][-1].item() == pytest.approx(samples.var(0).sum().sqrt().item(), rel=1e-5)


def test_training_and_held_out_samples_are_told_apart():
    train, held_out = toys.Points(torch.zeros(3, 2)), toys.Points(torch.full((3, 2), 50.0))
    chart = clinic.treat(replace(SHORT, data=train, held_out=held_out, head_start=0), SEEDS)
    assert not torch.allclose(chart.curves["on_training"], chart.curves["on_held_out"], atol=1e-3)
    assert (chart.distance > 100).all()  # to the held-out ones: twice 70, less what is within
    assert chart.real == (50.0, 0.0)


def test_the_outcome_counts_the_last_values_and_the_limits_are_strict():
    patient = replace(SHORT, well=1.0, ill=2.0)
    chart = Chart(patient, {}, [1], {}, torch.tensor([0.5, 1.0, 1.5, 2.0, 2.5]))
    assert (chart.well, chart.ill) == (1, 1)
    assert repr(replace(chart, change={"loss": losses.hinge})) == "changed: loss; of 5 runs 1 well, 1 ill"
    assert repr(chart) == "changed: nothing; of 5 runs 1 well, 1 ill"


def test_the_outcome_of_what_turns_in_circles_is_a_mean_over_time():
    found = clinic.treat(clinic.cycling, range(16)).distance
    assert found.min() > 0.7  # 2 |cos| is 1.27 on average; at a single moment some are near 0
    assert found.max() < 1.95


def test_a_field_that_no_recipe_has_is_named():
    with pytest.raises(ValueError, match="a recipe has no epochs or lr: choose from loss, players, penalties"):
        clinic.treat(SHORT, lr=1e-3, epochs=4)


def test_a_value_that_cannot_work_is_refused_as_by_the_recipe():
    with pytest.raises(ValueError, match="d_steps=0: give a whole number ≥ 1"):
        clinic.treat(SHORT, d_steps=0)


@pytest.mark.parametrize("name", clinic.CURES)
def test_every_cure_changes_one_field_of_a_recipe(name):
    patient, change = getattr(clinic, name), clinic.CURES[name]
    assert isinstance(patient, Patient)
    assert len(change) == 1
    assert replace(patient.recipe, **change) != patient.recipe
    assert patient.well < patient.ill


def test_the_ward_is_full():
    assert set(map(id, clinic.PATIENTS.values())) == {id(getattr(clinic, name)) for name in clinic.CURES}
    assert clinic.two_diseases.recipe == replace(clinic.collapse.recipe, opt_D=Adam(1e-5))


def test_a_penalty_reaches_the_run():
    free, held = (clinic.treat(clinic.cycling, range(2), penalties=p) for p in ((), (penalties.r1(1.0),)))
    assert free.well == 0
    assert held.well == 2


def test_the_distance_is_the_energy_distance_to_held_out_samples():
    patient = replace(SHORT, rounds=clinic.LAST)
    chart = clinic.treat(patient, range(1))
    runs = Ensemble.from_recipe(patient.recipe, range(1))
    for _ in range(patient.head_start):
        (real,) = runs.random(patient.data.sample, 64)
        runs.update_D(real, runs.G(runs.random(runs.noise, 64)))
    found = []
    for _ in runs.train(patient.data, patient.rounds):
        torch.manual_seed(0)
        (held_out,) = patient.data.sample(clinic.POINTS)
        found.append(metrics.energy_distance(runs.sample(clinic.POINTS)[0], held_out))
    assert chart.distance.item() == pytest.approx(sum(found) / clinic.LAST, rel=1e-5)
