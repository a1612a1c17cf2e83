"""Exercises of lesson 02."""

import copy
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from gan_lessons import losses
from gan_lessons.exercises.engine import Exercise, Mistake, NotAttempted, Question, Quiz, advised, call, number

_SLIPS = {  # words in an error that Python or torch raises, and what helps
    # all exercises; the first that fits counts
    "has no attribute 'backward'": "backward() belongs to the loss, which must be a tensor: no .item(), no float().",
    "has no attribute 'log_prob'": "p and q are the values of the densities, tensors: they have no log_prob.",
    "'float' object has no attribute": "This is a plain number, no tensor: math.log(prior), not prior.log().",
    "must be Tensor, not float": "This is a plain number, no tensor: math.log(prior), not torch.log(prior).",
    "Tensors can be converted": "math's functions take one number. p and q hold many: torch.log(p), or p.log().",
    "cannot be converted to Scalar": "math's functions take one number. p and q hold many: torch.log(p), or p.log().",
    "Boolean value of Tensor": "An if takes one truth value; p > 0 holds many. torch.where chooses place by place.",
    "math domain error": "math.log(0) is an error. Where a density is 0 it adds 0: leave those places out.",
    "positive input": "math.log(0) is an error. Where a density is 0 it adds 0: leave those places out.",
    "division by zero": "There is a division by 0. Where a density is 0 it adds 0: leave those places out.",
    # exercise 3
    "too many values to unpack": "draw_real() gives the points themselves, not a tuple as cloud.sample: no (real,) =.",
    "_Draws": "draw_real and draw_noise are functions. Call them: draw_real() is a batch.",
    "does not require grad": (
        "There is nothing to differentiate: a detach() cuts a player's own move, or no_grad() stands around it, or a "
        "player is frozen. Detach the fakes in D's moves only."
    ),
    "second time": "You go backward twice through the same fakes. Detach them in D's moves, and make new ones for G.",
    "modified by an inplace operation": "A loss is older than the last step. Compute it after it, on new scores.",
    "only for scalar outputs": "A loss is one number. Take the .mean() over the batch.",
    "between 0 and 1": "binary_cross_entropy wants probabilities. D gives scores: take softplus, as this page does.",
    "Target size": "The labels need the shape of D's scores: torch.ones_like(scores).",
}


def _ask(answer: Callable, p: Tensor, q: Tensor, *numbers: float):
    """The learner's result for copies of these, which must come back unchanged."""
    copies = p.clone(), q.clone()
    given = call(answer, *copies, *numbers, slips=_SLIPS)
    if not (torch.equal(copies[0], p) and torch.equal(copies[1], q)):
        raise Mistake("You changed the p or q that was given to you: *= and += do that. Make new tensors.")
    return given


# Exercise 1: the best D

# (p, q, prior, weight); unlike enough that no two formulas below agree on all of them.
_PLACES = [
    (torch.tensor([0.30, 0.02, 0.11]), torch.tensor([0.07, 0.21, 0.11]), 0.5, 1.0),
    (torch.tensor([0.25, 0.40, 0.05]), torch.tensor([0.35, 0.08, 0.15]), 0.2, 1.0),
    (torch.tensor([0.10, 0.33, 0.60]), torch.tensor([0.45, 0.12, 0.90]), 0.5, 4.0),
    (torch.tensor([0.22, 0.51, 0.09]), torch.tensor([0.16, 0.28, 0.37]), 0.7, 0.3),
]


def _best(p: Tensor, q: Tensor, prior: float, weight: float) -> Tensor:
    return prior * p / (prior * p + weight * (1 - prior) * q)


_OTHER_BESTS = {  # a is the prior, w the weight
    "You leave out both the prior and the weight. That is p / (p + q), right for equal numbers only.": (
        lambda p, q, a, w: p / (p + q)
    ),
    "The weight is missing. It multiplies the fake term, so wherever q stands, weight * q stands.": (
        lambda p, q, a, w: _best(p, q, a, 1)
    ),
    "The prior is missing. Reals come with probability prior, fakes with 1 - prior: multiply p and q by them.": (
        lambda p, q, a, w: _best(p, q, 0.5, w)
    ),
    "The fakes lack their share. Reals come with probability prior, so fakes with 1 - prior: multiply q by it too.": (
        lambda p, q, a, w: a * p / (a * p + w * q)
    ),
    "The reals lack their share, prior. Multiply p by it, above and below.": (
        lambda p, q, a, w: p / (p + w * (1 - a) * q)
    ),
    "prior belongs to the reals and 1 - prior to the fakes. You have them the other way round.": (
        lambda p, q, a, w: _best(p, q, 1 - a, w)
    ),
    "p and q have changed places. p is the real density, and it stands above.": lambda p, q, a, w: _best(q, p, a, w),
    "Your weight multiplies the real term. Here it is the fakes that count weight times.": (
        lambda p, q, a, w: _best(p, q, a, 1 / w)
    ),
    "Your weight multiplies both terms of the denominator. Only the fakes count weight times.": (
        lambda p, q, a, w: _best(p, q, a, 1) / w
    ),
    "Your weight multiplies the whole fraction. It belongs to the fakes alone, below: weight * (1 - prior) * q.": (
        lambda p, q, a, w: _best(p, q, a, 1) * w
    ),
    "That is the chance of fake. D's σ is the chance of real: take 1 minus this.": (
        lambda p, q, a, w: 1 - _best(p, q, a, w)
    ),
    "That is the raw score, the log of the ratio. Asked is the probability: its sigmoid.": (
        lambda p, q, a, w: _best(p, q, a, w).logit()
    ),
    "That is the raw score log p - log q, for equal numbers. Prior and weight shift it; its sigmoid is asked.": (
        lambda p, q, a, w: (p / q).log()
    ),
    "That is the logarithm of the probability. Leave the log out.": lambda p, q, a, w: _best(p, q, a, w).log(),
    "That is the odds, real to fake. The probability is odds / (1 + odds).": (
        lambda p, q, a, w: a * p / (w * (1 - a) * q)
    ),
    "You apply the sigmoid to the odds. The sigmoid wants their logarithm.": (
        lambda p, q, a, w: (a * p / (w * (1 - a) * q)).sigmoid()
    ),
    "You apply a sigmoid to what is a probability already. Leave the sigmoid out.": (
        lambda p, q, a, w: _best(p, q, a, w).sigmoid()
    ),
    "You round to real or fake. Give the probability as it is.": lambda p, q, a, w: _best(p, q, a, w).round(),
    "In your denominator the reals lack the prior. What stands above must stand below as well.": (
        lambda p, q, a, w: a * p / (p + w * (1 - a) * q)
    ),
    "The prior of the reals is missing above. What stands below for the reals must stand above as well.": (
        lambda p, q, a, w: p / (a * p + w * (1 - a) * q)
    ),
    "In your denominator the priors are missing: write prior * p and (1 - prior) * q there too.": (
        lambda p, q, a, w: a * p / (p + w * q)
    ),
    "In your denominator the weight is missing. The fakes count weight times there too.": (
        lambda p, q, a, w: 1 - w * (1 - a) * q / (a * p + (1 - a) * q)
    ),
    "Parentheses are missing: Python divides by the first term only. Write real / (real + fake).": (
        lambda p, q, a, w: a * p / a * p + (1 - a) * w * q
    ),
    "Parentheses are missing. Python divides by the first term only: write real / (real + fake).": (
        lambda p, q, a, w: 1 + (1 - a) * w * q
    ),
    "You do not divide. Real over real plus fake: a share needs the whole below.": lambda p, q, a, w: a * p,
    "You add the weight. It multiplies: each fake counts weight times.": (
        lambda p, q, a, w: a * p / (a * p + (1 - a) * q + w)
    ),
    "You square the weight. It stands once, before the fakes.": lambda p, q, a, w: _best(p, q, a, w * w),
}
_P, _Q = torch.tensor([0.3, 0.1, 0.2]), torch.tensor([0.2, 0.3, 0.1])
_CHANGES = [  # what changes from (_P, _Q, 0.5, 1.0), the new arguments, what the odds are multiplied by, and why
    ("p doubles", (2 * _P, _Q, 0.5, 1.0), 2, "p is how thick the reals lie."),
    ("q doubles", (_P, 2 * _Q, 0.5, 1.0), 1 / 2, "q is how thick the fakes lie."),
    ("prior goes from 0.5 to 0.2", (_P, _Q, 0.2, 1.0), 1 / 4, "Multiply p by prior and q by 1 - prior."),
    ("weight goes from 1 to 4", (_P, _Q, 0.5, 4.0), 1 / 4, "Multiply q by weight, wherever it stands."),
]


def _probability(answer, p: Tensor, q: Tensor, prior: float, weight: float) -> Tensor:
    """The learner's values as a tensor like p."""
    given = _ask(answer, p, q, prior, weight)
    try:
        given = torch.as_tensor(given, dtype=p.dtype).detach()
    except (TypeError, ValueError, RuntimeError):
        raise Mistake(f"Give the probabilities as a tensor like p. This is of type {type(given).__name__}.") from None
    if given.shape != p.shape:
        other = " Use the p and q that are given, not p_x and q_x of the page." if given.numel() > p.numel() else ""
        raise Mistake(
            f"p and q have the shape {tuple(p.shape)}, your answer {tuple(given.shape)}. "
            f"Give one probability for each pair, with no sum or mean over them.{other}"
        )
    return given


def _judge_best(answer) -> str:
    given = [_probability(answer, *place) for place in _PLACES]

    def same(other) -> bool:
        return all(
            torch.allclose(mine, other(*place), rtol=1e-3, atol=1e-5)
            for mine, place in zip(given, _PLACES, strict=True)
        )

    if same(_best):
        return "Prior and weight act alike: each only multiplies a density. In the score they are a mere shift."
    for message, other in _OTHER_BESTS.items():
        if same(other):
            raise Mistake(message)
    for mine, (p, q, prior, weight) in zip(given, _PLACES, strict=True):
        if outside := [k for k in range(len(p)) if not 0 < mine[k] < 1]:
            k = outside[0]
            raise Mistake(
                f"For p = {p[k]:.2f}, q = {q[k]:.2f}, prior = {prior}, weight = {weight} you give {mine[k]:.3g}. "
                "A share of two heaps that both hold something lies between 0 and 1: real / (real + fake)."
            )
    start = _probability(answer, _P, _Q, 0.5, 1.0)
    if not torch.allclose(start[:1], _probability(answer, _P[:1], _Q[:1], 0.5, 1.0), rtol=1e-3):
        raise Mistake("Your first value changes when the other places are left out. Each place is judged by itself.")
    for what, changed, factor, why in _CHANGES:
        now = _probability(answer, *changed)
        mine = now / (1 - now) / (start / (1 - start))
        if not torch.allclose(mine, torch.tensor(float(factor)), rtol=1e-2):
            raise Mistake(
                f"When {what}, the odds σ / (1 - σ) should become {factor:g} times what they were; "
                f"yours become {mine[0]:.3g} times. {why}"
            )
    raise Mistake(
        f"With prior 0.5 and weight 1 it must be p / (p + q), {_P[0] / (_P[0] + _Q[0]):.3g} for p = {_P[0]:.1f} and "
        f"q = {_Q[0]:.1f}. Yours is {start[0]:.3g}. Begin there."
    )


best = Exercise(
    judge=_judge_best,
    hints=(
        "Put all samples into one box and count near x. How many are real, how many fake?",
        "Real: prior * p. Fake: (1 - prior) * q, and each counts weight times. The answer is real / (real + fake).",
    ),
    answer="""def best_D(p, q, prior, weight):
    real = prior * p  # how much real there is near x
    fake = weight * (1 - prior) * q  # how much fake, each counting weight times
    return real / (real + fake)""",
)


# Exercise 2: the Jensen-Shannon divergence


def _kl(p: Tensor, q: Tensor) -> Tensor:
    return (torch.special.xlogy(p, p) - torch.special.xlogy(p, q)).sum()


def _js(p: Tensor, q: Tensor, dx: float) -> Tensor:
    return dx * (_kl(p, (p + q) / 2) + _kl(q, (p + q) / 2)) / 2


def _pieces(p: Tensor, q: Tensor) -> tuple[Tensor, Tensor]:
    """What the two integrals add up, place by place; both densities above 0."""
    m = (p + q) / 2
    return p * (p / m).log(), q * (q / m).log()


_OTHER_DIVERGENCES = {  # of densities above 0; d is the width of a step
    "That is twice the divergence: take the mean of the two integrals, not their sum.": lambda p, q, d: (
        2 * _js(p, q, d)
    ),
    "That is half the divergence. Is there a factor ½ too many?": lambda p, q, d: _js(p, q, d) / 2,
    "The ½ stands before one integral only. It is for both: put parentheses around their sum.": lambda p, q, d: (
        d * (_kl(p, (p + q) / 2) + _kl(q, (p + q) / 2) / 2)
    ),
    "That is in bits. Take the natural logarithm, so that it is in nats as D's loss is.": (
        lambda p, q, d: _js(p, q, d) / math.log(2)
    ),
    "That is the logarithm to base 10. Take the natural one, .log().": lambda p, q, d: _js(p, q, d) / math.log(10),
    "The integral lacks its dx: multiply the sum by the width of a step.": lambda p, q, d: _js(p, q, d) / d,
    "You divide by dx. An integral is the sum times dx.": lambda p, q, d: _js(p, q, d) / d / d,
    "You multiply by dx twice.": lambda p, q, d: _js(p, q, d) * d,
    "You divide by the number of places. An integral is the sum times dx.": lambda p, q, d: _js(p, q, d) / d / len(p),
    "You take a mean times dx, or kl_div divides by the batch. An integral is the sum times dx.": (
        lambda p, q, d: _js(p, q, d) / len(p)
    ),
    "dx is missing in the second integral. Multiply both by it.": lambda p, q, d: (
        (d * _kl(p, (p + q) / 2) + _kl(q, (p + q) / 2)) / 2
    ),
    "That is KL(p, q), towards q itself. Compare p and q with their mixture m = (p + q) / 2.": (
        lambda p, q, d: d * _kl(p, q)
    ),
    "That is KL(q, p). Compare p and q with their mixture m = (p + q) / 2.": lambda p, q, d: d * _kl(q, p),
    "That is KL(p, q) + KL(q, p). Compare each with the mixture m = (p + q) / 2 instead.": (
        lambda p, q, d: d * (_kl(p, q) + _kl(q, p))
    ),
    "That is the mean of KL(p, q) and KL(q, p). Compare each with the mixture m = (p + q) / 2 instead.": (
        lambda p, q, d: d * (_kl(p, q) + _kl(q, p)) / 2
    ),
    "Only p is compared with the mixture. Do the same for q, and take the mean.": (
        lambda p, q, d: d * _kl(p, (p + q) / 2)
    ),
    "Only q is compared with the mixture. Do the same for p, and take the mean.": (
        lambda p, q, d: d * _kl(q, (p + q) / 2)
    ),
    "Half of one integral is there. Do the same for q, and add.": lambda p, q, d: d * _kl(p, (p + q) / 2) / 2,
    "Half of one integral is there. Do the same for p, and add.": lambda p, q, d: d * _kl(q, (p + q) / 2) / 2,
    "You subtract the second integral. Add it: JS is the mean of both.": lambda p, q, d: (
        d * (_kl(p, (p + q) / 2) - _kl(q, (p + q) / 2)) / 2
    ),
    "Your mixture is p + q. It must be halved, so that it is a density: m = (p + q) / 2.": (
        lambda p, q, d: d * (_kl(p, p + q) + _kl(q, p + q)) / 2
    ),
    "That is 2 JS - log 4: the value of the game, or a mixture p + q without its half. Asked is JS, with "
    "m = (p + q) / 2 and the mean of the two integrals.": lambda p, q, d: 2 * _js(p, q, d) - math.log(4),
    "Your mixture is p + q / 2. Python divides first: m = (p + q) / 2.": lambda p, q, d: (
        d * (_kl(p, p + q / 2) + _kl(q, p + q / 2)) / 2
    ),
    "Your mixture is the geometric mean √(p q). It is the plain mean: m = (p + q) / 2.": lambda p, q, d: (
        d * (_kl(p, (p * q).sqrt()) + _kl(q, (p * q).sqrt())) / 2
    ),
    "The sign is turned: log(p / m), not log(m / p). A divergence is not negative.": lambda p, q, d: -_js(p, q, d),
    "The integrals go the wrong way: weigh log(p / m) with p, not with m. kl_div(a, b) is KL(b, exp a).": (
        lambda p, q, d: d * (_kl((p + q) / 2, p) + _kl((p + q) / 2, q)) / 2
    ),
    "kl_div wants a logarithm first: kl_div(m.log(), p).": lambda p, q, d: (
        d * (torch.xlogy(p, p) + torch.xlogy(q, q) - (p + q) * (p + q) / 2).sum() / 2
    ),
    "Both your integrals take log(p / m). The second is about q: q · log(q / m).": lambda p, q, d: (
        d * ((p + q) * (2 * p / (p + q)).log()).sum() / 2
    ),
    "The densities in front are missing: p · log(p / m), not log(p / m) alone.": lambda p, q, d: (
        d * sum((piece / density).sum() for piece, density in zip(_pieces(p, q), (p, q), strict=True)) / 2
    ),
    "The logarithms are missing: p · log(p / m), not p · p / m.": lambda p, q, d: d * ((p * p + q * q) / (p + q)).sum(),
    "Those are cross-entropies, -p · log m. The p under the log is missing: p · log(p / m).": lambda p, q, d: (
        -d * ((p + q) * ((p + q) / 2).log()).sum() / 2
    ),
    "You take absolute values place by place. Where p is below m, p · log(p / m) is negative, and must stay so.": (
        lambda p, q, d: d * sum(piece.abs().sum() for piece in _pieces(p, q)) / 2
    ),
    "You cut negative pieces off. Where p is below m, p · log(p / m) is negative, and must stay so.": lambda p, q, d: (
        d * sum(piece.relu().sum() for piece in _pieces(p, q)) / 2
    ),
    "That is the square root, the Jensen-Shannon distance. Asked is the divergence itself: square it.": (
        lambda p, q, d: _js(p, q, d).sqrt()
    ),
    "That is D's best loss, log 4 - 2 JS. Asked is JS.": lambda p, q, d: math.log(4) - 2 * _js(p, q, d),
    "That is log 2 - JS. Asked is JS.": lambda p, q, d: math.log(2) - _js(p, q, d),
    "That is the total variation, half the integral of |p - q|. Asked is JS.": lambda p, q, d: (
        d * (p - q).abs().sum() / 2
    ),
    "Your logarithms are log(p / q): compare with the mixture m, log(p / m) and log(q / m).": (
        lambda p, q, d: d * (_kl(p, q) - _kl(q, p)) / 2
    ),
}


def _bells(points: int, width: float, *bells: tuple[float, float]) -> tuple[Tensor, Tensor, float]:
    """Two bells of (mean, deviation) on a grid around 0 where neither gets so small that rounding makes it 0."""
    x = (torch.arange(points) - points // 2) * width
    p, q = (torch.exp(-(((x - m) / s) ** 2) / 2) / (s * math.sqrt(2 * math.pi)) for m, s in bells)
    return p, q, width


_BELLS = [_bells(1_401, 0.01, (0.0, 1.0), (1.0, 0.8)), _bells(521, 0.025, (-0.5, 0.8), (1.0, 1.1))]
_BOX = torch.full((50,), 2.0)
_FULL = torch.cat([_BOX, torch.zeros(50)]), torch.cat([torch.zeros(50), _BOX]), 0.01  # no place where both are 0
_APART = tuple(torch.cat([torch.zeros(30), *boxes, torch.zeros(30)]) for boxes in ((_BOX, 0 * _BOX), (0 * _BOX, _BOX)))


def _divergence(answer, p: Tensor, q: Tensor, dx: float) -> float:
    given = _ask(answer, p, q, dx)
    if len(p) in getattr(given, "shape", ()):
        raise Mistake("You give a value for each place. An integral is their sum times dx: one number.")
    return number(given)


def _zeros_are_treated_well(answer) -> None:
    """Raises, or not. The densities are boxes that do not touch."""
    for (p, q, dx), message in [
        (
            _FULL,
            "Right, as long as both densities are above 0. Where one is 0 you get 0 · log 0, which is not a number. "
            "Its limit is 0: write torch.where(p > 0, p * (p / m).log(), 0), or leave out the places where p is 0.",
        ),
        (
            (*_APART, 0.01),
            "Right, as long as one density is above 0. Where both are 0, so is m, and p / m is 0 / 0, not a number. "
            "Leave out the places where p is 0, or keep m above 0: m.clamp_min(1e-30).",
        ),
    ]:
        apart = _ask(answer, p, q, dx)
        apart = float(apart.item() if hasattr(apart, "item") else apart)
        if not math.isfinite(apart):
            raise Mistake(message)
    if abs(apart) < 1e-3:
        raise Mistake(
            "For clouds that do not touch it must be log 2 ≈ 0.693; yours is 0. You drop a place as soon as one of the "
            "densities is 0. Only that density's own term is 0 there; the other one's is not."
        )
    if not math.isclose(apart, math.log(2), rel_tol=1e-3):
        raise Mistake(
            f"For clouds that do not touch it must be log 2 ≈ 0.693; yours is {apart:.3g}. Where a density is 0, its "
            "term adds 0, and nothing else. If you add a small number to the densities, it is too large."
        )


def _judge_js(answer) -> str:
    given = [_divergence(answer, *pair) for pair in _BELLS]

    def same(other) -> bool:
        return all(
            math.isclose(mine, float(other(*pair)), rel_tol=2e-3, abs_tol=1e-6)
            for mine, pair in zip(given, _BELLS, strict=True)
        )

    if same(_js):
        _zeros_are_treated_well(answer)
        return "It lies between 0 and log 2. Twice this, taken from log 4, is what the best D has to pay."
    for message, other in _OTHER_DIVERGENCES.items():
        if same(other):
            raise Mistake(message)
    (p, q, dx), mine, right = _BELLS[0], given[0], float(_js(*_BELLS[0]))
    if abs(equal := _divergence(answer, p, p, dx)) > 1e-4:
        raise Mistake(
            f"For p equal to q it must be 0, and yours is {equal:.3g}. There m is p as well, and log(p / m) is 0. "
            "What is your m, and of what do you take the logarithm?"
        )
    if not math.isclose(turned := _divergence(answer, q, p, dx), mine, rel_tol=1e-2):
        raise Mistake(
            f"When p and q change places it must stay the same; yours goes from {mine:.3g} to {turned:.3g}. "
            "Treat both integrals alike: the same m, the same ½, the same dx."
        )
    if not math.isclose(wider := _divergence(answer, p, q, 2 * dx), 2 * mine, rel_tol=1e-2):
        raise Mistake(
            f"With dx twice as wide every integral doubles; yours goes from {mine:.3g} to {wider:.3g}. "
            "Multiply the sum by the dx that is given, once."
        )
    if abs(mine / right - 1) < 0.05:
        raise Mistake(
            f"Close: {mine:.6g} where it is {right:.6g}. Do you round, or add a number to the densities that is too "
            "large?"
        )
    raise Mistake(
        f"For two bells around 0 and 1 it must be ≈ {right:.3f}; yours is {mine:.3g}. Is it JS? "
        "Write m = (p + q) / 2 first, then the two integrals, then their mean."
    )


jensen_shannon = Exercise(
    judge=_judge_js,
    hints=(
        "Three lines: the mixture, two integrals, their mean. An integral is a sum times dx.",
        "The first integral is (p * (p / m).log()).sum() * dx. Where p is 0 this is not a number: what should it be?",
        "torch.where(p > 0, p * (p / m).log(), 0) is 0 where p is 0, and the rest elsewhere. The same for q.",
    ),
    answer="""def jensen_shannon(p, q, dx):
    m = (p + q) / 2
    # where p is 0 the product is not a number; its limit is 0
    to_p = torch.where(p > 0, p * (p / m).log(), 0).sum() * dx
    to_q = torch.where(q > 0, q * (q / m).log(), 0).sum() * dx
    return (to_p + to_q) / 2""",
)


# Exercise 3: two moves of D, one of G. The players sit at a table where every draw and every step is written down.
# Each step is then explained by itself: which loss, of which batches, gives the gradient that it used?

_BATCH = 64


class _Draws:
    """Hands out batches, always the same in the same order, and keeps those of this round."""

    def __init__(self, name: str, mean: float, seed: int):
        self.name, self.mean, self.batches = name, mean, []
        self.generator = torch.Generator().manual_seed(seed)

    def __call__(self, *arguments) -> Tensor:
        if arguments:
            raise Mistake(f"{self.name}() takes no arguments: it knows how many points a batch has.")
        if len(self.batches) == 20:
            raise Mistake(f"You call {self.name}() more than 20 times in a round. Is there a loop too many?")
        self.batches.append(self.mean + torch.randn(_BATCH, 2, generator=self.generator))
        return self.batches[-1].clone()


def _flat(tensors) -> Tensor:
    return torch.cat([tensor.detach().flatten() for tensor in tensors])


def _gradient(player: nn.Module) -> Tensor:
    """What the player's step would use; 0 where there is nothing."""
    return _flat(torch.zeros_like(w) if w.grad is None else w.grad for w in player.parameters())


def _close(a: Tensor, b: Tensor) -> bool:
    return torch.allclose(a, b, rtol=1e-3, atol=1e-6)


@dataclass
class _Move:
    who: str  # whose optimiser stepped, "G" or "D"
    G: nn.Module  # as it was before the step
    D: nn.Module
    gradient: Tensor  # that the step used
    before: Tensor  # that lay there since the step before


class _Table:
    """Both players and all they get; `moves` are those of the last round."""

    def __init__(self):
        generator = torch.Generator().manual_seed(4)  # makes a D that is right about some points of either kind only
        self.G, self.D = nn.Linear(2, 2), nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1), nn.Flatten(0))
        for weight in (*self.G.parameters(), *self.D.parameters()):
            weight.data = torch.randn(weight.shape, generator=generator)
        self.optimisers = {}
        for who in "GD":
            self.optimisers[who] = torch.optim.SGD(getattr(self, who).parameters(), lr=0.3)
            self.optimisers[who].register_step_pre_hook(self._about_to_step)
            self.optimisers[who].register_step_post_hook(lambda *_, who=who: self._stepped(who))
        self.draws = _Draws("draw_real", mean=1.0, seed=1), _Draws("draw_noise", mean=0.0, seed=2)
        self.moves: list[_Move] = []
        self._look()

    def _look(self) -> None:
        self.weights = self._weights()
        self.lying = {"G": _gradient(self.G), "D": _gradient(self.D)}

    def _weights(self) -> Tensor:
        return _flat([*self.G.parameters(), *self.D.parameters()])

    def _about_to_step(self, *_) -> None:
        self._weights_are_left_alone()
        self.players = copy.deepcopy((self.G, self.D))

    def _weights_are_left_alone(self) -> None:
        if not torch.equal(self._weights(), self.weights):
            raise Mistake("Weights change outside opt_D.step() and opt_G.step(). Let only the given optimisers move.")

    def _stepped(self, who: str) -> None:
        self.moves.append(_Move(who, *self.players, _gradient(getattr(self, who)), self.lying[who]))
        self._look()

    def play(self, answer: Callable) -> None:
        """One round. What lies in the gradients afterwards lies there in the next."""
        self.moves = []
        for draws in self.draws:
            draws.batches = []
        try:
            answer(self.G, self.D, self.optimisers["G"], self.optimisers["D"], *self.draws)
        except Exception as error:
            raise advised(error, _SLIPS) from None
        self._weights_are_left_alone()
        for who in "GD":
            if not all(weight.requires_grad for weight in getattr(self, who).parameters()):
                raise Mistake(
                    f"{who} is frozen after your round, so the next one fails. requires_grad_(True) thaws it."
                )
        self._look()


_ORDERS = {
    "": "No optimiser steps: neither opt_D.step() nor opt_G.step() is called.",
    "DD": "G never steps. After D's two moves comes G's: its loss, zero_grad, backward, opt_G.step().",
    "G": "D never steps. Each of its two moves ends with opt_D.step().",
    "DG": "D moves once. It should move twice, each time with draws, a zero_grad, a backward and a step of its own.",
    "DDGG": "G moves twice. It should move once, after D.",
    "GDD": "G moves before D. D moves first, twice.",
    "DGDG": "G moves after each move of D, so twice. It should move once, at the end, outside the loop.",
    "DGDGG": "opt_G steps in D's moves as well, down D's loss. Only opt_D.step() there.",
    "DDGD": "opt_D steps in G's move as well, down G's loss, which is against its own. Only opt_G.step() there.",
    "DDDG": "D moves three times. Two were asked for.",
    "GGD": "The optimisers have changed places: opt_D belongs to D's moves and opt_G to G's.",
}
_ZERO = {
    "D": "D's step has no gradient to use. First zero_grad(), then backward(), then step().",
    "G": "G's step has no gradient to use. Are its fakes detached, or made for D? G's move needs new ones, not "
    "detached: D(G(draw_noise())). Then zero_grad(), backward(), step(), in this order.",
}
_DIFFERENT = {
    "D": "D's two moves: draw_real(), draw_noise(), detach the fakes, "
    "softplus(-D(real)).mean() + softplus(D(fake)).mean(), zero_grad, backward, step.",
    "G": "D's two moves are right. G's is not: fresh noise, softplus(-D(G(z))).mean(), zero_grad, backward, step.",
}
_OTHER_LOSSES = {
    "D": {  # of the scores of reals and fakes
        "D's labels are swapped: it learns to give reals a low score. softplus(-D(real)) and softplus(D(fake)).": (
            lambda real, fake: softplus(real).mean() + softplus(-fake).mean()
        ),
        "D's loss lacks the reals: add softplus(-D(real)).": lambda real, fake: softplus(fake).mean() + 0 * real.sum(),
        "D's loss lacks the fakes: add softplus(D(fake)).": lambda real, fake: softplus(-real).mean() + 0 * fake.sum(),
        "D's loss raises the scores of fakes as well as of reals. The fakes' term is softplus(D(fake)), no minus.": (
            lambda real, fake: softplus(-real).mean() + softplus(-fake).mean()
        ),
        "D's loss lowers the scores of reals as well as of fakes. The reals' term is softplus(-D(real)).": (
            lambda real, fake: softplus(real).mean() + softplus(fake).mean()
        ),
        "You subtract the fakes' term in D's loss. Add it.": (
            lambda real, fake: softplus(-real).mean() - softplus(fake).mean()
        ),
        "You subtract the reals' term in D's loss. Add it.": (
            lambda real, fake: softplus(fake).mean() - softplus(-real).mean()
        ),
        "You apply a sigmoid before the softplus in D's loss. D gives raw scores, and softplus takes raw scores.": (
            lambda real, fake: losses.cross_entropy(real.sigmoid(), fake.sigmoid())
        ),
        "D's real labels are smoothed, 0.9 for 1. That is not the loss of this page.": lambda real, fake: (
            0.9 * softplus(-real).mean() + 0.1 * softplus(real).mean() + softplus(fake).mean()
        ),
        "D's loss has exp where softplus should be.": lambda real, fake: (-real).exp().mean() + fake.exp().mean(),
        "D's loss is that of least squares. Asked is the one of this page, with softplus.": (
            losses.least_squares.discriminator
        ),
        # Where every point is on its side, and none by more than one, the last three are the same.
        "D's loss lacks its softplus. The score itself makes the Wasserstein loss.": losses.wasserstein.discriminator,
        "D's loss is the hinge loss. Asked is the one of this page, with softplus.": losses.hinge.discriminator,
        "D's loss has relu where softplus should be.": lambda real, fake: (-real).relu().mean() + fake.relu().mean(),
    },
    "G": {  # of the scores of fakes
        "That is the minimax loss for G, log(1 - σ(D)). Asked is the non-saturating one, softplus(-D(fake)).": (
            lambda fake: -softplus(fake).mean()
        ),
        "G goes the wrong way: it lowers the score of its samples. Its loss is softplus(-D(fake)).": (
            lambda fake: softplus(fake).mean()
        ),
        "G's loss is the score itself, not its softplus: softplus(-D(fake)).": lambda fake: -fake.mean(),
        "You apply a sigmoid before the softplus in G's loss. D gives raw scores, and softplus takes raw scores.": (
            lambda fake: softplus(-fake.sigmoid()).mean()
        ),
        "G's loss is that of least squares. Asked is the one of this page, with softplus.": (
            lambda fake: (fake - 1).square().mean()
        ),
    },
}


def _loss_G(fake: Tensor) -> Tensor:
    return losses.non_saturating.generator(None, fake)


def _by(player: nn.Module, loss: Tensor) -> Tensor:
    return _flat(torch.autograd.grad(loss, list(player.parameters())))


def _multiple(a: Tensor, b: Tensor) -> float | None:
    """c where a = c · b, None where there is none."""
    c = (a @ b / (b @ b)).item()
    return c if (a - c * b).norm() < 1e-3 * a.norm() else None


def _factor(who: str, c: float | None) -> None:
    """Raises if a player's gradient is c times the right one."""
    if c is None:
        return
    if math.isclose(c, _BATCH, rel_tol=1e-2):
        raise Mistake(f"{who}'s loss is a sum over the batch. Take means, so that the step does not grow with it.")
    if who == "D" and math.isclose(c, 0.5, rel_tol=1e-2):
        raise Mistake("You halve D's loss, or take one mean over reals and fakes. Add the two means.")
    if c < 0:
        raise Mistake(f"{who}'s loss has its sign turned: the step goes up. Is there a minus sign too many?")
    raise Mistake(f"{who}'s loss is {c:.3g} times the one of this page. Leave the factor out.")


def _explain_D(move: _Move, reals: list[Tensor], noises: list[Tensor]) -> tuple[int, int] | None:
    """The numbers of the batches of which D's gradient comes, if it is right; raises what is wrong, if that is seen."""
    pairs = list(itertools.product(range(len(reals)), range(len(noises))))

    def gradient(loss, real: Tensor, fake: Tensor) -> Tensor:
        return _by(move.D, loss(move.D(real), move.D(fake.detach())))

    rights = {pair: gradient(losses.cross_entropy, reals[pair[0]], move.G(noises[pair[1]])) for pair in pairs}
    for pair, right in rights.items():
        if _close(move.gradient, right):
            return pair
    for right in rights.values():
        if _close(move.gradient, right + move.before):
            raise Mistake(
                "Old gradients are added to D's new ones: those of its last move, or what G's backward() left in D. "
                "Call opt_D.zero_grad() before each of D's backward()."
            )
        _factor("D", _multiple(move.gradient, right))
        for z in noises:
            if _close(move.gradient, right + _by(move.D, _loss_G(move.D(move.G(z))))):
                raise Mistake("G's loss is part of D's gradient. Each player goes backward from its own loss only.")
    for r, z in pairs:
        for message, loss in _OTHER_LOSSES["D"].items():
            if _multiple(move.gradient, gradient(loss, reals[r], move.G(noises[z]))):
                raise Mistake(message)
        if _close(move.gradient, gradient(losses.cross_entropy, reals[r], noises[z])):
            raise Mistake("You show D the noise itself. Its fakes are G(draw_noise()).")
    for r, s in itertools.product(reals, repeat=2):
        if _close(move.gradient, gradient(losses.cross_entropy, r, move.G(s))):
            raise Mistake("You give G real points. G makes its fakes from noise: G(draw_noise()).")
    return None


def _explain_G(move: _Move, earlier: list[_Move], noises: list[Tensor]) -> int | None:
    """The number of the batch of which G's gradient comes, if it is right; raises what is wrong, if that is seen."""

    def gradient(loss, z: Tensor, D: nn.Module = move.D) -> Tensor:
        return _by(move.G, loss(D(move.G(z))))

    for k, z in enumerate(noises):
        if _close(move.gradient, gradient(_loss_G, z)):
            return k
    for z in noises:
        right = gradient(_loss_G, z)
        if _close(move.gradient, right + move.before):
            raise Mistake(
                "Old gradients are added to G's new ones: those of the last round, or what D's losses sent through "
                "fakes that were not detached. Call opt_G.zero_grad() before G's backward()."
            )
        _factor("G", _multiple(move.gradient, right))
        if any(_close(move.gradient, gradient(_loss_G, z, old.D)) for old in earlier):
            raise Mistake("G's gradient comes through D as it was before its moves. Compute G's loss after them.")
        for message, loss in _OTHER_LOSSES["G"].items():
            if _multiple(move.gradient, gradient(loss, z)):
                raise Mistake(message)
    return None


def _judge_moves(table: _Table) -> None:
    """Raises what is wrong with the moves of one round."""
    order = "".join(move.who for move in table.moves)
    if order != "DDG":
        said = f"The steps come in the order {', '.join(order)}." if order else "There are none."
        raise Mistake(_ORDERS.get(order, f"{said} D should move twice, and then G once: D, D, G."))
    draw_real, draw_noise = table.draws
    reals, noises, used = draw_real.batches, draw_noise.batches, []
    for number_, move in enumerate(table.moves):
        if not move.gradient.any():
            raise Mistake(_ZERO[move.who])
        if move.who == "D":
            source = _explain_D(move, reals, noises)
        else:
            z = _explain_G(move, table.moves[:number_], noises)
            source = None if z is None else (None, z)
        if source is None:
            for draws, needed in ((draw_real, 2), (draw_noise, 3)):
                if (count := len(draws.batches)) < needed:
                    raise Mistake(
                        f"Your round calls {draws.name}() {count} times. Each move needs a fresh batch: "
                        f"that makes {needed}. Draw with it and with nothing else."
                    )
            raise Mistake(_DIFFERENT[move.who])
        used.append(source)
    (real_1, noise_1), (real_2, noise_2), (_, noise_G) = used
    if (real_1, noise_1) == (real_2, noise_2):
        raise Mistake("D's two moves use the same samples, real and generated. Draw both afresh for each move.")
    if real_1 == real_2:
        raise Mistake("D's two moves use the same real samples. Call draw_real() for each move.")
    if noise_1 == noise_2:
        raise Mistake("D's two moves use the same noise. Call draw_noise() for each move.")
    if noise_G in (noise_1, noise_2):
        raise Mistake("G moves on noise that D's moves have used. Draw fresh noise for G.")


def _judge_round(answer) -> str:
    if not callable(answer):
        raise Mistake(f"Give the function itself, without calling it. This is of type {type(answer).__name__}.")
    table = _Table()
    for _ in range(2):  # in the second round lies about what the first has left
        table.play(answer)
        if not table.moves and not any(draws.batches for draws in table.draws):
            raise NotAttempted("Neither player has moved yet. Write the round in the cell above, and run it.")
        _judge_moves(table)
    return "Two moves of D on fresh samples, then one of G. In a recipe you write this as d_steps=2."


two_to_one = Exercise(
    judge=_judge_round,
    hints=(
        "It is the round of this page, with a loop around four of its six steps.",
        "for _ in range(2): the first four steps. Then the last two, once, with fresh noise.",
    ),
    answer="""def two_to_one(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        fake = G(draw_noise()).detach()  # G has no part in D's move
        loss_D = softplus(-D(draw_real())).mean() + softplus(D(fake)).mean()
        opt_D.zero_grad()
        loss_D.backward()
        opt_D.step()
    loss_G = softplus(-D(G(draw_noise()))).mean()
    opt_G.zero_grad()
    loss_G.backward()
    opt_G.step()""",
)


quiz = Quiz(
    (
        Question(
            "b",
            {
                "a": "A density needs no rival. D's score changes when the fakes change and the data does not.",
                "b": "Yes: log p - log q, for a D at its best.",
                "c": "A distance would be 0 or more. The score is negative wherever there are more fakes.",
            },
        ),
        Question(
            "c",
            {
                "a": "That is one way to get there. A D that cannot learn, or cannot see, gets there too.",
                "b": "A blind D says ½ as well, but so does the best D in front of a perfect G.",
                "c": "Yes. Look at the samples, or ask a D that is stronger.",
            },
        ),
        Question(
            "a",
            {
                "a": "Yes: JS is near log 2, so the clouds hardly touch.",
                "b": "Then D's loss would be log 4: nothing left to tell apart.",
                "c": "D works very well: it tells all of them apart.",
            },
        ),
        Question(
            "b",
            {
                "a": "Turning all of it round changes nothing. Turning D's loss alone does.",
                "b": "Yes: a high score now means fake, and G still climbs towards high scores.",
                "c": "D learns as well as before. Its scores mean the opposite.",
            },
        ),
    )
)
