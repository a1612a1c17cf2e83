"""Answers to the exercises of lesson 04, right ones in many styles and wrong ones with the words that each must get."""

import cmath
import functools
import math
from collections import namedtuple
from decimal import Decimal
from fractions import Fraction

import numpy as np
import scipy
import torch
from torch.nn.functional import logsigmoid, relu, softplus

from gan_lessons import models


def s(x):
    return 1 / (1 + math.exp(-x))


# One round with R1


def plain(theta, psi, h, gamma):
    psi = psi - h * (theta * s(psi * theta) + gamma * psi)
    return theta + h * psi * s(-psi * theta), psi


def by_autograd(theta, psi, h, gamma):
    theta, psi = (torch.tensor(x, requires_grad=True) for x in (theta, psi))
    loss = softplus(-psi * 0) + softplus(psi * theta) + gamma / 2 * psi**2
    psi = (psi - h * torch.autograd.grad(loss, psi)[0]).detach()
    theta = theta - h * torch.autograd.grad(softplus(-psi * theta), theta)[0]
    return theta, psi


def by_optimisers(theta, psi, h, gamma):
    theta, psi = torch.nn.Parameter(torch.tensor([theta])), torch.nn.Parameter(torch.tensor([psi]))
    opt_G, opt_D = torch.optim.SGD([theta], lr=h), torch.optim.SGD([psi], lr=h)
    for opt, loss in (
        (opt_D, lambda: -logsigmoid(-psi * theta) + gamma / 2 * psi.square()),
        (opt_G, lambda: -logsigmoid(psi * theta)),
    ):
        opt.zero_grad()
        loss().backward()
        opt.step()
    return torch.stack([theta, psi])


def by_players(theta, psi, h, gamma):
    G, D = models.DiracGenerator(theta), models.DiracDiscriminator(psi)
    z, real = torch.zeros(7, 1), torch.zeros(7, 1, requires_grad=True)
    scores = D(real)
    (slope,) = torch.autograd.grad(scores.sum(), real, create_graph=True)
    loss_D = softplus(-scores).mean() + softplus(D(G(z).detach())).mean() + gamma / 2 * slope.square().sum(1).mean()
    (gradient,) = torch.autograd.grad(loss_D, D.psi)
    with torch.no_grad():
        D.psi -= h * gradient
    softplus(-D(G(z))).mean().backward()
    with torch.no_grad():
        G.theta -= h * G.theta.grad
    return [G.theta.item(), D.psi.item()]


def by_differences(theta, psi, h, gamma, e=1e-5):
    def L(w):
        return math.log1p(math.exp(w * theta)) + gamma * w * w / 2

    psi -= h * (L(psi + e) - L(psi - e)) / (2 * e)
    theta -= h * (math.log1p(math.exp(-psi * (theta + e))) - math.log1p(math.exp(-psi * (theta - e)))) / (2 * e)
    return np.array([theta, psi])


def with_decay(theta, psi, h, gamma):
    w = torch.tensor([psi], requires_grad=True)
    opt = torch.optim.SGD([w], lr=h, weight_decay=gamma)
    softplus(w * theta).sum().backward()
    opt.step()
    w = w.detach().squeeze()
    return theta + h * w * torch.sigmoid(-w * theta), w


def by_generator(theta, psi, h, gamma):
    _, psi = plain(theta, psi, h, gamma)
    return (float(x) for x in (theta + h * psi / (1 + np.exp(psi * theta)), psi))


Weights = namedtuple("Weights", "theta psi")


class Round:
    def __call__(self, *start):
        return Weights(*plain(*start))


def factored(theta, psi, h, gamma):
    new = psi * (1 - h * gamma) - h * theta * (1 + math.tanh(psi * theta / 2)) / 2
    return [[theta + h * new * scipy.special.expit(-new * theta)], [new]]


ROUND = [
    plain,
    by_autograd,
    by_optimisers,
    by_players,
    by_differences,
    with_decay,
    by_generator,
    Round(),
    functools.partial(lambda k, *start: plain(*start), 3),
    lambda *start: np.array(plain(*start), dtype=np.float32),
    lambda *start: torch.tensor([plain(*start)]),
    lambda *start: torch.tensor(plain(*start), dtype=torch.float64).unbind(),
    lambda theta, psi, h, gamma: list(map(np.float64, plain(theta, psi, h, gamma))),
    lambda theta, psi, h, gamma, steps=1: tuple(round(x, 6) for x in plain(theta, psi, h, gamma)),
    lambda *start: dict(zip(("theta", "psi"), plain(*start), strict=True)).values(),
    lambda *start: tuple(torch.tensor(x).reshape(1, 1) for x in plain(*start)),
    lambda *start: [np.array([x]) for x in plain(*start)],
    lambda *start: [Decimal(x) for x in plain(*start)],
    lambda theta, psi, h, gamma: dict(zip("θψ", plain(theta, psi, h, gamma), strict=True)).values(),
    lambda *start: torch.stack([torch.tensor(x, dtype=torch.float64) for x in plain(*start)]),
]


def of(D, G=lambda t, p, q: q * s(-q * t)):
    """A round of wrong parts: D's gradient and how G moves."""

    def answer(theta, psi, h, gamma):
        new = psi - h * D(theta, psi, gamma)
        return theta + h * G(theta, psi, new), new

    return answer


def G_does(move):
    return of(lambda t, p, g: t * s(p * t) + g * p, move)


def R1_adds(pull):
    return of(lambda t, p, g: t * s(p * t) + pull(t, p, g))


def D_follows(slope):
    return of(lambda t, p, g: slope(t, p) + g * p)


def then(change):
    """What a learner makes of the right result: change(theta, psi, h, gamma, new theta, new psi)."""
    return lambda *start: change(*start, *plain(*start))


def G_first(theta, psi, h, gamma):
    theta = theta + h * psi * s(-psi * theta)
    return theta, psi - h * (theta * s(psi * theta) + gamma * psi)


def accumulating(theta, psi, h, gamma):
    theta, psi = (torch.tensor(x, requires_grad=True) for x in (theta, psi))
    (softplus(psi * theta) + gamma / 2 * psi**2).backward()
    with torch.no_grad():
        psi -= h * psi.grad
    softplus(-psi * theta).backward()
    with torch.no_grad():
        theta -= h * theta.grad
    return theta, psi


def unrolled(theta, psi, h, gamma):
    theta, psi = (torch.tensor(x, requires_grad=True) for x in (theta, psi))
    loss = softplus(psi * theta) + gamma / 2 * psi**2
    psi = psi - h * torch.autograd.grad(loss, psi, create_graph=True)[0]
    return theta - h * torch.autograd.grad(softplus(-psi * theta), theta)[0], psi


def early_loss(theta, psi, h, gamma):
    theta, psi = (torch.tensor(x, requires_grad=True) for x in (theta, psi))
    loss_D, loss_G = softplus(psi * theta) + gamma / 2 * psi**2, softplus(-(psi * theta))
    (d,) = torch.autograd.grad(loss_D, psi)
    with torch.no_grad():
        psi -= h * d
    (g,) = torch.autograd.grad(loss_G, theta)
    return theta - h * g, psi


def hidden_early_loss(theta, psi, h, gamma):
    theta, psi = (torch.tensor(x, requires_grad=True) for x in (theta, psi))
    loss_D, loss_G = softplus(psi * theta) + gamma / 2 * psi**2, softplus(-(psi * theta))
    psi.data -= h * torch.autograd.grad(loss_D, psi)[0]
    return theta - h * torch.autograd.grad(loss_G, theta)[0], psi


def no_no_grad(theta, psi, h, gamma):
    psi = torch.tensor(psi, requires_grad=True)
    softplus(psi * theta).backward()
    psi -= h * psi.grad
    return theta, psi


def no_requires_grad(theta, psi, h, gamma):
    psi = torch.tensor(psi)
    softplus(psi * theta).backward()
    return theta, psi - h * psi.grad


def no_backward(theta, psi, h, gamma):
    psi = torch.tensor(psi, requires_grad=True)
    return theta, psi - h * psi.grad


def twice(theta, psi, h, gamma):
    theta, psi = (torch.tensor(x, requires_grad=True) for x in (theta, psi))
    score = psi * theta
    softplus(score).backward()
    softplus(-score).backward()
    return theta, psi


def other_tensor(theta, psi, h, gamma):
    w = torch.tensor(psi, requires_grad=True)
    loss = softplus(w * theta)
    w = torch.tensor(psi, requires_grad=True)
    return theta, psi - h * torch.autograd.grad(loss, w)[0]


class Remembers:
    def __init__(self):
        self.weights = None

    def __call__(self, theta, psi, h, gamma):
        self.weights = plain(*(self.weights or (theta, psi)), h, gamma)
        return self.weights


class Adam:
    def __call__(self, theta, psi, h, gamma):
        _, q = plain(theta, psi, h, gamma)
        return theta + h, psi - math.copysign(h, psi - q)


def in_two_steps(theta, psi, h, gamma):
    psi = psi - h * theta * s(psi * theta)
    psi = psi - h * gamma * psi
    return theta + h * psi * s(-psi * theta), psi


def changed_roles(psi, theta, h, gamma):
    theta, psi = plain(theta, psi, h, gamma)
    return psi, theta


def wgan_gp(theta, psi, h, gamma):
    w = torch.tensor(psi, requires_grad=True)
    (g,) = torch.autograd.grad(softplus(w * theta) + gamma * (w.abs() - 1) ** 2, w)
    q = psi - h * g.item()
    return theta + h * q * s(-q * theta), q


def branchy(theta, psi, h, gamma):
    return plain(theta, psi, h, gamma) if gamma else None


def value_of_loss(theta, psi, h, gamma):
    q = psi - h * (math.log(2) + math.log1p(math.exp(psi * theta)) + gamma / 2 * psi**2)
    return theta - h * math.log1p(math.exp(-q * theta)), q


WRONG_ROUND = [
    # the order
    (G_does(lambda t, p, q: p * s(-p * t)), "both moved at the same time"),
    (G_first, "D looks at G's new weight"),
    (G_does(lambda t, p, q: q * s(-p * t)), "inside σ it is still the old one"),
    (hidden_early_loss, "inside σ it is still the old one"),
    (G_does(lambda t, p, q: p * s(-q * t)), "before σ it is still the old one"),
    (changed_roles, "theta and psi have changed roles"),
    (then(lambda t, p, h, g, u, q: (q, u)), "Give theta first"),
    (then(lambda t, p, h, g, u, q: (p - h * t * s(p * t), u)), "Give theta first"),
    # D's step down its loss
    (D_follows(lambda t, p: -t * s(p * t)), "D goes up its loss"),
    (D_follows(lambda t, p: t * s(-p * t)), "a minus too many inside D's σ"),
    (D_follows(lambda t, p: -t * s(-p * t)), "D raises the score of G's sample"),
    (D_follows(lambda t, p: p * s(p * t)), "You differentiate D's loss by theta"),
    (D_follows(lambda t, p: -p * s(-p * t)), "D follows G's gradient"),
    (D_follows(lambda t, p: t), "σ is missing in D's step"),
    (D_follows(lambda t, p: t / 2), "You take ½ for D's σ"),
    (D_follows(lambda t, p: s(p * t)), "inner derivative is missing in D's step"),
    (D_follows(lambda t, p: t * s(p * t) * s(-p * t)), "You differentiate D's loss twice"),
    (D_follows(lambda t, p: t * s(p * t) / 2), "is half as long as it should be. The two"),
    (D_follows(lambda t, p: 2 * t * s(p * t)), "pulls twice as hard"),
    (D_follows(lambda t, p: t * s(t)), "D's σ takes theta alone"),
    (D_follows(lambda t, p: t * s(p)), "D's σ takes psi alone"),
    (D_follows(lambda t, p: t * math.tanh(p * t)), "tanh where σ should be"),
    (D_follows(lambda t, p: softplus(torch.tensor(p * t)).item()), "D's step holds its loss, not the loss's slope"),
    (value_of_loss, "D's step holds its loss, log 2 and all"),
    (of(lambda t, p, g: 0), "D stands still"),
    (of(lambda t, p, g: g * p), "With gamma = 0 your D stands still"),
    (of(lambda t, p, g: g * (t * s(p * t) + p)), "With gamma = 0 your D stands still"),
    (D_follows(lambda t, p: relu(torch.tensor(t)).item()), "Look at D's step without R1"),
    (lambda t, p, h, g: (t, p - t * s(p * t) - g * p), "D's step lacks h"),
    (lambda t, p, h, g: (t, p - t * s(p * t) - h * g * p), "D's step lacks h"),
    (lambda t, p, h, g: (t, p - h * h * (t * s(p * t) + g * p)), "by h twice"),
    (lambda t, p, h, g: (p * s(-p * t), t * s(p * t) + g * p), "In place of psi you give D's gradient"),
    (lambda t, p, h, g: (h * p * s(-p * t), -h * (t * s(p * t) + g * p)), "In place of psi you give D's step"),
    (lambda t, p, h, g: (h * p * s(-p * t), h * (t * s(p * t) + g * p)), "Look at D's step without R1"),
    (Adam(), "as with sign() or Adam"),
    (D_follows(lambda t, p: t * s(p * t) - 0.5), "The real point pulls at your D"),
    (D_follows(lambda t, p: t * s(p * t) + 0.5), "The real point pulls at your D"),
    (D_follows(lambda t, p: t * p * t), "the score where σ should be"),
    (D_follows(lambda t, p: t * math.log(s(p * t))), "Look at D's step without R1"),
    (lambda t, p, h, g: plain(t, plain(t, p, h, g)[1], h, g), "D steps twice"),
    (lambda t, p, h, g: plain(*plain(t, p, h, g), h, g), "You play two rounds"),
    (lambda t, p, h, g: (t + h, p - math.copysign(h, t)), "as with sign() or Adam"),
    (lambda t, p, h, g: (t + h * p * s(-p * t), p - h * t * s(p * t)), "The penalty is missing"),
    (lambda t, p, h, g: (t + h * p * s(-p * t), p - h * (t * s(p * t) + g / 2 * p)), "half its strength"),
    (lambda t, p, h, g: (t, p + h * (t * s(p * t) + g * p)), "D goes up its loss"),
    # the penalty
    (R1_adds(lambda t, p, g: g * p / 4), "You penalise the slope of a loss"),
    (R1_adds(lambda t, p, g: math.copysign(g / 2, p)), "You penalise |psi|"),
    (R1_adds(lambda t, p, g: g * t * p * p), "R1 should add gamma psi"),
    (R1_adds(lambda t, p, g: 0), "The penalty is missing"),
    (R1_adds(lambda t, p, g: g * p / 2), "half its strength"),
    (R1_adds(lambda t, p, g: 2 * g * p), "twice as strong as R1"),
    (R1_adds(lambda t, p, g: g * p * p / 2), "holds the penalty itself"),
    (R1_adds(lambda t, p, g: g * p * p), "Your penalty holds psi²"),
    (R1_adds(lambda t, p, g: -g * p), "drives psi away from 0. Add its slope"),
    (R1_adds(lambda t, p, g: -g * p / 2), "half its strength, and drives"),
    (R1_adds(lambda t, p, g: g * t), "Your penalty acts on theta"),
    (R1_adds(lambda t, p, g: g), "You add gamma alone"),
    (R1_adds(lambda t, p, g: g / 2), "You add gamma / 2 alone"),
    (R1_adds(lambda t, p, g: g * abs(p)), "loses the sign"),
    (R1_adds(lambda t, p, g: math.copysign(g, p)), "the sign of psi only"),
    (R1_adds(lambda t, p, g: g * g * p), "gamma is squared"),
    (R1_adds(lambda t, p, g: g * p * s(p * t)), "Your penalty is multiplied by σ"),
    (R1_adds(lambda t, p, g: g * t * s(p * t)), "gamma multiplies D's own gradient"),
    (R1_adds(lambda t, p, g: g * p * t), "Your penalty holds theta"),
    (R1_adds(lambda t, p, g: g * p * t * t), "You penalise D's score"),
    (R1_adds(lambda t, p, g: g * p / 16), "the slope of σ(D)"),
    (R1_adds(lambda t, p, g: g * (p - math.copysign(1, p))), "as WGAN-GP's does"),
    (wgan_gp, "Your penalty is WGAN-GP's"),
    (R1_adds(lambda t, p, g: 3 * g * p), "R1 should add gamma psi = 0.56"),
    (lambda t, p, h, g: (t, p - h * t * s(p * t) - g * p), "Your penalty lacks h"),
    (lambda t, p, h, g: (t, p - h * (t * s(p * t) + h * g * p)), "Your penalty is multiplied by h twice"),
    (in_two_steps, "D makes two steps"),
    # G's step
    (G_does(lambda t, p, q: q * s(q * t)), "That is the minimax loss for G. The"),
    (G_does(lambda t, p, q: p * s(p * t)), "the minimax loss for G, and D's old psi"),
    (G_does(lambda t, p, q: -q * s(-q * t)), "G's sign is turned: it goes up"),
    (G_does(lambda t, p, q: -p * s(-p * t)), "G's sign is turned, and its psi is old"),
    (G_does(lambda t, p, q: -q * s(q * t)), "G lowers the score of its sample"),
    (then(lambda t, p, h, g, u, q: (t + h * (r := p - h * t * s(p * t)) * s(-r * t), q)), "that the penalty has not"),
    (G_does(lambda t, p, q: q / 2), "You take ½ for G's σ. That"),
    (G_does(lambda t, p, q: p / 2), "You take ½ for G's σ, and"),
    (G_does(lambda t, p, q: q), "σ is missing in G's step. The"),
    (G_does(lambda t, p, q: p), "σ is missing in G's step, and"),
    (G_does(lambda t, p, q: s(-q * t)), "inner derivative is missing in G's step"),
    (G_does(lambda t, p, q: t * s(-q * t)), "You differentiate G's loss by psi"),
    (G_does(lambda t, p, q: q * s(q * t) * s(-q * t)), "You differentiate G's loss twice"),
    (G_does(lambda t, p, q: q * s(-q * t) / 2), "half as long"),
    (G_does(lambda t, p, q: 2 * q * s(-q * t)), "G's step is twice as long"),
    (G_does(lambda t, p, q: q * s(-q)), "G's σ takes psi alone"),
    (G_does(lambda t, p, q: q * s(-t)), "G's σ takes theta alone"),
    (G_does(lambda t, p, q: -math.log1p(math.exp(-q * t))), "G's step holds its loss"),
    (G_does(lambda t, p, q: 0), "G stands still"),
    (G_does(lambda t, p, q: q * s(-q * t) + 1), "D's step is right, G's is not"),
    (then(lambda t, p, h, g, u, q: (u - h * g * t, q)), "Your penalty acts on theta as well"),
    (then(lambda t, p, h, g, u, q: (u - h * g * q, q)), "gamma psi is in G's step as well"),
    (then(lambda t, p, h, g, u, q: (u - h * g * p, q)), "gamma psi, with the old psi, is in G's step"),
    (then(lambda t, p, h, g, u, q: (t + (u - t) / h, q)), "G's step lacks h"),
    (then(lambda t, p, h, g, u, q: (t + (u - t) * h, q)), "G's gradient is multiplied by h twice"),
    (then(lambda t, p, h, g, u, q: ((t - u) / h, q)), "In place of theta you give G's gradient"),
    (then(lambda t, p, h, g, u, q: (u - t, q)), "In place of theta you give G's step"),
    (accumulating, "An old gradient is added to G's"),
    (unrolled, "G's gradient runs back through D's step"),
    # what comes back
    (then(lambda t, p, h, g, u, q: u), "You give one float"),
    (then(lambda t, p, h, g, u, q: torch.tensor(u)), "You give one Tensor"),
    (then(lambda t, p, h, g, u, q: [u]), "This list has length 1"),
    (then(lambda t, p, h, g, u, q: (u, q, p)), "This tuple has length 3"),
    (then(lambda t, p, h, g, u, q: torch.tensor([[t, p], [u, q]])), "This Tensor has the shape (2,)"),
    (then(lambda t, p, h, g, u, q: {"theta": u, "psi": q}), "This is of type dict"),
    (then(lambda t, p, h, g, u, q: {u, q}), "This is of type set"),
    (then(lambda t, p, h, g, u, q: f"{u}, {q}"), "This is of type str"),
    (then(lambda t, p, h, g, u, q: (models.DiracGenerator(u), models.DiracDiscriminator(q))), "type DiracGenerator"),
    (then(lambda t, p, h, g, u, q: (round(u, 2), round(q, 2))), "Do you round?"),
    (then(lambda t, p, h, g, u, q: (u, math.nan)), "You give nan"),
    (branchy, "gamma = 0 nothing comes back"),
    (Remembers(), "another result the second time"),
    (plain(1.0, 1.0, 0.1, 1.0), "without calling it. This is of type tuple"),
    # errors
    (early_loss, "G's loss is older than D's step"),
    (no_no_grad, "under torch.no_grad()"),
    (no_requires_grad, "requires_grad=True"),
    (no_backward, "backward() has not reached that tensor"),
    (twice, "You go backward twice"),
    (other_tensor, "Is it another one of the same name"),
    (lambda t, p, h, g: (t, p - h * t * torch.sigmoid(p * t)), "torch's functions want tensors"),
    (lambda t, p, h, g: (t, p - h * t * (p * t).sigmoid()), "a plain number, no tensor"),
    (lambda t, p, h, g: (t, p - h * t * s(p * t) - 1 / g), "gamma multiplies, and may be 0"),
    (lambda t, p, h: (t, p), "takes 3 positional arguments but 4 were given"),
    (lambda t, p, h, g: (t + h * (p - h * (t + g * p)), p - h * (t + g * p)), "σ is missing in both steps"),
    (lambda t, p, h, g: plain(t, p, 2 * h, g), "Your steps are twice as long as h"),
    (lambda t, p, h, g: plain(t, p, h / 2, g), "Your steps are half as long as h"),
    (lambda t, p, h, g: plain(t, p, h * h, g), "h is squared in both steps"),
    (lambda t, p, h, g: plain(t, p, 1.0, g), "h is missing in both steps"),
    (D_follows(lambda t, p: t * math.log(1 + math.exp(p * t))), "D's step has softplus where σ should be"),
    (
        lambda t, p, h, g: (lambda q: (t + h * q * math.log(1 + math.exp(-q * t)), q))(plain(t, p, h, g)[1]),
        "G's step has softplus where σ should be",
    ),
    (lambda t, p, h, g: (t, p - h * t * s(p * t) - g * p), "Your penalty lacks h"),
]


# The eigenvalues, of the Wasserstein game


def by_cmath(gamma):
    root = cmath.sqrt(gamma**2 / 4 - 1)
    return -gamma / 2 + root, -gamma / 2 - root


def J(gamma, dtype=None):
    return torch.tensor([[0, 1.0], [-1, -gamma]], dtype=dtype)


def by_branches(gamma):
    under = gamma**2 - 4
    if under >= 0:
        return [(-gamma - math.sqrt(under)) / 2, (-gamma + math.sqrt(under)) / 2]
    return [complex(-gamma / 2, math.sqrt(-under) / 2), complex(-gamma / 2, -math.sqrt(-under) / 2)]


def by_torch_jacobian(gamma):
    def motion(w):
        theta, psi = w
        return torch.stack([psi, -theta - gamma * psi])

    return torch.linalg.eigvals(torch.autograd.functional.jacobian(motion, torch.zeros(2)))


def by_losses(gamma):  # each player walks down its own loss
    theta, psi = torch.zeros(2, requires_grad=True)
    loss_D, loss_G = psi * theta - psi * 0 + gamma / 2 * psi**2, -psi * theta
    moves = [-torch.autograd.grad(loss, w, create_graph=True)[0] for loss, w in ((loss_G, theta), (loss_D, psi))]
    rows = [torch.autograd.grad(m, (theta, psi), retain_graph=True, materialize_grads=True) for m in moves]
    return np.linalg.eigvals(np.array([[float(x) for x in row] for row in rows]))


def wasserstein(theta, psi):
    return psi, -theta


def minimax(theta, psi):
    slope = (psi * theta).sigmoid()
    return slope * psi, -slope * theta


def of_lesson(step):
    """What the lesson's own helper, `eigenvalues`, gives."""
    at = torch.zeros(2, dtype=torch.float64)
    return torch.linalg.eigvals(torch.func.jacrev(lambda at: torch.stack(step(*at)))(at))


def held(field, gamma):
    return lambda theta, psi: (field(theta, psi)[0], field(theta, psi)[1] - gamma * psi)


def simultaneous(field, h):
    return lambda *at: tuple(x + h * go for x, go in zip(at, field(*at), strict=True))


def alternating(field, h):
    def move(theta, psi):
        psi = psi + h * field(theta, psi)[1]
        return theta + h * field(theta, psi)[0], psi

    return move


def by_finite_differences(gamma, e=1e-4):
    def motion(w):
        return np.array([w[1], -w[0] - gamma * w[1]])

    return np.linalg.eigvals(np.stack([(motion(e * d) - motion(-e * d)) / (2 * e) for d in np.eye(2)], 1))


def pair_of(middle, under):
    return lambda g: (middle(g) + cmath.sqrt(under(g)), middle(g) - cmath.sqrt(under(g)))


def of_matrix(f, eig=np.linalg.eigvals):
    return lambda g: eig(np.array(f(g)))


class Polar:
    def __call__(self, gamma):
        if gamma > 2:
            return by_branches(gamma)
        angle = math.acos(-gamma / 2)
        return cmath.rect(1, angle), cmath.rect(1, -angle)


EIGENVALUES = [
    by_cmath,
    by_branches,
    by_torch_jacobian,
    by_losses,
    by_finite_differences,
    Polar(),
    lambda gamma: of_lesson(held(wasserstein, gamma)),
    lambda gamma: torch.linalg.eigvals(J(gamma)),
    lambda gamma: torch.linalg.eigvals(J(gamma, torch.complex128)).tolist(),
    lambda gamma: torch.linalg.eigvals(J(gamma).T).flip(0),
    lambda gamma: torch.linalg.eig(J(gamma))[0],
    lambda gamma: torch.linalg.eig(J(gamma)).eigenvalues,
    lambda gamma: np.linalg.eig(J(gamma).numpy())[0],
    lambda gamma: scipy.linalg.eigvals(J(gamma)),
    lambda gamma: np.roots([1, gamma, 1]),
    lambda gamma: np.polynomial.Polynomial([1, gamma, 1]).roots(),
    lambda gamma: np.linalg.eigvals([[-gamma, -1], [1, 0]]),
    lambda gamma: [(-gamma + sign * (gamma**2 - 4 + 0j) ** 0.5) / 2 for sign in (1, -1)],
    lambda gamma: tuple(-gamma / 2 + sign * np.emath.sqrt(gamma**2 - 4) / 2 for sign in (1, -1)),
    lambda gamma: torch.stack([torch.tensor(z) for z in by_cmath(gamma)]).reshape(2, 1),
    lambda gamma: [torch.tensor([z]) for z in by_cmath(gamma)],
    lambda gamma: (z for z in by_cmath(gamma)),
    lambda gamma: sorted(by_cmath(gamma), key=lambda z: (z.real, z.imag)),
    functools.partial(lambda turn, gamma: np.linalg.eigvals([[0, turn], [-turn, -gamma]]), 1.0),
    lambda gamma: (lambda z: [z, 1 / z])(by_cmath(gamma)[0]),
    lambda gamma: ((-gamma + (gamma**2 - 4) ** 0.5) / 2, (-gamma - (gamma**2 - 4) ** 0.5) / 2),
]


def torch_root(gamma):
    root = torch.sqrt(torch.tensor(gamma**2 / 4 - 1))
    return -gamma / 2 + root, -gamma / 2 - root


def numpy_root(gamma):
    root = np.sqrt(gamma**2 / 4 - 1)
    return -gamma / 2 + root, -gamma / 2 - root


def one_step(h):
    return lambda g: tuple(1 + h * z for z in by_cmath(g))


def only_below(gamma):
    if gamma < 2:
        return by_cmath(gamma)


def only_real(gamma):
    return by_cmath(gamma) if gamma > 2 else (0.0, 0.1)


WRONG_EIGENVALUES = [
    # minimax, as on the page
    (of_matrix(lambda g: [[0, 0.5], [-0.5, -g]]), "Those are minimax's: there σ at 0 brings a ½."),
    (pair_of(lambda g: -g / 2, lambda g: g * g / 4 - 0.25), "In the Wasserstein game the arrows are (ψ, -θ)."),
    (lambda g: [(-g + sign * cmath.sqrt(g * g - 1)) / 2 for sign in (1, -1)], "Those are minimax's: there"),
    (lambda g: of_lesson(held(minimax, g)), "Those are minimax's: there"),
    (of_matrix(lambda g: [[0, 0.5], [-0.5, 0]]), "Those are minimax's without R1"),
    (lambda g: of_lesson(minimax), "Those are minimax's without R1"),
    (of_matrix(lambda g: [[0, 0.5], [-0.5, -g / 2]]), "Those are half the eigenvalues"),
    (of_matrix(lambda g: [[0, 0.5], [-0.5, -2 * g]]), "The sum of the two"),
    (of_matrix(lambda g: [[0, 0.5], [-0.5, g]]), "A sign is turned, and the ½ is minimax's"),
    (of_matrix(lambda g: [[0, 0.5], [0.5, -g]]), "The two ½ have the same sign"),
    (of_matrix(lambda g: [[0, 0.5], [-0.5, -g]], np.linalg.eigvalsh), "The two ½ have the same sign"),
    (of_matrix(lambda g: [[0, 1], [-0.5, -g]]), "One arrow has minimax's ½"),
    (pair_of(lambda g: -g / 2, lambda g: (g * g - 2) / 4), "One arrow has minimax's ½"),
    (of_matrix(lambda g: [[0, 0.25], [-0.25, -g]]), "There stands ¼, σ's slope"),
    # a step
    (one_step(0.1), "Those are 1 + hλ, with h = 0.1: what one step does. Continuous"),
    (one_step(1), "with h = 1:"),
    (of_matrix(lambda g: [[1, 0.1], [-0.1, 1 - 0.1 * g]]), "with h = 0.1"),
    (lambda g: of_lesson(simultaneous(held(wasserstein, g), 0.01)), "Those are 1 + hλ, with h = 0.01: what one"),
    (lambda g: of_lesson(alternating(held(wasserstein, g), 0.1)), "Those are of an alternating step, with h = 0.1."),
    (lambda g: of_lesson(alternating(held(wasserstein, g), 0.01)), "of an alternating step, with h = 0.01."),
    (
        lambda g: of_lesson(simultaneous(held(minimax, g), 0.1)),
        "Those are 1 + hλ, with h = 0.1: what one step does, and",
    ),
    (lambda g: of_lesson(alternating(held(minimax, g), 0.1)), "an alternating step, with h = 0.1, and of minimax's"),
    (lambda g: of_lesson(simultaneous(wasserstein, 0.1)), "The sum of the two"),
    # the Jacobian
    (of_matrix(lambda g: [[0, 1], [-1, -g / 2]]), "R1 has half its weight"),
    (of_matrix(lambda g: [[0, 1], [-1, -2 * g]]), "R1 has twice its weight"),
    (of_matrix(lambda g: [[0, 1], [-1, g]]), "A sign is turned. R1"),
    (of_matrix(lambda g: [[0, -1], [1, g]]), "A sign is turned. R1"),
    (of_matrix(lambda g: [[g, 1], [-1, 0]]), "A sign is turned. R1"),
    (of_matrix(lambda g: [[0, 1], [1, -g]]), "The two 1 have the same sign"),
    (of_matrix(lambda g: [[0, 1], [-1, -g]], np.linalg.eigvalsh), "The two 1 have the same sign, or eigvalsh takes"),
    (lambda gamma: torch.linalg.eigvalsh(J(gamma)), "or eigvalsh takes them so. One is 1"),
    (of_matrix(lambda g: [[0, 1], [-1, 0]]), "γ is missing: that is the game without R1"),
    (lambda g: of_lesson(wasserstein), "γ is missing: that is the game without R1"),
    (of_matrix(lambda g: [[-1, -g], [0, 1]]), "Do two rows stand in each other's place"),
    (of_matrix(lambda g: [[1, 0], [-g, -1]]), "Those are ±1"),
    (of_matrix(lambda g: [[-g, 1], [-1, -g]]), "R1 stands in both rows"),
    (of_matrix(lambda g: [[0, 2], [-2, -2 * g]]), "2 times the eigenvalues"),
    (of_matrix(lambda g: [[0, 1], [-1 - g, 0]]), "γ stands off the diagonal of your Jacobian"),
    (of_matrix(lambda g: [[0, 1], [-1, -g - 0.25]]), "The sum of the two"),
    (of_matrix(lambda g: [[0, 2], [-2, -g]]), "The product of the two"),
    # the formula
    (pair_of(lambda g: -g, lambda g: g * g - 4), "2 times the eigenvalues"),
    (lambda g: tuple(0.1 * z for z in by_cmath(g)), "0.1 times the eigenvalues"),
    (pair_of(lambda g: -g, lambda g: g * g / 4 - 1), "The half before the root is missing"),
    (lambda g: (-g + cmath.sqrt(g * g - 4) / 2, -g - cmath.sqrt(g * g - 4) / 2), "The half before the root"),
    (pair_of(lambda g: -g / 2, lambda g: g * g - 4), "The root of γ² - 4 is halved too"),
    (pair_of(lambda g: -g / 2, lambda g: g * g - 1), "Under your root stands γ² - 1"),
    (pair_of(lambda g: -g / 2, lambda g: g / 4 - 1), "Under your root γ is not squared"),
    (pair_of(lambda g: -g / 2, lambda g: g * g / 2 - 1), "Under your root γ² is only halved"),
    (pair_of(lambda g: -g / 2, lambda g: 1 - g * g / 4), "The sign under your root is turned"),
    (pair_of(lambda g: -g / 2, lambda g: g * g / 4 + 1), "The two 1 have the same sign"),
    (pair_of(lambda g: g / 2, lambda g: g * g / 4 - 1), "A sign is turned. R1"),
    (lambda g: (-g / 2 + (g * g / 4 - 1), -g / 2 - (g * g / 4 - 1)), "You take no root"),
    (lambda g: (-g / 2 + 1j, -g / 2 - 1j), "γ is missing under your root"),
    (pair_of(lambda g: 0, lambda g: g * g / 4 - 1), "-γ/2 is missing before your root"),
    (pair_of(lambda g: -g / 2, lambda g: g * g / 4 - 1.1), "The product of the two is the Jacobian's determinant, 0"),
    (pair_of(lambda g: -g / 3, lambda g: g * g / 9 - 1), "The sum of the two"),
    (lambda g: tuple(z * z for z in by_cmath(g)), "the squares of the eigenvalues"),
    (lambda g: tuple(map(cmath.exp, by_cmath(g))), "e to the eigenvalues"),
    (lambda g: (g, 1), "Those are the numbers in λ² + γλ + 1"),
    (lambda g: (-g, 1), "Those are trace and determinant"),
    (lambda g: [complex(round(z.real, 2), round(z.imag, 2)) for z in by_cmath(g)], "Do you round?"),
    (lambda g: torch.linalg.eigvals(torch.tensor([[0, 1], [-1, 0]])), "These are integers to torch"),
    # complex numbers
    (lambda g: torch.linalg.eigvals(J(g)).real, "The imaginary parts are missing"),
    (
        lambda g: (-g / 2 + math.sqrt(max(0, g * g - 4)) / 2, -g / 2 - math.sqrt(max(0, g * g - 4)) / 2),
        "imaginary parts are",
    ),
    (lambda g: torch.linalg.eigvals(J(g)).imag, "Those are the imaginary parts alone"),
    (lambda g: torch.linalg.eigvals(J(g)).abs(), "Those are the moduli"),
    (pair_of(lambda g: -g / 2, lambda g: abs(g * g / 4 - 1)), "The i is lost"),
    (pair_of(lambda g: -g / 2, lambda g: -abs(g * g / 4 - 1)), "Above, γ²/4 - 1 is positive"),
    (pair_of(lambda g: -g / 2, lambda g: min(0, g * g / 4 - 1)), "Above, the two are real and differ"),
    (lambda g: (-g / 2, math.sqrt(max(0, 4 - g * g)) / 2), "Those are real and imaginary part of one"),
    (lambda g: (-g / 2, -math.sqrt(abs(4 - g * g)) / 2), "Those are real and imaginary part of one"),
    (lambda g: torch.view_as_real(torch.linalg.eigvals(J(g))), "complex(re, im) makes one number of two"),
    (lambda g: [(z.real, z.imag) for z in by_cmath(g)], "complex(re, im) makes one number of two"),
    (
        lambda g: (-g / 2 + math.sqrt(g * g / 4 - 1), -g / 2 - math.sqrt(g * g / 4 - 1)),
        "cmath.sqrt has a complex",
    ),
    (
        lambda g: (complex(-g / 2, math.sqrt(1 - g * g / 4)), complex(-g / 2, -math.sqrt(1 - g * g / 4))),
        "cmath.sqrt",
    ),
    (torch_root, "You give nan. A real square root"),
    (numpy_root, "A real square root"),
    (lambda g: sorted(by_cmath(g)), "Complex numbers have no order"),
    (lambda g: (math.sqrt(cmath.sqrt(g - 2)), 0), "math takes real numbers"),
    (lambda g: tuple(map(float, by_cmath(g))), "Here a real number is wanted"),
    (only_below, "gamma = 2 nothing comes back"),
    (only_real, "Right for γ = 2.6. For γ = 0.2 the two are -0.1 + 0.995i and -0.1 - 0.995i"),
    (lambda g: by_cmath(g) if g < 2 else (0, 0), "Right for γ = 0.2. For γ = 2.0 the two are -1 and -1"),
    # what comes back
    (lambda g: by_cmath(g)[0], "You give one complex"),
    (lambda g: by_cmath(g)[:1], "This tuple has length 1"),
    (lambda g: (by_cmath(g)[0],) * 2, "The second has a minus"),
    (lambda g: (by_cmath(g)[1],) * 2, "The first has a plus"),
    (lambda g: set(by_cmath(g)), "This is of type set"),
    (lambda g: torch.linalg.eig(J(g)), "eig gives eigenvalues and eigenvectors"),
    (lambda g: np.linalg.eig(J(g).numpy()), "eig gives eigenvalues and eigenvectors"),
    (lambda g: J(g), "If they are the Jacobian"),
    (lambda g: [[0, 1], [-1, -g]], "If they are the Jacobian"),
    (lambda g: [str(z) for z in by_cmath(g)], "You give the text"),
    (lambda g: "-g/2 ± ...", "This is of type str"),
    (lambda g: torch.linalg.eigvals([[0, 1], [-1, -g]]), "torch's functions want tensors"),
    ((1j, -1j), "without calling it"),
    (lambda: (1j, -1j), "takes 0 positional arguments but 1 was given"),
    (lambda g: (by_cmath(g)[0], -by_cmath(g)[0]), "One is the other with its sign turned. Only the root's sign"),
    (lambda g: (by_cmath(g)[1], -by_cmath(g)[1]), "One is the other with its sign turned. The root's sign"),
    (of_matrix(lambda g: [[0, 1 - g], [-1, 0]]), "γ stands off the diagonal of your Jacobian"),
    (lambda g: torch.linalg.svdvals(J(g)), "Those are the Jacobian's singular values"),
    (lambda g: (-g / 2, g**2 / 4 - 1), "Those are two parts of one formula"),
    (lambda g: (-g / 2 + 1j * (g**2 / 4 - 1), -g / 2 - 1j * (g**2 / 4 - 1)), "You take no root, and multiply by i"),
    (of_matrix(lambda g: [[0.5, 1], [-1, -g]]), "R1 ends ψ's row. For γ = 0.2 yours is 0.3"),
]


# The largest step, of minimax


def roots_of_minimax(gamma):
    root = cmath.sqrt(gamma**2 / 4 - 1 / 4)
    return -gamma / 2 + root, -gamma / 2 - root


def J_minimax(gamma):
    return torch.tensor([[0, 0.5], [-0.5, -gamma]])


def by_search(gamma):
    h = 0.0
    while all(abs(1 + (h + 0.001) * z) < 1 for z in roots_of_minimax(gamma)):
        h += 0.001
    return h


def by_bisection(gamma):
    low, high = 1e-6, 100.0
    for _ in range(60):
        middle = (low + high) / 2
        growth = torch.linalg.eigvals(torch.eye(2) + middle * J_minimax(gamma)).abs().max()
        low, high = (middle, high) if growth < 1 else (low, middle)
    return low


def by_grid(gamma):
    hs = np.arange(0.01, 5, 0.01)
    return max(h for h in hs if np.abs(1 + h * np.linalg.eigvals(J_minimax(gamma).numpy())).max() < 1)


def by_running(gamma, sigmoid=scipy.special.expit):
    best = 0
    for h in np.arange(0.01, 4.5, 0.01):
        theta, psi = 1e-3, 1e-3
        for _ in range(200):
            theta, psi = (
                theta + h * psi * sigmoid(-psi * theta),
                psi - h * (theta * sigmoid(psi * theta) + gamma * psi),
            )
        if math.hypot(theta, psi) < math.sqrt(2) * 1e-3:
            best = h
    return best


def by_masks(gamma):
    h = torch.linspace(0, 6, 6001)
    growth = (1 + h[:, None] * torch.linalg.eigvals(J_minimax(gamma))).abs().amax(1)
    return h[growth < 1].max()


class Step:
    def __call__(self, gamma):
        (z, _) = roots_of_minimax(gamma)
        return -2 * z.real / abs(z) ** 2


LARGEST_STEP = [
    lambda gamma: 4 * gamma,
    by_search,
    by_bisection,
    by_grid,
    by_running,
    by_masks,
    Step(),
    lambda gamma: torch.tensor([4 * gamma]),
    lambda gamma: np.float32(4 * gamma),
    lambda gamma: np.array([[4 * gamma]]),
    lambda gamma: 4 * Fraction(gamma),
    lambda gamma: complex(4 * gamma),
    lambda gamma: (
        -(roots_of_minimax(gamma)[0] + roots_of_minimax(gamma)[1])
        / (roots_of_minimax(gamma)[0] * roots_of_minimax(gamma)[1])
    ),
    lambda gamma: torch.tensor(4 * gamma, requires_grad=True),
    lambda gamma: scipy.optimize.brentq(lambda h: abs(1 + h * roots_of_minimax(gamma)[0]) - 1, 1e-3, 50),
    functools.partial(lambda square, gamma: gamma / square, 0.25),
    lambda gamma: min(4 * gamma, 4),
    lambda gamma: 1 / (0.25 / gamma),
    lambda gamma: np.float64(gamma) / 0.25,
]


def capped(top):
    return lambda gamma: min(by_search(gamma), top)


def searching(step, roots=roots_of_minimax):
    """The last h on a grid from 0 that still converges."""

    def answer(gamma):
        k = 0
        while all(abs(1 + (k + 1) * step * z) < 1 - 1e-12 for z in roots(gamma)):
            k += 1
        return k * step

    return answer


WRONG_STEP = [
    (lambda g: 2 / abs(roots_of_minimax(g)[0]), "That is 4, or 2 / |λ|"),
    (lambda g: -2 / roots_of_minimax(g)[0].real, "That is 4/γ"),
    (lambda g: 4 / g, "with the real part of λ alone"),
    (lambda g: 2 / g, "the curvature of a bowl"),
    (lambda g: 1 / g, "That is 1/γ"),
    (lambda g: g, "That is γ, the bound of the Wasserstein game"),
    (lambda g: -2 * by_cmath(g)[0].real / abs(by_cmath(g)[0]) ** 2, "That is γ, the bound of the Wasserstein game"),
    (searching(0.001, by_cmath), "That is γ, the bound of the Wasserstein game"),
    (searching(0.01, by_cmath), "That is γ, the bound of the Wasserstein game"),
    (lambda g: g / 4, "That is γ/4"),
    (lambda g: g / 2, "That is γ/2"),
    (lambda g: 2 * g, "That is 2γ, half of it"),
    (lambda g: -2 * roots_of_minimax(g)[0].real / abs(roots_of_minimax(g)[0]), "That is 2γ, half of it"),
    (lambda g: 4 * (g / 2), "γ/2 in the Jacobian"),
    (
        lambda g: min(np.arange(0.001, 5, 0.001), key=lambda h: abs(1 + h * roots_of_minimax(g)[0])),
        "There |1 + hλ| is smallest",
    ),
    (lambda g: 8 * g, "That is 8γ, twice"),
    (lambda g: 8 * g / (1 + g * g), "That is 8γ / (1 + γ²). |λ|² is ¼"),
    (lambda g: 4 * g / (1 + g * g), "That is 4γ / (1 + γ²). |λ|² is ¼"),
    (lambda g: -2 * (-g / 2) / abs(-g / 2 + 0.5j) ** 2, "That is 4γ / (1 + γ²)"),
    (searching(0.1), "Your numbers go in steps of 0.1, so 0.3 for γ = 0.1 is"),
    (lambda g: max(np.arange(0.1, 4 * g - 0.01, 0.1)), "Your numbers go in steps of 0.1, so 0.3 for γ = 0.1 is"),
    (searching(1), "Your numbers go in steps of 1, so 0 for γ = 0.1"),
    (searching(0.5), "Your numbers go in steps of 0.5"),
    (searching(0.25), "Your numbers go in steps of 0.25"),
    (searching(0.05), "Your numbers go in steps of 0.05"),
    (lambda g: 4 * g + 0.1, "Your numbers go in steps of 0.1, so 0.5 for γ = 0.1 is"),
    (lambda g: max(h for h in np.linspace(0, 5, 50) if abs(1 + h * roots_of_minimax(g)[0]) < 1), "in finer steps"),
    (lambda g: -4 * g, "The sign is turned"),
    (lambda g: 4 * g * g, "γ is squared"),
    (lambda g: 2 * math.sqrt(g), "You take a root too many"),
    (lambda g: 4 + g, "You add 4 to γ"),
    (lambda g: 0, "You give 0. With R1 small steps converge"),
    (lambda g: abs(roots_of_minimax(g)[0]), "That is ½, or |λ|"),
    (lambda g: roots_of_minimax(g)[0].real, "That is the real part of λ"),
    (lambda g: roots_of_minimax(g)[0], "You give the complex number -0.05 + 0.497i"),
    (lambda g: torch.linalg.eigvals(J_minimax(g)), "This Tensor has the shape (2,)"),
    (lambda g: roots_of_minimax(g), "This tuple has length 2"),
    (lambda g: math.inf, "You give no bound"),
    (lambda g: torch.tensor(torch.inf), "You give no bound"),
    (lambda g: math.nan, "You give nan"),
    (lambda g: 4 * (math.sqrt(g * g + 1) - g), "That is the bound for alternating steps"),
    (lambda g: 0.1, "You give 0.1 for whatever γ"),
    (lambda g: 4.99, "You give 4.99 for whatever γ"),
    (lambda g: -0.3 * g, "A step is positive"),
    (capped(2.0), "Does your search end there?"),
    (capped(1.0), "Right up to h = 1, and never more"),
    (lambda g: 4 * g - 0.03, "Search in finer steps"),
    (lambda g: 4 * g * 0.95, "Close: 0.38 for γ = 0.1"),
    (lambda g: 3 / g, "Your bound falls from 30"),
    (lambda g: 3 * g, "There |1 + hλ| = 0.996: there is room for a larger h"),
    (lambda g: 5 * g, "h is too large"),
    (lambda g: 16 * g, "That is 16γ"),
    (lambda g: math.sqrt(g), "there is room for a larger h"),
    (lambda g: 2 - g, "Your bound falls from 1.9"),
    (lambda g: 1 / abs(roots_of_minimax(g)[0]), "You give 2 for whatever γ"),
    (lambda g: max(h for h in np.arange(0.01, 5, 0.01) if abs(1 + h * 0.5j) < 1), "No h passes your test"),
    (
        lambda g: max(h for h in np.arange(0.01, 1, 0.01) if abs(1 + h * roots_of_minimax(g)[0]) < 1),
        "Right up to h = 0.99",
    ),
    (lambda g: "any h", "You give the text"),
    (lambda g: 1 if roots_of_minimax(g)[0] < 1 else 0, "Complex numbers have no order"),
    (lambda g: max(h for h in (0.1, 0.2) if math.fabs(1 + h * roots_of_minimax(g)[0]) < 1), "math takes real numbers"),
    (lambda g: math.sqrt(g * g / 4 - 0.25), "A real square root"),
    (lambda g: 4 * g > 1, "a truth value"),
    (lambda g: f"{4 * g}", "without quotes"),
    (lambda g: [h / 10 for h in range(1, 4)], "This list has length 3"),
    (lambda g: 4 * g if g < 1 else None, "For gamma = 1 nothing comes back"),
    (2.0, "without calling it"),
    (lambda g: by_running(g, s), "the weights run away"),
    (lambda g: torch.sqrt(g), "torch's functions want tensors"),
    (lambda g: 4 * (1 - g), "That is 4(1 - γ), where alternating steps are damped best"),
    (lambda g: 4 * (1 - g / 4), "You take γ from 4"),
    (lambda g: 4 * math.sqrt(g), "You take a root of γ"),
    (lambda g: 1 / (4 * g), "That is 1/(4γ), upside down"),
    (lambda g: 2 / math.sqrt(g), "That is 2/√γ, upside down"),
    (lambda g: math.inf, "You give no bound"),
    (lambda g: 0.0, "You give 0. With R1 small steps converge"),
]


RIGHT = {"r1_round": ROUND, "eigenvalues": EIGENVALUES, "largest_step": LARGEST_STEP}
WRONG = {"r1_round": WRONG_ROUND, "eigenvalues": WRONG_EIGENVALUES, "largest_step": WRONG_STEP}
