"""Answers to the exercises of lesson 05, right ones in many styles and wrong ones with the words that each must get."""

import functools
import itertools
import math

import numpy as np
import scipy.linalg
import scipy.optimize
import scipy.stats
import torch
from scipy.optimize import linear_sum_assignment
from torch.nn.functional import normalize

from gan_lessons import metrics, transport

NAMES = {"transport": transport}

# W1 on a line


def by_curves(a, b):
    places = torch.cat([a, b]).sort().values
    F, G = ((sample <= places[:, None]).float().mean(1) for sample in (a, b))
    return ((F - G).abs()[:-1] * places.diff()).sum()


def by_pops(a, b):
    n, work, a, b = len(a), 0.0, a.tolist(), b.tolist()
    for _ in range(n):
        work += abs(a.pop(a.index(max(a))) - b.pop(b.index(max(b))))
    return work / n


def by_assignment(a, b):
    cost = (a[:, None] - b).abs()
    return cost[linear_sum_assignment(cost)].mean()


def by_trying(a, b):
    return min(sum(abs(x - y) for x, y in zip(a, order, strict=True)) / len(a) for order in itertools.permutations(b))


LINE = [
    lambda a, b: (a.sort().values - b.sort().values).abs().mean(),
    lambda a, b: (torch.sort(b)[0] - torch.sort(a)[0]).abs().mean().item(),
    lambda a, b: float(np.abs(np.sort(a) - np.sort(b)).mean()),
    lambda a, b: sum(abs(x - y) for x, y in zip(sorted(a), sorted(b), strict=True)) / len(a),
    lambda a, b: scipy.stats.wasserstein_distance(a, b),
    lambda a, b: transport.wasserstein(a[:, None], b[:, None]),
    lambda a, b: torch.linalg.norm(a.msort() - b.msort(), ord=1) / len(a),
    lambda a, b: (a.sort(descending=True).values - b.sort(descending=True).values).abs().mean()[None],
    by_curves,
    by_pops,
    by_assignment,
    by_trying,
]


def in_place(a, b):
    a -= b
    return a.abs().mean()


def sorted_in_place(a, b):
    a.sort()
    b.sort()
    return (a - b).abs().mean()


def numpy_in_place(a, b):
    a, b = a.numpy(), b.numpy()
    a.sort()
    b.sort()
    return np.abs(a - b).mean()


def nearest_free(a, b):
    left, work = b.tolist(), 0
    for x in a.tolist():
        y = min(left, key=lambda y: abs(x - y))
        left.remove(y)
        work += abs(x - y)
    return work / len(a)


def list_sort(a, b):
    a, b = a.tolist(), b.tolist()
    return sum(abs(x - y) for x, y in zip(a.sort(), b.sort(), strict=True)) / len(a)


def gaps(a, b):
    places = torch.cat([a, b]).sort().values
    F, G = ((sample <= places[:, None]).float().mean(1) for sample in (a, b))
    return (F - G).abs()


def ordered(a, b):
    return a.sort().values - b.sort().values


WRONG_LINE = [
    (lambda a, b: (a - b).abs().mean(), "in the order in which they come"),
    (lambda a, b: (a.sort().values - b).abs().mean(), "leave b as it comes"),
    (lambda a, b: (a - b.sort().values).abs().mean(), "leave a as it comes"),
    (lambda a, b: (a.sort().values - b.sort(descending=True).values).abs().mean(), "the dearest plan"),
    (lambda a, b: ordered(a, b).square().mean(), "that is W2²"),
    (lambda a, b: ordered(a, b).square().mean().sqrt(), "That is W2, the root"),
    (lambda a, b: transport.wasserstein(a[:, None], b[:, None], 2), "That is W2, the root"),
    (lambda a, b: ordered(a, b).abs().sum(), "take the mean"),
    (lambda a, b: ordered(a, b).norm(), "with squares in it"),
    (lambda a, b: ordered(a, b).abs().max(), "the longest way"),
    (lambda a, b: ordered(a, b).abs().median(), "the median way"),
    (lambda a, b: ordered(a, b).mean(), "so they cancel others"),
    (lambda a, b: (b.sort().values - a.sort().values).mean(), "so they cancel others"),
    (lambda a, b: (a.mean() - b.mean()).abs(), "how far the means are apart"),
    (lambda a, b: (a[:, None] - b).abs().mean(), "the mean over all pairs"),
    (lambda a, b: torch.cdist(a[:, None], b[:, None]).sum(), "the sum over all pairs"),
    (lambda a, b: (a[:, None] - b).abs().min(1).values.mean(), "Each point of a takes its nearest"),
    (lambda a, b: (a[:, None] - b).abs().min(0).values.mean(), "Each point of b takes its nearest"),
    (nearest_free, "a's points in turn, each with the nearest free place"),
    (lambda a, b: nearest_free(b, a), "b's points in turn, each with the nearest free place"),
    (lambda a, b: (a.sort().indices - b.sort().indices).abs().float().mean(), ".values, not .indices"),
    (lambda a, b: gaps(a, b).max(), "the largest gap between the cumulative curves"),
    (lambda a, b: gaps(a, b).sum(), "not times how long each lasts"),
    (lambda a, b: scipy.stats.ks_2samp(a, b).statistic, "the largest gap between the cumulative curves"),
    (lambda a, b: ordered(a, b).abs().mean() / 2, "You halve it"),
    (lambda a, b: ordered(a, b).abs().mean() ** 0.5, "a root too many"),
    (lambda a, b: ordered(a, b).abs().mean() ** 2, "You square at the end"),
    (lambda a, b: -ordered(a, b).abs().mean(), "The sign is turned"),
    (lambda a, b: ordered(a, b).abs().mean() / len(a), "divide by N twice"),
    (lambda a, b: ordered(a, b).abs().sum() / (len(a) - 1), "divide by N - 1"),
    (lambda a, b: ordered(a, b).abs().sum() / len(torch.cat([a, b])), "You halve it"),
    (lambda a, b: 3 * ordered(a, b).abs().mean(), "You give 3 times"),
    (lambda a, b: round(ordered(a, b).abs().mean().item(), 2), "You round, or cut"),
    (lambda a, b: int(ordered(a, b).abs().mean()), "You round, or cut"),
    (lambda a, b: ordered(a, b).abs(), "you give 4. If they are the ways, take their mean"),
    (sorted_in_place, "use what sort returns"),
    (numpy_in_place, "it shares their memory"),
    (lambda a, b: (a.sort_().values - b).abs().mean(), "Tensors have no sort_"),
    (lambda a, b: (a.argsort() - b.argsort()).abs().mean(), ".values, not .indices"),
    (lambda a, b: a.sort(dim=1).values.mean(), "There is no such dim"),
    (lambda a, b: sum(ordered(a, b).abs()[:-1]) / len(a), "The last pair is left out of the sum"),
    (lambda a, b: sum(ordered(a, b).abs()[1:]) / len(a), "The first pair is left out of the sum"),
    (lambda a, b: ordered(a, b)[:-1].abs().mean(), "The last pair is left out of the mean"),
    (lambda a, b: ordered(a, b)[1:].abs().mean(), "The first pair is left out of the mean"),
    (lambda a, b: ordered(a, b).norm() / len(a), "norm() over N has squares in it"),
    (lambda a, b: (a.sort().values.abs() - b.sort().values.abs()).abs().mean(), "the size of each number before"),
    (lambda a, b: (a.abs().sort().values - b.abs().sort().values).abs().mean(), "You sort by size"),
    (lambda a, b: (a.sort().values.cumsum(0) - b.sort().values.cumsum(0)).abs().sum(), "add up the values along"),
    (lambda a, b: (a - b).abs().sum(), "Sort both, and use what sort returns: a itself stays. And 1/N is missing"),
    (lambda a, b: scipy.optimize.linear_sum_assignment(a - b), "The cost is a table"),
    (lambda a, b: a.sort() - b.sort(), "values and places together"),
    (lambda a, b: sorted(a) - sorted(b), "Lists have no minus"),
    (lambda a, b: transport.wasserstein(a, b), "a[:, None]"),
    (list_sort, "list.sort() gives nothing back"),
    (in_place, "You change the tensors"),
    (lambda a, b: 1.0, "whatever is given"),
    (lambda a, b: ordered(a, b).abs().mean() + b.max(), "[4.7, 2.9, 3.3, 4.8, 6.8], and their mean is 4.5"),
    (ordered(torch.zeros(2), torch.ones(2)), "without calling it"),
]

# The gradient of W1


def by_autograd(real, fake):
    fake = fake.clone().requires_grad_()
    partner = transport.plan(real, fake).partner
    (real - fake[partner]).norm(dim=1).mean().backward()
    return fake.grad


def by_func(real, fake):
    _, columns = linear_sum_assignment(torch.cdist(real, fake).numpy())
    return torch.func.grad(lambda fake: (real - fake[columns]).norm(dim=1).mean())(fake)


def by_scatter(real, fake):
    partner, result = transport.plan(real, fake).partner, torch.zeros_like(fake)
    result[partner] = normalize(fake[partner] - real, dim=1) / len(fake)
    return result


def by_nudging(real, fake):
    table = np.zeros(fake.shape)
    for j, k in itertools.product(range(len(fake)), range(2)):
        nudge = torch.zeros(fake.shape, dtype=torch.float64)
        nudge[j, k] = 1e-5
        up, down = (transport.wasserstein(real, fake.double() + sign * nudge) for sign in (1, -1))
        table[j, k] = (up - down) / 2e-5
    return table


def by_lists(real, fake):
    rows, real, fake = {}, real.tolist(), fake.tolist()
    best = min(
        itertools.permutations(range(len(real))),
        key=lambda order: sum(math.dist(real[i], fake[j]) for i, j in enumerate(order)),
    )
    for i, j in enumerate(best):
        length = math.dist(real[i], fake[j]) * len(real)
        rows[j] = [(y - x) / length for x, y in zip(real[i], fake[j], strict=True)]
    return [rows[j] for j in range(len(fake))]


def by_other_side(real, fake):
    way = fake - real[transport.plan(fake, real).partner]
    return way / way.norm(dim=1, keepdim=True) / len(fake)


def by_complex(real, fake):
    a, b = torch.view_as_complex(real), torch.view_as_complex(fake)
    way = b - a[transport.plan(real, fake).partner.argsort()]
    return torch.view_as_real(way.sgn()) / len(b)


GRADIENT = [
    by_autograd,
    by_func,
    by_scatter,
    by_nudging,
    by_lists,
    by_other_side,
    by_complex,
    lambda real, fake: list(by_autograd(real, fake)),
    lambda real, fake: by_autograd(real.requires_grad_(), fake),
]


def ways(real, fake, power=1.0):
    return fake - real[transport.plan(real, fake, power).partner.argsort()]


def by_numbers(real, fake):
    fake.requires_grad_()
    return torch.autograd.grad(torch.tensor(transport.wasserstein(real, fake)), fake)[0]


def float_backward(real, fake):
    fake.requires_grad_()
    transport.wasserstein(real, fake).backward()
    return fake.grad


def forgot_detach(real, fake):
    fake.requires_grad_()
    cost = torch.cdist(real, fake)
    return torch.autograd.grad(cost[linear_sum_assignment(cost)].mean(), fake)[0]


def moving(real, fake):
    fake -= normalize(ways(real, fake), dim=1) / len(fake)
    return fake


def lengths(real, fake):
    return transport.plan(real, fake).lengths


def in_turn(real, fake):
    left, partner = torch.cdist(real, fake), []
    for row in left:
        partner.append(row.argmin().item())
        left[:, partner[-1]] = math.inf
    return torch.tensor(partner)


def over_norm(real, fake):
    return ways(real, fake) / ways(real, fake).norm(dim=1)


def through_distance(real, fake):
    fake = fake.clone().requires_grad_()
    return torch.autograd.grad(transport.wasserstein(real, fake), fake)[0]


def nudged_single(step, real, fake):
    table = torch.zeros_like(fake)
    for j, k in itertools.product(range(len(fake)), range(2)):
        nudge = torch.zeros_like(fake)
        nudge[j, k] = step
        up, down = (transport.wasserstein(real, fake + sign * nudge) for sign in (1, -1))
        table[j, k] = (up - down) / (2 * step)
    return table


WRONG_GRADIENT = [
    (lambda a, b: normalize(b - a[in_turn(a, b).argsort()], dim=1) / len(b), "Your real points choose in turn"),
    (lambda a, b: normalize(b - a[in_turn(b, a)], dim=1) / len(b), "Your fakes choose in turn"),
    (over_norm, "keepdim=True makes it (N, 1)"),
    (through_distance, "no way leads back to fake"),
    (lambda a, b: normalize(b[transport.plan(a, b)] - a, dim=1), "Of what transport.plan gives, .partner does"),
    (lambda a, b: b - a[transport.plan(a, b).partner().argsort()], "leave () out"),
    (lambda a, b: normalize(b[transport.plan(b, a).partner] - a, dim=1) / len(b), "That index belongs to real"),
    (lambda a, b: normalize(b - a[transport.plan(b, a).partner.argsort()], dim=1) / len(b), "read backwards"),
    (lambda a, b: normalize(a[transport.plan(a, b).partner] - b, dim=1) / len(b), "has it at once. And the sign is"),
    (lambda a, b: normalize(b[transport.plan(a, b).partner] - a, dim=1), "Row j belongs to fake point j. And 1/N is"),
    (lambda a, b: normalize(a - b[transport.plan(a, b).partner], dim=1), "by the fake ones. And 1/N is missing"),
    (lambda a, b: normalize(ways(a, b), dim=1, p=1) / len(b), "You divide by |x| + |y|"),
    (lambda a, b: normalize(ways(a, b), dim=1) / b.shape[1], "You divide by 2, the coordinates"),
    (lambda a, b: normalize(ways(a, b), dim=1) / 40, "You divide by 40"),
    (lambda a, b: normalize(ways(a, b), dim=1) / 3, "has the length 0.333. Each should have 1/N = 0.2"),
    (lambda a, b: ways(a, b) / (ways(a, b).norm(dim=1, keepdim=True) + 0.1) / len(b), "Your rows point the right way"),
    (lambda a, b: normalize(b + a[transport.plan(a, b).partner.argsort()], dim=1) / len(b), "You add fake and partner"),
    (functools.partial(nudged_single, 1e-5), "float32 is too coarse"),
    (functools.partial(nudged_single, 1e-6), "float32 is too coarse"),
    (lambda a, b: -by_autograd(a, b), "The sign is turned: that is the way G should go"),
    (lambda a, b: -len(b) * by_autograd(a, b), "The sign is turned, and 1/N is missing"),
    (lambda a, b: normalize(ways(a, b), dim=1), "1/N is missing. W1 is a mean"),
    (lambda a, b: ways(a, b) / len(b), "The length is still in it: a way's slope"),
    (ways, "Those are the ways themselves"),
    (lambda a, b: -ways(a, b), "Those are the ways to the partners"),
    (lambda a, b: -ways(a, b) / len(b), "The length is still in it, and the sign is turned"),
    (lambda a, b: 2 * ways(a, b) / len(b), "the mean squared way"),
    (lambda a, b: 2 * ways(a, b, 2) / len(b), "the gradient of W2²"),
    (lambda a, b: normalize(ways(a, b, 2), dim=1) / len(b), "that of the squared ways"),
    (lambda a, b: normalize(b[transport.plan(a, b).partner] - a, dim=1) / len(b), "in the order of the real points"),
    (lambda a, b: by_autograd(b, a), "by the real points"),
    (lambda a, b: normalize(b - a[transport.plan(a, b).partner], dim=1) / len(b), "read backwards"),
    (lambda a, b: normalize(b - a, dim=1) / len(b), "pair row with row"),
    (lambda a, b: normalize(b - a[torch.cdist(b, a).argmin(1)], dim=1) / len(b), "to its nearest real point"),
    (lambda a, b: normalize(b[:, None] - a, dim=2).mean(1) / len(b), "the mean over all pairs"),
    (lambda a, b: normalize(b - a.mean(0), dim=1) / len(b), "from the middle of the real ones"),
    (lambda a, b: ways(a, b) / ways(a, b).norm(), "the norm of the whole table. Each"),
    (lambda a, b: ways(a, b) / ways(a, b).norm() / len(b), "the norm of the whole table, and by N"),
    (lambda a, b: normalize(ways(a, b), dim=0) / len(b), "Your norm goes down the columns"),
    (lambda a, b: ways(a, b) / ways(a, b).square().sum(1, keepdim=True) / len(b), "the squared length"),
    (lambda a, b: by_autograd(a, b) / len(b), "You divide by N twice"),
    (lambda a, b: normalize(ways(a, b), dim=1) / b.numel(), "the count of all coordinates"),
    (lambda a, b: ways(a, b).sign() / len(b), "only the signs of the ways. The slope"),
    (lambda a, b: ways(a, b).sign(), "only the signs of the ways: divide"),
    (lambda a, b: b - by_autograd(a, b), "the fakes after a step"),
    (lambda a, b: b - ways(a, b), "the partners' places"),
    (lambda a, b: 2 * by_autograd(a, b), "does backward() run twice"),
    (lambda a, b: 5 * by_autograd(a, b), "You give 5 times"),
    (lambda a, b: (by_autograd(a, b),), "autograd.grad gives tuples"),
    (by_numbers, "There is nothing to differentiate"),
    (float_backward, "no way leads back to fake"),
    (forgot_detach, "ways.detach()"),
    (moving, "You change the tensors"),
    (lengths, "one row for each fake; yours is (4,)"),
    (transport.wasserstein, "the shape of what one differentiates by"),
    (lambda a, b: "up", "Give a table (N, 2)"),
    (lambda a, b: by_autograd(a, b) / 0, "something divided by 0"),
    (lambda a, b: torch.zeros_like(b), "whatever is given"),
    (lambda a, b: by_autograd(a, b) + b * b, "its real partner at"),
]

# The Fréchet distance


def by_metrics(mean_a, variance_a, mean_b, variance_b):
    a, b = (metrics.GaussianFit(m, torch.diag(v)) for m, v in ((mean_a, variance_a), (mean_b, variance_b)))
    return metrics.frechet_distance(a, b)


def by_matrix_root(mean_a, variance_a, mean_b, variance_b):
    A, B = np.diag(variance_a), np.diag(variance_b)
    return ((mean_a - mean_b) ** 2).sum() + np.trace(A + B - 2 * scipy.linalg.sqrtm(A @ B).real)


def by_loop(mean_a, variance_a, mean_b, variance_b):
    total = 0
    for m, v, n, w in zip(mean_a, variance_a, mean_b, variance_b, strict=True):
        total += (m - n) ** 2 + (v**0.5 - w**0.5) ** 2
    return total


def by_points(mean_a, variance_a, mean_b, variance_b):
    return math.dist([*mean_a, *variance_a.sqrt()], [*mean_b, *variance_b.sqrt()]) ** 2


def by_quantiles(mean_a, variance_a, mean_b, variance_b):
    levels = (np.arange(200_000) + 0.5) / 200_000
    z = scipy.stats.norm.ppf(levels)  # in one dimension W2 compares equal quantiles
    four = zip(mean_a.tolist(), variance_a.tolist(), mean_b.tolist(), variance_b.tolist(), strict=True)
    return sum(((m + v**0.5 * z - n - w**0.5 * z) ** 2).mean() for m, v, n, w in four)


FRECHET = [
    by_metrics,
    by_matrix_root,
    by_loop,
    by_points,
    by_quantiles,
    lambda m, v, n, w: (m - n).square().sum() + (v.sqrt() - w.sqrt()).square().sum(),
    lambda m, v, n, w: ((m - n) ** 2 + v + w - 2 * (v * w).sqrt()).sum(),
    lambda m, v, n, w: ((m - n).numpy() ** 2).sum() + np.square(np.sqrt(v.numpy()) - np.sqrt(w.numpy())).sum(),
    lambda m, v, n, w: (m - n).dot(m - n) + torch.trace(torch.diag(v + w) - 2 * torch.diag(v * w).sqrt()),
    lambda m, v, n, w: torch.complex(m - n, v.sqrt() - w.sqrt()).abs().square().sum(),
    lambda m, v, n, w: torch.nn.functional.mse_loss(
        torch.cat([m, v.sqrt()]), torch.cat([n, w.sqrt()]), reduction="sum"
    ),
    functools.partial(lambda power, m, v, n, w: ((m - n) ** power + (v**0.5 - w**0.5) ** power).sum(), 2),
]


def root_at_the_end(m, v, n, w):
    return by_loop(m, v, n, w) ** 0.5


WRONG_FRECHET = [
    (
        lambda m, v, n, w: (m - n).square().sum() + (v - w).square().sum(),
        "You subtract the variances. Take their roots",
    ),
    (root_at_the_end, "You take the root at the end"),
    (lambda m, v, n, w: by_metrics(m, v, n, w) ** 2, "You square at the end"),
    (lambda m, v, n, w: (v.sqrt() - w.sqrt()).square().sum(), "The means are missing"),
    (lambda m, v, n, w: (m - n).square().sum(), "The variances are missing"),
    (lambda m, v, n, w: (m - n).abs().sum() + (v.sqrt() - w.sqrt()).square().sum(), "of the means are not squared."),
    (lambda m, v, n, w: (m - n).sum() + (v.sqrt() - w.sqrt()).square().sum(), "and may even be negative"),
    (lambda m, v, n, w: (m - n).norm() + (v.sqrt() - w.sqrt()).square().sum(), "For the means you take a length"),
    (lambda m, v, n, w: (m - n).square().sum() + (v.sqrt() - w.sqrt()).abs().sum(), "The differences of the σ are not"),
    (lambda m, v, n, w: (m - n).square().sum() + (v.sqrt() - w.sqrt()).norm(), "For the σ you take a length"),
    (lambda m, v, n, w: ((m - n) ** 2 + (v.sqrt() - w.sqrt()) ** 2).mean(), "the mean over the coordinates"),
    (lambda m, v, n, w: ((m - n) ** 2 + v + w - (v * w).sqrt()).sum(), "the 2 is missing"),
    (lambda m, v, n, w: ((m - n) ** 2 + v + w - 2 * v * w).sum(), "In the last term the root is missing"),
    (lambda m, v, n, w: ((m - n) ** 2 + v + w).sum(), "The last term is missing"),
    (lambda m, v, n, w: ((m - n) ** 2 + (v.sqrt() + w.sqrt()) ** 2).sum(), "the wrong sign"),
    (lambda m, v, n, w: ((m - n) ** 2 + (v - w).abs()).sum(), "keep the size"),
    (lambda m, v, n, w: ((m - n) ** 2 + v - w).sum(), "do not square"),
    (lambda m, v, n, w: (m - n).sum() ** 2 + (v.sqrt() - w.sqrt()).sum() ** 2, "You add coordinates before"),
    (lambda m, v, n, w: (m - n).sum() ** 2 + ((v.sqrt() - w.sqrt()) ** 2).sum(), "the means' coordinates before"),
    (lambda m, v, n, w: ((m - n) ** 2).sum() + (v.sum().sqrt() - w.sum().sqrt()) ** 2, "the total variances"),
    (lambda m, v, n, w: ((m - n) ** 2 + v + w).sum() - 2 * (v * w).sum().sqrt(), "the root goes over the sum"),
    (lambda m, v, n, w: ((m - n) ** 2 + v + w).sum() - 2 * (v.sum() * w.sum()).sqrt(), "the total variances"),
    (lambda m, v, n, w: (m - n).norm() + (v.sqrt() - w.sqrt()).norm(), "You add two lengths"),
    (lambda m, v, n, w: torch.cat([m - n, v - w]).norm(), "sums of squares of variances"),
    (lambda m, v, n, w: ((m - n) ** 2 - (v.sqrt() - w.sqrt()) ** 2).sum(), "the σ's part is turned"),
    (lambda m, v, n, w: ((m + n) ** 2 + (v.sqrt() - w.sqrt()) ** 2).sum(), "You add the means"),
    (
        lambda m, v, n, w: torch.distributions.kl_divergence(
            torch.distributions.Normal(m, v.sqrt()), torch.distributions.Normal(n, w.sqrt())
        ).sum(),
        "Kullback-Leibler",
    ),
    (lambda m, v, n, w: ((m - n) ** 2 / (v + w)).sum(), "Nothing is divided here"),
    (lambda m, v, n, w: ((m - n) ** 2 + (v**2 - w**2) ** 2).sum(), "square them again"),
    (lambda m, v, n, w: 2 * by_loop(m, v, n, w), "You give 2 times"),
    (lambda m, v, n, w: (m - n) ** 2 + (v.sqrt() - w.sqrt()) ** 2, "you give 3. The coordinates add up"),
    (lambda m, v, n, w: ((m - n) ** 2).sum() + (math.sqrt(v) - math.sqrt(w)) ** 2, "math's functions take one number"),
    (
        lambda m, v, n, w: metrics.frechet_distance(metrics.GaussianFit(m, v), metrics.GaussianFit(n, w)),
        "torch.diag(variance_a)",
    ),
    (lambda m, v, n, w: m.sub_(n).square().sum() + (v.sqrt() - w.sqrt()).square().sum(), "You change the tensors"),
    (lambda m, v, n, w: 0.0, "whatever is given"),
    (lambda m, v, n, w: by_loop(m, v, n, w) + 1, "together "),
    (lambda m, v, n, w: by_loop(m, v, n, w) + len(m), "For the means [0.5, -1.0, 2.0] and [1.2, 0.4, -0.3]"),
    (lambda m, v, n, w: -by_loop(m, v, n, w), "Only the sign is turned"),
    (lambda m, v, n, w: by_loop(m, v, n, w) / 2, "You give 0.5 times"),
    (lambda m, v, n, w: torch.trace(v + w - 2 * (v * w).sqrt()), "torch.diag(variance_a) makes the matrix"),
    (lambda m, v, n, w: np.trace(v + w - 2 * (v * w).sqrt()), "torch.diag(variance_a) makes the matrix"),
    (lambda m, v, n, w: scipy.linalg.sqrtm((v * w).numpy()).sum(), "torch.diag(variance_a) makes the matrix"),
    (lambda m, v, n, w: torch.linalg.eigvals(v * w).sqrt().sum(), "torch.diag(variance_a) makes the matrix"),
    (lambda m, v, n, w: torch.linalg.eigvals(torch.diag(v * w)).sqrt().sum(), "Take its .real"),
    (lambda m, v, n, w: (m - n).norm(dim=1) ** 2, "There is no such dim"),
    (lambda m, v, n, w: ((m - n) ** 2).sum() + ((v - w).sqrt() ** 2).sum(), "root each variance, then subtract"),
    (lambda m, v, n, w: ((m - n) ** 2).sum() + (v - w).log().sum(), "The root or the log of a number below 0"),
    (lambda m, n, v, w: ((m - n) ** 2 + (v.sqrt() - w.sqrt()) ** 2).sum(), "mean_a, variance_a, mean_b, variance_b"),
    (lambda m, v, n, w: ((m - n) ** 2).mean() + ((v.sqrt() - w.sqrt()) ** 2).sum(), "For the means you take the mean"),
    (lambda m, v, n, w: ((m - n) ** 2).sum() + ((v.sqrt() - w.sqrt()) ** 2).mean(), "For the σ you take the mean"),
    (lambda m, v, n, w: by_loop(m[:1], v[:1], n[:1], w[:1]), "coordinate 0 alone"),
    (lambda m, v, n, w: by_loop(m[:-1], v[:-1], n[:-1], w[:-1]), "The last coordinate is missing"),
    (lambda m, v, n, w: (m - n).abs().sum() + (v.sqrt() - w.sqrt()).abs().sum(), "abs() where squares are asked"),
    (lambda m, v, n, w: ((m - n) ** 2 + (v.sqrt() - w) ** 2).sum(), "Only variance_a has its root"),
    (lambda m, v, n, w: ((m - n) ** 2 + (v - w.sqrt()) ** 2).sum(), "Only variance_b has its root"),
    (lambda m, v, n, w: ((m - n) ** 2 + v + w - (2 * v * w).sqrt()).sum(), "The 2 is under the root"),
    (lambda m, v, n, w: ((m - n) ** 2 + v + w - 2 * v.sqrt() * w).sum(), "only one variance has its root"),
    (lambda m, v, n, w: ((m - n) ** 2 + v + w - 2 * v * w.sqrt()).sum(), "only one variance has its root"),
    (lambda m, v, n, w: ((m - n) ** 2 + (v.sqrt() + w.sqrt()) ** 2).sum(), "which is (σa - σb)²"),
    (lambda m, v, n, w: ((m - n) ** 2 + (v - w) ** 2).mean(), "And you take the mean over the coordinates"),
    (3.0, "without calling it"),
]


def empty_grad(real, fake):
    x = fake.clone().requires_grad_()
    (real - x[transport.plan(real, fake).partner]).norm(dim=1).mean().backward()
    return fake.grad


RIGHT = {"w1_line": LINE, "w1_gradient": GRADIENT, "frechet_diagonal": FRECHET}
WRONG = {"w1_line": WRONG_LINE, "w1_gradient": WRONG_GRADIENT, "frechet_diagonal": WRONG_FRECHET}
OPEN = {"w1_gradient": [(empty_grad, ".grad belongs to the tensor by which you differentiate")]}
