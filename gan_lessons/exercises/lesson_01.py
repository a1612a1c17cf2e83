"""Exercises of lesson 01."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gan_lessons.exercises.engine import Exercise, Mistake, NotAttempted, Question, Quiz, call, number

_MEET = ("must match the size", "could not be broadcast", "not broadcastable")  # errors of two shapes
_DOMAIN = ("math domain error", "expected a positive input")  # math.log of 0 or less: Python 3.13 says the latter
_ONE_NUMBER = "math's functions take one number; torch.log and torch.exp take all."
_TENSORS = "torch's functions want tensors, and this is a plain number. math has the same functions."
_VALUES = "max over a dimension gives values and their places. Take .values, or amax, which gives values."
_SLIPS = {  # words in an error that Python or torch raises, and what helps; the first that fits counts
    "logsumexp() missing 1 required positional arguments": "logsumexp wants a dimension: dim=1 is that of the K.",
    "softmax() missing 1 required positional arguments": "softmax wants a dimension: dim=1 is that of the K.",
    "can be converted to python scalars": _ONE_NUMBER,
    "only one element tensors": _ONE_NUMBER,
    "cannot be converted to scalar": _ONE_NUMBER,
    "scalar arrays can be converted": _ONE_NUMBER,
    "must be tensor, not float": _TENSORS,
    "must be tensor, not int": _TENSORS,
    "torch.return_types": _VALUES,
    "boolean value of tensor": "A whole batch is asked for one truth value. Work on all places at once.",
    "out of bounds": "An index is too large. N and K differ from call to call: take them from the shapes.",
} | dict.fromkeys(_DOMAIN, "A log of a negative number, or of 0. Is it taken of a log?")  # fmt: skip
Table = Mapping[str, Callable[..., Tensor]]


def _numbers(given: Any) -> Tensor:
    """What was given as a tensor in double precision."""
    if isinstance(given, str | bytes | dict | set):
        raise Mistake(f"Give a tensor. This is of type {type(given).__name__}.")
    if callable(given):
        raise Mistake("You give a function, or a method that is not called: its arguments in brackets are missing.")
    if type(given).__module__ == "torch.return_types":
        raise Mistake(_VALUES)
    try:
        if isinstance(given, Iterator):
            given = list(given)
        if isinstance(given, list | tuple):
            given = np.array([np.asarray(_plain(row), dtype=np.float64) for row in given])
        return torch.as_tensor(_plain(given)).detach().double()
    except (TypeError, ValueError, RuntimeError):
        raise Mistake(f"Give a tensor of numbers. This {type(given).__name__} cannot become one.") from None


def _plain(given: Any) -> Any:
    if isinstance(given, list | tuple):
        return [_plain(row) for row in given]
    return given.detach().double().numpy() if isinstance(given, Tensor) else given


def _ask(function: Callable, *arguments: Any, slips: Mapping[str, str]) -> Tensor:
    """The learner's result for copies of tensors, which must come back unchanged."""
    copies = [a.clone() for a in arguments]
    with np.errstate(all="ignore"):
        given = _numbers(call(function, *copies, slips=slips))
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


def _worst(given: list[Tensor], right: list[Tensor]) -> tuple[int, int]:
    """The case and the row with the largest error."""
    errors = [(g - r).abs().nan_to_num(math.inf).view(len(r), -1).amax(1) for g, r in zip(given, right, strict=True)]
    case = max(range(len(errors)), key=lambda k: errors[k].max())
    return case, int(errors[case].argmax())


def _far_off(answer: Callable, case: tuple[Tensor, ...], right: Tensor, slips: Mapping[str, str]) -> Any:
    """Where an answer goes wrong far off, as (its row, the right one, the row's number); None if it is right."""
    given = _ask(answer, *case, slips=slips)
    if given.shape != right.shape:
        raise Mistake(f"For N = {len(right)} the shape is {tuple(given.shape)}. Give {tuple(right.shape)}.")
    _, row = _worst([given], [right])
    alone = _ask(answer, case[0][row : row + 1], *case[1:], slips=slips)
    if _close(given, right):
        if alone.shape != right[:1].shape:
            raise Mistake(
                f"For a single point the shape is {tuple(alone.shape)}; it should be {tuple(right[:1].shape)}. Does "
                "squeeze take N away?"
            )
        return None
    if _close(alone, right[row : row + 1]):
        raise Mistake(
            "A far point comes out right alone and wrong beside others. Take out each row's own maximum, "
            "with dim=1, not that of the whole table."
        )
    return given[row], right[row], row


def _row(values: Tensor, digits: int = 3) -> str:
    return "[" + ", ".join(f"{v:.{digits}g}" for v in values.tolist()) + "]"


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
        ([0.3, -0.8, 1.9, 1.1, -2.2], [0.7, -1.4], [1.6, 0.5], [0.02, 0.98]),
    )
]
_FAR = (torch.tensor([-3_000.0, 60.0, 0.5, 400.0]), *_MIXTURES[0][1:])


_CONSTANT = 0.5 * math.log(2 * math.pi)
_FAR_ZERO = "Near the data it is right. Far out every exp is 0 and has no log: join the logs with torch.logsumexp."
_MIXTURE_SLIPS = (
    {
        "cdist only supports": "log_bells is for points (N, d) and one std. Here x is (N,) and each bell has its own.",
        "lower_bound=0.0": "Normal wants the means first and then the standard deviations: Normal(means, stds).",
    }
    | dict.fromkeys(
        _MEET, "Two shapes do not meet. x[:, None] has the shape (N, 1), and (N, 1) with (K,) gives (N, K)."
    )
    | _SLIPS
)
_MIXTURE_FAR = _MIXTURE_SLIPS | {
    "math range error": "Near the data it is right. Far out exp overflows: take the largest exponent out before exp.",
    **dict.fromkeys((*_DOMAIN, "division by zero"), _FAR_ZERO),
}


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
    "That is log(1 + p(x)), as log1p gives it. Take log p(x).": lambda *a: _rate(*a).exp().log1p(),
    "w is taken for log w, or its exp: weights already are probabilities.": lambda x, m, s, w: (
        _bells(x, m, s) + w.softmax(0).log()
    ).logsumexp(1),
    "The weights enter twice.": lambda x, m, s, w: (_bells(x, m, s) + 2 * w.log()).logsumexp(1),
    "You subtract log K. The weights already average: they add up to 1.": lambda x, m, s, w: (
        _rate(x, m, s, w) - math.log(len(m))
    ),
    "½ log 2π has the wrong sign: the bell's constant is -½ log 2π.": _of_bells(constant=-_CONSTANT),
    "Half of log(std √2π) is taken. The root is the half already: -log(std √2π).": _of_bells(
        constant=_CONSTANT / 2, logs=0.5
    ),
    "You take N for d, the number of dimensions. On the line d is 1: -½ log 2π std².": lambda x, m, s, w: (
        _bells(x, m, s, constant=len(x) * _CONSTANT, logs=len(x)) + w.log()
    ).logsumexp(1),
    "You take K for d, the number of dimensions. On the line d is 1: -½ log 2π std².": lambda x, m, s, w: (
        _bells(x, m, s, constant=len(m) * _CONSTANT, logs=len(m)) + w.log()
    ).logsumexp(1),
    "You took the largest out of each row and did not add it back after the log.": lambda x, m, s, w: (
        _rate(x, m, s, w) - (_bells(x, m, s) + w.log()).amax(1)
    ),
    "/ 2 * std² multiplies by std². Put brackets: (x - m)² / (2 * std²).": lambda x, m, s, w: (
        -0.5 * ((x[:, None] - m) * s) ** 2 - _CONSTANT - s.log() + w.log()
    ).logsumexp(1),
    "The square is missing in the exponent: -(x - m)² / (2 std²).": lambda x, m, s, w: (
        -0.5 * (x[:, None] - m).abs() / s**2 - _CONSTANT - s.log() + w.log()
    ).logsumexp(1),
    "You take x + m for x - m.": lambda x, m, s, w: _rate(x, -m, s, w),
    "The means are missing in the exponent: -(x - m)² / (2 std²).": lambda x, m, s, w: _rate(x, 0 * m, s, w),
    "Every bell has the std of the first. Each has its own: use all of stds.": lambda x, m, s, w: _rate(
        x, m, s[:1].expand_as(s), w
    ),
    "Only the first component counts. Does a loop return in its first pass?": lambda x, m, s, w: (
        _bells(x, m, s) + w.log()
    )[:, 0],
    "Only the first component counts, without its weight. Does a loop return in its first pass?": lambda x, m, s, w: (
        _bells(x, m, s)[:, 0]
    ),
    "The last component is left out. Sum over all K.": lambda x, m, s, w: (_bells(x, m, s) + w.log())[:, :-1].logsumexp(
        1
    ),
    "Only the first two components count. K differs: it is len(means).": lambda x, m, s, w: (_bells(x, m, s) + w.log())[
        :, :2
    ].logsumexp(1),
    "logsumexp takes exp itself, and you give it densities. Give it log w + log p(x|k).": lambda x, m, s, w: (
        w * _bells(x, m, s).exp()
    ).logsumexp(1),
    "You round to whole numbers. Give the numbers as they come.": lambda *a: _rate(*a).round(),
    "log w is subtracted. A component of more weight adds more: + log w.": lambda x, m, s, w: (
        _bells(x, m, s) - w.log()
    ).logsumexp(1),
}


def _judge_mixture(answer) -> str:
    given = [_ask(answer, *case, slips=_MIXTURE_SLIPS) for case in _MIXTURES]
    for g, (x, m, _, _) in zip(given, _MIXTURES, strict=True):
        n, k = len(x), len(m)
        if g.shape in ((n, k), (k, n)):
            dim = tuple(g.shape).index(k)
            raise Mistake(
                f"You give a number for each point and component, {tuple(g.shape)}; the components are still to be "
                f"joined. logsumexp over dim={dim} does that."
            )
        if g.shape == (k,):
            raise Mistake(
                "You give one number for each component, not for each point. Sum over the K components, dim=1."
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
        case, row = _worst(given, right)
        x, m, s, w = _MIXTURES[case]
        g, r = given[case][row], right[case][row]
        if _numbers_missing(given):
            raise Mistake(
                f"At x = {x[row]:.1f} you give {g:.4g}, though that is not far off. Is it the log of a negative "
                "number, such as a log, or does exp overflow?"
            )
        shift = torch.cat([a - b for a, b in zip(given, right, strict=True)])
        if (shift - shift[0]).abs().max() < 1e-3:
            raise Mistake(
                f"All of your numbers are off by the same constant, {shift[0]:.3g}. Compare the bell's: -½ log 2π."
            )
        if shift.abs().max() < 0.06:
            raise Mistake(
                f"Close: at x = {x[row]:.1f} you give {g:.5g}; right is {r:.5g}. Do you round, or add something?"
            )
        raise Mistake(
            f"For means {_row(m)}, stds {_row(s)} and weights {_row(w)} you give {g:.4g} at x = {x[row]:.1f}; right is "
            f"{r:.4g}. It is the log of the sum over k of w · exp(-(x - m)² / (2 std²)) / (std √2π)."
        )
    wrong = _far_off(answer, _FAR, _rate(*(t.double() for t in _FAR)), _MIXTURE_FAR)
    if wrong is None:
        return "And far out it is still finite: the largest exponent was taken out before exp."
    g, r, row = wrong
    found = f"Near the data it is right. At x = {_FAR[0][row]:.0f} you give {g:.4g}; right is {r:.6g}."
    if g == -math.inf:
        raise Mistake(f"{found} exp underflows to 0 there: join the logs with torch.logsumexp.")
    if not g.isfinite():
        raise Mistake(f"{found} exp overflows there: take out the largest of each row, not its smallest or mean.")
    raise Mistake(f"{found} A small constant or a clamp is no cure for exp's underflow; torch.logsumexp needs none.")


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
    return torch.logsumexp(weights.log() + bells, dim=1)  # (N,): logsumexp adds the densities, in logs""",
)


# Exercise 2: a step of Metropolis. Every rule is known by where it goes in many situations.

_LEVELS = [(level, level + rise) for level in (-1.7, 0.6, -5.2) for rise in (1.4, 0.25, -0.2, -0.7, -1.3, -3.1)]
_US = (0.02, 0.22, 0.27, 0.33, 0.61, 0.9)
_PLACES = [(1.25, -0.75), (-1.5, 0.5), (-0.4, -2.1), (0.3, 1.9)]  # x, new
_STEPS = [(*levels, u) for levels in _LEVELS for u in _US]  # log p(x), log p(new), u
_EXTREME = [(-2_000.0, -2_001.5, 0.1), (-2_000.0, -2_001.5, 0.5), (-2_000.0, -900.0, 0.5), (-900.0, -2_000.0, 0.5)]
_PLAIN = "u, x and new are plain numbers here, no tensors: math.log(u), and new if … else x."
_LOG_P = "log_p is a function of one place: log_p(new) - log_p(x)."
_STEP_SLIPS = {
    "'float' object has no attribute": _PLAIN,
    "where() received": _PLAIN,
    "too many indices for tensor of dimension 0": _PLAIN,
    "of type 'float' has no len()": _PLAIN,
    "must be real number, not function": "A function stands where a number belongs. The order is x, new, log_p, u.",
    "'float' object is not callable": "A number is called. log_p is the function; the order is x, new, log_p, u.",
    "'function' object is not subscriptable": _LOG_P,
    "'function' and '": _LOG_P,
    "log_p() takes 1": _LOG_P,
    "log_p() missing 1": _LOG_P,
} | _SLIPS
_STEP_FAR = _STEP_SLIPS | {
    "math range error": "exp overflows, far uphill: the ratio can be e^1100. Compare log u with log_p(new) - log_p(x).",
    **dict.fromkeys(
        (*_DOMAIN, "division by zero"),
        "At log_p = -2,000 exp gives 0 for both densities. Compare log u with log_p(new) - log_p(x).",
    ),
}


def _accepts(a: float, b: float, u: float) -> bool:
    return math.log(u) < b - a


_OTHER_RULES: dict[str, Callable[[float, float, float], bool]] = {
    "You always accept. Is it max(1, ratio) where min belongs, the ratio upside down, or log u beside a ratio?": (
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
    "Your logs have base 2. log_p is a natural log: math.log(u).": lambda a, b, u: math.log2(u) < b - a,
    "Your logs have base 10. log_p is a natural log: math.log(u).": lambda a, b, u: math.log10(u) < b - a,
    "You accept if log u > log_p(x) - log_p(new). Is it -log u for log u, or are x and new swapped as arguments?": (
        lambda a, b, u: math.log(u) > a - b
    ),
    "You compare u with log_p(new). It takes a ratio, and no log: p(new) / p(x).": lambda a, b, u: u < b,
    "Uphill it is right. Downhill accept and refuse have changed places.": lambda a, b, u: (
        b > a or not _accepts(a, b, u)
    ),
    "You accept if the ratio is above about ½, and u plays no part. Compare the ratio with u.": lambda a, b, u: (
        b - a > math.log(0.5)
    ),
}


def _goes(
    answer: Callable, places: tuple[float, float], level: float, other: float, u: float, asked: set, slips=_STEP_SLIPS
) -> bool:
    """Whether the learner's walk goes to the new place; `asked` collects where it asks for log_p."""
    x, new = places

    def log_p(place: Any) -> Any:
        """-(t - c)² + constant, chosen to have the wished values at the two places."""
        if isinstance(place, float):
            asked.add(place)
        at_new = (place - x) / (new - x)  # 0 at x, 1 at new
        return level + (other - level) * at_new - 3.3 * at_new * (1 - at_new)

    try:
        with np.errstate(all="ignore"):
            given = call(answer, x, new, log_p, u, slips=slips)
    except NotAttempted:
        if not _accepts(level, other, u) and _gives(answer):
            raise Mistake("Where the step is refused, nothing comes back. The walk stays: return x.") from None
        if _gives(answer):
            raise Mistake("Where the step is accepted, nothing comes back. Return new.") from None
        raise
    if isinstance(given, bool | np.bool_) or (isinstance(given, Tensor) and given.dtype == torch.bool):
        raise Mistake("You give a truth value, whether to accept. Give the next place: new or x.")
    value = number(given, finite=False)
    for place in (x, new):
        if math.isclose(value, place, rel_tol=1e-5):
            return place == new
    others = {
        x + new: "You add new to x. new is a place, not a step: return it as it is.",
        new - x: "You give the step, new - x. Give the next place: new or x.",
        0.0: f"You give 0 with x = {x} and new = {new}. Give the next place as it is: new or x.",
        1.0: "You give 1: the chance, or whether to accept. Give the next place, new or x.",
        level: "You give log_p(x). Give the place itself, x.",
        other: "You give log_p(new). Give the place itself, new.",
        math.exp(min(other - level, 50)): "You give the ratio. Compare u with it, and give new or x.",
        other - level: "You give the log of the ratio. Compare log u with it, and give new or x.",
    }
    for wrong, message in others.items():
        if math.isclose(value, wrong, rel_tol=1e-4, abs_tol=1e-6):
            raise Mistake(message)
    if min(x, new) < value < max(x, new):
        raise Mistake(f"You give {value:.3g}, between x and new. A walk goes all the way or stays: new or x.")
    raise Mistake(f"From x = {x} with new = {new} you go to {value:.3g}. The next place is one of these two.")


def _gives(answer: Callable) -> bool:
    """Whether the learner's function gives anything in any situation."""
    for rise in (3.0, -9.0):
        try:
            call(answer, 1.0, 2.0, lambda place, rise=rise: rise * (place - 1.0), 0.5)
        except NotAttempted:
            continue
        return True
    return False


def _judge_step(answer) -> str:
    asked: list[set] = [set() for _ in _PLACES]
    rounds = [
        [[_goes(answer, p, *case, seen) for case in _STEPS] for p, seen in zip(_PLACES, asked, strict=True)]
        for _ in range(3)
    ]
    given, right = rounds[0], [_accepts(*case) for case in _STEPS]
    if any(again != given for again in rounds):
        raise Mistake("The same arguments give another place the second time. u is the chance: draw none yourself.")
    for message, rule in _OTHER_RULES.items():
        if all(row == [rule(*case) for case in _STEPS] for row in given):
            raise Mistake(message)
    if any(row != right for row in given):
        for (x, new), seen in zip(_PLACES, asked, strict=True):
            for place in seen - {x, new}:
                raise Mistake(f"With x = {x} and new = {new} you ask log_p at {place:.3g}. Ask it at x and at new.")
        if all(len({*row[k :: len(_US)]}) == 1 for row in given for k in range(len(_US))):
            raise Mistake("You compare the places, not their densities. Accept if u < p(new) / p(x).")
        _, went, (a, b, u), (x, new) = max(
            (abs(math.log(case[2]) - case[1] + case[0]), g, case, places)
            for row, places in zip(given, _PLACES, strict=True)
            for case, g, r in zip(_STEPS, row, right, strict=True)
            if g != r
        )
        raise Mistake(
            f"With x = {x}, new = {new}, log_p(x) = {a:.2f}, log_p(new) = {b:.2f} and u = {u} the ratio is "
            f"{math.exp(b - a):.2f}: the step is {'refused' if went else 'accepted'}; you {'go' if went else 'stay'}."
            + " Your choice depends on where x and new lie; only log_p and u count."
            * any(row != given[0] for row in given)
        )
    for a, b, u in _EXTREME:
        if (went := _goes(answer, _PLACES[0], a, b, u, set(), _STEP_FAR)) != _accepts(a, b, u):
            raise Mistake(
                f"Right, until densities are as small as those of images: with log_p(x) = {a:.0f}, log_p(new) = {b} "
                f"and u = {u} you {'go' if went else 'stay'}. exp loses such numbers. Compare log u with "
                "log_p(new) - log_p(x)."
            )
    return "Refused steps count too: the walk stays, and x is written down once more."


step = Exercise(
    judge=_judge_step,
    hints=(
        "Only the ratio p(new) / p(x) counts. You know its log: a difference.",
        "Accept if u < p(new) / p(x). Take the log of both sides: then nothing overflows.",
        "math.log(u) is the log of a plain number. If accepted, return new. If not, the walk stays: return x.",
    ),
    answer="""\
def next_place(x, new, log_p, u):
    accept = math.log(u) < log_p(new) - log_p(x)  # a ratio above 1 is always accepted: log u < 0
    return new if accept else x""",
)


# Exercise 3: Bayes' rule.

_CLASSES = [  # log p(x|y), p(y)
    (
        torch.tensor([[-1.2, -0.3, -2.5], [-0.7, -1.9, -3.0], [-2.2, -2.8, -0.4], [-1.0, -1.1, -1.6], [0.6, -0.5, -4]]),
        torch.tensor([0.5, 0.2, 0.3]),
    ),
    (torch.tensor([[-0.4, -1.5], [-2.0, -0.9], [0.3, 0.7]]), torch.tensor([0.98, 0.02])),
]  # fmt: skip
_LOW = (torch.tensor([[-2_000.0, -2_001.0, -1_998.5], [-2_000.0, -1_200.0, -1_201.0]]), _CLASSES[0][1])
_KEEPDIM = "(N, K) and (N,) do not meet. A sum or maximum over the classes fits with keepdim=True: it leaves (N, 1)."
_PRIOR = "prior has the shape (K,) and fits (N, K) as it is, without [:, None]."
_PROBS = "Categorical's probs must not be negative. Give it logs as logits=."
_LOW_ZERO = "Right for ordinary numbers. At -2,000 every exp is 0: 0/0, or log 0. Take the row's largest out first."
_LOW_OVER = "Right for ordinary numbers. With classes 800 nats apart exp overflows. Take out the row's largest."
_POSTERIOR_SLIPS = (
    {
        "tensor a (3) must match the size of tensor b (5) at non-singleton dimension 1": _KEEPDIM,  # N = 5, K = 3
        "shapes (5,3) (5,)": _KEEPDIM,
        "tensor a (5) must match the size of tensor b (3) at non-singleton dimension 0": _PRIOR,
        "shapes (5,3) (3,1)": _PRIOR,
        "constraint simplex": _PROBS,
    }
    | dict.fromkeys(_MEET, "Two shapes do not meet. With (N, K) go (K,), as prior is, and (N, 1), by keepdim=True.")
    | _SLIPS
)
_POSTERIOR_LOW = _POSTERIOR_SLIPS | {
    "math range error": _LOW_OVER,
    **dict.fromkeys((*_DOMAIN, "division by zero", "constraint simplex"), _LOW_ZERO),
}


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
    "You take softmax of shares, after softmax and the prior. Divide by the sum instead: softmax takes exp again.": (
        lambda ll, prior: (ll.softmax(1) * prior).softmax(1)
    ),
    "Your log of the prior has base 10. log_likelihood is a natural log: prior.log().": lambda ll, prior: (
        (ll + prior.log10()).softmax(1)
    ),
    "The sign of the whole is turned: the likeliest class comes out least likely.": lambda ll, prior: (
        (-ll - prior.log()).softmax(1)
    ),
    "You normalise over the points first, dim=0, which changes p(x|y). Only one sum is needed: over y, dim=1.": (
        lambda ll, prior: (ll.log_softmax(0) + prior.log()).softmax(1)
    ),
    "You took out the maximum of each column. Each row has its own: dim=1, keepdim=True.": lambda ll, prior: (
        _bayes(ll - (ll + prior.log()).amax(0), prior)
    ),
    "You add the prior after softmax. It multiplies p(x|y): add log p(y) before softmax.": lambda ll, prior: (
        ll.softmax(1) + prior
    ),
    "You average the prior and softmax. The prior multiplies p(x|y): add log p(y) before softmax.": lambda ll, prior: (
        (ll.softmax(1) + prior) / 2
    ),
    "You give percent. Probabilities sum to 1: leave out the 100.": lambda ll, prior: 100 * _bayes(ll, prior),
    "These are logs, and not normalised: log p(y) came after log_softmax. Add first, then softmax.": lambda ll, prior: (
        ll.log_softmax(1) + prior.log()
    ),
    "Each row's largest is out, but the rest is not divided by its sum.": lambda ll, prior: (
        (ll + prior.log() - (ll + prior.log()).amax(1, keepdim=True)).exp()
    ),
    "You give 1 minus p(y|x). Give p(y|x).": lambda ll, prior: 1 - _bayes(ll, prior),
    "You take 2 or 10 to the power. log_likelihood is a natural log: exp.": lambda ll, prior: _share(2**ll * prior, 1),
}  # fmt: skip


def _judge_posterior(answer) -> str:
    given = [_ask(answer, *case, slips=_POSTERIOR_SLIPS) for case in _CLASSES]
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
        case, row = _worst(given, right)
        g, r = given[case][row], right[case][row]
        found = (
            f"For log p(x|y) = {_row(_CLASSES[case][0][row])} and p(y) = {_row(_CLASSES[case][1])} you give "
            f"{_row(g, 4)}; right is {_row(r, 4)}."
        )
        if _numbers_missing(given):
            raise Mistake(
                f"{found} Is a log taken of a log, which is negative, or does exp overflow? Take out "
                "each row's own maximum."
            )
        if max((a - b).abs().max() for a, b in zip(given, right, strict=True)) < 0.06:
            raise Mistake(f"Close. {found} Do you round, or add something?")
        if g.min() < -1e-6:
            raise Mistake(f"{found} A probability is never negative: is it a log?")
        if (g.sum() - 1).abs() > 1e-3:
            raise Mistake(f"{found} Your row sums to {g.sum():.3g}; it should sum to 1.")
        raise Mistake(f"{found} p(y|x) is p(y) p(x|y) over its sum over y.")
    wrong = _far_off(answer, _LOW, _bayes(*(t.double() for t in _LOW)), _POSTERIOR_LOW)
    if wrong is None:
        return "Softmax of the log joint is Bayes' rule: a classifier's last layer."
    g, r, row = wrong
    if not g.isfinite().all():
        raise Mistake(_LOW_OVER if row else _LOW_ZERO)
    raise Mistake(
        f"Right for ordinary numbers. For log p(x|y) = {_row(_LOW[0][row], 5)} you give {_row(g)}; right is {_row(r)}. "
        "A clamp, a small constant or nan_to_num does not bring back what exp lost: take softmax of the log joint."
    )


posterior = Exercise(
    judge=_judge_posterior,
    hints=(
        "Bayes' rule: p(y|x) = p(y) p(x|y) / p(x), and p(x) is the sum of the numerator over y.",
        "Work in logs. The log of the numerator is log_likelihood + prior.log(), shape (N, K).",
        "softmax(1) is exp over its sum along y, with each row's largest taken out first, so that one class keeps "
        "exp(0) = 1. By hand, the largest and the sum need keepdim=True.",
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
