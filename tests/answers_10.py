"""Answers to the exercises of lesson 10, right ones in many styles and wrong ones with the words that each must get."""

import copy
import itertools
import math

import numpy as np
import torch
from scipy import stats
from torch import nn

# Does D mix?


def company_of_paper(D, images):
    with torch.no_grad():
        together = D(images)
        for k in range(len(images)):
            others = torch.full_like(images, -1.0)
            others[k] = images[k]
            if not torch.allclose(D(others)[k], together[k]):
                return True
    return False


def by_gradients(D, images):
    x = images.clone().requires_grad_()
    for k, score in enumerate(D(x)):
        (gradient,) = torch.autograd.grad(score, x, retain_graph=True)
        if any(gradient[j].abs().max() > 0 for j in range(len(x)) if j != k):
            return True
    return False


def by_jacobian(D, images):
    table = torch.autograd.functional.jacobian(D, images).flatten(2).norm(dim=2)  # (N, N)
    return bool((table - table.diag().diag()).any())


def one_alone(D, images):
    together = D(images)
    return not all(torch.allclose(D(images[k : k + 1])[0], together[k]) for k in range(len(images)))


def by_numpy(D, images):
    together, halves = (scores.detach().numpy() for scores in (D(images), torch.cat([D(x) for x in images.split(1)])))
    return np.logical_not(np.isclose(together, halves, rtol=1e-4)).any()


def nudge_each(D, images):
    with torch.no_grad():
        before, moved = D(images), []
        for j in range(len(images)):
            x = images.clone()
            x[j] = torch.randn_like(x[j]).clamp(-1, 1)
            moved.append((D(x) - before).abs() > 1e-5 * before.abs().max())
    moved = torch.stack(moved)  # (N, N)
    return (moved & ~torch.eye(len(images), dtype=torch.bool)).any()


class Halves:
    def __call__(self, D, images, /):
        n = len(images) // 2
        parts = torch.cat([D(images[:n]), D(images[n:])])
        return torch.tensor([float((parts - D(images)).abs().max() > 1e-5 * parts.abs().mean())])


def with_a_copy(D, images):
    twin = copy.deepcopy(D)  # its running statistics may go astray
    x = torch.cat([torch.rand(10, 1, 28, 28), images])
    return int(not torch.allclose(twin(x)[10:], twin(images)))


def own_and_all(D, images):
    x = images.clone().requires_grad_()
    rows = torch.stack([torch.autograd.grad(score, x, retain_graph=True)[0] for score in D(x)])  # (N, N, 1, 28, 28)
    own = rows[range(len(x)), range(len(x))]
    return not torch.allclose(rows.abs().sum(), own.abs().sum())


def in_eval(D, images):
    D.eval()
    found = company_of_paper(D, images)
    D.train()
    return found


def restored_eval(D, images):
    modes = [part.training for part in D.modules()]
    D.eval()
    found = company_of_paper(D, images)
    for part, training in zip(D.modules(), modes, strict=True):
        part.training = training
    return found


def first_only(D, images):
    x = images.clone()
    x[1:] = -1.0
    return not torch.allclose(D(x)[0], D(images)[0])


def with_own(D, images):
    return not torch.allclose(D(-images), D(images))


def in_place(D, images):
    before = D(images)
    images[1:] = -1
    return not torch.allclose(D(images)[0], before[0])


def learns(D, images):
    D(images).sum().backward()
    with torch.no_grad():
        for weight in D.parameters():
            weight -= 0.1 * weight.grad
    return True


def hears(within, pairs):
    def answer(D, images):
        with torch.no_grad():
            before = D(images)
            for k, j in pairs(len(images)):
                x = images.clone()
                x[j] = -x[j]
                if not torch.allclose(D(x)[k], before[k], rtol=within, atol=within / 10):
                    return True
        return False

    return answer


def all_pairs(n):
    return [(k, j) for k in range(n) for j in range(n) if k != j]


MIXES = [
    company_of_paper,
    by_gradients,
    by_jacobian,
    one_alone,
    by_numpy,
    nudge_each,
    Halves(),
    with_a_copy,
    own_and_all,
    hears(1e-5, all_pairs),
]
WRONG_MIXES = [
    (lambda D, x: True, "You answer True for every D"),
    (with_own, "You answer True for every D"),
    (lambda D, x: False, "You answer False for every D"),
    (lambda D, x: not torch.allclose(D(x), D(x)), "You answer False for every D"),
    (lambda D, x: not company_of_paper(D, x), "exchanged"),
    (lambda D, x: any(isinstance(part, nn.BatchNorm2d) for part in D.modules()), "look for layers by name"),
    (lambda D, x: "BatchNorm" in str(D), "look for layers by name"),
    (lambda D, x: "BatchNorm" in str(D) and D.training, "without nn.BatchNorm. Ask what"),
    (lambda D, x: "Norm" in str(D), "look for any normalisation by name"),
    (lambda D, x: D.training, "whether D is in training mode"),
    (lambda D, x: not torch.allclose(D(x.flip(0)).flip(0), D(x)), "only reorder the batch"),
    (lambda D, x: not torch.allclose(D(torch.cat([x, x]))[: len(x)], D(x)), "the same images twice"),
    (first_only, "the first score only"),
    (hears(1e-5, lambda n: [(k, 0) for k in range(1, n)]), "change the first image only"),
    (hears(1e-5, lambda n: [(k, n - 1) for k in range(n - 1)]), "change the last image only"),
    (hears(1e-5, lambda n: [(0, 1)]), "one pair of images, the first two"),
    (hears(1e-5, lambda n: [(n - 1, j) for j in range(n - 1)]), "the last score only"),
    (hears(1e-2, all_pairs), "Your tolerance is too wide"),
    (
        lambda D, x: not torch.equal(torch.cat([D(one) for one in x.split(1)]), D(x)),
        "by rounding with the batch's size",
    ),
    (lambda D, x: not torch.allclose(D(x).sum(), sum(D(one).sum() for one in x.split(1))), "sums or means"),
    (in_eval, "left in another mode"),
    (restored_eval, "You switch D to evaluation mode"),
    (in_place, "You change the images"),
    (learns, "D has learned"),
    (lambda D, x: D(x[0]), "images[:1] keeps the N"),
    (lambda D, x: D(x) == torch.cat([D(one) for one in x.split(1)]), "take .any()"),
    (lambda D, x: "yes", "True or False is asked for. You give a str"),
    (lambda D, x: (D(x) - D(x.roll(1, 0))).abs().max() + 2, "compare it with what rounding may do"),
    (lambda D, x: bool(D(x) != D(-x)), "One answer for all"),
    (lambda D, x: torch.autograd.grad(D(x.clone().requires_grad_()), x), "Take one score"),
    (lambda D, x: torch.autograd.grad(D(x)[0], x)[0][1:].any(), "must ask for a gradient"),
    (lambda D, x: D(x[:2]).allclose(D(x)), "Compare the scores of the same images"),
    (lambda D, x: D(x).numpy().std() > 1, "Detach them first"),
    (True, "without calling it"),
]

# Rank correlation


def by_counting(a, b):
    def ranks(x):
        return (x[:, None] > x).sum(1) + ((x[:, None] == x).sum(1) + 1) / 2

    return torch.corrcoef(torch.stack([ranks(a), ranks(b)]))[0, 1]


def in_plain_python(a, b):
    def ranks(x):
        x = x.tolist()
        order = sorted(x)
        return [order.index(v) + (order.count(v) - 1) / 2 for v in x]

    u, v = ranks(a), ranks(b)
    m, n = sum(u) / len(u), sum(v) / len(v)
    top = sum((p - m) * (q - n) for p, q in zip(u, v, strict=True))
    return top / math.sqrt(sum((p - m) ** 2 for p in u) * sum((q - n) ** 2 for q in v))


def by_pandas_like(a, b):
    u, v = (torch.from_numpy(stats.rankdata(x.numpy())) for x in (a, b))
    u, v = (x - x.mean() for x in (u, v))
    return torch.nn.functional.cosine_similarity(u, v, dim=0)


def by_signs(a, b):
    u, v = ((x[:, None] - x).sign().sum(1) for x in (a, b))  # twice the rank, centred
    return u @ v / (u.norm() * v.norm())


def ranks(x, method="average"):
    return stats.rankdata(x.numpy(), method)


def ordinal(x):
    return x.argsort(stable=True).argsort(stable=True).double() + 1


def squares(a, b, factor=6, below=lambda n: n * (n * n - 1)):
    return 1 - factor * ((ranks(a) - ranks(b)) ** 2).sum() / below(len(a))


def corr(u, v):
    return np.corrcoef(u, v)[0, 1]


def best(a, b):
    return stats.spearmanr(a, b).statistic


def sorts_in_place(a, b):
    a.copy_(a.sort().values)
    return best(a, b)


RANK = [
    best,
    by_counting,
    in_plain_python,
    by_pandas_like,
    by_signs,
    lambda a, b: stats.pearsonr(ranks(a), ranks(b)).statistic,
    lambda a, b: np.polyfit(stats.zscore(ranks(a)), stats.zscore(ranks(b)), 1)[0],
    lambda a, b: corr(-ranks(a), -ranks(b)),
    lambda a, b: torch.tensor([[round(float(best(a, b)), 6)]]),
]
WRONG_RANK = [
    (corr, "of the values themselves"),
    (lambda a, b: torch.corrcoef(torch.stack([a, b]))[0, 1], "of the values themselves"),
    (squares, "Ties break the short formula"),
    (lambda a, b: corr(ordinal(a), ordinal(b)), "Equal values get different ranks in yours"),
    (lambda a, b: corr(ranks(a, "min"), ranks(b, "min")), "share the lowest"),
    (lambda a, b: corr(ranks(a, "max"), ranks(b, "max")), "share the highest"),
    (lambda a, b: corr(ranks(a, "dense"), ranks(b, "dense")), "do not leave room for ties"),
    (lambda a, b: corr(a.argsort(stable=True), b.argsort(stable=True)), "argsort once"),
    (lambda a, b: corr(a.sort().values, b.sort().values), "correlate what is sorted"),
    (lambda a, b: corr(ranks(a), b), "You rank the first list only"),
    (lambda a, b: corr(a, ranks(b)), "You rank the second list only"),
    (lambda a, b: -best(a, b), "The sign is turned"),
    (lambda a, b: abs(best(a, b)), "without the sign"),
    (lambda a, b: best(a, b) ** 2, "You give its square"),
    (lambda a, b: stats.kendalltau(a, b).statistic, "Kendall"),
    (lambda a, b: stats.spearmanr(a, b).pvalue, "the p-value"),
    (lambda a, b: stats.spearmanr(a, b), "Take .statistic"),
    (lambda a, b: np.cov(ranks(a), ranks(b))[0, 1], "the covariance of the ranks. Divide"),
    (lambda a, b: np.cov(ranks(a), ranks(b), ddof=0)[0, 1], "over N. Divide"),
    (lambda a, b: best(a, b) * (len(a) - 1) / len(a), "(N - 1)/N too small"),
    (lambda a, b: best(a, b) * len(a) / (len(a) - 1), "N/(N - 1) too large"),
    (lambda a, b: best(a, b) * len(a), "N times too large"),
    (lambda a, b: ranks(a) @ ranks(b) / np.linalg.norm(ranks(a)) / np.linalg.norm(ranks(b)), "are not subtracted"),
    (lambda a, b: squares(a, b, 1), "without its 6."),
    (lambda a, b: squares(a, b, below=lambda n: n * (n * n + 1)), "n(n² + 1)"),
    (lambda a, b: squares(a, b, below=lambda n: n**3), "You divide by n³"),
    (lambda a, b: squares(a, b, below=lambda n: n * n - 1), "forget the n"),
    (lambda a, b: corr(a.diff(), b.diff()), "the steps from entry to entry"),
    (lambda a, b: round(best(a, b), 1), "You round"),
    (lambda a, b: 1.0, "You give 1 whatever"),
    (lambda a, b: best(a, b) * 3, "stays between -1 and 1"),
    (lambda a, b: best(a, b) / 2 + 0.1, "the ranks are"),
    (lambda a, b: ordinal(a) * ordinal(b), "has the shape (5,)"),
    (lambda a, b: a.argsort().argsort().mean(), "means want floats"),
    (lambda a, b: a.rank(), "Tensors have no rank()"),
    (sorts_in_place, "You change the tensors"),
]

# Chance


def by_sums(dial, floors):
    a, b = (x.argsort().argsort() for x in (dial, floors))
    orders = torch.tensor(list(itertools.permutations(a.tolist())))
    return ((orders * b).sum(1) >= (a * b).sum()).float().mean()


def by_correlation(dial, floors):
    found = best(dial, floors)
    orders = [best(torch.tensor(order), floors) for order in itertools.permutations(dial.tolist())]
    return sum(r >= found - 1e-9 for r in orders) / len(orders)


def by_scipy(dial, floors):
    test = stats.permutation_test(
        (dial.numpy(),),
        lambda x: stats.spearmanr(x, floors.numpy()).statistic,
        permutation_type="pairings",
        alternative="greater",
        n_resamples=np.inf,
    )
    return test.pvalue


def by_squares(dial, floors):
    place = {value: k for k, value in enumerate(sorted(dial.tolist()))}
    other = {value: k for k, value in enumerate(sorted(floors.tolist()))}

    def apart(order):
        return sum((place[d] - other[f]) ** 2 for d, f in zip(order, floors.tolist(), strict=True))

    here = apart(dial.tolist())
    hits = [apart(order) <= here for order in itertools.permutations(dial.tolist())]
    return hits.count(True) / math.factorial(len(dial))


def by_recursion(dial, floors):
    a, b = ([sorted(x.tolist()).index(v) for v in x.tolist()] for x in (dial, floors))

    def count(rest, left):
        if not rest:
            return int(left <= 0)
        return sum(count(rest[:k] + rest[k + 1 :], left - v * b[len(b) - len(rest)]) for k, v in enumerate(rest))

    return np.float64(count(a, sum(u * v for u, v in zip(a, b, strict=True))) / math.factorial(len(a)))


def shuffling_the_floors(dial, floors):
    return by_sums(floors, dial)


def measure(dial, floors):
    a, b = (x.argsort().argsort() for x in (dial, floors))
    return torch.tensor(
        [sum(p * q for p, q in zip(order, b.tolist(), strict=True)) for order in itertools.permutations(a.tolist())]
    ), (a * b).sum()


def counting(compare, above=0, below=0):
    def answer(dial, floors):
        orders, found = measure(dial, floors)
        return (compare(orders, found).sum().item() + above) / (len(orders) + below)

    return answer


def least(orders, found):
    return orders >= found


def drawn(dial, floors):
    torch.manual_seed(1)
    a, b = (x.argsort().argsort() for x in (dial, floors))
    found = (a * b).sum()
    return sum(bool((a[torch.randperm(len(a))] * b).sum() >= found) for _ in range(500)) / 500


def half_tied(dial, floors):
    orders, found = measure(dial, floors)
    return ((orders > found).sum() + (orders == found).sum() // 2 + 1) / len(orders)


def by_values(dial, floors):
    dial, floors = dial.double(), floors.double()
    orders = torch.tensor(list(itertools.permutations(dial.tolist())), dtype=torch.float64)
    return (orders @ floors >= dial @ floors - 1e-9).double().mean()


CHANCE = [by_sums, by_correlation, by_scipy, by_squares, by_recursion, shuffling_the_floors, counting(least)]
WRONG_CHANCE = [
    (counting(lambda orders, found: orders > found), "At least as high: >=, not >"),
    (counting(least, above=-1), "with it chance is never 0"),
    (counting(least, above=-1, below=-1), "above the line and below"),
    (counting(least, below=-1), "one order too few"),
    (counting(least, above=1, below=1), "You add 1 above and below"),
    (lambda d, f: 2 * by_sums(d, f), "You double it"),
    (counting(lambda o, found: (o - o.float().mean()).abs() >= (found - o.float().mean()).abs()), "no abs()"),
    (counting(lambda orders, found: orders <= found), "at most as well"),
    (counting(lambda orders, found: orders < found), "do worse"),
    (lambda d, f: least(*measure(d, f)).sum(), "Divide by all of them, N!"),
    (lambda d, f: 1 / math.factorial(len(d)), "the chance of one single order"),
    (lambda d, f: math.factorial(len(d)), "That is the number of orders"),
    (best, "That is the rank correlation"),
    (by_values, "Take ranks first"),
    (lambda d, f: stats.spearmanr(d, f).pvalue, "and for both sides"),
    (lambda d, f: stats.spearmanr(d, f, alternative="greater").pvalue, "by a formula for many points. Count"),
    (lambda d, f: stats.pearsonr(d, f).pvalue, "Pearson's p-value"),
    (lambda d, f: stats.kendalltau(d, f).pvalue, "Kendall's p-value"),
    (drawn, "Do you draw orders at random"),
    (half_tied, "Rounding parts equal"),
    (lambda d, f: 0.05, "You give 0.05 whatever"),
    (lambda d, f: by_sums(d, f) / 2 + 0.3, "do at least as well, which is"),
    (lambda d, f: [by_sums(d, f)] * 2, "This list has length 2"),
    (lambda d, f: d.sub_(1).sum(), "You change the tensors"),
    (lambda d, f: 1 / 0, "divided by 0"),
]

RIGHT = {"mixes": MIXES, "rank_correlation": RANK, "chance": CHANCE}
WRONG = {"mixes": WRONG_MIXES, "rank_correlation": WRONG_RANK, "chance": WRONG_CHANCE}
