"""Neighbours against loops, against theory, and against independent code; samplers with a known fault are caught."""

import math
from itertools import combinations

import numpy as np
import pytest
import torch
from prdc import compute_prdc
from sklearn.neighbors import NearestNeighbors

from gan_lessons import neighbours
from gan_lessons.neighbours import (
    birthday,
    closest_pairs,
    memorisation,
    nearest,
    perfect_coverage,
    prdc,
    twin_chance,
)
from gan_lessons.toys import Ring

RING = Ring(modes=8, std=0.05)


@pytest.fixture(params=[1, 50, 10**6])
def _blocks(request, monkeypatch):
    monkeypatch.setattr(neighbours, "PAIRS", request.param)


def on_a_grid(n, size=2):
    """Points with many equal distances, and some of them equal."""
    return torch.randint(4, (n, size)).double()


CLOUDS = [lambda n: torch.randn(n, 3), on_a_grid, lambda n: 1e3 + on_a_grid(n) / 10]
anything = pytest.mark.parametrize("cloud", CLOUDS, ids=["Gaussian", "grid", "far grid"])


def prdc_by_hand(real, fake, k):
    real, fake = real.double(), fake.double()

    def gap(x, y):
        return (x - y).square().sum().sqrt().item()

    def reach(points):
        return [sorted(gap(x, y) for j, y in enumerate(points) if j != i)[k - 1] for i, x in enumerate(points)]

    real_reach, fake_reach = reach(real), reach(fake)
    inside = np.array([[gap(x, y) <= r for x, r in zip(real, real_reach, strict=True)] for y in fake])
    found = np.array([[gap(x, y) <= r for y, r in zip(fake, fake_reach, strict=True)] for x in real])
    return inside.any(1).mean(), found.any(1).mean(), inside.sum() / (k * len(fake)), inside.any(0).mean()


# Nearest


@anything
@pytest.mark.usefixtures("_blocks")
def test_nearest_equals_scikit_learns(cloud):
    samples, others = cloud(40), cloud(30)
    found = nearest(samples, others)
    expected, _ = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(others.double()).kneighbors(samples.double())
    np.testing.assert_allclose(found.distances, expected[:, 0], rtol=1e-9, atol=1e-6)  # theirs has lost some digits
    gaps = (samples.double() - others.double()[found.indices]).norm(dim=1)
    np.testing.assert_allclose(found.distances, gaps, rtol=1e-12)


def test_a_sample_among_the_others_is_its_own_nearest():
    samples = torch.randn(20, 5).requires_grad_()
    found = nearest(samples, samples)
    assert found.indices.tolist() == list(range(20))
    assert found.distances.dtype == torch.float64
    assert found.distances.tolist() == [0] * 20


# Precision, recall, density, coverage


@anything
@pytest.mark.parametrize("k", [1, 5])
@pytest.mark.usefixtures("_blocks")
def test_prdc_equals_loops(cloud, k):
    real, fake = cloud(20), cloud(15)
    assert prdc(real, fake, k) == pytest.approx(prdc_by_hand(real, fake, k), rel=1e-12)


@pytest.mark.parametrize("k", [1, 5])
def test_prdc_equals_its_authors(k):
    real, fake = torch.randn(200, 8).double(), 0.8 * torch.randn(150, 8).double() + 0.3
    assert prdc(real, fake, k)._asdict() == pytest.approx(compute_prdc(real.numpy(), fake.numpy(), k))


def test_density_and_coverage_of_a_perfect_sampler():
    n, m, k, runs = 60, 40, 3, 200
    found = np.array([prdc(torch.randn(n, 4), torch.randn(m, 4), k) for _ in range(runs)])
    error = 4 * found.std(0) / runs**0.5
    assert found[:, 2].mean() == pytest.approx(1, abs=error[2])
    assert found[:, 3].mean() == pytest.approx(perfect_coverage(n, m, k), abs=error[3])
    assert error.max() < 0.05


def test_perfect_coverage():
    assert perfect_coverage(2, 1, 1) == pytest.approx(1 / 2)  # of a real sample's two neighbours, which is nearer?
    assert perfect_coverage(5, 3, 2) == pytest.approx(1 - 4 * 3 / (7 * 6))
    assert perfect_coverage(10_000, 10_000, 5) == pytest.approx(1 - 2**-5, abs=1e-4)


def test_a_copier_gets_full_marks_and_a_density_above_one():
    real = torch.randn(300, 16)
    assert prdc(real, real.clone(), 5) == pytest.approx((1, 1, 6 / 5, 1))  # a copy, and those of the five nearest


def test_a_sampler_that_drops_half_the_modes_loses_recall_and_coverage():
    real, other = RING.sample(1_000)[0], RING.sample(1_000)[0]
    half = RING.modes[torch.randint(4, (1_000,))] + 0.05 * torch.randn(1_000, 2)
    floor, found = prdc(real, other), prdc(real, half)
    assert found.recall == pytest.approx(floor.recall / 2, abs=0.06)
    assert found.coverage == pytest.approx(floor.coverage / 2, abs=0.06)
    assert found.precision == pytest.approx(floor.precision, abs=0.06)
    assert found.density == pytest.approx(1, abs=0.15)


def test_a_sampler_that_adds_junk_loses_precision_and_density():
    real, fake = RING.sample(1_000)[0], RING.sample(1_000)[0]
    floor = prdc(real, fake)
    fake[::4] = 5 + torch.randn(250, 2)
    found = prdc(real, fake)
    assert found.precision == pytest.approx(0.75 * floor.precision, abs=0.04)
    assert found.density == pytest.approx(0.75, abs=0.1)
    assert found.coverage > 0.9 * floor.coverage


# Memorisation


def memorisation_by_hand(fake, train, held_out):
    total = 0
    for x in fake.double():
        near, far = ((x - y.double()).square().sum(1).min() for y in (train, held_out))
        total += 1 if near < far else 0.5 if near == far else 0
    return total / len(fake)


@anything
@pytest.mark.usefixtures("_blocks")
def test_memorisation_equals_loops(cloud):
    fake, train, held_out = cloud(40), cloud(25), cloud(25)
    assert memorisation(fake, train, held_out).share == pytest.approx(memorisation_by_hand(fake, train, held_out))


def test_the_error_is_the_deviation_over_all_ways_to_exchange_train_and_held_out():
    fake, points = torch.randn(30, 2), torch.randn(8, 2)
    shares = []
    for chosen in combinations(range(8), 4):
        mask = torch.zeros(8, dtype=torch.bool)
        mask[list(chosen)] = True
        shares.append(memorisation_by_hand(fake, points[mask], points[~mask]))
    assert np.mean(shares) == pytest.approx(0.5)
    assert memorisation(fake, points[:4], points[4:]).error == pytest.approx(np.std(shares))


@pytest.mark.parametrize(("features", "quality"), [(2, 1.0), (30, 1.0), (10, 0.5)])
def test_an_honest_sampler_is_acquitted_whatever_its_quality(features, quality):
    z, runs = [], 200
    for _ in range(runs):
        fake, (train, held_out) = quality * torch.randn(400, features), torch.randn(2, 50, features)
        share, error = memorisation(fake, train, held_out)
        z.append((share - 0.5) / error)
    assert abs(np.mean(z)) < 4 / runs**0.5
    assert np.std(z) == pytest.approx(1, abs=4 / (2 * runs) ** 0.5)


def test_the_binomial_error_would_accuse_honest_samplers_where_many_fakes_share_a_neighbour():
    shares = [memorisation(torch.randn(400, 30), torch.randn(50, 30), torch.randn(50, 30)).share for _ in range(100)]
    assert np.std(shares) > 2 * math.sqrt(0.25 / 400)


@pytest.mark.parametrize(("noise", "least"), [(0.0, 1.0), (0.1, 0.95), (0.3, 0.7)])
def test_a_copier_is_caught_with_and_without_noise(noise, least):
    train, held_out = torch.randn(2, 500, 8)
    share, error = memorisation(train[torch.randint(500, (400,))] + noise * torch.randn(400, 8), train, held_out)
    assert share >= least
    assert (share - 0.5) / error > 5


def test_ties_count_half_and_one_single_output_proves_nothing():
    points = torch.randn(10, 3)
    assert memorisation(points, points, points).share == 0.5
    found = memorisation(points[:1].expand(100, 3), points, torch.randn(10, 3))
    assert found == pytest.approx((1, 0.5))


# Birthday


@anything
@pytest.mark.parametrize("radius", [0.0, 0.1, 1.0, 2.0])
@pytest.mark.usefixtures("_blocks")
def test_twins_equal_loops(cloud, radius):
    samples = cloud(40).double()
    expected = sum(math.dist(x, y) <= radius for x, y in combinations(samples.tolist(), 2))
    assert birthday(samples, radius).twins == expected
    assert birthday(samples, radius).pairs == 40 * 39 // 2


@pytest.mark.parametrize("share", [torch.full((50,), 0.02), torch.arange(1, 31) / 465])
def test_support_is_recovered_or_for_unequal_shares_the_inverse_of_their_squares(share):
    things, runs = torch.randn(len(share), 6), 200
    found = [birthday(things[share.multinomial(100, replacement=True)]) for _ in range(runs)]
    rates = [one.twins / one.pairs for one in found]
    assert np.mean(rates) == pytest.approx(share.square().sum().item(), abs=4 * np.std(rates) / runs**0.5)
    assert found[0].support == pytest.approx(1 / rates[0])


def test_support_within_a_radius():
    things = 10 * torch.randn(40, 6)
    samples = things[torch.randint(40, (2_000,))] + 0.01 * torch.randn(2_000, 6)
    assert birthday(samples).support == math.inf
    assert birthday(samples, 0.5).support == pytest.approx(40, rel=0.05)


def test_a_continuous_law_has_no_twins_and_a_single_output_nothing_else():
    assert birthday(torch.randn(1_000, 1).double()) == (0, 499_500, math.inf)
    assert birthday(torch.randn(1, 64).expand(500, 64)) == (124_750, 124_750, 1.0)


def test_twin_chance():
    assert twin_chance(23, 365) == pytest.approx(0.507297, abs=1e-6)
    assert twin_chance(5, 7.5) == pytest.approx(1 - math.prod(1 - i / 7.5 for i in range(5)))
    assert twin_chance(round(math.sqrt(2 * math.log(2) * 1e8)), 1e8) == pytest.approx(0.5, abs=1e-4)
    assert twin_chance(2, 1e20) == pytest.approx(1e-20)
    assert [twin_chance(n, 3) for n in (0, 1, 4)] == [0, 0, 1]
    assert twin_chance(3, 3) == pytest.approx(7 / 9)
    assert twin_chance(1_000, math.inf) == 0


def test_twin_chance_is_what_happens():
    draws = torch.randint(100, (4_000, 12)).sort(1).values
    happened = (draws.diff(dim=1) == 0).any(1).double().mean().item()
    assert happened == pytest.approx(twin_chance(12, 100), abs=4 * math.sqrt(0.25 / 4_000))


@anything
@pytest.mark.parametrize("n", [1, 7, 190])
@pytest.mark.usefixtures("_blocks")
def test_closest_pairs_equal_loops(cloud, n):
    samples = cloud(20)
    found = closest_pairs(samples, n)
    every = sorted(math.dist(x, y) for x, y in combinations(samples.double().tolist(), 2))
    np.testing.assert_allclose(found.distances, every[:n], rtol=1e-12)
    gaps = (samples.double()[found.pairs[:, 0]] - samples.double()[found.pairs[:, 1]]).norm(dim=1)
    np.testing.assert_allclose(found.distances, gaps, rtol=1e-12)
    assert (found.pairs[:, 0] < found.pairs[:, 1]).all()
    assert len({tuple(pair) for pair in found.pairs.tolist()}) == n


# Errors

SOME = torch.zeros(5, 2)
WRONG = torch.tensor([[0, 1], [0, math.nan]])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nearest(torch.zeros(0, 2), SOME), r"samples of shape \(0, 2\): give \(N, F\) with at least one row"),
        (lambda: nearest(SOME, torch.zeros(5, 3)), "samples of 2 and of 3 coordinates: give both alike"),
        (lambda: nearest(SOME, WRONG), "others holds NaN or infinity"),
        (lambda: prdc(torch.zeros(5), SOME), r"real of shape \(5,\)"),
        (lambda: prdc(SOME, torch.zeros(4, 1, 28, 28)), r"fake of shape \(4, 1, 28, 28\)"),
        (lambda: prdc(SOME, SOME, 5), "k=5: give 1 to 4"),
        (lambda: prdc(SOME, SOME[:3], 3), "k=3: give 1 to 2"),
        (lambda: prdc(SOME, SOME, 0), "k=0: give 1 to 4"),
        (lambda: prdc(WRONG, SOME, 1), "real holds NaN"),
        (lambda: memorisation(SOME, SOME, SOME[:4]), "5 training and 4 held-out samples: give as many of both"),
        (lambda: memorisation(WRONG, SOME, SOME), "fake holds NaN"),
        (lambda: memorisation(SOME[:0], SOME, SOME), r"fake of shape \(0, 2\)"),
        (lambda: birthday(SOME[:1]), r"samples of shape \(1, 2\): give \(N, F\) with at least two rows"),
        (lambda: birthday(SOME, -1.0), "radius=-1.0: give 0 or more"),
        (lambda: birthday(SOME, math.nan), "radius=nan"),
        (lambda: birthday(WRONG), "samples holds NaN"),
        (lambda: twin_chance(5, 0.5), "batch=5, support=0.5"),
        (lambda: twin_chance(-1, 5), "batch=-1"),
        (lambda: twin_chance(5, math.nan), "support=nan"),
        (lambda: closest_pairs(SOME, 11), "n=11: give 1 to 10"),
        (lambda: closest_pairs(SOME, 0), "n=0"),
        (lambda: closest_pairs(WRONG, 1), "samples holds NaN"),
    ],
)
def test_what_has_no_neighbours_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
