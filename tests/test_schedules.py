"""Schedules start where they say, end where they say, and stay there."""

import dataclasses
import math

import pytest

from gan_lessons.schedules import Cosine, Linear, value_at

BOTH = pytest.mark.parametrize("kind", [Linear, Cosine])


@BOTH
def test_starts_at_start_ends_at_end_and_stays(kind):
    schedule = kind(2.0, 0.5, over=100)
    assert schedule(0) == 2.0
    assert schedule(100) == 0.5
    assert schedule(1_000_000) == 0.5
    assert schedule(-5) == 2.0


@BOTH
def test_is_halfway_at_half_time(kind):
    assert kind(2.0, 1.0, over=100)(50) == pytest.approx(1.5, rel=1e-14)


@BOTH
@pytest.mark.parametrize(("start", "end"), [(1.0, 0.0), (0.0, 3.0)])
def test_never_turns_back(kind, start, end):
    values = [kind(start, end, over=40)(step) for step in range(41)]
    assert values == sorted(values, reverse=start > end)
    assert len(set(values)) == 41


@BOTH
def test_gives_a_float(kind):
    assert isinstance(kind(1.0, 0.0, over=7)(3), float)


def test_linear_is_a_straight_line():
    schedule = Linear(1.0, 0.0, over=8)
    assert [schedule(step) for step in range(9)] == [1 - step / 8 for step in range(9)]


def test_cosine_is_half_a_cosine():
    schedule = Cosine(3.0, 1.0, over=20)
    for step in range(21):
        assert schedule(step) == pytest.approx(2 + math.cos(math.pi * step / 20), rel=1e-14)


def test_cosine_is_flat_at_both_ends_and_linear_is_not():
    for schedule, change in [(Cosine(1.0, 0.0, over=1_000), 2.5e-6), (Linear(1.0, 0.0, over=1_000), 1e-3)]:
        assert schedule(0) - schedule(1) == pytest.approx(change, rel=0.02)
        assert schedule(999) - schedule(1_000) == pytest.approx(change, rel=0.02)


@BOTH
@pytest.mark.parametrize("over", [0, -3])
def test_needs_at_least_one_step(kind, over):
    with pytest.raises(ValueError, match=f"over={over}: a schedule needs at least one step, for example over=1_000"):
        kind(1.0, 0.0, over=over)


@BOTH
def test_is_a_frozen_value(kind):
    schedule = kind(1.0, 0.0, over=10)
    assert schedule == kind(1.0, 0.0, over=10)
    assert schedule != dataclasses.replace(schedule, over=11)
    with pytest.raises(dataclasses.FrozenInstanceError):
        schedule.over = 5


def test_a_line_is_not_a_cosine():
    assert Linear(1.0, 0.0, over=10) != Cosine(1.0, 0.0, over=10)


def test_value_at_takes_a_number_or_a_schedule():
    assert value_at(0.25, 17) == 0.25
    assert value_at(Linear(1.0, 0.0, over=10), 5) == 0.5
