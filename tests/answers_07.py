"""Answers to the exercises of lesson 07, right ones in many styles and wrong ones with the words that each must get."""

import copy
import functools
import itertools
import math
import operator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from types import MappingProxyType, SimpleNamespace

import numpy as np
import scipy
import torch
from torch.nn import functional as F

from gan_lessons import clinic, losses, metrics, models, penalties
from gan_lessons.recipes import SGD, Adam

# Five charts

NAMES_IN_ORDER = ["memorising", "unequal pace", "cycling", "vanishing gradient", "collapse"]
TRUTH = dict(enumerate(NAMES_IN_ORDER, 1))


class Notes(dict):
    pass


DIAGNOSE = [
    TRUTH,
    NAMES_IN_ORDER,
    tuple(NAMES_IN_ORDER),
    np.array(NAMES_IN_ORDER),
    MappingProxyType(TRUTH),
    Notes(TRUTH),
    dict(zip(range(5, 0, -1), NAMES_IN_ORDER[::-1], strict=True)),
    {np.int64(k): np.str_(name) for k, name in TRUTH.items()},
    {float(k): name.upper() for k, name in TRUTH.items()},
    {k: name.replace(" ", "_") for k, name in TRUTH.items()},
    {k: name.title().replace(" ", "-") for k, name in TRUTH.items()},
    {1: "Memorizing", 2: "pace", 3: "cycle", 4: "vanishing", 5: "mode collapse"},
    {1: "memorisation", 2: "Unequal paces", 3: "rotation", 4: "vanishing gradients", 5: "mode-collapse"},
    {1: "overfitting", 2: "D too slow", 3: "oscillation", 4: "saturation", 5: "collapsed"},
    {1: "D overfits", 2: "slow D", 3: "going in circles", 4: "the gradient vanishes", 5: " collapse\n"},
    {1: "memorized", 2: "unequal_pace", 3: "limit cycle", 4: "Vanishing Gradient.", 5: "COLLAPSE!"},
    {1: "memrising", 2: "uneqal pac", 3: "cyling", 4: "vanshing gradient", 5: "colapse"},
    lambda: TRUTH,
    list(TRUTH.items()),
    partial(dict, TRUTH),
    {**TRUTH, 1: "over-fitting", 3: "loop"},
    {**TRUTH, 1: "learned by heart", 2: "D learns too slowly"},
    {**TRUTH, 2: "imbalance", 5: "missing modes"},
    {**TRUTH, 2: "unequal pace (D too slow)", 4: "vanishing gradients, as D saturates"},
    copy.deepcopy(Notes(TRUTH)),
    [name.encode().decode() + " " for name in NAMES_IN_ORDER],
    {1: "Memorising.", 2: "**unequal pace**", 3: "cycling", 4: "vanishing", 5: "Collapse"},
    {k: name.upper() + " " for k, name in TRUTH.items()},
]


def but(**others):
    """The truth but for these: p2="cycling"."""
    return {**TRUTH, **{int(key[1:]): name for key, name in others.items()}}


WRONG_DIAGNOSE = [
    (but(p1="collapse"), "Patient 1, collapse? Then D would stay near ½"),
    (but(p1="cycling"), "Patient 1, cycling? Nothing comes back here"),
    (but(p1="vanishing gradient"), "Patient 1, vanishing gradient? The gradient that reaches a fake grows here"),
    (but(p1="unequal pace"), "Patient 1, unequal pace? A D too slow to learn"),
    (but(p1="collapse"), "held-out"),
    (but(p2="collapse"), "Here they run away and spread ever wider. Look at where the fakes are."),
    (but(p2="cycling"), "Then the fakes would come back. Here they run on"),
    (but(p2="vanishing"), "This D never calls them fake, and they run"),
    (but(p2="overfitting"), "Patient 2, memorising? Then D would tell"),
    (but(p3="mode collapse"), "this data is a single point"),
    (but(p3="vanishing gradient"), "Here it comes back, time after time"),
    (but(p3="memorising"), "Here it says ½ of both, always. Look at the centre"),
    (but(p3="unequal pace"), "Here they come back, again and again"),
    (
        but(p4="collapse"),
        "Then D would say about ½. This D is sure: 1 of the data, 0 of the fakes. Look at the gradient",
    ),
    (but(p4="cycling"), "Nothing swings here"),
    (but(p4="memorising"), "Here it says 1 of both"),
    (but(p4="unequal pace"), "In this clinic that is a D that learns too slowly"),
    (but(p5="cycling"), "the centre only hops. Compare the spread"),
    (but(p5="vanishing gradient"), "its loss is near log 4"),
    (but(p5="memorising"), "Patient 5, memorising? Then D would tell"),
    (but(p5="unequal pace"), "Here they keep within a few"),
    (but(p1="collapse"), "You write 'collapse' for 1 and 5. Each of the five has another disease."),
    (dict.fromkeys(TRUTH, "collapse"), "You write 'collapse' for 1, 2, 3, 4 and 5."),
    (dict.fromkeys(TRUTH, "collapse"), "Patient 4, collapse?"),
    (but(p2="vanishing gradient", p4="unequal pace"), "Patient 2, vanishing gradient?"),
    (but(p2="vanishing gradient", p4="unequal pace"), "Patient 4, unequal pace?"),
    (NAMES_IN_ORDER[::-1], "Patient 1, collapse?"),
    (but(p1=..., p4=None, p5="cycling"), "Still open: 1 and 4."),
    (but(p4="...", p5="cycling"), "Still open: 4."),
    (but(p5="", p3="collapse"), "Still open: 5."),
    (but(p3="exploding gradient"), "'exploding gradient' is none of the five. Choose from memorising"),
    (but(p3="gradient"), "'gradient' is none of the five"),
    (but(p5="healthy"), "All five are ill"),
    (but(p5="none"), "All five are ill"),
    (but(p3="cycling or collapse"), "names two diseases"),
    (but(p3="vanishing gradient / unequal pace"), "names two diseases"),
    (but(p5="packing"), "'packing' is a cure. First the disease"),
    (but(p3="R1"), "'R1' is a cure"),
    (but(p4="non-saturating loss"), "is a cure"),
    (but(p2="opt_D=Adam(1e-3)"), "is a cure"),
    (but(p2=2), "Patient 2: give the disease as a text"),
    (but(p2=["unequal pace"]), "not as list"),
    (but(p5=clinic.collapse), "not as Patient"),
    ({str(k): name for k, name in TRUTH.items()}, "Your key '1' is a text. The patients are numbers: write 1."),
    ({f"patient {k}": name for k, name in TRUTH.items()}, "Your key 'patient 1' is a text"),
    ({name: k for k, name in TRUTH.items()}, "the wrong way round"),
    ({k - 1: name for k, name in TRUTH.items()}, "There is no patient 0. Do you count from 0?"),
    ({**TRUTH, 6: "collapse"}, "There is no patient 6. They are numbered 1 to 5."),
    ({**TRUTH, "six": "collapse"}, "There is no patient 'six'."),
    ({k: TRUTH[k] for k in (1, 2, 4, 5)}, "There is no entry for 3."),
    ({1: "memorising"}, "no entry for 2, 3, 4 and 5"),
    ({}, "no entry for 1, 2, 3, 4 and 5"),
    (NAMES_IN_ORDER[:4], "There are 5 patients and your list has 4 names"),
    ([*NAMES_IN_ORDER, "both"], "your list has 6 names"),
    (set(NAMES_IN_ORDER), "Give the dictionary, with a name for each patient"),
    ("collapse", "This is of type str"),
    (5, "This is of type int"),
    (clinic.PATIENTS, "not as Patient"),
    (clinic.CURES, "There is no patient 'collapse'"),
    (but(p3="not collapse"), "says what it is not"),
    (but(p4="D too strong"), "'D too strong' is none of the five"),
    (but(p2="divergence"), "'divergence' is none of the five. Choose"),
    (but(p3=math.nan), "not as float"),
    (but(p5="TODO"), "'TODO' is none of the five"),
    (but(p2="D collapses, slow pace"), "names two diseases"),
    (but(p4="gradient penalty"), "is a cure"),
    ({1.5: "collapse"}, "There is no patient 1.5"),
    ({"memorising": [1]}, "There is no patient 'memorising'"),
    ({(1, 2): "collapse"}, "There is no patient (1, 2)"),
    (list(but(p5="cycling").items()), "You write 'cycling' for 3 and 5."),
    (iter(NAMES_IN_ORDER), "This is of type list_iterator"),
    (", ".join(NAMES_IN_ORDER), "Give the dictionary"),
    (lambda: but(p4="cycling"), "Nothing swings here"),
    (but(p1="vanishing gradient", p4="memorising"), "Here it says 1 of both"),
    (but(p2="vanishing gradient", p4="unequal pace"), "Patient 2, vanishing gradient? Then D would be sure"),
    (but(p3="collapse", p5="cycling"), "Patient 3, collapse? The spread is 0, but so is the dashed line"),
    (but(p1="collapse", p5="memorising"), "Patient 5, memorising? Then D would tell training samples from held-out"),
    (but(p2="exploding gradient"), "'exploding gradient' is none of the five"),
    ({name: k for k, name in TRUTH.items()}, "the wrong way round"),
    (set(NAMES_IN_ORDER), "This is of type set"),
]


# The energy distance


def within(x):
    return torch.cdist(x, x).sum() / (len(x) * (len(x) - 1))


def between(a, b):
    return torch.cdist(a, b).mean()


def itself(x):
    """The mean with self-pairs."""
    return torch.cdist(x, x).mean()


def by_loops(a, b):
    a, b = a.tolist(), b.tolist()
    cross = sum(math.dist(x, y) for x in a for y in b) / (len(a) * len(b))
    own = [sum(math.dist(s[i], s[j]) for i in range(len(s)) for j in range(len(s)) if i != j) for s in (a, b)]
    return 2 * cross - own[0] / (len(a) * (len(a) - 1)) - own[1] / (len(b) * (len(b) - 1))


def by_combinations(a, b):
    def mean(pairs):
        lengths = [(x - y).norm() for x, y in pairs]
        return sum(lengths) / len(lengths)

    own = [mean(itertools.combinations(x, 2)) for x in (a, b)]
    return 2 * mean(itertools.product(a, b)) - own[0] - own[1]


def by_scipy(a, b):
    from scipy.spatial import distance

    return 2 * distance.cdist(a, b).mean() - distance.pdist(a).mean() - distance.pdist(b).mean()


def by_numpy(a, b):
    a, b = a.numpy().astype(float), b.numpy().astype(float)

    def d(u, v):
        return np.sqrt(((u[:, None] - v[None]) ** 2).sum(-1))

    off = [d(x, x)[~np.eye(len(x), dtype=bool)].mean() for x in (a, b)]
    return np.float64(2 * d(a, b).mean() - sum(off))


def by_triangle(a, b):
    def own(x):
        i, j = torch.triu_indices(len(x), len(x), offset=1)
        return (x[i] - x[j]).norm(dim=1).mean()

    return 2 * between(a, b) - own(a) - own(b)


def by_einsum(a, b):
    def d(u, v):
        w = u[:, None] - v
        return torch.einsum("nmf,nmf->nm", w, w).clamp(min=0).sqrt()

    return (2 * d(a, b).mean() - d(a, a).sum() / len(a) / (len(a) - 1) - d(b, b).sum() / len(b) / (len(b) - 1)).numpy()


def by_mixture(a, b):
    """One matrix of all distances, weighted by what each sample stands for."""
    n, m = len(a), len(b)
    d = torch.cdist(*2 * [torch.cat([a, b]).double()])
    w = torch.empty(n + m, n + m, dtype=torch.double).fill_(1 / (n * m))
    w[:n, :n], w[n:, n:] = -1 / (n * (n - 1)), -1 / (m * (m - 1))
    return (w * d).sum()


def by_gram(a, b):
    """|x - y|² = |x|² + |y|² - 2xy, in double precision."""

    def d(u, v):
        u, v = u.double(), v.double()
        return ((u * u).sum(1)[:, None] + (v * v).sum(1) - 2 * u @ v.T).clamp(min=0).sqrt()

    def own(x):
        e = d(x, x)
        return (e.sum() - e.trace()) / (len(x) ** 2 - len(x))

    return 2 * d(a, b).mean() - own(a) - own(b)


def in_place_on_its_own(a, b):
    d = torch.cdist(a, a)
    d.fill_diagonal_(torch.nan)
    e = torch.cdist(b, b)
    e.fill_diagonal_(torch.nan)
    return torch.cdist(a, b).mul_(2).mean().sub_(d.nanmean()).sub_(e.nanmean())


def rescaled(a, b):
    """Means with self-pairs, put right afterwards."""
    n, m = len(a), len(b)
    return 2 * between(a, b) - itself(a) * n / (n - 1) - itself(b) * m / (m - 1)


def with_gradient(a, b):
    return metrics.energy_distance(a, b) + 0 * torch.ones(1, requires_grad=True)


def shuffled_first(a, b):
    a, b = a[torch.randperm(len(a))], b[torch.randperm(len(b))]
    return 2 * between(a, b) - within(a) - within(b)


def repeated(a, b):
    lengths = F.pairwise_distance(a.repeat_interleave(len(b), 0), b.repeat(len(a), 1))
    return 2 * lengths.mean() - within(a) - within(b)


def leaving_one_out(a, b):
    def own(x):
        return sum((torch.cat([x[:i], x[i + 1 :]]) - x[i]).norm(dim=1).mean() for i in range(len(x))) / len(x)

    return 2 * between(a, b) - own(a) - own(b)


class Energy:
    def __init__(self, p=2):
        self.p = p

    def __call__(self, a, b):
        return 2 * torch.cdist(a, b, p=self.p).mean() - torch.pdist(a).mean() - torch.pdist(b).mean()


def general(a, b, scale=2.0):
    return scale * between(a, b) - within(a) - within(b)


ENERGY = [
    metrics.energy_distance,
    general,
    partial(general, scale=2),
    Energy(),
    by_loops,
    by_combinations,
    by_scipy,
    by_numpy,
    by_triangle,
    by_einsum,
    by_mixture,
    by_gram,
    in_place_on_its_own,
    rescaled,
    with_gradient,
    shuffled_first,
    lambda a, b: (2 * between(a, b) - within(a) - within(b)).item(),
    lambda a, b: (2 * between(a, b) - within(a) - within(b)).reshape(1),
    lambda a, b: [(between(a, b) - within(a)) + (between(a, b) - within(b))][0].double(),
    lambda a, b: torch.cdist(a, b).mean() + torch.cdist(b, a).mean() - within(a) - within(b),
    lambda a, b: np.array([[general(a, b).item()]]),
    lambda a, b: 2 * (a.unsqueeze(1) - b.unsqueeze(0) + 1e-9).pow(2).sum(2).sqrt().mean() - within(a) - within(b),
    lambda b, a: general(a, b),
    torch.no_grad()(general),
    torch.inference_mode()(general),
    lambda a, b: Fraction(float(general(a, b))),
    lambda a, b: np.float32(general(a, b)),
    lambda a, b: functools.reduce(operator.sub, [2 * between(a, b), within(a), within(b)]),
    lambda a, b: 2 * torch.func.vmap(lambda x: (b - x).norm(dim=1).mean())(a).mean() - within(a) - within(b),
    repeated,
    leaving_one_out,
    lambda a, b: sum((2 * (x - y).norm() / len(a) / len(b)) for x in a for y in b) - within(a) - within(b),
    lambda a, b: 2 * between(a, b) - F.pdist(a).mean() - F.pdist(b).mean(),
    lambda a, b: general(a, b).unsqueeze(0),
]


def changes_a(a, b):
    a -= b.mean(0)
    return general(a, b - b.mean(0))


def changes_diagonal(a, b):
    value = general(a, b)
    b[0] = 0
    return value


def branches(a, b):
    if a.shape[1] > 1:
        return general(a, b)


def distances(p=2, power=1):
    def f(a, b):
        def d(u, v):
            return torch.cdist(u, v, p=p) ** power

        n, m = len(a), len(b)
        return 2 * d(a, b).mean() - d(a, a).sum() / (n * n - n) - d(b, b).sum() / (m * m - m)

    return f


def by(d):
    """The energy with another distance, self-pairs counted."""
    return lambda a, b: 2 * d(a, b).mean() - d(a, a).mean() - d(b, b).mean()


def positives(x):
    d = torch.cdist(x, x)
    return d[d > 0].mean()


def upper(x):
    return torch.cdist(x, x).triu().sum()


def zipped(a, b, strict):
    return 2 * sum((x - y).norm() for x, y in zip(a, b, strict=strict)) / min(len(a), len(b)) - within(a) - within(b)


def indexed(a, b):
    return sum((a[i] - b[i]).norm() for i in range(len(b))) / len(b)


def over_one_loop(a, b):
    return 2 * sum((a[i] - b[j]).norm() for i in range(8) for j in range(8)) / 64 - within(a) - within(b)


def halves(a, b):
    def own(x):
        k = len(x) // 2
        return torch.cdist(x[:k], x[k:]).mean()

    return 2 * between(a, b) - own(a) - own(b)


def neighbours(a, b):
    return 2 * between(a, b) - (a[1:] - a[:-1]).norm(dim=1).mean() - (b[1:] - b[:-1]).norm(dim=1).mean()


def random_pairs(a, b):
    x, y = a[torch.randint(len(a), (30,))], b[torch.randint(len(b), (30,))]
    return 2 * (x - y).norm(dim=1).mean() - within(a) - within(b)


def without_diagonal(a, b):
    d = torch.cdist(a, b).fill_diagonal_(0)
    return 2 * d.sum() / (d.numel() - min(d.shape)) - within(a) - within(b)


def gauss(a, b):
    def k(u, v):
        return torch.exp(-(torch.cdist(u, v) ** 2) / 2).mean()

    return k(a, a) + k(b, b) - 2 * k(a, b)


def sums(x):
    return torch.cdist(x, x).sum()


def one_mask(a, b):
    off = ~torch.eye(len(a), dtype=torch.bool)
    return 2 * between(a, b) - torch.cdist(a, a)[off].mean() - torch.cdist(b, b)[off].mean()


def rescaled_twice(a, b):
    """The way from means with self-pairs to those without, gone in the wrong direction."""
    return 2 * between(a, b) - itself(a) * (1 - 1 / len(a)) - itself(b) * (1 - 1 / len(b))


WRONG_ENERGY = [
    (lambda a, b: 2 * between(a, b) - itself(a) - itself(b), "You count each sample's distance to itself, 0."),
    (lambda a, b: 2 * between(a, b) - itself(a) - within(b), "Within a you count each sample's distance to itself"),
    (lambda a, b: 2 * between(a, b) - within(a) - itself(b), "Within b you count each sample's distance to itself"),
    (lambda a, b: between(a, b) - within(a) - within(b), "The factor 2 is missing"),
    (lambda a, b: between(a, b) - itself(a) - itself(b), "The factor 2 is missing"),
    (lambda a, b: between(a, b) - itself(a) - itself(b), "And a sample is no pair with itself"),
    (lambda a, b: 2 * between(a, b), "The terms within a and within b are missing. Subtract both."),
    (between, "and take the mean between twice"),
    (lambda a, b: 2 * between(a, b) - within(a), "The term within b is missing. Subtract it too."),
    (lambda a, b: 2 * between(a, b) - itself(a), "The term within b is missing"),
    (lambda a, b: 2 * between(a, b) - within(b), "The term within a is missing. Subtract it too."),
    (lambda a, b: between(a, b) - within(a), "and the factor 2 before the mean between"),
    (lambda a, b: between(a, b) - within(b), "The term within a is missing, and the factor 2"),
    (lambda a, b: 2 * between(a, b) + within(a) + within(b), "You add the terms within"),
    (lambda a, b: 2 * between(a, b) + itself(a) + itself(b), "You add the terms within"),
    (lambda a, b: 2 * between(a, b) - (within(a) - within(b)), "You add the term within b"),
    (lambda a, b: 2 * between(a, b) + within(a) - within(b), "You add the term within a"),
    (lambda a, b: within(a) + within(b) - 2 * between(a, b), "The sign is turned"),
    (lambda a, b: itself(a) + itself(b) - 2 * between(a, b), "The sign is turned"),
    (lambda a, b: general(a, b) / 2, "That is half of it"),
    (lambda a, b: between(a, b) - (itself(a) + itself(b)) / 2, "That is half of it"),
    (lambda a, b: 2 * general(a, b), "That is twice as much"),
    (lambda a, b: 2 * (between(a, b) - within(a) - within(b)), "Your terms within count twice"),
    (lambda a, b: 2 * between(a, b) - 2 * upper(a) / upper(a) * within(a) - 2 * within(b), "by a 2 before them"),
    (
        lambda a, b: 2 * between(a, b) - upper(a) / len(a) ** 2 - upper(b) / len(b) ** 2,
        "is the sum of i < j divided by N²",
    ),
    (
        lambda a, b: 2 * between(a, b) - upper(a) / len(a) / (len(a) - 1) - upper(b) / len(b) / (len(b) - 1),
        "You halve the terms within",
    ),
    (
        lambda a, b: 2 * between(a, b) - torch.cdist(a, a).tril().mean() - torch.cdist(b, b).tril().mean(),
        "You halve the terms within",
    ),
    (lambda a, b: general(a, b).sqrt(), "You take a root at the end"),
    (lambda a, b: general(a, b).item() ** 0.5, "You take a root, here of a number below 0"),
    (lambda a, b: math.sqrt(general(a, b)), "The estimate may fall below 0, and then has no root"),
    (lambda a, b: torch.pow(general(a, b), 0.5), "You take a root at the end"),
    (lambda a, b: (2 * between(a, b) - itself(a) - itself(b)).sqrt(), "You take a root at the end"),
    (lambda a, b: general(a, b).clamp(min=0), "You cut off what is below 0"),
    (lambda a, b: max(0.0, float(general(a, b))), "You cut off what is below 0"),
    (lambda a, b: general(a, b).relu(), "You cut off what is below 0"),
    (lambda a, b: abs(general(a, b)), "You take the absolute value"),
    (lambda a, b: general(a, b) ** 2, "You square at the end"),
    (lambda a, b: round(general(a, b).item()), "You round to a whole number"),
    (lambda a, b: round(general(a, b).item(), 1), "Do you round"),
    (lambda a, b: general(a, b) + 0.01, "or add something small"),
    (distances(power=2), "You square the distances"),
    (by(lambda u, v: (u[:, None] - v).square().sum(-1)), "You square the distances"),
    (distances(p=1), "as p=1 does"),
    (by(lambda u, v: torch.cdist(u, v, p=1)), "as p=1 does"),
    (Energy(p=1), "For 5 and 8 samples of 2 coordinates it is 0.8052"),
    (by(lambda u, v: (u[:, None] - v).abs().mean(-1)), "a mean over the coordinates"),
    (by(lambda u, v: (u[:, None] - v).square().mean(-1).sqrt()), "Your root is of the mean square"),
    (by(lambda u, v: (u[:, None] - v).square()), "the mean square of the coordinates"),
    (distances(p=math.inf), "the largest coordinate's difference"),
    (distances(p=0), "stays the same when all of a moves away"),
    (distances(power=0.5), "You take a root of each length"),
    (by(lambda u, v: u[:, :1] - v[:, 0]), "the first coordinate only, and with its sign"),
    (by(lambda u, v: (u[:, None] - v).sum(-1)), "Your differences keep their sign"),
    (by(lambda u, v: u[:, None] - v), "A mean of them is no length"),
    (by(lambda u, v: (u[:, :1] - v[:, 0]).abs()), "You take the first coordinate only"),
    (by(lambda u, v: (u[:, None] - v).norm(dim=0)), "Your norm is over the samples of a"),
    (by(lambda u, v: (u[:, None] - v).norm(dim=1)), "Your norm is over the samples of b"),
    (by(lambda u, v: (u[:, None] - v).norm()), "Your norm is over everything at once"),
    (lambda a, b: (a.mean(0) - b.mean(0)).norm(), "You compare the means of a and b alone"),
    (lambda a, b: 2 * (a.mean(0) - b.mean(0)).norm(), "You compare the means of a and b alone"),
    (lambda a, b: 2 * (a.mean(0) - b.mean(0)).square().sum(), "Then only the means count"),
    (lambda a, b: (a.mean(0) - b.mean(0)).square().sum(), "You compare the means of a and b alone"),
    (partial(zipped, strict=False), "You pair a[i] with b[i] alone"),
    (partial(zipped, strict=True), "zip pairs a[i] with b[i] alone"),
    (lambda a, b: (a - b).norm(dim=1).mean(), "a and b need not hold equally many samples"),
    (lambda a, b: np.linalg.norm(a.numpy() - b.numpy(), axis=1).mean(), "a and b need not hold equally many samples"),
    (lambda a, b: torch.dist(a, b), "a and b need not hold equally many samples"),
    (lambda a, b: torch.stack([a, b]).mean(), "a and b need not hold equally many samples"),
    (indexed, "Let each loop run over its own len()"),
    (over_one_loop, "Let each loop run over its own len()"),
    (lambda a, b: torch.cdist(a, b.T).mean(), "no .T"),
    (without_diagonal, "You leave pairs out of the mean between"),
    (
        lambda a, b: 2 * torch.cdist(a, b).fill_diagonal_(0).mean() - within(a) - within(b),
        "You leave pairs out of the mean between",
    ),
    (lambda a, b: 2 * between(a, b) - positives(a) - positives(b), "You leave out all distances of 0"),
    (lambda a, b: 2 * between(a, b) - sums(a) / len(a) - sums(b) / len(b), "The divisor within is off"),
    (lambda a, b: 2 * between(a, b) - sums(a) / (len(a) - 1) - sums(b) / (len(b) - 1), "The divisor within is off"),
    (
        lambda a, b: 2 * between(a, b) - sums(a) / (len(a) - 1) ** 2 - sums(b) / (len(b) - 1) ** 2,
        "The divisor within is off",
    ),
    (
        lambda a, b: 2 * between(a, b) - (sums(a) + 0) / len(a) / (len(a) - 1) - sums(b) / len(a) / (len(a) - 1),
        "by a's",
    ),
    (lambda a, b: 2 * between(a, b) - sums(a) / len(a) ** 2 - sums(b) / len(a) ** 2, "by a's number of pairs, N²"),
    (lambda a, b: 2 * between(a, b) - sums(a) / len(b) / (len(b) - 1) - within(b), "by b's number of pairs"),
    (lambda a, b: 2 * torch.cdist(a, b).sum() - sums(a) - sums(b), "You take sums"),
    (lambda a, b: 2 * torch.cdist(a, b).sum() - within(a) - within(b), "The mean between is not over its N · M pairs"),
    (lambda a, b: 3 * between(a, b) - within(a) - within(b), "You take 3 times the mean between"),
    (lambda a, b: between(a, b) + within(a) + within(b), "You take 1 times the mean between"),
    (lambda a, b: 2 * between(a, b) - itself(a) - itself(b) / 2, "-0.5 times that within b, with self-pairs"),
    (lambda a, b: within(a) - within(b), "You take 0 times the mean between"),
    (lambda a, b: 2 * between(b, b) - within(a) - within(b), "Your number stays the same when all of a moves away"),
    (lambda a, b: (within(a) * within(b)).sqrt(), "Your number stays the same when all of a moves away"),
    (halves, "For 5 and 8 samples of 2 coordinates it is"),
    (neighbours, "you take neighbours in order only"),
    (random_pairs, "another number the second time"),
    (gauss, "Try a = "),
    (lambda a, b: 2 * torch.cdist(a, b).median() - within(a) - within(b), "You give"),
    (lambda a, b: 1.0, "You give 1 for whatever samples"),
    (lambda a, b: torch.cdist(a, b), "That is a matrix, one value for each pair"),
    (lambda a, b: torch.cdist(a, b).numpy(), "That is a matrix"),
    (lambda a, b: torch.cdist(a, b).mean(0), "You give 8 values, one for each sample of b"),
    (lambda a, b: 2 * torch.cdist(a, b).mean(1) - within(a), "You give 5 values, one for each sample of a"),
    (lambda a, b: (a[:, None] - b).abs().mean((0, 1)), "You give 2 values, one for each coordinate"),
    (lambda a, b: (between(a, b), within(a), within(b)), "You give three things"),
    (lambda a, b: [1.0, 2.0], "This list has length 2"),
    (lambda a, b: torch.cdist(a, b).max(1), "One number is asked for"),
    (lambda a, b: f"{general(a, b):.3f}", "without quotes"),
    (lambda a, b: bool(general(a, b) > 0), "a truth value"),
    (lambda a, b: general(a, b) / 0, "Is something divided by 0?"),
    (lambda a, b: 2 * between(a, b) - sums(a) / (len(a) - 5) - sums(b), "Is something divided by 0?"),
    (lambda a, b: 2 * between(a, b) - sums(a).item() / (len(a) - 5), "There is a division by 0"),
    (lambda a, b: math.sqrt(torch.cdist(a, b)), "A whole tensor is no number"),
    (lambda a, b: float(torch.cdist(a, b)), "A whole tensor is no number"),
    (lambda a, b: between(a, b).item().mean(), "This is a plain number, no tensor"),
    (lambda a, b: by_loops(a, b).item(), "it needs no .item()"),
    (lambda a: within(a), "The function takes two things"),
    (lambda a, b: a.norm(dim=2).mean(), "A dimension or an index is too large"),
    (lambda a, b: 1.0 if torch.cdist(a, b) > 0 else 0.0, "An if takes one truth value"),
    (lambda a, b: scipy.stats.energy_distance(a.flatten(), b.flatten()), "Try a = "),
    (lambda a, b: 2 * between(a, b) - 2 * within(a), "-2 times that within a and 0 times that within b"),
    (lambda a, b: between(a, b) - between(b, a), "You give 0 for whatever samples"),
    (lambda a, b: torch.cdist(a, b).min(1).values.mean() + torch.cdist(a, b).min(0).values.mean(), "You give 5.5"),
    (lambda a, b: torch.pdist(torch.cat([a, b])).mean(), "You give 2.833"),
    (lambda a, b: 2 * between(a, b) - 2 * torch.pdist(torch.cat([a, b])).mean(), "of a and b together"),
    (one_mask, "make its mask from len(b)"),
    (lambda a, b: 2 * torch.cdist(a, b).sum() / (len(a) ** 2 - len(a)) - within(a) - within(b), "not over its N · M"),
    (lambda a, b: 2 * torch.cdist(a, b).mean(0).sum() - within(a) - within(b), "not over its N · M pairs"),
    (lambda a, b: 2 * torch.cdist(a, b).sum() / len(a) ** 2 - within(a) - within(b), "not over its N · M pairs"),
    (rescaled_twice, "The divisor within is off"),
    (lambda a, b: 2 * between(a, b) - sums(a) / len(a) * (len(a) - 1) - sums(b) / len(b) * (len(b) - 1), "Parentheses"),
    (lambda a, b: 2 * between(a, b) - sums(a) / (len(a) ** 2 - 1) - sums(b) / (len(b) ** 2 - 1), "The divisor within"),
    (lambda a, b: 2 * between(a, b) - torch.pdist(a).sum() / len(a) - torch.pdist(b).sum() / len(b), "The divisor"),
    (lambda a, b: int(general(a, b)), "You cut off the fraction"),
    (lambda a, b: general(a, b) * len(a) * len(b) / (len(a) + len(b)), "the test's statistic"),
    (lambda a, b: general(a, b) / (2 * between(a, b)), "so that it has no unit"),
    (lambda a, b: 2 * between(a, b) - sums(a) / (a.shape[1] * (a.shape[1] - 1)), "Is something divided by 0?"),
    (lambda a, b: (a.std(0) - b.std(0)).norm(), "stays the same when all of a moves"),
    (lambda a, b: metrics.frechet_distance(metrics.gaussian_fit(a), metrics.gaussian_fit(b)), "You give 12.75"),
    (lambda a, b: general(a / a.std(), b / b.std()), "You give 1.414"),
    (lambda a, b: {"energy": general(a, b)}, "This dict has length 1"),
    (lambda a, b: (2 * torch.cdist(a, b) - torch.cdist(a, a) - torch.cdist(b, b)).mean(), "equally many samples"),
    (lambda a, b: 2 * F.pairwise_distance(a, b).mean() - within(a) - within(b), "equally many samples"),
    (lambda a, b: 2 * math.dist(a, b), "math.dist takes two points"),
    (lambda a, b: 2 * torch.cdist(a, b).mean - within(a), "A method lacks its parentheses"),
    (lambda a, b: 2 * between(a, b) - torch.cdist(a, a).max() - torch.cdist(b, b).max(), "it is 0.8052"),
    (lambda a, b: general(a[:4], b[:4]), "it is 0.8052"),
    (lambda a, b: general(a, b).exp(), "You give 54.6"),
    (changes_a, "You changed the a or b"),
    (changes_diagonal, "You changed the a or b"),
    (branches, "Does a branch lack its return?"),
    (metrics.energy_distance(torch.zeros(2, 1), torch.ones(2, 1)), "without calling it. This is of type float"),
    (lambda a, b: general(a, b).clamp_min(0).sqrt(), "You cut off what is below 0, and take a root"),
    (lambda a, b: 2 * (a.mean(0) - b.mean(0)).norm() - within(a) - within(b), "Between, you take the distance of the"),
    (lambda a, b: (a.mean(0) - b.mean(0)).norm() - within(a) - within(b), "Between, you take the distance of the"),
    (lambda a, b: 2 * (a[:, None] - b).abs().mean() - within(a) - within(b), "Between, you take a mean over the"),
    (lambda a, b: 2 * (a[:, None] - b).norm() - within(a) - within(b), "Between, you take one norm of everything"),
    (
        lambda a, b: 2 * between(a, b) - sums(a) / (len(a) * (len(b) - 1)) - sums(b) / (len(b) * (len(a) - 1)),
        "The N and M in your divisors within are mixed up",
    ),
    (lambda a, b: 2 * torch.cdist(a, b).median() - F.pdist(a).median() - F.pdist(b).median(), "You take medians"),
    (lambda a, b: 2 * torch.cdist(a, b).amin(1).mean() - within(a) - within(b), "nearest neighbour only"),
    (lambda a, b: 2 * torch.cdist(a, b).amin(0).mean() - within(a) - within(b), "nearest neighbour only"),
    (lambda a, b: 2 * between(a, b) - a.std(0).mean() - b.std(0).mean(), "a standard deviation is no distance"),
    (lambda a, b: 2 * between(a, b) - a.std() - b.std(), "a standard deviation is no distance"),
    (lambda a, b: general(a, b) * len(a), "You multiply by the number of samples"),
    (lambda a, b: 2 * between(a, b) - 2 * within(a), "0 times that within b"),
    (
        lambda a, b: 2 * between(a, b) - torch.cdist(a, a)[0, 1:].mean() - torch.cdist(b, b)[0, 1:].mean(),
        "the pairs of the first sample only",
    ),
]


# Two diseases. The charts are made by hand, after real ones.

SIX = clinic.two_diseases
PACK, PACE = partial(models.toy_players, width=32, pack=2), Adam(1e-3)
BOTH = {"players": PACK, "opt_D": PACE}


def course(start, end, runs=8):
    """A straight way between two values, (VALUES, members)."""
    end = torch.as_tensor(end, dtype=torch.float32).expand(runs)
    return start + torch.linspace(0, 1, clinic.VALUES)[:, None] * (end - start)


def chart(change, distance=SIX.well / 3, centre=0.01, spread=1.0, on_fakes=0.5, patient=SIX, runs=8):
    curves = {name: course(0.5, 0.5, runs) for name in ("on_training", "on_held_out")}
    curves |= {name: course(1.0, 1.0, runs) for name in ("loss_D", "loss_G", "gradient")}
    ends = {"centre": (0.2, centre), "spread": (0.12, spread), "on_fakes": (0.5, on_fakes)}
    curves |= {name: course(*way, runs) for name, way in ends.items()}
    distance = torch.as_tensor(distance, dtype=torch.float32).expand(runs).clone()
    return clinic.Chart(patient, change, list(range(4, 201, 4)), curves, distance)


UNTREATED = {
    "distance": [173.95, 189.26, 171.69, 273.47, 879.17, 483.78, 417.21, 1.22],
    "centre": [-77.6, 74.9, -67.4, 147.1, -287.9, -240.6, -153.5, 0.7],
    "spread": [20.2, 27.6, 25.8, 42.2, 112.1, 65.9, 62.1, 0.01],
    "on_fakes": [0.998, 0.998, 0.998, 0.995, 0.544, 0.984, 0.99, 0.519],
}
PACKED = {
    "distance": [379.61, 441.73, 1.37, 0.85, 0.91, 1.11, 179.91, 251.56],
    "centre": [-151.2, 222.0, 0.94, 0.1, -0.2, 0.08, -75.4, -145.6],
    "spread": [53.2, 14.5, 0.01, 0.02, 0.24, 0.03, 31.1, 39.7],
    "on_fakes": [0.99, 0.96, 0.5, 0.53, 0.47, 0.5, 0.998, 0.996],
}
PACED = {
    "distance": [0.94, 1.17, 1.08, 1.08, 1.27, 1.0, 1.15, 0.86],
    "centre": [0.0, -0.385, 0.15, -0.33, 0.03, -0.25, 0.57, -0.25],
    "spread": [0.085, 0.2, 0.175, 0.256, 0.2, 0.157, 0.2, 0.383],
}
CURED = {
    "distance": [k * SIX.well for k in (0.2, 1.5, 0.2, 0.5, 0.4, 0.4, 0.5, 0.4)],
    "spread": [1, 0.89, 0.99, 1.06, 0.98, 1, 1, 1.04],
}


def hopping(given):
    """As real charts of the collapse: the centre hops around before it ends."""
    given.curves["centre"][10:20] += 2.0
    given.curves["centre"][25:30] -= 1.5
    return given


def some_ill(well, ill=1.0, runs=8):
    return [SIX.well / 3] * well + [ill] * (runs - well)


def moved(**fields):
    """A patient with some fields of his own changed."""
    return replace(SIX, **fields)


def with_nan(given, members=4):
    for name in ("centre", "spread"):
        given.curves[name][20:, :members] = torch.nan
    given.distance[:members] = torch.nan
    return given


CAPSTONE = [
    chart(BOTH, **CURED),
    chart({"opt_D": PACE, "players": PACK}, **CURED),
    chart(BOTH, distance=some_ill(6)),
    chart(BOTH, distance=some_ill(7)),
    chart(BOTH, distance=some_ill(6, ill=torch.nan)),
    chart({"opt_D": SGD(0.1), "players": PACK}, centre=0.08, spread=1.07),
    chart({"opt_D": Adam(0.1), "players": partial(models.toy_players, width=64, pack=4)}, spread=1.28),
    chart({"d_steps": 20, "g_steps": 1}),
    chart({"loss": losses.wasserstein, "penalties": (penalties.r1(0.1),)}),
    chart(BOTH, distance=some_ill(13, runs=16), runs=16),
    chart({**BOTH, "g_steps": 5}),  # 5 is what it was
    chart({**BOTH, "loss": losses.non_saturating, "batch": 64}),
    copy.deepcopy(chart(BOTH, **CURED)),
    chart(BOTH, patient=copy.deepcopy(SIX)),
    replace(chart(BOTH, **CURED), rounds=[]),
    lambda: chart(BOTH),
    chart(MappingProxyType(BOTH)),
    chart(BOTH, distance=some_ill(6, ill=60.0), centre=[0.0] * 6 + [50.0] * 2),
    chart({"g_steps": 1, "d_steps": 5}, spread=0.9),
    chart({"opt_G": SGD(0.1), "penalties": [penalties.r1(0.1)]}),
    chart({"players": lambda: models.toy_players(width=32, pack=2), "opt_D": PACE}),
    with_nan(chart({"players": PACK, "opt_D": SGD(0.5)}), 2),
    chart({"players": PACK, "opt_D": Adam(1e-3, betas=(0.0, 0.9))}, distance=0.99 * SIX.well),
    partial(chart, BOTH),
    replace(chart(BOTH), distance=torch.full((8,), SIX.well / 3, dtype=torch.double)),
    chart({"d_steps": 5, "players": PACK}, distance=some_ill(6, 0.7)),
]
WRONG_CAPSTONE = [
    (chart({}, **UNTREATED), "Nothing is changed: this is the untreated course. In 7 of 8 runs the fakes run away"),
    (
        chart({"players": PACK}, **PACKED),
        "0 of 8 runs are well. You changed players alone. In 4 of 8 runs the fakes run",
    ),
    (chart({"players": PACK}, **PACKED), "D still learns too slowly for this G"),
    (hopping(chart({"opt_D": PACE}, **PACED)), "You changed opt_D alone. The fakes do not run away"),
    (hopping(chart({"opt_D": PACE}, **PACED)), "they spread over 0.2 where the data has 1. The collapse is left"),
    (hopping(chart({"penalties": (penalties.r1(1.0),), "opt_D": PACE}, **PACED)), "0 of 8 runs are well. The fakes do"),
    (hopping(chart({"loss": losses.hinge, "opt_D": PACE}, **PACED)), "The collapse is left"),
    (
        chart({"players": PACK, "opt_D": Adam(1e-4)}, 20, [-3, -18, 9, 5, 1, 2, 8, 4], 3.2),
        "In 8 of 8 runs the fakes run",
    ),
    (chart({"players": PACK, "g_steps": 4}, **PACKED), "0 of 8 runs are well. In 4 of 8 runs the fakes run away"),
    (chart({"players": PACK, "opt_G": Adam(0.1)}, **{**PACKED, "on_fakes": 0.01}), "though D calls them fake"),
    (chart({"players": PACK, "opt_G": Adam(1e-5)}, 0.62, 0.25, 0.14), "the fakes stay about where they began"),
    (chart({"opt_G": Adam(1e-5)}, 0.59, 0.25, 0.18), "You changed opt_G alone. In 8 of 8 runs the fakes stay"),
    (with_nan(chart({"players": PACK, "opt_D": SGD(1e3)}, 3.0)), "In 4 of 8 runs the numbers overflow"),
    (with_nan(chart({"players": PACK, "opt_D": SGD(1e3)}, 3.0), 8), "In 8 of 8 runs the numbers overflow"),
    (chart(BOTH, distance=0.3), "Neither disease stands out"),
    (
        chart(BOTH, distance=0.3),
        "In 8 of 8 runs the fakes are near the data and about as wide, but their energy distance, 0.3, is",
    ),
    (chart(BOTH, distance=some_ill(5, 0.4)), "5 of 8 runs are well. Neither disease stands out"),
    (chart(BOTH, distance=some_ill(11, 0.4, 16), runs=16), "11 of 16 runs are well"),
    (chart({"g_steps": 1, "opt_D": PACE}, 0.5, 0.6, 0.7), "Neither disease stands out"),
    (hopping(chart({"g_steps": 1, "opt_D": PACE}, 0.5, 0.6, [1.0] * 4 + [0.2] * 4)), "in 4 of 8 runs they spread over"),
    (chart({**BOTH, "g_steps": 1}), "You changed players, opt_D, g_steps: two are enough. Take one away"),
    (
        hopping(chart({"loss": losses.hinge, "opt_D": PACE, "g_steps": 4}, **PACED)),
        "two are enough. The fakes do not",
    ),
    (chart({**BOTH, "g_steps": 1, "average": 0.9}), "two are enough"),
    (chart({**BOTH, "batch": 512}), "batch is no cure here: 64 samples a round are the budget"),
    (chart({"players": PACK, "batch": 512}, **PACKED), "batch is no cure here"),
    (chart({"batch": 512}, **UNTREATED), "batch is no cure here"),
    (chart({"opt_D": PACE, "batch": 32}, **PACED), "batch is no cure here"),
    (chart({"d_steps": 100}), "One field, d_steps, does it alone. Asked are two"),
    (
        hopping(chart({"opt_D": PACE, "g_steps": 5}, **PACED)),
        "You changed opt_D alone. (g_steps is what it was before.)",
    ),
    (chart({"loss": losses.non_saturating}, **UNTREATED), "(loss is what it was before.)"),
    (chart(BOTH, runs=2), "2 of 2 runs are well. That may be luck: take eight"),
    (chart(BOTH, runs=1), "1 of 1 runs are well. That may be luck"),
    (hopping(chart(BOTH, 1.1, 0.1, 0.2, runs=2)), "0 of 2 runs are well. The fakes do not"),
    (chart(BOTH, patient=clinic.collapse), "That is a chart of patient 5. The sixth has two diseases"),
    (chart({"players": PACK}, patient=clinic.PATIENTS[5]), "That is a chart of patient 5"),
    (chart({"opt_D": PACE}, patient=clinic.unequal_pace), "That is a chart of patient 2"),
    (chart({"penalties": (penalties.r1(1.0),)}, patient=clinic.memorising), "That is a chart of patient 1"),
    (chart({"opt_D": PACE}, patient=moved(recipe=replace(SIX.recipe, players=PACK))), "own recipe was changed"),
    (chart(BOTH, patient=moved(rounds=2_000)), "The patient's rounds is not that of clinic.two_diseases"),
    (chart(BOTH, 0.9, patient=moved(well=1.0)), "Rounds and limits belong to him"),
    (chart(BOTH, patient=moved(head_start=500)), "The patient's head_start is not"),
    (chart(BOTH, patient=moved(data=clinic.unequal_pace.data)), "The patient's data was changed"),
    (SIX, "That is a patient, not yet treated"),
    (SIX.recipe, "That is a recipe"),
    (replace(SIX.recipe, **BOTH), "That is a recipe"),
    (BOTH, "That is the prescription, not how it went"),
    (MappingProxyType(BOTH), "That is the prescription"),
    ([chart({"players": PACK}, **PACKED), chart({"opt_D": PACE}, **PACED)], "Two single treatments do not add up"),
    ((chart(BOTH),), "Give one chart"),
    (clinic.treat, "That is a function that has not run"),
    (partial(clinic.treat, SIX, **BOTH), "That is a function that has not run"),
    (clinic.Chart, "That is a function that has not run"),
    (lambda patient: chart(BOTH), "That is a function that has not run"),
    (repr(chart(BOTH)), "That is a text"),
    (8, "That is a number out of the chart"),
    (chart(BOTH).distance, "That is a number out of the chart"),
    (chart(BOTH).curves, "That is the prescription"),
    (SimpleNamespace(well=8), "This is of type SimpleNamespace"),
    (chart({"players": PACK, "opt_D": Adam(1e-5)}, **PACKED), "changed players alone. (opt_D is what it was before.)"),
    (chart({"players": clinic.small_players, "opt_D": PACE}, **PACED), "changed opt_D alone. (players is what it was"),
    (chart({"loss": losses.minimax, "players": PACK}, **PACKED), "D still learns too slowly"),
    (
        chart(BOTH, [SIX.well / 3] * 5 + [0.9, 0.9, 60], [0.0] * 7 + [50], [1.0] * 5 + [0.1, 0.1, 9]),
        "In 1 of 8 runs the fakes",
    ),
    (
        hopping(chart(BOTH, [SIX.well / 3] * 5 + [0.9, 0.9, 0.5], 0, [1.0] * 5 + [0.1, 0.2, 0.9])),
        "in 2 of 8 runs they spread",
    ),
    (
        chart(BOTH, [SIX.well / 3] * 5 + [0.9, 0.6, 0.5], 0, [1.0] * 5 + [0.1, 0.9, 0.9]),
        "In 2 of 8 runs the fakes are near",
    ),
    (chart({"players": PACK, "instance_noise": 0.1}, 0.6, 0.25, 0.14), "G hardly moves. Does D push it?"),
    (chart({"players": PACK, "opt_G": Adam(1e-5)}, 0.6, 0.25, 0.14), "A slower G is no cure for a slow D"),
    (copy.deepcopy(chart(BOTH, patient=clinic.collapse)), "That is a chart of patient 5"),
    (chart(BOTH, 1.01 * SIX.well), "Neither disease stands out"),
    (chart(BOTH).well >= 6, "That is a number out of the chart"),
    (chart(BOTH).well, "That is a number out of the chart"),
    (chart(BOTH).real, "Give one chart"),
    (np.array([8]), "This is of type ndarray"),
    (clinic.CURES["collapse"], "That is the prescription"),
    (chart({"batch": 1024, **BOTH}, 0.01), "batch is no cure here"),
    (some_ill, "clinic.treat"),
    (chart(BOTH, runs=4), "4 of 4 runs are well. That may be luck"),
    (
        hopping(chart({"opt_D": PACE, "players": partial(models.toy_players, width=32, z_dim=16)}, **PACED)),
        "0 of 8 runs are well. The fakes do not run away, but in 8 of 8 runs they spread over 0.2",
    ),
    (hopping(chart({"opt_D": PACE, "penalties": (penalties.r1(1.0),)}, **PACED)), "what did you give patient 5?"),
]


RIGHT = {"diagnose": DIAGNOSE, "energy": ENERGY, "capstone": CAPSTONE}
WRONG = {"diagnose": WRONG_DIAGNOSE, "energy": WRONG_ENERGY, "capstone": WRONG_CAPSTONE}
# What is not finished, and the words that it must get.
OPEN = {
    "diagnose": [
        (dict.fromkeys(TRUTH, ...), "Not attempted yet"),
        (dict.fromkeys(TRUTH), "Not attempted yet"),
        (but(p2=..., p5=...), "So far so good: 1, 3 and 4. Still open: 2 and 5."),
    ]
}
# What the notebook has imported where a solution is pasted; the treatment is made by hand, as it takes long.
NAMES = {
    "clinic": SimpleNamespace(two_diseases=SIX, treat=lambda patient, **change: chart(change, patient=patient)),
    "models": models,
    "functools": functools,
    "Adam": Adam,
}
