"""Exercises of lesson 11."""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from gan_lessons.exercises.engine import Exercise, Mistake, NotAttempted, Question, Quiz, call, number

_SLIPS = {  # words in an error that Python or torch raises, and what helps; the first that fits counts
    "return_types": "sort, topk and kthvalue give values and places together. Take .values of it, or [0].",
    "tuple indices": "sort, topk and kthvalue give values and places together. Take .values of it.",
    "cannot be multiplied": "Rows meet rows in a @ b.T, which is (N, M). Without the .T the shapes do not fit.",
    "inconsistent tensor size": "Rows meet rows in a @ b.T, which is (N, M). Dot products take vectors.",
    "1d tensors expected": "torch.dot takes two vectors. a @ b.T gives the products of all pairs, (N, M).",
    "must match the size": (
        "Two shapes do not fit. The two sets have unequal numbers of points: all pairs make a table, a[:, None] - b."
    ),
    "operands could not be broadcast": (
        "Two shapes do not fit. The two sets have unequal numbers of points: all pairs make a table."
    ),
    "dimension out of range": "There is no such dim: a table (N, M) has dims 0 and 1.",
    "boolean value of tensor": "An if takes one truth value, and this tensor holds many: .any(), .float().mean().",
    "only supported for floating": "mean() wants floats. Of truth values take .float().mean().",
    "infer output dtype": "mean() wants floats. Of truth values take .float().mean().",
    "can be converted to python scalars": "math's functions take one number. Tensors have their own: x.sqrt().",
    "converted to scalar": "math's functions take one number. Tensors have their own: x.sqrt().",
    "division by zero": "Something is divided by 0. Of one cell, p + q may be 0; of one point, N - 1.",
    "math domain": "The logarithm or the root of that does not exist. Neither is needed here.",
}


def _ask(answer: Callable, cases: Sequence[tuple], several: str) -> list[float]:
    """The learner's numbers for copies of the cases, which must come back unchanged."""
    found: list[float] = []
    for case in cases:
        copies = [x.clone() if isinstance(x, Tensor) else x for x in case]
        try:
            given = call(answer, *copies, slips=_SLIPS)
        except NotAttempted:
            if not found:
                raise
            raise Mistake("For some arguments nothing comes back. Does one branch lack its return?") from None
        shape = tuple(getattr(given, "shape", ()))
        length = math.prod(shape) if shape else len(given) if isinstance(given, list | tuple) else 1
        if length > 1:
            raise Mistake(f"One number is asked for, and you give {length}. {several}")
        changed = [
            x is not y and not torch.equal(x, y) for x, y in zip(copies, case, strict=True) if torch.is_tensor(x)
        ]
        if any(changed):
            raise Mistake("You change the tensors that you are given: +=, -= and names ending in _ do. Make new ones.")
        found.append(number(given, finite=False))
    if any(math.isnan(value) for value in found):
        raise Mistake("You give nan: somewhere 0 is divided by 0, or 0 meets a logarithm.")
    return [number(value) for value in found]


def _close(given: Sequence[float], wanted: Sequence[float]) -> bool:
    return all(math.isclose(x, y, rel_tol=1e-3, abs_tol=1e-5) for x, y in zip(given, wanted, strict=True))


def _judge(
    given: list[float], cases: Sequence[tuple], right: Callable, others: Mapping[str, Callable], flat: str = ""
) -> int | None:
    """None if the numbers are right, else the case that is furthest off; a `Mistake` if they are another formula's.

    `flat` says why an answer may be the same in every test.
    """
    wanted = [float(right(*case)) for case in cases]
    if _close(given, wanted):
        return None
    if max(given) - min(given) < 1e-6:
        raise Mistake(f"Your answer is {given[0]:.3g} whatever is given here.{flat or ' Use the arguments.'}")
    for message, other in others.items():
        if _close(given, [float(other(*case)) for case in cases]):
            raise Mistake(message)
    if any(_close(given, [round(value, digits) for value in wanted]) for digits in range(3)):
        raise Mistake("You round. Give the number as it is.")
    factor = given[0] / wanted[0]
    if _close(given, [factor * value for value in wanted]):
        if abs(factor + 1) < 1e-3:
            raise Mistake("Only the sign is turned.")
        more = " A share lies between 0 and 1." if abs(factor - 100) < 0.1 else ""
        raise Mistake(f"You give {factor:.3g} times the right answer, each time. Take that factor out.{more}")
    return max(range(len(given)), key=lambda k: abs(given[k] - wanted[k]))


# Exercise 1: the kernel distance. A wrong kernel and a wrong average may come together.


def _clouds(*sizes: tuple[int, int, int], seed: int) -> list[tuple[Tensor, Tensor]]:
    source = torch.Generator().manual_seed(seed)
    return [
        (torch.randn(n, f, generator=source) + 0.4, 0.6 * torch.randn(m, f, generator=source) - 0.3)
        for n, m, f in sizes
    ]


_PAIRS = _clouds((5, 7, 3), (6, 4, 2), (3, 5, 5), seed=11)
_PAIRS.append(torch.randn(10, 2, generator=torch.Generator().manual_seed(39)).split((4, 6)))  # one law: below 0

_KERNELS = {
    "": lambda x, y: (x @ y.T / x.shape[1] + 1) ** 3,
    "The products are not divided by F, the number of coordinates.": lambda x, y: (x @ y.T + 1) ** 3,
    "The + 1 is missing in the kernel.": lambda x, y: (x @ y.T / x.shape[1]) ** 3,
    "Your kernel has neither 1/F nor + 1: (x·y/F + 1)³.": lambda x, y: (x @ y.T) ** 3,
    "The power is 2. It is 3, or the third moments stay unseen.": lambda x, y: (x @ y.T / x.shape[1] + 1) ** 2,
    "The power 3 is missing.": lambda x, y: x @ y.T / x.shape[1] + 1,
    "You divide by F after the + 1. Divide the products alone: (x·y/F + 1)³.": (
        lambda x, y: ((x @ y.T + 1) / x.shape[1]) ** 3
    ),
    "You divide by √F. It is F.": lambda x, y: (x @ y.T / x.shape[1] ** 0.5 + 1) ** 3,
    "You divide by the number of points. F is the number of coordinates, x.shape[1].": (
        lambda x, y: (x @ y.T / len(x) + 1) ** 3
    ),
    "Your kernel takes distances. It wants products, x @ y.T.": (
        lambda x, y: (torch.cdist(x, y) / x.shape[1] + 1) ** 3
    ),
    "Your kernel takes squared distances. It wants products, x @ y.T.": (
        lambda x, y: (torch.cdist(x, y) ** 2 / x.shape[1] + 1) ** 3
    ),
    "That is a Gaussian kernel. Here it is (x·y/F + 1)³.": lambda x, y: (-(torch.cdist(x, y) ** 2) / 2).exp(),
}


def _off(table: Tensor) -> Tensor:
    return table.sum() - table.trace()


def _unbiased(table: Tensor) -> Tensor:
    return _off(table) / (len(table) * (len(table) - 1))


_AVERAGES = {
    "": lambda k, m, c: _unbiased(k) + _unbiased(m) - 2 * c.mean(),
    "You keep the pairs of a point with itself. Leave the diagonal out, and divide by N(N - 1).": (
        lambda k, m, c: k.mean() + m.mean() - 2 * c.mean()
    ),
    "You divide by N(N - 1), but the diagonal is still in the sum. Take the trace off.": (
        lambda k, m, c: k.sum() / (_pairs(k)) + m.sum() / _pairs(m) - 2 * c.mean()
    ),
    "The diagonal is out, but you still divide by N². N(N - 1) pairs are left.": (
        lambda k, m, c: _off(k) / k.numel() + _off(m) / m.numel() - 2 * c.mean()
    ),
    "Each pair is counted once, so there are N(N - 1)/2 of them: you divide by twice as many.": (
        lambda k, m, c: _unbiased(k) / 2 + _unbiased(m) / 2 - 2 * c.mean()
    ),
    "You sum both orders of a pair, but divide by N(N - 1)/2.": (
        lambda k, m, c: 2 * _unbiased(k) + 2 * _unbiased(m) - 2 * c.mean()
    ),
    "The cross term lacks its 2.": lambda k, m, c: _unbiased(k) + _unbiased(m) - c.mean(),
    "The cross term lacks its 2, and the diagonals are still in.": lambda k, m, c: k.mean() + m.mean() - c.mean(),
    "The cross term has the wrong sign: unlike pairs count against.": (
        lambda k, m, c: _unbiased(k) + _unbiased(m) + 2 * c.mean()
    ),
    "The sign is turned: alike minus unlike, not the other way round.": (
        lambda k, m, c: 2 * c.mean() - _unbiased(k) - _unbiased(m)
    ),
    "You add sums. Each of the three terms is a mean over its pairs.": lambda k, m, c: _off(k) + _off(m) - 2 * c.sum(),
    "You add sums, with the diagonals. Each term is a mean over its pairs.": (
        lambda k, m, c: k.sum() + m.sum() - 2 * c.sum()
    ),
    "The pairs within b are missing.": lambda k, m, c: _unbiased(k) - 2 * c.mean(),
    "The pairs within a are missing.": lambda k, m, c: _unbiased(m) - 2 * c.mean(),
    "That is the cross term alone.": lambda k, m, c: c.mean(),
    "The pairs between a and b are missing.": lambda k, m, c: _unbiased(k) + _unbiased(m),
    "You leave out a diagonal of the cross term too. No point of a is one of b: keep all N·M pairs.": (
        lambda k, m, c: _unbiased(k) + _unbiased(m) - 2 * (c.sum() - c.diagonal().sum()) / (c.numel() - min(c.shape))
    ),
    "You divide the cross term by N², of one set. It has N·M pairs.": (
        lambda k, m, c: _unbiased(k) + _unbiased(m) - 2 * c.sum() / k.numel()
    ),
    "You take medians. Means are asked.": lambda k, m, c: k.median() + m.median() - 2 * c.median(),
    "You take a root at the end. The squared distance is asked: it may be below 0.": (
        lambda k, m, c: (_unbiased(k) + _unbiased(m) - 2 * c.mean()).abs().sqrt()
    ),
    "You take the size at the end, or cut at 0. Leave the sign: the average is 0 only with it.": (
        lambda k, m, c: (_unbiased(k) + _unbiased(m) - 2 * c.mean()).abs()
    ),
    "You cut at 0. Leave the sign: the average over draws is 0 only with it.": (
        lambda k, m, c: (_unbiased(k) + _unbiased(m) - 2 * c.mean()).clamp(min=0)
    ),
}


def _pairs(table: Tensor) -> int:
    return len(table) * (len(table) - 1)


def _of(kernel: Callable, average: Callable) -> Callable:
    def distance(a: Tensor, b: Tensor) -> Tensor:
        a, b = a.double(), b.double()
        return average(kernel(a, a), kernel(b, b), kernel(a, b))

    return distance


_kernel_distance = _of(_KERNELS[""], _AVERAGES[""])
_OTHER_DISTANCES = {
    " ".join(filter(None, (average, kernel))): _of(_KERNELS[kernel], _AVERAGES[average])
    for average, kernel in itertools.product(_AVERAGES, _KERNELS)
    if average or kernel
} | {
    "That is the squared distance of the means. The kernel sees more: spread and skew.": (
        lambda a, b: (a.mean(0) - b.mean(0)).square().sum()
    ),
    "That is the energy distance: distances in place of the kernel, and the other sign.": (
        lambda a, b: 2 * torch.cdist(a, b).mean() - sum(_unbiased(torch.cdist(x, x)) for x in (a, b))
    ),
}


def _judge_kernel(answer: Any) -> str:
    given = _ask(answer, _PAIRS, "Take the mean over the pairs.")
    worst = _judge(given, _PAIRS, _kernel_distance, _OTHER_DISTANCES)
    if worst is None:
        return "Without the diagonal it is 0 on average for one law, however few points you have."
    a, b = (x.double() for x in _PAIRS[worst])
    kernel = _KERNELS[""]
    parts = [_unbiased(kernel(a, a)), _unbiased(kernel(b, b)), kernel(a, b).mean()]
    raise Mistake(
        f"In a test with {len(a)} and {len(b)} points of {a.shape[1]} coordinates, pairs within a have the mean kernel "
        f"{parts[0]:.3f}, within b {parts[1]:.3f}, across {parts[2]:.3f}: together "
        f"{parts[0] + parts[1] - 2 * parts[2]:.3f}. Yours is {given[worst]:.3f}."
    )


kernel_distance = Exercise(
    judge=_judge_kernel,
    hints=(
        "Three tables of kernel values: a with a, b with b, a with b. What stands on the diagonal of the first two?",
        "Means: the first two over N(N - 1) pairs, without the diagonal; the third over all N·M. Then 1 + 2 - 2 · 3.",
        "k = (x @ y.T / F + 1) ** 3. The mean within: (k.sum() - k.trace()) / (N * (N - 1)).",
    ),
    answer="""\
def kernel_distance(a, b):
    def table(x, y):
        return (x @ y.T / x.shape[1] + 1) ** 3

    def within(x):  # without the diagonal: a point is no pair with itself
        return (table(x, x).sum() - table(x, x).trace()) / (len(x) * (len(x) - 1))

    return within(a) + within(b) - 2 * table(a, b).mean()""",
)


# Exercise 2: recall. Clouds in the plane that overlap in part.


def _halves(n: int, m: int, k: int, seed: int, shift: float) -> tuple[Tensor, Tensor, int]:
    source = torch.Generator().manual_seed(seed)
    real = torch.randn(n, 2, generator=source)
    fake = torch.randn(m, 2, generator=source) * torch.tensor([0.7, 1.3]) + torch.tensor([shift, 0.0])
    return real, fake, k


_OVERLAPS = [
    _halves(37, 23, 2, 1, 1.2),
    _halves(26, 41, 3, 2, -0.9),
    _halves(31, 29, 4, 3, 1.6),
    _halves(43, 34, 2, 4, 0.8),
]


def _reach(x: Tensor, k: int) -> Tensor:
    """How far each of x reaches: to its k-th nearest, itself counted as number 0."""
    return torch.cdist(x, x).sort(1).values[:, k]


def _recall(real: Tensor, fake: Tensor, k: int) -> Tensor:
    return (torch.cdist(real, fake) <= _reach(fake, k)).any(1).double().mean()


def _precision(real: Tensor, fake: Tensor, k: int) -> Tensor:
    return _recall(fake, real, k)


def _inside(real: Tensor, fake: Tensor, k: int) -> Tensor:
    return torch.cdist(real, fake) <= _reach(fake, k)


_OTHER_RECALLS = {
    "That is precision: fakes within reach of a real point. Recall asks it the other way round.": _precision,
    "That is coverage: you use the reach of the real points. For recall it is the fakes that reach.": (
        lambda r, f, k: (torch.cdist(r, f) <= _reach(r, k)[:, None]).any(1).double().mean()
    ),
    "You share out the fakes, with the fakes' reach: how many reach a real point. Count the real points instead.": (
        lambda r, f, k: _inside(r, f, k).any(0).double().mean()
    ),
    "That is density. Recall asks only whether some fake reaches the point, not how many.": (
        lambda r, f, k: (torch.cdist(f, r) <= _reach(r, k)).sum() / (k * len(f))
    ),
    "You count how many fakes reach a real point, over k. Recall asks only whether any does.": (
        lambda r, f, k: _inside(r, f, k).double().sum() / (k * len(r))
    ),
    "You count how many fakes reach a real point, on average. Recall asks only whether any does: .any(1).": (
        lambda r, f, k: _inside(r, f, k).double().sum() / len(r)
    ),
    "You take the mean over all pairs. First ask of each real point whether any fake reaches it: .any(1).": (
        lambda r, f, k: _inside(r, f, k).double().mean()
    ),
    "You count the point itself as its first neighbour. Its distance to itself, 0, is no neighbour: take one more.": (
        lambda r, f, k: _recall(r, f, k - 1)
    ),
    "You go one neighbour too far: that is k + 1. After sorting, place 0 is the point itself and place k is right.": (
        lambda r, f, k: _recall(r, f, k + 1)
    ),
    "Your fakes reach as far as their nearest neighbour, whatever k is.": lambda r, f, k: _recall(r, f, 1),
    "You fix k at 5. It is given.": lambda r, f, k: _recall(r, f, 5),
    "You reach as far as the mean distance of the k nearest. The k-th alone counts.": (
        lambda r, f, k: (
            (torch.cdist(r, f) <= torch.cdist(f, f).sort(1).values[:, 1 : k + 1].mean(1)).any(1).double().mean()
        )
    ),
    "Every fake gets the mean reach. Each has its own.": (
        lambda r, f, k: (torch.cdist(r, f) <= _reach(f, k).mean()).any(1).double().mean()
    ),
    "Every fake gets the longest reach. Each has its own.": (
        lambda r, f, k: (torch.cdist(r, f) <= _reach(f, k).max()).any(1).double().mean()
    ),
    "Every fake gets the median reach. Each has its own.": (
        lambda r, f, k: (torch.cdist(r, f) <= _reach(f, k).median()).any(1).double().mean()
    ),
    "You look only at the nearest fake. Another one, further off, may reach further.": (
        lambda r, f, k: (torch.cdist(r, f).min(1).values <= _reach(f, k)[torch.cdist(r, f).argmin(1)]).double().mean()
    ),
    "That is the share that no fake reaches. Give the others.": lambda r, f, k: 1 - _recall(r, f, k),
    "You give a count. Divide by the number of real points.": lambda r, f, k: _recall(r, f, k) * len(r),
    "You divide the real points reached by the number of fakes.": lambda r, f, k: _recall(r, f, k) * len(r) / len(f),
    "You measure how far a fake reaches among the real points. Its k-th nearest among the fakes is asked.": (
        lambda r, f, k: (torch.cdist(r, f) <= torch.cdist(f, r).sort(1).values[:, k - 1]).any(1).double().mean()
    ),
    "You measure how far a fake reaches among the real points, one neighbour further. Take its k-th nearest fake.": (
        lambda r, f, k: (torch.cdist(r, f) <= torch.cdist(f, r).sort(1).values[:, k]).any(1).double().mean()
    ),
    "You square the one distance and not the other.": (
        lambda r, f, k: (torch.cdist(r, f) ** 2 <= _reach(f, k)).any(1).double().mean()
    ),
    "You square the reach and not the distance.": (
        lambda r, f, k: (torch.cdist(r, f) <= _reach(f, k) ** 2).any(1).double().mean()
    ),
    "Your distances add the coordinates' sizes. Take the length, norm or cdist.": (
        lambda r, f, k: (torch.cdist(r, f, p=1) <= torch.cdist(f, f, p=1).sort(1).values[:, k]).any(1).double().mean()
    ),
}


_FLAT = (
    " Do you ask that all fakes reach a point, where one is enough? Or sort from the furthest on? "
    "Or give a fixed number?"
)


def _judge_recall(answer: Any) -> str:
    given = _ask(answer, _OVERLAPS, "Take the share of the real points that are reached: .float().mean().")
    worst = _judge(given, _OVERLAPS, _recall, _OTHER_RECALLS, _FLAT)
    if worst is None:
        return "Precision is the same function with the roles exchanged. Recall drops when something is missing."
    real, fake, k = _OVERLAPS[worst]
    reached = int(_inside(real, fake, k).any(1).sum())
    raise Mistake(
        f"In a test with {len(real)} real points, {len(fake)} fakes and k = {k}, {reached} real points lie within "
        f"reach of some fake: {reached / len(real):.3f}. Yours is {given[worst]:.3f}. "
        "A fake reaches to its k-th nearest fake."
    )


recall = Exercise(
    judge=_judge_recall,
    hints=(
        "Take the page's code for precision. Who reaches now, and who is counted?",
        "First the reach of every fake, among the fakes. Then the table of distances from real points to fakes.",
        "torch.cdist(fake, fake).kthvalue(k + 1, dim=1).values has the reach: the nearest of all is the point itself.",
    ),
    answer="""\
def recall(real, fake, k):
    reach = torch.cdist(fake, fake).kthvalue(k + 1, dim=1).values  # k + 1: the nearest of all is the point itself
    return (torch.cdist(real, fake) <= reach).any(1).float().mean()  # of the real points""",
)


# Exercise 3: the best accuracy there is, of two laws in a table

_TABLES = [
    (torch.tensor([0.5, 0.3, 0.2, 0.0]), torch.tensor([0.1, 0.3, 0.2, 0.4])),
    (torch.tensor([0.15, 0.6, 0.25]), torch.tensor([0.7, 0.2, 0.1])),
    (torch.tensor([0.05, 0.2, 0.3, 0.1, 0.35]), torch.tensor([0.25, 0.15, 0.12, 0.28, 0.2])),
]


def _best(p: Tensor, q: Tensor) -> Tensor:
    return torch.maximum(p, q).sum() / 2


def _tv(p: Tensor, q: Tensor) -> Tensor:
    return (p - q).abs().sum() / 2


def _js(p: Tensor, q: Tensor) -> Tensor:
    m = (p + q) / 2
    return sum((torch.xlogy(x, x) - torch.xlogy(x, m)).sum() for x in (p, q)) / 2


_OTHER_ACCURACIES = {
    "That is TV. Guessing already gives ½: the best accuracy is (1 + TV)/2.": _tv,
    "That is 1 - TV, the overlap, the sum of the smaller ones. The best accuracy is (1 + TV)/2.": lambda p, q: (
        1 - _tv(p, q)
    ),
    "You add TV to ½ as a whole, or your TV lacks its ½. It is ½ + TV/2, with TV = ½ Σ|p - q|.": lambda p, q: (
        (1 + 2 * _tv(p, q)) / 2
    ),
    "You forget that each kind comes half of the time: take half of the sum of the larger ones.": (
        lambda p, q: 2 * _best(p, q)
    ),
    "You halve TV alone, and add it to 1. Halve both: (1 + TV)/2.": lambda p, q: 1 + _tv(p, q) / 2,
    "You take half of TV too often: it is ½ + TV/2.": lambda p, q: 0.5 + _tv(p, q) / 4,
    "That is the share of errors. Accuracy is the rest.": lambda p, q: 1 - _best(p, q),
    "Those are the real ones alone. The fakes where q is larger are judged right too.": lambda p, q: p[p > q].sum(),
    "Those are the real ones alone, and ties. Fakes count as well, and each kind counts half.": (
        lambda p, q: p[p >= q].sum()
    ),
    "Those are the fakes alone. The real ones where p is larger are judged right too.": lambda p, q: q[q > p].sum(),
    "Those are the fakes alone, and ties. The real ones count as well, and each kind counts half.": (
        lambda p, q: q[q >= p].sum()
    ),
    "Half of the real ones, and no fake: add half of q where q is larger.": lambda p, q: p[p > q].sum() / 2,
    "Half of the fakes, and no real one: add half of p where p is larger.": lambda p, q: q[q > p].sum() / 2,
    "You leave the ties out. There one guess is as good as another, and half of them are right.": (
        lambda p, q: (p[p > q].sum() + q[q > p].sum()) / 2
    ),
    "You count the ties twice. Where p = q only one of the two answers is given.": (
        lambda p, q: (p[p >= q].sum() + q[q >= p].sum()) / 2
    ),
    "That is the mean of D*: a D that draws lots with D* as the chance. The best D says what is likelier, always.": (
        lambda p, q: ((p**2 + q**2) / (p + q)).nan_to_num(0).sum() / 2
    ),
    "That is the mean of D* over the cells. Count how often D is right, each cell with its probability.": (
        lambda p, q: (p / (p + q)).nan_to_num(0).mean()
    ),
    "You count cells. They are not equally likely: add up probabilities.": lambda p, q: (p > q).double().mean(),
    "You take the mean over the cells. Their probabilities add up: take the sum.": (
        lambda p, q: torch.maximum(p, q).mean()
    ),
    "You take the mean over the cells, and half of that. Take the sum, and half of that.": (
        lambda p, q: torch.maximum(p, q).mean() / 2
    ),
    "You look at one cell alone, the largest. Add up over all.": lambda p, q: torch.maximum(p, q).max(),
    "That is the largest gap in one cell. Add up over all.": lambda p, q: (p - q).abs().max(),
    "You use the largest gap of one cell. TV adds up over all.": lambda p, q: (1 + (p - q).abs().max()) / 2,
    "You square the differences. Take their sizes.": lambda p, q: (1 + (p - q).square().sum() / 2) / 2,
    "You square the differences, without the half. Take half of the sum of their sizes.": (
        lambda p, q: (1 + (p - q).square().sum()) / 2
    ),
    "You take a length, with squares in it. TV is half of the sum of the sizes.": lambda p, q: (1 + (p - q).norm()) / 2,
    "That is the sum of |p - q|, twice TV. The best accuracy is (1 + TV)/2.": lambda p, q: 2 * _tv(p, q),
    "That is the Jensen-Shannon divergence. Accuracy is tied to TV.": _js,
    "You put JS in the place of TV.": lambda p, q: (1 + _js(p, q)) / 2,
    "You put JS over log 2 in the place of TV. Only at 0 and at 1 are they the same.": (
        lambda p, q: (1 + _js(p, q) / math.log(2)) / 2
    ),
    "That is the overlap in roots, Σ√(pq). Take the larger of each pair.": lambda p, q: (p * q).sqrt().sum(),
}


def _judge_best(answer: Any) -> str:
    given = _ask(answer, _TABLES, "The cells add up: take the sum.")
    if any(value > 1 + 1e-6 for value in given) and all(
        math.isclose(value, 100 * float(_best(*case)), rel_tol=1e-3) for value, case in zip(given, _TABLES, strict=True)
    ):
        raise Mistake("You give percent. Give a share, between 0 and 1.")
    worst = _judge(given, _TABLES, _best, _OTHER_ACCURACIES)
    if worst is None:
        return "That is (1 + TV)/2. No tester beats it; a weak one may stay far below."
    p, q = _TABLES[worst]
    cells = ", ".join(f"{value:g}" for value in torch.maximum(p, q).tolist())
    raise Mistake(
        f"In one test the larger one of p and q in each cell is {cells}. D is right in half of their sum, "
        f"{float(_best(p, q)):.3f}. Yours is {given[worst]:.3f}."
    )


best_accuracy = Exercise(
    judge=_judge_best,
    hints=(
        "In each cell D must say one thing, real or generated. Which of the two should it say?",
        "It says what is more likely there. Real and fake come equally often: that is right in half of max(p, q).",
        "torch.maximum(p, q) compares cell by cell. Or go by TV, half of the sum of |p - q|: (1 + TV)/2.",
    ),
    answer="""\
def best_accuracy(p, q):
    return torch.maximum(p, q).sum() / 2  # in each cell D says what is likelier; each kind comes half of the time""",
)


quiz = Quiz(
    (
        Question(
            "b",
            {
                "a": "This D may be weak. On this page one tester said ½ where a single line of code said 1.",
                "b": "Yes. Its accuracy is at most (1 + TV)/2, and a weak D stays below.",
                "c": "A D trained to the end may overfit, but ½ does not show it.",
            },
        ),
        Question(
            "c",
            {
                "a": "Fréchet from fewer samples is larger, with the same G.",
                "b": "More samples make the distance smaller. It need not be the pictures.",
                "c": "Yes. The bias falls about like 1/N. Compare equal numbers only, or divide each by its own floor.",
            },
        ),
        Question(
            "a",
            {
                "a": "Yes. What it draws is fine, and some of the real digits lie where it draws nothing.",
                "b": "Then fakes would lie outside the real ones, and precision would fall.",
                "c": "A low recall means that something real is not reached. That is no matter of chance here.",
            },
        ),
        Question(
            "b",
            {
                "a": "They share the judge and its features. What these do not show, none of them sees.",
                "b": "Yes. On this page one picture in ten was a chimera, and eyes saw it at once.",
                "c": "A floor says what a perfect sampler would get. It does not say that nothing else gets it.",
            },
        ),
    )
)
