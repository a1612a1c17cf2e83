"""Who lies next to whom? Precision and recall, copies of the training data, and twins among the samples.

Distances are Euclidean, in the units of the samples: features of a judge as a rule, for pixels are poor judges of what
looks alike. Every function goes through the pairs in blocks: 10,000 against 10,000 take seconds and little memory.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from gan_lessons.metrics import PAIRS, check_samples


class Nearest(NamedTuple):
    """What `nearest` finds."""

    distances: Tensor  #: (N,), double precision, in the units of the samples
    indices: Tensor  #: (N,), rows of `others`


class Pairs(NamedTuple):
    """What `closest_pairs` finds, the closest first."""

    distances: Tensor  #: (n,), double precision, in the units of the samples
    pairs: Tensor  #: (n, 2), rows of `samples`, the lower one first


class PRDC(NamedTuple):
    """What `prdc` finds. Two samples of one law do not reach 1 in precision or recall: measure real against real."""

    precision: float  #: share of fakes within reach of some real sample, in [0, 1]
    recall: float  #: share of real samples within reach of some fake, in [0, 1]
    density: float  #: real samples that a fake is within reach of, over k, mean over fakes; ≥ 0; perfect is 1
    coverage: float  #: share of real samples with a fake within their reach, in [0, 1]; perfect is `perfect_coverage`


class Memorisation(NamedTuple):
    """What `memorisation` finds; (share - ½) / error is how many standard errors the sampler is from honest."""

    share: float  #: of fakes that lie closer to the training data than to held-out data, in [0, 1]; honest is ½
    error: float  #: standard error that `share` has where the sampler is honest


class Birthday(NamedTuple):
    """What `birthday` finds."""

    twins: int  #: pairs of samples that are the same
    pairs: int  #: all pairs, N(N - 1)/2
    support: float  #: pairs / twins, infinite without twins: how many different things there are


def _exact(a: Tensor, b: Tensor) -> Tensor:
    # Differences, not |a|² + |b|² - 2ab: that one loses half of the digits where points lie close together.
    return torch.cdist(a, b, compute_mode="donot_use_mm_for_euclid_dist")


def _blocks(a: Tensor, b: Tensor) -> Iterator[tuple[int, Tensor, Tensor]]:
    """Rows of `a`, block by block: the first one's number, the rows, and their squared distances to all of `b`.

    By |a|² + |b|² - 2ab, four times faster than differences: good to choose by, off by `_rounding`.
    """
    size, centre = max(1, PAIRS // len(b)), b.mean(0)
    b = b - centre  # the smaller the numbers, the smaller the rounding
    norms = b.square().sum(1)
    squares = b.new_empty(min(size, len(a)), len(b))  # one for all blocks: fresh ones would scatter over the memory
    for first in range(0, len(a), size):
        rows = a[first : first + size]
        moved = rows - centre
        found = torch.addmm(norms, moved, b.T, alpha=-2, out=squares[: len(rows)])
        yield first, rows, found.add_(moved.square().sum(1, keepdim=True))


def _rounding(a: Tensor, b: Tensor) -> float:
    """The most that a squared distance of `_blocks` may be off by."""
    return 1e-15 * (8 + a.shape[1]) * max((x - b.mean(0)).square().sum(1).max().item() for x in (a, b))


def _nearest(a: Tensor, b: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The k nearest of `b` to every row of `a`: distances (N, k), the nearest first, and rows of `b` (N, k).

    Where `b` is `a` itself, a row is not its own neighbour.
    """
    distances, indices = a.new_empty(len(a), k), torch.empty(len(a), k, dtype=torch.long, device=a.device)
    for first, rows, squares in _blocks(a, b):
        if a is b:
            squares.diagonal(first).fill_(torch.inf)
        which = squares.topk(k, largest=False).indices  # (n, k)
        exact, order = _exact(rows[:, None], b[which])[:, 0].sort(stable=True)
        distances[first : first + len(rows)] = exact
        indices[first : first + len(rows)] = which.gather(1, order)
    return distances, indices


def _within(a: Tensor, b: Tensor, radius: Tensor) -> Iterator[Tensor]:
    """Which rows of `a` lie at most `radius`, () or (M,), from which of `b` (M, F): blocks of rows (n, M).

    Where `b` is `a` itself, a row is not within its own reach.
    """
    slack = _rounding(a, b)
    for first, rows, squares in _blocks(a, b):
        if a is b:
            squares.diagonal(first).fill_(torch.inf)
        inside = squares <= radius**2
        doubt = squares.sub_(radius**2).abs_() <= slack
        if doubt.any():  # rounding would decide, of equal points above all
            i, j = (doubt.any(axis).nonzero()[:, 0] for axis in (1, 0))
            exact = _exact(rows[i], b[j]) <= radius.expand(len(b))[j]
            inside[i[:, None], j] = exact & squares[i[:, None], j].isfinite()
        yield inside


def nearest(samples: Tensor, others: Tensor) -> Nearest:
    """For every sample (N, F) the nearest of the others (M, F); of equally near ones, any.

    A sample that is among the others too is its own nearest, at 0. Raises `ValueError` for other shapes or NaN.
    """
    samples, others = check_samples(1, samples=samples, others=others)
    distances, indices = _nearest(samples, others, 1)
    return Nearest(distances[:, 0], indices[:, 0])


def prdc(real: Tensor, fake: Tensor, k: int = 5) -> PRDC:
    """Improved precision and recall, density and coverage of fakes (M, F) against real samples (N, F).

    A sample reaches as far as the k-th nearest of its own set, itself not counted. Precision and recall:
    Kynkäänniemi et al. 2019, section 2, equations 1 and 2; density and coverage: Naeem et al. 2020, section 3. Reaching
    exactly so far counts, as in the former's equation 1; the latter's code counts only less, the same but for ties. Two
    samples of one law get a density of 1 and `perfect_coverage` on average; precision and recall have no such number:
    measure their floor with real against real. Raises `ValueError` for other shapes, NaN, or k not in [1, N).
    """
    real, fake = check_samples(2, real=real, fake=fake)
    if not 1 <= k < min(len(real), len(fake)):
        raise ValueError(f"k={k}: give 1 to {min(len(real), len(fake)) - 1}, fewer than there are samples of a kind")
    reach_real, reach_fake = (_nearest(x, x, k)[0][:, -1] for x in (real, fake))
    reached = torch.zeros(len(real), dtype=torch.bool, device=real.device)
    precise = total = 0
    for inside in _within(fake, real, reach_real):  # (n, N)
        precise, total, reached = precise + int(inside.any(1).sum()), total + int(inside.sum()), reached | inside.any(0)
    recalled = sum(int(inside.any(1).sum()) for inside in _within(real, fake, reach_fake))
    return PRDC(precise / len(fake), recalled / len(real), total / (k * len(fake)), int(reached.sum()) / len(real))


def perfect_coverage(real: int, fake: int, k: int = 5) -> float:
    """The coverage to expect where N real samples and M fakes are of one law without repeats.

    1 - (N - 1)…(N - k) / (M + N - 1)…(M + N - k): among a real sample's neighbours of both kinds the k nearest are not
    all real (Naeem et al. 2020, section 3). About 1 - 2⁻ᵏ for N = M: 96.9 % for k = 5. No law gives another number.
    """
    before = np.arange(1, k + 1)
    return 1 - float(np.prod((real - before) / (fake + real - before)))


def memorisation(fake: Tensor, train: Tensor, held_out: Tensor) -> Memorisation:
    """The share of fakes (M, F) that lie closer to the training samples (N, F) than to held-out ones (N, F).

    The nearest of each kind counts, and ties count half. Where train and held-out samples are drawn from one law, they
    could be exchanged for all that an honest sampler knows: ½ on average, however poor its samples. A copier of the
    training data is near 1, also where it adds noise that is small against the distance between neighbours.

    `error` is exact for such an exchange: the deviation of the share when the 2N samples are split into two halves at
    random. √(¼/M) would be too small: many fakes may share one neighbour. Of a sampler with one single output it is ½.
    A nearest-neighbour two-sample test turned to this question, simpler than that of Meehan, Chaudhuri and Dasgupta
    2020, who compare distances and do so cell by cell; this form and its error are this course's. Raises `ValueError`
    for other shapes, NaN, or sets of unequal size: the larger one would win by its size.
    """
    fake, train, held_out = check_samples(1, fake=fake, train=train, held_out=held_out)
    if len(train) != len(held_out):
        raise ValueError(f"{len(train):,} training and {len(held_out):,} held-out samples: give as many of both")
    n, weight = len(train), torch.zeros(2 * len(train), dtype=torch.float64, device=fake.device)
    (near, first), (far, second) = nearest(fake, train), nearest(fake, held_out)
    copied = (near < far).double() + (near == far).double() / 2  # (M,)
    weight.index_add_(0, first, copied / len(fake)).index_add_(0, n + second, (1 - copied) / len(fake))
    variance = n / (4 * n - 2) * (weight - 1 / (2 * n)).square().sum()  # of n drawn from 2n without return
    return Memorisation(copied.mean().item(), variance.sqrt().item())


def birthday(samples: Tensor, radius: float = 0.0) -> Birthday:
    """How many different things are there, judging by how often two of the samples (N, F), N ≥ 2, are the same?

    The same are two at most `radius` apart, in the units of the samples. For draws from K equally likely things
    twins / pairs is 1/K on average, so `support` is about K, with a relative error of about 1/√twins. For unequal
    shares p it is about 1/Σp², fewer than there are: the rare ones go unseen, and the error is larger. Without twins it
    says only that the support is large. After the birthday paradox test of Arora and Zhang 2017, who look for one twin
    in a batch by eye (`twin_chance`, `closest_pairs`). Raises `ValueError` for other shapes, NaN, or a negative radius.
    """
    (samples,) = check_samples(2, samples=samples)
    if not radius >= 0:
        raise ValueError(f"radius={radius}: give 0 or more, in the units of the samples")
    radius = torch.tensor(radius, dtype=torch.float64, device=samples.device)
    twins = sum(int(inside.sum()) for inside in _within(samples, samples, radius)) // 2  # each pair was seen twice
    pairs = len(samples) * (len(samples) - 1) // 2
    return Birthday(twins, pairs, pairs / twins if twins else float("inf"))


def twin_chance(batch: int, support: float) -> float:
    """The chance that a batch from `support` equally likely things holds at least two alike: 1 - Π(1 - i/K), i < batch.

    ½ for a batch of about √(2·ln 2·K) = 1.18·√K (the birthday paradox; Arora and Zhang 2017, who infer K ≈ batch²).
    For unequal shares it is higher. Raises `ValueError` for a support below 1 or a negative batch.
    """
    if batch < 0 or not support >= 1:
        raise ValueError(f"batch={batch}, support={support}: give a batch of 0 or more and a support of 1 or more")
    if batch > support:
        return 1.0
    return -float(np.expm1(np.log1p(-np.arange(batch) / support).sum()))


def closest_pairs(samples: Tensor, n: int) -> Pairs:
    """The n closest pairs among samples (N, F): the ones to look at when searching for twins by eye.

    Raises `ValueError` for other shapes, NaN, or n not in [1, N(N - 1)/2].
    """
    (samples,) = check_samples(2, samples=samples)
    if not 1 <= n <= len(samples) * (len(samples) - 1) // 2:
        raise ValueError(f"n={n}: give 1 to {len(samples) * (len(samples) - 1) // 2}, so many pairs there are")
    best, pairs = samples.new_empty(0), torch.empty(0, 2, dtype=torch.long, device=samples.device)
    for first, _, squares in _blocks(samples, samples):
        later = torch.ones_like(squares, dtype=torch.bool).triu_(first + 1)
        found = squares.masked_fill_(~later, torch.inf).flatten().topk(min(n, squares.numel()), largest=False)
        where = torch.stack([first + found.indices // len(samples), found.indices % len(samples)], 1)
        best, kept = torch.cat([best, found.values]).topk(min(n, len(best) + len(where)), largest=False)
        pairs = torch.cat([pairs, where])[kept]
    distances, order = _exact(samples[pairs[:, 0], None], samples[pairs[:, 1], None])[:, 0, 0].sort(stable=True)
    return Pairs(distances, pairs[order])
