"""How good are the samples? Pure functions of samples and of what is known about the truth.

Read every number beside its floor: what a perfect sampler would get with as many samples.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor


class Coverage(NamedTuple):
    """What `mode_coverage` finds."""

    modes: int  #: modes with at least one high-quality sample
    high_quality: float  #: share of samples within three standard deviations of their nearest mode, in [0, 1]
    reverse_kl: float  #: KL(share of samples per mode ‖ uniform), in nats; 0 is perfect
    std_ratio: float  #: spread of the high-quality samples in a mode over that of a perfect sampler, mean over modes


PERFECT_SHARE = 1 - np.exp(-4.5)  # of a round Gaussian in the plane within 3σ: 98.89 %
# The variance of a coordinate of a round unit Gaussian cut at radius 3: E[r²; r < 3] / (2 P(r < 3)).
PERFECT_VARIANCE = (1 - 5.5 * np.exp(-4.5)) / PERFECT_SHARE


def mode_coverage(samples: Tensor, modes: Tensor, std: float) -> Coverage:
    """Judge samples (N, 2) of a mixture of round Gaussians around `modes` (K, 2) with standard deviation `std`.

    A sample is of high quality within 3·std of its nearest mode (Srivastava et al. 2017, section 4.1; Lin et al.
    2018, section 4.1). Samples count for the nearest mode in `reverse_kl`. A perfect sampler reaches K modes,
    a high-quality share of 98.89 %, a `std_ratio` of 1 and a reverse KL near (K - 1) / 2N. More than 98.89 % is
    no better: the modes have shrunk, and `std_ratio` tells. Raises `ValueError` for other shapes or no samples.
    """
    if samples.ndim != 2 or samples.shape[1:] != modes.shape[1:] or len(samples) == 0:
        raise ValueError(f"samples of shape {tuple(samples.shape)}: give (N, {modes.shape[1]}) with N ≥ 1")
    distance = torch.cdist(samples.double(), modes.to(samples.device).double())  # (N, K)
    nearest, which = distance.min(1)  # (N,), (N,)
    good = nearest < 3 * std  # (N,)
    share = torch.bincount(which, minlength=len(modes)) / len(samples)  # (K,)
    share = share[share > 0]
    spreads = [samples[good & (which == k)].double() for k in range(len(modes))]
    ratios = [(x.var(0).mean() / (std**2 * PERFECT_VARIANCE)).sqrt() for x in spreads if len(x) > 1]
    return Coverage(
        modes=len(which[good].unique()),
        high_quality=good.double().mean().item(),
        reverse_kl=(share * (share * len(modes)).log()).sum().item(),
        std_ratio=torch.stack(ratios).mean().item() if ratios else float("nan"),
    )


def energy_distance(a: Tensor, b: Tensor) -> float:
    """2·E|x - y| - E|x - x'| - E|y - y'|, in the units of the samples (Székely and Rizzo 2013, equation 5).

    0 where the laws are the same, 2Δ for two points Δ apart. From samples (N, F) and (M, F), N and M ≥ 2, without
    bias: the floor of two equal laws is 0 on average, and single estimates may fall below it.
    """
    for name, samples in (("a", a), ("b", b)):
        if samples.ndim != 2 or len(samples) < 2:
            raise ValueError(f"{name} of shape {tuple(samples.shape)}: give (N, F) with at least two rows")
    if a.shape[1] != b.shape[1]:
        raise ValueError(f"samples of {a.shape[1]} and of {b.shape[1]} coordinates: give both alike")
    a, b = a.detach().double(), b.detach().double()
    within = [torch.cdist(x, x).sum() / (len(x) * (len(x) - 1)) for x in (a, b)]  # a point is no pair with itself
    return (2 * torch.cdist(a, b).mean() - within[0] - within[1]).item()


class GaussianFit(NamedTuple):
    """The mean (F,) and covariance (F, F) of some samples, in double precision."""

    mean: Tensor
    covariance: Tensor


def gaussian_fit(samples: Tensor) -> GaussianFit:
    """Fit a Gaussian to samples (N, F), N ≥ 2; the covariance is the unbiased one (divided by N - 1)."""
    if samples.ndim != 2 or len(samples) < 2:
        raise ValueError(f"samples of shape {tuple(samples.shape)}: give (N, F) with at least two rows")
    samples = samples.detach()
    return GaussianFit(samples.double().mean(0), samples.double().T.cov().reshape(samples.shape[1], -1))


def frechet_distance(a: GaussianFit, b: GaussianFit) -> float:
    """The squared Wasserstein-2 distance between two Gaussians, in squared units of the features.

    |μₐ - μᵦ|² + tr(Σₐ + Σᵦ - 2(ΣₐΣᵦ)^½) (Dowson and Landau 1982; Heusel et al. 2017, equation 6).
    """
    mean_a, covariance_a, mean_b, covariance_b = (np.asarray(t.cpu()) for t in (*a, *b))
    # The eigenvalues of ΣₐΣᵦ are those of a symmetric matrix, real and ≥ 0; rounding may dip below.
    root = _symmetric_root(covariance_a)
    trace = np.sqrt(np.clip(np.linalg.eigvalsh(root @ covariance_b @ root), 0, None)).sum()
    distance = float(((mean_a - mean_b) ** 2).sum() + np.trace(covariance_a) + np.trace(covariance_b) - 2 * trace)
    return max(distance, 0.0)  # rounding may dip below here too


def _symmetric_root(matrix: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(matrix)
    return vectors * np.sqrt(np.clip(values, 0, None)) @ vectors.T
