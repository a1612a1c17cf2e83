"""Answers to lesson 01's exercises: accepted ones in many styles, and wrong ones with words of their message."""

import functools
import math
import random

import numpy as np
import scipy.special
import scipy.stats
import torch
from torch.distributions import Categorical, MixtureSameFamily, Normal

NAMES = {"math": math}  # what the notebook has imported

# Exercise 1


def bells(x, means, stds):
    return Normal(means, stds).log_prob(x[:, None])


def by_formula(x, means, stds, weights):
    square = (x.unsqueeze(1) - means) ** 2 / (2 * stds**2)
    return torch.logsumexp(torch.log(weights) - square - torch.log(stds) - 0.5 * math.log(2 * math.pi), -1)


def by_hand(x, means, stds, weights):
    logs = bells(x, means, stds) + weights.log()
    top = logs.max(1, keepdim=True).values
    return (top + (logs - top).exp().sum(1, keepdim=True).log())[:, 0]


def by_lists(x, means, stds, weights):
    result = []
    for value in x.tolist():
        logs = [
            math.log(w) - (value - m) ** 2 / (2 * s * s) - math.log(s * math.sqrt(2 * math.pi))
            for m, s, w in zip(means.tolist(), stds.tolist(), weights.tolist(), strict=True)
        ]
        top = max(logs)
        result.append(top + math.log(sum(math.exp(a - top) for a in logs)))
    return result


def by_scipy(x, means, stds, weights):
    x, means, stds, weights = (t.numpy().astype(float) for t in (x, means, stds, weights))
    return scipy.special.logsumexp(scipy.stats.norm.logpdf(x[:, None], means, stds), b=weights, axis=1)


MIXTURE = [
    by_formula,
    by_hand,
    by_lists,
    by_scipy,
    lambda x, m, s, w: torch.logsumexp(w.log() + bells(x, m, s), 1),
    lambda x, m, s, w: MixtureSameFamily(Categorical(w), Normal(m, s)).log_prob(x),
    lambda x, m, s, w: (bells(x, m, s).T + w.log()[:, None]).logsumexp(0),
    lambda x, m, s, w: functools.reduce(
        torch.logaddexp, [w[k].log() + Normal(m[k], s[k]).log_prob(x) for k in range(len(m))]
    ),
    lambda x, m, s, w: torch.stack([(w.log() + Normal(m, s).log_prob(a)).logsumexp(0) for a in x]),
    lambda x, m, s, w: np.logaddexp.reduce((bells(x, m, s) + w.log()).numpy(), axis=1),
    lambda x, m, s, w: [(w.log() + Normal(m, s).log_prob(a)).logsumexp(0) for a in x],
    lambda x, m, s, w: torch.logsumexp(w.log() + bells(x, m, s), 1).requires_grad_(),
    lambda x, m, s, w: (value for value in by_lists(x, m, s, w)),
    lambda x, m, s, w: torch.logsumexp((w + 1e-8).log() + bells(x, m, s), 1),
]


def joined(change):
    """What comes out if log w + log p(x|k) is made by `change` of both."""
    return lambda x, m, s, w: change(bells(x, m, s), w).logsumexp(1)


CONSTANT = 0.5 * math.log(2 * math.pi)


def parts(x, m, s, w, square=0.5, constant=CONSTANT, log=1.0):
    return (w.log() - square * ((x[:, None] - m) / s) ** 2 - log * s.log() - constant).logsumexp(1)


def shifted(joint, by):
    """log sum exp of the rows with `by` taken out of them first, and put back."""
    return by.squeeze(-1) + (joint - by).exp().sum(1).log()


def join(x, m, s, w):
    return w.log() + bells(x, m, s)


def of_dimension(size):
    """The lesson's bell in `size(x, m)` dimensions."""
    return lambda x, m, s, w: (
        w.log() - (x[:, None] - m) ** 2 / (2 * s**2) - size(x, m) / 2 * torch.log(2 * math.pi * s**2)
    ).logsumexp(1)


def log_bells(x, modes, std):
    return -(torch.cdist(x, modes) ** 2) / (2 * std**2) - x.shape[1] / 2 * math.log(2 * math.pi * std**2)


def by_math(x, m, s, w):
    return [math.log(sum((c * b.exp()).item() for c, b in zip(w, row, strict=True))) for row in bells(x, m, s)]


def in_place(x, m, s, w):
    x -= 1
    return by_formula(x, m, s, w)


WRONG_MIXTURE = [
    (joined(lambda b, w: b), "The weights are missing"),
    (joined(lambda b, w: b - math.log(len(w))), "weigh all components alike"),
    (lambda x, m, s, w: bells(x, m, s).exp().mean(1).log(), "weigh all components alike"),
    (joined(lambda b, w: b + w), "You add the weights to the log densities"),
    (joined(lambda b, w: b * w), "The weights multiply the log densities"),
    (joined(lambda b, w: b - w.log()), "log w is subtracted"),
    (joined(lambda b, w: b + w.log_softmax(0)), "weights already are probabilities"),
    (joined(lambda b, w: b + 2 * w.log()), "The weights enter twice"),
    (lambda x, m, s, w: (w * bells(x, m, s)).sum(1), "That is the mean of the logs"),
    (lambda x, m, s, w: bells(x, m, s) @ w, "That is the mean of the logs"),
    (lambda x, m, s, w: (w.log() + bells(x, m, s)).sum(1), "That is the log of a product"),
    (lambda x, m, s, w: bells(x, m, s).sum(1), "without weights"),
    (lambda x, m, s, w: bells(x, m, s).mean(1), "the mean of log p(x|k) over k"),
    (lambda x, m, s, w: by_formula(x, m, s, w).exp(), "Its log is asked for"),
    (lambda x, m, s, w: (w * bells(x, m, s).exp()).sum(1), "Its log is asked for"),
    (lambda x, m, s, w: -by_formula(x, m, s, w), "The sign is turned"),
    (lambda x, m, s, w: (w.log() + bells(x, m, s)).max(1).values, "the largest component alone"),
    (lambda x, m, s, w: bells(x, m, s).max(1).values, "and no weights"),
    (lambda x, m, s, w: by_formula(x, m, s**2, w), "The variance stands"),
    (lambda x, m, s, w: by_formula(x, m, s.sqrt(), w), "You take stds for variances"),
    (functools.partial(parts, square=1.0), "The ½ is missing in the exponent"),
    (functools.partial(parts, square=-0.5), "The exponent's sign is turned"),
    (functools.partial(parts, constant=0.0), "The constant -½ log 2π is missing"),
    (functools.partial(parts, log=0.0), "-log std is missing"),
    (functools.partial(parts, log=0.0, constant=0.0), "are missing: exp"),
    (functools.partial(parts, log=-1.0), "log std has the wrong sign"),
    (functools.partial(parts, log=2.0), "-log std is counted twice"),
    (functools.partial(parts, log=0.5), "-½ log std where"),
    (functools.partial(parts, log=2.0, constant=math.log(2 * math.pi)), "the constant of the plane"),
    (functools.partial(parts, constant=math.log(2 * math.pi)), "The constant is -log 2π"),
    (
        lambda x, m, s, w: (
            w.log() - (x[:, None] - m) ** 2 / (2 * s) - s.log() - 0.5 * math.log(2 * math.pi)
        ).logsumexp(1),
        "std is not squared",
    ),
    (lambda x, m, s, w: Normal((w * m).sum(), (w * s).sum()).log_prob(x), "one bell with the averaged mean"),
    (
        lambda x, m, s, w: Normal((w * m).sum(), ((w * (s**2 + m**2)).sum() - (w * m).sum() ** 2).sqrt()).log_prob(x),
        "one bell with the mixture's mean and variance",
    ),
    (lambda x, m, s, w: by_formula(x, m, s, w) / math.log(2), "base 2"),
    (lambda x, m, s, w: (w * bells(x, m, s).exp()).sum(1).log10(), "base 10"),
    (lambda x, m, s, w: w.log() + bells(x, m, s), "a number for each point and component"),
    (lambda x, m, s, w: (w.log() + bells(x, m, s)).logsumexp(0), "one number for each component"),
    (lambda x, m, s, w: (w.log() + bells(x, m, s)).logsumexp(1, keepdim=True), "is it keepdim"),
    (lambda x, m, s, w: by_formula(x, m, s, w).sum(), "one number for all points"),
    (lambda x, m, s, w: by_formula(x, m, s, w).mean().item(), "one number for all points"),
    (lambda x, m, s, w: by_formula(x, m, s, w)[:2], "For 7 points give (7,)"),
    (lambda x, m, s, w: by_formula(x, m, s, w) + 0.7, "off by the same constant, 0.7"),
    (lambda x, m, s, w: by_formula(x, m, s, w).round(decimals=1), "Do you round, or"),
    (
        lambda x, m, s, w: by_formula(x, 2 * m, s, w),
        "weights [0.02, 0.98] you give -6.119 at x = -0.8; right is -0.9576",
    ),
    (lambda x, m, s, w: by_formula(x, m, s, w).squeeze(), "For a single point the shape is ()"),
    (joined(lambda b, w: b + w.clamp_min(0.05).log()), "weights [0.02, 0.98] you give"),
    (lambda x, m, s, w: by_formula(x, m, s, w) - math.log(len(m)), "You subtract log K"),
    (functools.partial(parts, constant=-CONSTANT), "½ log 2π has the wrong sign"),
    (functools.partial(parts, constant=CONSTANT / 2, log=0.5), "The root is the half already"),
    (of_dimension(lambda x, m: 2), "the constant of the plane"),
    (of_dimension(lambda x, m: len(x)), "You take N for d"),
    (of_dimension(lambda x, m: len(m)), "You take K for d"),
    (lambda *a: (join(*a) - join(*a).amax(1, keepdim=True)).exp().sum(1).log(), "did not add it back"),
    (
        lambda x, m, s, w: (w.log() - (x[:, None] - m) ** 2 / 2 * s**2 - s.log() - CONSTANT).logsumexp(1),
        "Put brackets",
    ),
    (
        lambda x, m, s, w: (w.log() - (x[:, None] - m).abs() / (2 * s**2) - s.log() - CONSTANT).logsumexp(1),
        "The square is missing",
    ),
    (lambda x, m, s, w: by_formula(x, -m, s, w), "You take x + m"),
    (lambda x, m, s, w: by_formula(x, 0 * m, s, w), "The means are missing"),
    (lambda x, m, s, w: (w.log() + bells(x, m, s[0])).logsumexp(1), "the std of the first"),
    (lambda x, m, s, w: w[0].log() + Normal(m[0], s[0]).log_prob(x), "Only the first component counts. Does a loop"),
    (lambda x, m, s, w: Normal(m[0], s[0]).log_prob(x), "without its weight"),
    (lambda *a: join(*a)[:, :-1].logsumexp(1), "The last component is left out"),
    (lambda *a: join(*a)[:, :2].logsumexp(1), "Only the first two components"),
    (lambda *a: torch.stack([join(*a)[:, k] for k in range(3)], 1).logsumexp(1), "An index is too large"),
    (lambda x, m, s, w: (w * bells(x, m, s).exp()).logsumexp(1), "logsumexp takes exp itself"),
    (lambda x, m, s, w: by_formula(x, m, s, w).round(), "You round to whole numbers"),
    (lambda x, m, s, w: by_formula(x, m, s, w).half(), "Close: at x = 0.3 you give"),
    (lambda x, m, s, w: by_formula(x, m, s, w).exp().log1p(), "log1p"),
    (lambda x, m, s, w: MixtureSameFamily(Categorical(w), Normal(m, s)).log_prob, "a method that is not called"),
    (lambda x, m, s, w: join(x, m, s, w).T, "(3, 7); the components are still to be joined. logsumexp over dim=0"),
    (lambda x, m, s, w: [join(x, m, s, w)[:, k] for k in range(len(m))], "logsumexp over dim=0"),
    (lambda x, m, s, w: by_formula(x, s, m, w) + Normal(s, m).log_prob(x[:, None]).sum(1), "Normal(means, stds)"),
    (lambda x, m, s, w: torch.logsumexp(w.log() + log_bells(x, m, s), 1), "log_bells is for points (N, d)"),
    (lambda x, m, s, w: log_bells(x), "missing 2 required positional arguments: 'modes' and 'std'"),
    (lambda x, m, s, w: join(x, m, s, w).logsumexp(), "logsumexp wants a dimension"),
    (lambda x, m, s, w: [1 / 0 for _ in x], "ZeroDivisionError: division by zero"),
    (lambda x, m, s, w: [math.log(a) for a in x.tolist()], "A log of a negative number, or of 0"),
    (by_math, "Far out every exp is 0"),
    (lambda *a: [-math.log(1 / math.exp(value)) for value in by_lists(*a)], "Far out every exp is 0"),
    (lambda *a: shifted(join(*a), join(*a).amin(1, keepdim=True)), "exp overflows there: take out the largest"),
    (lambda *a: shifted(join(*a), join(*a).max()), "right alone and wrong beside others"),
    (lambda *a: by_formula(*a).clamp(min=-1e5), "A small constant or a clamp"),
    (
        lambda x, m, s, w: (w * bells(x, m, s).exp()).sum(1).log(),
        "At x = -3000 you give -inf; right is -2.66379e+06. exp underflows",
    ),
    (lambda x, m, s, w: ((w * bells(x, m, s).exp()).sum(1) + 1e-12).log(), "A small constant or a clamp"),
    (lambda x, m, s, w: (w * bells(x, m, s).exp()).sum(1).clamp_min(1e-30).log(), "A small constant or a clamp"),
    (lambda x, m, s, w: (w * bells(x, m, s)).sum(1).log(), "Is it the log of a negative number"),
    (lambda x, m, s, w: torch.logsumexp(w.log() + Normal(m, s).log_prob(x), 1), "Two shapes do not meet"),
    (lambda x, m, s, w: torch.logsumexp(w.log() + bells(x, m, s)), "logsumexp wants a dimension"),
    (lambda x, m, s, w: math.log((w * bells(x, m, s).exp()).sum(1)), "take one number"),
    (lambda x, m, s, w: "log p", "of type str"),
    (in_place, "You changed the tensors"),
    (3.0, "without calling it"),
]

# Exercise 2


def by_difference(x, new, log_p, u):
    return new if math.log(u) < log_p(new) - log_p(x) else x


def by_minimum(x, new, log_p, u):
    chance = math.exp(min(0.0, log_p(new) - log_p(x)))
    if u > chance:
        return x
    return new


def by_branches(x, new, log_p, u):
    rise = log_p(new) - log_p(x)
    if rise >= 0:
        return new
    return new if u < math.exp(rise) else x


def by_where(x, new, log_p, u):
    rise = torch.tensor(log_p(new) - log_p(x))
    return torch.where(torch.tensor(u).log() < rise, torch.tensor(new), torch.tensor(x))


def by_tensors(x, new, log_p, u):
    x, new = torch.tensor([x]), torch.tensor([new])
    return x + (new - x) * (math.log(u) < (log_p(new) - log_p(x))).float()


def by_refusal(x, new, log_p, u):
    if math.log(u) >= log_p(new) - log_p(x):
        new = x
    return new


STEP = [
    by_difference,
    by_minimum,
    by_branches,
    by_where,
    by_tensors,
    by_refusal,
    lambda x, new, log_p, u: (x, new)[bool(np.log(u) < log_p(new) - log_p(x))],
    lambda x, new, log_p, u: np.where(np.log(u) <= log_p(new) - log_p(x), new, x),
    lambda x, new, log_p, u: new if log_p(x) + math.log(u) < log_p(new) else x,
    lambda x, new, log_p, u: new if -math.log(u) > log_p(x) - log_p(new) else x,
    lambda x, new, log_p, u: new if u - 1 < math.expm1(min(0.0, log_p(new) - log_p(x))) else x,
    lambda x, new, log_p, u: new if math.log(u) < np.diff(log_p(np.array([x, new])))[0] else x,
]


def rule(accepts):
    return lambda x, new, log_p, u: new if accepts(log_p(x), log_p(new), u) else x


def silent(x, new, log_p, u):
    if math.log(u) < log_p(new) - log_p(x):
        return new


def silent_if_accepted(x, new, log_p, u):
    if math.log(u) >= log_p(new) - log_p(x):
        return x


def to_the_right(x, new, log_p, u):
    return new if new > x or math.log(u) < log_p(new) - log_p(x) else x


def swapped(new, x, log_p, u):
    return new if math.log(u) < log_p(new) - log_p(x) else x


WRONG_STEP = [
    (to_the_right, "Your choice depends on where x and new lie"),
    (lambda x, new, log_p, u: new if math.log(u) < log_p(new) - log_p(x) and new <= x else x, "Your choice depends"),
    (lambda x, new, log_p, u: max(x, new), "You compare the places"),
    (lambda x, new, log_p, u: min(x, new), "You compare the places"),
    (lambda x, new, log_p, u: new if u < new / x else x, "You compare the places"),
    (lambda x, new, log_p, u: new if u < math.exp(new - x) else x, "You compare the places"),
    (lambda x, new, log_p, u: new if math.log(u) < log_p(new - x) else x, "you ask log_p at -2. Ask"),
    (swapped, "are x and new swapped"),
    (rule(lambda a, b, u: -math.log(u) < b - a), "Is it -log u for log u"),
    (rule(lambda a, b, u: u < max(1, math.exp(min(50, b - a)))), "You always accept. Is it max(1, ratio)"),
    (rule(lambda a, b, u: b > a or math.log(u) < a - b), "the ratio upside down"),
    (rule(lambda a, b, u: u < b), "You compare u with log_p(new). It takes a ratio"),
    (rule(lambda a, b, u: b >= a or math.log(u) >= b - a), "Downhill accept and refuse have changed places"),
    (rule(lambda a, b, u: min(1, math.exp(min(50, b - a))) > 0.5), "u plays no part"),
    (rule(lambda a, b, u: math.log(u) < math.log(b / a)), "A log of a negative number, or of 0"),
    (rule(lambda a, b, u: math.log(u) < math.log(math.exp(b)) - math.log(math.exp(a))), "exp gives 0 for both"),
    (rule(lambda a, b, u: math.log(u) < max(b, -745) - max(a, -745)), "and u = 0.5 you go. exp loses"),
    (rule(lambda a, b, u: u.log() < b - a), "u, x and new are plain numbers"),
    (lambda x, new, log_p, u: torch.where(math.log(u) < log_p(new) - log_p(x), new, x), "are plain numbers"),
    (lambda x, new, log_p, u: torch.where(torch.tensor([u]).log()[0][:, None] < 0, new, x), "are plain numbers"),
    (lambda x, new, u, log_p: new if math.log(u) < log_p(new) - log_p(x) else x, "The order is x, new, log_p, u"),
    (lambda x, new, log_p, u: new if math.log(u) < log_p(x, new) else x, "log_p is a function of one place"),
    (lambda x, new, log_p, u: new if math.log(u) < log_p() else x, "log_p is a function of one place"),
    (lambda x, new, log_p, u: new if math.log(u) < log_p[new] - log_p[x] else x, "log_p is a function of one place"),
    (lambda self, x, new, log_p, u: new, "missing 1 required positional argument: 'u'"),
    (lambda x, new, log_p, u: int(new), "You give 0 with x = 1.25 and new = -0.75"),
    (rule(lambda a, b, u: True), "You always accept"),
    (rule(lambda a, b, u: math.log(u) < math.exp(b - a)), "You always accept"),
    (rule(lambda a, b, u: False), "Your walk never moves"),
    (rule(lambda a, b, u: b > a), "You accept uphill only"),
    (rule(lambda a, b, u: math.exp(b - a) >= 1), "You accept uphill only"),
    (rule(lambda a, b, u: u < math.exp(a - b)), "The ratio is inverted"),
    (rule(lambda a, b, u: math.log(u) < a - b), "The ratio is inverted"),
    (rule(lambda a, b, u: u < b - a), "You compare u with the difference of the logs."),
    (rule(lambda a, b, u: u < a - b), "inverted as well"),
    (rule(lambda a, b, u: u < b / a), "You divide log densities."),
    (rule(lambda a, b, u: u < a / b), "You divide log densities, x above new"),
    (rule(lambda a, b, u: u > math.exp(b - a)), "Accept and refuse have changed places"),
    (rule(lambda a, b, u: 1 - u < math.exp(b - a)), "takes u itself"),
    (rule(lambda a, b, u: u < math.exp(-abs(b - a))), "takes them for downhill"),
    (rule(lambda a, b, u: u < math.exp(b)), "You compare u with p(new) alone. The"),
    (rule(lambda a, b, u: b > a or u < math.exp(b)), "Downhill you compare u with p(new) alone"),
    (rule(lambda a, b, u: u < 1 / (1 + math.exp(a - b))), "Barker's rule"),
    (rule(lambda a, b, u: u < math.exp(b) - math.exp(a)), "difference of the densities"),
    (rule(lambda a, b, u: b > a or u < 0.5), "downhill half of the time"),
    (rule(lambda a, b, u: u < 0.5), "You accept half of the time"),
    (rule(lambda a, b, u: u < math.exp(2 * (b - a))), "The ratio is squared"),
    (rule(lambda a, b, u: u < math.exp((b - a) / 2)), "A root of the ratio"),
    (rule(lambda a, b, u: math.log2(u) < b - a), "base 2"),
    (rule(lambda a, b, u: math.log10(u) < b - a), "base 10"),
    (rule(lambda a, b, u: b < a and math.log(u) < b - a), "You accept downhill steps only"),
    (rule(lambda a, b, u: math.log(u) < b - a - 0.4), "the step is"),
    (rule(lambda a, b, u: u < np.exp(b) / np.exp(a)), "Right, until densities are as small"),
    (rule(lambda a, b, u: u < math.exp(b) / math.exp(a)), "exp gives 0 for both densities"),
    (rule(lambda a, b, u: u < math.exp(b - a)), "exp overflows"),
    (rule(lambda a, b, u: random.random() < math.exp(min(0, b - a))), "The same arguments give another place"),
    (silent, "Where the step is refused, nothing comes back"),
    (silent_if_accepted, "Where the step is accepted, nothing comes back"),
    (lambda x, new, log_p, u: math.log(u) < log_p(new) - log_p(x), "a truth value"),
    (lambda x, new, log_p, u: torch.tensor(u).log() < log_p(new) - log_p(x), "a truth value"),
    (lambda x, new, log_p, u: x + new if math.log(u) < log_p(new) - log_p(x) else x, "You add new to x"),
    (lambda x, new, log_p, u: new - x if math.log(u) < log_p(new) - log_p(x) else x, "You give the step"),
    (lambda x, new, log_p, u: new if math.log(u) < log_p(new) - log_p(x) else 0, "You give 0"),
    (lambda x, new, log_p, u: int(math.log(u) < log_p(new) - log_p(x)), "You give 1"),
    (lambda x, new, log_p, u: log_p(new), "You give log_p(new)"),
    (lambda x, new, log_p, u: log_p(x), "You give log_p(x)"),
    (lambda x, new, log_p, u: math.exp(log_p(new) - log_p(x)), "You give the ratio"),
    (lambda x, new, log_p, u: math.exp(min(0, log_p(new) - log_p(x))), "the chance, or whether to accept"),
    (lambda x, new, log_p, u: log_p(new) - log_p(x), "You give the log of the ratio"),
    (lambda x, new, log_p, u: (x + new) / 2, "between x and new"),
    (lambda x, new, log_p, u: 3 * new, "one of these two"),
    (lambda x, new, log_p, u: [x, new], "length 2"),
    (lambda x, new, log_p, u: new if torch.log(u) < log_p(new) - log_p(x) else x, "torch's functions want tensors"),
    ("new", "without calling it"),
]

# Exercise 3


def by_rows(ll, prior):
    result = []
    for row in ll.tolist():
        joint = [a + math.log(p) for a, p in zip(row, prior.tolist(), strict=True)]
        top = max(joint)
        shares = [math.exp(a - top) for a in joint]
        result.append([share / sum(shares) for share in shares])
    return result


def stable(ll, prior):
    joint = (ll - ll.max(1, keepdim=True).values).exp() * prior
    return joint / joint.sum(1, keepdim=True)


POSTERIOR = [
    by_rows,
    lambda ll, prior: (ll + prior.log()).softmax(1),
    lambda ll, prior: (ll + prior.log() - (ll + prior.log()).logsumexp(1, keepdim=True)).exp(),
    lambda ll, prior: torch.nn.Softmax(dim=-1)(ll + torch.log(prior)),
    lambda ll, prior: Categorical(logits=ll + prior.log()).probs,
    lambda ll, prior: scipy.special.softmax(ll.numpy() + np.log(prior.numpy()), axis=1),
    lambda ll, prior: torch.stack([(row + prior.log()).softmax(0) for row in ll]),
    lambda ll, prior: [(row + prior.log()).softmax(0) for row in ll],
    lambda ll, prior: (ll.T + prior.log()[:, None]).softmax(0).T,
    stable,
    lambda ll, prior: (ll.double() + prior.double().log()).log_softmax(1).exp(),
    lambda ll, prior: (row for row in by_rows(ll, prior)),
    lambda ll, prior: torch.stack(
        [1 / (ll + prior.log() - (ll + prior.log())[:, [k]]).exp().sum(1) for k in range(len(prior))], 1
    ),
]


def then(change):
    return lambda ll, prior: change(ll.exp() * prior)


def doubling(ll, prior):
    ll += prior.log()
    return ll.softmax(1)


def taking_out(by):
    """Bayes' rule with `by(log joint)` taken out of it before exp."""

    def answer(ll, prior):
        joint = ll + prior.log()
        return (joint - by(joint)).exp() / (joint - by(joint)).exp().sum(1, keepdim=True)

    return answer


def by_odds(ll, prior):
    p = prior.tolist()
    return [
        [1 / sum(q / r * math.exp(b - a) for b, q in zip(row, p, strict=True)) for a, r in zip(row, p, strict=True)]
        for row in ll.tolist()
    ]


def by_quotients(ll, prior):
    joint = [[math.exp(a) * p for a, p in zip(row, prior.tolist(), strict=True)] for row in ll.tolist()]
    return [[value / sum(row) for value in row] for row in joint]


WRONG_POSTERIOR = [
    (lambda ll, prior: (ll + prior.log()).softmax(1).squeeze(), "For a single point the shape is (3,)"),
    (lambda ll, prior: (ll + prior.clamp_min(0.05).log()).softmax(1), "p(y) = [0.98, 0.02] you give"),
    (by_quotients, "At -2,000 every exp is 0: 0/0"),
    (lambda ll, prior: Categorical(ll.exp() * prior).probs, "At -2,000 every exp is 0: 0/0"),
    (by_odds, "With classes 800 nats apart exp overflows"),
    (taking_out(lambda joint: joint.amin(1, keepdim=True)), "With classes 800 nats apart exp overflows"),
    (taking_out(lambda joint: joint.mean(1, keepdim=True)), "With classes 800 nats apart exp overflows"),
    (taking_out(lambda joint: joint.max()), "right alone and wrong beside others"),
    (taking_out(lambda joint: joint.amax(0)), "the maximum of each column"),
    (taking_out(lambda joint: -2_000), "or does exp overflow? Take out each row's own maximum"),
    (taking_out(lambda joint: joint.amax(1)), "keepdim=True: it leaves (N, 1)"),
    (taking_out(lambda joint: joint.max(1, keepdim=True)), "Take .values"),
    (lambda ll, prior: (ll + prior.log()).softmax(1).max(1), "Take .values"),
    (lambda ll, prior: (ll + prior.log()).clamp_min(-50).softmax(1), "does not bring back what exp lost"),
    (then(lambda joint: (joint / joint.sum(1, keepdim=True)).nan_to_num(1 / 3)), "does not bring back what exp lost"),
    (then(lambda joint: joint.numpy() / joint.numpy().sum(1)), "keepdim=True: it leaves (N, 1)"),
    (lambda ll, prior: (ll + prior.log()[None, :, None]).softmax(1), "With (N, K) go (K,), as prior is"),
    (lambda ll, prior: [[math.log(a) for a in row] for row in ll.tolist()], "A log of a negative number, or of 0"),
    (lambda ll, prior: Categorical(probs=ll + prior.log()).probs, "Give it logs as logits="),
    (lambda ll, prior: (ll + prior.log10()).softmax(1), "has base 10"),
    (lambda ll, prior: (-(ll + prior.log())).softmax(1), "The sign of the whole"),
    (lambda ll, prior: (ll.log_softmax(0) + prior.log()).softmax(1), "over the points first"),
    (lambda ll, prior: (ll.softmax(1) * prior).softmax(1), "You take softmax of shares"),
    (lambda ll, prior: ll.softmax(1) + prior, "You add the prior after softmax"),
    (lambda ll, prior: (ll.softmax(1) + prior) / 2, "You average the prior and softmax"),
    (lambda ll, prior: 100 * (ll + prior.log()).softmax(1), "You give percent"),
    (lambda ll, prior: ll.log_softmax(1) + prior.log(), "These are logs"),
    (lambda ll, prior: 2 * (ll + prior.log()).log_softmax(1), "A probability is never negative: is it a log?"),
    (lambda ll, prior: stable(ll, prior) * 1.5, "Your row sums to 1.5"),
    (
        lambda ll, prior: (ll + prior.log() - (ll + prior.log()).amax(1, keepdim=True)).exp(),
        "Each row's largest is out",
    ),
    (lambda ll, prior: (ll + prior.log()).softmax(1)[:1].expand_as(ll), "For log p(x|y) = [-2.2, -2.8, -0.4]"),
    (lambda ll, prior: (ll + prior.log()).softmax(1).half(), "Close. For log p(x|y)"),
    (lambda ll, prior: ll.softmax(1), "The prior is missing"),
    (lambda ll, prior: ll.exp() / ll.exp().sum(1, keepdim=True), "The prior is missing"),
    (lambda ll, prior: ll.exp() * prior, "not yet normalised"),
    (lambda ll, prior: (ll + prior.log()).exp(), "not yet normalised"),
    (lambda ll, prior: ll.exp(), "That is p(x|y), the likelihood"),
    (lambda ll, prior: (ll + prior.log()).softmax(0), "each column sums to 1"),
    (then(lambda joint: joint / joint.sum(0)), "each column sums to 1"),
    (lambda ll, prior: ll.softmax(0), "over the points: each column"),
    (then(lambda joint: joint / joint.sum()), "over all points and classes"),
    (lambda ll, prior: (ll + prior.log()).log_softmax(1), "That is log p(y|x). Take exp"),
    (lambda ll, prior: ll.log_softmax(1), "with the prior missing"),
    (lambda ll, prior: ll + prior.log(), "the log of p(y) p(x|y)"),
    (lambda ll, prior: (ll + prior).softmax(1), "You add p(y) to the logs"),
    (lambda ll, prior: (ll * prior).softmax(1), "p(y) multiplies the log-likelihoods"),
    (lambda ll, prior: ll.softmax(1) * prior, "The prior comes after the sum"),
    (lambda ll, prior: (ll - prior.log()).softmax(1), "The prior divides"),
    (lambda ll, prior: (ll + 2 * prior.log()).softmax(1), "The prior enters twice"),
    (lambda ll, prior: (prior.log() - ll).softmax(1), "The sign is turned"),
    (lambda ll, prior: prior.repeat(len(ll), 1), "the prior again"),
    (lambda ll, prior: (ll + prior.log()) / (ll + prior.log()).sum(1, keepdim=True), "You divide logs by their sum"),
    (lambda ll, prior: ll / ll.sum(1, keepdim=True), "the log-likelihoods themselves"),
    (lambda ll, prior: ll * prior / (ll * prior).sum(1, keepdim=True), "Take exp first: p(y) p(x|y)"),
    (lambda ll, prior: ll.exp() * prior / ll.exp().sum(1, keepdim=True), "The prior comes after the sum"),
    (lambda ll, prior: ll.exp() / (ll.exp() @ prior)[:, None], "missing above the line"),
    (then(lambda joint: torch.nn.functional.one_hot(joint.argmax(1), joint.shape[1])), "0 to the others"),
    (lambda ll, prior: (ll + prior.log_softmax(0)).softmax(1), "or its softmax"),
    (then(lambda joint: joint.softmax(1)), "You take softmax of p(y) p(x|y)"),
    (lambda ll, prior: (ll + prior.log()).softmax(1).softmax(1), "taken twice"),
    (lambda ll, prior: 2**ll * prior / (2**ll @ prior)[:, None], "to the power"),
    (lambda ll, prior: (ll + prior.log()).argmax(1), "one number for each point"),
    (lambda ll, prior: (ll + prior.log()).logsumexp(1), "one number for each point"),
    (lambda ll, prior: (ll + prior.log()).softmax(1).mean(0), "one number for each class"),
    (lambda ll, prior: (ll + prior.log()).softmax(1).T, "Rows and columns have changed places"),
    (lambda ll, prior: (ll + prior.log()).softmax(1)[:2], "a row for each point"),
    (lambda ll, prior: (ll + prior.log()).softmax(1).round(decimals=1), "Do you round"),
    (lambda ll, prior: (0.5 * ll + prior.log()).softmax(1), "over its sum over y"),
    (lambda ll, prior: 1 - (ll + prior.log()).softmax(1), "You give 1 minus p(y|x)"),
    (lambda ll, prior: ll.log().softmax(1), "Is a log taken of a log"),
    (then(lambda joint: joint / joint.sum(1, keepdim=True)), "At -2,000 every exp is 0"),
    (then(lambda joint: joint / (joint.sum(1, keepdim=True) + 1e-12)), "does not bring back what exp lost"),
    (lambda ll, prior: (ll + prior.log()[:, None]).softmax(1), "fits (N, K) as it is"),
    (then(lambda joint: joint / joint.sum(1)), "keepdim=True: it leaves (N, 1)"),
    (lambda ll, prior: torch.softmax(ll + prior.log()), "dimension"),
    (lambda ll, prior: (ll + math.log(prior)).softmax(1), "take one number"),
    (doubling, "You changed the tensors"),
    (lambda ll, prior: {"p": 1}, "of type dict"),
    (0.5, "without calling it"),
]

RIGHT = {"mixture": MIXTURE, "step": STEP, "posterior": POSTERIOR}
WRONG = {"mixture": WRONG_MIXTURE, "step": WRONG_STEP, "posterior": WRONG_POSTERIOR}
