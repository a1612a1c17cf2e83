"""Toy distributions are what they say: their moments, their densities, their modes, and what they refuse."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import binomtest, multivariate_normal

from gan_lessons import toys
from gan_lessons.toys import Gaussian, Grid, Mixture, Moons, Ring, SwissRoll, TwoGaussians

MANY = 50_000
LEANING = ((1.0, 0.6), (0.6, 0.5))
MIXTURES = {
    "Gaussian": Gaussian((1.0, -2.0), LEANING),
    "TwoGaussians": TwoGaussians(distance=3.0, std=0.4, weights=(3, 1)),
    "Ring": Ring(modes=5, std=0.2),
    "Grid": Grid(side=2, spacing=1.5, std=0.3),
    "Mixture": Mixture([[0.0, 0.0], [1.0, 2.0], [-2.0, 1.0]], LEANING, [0.2, 0.3, 0.5]),
}
every_mixture = pytest.mark.parametrize("mixture", MIXTURES.values(), ids=MIXTURES)
every_toy = pytest.mark.parametrize("toy", [*MIXTURES.values(), SwissRoll(), Moons()], ids=[*MIXTURES, "roll", "moons"])


@every_toy
@pytest.mark.parametrize("n", [0, 1, 17])
def test_sample_is_a_tuple_of_one_tensor_of_points(toy, n):
    (x,) = toy.sample(n)
    assert x.shape == (n, 2)
    assert x.dtype == torch.float32


@every_toy
def test_a_negative_number_of_samples_is_refused(toy):
    with pytest.raises(ValueError, match="n=-1: the number of samples must be 0 or more"):
        toy.sample(-1)


@every_toy
def test_to_moves_a_copy(toy):
    moved = toy.to("cpu")
    assert moved is not toy
    torch.manual_seed(1)
    (expected,) = toy.sample(9)
    torch.manual_seed(1)
    assert torch.equal(moved.sample(9)[0], expected)


@every_toy
def test_samples_follow_the_global_generator(toy):
    assert not torch.equal(toy.sample(5)[0], toy.sample(5)[0])
    torch.manual_seed(7)
    (first,) = toy.sample(5)
    torch.manual_seed(7)
    assert torch.equal(toy.sample(5)[0], first)


@every_mixture
def test_moments_are_those_of_theory(mixture):
    x = mixture.sample(MANY)[0].double()
    weights, modes = mixture.weights.double(), mixture.modes.double()
    mean = weights @ modes
    covariance = mixture.covariance.double() + torch.einsum("k,ki,kj", weights, modes - mean, modes - mean)
    deviations = covariance.diagonal().sqrt()
    error = (x.mean(0) - mean) / deviations * math.sqrt(MANY)  # in standard errors
    assert error.abs().max() < 4.5
    # The standard error of a covariance is at most about sqrt(2/n) σᵢσⱼ: mixtures have lighter tails than a Gaussian.
    error = (x.T.cov() - covariance) / torch.outer(deviations, deviations) * math.sqrt(MANY / 2)
    assert error.abs().max() < 4.5


@every_mixture
def test_modes_are_drawn_as_often_as_their_weights_say(mixture):
    x = mixture.sample(MANY)[0]
    best = (
        torch.stack([Gaussian(mode, mixture.covariance).log_prob(x) for mode in mixture.modes])
        + (mixture.weights.log()[:, None])
    )
    share = best.softmax(0).double().mean(1)  # expected share of each mode, whatever the overlap
    error = (share - mixture.weights) / (mixture.weights.double() / MANY).sqrt()
    assert error.abs().max() < 4.5


@every_mixture
def test_density_integrates_to_one(mixture):
    span = mixture.covariance.diagonal().max().sqrt().item()
    step = span / 6
    low, high = mixture.modes.min().item() - 7 * span, mixture.modes.max().item() + 7 * span
    line = torch.arange(low, high, step)
    density = mixture.log_prob(torch.cartesian_prod(line, line)).double().exp()
    assert density.sum().item() * step**2 == pytest.approx(1, abs=1e-5)


@every_mixture
def test_density_equals_scipys(mixture):
    x = 2 * torch.randn(4, 50, 2)
    oracle = sum(
        weight * multivariate_normal(mode, mixture.covariance.double().numpy()).pdf(x.double().numpy())
        for weight, mode in zip(mixture.weights.tolist(), mixture.modes.tolist(), strict=True)
    )
    found = mixture.log_prob(x)
    assert found.shape == (4, 50)
    likely = oracle > 1e-30
    np.testing.assert_allclose(found.double().numpy()[likely], np.log(oracle[likely]), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("modes", [1, 2, 8, 25])
def test_ring_has_distinct_modes_on_a_circle_equally_spaced(modes):
    ring = Ring(modes=modes, radius=2.0)
    assert ring.modes.shape == (modes, 2)
    torch.testing.assert_close(ring.modes.norm(dim=1), torch.full((modes,), 2.0))
    torch.testing.assert_close(ring.modes[0], torch.tensor([2.0, 0.0]))  # angle 0
    chord = 2 * 2.0 * math.sin(math.pi / modes)
    torch.testing.assert_close(
        (ring.modes - ring.modes.roll(-1, 0)).norm(dim=1), torch.full((modes,), chord), atol=1e-5, rtol=0
    )
    if modes > 1:
        assert torch.pdist(ring.modes).min() == pytest.approx(chord, abs=1e-5)


@pytest.mark.parametrize("side", [1, 2, 5])
def test_grid_is_square_evenly_spaced_and_centred(side):
    grid = Grid(side=side, spacing=1.5)
    assert len(grid.modes.unique(dim=0)) == side**2
    torch.testing.assert_close(grid.modes.mean(0), torch.zeros(2))
    for axis in range(2):
        line = grid.modes[:, axis].unique()
        assert len(line) == side
        torch.testing.assert_close(line.diff(), torch.full((side - 1,), 1.5))


def test_two_gaussians_are_a_distance_apart_around_the_origin():
    pair = TwoGaussians(distance=3.0, std=0.4)
    assert pair.modes.tolist() == [[-1.5, 0.0], [1.5, 0.0]]
    assert pair.weights.tolist() == [0.5, 0.5]


def test_weights_may_have_any_sum():
    assert TwoGaussians(weights=(30, 10)).weights.tolist() == [0.75, 0.25]
    assert Grid(side=3).weights.tolist() == pytest.approx([1 / 9] * 9)


@pytest.mark.parametrize("toy", [TwoGaussians(std=0.3), Ring(std=0.3), Grid(std=0.3)])
def test_std_is_that_of_one_mode(toy):
    assert toy.std == pytest.approx(0.3)
    torch.testing.assert_close(toy.covariance, 0.09 * torch.eye(2))


def test_std_of_a_stretched_mode_is_the_root_of_its_mean_variance():
    assert Gaussian(covariance=LEANING).std == pytest.approx(math.sqrt(0.75))


def test_a_gaussian_is_the_standard_one_unless_told_otherwise():
    standard = Gaussian()
    assert standard.modes.tolist() == [[0.0, 0.0]]
    assert standard.covariance.tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_toys_follow_torchs_default_precision():
    torch.set_default_dtype(torch.float64)
    try:
        for toy in (Ring(), TwoGaussians(weights=(1, 2)), Gaussian(), SwissRoll(), Moons()):
            assert toy.sample(3)[0].dtype == torch.float64
        assert Ring().log_prob(torch.zeros(2)).dtype == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)


def test_swiss_roll_is_a_spiral_of_one_and_a_half_turns_in_the_unit_square():
    (x,) = SwissRoll(std=0.0).sample(5_000)
    radius = x.norm(dim=1)
    assert radius.min().item() == pytest.approx(1 / 3, abs=1e-3)  # 1.5π of 4.5π
    assert radius.max().item() == pytest.approx(1, abs=1e-3)
    assert x.abs().max() <= 1 + 1e-6
    angle = 4.5 * math.pi * radius  # on the spiral, radius tells the angle and the angle tells the place
    spiral = torch.stack([radius * angle.cos(), radius * angle.sin()], 1)
    torch.testing.assert_close(x, spiral, atol=1e-4, rtol=0)
    turns = (angle - 1.5 * math.pi) / (3 * math.pi)
    assert turns.mean().item() == pytest.approx(0.5, abs=5 * (1 / 12 / 5_000) ** 0.5)


def test_moons_are_two_half_circles_equally_likely_and_centred():
    (x,) = Moons(std=0.0).sample(5_000)
    upper, lower = x - torch.tensor([-0.5, -0.25]), x - torch.tensor([0.5, 0.25])
    on_upper = ((upper.norm(dim=1) - 1).abs() < 1e-5) & (upper[:, 1] > -1e-5)
    on_lower = ((lower.norm(dim=1) - 1).abs() < 1e-5) & (lower[:, 1] < 1e-5)
    assert (on_upper | on_lower).all()
    assert on_upper.double().mean().item() == pytest.approx(0.5, abs=5 * 0.5 / 5_000**0.5)
    assert x.mean(0).abs().max() < 5 / 5_000**0.5
    assert upper[on_upper, 0].min() < -0.99  # the whole of each half circle, both ends and the top
    assert upper[on_upper, 0].max() > 0.99
    assert upper[on_upper, 1].max() > 0.99
    assert lower[on_lower, 0].min() < -0.99
    assert lower[on_lower, 0].max() > 0.99
    assert lower[on_lower, 1].min() < -0.99


@pytest.mark.parametrize("curve", [SwissRoll, Moons])
@pytest.mark.parametrize("std", [0.0, 0.1])
def test_noise_around_a_curve_has_the_spread_asked_for(curve, std):
    torch.manual_seed(5)
    (clean,) = curve(std=0.0).sample(MANY)
    torch.manual_seed(5)
    (noisy,) = curve(std=std).sample(MANY)
    assert (noisy - clean).std().item() == pytest.approx(std, rel=0.02)


ONE = torch.eye(2)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Mixture(torch.zeros(3), ONE), r"modes of shape \(3,\): give \(K, 2\), one mode a row"),
        (lambda: Mixture(torch.zeros(0, 2), ONE), r"modes of shape \(0, 2\): give"),
        (lambda: Mixture(torch.zeros(4, 3), ONE), r"modes of shape \(4, 3\): give"),
        (lambda: Mixture(torch.zeros(2, 2), ONE, [1.0]), r"weights \[1.0\]: give 2 positive numbers, one a mode"),
        (lambda: TwoGaussians(weights=(1.0, 0.0)), r"weights \[1.0, 0.0\]: give 2 positive"),
        (lambda: TwoGaussians(weights=(2.0, -1.0)), r"weights \[2.0, -1.0\]: give 2 positive"),
        (lambda: TwoGaussians(weights=(1.0, math.nan)), r"weights \[1.0, nan\]: give 2 positive"),
        (lambda: Gaussian(covariance=(1.0, 1.0)), r"covariance \[1.0, 1.0\]: give a symmetric \(2, 2\) matrix"),
        (lambda: Gaussian(covariance=((1.0, 0.5), (0.0, 1.0))), r"covariance .*: give a symmetric"),
        (lambda: Gaussian(covariance=((1.0, 2.0), (2.0, 1.0))), r"covariance .* is not positive definite"),
        (lambda: Gaussian(covariance=((1.0, 1.0), (1.0, 1.0))), r"covariance .* is not positive definite"),
        (lambda: Gaussian(covariance=((math.nan, 0.0), (0.0, 1.0))), r"covariance .*: give a symmetric"),
        (lambda: Ring(modes=0), "modes=0: a ring has at least one mode"),
        (lambda: Ring(std=0.0), "std=0.0: the spread of a mode must be more than 0"),
        (lambda: Ring(std=-0.1), "std=-0.1: the spread"),
        (lambda: Ring(std=math.nan), "std=nan: the spread"),
        (lambda: Grid(side=0), "side=0: a grid has at least one row"),
        (lambda: Grid(std=0.0), "std=0.0: the spread"),
        (lambda: SwissRoll(std=-0.1), "std=-0.1: the noise must be 0 or more"),
        (lambda: Moons(std=math.nan), "std=nan: the noise must be 0 or more"),
    ],
)
def test_bad_input_says_what_to_do(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_every_toy_is_tested_here():
    kinds = {kind for kind in vars(toys).values() if isinstance(kind, type) and kind.__module__ == toys.__name__}
    assert {kind.__name__ for kind in kinds if not kind.__name__.startswith("_")} == {
        *MIXTURES,
        "SwissRoll",
        "Moons",
        "Origin",
        "Points",
    }


def test_the_origin_is_one_point_of_the_line():
    (x,) = toys.Origin().to("cpu").sample(3)
    assert x.tolist() == [[0.0]] * 3
    assert x.dtype == torch.get_default_dtype()
    with pytest.raises(ValueError, match="n=-1: the number of samples must be 0 or more"):
        toys.Origin().sample(-1)


def test_points_are_drawn_with_replacement_and_no_other_is():
    points = torch.tensor([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]])
    (x,) = toys.Points(points).to("cpu").sample(1_000)
    assert x.shape == (1_000, 3)
    first = (x == points[0]).all(1)
    assert ((x == points[1]).all(1) ^ first).all()
    assert binomtest(int(first.sum()), 1_000).pvalue > 1e-4


@pytest.mark.parametrize("points", [torch.zeros(0, 2), torch.zeros(3)])
def test_no_points_are_refused(points):
    with pytest.raises(ValueError, match=r"give \(M, ...\) with M ≥ 1, one sample a row"):
        toys.Points(points)
