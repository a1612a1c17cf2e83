"""Exercises of appendix a1."""

import functools
import math
from collections.abc import Callable
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
    "size of tensor a": (
        "Two shapes do not meet. A None makes an axis: heads[:, None] is (N, 1) and meets (K,); in a chain, "
        "total[:, None] is (K, 1) and meets (K, K)."
    ),
    "could not be broadcast": "Two shapes do not meet. A None makes an axis: a[:, None] of an (N,) is (N, 1).",
    "out of bounds": "An index leaves the table. noise[k, x] and u[t, k] have the state where k stands.",
    "out of range": "An index leaves the table. Hours go from 0 to T - 1, states from 0 to K - 1.",
    "used as indices": "An index must be a whole number: .long() for a tensor, int() for one number.",
    "modified by an inplace": "You change a tensor that autograd still needs. Make a new one in place of +=.",
}


def _ask(answer: Callable, *given: Any) -> Any:
    """The learner's result for copies of these, which must come back unchanged."""
    copies = [value.clone() if isinstance(value, Tensor) else value for value in given]
    result = call(answer, *copies, slips=_SLIPS)
    if any(isinstance(a, Tensor) and not torch.equal(a, b) for a, b in zip(given, copies, strict=True)):
        raise Mistake("You changed a tensor that was given to you: *= and += do that. Make new tensors.")
    return result


def _plain(given: Any) -> Any:
    """Tensors as lists, wherever in lists and tuples."""
    if isinstance(given, Tensor | np.ndarray | np.generic):
        return given.tolist()
    return [_plain(item) for item in given] if isinstance(given, list | tuple) else given


def _array(given: Any, what: str) -> np.ndarray:
    """What was given as an array of numbers; `what` says what is asked for."""
    if isinstance(given, str | bytes | dict | set | bool) or callable(given):
        raise Mistake(f"{what} is asked for. This is of type {type(given).__name__}.")
    try:
        return np.array(_plain(given), dtype=float)
    except (TypeError, ValueError):
        raise Mistake(f"{what} is asked for. Not all in this {type(given).__name__} are numbers.") from None


def _close(a: Any, b: Any) -> bool:
    return np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=2e-4, atol=1e-6)


# Exercise 1: the E step of a mixture of coins

_HEADS = torch.tensor([9.0, 5.0, 1.0, 7.0], dtype=torch.float64)
_WEIGHTS = torch.tensor([0.6, 0.3, 0.1], dtype=torch.float64)
_BIAS = torch.tensor([0.5, 0.85, 0.3], dtype=torch.float64)
_MANY = torch.tensor([900.0, 1_200.0, 460.0], dtype=torch.float64)  # of 1,500 flips: every product underflows


def _log_chance(heads: Tensor, flips: int, bias: Tensor) -> Tensor:
    """log of the chance of such a row of flips, (N, K)."""
    return heads[:, None] * bias.log() + (flips - heads[:, None]) * (1 - bias).log()


def _other_shares(h: Tensor, n: int, w: Tensor, b: Tensor) -> dict[str, Tensor]:
    chance = _log_chance(h, n, b)
    joint, t = chance + w.log(), h[:, None]
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
    }


def _judge_responsibilities(answer) -> str:
    result = _array(_ask(answer, _HEADS, 10, _WEIGHTS, _BIAS), "A table (N, K) of numbers")
    right = (_log_chance(_HEADS, 10, _BIAS) + _WEIGHTS.log()).softmax(1)
    if result.shape == (3, 4):
        result_is = "Yours is (K, N)" if _close(result, right.T) else "Yours has 3 rows of 4 for 4 rows of flips"
        raise Mistake(f"{result_is}. Give a row for each row of flips, a column for each coin: (N, K).")
    if _close(result, right.argmax(1)):
        raise Mistake("You give the likeliest coin of each row. EM shares the row out among all: give all chances.")
    if _close(result, right.sum(0)) or _close(result, right.mean(0)):
        raise Mistake("You have summed over the rows: that belongs to the M step. Give the table (N, K).")
    if _close(result, (_log_chance(_HEADS, 10, _BIAS) + _WEIGHTS.log()).logsumexp(1)):
        raise Mistake("That is the log-likelihood of each row of flips. The shares of the coins in it are asked.")
    if result.shape != (4, 3):
        raise Mistake(f"For 4 rows of flips and 3 coins give the shape (4, 3). Yours is {result.shape}.")
    if np.isnan(result).any():
        raise Mistake("There is a nan in your table, for 10 flips a row. Is a 0 divided by 0, or a log taken below 0?")
    if not _close(result, right):
        for message, other in _other_shares(_HEADS, 10, _WEIGHTS, _BIAS).items():
            if _close(result, other):
                raise Mistake(message)
        sums = result.sum(1)
        if not np.allclose(sums, 1, atol=1e-3):
            raise Mistake(f"The shares of a row add up to 1. Your first row adds up to {sums[0]:.3g}.")
        n, k = np.unravel_index(np.abs(result - right.numpy()).argmax(), result.shape)
        raise Mistake(
            f"Your rows add up to 1. For {_HEADS[n]:.0f} heads of 10, coin {k} (weight {_WEIGHTS[k]:g}, bias "
            f"{_BIAS[k]:g}) claims {right[n, k]:.3f}; you give {result[n, k]:.3f}. Its claim is in proportion to "
            "weight · bias^heads · (1 - bias)^tails."
        )
    many = _array(_ask(answer, _MANY, 1_500, _WEIGHTS, _BIAS), "A table (N, K) of numbers")
    right = (_log_chance(_MANY, 1_500, _BIAS) + _WEIGHTS.log()).softmax(1)
    if not np.isfinite(many).all():
        raise Mistake(
            "Right for 10 flips. For 1,500 the chances underflow to 0, and 0 / 0 is nan. Add logarithms, then softmax."
        )
    if not _close(many, right):
        raise Mistake(
            "Right for 10 flips, not for 1,500: the chances underflow to 0, and no small number added to them brings "
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
_LONG = [k * k % 7 % 3 for k in range(1_000)]


def _sum(a: Tensor) -> Tensor:
    return a.logsumexp(0)


def _max(a: Tensor) -> Tensor:
    return a.max(0).values


def _chain(emissions: Tensor, first: Tensor, move: Tensor, join: Callable = _sum) -> Tensor:
    """What ends in each state, in logarithms (K,), for chances of the noises by hour and state (T, K)."""
    u, v = emissions.log(), move.log()
    total = first.log() + u[0]
    for scores in u[1:]:
        total = join(total[:, None] + v) + scores
    return total


def _other_likelihoods(x: list[int], first: Tensor, move: Tensor, noise: Tensor) -> dict[str, float]:
    e = noise.T[x]  # (T, K)
    one, length = torch.ones_like(first), len(x)
    right = _sum(_chain(e, first, move))
    no_first = torch.cat([torch.ones_like(e[:1]), e[1:]])
    shifted = torch.cat([e[:1], e[:-1]])
    last = _chain(e, first, move).softmax(0), _chain(e[:-1], first, move).softmax(0)
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
        "The last hour's noise is missing. Does the loop end one hour early?": _sum(_chain(e[:-1], first, move)),
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
        "`move` is missing. In each hour states change: total @ move, then the noise.": (first * e.prod(0)).sum().log(),
        "The noises are missing: chances of states alone add up to 1, and log 1 is 0. Or, if you rescale the totals in "
        "every hour: keep the logarithms of what you divide by, and add them up.": 0.0,
        "You rescale, and keep only the last hour's factor. Add up the logarithms of all.": (
            ((last[1] @ move) * e[-1]).sum().log()
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
def _of_long() -> float:
    first, move, noise = _MODELS[0]
    return _sum(_chain(noise.T[_LONG], first, move)).item()


def _one(result: Any, states: int) -> float:
    shape = getattr(result, "shape", (len(result),) if isinstance(result, list | tuple) else ())
    if tuple(shape) in ((states,), (1, states), (states, 1)):
        raise Mistake("You give a number for each last state. The path may end in any: add them up, in chances.")
    return number(result, finite=False)


def _judge_log_likelihood(answer) -> str:
    given, others, right = [], [], []
    for x, model in zip(_SEQUENCES, _MODELS, strict=True):
        given.append(_one(_ask(answer, torch.tensor(x), *model), len(model[0])))
        others.append({why: float(value) for why, value in _other_likelihoods(x, *model).items()})
        right.append(_sum(_chain(model[2].T[x], *model[:2])).item())
    if not _close(given, right):
        for message in others[0]:
            if _close(given, [table[message] for table in others]):
                raise Mistake(message)
        if not all(map(math.isfinite, given)):
            raise Mistake(f"You give {given[0]} for 6 hours. Is a logarithm taken twice, or of a 0?")
        if max(given) > 0:
            raise Mistake(f"You give {max(given):.4g}. A chance is at most 1, so its logarithm is not above 0.")
        if given[0] == given[1]:
            raise Mistake(f"You give {given[0]:.4g} whatever the sequence. Does your loop run over x?")
        where = "for 2 states" if _close(given[1], right[1]) else "for 3 states and 4 noises"
        k = 0 if _close(given[1], right[1]) else 1
        raise Mistake(
            f"For x = {_SEQUENCES[k]}, {where}, all paths together have the log-likelihood {right[k]:.4f}; you give "
            f"{given[k]:.4f}. Try x[:1] by hand: log of the sum of first[k] * noise[k, x[0]]; then x[:2]."
        )
    first, move, noise = _MODELS[0]
    short = _one(_ask(answer, torch.tensor([2]), first, move, noise), 2)
    if not _close(short, (first @ noise[:, 2]).log().item()):
        raise Mistake("Right for many hours. For one hour alone it is the log of the sum of first[k] * noise[k, x[0]].")
    long = _one(_ask(answer, torch.tensor(_LONG), first, move, noise), 2)
    if not math.isfinite(long):
        raise Mistake(
            "Right for six hours. For 1,000 the totals underflow to 0, and log 0 is -inf. Keep logarithms, with "
            "logsumexp for the sum; or divide by the sum in each hour, and add up its logarithms."
        )
    if not _close(long, _of_long()):
        raise Mistake(f"Right for six hours, not for 1,000: {long:.6g}. Do you add something small against underflow?")
    return "Thousands of hours, and no underflow. It is log Z of a CRF with scores log B (and log s) and log A."


log_likelihood = Exercise(
    judge=_judge_log_likelihood,
    hints=(
        "The forward recursion above is right; it underflows. Which function on this page sums in logarithms?",
        "Keep log totals: begin with first.log() + noise[:, x[0]].log(). The sum over the rows becomes a logsumexp.",
        "Each hour: (total[:, None] + move.log()).logsumexp(0) + noise[:, x[t]].log(). At the end total.logsumexp(0).",
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


def _totals(u: Tensor, v: Tensor) -> tuple[list[list[int]], list[Tensor]]:
    """Where each maximum came from, hour by hour from the second, and the best totals, hour by hour."""
    back, totals = [], [u[0]]
    for scores in u[1:]:
        best = (totals[-1][:, None] + v).max(0)
        back.append(best.indices.tolist())
        totals.append(best.values + scores)
    return back, totals


def _followed(u: Tensor, v: Tensor, start: int) -> list[int]:
    path = [start]
    for back in reversed(_totals(u, v)[0]):
        path.append(back[path[-1]])
    return path[::-1]


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
    path = _array(given, f"A list of {hours} whole numbers")
    if path.ndim == 2 and 1 in path.shape:
        path = path.reshape(-1)
    if path.ndim == 0:
        raise Mistake(f"You give one number. If it is the best score: the path that has it is asked, {hours} states.")
    if path.shape == (hours, 3):
        raise Mistake("You give a table of scores or of chances. A path is asked: one state for each hour.")
    if path.ndim != 1 or len(path) != hours:
        raise Mistake(
            f"{hours} hours make {hours} states. Yours has the shape {path.shape}. There is a trace for each hour but "
            "the first; the last state comes from the best total."
        )
    if not np.isfinite(path).all() or (path != path.round()).any():
        raise Mistake("States are whole numbers: 0, 1, … Give the argmax, not the max.")
    return path.astype(int).tolist()


def _judge_best_path(answer) -> str:
    cases = _cases()
    given = [_path(_ask(answer, u, v), len(u)) for u, v in cases]
    right = [_best(u, v) for u, v in cases]
    if given != right:
        for message, other in _OTHER_PATHS.items():
            if all(path == other(u, v) for path, (u, v) in zip(given, cases, strict=True)):
                raise Mistake(message)
        k = next(k for k in range(len(cases)) if given[k] != right[k])
        if not all(0 <= state < 3 for state in given[k]):
            raise Mistake(f"Your path {given[k]} has a state that there is not. With 3 states they are 0, 1 and 2.")
        if all(path == given[0][: len(path)] for path in given):
            raise Mistake(f"You give {given[k]} whatever the scores. Does your loop run over u?")
        t = next(t for t in range(len(right[k])) if given[k][t] != right[k][t])
        paths, scores = _paths(*cases[k])
        mine = (paths == torch.tensor(given[k])).all(1)
        raise Mistake(
            f"One of my chains has a path that scores {scores.max():.3f}; yours there, {given[k]}, scores "
            f"{scores[mine].item():.3f}. They part at hour {t}. Compare with all paths of a short chain."
        )
    u, v = cases[0]
    if _path(_ask(answer, u[:1], v), 1) != [int(u[0].argmax())]:
        raise Mistake("Right for many hours. For one hour alone it is the state with the largest u.")
    return "The recursion of log Z with max for sum. (If you tried all paths: right too, and hopeless for 40 hours.)"


best_path = Exercise(
    judge=_judge_best_path,
    hints=(
        "For every state, keep the best score of a path that ends there. How do you go one hour on?",
        "(total[:, None] + v).max(0) gives the best totals, and in .indices where each came from. Keep the indices.",
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
