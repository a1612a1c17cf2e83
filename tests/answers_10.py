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


class Singles:
    def __call__(self, D, images, /):
        parts = torch.cat([D(image[None]) for image in images])
        return torch.tensor([float((parts - D(images)).abs().max() > 1e-5 * parts.abs().mean())])


def on_a_copy(D, images):
    twin = copy.deepcopy(D)  # its running statistics and gradients may go astray
    for k in range(len(images)):
        x = images.clone().requires_grad_()
        twin(x)[k].backward()
        if x.grad.flatten(1).norm(dim=1).count_nonzero() > 1:
            return 1
    return 0


def slopes(D, x):
    """How each image moves each score, (N, N, 1, 28, 28)."""
    x = x.clone().requires_grad_()
    return torch.stack([torch.autograd.grad(score, x, retain_graph=True)[0] for score in D(x)])


def own_and_all(D, images):
    rows = slopes(D, images)
    own = rows[range(len(rows)), range(len(rows))]
    return not torch.allclose(rows.abs().sum(), own.abs().sum())


def off_diagonal(D, images):
    table = slopes(D, images).flatten(2).norm(dim=2)
    return table - table.diag().diag()


def total(D, images):
    """The gradient of the sum of the scores."""
    return slopes(D, images).sum(0)


def sums_that_hide(D, images):
    rows = slopes(D, images)
    return not torch.allclose(rows.sum(0), rows[range(len(rows)), range(len(rows))], rtol=1e-4, atol=1e-7)


def signed_sum(D, images):
    rows = slopes(D, images).flatten(2).sum(2)
    return (rows - rows.diag().diag()).sum().abs() > 1e-3


def adding_up(D, images):
    D, x = copy.deepcopy(D), images.clone().requires_grad_()
    found = False
    for k in range(len(x)):
        D(x)[k].backward()
        found = found or x.grad.flatten(1).norm(dim=1).count_nonzero() > 1
    return bool(found)


def halves(D, images):
    n = len(images) // 2
    return not torch.allclose(torch.cat([D(images[:n]), D(images[n:])]), D(images), atol=1e-5)


def without_graph(D, images):
    with torch.no_grad():
        x = images.clone().requires_grad_()
        scores = D(x)
    return torch.autograd.grad(scores[0], x)[0][1:].any()


def leaves_gradients(D, images):
    x = images.clone().requires_grad_()
    D(x)[0].backward()
    return x.grad[1:].any()


def freezes(D, images):
    for weight in D.parameters():
        weight.requires_grad_(False)
    return off_diagonal(D, images).any()


def trained_copy(D, images):
    return company_of_paper(copy.deepcopy(D).train(), images)


def second_half(D, images):
    x = images.clone()
    x[3:] = -1
    return not torch.allclose(D(x)[:3], D(images)[:3], atol=1e-6)


def blackened(D, images):
    x = images.clone()
    x[0] = 0
    return not torch.allclose(D(x)[1:], D(images)[1:], atol=1e-5)


def swapped(D, images):
    x = images.clone()
    x[[0, 1]] = x[[1, 0]]
    return not torch.allclose(D(x)[2:], D(images)[2:], atol=1e-6)


def in_two_companies(D, images):
    other = torch.cat([images[:1], torch.rand_like(images[1:])])
    return not torch.allclose(total(D, images)[0], total(D, other)[0], atol=1e-6)


def buffers_move(D, images):
    D = copy.deepcopy(D)
    before = [kept.clone() for kept in D.buffers()]
    D(images)
    return any(not torch.equal(kept, old) for kept, old in zip(D.buffers(), before, strict=True))


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
    Singles(),
    on_a_copy,
    lambda D, x: bool(off_diagonal(D, x).any()),
    own_and_all,
    hears(1e-5, all_pairs),
]
x_order = [3, 5, 0, 4, 1, 2]
WRONG_MIXES = [
    (lambda D, x: True, "You answer True for every D"),
    (with_own, "You answer True for every D"),
    (lambda D, x: False, "You answer False for every D"),
    (lambda D, x: not torch.allclose(D(x), D(x)), "You answer False for every D"),
    (lambda D, x: not company_of_paper(D, x), "exchanged"),
    (lambda D, x: any(isinstance(part, nn.BatchNorm2d) for part in D.modules()), "look for batch norm"),
    (lambda D, x: "BatchNorm" in str(D), "look for batch norm"),
    (lambda D, x: "BatchNorm" in str(D) and D.training, "may mix without it. Ask what"),
    (lambda D, x: "Norm" in str(D), "look for any normalisation by name"),
    (lambda D, x: D.training, "whether D is in training mode"),
    (lambda D, x: not torch.allclose(D(x.flip(0)).flip(0), D(x)), "only reorder the batch"),
    (lambda D, x: not torch.allclose(D(torch.cat([x, x]))[: len(x)], D(x)), "You answer False for every D"),
    (first_only, "the first score only"),
    (lambda D, x: not torch.allclose(D(x)[:1], D(x[:1])), "the first score only"),
    (lambda D, x: not torch.allclose(D(x)[:2], D(x[:2]), atol=1e-6), "take images away"),
    (lambda D, x: not torch.allclose(D(x[:2])[0], D(x)[0], atol=1e-6), "take images away"),
    (halves, "take images away"),
    (
        lambda D, x: not torch.allclose(D(torch.cat([torch.rand(10, 1, 28, 28), x]))[10:], D(x), atol=1e-6),
        "take images away",
    ),
    (sums_that_hide, "your sum hides it"),
    (signed_sum, "your sum hides it"),
    (adding_up, "adds to x.grad"),
    (second_half, "an image of its own half"),
    (blackened, "the first image only"),
    (swapped, "only reorder the batch"),
    (lambda D, x: not torch.allclose(D(x)[x_order], D(x[x_order]), atol=1e-6), "To reorder them is not enough"),
    (lambda D, x: total(D, x).abs().max() < 1e-6, "the sum of the scores stands still"),
    (lambda D, x: D(x).sum().abs() < 1e-6, "the sum of the scores stands still"),
    (in_two_companies, "gradients of the sum"),
    (buffers_move, "its running statistics"),
    (trained_copy, "You switch D to training mode"),
    (lambda D, x: first_only(copy.deepcopy(D).eval(), x), "You switch D to evaluation mode"),
    (lambda D, x: (off_diagonal(D, x)[0, 1:] > 0).all(), "any, not all"),
    (lambda D, x: (off_diagonal(D, x) > 0).sum() == 30, "any, not all"),
    (hears(1e-5, lambda n: [(k, j) for k in range(n) for j in (k - 1, k + 1) if 0 <= j < n]), "neighbours only"),
    (lambda D, x: off_diagonal(D, x).triu().any(), "leave out some pairs"),
    (lambda D, x: off_diagonal(D, x)[1:, 1:].any(), "leave out some pairs"),
    (lambda D, x: not torch.equal(D(x[:1])[0], D(x)[0]), "score"),  # what it answers depends on the machine
    (lambda D, x: off_diagonal(D, x.requires_grad_()).any(), "now ask for gradients"),
    (leaves_gradients, "leaves gradients in D"),
    (freezes, "no longer ask for gradients"),
    (without_graph, "not under no_grad"),
    (lambda D, x: torch.autograd.grad(D(y := x.clone().requires_grad_())[0], y).abs(), "Take its first: [0]"),
    (lambda D, x: torch.autograd.grad(D(y := x.clone().requires_grad_())[0], y[1]), "D never saw the tensor"),
    (lambda D, x: D(x)[0, 0], "with one index"),
    (lambda D, x: x.grad.any(), "A gradient is None"),
    (lambda D, x: torch.allclose(D(x)[0].item(), D(x[:1])[0].item()), "Leave out .item()"),
    (lambda D, x: D(x.double()), "D's weights are float32"),
    (lambda D, x: (D(x)[0] > 0).item().any(), "one truth value already"),
    (lambda D, x: hears, "You give a function"),
    (hears(1e-5, lambda n: [(k, 0) for k in range(1, n)]), "the first image only"),
    (hears(1e-5, lambda n: [(k, n - 1) for k in range(n - 1)]), "the last image only"),
    (hears(1e-5, lambda n: [(0, 1)]), "one pair of images, the first two"),
    (hears(1e-5, lambda n: [(n - 1, j) for j in range(n - 1)]), "the last score only"),
    (hears(1e-2, all_pairs), "Your tolerance is too wide"),
    (
        # the factor rounds as some machine does
        lambda D, x: not torch.equal(torch.cat([D(one) for one in x.split(1)]) * (1 + 2e-7), D(x)),
        "ounding",
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


def cut(x, how):
    return [float(how(rank)) for rank in ranks(x)]


def spread(a, b):
    return np.std(ranks(a)) * np.std(ranks(b))


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
    (squares, "ties break the short formula"),
    (lambda a, b: corr(ordinal(a), ordinal(b)), "Equal values get different ranks in yours"),
    (lambda a, b: corr(*(np.argsort(np.argsort(x.numpy())) for x in (a, b))), "get different ranks in yours"),
    (
        lambda a, b: corr(*(x.argsort(descending=True, stable=True).argsort() for x in (a, b))),
        "get different ranks in yours",
    ),
    (lambda a, b: corr(ranks(a), ordinal(b)), "in the first list only"),
    (lambda a, b: corr(ordinal(a), ranks(b)), "in the second list only"),
    (lambda a, b: corr(cut(a, math.floor), cut(b, math.floor)), "cut to whole numbers"),
    (lambda a, b: corr(cut(a, round), cut(b, round)), "cut to whole numbers"),
    (lambda a, b: corr(*stats.rankdata(torch.stack([a, b])).reshape(2, -1)), "both lists together"),
    (lambda a, b: corr(ranks(a), ranks(a)), "[0, 0] of the matrix"),
    (lambda a, b: torch.corrcoef(torch.tensor([*ranks(a), *ranks(b)])), "both lists joined to one"),
    (lambda a, b: int(best(a, b)), "int() drops the decimals"),
    (lambda a, b: (ranks(a) - ranks(a).mean()).sum() * (ranks(b) - ranks(b).mean()).sum(), "product of two sums"),
    (lambda a, b: np.cov(ranks(a), ranks(b))[0, 1] * (len(a) - 1), "sum of products of the centred ranks"),
    (lambda a, b: best(a, b) / spread(a, b), "divide by the variances"),
    (lambda a, b: best(a, b) / spread(a, b) / len(a), "divide by the variances"),
    (lambda a, b: np.cov(ranks(a), ranks(b), ddof=0)[0, 1] / np.std(a.numpy()) / np.std(b.numpy()), "of the values."),
    (lambda a, b: 1 - best(a, b), "1 less the coefficient"),
    (lambda a, b: 100 * best(a, b), "in percent"),
    (lambda a, b: best(a, b) / len(a), "once too often"),
    (lambda a, b: 1 - squares(a, b), "The 1 - is missing"),
    (lambda a, b: squares(a, b, below=lambda n: n * (n - 1)), "n(n - 1)"),
    (lambda a, b: 1 - 6 * ((ordinal(a) - ordinal(b)) ** 2).sum() / (len(a) ** 2 - 1), "forget the n"),
    (lambda a, b: 1 - 3 * abs(ranks(a) - ranks(b)).sum() / (len(a) ** 2 - 1), "not |d|"),
    (lambda a, b: stats.spearmanr(a, b, alternative="greater").pvalue, "the p-value"),
    (lambda a, b: torch.corrcoef(ordinal(a), ordinal(b)), "one tensor of two rows"),
    (lambda a, b: torch.corrcoef(torch.stack([ranks(a), ranks(b)])), "rankdata gives NumPy arrays"),
    (lambda a, b: torch.corrcoef([1, 2]), "torch wants a tensor"),
    (lambda a, b: a.argsort().std(), "want floats"),
    (lambda a, b: a.argsort().norm(), "want floats"),
    (lambda a, b: a.tolist().argsort(), "tensors do"),
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
    (lambda a, b: squares(a, b, 1), "without its 6"),
    (lambda a, b: squares(a, b, below=lambda n: n * (n * n + 1)), "n(n² + 1)"),
    (lambda a, b: squares(a, b, below=lambda n: n**3), "You divide by n³"),
    (lambda a, b: squares(a, b, below=lambda n: n * n - 1), "forget the n"),
    (lambda a, b: corr(a.diff(), b.diff()), "the steps from entry to entry"),
    (lambda a, b: round(best(a, b), 1), "You round"),
    (lambda a, b: 1.0, "You give 1 whatever"),
    (lambda a, b: 0.5, "whatever the lists are. Rank both"),
    (lambda a, b: best(a, b) * 3, "stays between -1 and 1"),
    (lambda a, b: best(a, b) / 2 + 0.1, "the ranks are"),
    (lambda a, b: ordinal(a) * ordinal(b), "has the shape (5,)"),
    (lambda a, b: a.argsort().argsort().mean(), "want floats"),
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


def looping(rank=best, orders=itertools.permutations, than=lambda r, found: r >= found - 1e-9, rest=0):
    """The loop of most learners, with one thing in it changed."""

    def answer(dial, floors):
        found = rank(dial, floors)
        hits = [than(rank(torch.tensor(order), floors), found) for order in orders(dial.tolist())]
        return (sum(hits) + rest) / len(hits)

    return answer


def kendall(a, b):
    return stats.kendalltau(a, b).statistic


def footrule(a, b):
    return -(a.argsort().argsort() - b.argsort().argsort()).abs().sum()


def shifts(values):
    return [values[k:] + values[:k] for k in range(len(values))]


def swaps(values):
    made = []
    for i, j in itertools.combinations(range(len(values)), 2):
        made.append(list(values))
        made[-1][i], made[-1][j] = values[j], values[i]
    return made


def used_up(dial, floors):
    orders = itertools.permutations(dial.tolist())
    n, found = len(list(orders)), best(dial, floors)
    return sum(best(torch.tensor(order), floors) >= found - 1e-9 for order in orders) / n


def used_up_below(dial, floors):
    orders = itertools.permutations(dial.tolist())
    hits = sum(bool(best(torch.tensor(order), floors) >= -2) for order in orders)
    return hits / len(list(orders))


def starts_anew(dial, floors):
    found, n = best(dial, floors), 0
    for order in itertools.permutations(dial.tolist()):
        hits = 0
        n += 1
        hits += best(torch.tensor(order), floors) >= found - 1e-9
    return hits / n


def reordered_alike(dial, floors):
    orders = [list(order) for order in itertools.permutations(range(len(dial)))]
    return sum(best(dial[order], floors[order]) >= best(dial, floors) - 1e-9 for order in orders) / len(orders)


def drawn_afresh(dial, floors):
    n = math.factorial(len(dial))
    found = best(dial, floors)
    return sum(best(dial[torch.randperm(len(dial))], floors) >= found - 1e-9 for _ in range(n)) / n


def raw(act):
    return lambda dial, floors: [act(order, floors) for order in itertools.permutations(dial.tolist())]


def half_tied(dial, floors):
    orders, found = measure(dial, floors)
    return ((orders > found).sum() + (orders == found).sum() // 2 + 1) / len(orders)


def by_values(dial, floors):
    dial, floors = dial.double(), floors.double()
    orders = torch.tensor(list(itertools.permutations(dial.tolist())), dtype=torch.float64)
    return (orders @ floors >= dial @ floors - 1e-9).double().mean()


CHANCE = [
    looping(),
    looping(than=lambda r, found: r > found - 1e-9),
    by_sums,
    by_correlation,
    by_scipy,
    by_squares,
    by_recursion,
    shuffling_the_floors,
    counting(least),
]
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
    (looping(kendall), "Kendall's τ"),
    (lambda d, f: stats.kendalltau(d, f, alternative="greater").pvalue, "Kendall's τ"),
    (looping(footrule), "by Σ|d|"),
    (looping(than=lambda r, found: r >= found + 1e-9), "found - 1e-9"),
    (looping(than=lambda r, found: (r > found + 1e-9) + (abs(r - found) < 1e-9) / 2), "count whole"),
    (looping(than=lambda r, found: r > found + 1e-9, rest=1), "count whole"),
    (looping(than=lambda r, found: abs(r) >= found - 1e-9), "no abs()"),
    (looping(than=lambda r, found: r >= abs(found) - 1e-9), "no abs()"),
    (looping(than=lambda r, found: abs(r - found) < 1e-9), "not =="),
    (looping(than=lambda r, found: r >= -1e-9), "You compare with 0"),
    (looping(orders=lambda values: itertools.combinations(values, len(values))), "You give 1 whatever"),
    (
        lambda d, f: next(float(best(torch.tensor(p), f) >= -1) for p in itertools.permutations(d.tolist())),
        "a return in",
    ),
    (reordered_alike, "both lists move alike"),
    (used_up, "goes through once only"),
    (used_up_below, "goes through once only"),
    (lambda d, f: by_correlation(d, f) // 1, "// and int() drop"),
    (lambda d, f: 1e-17 * f[0], "All correlations average 0"),
    (starts_anew, "starts anew"),
    (looping(orders=shifts), "shifts or swaps"),
    (looping(orders=swaps), "shifts or swaps"),
    (looping(by_counting, lambda values: itertools.product(values, repeat=len(values))), "repeat readings"),
    (lambda d, f: 100 * by_sums(d, f), "in percent"),
    (lambda d, f: least(*measure(d, f)).sum() / 120, "not always 5"),
    (lambda d, f: least(*measure(d, f)).sum() / len(d), "not always 5"),
    (lambda d, f: least(*measure(d, f)).sum() / len(d) ** len(d), "not always 5"),
    (lambda d, f: stats.spearmanr(d, f).pvalue / 2, "half of a share"),
    (looping(lambda a, b: corr(a.argsort(), b.argsort())), "argsort once"),
    (drawn_afresh, "Asked twice"),
    (raw(lambda p, f: by_counting(p, f)), "An order comes as a tuple"),
    (raw(lambda p, f: p.argsort()), "An order comes as a tuple"),
    (raw(lambda p, f: f[p]), "An order comes as a tuple"),
    (lambda d, f: list(itertools.permutations(len(d))), "not N"),
    (lambda d, f: [d[list(p)] for p in itertools.permutations(range(5))], "not always 5"),
    (lambda d, f: torch.tensor([None]), "random.shuffle gives nothing back"),
    (lambda d, f: len(itertools.permutations(d)), "has no length"),
    (lambda d, f: math.factorial(d), "N is len(dial)"),
    (lambda d, f: torch.permutations(d), "itertools has"),
    (lambda d, f: least(*measure(d, f)).mean(), "truth values"),
    (drawn, "Do you draw orders at random"),
    (half_tied, "If rounding parts equal"),
    (lambda d, f: 0.05, "You give 0.05 whatever"),
    (lambda d, f: by_sums(d, f) / 2 + 0.3, "do at least as well, which is"),
    (lambda d, f: [by_sums(d, f)] * 2, "This list has length 2"),
    (lambda d, f: d.sub_(1).sum(), "You change the tensors"),
    (lambda d, f: 1 / 0, "divided by 0"),
]

RIGHT = {"mixes": MIXES, "rank_correlation": RANK, "chance": CHANCE}
WRONG = {"mixes": WRONG_MIXES, "rank_correlation": WRONG_RANK, "chance": WRONG_CHANCE}
