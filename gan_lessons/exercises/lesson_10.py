"""Exercises of lesson 10."""

import itertools
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from scipy import stats
from torch import Tensor, nn

from gan_lessons import checks
from gan_lessons.exercises.engine import Exercise, Mistake, NotAttempted, Question, Quiz, call, number

# Exercise 1: does D mix its samples? Critics of known habits; answers are told apart by which of them they misjudge.


class _Critic(nn.Module):
    """A small critic with a layer in its middle, and a habit that acts on its scores (N,)."""

    def __init__(self, middle: nn.Module | None = None, habit: Callable[[Tensor], Tensor] = lambda scores: scores):
        super().__init__()
        body = nn.Conv2d(1, 4, 4, stride=4), middle or nn.Identity(), nn.LeakyReLU(0.2)
        self.layers, self.habit = nn.Sequential(*body, nn.Flatten(), nn.Linear(4 * 49, 1), nn.Flatten(0)), habit

    def forward(self, x: Tensor) -> Tensor:
        if not isinstance(x, Tensor) or x.shape[1:] != (1, 28, 28):
            shape = tuple(x.shape) if isinstance(x, Tensor) else type(x).__name__
            raise Mistake(f"D takes a batch of images, (N, 1, 28, 28). You give it {shape}: images[:1] keeps the N.")
        return self.habit(self.layers(x))  # (N,)


class _Standardised(nn.Module):
    def forward(self, h: Tensor) -> Tensor:
        return (h - h.mean(0)) / (h.var(0, unbiased=False) + 0.01).sqrt()


def _hearing(listener: int, speaker: int) -> Callable[[Tensor], Tensor]:
    """The habit that one score listens to one other image."""

    def habit(scores: Tensor) -> Tensor:
        heard = torch.zeros_like(scores).index_fill(0, torch.tensor(listener % len(scores)), 0.5)
        return scores + heard * scores[speaker % len(scores)]

    return habit


def _critics() -> dict[str, tuple[nn.Module, bool]]:
    """What each critic is called in a message, the critic, and whether it mixes."""
    stored = _Critic(nn.BatchNorm2d(4)).eval()
    return {
        "without any normalisation": (_Critic(), False),
        "with nn.BatchNorm2d": (_Critic(nn.BatchNorm2d(4)), True),
        "with nn.BatchNorm2d in evaluation mode, where it uses stored numbers,": (stored, False),
        "with nn.GroupNorm, which averages within one image,": (_Critic(nn.GroupNorm(1, 4)), False),
        "that standardises each unit over the batch by hand": (_Critic(_Standardised()), True),
        "that subtracts the batch's mean score": (_Critic(habit=lambda s: s - s.mean()), True),
        "whose first score hears the third image": (_Critic(habit=_hearing(0, 2)), True),
        "whose third score hears the first image": (_Critic(habit=_hearing(2, 0)), True),
        "whose last score hears the second image": (_Critic(habit=_hearing(-1, 1)), True),
        "whose second score hears the last image": (_Critic(habit=_hearing(1, -1)), True),
        "that adds a thousandth of the batch's mean score": (_Critic(habit=lambda s: s + 1e-3 * s.mean()), True),
    }


def _differ(a: Tensor, b: Tensor) -> bool:
    return not torch.allclose(a, b, rtol=1e-5, atol=1e-6)


@torch.no_grad()
def _changes(D: nn.Module, x: Tensor) -> Tensor:
    """By how much of the scores' size score k changes with image j, (N, N); with its own image, 0."""
    before, after = D(x), []
    for j in range(len(x)):
        other = x.clone()
        other[j] = -x[j]
        after.append(D(other))
    changes = (torch.stack(after, 1) - before[:, None]).abs() / before.abs().max()
    return changes.fill_diagonal_(0)


def _in_eval(D: nn.Module, x: Tensor) -> Tensor:
    with checks.evaluating(D):
        return _changes(D, x)


@torch.no_grad()
def _alone(D: nn.Module, x: Tensor) -> Tensor:
    return torch.cat([D(one) for one in x.split(1)])


def _layers(D: nn.Module) -> set[str]:
    return {type(part).__name__ for part in D.modules()}


_TINY = 1e-5  # of a score: beyond what rounding does
_NAMES = "You look for layers by name. A D may mix without nn.BatchNorm"
_OTHER_TESTS: dict[str, Callable[[nn.Module, Tensor, Tensor], Any]] = {  # of a D, images, and the table of changes
    "You answer True for every D. A score changes with its own image, and by rounding with the batch's size. Look at "
    "the others' scores, and compare with torch.allclose.": lambda D, x, c: True,
    "You answer False for every D. Give an image other company, and compare its score.": lambda D, x, c: False,
    "True and False are exchanged: True means that D mixes.": lambda D, x, c: c.max() < _TINY,
    _NAMES + ", and batch norm in evaluation mode does not mix. Ask what D does with images.": (
        lambda D, x, c: "BatchNorm2d" in _layers(D)
    ),
    _NAMES + ". Ask what D does with images.": lambda D, x, c: "BatchNorm2d" in _layers(D) and D.training,
    "You look for any normalisation by name. nn.GroupNorm works within one image, and a D may mix without a norm. Ask "
    "what D does with images.": lambda D, x, c: any("Norm" in name for name in _layers(D)),
    "You ask whether D is in training mode. A D without batch norm mixes nothing in either.": (
        lambda D, x, c: D.training
    ),
    "You only reorder the batch. Batch norm does not mind: the company is the same. Bring other images.": (
        lambda D, x, c: _differ(D(x.flip(0)), D(x).flip(0))
    ),
    "You show D the same images twice in one batch. Means over the batch stay as they were. Bring other images.": (
        lambda D, x, c: _differ(D(torch.cat([x, x]))[: len(x)], D(x))
    ),
    "You look at the first score only. D may spare it and mix others: look at every score.": (
        lambda D, x, c: c[0].max() > _TINY
    ),
    "You look at the last score only. D may spare it and mix others: look at every score.": (
        lambda D, x, c: c[-1].max() > _TINY
    ),
    "You change the first image only. Another score may hear another image: change each in turn, or all others.": (
        lambda D, x, c: c[:, 0].max() > _TINY
    ),
    "You change the last image only. Another score may hear another image: change each in turn, or all others.": (
        lambda D, x, c: c[:, -1].max() > _TINY
    ),
    "You try one pair of images, the first two. Look at every pair.": lambda D, x, c: c[:2, :2].max() > _TINY,
    "Your tolerance is too wide: a D that mixes a little passes. torch.allclose as it comes will do.": (
        lambda D, x, c: c.max() > 1e-2
    ),
    "You switch D to evaluation mode. There batch norm uses stored numbers and mixes nothing; training has it "
    "otherwise. Take D as it is.": lambda D, x, c: _in_eval(D, x).max() > _TINY,
    "You look at sums or means of all scores. What one score gains may be lost by another: look at each.": (
        lambda D, x, c: _differ(D(x).sum(), _alone(D, x).sum())
    ),
}
_SLIPS = {
    "boolean value of tensor": "Your comparison gives many truth values. One answer for all: .any() or torch.allclose.",
    "truth value of an array": "Your comparison gives many truth values. One answer for all: .any() or np.allclose.",
    "grad can be implicitly created only for scalar": "autograd.grad wants one number. Take one score: D(x)[k].",
    "does not require grad": "The images must ask for a gradient before D sees them: images.clone().requires_grad_().",
    "second time": "The graph was freed by the first gradient. Write retain_graph=True, or ask D again.",
    "can't call numpy() on tensor that requires grad": "Scores carry a graph. Detach them first: D(x).detach().",
    "leaf variable": "You change a tensor in place that asks for a gradient. Change a clone.",
    "must match the size of tensor": "You compare batches of different sizes. Compare the scores of the same images.",
}


def _judge_mixes(answer: Callable) -> str:
    torch.manual_seed(10)
    images, critics, given = torch.rand(6, 1, 28, 28) * 2 - 1, _critics(), []
    for D, _ in critics.values():
        own, training = images.clone(), [part.training for part in D.modules()]
        weights = [weight.detach().clone() for weight in D.parameters()]
        verdict = call(answer, D, own, slips=_SLIPS)
        if not torch.equal(own, images):
            raise Mistake("You change the images that you are given. Change a clone of them.")
        if [part.training for part in D.modules()] != training:
            raise Mistake("D is left in another mode. Do not switch it: batch norm mixes in training mode only.")
        if not all(torch.equal(weight, old) for weight, old in zip(D.parameters(), weights, strict=True)):
            raise Mistake("D has learned from your test. No step, please: only look.")
        given.append(_truth(verdict))
    right = [mixes for _, mixes in critics.values()]
    if given == right:
        return "The bit that a per-sample penalty relies on: each score belongs to one image."
    tables = [_changes(D, images) for D, _ in critics.values()]
    for message, other in _OTHER_TESTS.items():
        if [bool(other(D, images, table)) for (D, _), table in zip(critics.values(), tables, strict=True)] == given:
            raise Mistake(message)
    name, mixes = next(
        (name, right) for (name, (_, right)), mine in zip(critics.items(), given, strict=True) if mine != right
    )
    wrong = "mixes, and you say it does not" if mixes else "does not mix, and you say it does"
    raise Mistake(f"A critic {name} {wrong}. Does any score change when the other images do?")


def _truth(verdict: Any) -> bool:
    size = getattr(verdict, "size", 1)
    if (verdict.numel() if isinstance(verdict, Tensor) else size) != 1:
        raise Mistake("One answer is asked for, True or False. You give one for each image or pair: take .any().")
    if isinstance(verdict, str | list | tuple | dict):
        raise Mistake(f"True or False is asked for. You give a {type(verdict).__name__}.")
    value = float(verdict.detach() if isinstance(verdict, Tensor) else verdict)
    if value not in (0, 1):
        raise Mistake(f"True or False is asked for. You give {value:.3g}: compare it with what rounding may do.")
    return bool(value)


mixes = Exercise(
    judge=_judge_mixes,
    hints=(
        "Keep one image and give it other company. What must its score do, if D minds each image by itself?",
        "Take each image in turn. Replace all others, by paper (-1) for example, and compare its score with before.",
        "Or ask autograd: of score k, the gradient by image j must be 0 for every j but k.",
    ),
    answer="""\
def mixes(D, images):
    with torch.no_grad():
        together = D(images)
        for k in range(len(images)):
            others = torch.full_like(images, -1.0)  # paper
            others[k] = images[k]
            if not torch.allclose(D(others)[k], together[k]):  # the same image in other company
                return True
    return False""",
)


# Exercises 2 and 3: numbers of two lists


def _named(given: list[float], cases: list, others: Mapping[str, Callable], within: float = 1e-4) -> None:
    """Raises the first message whose formula gives these numbers."""
    for message, other in others.items():
        if np.allclose(given, [other(*case) for case in cases], rtol=within, atol=within):
            raise Mistake(message)


def _numbers(answer: Callable, cases: list, slips: Mapping[str, str]) -> list[float]:
    given = []
    for case in cases:
        copies = [torch.tensor(values) for values in case]
        kept = [copy.clone() for copy in copies]
        try:
            found = call(answer, *copies, slips=slips)
        except NotAttempted:
            if not given:
                raise
            raise Mistake("For some lists nothing comes back. Is a return missing?") from None
        if not all(torch.equal(copy, old) for copy, old in zip(copies, kept, strict=True)):
            raise Mistake("You change the tensors that you are given. Make new ones.")
        if isinstance(found, tuple) and hasattr(found, "pvalue"):
            raise Mistake("SciPy gives the coefficient and a p-value together. Take .statistic.")
        given.append(number(found))
    return given


_SLIP = {
    "return_types": "sort gives values and places together. Take .values or .indices.",
    "not implemented for 'long'": "Ranks are whole numbers, and means want floats: .float().",
    "infer output dtype": "Ranks are whole numbers, and means want floats: .float().",
    "division by zero": "Something is divided by 0. What if all values were alike? They are not, here.",
    "dimension out of range": "There is no such dim. The lists are (N,), with dim 0 alone.",
    "no attribute 'rank'": "Tensors have no rank(). scipy.stats.rankdata has, or build it: argsort twice.",
    "boolean value of tensor": "An if takes one truth value; these tensors hold many.",
    "not callable": "Something is called that is no function.",
}
_LISTS = [
    ([3.1, -0.4, 1.2, 7.5, 0.3], [2.2, 0.1, -3.4, 40.0, 1.0]),
    ([0.5, 2.0, 0.5, 3.0, 9.0, -1.0], [6.0, 1.5, 4.0, 2.5, 0.25, 1.0]),
    ([1.0, 2.0, 2.0, 2.0, 5.0, 0.0, 8.0], [-3.0, 8.0, 1.0, 1.0, 2.0, -1.0, 90.0]),
    ([-2.0, 30.0, 1.0, 4.0], [0.9, 0.8, 0.2, 0.6]),
]


def _first(x: Any) -> np.ndarray:
    """Ranks in which the earlier of two equal values comes first."""
    return np.argsort(np.argsort(x, kind="stable"), kind="stable") + 1.0


def _by_squares(
    a: Any, b: Any, rank: Callable, factor: float = 6, n_term: Callable = lambda n: n * (n * n - 1)
) -> float:
    return 1 - factor * np.square(rank(a) - rank(b)).sum() / n_term(len(a))


def _pearson(x: Any, y: Any) -> float:
    return np.corrcoef(x, y)[0, 1]


def _ranked(method: str) -> Callable[[Any, Any], float]:
    return lambda a, b: _pearson(stats.rankdata(a, method), stats.rankdata(b, method))


_rank_correlation = _ranked("average")
_covariance = {ddof: lambda a, b, d=ddof: np.cov(stats.rankdata(a), stats.rankdata(b), ddof=d)[0, 1] for ddof in (0, 1)}
_TIES = "Equal values get different ranks in yours, by where they stand. They share the mean of their places."
_OTHER_RANKS: dict[str, Callable] = {
    "That is the correlation of the values themselves. One far-off value decides it: take ranks first.": _pearson,
    "Ties break the short formula 1 - 6Σd²/(n(n² - 1)). Take the correlation of the two lists of ranks instead.": (
        lambda a, b: _by_squares(a, b, stats.rankdata)
    ),
    _TIES: lambda a, b: _pearson(_first(a), _first(b)),
    "Equal values share the lowest of their places in yours. Take the mean of the places.": _ranked("min"),
    "Equal values share the highest of their places in yours. Take the mean of the places.": _ranked("max"),
    "Your ranks do not leave room for ties: two values on places 2 and 3 both get 2.5, and the next is 4.": (
        _ranked("dense")
    ),
    "argsort once gives the places of the values, not the rank of each place. Take argsort of that again.": (
        lambda a, b: _pearson(np.argsort(a, kind="stable"), np.argsort(b, kind="stable"))
    ),
    "You sort the values and correlate what is sorted: both rise, whatever they are. Rank each where it stands.": (
        lambda a, b: _pearson(np.sort(a), np.sort(b))
    ),
    "You rank the first list only. Rank both.": lambda a, b: _pearson(stats.rankdata(a), b),
    "You rank the second list only. Rank both.": lambda a, b: _pearson(a, stats.rankdata(b)),
    "The sign is turned: you rank one list upwards and the other downwards.": lambda a, b: -_rank_correlation(a, b),
    "You give its size without the sign. A dial that runs the wrong way must show it.": (
        lambda a, b: abs(_rank_correlation(a, b))
    ),
    "You give its square. The coefficient itself is asked for, with its sign.": (
        lambda a, b: _rank_correlation(a, b) ** 2
    ),
    "That is Kendall's τ, which counts pairs in the same order. Asked is the correlation of ranks.": (
        lambda a, b: stats.kendalltau(a, b).statistic
    ),
    "That is the p-value. The coefficient is asked for.": lambda a, b: stats.spearmanr(a, b).pvalue,
    "That is the covariance of the ranks. Divide by both standard deviations.": _covariance[1],
    "That is the covariance of the ranks, over N. Divide by both standard deviations.": _covariance[0],
    "A mean over N meets standard deviations over N - 1: yours is (N - 1)/N too small. Take one of the two for both.": (
        lambda a, b: _rank_correlation(a, b) * (len(a) - 1) / len(a)
    ),
    "A sum over N - 1 meets standard deviations over N: yours is N/(N - 1) too large. Take one of the two for both.": (
        lambda a, b: _rank_correlation(a, b) * len(a) / (len(a) - 1)
    ),
    "You sum the products and divide by nothing: yours is N times too large. Take the mean.": (
        lambda a, b: _rank_correlation(a, b) * len(a)
    ),
    "The mean ranks are not subtracted. That is the cosine of the two lists of ranks.": (
        lambda a, b: (
            np.dot(stats.rankdata(a), stats.rankdata(b))
            / np.linalg.norm(stats.rankdata(a))
            / np.linalg.norm(stats.rankdata(b))
        )
    ),
    "You subtract Σd² without its 6.": lambda a, b: _by_squares(a, b, stats.rankdata, 1),
    "You subtract Σd² without its 6, and ties are ranked apart.": lambda a, b: _by_squares(a, b, _first, 1),
    "You divide by n(n² + 1). If you take the short formula, it is n(n² - 1), and ties break it.": (
        lambda a, b: _by_squares(a, b, stats.rankdata, n_term=lambda n: n * (n * n + 1))
    ),
    "You divide by n³. If you take the short formula, it is n(n² - 1), and ties break it.": (
        lambda a, b: _by_squares(a, b, stats.rankdata, n_term=lambda n: n**3)
    ),
    "You divide by n² - 1 and forget the n. And ties break the short formula.": (
        lambda a, b: _by_squares(a, b, stats.rankdata, n_term=lambda n: n * n - 1)
    ),
    "Logarithms tame a far-off value, but they are no ranks, and they fail below 0.": (
        lambda a, b: _pearson(np.log(np.abs(a) + 1), np.log(np.abs(b) + 1))
    ),
    "You compare only whether each list rises from one entry to the next. All pairs count: take ranks.": (
        lambda a, b: float(np.mean(np.sign(np.diff(a)) == np.sign(np.diff(b))))
    ),
    "You correlate the steps from entry to entry. Take the ranks of the values.": (
        lambda a, b: _pearson(np.diff(a), np.diff(b))
    ),
}


def _judge_rank(answer: Callable) -> str:
    given = _numbers(answer, _LISTS, _SLIP)
    right = [_rank_correlation(*case) for case in _LISTS]
    if np.allclose(given, right, atol=1e-4):
        return "Ranks ask only for the order, so a dial may count in any unit. Ties share a place."
    _named(given, _LISTS, _OTHER_RANKS)
    if np.allclose(given, given[0]):
        raise Mistake(f"You give {given[0]:.3g} whatever the lists are. Use both.")
    if any(np.allclose(given, np.round(right, digits), atol=1e-6) for digits in range(3)):
        raise Mistake("You round. Give the number as it is.")
    if np.abs(given).max() > 1 + 1e-6:
        raise Mistake(f"You give {given[int(np.abs(given).argmax())]:.3g}. A correlation stays between -1 and 1.")
    worst = int(np.abs(np.subtract(given, right)).argmax())
    a, b = _LISTS[worst]
    raise Mistake(
        f"For {a} and {b} the ranks are {stats.rankdata(a).tolist()} and {stats.rankdata(b).tolist()}. Their "
        f"correlation is {right[worst]:.3f}; you give {given[worst]:.3f}."
    )


rank_correlation = Exercise(
    judge=_judge_rank,
    hints=(
        "Replace each value by its place in the order, 1 for the smallest. Then correlate the places.",
        "scipy.stats.rankdata ranks, and equal values share the mean of their places. argsort alone does not rank.",
        "Subtract each list's mean rank. Then the sum of products, over the root of the product of both sums of "
        "squares: torch.corrcoef does that.",
    ),
    answer="""\
def rank_correlation(a, b):
    def ranks(x):
        below = (x[:, None] > x).sum(1)  # how many are smaller
        alike = (x[:, None] == x).sum(1)  # itself included
        return below + (alike + 1) / 2  # the mean of the places that equal values share

    return torch.corrcoef(torch.stack([ranks(a), ranks(b)]))[0, 1]""",
)

_DIALS = [  # a dial's readings and the floors beside them; no two values alike
    ([0.9, 0.7, 0.75, 0.5, 0.1], [300.0, 240.0, 199.0, 210.0, 160.0]),
    ([2.0, 5.0, 4.0, 1.0], [80.0, 60.0, 90.0, 30.0]),
    ([0.2, 0.4, 0.6, 0.3], [30.0, 10.5, 20.0, 9.0]),
]


def _orders(dial: list[float], floors: list[float], rank: Callable = stats.rankdata) -> tuple[np.ndarray, float]:
    """For every order of the dial, a measure that rises with the rank correlation; and the measure as found."""
    a, b = rank(dial), rank(floors)
    return np.array([np.dot(order, b) for order in itertools.permutations(a)]), float(np.dot(a, b))


def _share(dial: list[float], floors: list[float], spare: float = 1e-9, rank: Callable = stats.rankdata) -> float:
    all_orders, found = _orders(dial, floors, rank)
    return float((all_orders >= found - spare).mean())


def _both_sides(dial: list[float], floors: list[float]) -> float:
    all_orders, found = _orders(dial, floors)
    middle = all_orders.mean()
    return float((np.abs(all_orders - middle) >= abs(found - middle) - 1e-9).mean())


def _count(dial: list[float], floors: list[float]) -> int:
    return round(_share(dial, floors) * math.factorial(len(dial)))


def _lower(dial: list[float], floors: list[float]) -> float:
    all_orders, found = _orders(dial, floors)
    return float((all_orders <= found + 1e-9).mean())


def _with_repeats(dial: list[float], floors: list[float]) -> float:
    b = stats.rankdata(floors)
    found = np.dot(stats.rankdata(dial), b)
    return float(
        np.mean([np.dot(order, b) >= found for order in itertools.product(stats.rankdata(dial), repeat=len(b))])
    )


_OTHER_CHANCES: dict[str, Callable] = {
    "You leave out orders that do as well as the one found, itself among them. At least as high: >=, not >.": (
        lambda d, f: _share(d, f, -1e-9)
    ),
    "The order as found is one of all orders, and it counts: with it chance is never 0.": (
        lambda d, f: (_count(d, f) - 1) / math.factorial(len(d))
    ),
    "You leave the order as found out, above the line and below. It is one of all orders: it counts in both.": (
        lambda d, f: (_count(d, f) - 1) / (math.factorial(len(d)) - 1)
    ),
    "You divide by one order too few. All N! orders count, the one found among them.": (
        lambda d, f: _count(d, f) / (math.factorial(len(d)) - 1)
    ),
    "You add 1 above and below the line. That is right for orders drawn at random; here all are counted already.": (
        lambda d, f: (_count(d, f) + 1) / (math.factorial(len(d)) + 1)
    ),
    "That counts orders as far from 0 on either side. Only high correlations are asked for: no abs().": _both_sides,
    "You double it, for both sides. Only high correlations are asked for.": lambda d, f: 2 * _share(d, f),
    "You count the orders that do at most as well. Turn the comparison: at least as high.": _lower,
    "You count the orders that do worse. Turn the comparison: at least as high.": lambda d, f: 1 - _share(d, f),
    "That is how many orders there are that do as well. Divide by all of them, N!.": _count,
    "That is 1/N!, the chance of one single order. Others may do as well: count them.": (
        lambda d, f: 1 / math.factorial(len(d))
    ),
    "That is the number of orders. Count those that do as well, and divide by it.": lambda d, f: math.factorial(len(d)),
    "That is the rank correlation. Asked is how often chance would do as well.": _rank_correlation,
    "You correlate the values themselves. Take ranks first.": lambda d, f: _share(d, f, rank=np.asarray),
    "That is SciPy's p-value: a formula for many points, and for both sides. Count the orders.": (
        lambda d, f: stats.spearmanr(d, f).pvalue
    ),
    "That is SciPy's p-value, by a formula for many points. Count the orders: there are only N!.": (
        lambda d, f: stats.spearmanr(d, f, alternative="greater").pvalue
    ),
    "That is Pearson's p-value. Take ranks, and count the orders.": lambda d, f: stats.pearsonr(d, f).pvalue,
    "That is Kendall's p-value. Take ranks, and count the orders that do as well.": (
        lambda d, f: stats.kendalltau(d, f).pvalue
    ),
    "Your orders repeat readings and leave others out. An order holds each of them once: itertools.permutations.": (
        _with_repeats
    ),
}


def _judge_chance(answer: Callable) -> str:
    given = _numbers(answer, _DIALS, _SLIP)
    right = [_share(*case) for case in _DIALS]
    if np.allclose(given, right, rtol=0, atol=1e-6):
        return "Five points can be as sure as 1 in 120, and no surer. Four: 1 in 24."
    _named(given, _DIALS, _OTHER_CHANCES, 1e-6)
    if np.allclose(given, given[0]):
        raise Mistake(f"You give {given[0]:.3g} whatever the lists are. Use both.")
    counts = [value * math.factorial(len(case[0])) for value, case in zip(given, _DIALS, strict=True)]
    strict = [_share(*case, -1e-9) * math.factorial(len(case[0])) for case in _DIALS]
    whole = np.allclose(counts, np.round(counts), atol=1e-4)
    if whole and all(a - 0.5 < b < _count(*case) + 0.5 for a, b, case in zip(strict, counts, _DIALS, strict=True)):
        raise Mistake(
            "Some orders do exactly as well as the one found, and yours misses a few of them. Rounding parts equal "
            "correlations: compare with found - 1e-9."
        )
    if not whole and np.allclose(given, right, atol=0.08):
        raise Mistake(
            "Close, but no share of N! orders. Do you draw orders at random, or round? There are few: take all."
        )
    worst = int(np.abs(np.subtract(given, right)).argmax())
    dial, floors = _DIALS[worst]
    raise Mistake(
        f"For {dial} and {floors} the rank correlation is {_rank_correlation(dial, floors):.2f}. Of all "
        f"{math.factorial(len(dial))} orders of the first list {_count(dial, floors)} do at least as well, which is "
        f"{right[worst]:.4f}; you give {given[worst]:.4f}."
    )


chance = Exercise(
    judge=_judge_chance,
    hints=(
        "If the dial knew nothing, every order of its readings would be as likely. How many orders are there?",
        "itertools.permutations(dial.tolist()) goes through them. Compute the rank correlation of each with floors.",
        "Count those with at least the correlation found (less 1e-9, for rounding), and divide by N!.",
    ),
    answer="""\
def chance(dial, floors):
    import itertools

    a, b = (x.argsort().argsort().double() for x in (dial, floors))  # ranks
    found = (a * b).sum()  # for fixed ranks it rises with their correlation, and whole numbers do not round
    orders = torch.tensor(list(itertools.permutations(a.tolist())), dtype=torch.float64)  # (N!, N)
    return (orders @ b >= found).double().mean()""",
)

quiz = Quiz(
    (
        Question(
            "b",
            {
                "a": "Nothing is nearer to the data than the data: the best critic's gap would be 0.",
                "b": "A critic that is constant has gap 0 already, so the best one has no less. This one lags behind.",
                "c": "With the wrong sign the gap would stay negative. Here it wavers around 0: a critic that is late.",
            },
        ),
        Question(
            "c",
            {
                "a": "They are digits like the others.",
                "b": "You may read the gap on as many digits as you like, of either kind.",
                "c": "Then the gap on those would be too large. Short runs are safe, and held-out digits are free.",
            },
        ),
        Question(
            "a",
            {
                "a": "Then both critics have had their chance, and their gaps can be compared.",
                "b": "In the game a gap may rise because the critic got better, while the digits got better too.",
                "c": "λ is the same at both times. It cannot tell them apart.",
            },
        ),
        Question(
            "b",
            {
                "a": "It subtracts the batch's mean: a score then depends on the other images.",
                "b": "It averages within one image. Each score still belongs to one image.",
                "c": "That channel tells each image about the others. A penalty per sample forbids just that.",
            },
        ),
    )
)
