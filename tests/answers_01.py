"""Answers to lesson 01's exercises: accepted ones in many styles, and wrong ones with words of their message."""

import functools
import math
import random

import numpy as np
import scipy.special
import scipy.stats
import torch
from torch.distributions import Categorical, MixtureSameFamily, Normal

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
]


def joined(change):
    """What comes out if log w + log p(x|k) is made by `change` of both."""
    return lambda x, m, s, w: change(bells(x, m, s), w).logsumexp(1)


CONSTANT = 0.5 * math.log(2 * math.pi)


def parts(x, m, s, w, square=0.5, constant=CONSTANT, log=1.0):
    return (w.log() - square * ((x[:, None] - m) / s) ** 2 - log * s.log() - constant).logsumexp(1)


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
    (lambda x, m, s, w: by_formula(x, m, s, w).round(decimals=1), "Do you round?"),
    (lambda x, m, s, w: by_formula(x, 2 * m, s, w), "you give"),
    (lambda x, m, s, w: (w * bells(x, m, s).exp()).sum(1).log(), "exp underflows to 0 there"),
    (lambda x, m, s, w: ((w * bells(x, m, s).exp()).sum(1) + 1e-12).log(), "A small constant or a clamp"),
    (lambda x, m, s, w: (w * bells(x, m, s).exp()).sum(1).clamp_min(1e-30).log(), "A small constant or a clamp"),
    (lambda x, m, s, w: (w * bells(x, m, s)).sum(1).log(), "nan or infinite"),
    (lambda x, m, s, w: torch.logsumexp(w.log() + Normal(m, s).log_prob(x), 1), "Two shapes do not meet"),
    (lambda x, m, s, w: torch.logsumexp(w.log() + bells(x, m, s)), "dimension"),
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
]


def rule(accepts):
    return lambda x, new, log_p, u: new if accepts(log_p(x), log_p(new), u) else x


def silent(x, new, log_p, u):
    if math.log(u) < log_p(new) - log_p(x):
        return new


def silent_if_accepted(x, new, log_p, u):
    if math.log(u) >= log_p(new) - log_p(x):
        return x


WRONG_STEP = [
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
    (rule(lambda a, b, u: math.log(u) < b - a - 0.4), "so the step is"),
    (rule(lambda a, b, u: u < np.exp(b) / np.exp(a)), "Right, until densities are as small"),
    (rule(lambda a, b, u: u < math.exp(b) / math.exp(a)), "both densities are 0"),
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
]


def then(change):
    return lambda ll, prior: change(ll.exp() * prior)


def doubling(ll, prior):
    ll += prior.log()
    return ll.softmax(1)


WRONG_POSTERIOR = [
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
    (lambda ll, prior: (0.5 * ll + prior.log()).softmax(1), "Each row sums to 1, but"),
    (lambda ll, prior: 1 - (ll + prior.log()).softmax(1), "The first row sums to 2"),
    (lambda ll, prior: ll.log().softmax(1), "nan or infinite"),
    (then(lambda joint: joint / joint.sum(1, keepdim=True)), "at -2,000 every exp is 0"),
    (then(lambda joint: joint / (joint.sum(1, keepdim=True) + 1e-12)), "at -2,000 every exp is 0"),
    (lambda ll, prior: (ll + prior.log()[:, None]).softmax(1), "Two shapes do not meet"),
    (then(lambda joint: joint / joint.sum(1)), "Two shapes do not meet"),
    (lambda ll, prior: torch.softmax(ll + prior.log()), "dimension"),
    (lambda ll, prior: (ll + math.log(prior)).softmax(1), "take one number"),
    (doubling, "You changed the tensors"),
    (lambda ll, prior: {"p": 1}, "of type dict"),
    (0.5, "without calling it"),
]

RIGHT = {"mixture": MIXTURE, "step": STEP, "posterior": POSTERIOR}
WRONG = {"mixture": WRONG_MIXTURE, "step": WRONG_STEP, "posterior": WRONG_POSTERIOR}
