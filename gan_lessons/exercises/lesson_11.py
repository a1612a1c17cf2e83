"""Exercises of lesson 11."""

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from gan_lessons.exercises.engine import Exercise, Mistake, NotAttempted, Question, Quiz, call, number

_SLIPS = {  # words in an error that Python or torch raises, and what helps; the first that fits counts
    "return_types": "sort, topk and kthvalue give values and places together. Take .values of it, or [0].",
    "tuple indices": "sort, topk and kthvalue give values and places together. Take .values of it.",
    "cannot be multiplied": "Rows meet rows in a @ b.T, which is (N, M). Without the .T the shapes do not fit.",
    "not aligned": "Rows meet rows in a @ b.T, which is (N, M). Without the .T the shapes do not fit.",
    "inconsistent tensor size": "Rows meet rows in a @ b.T, which is (N, M). Dot products take vectors.",
    "1d tensors expected": "torch.dot takes two vectors. a @ b.T gives the products of all pairs, (N, M).",
    "dimension out of range": "There is no such dim: a table (N, M) has dims 0 and 1.",
    "boolean value of tensor": "An if takes one truth value, and this tensor holds many: .any(), .float().mean().",
    "only supported for floating": "mean() wants floats. Of truth values take .float().mean().",
    "infer output dtype": "mean() wants floats. Of truth values take .float().mean().",
    "can be converted to python scalars": "math's functions take one number. Tensors have their own: x.sqrt().",
    "converted to scalar": "math's functions take one number. Tensors have their own: x.sqrt().",
    "division by zero": "Something is divided by 0. For some kind p + q may be 0; of one point, N - 1.",
    "bitwise_xor": "A power is ** in Python: ^ is something else.",
    "for ^": "A power is ** in Python: ^ is something else.",
    "math domain": "The logarithm or the root of that does not exist. Neither is needed here.",
}
_SHAPES = ("must match the size", "operands could not be broadcast")


def _ask(answer: Callable, cases: Sequence[tuple], several: str, slips: dict[str, str]) -> list[float]:
    """The learner's numbers for copies of the cases, which must come back unchanged. Some may be nan."""
    found: list[float] = []
    for case in cases:
        copies = [x.clone() if isinstance(x, Tensor) else x for x in case]
        try:
            given = call(answer, *copies, slips=_SLIPS | slips)
        except NotAttempted:
            if not found:
                raise
            raise Mistake("For some arguments nothing comes back. Does one branch lack its return?") from None
        shape = tuple(getattr(given, "shape", ()))
        length = math.prod(shape) if shape else len(given) if isinstance(given, list | tuple) else 1
        if length > 1 and isinstance(given, tuple):
            raise Mistake(f"You give a tuple of {length}. One number is asked for.")
        if length > 1:
            raise Mistake(f"One number is asked for, and you give {length}. {several}")
        changed = [
            x is not y and not torch.equal(x, y) for x, y in zip(copies, case, strict=True) if torch.is_tensor(x)
        ]
        if any(changed):
            raise Mistake("You change the tensors that you are given: +=, -= and names ending in _ do. Make new ones.")
        value = number(given, finite=False)
        found.append(value if math.isnan(value) else number(value))
    return found


def _close(given: Sequence[float], wanted: Sequence[float]) -> bool:
    """Are they the same, wherever something is given? Two numbers must be."""
    known = [(x, y) for x, y in zip(given, wanted, strict=True) if not math.isnan(x)]
    return len(known) > 1 and all(math.isclose(x, y, rel_tol=1e-3, abs_tol=1e-5) for x, y in known)


def _each(formulas: Mapping[str, Any]) -> Iterator[tuple[str, Callable]]:
    """Message and formula; one message may have a tuple of formulas."""
    for message, several in formulas.items():
        for formula in several if isinstance(several, tuple) else (several,):
            yield message, formula


def _numbers(formulas: Mapping[str, Any], cases: Sequence[tuple]) -> Iterator[tuple[str, list[float]]]:
    return ((message, [float(formula(*case)) for case in cases]) for message, formula in _each(formulas))


def _judge(
    given: list[float], wanted: list[float], others: Iterator[tuple[str, list[float]]], flat: Mapping[Any, str]
) -> int | None:
    """None if the numbers are right, else the case that is furthest off; a `Mistake` if they are another formula's.

    `flat` says why an answer may be this one number in every test, or "nan" in one.
    """
    known = [value for value in given if not math.isnan(value)]
    alike = _close(given, wanted)
    if alike and known == given:
        return None
    if known and max(known) - min(known) < 1e-6:
        why = flat.get(round(known[0], 4), "Use the arguments.")
        raise Mistake(f"Your answer is {known[0]:.3g} whatever is given here. {why}")
    for message, numbers in others:
        if not alike and _close(given, numbers):
            raise Mistake(message)
    if known != given:
        raise Mistake(f"You give nan. {flat.get('nan', 'Is 0 divided by 0?')}")
    cut = (math.trunc, math.floor, round, lambda value: round(value, 1), lambda value: round(value, 2))
    if any(_close(given, [float(f(value)) for value in wanted]) for f in cut):
        raise Mistake("You round, or int or // cut the decimals off. Give the number as it is.")
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


PAIRS = _clouds((5, 7, 3), (6, 4, 2), (3, 5, 5), seed=11)
PAIRS.append(torch.randn(10, 2, generator=torch.Generator().manual_seed(39)).split((4, 6)))  # one law: below 0


def _cubic(by: Callable = lambda x, y: x.shape[1], plus: int = 1, power: int = 3) -> Callable:
    return lambda x, y: (x @ y.T / by(x, y) + plus) ** power


_KERNELS = {
    "": _cubic(),
    "The products are not divided by F, the number of coordinates.": _cubic(lambda x, y: 1),
    "The + 1 is missing, or stands outside the cube, where it cancels: (x·y/F + 1)³.": _cubic(plus=0),
    "Your kernel has neither 1/F nor + 1: (x·y/F + 1)³.": _cubic(lambda x, y: 1, plus=0),
    "The power is 2. It is 3, or the third moments stay unseen.": _cubic(power=2),
    "The power is 4. It is 3.": _cubic(power=4),
    "The power 3 is missing.": _cubic(power=1),
    "You multiply by 3. A power is ** 3.": lambda x, y: 3 * (x @ y.T / x.shape[1] + 1),
    "You divide by F after the + 1. Divide the products alone: (x·y/F + 1)³.": (
        lambda x, y: ((x @ y.T + 1) / x.shape[1]) ** 3,
        lambda x, y: (x @ y.T + 1) ** 3 / x.shape[1],
    ),
    "You divide by F + 1. Divide by F, then add 1.": lambda x, y: (x @ y.T / (x.shape[1] + 1)) ** 3,
    "You divide by √F. It is F.": _cubic(lambda x, y: x.shape[1] ** 0.5),
    "You divide by the number of points. F is the number of coordinates, x.shape[1].": (
        _cubic(lambda x, y: len(x)),
        _cubic(lambda x, y: len(y)),
    ),
    "You divide by 64, or by N·F. F is the number of coordinates, x.shape[1].": (
        _cubic(lambda x, y: 64),
        _cubic(lambda x, y: x.numel()),
    ),
    "You cube each coordinate. First sum the products over the coordinates, x @ y.T, then / F + 1, then cube.": tuple(
        lambda x, y, by=by, mean=mean: mean((x[:, None] * y / (x.shape[1] if by else 1) + 1) ** 3, 2)
        for by, mean in itertools.product((True, False), (torch.mean, torch.sum))
    ),
    "Your kernel takes distances. It wants products, x @ y.T.": (
        lambda x, y: (torch.cdist(x, y) / x.shape[1] + 1) ** 3,
        lambda x, y: (torch.cdist(x, y) ** 2 / x.shape[1] + 1) ** 3,
    ),
    "That is a Gaussian kernel. Here it is (x·y/F + 1)³.": lambda x, y: (-(torch.cdist(x, y) ** 2) / 2).exp(),
}


def _off(table: Tensor) -> Tensor:
    return table.sum() - table.trace()


def _pairs(table: Tensor) -> int:
    return len(table) * (len(table) - 1)


def _unbiased(table: Tensor) -> Tensor:
    return _off(table) / _pairs(table)


def _terms(
    within: Callable = _unbiased, across: Callable = torch.mean, times: int = -2, then: Callable = float
) -> Callable:
    """Of the tables of a with a, b with b and a with b."""
    return lambda k, m, c: then(within(k) + within(m) + times * across(c))


_AVERAGES = {
    "": _terms(),
    "You keep the pairs of a point with itself. Leave the diagonal out, and divide by N(N - 1).": _terms(torch.mean),
    "N(N - 1) is right, but the diagonal is still in the sum. Take it out.": _terms(lambda t: t.sum() / _pairs(t)),
    "The diagonal is out, but you still divide by N². N(N - 1) pairs are left.": _terms(lambda t: _off(t) / t.numel()),
    "Each pair is counted once: N(N - 1)/2 pairs. You divide by twice as many.": _terms(lambda t: _unbiased(t) / 2),
    "Within counts twice. Either both orders of a pair are summed over N(N - 1)/2, or a 2 multiplies all terms.": (
        _terms(lambda t: 2 * _unbiased(t))
    ),
    "Brackets are missing: / (N * (N - 1)).": _terms(lambda t: _off(t) / len(t) * (len(t) - 1)),
    "triu() keeps the diagonal. triu(1) is without it.": (
        _terms(lambda t: 2 * t.triu().sum() / _pairs(t)),
        _terms(lambda t: t.triu().sum() / _pairs(t)),
    ),
    "A mean of triu(1) counts its zeros too. Divide its sum by N(N - 1)/2.": _terms(lambda t: t.triu(1).mean()),
    "On the diagonal stand other numbers than 1: take the trace off, and divide by N(N - 1).": (
        _terms(lambda t: (t.sum() - len(t)) / _pairs(t)),
        _terms(lambda t: (_off(t) + len(t)) / t.numel()),
    ),
    "You take the trace off a mean. Take it off the sum, and then divide.": _terms(lambda t: t.mean() - t.trace()),
    "The cross term lacks its 2.": _terms(times=-1),
    "The cross term lacks its 2, and the diagonals are still in.": _terms(torch.mean, times=-1),
    "The cross term has the wrong sign: unlike pairs count against.": _terms(times=2),
    "The sign is turned: alike minus unlike, not the other way round.": _terms(lambda t: -_unbiased(t), times=2),
    "You add sums. Each of the three terms is a mean over its pairs.": _terms(_off, torch.sum),
    "You add sums, with the diagonals. Each term is a mean over its pairs.": _terms(torch.sum, torch.sum),
    "The pairs within b are missing.": lambda k, m, c: _unbiased(k) - 2 * c.mean(),
    "The pairs within a are missing.": lambda k, m, c: _unbiased(m) - 2 * c.mean(),
    "The pairs within a count twice, and within b never.": lambda k, m, c: 2 * _unbiased(k) - 2 * c.mean(),
    "Within b is added too. You subtract it.": lambda k, m, c: _unbiased(k) - _unbiased(m) - 2 * c.mean(),
    "Only one set is without its diagonal and over its N(N - 1). Both need that.": (
        lambda k, m, c: _unbiased(k) + m.mean() - 2 * c.mean(),
        lambda k, m, c: k.mean() + _unbiased(m) - 2 * c.mean(),
        lambda k, m, c: _unbiased(k) + _off(m) / m.numel() - 2 * c.mean(),
    ),
    "That is the cross term alone.": lambda k, m, c: c.mean(),
    "The pairs between a and b are missing.": _terms(times=0),
    "The cross term has no diagonal to leave out: no point of a is one of b. Take the mean over all N·M pairs.": (
        _terms(across=lambda c: (c.sum() - c.diagonal().sum()) / (c.numel() - min(c.shape))),
        _terms(across=lambda c: (c.sum() - c.diagonal().sum()) / c.numel()),
        _terms(across=lambda c: (c.sum() - c.diagonal().sum()) / _pairs(c)),
        _terms(across=lambda c: (c.sum() - c.diagonal().sum()) / (c.numel() - len(c))),
        _terms(across=lambda c: c.sum() / (c.numel() - len(c))),
    ),
    "You divide the cross term by N², of one set. It has N·M pairs.": _terms(across=lambda c: c.sum() / len(c) ** 2),
    "A size is the other set's. a has N points and b has M: N(N - 1) pairs, M(M - 1) pairs, and N·M across.": (
        lambda k, m, c: (_off(k) + _off(m)) / _pairs(k) - 2 * c.mean(),
        lambda k, m, c: (_off(k) + _off(m)) / _pairs(k) - 2 * c.sum() / k.numel(),
        lambda k, m, c: (_off(k) + _off(m)) / _pairs(m) - 2 * c.sum() / m.numel(),
        lambda k, m, c: _off(k) / _pairs(m) + _off(m) / _pairs(k) - 2 * c.mean(),
    ),
    "You take medians. Means are asked.": _terms(torch.median, torch.median),
    "You take a root. The squared distance is asked, which may be below 0.": _terms(then=lambda x: abs(x) ** 0.5),
    "You take the size at the end. Leave the sign: the average is 0 only with it.": _terms(then=abs),
    "You cut at 0. Leave the sign: the average is 0 only with it.": _terms(then=lambda x: max(x, 0)),
}


_WHOLE = {
    "That is the squared distance of the means. The kernel sees more: spread and skew.": (
        lambda a, b: (a.mean(0) - b.mean(0)).square().sum()
    ),
    "That is the energy distance: distances in place of the kernel, and the other sign.": (
        lambda a, b: 2 * torch.cdist(a, b).mean() - sum(_unbiased(torch.cdist(x, x)) for x in (a, b)),
        lambda a, b: 2 * torch.cdist(a, b).mean() - sum(torch.cdist(x, x).mean() for x in (a, b)),
    ),
    "That is the page's formula for plain numbers, F = 1, with the diagonals. Take the kernel of all pairs.": (
        lambda a, b: sum(w * (a.pow(i).mean() - b.pow(i).mean()) ** 2 for i, w in ((1, 3), (2, 3), (3, 1)))
    ),
}


def _tables(kernel: Callable) -> list[tuple[Tensor, Tensor, Tensor]]:
    doubles = [(a.double(), b.double()) for a, b in PAIRS]
    return [(kernel(a, a), kernel(b, b), kernel(a, b)) for a, b in doubles]


def _other_distances() -> Iterator[tuple[str, list[float]]]:
    tables = [(message, _tables(kernel)) for message, kernel in _each(_KERNELS)]
    for (first, average), (then, rows) in itertools.product(_each(_AVERAGES), tables):
        yield " ".join(filter(None, (first, then))), [float(average(*row)) for row in rows]
    yield from _numbers(_WHOLE, PAIRS)


def _judge_kernel(answer: Any) -> str:
    shapes = "Two shapes do not fit: the sets have unequal numbers of points. a @ b.T has the products of all pairs."
    given = _ask(answer, PAIRS, "Take the mean over the pairs.", dict.fromkeys(_SHAPES, shapes))
    tables = _tables(_KERNELS[""])
    wanted = [float(_AVERAGES[""](*row)) for row in tables]
    worst = _judge(
        given, wanted, _other_distances(), {"nan": "Is it a root? Take none: the squared distance may be below 0."}
    )
    if worst is None:
        return "Without the diagonal it is 0 on average for one law, however few points you have."
    k, m, c = tables[worst]
    raise Mistake(
        f"For a, b = ex.PAIRS[{worst}] the mean kernel is {_unbiased(k):.3f} within a, {_unbiased(m):.3f} within b and "
        f"{c.mean():.3f} across: {wanted[worst]:.3f} together. Yours is {given[worst]:.3f}. Compare term by term."
    )


kernel_distance = Exercise(
    judge=_judge_kernel,
    hints=(
        "Three tables of kernel values: a with a, b with b, a with b. What stands on the diagonal of the first two?",
        "Means: the first two over N(N - 1) pairs, the third over all N·M. Then first + second - 2 · third.",
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


# Exercise 2: recall. Clouds that overlap in part, and copies.


def _halves(n: int, m: int, f: int, k: int, seed: int, shift: float) -> tuple[Tensor, Tensor, int]:
    source = torch.Generator().manual_seed(seed)
    real, fake = torch.randn(n, f, generator=source), torch.randn(m, f, generator=source)
    stretch, move = torch.ones(f), torch.zeros(f)
    stretch[:2], move[0] = torch.tensor([0.7, 1.3]), shift
    return real, fake * stretch + move, k


CLOUDS = [  # at most 25 points: from there on torch.cdist is less exact
    _halves(23, 17, 2, 2, 1, 1.2),
    _halves(19, 25, 3, 1, 2, -0.9),
    _halves(25, 21, 2, 6, 3, 1.6),
    _halves(22, 24, 2, 3, 4, 0.8),
    (  # copies, of each other and of real points; in whole numbers, and no edge but theirs matters
        torch.tensor([[0, 0], [5, 1], [1, 7], [-4, 3], [7, 7], [-1, -5], [3, -4]]).float(),
        torch.tensor([[-6, 1], [-6, 3], [-3, 2], [7, 9], [4, 8], [8, 6]] + [[0, 0]] * 3 + [[5, 1]] * 3).float(),
        2,
    ),
]


def _near(x: Tensor, y: Tensor, p: float = 2) -> Tensor:
    return torch.cdist(x, y, p).sort(1).values


def _reach(x: Tensor, k: int) -> Tensor:
    """How far each of x reaches: to its k-th nearest, itself counted as number 0."""
    return _near(x, x)[:, k]


def _inside(real: Tensor, fake: Tensor, k: int) -> Tensor:
    return torch.cdist(real, fake) <= _reach(fake, k)


def _share(real: Tensor, fake: Tensor, reach: Tensor) -> Tensor:
    return (torch.cdist(real, fake) <= reach).any(1).double().mean()


def _recall(real: Tensor, fake: Tensor, k: int) -> Tensor:
    return _share(real, fake, _reach(fake, k))


_OTHER_RECALLS = {
    "That is precision: fakes within reach of real points. Recall asks the reverse.": lambda r, f, k: _recall(f, r, k),
    "That is coverage: you use the reach of the real points. For recall it is the fakes that reach.": (
        lambda r, f, k: _share(r, f, _reach(r, k)[:, None])
    ),
    "You count the fakes that reach a real point. Count the real points that are reached, over their number.": (
        lambda r, f, k: _inside(r, f, k).any(0).double().mean(),
        lambda r, f, k: _inside(r, f, k).any(0).sum() / len(r),
    ),
    "That is density. Recall asks only whether some fake reaches the point, not how many.": (
        lambda r, f, k: (torch.cdist(f, r) <= _reach(r, k)).sum() / (k * len(f))
    ),
    "You count how many fakes reach a real point. Recall asks only whether any does: .any(1).": (
        lambda r, f, k: _inside(r, f, k).sum() / (k * len(r)),
        lambda r, f, k: _inside(r, f, k).sum() / len(r),
    ),
    "You ask for k fakes. One is enough: .any(1).": lambda r, f, k: (_inside(r, f, k).sum(1) >= k).double().mean(),
    "You take the mean over all pairs. First ask .any(1).": lambda r, f, k: _inside(r, f, k).double().mean(),
    "You count the point itself as its first neighbour. Take one more.": lambda r, f, k: _recall(r, f, k - 1),
    "You reach one neighbour too far. The point itself is number 0.": lambda r, f, k: _recall(r, f, k + 1),
    "You leave out all distances 0, or all copies. A copy is a neighbour: leave out the point itself alone.": (
        lambda r, f, k: _share(r, f, torch.cdist(f, f).where(torch.cdist(f, f) > 0, 1e9).sort(1).values[:, k - 1]),
        lambda r, f, k: _recall(r, f.unique(dim=0), k),
    ),
    "The edge belongs to the ball: <=. Else a fake with k copies reaches no point, not even its own place.": (
        lambda r, f, k: (torch.cdist(r, f) < _reach(f, k)).any(1).double().mean()
    ),
    "Your fakes reach as far as their nearest neighbour, whatever k is.": lambda r, f, k: _recall(r, f, 1),
    "You fix k at 5. It is given.": lambda r, f, k: _recall(r, f, 5),
    "You reach as far as the mean distance of the k nearest. The k-th alone counts.": (
        lambda r, f, k: _share(r, f, _near(f, f)[:, 1 : k + 1].mean(1))
    ),
    "You take a row of the sorted table. Take the column [:, k].": lambda r, f, k: _share(r, f, _near(f, f)[k]),
    "Every fake gets the mean reach. Each has its own.": lambda r, f, k: _share(r, f, _reach(f, k).mean()),
    "Every fake gets the shortest reach. Each has its own.": lambda r, f, k: _share(r, f, _reach(f, k).min()),
    "Every fake gets the longest reach. Each has its own.": lambda r, f, k: _share(r, f, _reach(f, k).max()),
    "Every fake gets the median reach. Each has its own.": lambda r, f, k: _share(r, f, _reach(f, k).median()),
    "You look only at the nearest fake. Another one, further off, may reach further.": (
        lambda r, f, k: (torch.cdist(r, f).min(1).values <= _reach(f, k)[torch.cdist(r, f).argmin(1)]).double().mean()
    ),
    "That is the share that no fake reaches. Give the others.": lambda r, f, k: 1 - _recall(r, f, k),
    "You give a count. Divide by the number of real points.": lambda r, f, k: _recall(r, f, k) * len(r),
    "You divide the real points reached by the number of fakes.": lambda r, f, k: _recall(r, f, k) * len(r) / len(f),
    "You measure how far a fake reaches among the real points. Its k-th nearest among the fakes is asked.": (
        lambda r, f, k: _share(r, f, _near(f, r)[:, k - 1]),
        lambda r, f, k: _share(r, f, _near(f, r)[:, k]),
    ),
    "You square the distance alone, or root the reach alone.": lambda r, f, k: _share(r, f, _reach(f, k).sqrt()),
    "You square the reach alone, or root the distance alone.": lambda r, f, k: _share(r, f, _reach(f, k) ** 2),
    "Your distances add the coordinates' sizes. Take the length, norm or cdist.": (
        lambda r, f, k: (torch.cdist(r, f, p=1) <= _near(f, f, 1)[:, k]).any(1).double().mean()
    ),
    "You use the first two coordinates alone.": lambda r, f, k: _recall(r[:, :2], f[:, :2], k),
}


def _other_recalls() -> Iterator[tuple[str, list[float]]]:
    for less, more in ((0, ""), (1, " And the point itself counts as its first neighbour: take one more.")):
        for message, found in _numbers(_OTHER_RECALLS, [(real, fake, k - less) for real, fake, k in CLOUDS]):
            yield message + more, found


_FLAT = {
    1: "So every real point counts. Is it distance <= reach, and .any(1)? "
    "The reach is a distance (.values) from fake to fake, the nearest first.",
    0: "So no real point counts. One fake that reaches is enough, .any(1); and int or // cut the decimals off.",
}


def _judge_recall(answer: Any) -> str:
    shapes = (
        "Two shapes do not fit. All distances are a table, torch.cdist(real, fake), (N, M). "
        "The reach belongs to the fakes: (M,) beside (N, M), or reach[:, None] beside (M, N)."
    )
    several = "Take the share of the real points that are reached: .float().mean()."
    given = _ask(answer, CLOUDS, several, dict.fromkeys(_SHAPES, shapes))
    wanted = [float(_recall(*case)) for case in CLOUDS]
    worst = _judge(given, wanted, _other_recalls(), _FLAT)
    if worst is None:
        return "Precision is the same function with the roles exchanged. Recall drops when something is missing."
    real, _, k = CLOUDS[worst]
    reached = round(wanted[worst] * len(real))
    raise Mistake(
        f"For real, fake, k = ex.CLOUDS[{worst}], where k is {k}, {reached} of {len(real)} real points lie in the ball "
        f"of some fake: {wanted[worst]:.3f}. Yours is {given[worst]:.3f}."
    )


recall = Exercise(
    judge=_judge_recall,
    hints=(
        "Take the page's code for precision. Who reaches now, and who is counted?",
        "First the reach of every fake, among the fakes. Then the table from real points to fakes: <= reach.",
        "torch.cdist(fake, fake).kthvalue(k + 1, dim=1).values has the reach: the nearest of all is the point itself. "
        "(torch.cdist(real, fake) <= reach).any(1) says which real points are reached.",
    ),
    answer="""\
def recall(real, fake, k):
    reach = torch.cdist(fake, fake).kthvalue(k + 1, dim=1).values  # k + 1: the nearest of all is the point itself
    return (torch.cdist(real, fake) <= reach).any(1).float().mean()  # of the real points""",
)


# Exercise 3: the best accuracy there is, of two laws in a table

_TABLES = [
    (torch.tensor([0.5, 0.3, 0.2, 0.0, 0.0]), torch.tensor([0.1, 0.3, 0.2, 0.4, 0.0])),  # ties, and an absent kind
    (torch.tensor([0.6, 0.15, 0.25]), torch.tensor([0.2, 0.7, 0.1])),
    (torch.tensor([0.05, 0.2, 0.3, 0.1, 0.35]), torch.tensor([0.25, 0.15, 0.12, 0.18, 0.3])),
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
    "That is TV/2, what D gains over guessing. Add the ½ that guessing gives.": lambda p, q: _tv(p, q) / 2,
    "That is 1 - TV, the sum of the smaller ones. The best accuracy is (1 + TV)/2.": lambda p, q: 1 - _tv(p, q),
    "You take TV/2 off 1, or have the overlap in the place of TV. It is ½ + TV/2.": lambda p, q: 1 - _tv(p, q) / 2,
    "You add TV to ½ as a whole, or your TV lacks its ½. It is ½ + ¼ Σ|p - q|.": lambda p, q: 0.5 + _tv(p, q),
    "You forget that real and fake come half of the time each: take half of it.": lambda p, q: 2 * _best(p, q),
    "You halve TV alone, and add it to 1. Halve both: (1 + TV)/2.": lambda p, q: 1 + _tv(p, q) / 2,
    "You halve the 1 twice. It is ½ + TV/2, with TV = ½ Σ|p - q|.": lambda p, q: 0.25 + _tv(p, q) / 2,
    "You take half of TV too often: it is ½ + TV/2.": lambda p, q: 0.5 + _tv(p, q) / 4,
    "That is the share of errors. Accuracy is the rest.": lambda p, q: 1 - _best(p, q),
    "Those are the real ones alone. The fakes where q is larger are judged right too.": lambda p, q: p[p > q].sum(),
    "Those are the real ones alone, and ties. Add fakes; each law counts half.": lambda p, q: p[p >= q].sum(),
    "Those are the fakes alone. The real ones where p is larger are judged right too.": lambda p, q: q[q > p].sum(),
    "Those are the fakes alone, and ties. Add real ones; each law counts half.": lambda p, q: q[q >= p].sum(),
    "Half of the real ones, and no fake: add half of q where q is larger.": lambda p, q: p[p > q].sum() / 2,
    "Half of the fakes, and no real one: add half of p where p is larger.": lambda p, q: q[q > p].sum() / 2,
    "You add p and q where p is larger. Take q where q is larger.": lambda p, q: (p + q)[p > q].sum() / 2,
    "In the place of TV you sum p, where p is larger. Sum p - q.": lambda p, q: (1 + p[p > q].sum()) / 2,
    "You leave the ties out. There one guess is as good as another, and half of them are right.": (
        lambda p, q: (p[p > q].sum() + q[q > p].sum()) / 2
    ),
    "You leave the ties out, and forget the half.": lambda p, q: p[p > q].sum() + q[q > p].sum(),
    "You count the ties twice. Where p = q only one of the two answers is given.": (
        lambda p, q: (p[p >= q].sum() + q[q >= p].sum()) / 2
    ),
    "You leave out a kind. They are p[0] to p[K - 1], range(K).": (
        lambda p, q: _best(p[1:], q[1:]),
        lambda p, q: _best(p[:-1], q[:-1]),
    ),
    "You sort p and q apart. Compare them kind by kind.": lambda p, q: _best(p.sort().values, q.sort().values),
    "That is the mean of D*: a D that draws lots with D* as the chance. The best D says what is likelier, always.": (
        lambda p, q: ((p**2 + q**2) / (p + q)).nan_to_num(0).sum() / 2
    ),
    "You add D* over the kinds. Count how often D is right, each kind with its probability.": (
        lambda p, q: (p / (p + q)).nan_to_num(0).mean(),
        lambda p, q: (p / (p + q)).nan_to_num(0).sum(),
    ),
    "Your mean weighs all kinds alike. A kind comes in (p + q)/2 of the cases: weigh with that, and add up.": (
        lambda p, q: (torch.maximum(p, q) / (p + q)).nan_to_num(0).mean()
    ),
    "You count kinds. They are not equally likely: add up probabilities.": lambda p, q: (p > q).double().mean(),
    "You take the mean over the kinds. Their probabilities add up: take the sum.": (
        lambda p, q: torch.maximum(p, q).mean(),
        lambda p, q: torch.maximum(p, q).mean() / 2,
        lambda p, q: (1 + (p - q).abs().mean()) / 2,
        lambda p, q: (1 + (p - q).abs().mean() / 2) / 2,
    ),
    "You look at the likeliest kinds alone. Compare p and q of every kind, and add up.": (
        lambda p, q: torch.maximum(p, q).max(),
        lambda p, q: (p.max() + q.max()) / 2,
        lambda p, q: p.max(),
        lambda p, q: p.argmax() == q.argmax(),
        lambda p, q: p.argmax() != q.argmax(),
    ),
    "That is the largest gap of one kind. Add up over all.": lambda p, q: (p - q).abs().max(),
    "You use the largest gap of one kind. TV adds up over all.": lambda p, q: (1 + (p - q).abs().max()) / 2,
    "You take running sums. TV adds up kind by kind.": lambda p, q: (1 + (p - q).cumsum(0).abs().max()) / 2,
    "You square the differences. Take their sizes.": lambda p, q: (1 + (p - q).square().sum() / 2) / 2,
    "You square the differences, without the half. Take sizes.": lambda p, q: (1 + (p - q).square().sum()) / 2,
    "You take a length, with squares in it. TV is half of the sum of the sizes.": (
        lambda p, q: (1 + (p - q).norm()) / 2,
        lambda p, q: (1 + (p - q).norm() / 2) / 2,
    ),
    "That is the sum of |p - q|, twice TV. The best accuracy is (1 + TV)/2.": lambda p, q: 2 * _tv(p, q),
    "That is the Jensen-Shannon divergence. Accuracy is tied to TV.": _js,
    "You put JS in the place of TV.": lambda p, q: (1 + _js(p, q)) / 2,
    "You put JS over log 2 in the place of TV. They differ.": lambda p, q: (1 + _js(p, q) / math.log(2)) / 2,
    "That is the overlap in roots, Σ√(pq). Take the larger of each pair.": lambda p, q: (p * q).sqrt().sum(),
}


_MAXIMUM = "Compare kind by kind: torch.maximum(p, q), or torch.where."
_COMPARE = {
    "boolean value of tensor": f"Python's max and if take one truth value, and a tensor holds many. {_MAXIMUM}",
    "max() received": f"torch.max does not take that. {_MAXIMUM}",
    "argument 'dim' must be int": f"np.max takes one array. {_MAXIMUM}",
    "builtin_function_or_method": "A method lacks its brackets; or torch.max(p, q), a tensor itself, has a .values.",
}
_SUMS = "p and q both sum to 1: whole sums and signed differences tell nothing. Compare kind by kind, then add."


def _judge_best(answer: Any) -> str:
    several = "The kinds' shares of right answers add up: take the sum. (D* is no such share: see where it is above ½.)"
    given = _ask(answer, _TABLES, several, _COMPARE)
    wanted = [float(_best(*case)) for case in _TABLES]
    flat = {0: f"int and // cut the decimals off. Or: {_SUMS}", 0.5: _SUMS, 1: _SUMS}
    flat["nan"] = "For some kind p or q or both are 0: 0/0 and log 0 give no number."
    worst = _judge(given, wanted, _numbers(_OTHER_ACCURACIES, _TABLES), flat)
    if worst is None:
        return "That is (1 + TV)/2. No tester beats it; a weak one may stay far below."
    p, q, larger = (
        ", ".join(f"{value:g}" for value in x.tolist()) for x in (*_TABLES[worst], torch.maximum(*_TABLES[worst]))
    )
    raise Mistake(
        f"For p = ({p}) and q = ({q}) the larger ones are {larger}. D is right in half of their sum, "
        f"{wanted[worst]:.3f}. Yours is {given[worst]:.3f}."
    )


best_accuracy = Exercise(
    judge=_judge_best,
    hints=(
        "To each kind D must say one thing, real or fake. Which of the two should it say?",
        "It says what is more likely. Real and fake come equally often: sum the larger of p and q, and take half.",
        "torch.maximum(p, q) compares kind by kind. Or go by TV, half of the sum of |p - q|: (1 + TV)/2.",
    ),
    answer="""\
def best_accuracy(p, q):
    return torch.maximum(p, q).sum() / 2  # D says what is likelier; real and fake come half of the time each""",
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
                "c": "Yes. The bias falls about like 1/N. Compare equal numbers: no floor takes away what was added.",
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
