"""How good are the samples? Pure functions of samples and of what is known about the truth.

Read every number beside its floor: what a perfect sampler would get with as many samples.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor


def check_samples(least: int = 2, finite: bool = True, **samples: Tensor) -> list[Tensor]:
    """The samples (N, F) in double precision and without gradient, all of the same F.

    Raises `ValueError`, with the name they are given under, for another shape, fewer than `least` rows, another number
    of coordinates than the first have, or, unless not `finite`, NaN or infinity.
    """
    size = None
    for name, x in samples.items():
        if x.ndim != 2 or len(x) < least:
            rows = {1: "one row", 2: "two rows"}.get(least, f"{least} rows")
            raise ValueError(f"{name} of shape {tuple(x.shape)}: give (N, F) with at least {rows}")
        size = size or x.shape[1]
        if x.shape[1] != size:
            raise ValueError(f"samples of {size} and of {x.shape[1]} coordinates: give both alike")
        if finite and not x.isfinite().all():
            raise ValueError(f"{name} holds NaN or infinity: leave such rows out, and say how many there were")
    return [x.detach().double() for x in samples.values()]


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


class ClassCoverage(NamedTuple):
    """What `class_coverage` finds among N labels of K classes."""

    share: Tensor  #: (K,), of the samples in each class, double precision, sums to 1
    classes: int  #: classes with at least one sample, at most K
    reverse_kl: float  #: KL(found shares ‖ expected shares), in nats; a perfect sampler gets about (K - 1) / 2N


def class_coverage(labels: Tensor, share: Tensor | None = None, classes: int = 10) -> ClassCoverage:
    """Count the labels (N,), whole numbers from 0 to K - 1 = `classes` - 1, that a judge gave to samples.

    `share` (K,) is what each class should get: the shares of the real data *by the same judge*, or all alike. Where a
    class is found that should not be there, the reverse KL is infinite. It was introduced for 1,000 classes of stacked
    digits (Metz et al. 2017, section 3.3). Shares say nothing of quality: a judge gives a class to noise too. Raises
    `ValueError` for other shapes, no labels, labels outside, or shares that are negative or do not sum to 1.
    """
    if labels.ndim != 1 or len(labels) == 0 or labels.is_floating_point():
        raise ValueError(f"labels of shape {tuple(labels.shape)} and {labels.dtype}: give whole numbers (N,), N ≥ 1")
    if labels.min() < 0 or labels.max() >= classes:
        low, high = labels.min().item(), labels.max().item()
        raise ValueError(f"labels from {low} to {high}: give 0 to {classes - 1}, or say how many `classes` there are")
    expected = torch.full((classes,), 1 / classes) if share is None else share
    expected = expected.to(labels.device).double()
    if expected.shape != (classes,):
        raise ValueError(f"share of shape {tuple(expected.shape)}: give one number for each of {classes} classes")
    if not (expected >= 0).all() or abs(expected.sum().item() - 1) > 1e-4:
        raise ValueError(f"share sums to {expected.sum():.4f}: give shares ≥ 0 that sum to 1")
    found = torch.bincount(labels, minlength=classes).double() / len(labels)  # (K,)
    there = found > 0
    divergence = (found[there] * (found[there] / expected[there]).log()).sum()
    return ClassCoverage(found, int(there.sum()), divergence.item())


def energy_distance(a: Tensor, b: Tensor) -> float:
    """2·E|x - y| - E|x - x'| - E|y - y'|, in the units of the samples (Székely and Rizzo 2013, equation 5).

    0 where the laws are the same, 2Δ for two points Δ apart. From samples (N, F) and (M, F), N and M ≥ 2, without
    bias: the floor of two equal laws is 0 on average, and single estimates may fall below it.
    """
    a, b = check_samples(a=a, b=b, finite=False)
    within = [torch.cdist(x, x).sum() / (len(x) * (len(x) - 1)) for x in (a, b)]  # a point is no pair with itself
    return (2 * torch.cdist(a, b).mean() - within[0] - within[1]).item()


PAIRS = 1_000_000  # of samples are looked at together: 8 MB in double precision


def kernel_distance(a: Tensor, b: Tensor) -> float:
    """The squared maximum mean discrepancy under the kernel (x·y/F + 1)³, in units of the kernel.

    Of Inception's features it is the Kernel Inception Distance (Bińkowski et al. 2018, section 4); the estimator is
    that of Gretton et al. 2012, equation 3. From samples (N, F) and (M, F), N and M ≥ 2, without bias whatever their
    number: the floor of two equal laws is 0 on average, and single estimates may fall below it. A kernel of degree
    three sees the first three moments and no more: laws that share them are 0 apart. Raises `ValueError` for other
    shapes, NaN or infinity. A few seconds on one core for 10,000 and 10,000 samples of 64 features.
    """
    a, b = check_samples(a=a, b=b)
    alone = [_kernel(x.square().sum(1) / x.shape[1]).sum() for x in (a, b)]  # a point is no pair with itself
    within = [(_kernel_sum(x, x) - y) / (len(x) * (len(x) - 1)) for x, y in zip((a, b), alone, strict=True)]
    return (within[0] + within[1] - 2 * _kernel_sum(a, b) / (len(a) * len(b))).item()


def _kernel(products: Tensor) -> Tensor:
    root = products + 1
    return (root * root).mul_(root)  # faster than root**3


def _kernel_sum(a: Tensor, b: Tensor) -> Tensor:
    return sum(_kernel((rows / a.shape[1]) @ b.T).sum() for rows in a.split(max(1, PAIRS // len(b))))


class GaussianFit(NamedTuple):
    """The mean (F,) and covariance (F, F) of some samples, in double precision."""

    mean: Tensor
    covariance: Tensor


def gaussian_fit(samples: Tensor) -> GaussianFit:
    """Fit a Gaussian to samples (N, F), N ≥ 2; the covariance is the unbiased one (divided by N - 1)."""
    (samples,) = check_samples(samples=samples, finite=False)
    return GaussianFit(samples.mean(0), samples.T.cov().reshape(samples.shape[1], -1))


def frechet_distance(a: GaussianFit, b: GaussianFit) -> float:
    """The squared Wasserstein-2 distance between two Gaussians, in squared units of the features.

    |μₐ - μᵦ|² + tr(Σₐ + Σᵦ - 2(ΣₐΣᵦ)^½) (Dowson and Landau 1982; Heusel et al. 2017, equation 6).

    Biased: fits of N and M samples of one law are not 0 apart. Of a round unit Gaussian in F ≪ N, M dimensions they are
    (F + F(F + 1)/4)·(1/N + 1/M) apart on average, the first part from the means, the second from the covariances. For
    64 features and 10,000 samples of each that is 0.22. Compare no distances from unlike numbers of samples.
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
