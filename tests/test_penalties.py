"""Slopes against finite differences and against critics whose slope is known; penalties against closed forms."""

import dataclasses
import math

import pytest
import torch
from scipy.stats import kstest
from torch import nn

from gan_lessons import penalties
from gan_lessons.penalties import GradientPenalty, between, distance_to_one, excess_over_one, gradient_norm, half_square
from gan_lessons.schedules import Linear


def mlp():
    """A small smooth D in double precision."""
    torch.manual_seed(3)
    return nn.Sequential(
        nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 6), nn.Tanh(), nn.Linear(6, 1), nn.Flatten(0)
    ).double()


def points(n, *sample):
    return torch.randn(n, *(sample or (2,)), dtype=torch.float64)


def linear_critic(slope):
    """D(x) = <slope, x> over all values of a sample: its slope is known."""
    return lambda x: (x * slope).flatten(1).sum(1)


def difference(function, values, epsilon=1e-6):
    """The gradient of `function()` with respect to the tensor `values`, by central differences."""
    gradient = torch.zeros_like(values)
    with torch.no_grad():
        for k in range(values.numel()):
            kept, ends = values.view(-1)[k].item(), []
            for step in (epsilon, -epsilon):
                values.view(-1)[k] = kept + step
                with torch.enable_grad():
                    ends.append(function().item())
            values.view(-1)[k] = kept
            gradient.view(-1)[k] = (ends[0] - ends[1]) / (2 * epsilon)
    return gradient


def test_norm_equals_finite_differences():
    D, x = mlp(), points(5)
    for norm, sample in zip(gradient_norm(D, x), x, strict=True):
        sample = sample.clone()
        slope = difference(lambda sample=sample: D(sample[None]).sum(), sample)
        assert norm.item() == pytest.approx(slope.norm().item(), rel=1e-7)


@pytest.mark.parametrize("shape", [(2,), (1, 28, 28), (3, 4)])
def test_norm_of_a_linear_critic_is_its_slope(shape):
    slope = torch.randn(shape, dtype=torch.float64)
    norms = gradient_norm(linear_critic(slope), points(6, *shape))
    assert norms.shape == (6,)
    torch.testing.assert_close(norms, slope.norm().expand(6), rtol=1e-14, atol=0)


def test_norm_of_a_sample_does_not_depend_on_the_others():
    D, x = mlp(), points(6)
    norms = gradient_norm(D, x)
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    torch.testing.assert_close(gradient_norm(D, x[order]), norms[order], rtol=1e-12, atol=0)
    torch.testing.assert_close(gradient_norm(D, x.repeat(4, 1)), norms.repeat(4), rtol=1e-12, atol=0)
    torch.testing.assert_close(gradient_norm(D, x[:1]), norms[:1], rtol=1e-12, atol=0)


def test_norm_leaves_the_samples_as_they_were():
    x = points(3)
    gradient_norm(mlp(), x)
    assert not x.requires_grad
    assert x.grad is None


def test_norm_passes_conditions_to_the_discriminator():
    slopes = torch.tensor([[3.0, 4.0], [6.0, 8.0]])

    def D(x, y):
        return (x * slopes[y]).sum(1)

    assert gradient_norm(D, torch.randn(3, 2), torch.tensor([0, 1, 0])).tolist() == pytest.approx([5, 10, 5])


def test_norm_with_a_leading_seed_dimension_is_one_norm_a_sample_of_each_member():
    slopes = torch.tensor([[3.0, 4.0], [0.0, 1.0], [5.0, 12.0]])  # (members, 2)

    def D(x):  # (members, N, 2) -> (members, N)
        return (x @ slopes[:, :, None]).squeeze(-1)

    x = torch.randn(3, 7, 2)
    torch.testing.assert_close(gradient_norm(D, x), torch.tensor([5.0, 1.0, 13.0])[:, None].expand(3, 7))
    torch.testing.assert_close(penalties.r1(1.0).value(D, x), torch.tensor([12.5, 0.5, 84.5]))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("make", [penalties.wgan_gp, penalties.r1])
def test_a_flat_discriminator_gives_finite_second_derivatives(make, dtype):
    D = mlp().to(dtype)
    nn.init.zeros_(D[0].weight)  # D no longer looks at x
    make(10.0).value(D, points(4).to(dtype)).backward()
    assert D[0].weight.grad.isfinite().all()


@pytest.mark.parametrize("cost", [half_square, distance_to_one, excess_over_one])
def test_gradient_for_the_discriminator_equals_finite_differences(cost):
    D, x = mlp(), points(4)
    D[4].weight.data *= 30  # steep enough for every cost
    penalty = GradientPenalty(penalties.at_real, cost, 1.0)
    penalty.value(D, x).backward()
    for name, parameter in D.named_parameters():
        if name == "4.bias":
            assert parameter.grad is None or not parameter.grad.any()  # a shift of all scores has no slope
            continue
        assert parameter.grad.abs().max() > 1e-4
        expected = difference(lambda: penalty.value(D, x), parameter.data)
        torch.testing.assert_close(parameter.grad, expected, rtol=1e-6, atol=1e-8)


def test_costs_of_a_slope():
    slope = torch.tensor([0.0, 1.0, 3.0])
    assert half_square(slope).tolist() == [0.0, 0.5, 4.5]
    assert distance_to_one(slope).tolist() == [1.0, 0.0, 4.0]
    assert excess_over_one(slope).tolist() == [0.0, 0.0, 4.0]


def weighted(penalty, D, real, fake):
    return penalty.weight * penalty.value(D, penalty.where(real, fake)).item()


def test_r1_is_half_gamma_times_the_squared_slope():
    slope = torch.tensor([3.0, 4.0], dtype=torch.float64)
    assert weighted(penalties.r1(0.2), linear_critic(slope), points(8), points(8)) == pytest.approx(0.1 * 25)


def test_wgan_gp_of_weight_ten_is_ten_times_the_squared_distance_to_slope_one():
    slope = torch.tensor([3.0, 4.0], dtype=torch.float64)
    assert weighted(penalties.wgan_gp(), linear_critic(slope), points(8), points(8)) == pytest.approx(10 * 16)


@pytest.mark.parametrize(("slope", "cost"), [((3.0, 4.0), 10 * 16), ((0.3, 0.4), 0.0)])
def test_the_one_sided_penalty_is_that_of_wgan_gp_above_slope_one_and_nothing_below(slope, cost):
    slope = torch.tensor(slope, dtype=torch.float64)
    assert weighted(penalties.one_sided(), linear_critic(slope), points(8), points(8)) == pytest.approx(cost)


def test_dragan_looks_around_the_real_samples_by_its_noise():
    # The slope of |x|²/2 at x is |x|: with real samples at 0, E(|δ| - 1)² = σ²d - 2σ√(π/2) + 1 in the plane.
    real, n, std = torch.zeros(40_000, 2, dtype=torch.float64), 40_000, 0.5
    costs = distance_to_one(gradient_norm(lambda x: x.square().sum(1) / 2, penalties.dragan(std=std).where(real, None)))
    expected = 2 * std**2 - 2 * std * math.sqrt(math.pi / 2) + 1
    assert abs(costs.mean().item() - expected) < 5 * costs.std().item() / math.sqrt(n)
    far = points(8) + 100
    assert (penalties.dragan(std=std).where(far, points(8)) - far).norm(dim=1).max() < 8 * std


def test_dragan_of_a_linear_critic_is_wgan_gp_of_it():
    slope = torch.tensor([3.0, 4.0], dtype=torch.float64)
    assert weighted(penalties.dragan(), linear_critic(slope), points(8), None) == pytest.approx(10 * 16)


@pytest.mark.parametrize("std", [0.0, -1.0, float("nan")])
def test_dragan_needs_some_noise(std):
    with pytest.raises(ValueError, match=rf"std={std}: how far around the real samples to look, a number > 0"):
        penalties.dragan(std=std)


def test_a_packed_critic_has_one_slope_a_pack_over_all_its_samples():
    slopes = torch.tensor([3.0, 4.0, 12.0, 84.0], dtype=torch.float64)  # of the two points of a pack; together 85
    found = gradient_norm(lambda x: x.reshape(-1, 4) @ slopes, points(6))
    assert found.tolist() == pytest.approx([85.0] * 3)


@pytest.mark.parametrize(("make", "side"), [(penalties.r1, "real"), (penalties.r2, "fake")])
def test_r1_looks_at_real_samples_and_r2_at_fake_ones(make, side):
    # The slope of |x|²/2 at x is |x|, so the penalty shows where it looked.
    given = {"real": points(50), "fake": 3 * points(50)}
    found = weighted(make(1.0), lambda x: x.square().sum(1) / 2, **given)
    assert found == pytest.approx((given[side].norm(dim=1) ** 2).mean().item() / 2)


def test_where_hands_out_its_own_samples():
    real, fake = points(3), points(3)
    assert penalties.at_real(real, fake) is real
    assert penalties.at_fake(real, fake) is fake


@pytest.mark.parametrize("shape", [(2,), (1, 28, 28)])
def test_between_lies_on_the_segment_with_one_share_a_sample(shape):
    real, fake = points(40, *shape), points(40, *shape)
    moved, way = (between(real, fake) - real).flatten(1), (fake - real).flatten(1)
    share = (moved * way).sum(1) / way.square().sum(1)
    torch.testing.assert_close(moved, share[:, None] * way, rtol=0, atol=1e-12)
    assert (share >= 0).all()
    assert (share <= 1).all()
    assert len(share.unique()) == 40


def test_between_takes_every_share_equally_often():
    n = 20_000
    share = between(torch.zeros(n, 1), torch.ones(n, 1)).double()
    assert share.mean().item() == pytest.approx(1 / 2, abs=5 * (1 / 12 / n) ** 0.5)
    assert share.var().item() == pytest.approx(1 / 12, abs=5 * (1 / 180 / n) ** 0.5)
    assert kstest(share.flatten().numpy(), "uniform").pvalue > 1e-4


def test_between_keeps_the_precision_of_the_samples():
    assert between(points(2), points(2)).dtype == torch.float64
    assert between(points(2).float(), points(2).float()).dtype == torch.float32


@pytest.mark.parametrize("make", [penalties.wgan_gp, penalties.one_sided, penalties.dragan, penalties.r1, penalties.r2])
def test_a_penalty_is_a_value(make):
    assert make(2.0, every=4) == make(2.0, every=4)
    assert dataclasses.replace(make(2.0), weight=3.0) == make(3.0)
    assert make(2.0).every == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        make(2.0).weight = 3.0


@pytest.mark.parametrize("weight", [0, 0.0, 10, Linear(1.0, 0.0, over=5)])
def test_weights_may_be_zero_or_a_schedule(weight):
    assert penalties.r1(weight).weight == weight


@pytest.mark.parametrize("weight", [-1.0, float("nan")])
def test_weights_below_zero_are_refused(weight):
    with pytest.raises(ValueError, match=rf"penalty weight {weight}: it must be a number ≥ 0, for example 10.0"):
        penalties.wgan_gp(weight)


@pytest.mark.parametrize("every", [0, -2])
def test_every_must_be_at_least_one(every):
    with pytest.raises(ValueError, match=rf"every={every}: a penalty is computed every 1, 2, 3, … rounds"):
        penalties.r1(1.0, every=every)
