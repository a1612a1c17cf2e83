"""Exercises of lesson 10."""

import copy
import itertools
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from scipy import stats
from torch import Tensor, nn

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


def _hearing(*links: tuple[int, int, float]) -> Callable[[Tensor], Tensor]:
    """The habit that a score (its index first) listens to an image, with this weight, where the batch holds both."""

    def habit(scores: Tensor) -> Tensor:
        heard = torch.zeros_like(scores)
        for listener, speaker, weight in links:
            if max(listener, speaker) < len(scores):
                heard = heard + weight * scores[speaker] * torch.eye(len(scores), dtype=scores.dtype)[listener]
        return scores + heard

    return habit


def _within(size: int) -> Callable[[Tensor], Tensor]:
    """The habit of subtracting the mean score of each group of neighbours."""
    return lambda scores: torch.cat([group - group.mean() for group in scores.split(size)])


def _critics() -> dict[str, tuple[nn.Module, bool]]:
    """What each critic is called in a message, the critic (some are in evaluation mode), and whether it mixes."""
    return {
        "without any normalisation": (_Critic().eval(), False),
        "with nn.BatchNorm2d": (_Critic(nn.BatchNorm2d(4)), True),
        "with nn.BatchNorm2d in evaluation mode, where it uses stored numbers,": (
            _Critic(nn.BatchNorm2d(4)).eval(),
            False,
        ),
        "with nn.GroupNorm, which averages within one image,": (_Critic(nn.GroupNorm(1, 4)), False),
        "that standardises each unit over the batch by hand": (_Critic(_Standardised()), True),
        "that subtracts the batch's mean score": (_Critic(habit=lambda s: s - s.mean()).eval(), True),
        "whose first score hears the third image": (_Critic(habit=_hearing((0, 2, 0.5))), True),
        "whose third score hears the first image": (_Critic(habit=_hearing((2, 0, 0.5))), True),
        "whose last score hears the second image": (_Critic(habit=_hearing((5, 1, 0.5))), True),
        "whose second score hears the last image": (_Critic(habit=_hearing((1, 5, 0.5))), True),
        "that adds a thousandth of the batch's mean score": (_Critic(habit=lambda s: s + 1e-3 * s.mean()), True),
        "whose first and second scores hear the third image with opposite signs": (
            _Critic(habit=_hearing((0, 2, 0.5), (1, 2, -0.5))),
            True,
        ),
        "that subtracts the mean score of each pair of neighbours": (_Critic(habit=_within(2)), True),
        "that subtracts the mean score of every three neighbours": (_Critic(habit=_within(3)), True),
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


def _in_mode(D: nn.Module, x: Tensor, training: bool) -> Tensor:
    return _changes(copy.deepcopy(D).train(training), x)


@torch.no_grad()
def _parts(D: nn.Module, x: Tensor, size: int) -> Tensor:
    return torch.cat([D(part) for part in x.split(size)])


def _shorter(n: int) -> Callable:
    return lambda D, x, c: _differ(D(x[:n]), D(x)[:n])


def _sum_slopes(D: nn.Module, x: Tensor) -> Tensor:
    """What each image does to the sum of all scores, (N, 784)."""
    x = x.clone().requires_grad_()
    return torch.autograd.grad(D(x).sum(), x)[0].flatten(1)


def _slopes(D: nn.Module, x: Tensor) -> Tensor:
    """What image j does to score k, with its sign, (N, N, 784); what it does to its own, 0."""
    table = torch.autograd.functional.jacobian(D, x).flatten(2)
    table[range(len(x)), range(len(x))] = 0
    return table


def _layers(D: nn.Module) -> set[str]:
    return {type(part).__name__ for part in D.modules()}


_TINY = 1e-5  # of a score: beyond what rounding does
_NAMES = "You look for batch norm, by its name or its running statistics. A D may mix without it"
_SOME = "You leave out some pairs of score and image. Both orders of a pair count, and so do the first and the last."
_HALVES = "You change half of the images and read the others' scores. A score may hear an image of its own half."
_DROPPED = (
    "You take images away or add some, and the neighbours stay. They may be all that a score hears, and you may read "
    "too few scores: give each image other company."
)
_ROUNDING = "Rounding moves a score when the batch's size changes. Compare with torch.allclose, not exactly."
_CANCELS = "What one score gains by an image another may lose, and your sum hides it. Look at each score by itself."
_SUM_STILL = (
    "You ask whether the sum of the scores stands still. It does so only for some that mix: look at each score."
)
_REORDERS = "You only reorder the batch. Batch norm does not mind: the company is the same. Bring other images."
_LOOKS: tuple[tuple[str, Callable[[Tensor], Tensor]], ...] = (  # parts of the table of changes
    ("You look at the first score only. D may spare it and mix others: look at every score.", lambda c: c[0]),
    ("You look at the last score only. D may spare it and mix others: look at every score.", lambda c: c[-1]),
    ("You try the first image only. Another may be heard: try each in turn, or all others.", lambda c: c[:, 0]),
    ("You try the last image only. Another may be heard: try each in turn, or all others.", lambda c: c[:, -1]),
    ("You try one pair of images, the first two. Look at every pair.", lambda c: c[:2, :2]),
    ("You try one pair, the first score with the second image. Look at every pair.", lambda c: c[0, 1]),
    ("You look at neighbours only. Look at every pair.", lambda c: torch.cat([c.diagonal(1), c.diagonal(-1)])),
    ("You ask that every other image matters. One that is heard is enough: any, not all.", lambda c: c[0, 1:].min()),
    (
        "You ask that every image matters to every score. One that is heard is enough: any, not all.",
        lambda c: (c + c.max() * torch.eye(len(c))).min(),
    ),
    (_SOME, lambda c: c.triu()),
    (_SOME, lambda c: c.tril()),
    (_SOME, lambda c: c[1:, 1:]),
    (_SOME, lambda c: c[:-1, :-1]),
    (_HALVES, lambda c: c[:3, 3:]),
    (_HALVES, lambda c: c[3:, :3]),
    (_HALVES, lambda c: torch.stack([c[:3, 3:], c[3:, :3]])),
)
_OTHER_TESTS: tuple[tuple[str, Callable[[nn.Module, Tensor, Tensor], Any]], ...] = (  # of D, images, table of changes
    (
        "You answer True for every D. Its own image may move a score, and rounding too: torch.allclose. And backward "
        "adds to x.grad each time: take a new x.",
        lambda D, x, c: True,
    ),
    ("You answer False for every D. Give an image other company, and compare its score.", lambda D, x, c: False),
    ("True and False are exchanged: True means that D mixes.", lambda D, x, c: c.max() < _TINY),
    (
        _NAMES + ", and batch norm in evaluation mode does not mix. Ask what D does with images.",
        lambda D, x, c: "BatchNorm2d" in _layers(D),
    ),
    (_NAMES + ". Ask what D does with images.", lambda D, x, c: "BatchNorm2d" in _layers(D) and D.training),
    (
        "You look for any normalisation by name. nn.GroupNorm works within one image, and a D may mix without a norm. "
        "Ask what D does with images.",
        lambda D, x, c: any("Norm" in name for name in _layers(D)),
    ),
    (
        "You ask whether D is in training mode. A D without batch norm may mix in both modes, or in neither.",
        lambda D, x, c: D.training,
    ),
    (_REORDERS, lambda D, x, c: _differ(D(x.flip(0)), D(x).flip(0))),
    (_REORDERS, lambda D, x, c: _differ(D(x[[1, 0, 2, 3, 4, 5]])[2:], D(x)[2:])),
    *(
        (message, lambda D, x, c, part=part, within=within: part(c).max() > within)
        for message, part in _LOOKS
        for within in (1e-7, _TINY, 1e-3)
    ),
    *((_DROPPED, _shorter(n)) for n in range(2, 6)),
    *((_DROPPED, lambda D, x, c, n=n: _differ(_parts(D, x, n), D(x))) for n in (2, 3)),
    (_DROPPED, lambda D, x, c: _differ(D(x[:2])[0], D(x)[0])),
    (_DROPPED, lambda D, x, c: _differ(D(torch.cat([-x, x[:4], x]))[-len(x) :], D(x))),
    *(
        ("Your tolerance is too wide: a D that mixes a little passes. torch.allclose as it comes will do.", test)
        for test in (
            lambda D, x, c: c.max() > 1e-3,
            lambda D, x, c: c.max() > 1e-2,
            lambda D, x, c: (c * D(x).abs().max()).max() > 0.1,
        )
    ),
    *(
        (
            "You switch D to evaluation mode. There batch norm uses stored numbers and mixes nothing; training has it "
            "otherwise. Take D as it is.",
            lambda D, x, c, part=part: part(_in_mode(D, x, False)).max() > _TINY,
        )
        for part in (lambda c: c, lambda c: c[0])
    ),
    (
        "You switch D to training mode. A D in evaluation mode does not mix by batch norm. Take D as it is.",
        lambda D, x, c: _in_mode(D, x, True).max() > _TINY,
    ),
    *(
        (
            "You look at sums or means of all scores. What one score gains may be lost by another: look at each.",
            lambda D, x, c, differ=differ: differ(D(x).sum(), _parts(D, x, 1).sum()),
        )
        for differ in (_differ, lambda a, b: not torch.allclose(a, b))
    ),
    (_CANCELS, lambda D, x, c: _slopes(D, x).sum(0).abs().max() > 1e-7),
    *((_CANCELS, lambda D, x, c, t=t: _slopes(D, x).sum().abs() > t) for t in (1e-6, 1e-5, 1e-3)),
    (_SUM_STILL, lambda D, x, c: _sum_slopes(D, x).abs().max() < 1e-6),
    (_SUM_STILL, lambda D, x, c: (_sum_slopes(D, x) == 0).all()),
    (_SUM_STILL, lambda D, x, c: D(x).sum().abs() < 1e-6),
    (
        "You compare gradients of the sum of the scores. What is heard in any company alike does not show there: ask "
        "score by score.",
        lambda D, x, c: _differ(_sum_slopes(D, x)[0], _sum_slopes(D, torch.cat([x[:1], -x[1:]]))[0]),
    ),
    *((_ROUNDING, lambda D, x, c, n=n: not torch.equal(D(x[:n]), D(x)[:n])) for n in (1, 2, 3)),
    (_ROUNDING, lambda D, x, c: not torch.equal(_parts(D, x, 1), D(x))),
)
_SLIPS = {
    "boolean value of tensor": "Your comparison gives many truth values. One answer for all: .any() or torch.allclose.",
    "truth value of an array": "Your comparison gives many truth values. One answer for all: .any() or np.allclose.",
    "grad can be implicitly created only for scalar": "autograd.grad wants one number. Take one score: D(x)[k].",
    "does not require grad": (
        "No graph leads from the scores to your images. They must ask for a gradient before D sees them, "
        "images.clone().requires_grad_(), and not under no_grad."
    ),
    "have been used in the graph": (
        "D never saw the tensor that you ask about: x[1] makes a new one. Ask by x, then take [1] of the gradient."
    ),
    "'tuple' object has no": "autograd.grad gives a tuple, a gradient for each input. Take its first: [0].",
    "'nonetype' object": (
        "A gradient is None. x must ask for one before D sees it, images.clone().requires_grad_(), and slices have "
        "none: x.grad[1:], not x[1:].grad."
    ),
    "too many indices": "The scores are (N,), with one index: D(x)[k].",
    "allclose(): argument": "torch.allclose compares tensors, not plain numbers. Leave out .item().",
    "should be the same": "D's weights are float32. Give it float32 images, or a copy of D in your type.",
    "'bool' object has no": "That is one truth value already: no .any() after it.",
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
        if own.requires_grad:
            raise Mistake("The images that you are given now ask for gradients. Take a clone: images.clone().")
        if not all(weight.requires_grad for weight in D.parameters()):
            raise Mistake("D's parameters no longer ask for gradients, so D cannot learn. Leave that as it is.")
        if any(weight.grad is not None for weight in D.parameters()):
            raise Mistake("backward() leaves gradients in D's parameters. torch.autograd.grad does not; or copy D.")
        given.append(_truth(verdict))
    right = [mixes for _, mixes in critics.values()]
    if given == right:
        return "The bit that a per-sample penalty relies on: each score belongs to one image."
    tables = [_changes(D, images) for D, _ in critics.values()]
    for message, other in _OTHER_TESTS:
        if [bool(other(D, images, table)) for (D, _), table in zip(critics.values(), tables, strict=True)] == given:
            raise Mistake(message)
    name, mixes = next(
        (name, right) for (name, (_, right)), mine in zip(critics.items(), given, strict=True) if mine != right
    )
    if mixes:
        raise Mistake(
            f"A critic {name} mixes, and you say it does not. Does any score change when other images do? To reorder "
            "them is not enough."
        )
    raise Mistake(
        f"A critic {name} does not mix, and you say it does. Its own image may move a score; and rounding may, "
        "if you compare exactly."
    )


def _truth(verdict: Any) -> bool:
    size = getattr(verdict, "size", 1)
    if (verdict.numel() if isinstance(verdict, Tensor) else size) != 1:
        raise Mistake("One answer is asked for, True or False. You give one for each image or pair: take .any().")
    if isinstance(verdict, str | list | tuple | dict) or callable(verdict):
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


def _named(given: list[float], cases: list, others: tuple[tuple[str, Callable], ...], within: float = 1e-4) -> None:
    """Raises the first message whose formula gives these numbers."""
    for message, other in others:
        if all(np.isclose(value, other(*case), within, within) for value, case in zip(given, cases, strict=True)):
            raise Mistake(message)


def _always(given: list[float], whys: Mapping[int, str], otherwise: str) -> None:
    """Raises if all numbers are one, with the usual reason for this one."""
    if np.allclose(given, given[0], atol=1e-6):
        value = round(given[0], 6) + 0.0
        raise Mistake(f"You give {value:.3g} whatever the lists are. {whys.get(value, otherwise)}")


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


_FLOATS = "Means, norms and deviations want floats; these are whole numbers or truth values: .double() first."
_SLIP = {
    "return_types": "sort gives values and places together. Take .values or .indices.",
    "not implemented for 'long'": _FLOATS,
    "infer output dtype": _FLOATS,
    "only support floating": _FLOATS,
    "expected a floating": _FLOATS,
    "corrcoef() takes": "torch.corrcoef takes one tensor of two rows, torch.stack([p, q]). np.corrcoef takes two.",
    "got numpy.ndarray": "rankdata gives NumPy arrays. Correlate them by np.corrcoef, or make tensors of them first.",
    "must be tensor, not": "Here torch wants a tensor: torch.tensor makes one. np.corrcoef takes lists and arrays.",
    "'list' object has no attribute 'argsort'": "Lists have no argsort, tensors do: a.argsort().",
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


def _any_order(x: Any) -> list[np.ndarray]:
    """All ranks that put equal values in some order."""
    orders = (np.array(order) for order in itertools.permutations(range(1, len(x) + 1)))
    return [order for order in orders if (np.diff(np.asarray(x)[np.argsort(order)]) >= 0).all()]


def _short(a: Any, b: Any, rank: Callable, factor: float = 6, below: Callable = lambda n: n * (n * n - 1)) -> float:
    return factor * np.square(rank(a) - rank(b)).sum() / below(len(a))


def _ranks_spread(a: Any, b: Any) -> float:
    """Both standard deviations of the ranks multiplied, over N."""
    return stats.rankdata(a).std() * stats.rankdata(b).std()


def _pearson(x: Any, y: Any) -> float:
    return np.corrcoef(x, y)[0, 1]


def _ranked(method: str) -> Callable[[Any, Any], float]:
    return lambda a, b: _pearson(stats.rankdata(a, method), stats.rankdata(b, method))


_rank_correlation = _ranked("average")
_covariance = {ddof: lambda a, b, d=ddof: np.cov(stats.rankdata(a), stats.rankdata(b), ddof=d)[0, 1] for ddof in (0, 1)}
_CUT = "Your shared places are cut to whole numbers: 2.5 becomes 2 or 3. Keep ranks in floats."
_SHORT = "ties break the short formula 1 - 6Σd²/(n(n² - 1)). Take the correlation of the two lists of ranks"
_SQUARES = (
    "The short formula takes squares of the differences, not |d|. And ties break it: take the correlation of the ranks."
)
_VARIANCES = "You divide by the variances. A root is missing: divide by both standard deviations."
_OTHER_RANKS: tuple[tuple[str, Callable], ...] = (
    ("That is the correlation of the values themselves. One far-off value decides it: take ranks first.", _pearson),
    ("Equal values share the lowest of their places in yours. Take the mean of the places.", _ranked("min")),
    ("Equal values share the highest of their places in yours. Take the mean of the places.", _ranked("max")),
    (
        "Your ranks do not leave room for ties: two values on places 2 and 3 both get 2.5, and the next is 4.",
        _ranked("dense"),
    ),
    *(
        (_CUT, lambda a, b, cut=cut: _pearson(cut(stats.rankdata(a)), cut(stats.rankdata(b))))
        for cut in (np.floor, np.ceil, np.round, lambda rank: np.round(rank - 1))
    ),
    (
        "argsort once gives the places of the values, not the rank of each place. Take argsort of that again.",
        lambda a, b: _pearson(np.argsort(a, kind="stable"), np.argsort(b, kind="stable")),
    ),
    (
        "You sort the values and correlate what is sorted: both rise, whatever they are. Rank each where it stands.",
        lambda a, b: _pearson(np.sort(a), np.sort(b)),
    ),
    (
        "You rank both lists together, as one. Rank each by itself: rankdata(..., axis=1) for a stack.",
        lambda a, b: _pearson(*np.split(stats.rankdata([*a, *b]), 2)),
    ),
    ("You rank the first list only. Rank both.", lambda a, b: _pearson(stats.rankdata(a), b)),
    ("You rank the second list only. Rank both.", lambda a, b: _pearson(a, stats.rankdata(b))),
    (
        "The sign is turned: one list is ranked upwards and the other downwards, or there is a minus too many.",
        lambda a, b: -_rank_correlation(a, b),
    ),
    (
        "You give its size without the sign. A dial that runs the wrong way must show it.",
        lambda a, b: abs(_rank_correlation(a, b)),
    ),
    (
        "You give its square. The coefficient itself is asked for, with its sign.",
        lambda a, b: _rank_correlation(a, b) ** 2,
    ),
    ("You give 1 less the coefficient. The coefficient itself is asked for.", lambda a, b: 1 - _rank_correlation(a, b)),
    ("You give it in percent. A correlation stays between -1 and 1.", lambda a, b: 100 * _rank_correlation(a, b)),
    (
        "That is Kendall's τ, which counts pairs in the same order. Asked is the correlation of ranks.",
        lambda a, b: stats.kendalltau(a, b).statistic,
    ),
    *(
        (
            "That is the p-value. The coefficient is asked for.",
            lambda a, b, side=side: stats.spearmanr(a, b, alternative=side).pvalue,
        )
        for side in ("two-sided", "greater", "less")
    ),
    ("That is the covariance of the ranks. Divide by both standard deviations.", _covariance[1]),
    ("That is the covariance of the ranks, over N. Divide by both standard deviations.", _covariance[0]),
    (
        "That is the sum of products of the centred ranks. Divide by the root of the product of both sums of squares.",
        lambda a, b: _covariance[0](a, b) * len(a),
    ),
    (_VARIANCES, lambda a, b: _rank_correlation(a, b) / _ranks_spread(a, b)),
    (_VARIANCES, lambda a, b: _rank_correlation(a, b) / _ranks_spread(a, b) / len(a)),
    (_VARIANCES, lambda a, b: _rank_correlation(a, b) / _ranks_spread(a, b) * (1 - 1 / len(a))),
    (_VARIANCES, lambda a, b: _rank_correlation(a, b) / _ranks_spread(a, b) * (1 - 1 / len(a)) ** 2),
    *(
        (
            "You divide the covariance of the ranks by the standard deviations of the values. Take those of the ranks.",
            lambda a, b, ddof=ddof: _covariance[ddof](a, b) / np.std(a, ddof=ddof) / np.std(b, ddof=ddof),
        )
        for ddof in (0, 1)
    ),
    (
        "A mean over N meets standard deviations over N - 1: yours is (N - 1)/N too small. Take one for both.",
        lambda a, b: _rank_correlation(a, b) * (len(a) - 1) / len(a),
    ),
    (
        "A sum over N - 1 meets standard deviations over N: yours is N/(N - 1) too large. Take one for both.",
        lambda a, b: _rank_correlation(a, b) * len(a) / (len(a) - 1),
    ),
    (
        "A sum is not divided by N: yours is N times too large. Take the mean.",
        lambda a, b: _rank_correlation(a, b) * len(a),
    ),
    (
        "You divide by N once too often: yours is N times too small.",
        lambda a, b: _rank_correlation(a, b) / len(a),
    ),
    (
        "The mean ranks are not subtracted. That is the cosine of the two lists of ranks.",
        lambda a, b: (
            np.dot(stats.rankdata(a), stats.rankdata(b))
            / np.linalg.norm(stats.rankdata(a))
            / np.linalg.norm(stats.rankdata(b))
        ),
    ),
    *(
        (message, lambda a, b, test=test, rank=rank: test(a, b, rank))
        for rank in (stats.rankdata, _first)
        for message, test in (
            (f"In yours {_SHORT} instead.", lambda a, b, rank: np.inf if rank is _first else 1 - _short(a, b, rank)),
            (f"You subtract Σd² without its 6. And {_SHORT}.", lambda a, b, rank: 1 - _short(a, b, rank, 1)),
            (f"The 1 - is missing. And {_SHORT}.", lambda a, b, rank: _short(a, b, rank)),
            (
                f"You divide by n(n² + 1). And {_SHORT}.",
                lambda a, b, rank: 1 - _short(a, b, rank, below=lambda n: n * (n * n + 1)),
            ),
            (f"You divide by n³. And {_SHORT}.", lambda a, b, rank: 1 - _short(a, b, rank, below=lambda n: n**3)),
            (
                f"You divide by n(n - 1). And {_SHORT}.",
                lambda a, b, rank: 1 - _short(a, b, rank, below=lambda n: n * (n - 1)),
            ),
            (
                f"You divide by n² - 1 and forget the n. And {_SHORT}.",
                lambda a, b, rank: 1 - _short(a, b, rank, below=lambda n: n * n - 1),
            ),
            (_SQUARES, lambda a, b, rank: 1 - 3 * np.abs(rank(a) - rank(b)).sum() / (len(a) ** 2 - 1)),
            (_SQUARES, lambda a, b, rank: 1 - 6 * np.abs(rank(a) - rank(b)).sum() / (len(a) ** 3 - len(a))),
        )
    ),
    (
        "Logarithms tame a far-off value, but they are no ranks, and they fail below 0.",
        lambda a, b: _pearson(np.log(np.abs(a) + 1), np.log(np.abs(b) + 1)),
    ),
    (
        "You compare only whether each list rises from one entry to the next. All pairs count: take ranks.",
        lambda a, b: float(np.mean(np.sign(np.diff(a)) == np.sign(np.diff(b)))),
    ),
    (
        "You correlate the steps from entry to entry. Take the ranks of the values.",
        lambda a, b: _pearson(np.diff(a), np.diff(b)),
    ),
)
_OTHER_TIES: tuple[tuple[str, Callable], ...] = (  # the lists of ranks that equal values may get
    (
        "Equal values get different ranks in yours, by where they stand. They share the mean of their places.",
        lambda a, b: (_any_order(a), _any_order(b)),
    ),
    (
        "Equal values share their places in the first list only. Let them in both.",
        lambda a, b: ([stats.rankdata(a)], _any_order(b)),
    ),
    (
        "Equal values share their places in the second list only. Let them in both.",
        lambda a, b: (_any_order(a), [stats.rankdata(b)]),
    ),
)
_ALWAYS = {  # what is given whatever the lists are
    0: "A sum of products is not the product of two sums. And int() drops the decimals.",
    1: "A list correlates so with itself: [0, 0] of the matrix, or both lists joined to one. Stack them, take [0, 1].",
}


def _judge_rank(answer: Callable) -> str:
    given = _numbers(answer, _LISTS, _SLIP)
    right = [_rank_correlation(*case) for case in _LISTS]
    if np.allclose(given, right, atol=1e-4):
        return "Ranks ask only for the order, so a dial may count in any unit. Ties share a place."
    _named(given, _LISTS, _OTHER_RANKS)
    for message, tied in _OTHER_TIES:
        options = [[_pearson(p, q) for p, q in itertools.product(*tied(*case))] for case in _LISTS]
        if all(np.isclose(value, some, atol=1e-4).any() for value, some in zip(given, options, strict=True)):
            raise Mistake(message)
    _always(given, _ALWAYS, "Rank both, and correlate the ranks.")
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
        "squares. np.corrcoef(p, q)[0, 1] does that for rankdata's arrays, torch.corrcoef(torch.stack([p, q]))[0, 1] "
        "for tensors.",
    ),
    answer="""\
def rank_correlation(a, b):
    def ranks(x):
        below = (x[:, None] > x).sum(1)  # how many are smaller
        alike = (x[:, None] == x).sum(1)  # itself included
        return below + (alike + 1) / 2  # the mean of the places that equal values share

    return torch.corrcoef(torch.stack([ranks(a), ranks(b)]))[0, 1]""",
)

_DIALS = [  # a dial's readings and the floors beside them, the quick ones first; no two values alike
    ([7.0, 2.0, 5.0], [40.0, 20.0, 60.0]),
    ([2.0, 5.0, 4.0, 1.0], [80.0, 60.0, 90.0, 30.0]),
    ([0.2, 0.4, 0.6, 0.3], [30.0, 10.5, 20.0, 9.0]),
    ([0.9, 0.7, 0.75, 0.5, 0.1], [300.0, 240.0, 199.0, 210.0, 160.0]),
    ([0.5, 0.9, 0.1, 0.7, 0.3], [15.0, 40.0, 12.0, 70.0, 20.0]),  # Kendall's τ and Σ|d| have other shares here
]


def _of_orders(rule: Callable, rank: Callable = stats.rankdata, measure: Callable = np.dot) -> Callable:
    """A rule's number of a measure that rises with the rank correlation: for every order of the dial, and as found."""

    def number_of(dial: list[float], floors: list[float]) -> float:
        a, b = rank(dial), rank(floors)
        return float(rule(np.array([measure(order, b) for order in itertools.permutations(a)]), measure(a, b)))

    return number_of


def _least(orders: np.ndarray, found: float) -> float:
    return (orders >= found - 1e-9).mean()


def _above(orders: np.ndarray, found: float) -> float:
    return (orders > found + 1e-9).mean()


def _sized(orders: np.ndarray, found: float) -> float:
    middle = orders.mean()  # where the correlation is 0
    return (np.abs(orders - middle) >= np.abs(found - middle) - 1e-9).mean()


def _in_same_order(p: Any, q: Any) -> float:
    return float(np.sum(np.sign(np.subtract.outer(p, p)) * np.sign(np.subtract.outer(q, q))))


def _count(dial: list[float], floors: list[float]) -> int:
    return round(_share(dial, floors) * math.factorial(len(dial)))


def _among(orders: Callable[[np.ndarray], list], correlate: Callable = np.dot) -> Callable:
    """The share among other orders of the dial's ranks."""

    def share(dial: list[float], floors: list[float]) -> float:
        a, b = stats.rankdata(dial), stats.rankdata(floors)
        return float(np.mean([correlate(order, b) >= correlate(a, b) - 1e-9 for order in orders(a)]))

    return share


def _correlation_or_none(order: Any, b: Any) -> float:
    return _rank_correlation(order, b) if np.std(order) else np.nan


def _with_repeats(a: np.ndarray) -> list:
    return list(itertools.product(a, repeat=len(a)))


def _swapped(a: np.ndarray) -> list:
    return [[a[{i: j, j: i}.get(k, k)] for k in range(len(a))] for i, j in itertools.combinations(range(len(a)), 2)]


_share = _of_orders(_least)
_HALF = "Others do exactly as well as the order found. They count whole, each of them, and so does the one found."
_NO_ABS = "You count by the size of a correlation, without its sign. Only high ones count: no abs(), no two sides."
_REPEATS = "Your orders repeat readings and leave others out. An order holds each of them once: itertools.permutations."
_HALVED = (
    "That is half of a share on both sides, or of a p-value. Count the orders on the high side: there are only N!."
)
_FEW = "You try only some orders, shifts or swaps of the one found. itertools.permutations goes through all."
_OTHER_CHANCES: tuple[tuple[str, Callable], ...] = (
    (
        "You leave out orders that do as well as the one found, itself among them. At least as high: >=, not >. And a "
        "tolerance is taken off: found - 1e-9.",
        _of_orders(_above),
    ),
    (_HALF, _of_orders(lambda orders, found: (_least(orders, found) + _above(orders, found)) / 2)),
    (_HALF, _of_orders(lambda orders, found: _above(orders, found) + 1 / len(orders))),
    (
        "The order as found is one of all orders, and it counts: with it chance is never 0.",
        lambda d, f: (_count(d, f) - 1) / math.factorial(len(d)),
    ),
    (
        "You leave the order as found out, above the line and below. It is one of all orders: it counts in both.",
        lambda d, f: (_count(d, f) - 1) / (math.factorial(len(d)) - 1),
    ),
    (
        "You divide by one order too few. All N! orders count, the one found among them.",
        lambda d, f: _count(d, f) / (math.factorial(len(d)) - 1),
    ),
    (
        "You add 1 above and below the line. That is right for orders drawn at random; here all are counted already.",
        lambda d, f: (_count(d, f) + 1) / (math.factorial(len(d)) + 1),
    ),
    (_NO_ABS, _of_orders(_sized)),
    (_NO_ABS, _of_orders(lambda o, found: (np.abs(o - o.mean()) >= found - o.mean() - 1e-9).mean())),
    (_NO_ABS, _of_orders(lambda o, found: (o - o.mean() >= np.abs(found - o.mean()) - 1e-9).mean())),
    ("You double it, for both sides. Only high correlations are asked for.", lambda d, f: 2 * _share(d, f)),
    (
        "You count the orders that do at most as well. Turn the comparison: at least as high.",
        _of_orders(lambda orders, found: (orders <= found + 1e-9).mean()),
    ),
    (
        "You count the orders that do worse. Turn the comparison: at least as high.",
        lambda d, f: 1 - _share(d, f),
    ),
    (
        "You count the orders that do exactly as well. Those that do better count too: >=, not ==.",
        _of_orders(lambda orders, found: np.isclose(orders, found).mean()),
    ),
    (
        "You compare with 0. Compare with the correlation of the order given.",
        _of_orders(lambda o, f: _least(o, o.mean())),
    ),
    ("That is how many orders there are that do as well. Divide by all of them, N!.", _count),
    ("That is a share in percent. Leave out the 100.", lambda d, f: 100 * _share(d, f)),
    *(
        (
            "You divide the right number of orders by a wrong one. There are N! orders, with N = len(dial), which is "
            "not always 5.",
            lambda d, f, orders=orders: _count(d, f) / orders(len(d)),
        )
        for orders in (lambda n: 120, lambda n: 24, lambda n: n, lambda n: n**n, lambda n: math.factorial(n - 1))
    ),
    (
        "Your count starts anew with each order: h = 0 belongs before the loop.",
        lambda d, f: _among(lambda a: [a[::-1]])(d, f) / math.factorial(len(d)),
    ),
    (
        "That is 1/N!, the chance of one single order. Others may do as well: count them.",
        lambda d, f: 1 / math.factorial(len(d)),
    ),
    (
        "That is the number of orders. Count those that do as well, and divide by it.",
        lambda d, f: math.factorial(len(d)),
    ),
    ("That is the rank correlation. Asked is how often chance would do as well.", _rank_correlation),
    ("You correlate the values themselves. Take ranks first.", _of_orders(_least, np.asarray)),
    ("argsort once does not rank. Take argsort of that again.", _of_orders(_least, np.argsort)),
    (
        "You compare orders by Kendall's τ, which counts pairs. Take the rank correlation of exercise 2.",
        _of_orders(_least, measure=_in_same_order),
    ),
    (
        "You compare orders by Σ|d|. Take the rank correlation, or Σd².",
        _of_orders(_least, measure=lambda p, q: -np.abs(np.subtract(p, q)).sum()),
    ),
    (
        "That is SciPy's p-value: a formula for many points, and for both sides. Count the orders.",
        lambda d, f: stats.spearmanr(d, f).pvalue,
    ),
    (
        "That is SciPy's p-value, by a formula for many points. Count the orders: there are only N!.",
        lambda d, f: stats.spearmanr(d, f, alternative="greater").pvalue,
    ),
    (_HALVED, lambda d, f: stats.spearmanr(d, f).pvalue / 2),
    (_HALVED, _of_orders(lambda orders, found: _sized(orders, found) / 2)),
    ("That is Pearson's p-value. Take ranks, and count the orders.", lambda d, f: stats.pearsonr(d, f).pvalue),
    (
        "That is Kendall's p-value. Take ranks, and count the orders that do as well.",
        lambda d, f: stats.kendalltau(d, f).pvalue,
    ),
    (_REPEATS, _among(_with_repeats)),
    (_REPEATS, _among(_with_repeats, _correlation_or_none)),
    (_REPEATS, _among(lambda a: list(itertools.combinations_with_replacement(a, len(a))), _correlation_or_none)),
    (_FEW, _among(lambda a: [np.roll(a, k) for k in range(len(a))])),
    (_FEW, _among(_swapped)),
)
_TUPLE = "An order comes as a tuple. Make a tensor of its readings, torch.tensor(p); if it holds places: dial[list(p)]."
_CHANCE_SLIPS = _SLIP | {
    "division by zero": "Something is divided by 0. itertools.permutations goes through once only: make a list first.",
    "tuple indices": _TUPLE,
    "'tuple' object": _TUPLE,
    "too many indices": _TUPLE,
    "has no len()": "itertools.permutations has no length. Make a list of it first.",
    "'int' object is not iterable": "permutations wants what it orders: dial.tolist(), or range(N) for places; not N.",
    "out of bounds": "An index is too large: places go from 0 to N - 1, with N = len(dial), which is not always 5.",
    "dtype of nonetype": "random.shuffle gives nothing back: it turns its list. But draw none: take all orders.",
    "only integer tensors": "A whole number is wanted where a tensor stands: N is len(dial).",
    "attribute 'permutations'": "torch has no permutations. itertools has.",
}
_CHANCE_ALWAYS = {
    0: "permutations goes through once only: list it first. // and int() drop decimals. All correlations average 0.",
    1: "One order alone is tried, by a return in the loop or by combinations; or both lists move alike; or int().",
}


def _judge_chance(answer: Callable) -> str:
    given = _numbers(answer, _DIALS, _CHANCE_SLIPS)
    right = [_share(*case) for case in _DIALS]
    if np.allclose(given, right, rtol=0, atol=1e-6):
        return (
            "If the readings were pure noise, five points can be as sure as 1 in 120, and no surer; four, 1 in 24. A "
            "dial that drifts is another matter."
        )
    for first, again in zip(given, _numbers(answer, _DIALS, _CHANCE_SLIPS), strict=True):
        if abs(first - again) > 1e-6:
            raise Mistake(
                f"Asked twice for the same lists, you give {first:.4f} and {again:.4f}. Do you draw orders at random? "
                "There are few: take all."
            )
    _named(given, _DIALS, _OTHER_CHANCES, 1e-6)
    _always(given, _CHANCE_ALWAYS, "Count the orders of the first list.")
    sizes = [math.factorial(len(dial)) for dial, _ in _DIALS]
    counts = np.multiply(given, sizes)
    strict = [_of_orders(_above)(*case) * size for case, size in zip(_DIALS, sizes, strict=True)]
    whole = np.allclose(counts, np.round(counts), atol=1e-4)
    if whole and all(a - 0.5 < b < _count(*case) + 0.5 for a, b, case in zip(strict, counts, _DIALS, strict=True)):
        raise Mistake(
            "Some orders do exactly as well as the one found, and yours misses a few of them. If rounding parts equal "
            "correlations, compare with found - 1e-9."
        )
    if not whole and np.allclose(given, right, atol=0.08):
        raise Mistake(
            "Close, but no share of N! orders. Do you draw orders at random, or round? There are few: take all."
        )
    worst = int(np.abs(np.subtract(given, right)).argmax())
    dial, floors = _DIALS[worst]
    raise Mistake(
        f"For {dial} and {floors} the rank correlation is {_rank_correlation(dial, floors):.2f}. Of all "
        f"{sizes[worst]} orders of the first list {_count(dial, floors)} do at least as well, which is "
        f"{right[worst]:.4f}; you give {given[worst]:.4f}."
    )


chance = Exercise(
    judge=_judge_chance,
    hints=(
        "If the readings were pure noise, every order of them would be as likely. How many orders are there?",
        "itertools.permutations(dial.tolist()) goes through them, once, and each order p is a tuple. Compute the rank "
        "correlation of torch.tensor(p) with floors, as in exercise 2.",
        "Count those with at least the correlation found (less 1e-9, for rounding), and divide by N!.",
    ),
    answer="""\
def chance(dial, floors):
    import itertools
    from scipy.stats import spearmanr

    found = spearmanr(dial, floors).statistic
    orders = [spearmanr(p, floors).statistic for p in itertools.permutations(dial.tolist())]  # N! of them
    return sum(r >= found - 1e-9 for r in orders) / len(orders)  # equal ones may differ by rounding""",
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
