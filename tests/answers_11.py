"""Answers to the exercises of lesson 11, right ones in many styles and wrong ones with the words that each must get."""

import itertools
import math

import numpy as np
import torch
from scipy.spatial import KDTree
from scipy.spatial.distance import cdist
from sklearn.metrics.pairwise import polynomial_kernel
from sklearn.neighbors import NearestNeighbors

from gan_lessons import metrics, neighbours

# The kernel distance


def by_lists(a, b):
    F = a.shape[1]

    def kernel(x, y):
        return (sum(s * t for s, t in zip(x, y, strict=True)) / F + 1) ** 3

    def within(x):
        return np.mean([kernel(s, t) for s, t in itertools.permutations(x, 2)])

    a, b = a.tolist(), b.tolist()
    return within(a) + within(b) - 2 * np.mean([kernel(s, t) for s in a for t in b])


def by_pairs(a, b):
    def within(x):
        rows, columns = torch.triu_indices(len(x), len(x), 1)
        return ((x[rows] * x[columns]).mean(1) + 1).pow(3).mean()

    return within(a) + within(b) - 2 * ((a[:, None] * b).mean(2) + 1).pow(3).mean()


def by_moments(a, b):
    """(x·y/F + 1)³ is a product of moments: means of (1, x/√F) ⊗ (1, x/√F) ⊗ (1, x/√F), corrected for the diagonal."""

    def lifted(x):
        x = torch.cat([torch.ones(len(x), 1), x / x.shape[1] ** 0.5], 1)
        return torch.einsum("ni,nj,nk->nijk", x, x, x).flatten(1)

    def within(x):
        return (x.sum(0).square().sum() - x.square().sum()) / (len(x) * (len(x) - 1))

    a, b = lifted(a), lifted(b)
    return within(a) + within(b) - 2 * a.mean(0) @ b.mean(0)


def by_mask(a, b):
    x, n = torch.cat([a, b]), len(a)
    k = (torch.einsum("if,jf->ij", x, x) / x.shape[1] + 1) ** 3
    k.fill_diagonal_(torch.nan)
    return k[:n, :n].nanmean() + k[n:, n:].nanmean() - k[:n, n:].mean() - k[n:, :n].mean()


def by_sklearn(a, b):
    def within(x):
        k = polynomial_kernel(x)
        return (k.sum() - np.trace(k)) / (len(x) * (len(x) - 1))

    return within(a) + within(b) - 2 * polynomial_kernel(a, b).mean()


class Kid:
    def __call__(self, a, b):
        return np.array([by_pairs(a.double(), b.double())])


KERNEL = [by_lists, by_pairs, by_moments, by_mask, by_sklearn, Kid(), metrics.kernel_distance]


def cubic(x, y):
    return (x @ y.T / x.shape[1] + 1) ** 3


def apart(a, b, k=cubic):
    def within(x):
        return (k(x, x).sum() - k(x, x).trace()) / (len(x) * (len(x) - 1))

    return within(a) + within(b) - 2 * k(a, b).mean()


def biased(a, b, k=cubic):
    return k(a, a).mean() + k(b, b).mean() - 2 * k(a, b).mean()


def diagonal_only_divided(a, b):
    return sum(cubic(x, x).sum() / (len(x) * (len(x) - 1)) for x in (a, b)) - 2 * cubic(a, b).mean()


def diagonal_over_squares(a, b):
    return sum(cubic(x, x).fill_diagonal_(0).mean() for x in (a, b)) - 2 * cubic(a, b).mean()


def upper_over_all(a, b):
    return sum(cubic(x, x).triu(1).sum() / (len(x) * (len(x) - 1)) for x in (a, b)) - 2 * cubic(a, b).mean()


def unbiased(k):
    return (k.sum() - k.trace()) / (len(k) * (len(k) - 1))


def within(x):
    return unbiased(cubic(x, x))


def both(mean):
    return lambda a, b: mean(cubic(a, a)) + mean(cubic(b, b)) - 2 * cubic(a, b).mean()


def sizes(pairs, diagonal=True):
    """Sums of kernels over these numbers of pairs; across with the diagonal or without."""

    def distance(a, b):
        k, m, c = cubic(a, a), cubic(b, b), cubic(a, b)
        sums = k.sum() - k.trace(), m.sum() - m.trace(), c.sum() - (0 if diagonal else c.diagonal().sum())
        return sum(w * s / n for w, s, n in zip((1, 1, -2), sums, pairs(len(a), len(b)), strict=True))

    return distance


def moving(a, b):
    a /= a.shape[1] ** 0.5
    return ((a @ a.T + 1) ** 3).mean()


WRONG_KERNEL = [
    (biased, "pairs of a point with itself"),
    (diagonal_only_divided, "the diagonal is still in the sum"),
    (diagonal_over_squares, "you still divide by N²"),
    (upper_over_all, "Each pair is counted once"),
    (lambda a, b: apart(a, b, lambda x, y: (x @ y.T + 1) ** 3), "not divided by F"),
    (lambda a, b: apart(a, b, lambda x, y: (x @ y.T / x.shape[1]) ** 3), "+ 1 is missing"),
    (lambda a, b: apart(a, b, lambda x, y: (x @ y.T) ** 3), "neither 1/F nor + 1"),
    (lambda a, b: apart(a, b, lambda x, y: (x @ y.T / x.shape[1] + 1) ** 2), "The power is 2"),
    (lambda a, b: apart(a, b, lambda x, y: x @ y.T / x.shape[1] + 1), "The power 3 is missing"),
    (lambda a, b: apart(a, b, lambda x, y: (x @ y.T / len(x) + 1) ** 3), "by the number of points"),
    (lambda a, b: apart(a, b, lambda x, y: (torch.cdist(x, y) / x.shape[1] + 1) ** 3), "takes distances"),
    (lambda a, b: apart(a, b, lambda x, y: (-torch.cdist(x, y).square() / 2).exp()), "a Gaussian kernel"),
    (lambda a, b: apart(a, b, lambda x, y: (x @ y.T / x.shape[1] ** 0.5 + 1) ** 3), "You divide by √F"),
    (lambda a, b: biased(a, b, lambda x, y: (x @ y.T + 1) ** 3), "divide by N(N - 1). The products are not divided"),
    (lambda a, b: apart(a, b) + cubic(a, b).mean(), "The cross term lacks its 2"),
    (lambda a, b: biased(a, b) + cubic(a, b).mean(), "lacks its 2, and the diagonals"),
    (lambda a, b: apart(a, b) + 4 * cubic(a, b).mean(), "The cross term has the wrong sign"),
    (lambda a, b: -apart(a, b), "The sign is turned"),
    (lambda a, b: cubic(a, a).sum() + cubic(b, b).sum() - 2 * cubic(a, b).sum(), "You add sums, with the diagonals"),
    (lambda a, b: cubic(a, b).mean(), "the cross term alone"),
    (lambda a, b: apart(a, b) + 2 * cubic(a, b).mean(), "The pairs between a and b are missing"),
    (lambda a, b: apart(a, b).abs().sqrt(), "You take a root"),
    (lambda a, b: apart(a, b).abs(), "You take the size at the end"),
    (lambda a, b: max(apart(a, b), 0), "You cut at 0"),
    (lambda a, b: apart(a, b) / 2, "You give 0.5 times"),
    (lambda a, b: (a.mean(0) - b.mean(0)).square().sum(), "the squared distance of the means"),
    (metrics.energy_distance, "the energy distance"),
    (lambda a, b: round(apart(a, b).item(), 2), "You round"),
    (lambda a, b: cubic(a, b), "and you give 35. Take the mean"),
    (lambda a, b: (a @ b / 3 + 1) ** 3, "Without the .T the shapes do not fit"),
    (lambda a, b: ((a * b).mean(1) + 1) ** 3, "a @ b.T has the products of all pairs"),
    (moving, "You change the tensors"),
    (lambda a, b: 0.0, "whatever is given"),
    (lambda a, b: apart(a, b) + len(a), "b = ex.PAIRS[1] "),
    (apart(*torch.ones(2, 3, 2)), "without calling it"),
    (lambda a, b: apart(a, b).sqrt(), "You take a root"),
    (lambda a, b: float("nan"), "Is it a root?"),
    (lambda a, b: int(apart(a, b)), "int or // cut the decimals off"),
    (lambda a, b: apart(a, b, lambda x, y: (x @ y.T / x.shape[1]) ** 3 + 1), "outside the cube, where it cancels"),
    (lambda a, b: apart(a, b, lambda x, y: (x @ y.T + 1) ** 3 / x.shape[1]), "after the + 1"),
    (lambda a, b: apart(a, b, lambda x, y: (x @ y.T / (x.shape[1] + 1)) ** 3), "You divide by F + 1"),
    (lambda a, b: apart(a, b, lambda x, y: (x @ y.T / len(y) + 1) ** 3), "by the number of points"),
    (lambda a, b: apart(a, b, lambda x, y: (x @ y.T / x.numel() + 1) ** 3), "or by N·F"),
    (lambda a, b: apart(a, b, lambda x, y: (x @ y.T / 64 + 1) ** 3), "You divide by 64"),
    (lambda a, b: apart(a, b, lambda x, y: (x @ y.T / x.shape[1] + 1) * 3), "You multiply by 3"),
    (lambda a, b: apart(a, b, lambda x, y: (x @ y.T / x.shape[1] + 1) ** 4), "The power is 4"),
    (lambda a, b: apart(a, b, lambda x, y: (x @ y.T / x.shape[1] + 1) ^ 3), "A power is **"),
    (lambda a, b: biased(a, b, lambda x, y: (x[:, None] * y + 1) ** 3), "You cube each coordinate"),
    (lambda a, b: apart(a, b, lambda x, y: ((x[:, None] * y + 1) ** 3).mean(2)), "You cube each coordinate"),
    (
        lambda a, b: apart(a, b, lambda x, y: ((x[:, None] * y / x.shape[1] + 1) ** 3).sum(2)),
        "You cube each coordinate",
    ),
    (lambda a, b: sum(w * ((a**i).mean() - (b**i).mean()) ** 2 for i, w in enumerate((3, 3, 1), 1)), "plain numbers"),
    (
        lambda a, b: 2 * torch.cdist(a, b).mean() - torch.cdist(a, a).mean() - torch.cdist(b, b).mean(),
        "energy distance",
    ),
    (lambda a, b: 2 * (apart(a, b) + cubic(a, b).mean()), "or a 2 multiplies all terms"),
    (both(lambda k: (k.sum() - k.trace()) / len(k) * (len(k) - 1)), "Brackets are missing"),
    (both(lambda k: 2 * k.triu().sum() / (len(k) * (len(k) - 1))), "triu() keeps the diagonal"),
    (both(lambda k: k.triu().sum() / (len(k) * (len(k) - 1))), "triu() keeps the diagonal"),
    (both(lambda k: k.triu(1).mean()), "counts its zeros too"),
    (both(lambda k: (k - torch.eye(len(k))).sum() / (len(k) * (len(k) - 1))), "other numbers than 1"),
    (both(lambda k: k.fill_diagonal_(1).mean()), "other numbers than 1"),
    (both(lambda k: k.mean() - k.trace()), "the trace off a mean"),
    (sizes(lambda n, m: (n * (n - 1), n * (n - 1), n * m)), "A size is the other set's"),
    (sizes(lambda n, m: (n * (n - 1), n * (n - 1), n * n)), "A size is the other set's"),
    (sizes(lambda n, m: (m * (m - 1), m * (m - 1), m * m)), "A size is the other set's"),
    (sizes(lambda n, m: (m * (m - 1), n * (n - 1), n * m)), "A size is the other set's"),
    (sizes(lambda n, m: (n * (n - 1), m * m, n * m)), "Only one set"),
    (sizes(lambda n, m: (n * (n - 1), m * (m - 1), n * n)), "the cross term by N²"),
    (sizes(lambda n, m: (n * (n - 1), m * (m - 1), n * (n - 1)), diagonal=False), "no diagonal to leave out"),
    (sizes(lambda n, m: (n * (n - 1), m * (m - 1), n * (m - 1)), diagonal=False), "no diagonal to leave out"),
    (sizes(lambda n, m: (n * (n - 1), m * (m - 1), n * m), diagonal=False), "no diagonal to leave out"),
    (lambda a, b: apart(a, b) - within(b) + cubic(b, b).mean(), "Only one set"),
    (lambda a, b: apart(a, b) - within(b) + within(a), "within a count twice"),
    (lambda a, b: apart(a, b) - 2 * within(b), "You subtract it"),
]

# Recall


def loops(real, fake, k):
    reach = [sorted(math.dist(x, y) for y in fake)[k] for x in fake]
    return sum(any(math.dist(x, y) <= r for y, r in zip(fake, reach, strict=True)) for x in real) / len(real)


def trees(real, fake, k):
    real, fake = real.numpy(), fake.numpy()
    reach = KDTree(fake).query(fake, k=k + 1)[0][:, -1]
    return np.mean([any(np.linalg.norm(fake - x, axis=1) <= reach) for x in real])


def by_topk(real, fake, k):
    own = torch.cdist(fake, fake).fill_diagonal_(torch.inf)
    reach = own.topk(k, largest=False).values.amax(1)
    return ((fake[:, None] - real).norm(dim=2) <= reach[:, None]).any(0).float().mean().item()


def squares(real, fake, k):
    far = ((fake[:, None] - fake) ** 2).sum(2).sort(1).values[:, k]
    return (((real[:, None] - fake) ** 2).sum(2) - far).min(1).values.le(0).double().mean()


def by_sklearn_neighbours(real, fake, k):
    reach = NearestNeighbors(n_neighbors=k).fit(fake.numpy()).kneighbors()[0][:, -1]
    return (cdist(real, fake) <= reach).any(axis=1).mean(keepdims=True)


def by_products(real, fake, k):
    def squared(u, v):
        return (u * u).sum(1)[:, None] + (v * v).sum(1) - 2 * u @ v.T

    return (
        (squared(real, fake).clamp(0).sqrt() <= squared(fake, fake).clamp(0).sqrt().sort(0)[0][k]).any(1).float().mean()
    )


def by_pairwise_distance(real, fake, k):
    def apart(u, v):
        return torch.nn.functional.pairwise_distance(u[:, None], v)  # adds a little to each difference

    return (apart(real, fake) <= apart(fake, fake).kthvalue(k + 1).values).any(1).float().mean()


RECALL = [
    by_products,
    by_pairwise_distance,
    lambda real, fake, k: (
        (torch.cdist(real, fake) <= torch.cdist(fake, fake).kthvalue(k + 1).values).any(1).float().mean()
    ),
    loops,
    trees,
    by_topk,
    squares,
    by_sklearn_neighbours,
    lambda real, fake, k: neighbours.prdc(real, fake, k).recall,
    lambda real, fake, k: neighbours.prdc(fake, real, k)[0],
]


def reach(x, k):
    return torch.cdist(x, x).sort(1).values[:, k]


def share(real, fake, radius):
    return (torch.cdist(real, fake) <= radius).any(1).float().mean()


def thrown(x):
    table = torch.cdist(x, x)
    return table.masked_fill(table == 0, torch.inf)


def in_place(real, fake, k):
    real -= fake.mean(0)
    return share(real, fake, reach(fake, k))


WRONG_RECALL = [
    (lambda r, f, k: share(f, r, reach(r, k)), "That is precision"),
    (lambda r, f, k: neighbours.prdc(r, f, k).coverage, "That is coverage"),
    (lambda r, f, k: neighbours.prdc(r, f, k).density, "That is density"),
    (lambda r, f, k: neighbours.prdc(f, r, k).density, "how many fakes reach a real point"),
    (lambda r, f, k: (torch.cdist(r, f) <= reach(f, k)).any(0).float().mean(), "You count the fakes"),
    (lambda r, f, k: (torch.cdist(r, f) <= reach(f, k)).sum(1).float().mean(), "Recall asks only whether"),
    (lambda r, f, k: (torch.cdist(r, f) <= reach(f, k)).float().mean(), "the mean over all pairs"),
    (lambda r, f, k: share(r, f, reach(f, k - 1)), "the point itself as its first neighbour"),
    (lambda r, f, k: share(r, f, torch.cdist(f, f).kthvalue(k).values), "the point itself as its first neighbour"),
    (lambda r, f, k: share(r, f, reach(f, k + 1)), "one neighbour too far"),
    (lambda r, f, k: share(r, f, reach(f, 5)), "You fix k at 5"),
    (lambda r, f, k: share(r, f, reach(f, 1)), "their nearest neighbour, whatever k is"),
    (lambda r, f, k: share(r, f, torch.cdist(f, f).sort(1).values[:, 1 : k + 1].mean(1)), "the mean distance of the k"),
    (lambda r, f, k: share(r, f, reach(f, k).mean()), "Every fake gets the mean reach"),
    (lambda r, f, k: share(r, f, reach(f, k).max()), "Every fake gets the longest reach"),
    (lambda r, f, k: share(r, f, reach(f, k).median()), "Every fake gets the median reach"),
    (
        lambda r, f, k: (torch.cdist(r, f).min(1).values <= reach(f, k)[torch.cdist(r, f).argmin(1)]).float().mean(),
        "only at the nearest fake",
    ),
    (lambda r, f, k: (torch.cdist(r, f) <= reach(f, k)).all(1).float().mean(), "One fake that reaches is enough"),
    (lambda r, f, k: 1 - share(r, f, reach(f, k)), "no fake reaches"),
    (lambda r, f, k: (torch.cdist(r, f) <= reach(f, k)).any(1).sum(), "You give a count"),
    (lambda r, f, k: (torch.cdist(r, f) <= reach(f, k)).any(1).sum() / len(f), "by the number of fakes"),
    (lambda r, f, k: share(r, f, torch.cdist(f, r).kthvalue(k).values), "among the real points. Its k-th"),
    (lambda r, f, k: (torch.cdist(r, f) ** 2 <= reach(f, k)).any(1).float().mean(), "square the distance alone"),
    (lambda r, f, k: share(r, f, reach(f, k) ** 2), "square the reach alone"),
    (lambda r, f, k: share(r, f, torch.cdist(f, f).topk(k).values[:, -1]), "the nearest first"),
    (lambda r, f, k: 100 * share(r, f, reach(f, k)), "You give 100 times"),
    (lambda r, f, k: (torch.cdist(r, f) <= reach(f, k)).any(1), "and you give 23. Take the share"),
    (lambda r, f, k: (torch.cdist(r, f) <= reach(f, k)).any(1).mean(), "take .float().mean()"),
    (lambda r, f, k: share(r, f, torch.cdist(f, f).sort(1)[:, k]), "values and places together"),
    (lambda r, f, k: share(r, f, torch.cdist(f, f).topk(k + 1, largest=False)), "values and places together"),
    (lambda r, f, k: ((r - f).norm(dim=1) <= reach(f, k)).float().mean(), "All distances are a table"),
    (in_place, "You change the tensors"),
    (lambda r, f, k: 1.0, "whatever is given"),
    (lambda r, f, k: share(r, f, reach(f, k)) / 2 + 0.1, "fake, k = ex.CLOUDS["),
    (lambda r, f, k: share(r, f, thrown(f).kthvalue(k).values), "A copy is a neighbour"),
    (lambda r, f, k: share(r, f.unique(dim=0), reach(f.unique(dim=0), k)), "A copy is a neighbour"),
    (lambda r, f, k: share(r[:, :2], f[:, :2], reach(f[:, :2], k)), "first two coordinates alone"),
    (lambda r, f, k: share(r, f, reach(f, max(k, 2))), "where k is 1"),
    (lambda r, f, k: share(r, f, reach(f, min(k, 4))), "where k is 6"),
    (lambda r, f, k: (torch.cdist(r, f) < reach(f, k)).any(1).float().mean(), "The edge belongs to the ball"),
    (lambda r, f, k: (torch.cdist(r, f) >= reach(f, k)).any(1).float().mean(), "Is it distance <= reach"),
    (lambda r, f, k: share(r, f, torch.cdist(f, f).kthvalue(k + 1).indices), "a distance (.values)"),
    (lambda r, f, k: (torch.cdist(r, f) <= reach(f, k)).any().float(), "and .any(1)?"),
    (lambda r, f, k: share(r, f, torch.cdist(r, f).kthvalue(k).values[:, None]), "from fake to fake"),
    (lambda r, f, k: (torch.cdist(r, f) <= reach(f, k)).any(1).sum() // len(r), "int or // cut the decimals off"),
    (lambda r, f, k: int(share(r, f, reach(f, k))), "int or // cut the decimals off"),
    (lambda r, f, k: share(r, f, reach(f, k)[:, None]), "The reach belongs to the fakes"),
    (lambda r, f, k: share(f, r, reach(f, k)), "The reach belongs to the fakes"),
    (lambda r, f, k: share(r, f, reach(f, k).sqrt()), "or root the reach alone"),
    (lambda r, f, k: (torch.cdist(r, f) <= reach(f, k)).any(0).sum() / len(r), "You count the fakes"),
    (lambda r, f, k: ((torch.cdist(r, f) <= reach(f, k)).sum(1) >= k).float().mean(), "You ask for k fakes"),
    (lambda r, f, k: share(r, f, reach(f, k).min()), "Every fake gets the shortest reach"),
    (lambda r, f, k: share(r, f, torch.cdist(f, f).sort(1).values[k]), "You take a row"),
    (lambda r, f, k: share(f, r, reach(r, k - 1)), "That is precision: fakes within reach of real points"),
    (lambda r, f, k: share(f, r, reach(r, k - 1)), "And the point itself counts"),
    (lambda r, f, k: share(r, f, reach(r, k - 1)[:, None]), "And the point itself counts"),
    (lambda r, f, k: (torch.cdist(r, f) <= reach(f, k - 1)).any(0).float().mean(), "And the point itself counts"),
    (lambda r, f, k: (torch.cdist(r, f) <= reach(f, k - 1)).any(1).sum(), "And the point itself counts"),
    (lambda r, f, k: share(r, f, torch.cdist(f, f).fill_diagonal_(torch.inf).kthvalue(k + 1).values), "too far"),
    (lambda r, f, k: neighbours.prdc(r, f, k), "You give a tuple of 4"),
]

# The best accuracy

BEST = [
    lambda p, q: torch.maximum(p, q).sum() / 2,
    lambda p, q: (1 + (p - q).abs().sum() / 2) / 2,
    lambda p, q: 1 - np.minimum(p.numpy(), q.numpy()).sum() / 2,
    lambda p, q: sum(max(a, b) for a, b in zip(p.tolist(), q.tolist(), strict=True)) / 2,
    lambda p, q: torch.stack([p, q]).max(0).values.sum()[None] / 2,
    lambda p, q: 0.5 + torch.relu(p - q).sum() / 2,
    lambda p, q: ((p[p > q].sum() + q[q >= p].sum()) / 2).item(),
    lambda p, q: max(  # over all 2^K discriminators
        sum(a if says else b for a, b, says in zip(p, q, answer, strict=True)) / 2
        for answer in itertools.product([0, 1], repeat=len(p))
    ),
]


def tv(p, q):
    return (p - q).abs().sum() / 2


def js(p, q):
    m = (p + q) / 2
    return sum((torch.xlogy(x, x) - torch.xlogy(x, m)).sum() for x in (p, q)) / 2


WRONG_BEST = [
    (tv, "That is TV"),
    (lambda p, q: 1 - tv(p, q), "That is 1 - TV"),
    (lambda p, q: (1 + (p - q).abs().sum()) / 2, "or your TV lacks its ½"),
    (lambda p, q: torch.maximum(p, q).sum(), "real and fake come half of the time each"),
    (lambda p, q: 1 + tv(p, q) / 2, "You halve TV alone"),
    (lambda p, q: 0.5 + tv(p, q), "You add TV to ½ as a whole"),
    (lambda p, q: torch.minimum(p, q).sum() / 2, "the share of errors"),
    (lambda p, q: p[p > q].sum(), "the real ones alone"),
    (lambda p, q: q[q > p].sum(), "the fakes alone"),
    (lambda p, q: (p[p > q].sum() + q[q > p].sum()) / 2, "You leave the ties out"),
    (lambda p, q: (p[p >= q].sum() + q[q >= p].sum()) / 2, "You count the ties twice"),
    (lambda p, q: (p * p / (p + q) + q * q / (p + q)).sum() / 2, "a D that draws lots"),
    (lambda p, q: (p * p / (p + q)).sum(), "the mean of D*: a D that"),
    (lambda p, q: (p / (p + q)).mean(), "You add D* over the kinds"),
    (lambda p, q: (p > q).float().mean(), "You count kinds"),
    (lambda p, q: torch.maximum(p, q).mean(), "the mean over the kinds"),
    (lambda p, q: torch.maximum(p, q).max(), "the likeliest kinds alone"),
    (lambda p, q: (p - q).abs().max(), "the largest gap of one kind"),
    (lambda p, q: (1 + (p - q).square().sum()) / 2, "You square the differences"),
    (lambda p, q: (1 + (p - q).norm()) / 2, "You take a length"),
    (lambda p, q: (p - q).abs().sum(), "twice TV"),
    (js, "the Jensen-Shannon divergence"),
    (lambda p, q: (1 + js(p, q) / math.log(2)) / 2, "You put JS over log 2"),
    (lambda p, q: (p * q).sqrt().sum(), "in roots"),
    (lambda p, q: (1 + (p - q).sum()) / 2, "p and q both sum to 1"),
    (lambda p, q: 50 * torch.maximum(p, q).sum(), "You give 100 times"),
    (lambda p, q: torch.maximum(p, q) / 2, "and you give 5. The kinds' shares of right answers add up"),
    (lambda p, q: (p * (p / q).log()).sum(), "You give nan"),
    (lambda p, q: sum(math.log(a / b) * a for a, b in zip(p.tolist(), q.tolist(), strict=True)), "does not exist"),
    (lambda p, q: round(torch.maximum(p, q).sum().item() / 2, 1), "You round"),
    (lambda p, q: p.sub_(q).abs().sum() / 4 + 0.5, "You change the tensors"),
    (lambda p, q: 0.5, "whatever is given"),
    (lambda p, q: torch.maximum(p, q).sum() / 3, "You give 0.667 times"),
    (lambda p, q: torch.maximum(p, q).sum() / 2 + p[0], "D is right in half of their sum"),
    (lambda p, q: torch.maximum(p, q).sum() / 2 + p[0], "For p = (0.6, 0.15, 0.25) and q = (0.2, 0.7, 0.1)"),
    (lambda p, q: (torch.maximum(p / (p + q), q / (p + q)) * (p + q)).sum() / 2, "0/0 and log 0 give no number"),
    (lambda p, q: max(p, q).sum() / 2, "Python's max and if"),
    (lambda p, q: p.sum() / 2 if (p > q) else q.sum() / 2, "torch.maximum(p, q)"),
    (lambda p, q: torch.max(p, q, dim=0).sum() / 2, "torch.maximum(p, q)"),
    (lambda p, q: np.max(p, q).sum() / 2, "torch.maximum(p, q)"),
    (lambda p, q: torch.max(p, q).values.sum() / 2, "a tensor itself"),
    (lambda p, q: (1 + (p - q).sum().abs() / 2) / 2, "signed differences tell nothing"),
    (lambda p, q: max(p.sum(), q.sum()) / 2, "whole sums"),
    (lambda p, q: (1 + tv(p, q)) // 2, "int and // cut the decimals off"),
    (lambda p, q: int(torch.maximum(p, q).sum() / 2), "int and // cut the decimals off"),
    (lambda p, q: (p.argmax() == q.argmax()).float(), "the likeliest kinds alone"),
    (lambda p, q: (p.argmax() != q.argmax()).float(), "the likeliest kinds alone"),
    (lambda p, q: (p.max() + q.max()) / 2, "the likeliest kinds alone"),
    (lambda p, q: p.max(), "the likeliest kinds alone"),
    (lambda p, q: (1 + (p - q).cumsum(0).abs().max()) / 2, "You take running sums"),
    (lambda p, q: (1 + (p - q).abs().max()) / 2, "You use the largest gap of one kind"),
    (lambda p, q: p / (p + q), "D* is no such share"),
    (lambda p, q: (torch.maximum(p, q).sum() / 2, 0.5), "You give a tuple of 2"),
    (lambda p, q: tv(p, q) / 2, "Add the ½ that guessing gives"),
    (lambda p, q: (p - q).clamp_min(0).sum() / 2, "Add the ½ that guessing gives"),
    (lambda p, q: (1 + 2 * tv(p, q)) / 4, "You halve the 1 twice"),
    (lambda p, q: 1 - tv(p, q) / 2, "You take TV/2 off 1"),
    (lambda p, q: (1 + torch.minimum(p, q).sum()) / 2, "the overlap in the place of TV"),
    (lambda p, q: (p * (p > q) + q * (q < p)).sum() / 2, "You add p and q where p is larger"),
    (lambda p, q: (1 + (p - q).abs().mean()) / 2, "the mean over the kinds"),
    (lambda p, q: (torch.maximum(p, q) / (p + q)).mean(), "Your mean weighs all kinds alike"),
    (lambda p, q: sum(max(p[i], q[i]) for i in range(1, len(p))) / 2, "You leave out a kind"),
    (lambda p, q: sum(max(p[i], q[i]) for i in range(len(p) - 1)) / 2, "You leave out a kind"),
    (lambda p, q: (1 + p[p > q].sum()) / 2, "In the place of TV you sum p"),
    (lambda p, q: p[p > q].sum() + q[q > p].sum(), "and forget the half"),
    (lambda p, q: torch.maximum(p.sort().values, q.sort().values).sum() / 2, "You sort p and q apart"),
    (lambda p, q: (1 + (p - q).norm() / 2) / 2, "You take a length"),
]

RIGHT = {"kernel_distance": KERNEL, "recall": RECALL, "best_accuracy": BEST}
WRONG = {"kernel_distance": WRONG_KERNEL, "recall": WRONG_RECALL, "best_accuracy": WRONG_BEST}
