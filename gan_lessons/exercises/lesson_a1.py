"""Exercises of appendix a1."""

import functools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gan_lessons.exercises.engine import Exercise, Mistake, Question, Quiz, call, number

_SLIPS = {  # words in an error that Python or torch raises, and what helps; the first that fits counts
    "division by zero": (
        "There is a division by 0. A product of very many chances underflows to 0: add logarithms, and subtract the "
        "largest before exp, as softmax and logsumexp do."
    ),
    "too large to convert": "The number of ways is huge, and it cancels: leave it out, or take its logarithm.",
    "result too large": "A number overflows. Add logarithms where you multiply.",
    "math domain error": "math.log gets a 0: a product of many chances has underflowed. Add logarithms from the start.",
    "positive input": "math.log gets a 0: a product of many chances has underflowed. Add logarithms from the start.",
    "only one element tensors": "math's functions take one number. Here stand many: torch.log(…), or .log().",
    "converted to scalar": "math's functions take one number. Here stand many: torch.log(…), or .log().",
    "only 0-dimensional": "math's functions take one number. Here stand many: np.log(…), or .log().",
    "only length-1 arrays": "math's functions take one number. Here stand many: np.log(…), or .log().",
    "has no attribute 'log'": "This is a plain number, no tensor: math.log takes it.",
    "must be tensor, not": "torch's functions want tensors. torch.tensor(…) makes one; plain numbers have math.",
    "truth value of": "An if takes one truth value. Here stand many: torch.where, or a loop over the places.",
    "boolean value of": "An if takes one truth value. Here stand many: torch.where, or a loop over the places.",
    "can only concatenate tuple": "`.max(0)` gives two things: `.values`, and `.indices`, where they came from.",
    "return_types": "`.max(0)` gives two things: `.values`, and `.indices`, where they came from.",
    "argument 'axis'": "Of a tensor, np.max has no axis. Write .max(0).values, or make arrays first: np.asarray(…).",
    'arguments: "dim"': "softmax and logsumexp want to know over which dimension: 0 is down the rows, 1 along a row.",
    "out of bounds for array": "You name an axis that is not there. An (N,) has axis 0 alone, an (N, K) has 0 and 1.",
    "dimension out of range": "You name a dimension that is not there. An (N,) has dim 0 alone, an (N, K) has 0 and 1.",
    "used as indices": "An index must be a whole number: .long() for a tensor, int() for one number.",
    "modified by an inplace": "You change a tensor that autograd still needs. Make a new one in place of +=.",
}


_LATE = "Does t + 1 leave the sequence in the last hour? Hours go from 0 to T - 1."
_AXES = "Here heads wants a new axis: heads[:, None] is (N, 1). weights and bias belong to the coins: leave them (K,)."
_SUMS = "An (N,) does not meet an (N, K). Sum with keepdim=True, write heads[:, None]: then they are (N, 1)."
_COLUMN = "noise has a row for each state. What every state says to hour t's noise is a column: noise[:, x[t]]."
_PER_HOUR = (
    "Something with an entry for each of the 6 hours meets one for each state. Of log chances u (T, K), u[0] is the "
    "first hour; u[:, 0] is state 0 in every hour."
)
_COIN_SLIPS = _SLIPS | {
    "at non-singleton dimension 0": _AXES,
    "at non-singleton dimension 1": _SUMS,
    "(4,3) (4,)": _SUMS,
    "could not be broadcast": _AXES,
    "not broadcastable with batch_shape": "Give log_prob heads[:, None], (N, 1): it meets the K coins in (N, K).",
    "boolean()": "A Bernoulli is one flip. For the number of heads in many take Binomial(flips, bias).",
}
_HOUR_SLIPS = _SLIPS | {  # the first case has 6 hours, 2 states and 3 noises
    "index 6 is out": _LATE,
    "0 with size 2": _COLUMN,
    "out of bounds": "An index leaves its table. In noise[k, x[t]] the state comes first; states go from 0 to K - 1.",
    "out of range": "An index leaves its table. Hours go from 0 to T - 1, states from 0 to K - 1.",
    "tensor a (6)": _PER_HOUR,
    "tensor b (6)": _PER_HOUR,
    "a (2) must match the size of tensor b (3)": _COLUMN,
    "a (3) must match the size of tensor b (2)": _COLUMN,
    "(2,) (3,)": _COLUMN,
    "(3,) (2,)": _COLUMN,
    "size of tensor a": "Two shapes do not meet. total[:, None] is (K, 1) and meets (K, K); noise[:, x[t]] is (K,).",
    "could not be broadcast": "Two shapes do not meet. total[:, None] is (K, 1) and meets (K, K).",
}
_PATH_SLIPS = _SLIPS | {
    "index 6 is out": _LATE,
    "out of bounds": "An index leaves its table. In u[t, k] the hour comes first; states go from 0 to K - 1.",
    "out of range": "An index leaves its list. Hours go from 0 to T - 1, and there are T - 1 traces.",
    "size of tensor a": "Two shapes do not meet. total[:, None] is (K, 1) and meets v (K, K); u[t] is (K,).",
    "could not be broadcast": "Two shapes do not meet. total[:, None] is (K, 1) and meets v (K, K); u[t] is (K,).",
    "expected index": "Your paths and u differ in their number of hours or states: they are u.shape, not the page's.",
}


def _ask(slips: dict[str, str], answer: Callable, *given: Any) -> Any:
    """The learner's result for copies of these, which must come back unchanged."""
    copies = [value.clone() if isinstance(value, Tensor) else value for value in given]
    result = call(answer, *copies, slips=slips)
    if any(isinstance(a, Tensor) and not torch.equal(a, b) for a, b in zip(given, copies, strict=True)):
        raise Mistake(
            "You changed a tensor that was given to you: *=, += and names that end in _ do that. Make new tensors."
        )
    return result


def _plain(given: Any) -> Any:
    """Tensors and iterators as lists, wherever in lists and tuples."""
    if isinstance(given, Tensor | np.ndarray | np.generic):
        return given.tolist()
    return [_plain(item) for item in given] if isinstance(given, list | tuple | Iterator) else given


def _array(given: Any, what: str) -> np.ndarray:
    """What was given as an array of numbers; `what` says what is asked for."""
    if isinstance(given, str | bytes | dict | set | bool) or callable(given):
        raise Mistake(f"{what} is asked for. This is of type {type(given).__name__}.")
    try:
        return np.array(_plain(given), dtype=float)
    except (TypeError, ValueError):
        raise Mistake(f"{what} is asked for. This {type(given).__name__} cannot be read as that.") from None


def _short(numbers: Any) -> list[float]:
    """For messages: four digits of each."""
    return [float(f"{number:.4g}") for number in numbers]


def _close(a: Any, b: Any) -> bool:
    return np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=2e-4, atol=1e-6)


# Exercise 1: the E step of a mixture of coins

_HEADS = torch.tensor([9.0, 5.0, 1.0, 7.0], dtype=torch.float64)
_WEIGHTS = torch.tensor([0.6, 0.3, 0.1], dtype=torch.float64)
_BIAS = torch.tensor([0.5, 0.85, 0.3], dtype=torch.float64)
_MANY = torch.tensor([900.0, 1_200.0, 460.0, 0.0], dtype=torch.float64)  # of 1,500 flips: every product underflows
_OTHER_BIAS = torch.tensor([0.5, 0.85, 0.45], dtype=torch.float64)  # all far from 0


def _log_chance(heads: Tensor, flips: int, bias: Tensor) -> Tensor:
    """log of the chance of such a row of flips, (N, K)."""
    return heads[:, None] * bias.log() + (flips - heads[:, None]) * (1 - bias).log()


def _other_shares(h: Tensor, n: int, w: Tensor, b: Tensor) -> dict[str, Tensor]:
    chance = _log_chance(h, n, b)
    joint, t = chance + w.log(), h[:, None]

    def normal(power: float) -> Tensor:
        return w.log() + torch.distributions.Normal(n * b, (n * b * (1 - b)) ** power).log_prob(t)

    share, ways = joint.softmax(1), ((1 + n * t**0).lgamma() - (1 + t).lgamma() - (1 + n - t).lgamma())
    return {
        "The weights are missing: coin k is taken with chance weights[k]. Multiply by it, or add its logarithm.": (
            chance.softmax(1)
        ),
        "You normalise over the rows of flips. The coins share out one row: each row of (N, K) adds up to 1.": (
            joint.softmax(0)
        ),
        "You normalise over the whole table. The coins share out each row of flips: each row adds up to 1.": (
            joint.flatten().softmax(0).view_as(joint)
        ),
        "You do not normalise: that is p(heads, k). Divide each row by its sum.": joint.exp(),
        "You do not normalise. That is p(heads, k): divide each row by its sum.": (joint + ways).exp(),
        "That is p(heads given k), with neither weights nor sum. Multiply by the weights, divide by each row's sum.": (
            (chance + ways).exp()
        ),
        "That is the chance of the flips given k, with neither weights nor sum. Multiply by the weights, divide each "
        "row by its sum.": chance.exp(),
        "You give logarithms, not normalised. Their softmax over the coins is it.": joint,
        "You give logarithms that are not normalised. Their softmax over the coins is it.": joint + ways,
        "You give the logarithms of the responsibilities. exp is missing.": joint.log_softmax(1),
        "Tails are missing: flips - heads of them, each with chance 1 - bias.": (t * b.log() + w.log()).softmax(1),
        "Heads are missing. Each has chance bias, so bias ** heads.": ((n - t) * (1 - b).log() + w.log()).softmax(1),
        "Heads and tails have changed places. bias is the chance of heads.": (
            _log_chance(h, n, 1 - b) + w.log()
        ).softmax(1),
        "Your tails are `flips` many. There are flips - heads of them.": (
            t * b.log() + n * (1 - b).log() + w.log()
        ).softmax(1),
        "You give each row to one coin whole. EM shares it out: leave the chances as they are.": (
            (joint == joint.max(1, keepdim=True).values).double()
        ),
        "The weights enter your logarithms as they are. Add their logarithm: weights.log().": (chance + w).softmax(1),
        "You weight after normalising, and the rows no longer add up to 1. Weight first, then normalise.": (
            chance.softmax(1) * w
        ),
        "You take softmax of chances. It wants logarithms: leave the exp out, or divide by the sum instead.": (
            joint.exp().softmax(1)
        ),
        "Those are the weights, whatever the heads. Multiply by bias ** heads, and likewise for tails.": (
            w.expand_as(joint)
        ),
        "Your shares are all alike. Likelier coins claim more: weights[k] times the chance of the flips.": (
            torch.full_like(joint, 1 / 3)
        ),
        "That is for one throw, and heads. There are `heads` of them, and the rest are tails.": (
            (w * b / (w * b).sum()).expand_as(joint)
        ),
        "That is 1 minus the responsibilities.": 1 - share,
        "The weights are squared. Multiply by them once.": (joint + w.log()).softmax(1),
        "You divide by the weights. Multiply: a coin that is taken more often claims more.": (chance - w.log()).softmax(
            1
        ),
        "You normalise by the largest. Divide each row by its sum.": (
            joint.exp() / joint.exp().max(1, keepdim=True).values
        ),
        "Tails count once. There are flips - heads of them: (1 - bias) ** (flips - heads).": (
            t * b.log() + (1 - b).log() + w.log()
        ).softmax(1),
        "You take 1 - heads for the tails. There are flips - heads of them.": (
            t * b.log() + (1 - t) * (1 - b).log() + w.log()
        ).softmax(1),
        "You take heads / flips, as if there were one flip. All flips count: leave heads as they are.": (
            _log_chance(h / n, 1, b) + w.log()
        ).softmax(1),
        "The bracket stands wrong: tails have the logarithm (1 - bias).log(), not 1 - bias.log().": (
            t * b.log() + (n - t) * (1 - b.log()) + w.log()
        ).softmax(1),
        "You take the normal curve, which is near. The exact chance is bias^heads · (1 - bias)^tails.": (
            normal(0.5).softmax(1)
        ),
        "You take a normal curve, and the variance where Normal wants the standard deviation. The exact chance is "
        "bias^heads · (1 - bias)^tails.": normal(1.0).softmax(1),
        "bias is a chance of heads, not a logit: Binomial(flips, probs=bias).": (
            _log_chance(h, n, b.sigmoid()) + w.log()
        ).softmax(1),
        "You divide by each coin's total: that belongs to the M step. Here each row adds up to 1.": share
        / share.sum(0),
        "Your weights stand below the line only. They belong above it, too: weights[k] times the chance.": (
            chance.exp() / joint.exp().sum(1, keepdim=True)
        ),
        "The sign of your logarithms is turned: likelier coins claim less.": (-joint).softmax(1),
        "You multiply logarithms. Chances multiply, and their logarithms add up.": (w.log() * chance).softmax(1),
    }


def _judge_responsibilities(answer) -> str:
    result = _array(_ask(_COIN_SLIPS, answer, _HEADS, 10, _WEIGHTS, _BIAS), "A table (N, K) of numbers")
    joint = _log_chance(_HEADS, 10, _BIAS) + _WEIGHTS.log()
    right = joint.softmax(1)
    if result.shape == (3, 4):
        result_is = "Yours is (K, N)" if _close(result, right.T) else "Yours has 3 rows of 4 for 4 rows of flips"
        if _close(result, joint.T.softmax(1)):
            result_is = "Yours is (K, N), and adds up to 1 over the rows of flips, not over the coins"
        raise Mistake(f"{result_is}. Give a row for each row of flips, a column for each coin: (N, K).")
    if _close(result, right.argmax(1)):
        raise Mistake("You give the likeliest coin of each row. EM shares the row out among all: give all chances.")
    if _close(result, right.sum(0)) or _close(result, right.mean(0)):
        raise Mistake("You have summed over the rows: that belongs to the M step. Give the table (N, K).")
    if _close(result, joint.logsumexp(1)):
        raise Mistake("That is the log-likelihood of each row of flips. The shares of the coins in it are asked.")
    if result.shape in ((3,), (1, 3)):
        raise Mistake(
            "For 4 rows of flips and 3 coins give the shape (4, 3). You give one row: does each round of a loop "
            "overwrite the last, or does the return stand in the loop?"
        )
    if result.shape != (4, 3):
        raise Mistake(f"For 4 rows of flips and 3 coins give the shape (4, 3). Yours is {result.shape}.")
    if np.isnan(result).any():
        raise Mistake("There is a nan in your table, for 10 flips a row. Is a 0 divided by 0, or a log taken below 0?")
    if not _close(result, right):
        for message, other in _other_shares(_HEADS, 10, _WEIGHTS, _BIAS).items():
            if _close(result, other):
                raise Mistake(message)
        for places in (1, 2, 3):
            if np.allclose(result, right.round(decimals=places), rtol=0, atol=1e-7):
                raise Mistake(f"You round to {places} places. Give the shares as they are.")
        sums = result.sum(1)
        far = np.abs(sums - 1).argmax()
        if abs(sums[far] - 1) > 1e-3:
            raise Mistake(f"The shares of a row add up to 1. Your row {far} adds up to {sums[far]:.4g}.")
        row = np.abs(result - right.numpy()).max(1).argmax()
        raise Mistake(
            f"Your rows add up to 1. For {_HEADS[row]:.0f} heads of 10, weights {_WEIGHTS.tolist()} and bias "
            f"{_BIAS.tolist()} the shares are {_short(right[row])}; you give {_short(result[row])}. A coin's claim is "
            "in proportion to weight · bias^heads · (1 - bias)^tails."
        )
    many = _array(_ask(_COIN_SLIPS, answer, _MANY, 1_500, _WEIGHTS, _OTHER_BIAS), "A table (N, K) of numbers")
    right = (_log_chance(_MANY, 1_500, _OTHER_BIAS) + _WEIGHTS.log()).softmax(1)
    if _close(many, (_log_chance(_MANY, 10, _OTHER_BIAS) + _WEIGHTS.log()).softmax(1)):
        raise Mistake("Right for 10 flips. You count on there being 10: use the argument `flips`.")
    if many.shape != right.shape:
        raise Mistake(f"Right for 4 rows of 10 flips. For 4 rows of 1,500 your shape is {many.shape}.")
    if not np.isfinite(many).all():
        raise Mistake(
            "Right for 10 flips. For 1,500 chances underflow to 0, and 0 / 0 is nan. Add logarithms, then softmax."
        )
    if not _close(many, right):
        raise Mistake(
            "Right for 10 flips, not for 1,500, where chances underflow to 0. No small number added to them brings "
            "back which was larger. Add logarithms, then softmax."
        )
    return "Weights and flips both speak, and in logarithms nothing underflows."


responsibilities = Exercise(
    judge=_judge_responsibilities,
    hints=(
        "Bayes: coin k's share is in proportion to weights[k] times the chance of the flips if it was coin k.",
        "In logarithms: weights.log() + heads * bias.log() + (flips - heads) * (1 - bias).log(), with heads[:, None].",
        "Softmax of those over the coins, dim 1. The number of orders of the flips is the same for all: it cancels.",
    ),
    answer="""\
def coin_responsibilities(heads, flips, weights, bias):
    heads = heads[:, None]  # (N, 1), to meet (K,)
    # log p(flips, k); how many orders there are is the same for all coins and cancels
    joint = weights.log() + heads * bias.log() + (flips - heads) * (1 - bias).log()
    return joint.softmax(1)""",
)


# Exercise 2: log p(x) of a hidden Markov model


def _model(first: list, move: list, noise: list) -> tuple[Tensor, Tensor, Tensor]:
    return tuple(torch.tensor(table, dtype=torch.float64) for table in (first, move, noise))


_MODELS = [  # unlike enough that no two formulas below agree on all of them
    _model([0.7, 0.3], [[0.9, 0.1], [0.35, 0.65]], [[0.6, 0.3, 0.1], [0.1, 0.25, 0.65]]),
    _model(
        [0.5, 0.3, 0.2],
        [[0.6, 0.3, 0.1], [0.05, 0.75, 0.2], [0.4, 0.15, 0.45]],
        [[0.4, 0.3, 0.2, 0.1], [0.15, 0.1, 0.35, 0.4], [0.05, 0.55, 0.1, 0.3]],
    ),
]
_SEQUENCES = [[0, 2, 1, 0, 0, 2], [3, 1, 0, 2, 1]]
_LONG = [0] * 2_000 + [2, 0] * 1_000  # two halves so unlike that no constant factor keeps both from under- or overflow
_PUMP = _model([0.8, 0.2], [[0.95, 0.05], [0.1, 0.9]], [[0.7, 0.2, 0.1], [0.2, 0.3, 0.5]])  # the page's own
_ZEROS = _model([0.5, 0.5], [[0.9, 0.1], [0, 1]], [[1, 0], [0.1, 0.9]])  # who is worn stays so
_ONE_WAY = [1] + [0] * 100  # worn from the start: rarer than any small number that is added to a 0


def _sum(a: Tensor) -> Tensor:
    return a.logsumexp(0)


def _max(total: Tensor, v: Tensor, scores: Tensor) -> Tensor:
    return (total[:, None] + v).max(0).values + scores


def _forward(total: Tensor, v: Tensor, scores: Tensor) -> Tensor:
    return _sum(total[:, None] + v) + scores


def _chain(emissions: Tensor, first: Tensor, move: Tensor, step: Callable = _forward) -> Tensor:
    """What ends in each state, in logarithms (K,), for chances of the noises by hour and state (T, K)."""
    u, v = emissions.log(), move.log()
    return functools.reduce(lambda total, scores: step(total, v, scores), u[1:], first.log() + u[0])


def _other_likelihoods(x: list[int], first: Tensor, move: Tensor, noise: Tensor) -> dict[str, float]:
    e = noise.T[x]  # (T, K)
    one, length = torch.ones_like(first), len(x)
    right = _sum(_chain(e, first, move))
    no_first = torch.cat([torch.ones_like(e[:1]), e[1:]])
    shifted = torch.cat([e[:1], e[:-1]])
    before = _chain(e[:-1], first, move).softmax(0)
    parts = torch.stack([_sum(_chain(e[: t + 1], first, move)) for t in range(length)])
    sum_of_logs = _chain(e, first, move, lambda total, v, scores: (total[:, None] + v).sum(0) + scores)
    matmul_of_logs = _chain(e, first, move, lambda total, v, scores: total @ v + scores)
    return {
        "The first hour's noise is missing. Begin with first[k] * noise[k, x[0]].": _sum(_chain(no_first, first, move)),
        "`first` is missing. Begin with first[k] * noise[k, x[0]].": _sum(_chain(e, one, move)),
        "`first` is missing: you begin with equal chances. Begin with first[k] * noise[k, x[0]].": (
            _sum(_chain(e, one / len(one), move))
        ),
        "`move` is turned round. Its rows are where you come from: total @ move, or sum over the rows.": (
            _sum(_chain(e, first, move.T))
        ),
        "That is the best path alone. All paths count: sum where you take the maximum.": (
            _chain(e, first, move, _max).max()
        ),
        "Your sums are right until the end, where you take the likeliest last state. Add up all of them.": (
            _chain(e, first, move).max()
        ),
        "The maximum along the way, the sum at the end: sum over where you come from, too.": (
            _sum(_chain(e, first, move, _max))
        ),
        "The last hour's noise is missing. Does the loop end one hour early? Or, if you rescale: the last hour's sum "
        "is not added.": _sum(_chain(e[:-1], first, move)),
        "The first hour is missing: you begin with x[1]. Begin with first[k] * noise[k, x[0]].": (
            _sum(_chain(e[1:], first, move))
        ),
        "That is the likelihood. Its logarithm is asked, and for thousands of hours it must be kept in logarithms.": (
            right.exp()
        ),
        "The sign is turned. The log-likelihood of noises is below 0.": -right,
        "That is the mean over the hours. The whole sequence's log-likelihood is asked: do not divide by T.": (
            right / length
        ),
        "You add the logarithms of the last totals. Take the logarithm of their sum: logsumexp.": (
            _chain(e, first, move).sum()
        ),
        "`move` acts before the first hour. The first state is drawn from `first` itself.": (
            _sum(_chain(e, first @ move, move))
        ),
        "Each hour takes the noise of the hour before. Hour t's is noise[k, x[t]].": (
            _sum(_chain(shifted, first, move))
        ),
        "Your hours do not know of each other: `move` is missing.": (e @ first).log().sum(),
        "Your hours do not know of each other: `move` is missing, and `first` too.": e.sum(1).log().sum(),
        "`move` is missing, or drops out: its columns add up to 1, so in logsumexp(1) it is gone. Each hour, sum over "
        "the rows, logsumexp(0) (or total @ move); then the noise.": (first * e.prod(0)).sum().log(),
        "Your total meets `move` by its columns. Its rows are where you come from: total[:, None] + move.log().": _sum(
            _chain(e, first, move, lambda total, v, scores: _sum(total + v) + scores)
        ),
        "You add up logarithms where chances are to be added up: logsumexp(0) in place of sum(0).": sum_of_logs.sum(),
        "You add up logarithms in the loop, where chances are to be added up: logsumexp(0) in place of sum(0).": (
            _sum(sum_of_logs)
        ),
        "@ is for chances, not for logarithms: there it is (total[:, None] + move.log()).logsumexp(0).": (
            _sum(matmul_of_logs)
        ),
        "@ is for chances, and the sum at the end, too. For logarithms both are logsumexp.": matmul_of_logs.sum(),
        "move enters your logarithms as it is. Add its logarithm: move.log().": _sum(
            _chain(e, first, move, lambda total, v, scores: _sum(total[:, None] + v.exp()) + scores)
        ),
        "You multiply a logarithm by the noise's chance. Logarithms add up: + noise[:, x[t]].log().": _sum(
            _chain(e, first, move, lambda total, v, scores: _sum(total[:, None] + v) * scores.exp())
        ),
        "Your noise comes before the move. In each hour first total @ move, then the noise.": _sum(
            _chain(e, first, move, lambda total, v, scores: _sum((total + scores)[:, None] + v))
        ),
        "`move @ total` goes backwards, with the noise before the move. Each hour: (total @ move) * noise[:, x[t]].": (
            _sum(_chain(e, first, move, lambda total, v, scores: (v + total + scores).logsumexp(1)))
        ),
        "Hour 0 counts twice: it stands before your loop, and the loop begins with it. Begin the loop at hour 1.": _sum(
            _chain(torch.cat([e[:1], e]), first, move)
        ),
        "That is the mean of the last totals' logarithms. Take the logarithm of their sum: logsumexp.": (
            _chain(e, first, move).mean()
        ),
        "You rescale by the largest, and what is left at the end is missing: add the log of the last totals' sum.": (
            _chain(e[:-1], first, move).max()
        ),
        "You rescale, and add up the factors themselves. Add up their logarithms.": (
            parts.diff(prepend=0 * parts[:1]).exp().sum()
        ),
        "You go through x from its end. The first hour is x[0].": _sum(_chain(e.flip(0), first, move)),
        "You make each noise's chances add up to 1 over the states. Take noise as it is: its rows add up to 1.": _sum(
            _chain(noise.T[x] / noise.sum(0)[x][:, None], first, move)
        ),
        "That is the perplexity. The log-likelihood is asked.": (-right / length).exp(),
        "The noises are missing: chances of states alone add up to 1, and log 1 is 0. Or, if you rescale the totals in "
        "every hour: keep the logarithms of what you divide by, and add them up.": 0.0,
        "You rescale, and keep only the last hour's factor. Add up the logarithms of all.": (
            ((before @ move) * e[-1]).sum().log()
        ),
        "You rescale, and forget the first hour's factor. Add up the logarithms of all.": right - (first @ e[0]).log(),
        "That is the logarithm to base 2. Take the natural one.": right / math.log(2),
        "That is the logarithm to base 10. Take the natural one.": right / math.log(10),
        "The noise counts twice in each hour. Multiply by noise[k, x[t]] once.": _sum(_chain(e * e, first, move)),
        "In the first hour the noise counts twice. Multiply by noise[k, x[0]] once.": (
            _sum(_chain(torch.cat([e[:1] ** 2, e[1:]]), first, move))
        ),
    }


@functools.cache
def _truth(which: str) -> float:
    x, (first, move, noise) = {"long": (_LONG, _MODELS[0]), "zeros": (_ONE_WAY, _ZEROS)}[which]
    return _sum(_chain(noise.T[x], first, move)).item()


_LOG_OF_0 = dict.fromkeys(
    ("math domain error", "positive input"),
    "Right where no chance is 0. Here move and noise hold a 0, and math.log refuses it: take -math.inf, or torch.log.",
)


def _one(result: Any, states: int) -> float:
    shape = getattr(result, "shape", (len(result),) if isinstance(result, list | tuple) else ())
    if tuple(shape) in ((states,), (1, states), (states, 1)):
        raise Mistake("You give a number for each last state. The path may end in any: add them up, in chances.")
    return number(result, finite=False)


def _judge_log_likelihood(answer) -> str:
    def ask(x: list[int], model: tuple[Tensor, Tensor, Tensor], slips: dict[str, str] = _HOUR_SLIPS) -> float:
        return _one(_ask(slips, answer, torch.tensor(x), *model), len(model[0]))

    def truth(x: list[int], model: tuple[Tensor, Tensor, Tensor]) -> float:
        return _sum(_chain(model[2].T[x], *model[:2])).item()

    given, others, right = [], [], []
    for x, model in zip(_SEQUENCES, _MODELS, strict=True):
        given.append(ask(x, model))
        if any(
            _close(given[0], value) for value in (truth(_SEQUENCES[0], _PUMP), math.exp(truth(_SEQUENCES[0], _PUMP)))
        ):
            raise Mistake(
                "You use the pump's own first, move and noise, as the page's forward(x) does. Use the three that "
                "you are given: they are other tables."
            )
        others.append({why: float(value) for why, value in _other_likelihoods(x, *model).items()})
        right.append(truth(x, model))
    if not _close(given, right):
        for message in others[0]:
            if _close(given, [table[message] for table in others]):
                raise Mistake(message)
        if not all(map(math.isfinite, given)):
            raise Mistake(f"You give {given[0]} for 6 hours. Is a logarithm taken twice, or of a 0?")
        if given[0] == given[1]:
            raise Mistake(f"You give {given[0]:.4g} whatever the sequence. Does your loop run over x?")
        k = 1 if _close(given[0], right[0]) else 0
        x, model = _SEQUENCES[k], _MODELS[k]
        for hours in range(1, len(x) + 1):  # the first that is wrong
            mine, wanted = (given[k], right[k]) if hours == len(x) else (ask(x[:hours], model), truth(x[:hours], model))
            if not _close(mine, wanted):
                break
        tables = ", ".join(
            f"{name} {table.tolist()}" for name, table in zip(("first", "move", "noise"), model, strict=True)
        )
        so_far = f"Right up to x[:{hours - 1}]. " if hours > 1 else ""
        advice = ""
        if k:
            so_far = "Right for 2 states and 3 noises; here are 3 and 4. Is a number of states fixed in your code? "
        elif np.allclose(given, right, rtol=5e-3):
            advice = " So near: do you round, or add something small?"
        elif mine > 0:
            advice = " A chance is at most 1, so its logarithm is not above 0."
        raise Mistake(
            f"{so_far}With {tables}: x = {x[:hours]} has the log-likelihood {wanted:.4f}, and you give "
            f"{mine:.4f}.{advice}"
        )
    if not _close(ask([2], _MODELS[0]), truth([2], _MODELS[0])):
        raise Mistake("Right for many hours. For one hour alone it is the log of the sum of first[k] * noise[k, x[0]].")
    long = ask(_LONG, _MODELS[0])
    if not math.isfinite(long):
        raise Mistake(
            "Right for six hours. For 4,000 the totals underflow to 0 (log 0 is -inf), or overflow. No constant "
            "factor helps. Keep logarithms, with logsumexp for the sum; or divide by the sum in each hour, and add up "
            "its logarithms."
        )
    if not _close(long, _truth("long")):
        raise Mistake(
            f"Right for six hours. For 4,000 hours, 2,000 of noise 0, then 2, 0 in turn, it is {_truth('long'):.6g}, "
            f"and you give {long:.6g}. Do you add something small against underflow? Keep logarithms, with logsumexp."
        )
    zeros = ask(_ONE_WAY, _ZEROS, _HOUR_SLIPS | _LOG_OF_0)
    if not _close(zeros, _truth("zeros")):
        tables = ", ".join(
            f"{name} {table.tolist()}" for name, table in zip(("first", "move", "noise"), _ZEROS, strict=True)
        )
        raise Mistake(
            f"Right where no chance is 0. With {tables}, x = [1] + [0] * 100 has {_truth('zeros'):.4f}, and you give "
            f"{zeros:.4f}. "
            + (
                "A log of 0 is -inf, and -inf minus -inf is nan: torch.logsumexp knows."
                if math.isnan(zeros)
                else "Do you add something small to the tables? What is impossible must stay so."
            )
        )
    return "Thousands of hours, and no underflow. It is log Z of a CRF with scores log B (and log s) and log A."


log_likelihood = Exercise(
    judge=_judge_log_likelihood,
    hints=(
        "The forward recursion above is right; it underflows. Which function on this page sums in logarithms?",
        "Keep log totals: begin with first.log() + noise[:, x[0]].log(). The sum over the rows becomes a logsumexp.",
        "In each hour total[:, None] + move.log() is a table: from the row's state to the column's. Over which of "
        "them runs the sum? Then the noise; at the end one logsumexp more.",
    ),
    answer="""\
def log_likelihood(x, first, move, noise):
    total = first.log() + noise[:, x[0]].log()  # (K,) log of all paths, by where they end
    for symbol in x[1:]:
        # rows are where a path comes from: sum over them
        total = (total[:, None] + move.log()).logsumexp(0) + noise[:, symbol].log()
    return total.logsumexp(0)""",
)


# Exercise 3: the best path


def _paths(u: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    """All paths there are (K^T, T), and their scores (K^T,)."""
    paths = torch.cartesian_prod(*[torch.arange(u.shape[1])] * len(u))
    return paths, u.gather(1, paths.T).sum(0) + v[paths[:, :-1], paths[:, 1:]].sum(1)


def _best(u: Tensor, v: Tensor) -> list[int]:
    paths, scores = _paths(u, v)
    return paths[scores.argmax()].tolist()


def _greedy(u: Tensor, v: Tensor) -> list[int]:
    path = [int(u[0].argmax())]
    for scores in u[1:]:
        path.append(int((v[path[-1]] + scores).argmax()))
    return path


def _marginal(u: Tensor, v: Tensor) -> list[int]:
    paths, scores = _paths(u, v)
    chance = torch.einsum("ntk,n->tk", torch.nn.functional.one_hot(paths).double(), scores.softmax(0))
    return chance.argmax(1).tolist()


def _pair(best: Any, values: Tensor | float = 0.0) -> tuple[Tensor, Tensor]:
    """The best totals one hour on, and where they came from."""
    return best.values + values, best.indices


def _best_step(total: Tensor, v: Tensor, scores: Tensor) -> tuple[Tensor, Tensor]:
    return _pair((total[:, None] + v).max(0), scores)


def _totals(u: Tensor, v: Tensor, step: Callable = _best_step) -> tuple[list[list[int]], list[Tensor]]:
    """Where each maximum came from, hour by hour from the second, and the best totals, hour by hour."""
    back, totals = [], [u[0]]
    for scores in u[1:]:
        total, indices = step(totals[-1], v, scores)
        back.append(indices.tolist())
        totals.append(total)
    return back, totals


def _follow(traces: list[list[int]], start: Any) -> list[int]:
    path = [int(start)]
    for back in traces:
        path.append(back[path[-1]])
    return path


def _followed(u: Tensor, v: Tensor, start: int) -> list[int]:
    return _follow(_totals(u, v)[0][::-1], start)[::-1]


def _by(step: Callable) -> Callable:
    """The path that this step leads to: it gives totals and traces."""

    def path(u: Tensor, v: Tensor) -> list[int]:
        back, totals = _totals(u, v, step)
        return _follow(back[::-1], totals[-1].argmax())[::-1]

    return path


def _from_last(u: Tensor, v: Tensor) -> list[int]:
    back, totals = _totals(u, v)
    last = int(totals[-1].argmax())
    return [trace[last] for trace in back] + [last]


def _shifted(u: Tensor, v: Tensor) -> list[int]:
    back, totals = _totals(u, v)
    return _follow([*back[-2::-1], [0] * u.shape[1]], totals[-1].argmax())[::-1]


def _no_first_v(u: Tensor, v: Tensor) -> list[int]:
    best = u[0].max(0)
    return [int(best.indices), *_best(u[1:], v)]


def _late(u: Tensor) -> Tensor:
    return torch.cat([torch.zeros_like(u[:1]), u[1:]])


_OTHER_PATHS = {
    "You take the best state of each hour by itself: v is missing.": lambda u, v: u.argmax(1).tolist(),
    "You go from hour to hour, each time to the best next state. A poor start may pay later: keep the best total for "
    "every state, and choose at the end.": _greedy,
    "You do so from the end: the best state before, hour by hour. Keep the best total for every state.": (
        lambda u, v: _greedy(u.flip(0), v.T)[::-1]
    ),
    "v is turned round. Its rows are where you come from, its columns where you go.": lambda u, v: _best(u, v.T),
    "Those are the likeliest states of every hour, as `tag` gives them. The one best path may differ: max, not sum.": (
        _marginal
    ),
    "That is the path with the lowest score. Take the maximum.": lambda u, v: _best(-u, -v),
    "Your path is the best one backwards. Turn the list round after following the traces.": (
        lambda u, v: _best(u, v)[::-1]
    ),
    "You take the best total of each hour. They belong to different paths: remember where each maximum came from, and "
    "follow that back from the last hour.": lambda u, v: [int(total.argmax()) for total in _totals(u, v)[1]],
    "The first hour's scores are missing: begin with u[0].": lambda u, v: _best(_late(u), v),
    "The last hour's scores are missing. Does the loop end one hour early?": (
        lambda u, v: _best(_late(u.flip(0)).flip(0), v)
    ),
    "u is missing: your path has the best v alone.": lambda u, v: _best(0 * u, v),
    "Your states begin at 1. They are columns of u: begin at 0.": lambda u, v: [k + 1 for k in _best(u, v)],
    "You follow the traces from state 0. Begin at the best total of the last hour.": lambda u, v: _followed(u, v, 0),
    "You follow the traces from the last state. Begin at the best total of the last hour.": (
        lambda u, v: _followed(u, v, u.shape[1] - 1)
    ),
    "You follow the traces from the state with the largest u of the last hour. Begin at its best total.": (
        lambda u, v: _followed(u, v, int(u[-1].argmax()))
    ),
    "You read every trace at the last state. Each trace is read at the state that the one after it led to.": _from_last,
    "You follow the traces in the order in which you made them. Begin with the last hour's: reversed(traces).": (
        lambda u, v: _follow(_totals(u, v)[0], _totals(u, v)[1][-1].argmax())[::-1]
    ),
    "You follow the traces from the first hour on. They lead back: begin at the best total of the last hour.": (
        lambda u, v: _follow(_totals(u, v)[0], u[0].argmax())
    ),
    "Your traces are shifted by an hour: the trace made in hour t says where hour t - 1 was.": _shifted,
    "Your total meets v by its columns. Its rows are where you come from: total[:, None] + v.": _by(
        lambda total, v, scores: _pair((total + v).max(0), scores)
    ),
    "You take the maximum over where you go. Rows are where you come from: max(0).": _by(
        lambda total, v, scores: _pair((total[:, None] + v).max(1), scores)
    ),
    "Your traces are those of a maximum, your totals those of a sum (logsumexp). Take the maximum for both.": _by(
        lambda total, v, scores: ((total[:, None] + v).logsumexp(0) + scores, (total[:, None] + v).argmax(0))
    ),
    "Your totals take u of the first hour only. Add u[t] in every hour.": _by(
        lambda total, v, scores: _pair((total[:, None] + v).max(0))
    ),
    "Hour t's u is added where the path comes from. It belongs to where it goes: add u[t] after the maximum.": (
        lambda u, v: _by(lambda total, v, scores: _pair((total[:, None] + v + scores[:, None]).max(0)))(
            torch.cat([0 * u[:1], u[1:]]), v
        )
    ),
    "You multiply scores. They add up: total[:, None] + v, + u[t].": _by(
        lambda total, v, scores: ((total[:, None] * v).max(0).values * scores, (total[:, None] * v).argmax(0))
    ),
    "Your totals begin anew in each hour: u of the hour before in place of the best total so far.": (
        lambda u, v: _follow(
            [(before[:, None] + v).argmax(0).tolist() for before in u[:-1]][::-1],
            ((u[-2][:, None] + v).max(0).values + u[-1]).argmax(),
        )[::-1]
    ),
    "u and v are scores already. Take no logarithm of them.": lambda u, v: _by(_best_step)(u.log(), v.log()),
    "You make v's rows chances (softmax). Scores stay as they are.": lambda u, v: _best(u, v.log_softmax(1)),
    "Nothing comes before the first hour: begin with u[0], without v.": lambda u, v: _best(
        torch.cat([u[:1] + v[:1], u[1:]]), v
    ),
    "v is missing between the first two hours.": _no_first_v,
    "v counts twice on the way.": lambda u, v: _best(u, 2 * v),
    "You subtract v. The scores add up.": lambda u, v: _best(u, -v),
}


def _cases() -> list[tuple[Tensor, Tensor]]:
    """Scores (T, 3) and (3, 3) of some chains."""
    random = torch.Generator().manual_seed(4)
    return [
        (
            1.3 * torch.randn(hours, 3, generator=random, dtype=torch.float64),
            1.6 * torch.randn(3, 3, generator=random, dtype=torch.float64),
        )
        for hours in (6, 5, 6, 5, 6)
    ]


def _path(given: Any, hours: int) -> list[int]:
    if isinstance(given, list | tuple) and len(given) == 2 != hours and hours in map(np.size, map(_plain, given)):
        raise Mistake("You give two things. Give the path alone.")
    path = _array(given, f"A list of {hours} whole numbers")
    if path.ndim == 2 and 1 in path.shape:
        path = path.reshape(-1)
    if path.ndim == 0:
        raise Mistake(
            f"You give one number. If it is the best score, or the path's place in a list: the path itself is asked, "
            f"{hours} states."
        )
    if path.shape == (hours, 3):
        raise Mistake("You give a table, a number for each hour and state. A path is asked: one state for each hour.")
    if path.shape == (hours - 1, 3):
        raise Mistake("If those are the traces: follow them back, from the best total of the last hour.")
    if path.shape == (hours - 1,):
        raise Mistake(
            f"{hours} hours make {hours} states, and you give {hours - 1}. There is a trace for each hour but the "
            "first; the last state comes from the best total."
        )
    if path.shape != (hours,):
        raise Mistake(f"{hours} hours make {hours} states. Yours has the shape {path.shape}.")
    if not np.isfinite(path).all() or (path != path.round()).any():
        raise Mistake("States are whole numbers: 0, 1, … Give the argmax, not the max.")
    return path.astype(int).tolist()


def _shortest_failure(ask: Callable) -> str:
    """A chain as short as may be on which the answer's path is worst, in numbers that can be added by hand."""
    random = torch.Generator().manual_seed(0)
    for hours in range(2, 6):
        worst = 0.0, ""
        for _ in range(12):
            u, v = (torch.randint(-9, 10, (rows, 3), generator=random).double() / 2 for rows in (hours, 3))
            paths, scores = _paths(u, v)
            best = scores.topk(2)
            mine = ask(u, v)
            if best.values[0] == best.values[1] or not all(0 <= state < 3 for state in mine):
                continue
            got = scores[(paths == torch.tensor(mine)).all(1)].item()
            told = (
                f"With u = {u.tolist()} and v = {v.tolist()} the best path is "
                f"{paths[best.indices[0]].tolist()}, with {best.values[0]:g}; yours, {mine}, has {got:g}."
            )
            worst = max(worst, (best.values[0].item() - got, told))
        if worst[1] and worst[0] > 0:
            return worst[1]
    return "One of my chains of six hours has a better path than yours. Shorter chains came out right."


def _judge_best_path(answer) -> str:
    def ask(u: Tensor, v: Tensor) -> list[int]:
        return _path(_ask(_PATH_SLIPS, answer, u, v), len(u))

    cases = _cases()
    given, right = [ask(u, v) for u, v in cases], [_best(u, v) for u, v in cases]
    if given != right:
        for message, other in _OTHER_PATHS.items():
            if all(path == other(u, v) for path, (u, v) in zip(given, cases, strict=True)):
                raise Mistake(message)
        for path in given:
            if not all(0 <= state < 3 for state in path):
                raise Mistake(
                    f"Your path {path} has a state that there is not: with 3 states they are 0, 1 and 2. An argmax "
                    "without a dim counts through the whole table."
                )
        if all(path == given[0][: len(path)] for path in given):
            raise Mistake(f"You give {given[0]} whatever the scores. Does your loop run over u?")
        raise Mistake(_shortest_failure(ask))
    u, v = cases[0]
    if ask(u[:1], v) != [int(u[0].argmax())]:
        raise Mistake("Right for many hours. For one hour alone it is the state with the largest u.")
    if ask(u - 12, v - 12) != right[0]:  # a constant changes no path's rank
        raise Mistake(
            "Right until all scores are below 0. Does a maximum begin at 0? Begin at -inf. Or do you multiply scores?"
        )
    if ask(200 * u, 200 * v) != right[0]:
        raise Mistake("Right for small scores. For scores of hundreds exp overflows: add up the scores themselves.")
    return "The recursion of log Z with max for sum. (If you tried all paths: right too, and hopeless for 40 hours.)"


best_path = Exercise(
    judge=_judge_best_path,
    hints=(
        "For every state, keep the best score of a path that ends there. How do you go one hour on?",
        "(total[:, None] + v).max(0) has the best totals in .values, and in .indices where each came from. Keep both.",
        "At the end take total.argmax(). Then go back through the kept indices, last hour first, and reverse the list.",
    ),
    answer="""\
def best_path(u, v):
    total, traces = u[0], []
    for scores in u[1:]:
        best = (total[:, None] + v).max(0)  # over the rows: where a path comes from
        total = best.values + scores
        traces.append(best.indices)
    path = [int(total.argmax())]
    for trace in reversed(traces):  # follow where each maximum came from
        path.append(int(trace[path[-1]]))
    return path[::-1]""",
)


quiz = Quiz(
    (
        Question(
            "b",
            {
                "a": "From the bad start it ended far lower, and had stopped rising too.",
                "b": "Yes: no round lowers it, and nothing promises the top.",
                "c": "That is a collapse, and there the likelihood rises without end.",
            },
        ),
        Question(
            "a",
            {
                "a": "Yes: a spike on one point earns any likelihood on that point, and nothing on new ones.",
                "b": "The highest of all is infinite, and memorises one point.",
                "c": "No number of rounds tells a spike from a good fit.",
            },
        ),
        Question(
            "c",
            {
                "a": "A Dirichlet gives proportions, which add up to 1.",
                "b": "Only one of them does. A Dirichlet gives proportions.",
                "c": "Yes: counts. A Dirichlet gives the proportions that such counts may come from.",
            },
        ),
        Question(
            "b",
            {
                "a": "That draws tags for an x that you must have already.",
                "b": "Yes: two pumps that sound unlike had one and the same p(y|x).",
                "c": "Either way it runs over the y of a given x.",
            },
        ),
    )
)
