"""Answers to the exercises of lesson 03, right ones in many styles and wrong ones with the words that each must get."""

import dataclasses
import functools
import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.functional import softplus

from gan_lessons import losses
from gan_lessons.losses import Loss

# G's loss, in numbers that stay finite


class OneSlope(torch.autograd.Function):
    @staticmethod
    def forward(ctx, s):
        ctx.save_for_backward(s)
        return softplus(-s).mean()

    @staticmethod
    def backward(ctx, slope):
        (s,) = ctx.saved_tensors
        return -slope * torch.sigmoid(-s) / len(s)


def looped(fake):
    total = 0
    for s in fake:
        total = total + softplus(-s)
    return total / len(fake)


def by_relu(s):
    return (F.relu(-s) + torch.log1p(torch.exp(-s.abs()))).mean()


def where_twice(s):  # the double where: neither branch meets an exp that overflows
    low = s < 0
    up, down = torch.where(low, torch.zeros_like(s), s), torch.where(low, s, torch.zeros_like(s))
    return torch.where(low, torch.log1p(torch.exp(down)) - down, torch.log1p(torch.exp(-up))).mean()


def where_naive(s):
    return torch.where(s > -20, -torch.log(torch.sigmoid(s)), -s).mean()


def where_softplus(s):
    return torch.where(s > 0, torch.log1p(torch.exp(-s.abs())), softplus(-s)).mean()


class Module(nn.Module):
    def forward(self, fake):
        return nn.BCEWithLogitsLoss()(fake, torch.ones_like(fake))


def halves(s):
    real = torch.ones(len(s), 1)
    return F.binary_cross_entropy_with_logits(s[:, None], real)


def two_classes(s):
    logits = torch.stack([torch.zeros_like(s), s], 1)
    return F.cross_entropy(logits, torch.ones(len(s), dtype=torch.long))


def inplace(s):
    s.neg_()
    return softplus(s).mean()


def goes_backward(s):
    loss = softplus(-s).mean()
    loss.backward()
    return loss


def kept_backward(s):
    loss = softplus(-s).mean()
    loss.backward(retain_graph=True)
    return loss


def last_only(s):
    for x in s:
        loss = softplus(-x)
    return loss


def under_no_grad(s):
    with torch.no_grad():
        return softplus(-s).mean()


def half_detached(s):
    return (softplus(-s) * 0.5 + softplus(-s).detach() * 0.5).mean()


def by_math(s):
    return sum(math.log1p(math.exp(-x)) for x in s.tolist()) / len(s)


def clamped(s):
    return softplus(-s.clamp(-50, 50)).mean()


RIGHT_1 = [
    lambda fake: softplus(-fake).mean(),
    lambda fake: -F.logsigmoid(fake).mean(),
    lambda fake: F.binary_cross_entropy_with_logits(fake, torch.ones_like(fake)),
    lambda s: torch.logaddexp(torch.zeros_like(s), -s).mean(),
    lambda s: losses.non_saturating.generator(None, s),
    functools.partial(losses.non_saturating.generator, None),
    lambda s: softplus(-s).mean(0, keepdim=True),
    lambda s: softplus(s.neg()).sum().div(s.numel()),
    lambda s: torch.stack([-F.logsigmoid(x) for x in s]).mean(),
    lambda s: nn.Softplus()(-s).mean(-1),
    lambda s: softplus(-s.double()).mean(),
    lambda s: (softplus(s) - s).mean(),
    lambda s: -torch.stack([s, torch.zeros_like(s)]).log_softmax(0)[0].mean(),
    lambda s: torch.stack([-s, torch.zeros_like(s)]).logsumexp(0).mean(),
    looped,
    by_relu,
    where_twice,
    where_softplus,
    Module(),
    halves,
    two_classes,
    kept_backward,
    lambda s: softplus(-s.view(-1, 1)).mean(),
    lambda fake, *, target=1.0: F.binary_cross_entropy_with_logits(fake, torch.full_like(fake, target)),
    lambda s: torch.einsum("n->", softplus(-s)) / s.shape[0],
    lambda s: softplus(-s) @ torch.full_like(s, 1 / len(s)),
    OneSlope.apply,
    lambda s: torch.vmap(lambda x: softplus(-x))(s).mean(),
    lambda s: F.cross_entropy(torch.stack([s, 0 * s], -1), torch.zeros(len(s)).long()),
    lambda s: -torch.distributions.Bernoulli(logits=s).log_prob(torch.ones_like(s)).mean(),
    lambda s: F.multilabel_soft_margin_loss(s[None], torch.ones(1, len(s))),
    lambda s: -torch.where(s < 0, s - torch.log1p(torch.exp(-s.abs())), -torch.log1p(torch.exp(-s.abs()))).mean(),
    lambda s: (torch.maximum(-s, 0 * s) + torch.log(torch.exp(-s.abs()) + 1)).mean(),
    lambda s: softplus(-s.clamp(-1e6, 1e6), threshold=50).nanmean(),
    lambda s: torch.atleast_1d(softplus(-s).mean()),
    lambda s: torch.logaddexp(torch.zeros_like(s), -s).sum() / s.numel(),
    lambda s: losses.minimax.discriminator(s, torch.full_like(s, -1e6)),
    lambda s: softplus(s).mean() - s.mean(),
    lambda s: torch.stack([softplus(-one) for one in s]).mean(),
    lambda s: nn.BCEWithLogitsLoss()(s[:, None], torch.ones(len(s), 1)),
]
WRONG_1 = [
    (lambda s: -torch.log(torch.sigmoid(s)).mean(), "at -1000 you give inf. There σ rounds to 0"),
    (lambda s: torch.log(1 + torch.exp(-s)).mean(), "at -1000 you give inf. There σ rounds to 0"),
    (lambda s: torch.log1p(torch.exp(-s)).mean(), "at -1000 you give inf"),
    (lambda s: (torch.log(1 + torch.exp(s)) - s).mean(), "at 1000 you give inf"),
    (lambda s: -torch.log(torch.sigmoid(s.double())).mean(), "at -1000 you give inf"),
    (lambda s: torch.log(1 - torch.sigmoid(s)).mean(), "That is the minimax loss"),
    (functools.partial(losses.minimax.generator, None), "That is the minimax loss"),
    (lambda s: softplus(s).mean(), "what D minimises on fakes"),
    (lambda s: F.binary_cross_entropy_with_logits(s, torch.zeros_like(s)), "or the target is 0"),
    (lambda s: -softplus(-s).mean(), "The sign is turned. This is log σ(s)"),
    (lambda s: F.logsigmoid(s).mean(), "The sign is turned. This is log σ(s)"),
    (lambda s: softplus(-s).sum(), "You add up the batch"),
    (lambda s: softplus(-s), "You give one loss for each sample"),
    (lambda s: [softplus(-x) for x in s], "You give one loss for each sample"),
    (lambda s: -torch.log(torch.sigmoid(s) + 1e-8).mean(), "A clamp, a small number inside the log"),
    (lambda s: -torch.log(torch.sigmoid(s).clamp(min=1e-12)).mean(), "so the worst fake gets no push"),
    (clamped, "so the worst fake gets no push"),
    (lambda s: F.binary_cross_entropy(torch.sigmoid(s), torch.ones_like(s)), "(it stops at 100) cuts the loss off"),
    (lambda s: softplus(-torch.sigmoid(s)).mean(), "You apply two sigmoids"),
    (lambda s: F.binary_cross_entropy_with_logits(s.sigmoid(), torch.ones_like(s)), "You apply two sigmoids"),
    (lambda s: softplus(-s).mean().item(), "The number is right, but from this float no gradient"),
    (lambda s: float(softplus(-s).mean()), "The number is right, but from this float no gradient"),
    (lambda s: softplus(-s.detach()).mean(), "but from this tensor no gradient finds back"),
    (lambda s: softplus(-s.data).mean(), "but from this tensor no gradient finds back"),
    (lambda s: torch.tensor([softplus(-x) for x in s]).mean(), "but from this tensor no gradient finds back"),
    (lambda s: np.logaddexp(0, -s.detach().numpy()).mean(), "but from this float32 no gradient"),
    (lambda s: np.logaddexp(0, -s.numpy()).mean(), "NumPy keeps no gradient"),
    (by_math, "but from this float no gradient"),
    (under_no_grad, "but from this tensor no gradient finds back"),
    (half_detached, "The number is right, its slope is not"),
    (lambda s: softplus(-s).square().mean(), "You square the loss"),
    (lambda s: -s.mean(), "That is -s, the loss of hinge"),
    (lambda s: -torch.sigmoid(s).mean(), "The logarithm is missing: this is -σ(s)"),
    (lambda s: (1 - torch.sigmoid(s)).mean(), "this is 1 - σ(s)"),
    (lambda s: torch.sigmoid(s).mean(), "its sign is turned"),
    (lambda s: F.mse_loss(s, torch.ones_like(s)), "least squares on the scores, without its ½"),
    (lambda s: (s.sigmoid() - 1).square().mean(), "least squares on the probability"),
    (lambda s: losses.least_squares.generator(None, s), "That is least squares on the scores."),
    (lambda s: -torch.log(torch.sigmoid(s).mean()), "The mean comes too early: you take the logarithm of"),
    (lambda s: softplus(-s.mean()), "The mean comes too early: you average the scores"),
    (lambda s: -torch.log2(torch.sigmoid(s)).mean(), "That is in bits"),
    (lambda s: -torch.log10(torch.sigmoid(s)).mean(), "logarithm to base 10"),
    (lambda s: torch.exp(-s).mean(), "That is exp(-s)"),
    (lambda s: (1 + torch.exp(-s)).mean(), "The logarithm is missing: -log σ(s) is"),
    (lambda s: F.relu(-s).mean(), "a corner where softplus(-s) bends"),
    (lambda s: F.relu(1 - s).mean(), "what D's hinge loss takes"),
    (last_only, "Does a loop keep only that?"),
    (lambda s: softplus(-s[0]), "You take the first sample's loss"),
    (lambda s: softplus(-s).max(), "the largest loss of the batch"),
    (lambda s: -s.log_softmax(0).mean(), "A softmax compares the fakes"),
    (lambda s: softplus(-s).mean() / 2, "0.5 times -log σ(s)"),
    (lambda s: softplus(-s).sum() / 64, "You divide the sum by 64, however"),
    (lambda s: -torch.log(s).mean(), "A raw score has no log"),
    (lambda s: F.binary_cross_entropy_with_logits(torch.ones_like(s), s), "Scores and target have changed places"),
    (lambda s: F.binary_cross_entropy_with_logits(s, torch.full_like(s, 0.9)), "The target is smoothed"),
    (lambda s: losses.cross_entropy(s, s), "You add D's -log(1 - σ(s))"),
    (where_naive, "torch.where or nan_to_num hides an inf"),
    (lambda s: -torch.log(torch.sigmoid(s)).nan_to_num(posinf=1000.0).mean(), "Is inf replaced by some number?"),
    (lambda s: -torch.log(torch.sigmoid(s)).nan_to_num(neginf=-1000.0).mean(), "at -100"),
    (inplace, "You changed the scores that were given"),
    (goes_backward, "backward() has been called"),
    (lambda s: round(softplus(-s).mean().item(), 2), "Close: "),
    (lambda s: torch.softplus(-s).mean(), "softplus is a function of torch.nn.functional"),
    (lambda s: s.softplus().mean(), "softplus is a function of torch.nn.functional"),
    (lambda s: nn.BCEWithLogitsLoss(s, torch.ones_like(s)), "a loss module is made first"),
    (lambda s: nn.LogSigmoid(-s).mean(), "is a module: make one first"),
    (lambda s: nn.Softplus(-s).mean(), "The .mean() is called on something that is no tensor"),
    (lambda s: F.binary_cross_entropy_with_logits(s, torch.ones(1, 1)), "The target needs the shape of the scores"),
    (lambda s: F.binary_cross_entropy_with_logits(s, 1.0), "The target must be a tensor too"),
    (lambda s: F.binary_cross_entropy(s, torch.ones_like(s)), "binary_cross_entropy wants probabilities"),
    (lambda s: max(0, -s).mean(), "A whole batch is asked for one truth value"),
    (lambda s: math.log(1 + math.exp(-s)), "numbers are single ones"),
    (lambda s: torch.logaddexp(0, -s).mean(), "wants tensors only"),
    (lambda s: nn.Linear(2, 1)(s), "The scores are D's already"),
    (lambda s: losses.non_saturating.generator(s), "generator_loss takes fake alone"),
    (lambda s: losses.non_saturating(None, s), "A Loss holds two functions"),
    (lambda real, fake: softplus(-fake).mean(), "generator_loss takes fake alone"),
    (lambda s: F.softplus(-s, reduction="mean"), "softplus gives one value per score"),
    (lambda s: softplus(-s).mean(1), "The batch is the last dimension"),
    (softplus(-torch.ones(3)).mean(), "Give the function itself, without calling it."),
    (lambda s: 0.7, "You give 0.7 whatever the scores are"),
    (lambda s: F.soft_margin_loss(s, torch.ones_like(s)), "at -1000 you give inf"),
    (lambda s: softplus(-s, beta=2).mean(), "Your softplus has beta=2"),
    (lambda s: softplus(-s).norm(), "For a single score it is right, for several it is not"),
    (lambda s: softplus(-s).std(), "For scores of -1.6 it must be 1.78, and yours is nan"),
    (lambda s: torch.log(softplus(-s)).mean(), "You take the log of softplus"),
    (lambda s: softplus(-s.abs()).mean(), "For scores of -1.6 it must be 1.78"),
    (lambda s: softplus(1 - s).mean(), "A margin of 1 is added"),
    (lambda s: -torch.log(torch.sigmoid(s) + 1e-2).mean(), "add a number inside the logarithm?"),
    (lambda s: -torch.distributions.Bernoulli(probs=s.sigmoid()).log_prob(torch.ones_like(s)).mean(), "A clamp"),
    (lambda s: -torch.log(torch.sigmoid(s.clamp(-80, 80))).mean(), "so the worst fake gets no push"),
    (lambda s: torch.where(s < -50, torch.full_like(s, 50.0), softplus(-s)).mean(), "so the worst fake gets no push"),
    (lambda s: softplus(-s).mean().clamp(max=100), "For -1000 and 0.5 you give 100, and it is 500.2"),
    (lambda s: torch.where(s < -50, -s.detach(), softplus(-s)).mean(), "A clamp or a detach takes the push away"),
    (lambda s: softplus(-s).mean().detach().requires_grad_(), "but from this tensor no gradient finds back"),
    (lambda s: softplus(-s).mean().numpy(), "NumPy keeps no gradient"),
    (lambda s: (softplus(-s).mean(), s), "This tuple has length 2"),
    (lambda s: softplus(-s).tolist(), "You give one loss for each sample"),
    (lambda s: F.logsigmoid(-s).mean(), "That is the minimax loss"),
    (lambda s: softplus(-s).mean() * 64, "64 times -log σ(s)"),
    (lambda s: softplus(-s).median(), "You take the median"),
    (losses.non_saturating.generator, "generator_loss takes fake alone"),
    (losses.non_saturating, "Give the function itself, without calling it."),
    (softplus, "You give one loss for each sample"),
    (lambda s: -(s.sigmoid() + 1e-8).log().mean(), "a small number inside the log"),
    (lambda s: softplus(-s.clamp(-50, 50)).mean(), "A clamp"),
    (lambda s: torch.where(s > -50, -s.sigmoid().log(), -s).mean(), "torch.where or nan_to_num hides an inf"),
    (lambda s: F.elu(-s).mean(), "That is elu(-s), which falls below 0"),
    (lambda s: F.selu(-s).mean(), "For scores of -1.6 it must be 1.78"),
]


# D's part of one loss, G's of another


def mix(discriminator=losses.cross_entropy, generator=losses.least_squares.generator, **more):
    return Loss("mixed", discriminator=discriminator, generator=generator, **more)


def bce_d(real, fake):
    bce = functools.partial(F.binary_cross_entropy_with_logits, reduction="none")
    return bce(real, torch.ones_like(real)).mean(-1) + bce(fake, torch.zeros_like(fake)).mean(-1)


def defined_g(real, fake):
    assert real is None or real.shape == fake.shape
    return torch.mean((fake - 1.0) ** 2, dim=-1) * 0.5


@dataclasses.dataclass(frozen=True)
class Own:
    name = "own"
    compares = False

    def discriminator(self, real, fake):
        return -F.logsigmoid(real).mean(-1) - F.logsigmoid(-fake).mean(-1)

    def generator(self, real, fake):
        return 0.5 * (1 - fake).pow(2).mean(-1)


def D_(part):
    return mix(discriminator=part)


def G_(part):
    return mix(generator=part)


def reading(real, fake):
    return (fake - real).square().mean(-1) / 2


def using_none(real, fake):
    return losses.cross_entropy(real, fake)


RIGHT_2 = [
    mix(),
    dataclasses.replace(losses.least_squares, name="x", discriminator=losses.cross_entropy),
    dataclasses.replace(losses.non_saturating, generator=losses.least_squares.generator),
    mix(generator=lambda real, fake: (fake - 1).square().mean(-1) / 2),
    mix(generator=lambda real, fake: (fake - 1).square().mean(-1)),
    mix(generator=lambda real, fake: F.mse_loss(fake, torch.ones_like(fake), reduction="none").mean(-1)),
    Loss("m", lambda r, f: F.softplus(-r).mean(-1) + F.softplus(f).mean(-1), lambda r, f: ((f - 1) ** 2 / 2).mean(-1)),
    mix(discriminator=bce_d, generator=defined_g),
    mix(discriminator=losses.minimax.discriminator),
    mix(discriminator=losses.non_saturating.discriminator, compares=True),
    mix(discriminator=lambda r, f: softplus(torch.cat([-r, f], -1)).mean(-1) * 2),
    mix(discriminator=lambda r, f: (softplus(-r) + softplus(f)).mean(-1)),
    mix(generator=lambda _, f: (f.square() - 2 * f + 1).mean(dim=-1) / 2),
    mix(generator=lambda _, f: 0.5 * ((f - 1).mean(-1).square() + f.var(-1, unbiased=False))),
    mix(generator=lambda *scores: (1 - scores[1]).square().sum(-1) / (2 * scores[1].shape[-1])),
    mix(generator=lambda real=None, fake=None: torch.linalg.vector_norm(fake - 1, dim=-1) ** 2 / fake.shape[-1] / 2),
    Own(),
    mix(discriminator=lambda r, f: -(F.logsigmoid(r) + F.logsigmoid(-f)).mean(-1)),
    mix(discriminator=lambda r, f: losses.non_saturating.generator(None, r) - losses.minimax.generator(None, f)),
    mix(generator=functools.partial(lambda t, r, f: ((f - t) ** 2).mean(-1) / 2, 1.0)),
    mix(generator=lambda r, f: torch.stack([(x - 1) ** 2 / 2 for x in f.unbind(-1)], -1).mean(-1)),
    mix(generator=lambda r, f: torch.einsum("...n,...n->...", f - 1, f - 1) / f.shape[-1] / 2),
    mix(generator=lambda r, f: F.huber_loss(f, torch.ones_like(f), delta=1e9, reduction="none").mean(-1)),
    mix(generator=lambda fake, real: (real - 1).square().mean(-1) / 2),  # the names are the learner's own
    mix(generator=lambda r, f: (f - torch.ones(f.shape[-1])).pow(2).sum(-1) / f.size(-1) * 0.5),
    Loss("m", functools.partial(losses.cross_entropy), lambda _, f: f.var(-1, correction=0) + (f.mean(-1) - 1) ** 2),
    mix(generator=lambda _, f: 0.5 * torch.pow(1 - f, 2).mean(dim=f.dim() - 1)),
    mix(generator=lambda *both: F.mse_loss(both[-1], torch.ones_like(both[-1]), reduction="none").mean(-1) / 2),
]
CE = losses.cross_entropy
WRONG_2 = [
    (mix(losses.least_squares.generator, CE), "D's part is G's: the players' parts have changed places"),
    (mix(losses.least_squares.discriminator), "D's part is least squares. Only G's"),
    (losses.least_squares, "D's part is least squares. Only G's"),
    (losses.non_saturating, "G's part is non-saturating"),
    (losses.minimax, "G's part is minimax"),
    (losses.hinge, "D's part is the hinge loss"),
    (losses.wasserstein, "D's part is the Wasserstein loss"),
    (losses.relativistic, "D's part is the relativistic loss"),
    (D_(lambda r, f: CE(f, r)), "D's part has the labels swapped"),
    (D_(lambda fake, real: CE(real, fake)), "D's part has the labels swapped"),
    (D_(lambda r, f: -CE(r, f)), "D's part has its sign turned"),
    (D_(lambda r, f: softplus(f).mean(-1)), "D's part lacks the reals"),
    (D_(lambda r, f: softplus(-r).mean(-1)), "D's part lacks the fakes"),
    (D_(losses.non_saturating.generator), "G's non-saturating loss"),
    (D_(lambda r, f: CE(r, f) / 2), "D's part is 0.5 times the cross-entropy. You halve it"),
    (D_(lambda r, f: softplus(torch.cat([-r, f], -1)).mean(-1)), "or take one mean over reals and fakes"),
    (D_(lambda r, f: softplus(-r).sum(-1) + softplus(f).sum(-1)), "D's part adds up the batch"),
    (D_(lambda r, f: softplus(-r) + softplus(f)), "D's part gives one loss for each sample"),
    (D_(lambda r, f: softplus(-r).mean() + softplus(f).mean()), "It is one number for all games. Take .mean(-1)"),
    (D_(lambda r, f: softplus(-r).mean(0) + softplus(f).mean(0)), "The batch is the last dimension: .mean(-1)"),
    (D_(lambda r, f: softplus(-r).mean(1) + softplus(f).mean(1)), "The batch is the last dimension, -1"),
    (D_(lambda r, f: CE(r.sigmoid(), f.sigmoid())), "D's part applies two sigmoids"),
    (
        D_(lambda r, f: -r.sigmoid().log().mean(-1) - (1 - f.sigmoid()).log().mean(-1)),
        "D's part is right for ordinary scores, not at -1000 and 1000: it gives inf",
    ),
    (D_(lambda r, f: -(r.sigmoid() + 1e-8).log().mean(-1) - (1 - f.sigmoid() + 1e-8).log().mean(-1)), "not at -1000"),
    (
        D_(lambda r, f: -r.log().mean(-1) - (1 - f).log().mean(-1)),
        "D's part gives nan for a real of 1.3 and a fake of -1.1 and others",
    ),
    (
        D_(lambda r, f: F.binary_cross_entropy(r, torch.ones_like(r)) + F.binary_cross_entropy(f, torch.zeros_like(f))),
        "binary_cross_entropy wants probabilities",
    ),
    (D_(lambda r, f: (r.sigmoid() - 1).square().mean(-1) + f.sigmoid().square().mean(-1)), "squares on probabilities"),
    (D_(lambda r, f: softplus(-r).mean(-1) - softplus(f).mean(-1)), "D's part subtracts the fakes' term"),
    (D_(lambda r, f: softplus(-r).mean(-1) + softplus(-f).mean(-1)), "raises the scores of the fakes too"),
    (D_(lambda r, f: softplus(r).mean(-1) + softplus(f).mean(-1)), "lowers the scores of the reals too"),
    (
        D_(lambda r, f: torch.where(r > -20, -r.sigmoid().log(), -r).mean(-1) + softplus(f).mean(-1)),
        "a real at -1000 gets the slope nan",
    ),
    (D_(lambda r, f: CE(r, f).item()), "D's part: The number is right, but from this float"),
    (D_(lambda r, f: CE(r.detach(), f)), "D's part has the right value but not its slope"),
    (G_(lambda real, fake: fake.square().mean(-1) / 2), "G's part has the target 0"),
    (G_(lambda real, fake: (fake + 1).square().mean(-1)), "G's part has the target -1"),
    (G_(lambda real, fake: -(fake - 1).square().mean(-1) / 2), "G's part has its sign turned"),
    (G_(lambda real, fake: (fake.sigmoid() - 1).square().mean(-1) / 2), "takes the square of a probability. Leave"),
    (G_(lambda real, fake: fake.sigmoid().square().mean(-1) / 2), "of a probability, with target 0"),
    (G_(lambda real, fake: (fake.mean(-1) - 1) ** 2 / 2), "G's part squares the mean"),
    (G_(lambda real, fake: (fake - 1).abs().mean(-1)), "|fake - 1|, not squared"),
    (G_(lambda real, fake: (fake - 1).mean(-1) / 2), "is fake - 1, not squared"),
    (G_(lambda real, fake: (1 - fake).mean(-1) / 2), "is 1 - fake, not squared"),
    (G_(losses.hinge.generator), "G's part is -fake, as in hinge"),
    (G_(lambda real, fake: softplus(fake).mean(-1)), "G's part is softplus(fake)"),
    (G_(lambda real, fake: F.relu(1 - fake).mean(-1)), "is relu(1 - fake), a hinge"),
    (G_(lambda real, fake: (fake - 1).square().mean(-1).sqrt()), "has a square root too many"),
    (G_(lambda real, fake: (fake - 1).square().sum(-1) / 2), "G's part adds up the batch"),
    (G_(lambda real, fake: (fake - 1).square() / 2), "G's part gives one loss for each sample"),
    (G_(lambda real, fake: (fake - 1).square().mean() / 2), "It is one number for all games"),
    (G_(lambda real, fake: F.mse_loss(fake, torch.ones_like(fake))), "a loss of torch needs reduction='none' before"),
    (G_(lambda real, fake: (fake - 1).square().mean(-1, keepdim=True)), "makes a loss of shape (3, 1)"),
    (G_(lambda fake: (fake - 1).square().mean(-1) / 2), "Each part is called with two arguments"),
    (G_(lambda real, fake: (real - 1).square().mean(-1) / 2), "G's part reads real, which is None here"),
    (G_(reading), "G's part reads real, which is None here"),
    (G_(losses.least_squares.discriminator), "G's part is least squares for D"),
    (G_(using_none), "G's part is D's: the cross-entropy"),
    (mix(generator=losses.relativistic.generator, compares=True), "G's part gives "),
    (G_(lambda real, fake: (fake.detach() - 1).square().mean(-1) / 2), "G's part: The number is right, but"),
    (G_(losses.least_squares), "generator= is a whole Loss"),
    (D_(losses.non_saturating), "discriminator= is a whole Loss"),
    (D_("cross_entropy"), "discriminator= is of type str"),
    (Loss(CE, losses.least_squares.generator, "mixed"), "The first argument of Loss is its name"),
    ((CE, losses.least_squares.generator), "A tuple is no Loss"),
    ({"discriminator": CE, "generator": losses.least_squares.generator}, "A dict is no Loss"),
    (lambda real, fake: (fake - 1).square().mean(-1) / 2, "That is a function or a class. Give a Loss"),
    (Loss, "That is a function or a class. Give a Loss"),
    ("mixed", "This is of type str"),
    (G_(lambda r, f: (f - 0.9).square().mean(-1) / 2), "G's part has the target 0.9"),
    (G_(lambda r, f: (f - 2).square().mean(-1)), "G's part has the target 2"),
    (G_(lambda r, f: (f**2 - 1).mean(-1) / 2), "subtracts 1 from the square"),
    (G_(lambda r, f: ((f - 1) ** 2 / 2).median(-1).values), "right for one sample, not for a batch"),
    (G_(lambda r, f: (f - 1).square().amax(-1)), "right for one sample, not for a batch"),
    (G_(lambda r, f: (f - 1).square().var(-1)), "G's part gives nan for a fake of 2.3; it should be 0.845"),
    (G_(lambda r, f: (f - 1).pow(4).mean(-1)), "G's part gives 23.4 for a fake of -1.2; it should be 2.42"),
    (G_(lambda r, f: F.relu(1 - f).square().mean(-1) / 2), "is the square of a hinge"),
    (G_(lambda r, f: softplus(-f).square().mean(-1)), "squares -log σ(fake)"),
    (G_(lambda r, f: F.mse_loss(f, torch.ones(4))), "A batch may have any size"),
    (G_(lambda r, f: F.mse_loss(f, 1)), "The target must be a tensor too"),
    (G_(F.mse_loss), "G's part reads real, which is None here"),
    (G_(lambda r, f: losses.least_squares.generator(f)), "Both functions of a Loss take real and fake"),
    (G_(lambda r, f: losses.least_squares(r, f)), "A Loss holds two functions"),
    (G_(lambda r, f: f.sub_(1).square().mean(-1) / 2), "You changed the scores that were given to you"),
    (G_(lambda r, f: np.mean((f.detach().numpy() - 1) ** 2) / 2), "G's part gives something of type float32"),
    (G_(lambda r, f: [(x - 1) ** 2 / 2 for x in f]), "G's part gives something of type list"),
    (D_(nn.BCEWithLogitsLoss()), "D's part takes the fakes' scores for labels"),
    (D_(losses.cross_entropy(torch.ones(2), torch.ones(2))), "discriminator= is of type Tensor"),
    (D_(lambda r, f: CE(r, f) + 0.01 * r.square().mean(-1)), "D's part gives 0.641 for a real of 0.8"),
    (D_(lambda r, f: CE(r, f) + 0.1 * r.mean(-1)), "D's part has a smoothed target"),
    (D_(lambda r, f: (-r).sigmoid().mean(-1) + f.sigmoid().mean(-1)), "D's part lacks the logarithm"),
    (D_(lambda r, f: (-r).exp().mean(-1) + f.exp().mean(-1)), "D's part has exp where softplus"),
    (D_(lambda r, f: F.relu(-r).mean(-1) + F.relu(f).mean(-1)), "D's part has relu where softplus"),
    (D_(lambda r, f: 2 * CE(r, f)), "D's part is 2 times the cross-entropy. Add the two means"),
    (D_(lambda r: softplus(-r).mean(-1)), "Each part is called with two arguments"),
    (D_(lambda r, f: (softplus(-r).mean(-1), softplus(f).mean(-1))), "D's part gives something of type tuple"),
    (D_(lambda r, f: r.sigmoid().log().mean(-1) + (1 - f.sigmoid()).log().mean(-1)), "D's part has its sign turned"),
    (losses, "This is of type module"),
    (mix(discriminator=lambda r, f: softplus(-r).mean(-1) - softplus(-f).mean(-1)), "and turns its score as well"),
    (
        losses.Loss("m", losses.least_squares.discriminator, losses.non_saturating.generator),
        "D's part is least squares",
    ),
    (mix(generator=lambda real, fake: (real - 1).square().mean(-1) / 2), "G sees the fakes alone"),
    (mix(generator=lambda fake: (fake - 1).square().mean(-1) / 2), "called with two arguments"),
]


# The push that reaches G through the score


def by_autograd(loss, score):
    fake = torch.tensor([score], requires_grad=True)
    return torch.autograd.grad(loss.generator(None, fake), fake)[0]


def by_backward(loss, score):
    fake = torch.tensor([score]).requires_grad_()
    loss.generator(None, fake).backward()
    return fake.grad


def zero_dim(loss, score):
    s = torch.tensor(score, requires_grad=True)
    loss.generator(None, s.unsqueeze(0)).backward()
    return s.grad


def retained(loss, score):
    a = torch.tensor([score], requires_grad=True)
    fake = a * 1
    fake.retain_grad()
    loss.generator(fake, fake).backward()
    return float(fake.grad)


def difference(h=1e-4, dtype=torch.float64, sides=2):
    def push(loss, score):
        def at(s):
            return loss.generator(None, torch.tensor([s], dtype=dtype)).item()

        return (at(score + h) - at(score - h)) / (2 * h) if sides == 2 else (at(score + h) - at(score)) / h

    return push


def batch_of_many(n, how):
    def push(loss, score):
        fake = torch.full((n,), score, requires_grad=True)
        loss.generator(None, fake).backward()
        return how(fake.grad)

    return push


def through_G(loss, score):
    bias = nn.Parameter(torch.tensor([score]))
    loss.generator(None, bias + torch.zeros(1)).backward()
    return bias.grad.item()


def by_step(loss, score):
    w = nn.Parameter(torch.tensor([score], dtype=torch.float64))
    loss.generator(None, w).backward()
    torch.optim.SGD([w], lr=1.0).step()
    return score - w.item()


def numpy_result(loss, score):
    return by_backward(loss, score).numpy()


def grad_of(function):
    def push(loss, score):
        x = torch.tensor([score], requires_grad=True)
        function(loss, x).backward()
        return x.grad.item()

    return push


def no_grad_needed(loss, score):
    fake = torch.tensor([score])
    loss.generator(None, fake).backward()
    return fake.grad.item()


def no_return(loss, score):
    fake = torch.tensor([score], requires_grad=True)
    loss.generator(None, fake).backward()


def returns_backward(loss, score):
    fake = torch.tensor([score], requires_grad=True)
    return loss.generator(None, fake).backward()


def not_a_leaf(loss, score):
    fake = torch.tensor([score], requires_grad=True) * 1
    loss.generator(None, fake).backward()
    return fake.grad


def not_a_leaf_item(loss, score):
    fake = torch.tensor([score], requires_grad=True) * 1
    loss.generator(None, fake).backward()
    return fake.grad.item()


OLD = torch.zeros(1, requires_grad=True)


def adds_up(loss, score):
    OLD.data.fill_(score)
    loss.generator(None, OLD).backward()
    return OLD.grad.item()


def fresh_adds_up(loss, score):
    if loss.name == "minimax" and score == -10:
        OLD.grad = None
    return adds_up(loss, score)


def by_real(loss, score):
    real, fake = torch.tensor([1.0], requires_grad=True), torch.tensor([score], requires_grad=True)
    return torch.autograd.grad(loss.generator(real, fake), real)[0]


def second(loss, score):
    x = torch.tensor([score], requires_grad=True)
    (g,) = torch.autograd.grad(loss.generator(None, x), x, create_graph=True)
    return torch.autograd.grad(g, x)[0].item() if g.requires_grad else 0.0


def hooked(loss, score):
    caught = []
    fake = torch.tensor([score], requires_grad=True) * 1
    fake.register_hook(caught.append)
    loss.generator(None, fake).backward()
    return caught[0]


def stencil(loss, score, h=1e-2):
    def at(s):
        return loss.generator(None, torch.tensor([s], dtype=torch.float64)).item()

    return (at(score - 2 * h) - 8 * at(score - h) + 8 * at(score + h) - at(score + 2 * h)) / (12 * h)


def two_games(loss, score, h=1e-4):
    low, high = loss.generator(None, torch.tensor([[score - h], [score + h]], dtype=torch.float64))
    return (high - low) / (2 * h)


def before_backward(loss, score):
    fake = torch.tensor([score], requires_grad=True)
    loss.generator(None, fake)
    return fake.grad


def by_probability(loss, score):
    p = torch.tensor([score]).double().sigmoid().requires_grad_()
    loss.generator(None, p.logit()).backward()
    return p.grad.item()


def twice(loss, score):
    fake = torch.tensor([score], requires_grad=True)
    value = loss.generator(None, fake)
    value.backward()
    value.backward()
    return fake.grad.item()


def hard_coded(loss, score):
    s = 1 / (1 + math.exp(-score))
    return {
        "minimax": -s,
        "non_saturating": s - 1,
        "least_squares": score - 1,
        "hinge": -1,
        "wasserstein": -1,
    }.get(loss.name)


RIGHT_3 = [
    by_autograd,
    by_backward,
    zero_dim,
    retained,
    difference(),
    difference(1e-6),
    difference(1e-3),
    difference(1e-8),
    through_G,
    by_step,
    numpy_result,
    batch_of_many(64, torch.sum),
    batch_of_many(64, lambda g: g[0] * 64),
    lambda loss, score: torch.func.grad(lambda s: loss.generator(None, s))(torch.tensor([score])),
    lambda loss, score: torch.func.jacrev(loss.generator, argnums=1)(None, torch.tensor(score)),
    lambda loss, score: torch.func.grad(loss.generator, argnums=1)(torch.zeros(1), torch.tensor([score])).item(),
    lambda loss, score: torch.autograd.functional.jacobian(lambda s: loss.generator(None, s), torch.tensor([score])),
    grad_of(lambda loss, x: loss.generator(torch.ones(1), x)),
    grad_of(lambda loss, x: loss.generator(None, x.expand(5))),
    grad_of(lambda loss, x: loss.generator(None, x.view(1, 1)).sum()),
    hooked,
    stencil,
    difference(1e-4, sides=1),
    two_games,
    lambda loss, score: torch.func.vjp(lambda s: loss.generator(None, s), torch.tensor([score]))[1](torch.tensor(1.0))[
        0
    ],
    lambda loss, score: torch.vmap(torch.func.grad(lambda s: loss.generator(None, s)))(torch.tensor([[score]])),
    lambda loss, score: torch.autograd.functional.vjp(lambda s: loss.generator(None, s), torch.tensor([score]))[1],
    lambda loss, score: np.float32(by_backward(loss, score).item()),
    lambda loss, score: by_backward(loss, score).tolist()[0],
    lambda *both: by_autograd(*both).squeeze(),
    lambda loss, score: float(
        torch.func.jvp(lambda s: loss.generator(None, s), (torch.tensor([score]),), (torch.ones(1),))[1]
    ),
]
WRONG_3 = [
    (lambda loss, score: loss.generator(None, torch.tensor([score])).item(), "That is the loss itself"),
    (lambda loss, score: -by_autograd(loss, score), "That is minus the derivative"),
    (lambda loss, score: by_autograd(loss, score).abs().item(), "That is the size of the derivative"),
    (lambda loss, score: by_autograd(loss, score).norm(), "That is the size of the derivative"),
    (grad_of(lambda loss, x: loss.discriminator(x.detach(), x)), "slope of D's loss, by the score of a fake"),
    (grad_of(lambda loss, x: loss.discriminator(torch.ones(1), x)), "slope of D's loss, by the score of a fake"),
    (grad_of(lambda loss, x: loss.discriminator(x, torch.ones(1))), "slope of D's loss, by the score of a real"),
    (grad_of(lambda loss, x: loss.discriminator(x, x)), "That is the slope of D's loss. Take"),
    (grad_of(lambda loss, x: loss.discriminator(None, x)), "Something is None"),
    (lambda loss, score: loss.discriminator(torch.tensor([score]), torch.tensor([score])).item(), "D's loss itself"),
    (
        grad_of(lambda loss, x: loss.generator(None, x) + loss.discriminator(torch.zeros(1), x)),
        "You add the slopes of both",
    ),
    (by_real, "The loss does not depend on what you differentiate by"),
    (no_grad_needed, "There is nothing to differentiate by"),
    (grad_of(lambda loss, x: loss.generator(None, x.detach())), "There is nothing to differentiate by"),
    (no_return, "The loss is computed, but what you return is None"),
    (returns_backward, "The loss is computed, but what you return is None"),
    (not_a_leaf, "The loss is computed, but what you return is None"),
    (not_a_leaf_item, "That grad is None"),
    (fresh_adds_up, "Old gradients add up"),
    (lambda loss, score: by_autograd(loss, int(score)), "A whole number has no slope"),
    (lambda loss, score: by_autograd(loss, float(int(score))), "You cut the score's decimals off"),
    (lambda loss, score: by_autograd(loss, float(round(score))), "You round the score"),
    (lambda loss, score: loss.generator(None, torch.tensor([int(score)])), "The loss wants floats"),
    (batch_of_many(64, lambda g: g[0]), "The batch has more than one sample"),
    (batch_of_many(8, torch.mean), "The batch has more than one sample"),
    (batch_of_many(8, lambda g: g), "One number is asked for"),
    (grad_of(lambda loss, x: loss.generator(None, x.sigmoid())), "You pass the score through a sigmoid"),
    (lambda loss, score: by_autograd(loss, torch.tensor(score).sigmoid().item()), "You give the loss a probability"),
    (second, "That is the second derivative"),
    (lambda loss, score: by_autograd(loss, score) ** 2, "You square the derivative"),
    (lambda loss, score: score * by_autograd(loss, score), "You multiply the derivative by the score"),
    (lambda loss, score: score - by_autograd(loss, score), "That is the score after a step"),
    (lambda loss, score: loss.generator(None, torch.tensor([score])) / score, "the loss divided by the score"),
    (lambda loss, score: by_autograd(loss, -score), "You give the loss -score"),
    (lambda loss, score: by_autograd(losses.hinge, score), "Whatever the loss, your slope is that of hinge"),
    (lambda loss, score: by_autograd(losses.minimax, score), "Whatever the loss, your slope is that of minimax"),
    (lambda loss, score: -1, "Whatever the loss, your slope is that of hinge"),
    (lambda loss, score: by_autograd(loss, 3.0), "Your slope is the same at every score"),
    (hard_coded, "For the loss 'squares of probabilities' you return nothing"),
    (lambda loss, score: hard_coded(loss, score) or -1, "Right for minimax, non_saturating"),
    (lambda loss, score: difference()(loss, score) * 2e-4, "0.0002 times the derivative. A difference"),
    (lambda loss, score: difference()(loss, score) * 2, "2 times the derivative. A difference"),
    (difference(1e-5, torch.float32), "In float32 two losses so near"),
    (difference(1e-4, torch.float32), "In float32 two losses so near"),
    (difference(0.5), "The step is too large: you take the loss's difference over 0.5 on both sides"),
    (difference(0.1, sides=1), "The step is too large: you take the loss's difference over 0.1 after the score"),
    (
        lambda loss, score: torch.autograd.grad(
            loss.generator(None, x := torch.tensor([score], requires_grad=True)), x
        ),
        "This tuple has one entry",
    ),
    (lambda score, loss: by_autograd(loss, score), "The loss comes first, then the score"),
    (lambda loss, score: loss.generator(None, score).backward(), "The loss wants a tensor, a batch of one"),
    (
        lambda loss, score: loss.generator(torch.tensor([score], requires_grad=True)).backward(),
        "Both functions of a Loss",
    ),
    (lambda loss, score: loss(torch.tensor([score])), "A Loss holds two functions"),
    (lambda loss, score: loss.generator(None, np.array([score])), "The loss wants a tensor"),
    (lambda loss, score: loss.backward(), "backward() belongs to the number"),
    (lambda loss, score: torch.func.grad(lambda s: loss.generator(None, s))(score), "wants a tensor"),
    (lambda loss: 1.0, "Your answer raised TypeError"),
    (-1.0, "Give the function itself, without calling it."),
    (lambda loss, score: "−1", "You give the text"),
    (before_backward, "The loss is computed, but what you return is None"),
    (grad_of(lambda loss, x: loss.generator(None, x) * 2), "2 times the derivative. Leave the factor out"),
    (lambda loss, score: -0.1 * by_autograd(loss, score), "-0.1 times the derivative. Leave the factor out"),
    (lambda loss, score: score - 0.1 * by_autograd(loss, score), "That is the score after a step"),
    (lambda loss, score: torch.tensor(score), "That is the score itself"),
    (lambda loss, score: by_autograd(loss, score).sign(), "Right for hinge, wasserstein. For minimax"),
    (lambda loss, score: by_autograd(loss, score).clamp(-1, 1), "For least_squares at the score -10 you give -1"),
    (lambda loss, score: round(by_autograd(loss, score).item(), 2), "You round. At -10 the derivative of minimax"),
    (lambda loss, score: by_autograd(loss, score) + 1, "For minimax at the score -10 you give 1"),
    (by_probability, "You differentiate by the probability"),
    (grad_of(lambda loss, x: loss.generator(None, -x)), "You turn the score's sign"),
    (grad_of(lambda loss, x: loss.generator(None, x.log())), "Is there a log of the score"),
    (grad_of(lambda loss, x: loss.generator(None, x.tanh())), "For minimax at the score -10 you give"),
    (grad_of(lambda loss, x: softplus(-x).mean()), "your slope is that of non_saturating"),
    (twice, "You go backward twice through the same numbers"),
    (difference(1e-3, torch.float32), "In float32 two losses so near"),
    (difference(1e-12), "The step is too large or too small"),
    (lambda loss, score: (hard_coded(loss, score) or -1) * 2, "For minimax at the score -10 you give"),
    (
        lambda loss, score: loss.generator(None, torch.tensor([score], requires_grad=True)).grad,
        "what you return is None",
    ),
    (lambda loss, score: loss.grad, "grad lies at the tensor of the score"),
    (lambda loss, score: loss.generator(None, torch.tensor([score])).item().backward(), "belongs to the number"),
    (lambda loss, score: (by_autograd(loss, score), 1), "This tuple has length 2"),
    (lambda loss, score: True, "True, a truth value"),
    (difference(1, torch.float32, sides=1), "you take the loss's difference over 1 after the score"),
    (difference(0.5, torch.float32), "you take the loss's difference over 0.5 on both sides"),
    (lambda loss, score: difference(-0.1, sides=1)(loss, score), "difference over 0.1 before the score"),
    (
        lambda loss, score: dict.fromkeys(("minimax", "non_saturating", "least_squares", "hinge"), -1)[loss.name],
        "You look the loss up by its",
    ),
    (lambda score, loss: torch.full((1,), score), "The loss comes first, then the score"),
    (
        lambda loss, score: by_autograd(loss, score) * torch.tensor(score).sigmoid() * torch.tensor(-score).sigmoid(),
        "You multiply by σ(1 - σ)",
    ),
]

RIGHT = {"stable": RIGHT_1, "mixed": RIGHT_2, "slope": RIGHT_3}
WRONG = {"stable": WRONG_1, "mixed": WRONG_2, "slope": WRONG_3}
