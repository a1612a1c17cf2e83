"""Answers to the exercises of lesson 02, right ones in many styles and wrong ones with the words that each must get."""

import math

import numpy as np
import scipy
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.functional import softplus


def loop1(p, q, prior, weight):
    out = []
    for a, b in zip(p, q, strict=True):
        out.append(prior * a / (prior * a + (1 - prior) * weight * b))
    return torch.stack(out)


def loop1b(p, q, prior, weight):
    out = torch.zeros_like(p)
    for i in range(len(p)):
        out[i] = p[i] * prior / (p[i] * prior + q[i] * (1 - prior) * weight)
    return out


class Best:
    def __call__(self, p, q, prior, weight):
        a = prior * p
        return a.div(a + (1 - prior) * q * weight)


def right1_numpy(p, q, prior, weight):
    p, q = (p.numpy(), q.numpy())
    return prior * p / (prior * p + (1 - prior) * weight * q)


def inplace1(p, q, prior, weight):
    p *= prior
    q *= (1 - prior) * weight
    return p / (p + q)


def kl(a, b):
    return torch.where(a > 0, a * (a / b).log(), torch.zeros_like(a))


def loop2(p, q, dx):
    total = 0.0
    for a, b in zip(p.tolist(), q.tolist(), strict=True):
        m = (a + b) / 2
        if a > 0:
            total += a * math.log(a / m) / 2
        if b > 0:
            total += b * math.log(b / m) / 2
    return total * float(dx)


def entropies(p, q, dx):
    def H(f):
        return -torch.special.xlogy(f, f).sum() * dx

    return H((p + q) / 2) - (H(p) + H(q)) / 2


def masked(p, q, dx):
    m = (p + q) / 2
    a, b = (p > 0, q > 0)
    return ((p[a] * (p[a] / m[a]).log()).sum() + (q[b] * (q[b] / m[b]).log()).sum()) * dx / 2


def by_kl_div(p, q, dx):
    m = ((p + q) / 2).clamp(min=1e-12).log()
    return (F.kl_div(m, p, reduction="sum") + F.kl_div(m, q, reduction="sum")) / 2 * dx


def by_rel_entr(p, q, dx):
    p, q = (p.numpy(), q.numpy())
    m = (p + q) / 2
    return (scipy.special.rel_entr(p, m) + scipy.special.rel_entr(q, m)).sum() / 2 * dx


def by_np_xlogy(p, q, dx):
    p, q = (np.asarray(p, float), np.asarray(q, float))
    m = np.maximum((p + q) / 2, 1e-300)
    return np.sum(scipy.special.xlogy(p, p / m) + scipy.special.xlogy(q, q / m)) / 2 * dx


def by_trapezoid(p, q, dx):
    m = (p + q) / 2
    return torch.trapezoid((kl(p, m) + kl(q, m)) / 2, dx=float(dx))


def by_softplus(p, q, dx):
    s = p.clamp(min=1e-30).log() - q.clamp(min=1e-30).log()
    return math.log(2) - ((p * softplus(-s)).sum() + (q * softplus(s)).sum()) * dx / 2


def by_categorical(p, q, dx):
    m = (p + q) / 2
    from torch.distributions import Categorical, kl_divergence

    e = 1e-12
    P, Q, M = (Categorical(probs=p + e), Categorical(probs=q + e), Categorical(probs=m + e))
    return (kl_divergence(P, M) + kl_divergence(Q, M)) / 2


def nansums(p, q, dx):
    m = (p + q) / 2
    return ((p * (p / m).log()).nansum() + (q * (q / m).log()).nansum()) * dx / 2


def nan_to_num(p, q, dx):
    m = (p + q) / 2
    return ((p * (p / m).log()).nan_to_num(0) + (q * (q / m).log()).nan_to_num(0)).mul(0.5).sum() * dx


class JS:
    def __call__(self, p, q, dx):
        return masked(p, q, dx)


def by_trap_np(p, q):
    m = (p + q) / 2
    return (scipy.special.rel_entr(p, m) + scipy.special.rel_entr(q, m)) / 2


def D_loss(p, q, dx):
    best = p / (p + q).clamp(min=1e-30)
    return (-torch.special.xlogy(p, best) - torch.special.xlogy(q, (1 - best).clamp(min=1e-12))).sum() * dx


def inplace2(p, q, dx):
    p += 1e-09
    q += 1e-09
    return masked(p, q, dx)


def dloss(D, real, fake):
    return softplus(-D(real)).mean() + softplus(D(fake)).mean()


def descend(optimiser, loss):
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()


def dmove(G, D, opt_D, draw_real, draw_noise, loss=dloss):
    descend(opt_D, loss(D, draw_real(), G(draw_noise()).detach()))


def gmove(G, D, opt_G, draw_noise, loss=lambda s: softplus(-s).mean()):
    descend(opt_G, loss(D(G(draw_noise()))))


def game(d=dloss, g=lambda s: softplus(-s).mean(), nd=2, ng=1):

    def f(G, D, opt_G, opt_D, draw_real, draw_noise):
        for _ in range(nd):
            dmove(G, D, opt_D, draw_real, draw_noise, d)
        for _ in range(ng):
            gmove(G, D, opt_G, draw_noise, g)

    return f


def not_detached(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        value = dloss(D, draw_real(), G(draw_noise()))
        opt_D.zero_grad()
        opt_G.zero_grad()
        value.backward()
        opt_D.step()
    value = softplus(-D(G(draw_noise()))).mean()
    opt_G.zero_grad()
    opt_D.zero_grad()
    value.backward()
    opt_G.step()
    return value.item()


def one_call(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        with torch.no_grad():
            fake = G(draw_noise())
        real = draw_real()
        s = D(torch.cat([real, fake]))
        value = softplus(-s[: len(real)]).mean() + softplus(s[len(real) :]).mean()
        D.zero_grad(set_to_none=False)
        value.backward()
        opt_D.step()
    G.zero_grad(set_to_none=False)
    F.softplus(D(G(draw_noise())).neg()).mean().backward()
    opt_G.step()


def by_hand(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        w = list(D.parameters())
        for a, g in zip(w, torch.autograd.grad(dloss(D, draw_real(), G(draw_noise())), w), strict=True):
            a.grad = g
        opt_D.step()
    w = list(G.parameters())
    for a, g in zip(w, torch.autograd.grad(-F.logsigmoid(D(G(draw_noise()))).mean(), w), strict=True):
        a.grad = g
    opt_G.step()


def bce(G, D, opt_G, opt_D, draw_real, draw_noise):
    c = nn.BCEWithLogitsLoss()
    for _ in range(2):
        opt_D.zero_grad()
        r, f = (D(draw_real()), D(G(draw_noise()).detach()))
        c(r, torch.ones_like(r)).backward()
        c(f, torch.zeros_like(f)).backward()
        opt_D.step()
    opt_G.zero_grad()
    s = D(G(draw_noise()))
    value = c(s, torch.ones_like(s))
    value.backward()
    opt_G.step()
    return value


def frozen_and_thawed(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        dmove(
            G,
            D,
            opt_D,
            draw_real,
            draw_noise,
            lambda D, r, f: -(F.logsigmoid(D(r)).mean() + F.logsigmoid(-D(f)).mean()),
        )
    D.requires_grad_(False)
    gmove(G, D, opt_G, draw_noise, lambda s: -torch.log(torch.sigmoid(s)).mean())
    D.requires_grad_(True)


def draws_first(G, D, opt_G, opt_D, draw_real, draw_noise):
    z3, z1, z2 = (draw_noise(), draw_noise(), draw_noise())
    reals = [draw_real(), draw_real()]
    fakes = [G(z).detach() for z in (z1, z2)]
    for real, fake in zip(reals, fakes, strict=True):
        descend(opt_D, dloss(D, real, fake))
    descend(opt_G, -F.logsigmoid(D(G(z3))).mean())


def closures(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        real, z = (draw_real(), draw_noise())

        def closure(real=real, z=z):
            opt_D.zero_grad()
            value = dloss(D, real, G(z).detach())
            value.backward()
            return value

        opt_D.step(closure)
    z = draw_noise()

    def closure():
        opt_G.zero_grad()
        value = softplus(-D(G(z))).mean()
        value.backward()
        return value

    opt_G.step(closure)


class Round:
    def __call__(self, G, D, opt_G, opt_D, draw_real, draw_noise):
        return game()(G, D, opt_G, opt_D, draw_real, draw_noise)


def inputs_backward(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        value = dloss(D, draw_real(), G(draw_noise()))
        opt_D.zero_grad()
        value.backward(inputs=list(D.parameters()))
        opt_D.step()
    value = softplus(-D(G(draw_noise()))).mean()
    opt_G.zero_grad()
    value.backward(inputs=list(G.parameters()))
    opt_G.step()


def unrolled(G, D, opt_G, opt_D, draw_real, draw_noise):
    opt_D.zero_grad()
    l1 = dloss(D, draw_real(), G(draw_noise()).detach())
    l1.backward()
    opt_D.step()
    opt_D.zero_grad()
    l2 = dloss(D, draw_real(), G(draw_noise()).detach())
    l2.backward()
    opt_D.step()
    opt_G.zero_grad()
    l3 = softplus(-D(G(draw_noise()))).mean()
    l3.backward()
    opt_G.step()
    opt_D.zero_grad()
    opt_G.zero_grad()
    return {"loss_D": l2.item(), "loss_G": l3.item()}


def zero_after(G, D, opt_G, opt_D, draw_real, draw_noise):
    opt_D.zero_grad()
    opt_G.zero_grad()
    for _ in range(2):
        dloss(D, draw_real(), G(draw_noise()).detach()).backward()
        opt_D.step()
        opt_D.zero_grad()
    softplus(-D(G(draw_noise()))).mean().backward()
    opt_G.step()
    opt_G.zero_grad()
    opt_D.zero_grad()


def prob_logs(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        dmove(
            G,
            D,
            opt_D,
            draw_real,
            draw_noise,
            lambda D, r, f: -D(r).sigmoid().log().mean() - (1 - D(f).sigmoid()).log().mean(),
        )
    gmove(G, D, opt_G, draw_noise, lambda s: F.binary_cross_entropy(s.sigmoid(), torch.ones_like(s)))


def per_point(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        r, f = (draw_real(), G(draw_noise()).detach())
        value = sum(softplus(-D(a[None])) for a in r).mean() / len(r) + sum(
            softplus(D(b[None])) for b in f
        ).mean() / len(f)
        opt_D.zero_grad()
        value.backward()
        opt_D.step()
    gmove(G, D, opt_G, draw_noise)


def package_losses(G, D, opt_G, opt_D, draw_real, draw_noise):
    from gan_lessons import losses

    for _ in range(2):
        dmove(G, D, opt_D, draw_real, draw_noise, lambda D, r, f: losses.non_saturating.discriminator(D(r), D(f)))
    gmove(G, D, opt_G, draw_noise, lambda s: losses.non_saturating.generator(None, s))


def bce_cat(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        r, f = (draw_real(), G(draw_noise()).detach())
        y = torch.cat([torch.ones(len(r)), torch.zeros(len(f))]).to(r)
        s = D(torch.cat([r, f])).reshape(-1)
        descend(opt_D, 2 * F.binary_cross_entropy_with_logits(s, y))
    gmove(G, D, opt_G, draw_noise)


def same_samples(G, D, opt_G, opt_D, draw_real, draw_noise):
    real, fake = (draw_real(), G(draw_noise()).detach())
    for _ in range(2):
        descend(opt_D, dloss(D, real, fake))
    gmove(G, D, opt_G, draw_noise)


def same_real(G, D, opt_G, opt_D, draw_real, draw_noise):
    real = draw_real()
    for _ in range(2):
        dmove(G, D, opt_D, lambda: real, draw_noise)
    gmove(G, D, opt_G, draw_noise)


def same_noise(G, D, opt_G, opt_D, draw_real, draw_noise):
    z = draw_noise()
    for _ in range(2):
        dmove(G, D, opt_D, draw_real, lambda: z)
    gmove(G, D, opt_G, draw_noise)


def g_reuses_noise(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        z = draw_noise()
        dmove(G, D, opt_D, draw_real, lambda z=z: z)
    gmove(G, D, opt_G, lambda: z)


def leak_into_G(G, D, opt_G, opt_D, draw_real, draw_noise):
    opt_G.zero_grad()
    for _ in range(2):
        descend(opt_D, dloss(D, draw_real(), G(draw_noise())))
    softplus(-D(G(draw_noise()))).mean().backward()
    opt_G.step()


def no_zero_D(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        dloss(D, draw_real(), G(draw_noise()).detach()).backward()
        opt_D.step()
    gmove(G, D, opt_G, draw_noise)


def g_detached(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        dmove(G, D, opt_D, draw_real, draw_noise)
    descend(opt_G, softplus(-D(G(draw_noise()).detach())).mean())


def g_reuses_graph(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        fake = G(draw_noise())
        descend(opt_D, dloss(D, draw_real(), fake))
    descend(opt_G, softplus(-D(fake)).mean())


def g_first(G, D, opt_G, opt_D, draw_real, draw_noise):
    gmove(G, D, opt_G, draw_noise)
    for _ in range(2):
        dmove(G, D, opt_D, draw_real, draw_noise)


def g_between(G, D, opt_G, opt_D, draw_real, draw_noise):
    dmove(G, D, opt_D, draw_real, draw_noise)
    gmove(G, D, opt_G, draw_noise)
    dmove(G, D, opt_D, draw_real, draw_noise)


def indentation(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        dmove(G, D, opt_D, draw_real, draw_noise)
        gmove(G, D, opt_G, draw_noise)


def no_step_D(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        dloss(D, draw_real(), G(draw_noise()).detach()).backward()
    gmove(G, D, opt_G, draw_noise)


def no_step_G(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        dmove(G, D, opt_D, draw_real, draw_noise)
    opt_G.zero_grad()
    softplus(-D(G(draw_noise()))).mean().backward()


def both_step_in_D(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        value = dloss(D, draw_real(), G(draw_noise()))
        opt_D.zero_grad()
        opt_G.zero_grad()
        value.backward()
        opt_D.step()
        opt_G.step()
    gmove(G, D, opt_G, draw_noise)


def both_step_in_G(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        dmove(G, D, opt_D, draw_real, draw_noise)
    value = softplus(-D(G(draw_noise()))).mean()
    opt_G.zero_grad()
    opt_D.zero_grad()
    value.backward()
    opt_G.step()
    opt_D.step()


def zero_before_step(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        dloss(D, draw_real(), G(draw_noise()).detach()).backward()
        opt_D.zero_grad()
        opt_D.step()
    gmove(G, D, opt_G, draw_noise)


def optimisers_swapped(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        dmove(G, D, opt_G, draw_real, draw_noise)
    gmove(G, D, opt_D, draw_noise)


def old_D_for_G(G, D, opt_G, opt_D, draw_real, draw_noise):
    w = list(G.parameters())
    g = torch.autograd.grad(softplus(-D(G(draw_noise()))).mean(), w)
    for _ in range(2):
        dmove(G, D, opt_D, draw_real, draw_noise)
    for a, b in zip(w, g, strict=True):
        a.grad = b
    opt_G.step()


def one_loss(G, D, opt_G, opt_D, draw_real, draw_noise):
    dmove(G, D, opt_D, draw_real, draw_noise)
    value = dloss(D, draw_real(), G(draw_noise())) + softplus(-D(G(draw_noise()))).mean()
    opt_D.zero_grad()
    opt_G.zero_grad()
    value.backward()
    opt_D.step()
    opt_G.step()


def noise_as_fake(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        descend(opt_D, dloss(D, draw_real(), draw_noise()))
    gmove(G, D, opt_G, draw_noise)


def G_of_real(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        r = draw_real()
        descend(opt_D, dloss(D, r, G(r).detach()))
    gmove(G, D, opt_G, draw_noise)


def unpack(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        (real,) = draw_real()
        descend(opt_D, dloss(D, real, G(draw_noise()).detach()))
    gmove(G, D, opt_G, draw_noise)


def with_size(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        dmove(G, D, opt_D, lambda: draw_real(128), lambda: draw_noise(128))
    gmove(G, D, opt_G, draw_noise)


def uncalled(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        descend(opt_D, dloss(D, draw_real, G(draw_noise).detach()))


def own_noise(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        dmove(G, D, opt_D, draw_real, lambda: torch.randn(128, 2).to(next(G.parameters())))
    gmove(G, D, opt_G, lambda: torch.randn(128, 2).to(next(G.parameters())))


def own_noise_G_only(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        dmove(G, D, opt_D, draw_real, draw_noise)
    gmove(G, D, opt_G, lambda: torch.randn(len(draw_noise()), 2).to(next(G.parameters())))


def no_grad_G(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        dmove(G, D, opt_D, draw_real, draw_noise)
    with torch.no_grad():
        value = softplus(-D(G(draw_noise()))).mean()
    opt_G.zero_grad()
    value.backward()
    opt_G.step()


def stays_frozen(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        dmove(G, D, opt_D, draw_real, draw_noise)
    D.requires_grad_(False)
    gmove(G, D, opt_G, draw_noise)


def no_mean(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        descend(opt_D, softplus(-D(draw_real())) + softplus(D(G(draw_noise()).detach())))
    gmove(G, D, opt_G, draw_noise)


def bce_raw(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        dmove(
            G,
            D,
            opt_D,
            draw_real,
            draw_noise,
            lambda D, r, f: (
                F.binary_cross_entropy(D(r), torch.ones(len(r))) + F.binary_cross_entropy(D(f), torch.zeros(len(f)))
            ),
        )
    gmove(G, D, opt_G, draw_noise)


def bad_target(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        dmove(
            G,
            D,
            opt_D,
            draw_real,
            draw_noise,
            lambda D, r, f: (
                F.binary_cross_entropy_with_logits(D(r), torch.ones(len(r), 1))
                + F.binary_cross_entropy_with_logits(D(f), torch.zeros(len(f), 1))
            ),
        )
    gmove(G, D, opt_G, draw_noise)


def item_loss(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        descend(opt_D, dloss(D, draw_real(), G(draw_noise()).detach()).item())
    gmove(G, D, opt_G, draw_noise)


def new_opt(G, D, opt_G, opt_D, draw_real, draw_noise):
    opt_D, opt_G = (torch.optim.Adam(D.parameters(), lr=0.002), torch.optim.SGD(G.parameters(), lr=0.1))
    game()(G, D, opt_G, opt_D, draw_real, draw_noise)


def g_with_real(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        dmove(G, D, opt_D, draw_real, draw_noise)
    gmove(G, D, opt_G, draw_noise, lambda s: softplus(-s).mean() + softplus(D(draw_real())).mean())


def stub_left(*a):
    game()(*a)
    return ...


def clears_behind(G, D, opt_G, opt_D, draw_real, draw_noise):
    for _ in range(2):
        dloss(D, draw_real(), G(draw_noise()).detach()).backward()
        opt_D.step()
        opt_D.zero_grad()
    softplus(-D(G(draw_noise()))).mean().backward()
    opt_G.step()
    opt_G.zero_grad()
    opt_D.zero_grad()


def stale_graph(G, D, opt_G, opt_D, draw_real, draw_noise):
    loss_G = softplus(-D(G(draw_noise()))).mean()
    for _ in range(2):
        dmove(G, D, opt_D, draw_real, draw_noise)
    opt_G.zero_grad()
    loss_G.backward()
    opt_G.step()


def nothing_steps(G, D, opt_G, opt_D, draw_real, draw_noise):
    dloss(D, draw_real(), G(draw_noise()).detach()).backward()


def adds_noise(G, D, opt_G, opt_D, draw_real, draw_noise):
    game()(G, D, opt_G, opt_D, lambda: draw_real() + 0.1 * torch.randn(64, 2), draw_noise)


RIGHT_1 = [
    lambda p, q, r, w: r * p / (r * p + (1 - r) * w * q),
    lambda p, q, r, w: torch.sigmoid(p.log() - q.log() + math.log(r) - math.log(1 - r) - math.log(w)),
    lambda p, q, r, w: 1 / (1 + w * (1 - r) / r * q / p),
    lambda p, q, r, w: 1 - (1 - r) * w * q / (r * p + (1 - r) * w * q),
    right1_numpy,
    loop1,
    loop1b,
    Best(),
    lambda p, q, r, w: torch.stack([(r * p).log(), ((1 - r) * w * q).log()]).softmax(0)[0],
    lambda p, q, r, w: scipy.special.expit(np.log(p.numpy()) - np.log(q.numpy()) + scipy.special.logit(r) - np.log(w)),
    lambda p, q, r, w: r * p.double() / (r * p.double() + (1 - r) * w * q.double()),
    lambda p, q, r, w: (lambda o: o / (1 + o))(p / q * r / (1 - r) / w),
    lambda p, q, r, w: r * p / (r * p + (1 - r) * w * q + 1e-08),
    lambda p, q, r=0.5, w=1.0: r * p / (r * p + (1 - r) * w * q),
    lambda p, q, r, w: ((p / q).log() + torch.logit(torch.tensor(r)) - torch.tensor(w).log()).sigmoid(),
    lambda p, q, r, w: (r * p / (r * p + (1 - r) * w * q)).requires_grad_(),
    np.vectorize(lambda p, q, r, w: r * p / (r * p + (1 - r) * w * q)),
    lambda p, q, r, w: (lambda share: share * p / (share * p + (1 - share) * q))(r / (r + (1 - r) * w)),
    lambda p, q, r, w: [r * a / (r * a + (1 - r) * w * b) for a, b in zip(p.tolist(), q.tolist(), strict=True)],
]
WRONG_1 = [
    (lambda p, q, r, w: p / (p + q), "You leave out both the prior and the weight."),
    (lambda p, q, r, w: p / (p + w * q), "The prior is missing. Reals come with"),
    (lambda p, q, r, w: r * p / (r * p + (1 - r) * q), "The weight is missing. It multiplies the fake"),
    (lambda p, q, r, w: r * p / (r * p + w * q), "The fakes lack their share. Reals come with"),
    (lambda p, q, r, w: p / (p + (1 - r) * w * q), "The reals lack their share, prior. Multiply p"),
    (lambda p, q, r, w: (1 - r) * w * q / (r * p + (1 - r) * w * q), "That is the chance of fake. D's σ is the"),
    (lambda p, q, r, w: r * q / (r * q + (1 - r) * w * p), "p and q have changed places. p is the real"),
    (lambda p, q, r, w: (r * p).log() - ((1 - r) * w * q).log(), "That is the raw score, the log of the ratio."),
    (lambda p, q, r, w: w * r * p / (w * r * p + (1 - r) * q), "Your weight multiplies the real term. Here it"),
    (
        lambda p, q, r, w: torch.sigmoid((p / q).log() + math.log(r / (1 - r)) + math.log(w)),
        "Your weight multiplies the real term. Here it",
    ),
    (
        lambda p, q, r, w: torch.sigmoid((p / q).log() - math.log(r / (1 - r)) - math.log(w)),
        "prior belongs to the reals and 1 - prior to",
    ),
    (lambda p, q, r, w: (1 - r) * p / ((1 - r) * p + r * w * q), "prior belongs to the reals and 1 - prior to"),
    (lambda p, q, r, w: r * p / ((1 - r) * w * q), "That is the odds, real to fake. The"),
    (lambda p, q, r, w: r * p / r * p + (1 - r) * w * q, "Parentheses are missing: Python divides by"),
    (lambda p, q, r, w: p / (r * p + (1 - r) * w * q), "The prior of the reals is missing above. What"),
    (
        lambda p, q, r, w: torch.sigmoid(r * p / (r * p + (1 - r) * w * q)),
        "You apply a sigmoid to what is a probability",
    ),
    (lambda p, q, r, w: p / (p + w / r * q), "The fakes lack their share. Reals come with"),
    (lambda p, q, r, w: r * p / (w * (r * p + (1 - r) * q)), "Your weight multiplies both terms of the"),
    (lambda p, q, r, w: w * r * p / (r * p + (1 - r) * q), "Your weight multiplies the whole fraction. It"),
    (lambda p, q, r, w: (r * p / (r * p + (1 - r) * w * q)).mean(), "p and q have the shape (3,), your answer ()."),
    (lambda p, q, r, w: r * p / (r * p + (1 - r) * w * q) > 0.5, "You round to real or fake. Give the"),
    (lambda p, q, r, w: (r * p / (r * p + (1 - r) * w * q)).round(), "You round to real or fake. Give the"),
    (lambda p, q, r, w: p.log() - q.log(), "That is the raw score log p - log q, for"),
    (lambda p, q, r, w: (r * p / (r * p + (1 - r) * w * q)).log(), "That is the logarithm of the probability."),
    (lambda p, q, r, w: (r + p) / (r + p + (1 - r) + w + q), "When p doubles, the odds σ / (1 - σ) should"),
    (lambda p, q, r, w: 1 / (1 + math.exp(-(math.log(p) - math.log(q)))), "math's functions take one number. p and q"),
    (
        lambda p, q, r, w: (p.log_prob(torch.zeros(3)) - q.log_prob(torch.zeros(3))).sigmoid(),
        "p and q are the values of the densities,",
    ),
    (
        lambda p, q, r, w: (p.log() - q.log() + r.log() - (1 - r).log() - w.log()).sigmoid(),
        "This is a plain number, no tensor:",
    ),
    (lambda p, q, r, w: (p.log() - q.log() + torch.log(r)).sigmoid(), "This is a plain number, no tensor:"),
    (lambda p, q, r, w: torch.linspace(0.1, 0.9, 601), "p and q have the shape (3,), your answer"),
    (lambda p, q, r, w: (r * p, (1 - r) * w * q), "Give the probabilities as a tensor like p."),
    (inplace1, "You changed the p or q that was given to you:"),
    (torch.tensor([0.2, 0.3]), "Give the function itself, without calling it."),
    (lambda p, q, w: p / (p + w * q), "Your answer raised TypeError: <lambda>()"),
    (lambda p, q, r, w: r / w * p / (r / w * p + (1 - r / w) * q), "For p = 0.22, q = 0.16, prior = 0.7, weight ="),
    (lambda p, q, r, w: torch.full_like(p, 0.5), "When p doubles, the odds σ / (1 - σ) should"),
    (
        lambda p, q, r, w: r * p[:, None] / (r * p[:, None] + (1 - r) * w * q[None, :]),
        "p and q have the shape (3,), your answer (3,",
    ),
    (lambda p, q, r, w: torch.softmax(p / (p + q), 0), "Your first value changes when the other"),
    (lambda p, q, r, w: r * p / (r * p + (1 - r) * w**2 * q), "You square the weight. It stands once, before"),
    (
        lambda p, q, r, w: (1 - w) * r * p / ((1 - w) * r * p + w * (1 - r) * q),
        "For p = 0.30, q = 0.07, prior = 0.5, weight =",
    ),
    (lambda p, q, r, w: 1.0 if p > q else 0.0, "An if takes one truth value; p > 0 holds"),
    (lambda p, q, r, w: float(r * p / (r * p + (1 - r) * w * q)), "math's functions take one number. p and q"),
    (lambda p, q, r, w: r * p / r * p + w * (1 - r) * q, "Parentheses are missing: Python divides by"),
]


RIGHT_2 = [
    lambda p, q, dx: (kl(p, (p + q) / 2) + kl(q, (p + q) / 2)).sum() / 2 * dx,
    loop2,
    entropies,
    masked,
    by_kl_div,
    by_rel_entr,
    by_np_xlogy,
    by_trapezoid,
    by_softplus,
    by_categorical,
    nansums,
    nan_to_num,
    JS(),
    lambda p, q, dx, e=1e-08: (
        (p * ((p + e) / ((p + q) / 2 + e)).log() + q * ((q + e) / ((p + q) / 2 + e)).log()).sum() / 2 * dx
    ),
    lambda p, q, dx: (lambda p, q: (p * (p / ((p + q) / 2)).log() + q * (q / ((p + q) / 2)).log()).sum() / 2 * dx)(
        p.clamp(min=1e-10), q.clamp(min=1e-10)
    ),
    lambda p, q, dx: (lambda p, q: ((p * (p / ((p + q) / 2)).log() + q * (q / ((p + q) / 2)).log()) / 2).sum() * dx)(
        p + 1e-09, q + 1e-09
    ),
    lambda p, q, dx: scipy.spatial.distance.jensenshannon(p.numpy(), q.numpy()) ** 2,
    lambda p, q, dx: masked(p, q, dx).item(),
    lambda p, q, dx: masked(p, q, dx).reshape(1),
    lambda p, q, dx: masked(p.double(), q.double(), dx),
    lambda p, q, dx: np.trapezoid(by_trap_np(p.numpy(), q.numpy()), dx=dx),
    lambda p, q, dx: (math.log(4) - D_loss(p, q, dx)) / 2,
    lambda p, q, dx: (
        (scipy.stats.entropy(p.numpy(), (p + q).numpy() / 2) + scipy.stats.entropy(q.numpy(), (p + q).numpy() / 2)) / 2
    ),
    lambda p, q, dx: (
        math.log(2)
        * (
            torch.where(p > 0, p * (2 * p / (p + q)).log2(), 0) + torch.where(q > 0, q * (2 * q / (p + q)).log2(), 0)
        ).nansum()
        / 2
        * dx
    ),
    lambda p, q, dx: scipy.integrate.simpson(by_trap_np(p.numpy(), q.numpy()), dx=dx),
    lambda p, q, dx: (
        (
            torch.where(p > 0, p * torch.log(2 * p / (p + q)), torch.tensor(0.0)).sum()
            + torch.where(q > 0, q * torch.log(2 * q / (p + q)), torch.tensor(0.0)).sum()
        )
        * dx
        / 2
    ),
    lambda p, q, dx: masked(p.requires_grad_(), q, dx),
]
WRONG_2 = [
    (
        lambda p, q, dx: ((p * (p / ((p + q) / 2)).log() + q * (q / ((p + q) / 2)).log()) / 2).sum() * dx,
        "Right, as long as both densities are above 0.",
    ),
    (
        lambda p, q, dx: (
            (torch.special.xlogy(p, p / ((p + q) / 2)) + torch.special.xlogy(q, q / ((p + q) / 2))).sum() * dx / 2
        ),
        "Right, as long as one density is above 0.",
    ),
    (
        lambda p, q, dx: (kl(p, (p + q) / 2) + kl(q, (p + q) / 2)).sum() * dx,
        "That is twice the divergence: take the mean",
    ),
    (lambda p, q, dx: (kl(p, p + q) + kl(q, p + q)).sum() / 2 * dx, "Your mixture is p + q. It must be halved, so"),
    (lambda p, q, dx: (kl(p, p + q) + kl(q, p + q)).sum() * dx, "That is 2 JS - log 4: the value of the game,"),
    (lambda p, q, dx: masked(p, q, dx) / math.log(2), "That is in bits. Take the natural logarithm,"),
    (lambda p, q, dx: masked(p, q, dx) / math.log(10), "That is the logarithm to base 10. Take the"),
    (lambda p, q, dx: masked(p, q, 1.0), "The integral lacks its dx: multiply the sum"),
    (
        lambda p, q, dx: (kl(p, (p + q) / 2) + kl(q, (p + q) / 2)).nan_to_num().mean() / 2,
        "You divide by the number of places. An",
    ),
    (
        lambda p, q, dx: (kl(p, (p + q) / 2) + kl(q, (p + q) / 2)).nan_to_num().mean() / 2 * dx,
        "You take a mean times dx, or kl_div divides",
    ),
    (lambda p, q, dx: masked(p, q, 1.0) / dx, "You divide by dx. An integral is the sum"),
    (lambda p, q, dx: kl(p, (p + q) / 2).sum() * dx, "Only p is compared with the mixture. Do the"),
    (lambda p, q, dx: kl(p, (p + q) / 2).sum() * dx / 2, "Half of one integral is there. Do the same"),
    (lambda p, q, dx: kl(q, (p + q) / 2).sum() * dx, "Only q is compared with the mixture. Do the"),
    (lambda p, q, dx: kl(p, q).sum() * dx, "That is KL(p, q), towards q itself. Compare p"),
    (lambda p, q, dx: kl(q, p).sum() * dx, "That is KL(q, p). Compare p and q with their"),
    (
        lambda p, q, dx: (kl(p + 1e-08, q + 1e-08) + kl(q + 1e-08, p + 1e-08)).sum() * dx / 2,
        "That is the mean of KL(p, q) and KL(q, p).",
    ),
    (lambda p, q, dx: masked(p, q, dx).sqrt(), "That is the square root, the Jensen-Shannon"),
    (
        lambda p, q, dx: (
            (
                F.kl_div(p.clamp(min=1e-12).log(), (p + q) / 2, reduction="sum")
                + F.kl_div(q.clamp(min=1e-12).log(), (p + q) / 2, reduction="sum")
            )
            / 2
            * dx
        ),
        "The integrals go the wrong way: weigh log(p /",
    ),
    (
        lambda p, q, dx: (
            (F.kl_div((p + q) / 2, p, reduction="sum") + F.kl_div((p + q) / 2, q, reduction="sum")) / 2 * dx
        ),
        "kl_div wants a logarithm first:",
    ),
    (lambda p, q, dx: -masked(p, q, dx), "The sign is turned: log(p / m), not log(m /"),
    (lambda p, q, dx: math.log(4) - 2 * masked(p, q, dx), "That is D's best loss, log 4 - 2 JS. Asked is"),
    (
        lambda p, q, dx: (
            torch.where((p > 0) & (q > 0), p * (2 * p / (p + q)).log() + q * (2 * q / (p + q)).log(), 0).sum() / 2 * dx
        ),
        "For clouds that do not touch it must be log 2",
    ),
    (
        lambda p, q, dx: (kl(p, (p + q) / 2) + kl(q, (p + q) / 2)) / 2 * dx,
        "You give a value for each place. An integral",
    ),
    (
        lambda p, q, dx: (kl(p, (p + q) / 2) + kl(q, (p + q) / 2) / 2).sum() * dx,
        "The ½ stands before one integral only. It is",
    ),
    (
        lambda p, q, dx: (kl(p, p + q / 2) + kl(q, p + q / 2)).sum() / 2 * dx,
        "Your mixture is p + q / 2. Python divides",
    ),
    (
        lambda p, q, dx: (kl(p, (p + q) / 2).sum() * dx + kl(q, (p + q) / 2).nansum()) / 2,
        "dx is missing in the second integral.",
    ),
    (
        lambda p, q, dx: (kl(p, (p + q) / 2) - kl(q, (p + q) / 2)).sum() / 2 * dx,
        "You subtract the second integral. Add it: JS",
    ),
    (
        lambda p, q, dx: torch.where(p > 0, (p + q) * (2 * p / (p + q)).log(), 0).sum() / 2 * dx,
        "Both your integrals take log(p / m). The",
    ),
    (
        lambda p, q, dx: torch.where(p + q > 0, (p * p + q * q) / ((p + q) / 2), 0).sum() / 2 * dx,
        "The logarithms are missing: p · log(p / m),",
    ),
    (
        lambda p, q, dx: (
            (torch.where(p > 0, (2 * p / (p + q)).log(), 0) + torch.where(q > 0, (2 * q / (p + q)).log(), 0)).sum()
            / 2
            * dx
        ),
        "The densities in front are missing: p · log(p",
    ),
    (
        lambda p, q, dx: (
            (kl(p, ((p + 1e-09) * (q + 1e-09)).sqrt()) + kl(q, ((p + 1e-09) * (q + 1e-09)).sqrt())).sum() / 2 * dx
        ),
        "Your mixture is the geometric mean √(p q). It",
    ),
    (
        lambda p, q, dx: (
            -(
                torch.special.xlogy((p + q) / 2, (p + q) / 2) - torch.special.xlogy(p, p) - torch.special.xlogy(q, q)
            ).sum()
            * dx
        ),
        "For p equal to q it must be 0, and yours is",
    ),
    (lambda p, q, dx: (p - q).abs().sum() * dx / 2, "That is the total variation, half the"),
    (lambda p, q, dx: (p - q).square().sum() * dx, "For two bells around 0 and 1 it must be ≈"),
    (lambda p, q, dx: round(masked(p, q, dx).item(), 2), "Close: 0.14 where it is 0.139495. Do you"),
    (
        lambda p, q, dx: (kl(p, (p + q) / 2).abs() + kl(q, (p + q) / 2).abs()).nansum() / 2 * dx,
        "You take absolute values place by place.",
    ),
    (
        lambda p, q, dx: (kl(p, (p + q) / 2).clamp(min=0) + kl(q, (p + q) / 2).clamp(min=0)).sum() / 2 * dx,
        "You cut negative pieces off. Where p is below",
    ),
    (lambda p, q, dx: math.log(2) - masked(p, q, dx), "That is log 2 - JS. Asked is JS."),
    (lambda p, q, dx: p * math.log(p / ((p + q) / 2)), "math's functions take one number. p and q"),
    (lambda p, q, dx: p.log_prob(torch.linspace(-3, 3, 601)).sum() * dx, "p and q are the values of the densities,"),
    (torch.tensor(0.1), "Give the function itself, without calling it."),
    (lambda p, q, dx: f"{masked(p, q, dx):.3f}", "You give the text '0.139'. Give the number"),
    (
        lambda p, q, dx: (kl(p, (p + q) / 2).sum() * dx, kl(q, (p + q) / 2).sum() * dx),
        "One number is asked for. This tuple has",
    ),
    (lambda p, q: masked(p, q, 0.01), "Your answer raised TypeError: <lambda>()"),
    (inplace2, "You changed the p or q that was given to you:"),
    (lambda p, q, dx: masked(p, q, 0.01), "With dx twice as wide every integral doubles;"),
    (
        lambda p, q, dx: -(torch.special.xlogy(p, (p + q) / 2) + torch.special.xlogy(q, (p + q) / 2)).sum() / 2 * dx,
        "Those are cross-entropies, -p · log m. The p",
    ),
    (
        lambda p, q, dx: (
            sum(
                (
                    (a * math.log(2 * a / (a + b)) + b * math.log(2 * b / (a + b))) / 2
                    for a, b in zip(p.tolist(), q.tolist(), strict=True)
                )
            )
            * float(dx)
        ),
        "math.log(0) is an error. Where a density is 0",
    ),
    (lambda p, q, dx: 0.0 if p == 0 else masked(p, q, dx), "An if takes one truth value; p > 0 holds"),
    (lambda p, q, dx: masked(p, q, dx) / 2, "That is half the divergence. Is there a"),
]


RIGHT_3 = [
    game(),
    not_detached,
    one_call,
    by_hand,
    bce,
    frozen_and_thawed,
    draws_first,
    closures,
    Round(),
    inputs_backward,
    unrolled,
    zero_after,
    prob_logs,
    per_point,
    package_losses,
    bce_cat,
    lambda G, D, opt_G, opt_D, draw_real, draw_noise, n=2: game(nd=n)(G, D, opt_G, opt_D, draw_real, draw_noise),
    lambda *a: (game()(*a), torch.tensor(1.0))[1],
    g_with_real,
    stub_left,
    clears_behind,
]
WRONG_3 = [
    (game(nd=1), "D moves once. It should move twice, each time"),
    (game(nd=3), "D moves three times. Two were asked for."),
    (game(nd=1, ng=2), "The steps come in the order D, G, G. D should"),
    (game(ng=2), "G moves twice. It should move once, after D."),
    (same_samples, "D's two moves use the same samples, real and"),
    (same_real, "D's two moves use the same real samples. Call"),
    (same_noise, "D's two moves use the same noise. Call"),
    (g_reuses_noise, "G moves on noise that D's moves have used."),
    (leak_into_G, "Old gradients are added to G's new ones:"),
    (no_zero_D, "Old gradients are added to D's new ones:"),
    (g_detached, "G's step has no gradient to use. Are its"),
    (g_reuses_graph, "You go backward twice through the same fakes."),
    (g_first, "G moves before D. D moves first, twice."),
    (g_between, "The steps come in the order D, G, D. D should"),
    (indentation, "G moves after each move of D, so twice. It"),
    (no_step_D, "D never steps. Each of its two moves ends"),
    (no_step_G, "G never steps. After D's two moves comes G's:"),
    (both_step_in_D, "opt_G steps in D's moves as well, down D's"),
    (both_step_in_G, "opt_D steps in G's move as well, down G's"),
    (zero_before_step, "D's step has no gradient to use. First"),
    (optimisers_swapped, "The optimisers have changed places: opt_D"),
    (old_D_for_G, "G's gradient comes through D as it was before"),
    (one_loss, "G's loss is part of D's gradient. Each player"),
    (noise_as_fake, "You show D the noise itself. Its fakes are"),
    (G_of_real, "You give G real points. G makes its fakes"),
    (game(g=lambda s: -softplus(s).mean()), "That is the minimax loss for G, log(1 -"),
    (game(g=lambda s: -softplus(-s).mean()), "G's loss has its sign turned: the step goes"),
    (
        game(d=lambda D, r, f: softplus(D(r)).mean() + softplus(-D(f)).mean()),
        "D's labels are swapped: it learns to give",
    ),
    (
        game(d=lambda D, r, f: -(softplus(-D(r)).mean() + softplus(D(f)).mean())),
        "D's loss has its sign turned: the step goes",
    ),
    (game(d=lambda D, r, f: softplus(D(f)).mean()), "D's loss lacks the reals: add"),
    (game(d=lambda D, r, f: softplus(-D(r)).mean()), "D's loss lacks the fakes: add"),
    (
        game(d=lambda D, r, f: softplus(-D(r)).mean() + softplus(-D(f)).mean()),
        "D's loss raises the scores of fakes as well",
    ),
    (
        game(d=lambda D, r, f: softplus(-D(r)).mean() - softplus(D(f)).mean()),
        "You subtract the fakes' term in D's loss. Add",
    ),
    (game(d=lambda D, r, f: dloss(D, r, f) / 2), "You halve D's loss, or take one mean over"),
    (
        game(d=lambda D, r, f: softplus(-D(r)).sum() + softplus(D(f)).sum()),
        "D's loss is a sum over the batch. Take means,",
    ),
    (game(g=lambda s: softplus(-s).sum()), "G's loss is a sum over the batch. Take means,"),
    (
        game(d=lambda D, r, f: softplus(-D(r).sigmoid()).mean() + softplus(D(f).sigmoid()).mean()),
        "You apply a sigmoid before the softplus in",
    ),
    (
        game(d=lambda D, r, f: F.relu(1 - D(r)).mean() + F.relu(1 + D(f)).mean(), g=lambda s: -s.mean()),
        "D's loss is the hinge loss. Asked is the one",
    ),
    (
        game(d=lambda D, r, f: D(f).mean() - D(r).mean(), g=lambda s: -s.mean()),
        "D's loss lacks its softplus. The score itself",
    ),
    (
        game(d=lambda D, r, f: (D(r) - 1).square().mean() + D(f).square().mean(), g=lambda s: (s - 1).square().mean()),
        "D's loss is that of least squares. Asked is",
    ),
    (game(g=lambda s: -s.mean()), "G's loss is the score itself, not its"),
    (
        game(
            d=lambda D, r, f: (
                F.binary_cross_entropy_with_logits(D(r), torch.full_like(D(r), 0.9)) + softplus(D(f)).mean()
            )
        ),
        "D's real labels are smoothed, 0.9 for 1. That",
    ),
    (game(d=lambda D, r, f: F.relu(-D(r)).mean() + F.relu(D(f)).mean()), "D's loss has relu where softplus should be."),
    (game(d=lambda D, r, f: (-D(r)).exp().mean() + D(f).exp().mean()), "D's loss has exp where softplus should be."),
    (unpack, "draw_real() gives the points themselves, not"),
    (with_size, "draw_real() takes no arguments: it knows how"),
    (uncalled, "draw_real and draw_noise are functions. Call"),
    (own_noise, "Your round calls draw_noise() 0 times. Each"),
    (own_noise_G_only, "D's two moves are right. G's is not: fresh"),
    (no_grad_G, "There is nothing to differentiate: a detach()"),
    (stays_frozen, "D is frozen after your round, so the next one"),
    (no_mean, "A loss is one number. Take the .mean() over"),
    (bce_raw, "binary_cross_entropy wants probabilities. D"),
    (bad_target, "The labels need the shape of D's scores:"),
    (item_loss, "backward() belongs to the loss, which must be"),
    (new_opt, "Weights change outside opt_D.step() and"),
    (lambda G, D, opt_G, opt_D, draw_real: None, "Your answer raised TypeError: <lambda>()"),
    (0.7, "Give the function itself, without calling it."),
    (game(g=lambda s: 10 * softplus(-s).mean()), "G's loss is 10 times the one of this page."),
    (stale_graph, "A loss is older than the last step. Compute"),
    (nothing_steps, "No optimiser steps: neither opt_D.step() nor"),
    (adds_noise, "D's two moves: draw_real(), draw_noise(),"),
    (lambda G, D, oG, oD, r, n: D(r(), G(n())), "Your answer raised TypeError:"),
]


RIGHT = {"best": RIGHT_1, "jensen_shannon": RIGHT_2, "two_to_one": RIGHT_3}
WRONG = {"best": WRONG_1, "jensen_shannon": WRONG_2, "two_to_one": WRONG_3}
