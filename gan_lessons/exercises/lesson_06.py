"""Exercises of lesson 06."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gan_lessons.exercises.engine import Exercise, Mistake, NotAttempted, Question, Quiz, call, number

_SLIPS = {  # words in an error that Python or torch raises, and what helps
    "does not require grad": (
        "The points must require grad before D sees them: x = x.detach().requires_grad_(), and then D(x)."
    ),
    "not have been used in the graph": "You differentiate by points that D did not see. Give D the very tensor x.",
    "grad can be implicitly created only for scalar": (
        "D(x) holds N scores, and autograd.grad wants one number. Take D(x).sum()."
    ),
    "'tuple' object has no attribute": "autograd.grad gives a tuple, even of one gradient: take its first element.",
    "must match the size of tensor": "Shapes do not fit. real and fake are (N, 2), so the shares must be (N, 1).",
    "second time": "The graph was freed before its second use. Write create_graph=True in autograd.grad.",
    "division by zero": "There is a division by 0. Does something other than lam stand below the line?",
    "can't call numpy() on tensor that requires grad": (
        "NumPy keeps no graph, so D could not learn from this penalty. Stay with torch."
    ),
    "leaf variable": "A tensor that requires grad is changed in place. Make a new one: real + u * (fake - real).",
}

# Exercise 1: the penalty. A critic that takes notes shows where it is asked; critics of known slope show what is paid.

_N = 400


class _Noting:
    """A critic whose points are noted, with one parameter."""

    def __init__(self, score: Callable[[Tensor, Tensor], Tensor], weight: float):
        self.score, self.weight = score, torch.tensor(weight, requires_grad=True)
        self.seen: list[Tensor] = []

    def __call__(self, x: Tensor) -> Tensor:
        if not isinstance(x, Tensor):
            raise Mistake(f"D takes a tensor of points (N, 2). You give it a {type(x).__name__}.")
        if x.ndim != 2 or x.shape[1] != 2 or len(x) == 0:
            raise Mistake(f"D takes points (N, 2). You give it shape {tuple(x.shape)}.")
        self.seen.append(x.detach().clone())
        return self.score(self.weight, x)

    def parameters(self):
        return iter([self.weight])


def _straight(w: Tensor, x: Tensor) -> Tensor:
    return w * (0.6 * x[:, 0] + 0.8 * x[:, 1])  # slope |w| everywhere


def _bowl(w: Tensor, x: Tensor) -> Tensor:
    return w * x.square().sum(1) / 2  # slope |w| |x|


def _clouds() -> tuple[Tensor, Tensor]:
    source = torch.Generator().manual_seed(6)
    real = torch.randn(_N, 2, generator=source)
    return real, real.flip(0) + torch.tensor([4.0, 1.0]) + 0.5 * torch.randn(_N, 2, generator=source)


def _paid(penalty: Callable, D: _Noting, real: Tensor, fake: Tensor) -> Tensor:
    torch.manual_seed(0)
    before = real.clone(), fake.clone()
    value = call(penalty, D, real, fake, slips=_SLIPS)
    if not (torch.equal(before[0], real) and torch.equal(before[1], fake)):
        raise Mistake("Your function changes real or fake in place. Make a new tensor for the points between.")
    if isinstance(value, Tensor) and value.numel() != 1:
        raise Mistake(f"One number is asked for, the mean over the batch. You give shape {tuple(value.shape)}.")
    if not D.seen:
        raise Mistake("D is never asked. Its slope is the gradient of D(x) by the points x.")
    if not isinstance(value, Tensor):
        number(value)
        raise Mistake("You give a plain number, which has no gradient. Give the tensor, without .item().")
    return value.reshape(())


def _judge_place(x: Tensor, real: Tensor, fake: Tensor) -> None:
    """Raises unless `x` are points at shares of their own between each real and its fake sample."""
    if x.shape != real.shape:
        raise Mistake(f"One point for each pair is asked for, {_N} here. You look at {len(x)}.")
    way = fake - real
    shares = (x - real) / way  # (N, 2); on the line both are equal
    u = ((x - real) * way).sum(1) / way.square().sum(1)
    if (u - u[0]).abs().max() < 1e-4 and (x - real - u[:, None] * way).abs().max() < 1e-3:
        where = {0: "the real samples only", 1: "the fake samples only"}.get(round(u[0].item(), 4))
        if where:
            raise Mistake(f"You look at {where}. Mix them: real + u * (fake - real), with u from torch.rand(N, 1).")
        raise Mistake("All samples share one u. Give each its own: torch.rand(len(real), 1).")
    if (x - real - u[:, None] * way).abs().max() > 1e-3:
        if (shares >= -1e-3).all() and (shares <= 1 + 1e-3).all():
            raise Mistake("Each coordinate has a u of its own, so points leave the lines. Its shape must be (N, 1).")
        raise Mistake("Some points do not lie on the line from real[k] to fake[k]: real + u * (fake - real).")
    if u.min() < -1e-3 or u.max() > 1 + 1e-3:
        raise Mistake("Some u lie outside [0, 1], so you look beyond the samples. torch.rand is uniform; randn is not.")
    if u.min() > 0.05 or u.max() < 0.95:
        raise Mistake(f"u should fill [0, 1]. Yours run from {u.min():.2f} to {u.max():.2f}.")
    if abs(u.mean() - 0.5) > 0.1 or abs(u.std() - 12**-0.5) > 0.05:
        raise Mistake("u should be uniform in [0, 1], so that no part of the way is looked at more: torch.rand.")


def _other_costs(g: Tensor) -> dict[str, Tensor]:
    """What other penalties make of the gradients (N, 2)."""
    n, each = len(g), g.norm(dim=1)
    costs = {
        "one norm of the whole batch": (g.norm() - 1).square(),
        "the norm over the wrong axis": (g.norm(dim=0) - 1).square().mean(),
        "no norm": (g - 1).square().mean(),
        "the size of each coordinate": (g.abs() - 1).square().mean(),
        "no one": each.square().mean(),
        "half": (each - 1).square().mean() / 2,
        "half and no one": each.square().mean() / 2,
        "the square twice": (each.square() - 1).square().mean(),
        "the square but not outside": (each.square() - 1).mean(),
        "no square": (each - 1).abs().mean(),
        "a sign and no square": (each - 1).mean(),
        "one side": (each - 1).clamp_min(0).square().mean(),
        "the lower side": (1 - each).clamp_min(0).square().mean(),
        "sum": (each - 1).square().sum(),
        "mean first": (each.mean() - 1).square(),
        "root of the mean square": (each.square().mean().sqrt() - 1).square(),
        "mean scores": (each / n - 1).square().mean(),
        "mean scores and one norm": (g.norm() / n - 1).square(),
        "mean scores and the wrong axis": (g.norm(dim=0) / n - 1).square().mean(),
        "sum of absolutes": (g.abs().sum(1) - 1).square().mean(),
        "sign": -(each - 1).square().mean(),
        "ten": 10 * (each - 1).square().mean(),
        "largest": (each.max() - 1).square(),
        "plus one": (each + 1).square().mean(),
    }
    return {_COSTS[name]: value for name, value in costs.items()}


_COSTS = {
    "one norm of the whole batch": "You take one norm over the whole batch. Each sample needs its own: norm(dim=1).",
    "the norm over the wrong axis": "Your norm runs over the batch, dim=0. One norm per sample is dim=1.",
    "no norm": "A norm is missing: you hold each coordinate of the gradient to 1. Take gradient.norm(dim=1) first.",
    "the size of each coordinate": "You hold each coordinate to size 1. The slope is their norm: gradient.norm(dim=1).",
    "no one": "You pay slope², which draws the slope to 0. Subtract 1 first: (slope - 1)².",
    "half": "You take half of the cost. WGAN-GP has no ½: it is the mean of (slope - 1)².",
    "half and no one": "That is R1's cost, slope²/2, at other points. Here it is (slope - 1)².",
    "the square twice": "You compare slope² with 1. Take the root first: the cost is (slope - 1)².",
    "the square but not outside": "The square sits on the slope alone. It goes outside: (slope - 1)².",
    "no square": "You take |slope - 1|. The cost is its square.",
    "a sign and no square": "The square is missing: slope - 1 would reward a slope below one. Take (slope - 1)².",
    "one side": "Slopes below one are free in yours: that is the one-sided penalty. WGAN-GP charges both sides.",
    "the lower side": "Slopes above one are free in yours. Charge both sides: (slope - 1)².",
    "sum": "You sum over the batch, so the cost grows with N. Take the mean.",
    "mean first": "You average the slopes first, so a steep sample makes up for a flat one. Average (slope - 1)² last.",
    "root of the mean square": "The mean over the batch stands under your root. One root per sample, the mean last.",
    "mean scores": "You differentiate D(x).mean(), so each gradient is N times too small. Take D(x).sum().",
    "mean scores and one norm": (
        "There are two bugs. D(x).mean() makes each gradient N times too small: take D(x).sum(). And each sample needs "
        "a norm of its own: norm(dim=1)."
    ),
    "mean scores and the wrong axis": (
        "There are two bugs. D(x).mean() makes each gradient N times too small: take D(x).sum(). And the norm runs "
        "over the batch: dim=1 is right."
    ),
    "sum of absolutes": "You add up the sizes of the coordinates. The slope is the Euclidean norm: norm(dim=1).",
    "sign": "Your penalty is negative: D, which lowers its loss, would flee from slope one. Turn the sign.",
    "ten": "A weight of 10 is in it already. Leave the weight to the caller: the mean of (slope - 1)².",
    "largest": "You take the largest slope only. The mean over all samples is asked for.",
    "plus one": "You add 1 where it should be subtracted: (slope - 1)².",
}


def _judge_penalty(penalty: Callable) -> str:
    real, fake = _clouds()
    probes = [(_straight, 1.7), (_straight, 0.4), (_bowl, 0.35), (_bowl, -0.8)]
    critics = [_Noting(*probe) for probe in probes]
    values = [_paid(penalty, D, real, fake) for D in critics]
    x = critics[0].seen[-1]
    _judge_place(x, real, fake)

    tables, right = [], []
    for D in critics:
        at = D.seen[-1].requires_grad_()
        (gradient,) = torch.autograd.grad(D.score(D.weight.detach(), at).sum(), at)
        tables.append(_other_costs(gradient))
        right.append((gradient.norm(dim=1) - 1).square().mean())

    def same(others: list[Tensor]) -> bool:
        return all(
            math.isclose(a.item(), b.item(), rel_tol=2e-3, abs_tol=2e-3) for a, b in zip(values, others, strict=True)
        )

    if not same(right):
        for message in tables[0]:
            if same([table[message] for table in tables]):
                raise Mistake(message)
        if all(value.isnan() for value in values):
            raise Mistake("The penalty is NaN. Is a root taken of something negative?")
        raise Mistake(
            f"With a critic of slope 1.7 everywhere the penalty should be (1.7 - 1)² = 0.49; yours is "
            f"{values[0].item():.3g}. It is the mean of (slope - 1)²."
        )
    for D, value, table in zip(critics, values, right, strict=True):
        if not value.requires_grad:
            raise Mistake(
                "The value is right, but D cannot learn from it: no gradient leads back to D. Write create_graph=True."
            )
        (back,) = torch.autograd.grad(value, D.weight, allow_unused=True)
        slope = D.seen[-1].norm(dim=1) if D.score is _bowl else torch.ones(_N)
        wanted = (2 * (slope * D.weight.abs() - 1) * slope * D.weight.sign()).mean()
        if back is None or not torch.isclose(back, wanted, rtol=1e-2, atol=1e-3):
            raise Mistake(
                f"The value is right ({table:.3g}), but its gradient by D's weight is not. Is something detached "
                "between D(x) and the result?"
            )
    flat = _Noting(_straight, 0.0)
    value = _paid(penalty, flat, real, fake)
    (back,) = torch.autograd.grad(value, flat.weight)
    if not back.isfinite():
        raise Mistake(
            "Where the slope is exactly 0, D's gradient is NaN: the root has no derivative at 0. Use norm(dim=1), or "
            "add 1e-12 under the root."
        )
    again = _Noting(_straight, 1.7)
    torch.manual_seed(1)
    call(penalty, again, real, fake)
    if torch.equal(again.seen[-1], x):
        raise Mistake("Your points are the same at every call. Draw new u each time, and set no seed inside.")
    return "Each sample its own place, its own norm, and a gradient that reaches D, even where D is flat."


penalty = Exercise(
    judge=_judge_penalty,
    hints=(
        "There are four bugs. Check them in order: the places, what is differentiated, the norm, what is averaged.",
        "The u need shape (N, 1). D(x).sum() is differentiated, with create_graph=True. Which dim holds a sample?",
        "slope = gradient.norm(dim=1), and then (slope - 1).square().mean().",
    ),
    answer="""\
def my_penalty(D, real, fake):
    u = torch.rand(len(real), 1)  # one share for each sample
    x = (real + u * (fake - real)).detach().requires_grad_()
    (gradient,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)  # D must be able to learn from it
    slope = gradient.norm(dim=1)  # one norm for each sample, safe at 0
    return (slope - 1).square().mean()  # the mean comes last""",
)

# Exercise 2: the gap of the best penalised critic for two points.

_PAIRS = [(1.0, 0.1), (0.7, 0.3), (2.5, 10.0), (3.0, 0.8), (0.4, 0.05)]  # delta, lam


def _gap(d: float, w: float) -> float:
    return d * (1 + d / (2 * w))


def _other_gaps(d: float, w: float) -> dict[str, float]:
    s = 1 + d / (2 * w)
    return {
        "That is W1. A penalised critic oversteps: its slope is 1 + delta / (2 lam), not 1.": d,
        "That is the slope. The gap is the slope times the way, delta.": s,
        "That is only the excess. The gap is delta plus that.": d * d / (2 * w),
        "That is only the excess of the slope. The gap is delta (1 + delta / (2 lam)).": d / (2 * w),
        "The 2 is missing. The derivative of lam (s - 1)² is 2 lam (s - 1).": d * (1 + d / w),
        "A 2 is missing and delta too: the slope is 1 + delta / (2 lam), and the gap delta times that.": 1 + d / w,
        "The penalty is subtracted in yours, which gives delta + delta² / (4 lam). The gap is s delta alone.": d
        + d * d / (4 * w),
        "Your gap is s delta plus the penalty. The gap is what the scores differ by: s delta alone.": d * s
        + w * (s - 1) ** 2,
        "lam multiplies in yours. A larger lam holds the critic closer to one: divide by it.": d * (1 + 2 * w * d),
        "You multiply by lam: delta / 2 * lam is (delta / 2) times lam. Write delta / (2 * lam).": d * (1 + w * d / 2),
        "The slope lacks delta: it is 1 + delta / (2 lam). The longer the way, the steeper.": d * (1 + 1 / (2 * w)),
        "The sign is turned: the critic is too steep, not too flat. 1 + delta / (2 lam).": d * (1 - d / (2 * w)),
        "That is the cost, lam (s - 1)². The gap is s delta.": w * (s - 1) ** 2,
        "You divide by 4 lam. The best s has delta = 2 lam (s - 1), and the gap is s delta.": d * (1 + d / (4 * w)),
        "The gap has a minus in front: real scores are higher, so it is positive.": -d * s,
        "delta appears squared in the slope. It is 1 + delta / (2 lam).": d * (1 + d * d / (2 * w)),
        "You subtract 1: delta = 2 lam (s - 1) gives s = 1 + delta / (2 lam).": d * (d / (2 * w) - 1),
        "You divide gap by slope, or the slope into delta. The gap is delta times the slope.": d / s,
        "That is the square of the slope. The gap is delta times the slope.": s * s,
        "The slope comes in twice. The gap is delta times the slope, once.": d * s * s,
    }


def _judge_gap(answer: Callable) -> str:
    given = []
    for pair in _PAIRS:
        try:
            given.append(number(call(answer, *pair, slips=_SLIPS)))
        except NotAttempted:
            if not given:
                raise
            raise Mistake(
                f"For delta = {pair[0]:g}, lam = {pair[1]:g} nothing comes back. Is a return missing?"
            ) from None

    def same(others: list[float], rel: float = 1e-3) -> bool:
        return all(math.isclose(a, b, rel_tol=rel, abs_tol=1e-6) for a, b in zip(given, others, strict=True))

    right = [_gap(*pair) for pair in _PAIRS]
    if same(right):
        return "Six times W1 for the first pair, and an eighth too much for the third: delta / (2 lam) decides."
    tables = [_other_gaps(*pair) for pair in _PAIRS]
    for message in tables[0]:
        if same([table[message] for table in tables]):
            raise Mistake(message)
    if same([_gap(w, d) for d, w in _PAIRS]):
        raise Mistake("delta and lam have changed roles. delta comes first, lam second.")
    if same([_gap(d, 0.1) for d, _ in _PAIRS]):
        raise Mistake("Your lam is always 0.1. Use the one that is given.")
    if same([_gap(1.0, w) for _, w in _PAIRS]):
        raise Mistake("Your delta is always 1. Use the one that is given.")
    if same(right, 0.03):
        raise Mistake(f"Close: {given[0]:.6g} where the gap is {right[0]:.6g}. Do you round, or search too coarsely?")
    k = next(k for k in range(len(right)) if not math.isclose(given[k], right[k], rel_tol=1e-3))
    d, w = _PAIRS[k]
    raise Mistake(
        f"For delta = {d:g}, lam = {w:g} the best slope is 1 + {d:g} / {2 * w:g} = {1 + d / (2 * w):.4g} and the gap "
        f"{right[k]:.4g}; yours is {given[k]:.4g}. The gap is delta times the slope."
    )


gap = Exercise(
    judge=_judge_gap,
    hints=(
        "Between the points the critic is a straight line of slope s. What is its gap, and which s is best?",
        "s delta - lam (s - 1)² is highest where delta = 2 lam (s - 1).",
        "s = 1 + delta / (2 lam), and the gap is delta times s.",
    ),
    answer="""\
def gap(delta, lam):
    slope = 1 + delta / (2 * lam)  # where s delta - lam (s - 1)² is highest
    return delta * slope""",
)

# Exercise 3: a bound of W1 from below.

_READINGS = [  # scores of real samples, of fake ones, slopes
    ([2.0, 5.0, 3.5, 6.5], [-1.0, 0.5, 2.0, -3.5], [1.2, 3.0, 1.9, 0.4, 2.5]),
    ([0.9, 0.1, 0.4], [-0.7, 0.3, -0.2], [0.5, 0.8, 0.6, 0.2, 0.7]),
    ([-11.0, -14.0, -12.5, -10.0, -16.0], [-29.0, -21.0, -26.5, -33.0, -23.0], [6.1, 7.5, 6.6, 5.0, 7.1]),
]


def _other_bounds(real: Tensor, fake: Tensor, slopes: Tensor) -> dict[str, Tensor]:
    gap = real.mean() - fake.mean()
    return {
        "The gap is not divided. A critic that is too steep reads too much: divide by its steepest slope.": gap,
        "You divide by the mean slope. Somewhere the critic is steeper, so that is no bound: take the largest.": gap
        / slopes.mean(),
        "You divide by the least slope. Only the steepest makes the critic's slope at most one.": gap / slopes.min(),
        "You divide by the median slope. That is no bound: take the largest.": gap / slopes.median(),
        "You divide by the sum of the slopes. Take the largest one.": gap / slopes.sum(),
        "You divide by the norm of the slopes. Take the largest one.": gap / slopes.norm(),
        "You divide by the root of the mean square slope. Take the largest.": gap / slopes.square().mean().sqrt(),
        "The sign is turned: the critic is higher on real samples, so real minus fake.": -gap / slopes.max(),
        "You multiply by the slope. A steeper critic reads too much: divide.": gap * slopes.max(),
        "You take sums of scores. The gap is a difference of means.": (real.sum() - fake.sum()) / slopes.max(),
        "Your gap is highest real minus lowest fake score. It is a difference of means.": (real.max() - fake.min())
        / slopes.max(),
        "Your gap is highest real minus highest fake score. It is a difference of means.": (real.max() - fake.max())
        / slopes.max(),
        "Your gap is a difference of medians. It is one of means.": (real.median() - fake.median()) / slopes.max(),
        "You add the two means. The gap is their difference.": (real.mean() + fake.mean()) / slopes.max(),
        "You take the real scores only. The gap is the real mean minus the fake one.": real.mean() / slopes.max(),
        "You divide by the square of the slope. Divide by the slope itself, once.": gap / slopes.max().square(),
        "You divide by 1 or more at least: a flat critic may be scaled up too. Divide by the largest slope.": gap
        / slopes.max().clamp_min(1),
        "You subtract the slope. A slope scales: divide by the largest.": gap - slopes.max(),
        "Only the fake mean is divided. Parentheses: (real mean - fake mean) / slope.": real.mean()
        - fake.mean() / slopes.max(),
        "You cut the slopes at one. Divide by the largest as it is.": gap / slopes.clamp_max(1).max(),
        "You divide by the first slope. It is not always the largest: slopes.max().": gap / slopes[0],
        "You divide by the last slope. It is not always the largest: slopes.max().": gap / slopes[-1],
        "That is the slope, turned over. The bound is the gap divided by the largest slope.": 1 / slopes.max(),
        "That is the largest slope. Divide the gap by it.": slopes.max(),
    }


def _judge_bound(answer: Callable) -> str:
    readings = [tuple(torch.tensor(part) for part in reading) for reading in _READINGS]
    given = [number(call(answer, *(part.clone() for part in reading), slips=_SLIPS)) for reading in readings]
    right = [((real.mean() - fake.mean()) / slopes.max()).item() for real, fake, slopes in readings]

    def same(others: list[Any]) -> bool:
        return all(math.isclose(a, float(b), rel_tol=1e-3, abs_tol=1e-5) for a, b in zip(given, others, strict=True))

    if same(right):
        return "Divided by its steepest slope the critic has slope at most one, so W1 is at least this."
    tables = [_other_bounds(*reading) for reading in readings]
    for message in tables[0]:
        if same([table[message] for table in tables]):
            raise Mistake(message)
    k = next(k for k in range(len(right)) if not math.isclose(given[k], right[k], rel_tol=1e-3, abs_tol=1e-5))
    real, fake, slopes = readings[k]
    raise Mistake(
        f"With means {real.mean():.4g} (real) and {fake.mean():.4g} (fake) and slopes up to {slopes.max():.4g} the "
        f"bound is {right[k]:.4g}; yours is {given[k]:.4g}."
    )


bound = Exercise(
    judge=_judge_bound,
    hints=(
        "W1 is the largest gap of a critic of slope at most one. How do you make yours into such a critic?",
        "Divide all scores by the steepest slope. What becomes of the gap?",
        "(real_scores.mean() - fake_scores.mean()) / slopes.max().",
    ),
    answer="""\
def bound(real_scores, fake_scores, slopes):
    # divided by its steepest slope, the critic has slope at most one: its gap cannot exceed W1
    return (real_scores.mean() - fake_scores.mean()) / slopes.max()""",
)

quiz = Quiz(
    (
        Question(
            "c",
            {
                "a": "With too small a weight the slopes would be larger than one, not the same small number.",
                "b": "A sigmoid bounds the gap, and its slope does not follow the batch size.",
                "c": "One norm of N rows of slope s is √N s. Held to 1, it leaves s = 1/√N: 0.125 for N = 64.",
            },
        ),
        Question(
            "a",
            {
                "a": "Scores between 0 and 1 cannot differ by more. The critic ends in a sigmoid.",
                "b": "With one norm a batch the gap shrinks by a factor, but it still grows with the distance.",
                "c": "A larger weight brings the gap towards W1, which grows with the distance.",
            },
        ),
        Question(
            "b",
            {
                "a": "With the sign of G turned, G runs away from the data in the first rounds.",
                "b": "None at all, if they are zeroed after D's steps: only the work of a backward pass through G.",
                "c": "G's gradients from D's loss would spoil its step only if nothing zeroed them in between.",
            },
        ),
        Question(
            "b",
            {
                "a": "The mean slope is smaller than the steepest, so this reads more; for two clusters more than W1.",
                "b": "Divided by its steepest slope the critic is one of those over which W1 is the maximum.",
                "c": "The penalty is flat at slope one, so the raw gap exceeds W1.",
            },
        ),
    )
)
