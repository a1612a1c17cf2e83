"""Exercises of lesson 06."""

import inspect
import math
from collections.abc import Callable, Iterable

import torch
from torch import Tensor
from torch._C import _functorch

from gan_lessons.exercises.engine import Exercise, Mistake, NotAttempted, Question, Quiz, call, number


def _fits(function: Callable, *names: str) -> None:
    """Raises where `function` cannot be called with one argument for each name."""
    if callable(function):
        try:
            inspect.signature(function).bind(*names)
        except TypeError:
            raise Mistake(f"Your function must take {len(names)} arguments: ({', '.join(names)}).") from None
        except ValueError:  # a built-in that does not tell
            pass


def _named(given: list[float], others: Iterable[tuple[str, list]], tol: float = 1e-5) -> None:
    """Raises the first message whose numbers are the given ones."""
    for message, values in others:
        if all(math.isclose(a, float(b), rel_tol=1e-3, abs_tol=tol) for a, b in zip(given, values, strict=True)):
            raise Mistake(message)


def _worst(given: list[float], right: list[float]) -> int:
    """Which of the given numbers is furthest off, in parts of the right one."""
    return max(range(len(right)), key=lambda k: abs(given[k] / right[k] - 1))


def _judge_rounding(given: list[float], right: list[float]) -> None:
    if any(given == [round(value, digits) for value in right] for digits in range(3)):
        k = _worst(given, right)
        raise Mistake(f"You round: {given[k]:.6g} where it is {right[k]:.6g}. Give the number as it is.")


# Exercise 1: the penalty. A critic that takes notes shows where it is asked; critics of known slope show what is paid.

_N = 400
_SLIPS = {  # words in an error that Python or torch raises, and what helps
    "does not require grad": (
        "The points must require grad before D sees them: x = x.detach().requires_grad_(), and then D(x)."
    ),
    "not have been used in the graph": "You differentiate by points that D did not see. Give D the very tensor x.",
    "grad can be implicitly created only for scalar": (
        "D(x) holds N scores, and autograd.grad wants one number. Take D(x).sum()."
    ),
    "'tuple' object has no attribute": "autograd.grad gives a tuple, even of one gradient: take its first element.",
    "at non-singleton dimension 0": (
        f"Two tensors differ in their number of rows. N is {_N} here: is another number fixed in yours? Use len(real)."
    ),
    "must match the size of tensor": "Shapes do not fit. real and fake are (N, 2), so the shares must be (N, 1).",
    "second time": "The graph was freed before its second use. Write create_graph=True in autograd.grad.",
    "can't call numpy() on tensor that requires grad": (
        "NumPy keeps no graph, so D could not learn from this penalty. Stay with torch."
    ),
    "leaf variable": "A tensor that requires grad is changed in place. Make a new one: real + u * (fake - real).",
}


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
        points = x.detach()
        while _functorch.is_functorch_wrapped_tensor(points):  # inside torch.func.grad, vmap and the like
            points = _functorch.get_unwrapped(points)
        self.seen.append(points.detach().clone().reshape(-1, 2))
        return self.score(self.weight, x)

    def looks(self) -> list[Tensor]:
        """What may be the points, the likeliest first: those of one call, of all calls together, the calls' mean."""
        each = []
        for x in reversed([x for x in self.seen if len(x) == _N]):
            if not any(torch.equal(x, other) for other in each):
                each.append(x)
        if len(each) == len(self.seen) == 1:
            return each
        together = torch.cat(self.seen)
        if len(together) > _N:  # a point may be asked twice
            together = torch.tensor(list(dict.fromkeys(map(tuple, together.tolist()))))
        steps = [torch.stack(each).mean(0)] if len(each) > 1 else []  # of central differences the mean is the point
        return [*each, together, *steps]

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
    if D.weight.grad is not None:
        raise Mistake(
            "Your backward() leaves gradients in D's weights too, and D's next step adds them to its own. Use "
            "torch.autograd.grad, or backward(inputs=[x])."
        )
    return value.reshape(())


def _along(x: Tensor, start: Tensor, end: Tensor) -> tuple[Tensor, Tensor]:
    """The share u of the way at which each point lies, and how far it lies off the line."""
    way = end - start
    u = ((x - start) * way).sum(-1) / way.square().sum(-1)
    return u, (x - start - u[..., None] * way).norm(dim=-1)


def _judge_place(x: Tensor, real: Tensor, fake: Tensor) -> None:
    """Raises unless `x` are points at shares of their own between the real and the fake samples."""
    if len(x) % _N or len(x) > 4 * _N:
        raise Mistake(f"One point for each pair is asked for, {_N} here. You look at {len(x)}.")
    real_again, fake_again = (cloud.repeat(len(x) // _N, 1) for cloud in (real, fake))  # more draws do no harm
    u, off = _along(x, real_again, fake_again)
    if off.max() > 1e-3:  # the fakes may be shuffled, or the pairs
        for starts in (real_again[:, None], real):
            shares, far = _along(x[:, None], starts, fake)
            if far.amin(1).max() < 1e-4:
                u, off = shares.gather(1, far.argmin(1, keepdim=True))[:, 0], far.amin(1)
                break
    if off.max() > 1e-3:
        each = (x - real_again) / (fake_again - real_again)
        if (each >= -1e-3).all() and (each <= 1 + 1e-3).all():
            raise Mistake("Each coordinate has a u of its own, so points leave the lines. Its shape must be (N, 1).")
        raise Mistake("Some points do not lie on a line from a real to a fake sample: real + u * (fake - real).")
    if (u - u[0]).abs().max() < 1e-4:
        where = {0: "the real samples only", 1: "the fake samples only"}.get(round(u[0].item(), 4))
        if where:
            raise Mistake(f"You look at {where}. Mix them: real + u * (fake - real), with u from torch.rand(N, 1).")
        raise Mistake("All samples share one u. Give each its own: torch.rand(len(real), 1).")
    if u.max() < 1e-3:
        raise Mistake("You walk away from the fakes: the sign is turned. real + u * (fake - real).")
    if u.min() < -1e-3 or u.max() > 1 + 1e-3:
        raise Mistake(
            f"Some u lie outside [0, 1], so you look beyond the samples: yours run from {u.min():.2f} to "
            f"{u.max():.2f}. torch.rand stays inside; randn does not."
        )
    if u.min() > 0.05 or u.max() < 0.95:
        raise Mistake(f"u should fill [0, 1]. Yours run from {u.min():.2f} to {u.max():.2f}.")
    if abs(u.mean() - 0.5) > 0.1 or abs(u.std() - 12**-0.5) > 0.05:
        raise Mistake("u should be uniform in [0, 1], so that no part of the way is looked at more: torch.rand.")


def _other_costs(D: _Noting, g: Tensor, x: Tensor, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
    """What other penalties make of the gradients (N, 2) at x."""
    n, each, by_weight = len(g), g.norm(dim=1), D.score(torch.tensor(1.0), x)
    loss = (D.score(D.weight, fake).mean() - D.score(D.weight, real).mean()).detach()
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
        "root of the whole": (each - 1).square().mean().sqrt(),
        "by D's weights": (by_weight.sum().abs() - 1).square(),
        "by D's weights, mean scores": (by_weight.mean().abs() - 1).square(),
        "D's loss": loss + (each - 1).square().mean(),
        "D's loss and ten": loss + 10 * (each - 1).square().mean(),
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
        "At least two bugs. D(x).mean() makes each gradient N times too small: take D(x).sum(). And each sample needs "
        "a norm of its own: norm(dim=1)."
    ),
    "mean scores and the wrong axis": (
        "At least two bugs. D(x).mean() makes each gradient N times too small: take D(x).sum(). And the norm runs "
        "over the batch: dim=1 is right."
    ),
    "sum of absolutes": "You add up the sizes of the coordinates. The slope is the Euclidean norm: norm(dim=1).",
    "sign": "Your penalty is negative: D, which lowers its loss, would flee from slope one. Turn the sign.",
    "ten": "A weight of 10 is in it already. Leave the weight to the caller: the mean of (slope - 1)².",
    "largest": "You take the largest slope only. The mean over all samples is asked for.",
    "root of the whole": "You take a root at the end. The penalty is the mean of (slope - 1)² itself.",
    "by D's weights": "You differentiate by D's parameters. The slope is the gradient by the points x.",
    "by D's weights, mean scores": (
        "You differentiate the mean score by D's parameters. The slope is the gradient of D(x).sum() by the points x."
    ),
    "D's loss": "D's loss is in it already. Give the penalty alone: the mean of (slope - 1)².",
    "D's loss and ten": "D's loss and a weight of 10 are in it already. Give the penalty alone: mean of (slope - 1)².",
    "plus one": "You add 1 where it should be subtracted: (slope - 1)².",
}


def _judge_floor(values: list[float]) -> None:
    """Raises where the values for the slopes 1.7 and 0.4 are those of root(slope² + floor), with a large floor."""
    floors = (1 + values[0] ** 0.5) ** 2 - 1.7**2, (1 - values[1] ** 0.5) ** 2 - 0.4**2
    if floors[0] > 1e-5 and math.isclose(*floors, rel_tol=0.05):
        raise Mistake(f"The number under your root, {floors[0]:.1g}, is too large: it shifts the slopes. Take 1e-12.")


def _judge_penalty(penalty: Callable) -> str:
    _fits(penalty, "D", "real", "fake")
    real, fake = _clouds()
    torch.manual_seed(0)
    critics = [_Noting(*probe) for probe in ((_straight, 1.7), (_straight, 0.4), (_bowl, 0.35), (_bowl, -0.8))]
    results = [_paid(penalty, D, real, fake) for D in critics]
    values = [result.item() for result in results]

    looks = list(zip(*(D.looks() for D in critics), strict=False))  # of each kind of look, the points of each critic
    troubles, tables = [], []
    for points in looks:
        try:
            troubles.append(_judge_place(points[0], real, fake))
        except Mistake as mistake:
            troubles.append(mistake)
        slopes = []
        for D, x in zip(critics, points, strict=True):
            at = x.clone().requires_grad_()
            slopes.append((D, *torch.autograd.grad(D.score(D.weight.detach(), at).sum(), at)))
        tables.append(slopes)

    def costs(k: int) -> list[float]:
        return [(g.norm(dim=1) - 1).square().mean().item() for _, g in tables[k]]

    def right(k: int) -> bool:
        return all(math.isclose(a, b, rel_tol=2e-3, abs_tol=2e-3) for a, b in zip(values, costs(k), strict=True))

    kinds = range(len(looks))  # the points are those that explain the value; else those that lie well; else the last
    chosen = max(kinds, key=lambda k: (troubles[k] is None and right(k), troubles[k] is None, -k))
    if troubles[chosen]:
        raise troubles[chosen]
    if not right(chosen):
        others = [_other_costs(D, g, x, real, fake) for (D, g), x in zip(tables[chosen], looks[chosen], strict=True)]
        _named(values, ((message, [table[message] for table in others]) for message in others[0]), tol=2e-3)
        if all(math.isnan(value) for value in values):
            raise Mistake("The penalty is NaN. Is a root taken of something negative?")
        if min(values[:2]) >= 0:
            _judge_floor(values)
        wanted = costs(chosen)
        k = _worst(values[:2], wanted[:2])
        if math.isclose(values[k], wanted[k], rel_tol=2e-3, abs_tol=2e-3):
            raise Mistake(
                f"Where all slopes are alike your penalty is right. With D(x) = 0.175 |x|² your points have slopes of "
                f"0.35 |x|: the penalty is {wanted[2]:.4g}, yours {values[2]:.4g}. It is the mean of (slope - 1)²."
            )
        raise Mistake(
            f"With a critic of slope {(1.7, 0.4)[k]} everywhere the penalty is ({(1.7, 0.4)[k]} - 1)² = "
            f"{wanted[k]:.2f}; yours is {values[k]:.4g}. It is the mean of (slope - 1)²."
        )
    for (D, g), result in zip(tables[chosen], results, strict=True):
        if not result.requires_grad:
            raise Mistake(
                "The value is right, but D cannot learn from it: no gradient leads back to D. Is create_graph=True "
                "missing, or is the slope detached afterwards?"
            )
        (back,) = torch.autograd.grad(result, D.weight, allow_unused=True)
        slope = g.norm(dim=1)
        wanted = (2 * (slope - 1) * slope / D.weight.detach()).mean()
        if back is None or not torch.isclose(back, wanted, rtol=1e-2, atol=1e-3):
            _judge_floor(values)
            raise Mistake(
                f"The value is right ({result.item():.3g}), but its gradient by D's weight is not. Is something "
                "detached between D(x) and the result?"
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
    call(penalty, again, real, fake)
    if torch.equal(again.looks()[chosen], looks[chosen][0]):
        raise Mistake("Your points are the same at every call. Draw new u each time, and set no seed inside.")
    made = torch.zeros(_N, 2, requires_grad=True)  # stands for G
    slips = {"": "It fails for fakes straight from G, which carry a graph. Take fake.detach() first."}
    (leak,) = torch.autograd.grad(
        call(penalty, _Noting(_bowl, 0.35), real, fake + made, slips=slips), made, allow_unused=True
    )
    if leak is not None:
        raise Mistake(
            "The penalty's gradient reaches G: your points hang on the fakes that G made. Detach them: "
            "x = (real + u * (fake - real)).detach().requires_grad_()."
        )
    return "Each sample its own place, its own norm, and a gradient that reaches D, even where D is flat."


penalty = Exercise(
    judge=_judge_penalty,
    hints=(
        "There are four bugs: one in the line of u, two in that of the gradient, one in that of the slope.",
        "How many places does one u give? N samples need N shares, of a shape that multiplies rows of two.",
        "Score k depends on point k alone. Which sum of scores gives each sample its own gradient, undivided? And "
        "which switch of autograd.grad lets D learn from a gradient?",
        "gradient is (N, 2), and each row belongs to one sample. Over which dim must the norm run to leave N slopes?",
    ),
    answer="""\
def my_penalty(D, real, fake):
    u = torch.rand(len(real), 1, dtype=real.dtype)  # one share for each sample
    x = (real + u * (fake - real)).detach().requires_grad_()  # detached: G must not feel this
    (gradient,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)  # D must be able to learn from it
    slope = gradient.norm(dim=1)  # one norm for each sample, safe at 0
    return (slope - 1).square().mean()  # the mean comes last""",
)

# Exercise 2: the gap of the best penalised critic for two points.

_PAIRS = [(1.0, 0.1), (0.7, 0.3), (2.5, 10.0), (3.0, 0.8), (0.4, 0.05), (2.0, 0.05)]  # delta, lam


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
        "Your fraction is upside down. The slope is 1 + delta / (2 lam).": d * (1 + 2 * w / d),
        "In yours 1 + delta is divided. Only delta is: 1 + delta / (2 * lam).": d * (1 + d) / (2 * w),
        "// drops what is behind the point. Divide with a single /.": d * (1 + d // (2 * w)),
        "That is what D lowers, -gap + penalty, at its lowest. The gap is s delta.": -d - d * d / (4 * w),
    }


def _judge_gap(answer: Callable) -> str:
    _fits(answer, "delta", "lam")
    slips = {"division by zero": "There is a division by 0. Does something other than lam stand below the line?"}
    given = []
    for d, w in _PAIRS:
        try:
            given.append(number(call(answer, d, w, slips=slips)))
        except NotAttempted:
            if not given:
                raise
            raise Mistake(f"For delta = {d:g}, lam = {w:g} nothing comes back. Is a return missing?") from None

    right = [_gap(*pair) for pair in _PAIRS]
    k = _worst(given, right)
    (d, w), slope = _PAIRS[k], right[k] / _PAIRS[k][0]
    if abs(given[k] / right[k] - 1) < 1e-3:
        return (
            "For delta = 1, lam = 0.1 the gap is six times W1; for 2.5 and 10 it is an eighth too much. "
            "delta / (2 lam) decides."
        )
    tables = [_other_gaps(*pair) for pair in _PAIRS]
    _named(given, ((message, [table[message] for table in tables]) for message in tables[0]))
    turned = [("delta and lam have changed roles. delta comes first, lam second.", [_gap(w, d) for d, w in _PAIRS])]
    for fixed in (0.1, 1.0, 10.0):
        turned.append(
            (f"Your lam is always {fixed:g}. Use the one that is given.", [_gap(d, fixed) for d, _ in _PAIRS])
        )
    turned.append(("Your delta is always 1. Use the one that is given.", [_gap(1.0, w) for _, w in _PAIRS]))
    turned.append((f"You give {given[0]:.4g} whatever delta and lam are. Use both.", [given[0]] * len(_PAIRS)))
    _named(given, turned)
    _judge_rounding(given, right)
    top = max(g / d for g, (d, _) in zip(given, _PAIRS, strict=True))
    if 0 < top < slope and all(
        math.isclose(g, min(r, top * d), rel_tol=0.02) for g, r, (d, _) in zip(given, right, _PAIRS, strict=True)
    ):
        raise Mistake(f"Your slopes end at {top:.4g}. For delta = {d:g}, lam = {w:g} the best is {slope:.4g}.")
    if abs(given[k] / right[k] - 1) < 0.03:
        raise Mistake(
            f"Close: for delta = {d:g}, lam = {w:g} yours is {given[k]:.6g} and the gap {right[k]:.6g}. Do you round, "
            "or search too coarsely?"
        )
    raise Mistake(
        f"For delta = {d:g}, lam = {w:g} the best slope is 1 + {d:g} / {2 * w:g} = {slope:.4g} and the gap "
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
def gap_of_points(delta, lam):
    slope = 1 + delta / (2 * lam)  # where s delta - lam (s - 1)² is highest
    return delta * slope""",
)

# Exercise 3: a bound of W1 from below.

_READINGS = [  # scores of real samples, of fake ones, slopes
    ([2.0, 5.0, 3.5, 6.5], [-1.0, 2.0, -2.5], [1.2, 3.0, 1.9, 0.4, 2.5]),
    ([0.9, 0.1, 0.4], [-0.7, 0.3, -0.2, 0.0, -0.4], [0.5, 0.2, 0.6, 0.8, 0.7]),
    ([-11.0, -14.0, -12.5, -10.0, -16.0], [-29.0, -21.0, -26.5, -23.5], [6.1, 6.6, 7.5, 5.0, 7.1]),
]


def _other_bounds(real: Tensor, fake: Tensor, slopes: Tensor) -> dict[str, Tensor]:
    gap, steepest = real.mean() - fake.mean(), slopes.max()
    return {
        "The gap is not divided. A critic that is too steep reads too much: divide by its steepest slope.": gap,
        "You divide by the mean slope. Somewhere the critic is steeper, so that is no bound: take the largest.": gap
        / slopes.mean(),
        "You divide by the least slope. Only the steepest makes the critic's slope at most one.": gap / slopes.min(),
        "You divide by the median slope. That is no bound: take the largest.": gap / slopes.median(),
        "You divide by the sum of the slopes. Take the largest one.": gap / slopes.sum(),
        "You divide by the norm of the slopes. Take the largest one.": gap / slopes.norm(),
        "You divide by the root of the mean square slope. Take the largest.": gap / slopes.square().mean().sqrt(),
        "The sign is turned: the critic is higher on real samples, so real minus fake.": -gap / steepest,
        "You multiply by the slope. A steeper critic reads too much: divide.": gap * steepest,
        "You take sums of scores. The gap is a difference of means.": (real.sum() - fake.sum()) / steepest,
        "Your gap is highest real minus lowest fake score. It is a difference of means.": (real.max() - fake.min())
        / steepest,
        "Your gap is highest real minus highest fake score. It is a difference of means.": (real.max() - fake.max())
        / steepest,
        "Your gap is a difference of medians. It is one of means.": (real.median() - fake.median()) / steepest,
        "You add the two means. The gap is their difference.": (real.mean() + fake.mean()) / steepest,
        "You take the real scores only. The gap is the real mean minus the fake one.": real.mean() / steepest,
        "You divide by the square of the slope. Divide by the slope itself, once.": gap / steepest.square(),
        "You divide by 1 or more at least: a flat critic may be scaled up too. Divide by the largest slope.": gap
        / steepest.clamp_min(1),
        "You subtract the slope. A slope scales: divide by the largest.": gap - steepest,
        "Only the fake mean is divided. Parentheses: (real mean - fake mean) / slope.": real.mean()
        - fake.mean() / steepest,
        "You cut the slopes at one. Divide by the largest as it is.": gap / slopes.clamp_max(1).max(),
        "You divide by the first slope. It is not always the largest: slopes.max().": gap / slopes[0],
        "You divide by the last slope. It is not always the largest: slopes.max().": gap / slopes[-1],
        "That is the slope, turned over. The bound is the gap divided by the largest slope.": 1 / steepest,
        "That is the largest slope. Divide the gap by it.": steepest,
        "Your fraction is upside down: the gap is divided by the slope.": steepest / gap,
        "You average gap / slope over the places. Only the steepest place bounds W1: gap / slopes.max().": (
            gap / slopes
        ).mean(),
        "argmax is a place, not the slope there. Divide by slopes.max().": gap / slopes.argmax(),
        "You subtract 1 from the slope. Divide by the largest as it is.": gap / (steepest - 1),
        "You add 1 to the slope. Divide by the largest as it is.": gap / (steepest + 1),
        "Mean plus deviations guesses the steepest slope. You have it: slopes.max().": gap
        / (slopes.mean() + 2 * slopes.std()),
        "You take the penalty from the gap. A steep critic is scaled: divide by its largest slope.": gap
        - (slopes - 1).square().mean(),
    } | {
        f"You divide by the {share:.0%} quantile. Some slopes are larger still: slopes.max().": gap
        / slopes.quantile(share)
        for share in (0.9, 0.95, 0.99)
    }


_BOUND_SLIPS = {
    "return_types": "slopes.max(dim=0) gives a pair, the value and its place. Use slopes.max()."
} | dict.fromkeys(
    ("must match the size of tensor", "could not be broadcast", "zip() argument"),
    "The samples need not be equally many. Take two means, and then their difference.",
)


def _judge_bound(answer: Callable) -> str:
    _fits(answer, "real_scores", "fake_scores", "slopes")
    readings = [tuple(torch.tensor(part) for part in reading) for reading in _READINGS]
    given = [number(call(answer, *(part.clone() for part in reading), slips=_BOUND_SLIPS)) for reading in readings]
    right = [((real.mean() - fake.mean()) / slopes.max()).item() for real, fake, slopes in readings]
    k = _worst(given, right)
    if abs(given[k] / right[k] - 1) < 1e-3:
        return "Divided by its steepest slope the critic has slope at most one, so W1 is at least this."
    tables = [_other_bounds(*reading) for reading in readings]
    _named(given, ((message, [table[message] for table in tables]) for message in tables[0]))
    _judge_rounding(given, right)
    real, fake, slopes = readings[k]
    wanted = (
        f"({real.mean():.4g} - ({fake.mean():.4g})) / {slopes.max():.4g} = {right[k]:.4g}: the means of real and fake "
        f"scores, and the steepest slope. Yours is {given[k]:.4g}."
    )
    if all(a < b * 1.001 for a, b in zip(given, right, strict=True)):
        raise Mistake(f"These tensors let you give a larger number. W1 is at least {wanted}")
    raise Mistake(f"They let you say that W1 is at least {wanted}")


bound = Exercise(
    judge=_judge_bound,
    hints=(
        "W1 is the largest gap of a critic of slope at most one. How do you make yours into such a critic?",
        "Divide all scores by the steepest slope. What becomes of the gap?",
        "The gap is divided by that slope, too. The gap is a difference of two means.",
    ),
    answer="""\
def at_least(real_scores, fake_scores, slopes):
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
