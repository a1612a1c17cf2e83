"""Exercises of lesson 04."""

import cmath
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from torch import Tensor

from gan_lessons.exercises.engine import Exercise, Mistake, NotAttempted, Question, Quiz, call, number

_ROOT = "A real square root has no answer below 0. cmath.sqrt has a complex one; torch.linalg.eigvals needs no root."
_SLIPS = {  # words in an error that Python or torch raises, and what helps
    "does not require grad": (
        "There is nothing to differentiate. Make the weight with torch.tensor(psi, requires_grad=True), and use that "
        "very tensor in the loss."
    ),
    "not have been used in the graph": (
        "The loss does not hold the tensor that you differentiate by. Is it another one of the same name, made later?"
    ),
    "second time": "You go backward twice through one loss. Compute G's loss after D's step, from D's new weight.",
    "leaf variable": "A weight that requires grad is changed in place. Put the step under torch.no_grad().",
    "modified by an inplace operation": "G's loss is older than D's step. Compute it after the step.",
    "'nonetype'": (
        "Something is None. If it is a .grad: backward() has not reached that tensor. After psi = psi - … the name "
        "psi means another one."
    ),
    "'float' object has no attribute": "This is a plain number, no tensor: torch.tensor(…) makes one, or use math.",
    "must be tensor, not": "torch's functions want tensors. torch.tensor(…) makes one; plain numbers have math.",
    "math domain error": _ROOT,
    "nonnegative input": _ROOT,
    "invalid value encountered in sqrt": _ROOT,
    "instances of 'complex'": "Complex numbers have no order: neither < nor sorted(). Compare their abs().",
    "not 'complex'": "Here a real number is wanted. A complex z has three of them: abs(z), z.real and z.imag.",
    "number, not complex": "math takes real numbers. cmath takes complex ones too, and abs(z) is the modulus.",
    "math range error": "exp overflows: the weights run away. Stop as soon as they are large. h is too large there.",
    "is an empty sequence": "No h passes your test. Is it |1 + hλ| < 1, with the λ that belongs to gamma?",
    "argument is empty": "No h passes your test. Is it |1 + hλ| < 1, with the λ that belongs to gamma?",
    "for long": "These are integers to torch. Write 0.0 and 1.0.",
    "division by zero": "There is a division by 0. gamma multiplies, and may be 0: do you divide by it?",
}


def _ask(answer: Callable, names: str, places: Sequence[tuple[float, ...]]) -> list[Any]:
    """The learner's results at places, each a value for every one of the names."""
    results: list[Any] = []
    for place in places:
        try:
            results.append(call(answer, *place, slips=_SLIPS))
        except NotAttempted:
            if not results:
                raise
            where = ", ".join(f"{name} = {value:g}" for name, value in zip(names.split(), place, strict=True))
            raise Mistake(f"For {where} nothing comes back. Does one branch lack its return?") from None
    return results


def _two(given: Any, what: str) -> list[Any]:
    """The two things that were given."""
    if isinstance(given, str | bytes | dict | set | frozenset):
        raise Mistake(f"Give {what}, as a tuple or a list. This is of type {type(given).__name__}.")
    if isinstance(given, Tensor | np.ndarray) and math.prod(given.shape) == 2:
        given = given.reshape(2)
    try:
        things = list(given)
    except TypeError:
        raise Mistake(f"Two numbers are asked for, {what}. You give one {type(given).__name__}.") from None
    if len(things) != 2:
        raise Mistake(f"Two numbers are asked for, {what}. This {type(given).__name__} has length {len(things)}.")
    return things


def _close(a: Any, b: Any, rel: float = 1e-3, absolute: float = 1e-3) -> bool:
    """Whether numbers, or tuples of numbers, agree one by one."""
    pairs = zip(np.ravel(a).tolist(), np.ravel(b).tolist(), strict=True)
    return all(cmath.isclose(x, y, rel_tol=rel, abs_tol=absolute) for x, y in pairs)


def _name(values: list, tables: list[dict[str, Any]], rel: float = 1e-3, absolute: float = 1e-3) -> None:
    """Raises the message under which the tables, one for each place, hold these values, if there is one."""
    for message in tables[0]:
        if _close(values, [table[message] for table in tables], rel, absolute):
            raise Mistake(message)


# Exercise 1: one round with R1. What the learner does is taken apart: what D's loss adds to D's gradient (seen with
# gamma = 0), what the penalty adds to it (the difference), and G's step.

_STARTS = [  # theta, psi, h, gamma; unlike enough that no two formulas below agree on all of them
    (0.9, 0.7, 0.3, 0.8),
    (-1.1, 0.5, 0.2, 1.6),
    (0.6, -1.3, 0.45, 0.35),
    (-0.8, -0.4, 0.15, 2.2),
]


def _s(x: float) -> float:
    return 1 / (1 + math.exp(-x))


# Below, t and p are the old theta and psi, and g is gamma.


def _round(t: float, p: float, h: float, g: float) -> tuple[float, float]:
    p = p - h * (t * _s(p * t) + g * p)
    return t + h * p * _s(-p * t), p


def _other_slopes(t: float, p: float, h: float, u: float) -> dict[str, float]:
    """In place of t · s, what D's loss adds to D's gradient; u is the learner's new theta."""
    s, z = _s(p * t), _s(-p * t)
    return {
        "D looks at G's new weight. D moves first, so its gradient takes the theta that was given.": u * _s(p * u),
        "D goes up its loss. Subtract the gradient: psi - h * (theta σ(psi theta) + …).": -t * s,
        "There is a minus too many inside D's σ. Its loss, softplus(psi theta), has the slope σ(psi theta).": t * z,
        "D raises the score of G's sample, as G would. D's loss is softplus(psi theta), with no minus.": -t * z,
        "theta and psi have changed roles. theta is G's weight, psi is D's.": -u * _s(-u * p),
        "You differentiate D's loss by theta. D moves psi: by psi it is theta σ(psi theta).": p * s,
        "D follows G's gradient. Its own is theta σ(psi theta), plus the penalty's.": -p * z,
        "σ is missing in D's step. The slope of softplus(psi theta) by psi is theta σ(psi theta).": t,
        "You take ½ for D's σ. That is so at (0, 0) only; here it is σ(psi theta).": t / 2,
        "The inner derivative is missing in D's step: theta stands before σ(psi theta).": s,
        "You differentiate D's loss twice. σ is the slope of softplus already.": t * s * z,
        "D's step down its loss is half as long as it should be. The two terms are added, not averaged.": t * s / 2,
        "D's loss pulls twice as hard as it should. The real point is 0, so its term pulls at nothing.": 2 * t * s,
        "The real point pulls at your D. It lies at 0, where D's score is 0 whatever psi is.": t * s - 0.5,
        "The real point pulls at your D. It lies at 0, where the score is 0 whatever psi is.": t * s + 0.5,
        "D steps twice. One step each makes a round.": t * s + t * _s((p - h * t * s) * t),
        "D's step is h long whatever its gradient, as with sign() or Adam. A plain step is asked.": math.copysign(1, t),
        "D's step holds the score where σ should be: theta σ(psi theta).": t * p * t,
        "D's σ takes theta alone. It takes the score of G's sample, psi theta.": t * _s(t),
        "D's σ takes psi alone. It takes the score of G's sample, psi theta.": t * _s(p),
        "D's step has tanh where σ should be: 1 / (1 + exp(-psi theta)).": t * math.tanh(p * t),
        "D's step has softplus where σ should be. σ is its slope: theta σ(psi theta).": -t * math.log(z),
        "D's step holds its loss, not the loss's slope by psi, theta σ(psi theta).": -math.log(z),
        "D's step holds its loss, log 2 and all, not the loss's slope, theta σ(psi theta).": math.log(2) - math.log(z),
        "D's step lacks h: psi - h * gradient.": t * s / h,
        "D's gradient is multiplied by h twice.": h * t * s,
        "In place of psi you give D's gradient. Its new weight is psi - h * gradient.": (p - t * s) / h,
        "In place of psi you give D's step. Its new weight is psi plus that step.": p / h + t * s,
        "With gamma = 0 your D stands still. Its loss has a slope without R1 too, theta σ(psi theta).": 0,
    }


def _other_pulls(t: float, p: float, h: float, g: float) -> dict[str, float]:
    """In place of r, what R1 adds to D's gradient."""
    r, s, one = g * p, _s(p * t), math.copysign(1, p)
    return {
        "The penalty is missing: gamma changes nothing in D's step. It adds gamma psi to D's gradient.": 0,
        "Your penalty has half its strength. The slope of (gamma / 2) psi² is gamma psi, with no half.": r / 2,
        "Your penalty is twice as strong as R1, (gamma / 2) psi² with the half. Its slope is gamma psi.": 2 * r,
        "D's step holds the penalty itself, not its slope. That of (gamma / 2) psi² is gamma psi.": r * p / 2,
        "Your penalty holds psi². The slope of (gamma / 2) psi² by psi is gamma psi.": r * p,
        "Your penalty drives psi away from 0. Add its slope to D's gradient; the step subtracts both.": -r,
        "Your penalty has half its strength, and drives psi away from 0. Add gamma psi to D's gradient.": -r / 2,
        "Your penalty acts on theta. R1 is about D's slope, psi: it adds gamma psi.": g * t,
        "You add gamma alone. The slope of (gamma / 2) psi² is gamma times psi.": g,
        "You add gamma / 2 alone. The slope of (gamma / 2) psi² is gamma psi.": g / 2,
        "Your penalty takes |psi| and loses the sign. gamma psi pulls to 0 from both sides.": g * abs(p),
        "Your penalty takes the sign of psi only. The slope of (gamma / 2) psi² is gamma psi.": g * one,
        "gamma is squared in your penalty. Its slope is gamma psi.": g * r,
        "Your penalty is multiplied by σ. It is a term of its own: theta σ(psi theta) + gamma psi.": r * s,
        "gamma multiplies D's own gradient. It multiplies psi: theta σ(psi theta) + gamma psi.": g * t * s,
        "Your penalty lacks h: psi - h * (theta σ(psi theta) + gamma psi). Are parentheses missing?": r / h,
        "Your penalty is multiplied by h twice. Write h * (theta σ(psi theta) + gamma psi).": r * h,
        "Your penalty pulls D's slope to 1, as WGAN-GP's does. R1 pulls it to 0: gamma psi.": r - g * one,
        "Your penalty is WGAN-GP's, which pulls D's slope to 1. R1 pulls it to 0: gamma psi.": 2 * (r - g * one),
        "D makes two steps, the penalty after the loss. Add both gradients at the old psi.": r - g * h * t * s,
        "You penalise the slope of a loss or a softplus. R1 takes that of D's raw score, psi.": r / 4,
        "You penalise |psi|, without its square. The slope of (gamma / 2) psi² is gamma psi.": g * one / 2,
        "You penalise the slope of σ(D). R1 takes that of the raw score D(x) = psi x, which is psi.": r / 16,
        "Your penalty holds theta. D's slope is psi everywhere: add gamma psi, wherever the sample lies.": r * t,
        "You penalise D's score, (psi theta)². R1 takes D's slope: (gamma / 2) psi².": r * t * t,
    }


def _other_moves(t: float, p: float, h: float, g: float) -> dict[str, float]:
    """In place of q · s, how G moves; q is D's new psi, and r would be, without R1."""
    q, r = _round(t, p, h, g)[1], _round(t, p, h, 0)[1]
    s, z, old, dq = _s(-q * t), _s(q * t), _s(-p * t), -h * _s(p * t) * (1 + p * t * _s(-p * t))
    return {
        "G answers D's old weight: both moved at the same time. After D's move take the new psi for G.": p * old,
        "That is the minimax loss for G. The non-saturating one, softplus(-psi theta), has σ(-psi theta).": q * z,
        "That is the minimax loss for G, and D's old psi. Take σ(-psi theta), and the new psi.": p * (1 - old),
        "G's sign is turned: it goes up its loss. theta + h psi σ(-psi theta) goes down.": -q * s,
        "G's sign is turned, and its psi is old: theta + h psi σ(-psi theta), with the new psi.": -p * old,
        "G lowers the score of its sample, as D does. Its loss is softplus(-psi theta), with the minus.": -q * z,
        "Only one of G's two psi is new: inside σ it is still the old one.": q * old,
        "Only one of G's two psi is new: before σ it is still the old one.": p * s,
        "G takes a psi that the penalty has not moved. G comes after the whole of D's step.": r * _s(-r * t),
        "You take ½ for G's σ. That is so at (0, 0) only; here it is σ(-psi theta).": q / 2,
        "You take ½ for G's σ, and D's old psi. It is psi σ(-psi theta), with the new psi.": p / 2,
        "σ is missing in G's step. The slope of its loss is -psi σ(-psi theta).": q,
        "σ is missing in G's step, and psi is old. It is psi σ(-psi theta), with the new psi.": p,
        "The inner derivative is missing in G's step: psi stands before σ(-psi theta).": s,
        "You differentiate G's loss by psi. G moves theta: psi stands before σ(-psi theta).": t * s,
        "You differentiate G's loss twice. σ is the slope of softplus already.": q * s * z,
        "G's step is half as long as it should be: h psi σ(-psi theta), with no ½.": q * s / 2,
        "G's step is twice as long as it should be: h psi σ(-psi theta), with no 2.": 2 * q * s,
        "G's σ takes psi alone. It takes the score turned round, -psi theta.": q * _s(-q),
        "G's σ takes theta alone. It takes the score turned round, -psi theta.": q * _s(-t),
        "G's step has softplus where σ should be. σ is its slope: psi σ(-psi theta).": -q * math.log(z),
        "G's step holds its loss, not the loss's slope by theta, -psi σ(-psi theta).": math.log(z),
        "Your penalty acts on theta as well. R1 is part of D's loss only.": q * s - g * t,
        "gamma psi is in G's step as well. R1 is part of D's loss only.": q * s - g * q,
        "gamma psi, with the old psi, is in G's step as well. R1 is part of D's loss only.": q * s - g * p,
        "An old gradient is added to G's, left in theta by D's backward(). Zero it before G's.": q * s - p * (1 - old),
        "G's gradient runs back through D's step too. Detach D's new psi: for G it is fixed.": s * (q + t * dq),
        "G's step lacks h: theta + h psi σ(-psi theta).": q * s / h,
        "G's gradient is multiplied by h twice.": q * s * h,
        "In place of theta you give G's gradient. Its new weight is theta - h * gradient.": (-q * s - t) / h,
        "In place of theta you give G's step. Its new weight is theta plus that step.": q * s - t / h,
        "G stands still. After D's move comes G's: theta + h psi σ(-psi theta), with the new psi.": 0,
    }


def _other_rounds(t: float, p: float, h: float, g: float) -> dict[str, tuple[float, float]]:
    """In place of the new theta and psi, what a round of other arguments, or of another game, gives."""
    u, q = _round(t, p, h, g)
    r = p - h * (t + g * p)
    return {
        "σ is missing in both steps: those are the arrows of the Wasserstein game.": (t + h * r, r),
        "You play two rounds. One is asked: one step of D, and one of G.": _round(u, q, h, g),
        "Your steps are twice as long as h, D's and G's. Take h itself.": _round(t, p, 2 * h, g),
        "Your steps are half as long as h, D's and G's. Take h itself.": _round(t, p, h / 2, g),
        "h is squared in both steps. Take h itself.": _round(t, p, h * h, g),
        "h is missing in both steps: psi - h * gradient, and the same for theta.": _round(t, p, 1, g),
    }


def _weights(result: Any) -> tuple[float, float]:
    theta, psi = _two(result, "theta and psi")
    return number(theta), number(psi)


def _judge_round(answer) -> str:
    bare = [(t, p, h, 0.0) for t, p, h, _ in _STARTS]
    weights = [_weights(result) for result in _ask(answer, "theta psi h gamma", [*_STARTS, *bare, *_STARTS])]
    given, plain, again = weights[:4], weights[4:8], weights[8:]
    right, right_plain = [_round(*start) for start in _STARTS], [_round(*start) for start in bare]
    mine, wanted = sum(given + plain, ()), sum(right + right_plain, ())
    if not _close(given, again):
        raise Mistake("The same arguments give another result the second time. Start from those given, each time.")
    if _close(mine, wanted, 2e-4, 2e-4):
        return "The penalty draws ψ to 0 as a brake would, and the circle becomes a spiral inwards."
    if max(abs(x - y) for x, y in zip(mine, wanted, strict=True)) < 5.1e-3:
        raise Mistake(f"Close: theta becomes {mine[0]:.6g} where it should become {wanted[0]:.6g}. Do you round?")
    if any(_close([u for u, _ in a], [q for _, q in b]) for a, b in ((given, right), (plain, right_plain))):
        raise Mistake("What you give first is D's new weight. Give theta first, then psi.")
    if _close([q for _, q in given + plain], [p for _, p, _, _ in _STARTS + bare]):
        raise Mistake("D stands still: psi comes back as it was. D moves first, psi - h * gradient.")

    t, p, h, g = _STARTS[0]
    rounds = [_other_rounds(*start) for start in _STARTS + bare]
    _name([w for pair in given + plain for w in pair], rounds)
    slopes = [(p - q) / h for (_, p, h, _), (_, q) in zip(_STARTS, plain, strict=True)]
    if not _close(slopes, [t * _s(p * t) for t, p, _, _ in _STARTS]):
        _name(slopes, [_other_slopes(t, p, h, u) for (t, p, h, _), (u, _) in zip(_STARTS, plain, strict=True)])
        raise Mistake(
            f"Look at D's step without R1. For theta = {t}, psi = {p}, h = {h}, gamma = 0 psi should become "
            f"{right_plain[0][1]:.4g}; yours becomes {plain[0][1]:.4g}. D's gradient is theta σ(psi theta)."
        )
    pulls = [(q - r) / h for (_, _, h, _), (_, q), (_, r) in zip(_STARTS, plain, given, strict=True)]
    if not _close(pulls, [g * p for _, p, _, g in _STARTS]):
        _name(pulls, [_other_pulls(*start) for start in _STARTS])
        raise Mistake(
            f"With gamma = 0 D's step is right. For theta = {t}, psi = {p}, h = {h}, gamma = {g} R1 should add "
            f"gamma psi = {g * p:.3g} to D's gradient; yours adds {pulls[0]:.3g}."
        )
    moves = [(u - t) / h for (t, _, h, _), (u, _) in zip(_STARTS, given, strict=True)]
    _name(moves, [_other_moves(*start) for start in _STARTS])
    raise Mistake(
        f"D's step is right, G's is not. For theta = {t}, h = {h} and D's new psi = {wanted[1]:.4g} theta should "
        f"become {wanted[0]:.4g}; yours becomes {mine[0]:.4g}. G's gradient is -psi σ(-psi theta), with the new psi."
    )


r1_round = Exercise(
    judge=_judge_round,
    hints=(
        "It is the alternating step of this page. R1 changes one thing: D's gradient.",
        "R1 is (gamma / 2) psi². Its slope by psi comes on top of theta σ(psi theta). G takes D's new psi.",
        "psi = psi - h * (theta * σ(psi * theta) + gamma * psi). Then theta + h * psi * σ(-psi * theta).",
    ),
    answer="""\
def r1_round(theta, psi, h, gamma):
    def sigmoid(s):
        return torch.tensor(s).sigmoid().item()

    psi = psi - h * (theta * sigmoid(psi * theta) + gamma * psi)  # the slope of (gamma / 2) psi² is gamma psi
    theta = theta + h * psi * sigmoid(-psi * theta)  # alternating: this psi is the new one
    return theta, psi""",
)


# Exercise 2: the eigenvalues. Two numbers are known by their sum, the trace, and their product, the determinant.

_GAMMAS = [0.2, 0.8, 1.6, 2.0, 2.6, 3.4]


def _roots(trace: complex, determinant: complex) -> tuple[complex, complex]:
    root = cmath.sqrt(trace * trace / 4 - determinant)
    return trace / 2 + root, trace / 2 - root


def _sum_product(a: complex, b: complex) -> tuple[complex, complex]:
    return a + b, a * b


def _other_pairs(g: float) -> dict[str, tuple[complex, complex]]:
    """Sum and product of what other answers give. The right ones are m ± √u."""
    m, u, (a, b) = -g / 2, g * g / 4 - 1, _roots(-g, 1)
    return {
        "Those are minimax's: there σ at 0 brings a ½. In the Wasserstein game the arrows are (ψ, -θ).": (-g, 0.25),
        "Those are minimax's without R1. The Wasserstein arrows are (ψ, -θ), and R1 puts -γ into ψ's row.": (0, 0.25),
        "Those are half the eigenvalues, as with minimax's ½ in all of the Jacobian. It is [[0, 1], [-1, -γ]].": (
            -g / 2,
            0.25,
        ),
        "One arrow has minimax's ½. In the Wasserstein game both have 1: (ψ, -θ).": (-g, 0.5),
        "There stands ¼, σ's slope, in both rows. In the Wasserstein game there is no σ: (ψ, -θ).": (-g, 1 / 16),
        "R1 has half its weight in your Jacobian. The slope of (γ/2) ψ² is γψ, so the entry is -γ.": (-g / 2, 1),
        "R1 has twice its weight in your Jacobian. R1 is (γ/2) ψ², so the entry is -γ.": (-2 * g, 1),
        "A sign is turned. R1 holds ψ back, -γ, and a player moves against its gradient.": (g, 1),
        "A sign is turned, and the ½ is minimax's. The Jacobian is [[0, 1], [-1, -γ]].": (g, 0.25),
        "The two 1 have the same sign, or eigvalsh takes them so. One is 1, the other -1.": (-g, -1),
        "The two ½ have the same sign, or eigvalsh takes them so, and are minimax's. Here one is 1, the other -1.": (
            -g,
            -0.25,
        ),
        "γ is missing: that is the game without R1. R1 puts -γ into ψ's row.": (0, 1),
        "Those are the numbers in λ² + γλ + 1. Where is it 0?": (g + 1, g),
        "Those are trace and determinant. The eigenvalues have them as sum and product.": (-g + 1, -g),
        "Those are ±1. Do two rows stand in each other's place? θ's row is (0, 1), ψ's (-1, -γ).": (0, -1),
        "R1 stands in both rows of your Jacobian. It is in D's loss, so in ψ's row only.": (-2 * g, g * g + 1),
        "The imaginary parts are missing. While γ < 2 the two are complex: it turns.": _sum_product(a.real, b.real),
        "Those are the imaginary parts alone. Give the complex numbers.": _sum_product(a.imag, b.imag),
        "Those are the moduli, |λ|. Give the eigenvalues, complex ones while γ < 2.": _sum_product(abs(a), abs(b)),
        "The i is lost. While γ < 2, γ²/4 - 1 is negative and its root imaginary: cmath.sqrt.": (-g, m * m - abs(u)),
        "Right while γ < 2. Above, γ²/4 - 1 is positive and its root real: there is no i.": (-g, m * m + abs(u)),
        "Right while γ < 2. Above, the two are real and differ: -γ/2 ± √(γ²/4 - 1).": (-g, m * m - min(0, u)),
        "The sign under your root is turned. There stands γ²/4 - 1, negative while γ < 2.": (-g, m * m + u),
        "The half before the root is missing: -γ/2, not -γ.": (-2 * g, g * g - u),
        "The root of γ² - 4 is halved too: all is divided by 2.": (-g, m * m - 4 * u),
        "Under your root stands γ² - 1. It is γ²/4 - 1: the square takes γ/2 whole.": (-g, m * m - g * g + 1),
        "Under your root γ is not squared. There stands γ²/4 - 1.": (-g, m * m - g / 4 + 1),
        "Under your root γ² is only halved. There stands γ²/4 - 1.": (-g, m * m - g * g / 2 + 1),
        "You take no root. It is -γ/2 ± √(γ²/4 - 1).": (-g, m * m - u * u),
        "γ is missing under your root: √(γ²/4 - 1). R1 also slows the turning.": (-g, m * m + 1),
        "-γ/2 is missing before your root: -γ/2 ± √(γ²/4 - 1).": (0, -u),
        "Both are the same one. The second has a minus before the root.": _sum_product(a, a),
        "Both are the same one. The first has a plus before the root.": _sum_product(b, b),
        "One is the other with its sign turned. Only the root's sign differs: -γ/2 stands in both.": (0, -a * a),
        "One is the other with its sign turned. The root's sign alone differs: -γ/2 stands in both.": (0, -b * b),
        "γ stands off the diagonal of your Jacobian. R1 adds -γψ to ψ's row, where ψ's own entry is.": (0, 1 + g),
        "γ stands off the diagonal of your Jacobian. R1 adds -γψ to ψ's row: ψ's own entry.": (0, 1 - g),
        "Those are the Jacobian's singular values. Its eigenvalues are asked: torch.linalg.eigvals.": (
            math.sqrt(g * g + 4),
            1,
        ),
        "Those are two parts of one formula. Put them together: -γ/2 ± √(γ²/4 - 1).": (m + u, m * u),
        "You take no root, and multiply by i. The i comes out of the root: -γ/2 ± √(γ²/4 - 1).": (-g, m * m + u * u),
        "Those are the squares of the eigenvalues. Give the eigenvalues.": _sum_product(a * a, b * b),
        "Those are e to the eigenvalues. Give the eigenvalues.": _sum_product(cmath.exp(a), cmath.exp(b)),
    }


def _name_step(given: list[tuple[complex, complex]]) -> None:
    """Raises if these are sums and products of the eigenvalues of one step, of this game or of minimax."""
    g, (total, product) = _GAMMAS[0], given[0]
    for square, game in ((1, ""), (0.25, ", and of minimax's game: in Wasserstein's the arrows are (ψ, -θ)")):
        h = (2 - total).real / g
        if _close(given, [(2 - h * g, 1 - h * g + square * h * h) for g in _GAMMAS], 1e-5, 1e-5):
            raise Mistake(
                f"Those are 1 + hλ, with h = {h:.3g}: what one step does{game}. Continuous time is asked: λ itself."
            )
        h = (1 - product).real / g
        if _close(given, [(2 - h * g - square * h * h, 1 - h * g) for g in _GAMMAS], 1e-5, 1e-5):
            raise Mistake(
                f"Those are of an alternating step, with h = {h:.3g}{game}. Continuous time is asked: of the arrows."
            )


def _shown(*values: complex) -> str:
    return " and ".join(
        f"{round(z.real, 6):.3g}"
        if abs(z.imag) < 5e-4
        else f"{round(z.real, 6):.3g} {'-' if z.imag < 0 else '+'} {abs(z.imag):.3g}i"
        for z in map(complex, values)
    )


def _complex(given: Any) -> complex:
    """What was given as a complex number, if it is one; a real number counts."""
    given = given.item() if hasattr(given, "item") else given
    value = given if isinstance(given, complex) else number(given, finite=False)
    if cmath.isnan(value):
        raise Mistake(f"You give nan. {_ROOT}")
    return complex(value)


def _eigenvalues(result: Any) -> tuple[complex, complex]:
    things = _two(result, "the eigenvalues")
    sizes = [len(t) if isinstance(t, list | tuple) else math.prod(getattr(t, "shape", ())) for t in things]
    if sizes == [2, 4]:
        raise Mistake("eig gives eigenvalues and eigenvectors. Take the first of the two, or eigvals.")
    if max(sizes) > 1:
        raise Mistake(
            "You give more than two numbers. If they are the Jacobian: torch.linalg.eigvals(J). If real and imaginary "
            "parts: complex(re, im) makes one number of two."
        )
    return _complex(things[0]), _complex(things[1])


def _judge_eigenvalues(answer) -> str:
    pairs = [_eigenvalues(result) for result in _ask(answer, "gamma", [(g,) for g in _GAMMAS])]
    given, everywhere = [_sum_product(*pair) for pair in pairs], range(len(_GAMMAS))

    def same(others, places=everywhere) -> bool:
        return _close([given[k] for k in places], [others[k] for k in places], 2e-3, 2e-3)

    right = [(-g, 1) for g in _GAMMAS]
    if same(right):
        return "Below γ = 2 the game turns as it shrinks; from there on it comes in without turning."
    _name(given, [_other_pairs(g) for g in _GAMMAS], 2e-3, 2e-3)
    roots = [_roots(*pair) for pair in right]
    complexes = [k for k, g in enumerate(_GAMMAS) if g < 2]
    for one in (0, 1):
        if same([_sum_product(pair[one].real, pair[one].imag) for pair in roots], complexes):
            raise Mistake("Those are real and imaginary part of one. complex(re, im) and complex(re, -im) are the two.")
    _name_step(given)
    scale = -given[0][0].real / _GAMMAS[0]
    if same([(scale * a, scale**2 * b) for a, b in right]):
        raise Mistake(
            f"Your numbers are {scale:.3g} times the eigenvalues. Is a division by 2 missing, or is a step size in it?"
        )
    k = next(k for k in everywhere if not same(right, [k]))
    if _close(given, right, absolute=2e-2):
        raise Mistake(
            f"Close: {_shown(*pairs[k])} where the two are {_shown(*roots[k])}, for γ = {_GAMMAS[k]}. Do you round?"
        )
    if well := [j for j in everywhere if same(right, [j])]:
        raise Mistake(
            f"Right for γ = {_GAMMAS[well[0]]}. For γ = {_GAMMAS[k]} the two are {_shown(*roots[k])}; yours are "
            f"{_shown(*pairs[k])}. Complex while γ < 2, real above: cmath.sqrt and eigvals do both."
        )
    g, (total, product) = _GAMMAS[k], given[k]
    if abs(total + g) > 2e-3:
        raise Mistake(f"The sum of the two is the trace, -γ: R1 ends ψ's row. For γ = {g} yours is {_shown(total)}.")
    raise Mistake(
        f"The product of the two is the Jacobian's determinant, 0 · (-γ) - 1 · (-1) = 1. For γ = {g} yours is "
        f"{_shown(product)}."
    )


eigenvalues = Exercise(
    judge=_judge_eigenvalues,
    hints=(
        "The Wasserstein arrows are (ψ, -θ), so without R1 the Jacobian is [[0, 1], [-1, 0]]. What does R1 change?",
        "R1 adds -γψ to ψ's motion: [[0, 1], [-1, -γ]]. torch.linalg.eigvals takes it as a tensor.",
        "By hand: λ² + γλ + 1 = 0, so λ = -γ/2 ± √(γ²/4 - 1). Below γ = 2 the root is imaginary: cmath.sqrt.",
    ),
    answer="""\
def r1_eigenvalues(gamma):
    # rows: how θ and ψ move, (ψ, -θ); R1 adds -γψ to ψ's motion
    jacobian = torch.tensor([[0.0, 1.0], [-1.0, -gamma]])
    return torch.linalg.eigvals(jacobian)""",
)


# Exercise 3: the largest step, of minimax. With R1, |1 + hλ|² = 1 - hγ + h²/4 for both, if γ <= 1.

_WEIGHTS = [0.1, 0.25, 0.5, 0.9, 1.0]


def _other_steps(g: float) -> dict[str, float]:
    return {
        "That is 2γ, half of it. There |1 + hλ| is smallest, and it stays below 1 as far again. γ/2 in the Jacobian, "
        "or a 2 missing in 1 + 2h Re λ + h²|λ|², ends there too.": 2 * g,
        "That is γ, the bound of the Wasserstein game. With minimax the Jacobian has ½, and the bound is where "
        "hγ = h²/4. Or is the division by |λ|² = ¼ missing?": g,
        "That is 8γ, twice too far. Re λ is -γ/2, so 2h Re λ is -hγ.": 8 * g,
        "That is 8γ / (1 + γ²). |λ|² is ¼, the determinant, with no γ² in it: |1 + hλ|² = 1 - hγ + h²/4.": (
            8 * g / (1 + g * g)
        ),
        "That is 4γ / (1 + γ²). |λ|² is ¼, the determinant: |1 + hλ|² = 1 - hγ + h²/4. Is γ missing under a root?": (
            4 * g / (1 + g * g)
        ),
        "That is 16γ. |λ|² is ¼, and its square is not needed: hγ = h²/4.": 16 * g,
        "That is γ/4. Divide by |λ|² = ¼, which makes 4: hγ = h²/4.": g / 4,
        "That is γ/2, the size of Re λ. The bound is where hγ = h²/4.": g / 2,
        "That is 4, or 2 / |λ|. That would be it if λ were real; here |1 + hλ|² = 1 - hγ + h²/4.": 4,
        "That is 4/γ: upside down, or with the real part of λ alone. The turn counts too: |1 + hλ|² = 1 - hγ + h²/4.": 4
        / g,
        "That is 2/γ, as if γ were the curvature of a bowl. This game turns: |1 + hλ|² = 1 - hγ + h²/4.": 2 / g,
        "That is 1/γ. More R1 allows longer steps here, not shorter ones: |1 + hλ|² = 1 - hγ + h²/4.": 1 / g,
        "That is the bound for alternating steps. Simultaneous ones are asked: |1 + hλ| < 1.": (
            4 * (math.sqrt(1 + g * g) - g)
        ),
        "That is ½, or |λ|, whatever γ. A step is asked: how large may h be while |1 + hλ| < 1?": 0.5,
        "That is the real part of λ. A step is asked: how large may h be while |1 + hλ| < 1?": -g / 2,
        "The sign is turned. A step is positive: -2 Re λ / |λ|², and Re λ is negative.": -4 * g,
        "γ is squared. The bound is where hγ = h²/4: divide both sides by h.": 4 * g * g,
        "You take a root too many. The bound is where hγ = h²/4: divide both sides by h.": 2 * math.sqrt(g),
        "You give 0. With R1 small steps converge: |1 + hλ|² = 1 - hγ + h²/4 is below 1 at first.": 0,
        "You add 4 to γ. It multiplies.": 4 + g,
        "You take γ from 4. The bound is where hγ = h²/4: divide both sides by h.": 4 - g,
        "You take a root of γ. The bound is where hγ = h²/4: divide both sides by h, with no root.": 4 * math.sqrt(g),
        "That is 4(1 - γ), where alternating steps are damped best. The bound of simultaneous ones is asked: "
        "|1 + hλ| < 1.": 4 * (1 - g),
        "That is 1/(4γ), upside down. The bound is where hγ = h²/4.": 1 / (4 * g),
        "That is 2/√γ, upside down and with a root. The bound is where hγ = h²/4.": 2 / math.sqrt(g),
    }


def _step(result: Any) -> float:
    if math.prod(getattr(result, "shape", (2,))) == 1:
        result = result.item()
    if isinstance(result, complex):
        if abs(result.imag) > 1e-6:
            raise Mistake(f"You give the complex number {_shown(result)}. A step is real: when is |1 + hλ| < 1?")
        result = result.real
    if isinstance(result, float) and math.isinf(result):
        raise Mistake("You give no bound. Continuous time has none, but a step leaves the curve: when is |1 + hλ| < 1?")
    return number(result)


def _ends_on_grid(given: list[float], right: list[float], step: float) -> bool:
    """Whether these are multiples of the step, none more than a step off."""
    whole = all(abs(h / step - round(h / step)) < 1e-3 for h in given)
    return whole and all(abs(h - r) < 1.001 * step for h, r in zip(given, right, strict=True))


def _judge_step(answer) -> str:
    given = [_step(result) for result in _ask(answer, "gamma", [(g,) for g in _WEIGHTS])]
    right = [4 * g for g in _WEIGHTS]
    loose = {"rel": 2e-2, "absolute": 1.5e-2}  # found by search, or by running the game
    if _close(given, right, **loose):
        return "It is 4γ. Without R1 no step is small enough; with it there is room."
    _name(given, [_other_steps(g) for g in _WEIGHTS], 3e-3, 3e-3)
    k = next(k for k in range(len(right)) if not _close(given[k], right[k], **loose))
    g, h = _WEIGHTS[k], given[k]
    if min(given) < 0:
        raise Mistake(f"You give {min(given):.3g}. A step is positive.")
    if max(given) - min(given) < 1e-6:
        raise Mistake(f"You give {given[0]:.4g} for whatever γ. λ depends on γ, and with it how large h may be.")
    if _close(given, [min(h, max(given)) for h in right], **loose):
        raise Mistake(f"Right up to h = {max(given):.4g}, and never more. Does your search end there? Let it go to 5.")
    step = next(
        (step for step in (1, 0.5, 0.25, 0.2, 0.1, 0.05, 0.025, 0.02) if _ends_on_grid(given, right, step)), None
    )
    if step is not None:
        raise Mistake(
            f"Your numbers go in steps of {step:g}, so {h:.3g} for γ = {g} is up to a step off. Search in steps of "
            "0.001, or solve |1 + hλ|² = 1 - hγ + h²/4 < 1."
        )
    if _close(given, right, 0.1, 0.12):
        raise Mistake(f"Close: {h:.4g} for γ = {g}. Search in finer steps and nearer to (0, 0), or solve it.")
    _name(given, [_other_steps(g) for g in _WEIGHTS], **loose)
    if given == sorted(given, reverse=True):
        raise Mistake(
            f"Your bound falls from {given[0]:.3g} for γ = 0.1 to {given[-1]:.3g} for γ = 1. It rises: R1 pulls "
            "inwards, against a step that leads out."
        )
    growth = math.sqrt(abs(1 - h * g + h * h / 4))
    verdict = "h is too large" if growth > 1 else "there is room for a larger h"
    raise Mistake(f"For γ = {g} you give h = {h:.3g}. There |1 + hλ| = {growth:.3g}: {verdict}.")


largest_step = Exercise(
    judge=_judge_step,
    hints=(
        "A simultaneous step multiplies by 1 + hλ. It converges while both have a modulus below 1.",
        "With minimax and γ ≤ 1, λ = -γ/2 ± iω, and |λ|² = ¼, the determinant. What is |1 + hλ|²?",
        "|1 + hλ|² = 1 + 2h Re λ + h²|λ|² = 1 - hγ + h²/4. When is it below 1? Or try ever larger h, by 0.001 each.",
    ),
    answer="""\
def largest_step(gamma):
    # |1 + hλ|² = 1 + 2h Re λ + h²|λ|² = 1 - hγ + h²/4, below 1 while h/4 < γ
    return 4 * gamma""",
)


quiz = Quiz(
    (
        Question(
            "b",
            {
                "a": "|1 ± ih/2| is above 1 for every h, however small.",
                "b": "Yes: |1 ± ih/2|² = 1 + h²/4, nearer to 1 but above it.",
                "c": "Continuous time does, and alternating steps nearly. A simultaneous step leaves the circle.",
            },
        ),
        Question(
            "a",
            {
                "a": "Yes: the middle of a circle is the solution, and no player stands there.",
                "b": "The last weights would sit there too.",
                "c": "It is the mean of the way. It does not say where the players stand.",
            },
        ),
        Question(
            "c",
            {
                "a": "It draws D's slope to 1, so D still pushes G when G has arrived.",
                "b": "The circle takes longer, and that is all.",
                "c": "Yes: it draws D's slope to 0, and D comes to rest with G.",
            },
        ),
        Question(
            "c",
            {
                "a": "There is no hollow to leap out of. Longer steps spiral out faster.",
                "b": "The game with one weight each turns as well. Layers are not the cause.",
                "c": "Yes: each player's loss changes with the other's move.",
            },
        ),
    )
)
