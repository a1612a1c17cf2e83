"""Exact transport against brute force, closed forms, scipy in one dimension, and POT."""

import itertools
import math

import numpy as np
import pytest
import scipy.stats
import torch

from gan_lessons import metrics, transport


def clouds(n, size=2, shift=1.0):
    return torch.randn(n, size, dtype=torch.float64), torch.randn(n, size, dtype=torch.float64) * 0.5 + shift


@pytest.mark.parametrize("power", [1.0, 1.5, 2.0, 4.0])
def test_the_plan_is_the_cheapest_of_all_permutations(power):
    a, b = clouds(6)
    costs = [(a - b[list(order)]).norm(dim=1).pow(power).mean() for order in itertools.permutations(range(6))]
    assert transport.wasserstein(a, b, power) == pytest.approx(min(costs).item() ** (1 / power), rel=1e-12)
    partner, lengths = transport.plan(a, b, power)
    assert sorted(partner.tolist()) == list(range(6))
    assert torch.allclose(lengths, (a - b[partner]).norm(dim=1))


@pytest.mark.parametrize("power", [1.0, 2.0])
def test_on_a_line_the_order_is_kept(power):
    a, b = clouds(200, size=1)
    in_order = (a.sort(0).values - b.sort(0).values).abs().pow(power).mean().item() ** (1 / power)
    assert transport.wasserstein(a, b, power) == pytest.approx(in_order, rel=1e-12)
    if power == 1:
        assert in_order == pytest.approx(scipy.stats.wasserstein_distance(a[:, 0], b[:, 0]), rel=1e-12)


@pytest.mark.parametrize("power", [1.0, 2.0])
def test_pot_finds_the_same(power):
    ot = pytest.importorskip("ot")
    a, b = clouds(150, size=3)
    cost = ot.emd2([], [], ot.dist(a.numpy(), b.numpy(), metric="euclidean") ** power)
    assert transport.wasserstein(a, b, power) == pytest.approx(cost ** (1 / power), rel=1e-9)


@pytest.mark.parametrize("power", [1.0, 2.0, 3.0])
def test_a_shift_costs_its_length(power):
    a, _ = clouds(50)
    assert transport.wasserstein(a, a + torch.tensor([3.0, 4.0]), power) == pytest.approx(5.0, rel=1e-12)


def test_the_order_of_the_points_does_not_matter_nor_the_direction():
    a, b = clouds(40)
    there = transport.wasserstein(a, b)
    assert transport.wasserstein(b, a) == pytest.approx(there, rel=1e-12)
    assert transport.wasserstein(a[torch.randperm(40)], b) == pytest.approx(there, rel=1e-12)
    assert transport.wasserstein(a, a[torch.randperm(40)]) == 0


def test_points_very_close_together_far_from_the_origin_keep_their_digits():
    a = 1e4 + torch.rand(60, 2, dtype=torch.float64)
    assert transport.wasserstein(a, a + 1e-7) == pytest.approx(math.sqrt(2) * 1e-7, rel=1e-3)


def test_squared_distance_of_gaussian_clouds_nears_the_closed_form():
    generator = np.random.default_rng(0)
    a, b = generator.normal(0, 1, (1_000, 2)), generator.normal((3, 0), 2, (1_000, 2))
    a, b = torch.from_numpy(a), torch.from_numpy(b)
    closed = 9 + 2 * (2 - 1) ** 2
    assert transport.wasserstein(a, b, 2) ** 2 == pytest.approx(closed, rel=0.1)
    fits = metrics.gaussian_fit(a), metrics.gaussian_fit(b)
    assert metrics.frechet_distance(*fits) == pytest.approx(closed, rel=0.1)


@pytest.mark.parametrize("size", [1, 2, 8])
def test_the_critic_reaches_the_cost_of_the_plan_and_has_slope_one_at_most(size):
    a, b = clouds(40, size)
    f = transport.critic(a, b)
    assert (f(a).mean() - f(b).mean()).item() == pytest.approx(transport.wasserstein(a, b), rel=1e-6)
    points = 3 * torch.randn(300, size, dtype=torch.float64)
    assert ((f(points)[:, None] - f(points)).abs() <= (points[:, None] - points).norm(dim=-1) + 1e-9).all()


def test_the_critic_falls_with_slope_one_along_every_way_of_the_plan():
    a, b = clouds(30)
    f = transport.critic(a, b)
    partner, lengths = transport.plan(a, b)
    assert torch.allclose(f(a) - f(b[partner]), lengths, atol=1e-7)


def test_float32_and_graphs_are_taken_and_nothing_is_changed():
    a, b = (cloud.float().requires_grad_() for cloud in clouds(20))
    assert transport.wasserstein(a, b) == pytest.approx(transport.wasserstein(a.double(), b.double()), rel=1e-12)
    assert transport.critic(a, b)(a).shape == (20,)
    assert a.grad is None


@pytest.mark.parametrize("function", [transport.plan, transport.wasserstein, transport.critic])
@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        (torch.zeros(3), torch.zeros(3, 1), "one point a row"),
        (torch.zeros(0, 2), torch.zeros(0, 2), "one point a row"),
        (torch.zeros(3, 2), torch.zeros(4, 2), "equally many"),
        (torch.zeros(3, 2), torch.zeros(3, 1), "equally many"),
        (torch.zeros(3, 2), torch.full((3, 2), torch.nan), "b holds NaN"),
        (torch.full((3, 2), torch.inf), torch.zeros(3, 2), "a holds NaN or infinity"),
    ],
)
def test_bad_clouds_are_refused(function, a, b, words):
    with pytest.raises(ValueError, match=words):
        function(a, b)


@pytest.mark.parametrize("power", [0.5, 0, -1, math.nan])
def test_a_power_below_one_is_refused(power):
    with pytest.raises(ValueError, match="1 or more"):
        transport.plan(torch.zeros(3, 2), torch.zeros(3, 2), power)
