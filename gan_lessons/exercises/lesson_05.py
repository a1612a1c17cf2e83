"""Exercises of lesson 05."""

import functools
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gan_lessons.exercises.engine import Exercise, Mistake, NotAttempted, Question, Quiz, call, number

_DIAGONALS = (
    "This wants a matrix, and you give a vector. torch.diag(variance_a) makes the matrix. Or stay with the vectors: "
    "the entries' .sqrt() and .sum() do the same."
)
_PLAIN = (
    "That is a plain number, as transport.wasserstein gives it: no way leads back to fake. Take the plan's partner, "
    "and differentiate (real - fake[partner]).norm(dim=1).mean()."
)
_SLIPS = {  # words in an error that Python or torch raises, and what helps; the first that fits counts
    "return_types": "sort gives values and places together. Take .values of it, or [0].",
    "unsupported operand type(s) for -: 'tuple'": "sort gives values and places together. Take .values of it, or [0].",
    "unsupported operand type(s) for -: 'list'": "Lists have no minus. Go through both with zip, or make tensors.",
    "no attribute 'sort_'": "Tensors have no sort_. a.sort() leaves a as it is: use what it returns, .values.",
    "'nonetype'": "Something is None. list.sort() gives nothing back; sorted(a) gives the list.",
    "infer output dtype": "You take the mean of whole numbers. Are they places? Take .values, not .indices or argsort.",
    "one point a row": "transport takes points (N, F). Numbers become points of one coordinate by a[:, None].",
    "does not require grad": (
        "There is nothing to differentiate: transport gives numbers without a gradient, and fake may lack "
        "requires_grad_(). Take only the plan's partner, and compute the ways from fake itself."
    ),
    "'float' object is not iterable": _PLAIN,
    "'float' object has no attribute 'backward'": _PLAIN,
    "'float' object has no attribute": "This is a plain number, no tensor. transport.wasserstein gives such a one.",
    "must be tensor, not": "torch's functions want tensors, and this is a plain number or a list.",
    "converted to scalar": "math's functions take one number, and these are tensors: a.sqrt(), a.abs().",
    "can be converted to python scalars": "math's functions take one number, and these are tensors: a.sqrt(), a.abs().",
    "trace: expected a matrix": _DIAGONALS,
    "at least two": _DIAGONALS,
    "at least 2 dimensions": _DIAGONALS,
    "gaussianfit": "metrics.GaussianFit(mean, covariance) takes both, and frechet_distance takes two such fits.",
    "expected a matrix (2-d array)": "The cost is a table (N, N), one row for each point: a[:, None] - b, then abs().",
    "dimension out of range": "There is no such dim. (N,) and (F,) have dim 0 alone, (N, 2) has dims 0 and 1.",
    "'tensor' object is not callable": "You call a tensor as a function. The plan's partner is a tensor: leave () out.",
    "tensors used as indices": "An index holds whole numbers. Of what transport.plan gives, .partner does.",
    "must match the size": (
        "Two shapes do not fit. If you divide (N, 2) by norm(dim=1), which is (N,): keepdim=True makes it (N, 1)."
    ),
    "boolean value of tensor": "An if takes one truth value; these tensors hold many.",
    "maximum recursion": "Your function calls itself without an end.",
    "can't call numpy() on tensor that requires grad": "Detach before NumPy or SciPy: ways.detach().",
}
_TWISTS = {"": (1, 0), " And the sign is turned.": (-1, 0)}  # of other formulas: a sign, and a power of N
_SUMS = {" And 1/N is missing.": (1, 1), " And the sign is turned, and 1/N is missing.": (-1, 1)}


def _ask(
    answer: Callable, cases: Sequence[tuple[Tensor, ...]], read: Callable[[Any, tuple], Any], more: str = ""
) -> list[Any]:
    """The learner's results for copies of the cases, which must come back unchanged, each `read`.

    Where nothing comes back, `more` names one more reason.
    """
    results: list[Any] = []
    for case in cases:
        copies = [x.clone() for x in case]
        try:
            given = call(answer, *copies, slips=_SLIPS)
        except NotAttempted as reason:
            if not results:
                raise NotAttempted(f"{reason}{more}") from None
            raise Mistake("For some arguments nothing comes back. Does one branch lack its return?") from None
        if not all(torch.equal(copy.detach(), x) for copy, x in zip(copies, case, strict=True)):
            raise Mistake(
                "You change the tensors that you are given. -= does that, and so does .sort() on what .numpy() gives: "
                "it shares their memory. Make new ones."
            )
        results.append(read(given, case))
    return results


def _close(given: Sequence[Any], wanted: Sequence[Any]) -> bool:
    return all(np.allclose(x, y, rtol=1e-3, atol=1e-4) for x, y in zip(given, wanted, strict=True))


def _judge(
    given: list[Any],
    cases: Sequence[tuple[Tensor, ...]],
    right: Callable,
    others: Mapping[str, Callable],
    twists: Mapping[str, tuple[int, int]] = _TWISTS,
) -> int | None:
    """None if the results are right, else the case that is furthest off.

    A `Mistake` if they are those of another formula, of its twist, or a multiple of the right.
    """
    wanted = [np.asarray(right(*case)) for case in cases]
    if _close(given, wanted):
        return None
    for twist, (sign, power) in twists.items():
        for message, other in others.items():
            if _close(given, [sign * len(case[0]) ** power * other(*case) for case in cases]):
                raise Mistake(message + twist)
    mine, true = (np.concatenate([np.ravel(x) for x in values]) for values in (given, wanted))
    if np.allclose(mine, mine[0], atol=1e-6):
        raise Mistake(f"Your answer is {mine[0]:.3g} whatever is given. Use the arguments.")
    if any(np.allclose(mine, cut, atol=1e-6) for cut in (true.round(2), true.round(1), true.round(), np.trunc(true))):
        raise Mistake("You round, or cut to whole numbers. Give the numbers as they are.")
    factor = mine @ true / (true @ true)
    if min(abs(factor), abs(factor - 1)) > 0.02 and np.allclose(mine, factor * true, rtol=1e-3, atol=1e-4):
        if round(factor, 3) == -1:
            raise Mistake("Only the sign is turned.")
        raise Mistake(f"You give {factor:.3g} times the right answer, each time. Take that factor out.")
    return int(np.argmax([np.abs(x - y).max() for x, y in zip(given, wanted, strict=True)]))


def _number(given: Any, case: tuple[Tensor, ...], several: str, finite: bool = True) -> float:
    """One number; `several` says what to do with one for each entry of the case."""
    if len(case[0]) > 1 and tuple(getattr(given, "shape", ())) == tuple(case[0].shape):
        raise Mistake(f"One number is asked for, and you give {len(case[0])}. {several}")
    if isinstance(given, complex) or "complex" in str(getattr(given, "dtype", "")):
        raise Mistake("You give a complex number, as eigenvalues and roots of matrices are. Take its .real.")
    return number(given, finite)


def _listed(x: Tensor) -> list[float]:
    return [round(value, 2) for value in x.tolist()]


def _in_turn(ways: Tensor) -> Tensor:
    """The column of every row, each row taking the nearest that is still free."""
    left, partner = ways.clone(), []
    for row in left:
        partner.append(row.argmin().item())
        left[:, partner[-1]] = math.inf
    return torch.tensor(partner)


# Exercise 1: W1 on a line. Cases unlike enough that no two formulas below agree on all of them.

_LINES = [
    (torch.tensor([3.1, -0.4, 1.2, 7.5]), torch.tensor([0.3, 5.9, -2.2, 1.6])),
    (torch.tensor([0.8, 0.1, -3.3, 2.4, 1.9]), torch.tensor([1.4, 9.2, 4.1, 3.0, 6.7])),
    (torch.tensor([-1.3, 2.2, 0.4]), torch.tensor([-5.1, -0.2, -2.9])),
    (torch.tensor([2.5, 2.5, -1.0, 0.5]), torch.tensor([0.7, -2.0, 4.0, 0.7])),
]


def _w1(a: Tensor, b: Tensor) -> float:
    return (a.sort().values - b.sort().values).abs().mean().item()


def _in_order(a: Tensor, b: Tensor) -> Tensor:
    return a.sort().values - b.sort().values


def _greedy(a: Tensor, b: Tensor) -> Tensor:
    return (a - b[_in_turn((a[:, None] - b).abs())]).abs().mean()


def _steps(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """|F - G| just right of each point of both samples, and how far it is to the next one."""
    places = torch.cat([a, b]).sort().values
    share = [(sample <= places[:, None]).float().mean(1) for sample in (a, b)]
    return (share[0] - share[1]).abs()[:-1], places.diff()


_OTHER_LINES = {
    "You pair the points in the order in which they come. Sort both, and use what sort returns: a itself stays.": (
        lambda a, b: (a - b).abs().mean()
    ),
    "You sort a and leave b as it comes. Sort both.": lambda a, b: (a.sort().values - b).abs().mean(),
    "You sort b and leave a as it comes. Sort both.": lambda a, b: (a - b.sort().values).abs().mean(),
    "One of your samples is sorted upwards and the other downwards: that is the dearest plan.": (
        lambda a, b: (a.sort().values - b.sort(descending=True).values).abs().mean()
    ),
    "You square the ways: that is W2². For W1 take abs().": lambda a, b: _in_order(a, b).square().mean(),
    "That is W2, the root of the mean square. For W1 take the mean of abs().": (
        lambda a, b: _in_order(a, b).square().mean().sqrt()
    ),
    "You add the ways up. Each grain has the mass 1/N: take the mean.": lambda a, b: _in_order(a, b).abs().sum(),
    "You add the squared ways up. For W1 take the mean of abs().": lambda a, b: _in_order(a, b).square().sum(),
    "That is the length of the vector of ways, with squares in it. For W1 take the mean of abs().": (
        lambda a, b: _in_order(a, b).norm()
    ),
    "You take the longest way. The work is the mean of all ways.": lambda a, b: _in_order(a, b).abs().max(),
    "You take the median way. The work is the mean of all ways.": lambda a, b: _in_order(a, b).abs().median(),
    "Ways to the left count as negative, so they cancel others. Take abs() before the mean.": (
        lambda a, b: (a - b).mean()
    ),
    "Ways to the left count as negative, so they cancel others. Take abs(), before the mean.": (
        lambda a, b: (b - a).mean()
    ),
    "That is how far the means are apart: ways to the left cancel ways to the right. abs() comes before the mean.": (
        lambda a, b: (a.mean() - b.mean()).abs()
    ),
    "That is the mean over all pairs. A plan uses N of them, one for each point.": (
        lambda a, b: (a[:, None] - b).abs().mean()
    ),
    "That is the sum over all pairs. A plan uses N of them, one for each point.": (
        lambda a, b: (a[:, None] - b).abs().sum()
    ),
    "Each point of a takes its nearest in b, so one place may be taken twice and another stays empty.": (
        lambda a, b: (a[:, None] - b).abs().min(1).values.mean()
    ),
    "Each point of b takes its nearest in a, so one place may be taken twice and another stays empty.": (
        lambda a, b: (a[:, None] - b).abs().min(0).values.mean()
    ),
    "You serve a's points in turn, each with the nearest free place. Early ones take what later ones need: sort.": (
        _greedy
    ),
    "You serve b's points in turn, each with the nearest free place. Early ones take what later ones need: sort.": (
        lambda a, b: _greedy(b, a)
    ),
    "The last pair is left out of the sum. Every pair counts.": lambda a, b: _in_order(a, b)[:-1].abs().sum() / len(a),
    "The first pair is left out of the sum. Every pair counts.": lambda a, b: _in_order(a, b)[1:].abs().sum() / len(a),
    "The last pair is left out of the mean. Every pair counts.": lambda a, b: _in_order(a, b)[:-1].abs().mean(),
    "The first pair is left out of the mean. Every pair counts.": lambda a, b: _in_order(a, b)[1:].abs().mean(),
    "norm() over N has squares in it. For W1 take the mean of abs().": lambda a, b: _in_order(a, b).norm() / len(a),
    "You take the size of each number before you subtract. abs() belongs around the difference.": (
        lambda a, b: (a.sort().values.abs() - b.sort().values.abs()).abs().mean()
    ),
    "You sort by size, without the sign. Sort the numbers; abs() belongs around the difference.": (
        lambda a, b: (a.abs().sort().values - b.abs().sort().values).abs().mean()
    ),
    "You add up the values along the line. The cumulative curves add up shares of points.": (
        lambda a, b: _in_order(a, b).cumsum(0).abs().sum()
    ),
    "You compare the places that sorting gives, not the sorted values: .values, not .indices.": (
        lambda a, b: (a.argsort() - b.argsort()).abs().float().mean()
    ),
    "You take the largest gap between the cumulative curves. W1 is the area between them.": (
        lambda a, b: _steps(a, b)[0].max()
    ),
    "You add up the gaps between the cumulative curves, but not times how long each lasts.": (
        lambda a, b: _steps(a, b)[0].sum()
    ),
    "You halve it. Total variation has a ½, W1 has none.": lambda a, b: _w1(a, b) / 2,
    "You take a root too many: the mean of abs() is W1 already.": lambda a, b: _w1(a, b) ** 0.5,
    "You square at the end. The mean of abs() is W1 already.": lambda a, b: _w1(a, b) ** 2,
    "The sign is turned. A distance is never below 0.": lambda a, b: -_w1(a, b),
    "You divide by N twice.": lambda a, b: _w1(a, b) / len(a),
    "You divide by N - 1. Each grain has the mass 1/N.": lambda a, b: _in_order(a, b).abs().sum() / (len(a) - 1),
}


def _judge_line(answer) -> str:
    given = _ask(answer, _LINES, functools.partial(_number, several="If they are the ways, take their mean."))
    worst = _judge(given, _LINES, _w1, _OTHER_LINES, _TWISTS | _SUMS)
    if worst is None:
        return "On a line sorting is the whole plan: N log N steps where the assignment needs about N³."
    a, b = _LINES[worst]
    raise Mistake(
        f"For a = {_listed(a)} and b = {_listed(b)} you give {given[worst]:.3g}. The smallest goes to the smallest, "
        f"and so on: ways {_listed(_in_order(a, b).abs())}, and their mean is {_w1(a, b):.3g}."
    )


w1_line = Exercise(
    judge=_judge_line,
    hints=(
        "Draw three points above a line and three below it. Which lines between them do not cross?",
        "Sort both. Point k of the one goes to point k of the other. The work is the mean way.",
        "sort() gives the values and their places: take .values. A way has no sign, so abs() comes before the mean.",
    ),
    answer="""\
def w1_line(a, b):
    return (a.sort().values - b.sort().values).abs().mean()  # lines that cross could be shortened by swapping""",
)


# Exercise 2: the gradient of W1 by the fake points

_CLOUDS = [
    (
        torch.tensor([[0.0, 0.0], [2.0, 0.3], [0.4, 2.1], [-1.5, 1.0]]),
        torch.tensor([[1.1, 0.2], [0.3, 3.4], [3.2, -0.7], [-0.6, -1.2]]),
    ),
    (
        torch.tensor([[1.0, 1.0], [-2.0, 0.5], [0.2, -1.4]]),
        torch.tensor([[4.0, -3.0], [2.2, 2.9], [3.1, 0.4]]),
    ),
    (
        torch.tensor([[0.0, 0.0], [1.0, 0.5], [6.0, -5.0], [-5.0, 1.5], [-6.0, -4.0]]),  # squares have another plan
        torch.tensor([[-7.4, -4.8], [2.2, 0.0], [1.2, 0.5], [7.0, -3.9], [-4.2, 0.6]]),
    ),
    (  # the plan, that of the squares, and both that serve points in turn: all different
        torch.tensor([[-0.4, 2.0], [2.4, -2.8], [4.2, -2.2], [-0.9, 3.1], [0.3, -4.2]]),
        torch.tensor([[0.8, 0.3], [0.3, 0.6], [3.5, 3.4], [6.1, 0.5], [6.1, 5.1]]),
    ),
]


def _partner(real: Tensor, fake: Tensor, power: float = 1.0) -> Tensor:
    """For every real point its fake one in the cheapest plan, by trying all: the clouds are small."""
    orders = torch.tensor(list(itertools.permutations(range(len(real)))))
    return orders[(torch.cdist(real, fake) ** power)[torch.arange(len(real)), orders].sum(1).argmin()]


def _ways(real: Tensor, fake: Tensor, power: float = 1.0) -> Tensor:
    """From the real partner of every fake point to it, (N, 2)."""
    return fake - real[_partner(real, fake, power).argsort()]


def _unit(ways: Tensor) -> Tensor:
    return ways / ways.norm(dim=-1, keepdim=True)


def _gradient(real: Tensor, fake: Tensor) -> Tensor:
    return _unit(_ways(real, fake)) / len(fake)


_OTHER_GRADIENTS = {
    "The sign is turned: that is the way G should go. The gradient points where W1 grows, away from the partner.": (
        lambda a, b: -_gradient(a, b)
    ),
    "The sign is turned, and 1/N is missing: W1 is a mean over N ways, and a way grows as its fake moves off.": (
        lambda a, b: -_unit(_ways(a, b))
    ),
    "1/N is missing. W1 is a mean: each way counts 1/N.": lambda a, b: _unit(_ways(a, b)),
    "The length is still in it: a way's slope has length 1, however long the way. Divide each row by its norm.": (
        lambda a, b: _ways(a, b) / len(b)
    ),
    "Those are the ways themselves. Divide each by its length, and by N.": _ways,
    "Those are the ways to the partners. Turn them, and divide each by its length and by N.": lambda a, b: -_ways(a, b),
    "The length is still in it, and the sign is turned. Each row is a unit vector over N, away from the partner.": (
        lambda a, b: -_ways(a, b) / len(b)
    ),
    "That is the gradient of the mean squared way, with the plan of W1. Differentiate the length, not its square.": (
        lambda a, b: 2 * _ways(a, b) / len(b)
    ),
    "That is the gradient of W2². Here a way costs its length, not its square.": (
        lambda a, b: 2 * _ways(a, b, 2) / len(b)
    ),
    "Your plan is that of the squared ways. W1's plan has power 1.": lambda a, b: _unit(_ways(a, b, 2)) / len(b),
    "Your rows are in the order of the real points. Row j belongs to fake point j.": (
        lambda a, b: _gradient(a, b)[_partner(a, b)]
    ),
    "That is the gradient by the real points. Asked is that by the fake ones.": (
        lambda a, b: -_gradient(a, b)[_partner(a, b)]
    ),
    "Your pairs are those of the plan read backwards. plan(real, fake).partner.argsort() has the real point of each "
    "fake; plan(fake, real).partner has it at once.": lambda a, b: _unit(b - a[_partner(a, b)]) / len(b),
    "You index fake with the real point of each fake. That index belongs to real: fake - real[index].": (
        lambda a, b: _unit(b[_partner(a, b).argsort()] - a) / len(b)
    ),
    "Your real points choose in turn, each the nearest free fake. Early ones take what later ones need: "
    "transport.plan finds the cheapest.": (lambda a, b: _unit(b - a[_in_turn(torch.cdist(a, b)).argsort()]) / len(b)),
    "Your fakes choose in turn, each the nearest free real point. Early ones take what later ones need: "
    "transport.plan finds the cheapest.": lambda a, b: _unit(b - a[_in_turn(torch.cdist(b, a))]) / len(b),
    "You leave the plan out and pair row with row. Which real point a fake belongs to, the plan says.": (
        lambda a, b: _unit(b - a) / len(b)
    ),
    "Each fake goes to its nearest real point, so some real ones are left over. Take the plan.": (
        lambda a, b: _unit(b - a[torch.cdist(b, a).argmin(1)]) / len(b)
    ),
    "That is the gradient of the mean over all pairs. The plan uses one pair for each fake.": (
        lambda a, b: _unit(b[:, None] - a).mean(1) / len(b)
    ),
    "All your fakes come from the middle of the real ones. Each has its own partner.": (
        lambda a, b: _unit(b - a.mean(0)) / len(b)
    ),
    "You divide by the norm of the whole table. Each row has its own: norm(dim=1, keepdim=True).": (
        lambda a, b: _ways(a, b) / _ways(a, b).norm()
    ),
    "You divide by the norm of the whole table, and by N. Each row has its own: norm(dim=1, keepdim=True).": (
        lambda a, b: _ways(a, b) / _ways(a, b).norm() / len(b)
    ),
    "Your norm goes down the columns. Each row has its own length: norm(dim=1, keepdim=True).": (
        lambda a, b: _ways(a, b) / _ways(a, b).norm(dim=0) / len(b)
    ),
    "You divide by the squared length. A unit vector is the way over its length.": (
        lambda a, b: _ways(a, b) / _ways(a, b).norm(dim=1, keepdim=True) ** 2 / len(b)
    ),
    "You divide by |x| + |y|. The length is the root of x² + y²: norm(dim=1, keepdim=True).": (
        lambda a, b: _ways(a, b) / _ways(a, b).abs().sum(1, keepdim=True) / len(b)
    ),
    "You add fake and partner. The way is their difference.": (
        lambda a, b: _unit(b + a[_partner(a, b).argsort()]) / len(b)
    ),
    "You divide by 2, the coordinates: shape[1]. N is the count of points: len(fake).": (
        lambda a, b: _unit(_ways(a, b)) / 2
    ),
    "You divide by 40, the lesson's N. Here N is len(fake).": lambda a, b: _unit(_ways(a, b)) / 40,
    "You divide by N twice.": lambda a, b: _gradient(a, b) / len(b),
    "You divide by 2N, the count of all coordinates. W1 is a mean over N ways.": lambda a, b: _gradient(a, b) / 2,
    "You keep only the signs of the ways. The slope of a length is the way divided by its length.": (
        lambda a, b: _ways(a, b).sign() / len(b)
    ),
    "You keep only the signs of the ways: divide the way by its length, and by N.": lambda a, b: _ways(a, b).sign(),
    "Those are the fakes after a step against the gradient. Give the gradient itself.": (
        lambda a, b: b - _gradient(a, b)
    ),
    "Those are the partners' places. Asked is which way W1 grows.": lambda a, b: b - _ways(a, b),
    "That is the gradient by both clouds added up, or twice by one: does backward() run twice?": (
        lambda a, b: 2 * _gradient(a, b)
    ),
}


def _rows(given: Any, case: tuple[Tensor, Tensor]) -> np.ndarray:
    if isinstance(given, tuple | list) and len(given) == 1:
        raise Mistake(f"This {type(given).__name__} has one entry: the table. Take [0]; autograd.grad gives tuples.")
    if isinstance(given, list | tuple) and all(isinstance(row, Tensor) for row in given):
        given = [row.tolist() for row in given]
    try:
        table = np.asarray(given.detach() if isinstance(given, Tensor) else given, dtype=float)
    except (TypeError, ValueError):
        raise Mistake(f"Give a table (N, 2), one row for each fake. This is of type {type(given).__name__}.") from None
    if table.shape != tuple(case[1].shape):
        hint = " A gradient has the shape of what one differentiates by." if table.size == 1 else ""
        raise Mistake(f"Give the shape {tuple(case[1].shape)}, one row for each fake; yours is {table.shape}.{hint}")
    if not np.isfinite(table).all():
        raise Mistake("There is NaN or infinity in it. Is something divided by 0?")
    return table


def _shown(row: np.ndarray) -> str:
    return f"({row[0]:.3f}, {row[1]:.3f})"


def _judge_gradient(answer) -> str:
    none = " Or it returns a .grad that is None: .grad belongs to the tensor by which you differentiate."
    given = _ask(answer, _CLOUDS, _rows, none)
    worst = _judge(given, _CLOUDS, _gradient, _OTHER_GRADIENTS, _TWISTS | _SUMS)
    if worst is None:
        return "Every fake is pulled with the same strength, far or near. A critic of slope 1 tells G just this."
    wanted = [_gradient(*case).numpy() for case in _CLOUDS]
    mine, true, n = np.concatenate(given), np.concatenate(wanted), len(given[worst])
    j = int(np.abs(given[worst] - wanted[worst]).max(1).argmax())
    length = np.linalg.norm(mine, axis=1)
    cosine = (mine * true).sum(1) / np.maximum(length * np.linalg.norm(true, axis=1), 1e-12)
    off, row, asked = np.abs(mine - true).max(), given[worst][j], wanted[worst][j]
    if off < 0.1 * np.abs(true).max():
        raise Mistake(
            f"Close: you are off by at most {off:.1g}. If you nudge numerically, float32 is too coarse: nudge "
            "fake.double(), by 1e-5 both ways."
        )
    if (cosine > 1 - 1e-5).all():
        raise Mistake(
            f"Your rows point the right way. But in a test with N = {n} row {j} has the length "
            f"{np.linalg.norm(row):.3g}. Each should have 1/N = {1 / n:.3g}: the way over its norm, and over N."
        )
    real, fake = _CLOUDS[worst]
    home = real[_partner(real, fake).argsort()]
    raise Mistake(
        f"In a test with N = {n} fake {j} lies at {_listed(fake[j])}, its real partner at {_listed(home[j])}. Row {j} "
        f"is fake minus partner, over its length and over N: {_shown(asked)}. Yours is {_shown(row)}."
    )


w1_gradient = Exercise(
    judge=_judge_gradient,
    hints=(
        "Move one fake a little. Only its own way changes. By how much, if it moves straight off its partner?",
        "A length |b - a| has the gradient (b - a) / |b - a|, and W1 is the mean of N lengths.",
        "partner.argsort() says for every fake its real point. Or keep the plan fixed, and let autograd do the rest.",
    ),
    answer="""\
def w1_gradient(real, fake):
    home = transport.plan(real, fake).partner.argsort()  # for every fake its real point
    way = fake - real[home]
    return way / way.norm(dim=1, keepdim=True) / len(fake)  # unit vectors: far or near, the pull is the same""",
)


# Exercise 3: the Fréchet distance of Gaussians with diagonal covariances

_GAUSSIANS = [  # mean a, variance a, mean b, variance b
    tuple(torch.tensor(x) for x in ([0.5, -1.0, 2.0], [1.7, 0.3, 4.0], [1.2, 0.4, -0.3], [0.5, 2.6, 1.1])),
    tuple(torch.tensor(x) for x in ([3.0, 1.0], [0.2, 6.0], [2.3, -0.7], [3.3, 0.9])),
    tuple(torch.tensor(x) for x in ([-1.4], [0.6], [0.9], [2.9])),
]


def _spread(v: Tensor, w: Tensor) -> Tensor:
    return (v.sqrt() - w.sqrt()).square().sum()


def _shift(m: Tensor, n: Tensor) -> Tensor:
    return (m - n).square().sum()


def _frechet(m: Tensor, v: Tensor, n: Tensor, w: Tensor) -> float:
    return (_shift(m, n) + _spread(v, w)).item()


_OTHER_FRECHETS = {  # m and v the mean and variance of a, n and w those of b
    "You subtract the variances. Take their roots first: (σa - σb)², with σ the root of the variance.": (
        lambda m, v, n, w: _shift(m, n) + (v - w).square().sum()
    ),
    "You take the root at the end. The squared distance is asked.": lambda m, v, n, w: _frechet(m, v, n, w) ** 0.5,
    "You square at the end: the sum is the squared distance already.": lambda m, v, n, w: _frechet(m, v, n, w) ** 2,
    "The means are missing. Their squared differences come on top.": lambda m, v, n, w: _spread(v, w),
    "The variances are missing: (σa - σb)² comes on top of the means.": lambda m, v, n, w: _shift(m, n),
    "The differences of the means are not squared.": lambda m, v, n, w: (m - n).abs().sum() + _spread(v, w),
    "The differences of the means are not squared, and may even be negative.": (
        lambda m, v, n, w: (m - n).sum() + _spread(v, w)
    ),
    "For the means you take a length. It is the squared length, the sum of squares.": (
        lambda m, v, n, w: (m - n).norm() + _spread(v, w)
    ),
    "The differences of the σ are not squared.": (lambda m, v, n, w: _shift(m, n) + (v.sqrt() - w.sqrt()).abs().sum()),
    "For the σ you take a length. It is the squared length, the sum of squares.": (
        lambda m, v, n, w: _shift(m, n) + (v.sqrt() - w.sqrt()).norm()
    ),
    "You take the mean over the coordinates. They add up.": lambda m, v, n, w: _frechet(m, v, n, w) / len(m),
    "In the last term the 2 is missing: va + vb - 2 √(va vb).": (
        lambda m, v, n, w: _shift(m, n) + (v + w - (v * w).sqrt()).sum()
    ),
    "In the last term the root is missing: va + vb - 2 √(va vb).": (
        lambda m, v, n, w: _shift(m, n) + (v + w - 2 * v * w).sum()
    ),
    "In the last term only one variance has its root: va + vb - 2 √(va vb).": (
        lambda m, v, n, w: _shift(m, n) + (v + w - 2 * v.sqrt() * w).sum()
    ),
    "In the last term only one variance has its root: -2 √(va vb) comes after va + vb.": (
        lambda m, v, n, w: _shift(m, n) + (v + w - 2 * v * w.sqrt()).sum()
    ),
    "The 2 is under the root. It stands before it: va + vb - 2 √(va vb).": (
        lambda m, v, n, w: _shift(m, n) + (v + w - (2 * v * w).sqrt()).sum()
    ),
    "Only variance_a has its root. Take that of both: (σa - σb)².": (
        lambda m, v, n, w: _shift(m, n) + (v.sqrt() - w).square().sum()
    ),
    "Only variance_b has its root. Take that of both: (σa - σb)².": (
        lambda m, v, n, w: _shift(m, n) + (v - w.sqrt()).square().sum()
    ),
    "You take abs() where squares are asked, of the means and of the σ: (ma - mb)² + (σa - σb)².": (
        lambda m, v, n, w: (m - n).abs().sum() + (v.sqrt() - w.sqrt()).abs().sum()
    ),
    "For the means you take the mean over the coordinates. Both parts add up.": (
        lambda m, v, n, w: _shift(m, n) / len(m) + _spread(v, w)
    ),
    "For the σ you take the mean over the coordinates. Both parts add up.": (
        lambda m, v, n, w: _shift(m, n) + _spread(v, w) / len(m)
    ),
    "You take coordinate 0 alone. Add up over all.": lambda m, v, n, w: _frechet(m[:1], v[:1], n[:1], w[:1]),
    "The last coordinate is missing. Add up over all.": lambda m, v, n, w: _frechet(m[:-1], v[:-1], n[:-1], w[:-1]),
    "The last term is missing: va + vb - 2 √(va vb).": lambda m, v, n, w: _shift(m, n) + (v + w).sum(),
    "The last term has the wrong sign: va + vb - 2 √(va vb), which is (σa - σb)².": (
        lambda m, v, n, w: _shift(m, n) + (v.sqrt() + w.sqrt()).square().sum()
    ),
    "You subtract the variances and keep the size. Take the roots first, then the difference, then the square.": (
        lambda m, v, n, w: _shift(m, n) + (v - w).abs().sum()
    ),
    "You take the differences of the variances and do not square. It is (σa - σb)².": (
        lambda m, v, n, w: _shift(m, n) + (v - w).sum()
    ),
    "You add coordinates before you square. Square each difference, then add.": (
        lambda m, v, n, w: (m - n).sum() ** 2 + (v.sqrt() - w.sqrt()).sum() ** 2
    ),
    "You add the means' coordinates before you square. Square each difference, then add.": (
        lambda m, v, n, w: (m - n).sum() ** 2 + _spread(v, w)
    ),
    "Your roots are of the total variances. Take the root in each coordinate, and add up after it.": (
        lambda m, v, n, w: _shift(m, n) + (v.sum().sqrt() - w.sum().sqrt()) ** 2
    ),
    "In your last term the root goes over the sum. Take the root in each coordinate, then add.": (
        lambda m, v, n, w: _shift(m, n) + (v + w).sum() - 2 * (v * w).sum().sqrt()
    ),
    "You add two lengths. The squares add up: no root anywhere but for the σ.": (
        lambda m, v, n, w: (m - n).norm() + (v.sqrt() - w.sqrt()).norm()
    ),
    "The root goes over sums of squares of variances. σ is the root of one variance.": (
        lambda m, v, n, w: (_shift(m, n) + (v - w).square().sum()).sqrt()
    ),
    "The sign before the σ's part is turned: both parts are squares, and add up.": (
        lambda m, v, n, w: _shift(m, n) - _spread(v, w)
    ),
    "You add the means where you should subtract them.": lambda m, v, n, w: (m + n).square().sum() + _spread(v, w),
    "That is the Kullback-Leibler divergence, from a to b. Here a distance in squared units is asked.": (
        lambda m, v, n, w: ((w / v).log() + (v + (m - n) ** 2) / w - 1).sum() / 2
    ),
    "You divide by the variances. Nothing is divided here: (ma - mb)² + (σa - σb)².": (
        lambda m, v, n, w: ((m - n) ** 2 / (v + w)).sum()
    ),
    "You take the variances for σ and square them again. They are squares already: take their roots.": (
        lambda m, v, n, w: _shift(m, n) + (v**2 - w**2).square().sum()
    ),
}


def _squared(given: Any, case: tuple[Tensor, ...]) -> float:
    value = _number(given, case, "The coordinates add up: take the sum.", finite=False)
    if math.isnan(value) and len(case[0]) == 1:
        raise Mistake(
            "Where there is one coordinate you give nan, as std() and var() of one number do. The variances are given: "
            "take their roots."
        )
    if math.isnan(value):
        raise Mistake(
            "You give nan. The root or the log of a number below 0 is that: root each variance, then subtract. "
            "Have you the arguments in the order mean_a, variance_a, mean_b, variance_b?"
        )
    return number(value)


def _judge_frechet(answer) -> str:
    given = _ask(answer, _GAUSSIANS, _squared)
    means = {" And you take the mean over the coordinates; they add up.": (1, -1)}
    worst = _judge(given, _GAUSSIANS, _frechet, _OTHER_FRECHETS, _TWISTS | means)
    if worst is None:
        return "Each σ is compared with its own: the roots, not the variances. Squared distances add over coordinates."
    m, v, n, w = _GAUSSIANS[worst]
    raise Mistake(
        f"For the means {_listed(m)} and {_listed(n)} and the variances {_listed(v)} and {_listed(w)}, the means give "
        f"{_shift(m, n):.3f} and the σ give {_spread(v, w):.3f}, together {_frechet(m, v, n, w):.3f}. "
        f"Yours is {given[worst]:.3f}."
    )


frechet_diagonal = Exercise(
    judge=_judge_frechet,
    hints=(
        "Begin with one coordinate: the page has the formula on a line. What is σ, if the variance is given?",
        "In each coordinate (ma - mb)² + (σa - σb)², with σ the root of the variance. Add over the coordinates.",
        "Two sums of squares: over the differences of the means, and over those of the roots. A tensor has .sqrt().",
    ),
    answer="""\
def frechet_diagonal(mean_a, variance_a, mean_b, variance_b):
    shift = (mean_a - mean_b).square().sum()
    spread = (variance_a.sqrt() - variance_b.sqrt()).square().sum()  # the roots: a variance is no length
    return shift + spread""",
)


quiz = Quiz(
    (
        Question(
            "c",
            {
                "a": "W1 would. JS looks only at overlap, and there is none, before and after.",
                "b": "KL is infinite there, and was before. JS never exceeds log 2.",
                "c": "Yes. Without overlap it is log 2 at every distance.",
            },
        ),
        Question(
            "b",
            {
                "a": "Only if this is the best function. Another one may show more.",
                "b": "Yes. Along the lines of any plan the score falls by at most their length.",
                "c": "It is the other way round. A plan's work bounds W1 from above, a function's gap from below.",
            },
        ),
        Question(
            "a",
            {
                "a": "Yes. Two samples of one law are not 0 apart either, and few points are further apart than many.",
                "b": "Two samples of 50 points of one law have a W1 above 0 as well.",
                "c": "Small against what? Of a narrow law, 0.2 may be many widths.",
            },
        ),
        Question(
            "b",
            {
                "a": "The estimate has the critic's units, and the critic has been trained on.",
                "b": "Yes. On this page the estimate rose while W1 fell.",
                "c": "A larger estimate says further apart, if it says anything. But the critic has changed.",
            },
        ),
    )
)
