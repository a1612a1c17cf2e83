"""Penalties on D's slope. One primitive, `gradient_norm`; a penalty is where it looks, what a slope costs, its weight.

The slope is the Euclidean norm of ∇ₓD(x), one per score: over all values of what was scored (one sample, or the few
that a packed D sees together), never over the batch.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gan_lessons.schedules import Schedule

SQUARED_SLOPE_FLOOR = 1e-24  # below it the square root has no finite second derivative; the gradient there is zero


def gradient_norm(D: nn.Module | Callable, x: Tensor, *cond: Tensor) -> Tensor:
    """‖∇ₓD(x)‖ for each score of D, shape (..., N) like the scores; differentiable in D's parameters.

    `x` has shape (..., N, *sample), or (..., N·m, *sample) where D packs m neighbours into one score. Nothing else
    may mix samples: with batch norm in D the norm of one means nothing.
    """
    x = x.detach().requires_grad_(True)
    scores = D(x, *cond)  # (..., N)
    (slope,) = torch.autograd.grad(scores.sum(), x, create_graph=True)  # (..., N, *sample)
    return slope.reshape(*scores.shape, -1).square().sum(-1).clamp_min(SQUARED_SLOPE_FLOOR).sqrt()  # (..., N)


def at_real(real: Tensor, fake: Tensor) -> Tensor:
    """Look at the real samples."""
    return real


def at_fake(real: Tensor, fake: Tensor) -> Tensor:
    """Look at the generated samples."""
    return fake


def between(real: Tensor, fake: Tensor) -> Tensor:
    """A uniform point on the line from each real sample to a fake one (Gulrajani et al. 2017, algorithm 1, line 6)."""
    share = torch.rand(len(real), *[1] * (real.ndim - 1), device=real.device, dtype=real.dtype)  # (N, 1, ...)
    return torch.lerp(real, fake, share)


@dataclass(frozen=True)
class NearReal:
    """Look around the real samples: at each, moved by Gaussian noise of standard deviation `std` > 0."""

    std: float

    def __post_init__(self):
        if not self.std > 0:
            raise ValueError(f"std={self.std}: how far around the real samples to look, a number > 0 such as 0.1")

    def __call__(self, real: Tensor, fake: Tensor) -> Tensor:
        return real + self.std * torch.randn_like(real)


def half_square(slope: Tensor) -> Tensor:
    """slope² / 2: no slope is free."""
    return slope.square() / 2


def distance_to_one(slope: Tensor) -> Tensor:
    """(slope - 1)²: only slope one is free."""
    return (slope - 1).square()


def excess_over_one(slope: Tensor) -> Tensor:
    """max(0, slope - 1)²: any slope up to one is free."""
    return (slope - 1).clamp_min(0).square()


@dataclass(frozen=True)
class GradientPenalty:
    """`weight` times the mean of `cost` of D's slope at the points that `where(real, fake)` picks.

    `weight` is a number ≥ 0 or a schedule. `every` = k computes the penalty in every k-th round only and
    multiplies it by k there ("lazy" regularisation, Karras et al. 2020, appendix B).
    """

    where: Callable[[Tensor, Tensor], Tensor]
    cost: Callable[[Tensor], Tensor]
    weight: "float | Schedule"
    every: int = 1

    def __post_init__(self):
        if not callable(self.weight) and not self.weight >= 0:
            raise ValueError(f"penalty weight {self.weight}: it must be a number ≥ 0, for example 10.0")
        if not isinstance(self.every, int) or self.every < 1:
            raise ValueError(f"every={self.every}: a penalty is computed every 1, 2, 3, … rounds")

    def value(self, D: nn.Module, x: Tensor, *cond: Tensor) -> Tensor:
        """The mean cost at points `x` (..., N, *sample), without the weight; shape (...)."""
        return self.cost(gradient_norm(D, x, *cond)).mean(-1)


def wgan_gp(weight: "float | Schedule" = 10.0, every: int = 1) -> GradientPenalty:
    """λ·E(‖∇D‖ - 1)² between real and fake (Gulrajani et al. 2017, equation 3)."""
    return GradientPenalty(between, distance_to_one, weight, every)


def one_sided(weight: "float | Schedule" = 10.0, every: int = 1) -> GradientPenalty:
    """λ·E max(0, ‖∇D‖ - 1)² between real and fake (Petzka et al. 2018, WGAN-LP)."""
    return GradientPenalty(between, excess_over_one, weight, every)


def dragan(weight: "float | Schedule" = 10.0, std: float = 0.5, every: int = 1) -> GradientPenalty:
    """λ·E(‖∇D‖ - 1)² around the real samples, up to noise of `std` in their units (Kodali et al. 2017)."""
    return GradientPenalty(NearReal(std), distance_to_one, weight, every)


def r1(weight: "float | Schedule", every: int = 1) -> GradientPenalty:
    """(γ/2)·E‖∇D‖² at the real samples (Mescheder et al. 2018, equation 9)."""
    return GradientPenalty(at_real, half_square, weight, every)


def r2(weight: "float | Schedule", every: int = 1) -> GradientPenalty:
    """(γ/2)·E‖∇D‖² at the generated samples (Mescheder et al. 2018, equation 10)."""
    return GradientPenalty(at_fake, half_square, weight, every)
