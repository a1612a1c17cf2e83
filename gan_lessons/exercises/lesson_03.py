"""Exercises of lesson 03."""

import math
import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import elu, relu, softplus

from gan_lessons import losses
from gan_lessons.exercises.engine import Exercise, Mistake, NotAttempted, Question, Quiz, call, number

_SLIPS = {  # words in an error that Python or torch raises, and what helps; the first that fits counts
    "has no attribute 'softplus'": "softplus is a function of torch.nn.functional. Import it: softplus(-fake).",
    "has no attribute 'logsigmoid'": "logsigmoid is a function of torch.nn.functional, not of torch or of a tensor.",
    "Can't call numpy()": "NumPy keeps no gradient. Stay with torch's functions from the scores to the loss.",
    "between 0 and 1": "binary_cross_entropy wants probabilities. These are raw scores: ..._with_logits takes them.",
    "must be the same as input size": "The target needs the shape of the scores: torch.ones_like(scores).",
    "has no attribute 'size'": "The target must be a tensor too: torch.ones_like(scores).",
    "Boolean value of Tensor": (
        "A whole batch is asked for one truth value. if, max(0, …) and nn.BCEWithLogitsLoss(scores, target) do that. "
        "torch.where chooses place by place, and a loss module is made first: nn.BCEWithLogitsLoss()(scores, target)."
    ),
    "object has no attribute 'mean'": "The .mean() is called on something that is no tensor. What is left of the dot?",
    "mat1 and mat2": "The scores are D's already. Do not give them to D again.",
    "'Tensor' object is not callable": "The scores are D's already, a tensor. Nothing is called with them.",
    "'Loss' object is not callable": "A Loss holds two functions. Call the one you need: loss.generator(None, fake).",
    "argument: 'fake'": "Both functions of a Loss take real and fake: loss.generator(None, fake).",
    "argument: 'real'": "Both functions of a Loss take real and fake: loss.generator(None, fake).",
    "cannot be converted to Scalar": "math's and float's numbers are single ones. Use torch's functions on the batch.",
    "Tensors can be converted": "math's and float's numbers are single ones. Use torch's functions on the batch.",
    "Dimension out of range": "The scores have the shape (..., N). The batch is the last dimension, -1.",
}


def _asked(function: Callable, slips: dict[str, str], *arguments: Any) -> Any:
    """What the learner's function gives. Its typical errors are explained; tensors must come back unchanged."""
    tensors = [(a, a.detach().clone()) for a in arguments if isinstance(a, Tensor)]
    with torch.enable_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        given = call(function, *arguments, slips=slips | _SLIPS | slips)  # the exercise's own come first, and count
    if not all(torch.equal(tensor, before) for tensor, before in tensors):
        raise Mistake("You changed the scores that were given to you: a method with _ at its end does that.")
    return given


def _slopes(value: Any, scores: list[Tensor]) -> list[Tensor] | None:
    """The derivatives of the value's sum by the scores; None where no way leads from it to any."""
    if not isinstance(value, Tensor) or not value.requires_grad:
        return None
    try:
        found = torch.autograd.grad(value.sum(), scores, allow_unused=True)
    except RuntimeError:
        raise Mistake("backward() has been called. Whoever takes the step does that: give the loss alone.") from None
    if all(slope is None for slope in found):
        return None
    return [torch.zeros_like(s) if slope is None else slope for s, slope in zip(scores, found, strict=True)]


def _close(a: list[float], b: list[float], rel: float = 1e-3) -> bool:
    return all(math.isclose(x, y, rel_tol=rel, abs_tol=1e-6) for x, y in zip(a, b, strict=True))


def _factor(a: list[float], b: list[float], rel: float = 1e-4) -> float | None:
    """c where a = c · b, None where there is none."""
    if not all(map(math.isfinite, (*a, *b))) or not any(b):
        return None
    c = sum(x * y for x, y in zip(a, b, strict=True)) / sum(y * y for y in b)
    small = 1e-6 * max(map(abs, a))
    same = (math.isclose(x, c * y, rel_tol=rel, abs_tol=small) for x, y in zip(a, b, strict=True))
    return c if c and all(same) else None


def _cut(value: Any) -> str:
    kind = "this tensor" if isinstance(value, Tensor) else f"this {type(value).__name__}"
    return (
        f"The number is right, but from {kind} no gradient finds back to the scores. Leave out .item(), float(), "
        ".detach(), .data, torch.tensor(), no_grad() and NumPy: torch must see every step."
    )


# Exercise 1: G's loss, in numbers that stay finite

_SLIPS_STABLE = {
    "unexpected keyword argument 'reduction'": "softplus gives one value per score. Take its .mean() yourself.",
    "missing 1 required positional": (
        "A function got one argument and takes two. generator_loss takes fake alone; a Loss's functions, (None, fake)."
    ),
    "LogSigmoid.__init__": "LogSigmoid is a module: make one first, nn.LogSigmoid()(fake).",
    "must be Tensor, not": "This function of torch wants tensors only: torch.zeros_like(fake), not 0.",
    "invalid combination of arguments": "This function of torch wants tensors only: torch.zeros_like(fake), not 0.",
}
_SCORES = [torch.tensor(s) for s in ([-2.7, 0.4, 1.9, -0.6, 3.1], [2.3, -1.4], [-0.8, 0.3, 1.2], [-1.6], [0.7])]
_ASKED = "Asked is -log σ(s), which is softplus(-s)."
_OTHER_STABLE = {  # of the scores s
    f"That is the minimax loss, log(1 - σ(s)). {_ASKED}": lambda s: -softplus(s).mean(),
    f"That is what D minimises on fakes: the minus is missing, or the target is 0. {_ASKED}": (
        lambda s: softplus(s).mean()
    ),
    "The sign is turned. This is log σ(s); G minimises -log σ(s), softplus(-s).": lambda s: -softplus(-s).mean(),
    "You add up the batch. Take the mean: the step must not grow with it.": lambda s: softplus(-s).sum(),
    "You apply two sigmoids: softplus and the _with_logits losses have their own.": (
        lambda s: softplus(-s.sigmoid()).mean()
    ),
    "The logarithm is missing: this is -σ(s).": lambda s: -s.sigmoid().mean(),
    "The logarithm is missing: this is σ(s), and its sign is turned.": lambda s: s.sigmoid().mean(),
    "The logarithm is missing: this is 1 - σ(s), the probability of fake.": lambda s: (-s).sigmoid().mean(),
    "That is -s, the loss of hinge and wasserstein. Its softplus is asked.": lambda s: -s.mean(),
    "That is least squares on the scores. Asked is -log σ(s).": lambda s: (s - 1).square().mean() / 2,
    "That is least squares on the scores, without its ½. Asked is -log σ(s).": lambda s: (s - 1).square().mean(),
    "That is least squares on the probability. Asked is -log σ(s).": lambda s: (s.sigmoid() - 1).square().mean(),
    "That is exp(-s). softplus(-s) is log(1 + exp(-s)).": lambda s: (-s).exp().mean(),
    "The logarithm is missing: -log σ(s) is log(1 + exp(-s)).": lambda s: (1 + (-s).exp()).mean(),
    "That is relu(-s), a corner where softplus(-s) bends. It gives no push above 0.": lambda s: relu(-s).mean(),
    "That is relu(1 - s), what D's hinge loss takes of reals. Asked is softplus(-s).": lambda s: relu(1 - s).mean(),
    "The mean comes too early: you take the logarithm of the mean probability.": lambda s: -s.sigmoid().mean().log(),
    "The mean comes too early: you average the scores, not softplus(-s) of each.": lambda s: softplus(-s.mean()),
    "That is in bits. Take the natural logarithm.": lambda s: softplus(-s).mean() / math.log(2),
    "That is the logarithm to base 10. Take the natural one.": lambda s: softplus(-s).mean() / math.log(10),
    "You take the first sample's loss. Take the mean of all.": lambda s: softplus(-s[0]),
    "You take the last sample's loss. Does a loop keep only that? Take the mean.": lambda s: softplus(-s[-1]),
    "You take the largest loss of the batch. Take the mean.": lambda s: softplus(-s).amax(),
    "You take the smallest loss of the batch. Take the mean.": lambda s: softplus(-s).amin(),
    "You take the median. Take the mean.": lambda s: softplus(-s).median(),
    "You square the loss. Leave the square out.": lambda s: softplus(-s).square().mean(),
    "Your softplus has beta=2, which is softplus(-2s) / 2. Leave beta at 1.": lambda s: softplus(-s, beta=2).mean(),
    "A margin of 1 is added, as in D's hinge loss: softplus(1 - s). Leave it out.": lambda s: softplus(1 - s).mean(),
    "That is elu(-s), which falls below 0. Asked is softplus(-s).": lambda s: elu(-s).mean(),
    "You take the log of softplus, which has the log in it already.": lambda s: softplus(-s).log().mean(),
    "The target is smoothed, 0.9 for 1. Here it is 1.": lambda s: softplus(-s).mean() + 0.1 * s.mean(),
    "Scores and target have changed places: the scores come first.": lambda s: softplus(torch.tensor(1.0)) - s.mean(),
    "You add D's -log(1 - σ(s)). G's loss is softplus(-s) alone.": lambda s: (softplus(-s) + softplus(s)).mean(),
    "A softmax compares the fakes with each other. Each score gets a sigmoid of its own.": lambda s: (
        -s.log_softmax(0).mean()
    ),
}
_FAR = [torch.tensor(s) for s in ([-1000.0, 0.5], [1000.0, 0.5], [-1000.0, 1000.0], [-100.0, 0.5], [-30.0, 30.0])]


def _generator_loss(answer, scores: Tensor) -> tuple[Any, float, Tensor | None]:
    """What the learner's function gives for these scores, as a number, and its slopes."""
    leaf = scores.clone().requires_grad_()
    given = _asked(answer, _SLIPS_STABLE, leaf * 1)
    shape = tuple(getattr(given, "shape", ()))
    if (n := len(scores)) > 1 and (shape[:1] == (n,) or (isinstance(given, list) and len(given) == n)):
        raise Mistake("You give one loss for each sample. Take their mean: one number.")
    value, slopes = number(given, finite=False), _slopes(given, [leaf])
    return given, value, slopes and slopes[0]


def _judge_stable(answer) -> str:
    given, values, slopes = zip(*(_generator_loss(answer, s) for s in _SCORES), strict=True)
    right = [softplus(-s).mean().item() for s in _SCORES]
    if not _close(values, right):
        _explain_stable(list(values), right)
    if None in slopes:
        raise Mistake(_cut(given[slopes.index(None)]))
    for scores, slope in zip(_SCORES, slopes, strict=True):
        if not torch.allclose(slope.float(), -(-scores).sigmoid() / len(scores), rtol=1e-3, atol=1e-5):
            raise Mistake(
                f"The number is right, its slope is not: at the score {scores[0]:.1f} of {len(scores)} it is "
                f"{slope[0]:.3g} and should be {-(-scores[0]).sigmoid() / len(scores):.3g}. "
                "Is part of the formula detached, or made into a plain number?"
            )
    for scores in _FAR:
        _is_stable(answer, scores)
    return "It stays finite at -1000 and at 1000, and where D is surest the push on a fake is whole, 1/N."


def _explain_stable(values: list[float], right: list[float]) -> None:
    for message, other in _OTHER_STABLE.items():
        if _close(values, [other(s).item() for s in _SCORES]):
            raise Mistake(message)
    if (c := _factor(values, right)) is not None:
        raise Mistake(f"Your loss is {c:.3g} times -log σ(s). Leave the factor out.")
    if (c := _factor(values, [r * len(s) for r, s in zip(right, _SCORES, strict=True)])) is not None:
        raise Mistake(f"You divide the sum by {1 / c:.4g}, however many fakes there are. Take .mean().")
    if max(values) == min(values):
        raise Mistake(f"You give {values[0]:.3g} whatever the scores are. Use fake, the argument.")
    if _close(values, right, rel=0.05):
        raise Mistake(
            f"Close: {values[0]:.5g} where it is {right[0]:.5g}. Do you round, or add a number inside the logarithm?"
        )
    if _close(values[-2:], right[-2:]):
        raise Mistake(
            "For a single score it is right, for several it is not. First softplus(-s) of each, then .mean()."
        )
    k = next((k for k, v in enumerate(values) if not math.isfinite(v)), 3 if not _close(values[3:4], right[3:4]) else 4)
    log = " A raw score has no log: it may be below 0." if math.isnan(values[k]) and math.isfinite(values[-1]) else ""
    said = ", ".join(f"{s:.1f}" for s in _SCORES[k])
    raise Mistake(f"For scores of {said} it must be {right[k]:.3g}, and yours is {values[k]:.3g}.{log} {_ASKED}")


def _is_stable(answer, scores: Tensor) -> None:
    """Raises what goes wrong at scores that a sigmoid or an exponential rounds away."""
    _, value, slope = _generator_loss(answer, scores)
    right, n = softplus(-scores).mean().item(), len(scores)
    far = f"{scores[0]:.0f}"
    if not math.isfinite(value):
        raise Mistake(
            f"Right for ordinary scores, but at {far} you give {value}. There σ rounds to 0 and its log is -∞, or exp "
            "overflows. softplus(-fake) is the same number and does neither."
        )
    wanted, slope = -(-scores).sigmoid() / n, torch.zeros_like(scores) if slope is None else slope
    if not math.isclose(value, right, rel_tol=1e-3, abs_tol=1e-3):
        push = " Its slope is 0 there, so the worst fake gets no push." if slope[0] == 0 != wanted[0] else ""
        why = (
            "A clamp, a small number inside the log, or binary_cross_entropy (it stops at 100) cuts the loss off."
            if value < right
            else "Is inf replaced by some number?"
        )
        both = f"{scores[0]:g} and {scores[1]:g}"
        raise Mistake(f"Right for ordinary scores. For {both} you give {value:.4g}, and it is {right:.4g}. {why}{push}")
    if not slope.isfinite().all():
        raise Mistake(
            f"The number at {far} is right, but its gradient is {slope[~slope.isfinite()][0]}: "
            "torch.where or nan_to_num hides an inf, and backward still meets it. softplus(-fake) never makes one."
        )
    if not torch.allclose(slope.float(), wanted, rtol=1e-2, atol=1e-4):
        k = (slope - wanted).abs().argmax()
        raise Mistake(
            f"The number at {scores[k]:.0f} is right, its slope is {slope[k]:.3g} and should be {wanted[k]:.3g} "
            f"in a batch of {n}. A clamp or a detach takes the push away."
        )


stable = Exercise(
    judge=_judge_stable,
    hints=(
        "-log σ(s) is log(1 + exp(-s)). Which function computes that without an exp that overflows?",
        "softplus(x) is log(1 + exp(x)), computed with care. What must x be?",
        "softplus(-fake) has one value for each fake. Its mean is the loss.",
    ),
    answer="""\
def generator_loss(fake):
    return softplus(-fake).mean()  # -log σ(s), and no σ that rounds to 0 on the way""",
)


# Exercise 2: D's part of one loss, G's of another

_SLIPS_MIXED = {
    "takes 1 positional argument": "Each part is called with two arguments, real and fake. G's lets real lie unused.",
    "takes 0 positional arguments": "Each part is called with two arguments, real and fake.",
    "must be Tensor, not": "This function of torch wants tensors only: torch.ones_like(fake), not 1.",
    "must match the size": "A batch may have any size. The target's is that of the scores: torch.ones_like(fake).",
}
_PAIRS = [  # scores of reals and of fakes; the last two are one pair each
    (torch.tensor(real), torch.tensor(fake))
    for real, fake in (
        ([1.3, -0.4, 2.2, 0.7], [-1.1, 0.6, -2.5, 3.3]),
        ([-1.7, 0.9, 0.2, 1.6], [1.9, -0.3, -3.1, 0.4]),
        ([0.5, -2.1], [-0.7, 1.4]),
        ([-0.6], [2.3]),
        ([0.8], [-1.2]),
    )
]
_CROSS = "D's part is cross-entropy, softplus(-real).mean(-1) + softplus(fake).mean(-1): losses.cross_entropy is it."
_SQUARE = "G's part is (fake - 1).square().mean(-1) / 2."
_OTHER_PARTS = {
    "D's part": {  # of the scores of reals, r, and fakes, f; times any positive number
        "has the labels swapped. Real comes first, then fake.": lambda r, f: losses.cross_entropy(f, r),
        "has its sign turned: D minimises.": lambda r, f: -losses.cross_entropy(r, f),
        "lacks the reals: add softplus(-real).mean(-1).": lambda r, f: softplus(f).mean(-1),
        "lacks the fakes: add softplus(fake).mean(-1).": lambda r, f: softplus(-r).mean(-1),
        "raises the scores of the fakes too: no minus there.": lambda r, f: (
            softplus(-r).mean(-1) + softplus(-f).mean(-1)
        ),
        "lowers the scores of the reals too: softplus(-real).": lambda r, f: (
            softplus(r).mean(-1) + softplus(f).mean(-1)
        ),
        "subtracts the fakes' term, and turns its score as well: add softplus(fake).mean(-1).": lambda r, f: (
            softplus(-r).mean(-1) - softplus(-f).mean(-1)
        ),
        "subtracts the fakes' term. Add it.": lambda r, f: softplus(-r).mean(-1) - softplus(f).mean(-1),
        "is G's: the players' parts have changed places.": lambda r, f: (f - 1).square().mean(-1),
        "is G's non-saturating loss.": lambda r, f: softplus(-f).mean(-1),
        "is least squares. Only G's part is: D keeps its cross-entropy.": losses.least_squares.discriminator,
        "is least squares, its targets swapped. D keeps its cross-entropy.": lambda r, f: (
            losses.least_squares.discriminator(f, r)
        ),
        "is squares on probabilities. D keeps its cross-entropy.": lambda r, f: losses.least_squares.discriminator(
            r.sigmoid(), f.sigmoid()
        ),
        "is the hinge loss. Here it is cross-entropy: losses.cross_entropy.": losses.hinge.discriminator,
        "is the Wasserstein loss: the softplus is missing.": losses.wasserstein.discriminator,
        "is the relativistic loss. Here each score is judged by itself.": losses.relativistic.discriminator,
        "applies two sigmoids: it takes raw scores.": lambda r, f: losses.cross_entropy(r.sigmoid(), f.sigmoid()),
        "has a smoothed target, 0.9 for 1. Here it is 1.": lambda r, f: losses.cross_entropy(r, f) + 0.1 * r.mean(-1),
        "lacks the logarithm: it adds probabilities.": lambda r, f: (-r).sigmoid().mean(-1) + f.sigmoid().mean(-1),
        "takes the fakes' scores for labels. Those are 1 for reals, 0 for fakes.": lambda r, f: (
            softplus(r).mean(-1) - (r * f).mean(-1)
        ),
        "has exp where softplus should be.": lambda r, f: (-r).exp().mean(-1) + f.exp().mean(-1),
        "has relu where softplus should be.": lambda r, f: relu(-r).mean(-1) + relu(f).mean(-1),
    },
    "G's part": {
        **{
            f"has the target {t:g}. G wants its fakes to score as reals do: 1.": (
                lambda r, f, t=t: (f - t).square().mean(-1)
            )
            for t in (-1, 0, 0.5, 0.8, 0.9, 2)
        },
        "subtracts 1 from the square. Subtract first.": lambda r, f: (f.square() - 1).mean(-1),
        "has its sign turned: G would flee from the score 1.": lambda r, f: -(f - 1).square().mean(-1),
        "takes the square of a probability. Leave σ out: it is flat far below 0.": lambda r, f: (
            (f.sigmoid() - 1).square().mean(-1)
        ),
        "takes the square of a probability, with target 0. Leave σ out; 1 is the target.": lambda r, f: (
            f.sigmoid().square().mean(-1)
        ),
        "squares the mean. Square first, then take the mean.": lambda r, f: (f.mean(-1) - 1).square(),
        "is |fake - 1|, not squared.": lambda r, f: (f - 1).abs().mean(-1),
        "is fake - 1, not squared. It has no smallest value.": lambda r, f: (f - 1).mean(-1),
        "is 1 - fake, not squared. It has no smallest value.": lambda r, f: (1 - f).mean(-1),
        "has a square root too many.": lambda r, f: (f - 1).square().mean(-1).sqrt(),
        "is non-saturating. Here it is least squares.": losses.non_saturating.generator,
        "is minimax. Here it is least squares.": losses.minimax.generator,
        "is -fake, as in hinge and wasserstein. Here it is least squares.": losses.hinge.generator,
        "is softplus(fake): what D minimises. Here it is least squares.": lambda r, f: softplus(f).mean(-1),
        "is relu(1 - fake), a hinge. Here it is least squares.": lambda r, f: relu(1 - f).mean(-1),
        "is the square of a hinge. The plain square also pulls scores above 1 down.": lambda r, f: (
            relu(1 - f).square().mean(-1)
        ),
        "squares -log σ(fake). The square is of fake - 1.": lambda r, f: softplus(-f).square().mean(-1),
        "is least squares for D. G sees the fakes alone, and their target is 1.": losses.least_squares.discriminator,
        "is D's: the cross-entropy.": losses.cross_entropy,
    },
}


def _loss(answer) -> losses.Loss:
    if callable(answer):
        try:
            call(answer, *_PAIRS[0])
        except NotAttempted:
            raise
        except Exception:  # whatever it wants, it is no Loss
            pass
        raise Mistake('That is a function or a class. Give a Loss: losses.Loss("mixed", discriminator=…, generator=…).')
    if isinstance(answer, list | tuple | dict):
        raise Mistake(f'A {type(answer).__name__} is no Loss: losses.Loss("mixed", discriminator=…, generator=…).')
    if not hasattr(answer, "discriminator") or not hasattr(answer, "generator"):
        raise Mistake(f"A Loss is asked for, with a part for each player. This is of type {type(answer).__name__}.")
    for name in ("discriminator", "generator"):
        part = getattr(answer, name)
        if part is None or part is ...:
            raise NotAttempted(f"{name}= is still open.")
        if hasattr(part, name):
            raise Mistake(f"{name}= is a whole Loss. Take the part of it: losses.….{name}, or losses.cross_entropy.")
        if callable(getattr(answer, "name", "")):
            raise Mistake('The first argument of Loss is its name: losses.Loss("mixed", discriminator=…, generator=…).')
        if not callable(part):
            raise Mistake(
                f"{name}= is of type {type(part).__name__}. Give the function itself, uncalled: "
                "the game calls it with the scores."
            )
    return answer


def _part(who: str, part: Callable, real: Tensor | None, fake: Tensor) -> tuple[Tensor, list[Tensor] | None]:
    """What a player's part gives, of the right shape, and its slopes by the scores."""
    leaves = [s.clone().requires_grad_() for s in (real, fake) if s is not None]
    given = _asked(part, _SLIPS_MIXED, *([None] if real is None else []), *(leaf * 1 for leaf in leaves))
    shape, games = tuple(getattr(given, "shape", ())), fake.shape[:-1]
    if not isinstance(given, Tensor) and (games or not isinstance(given, float)):
        raise Mistake(f"{who} gives something of type {type(given).__name__}. Give a tensor.")
    if shape == fake.shape and fake.shape[-1] > 1:
        raise Mistake(f"{who} gives one loss for each sample. Take their mean: .mean(-1).")
    if shape != games and not (shape == (1,) and not games):
        every = "It is one number for all games. Take .mean(-1); a loss of torch needs reduction='none' before."
        raise Mistake(
            f"{who} makes a loss of shape {shape} of scores of shape {tuple(fake.shape)}. It should be {tuple(games)}: "
            f"each game has its own. {every if not shape else 'The batch is the last dimension: .mean(-1).'}"
        )
    return given, _slopes(given, leaves)


def _name_part(who: str, values: list[float]) -> None:
    for message, other in _OTHER_PARTS[who].items():
        if (c := _factor(values, [other(*pair).item() for pair in _PAIRS])) is not None and c > 0:
            raise Mistake(f"{who} {message}")


def _judge_part(who: str, part: Callable, right: Callable, advice: str, pairs: list) -> float:
    """Raises what is wrong with a player's part; gives the factor by which it is larger than the right one."""
    given = [_part(who, part, *pair) for pair in pairs]
    values, wanted = [number(value, finite=False) for value, _ in given], [right(*pair).item() for pair in pairs]
    c = _factor(values, wanted)
    if c is None or c < 0:
        _name_part(who, values)
        if _factor(values, [w * len(fake) for w, (_, fake) in zip(wanted, pairs, strict=True)]) is not None:
            raise Mistake(f"{who} adds up the batch. Take the mean, .mean(-1), so that the step does not grow with it.")
        if (alone := _factor(values[-2:], wanted[-2:])) is not None and alone > 0:
            raise Mistake(
                f"{who} is right for one sample, not for a batch. Take the mean of what each gives, .mean(-1)."
            )
        k = next((k for k, value in enumerate(values) if not math.isfinite(value)), -1)
        of = " and ".join(
            f"{n} {s[0]:.1f}" for n, s in zip(("a real of", "a fake of"), pairs[k], strict=True) if s is not None
        )
        more = " and others" if len(pairs[k][1]) > 1 else ""
        raise Mistake(f"{who} gives {values[k]:.3g} for {of}{more}; it should be {wanted[k]:.3g}. {advice}")
    for (value, slopes), pair in zip(given, pairs, strict=True):
        if slopes is None:
            raise Mistake(f"{who}: {_cut(value)}")
        real, fake = leaves = [s if s is None else s.clone().requires_grad_() for s in pair]
        true = _slopes(c * right(real, fake), [s for s in leaves if s is not None])
        if not all(torch.allclose(a, b, rtol=1e-3, atol=1e-5) for a, b in zip(slopes, true, strict=True)):
            raise Mistake(
                f"{who} has the right value but not its slope. Is something detached, or made a plain number?"
            )
    for games in ((3,), (2, 3)):
        size = math.prod(games) * 4
        many = [torch.linspace(-2, 2.5, size, dtype=torch.float64).roll(k).view(*games, 4) for k in (0, 5)]
        value, _ = _part(who, part, pairs[0][0] if pairs[0][0] is None else many[0], many[1])
        if not torch.allclose(value.double(), c * right(*many), rtol=1e-3):
            raise Mistake(f"{who} is right for one game, not for several at once. Let the games alone: .mean(-1).")
    return c


def _wants_reals(part: Callable) -> bool:
    """Whether G's part fails without the scores of reals, and works with them."""
    for real in (None, _PAIRS[0][0]):
        try:
            _part("G's part", part, real, _PAIRS[0][1])
            return real is not None
        except NotAttempted:
            raise
        except Exception:  # told later, by whoever needs the value
            pass
    return False


def _judge_mixed(answer) -> str:
    loss = _loss(answer)
    c = _judge_part("D's part", loss.discriminator, losses.cross_entropy, _CROSS, _PAIRS)
    if not math.isclose(c, 1, rel_tol=1e-3):
        half = " You halve it, or take one mean over reals and fakes." if math.isclose(c, 0.5, rel_tol=1e-3) else ""
        raise Mistake(f"D's part is {c:.3g} times the cross-entropy.{half} Add the two means, with no factor.")
    far = torch.tensor([-1000.0, 1000.0, 0.5])
    value, slopes = _part("D's part", loss.discriminator, far, -far)
    slopes = slopes or [torch.zeros(3)] * 2
    push = -(-far).sigmoid() / 3  # of the reals; the fakes are their mirror image
    close = [torch.allclose(slope, right, atol=1e-3) for slope, right in zip(slopes, (push, -push), strict=True)]
    if not all(close) or not torch.allclose(value, losses.cross_entropy(far, -far), rtol=1e-3):
        raise Mistake(
            f"D's part is right for ordinary scores, not at -1000 and 1000: it gives {value.item():.4g}, and a real at "
            f"-1000 gets the slope {slopes[0][0]:.3g} where -1/N is right. There σ rounds to 0 or 1. {_CROSS}"
        )
    compares = getattr(loss, "compares", False)
    if not compares and _wants_reals(loss.generator):
        _name_part("G's part", [number(_part("G's part", loss.generator, *pair)[0], finite=False) for pair in _PAIRS])
        raise Mistake(f"G's part reads real, which is None here: G sees the fakes alone. {_SQUARE}")
    pairs = _PAIRS if compares else [(None, fake) for _, fake in _PAIRS]
    c = _judge_part("G's part", loss.generator, losses.least_squares.generator, _SQUARE, pairs)
    note = ""
    if not math.isclose(c, 1, rel_tol=1e-3):
        note = f" Yours is {c:.3g} times the paper's, which has a ½. That only scales G's steps."
    if compares:
        note += " Leave compares=True out: the game then scores reals for G, which does not look at them."
    return f"D judges as before, and the farther a fake's score is from 1, the harder G is pushed.{note}"


mixed = Exercise(
    judge=_judge_mixed,
    hints=(
        "A Loss takes two functions, and they need not come from the same paper. One of them exists already.",
        "discriminator=losses.cross_entropy. What does losses.least_squares do for G?",
        "generator=lambda real, fake: …, half the mean over the last dimension of (fake - 1) squared.",
    ),
    answer="""\
mixed = losses.Loss(
    "mixed",
    discriminator=losses.cross_entropy,  # D judges as before
    generator=lambda real, fake: (fake - 1).square().mean(-1) / 2,  # on raw scores: no σ that could be flat
)""",
)


# Exercise 3: the slope of G's loss

_BY_NAME = (
    "You look the loss up by its name. Any Loss may come: call loss.generator, and let autograd differentiate it."
)
_SLIPS_SLOPE = {
    "'squares of probabilities'": _BY_NAME,
    "'wasserstein'": _BY_NAME,
    "not Loss": "The loss comes first, then the score: loss_slope(loss, score).",
    "infer dtype of Loss": "The loss comes first, then the score: loss_slope(loss, score).",
    "for 'Long'": "The loss wants floats: torch.tensor([score]), with no int().",
    "'float' object has no attribute 'generator'": "The loss comes first, then the score: loss_slope(loss, score).",
    "second time": "You go backward twice through the same numbers. Call loss.generator anew for each.",
    "does not require grad": (
        "There is nothing to differentiate by. The tensor of the score needs requires_grad=True before the loss is "
        "computed, and no .item() or detach() may follow."
    ),
    "not have been used in the graph": (
        "The loss does not depend on what you differentiate by. That must be the fake you gave to it."
    ),
    "Only Tensors of floating point": "A whole number has no slope: torch.tensor([float(score)], requires_grad=True).",
    "could not infer output dtype": "A whole number has no mean: torch.tensor([float(score)], requires_grad=True).",
    "object has no attribute 'backward'": "backward() belongs to the number: loss.generator(None, fake).backward().",
    "'Loss' object has no attribute 'grad'": "grad lies at the tensor of the score, after backward().",
    "only for scalar outputs": "backward() wants one number: the loss, loss.generator(None, fake).",
    "'NoneType' object has no attribute 'item'": (
        "That grad is None. Only the tensor you made yourself, with requires_grad=True, has one, after backward()."
    ),
    "NoneType": "Something is None. loss.discriminator needs reals; loss.generator, G's loss, does without.",
    "'float' object": "score is a plain float. The loss wants a tensor, a batch of one: torch.tensor([score]).",
    "must be Tensor": "The loss wants a tensor, a batch of one: torch.tensor([score]).",
}
_PUSHED = [
    *(losses.minimax, losses.non_saturating, losses.least_squares, losses.hinge, losses.wasserstein),
    losses.Loss(
        "squares of probabilities",
        discriminator=lambda real, fake: losses.least_squares.discriminator(real.sigmoid(), fake.sigmoid()),
        generator=lambda real, fake: losses.least_squares.generator(None, fake.sigmoid()),
    ),
]
_CASES = [(loss, score) for loss in _PUSHED for score in (-10.0, -2.6, 0.3, 3.0, 6.4)]


def _slope(function: Callable[[Tensor], Tensor], at: float) -> float:
    """The derivative in double precision, 0 where there is none to take."""
    x = torch.tensor([at], dtype=torch.float64, requires_grad=True)
    return _slopes(function(x), [x])[0].item()


def _slope_of(loss: losses.Loss, score: float) -> float:
    return _slope(lambda x: loss.generator(None, x), score)


def _curve(loss: losses.Loss, score: float) -> float:
    x = torch.tensor([score], dtype=torch.float64, requires_grad=True)
    (first,) = torch.autograd.grad(loss.generator(None, x), x, create_graph=True)
    found = _slopes(first, [x])
    return found[0].item() if found else 0.0


def _value(part: Callable, score: float) -> float:
    x = torch.tensor([score], dtype=torch.float64)
    return part(x, x).item()


_OTHER_SLOPES = {
    "That is the loss itself. Asked is its derivative.": lambda loss, s: _value(loss.generator, s),
    "That is minus the derivative, the way G will go. Keep its sign: -1 for hinge.": lambda loss, s: (
        -_slope_of(loss, s)
    ),
    "That is the size of the derivative. Keep its sign: -1 for hinge.": lambda loss, s: abs(_slope_of(loss, s)),
    "That is the slope of D's loss, by the score of a fake. Take loss.generator.": (
        lambda loss, s: _slope(lambda x: loss.discriminator(x.detach(), x), s)
    ),
    "That is the slope of D's loss, by the score of a real. Take loss.generator, and a fake.": (
        lambda loss, s: _slope(lambda x: loss.discriminator(x, x.detach()), s)
    ),
    "That is the slope of D's loss. Take loss.generator.": (
        lambda loss, s: _slope(lambda x: loss.discriminator(x, x), s)
    ),
    "That is D's loss itself. Asked is the derivative of G's.": lambda loss, s: _value(loss.discriminator, s),
    "You add the slopes of both players' losses. Take G's alone.": (
        lambda loss, s: _slope(lambda x: loss.generator(None, x) + loss.discriminator(x.detach(), x), s)
    ),
    "You pass the score through a sigmoid first. The loss takes it raw.": (
        lambda loss, s: _slope(lambda x: loss.generator(None, x.sigmoid()), s)
    ),
    "You give the loss a probability, σ(score). It takes the raw score.": (
        lambda loss, s: _slope_of(loss, torch.tensor(s).sigmoid().item())
    ),
    "That is the second derivative. Differentiate once.": _curve,
    "You square the derivative. Leave it as it is.": lambda loss, s: _slope_of(loss, s) ** 2,
    "You multiply the derivative by the score. Leave it as it is.": lambda loss, s: s * _slope_of(loss, s),
    "That is the loss divided by the score. Divide its change by that of the score.": lambda loss, s: (
        _value(loss.generator, s) / s
    ),
    "That is the score itself. The derivative lies in its grad.": lambda loss, s: s,
    "You differentiate by the probability, σ(score). Asked is: by the raw score.": lambda loss, s: (
        _slope_of(loss, s) / (torch.tensor(s).sigmoid() * torch.tensor(-s).sigmoid()).item()
    ),
    "You multiply by σ(1 - σ), the slope of a sigmoid. The loss takes the raw score: leave that out.": lambda loss, s: (
        _slope_of(loss, s) * (torch.tensor(s).sigmoid() * torch.tensor(-s).sigmoid()).item()
    ),
    "You turn the score's sign before the loss sees it.": lambda loss, s: -_slope_of(loss, -s),
    "You give the loss -score. It takes the score as it is.": lambda loss, s: _slope_of(loss, -s),
    "You cut the score's decimals off: int() does that. Keep it a float.": lambda loss, s: _slope_of(loss, int(s)),
    "You round the score to a whole number. Keep it as it is.": lambda loss, s: _slope_of(loss, round(s)),
}


def _called(function: Callable, loss: losses.Loss, score: float) -> tuple[float, list[tuple]]:
    """The learner's number, and what each call of the loss was given: a number of samples and a type."""
    seen = []

    def watched(part):
        def generator(real, fake):
            seen.append((math.prod(getattr(fake, "shape", ())), getattr(fake, "dtype", None)))
            return part(real, fake)

        return generator

    spied = losses.Loss(loss.name, watched(loss.discriminator), watched(loss.generator))
    try:
        given = _asked(function, _SLIPS_SLOPE, spied, score)
    except NotAttempted:
        if seen:
            raise Mistake(
                "The loss is computed, but what you return is None. backward() returns nothing, and only the tensor "
                "you made with requires_grad=True has a .grad."
            ) from None
        raise
    if isinstance(given, list | tuple) and len(given) == 1:
        raise Mistake(f"This {type(given).__name__} has one entry: the number. Take [0]; autograd.grad gives tuples.")
    value = number(given, finite=False)
    if not math.isfinite(value):
        raise Mistake(
            f"For {loss.name} at the score {score} you give {value}. Is there a log of the score, or a division by 0?"
        )
    return value, seen


def _judge_slope(answer) -> str:
    given, calls = [], []
    for loss, score in _CASES:
        try:
            value, seen = _called(answer, loss, score)
        except NotAttempted:
            if given:
                raise Mistake(f"For the loss {loss.name!r} you return nothing. Any Loss may come.") from None
            raise
        given.append(value)
        calls.append(seen)
    right = [_slope_of(*case) for case in _CASES]
    if _close(given, right, rel=2e-3):
        return f"At -10 minimax gives {given[0]:.1e} and non-saturating {given[5]:.3g}: the same wish, another drive."
    for message, other in _OTHER_SLOPES.items():
        if _close(given, [other(*case) for case in _CASES], rel=2e-3):
            raise Mistake(message)
    _explain_slope(given, right, calls)


def _name_secant(given: list[float]) -> None:
    """Raises if these are differences of the loss over a step that is too large."""
    for h in (2, 1, 0.5, 0.25, 0.2, 0.1, 0.05, 0.02, 0.01):
        for low, high, where in ((0, h, "after the score"), (-h, 0, "before the score"), (-h, h, "on both sides")):
            secants = [
                (_value(loss.generator, score + high) - _value(loss.generator, score + low)) / (high - low)
                for loss, score in _CASES
            ]
            if _close(given, secants, rel=2e-3):
                raise Mistake(
                    f"The step is too large: you take the loss's difference over {h:g} {where}, and the loss bends "
                    "there. Take 1e-4 on both sides, in torch.float64, or let autograd do it."
                )


def _explain_slope(given: list[float], right: list[float], calls: list[list[tuple]]) -> None:
    if (c := _factor(given, right, rel=2e-3)) is not None and abs(c - 1) > 0.01:
        if calls[0] and calls[0][0][0] > 1:
            why = "The batch has more than one sample, and the mean divides: take one."
        elif len(calls[0]) > 1:
            why = "A difference must be divided by how far apart its two scores are."
        else:
            why = "Leave the factor out. If there is none, does backward() run twice?"
        raise Mistake(f"You give {c:.3g} times the derivative. {why}")
    if _factor([g - score for g, (_, score) in zip(given, _CASES, strict=True)], right, rel=1e-2) is not None:
        raise Mistake("That is the score after a step. Asked is the derivative alone.")
    if any(given == [round(r, digits) for r in right] for digits in range(6)):
        raise Mistake(f"You round. At -10 the derivative of minimax is {right[0]:.2g}: give it as it is.")
    totals = torch.tensor(right).cumsum(0).tolist()
    if _close(given, totals, rel=5e-3):
        raise Mistake("Old gradients add up: the tensor outlives the call. Make a new one in each call.")
    per = len(_CASES) // len(_PUSHED)
    rows = [given[k : k + per] for k in range(0, len(given), per)]
    wanted = [right[k : k + per] for k in range(0, len(right), per)]
    if all(_close(row, rows[0]) for row in rows):
        known = [loss.name for loss, row in zip(_PUSHED, wanted, strict=True) if _close(rows[0], row, rel=2e-3)]
        that = f"that of {known[0]}" if known else "the same"
        raise Mistake(f"Whatever the loss, your slope is {that}. Use loss, the argument: loss.generator(None, fake).")
    if all(max(row) - min(row) < 1e-6 for row in rows):
        raise Mistake("Your slope is the same at every score. Use score, the argument.")
    _name_secant(given)
    near = [abs(g - r) < 0.05 * abs(r) + 1e-6 for g, r in zip(given, right, strict=True)]
    if sum(near) >= len(near) / 2 and any(len(seen) > 1 or seen[0][0] > 1 for seen in calls if seen):
        k = max(range(len(given)), key=lambda k: abs(given[k] - right[k]) / abs(right[k]))
        loss, score = _CASES[k]
        way = (
            "In float32 two losses so near each other share all their digits, and the difference drowns. "
            "Take dtype=torch.float64, or let autograd do it."
            if any(kind == torch.float32 for seen in calls for _, kind in seen)
            else "The step is too large or too small, or on one side only. Take 1e-4 on both, or let autograd do it."
        )
        raise Mistake(f"A fair difference, but {loss.name} at {score:g} gives {given[k]:.3g} for {right[k]:.3g}. {way}")
    good = [loss.name for loss, row, true in zip(_PUSHED, rows, wanted, strict=True) if _close(row, true, rel=2e-3)]
    k = next(k for k in range(len(given)) if not _close(given[k : k + 1], right[k : k + 1], rel=2e-3))
    loss, score = _CASES[k]
    done = f"Right for {', '.join(good)}. " if good else ""
    raise Mistake(
        f"{done}For {loss.name} at the score {score:g} you give {given[k]:.3g}, and the derivative is {right[k]:.3g}. "
        "Let backward() differentiate whatever loss comes."
    )


slope = Exercise(
    judge=_judge_slope,
    hints=(
        "Which tensor must know that it will be differentiated by, and when?",
        "torch.tensor([score], requires_grad=True) is a batch of one fake. What is its loss for G?",
        "loss.generator(None, fake).backward() leaves the derivative in fake.grad.",
    ),
    answer="""\
def loss_slope(loss, score):
    fake = torch.tensor([score], requires_grad=True)  # a batch of one, so the mean divides by 1
    loss.generator(None, fake).backward()
    return fake.grad.item()""",
)


quiz = Quiz(
    (
        Question(
            "a",
            {
                "a": "Yes: 0.000045. Where D is sure, log(1 - σ(s)) is flat.",
                "b": "It is ≈ 1 there. That is why one trains with it.",
                "c": "Hinge drives with 1 at every score.",
            },
        ),
        Question(
            "b",
            {
                "a": "Only on raw scores. On σ of the scores it is 0.000045: σ is flat there.",
                "b": "Yes: 11 on the raw score, 0.000045 once a σ stands between.",
                "c": "On raw scores it is 11: the distance from -10 to 1.",
            },
        ),
        Question(
            "c",
            {
                "a": "Perhaps. But a bad G in front of a D that has stopped learning has a steady loss too.",
                "b": "Perhaps. But the samples may get better while D gets stronger, and the loss stays.",
                "c": "Yes: D moves as well, so the same loss may come of better and of worse samples. Look at them.",
            },
        ),
        Question(
            "b",
            {
                "a": "They are one function, with one minimum. Computers differ from it in different places.",
                "b": "Yes. In float32, σ(-1000) is 0, and its log is -∞.",
                "c": "It is shorter too. But the other one ends in inf and nan.",
            },
        ),
    )
)
