"""Metrics against theory: what a perfect, a collapsed and a shrunk sampler get, and distances in closed form."""

import math

import numpy as np
import ot
import pytest
import scipy.stats
import torch
from scipy.integrate import quad
from scipy.linalg import sqrtm
from sklearn.metrics.pairwise import polynomial_kernel
from torchmetrics.image.kid import poly_mmd

from gan_lessons import metrics
from gan_lessons.metrics import (
    GaussianFit,
    class_coverage,
    frechet_distance,
    gaussian_fit,
    kernel_distance,
    mode_coverage,
)
from gan_lessons.toys import Ring

N = 40_000
RING = Ring(modes=8, std=0.05)
WITHIN = quad(lambda r: r * math.exp(-(r**2) / 2), 0, 3)[0]  # of a round Gaussian within 3σ: 98.89 %
SPREAD = math.sqrt(quad(lambda r: r**3 * math.exp(-(r**2) / 2), 0, 3)[0] / 2 / WITHIN)  # of a coordinate, cut at 3σ


def judge(samples):
    return mode_coverage(samples, RING.modes, RING.std)


def around_modes(std, n=N):
    return RING.modes[torch.randint(8, (n,))] + std * torch.randn(n, 2)


def fit(mean, covariance):
    return GaussianFit(torch.as_tensor(mean, dtype=torch.float64), torch.as_tensor(covariance, dtype=torch.float64))


def random_fit(size):
    factor = torch.randn(size, size + 3, dtype=torch.float64)
    return fit(torch.randn(size), factor @ factor.T / size)


def test_a_perfect_sampler_reaches_the_floor_of_every_number():
    found = judge(RING.sample(N)[0])
    assert found.modes == 8
    assert found.high_quality == pytest.approx(0.9889, abs=0.003)
    assert found.high_quality == pytest.approx(WITHIN, abs=5 * math.sqrt(WITHIN * (1 - WITHIN) / N))
    assert found.std_ratio == pytest.approx(1, abs=0.02)


def test_reverse_kl_of_a_perfect_sampler_is_modes_minus_one_over_twice_the_samples():
    n, runs = 1_000, 200
    found = [judge(RING.sample(n)[0]).reverse_kl for _ in range(runs)]
    expected = 7 / (2 * n)
    error = expected * math.sqrt(2 / 7) / math.sqrt(runs)  # 2N·KL is close to χ² with 7 degrees of freedom
    assert np.mean(found) == pytest.approx(expected, abs=5 * error)


def test_a_collapsed_sampler_has_one_mode_and_a_reverse_kl_of_log_eight():
    found = judge(RING.modes[3] + 0.05 * torch.randn(2_000, 2))
    assert found.modes == 1
    assert found.reverse_kl == pytest.approx(math.log(8), rel=1e-6)
    assert found.std_ratio == pytest.approx(1, abs=0.1)


def test_two_modes_at_three_to_one():
    samples = torch.cat([RING.modes[[0]].expand(300, 2), RING.modes[[5]].expand(100, 2)])
    expected = 0.75 * math.log(0.75 * 8) + 0.25 * math.log(0.25 * 8)
    assert judge(samples).reverse_kl == pytest.approx(expected, rel=1e-5)
    assert judge(samples).modes == 2


@pytest.mark.parametrize("factor", [0.5, 0.1])
def test_shrunk_modes_show_in_the_spread_and_not_in_the_quality(factor):
    found = judge(around_modes(factor * RING.std))
    assert found.high_quality > 0.9999
    assert found.std_ratio == pytest.approx(factor / SPREAD, rel=0.02)  # nothing is cut: 0.5 shows as 0.513


def test_wide_modes_show_in_quality_and_spread():
    found = judge(around_modes(2 * RING.std))
    assert found.high_quality == pytest.approx(1 - math.exp(-1.125), abs=0.01)
    assert found.std_ratio > 1.3


def test_samples_far_from_every_mode_are_of_no_quality():
    found = judge(torch.zeros(100, 2))
    assert found.modes == 0
    assert found.high_quality == 0
    assert math.isnan(found.std_ratio)


def test_quality_ends_at_three_standard_deviations():
    samples = RING.modes[0] + RING.std * torch.tensor([[2.99, 0.0], [0.0, -2.99], [0.0, 3.01], [3.01, 0.0]])
    assert judge(samples).high_quality == 0.5


def test_samples_may_be_in_double_precision_or_carry_a_gradient():
    samples = RING.sample(500)[0]
    assert judge(samples.double().requires_grad_()) == pytest.approx(judge(samples))


@pytest.mark.parametrize("shape", [(0, 2), (5, 3), (5,), (5, 2, 2)])
def test_coverage_refuses_no_samples_and_other_shapes(shape):
    with pytest.raises(ValueError, match=r"samples of shape \(.*\): give \(N, 2\) with N ≥ 1"):
        judge(torch.zeros(shape))


@pytest.mark.parametrize("features", [1, 4])
def test_gaussian_fit_equals_numpys(features):
    samples = torch.randn(30, features) + 5
    found = gaussian_fit(samples)
    assert found.mean.dtype == found.covariance.dtype == torch.float64
    assert found.covariance.shape == (features, features)
    exact = samples.double().numpy()
    np.testing.assert_allclose(found.mean, exact.mean(0), rtol=1e-12)
    np.testing.assert_allclose(found.covariance, np.cov(exact.T).reshape(features, features), rtol=1e-10)


@pytest.mark.parametrize("shape", [(1, 3), (0, 3), (5,), (4, 1, 28, 28)])
def test_gaussian_fit_needs_two_rows_of_features(shape):
    with pytest.raises(ValueError, match=r"samples of shape \(.*\): give \(N, F\) with at least two rows"):
        gaussian_fit(torch.zeros(shape))


@pytest.mark.parametrize("size", [1, 2, 20])
def test_frechet_distance_equals_the_matrix_root(size):
    a, b = random_fit(size), random_fit(size)
    root = np.trace(sqrtm(a.covariance.numpy() @ b.covariance.numpy()).real)
    means = (a.mean - b.mean).square().sum().item()
    expected = means + (a.covariance.trace() + b.covariance.trace()).item() - 2 * root
    assert frechet_distance(a, b) == pytest.approx(expected, rel=1e-9)


def test_frechet_distance_of_covariances_that_commute():
    turn = torch.linalg.qr(torch.randn(5, 5, dtype=torch.float64)).Q
    a, b = torch.rand(2, 5, dtype=torch.float64)
    found = frechet_distance(
        fit(torch.zeros(5), turn @ a.diag() @ turn.T), fit(torch.full((5,), 2.0), turn @ b.diag() @ turn.T)
    )
    assert found == pytest.approx(20 + (a.sqrt() - b.sqrt()).square().sum().item(), rel=1e-9)


def test_frechet_distance_on_a_line():
    found = frechet_distance(fit([1.0], [[4.0]]), fit([-2.0], [[0.25]]))
    assert found == pytest.approx((1 + 2) ** 2 + (2 - 0.5) ** 2)


def test_frechet_distance_is_zero_between_equals_and_symmetric_between_others():
    a, b = random_fit(10), random_fit(10)
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-9)
    assert frechet_distance(a, b) == pytest.approx(frechet_distance(b, a), rel=1e-9)
    assert frechet_distance(a, b) > 1


def test_frechet_distance_of_singular_covariances():
    line = torch.zeros(3, 3)
    line[0, 0] = 4.0
    assert frechet_distance(fit(torch.zeros(3), line), fit(torch.zeros(3), torch.zeros(3, 3))) == pytest.approx(4)
    flat = gaussian_fit(torch.randn(5, 20))  # 5 samples span 4 of 20 directions
    assert frechet_distance(flat, flat) == pytest.approx(0, abs=1e-5)
    assert math.isfinite(frechet_distance(flat, random_fit(20)))


def test_frechet_distance_between_samples_falls_with_their_number():
    few, many = (frechet_distance(*(gaussian_fit(torch.randn(n, 8)) for _ in range(2))) for n in (50, 5_000))
    assert 0 < many < few / 10


def test_frechet_distance_equals_that_of_pot():
    a, b = random_fit(6), random_fit(6)
    root = ot.gaussian.bures_wasserstein_distance(*(t.numpy() for t in (a.mean, b.mean, a.covariance, b.covariance)))
    assert frechet_distance(a, b) == pytest.approx(root**2, rel=1e-9)


@pytest.mark.parametrize(("features", "n", "m"), [(1, 100, 300), (4, 100, 300), (8, 200, 200), (8, 400, 400)])
def test_frechet_distance_between_samples_of_one_law_has_the_bias_that_is_stated(features, n, m):
    torch.manual_seed(0)
    found = [
        frechet_distance(gaussian_fit(torch.randn(n, features)), gaussian_fit(torch.randn(m, features)))
        for _ in range(300)
    ]
    expected = (features + features * (features + 1) / 4) * (1 / n + 1 / m)
    error = 4 * np.std(found) / 300**0.5
    assert np.mean(found) == pytest.approx(expected, abs=error + 0.03 * expected)  # 3 %: the next order in 1/N
    assert error < 0.4 * expected


# Kernel distance


def kernel_by_hand(a, b):
    def k(x, y):
        return (sum(p * q for p, q in zip(x, y, strict=True)) / len(x) + 1) ** 3

    def mean(numbers):
        return sum(numbers) / len(numbers)

    a, b = a.tolist(), b.tolist()
    within = [mean([k(x, y) for i, x in enumerate(c) for j, y in enumerate(c) if i != j]) for c in (a, b)]
    return sum(within) - 2 * mean([k(x, y) for x in a for y in b])


@pytest.mark.parametrize("pairs", [1, 17, 10**6])
def test_kernel_distance_equals_the_sums_by_hand_whatever_the_blocks(pairs, monkeypatch):
    monkeypatch.setattr(metrics, "PAIRS", pairs)
    a, b = torch.randn(9, 3).double(), 1 + torch.randn(6, 3).double()
    assert kernel_distance(a, b) == pytest.approx(kernel_by_hand(a, b), rel=1e-12)
    assert kernel_distance(b, a) == pytest.approx(kernel_distance(a, b), rel=1e-12)


def test_kernel_distance_equals_that_of_scikit_learn_and_torchmetrics():
    a, b = torch.randn(40, 5).double(), 0.3 + torch.randn(50, 5).double()
    kernels = [polynomial_kernel(x, y, degree=3, gamma=1 / 5, coef0=1) for x, y in ((a, a), (b, b), (a, b))]
    within = [(k.sum() - k.trace()) / (len(k) * (len(k) - 1)) for k in kernels[:2]]
    assert kernel_distance(a, b) == pytest.approx(sum(within) - 2 * kernels[2].mean(), rel=1e-9)
    assert kernel_distance(a, b[:40]) == pytest.approx(poly_mmd(a, b[:40]).item(), rel=1e-9)  # wants equal numbers


def test_kernel_distance_of_two_points():
    x, y = torch.tensor([1.0, 2.0]), torch.tensor([-1.0, 3.0])
    expected = 3.5**3 + 6**3 - 2 * 3.5**3  # |x|²/2 = 2.5, |y|²/2 = 5, x·y/2 = 2.5
    assert kernel_distance(x.expand(4, 2), y.expand(3, 2)) == pytest.approx(expected, rel=1e-9)


def test_kernel_distance_of_equal_laws_is_zero_on_average_and_with_pairs_of_a_point_with_itself_it_is_not():
    torch.manual_seed(0)
    found, biased = [], []
    for _ in range(300):
        a, b = torch.randn(2, 40, 4).double()
        found.append(kernel_distance(a, b))
        kernels = [((x @ y.T / 4 + 1) ** 3).mean().item() for x, y in ((a, a), (b, b), (a, b))]
        biased.append(kernels[0] + kernels[1] - 2 * kernels[2])
    assert abs(np.mean(found)) < 4 * np.std(found) / 300**0.5
    assert min(found) < 0
    assert np.mean(biased) > 10 * np.std(biased) / 300**0.5


def test_kernel_distance_on_a_line_is_that_of_the_first_three_moments():
    """(xy + 1)³ = x³y³ + 3x²y² + 3xy + 1; moments of N(0, 1): 0, 1, 0, of N(1, 1): 1, 2, 4."""
    torch.manual_seed(0)
    found = [kernel_distance(torch.randn(200, 1), 1 + torch.randn(300, 1)) for _ in range(300)]
    assert np.mean(found) == pytest.approx(16 + 3 + 3, abs=4 * np.std(found) / 300**0.5)


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        (torch.zeros(1, 2), torch.zeros(5, 2), r"a of shape \(1, 2\): give \(N, F\) with at least two rows"),
        (torch.zeros(5, 2), torch.zeros(5, 2, 2), r"b of shape \(5, 2, 2\): give"),
        (torch.zeros(5, 2), torch.zeros(5, 3), "samples of 2 and of 3 coordinates: give both alike"),
        (torch.zeros(5, 2), torch.tensor([[0, 1], [0, math.nan]]), "b holds NaN or infinity"),
    ],
)
def test_kernel_distance_of_what_has_none_is_refused(a, b, message):
    with pytest.raises(ValueError, match=message):
        kernel_distance(a, b)


# Classes


def test_classes_are_counted():
    found = class_coverage(torch.tensor([0, 0, 0, 2]), classes=4)
    assert found.share.tolist() == [0.75, 0, 0.25, 0]
    assert found.classes == 2
    assert found.reverse_kl == pytest.approx(scipy.stats.entropy([0.75, 0, 0.25, 0], [0.25] * 4))


def test_classes_are_held_against_the_shares_that_are_expected():
    labels, expected = torch.tensor([0] * 5 + [1] * 3 + [2] * 2), torch.tensor([0.5, 0.3, 0.2])
    assert class_coverage(labels, expected, 3).reverse_kl == pytest.approx(0, abs=1e-6)
    assert class_coverage(labels, torch.tensor([0.2, 0.3, 0.5]), 3).reverse_kl == pytest.approx(0.3 * math.log(2.5))
    assert class_coverage(labels, torch.tensor([0.5, 0.5, 0.0]), 3).reverse_kl == math.inf
    assert class_coverage(labels % 2, torch.tensor([0.7, 0.3, 0.0]), 3).reverse_kl == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("share", [torch.full((10,), 0.1), torch.arange(1, 11) / 55])
def test_reverse_kl_of_perfect_classes_is_their_number_minus_one_over_twice_the_samples(share):
    torch.manual_seed(0)
    n, runs = 2_000, 300
    found = [class_coverage(share.multinomial(n, replacement=True), share).reverse_kl for _ in range(runs)]
    expected = 9 / (2 * n)
    assert np.mean(found) == pytest.approx(expected, abs=5 * expected * math.sqrt(2 / 9) / math.sqrt(runs))


@pytest.mark.parametrize(
    ("labels", "share", "message"),
    [
        (torch.zeros(0, dtype=torch.long), None, r"labels of shape \(0,\) and torch.int64: give whole numbers"),
        (torch.zeros(3, 10), None, r"labels of shape \(3, 10\)"),
        (torch.full((3,), math.nan), None, "and torch.float32: give whole numbers"),
        (torch.tensor([0, 10]), None, "labels from 0 to 10: give 0 to 9"),
        (torch.tensor([-1, 5]), None, "labels from -1 to 5"),
        (torch.tensor([1]), torch.ones(3) / 3, r"share of shape \(3,\): give one number for each of 10 classes"),
        (torch.tensor([1]), torch.ones(10), "share sums to 10.0000: give shares ≥ 0 that sum to 1"),
        (torch.tensor([1]), torch.full((10,), math.nan), "share sums to nan"),
    ],
)
def test_what_are_no_classes_is_refused(labels, share, message):
    with pytest.raises(ValueError, match=message):
        class_coverage(labels, share)


# Energy distance


def energy_by_hand(a, b):
    def mean(pairs):
        return sum(math.dist(x, y) for x, y in pairs) / len(pairs)

    a, b = a.tolist(), b.tolist()
    within = [mean([(x, y) for i, x in enumerate(c) for j, y in enumerate(c) if i != j]) for c in (a, b)]
    return 2 * mean([(x, y) for x in a for y in b]) - within[0] - within[1]


def test_energy_distance_equals_the_sums_by_hand():
    a, b = torch.randn(7, 3).double(), 1 + torch.randn(5, 3).double()
    assert metrics.energy_distance(a, b) == pytest.approx(energy_by_hand(a, b), rel=1e-12)
    assert metrics.energy_distance(b, a) == pytest.approx(metrics.energy_distance(a, b), rel=1e-12)


def test_energy_distance_on_the_line_is_scipys_but_for_pairs_of_a_point_with_itself():
    """scipy's is the root of twice ∫(F - G)², which counts such pairs; take them out of the means."""
    a, b = torch.randn(60, 1).double(), 0.5 + 2 * torch.randn(80, 1).double()
    with_pairs = scipy.stats.energy_distance(a[:, 0], b[:, 0]) ** 2
    extra = sum(torch.cdist(x, x).mean().item() / (len(x) - 1) for x in (a, b))
    assert metrics.energy_distance(a, b) == pytest.approx(with_pairs - extra, rel=1e-9)


def test_energy_distance_of_two_points_is_twice_the_gap():
    a, b = torch.zeros(4, 2), torch.tensor([[3.0, 4.0]]).expand(6, 2)
    assert metrics.energy_distance(a, b) == pytest.approx(10.0, rel=1e-6)


def test_energy_distance_of_equal_laws_is_zero_on_average():
    torch.manual_seed(0)
    found = torch.tensor([metrics.energy_distance(torch.randn(40, 2), torch.randn(40, 2)) for _ in range(300)])
    assert abs(found.mean()) < 4 * found.std() / 300**0.5
    assert found.min() < 0


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        (torch.zeros(1, 2), torch.zeros(5, 2), r"a of shape \(1, 2\): give \(N, F\) with at least two rows"),
        (torch.zeros(5, 2), torch.zeros(5), r"b of shape \(5,\): give"),
        (torch.zeros(5, 2), torch.zeros(5, 3), "samples of 2 and of 3 coordinates: give both alike"),
    ],
)
def test_energy_distance_of_what_has_none_is_refused(a, b, message):
    with pytest.raises(ValueError, match=message):
        metrics.energy_distance(a, b)
