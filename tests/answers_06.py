"""Answers to the exercises of lesson 06, right ones in many styles and wrong ones with the words that each must get."""

import math
import random
import warnings
from fractions import Fraction

import numpy as np
import torch
from scipy import optimize, stats
from torch.autograd import grad

from gan_lessons import penalties

# The penalty


def plain(D, real, fake):
    u = torch.rand(len(real), 1)
    x = (real + u * (fake - real)).detach().requires_grad_()
    (gradient,) = grad(D(x).sum(), x, create_graph=True)
    return (gradient.norm(dim=1) - 1).square().mean()


def as_published(D, real, fake):
    share = torch.empty(real.size(0), 1).uniform_(0, 1)
    x = share * real + (1 - share) * fake.detach()
    x.requires_grad_(True)
    scores = D(x)
    gradients = grad(scores, x, grad_outputs=torch.ones_like(scores), create_graph=True, retain_graph=True)[0]
    return ((gradients.view(len(real), -1).norm(2, dim=1) - 1) ** 2).mean()


def by_package(D, real, fake):
    term = penalties.wgan_gp(10.0)
    return term.value(D, term.where(real, fake))


def with_floor(D, real, fake):
    x = torch.lerp(real, fake, torch.rand_like(real[:, :1])).detach().requires_grad_()
    slope = (grad(D(x).sum(), x, create_graph=True)[0].pow(2).sum(1) + 1e-12).sqrt()
    return torch.nn.functional.mse_loss(slope, torch.ones(len(x)))


def one_by_one(D, real, fake):
    costs = []
    for a, b in zip(real, fake, strict=True):
        costs.append((a, b, torch.rand(())))
    x = torch.stack([a + u * (b - a) for a, b, u in costs]).detach().requires_grad_()
    rows = grad(sum(D(x)), x, create_graph=True)[0].unbind()
    return sum((row.norm() - 1) ** 2 for row in rows) / len(rows)


def with_numpy_shares(D, real, fake):
    u = torch.from_numpy(np.random.default_rng().random((len(real), 1))).float()
    x = (fake + u * (real - fake)).detach().requires_grad_()
    return ((torch.linalg.vector_norm(grad(D(x).sum(), x, create_graph=True)[0], dim=-1) - 1) ** 2).mean(0, True)


def expanded(D, real, fake):
    x = torch.lerp(real, fake.detach(), torch.rand(len(real), 1)).requires_grad_()
    slope = (len(x) * grad(D(x).mean(), x, create_graph=True)[0]).norm(dim=1)
    return torch.var(slope, correction=0) + (slope.mean() - 1) ** 2


def between(real, fake):
    return (real + torch.rand(len(real), 1) * (fake - real)).detach()


def charged(gradient):
    return (gradient.norm(dim=1) - 1).square().mean()


def slope_cost(D, x):
    return charged(grad(D(x.requires_grad_()).sum(), x, create_graph=True)[0])


def by_func_grad(D, real, fake):
    return charged(torch.func.grad(lambda x: D(x).sum())(between(real, fake)))


def by_vjp(D, real, fake):
    scores, back = torch.func.vjp(D, between(real, fake))
    return charged(back(torch.ones_like(scores))[0])


def by_vmap(D, real, fake):
    return charged(torch.func.vmap(torch.func.grad(lambda p: D(p[None]).squeeze()))(between(real, fake)))


def by_jacobian(D, real, fake):
    x = between(real, fake[torch.randperm(len(fake))])
    return charged(torch.einsum("nnd->nd", torch.autograd.functional.jacobian(D, x, create_graph=True)))


def by_backward(D, real, fake):
    x = between(real, fake).requires_grad_()
    with warnings.catch_warnings(action="ignore"):  # of the cycle between x and its gradient
        D(x).sum().backward(create_graph=True, inputs=[x])
    return charged(x.grad)


def by_differences(D, real, fake):
    x, h = between(real, fake), 1e-3
    parts = [(D(x + h * e) - D(x - h * e)) / (2 * h) for e in torch.eye(2)]
    return ((torch.stack(parts, 1).square().sum(1) + 1e-12).sqrt() - 1).square().mean()


class OneAtATime:
    """Each sample in a call of its own."""

    def __init__(self, norm=torch.linalg.vector_norm):
        self.norm = norm

    def __call__(self, D, real, fake):
        total = 0
        for a, b in zip(real, fake.detach(), strict=True):
            x = torch.lerp(a, b, random.random())[None].requires_grad_()
            total = total + (self.norm(grad(D(x), x, torch.ones(1), create_graph=True)[0][0]) - 1) ** 2
        return total / len(real)


def in_chunks(D, real, fake):
    return sum(slope_cost(D, x) for x in between(real, fake).chunk(2)) / 2


def two_draws(D, real, fake):
    return sum(slope_cost(D, between(real, fake)) for _ in range(2)) / 2


def two_draws_at_once(D, real, fake):
    return slope_cost(D, between(real.repeat(2, 1), fake.repeat(2, 1)))


def with_shuffled_fakes(D, real, fake):
    return slope_cost(D, between(real, fake[torch.randperm(len(fake))]))


def with_shuffled_pairs(D, real, fake):
    order = torch.randperm(len(fake))
    return slope_cost(D, between(real[order], fake[order]))


def with_looks_at_other_points(D, real, fake):
    D(real)
    x = between(real, fake)
    cost = D(x).sum() * 0 + slope_cost(D, x)
    D(fake)
    return cost


def penalty(u=None, norm=lambda g: g.norm(dim=1), cost=lambda s: (s - 1).square().mean(), score=torch.sum, graph=True):
    """A penalty with some parts exchanged."""

    def answer(D, real, fake):
        share = torch.rand(len(real), 1) if u is None else u(real)
        x = (real + share * (fake - real)).detach().requires_grad_()
        (gradient,) = grad(score(D(x)), x, create_graph=graph)
        return cost(norm(gradient))

    return answer


def points_that_do_not_ask(D, real, fake):
    x = real + torch.rand(len(real), 1) * (fake - real)
    return grad(D(x).sum(), x, create_graph=True)[0].norm(dim=1).sub(1).square().mean()


def other_points(D, real, fake):
    x = (real + torch.rand(len(real), 1) * (fake - real)).requires_grad_()
    return grad(D(x.clone().detach().requires_grad_()).sum(), x, create_graph=True)[0].norm(dim=1).mean()


def changes_real(D, real, fake):
    return plain(D, real.mul_(0.5), fake)


def detached_slope(D, real, fake):
    x = (real + torch.rand(len(real), 1) * (fake - real)).requires_grad_()
    slope = grad(D(x).sum(), x, create_graph=True)[0].norm(dim=1)
    return ((slope - 1).detach() * (slope - 1)).mean()


def detached_at_the_end(D, real, fake):
    x = between(real, fake).requires_grad_()
    return charged(grad(D(x).sum(), x, create_graph=True)[0].detach())


def not_detached(D, real, fake):
    x = real + torch.rand(len(real), 1) * (fake - real)
    x.requires_grad_()
    return charged(grad(D(x).sum(), x, create_graph=True)[0])


def fails_with_a_graph(D, real, fake):
    return plain(D, real, torch.from_numpy(fake.numpy()))


def backward_into_D(D, real, fake):
    x = between(real, fake).requires_grad_()
    with warnings.catch_warnings(action="ignore"):
        D(x).sum().backward(create_graph=True)
    return charged(x.grad)


def by_weights(reduce):
    def answer(D, real, fake):
        gradients = grad(reduce(D(between(real, fake))), list(D.parameters()), create_graph=True)
        return (torch.cat([part.flatten() for part in gradients]).norm() - 1).square()

    return answer


def with_loss(weight):
    return lambda D, real, fake: D(fake).mean() - D(real).mean() + weight * plain(D, real, fake)


def always_the_same_places(D, real, fake):
    torch.manual_seed(0)
    return plain(D, real, fake)


def only_half(D, real, fake):
    return plain(D, real[::2], fake[::2])


# The gap


def fine_grid(delta, lam):
    s = np.linspace(0, 3 + 3 * delta / lam, 400_001)
    return delta * s[np.argmax(s * delta - lam * (s - 1) ** 2)]


def by_ascent(delta, lam):
    s = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    for _ in range(200):
        (step,) = grad(s * delta - lam * (s - 1) ** 2, s)
        s = (s + step / (4 * lam)).detach().requires_grad_()
    return (s * delta).detach()


def by_optimiser(delta, lam):
    found = optimize.minimize_scalar(
        lambda s: lam * (abs(s) - 1) ** 2 - s * delta, bracket=(0.5, 1 + delta / lam), tol=1e-12
    )
    return found.x * delta


def by_bisection(delta, lam):
    low, high = 1.0, 1 + delta / lam
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if delta > 2 * lam * (middle - 1) else (low, middle)
    return np.float32(low * delta)


def by_grid(step, top):
    def answer(delta, lam):
        s = np.arange(-3, top + step / 2, step)
        return float(delta * s[np.argmax(s * delta - lam * (np.abs(s) - 1) ** 2)])

    return answer


class Gap:
    def __call__(self, delta, lam, /):
        return np.float32(delta + delta**2 / 2 / lam)


# The bound


def in_plain_python(real_scores, fake_scores, slopes):
    real, fake = real_scores.tolist(), fake_scores.tolist()
    return (sum(real) / len(real) - sum(fake) / len(fake)) / max(slopes.tolist())


def scaled_first(real_scores, fake_scores, slopes):
    steepest = slopes.sort().values[-1]
    return ((real_scores / steepest).mean() - (fake_scores / steepest).mean()).reshape(1)


def by_transport(real_scores, fake_scores, slopes):
    return stats.wasserstein_distance(real_scores.numpy(), fake_scores.numpy()) / slopes.max().item()


def reading(formula):
    return lambda real_scores, fake_scores, slopes: formula(real_scores.mean() - fake_scores.mean(), slopes)


RIGHT = {
    "penalty": [
        plain,
        as_published,
        by_package,
        with_floor,
        one_by_one,
        with_numpy_shares,
        expanded,
        by_func_grad,
        by_vjp,
        by_vmap,
        by_jacobian,
        by_backward,
        by_differences,
        OneAtATime(),
        in_chunks,
        two_draws,
        two_draws_at_once,
        with_shuffled_fakes,
        with_shuffled_pairs,
        with_looks_at_other_points,
        penalty(lambda real: 1 - torch.rand(len(real))[:, None]),
        penalty(norm=lambda g: torch.hypot(g[:, 0], g[:, 1] + 1e-9)),
    ],
    "gap": [
        lambda delta, lam: delta * (1 + delta / (2 * lam)),
        lambda delta, lam: delta + delta**2 / (2 * lam),
        fine_grid,
        by_ascent,
        by_optimiser,
        by_bisection,
        Gap(),
        lambda delta, lam: Fraction(delta) * (1 + Fraction(delta) / (2 * Fraction(lam))),
        lambda delta, lam: torch.tensor([[delta * (2 * lam + delta) / (2 * lam)]]),
        lambda d, w, steps=3: round(math.exp(math.log(d) + math.log1p(d / w / 2)), 5),
    ],
    "bound": [
        lambda real_scores, fake_scores, slopes: (real_scores.mean() - fake_scores.mean()) / slopes.max(),
        in_plain_python,
        scaled_first,
        by_transport,
        reading(lambda g, s: g.abs() / s.max()),
        reading(lambda g, s: (g / s.quantile(1.0)).clamp(min=0)),
        reading(lambda g, s: g / (s.max() + 1e-8)),
        lambda a, b, s: (np.mean(a.numpy()) - np.mean(b.numpy())) / np.max(s.numpy()),
        lambda a, b, s: torch.stack([(a.mean() - b.mean()) / k for k in s]).min(),
        lambda a, b, s: (a[:, None] - b[None]).mean() / s.amax(0),
        lambda a, b, s: Fraction(float((a.mean() - b.mean()) / s.topk(1).values)),
    ],
}
WRONG = {
    "penalty": [
        (penalty(lambda real: torch.rand(1)), "share one u"),
        (penalty(lambda real: torch.rand(())), "share one u"),
        (penalty(lambda real: 0.0), "the real samples only"),
        (penalty(lambda real: 1.0), "the fake samples only"),
        (penalty(torch.rand_like), "Each coordinate has a u of its own"),
        (penalty(lambda real: torch.randn(len(real), 1)), "outside [0, 1]"),
        (penalty(lambda real: torch.rand(len(real), 1) / 2), "should fill [0, 1]"),
        (penalty(lambda real: torch.rand(len(real), 1) ** 3), "should be uniform"),
        (penalty(lambda real: torch.rand(len(real))), "the shares must be (N, 1)"),
        (penalty(lambda real: torch.randn_like(real)), "do not lie on a line"),
        (penalty(norm=lambda g: g.norm()), "one norm over the whole batch"),
        (penalty(norm=lambda g: g.norm(dim=0)), "runs over the batch"),
        (penalty(norm=lambda g: g), "A norm is missing"),
        (penalty(norm=lambda g: g.abs()), "each coordinate to size 1"),
        (penalty(norm=lambda g: g.abs().sum(1)), "add up the sizes"),
        (penalty(norm=lambda g: g.square().sum(1)), "compare slope² with 1"),
        (penalty(norm=lambda g: g.norm(dim=1).mean()), "average the slopes first"),
        (penalty(norm=lambda g: g.norm(dim=1).max()), "the largest slope only"),
        (penalty(norm=lambda g: g.square().sum(1).sqrt()), "exactly 0, D's gradient is NaN"),
        (penalty(cost=lambda s: s.square().mean()), "draws the slope to 0"),
        (penalty(cost=lambda s: s.square().mean() / 2), "R1's cost"),
        (penalty(cost=lambda s: (s - 1).square().mean() / 2), "half of the cost"),
        (penalty(cost=lambda s: (s.square() - 1).mean()), "The square sits on the slope alone"),
        (penalty(cost=lambda s: (s - 1).abs().mean()), "|slope - 1|"),
        (penalty(cost=lambda s: (s - 1).mean()), "The square is missing"),
        (penalty(cost=lambda s: (s - 1).relu().square().mean()), "one-sided"),
        (penalty(cost=lambda s: (1 - s).relu().square().mean()), "above one are free"),
        (penalty(cost=lambda s: (s - 1).square().sum()), "sum over the batch"),
        (penalty(cost=lambda s: -(s - 1).square().mean()), "negative"),
        (penalty(cost=lambda s: 10 * (s - 1).square().mean()), "A weight of 10"),
        (penalty(cost=lambda s: (s + 1).square().mean()), "You add 1"),
        (penalty(cost=lambda s: (s - 1).square()), "the mean over the batch. You give shape"),
        (penalty(cost=lambda s: (s - 1).square().mean().item()), "without .item()"),
        (penalty(cost=lambda s: 3 * (s - 1).square().mean()), "everywhere the penalty is ("),
        (penalty(cost=lambda s: (0.8 * s - 0.66).square().mean()), "(0.4 - 1)² = 0.36"),
        (penalty(cost=lambda s: (s - 1).square().median()), "Where all slopes are alike your penalty is right"),
        (penalty(cost=lambda s: (s - 1).square().mean().sqrt()), "a root at the end"),
        (penalty(lambda real: -torch.rand(len(real), 1)), "the sign is turned"),
        (penalty(lambda real: torch.rand(2)), "Each coordinate has a u of its own"),
        (penalty(lambda real: torch.rand(64, 1)), "is another number fixed in yours?"),
        (penalty(lambda real: torch.randint(0, 2, (len(real), 1))), "should be uniform"),
        (penalty(lambda real: torch.linspace(0, 1, len(real))[:, None]), "same at every call"),
        (penalty(norm=lambda g: (g.square().sum(1) + 1e-3).sqrt()), "under your root, 0.001, is too large"),
        (penalty(norm=lambda g: (g.square().sum(1) + 0.05).sqrt()), "under your root, 0.05, is too large"),
        (OneAtATime(lambda g: torch.hypot(g[0], g[1])), "exactly 0, D's gradient is NaN"),
        (detached_at_the_end, "or is the slope detached afterwards?"),
        (not_detached, "reaches G"),
        (fails_with_a_graph, "fake.detach()"),
        (backward_into_D, "leaves gradients in D's weights"),
        (by_weights(torch.sum), "by D's parameters"),
        (by_weights(torch.mean), "the mean score by D's parameters"),
        (with_loss(1), "D's loss is in it"),
        (with_loss(10), "a weight of 10 are in it"),
        (lambda G, D, real, fake: plain(D, real, fake), "3 arguments: (D, real, fake)"),
        (penalty(score=torch.mean), "D(x).mean()"),
        (penalty(score=torch.mean, norm=lambda g: g.norm()), "At least two bugs"),
        (penalty(score=torch.mean, norm=lambda g: g.norm(dim=0)), "At least two bugs"),
        (penalty(score=lambda s: s), "N scores"),
        (penalty(graph=False), "create_graph=True"),
        (points_that_do_not_ask, "must require grad"),
        (other_points, "D did not see"),
        (changes_real, "in place"),
        (detached_slope, "its gradient by D's weight is not"),
        (always_the_same_places, "same at every call"),
        (only_half, "One point for each pair"),
        (lambda D, real, fake: D(real[0]), "points (N, 2)"),
        (lambda D, real, fake: real.sum(), "never asked"),
        (plain(lambda x: x.sum(1), torch.ones(4, 2), torch.zeros(4, 2)), "without calling it"),
    ],
    "gap": [
        (lambda d, w: d, "That is W1"),
        (lambda d, w: 1 + d / 2 / w, "That is the slope"),
        (lambda d, w: d * d / 2 / w, "only the excess"),
        (lambda d, w: d / 2 / w, "only the excess of the slope"),
        (lambda d, w: d * (1 + d / w), "The 2 is missing"),
        (lambda d, w: 1 + d / w, "A 2 is missing"),
        (lambda d, w: d + d * d / 4 / w, "The penalty is subtracted"),
        (lambda d, w: d * (1 + 2 * w * d), "lam multiplies"),
        (lambda d, w: d * (1 + d / 2 * w), "You multiply by lam"),
        (lambda d, w: d * (1 + 1 / (2 * w)), "lacks delta"),
        (lambda d, w: d * (1 - d / 2 / w), "too steep, not too flat"),
        (lambda d, w: w * (d / 2 / w) ** 2, "That is the cost"),
        (lambda d, w: d * (1 + d / 2 / w) + w * (d / 2 / w) ** 2, "plus the penalty"),
        (lambda d, w: -d * (1 + d / 2 / w), "a minus in front"),
        (lambda d, w: d * (1 + d * d / 2 / w), "squared in the slope"),
        (lambda d, w: d * (1 + d / 4 / w), "4 lam"),
        (lambda d, w: d * (d / 2 / w - 1), "You subtract 1"),
        (lambda d, w: d / (1 + d / 2 / w), "divide gap by slope"),
        (lambda d, w: (1 + d / 2 / w) ** 2, "square of the slope"),
        (lambda d, w: d * (1 + d / 2 / w) ** 2, "comes in twice"),
        (lambda d, w: w * (1 + w / (2 * d)), "changed roles"),
        (lambda d, w: d * (1 + d / 0.2), "always 0.1"),
        (lambda d, w: 1 + 1 / (2 * w), "always 1"),
        (lambda d, w: round(d * (1 + d / 2 / w), 1), "You round"),
        (lambda d, w: d * (1 + d / 2 / w) if d < 2 else None, "Is a return missing?"),
        (lambda d, w: d * (1 + d / (2 * w)) * 1.5, "the best slope is"),
        (lambda d, w: d * (1 + 2 * w / d), "upside down"),
        (lambda d, w: d * ((1 + d) / (2 * w)), "1 + delta is divided"),
        (lambda d, w: d * (1 + d // (2 * w)), "//"),
        (lambda d, w: -d - d * d / 4 / w, "what D lowers"),
        (lambda d, w: round(d * (1 + d / 2 / w)), "You round: 2 where it is 1.51667"),
        (lambda d, w: 6, "You give 6 whatever"),
        (lambda d, w: d * (1 + d / 20), "always 10"),
        (by_grid(0.01, 8), "Your slopes end at 8"),
        (by_grid(0.001, 3), "For delta = 2, lam = 0.05 the best is 21."),
        (by_grid(0.01, 50), "yours is 2.825 and the gap 2.8125"),
        (lambda d, w: d * math.sqrt(1 + d / w), "the gap 42; yours is 12.81"),
        (lambda d: d, "2 arguments: (delta, lam)"),
        (lambda d, w: (d, 1 + d / (2 * w)), "One number is asked for"),
        (lambda d, w: "6", "without quotes"),
        (6.0, "the function itself"),
    ],
    "bound": [
        (reading(lambda g, s: g), "not divided"),
        (reading(lambda g, s: g / s.mean()), "the mean slope"),
        (reading(lambda g, s: g / s.min()), "the least slope"),
        (reading(lambda g, s: g / s.median()), "the median slope"),
        (reading(lambda g, s: g / s.sum()), "the sum of the slopes"),
        (reading(lambda g, s: g / s.norm()), "the norm of the slopes"),
        (reading(lambda g, s: g / s.square().mean().sqrt()), "root of the mean square"),
        (reading(lambda g, s: -g / s.max()), "The sign is turned"),
        (reading(lambda g, s: g * s.max()), "You multiply"),
        (reading(lambda g, s: g / s.max() ** 2), "the square of the slope"),
        (reading(lambda g, s: g / max(1, s.max())), "1 or more at least"),
        (reading(lambda g, s: g - s.max()), "You subtract the slope"),
        (reading(lambda g, s: g / s[0]), "the first slope"),
        (reading(lambda g, s: g / s[-1]), "the last slope"),
        (reading(lambda g, s: s.max()), "That is the largest slope"),
        (reading(lambda g, s: 1 / s.max()), "turned over"),
        (reading(lambda g, s: g / s), "One number is asked for"),
        (reading(lambda g, s: g / s.max() + 1), "They let you say that W1 is at least"),
        (reading(lambda g, s: 0.0), "let you give a larger number. W1 is at least (4.25 - (-0.5)) / 3 = 1.583"),
        (reading(lambda g, s: g / (1.01 * s.max())), "let you give a larger number"),
        (reading(lambda g, s: g / s.argmax()), "argmax is a place"),
        (reading(lambda g, s: g / s.max(dim=0)), "gives a pair"),
        (reading(lambda g, s: g / s.quantile(0.99)), "the 99% quantile"),
        (reading(lambda g, s: (g / s).mean()), "You average gap / slope"),
        (reading(lambda g, s: g / (s.mean() + 2 * s.std())), "guesses the steepest slope"),
        (reading(lambda g, s: g / (s.max() - 1)), "You subtract 1"),
        (reading(lambda g, s: g / (s.max() + 1)), "You add 1"),
        (reading(lambda g, s: s.max() / g), "upside down"),
        (reading(lambda g, s: g - (s - 1).square().mean()), "take the penalty from the gap"),
        (reading(lambda g, s: round((g / s.max()).item(), 1)), "You round"),
        (lambda a, b: a.mean() - b.mean(), "3 arguments: (real_scores, fake_scores, slopes)"),
        (lambda a, b, s: (a - b).mean() / s.max(), "need not be equally many"),
        (lambda a, b, s: (a.numpy() - b.numpy()).mean() / s.max(), "need not be equally many"),
        (lambda a, b, s: sum(x - y for x, y in zip(a, b, strict=True)) / s.max(), "need not be equally many"),
        (lambda a, b, s: (a.sum() - b.sum()) / s.max(), "sums of scores"),
        (lambda a, b, s: (a.max() - b.min()) / s.max(), "lowest fake score"),
        (lambda a, b, s: (a.max() - b.max()) / s.max(), "highest fake score"),
        (lambda a, b, s: (a.median() - b.median()) / s.max(), "medians"),
        (lambda a, b, s: (a.mean() + b.mean()) / s.max(), "You add the two means"),
        (lambda a, b, s: a.mean() / s.max(), "the real scores only"),
        (lambda a, b, s: a.mean() - b.mean() / s.max(), "Parentheses"),
    ],
}
