"""Answers to the exercises of lesson 12, right ones in many styles and wrong ones with the words that each must get."""

import collections
import functools
import itertools
import math
from fractions import Fraction

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


def solved(share, expected):
    return (share - expected) / (1 - expected)


def corrected(share, train, held_out):
    return solved(share, honest(train, held_out))


def partner(fake, first, second):
    return torch.cdist(fake, torch.cat([first, second])).argmin(1)


def pooled(hits, train, held_out):
    return corrected(hits.double().mean(), train, held_out)


def from_table(reduce, fake, train, held_out):
    near, far = (reduce(torch.cdist(fake, x)) for x in (train, held_out))
    return corrected((near < far).double().mean(), train, held_out)


def in_place(fake, train, held_out):
    fake -= 1
    return by_pool(fake + 1, train, held_out)


def one_branch(fake, train, held_out):
    if len(train) == len(held_out):
        return by_pool(fake, train, held_out)


def by_fractions(fake, train, held_out):
    share = Fraction(int(nearer(fake, train, held_out).sum()), len(fake))
    return solved(share, Fraction(len(train), len(train) + len(held_out)))


COPIES = [
    by_fractions,
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
    (lambda x, a, b: 2 * nearer(x, a, b).mean() - 1, "is for honest = ½"),
    (lambda x, a, b: 2 * neighbours.memorisation(x, a, b).share - 1, "find the neighbours yourself"),
    (lambda x, a, b: by_pool(x, b, a), "the wrong way round"),
    (lambda x, a, b: (nearer(x, a, b).mean() - honest(b, a)) / (1 - honest(b, a)), "turned round"),
    (lambda x, a, b: nearer(x, a, b).mean() - honest(a, b), "by something else than 1 - honest"),
    (lambda x, a, b: nearer(x, a, b).mean() / honest(a, b) - 1, "by something else than 1 - honest"),
    (lambda x, a, b: nearer(x, a, b).mean() / honest(a, b), "That is share / honest"),
    (functools.partial(from_table, lambda table: table.max(1).values), "the farthest point"),
    (functools.partial(from_table, lambda table: table.mean(1)), "the mean distance"),
    (lambda x, a, b: max(by_pool(x, a, b), 0), "You cut the estimate at 0"),
    (lambda x, a, b: by_pool(x, a, b).clamp(0, 1), "You cut the estimate at 0"),
    (lambda x, a, b: by_pool(x, a, b).abs(), "or take its absolute value"),
    (lambda x, a, b: corrected(nearer(x, a, b).sum(), a, b), "You count the fakes"),
    (lambda x, a, b: 60 * by_pool(x, a, b), "You give 60 times"),
    (lambda x, a, b: 100 * by_pool(x, a, b), "You give 100 times"),
    (lambda x, a, b: honest(a, b), "the honest share alone"),
    (lambda x, a, b: (torch.cdist(x, a).min(1).values == 0).double().mean(), "only exact copies"),
    (
        lambda x, a, b: corrected((torch.cdist(x, a, 1).amin(1) < torch.cdist(x, b, 1).amin(1)).double().mean(), a, b),
        "the coordinates' differences",
    ),
    (lambda x, a, b: ((x - a).norm(dim=1) < (x - b).norm(dim=1)).double().mean(), "one row for each fake"),
    (
        lambda x, a, b: (torch.cdist(x, a).min(1) < torch.cdist(x, b).min(1)).mean(),
        "Compare their .values",
    ),
    (lambda x, a, b: (torch.cdist(x, a).amin(1) < torch.cdist(x, b).amin(1)).mean(), "the mean of truth values"),
    (lambda x, a, b: -by_pool(x, a, b), "Only the sign is turned"),
    (lambda x, a, b: round(by_pool(x, a, b).item(), 2), "You round"),
    (lambda x, a, b: 0.5 * by_pool(x, a, b), "You give 0.5 times"),
    (lambda x, a, b: 0.25, "You give the same for the other cases too"),
    (lambda x, a, b: math.nan, "you give nan"),
    (lambda x, a, b: math.inf, "you give inf, and it is"),
    (lambda x, a, b: nearer(x, a, b), "One number is asked for"),
    (lambda x, a, b: by_pool(x, a, b) ** 2, "and it is"),
    (lambda x, a, b: from_table(torch.min, x, a, b), "one number for all fakes together"),
    (lambda x, a, b: pooled(torch.cdist(x, torch.cat([a, b])).argmin(0) < len(a), a, b), "for its nearest fake"),
    (lambda x, a, b: pooled(torch.cdist(torch.cat([a, b]), x).argmin(1) < len(a), a, b), "for its nearest fake"),
    (lambda x, a, b: from_table(lambda d: d.min(0).values, x, a, b), "min(0) runs over the fakes"),
    (lambda x, a, b: pooled(partner(x, a, b) < 5000, a, b), "the lesson's N, 5,000"),
    (lambda x, a, b: pooled(partner(x, a, b) < len(b), a, b), "do not fit"),
    (lambda x, a, b: pooled(partner(x, a, b) <= len(a), a, b), "do not fit"),
    (lambda x, a, b: pooled(partner(x, b, a) < len(a), a, b), "do not fit"),
    (lambda x, a, b: pooled(torch.cdist(x, torch.cat([a, b], 1)).argmin(1) < len(a), a, b), "You pool the features"),
    (lambda x, a, b: 2 * nearer(x, a[: len(b)], b[: len(a)]).mean() - 1, "throw points away"),
    (lambda x, a, b: 2 * neighbours.memorisation(x, a[: len(b)], b[: len(a)]).share - 1, "throw points away"),
    (lambda x, a, b: corrected(1 - nearer(x, a, b).mean(), a, b), "nearer to held_out"),
    (lambda x, a, b: nearer(x, a, b).mean() - honest(a, b) / (1 - honest(a, b)), "Brackets are missing"),
    (lambda x, a, b: solved(nearer(x, a, b).mean(), len(a) / len(a) + len(b)), "Brackets are missing"),
    (lambda x, a, b: solved(nearer(x, a, b).mean(), len(a) / len(b)), "Your honest share is N / H"),
    (lambda x, a, b: solved(nearer(x, a, b).mean().item(), len(a) / len(b)), "below 1"),
    (lambda x, a, b: solved(nearer(x, a, b).mean(), 2 / 3), "the lesson's 2/3"),
    (lambda x, a, b: solved(nearer(x, a, b).mean(), a.shape[1] / (a.shape[1] + b.shape[1])), "not shape[1]"),
    (lambda x, a, b: (nearer(x, a, b).mean() - honest(a, b)) / 0.5, "by something else than 1 - honest"),
    (lambda x, a, b: (nearer(x, a, b).mean() - honest(a, b)) / (1 + honest(a, b)), "by something else than 1 - honest"),
    (lambda x, a, b: corrected(nearer(x, a, b).sum() // len(x), a, b), "Does // cut"),
    (lambda x, a, b: corrected(nearer(x, a, b[1:]).mean(), a, b), "are nearer to train, you give"),
    (lambda x, a, b: corrected(nearer(x, a, b[:-1]).mean(), a, b), "are nearer to train, you give"),
    (lambda x, a, b: corrected(nearer(x, a[:-1], b).mean(), a, b), "are nearer to train, you give"),
    (lambda x, a, b: torch.tensor(by_loops(x, a, b)).half(), "Half precision"),
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


def divided(pairs, twins):
    return pairs / twins if twins else math.inf


def alike(things, first, end):
    return sum(things[i] == things[j] for i in first for j in range(i + 1, end))


def binned(counts):
    return counts.sum() * (counts.sum() - 1) / (counts * (counts - 1)).sum()


SUPPORT = [
    lambda s: binned(torch.bincount(s)),
    by_counting,
    by_package_birthday,
    by_combinations,
    by_table,
    by_distances,
    by_numpy,
    by_runs,
]
WRONG_SUPPORT = [
    (lambda s: len(set(s.tolist())), "Those that have not come yet are missing"),
    (lambda s: 1 / by_counting(s), "the chance that two draws are alike"),
    (lambda s: pairs(s) / (table(s).sum() - len(s)), "counted twice, as (i, j) and as (j, i), and your pairs once"),
    (lambda s: 2 * by_counting(s), "Your pairs are counted in both orders"),
    (lambda s: len(s) ** 2 / table(s).sum(), "as its own twin"),
    (lambda s: len(s) * (len(s) - 1) / table(s).sum(), "as its own twin"),
    (lambda s: pairs(s) / table(s).sum(), "as its own twin"),
    (lambda s: len(s) ** 2 / table(s).triu(1).sum(), "Pairs are s(s - 1)/2"),
    (lambda s: len(s) ** 2 / 2 / table(s).triu(1).sum(), "Pairs are s(s - 1)/2"),
    (lambda s: len(s) ** 2 / (table(s).sum() - len(s)), "Pairs are s(s - 1)/2"),
    (lambda s: pairs(s) / (s.unique(return_counts=True)[1] > 1).sum(), "You count it once"),
    (lambda s: pairs(s) / (len(s) - len(s.unique())), "You count repeats"),
    (lambda s: pairs(s) / (s.sort().values.diff() == 0).sum(), "You count repeats"),
    (lambda s: pairs(s) / (table(s).sum(1) > 1).sum(), "You count the draws that have a twin"),
    (lambda s: len(s) / table(s).triu(1).sum(), "Divide the number of pairs"),
    (lambda s: len(s) ** 2, "The twins say more"),
    (pairs, "The support is pairs / twins"),
    (lambda s: table(s).triu(1).sum(), "The support is pairs / twins"),
    (len, "The support is pairs / twins"),
    (lambda s: s.max(), "The numbers are names only"),
    (lambda s: s.max() + 1, "The numbers are names only"),
    (lambda s: int(by_counting(s)) if by_counting(s) < math.inf else math.inf, "You cut to whole numbers"),
    (lambda s: pairs(s) / table(s).triu(1).sum().item(), "Without twins you divide by 0"),
    (lambda s: pairs(s) / max(1, table(s).triu(1).sum().item()), "you give 6.0. No size is excluded above"),
    (lambda s: math.inf, "You give inf each time"),
    (lambda s: 365, "You give the same for the other cases too"),
    (lambda s: 3 * by_counting(s), "You give 3 times"),
    (lambda s: table(s).sum(1), "One number is asked for"),
    (lambda s: by_counting(s) + 7, "and it is"),
    (lambda s: by_counting(s.sort(dim=1).values), "There is no such dim"),
    (lambda s: str(by_counting(s)), "without quotes"),
    (lambda s: by_counting(s) if table(s).triu(1).any() else None, "you give None. No size is excluded above"),
    (lambda s: by_counting(s) if table(s).triu(1).any() else 0, "you give 0.0. No size is excluded above"),
    (lambda s: pairs(s) / (s.unique(return_counts=True)[1] == 2).sum(), "once, or not at all"),
    (lambda s: pairs(s) / (s.diff() == 0).sum(), "need not stand side by side"),
    (lambda s: pairs(s) / (s.diff() == 0).sum().item(), "need not stand side by side"),
    (
        lambda s: divided(pairs(s), sum(math.comb(c, 2) for c in collections.Counter(s).values())),
        "take things.tolist()",
    ),
    (lambda s: pairs(s) / table(s).triu().sum(), "as its own twin"),
    (lambda s: pairs(s) / sum(s[i] == s[j] for i in range(len(s)) for j in range(i, len(s))), "as its own twin"),
    (lambda s: (pairs(s) + len(s)) / table(s).triu(1).sum(), "Pairs are s(s - 1)/2"),
    (lambda s: pairs(s[1:]) / table(s).triu(1).sum(), "Pairs are s(s - 1)/2"),
    (lambda s: pairs(s.unique()) / table(s).triu(1).sum(), "pairs of different things"),
    (lambda s: divided(pairs(s), sum(math.comb(c, 2) for c in s.unique().tolist())), "the things for their counts"),
    (lambda s: pairs(s) * table(s).triu(1).sum(), "You multiply"),
    (lambda s: len(s) * len(s) - 1 / 2 / table(s).triu(1).sum(), "Brackets are missing"),
    (lambda s: (len(s) / 1.18) ** 2, "The twins say more"),
    (lambda s: divided(pairs(s), alike(s, range(len(s) - 1), len(s) - 1)), "range(n) ends at n - 1"),
    (lambda s: divided(pairs(s), alike(s, range(len(s)), len(s) - 1)), "range(n) ends at n - 1"),
    (lambda s: divided(pairs(s), alike(s, range(len(s) - 2), len(s))), "range(n) ends at n - 1"),
    (
        lambda s: divided(pairs(s), alike(s, range(1, len(s)), len(s))),
        "For things [10, 2, 30, 21, 2, 10, 5] you give",
    ),
    (lambda s: divided(pairs(s), table(s[s != 0]).triu(1).sum()), "You leave out the thing called 0"),
    (lambda s: binned(torch.histc(s.double(), bins=365, min=0, max=364)), "For things [0, 400"),
    (lambda s: by_counting(s.to(torch.uint8)), "For things [0, 400"),
    (lambda s: neighbours.birthday(s).support, "one row for each draw"),
    (lambda s: pairs(s) / (torch.cdist(s, s) == 0).triu(1).sum(), "one row for each draw"),
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


def kl_of_counts(counts, share):
    counts = torch.tensor([*counts]).double()
    return finite(counts / counts.sum(), share[: len(counts)])


def by_size(labels):
    return [count for _, count in collections.Counter(labels.tolist()).most_common()]


def labels_from_one(labels, share):
    return finite(torch.stack([(labels == k).double().mean() for k in range(1, len(share) + 1)]), share)


def ten_built_in(labels, share):
    p = [(labels == k).double().mean() for k in range(10)]
    return sum(p[k] * (p[k] / share[k]).log() for k in range(10) if p[k] > 0)


WRONG_KL = [
    (with_shares(lambda p, q: (q * (q / p).log()).sum()), "the other direction"),
    (lambda labels, share: kl_div(found(labels, share).log(), share, reduction="sum"), "the other direction"),
    (with_shares(lambda p, q: (q * (q / p).log()).mean()), "or its mean"),
    (with_shares(lambda p, q: finite(p, q, torch.log2)), "log base 2 or 10"),
    (with_shares(lambda p, q: finite(p, q, torch.log10)), "log base 2 or 10"),
    (with_shares(lambda p, q: finite(p, q) / len(q)), "You take the mean over the classes"),
    (lambda labels, share: len(labels) * kl_by_loop(labels, share), "Counts stand where shares belong"),
    (
        lambda labels, share: finite(torch.bincount(labels, minlength=len(share)), share),
        "Counts stand where shares belong",
    ),
    (lambda labels, share: kl_by_loop(labels, share) + math.log(len(labels)), "Counts stand where shares belong"),
    (lambda labels, share: finite(found(labels, share) * len(labels) / len(share), share), "by the number of classes"),
    (with_shares(lambda p, q: finite(p, torch.full_like(q, 1 / len(q)))), "You compare with equal shares"),
    (lambda labels, share: metrics.class_coverage(labels, classes=len(share)).reverse_kl, "compare with equal shares"),
    (with_shares(lambda p, q: (p / q).log().sum()), "The weights are missing"),
    (with_shares(lambda p, q: (q * (p / q).log()).sum()), "or are the expected shares"),
    (with_shares(lambda p, q: (p * (q / p).log()).sum()), "or share / found in the log"),
    (with_shares(lambda p, q: -(p * q.log()).sum()), "the cross-entropy"),
    (with_shares(lambda p, q: -torch.xlogy(p, p).sum()), "the entropy of what you found"),
    (with_shares(lambda p, q: (finite(p, (p + q) / 2) + finite(q, (p + q) / 2)) / 2), "Jensen-Shannon"),
    (with_shares(lambda p, q: finite(p, q) + (q * (q / p).log()).sum()), "both directions"),
    (with_shares(lambda p, q: (p - q).abs().sum() / 2), "differences of the shares"),
    (with_shares(lambda p, q: (p - q).abs().sum()), "differences of the shares"),
    (with_shares(lambda p, q: (p - q).square().sum()), "differences of the shares"),
    (with_shares(lambda p, q: torch.xlogy(p, p / q).abs().sum()), "or take absolute values"),
    (with_shares(lambda p, q: torch.xlogy(p, p / q).clamp(min=0).sum()), "You cut terms below 0"),
    (with_shares(lambda p, q: (p * (p / q).log()).sum()), "0·log 0. That term is 0"),
    (log_of_zero, "log 0 is not defined"),
    (no_minlength, "minlength=len(share)"),
    (skipped, "add up to 1 again"),
    (with_shares(lambda p, q: p * (p / q).log()), "One number is asked for"),
    (lambda labels, share: 0.0, "You give the same for the other cases too"),
    (lambda labels, share: round(kl_by_loop(labels, share), 2), "You round"),
    (lambda labels, share: 2 * kl_by_loop(labels, share), "You give 2 times"),
    (lambda labels, share: kl_by_loop(labels, share) ** 2, "and it is"),
    (lambda labels, share: metrics.class_coverage(labels, share).reverse_kl, "unless you say classes=len(share)"),
    (lambda labels, share: metrics.class_coverage(labels).reverse_kl, "compare with equal shares"),
    (lambda labels, share: -kl_by_loop(labels, share), "Only the sign is turned: a minus in front"),
    (with_shares(lambda p, q: torch.xlogy(p, p).sum()), "share does not enter it"),
    (with_shares(lambda p, q: torch.xlogy(p, p).sum() - torch.xlogy(q, q).sum()), "You take away Σ share·log share"),
    (with_shares(lambda p, q: (torch.xlogy(p, p) / q).sum()), "Divide inside"),
    (with_shares(lambda p, q: torch.nansum(p * p.log() / q.log())), "Divide inside"),
    (with_shares(lambda p, q: kl_div(q, p, reduction="sum")), "F.kl_div wants the log"),
    (with_shares(lambda p, q: ((p - q) ** 2 / q).sum()), "differences of the shares"),
    (with_shares(lambda p, q: torch.xlogy(p[:-1], p[:-1] / q[:-1]).sum()), "the first class or the last"),
    (with_shares(lambda p, q: torch.xlogy(p[1:], p[1:] / q[1:]).sum()), "the first class or the last"),
    (labels_from_one, "the first class or the last"),
    (lambda labels, share: kl_of_counts(collections.Counter(labels.tolist()).values(), share), "a Counter goes by"),
    (lambda labels, share: kl_of_counts(by_size(labels), share), "most_common by size"),
    (lambda labels, share: kl_of_counts(labels.unique(return_counts=True)[1].tolist(), share), "unique leaves it out"),
    (ten_built_in, "You count ten classes"),
    (lambda labels, share: finite(torch.bincount(labels, minlength=10) / len(labels), share), "minlength=len(share)"),
    (with_shares(lambda p, q: (p[p > 0] * (p[p > 0] / q).log()).sum()), "leave out of the other too"),
    (
        with_shares(lambda p, q: (p.numpy()[p > 0] * np.log(p.numpy()[p > 0] / q.numpy())).sum()),
        "leave out of the other",
    ),
    (lambda labels, share: finite(labels / labels.sum(), share), "an entry for each label"),
    (
        lambda labels, share: finite(torch.bincount(labels, minlength=len(share)) // len(labels), share),
        "/ instead of //",
    ),
    (with_shares(lambda p, q: ((p + 1e-3) * ((p + 1e-3) / q).log()).sum()), "is a small number added"),
    (with_shares(lambda p, q: (p * ((p + 1e-3) / q).log()).sum()), "is a small number added"),
    (with_shares(lambda p, q: (p * ((p + 1e-3) / (q + 1e-3)).log()).sum()), "is a small number added"),
    (with_shares(lambda p, q: finite(p, q).clamp(max=1)), "you give 1, and it is 1.91"),
    (with_shares(lambda p, q: finite(p, (100 * q).round() / 100)), "and it is 1.91"),
    (with_shares(lambda p, q: (p * (p / q).log()).sum().nan_to_num()), "Where a class is empty you give 0"),
    (with_shares(lambda p, q: (p * (p / q).log()).sum() if (p > 0).all() else math.inf), "makes your sum inf"),
    (with_shares(lambda p, q: (p * (p / q).log()).sum() if p > 0 else 0), "An if takes one truth value"),
    (with_shares(lambda p, q: sum(p * math.log(p / q))), "x.log()"),
    (lambda share, labels: kl_by_samples(labels, share), "Are the arguments swapped"),
    (lambda labels, share: kl_by_samples(labels.double(), share), "or the labels floats"),
    (lambda labels, share: 100 * kl_by_loop(labels, share), "You give 100 times"),
]

NAMES = {"math": math}  # the notebook has it
RIGHT = {"copies": COPIES, "support": SUPPORT, "class_kl": KL}
WRONG = {"copies": WRONG_COPIES, "support": WRONG_SUPPORT, "class_kl": WRONG_KL}
