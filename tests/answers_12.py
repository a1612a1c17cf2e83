"""Answers to the exercises of lesson 12, right ones in many styles and wrong ones with the words that each must get."""

import collections
import functools
import itertools
import math

import numpy as np
import torch
from scipy.spatial import KDTree
from scipy.special import rel_entr
from scipy.stats import entropy
from torch.nn.functional import kl_div

from gan_lessons import metrics, neighbours

# The share of copies


def nearer(fake, train, held_out):
    return (torch.cdist(fake, train).min(1).values < torch.cdist(fake, held_out).min(1).values).double()


def by_pool(fake, train, held_out):
    partner = torch.cdist(fake, torch.cat([train, held_out])).argmin(1)
    honest = len(train) / (len(train) + len(held_out))
    return ((partner < len(train)).double().mean() - honest) / (1 - honest)


def by_loops(fake, train, held_out):
    hits = 0
    for x in fake.tolist():
        near = min(math.dist(x, y) for y in train.tolist())
        hits += near < min(math.dist(x, y) for y in held_out.tolist())
    n, h = len(train), len(held_out)
    return (hits / len(fake) * (n + h) - n) / h


def by_trees(fake, train, held_out):
    near, far = (KDTree(x.numpy()).query(fake.numpy())[0] for x in (train, held_out))
    p = len(train) / (len(train) + len(held_out))
    return 1 - (1 - np.mean(near < far)) / (1 - p)


def by_package(fake, train, held_out):
    near, far = (neighbours.nearest(fake, x).distances for x in (train, held_out))
    p = len(train) / (len(train) + len(held_out))
    return ((near < far).double().mean() - p).item() / (1 - p)


def by_squares(fake, train, held_out):
    near, far = (((fake[:, None] - x) ** 2).sum(2).amin(1) for x in (train, held_out))
    return torch.tensor([1 - (near >= far).double().mean() * (len(train) + len(held_out)) / len(held_out)])


def by_sorting(fake, train, held_out):
    rows = torch.cdist(fake, torch.cat([held_out, train])).sort(dim=1).indices[:, 0]
    found, p = (rows >= len(held_out)).sum() / len(fake), len(train) / (len(train) + len(held_out))
    return np.float64((found - p) / (1 - p))


def honest(train, held_out):
    return len(train) / (len(train) + len(held_out))


def corrected(share, train, held_out):
    return (share - honest(train, held_out)) / (1 - honest(train, held_out))


def from_table(reduce, fake, train, held_out):
    near, far = (reduce(torch.cdist(fake, x)) for x in (train, held_out))
    return corrected((near < far).double().mean(), train, held_out)


def in_place(fake, train, held_out):
    fake -= 1
    return by_pool(fake + 1, train, held_out)


def one_branch(fake, train, held_out):
    if len(train) == len(held_out):
        return by_pool(fake, train, held_out)


COPIES = [
    by_pool,
    by_loops,
    by_trees,
    by_package,
    by_squares,
    by_sorting,
    functools.partial(from_table, lambda table: table.min(1).values),
]
WRONG_COPIES = [
    (lambda x, a, b: nearer(x, a, b).mean(), "An honest sampler has one too"),
    (lambda x, a, b: 2 * nearer(x, a, b).mean() - 1, "holds for sets of one size"),
    (lambda x, a, b: 2 * neighbours.memorisation(x, a, b).share - 1, "find the neighbours yourself"),
    (lambda x, a, b: by_pool(x, b, a), "the wrong way round"),
    (lambda x, a, b: (nearer(x, a, b).mean() - honest(b, a)) / (1 - honest(b, a)), "turned round"),
    (lambda x, a, b: nearer(x, a, b).mean() - honest(a, b), "You take the honest share away, and stop"),
    (lambda x, a, b: nearer(x, a, b).mean() / honest(a, b) - 1, "You divide by the honest share"),
    (lambda x, a, b: nearer(x, a, b).mean() / honest(a, b), "how many times the honest share"),
    (functools.partial(from_table, lambda table: table.max(1).values), "You take the farthest point"),
    (functools.partial(from_table, lambda table: table.mean(1)), "You take the mean distance"),
    (functools.partial(from_table, lambda table: table.median(1).values), "You take the median distance"),
    (lambda x, a, b: max(by_pool(x, a, b), 0), "You cut the estimate at 0"),
    (lambda x, a, b: by_pool(x, a, b).clamp(0, 1), "You cut the estimate at 0"),
    (lambda x, a, b: by_pool(x, a, b).abs(), "You take the absolute value"),
    (lambda x, a, b: corrected(nearer(x, a, b).sum(), a, b), "You count the fakes"),
    (lambda x, a, b: 60 * by_pool(x, a, b), "That is a number of fakes"),
    (lambda x, a, b: 100 * by_pool(x, a, b), "per cent"),
    (lambda x, a, b: honest(a, b), "the honest share alone"),
    (lambda x, a, b: (torch.cdist(x, a).min(1).values == 0).double().mean(), "only exact copies"),
    (
        lambda x, a, b: corrected(((x - a.mean(0)).norm(dim=1) < (x - b.mean(0)).norm(dim=1)).double().mean(), a, b),
        "the middles of the sets",
    ),
    (
        lambda x, a, b: corrected((torch.cdist(x, a, 1).amin(1) < torch.cdist(x, b, 1).amin(1)).double().mean(), a, b),
        "the coordinates' differences",
    ),
    (lambda x, a, b: ((x - a).norm(dim=1) < (x - b).norm(dim=1)).double().mean(), "Row with row is no comparison"),
    (
        lambda x, a, b: (torch.cdist(x, a).min(1) < torch.cdist(x, b).min(1)).mean(),
        "two results of min(1) cannot be compared",
    ),
    (lambda x, a, b: (torch.cdist(x, a).amin(1) < torch.cdist(x, b).amin(1)).mean(), "the mean of truth values"),
    (lambda x, a, b: -by_pool(x, a, b), "Only the sign is turned"),
    (lambda x, a, b: round(by_pool(x, a, b).item(), 2), "You round"),
    (lambda x, a, b: 0.5 * by_pool(x, a, b), "You give 0.5 times"),
    (lambda x, a, b: 0.25, "whatever is given"),
    (lambda x, a, b: math.nan, "You give NaN"),
    (lambda x, a, b: math.inf, "the answer is finite"),
    (lambda x, a, b: nearer(x, a, b), "One number is asked for"),
    (lambda x, a, b: by_pool(x, a, b) ** 2, "and it is"),
    (in_place, "You change the tensors"),
    (one_branch, "Does one branch lack its return"),
    (0.5, "Give the function itself"),
]

# The birthday estimate


def by_counting(things):
    counts = collections.Counter(things.tolist()).values()
    twins = sum(math.comb(c, 2) for c in counts)
    return math.comb(len(things), 2) / twins if twins else math.inf


def by_package_birthday(things):
    return neighbours.birthday(things[:, None].double()).support


def by_combinations(things):
    alike = [a == b for a, b in itertools.combinations(things.tolist(), 2)]
    return len(alike) / sum(alike) if any(alike) else float("inf")


def by_table(things):
    n = len(things)
    return torch.tensor(n * (n - 1)) / ((things[:, None] == things).sum() - n)  # n / 0 is inf for tensors


def by_distances(things):
    d = torch.pdist(things[:, None].double())
    return d.numel() / (d == 0).sum()


def by_numpy(things):
    _, counts = np.unique(things.numpy(), return_counts=True)
    with np.errstate(divide="ignore"):
        return np.float64(len(things) * (len(things) - 1)) / (counts * (counts - 1)).sum()


def by_runs(things):
    things, twins = sorted(things.tolist()), 0
    for _, run in itertools.groupby(things):
        twins += sum(range(len(list(run))))
    return sum(range(len(things))) / twins if twins else math.inf


def table(things):
    return things[:, None] == things


def pairs(things):
    return len(things) * (len(things) - 1) / 2


SUPPORT = [by_counting, by_package_birthday, by_combinations, by_table, by_distances, by_numpy, by_runs]
WRONG_SUPPORT = [
    (lambda s: len(set(s.tolist())), "Those that have not come yet are missing"),
    (lambda s: 1 / by_counting(s), "the chance that two draws are alike"),
    (lambda s: pairs(s) / (table(s).sum() - len(s)), "counted twice, as (i, j) and as (j, i), and your pairs once"),
    (lambda s: 2 * by_counting(s), "Your pairs are counted twice"),
    (lambda s: len(s) ** 2 / table(s).sum(), "Leave out the pairs (i, i), on both sides"),
    (lambda s: len(s) * (len(s) - 1) / table(s).sum(), "the diagonal of the table"),
    (lambda s: pairs(s) / table(s).sum(), "and ordered pairs against unordered ones"),
    (lambda s: len(s) ** 2 / table(s).triu(1).sum(), "Your pairs are N²"),
    (lambda s: len(s) ** 2 / 2 / table(s).triu(1).sum(), "You count N² pairs"),
    (lambda s: len(s) ** 2 / (table(s).sum() - len(s)), "You count N² pairs"),
    (lambda s: pairs(s) / (s.unique(return_counts=True)[1] > 1).sum(), "You count it once"),
    (lambda s: pairs(s) / (len(s) - len(s.unique())), "You count repeats"),
    (lambda s: pairs(s) / (s.sort().values.diff() == 0).sum(), "You count repeats"),
    (lambda s: pairs(s) / (table(s).sum(1) > 1).sum(), "You count the draws that have a twin"),
    (lambda s: len(s) / table(s).triu(1).sum(), "Divide the number of pairs"),
    (lambda s: len(s) ** 2, "the twins say more"),
    (pairs, "Divide it by the twins among them"),
    (lambda s: table(s).triu(1).sum(), "You give the number of twins"),
    (len, "You give the number of draws"),
    (lambda s: s.max(), "The numbers are names only: count"),
    (lambda s: s.max() + 1, "The numbers are names only, and you count"),
    (lambda s: int(by_counting(s)) if by_counting(s) < math.inf else math.inf, "You cut to whole numbers"),
    (lambda s: pairs(s) / table(s).triu(1).sum().item(), "give math.inf"),
    (lambda s: pairs(s) / max(1, table(s).triu(1).sum().item()), "you give 6. No size is excluded above"),
    (lambda s: math.inf, "the answer is finite"),
    (lambda s: 365, "whatever is given"),
    (lambda s: 3 * by_counting(s), "You give 3 times"),
    (lambda s: table(s).sum(1), "One number is asked for"),
    (lambda s: by_counting(s) + 7, "and it is"),
    (lambda s: by_counting(s.sort(dim=1).values), "There is no such dim"),
    (lambda s: str(by_counting(s)), "without quotes"),
]

# The KL of the classes


def found(labels, share):
    return torch.bincount(labels, minlength=len(share)).double() / len(labels)


def kl_by_loop(labels, share):
    total = 0.0
    for k, q in enumerate(share.tolist()):
        p = labels.tolist().count(k) / len(labels)
        total += p * math.log(p / q) if p else 0
    return total


def kl_by_samples(labels, share):
    return (found(labels, share)[labels] / share[labels]).log().mean()  # one term for every sample


def kl_by_numpy(labels, share):
    p = np.bincount(labels.numpy(), minlength=len(share)) / len(labels)
    return np.nansum(np.where(p > 0, p * np.log(np.maximum(p, 1e-300) / share.numpy()), 0))


KL = [
    kl_by_loop,
    kl_by_samples,
    kl_by_numpy,
    lambda labels, share: metrics.class_coverage(labels, share, len(share)).reverse_kl,
    lambda labels, share: entropy(found(labels, share).numpy(), share.numpy()),
    lambda labels, share: rel_entr(found(labels, share).numpy(), share.numpy()).sum(),
    lambda labels, share: kl_div(share.log(), found(labels, share), reduction="sum"),
    lambda labels, share: (torch.xlogy(found(labels, share), found(labels, share) / share)).sum(),
    lambda labels, share: (found(labels, share) * (found(labels, share) / share).log()).nansum(),
    lambda labels, share: (found(labels, share) * ((found(labels, share) + 1e-12) / share).log()).sum(),
]


def finite(p, q, log=torch.log):
    return (p[p > 0] * log(p[p > 0] / q[p > 0])).sum()


def with_shares(formula):
    return lambda labels, share: formula(found(labels, share), share)


def no_minlength(labels, share):
    p = torch.bincount(labels) / len(labels)
    return (torch.xlogy(p, p) - torch.xlogy(p, share)).sum()


def log_of_zero(labels, share):
    return sum(p * math.log(p / q) for p, q in zip(found(labels, share).tolist(), share.tolist(), strict=True))


def skipped(labels, share):
    p = found(labels, share)
    return finite(p / p.sum(), share / share[p > 0].sum())


WRONG_KL = [
    (with_shares(lambda p, q: (q * (q / p).log()).sum()), "the other direction"),
    (lambda labels, share: kl_div(found(labels, share).log(), share, reduction="sum"), "the other direction"),
    (with_shares(lambda p, q: (q * (q / p).log()).mean()), "divided by the number of classes"),
    (with_shares(lambda p, q: finite(p, q, torch.log2)), "log base 2"),
    (with_shares(lambda p, q: finite(p, q, torch.log10)), "log base 10"),
    (with_shares(lambda p, q: finite(p, q) / len(q)), "You take the mean over the classes"),
    (lambda labels, share: len(labels) * kl_by_loop(labels, share), "Your weights are counts"),
    (lambda labels, share: finite(torch.bincount(labels, minlength=len(share)), share), "counts where shares belong"),
    (lambda labels, share: kl_by_loop(labels, share) + math.log(len(labels)), "Inside the log stand counts"),
    (lambda labels, share: finite(found(labels, share) * len(labels) / len(share), share), "by the number of classes"),
    (with_shares(lambda p, q: finite(p, torch.full_like(q, 1 / len(q)))), "You compare with equal shares"),
    (lambda labels, share: metrics.class_coverage(labels, classes=len(share)).reverse_kl, "compare with equal shares"),
    (with_shares(lambda p, q: (p / q).log().sum()), "The weights are missing"),
    (with_shares(lambda p, q: (q * (p / q).log()).sum()), "You weigh by the expected shares"),
    (with_shares(lambda p, q: (p * (q / p).log()).sum()), "stands on its head"),
    (with_shares(lambda p, q: -(p * q.log()).sum()), "the cross-entropy"),
    (with_shares(lambda p, q: -torch.xlogy(p, p).sum()), "the entropy of what you found"),
    (with_shares(lambda p, q: (finite(p, (p + q) / 2) + finite(q, (p + q) / 2)) / 2), "Jensen-Shannon"),
    (with_shares(lambda p, q: finite(p, q) + (q * (q / p).log()).sum()), "both directions"),
    (with_shares(lambda p, q: (p - q).abs().sum() / 2), "the total variation"),
    (with_shares(lambda p, q: (p - q).abs().sum()), "the differences of the shares"),
    (with_shares(lambda p, q: (p - q).square().sum()), "squared differences"),
    (with_shares(lambda p, q: torch.xlogy(p, p / q).abs().sum()), "absolute values, term by term"),
    (with_shares(lambda p, q: torch.xlogy(p, p / q).clamp(min=0).sum()), "You cut terms below 0"),
    (with_shares(lambda p, q: (p * (p / q).log()).sum()), "0·log 0. That term is 0"),
    (log_of_zero, "log 0 is not defined"),
    (no_minlength, "the last may be empty"),
    (skipped, "Where a class is empty you give"),
    (with_shares(lambda p, q: p * (p / q).log()), "One number is asked for"),
    (lambda labels, share: 0.0, "whatever is given"),
    (lambda labels, share: round(kl_by_loop(labels, share), 2), "You round"),
    (lambda labels, share: 2 * kl_by_loop(labels, share), "You give 2 times"),
    (lambda labels, share: kl_by_loop(labels, share) ** 2, "and it is"),
    (lambda labels, share: 100 * kl_by_loop(labels, share), "per cent"),
]

RIGHT = {"copies": COPIES, "support": SUPPORT, "class_kl": KL}
WRONG = {"copies": WRONG_COPIES, "support": WRONG_SUPPORT, "class_kl": WRONG_KL}
