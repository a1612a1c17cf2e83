"""Exercises of lesson 01."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gan_lessons.exercises.engine import Exercise, Mistake, NotAttempted, Question, Quiz, call, number

_SHAPES = "Two shapes do not meet. x[:, None] has the shape (N, 1), and (N, 1) with (K,) gives (N, K)."
_SLIPS = {  # words in an error that Python or torch raises, and what helps; the first that fits counts
    "must match the size": (
        _SHAPES
    ),
    "could not be broadcast": _SHAPES,
    "not broadcastable": _SHAPES,
    "missing 1 required positional arguments: \"dim\"": "logsumexp and softmax want a dimension: dim=1.",
    "following combination of arguments": "Does logsumexp or softmax lack its dimension? dim=1 is that of the K.",
    "missing 1 required positional argument": "An argument is missing: logsumexp and softmax want dim=1.",
    "can be converted to python scalars": "math's functions take one number; torch.log and torch.exp take all.",
    "only one element tensors": "math's functions take one number; torch.log and torch.exp take all.",
    "cannot be converted to scalar": "math's functions take one number; torch.log and torch.exp take all.",
    "scalar arrays can be converted": "math's functions take one number; torch.log and torch.exp take all.",
    "must be tensor, not": "torch's functions want tensors, and this is a plain number. math has the same functions.",
    "math range error": "exp overflows, far uphill. Compare log u with the difference of the logs.",
    "math domain error": "The log of 0: exp has underflowed. Stay with logs all the way.",
    "division by zero": "Far out both densities are 0. Compare log u with the difference of the logs.",
    "boolean value of tensor": "A whole batch is asked for one truth value. Work on all places at once.",
}  # fmt: skip
Table = Mapping[str, Callable[..., Tensor]]


def _numbers(given: Any) -> Tensor:
    """What was given as a tensor in double precision."""
    if isinstance(given, str | bytes | dict | set):
        raise Mistake(f"Give a tensor. This is of type {type(given).__name__}.")
    try:
        if isinstance(given, list | tuple):
            given = np.array([np.asarray(_plain(row), dtype=np.float64) for row in given])
        return torch.as_tensor(_plain(given)).detach().double()
    except (TypeError, ValueError, RuntimeError):
        raise Mistake(f"Give a tensor of numbers. This {type(given).__name__} cannot become one.") from None


def _plain(given: Any) -> Any:
    if isinstance(given, list | tuple):
        return [_plain(row) for row in given]
    return given.detach().double().numpy() if isinstance(given, Tensor) else given


def _ask(function: Callable, *arguments: Any) -> Tensor:
    """The learner's result for copies of tensors, which must come back unchanged."""
    copies = [a.clone() for a in arguments]
    with np.errstate(all="ignore"):
        given = _numbers(call(function, *copies, slips=_SLIPS))
    if not all(torch.equal(a, b) for a, b in zip(copies, arguments, strict=True)):
        raise Mistake("You changed the tensors that were given to you: += and methods with _ do that. Make new ones.")
    return given


def _close(a: Tensor, b: Tensor) -> bool:
    return a.shape == b.shape and bool(torch.isclose(a, b, rtol=2e-4, atol=2e-5).all())


def _named(given: list[Tensor], cases: list[tuple[Tensor, ...]], table: Table) -> None:
    """Raises the message of the table whose function gives all of this, if there is one."""
    for message, other in table.items():
        if all(_close(g, other(*(t.double() for t in case))) for g, case in zip(given, cases, strict=True)):
            raise Mistake(message)


def _numbers_missing(given: list[Tensor]) -> bool:
    return any(not g.isfinite().all() for g in given)


# Exercise 1: the log density of a mixture on the line.

_MIXTURES = [  # x, means, stds, weights
    tuple(map(torch.tensor, row))
    for row in (
        (
            [-1.3, 0.2, 0.9, 2.6, 3.1, -0.4, 1.7],
            [-1.0, 0.6, 2.3],
            [0.4, 1.3, 0.7],
            [0.25, 0.6, 0.15],
        ),
        ([0.3, -0.8, 1.9, 1.1, -2.2], [0.7, -1.4], [1.6, 0.5], [0.35, 0.65]),
    )
]
_FAR = (torch.tensor([-300.0, 60.0, 0.5, 400.0]), *_MIXTURES[0][1:])


_CONSTANT = 0.5 * math.log(2 * math.pi)


def _bells(x, m, s, scale=0.5, constant=_CONSTANT, logs=1.0):
    return -scale * ((x[:, None] - m) / s) ** 2 - constant - logs * s.log()  # (N, K)


def _of_bells(**changes) -> Callable[..., Tensor]:
    return lambda x, m, s, w: (_bells(x, m, s, **changes) + w.log()).logsumexp(1)


def _rate(x, m, s, w) -> Tensor:
    return (_bells(x, m, s) + w.log()).logsumexp(1)


def _blend(x, m, s, w) -> Tensor:
    mean = (w * m).sum()
    return _bells(x, mean[None], ((w * (s**2 + m**2)).sum() - mean**2).sqrt()[None])[:, 0]


_OTHER_RATINGS: Table = {
    "The weights are missing: log w + log p(x|k) goes into logsumexp.": lambda x, m, s, w: _bells(x, m, s).logsumexp(1),
    "You weigh all components alike, 1/K. Each has its own weight: log w + log p(x|k).": lambda x, m, s, w: (
        _bells(x, m, s).logsumexp(1) - math.log(len(m))
    ),
    "You add the weights to the log densities. The log of a product is a sum of logs: add log w.": lambda x, m, s, w: (
        _bells(x, m, s) + w
    ).logsumexp(1),
    "The weights multiply the log densities. They multiply the densities: in logs, add log w.": lambda x, m, s, w: (
        _bells(x, m, s) * w
    ).logsumexp(1),
    "That is the mean of the logs, Σ w log p(x|k). The log of a sum is no sum of logs: add first, log after.": (
        lambda x, m, s, w: (_bells(x, m, s) * w).sum(1)
    ),
    "You add up log w + log p(x|k). That is the log of a product. Densities are added, then comes the log.": (
        lambda x, m, s, w: (_bells(x, m, s) + w.log()).sum(1)
    ),
    "You add up log p(x|k), without weights. Densities are added, each times its weight, then comes the log.": (
        lambda x, m, s, w: _bells(x, m, s).sum(1)
    ),
    "That is the mean of log p(x|k) over k. Densities are added, each times its weight, then comes the log.": (
        lambda x, m, s, w: _bells(x, m, s).mean(1)
    ),
    "That is p(x), the density. Its log is asked for.": lambda *a: _rate(*a).exp(),
    "The sign is turned. That is the negative log density, as a loss has it.": lambda *a: -_rate(*a),
    "That is the largest component alone. The others add to it: logsumexp, not max.": lambda x, m, s, w: (
        _bells(x, m, s) + w.log()
    ).amax(1),
    "The largest component alone, and no weights. All add up, each with its weight.": lambda x, m, s, w: _bells(
        x, m, s
    ).amax(1),
    "The variance stands where the standard deviation belongs, or stds is squared once too often.": (
        lambda x, m, s, w: _rate(x, m, s**2, w)
    ),
    "You take stds for variances. They are standard deviations: (x - m)² / (2 std²).": lambda x, m, s, w: _rate(
        x, m, s**0.5, w
    ),
    "The ½ is missing in the exponent: -(x - m)² / (2 std²).": _of_bells(scale=1.0),
    "In the exponent std is not squared: -(x - m)² / (2 std²).": lambda x, m, s, w: (
        -0.5 * (x[:, None] - m) ** 2 / s - 0.5 * math.log(2 * math.pi) - s.log() + w.log()
    ).logsumexp(1),
    "The exponent's sign is turned: a bell falls away from its mean, -(x - m)² / (2 std²).": _of_bells(scale=-0.5),
    "The constant -½ log 2π is missing. Without it the density does not integrate to 1.": _of_bells(constant=0.0),
    "-log std is missing: a narrow bell is a high one.": _of_bells(logs=0.0),
    "-½ log 2π and -log std are missing: exp(-(x - m)² / (2 std²)) alone has another area for each bell.": _of_bells(
        constant=0.0, logs=0.0
    ),
    "log std has the wrong sign: a narrow bell is a high one, -log std.": _of_bells(logs=-1.0),
    "-log std is counted twice, as in the plane. On the line it is -log std once, and -½ log 2π.": _of_bells(logs=2.0),
    "-½ log std where -log std belongs: ½ log of the variance is the whole log of std.": _of_bells(logs=0.5),
    "That is the constant of the plane, log 2πs². On the line it is ½ log 2πs².": _of_bells(
        constant=math.log(2 * math.pi), logs=2.0
    ),
    "The constant is -log 2π where -½ log 2π belongs.": _of_bells(constant=math.log(2 * math.pi)),
    "That is one bell with the averaged mean and std. A mixture adds densities, not means.": lambda x, m, s, w: _bells(
        x, (w * m).sum()[None], (w * s).sum()[None]
    )[:, 0],
    "That is one bell with the mixture's mean and variance. It has one hump; a mixture adds densities.": _blend,
    "That is the log to base 2. Take the natural log.": lambda *a: _rate(*a) / math.log(2),
    "That is the log to base 10. Take the natural log.": lambda *a: _rate(*a) / math.log(10),
    "You exponentiate log w + log p(x|k), and no log comes after, or the sum has the log twice.": lambda *a: (
        _rate(*a).exp().log1p()
    ),
    "w is taken for log w, or its exp: weights already are probabilities.": lambda x, m, s, w: (
        _bells(x, m, s) + w.softmax(0).log()
    ).logsumexp(1),
    "The weights enter twice.": lambda x, m, s, w: (_bells(x, m, s) + 2 * w.log()).logsumexp(1),
    "log w is subtracted. A component of more weight adds more: + log w.": lambda x, m, s, w: (
        _bells(x, m, s) - w.log()
    ).logsumexp(1),
}


def _judge_mixture(answer) -> str:
    given = [_ask(answer, *case) for case in _MIXTURES]
    for g, (x, m, _, _) in zip(given, _MIXTURES, strict=True):
        n, k = len(x), len(m)
        if g.shape == (n, k):
            raise Mistake("You give a number for each point and component. Join the components: logsumexp over dim=1.")
        if g.shape == (k,):
            raise Mistake(
                "You give one number for each component: the sum runs over the points. Sum over the K, dim=1."
            )
        if g.shape in ((n, 1), (1, n)):
            raise Mistake(
                f"The shape is {tuple(g.shape)}. Give ({n},), one number a point: is it keepdim, or [:, None]?"
            )
        if g.numel() == 1:
            raise Mistake(
                "You give one number for all points. Give log p(x) of each, and neither sum nor mean of them."
            )
        if g.shape != (n,):
            raise Mistake(f"The shape is {tuple(g.shape)}. For {n} points give ({n},).")
    right = [_rate(*(t.double() for t in case)) for case in _MIXTURES]
    if not all(_close(g, r) for g, r in zip(given, right, strict=True)):
        _named(given, _MIXTURES, _OTHER_RATINGS)
        if _numbers_missing(given):
            raise Mistake(
                "Some results are nan or infinite, though no point is far off. Is it the log of a negative number?"
            )
        for shift in (given[0] - right[0], given[1] - right[1]):
            if (shift - shift[0]).abs().max() > 1e-3:
                break
        else:
            raise Mistake(
                f"All of your numbers are off by the same constant, {shift[0]:.3g}. What is missing in the bell?"
            )
        if max((g - r).abs().max() for g, r in zip(given, right, strict=True)) < 0.06:
            raise Mistake(f"Close: {given[0][0]:.5g} where {right[0][0]:.5g} is right. Do you round?")
        raise Mistake(
            f"At x = {_MIXTURES[0][0][0]:.1f} you give {given[0][0]:.4g}; right is {right[0][0]:.4g}. It is the log of "
            "the sum over k of w · exp(-(x - m)² / 2 std²) / (std √2π)."
        )
    far, wanted = _ask(answer, *_FAR), _rate(*(t.double() for t in _FAR))
    if _close(far, wanted):
        return "And far out it is still finite: the largest exponent was taken out before exp."
    if not far.isfinite().all():
        raise Mistake(
            "Near the data it is right. At x = 400 it is not finite: exp underflows to 0 there. Join the logs with "
            "torch.logsumexp."
        )
    raise Mistake(
        f"Near the data it is right. At x = 400 you give {far[3]:.4g}; right is {wanted[3]:.6g}. A small constant or a "
        "clamp in the log hides the underflow; torch.logsumexp avoids it."
    )


mixture = Exercise(
    judge=_judge_mixture,
    hints=(
        "First log p(x|k) for every point and every component: shape (N, K). x[:, None] has the shape (N, 1).",
        "log p(x|k) = -(x - m)² / (2 std²) - log std - ½ log 2π. Add log w.",
        "torch.logsumexp(log w + log p(x|k), dim=1) is the log of the sum, and never underflows.",
    ),
    answer="""\
def log_prob(x, means, stds, weights):
    bells = torch.distributions.Normal(means, stds).log_prob(x[:, None])  # (N, K): log p(x | k)
    return torch.logsumexp(weights.log() + bells, dim=1)  # (N,): densities are added, so logs go through exp""",
)


# Exercise 2: a step of Metropolis. Every rule is known by where it goes in many situations.

_STEPS = [  # log p(x), log p(new), u
    (level, level + rise, u)
    for level in (-1.7, 0.6, -5.2)
    for rise in (1.4, 0.25, -0.2, -0.7, -1.3, -3.1)
    for u in (0.02, 0.22, 0.33, 0.61, 0.9)
]
_EXTREME = [(-2_000.0, -2_001.5, 0.1), (-2_000.0, -2_001.5, 0.5), (-2_000.0, -900.0, 0.5), (-900.0, -2_000.0, 0.5)]
_X, _NEW = 1.25, -0.75


def _accepts(a: float, b: float, u: float) -> bool:
    return math.log(u) < b - a


_OTHER_RULES: dict[str, Callable[[float, float, float], bool]] = {
    "You always accept. Does u stand as it is where its log belongs, or log u where u does? u < p(new) / p(x).": (
        lambda a, b, u: True
    ),
    "Your walk never moves. Accept new if u is below p(new) / p(x).": lambda a, b, u: False,
    "You accept uphill only. That climbs to a mode and stays. Downhill is accepted with chance p(new) / p(x).": (
        lambda a, b, u: b > a
    ),
    "The ratio is inverted: you accept downhill. It is p(new) / p(x), log_p(new) - log_p(x).": lambda a, b, u: (
        math.log(u) < a - b
    ),
    "You compare u with the difference of the logs. Both sides in logs: log u < log_p(new) - log_p(x).": (
        lambda a, b, u: u < b - a
    ),
    "You compare u with the difference of the logs, inverted as well. log u < log_p(new) - log_p(x).": (
        lambda a, b, u: u < a - b
    ),
    "You divide log densities. The ratio of densities is exp(log_p(new) - log_p(x)).": lambda a, b, u: u < b / a,
    "You divide log densities, x above new. The ratio of densities is exp(log_p(new) - log_p(x)).": lambda a, b, u: (
        u < a / b
    ),
    "Accept and refuse have changed places: accept if u is below the ratio.": lambda a, b, u: not _accepts(a, b, u),
    "You accept if 1 - u is below the ratio. That is as good a walk, but the one asked for takes u itself.": (
        lambda a, b, u: math.log(1 - u) < b - a
    ),
    "You refuse some steps uphill: -|difference| takes them for downhill. A ratio above 1 is always accepted.": (
        lambda a, b, u: math.log(u) < -abs(b - a)
    ),
    "You compare u with p(new) alone. The place where you stand counts: p(new) / p(x).": lambda a, b, u: (
        math.log(u) < b
    ),
    "That is Barker's rule, p(new) / (p(new) + p(x)). It works too, but Metropolis accepts more.": (
        lambda a, b, u: u < 1 / (1 + math.exp(a - b))
    ),
    "You compare u with the difference of the densities. Their ratio is asked for.": lambda a, b, u: (
        u < math.exp(b) - math.exp(a)
    ),
    "You accept uphill, and downhill half of the time. Downhill the chance is p(new) / p(x).": lambda a, b, u: (
        b > a or u < 0.5
    ),
    "You accept half of the time, whatever the densities. The chance is min(1, p(new) / p(x)).": lambda a, b, u: (
        u < 0.5
    ),
    "You accept downhill steps only, where they pass. A ratio above 1 is always accepted.": lambda a, b, u: (
        b < a and _accepts(a, b, u)
    ),
    "You take log_p for p: uphill is accepted, downhill compares u with log_p(new) / log_p(x).": lambda a, b, u: (
        b > a or u < b / a
    ),
    "Downhill you compare u with p(new) alone. The place where you stand counts: p(new) / p(x).": lambda a, b, u: (
        b > a or math.log(u) < b
    ),
    "The ratio is squared. It is exp(log_p(new) - log_p(x)).": lambda a, b, u: math.log(u) < 2 * (b - a),
    "A root of the ratio is taken. It is exp(log_p(new) - log_p(x)).": lambda a, b, u: math.log(u) < (b - a) / 2,
    "Your logs have base 2 or 10. log_p is a natural log: math.log(u).": lambda a, b, u: math.log2(u) < b - a,
    "Your logs have base 10. log_p is a natural log: math.log(u).": lambda a, b, u: math.log10(u) < b - a,
}


def _goes(answer: Callable, level: float, other: float, u: float) -> bool:
    """Whether the learner's walk goes to the new place."""

    def log_p(place: Any) -> Any:
        """-(t - c)² + constant, chosen to have the wished values at the two places."""
        at_new = (place - _X) / (_NEW - _X)  # 0 at x, 1 at new
        return level + (other - level) * at_new - 3.3 * at_new * (1 - at_new)

    try:
        with np.errstate(all="ignore"):
            given = call(answer, _X, _NEW, log_p, u, slips=_SLIPS)
    except NotAttempted:
        if not _accepts(level, other, u) and _gives(answer):
            raise Mistake("Where the step is refused, nothing comes back. The walk stays: return x.") from None
        if _gives(answer):
            raise Mistake("Where the step is accepted, nothing comes back. Return new.") from None
        raise
    if isinstance(given, bool | np.bool_) or (isinstance(given, Tensor) and given.dtype == torch.bool):
        raise Mistake("You give a truth value, whether to accept. Give the next place: new or x.")
    value = number(given, finite=False)
    for place in (_X, _NEW):
        if math.isclose(value, place, rel_tol=1e-5):
            return place == _NEW
    others = {
        _X + _NEW: "You add new to x. new is a place, not a step: return it as it is.",
        _NEW - _X: "You give the step, new - x. Give the next place: new or x.",
        0.0: "You give 0 where the step is refused or accepted. Give the next place: new or x.",
        1.0: "You give 1: the chance, or whether to accept. Give the next place, new or x.",
        level: "You give log_p(x). Give the place itself, x.",
        other: "You give log_p(new). Give the place itself, new.",
        math.exp(min(other - level, 50)): "You give the ratio. Compare u with it, and give new or x.",
        other - level: "You give the log of the ratio. Compare log u with it, and give new or x.",
    }
    for wrong, message in others.items():
        if math.isclose(value, wrong, rel_tol=1e-4, abs_tol=1e-6):
            raise Mistake(message)
    if min(_X, _NEW) < value < max(_X, _NEW):
        raise Mistake(f"You give {value:.3g}, between x and new. A walk goes all the way or stays: new or x.")
    raise Mistake(f"From x = {_X} with new = {_NEW} you go to {value:.3g}. The next place is one of these two.")


def _gives(answer: Callable) -> bool:
    """Whether the learner's function gives anything in any situation."""
    for rise in (3.0, -9.0):
        try:
            call(answer, _X, _NEW, lambda place, rise=rise: rise * (place - _X) / (_NEW - _X), 0.5)
        except NotAttempted:
            continue
        return True
    return False


def _judge_step(answer) -> str:
    given = [_goes(answer, *case) for case in _STEPS]
    if any(given != [_goes(answer, *case) for case in _STEPS] for _ in range(2)):
        raise Mistake("The same arguments give another place the second time. u is the chance: draw none yourself.")
    right = [_accepts(*case) for case in _STEPS]
    if given != right:
        for message, rule in _OTHER_RULES.items():
            if given == [rule(*case) for case in _STEPS]:
                raise Mistake(message)
        (a, b, u), went = next((c, g) for c, g, r in zip(_STEPS, given, right, strict=True) if g != r)
        raise Mistake(
            f"With log_p(x) = {a:.2f}, log_p(new) = {b:.2f} and u = {u} the ratio is {math.exp(b - a):.2f}, so the "
            f"step is {'refused' if went else 'accepted'}; you {'go' if went else 'stay'}."
        )
    if [_goes(answer, *case) for case in _EXTREME] != [_accepts(*case) for case in _EXTREME]:
        raise Mistake(
            "Right, until densities are as small as those of images. At log_p = -2,000 exp gives 0. Compare log u with "
            "log_p(new) - log_p(x)."
        )
    return "Refused steps count too: the walk stays, and x is written down once more."


step = Exercise(
    judge=_judge_step,
    hints=(
        "Only the ratio p(new) / p(x) counts. You know its log: a difference.",
        "Accept if u < p(new) / p(x). In logs: log u < log_p(new) - log_p(x). Nothing overflows there.",
        "If accepted, return new. If not, the walk stays: return x.",
    ),
    answer="""\
def next_place(x, new, log_p, u):
    accept = torch.tensor(u).log() < log_p(new) - log_p(x)  # a ratio above 1 is always accepted: log u < 0
    return new if accept else x""",
)


# Exercise 3: Bayes' rule.

_CLASSES = [  # log p(x|y), p(y)
    (
        torch.tensor([[-1.2, -0.3, -2.5], [-0.7, -1.9, -3.0], [-2.2, -2.8, -0.4], [-1.0, -1.1, -1.6], [0.6, -0.5, -4]]),
        torch.tensor([0.5, 0.2, 0.3]),
    ),
    (torch.tensor([[-0.4, -1.5], [-2.0, -0.9], [0.3, 0.7]]), torch.tensor([0.85, 0.15])),
]  # fmt: skip
_LOW = (torch.tensor([[-2_000.0, -2_001.0, -1_998.5], [-2_000.0, -1_200.0, -1_201.0]]), _CLASSES[0][1])


def _bayes(ll, prior) -> Tensor:
    return (ll + prior.log()).softmax(1)


def _share(t: Tensor, dim) -> Tensor:
    return t / t.sum(dim, keepdim=True)


_OTHER_POSTERIORS: Table = {
    "The prior is missing: p(y) p(x|y) is normalised, not p(x|y) alone.": lambda ll, prior: ll.softmax(1),
    "That is p(y) p(x|y), not yet normalised. Divide by its sum over y.": lambda ll, prior: ll.exp() * prior,
    "That is p(x|y), the likelihood. Multiply by p(y), and divide by the sum over y.": lambda ll, prior: ll.exp(),
    "You normalise over the points: each column sums to 1. Each row should: dim=1.": lambda ll, prior: (
        (ll + prior.log()).softmax(0)
    ),
    "You divide by the sum over all points and classes. Each point has its own p(x): sum along dim=1.": (
        lambda ll, prior: (ll.exp() * prior) / (ll.exp() * prior).sum()
    ),
    "That is log p(y|x). Take exp, or softmax for log_softmax.": lambda ll, prior: (ll + prior.log()).log_softmax(1),
    "That is log p(y|x) with the prior missing. softmax of log p(x|y) + log p(y) is asked for.": lambda ll, prior: (
        ll.log_softmax(1)
    ),
    "That is the log of p(y) p(x|y). Take softmax over dim=1.": lambda ll, prior: ll + prior.log(),
    "You add p(y) to the logs, or its softmax. Add log p(y).": lambda ll, prior: (ll + prior).softmax(1),
    "p(y) multiplies the log-likelihoods. It multiplies the likelihoods: in logs, add log p(y).": lambda ll, prior: (
        (ll * prior).softmax(1)
    ),
    "The prior comes after the sum over y, so the rows do not sum to 1. Add log p(y) before softmax.": (
        lambda ll, prior: ll.softmax(1) * prior
    ),
    "The prior divides. A class that is frequent is more likely: multiply by p(y).": lambda ll, prior: (
        (ll - prior.log()).softmax(1)
    ),
    "The prior enters twice. Once is enough.": lambda ll, prior: (ll + 2 * prior.log()).softmax(1),
    "The sign is turned: -log p(x|y) makes unlikely classes likely.": lambda ll, prior: (-ll + prior.log()).softmax(1),
    "That is the prior again for each point. The likelihood decides with it.": lambda ll, prior: prior.expand_as(ll),
    "You divide logs by their sum. Take exp first: probabilities are shares of p(y) p(x|y).": lambda ll, prior: _share(
        ll + prior.log(), 1
    ),
    "You normalise the log-likelihoods themselves. Take exp first, and the prior.": lambda ll, prior: _share(ll, 1),
    "p(y) multiplies logs, then normalised. Take exp first: p(y) p(x|y).": lambda ll, prior: _share(ll * prior, 1),
    "The prior is missing above the line. p(y) p(x|y) stands above and, summed, below.": lambda ll, prior: (
        ll.exp() / (ll.exp() * prior).sum(1, keepdim=True)
    ),
    "You give 1 to the likeliest class and 0 to the others. Give the probabilities.": lambda ll, prior: (
        torch.nn.functional.one_hot((ll + prior.log()).argmax(1), len(prior)).double()
    ),
    "You take softmax of p(y) p(x|y). Divide that by its sum, or take softmax of its log.": lambda ll, prior: (
        (ll.exp() * prior).softmax(1)
    ),
    "Softmax is taken twice. Once is enough, of the log joint.": lambda ll, prior: (
        _bayes(ll, prior).softmax(1)
    ),
    "You take 2 or 10 to the power. log_likelihood is a natural log: exp.": lambda ll, prior: _share(2**ll * prior, 1),
}  # fmt: skip


def _judge_posterior(answer) -> str:
    given = [_ask(answer, *case) for case in _CLASSES]
    for g, (ll, _) in zip(given, _CLASSES, strict=True):
        n, k = ll.shape
        if g.shape == (k, n):
            raise Mistake(f"Rows and columns have changed places: the shape is {(k, n)}. Give (N, K), here {(n, k)}.")
        if g.shape in ((n,), (n, 1)):
            raise Mistake(
                "You give one number for each point: its class, p(x) or the largest. Give p(y|x) for every y."
            )
        if g.shape == (k,):
            raise Mistake("You give one number for each class. Every point has its own p(y|x): shape (N, K).")
        if g.shape != (n, k):
            raise Mistake(f"The shape is {tuple(g.shape)}. Give {(n, k)}, a row for each point.")
    right = [_bayes(*(t.double() for t in case)) for case in _CLASSES]
    if not all(_close(g, r) for g, r in zip(given, right, strict=True)):
        _named(given, _CLASSES, _OTHER_POSTERIORS)
        if _numbers_missing(given):
            raise Mistake("Some results are nan or infinite. Is a log taken of a log, which is negative?")
        if max((g - r).abs().max() for g, r in zip(given, right, strict=True)) < 0.06:
            raise Mistake(
                f"Close: {given[0][0, 0]:.4g} where {right[0][0, 0]:.6g} is right. Do you round, or add something?"
            )
        if (sums := given[0].sum(1)).sub(1).abs().max() > 1e-3:
            raise Mistake(
                f"The first row sums to {sums[0]:.3g}. Probabilities of the classes sum to 1 for every point."
            )
        raise Mistake(
            f"Each row sums to 1, but the first is {_row(given[0][0])} where {_row(right[0][0])} is right. "
            "p(y|x) is p(y) p(x|y) over its sum."
        )
    low, wanted = _ask(answer, *_LOW), _bayes(*(t.double() for t in _LOW))
    if _close(low, wanted):
        return "Softmax of the log joint is Bayes' rule: a classifier's last layer."
    raise Mistake(
        "Right for ordinary numbers; at -2,000 every exp is 0, and 0/0 is no probability. A small constant is no cure. "
        "Take softmax of log p(x|y) + log p(y)."
    )


def _row(values: Tensor) -> str:
    return "[" + ", ".join(f"{v:.3f}" for v in values.tolist()) + "]"


posterior = Exercise(
    judge=_judge_posterior,
    hints=(
        "Bayes' rule: p(y|x) = p(y) p(x|y) / p(x), and p(x) is the sum of the numerator over y.",
        "Work in logs. The log of the numerator is log_likelihood + prior.log(), shape (N, K).",
        "softmax over dim=1 takes exp and divides by the sum, and it never underflows everywhere.",
    ),
    answer="""\
def bayes(log_likelihood, prior):
    return (log_likelihood + prior.log()).softmax(1)  # softmax: exp, over its sum along y, which is p(x)""",
)

quiz = Quiz(
    (
        Question(
            "b",
            {
                "a": "That would need 10,000 independent draws. The walk is worth 100.",
                "b": "σ/√100: the effective draws count, not the steps.",
                "c": "Error falls with the root of the number, and neighbours are alike.",
            },
        ),
        Question(
            "c",
            {
                "a": "p(y|x) is a share among the classes. p(x) is not in it.",
                "b": "It did what it was trained for. Far from all data a share can still be 99.9 %.",
                "c": "To say how likely an image is takes p(x), and a classifier has none.",
            },
        ),
        Question(
            "a",
            {
                "a": "The spoiled model rates well and draws noise; the copier rates worst and draws well.",
                "b": "The spoiled model rated better than one Gaussian, and drew noise.",
                "c": "A copier can rate badly on held-out digits, but other models can too.",
            },
        ),
        Question(
            "b",
            {
                "a": "It does: noise goes in, a picture comes out.",
                "b": "It takes noise and gives images. Nothing in it takes an image and gives a density.",
                "c": "Every pass is a draw of its own, no walk is needed.",
            },
        ),
    )
)
