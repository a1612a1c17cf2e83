"""Answers to the exercises of appendix a1, right ones in many styles and wrong ones with the words each must get."""

import collections
import decimal
import functools
import itertools
import math

import numpy as np
import scipy
import torch
from torch.distributions import Bernoulli, Binomial, Categorical, MixtureSameFamily

# Responsibilities of coins


def joint_of(heads, flips, weights, bias):
    t = heads[:, None]
    return weights.log() + t * bias.log() + (flips - t) * (1 - bias).log()


def by_softmax(heads, flips, weights, bias):
    return joint_of(heads, flips, weights, bias).softmax(1)


def by_binomial(heads, flips, weights, bias):
    joint = weights.log() + Binomial(flips, probs=bias).log_prob(heads[:, None])
    return (joint - joint.logsumexp(1, keepdim=True)).exp()


def by_scipy(heads, flips, weights, bias):
    h, w, b = (np.asarray(t) for t in (heads, weights, bias))
    return scipy.special.softmax(np.log(w) + scipy.stats.binom.logpmf(h[:, None], flips, b), axis=1)


def by_loops(heads, flips, weights, bias):
    table = []
    for h in heads.tolist():
        row = [
            math.log(w) + h * math.log(b) + (flips - h) * math.log(1 - b) for w, b in zip(weights, bias, strict=True)
        ]
        chances = [math.exp(a - max(row)) for a in row]
        table.append([c / sum(chances) for c in chances])
    return table


def by_mixture(heads, flips, weights, bias):
    coins = Binomial(flips, probs=bias)
    whole = MixtureSameFamily(Categorical(weights), coins).log_prob(heads)
    return (coins.log_prob(heads[:, None]) + weights.log() - whole[:, None]).exp()


def by_odds(heads, flips, weights, bias):
    """1 / (sum of odds against each coin)."""
    joint = joint_of(heads, flips, weights, bias)
    return 1 / (joint[:, None, :] - joint[:, :, None]).exp().sum(2)


def by_gradient(heads, flips, weights, bias):
    joint = joint_of(heads, flips, weights, bias).requires_grad_()
    return torch.autograd.grad(joint.logsumexp(1).sum(), joint)[0]


def flip_by_flip(heads, flips, weights, bias):
    table = []
    for h in heads.tolist():
        row = weights
        for heads_up in [True] * int(h) + [False] * int(flips - h):
            row = row * (bias if heads_up else 1 - bias)
            row = row / row.sum()
        table.append(row)
    return table


COINS = [
    flip_by_flip,
    lambda *given: (row for row in by_softmax(*given).tolist()),
    lambda *given: tuple(by_softmax(*given).numpy()),
    by_softmax,
    by_binomial,
    by_scipy,
    by_loops,
    by_mixture,
    by_odds,
    by_gradient,
    functools.partial(lambda _, *given: by_softmax(*given), 3),
    lambda *given: by_softmax(*given).float(),
    lambda *given: list(by_softmax(*given)),
    lambda h, flips, weights, bias: torch.vmap(lambda one: by_softmax(one[None], flips, weights, bias)[0])(h),
]


def chances(heads, flips, bias):
    return bias ** heads[:, None] * (1 - bias) ** (flips - heads[:, None])


def plain_products(heads, flips, weights, bias):
    joint = weights * chances(heads, flips, bias)
    return joint / joint.sum(1, keepdim=True)


def python_products(heads, flips, weights, bias):
    table = []
    for h in heads.tolist():
        row = [w * b**h * (1 - b) ** (flips - h) for w, b in zip(weights.tolist(), bias.tolist(), strict=True)]
        table.append([a / sum(row) for a in row])
    return table


def with_comb(heads, flips, weights, bias):
    ways = torch.tensor([float(math.comb(flips, int(h))) for h in heads])
    joint = ways[:, None] * weights * chances(heads, flips, bias)
    return joint / joint.sum(1, keepdim=True)


def changes_heads(heads, flips, weights, bias):
    right = by_softmax(heads, flips, weights, bias)
    heads /= flips
    return right


def by_normal(heads, flips, weights, bias, std):
    return (weights.log() + torch.distributions.Normal(flips * bias, std).log_prob(heads[:, None])).softmax(1)


def by_pmf(heads, flips, weights, bias):
    """Right but for rows that are far from every coin."""
    with np.errstate(invalid="ignore"):
        joint = weights.numpy() * scipy.stats.binom.pmf(heads.numpy()[:, None], flips, bias.numpy())
        return joint / joint.sum(1, keepdims=True)


def normal(table, dim=1):
    return table / table.sum(dim, keepdim=True)


WRONG_COINS = [
    (lambda h, n, w, b: normal(chances(h, n, b)), "The weights are missing"),
    (lambda h, n, w, b: normal(w * chances(h, n, b), 0), "over the rows of flips"),
    (lambda h, n, w, b: joint_of(h, n, w, b).softmax(0), "over the rows of flips"),
    (lambda h, n, w, b: joint_of(h, n, w, b).flatten().softmax(0).view(len(h), -1), "over the whole table"),
    (lambda h, n, w, b: w * chances(h, n, b), "You do not normalise: that is p(heads, k)"),
    (lambda h, n, w, b: w * Binomial(n, probs=b).log_prob(h[:, None]).exp(), "You do not normalise. That is"),
    (lambda h, n, w, b: Binomial(n, probs=b).log_prob(h[:, None]).exp(), "That is p(heads given k)"),
    (lambda h, n, w, b: chances(h, n, b), "the chance of the flips given k"),
    (joint_of, "You give logarithms, not normalised"),
    (lambda h, n, w, b: w.log() + Binomial(n, probs=b).log_prob(h[:, None]), "logarithms that are not normalised"),
    (lambda h, n, w, b: joint_of(h, n, w, b).log_softmax(1), "exp is missing"),
    (lambda h, n, w, b: normal(w * b ** h[:, None]), "Tails are missing"),
    (lambda h, n, w, b: normal(w * (1 - b) ** (n - h[:, None])), "Heads are missing"),
    (lambda h, n, w, b: by_softmax(n - h, n, w, b), "Heads and tails have changed places"),
    (lambda h, n, w, b: normal(w * b ** h[:, None] * (1 - b) ** n), "Your tails are `flips` many"),
    (lambda *g: torch.nn.functional.one_hot(by_softmax(*g).argmax(1), 3), "to one coin whole"),
    (lambda *g: by_softmax(*g).round(), "to one coin whole"),
    (lambda h, n, w, b: (w + chances(h, n, b).log()).softmax(1), "enter your logarithms as they are"),
    (lambda h, n, w, b: w * normal(chances(h, n, b)), "You weight after normalising"),
    (lambda h, n, w, b: (w * chances(h, n, b)).softmax(1), "You take softmax of chances"),
    (lambda h, n, w, b: w.expand(len(h), -1), "Those are the weights"),
    (lambda h, n, w, b: [[1 / 3] * 3] * len(h), "all alike"),
    (lambda h, n, w, b: normal(w * b * torch.ones(len(h), 1)), "for one throw, and heads"),
    (lambda *g: 1 - by_softmax(*g), "1 minus the responsibilities"),
    (lambda h, n, w, b: by_softmax(h, n, w * w, b), "The weights are squared"),
    (lambda h, n, w, b: by_softmax(h, n, 1 / w, b), "You divide by the weights"),
    (lambda h, n, w, b: (j := w * chances(h, n, b)) / j.max(1, keepdim=True).values, "normalise by the largest"),
    (lambda *g: by_softmax(*g).T, "Yours is (K, N)"),
    (lambda *g: joint_of(*g).T.softmax(0), "Yours is (K, N)"),
    (lambda *g: by_softmax(*g).argmax(1), "the likeliest coin of each row"),
    (lambda *g: by_softmax(*g).sum(0), "belongs to the M step"),
    (lambda *g: joint_of(*g).logsumexp(1), "the log-likelihood of each row"),
    (lambda *g: by_softmax(*g)[0], "give the shape (4, 3)"),
    (lambda *g: by_softmax(*g) * 2, "adds up to 2."),
    (lambda *g: by_softmax(*g).flip(1), "claim is in proportion to"),
    (lambda *g: joint_of(*g).log(), "There is a nan"),
    (plain_products, "For 1,500 chances underflow"),
    (lambda h, n, w, b: normal(w * chances(h, n, b) + 1e-300), "No small number added"),
    (python_products, "There is a division by 0"),
    (with_comb, "The number of ways is huge"),
    (changes_heads, "You changed a tensor"),
    (lambda h, n, w, b: w.log() + h * b.log(), "heads wants a new axis"),
    (lambda h, n, w, b: w.log()[:, None] + chances(h, n, b).log(), "weights and bias belong to the coins"),
    (lambda h, n, w, b: np.log(w.numpy()) + h.numpy() * np.log(b.numpy()), "heads wants a new axis"),
    (lambda h, n, w, b: (j := w * chances(h, n, b)) / j.sum(1), "keepdim=True"),
    (lambda h, n, w, b: (j := (w * chances(h, n, b)).numpy()) / j.sum(1), "keepdim=True"),
    (lambda h, n, w, b: (w.log() + Binomial(n, b).log_prob(h)).softmax(1), "Give log_prob heads[:, None]"),
    (lambda h, n, w, b: w * Bernoulli(b).log_prob(h[:, None]).exp(), "A Bernoulli is one flip"),
    (lambda *g: joint_of(*g).softmax(), "want to know over which dimension"),
    (lambda *g: joint_of(*g)[0].softmax(1), "name a dimension that is not there"),
    (lambda *g: joint_of(*g)[0].numpy().sum(1), "name an axis that is not there"),
    (lambda h, n, w, b: (w.log_() + chances(h, n, b).log()).softmax(1), "names that end in _"),
    (lambda h, n, w, b: normal(w * b ** h[:, None] * (1 - b)), "Tails count once"),
    (lambda h, n, w, b: (w.log() + h[:, None] * b.log() + (1 - h[:, None]) * (1 - b).log()).softmax(1), "1 - heads"),
    (lambda h, n, w, b: by_softmax(h / n, 1, w, b), "You take heads / flips"),
    (lambda h, n, w, b: (w.log() + h[:, None] * b.log() + (n - h[:, None]) * (1 - b.log())).softmax(1), "The bracket"),
    (lambda h, n, w, b: by_normal(h, n, w, b, (n * b * (1 - b)).sqrt()), "the normal curve, which is near"),
    (lambda h, n, w, b: by_normal(h, n, w, b, n * b * (1 - b)), "wants the standard deviation"),
    (lambda h, n, w, b: by_softmax(h, n, w, b.sigmoid()), "not a logit"),
    (lambda *g: normal(by_softmax(*g), 0), "You divide by each coin's total"),
    (lambda h, n, w, b: (c := chances(h, n, b)) / (w * c).sum(1, keepdim=True), "below the line only"),
    (lambda *g: (-joint_of(*g)).softmax(1), "The sign of your logarithms"),
    (lambda h, n, w, b: (w.log() * chances(h, n, b).log()).softmax(1), "You multiply logarithms"),
    (lambda h, n, w, b: by_softmax(h, 10, w, b), "use the argument `flips`"),
    (lambda *g: by_softmax(*g).round(decimals=3), "You round to 3 places"),
    (lambda *g: 100 * by_softmax(*g), "adds up to 100"),
    (lambda *g: joint_of(*g).T.softmax(1), "not over the coins"),
    (lambda *g: by_softmax(*g)[:1], "does the return stand in the loop"),
    (lambda *g: by_softmax(*g).flatten(), "Yours is (12,)"),
    (lambda *g: torch.outer(g[0], g[3]).softmax(1), "For 5 heads of 10, weights [0.6, 0.3, 0.1]"),
    (lambda h, n, w, b: by_softmax(h, n, w, b)[: 4 if n == 10 else 2], "your shape is (2, 3)"),
    (by_pmf, "0 / 0 is nan"),
    (lambda h, n, w, b: math.log(w), "math's functions take one number"),
    (lambda *g: "softmax", "This is of type str"),
    (3.0, "without calling it"),
]


# log p(x) of a hidden Markov model


def by_logsumexp(x, first, move, noise):
    total = first.log() + noise[:, x[0]].log()
    for symbol in x[1:]:
        total = (total[:, None] + move.log()).logsumexp(0) + noise[:, symbol].log()
    return total.logsumexp(0)


def by_rescaling(x, first, move, noise):
    x, first, move, noise = (np.asarray(t) for t in (x, first, move, noise))
    state, log_p = first, 0.0
    for t, symbol in enumerate(x):
        state = (state if t == 0 else state @ move) * noise[:, symbol]
        log_p += np.log(state.sum())
        state = state / state.sum()
    return log_p


def by_plain_python(x, first, move, noise):
    x, first, move, noise = (t.tolist() for t in (x, first, move, noise))
    states = range(len(first))
    total, log_p = first, 0.0
    for symbol in x:
        total = [total[k] * noise[k][symbol] for k in states]
        scale = sum(total)
        log_p += math.log(scale)
        total = [sum(total[j] * move[j][k] for j in states) / scale for k in states]
    return log_p


def backwards(x, first, move, noise):
    rest = torch.zeros_like(first)
    for symbol in reversed(x[1:].tolist()):
        rest = (move.log() + noise[:, symbol].log() + rest).logsumexp(1)
    return (first.log() + noise[:, x[0]].log() + rest).logsumexp(0)


def by_matrices(x, first, move, noise):
    """A product of matrices, its size kept apart."""
    product, log_p = torch.eye(len(first), dtype=move.dtype), 0.0
    for t, symbol in enumerate(x.tolist()):
        product = product @ ((move if t else torch.eye(len(first), dtype=move.dtype)) * noise[:, symbol])
        log_p += float(product.max().log())
        product = product / product.max()
    return log_p + (first @ product).sum().log()


def by_reduce(x, first, move, noise):
    def step(total, symbol):
        return scipy.special.logsumexp(total[:, None] + np.log(move.numpy()), axis=0) + np.log(noise.numpy()[:, symbol])

    with np.errstate(divide="ignore"):  # the log of a chance of 0
        return scipy.special.logsumexp(
            functools.reduce(step, x[1:].tolist(), np.log(first.numpy() * noise.numpy()[:, x[0]]))
        )


def as_crf(x, first, move, noise):
    u, v = noise.log().T[x], move.log()
    u[0] += first.log()
    total = u[0]
    for scores in u[1:]:
        total = torch.logaddexp((total[0] + v[0]), (total[1] + v[1])) if len(v) == 2 else sums(total, v)
        total = total + scores
    return total.exp().sum().log() if total.max() > -700 else total.logsumexp(0)


def sums(total, v):
    return (total + v.T).logsumexp(1)


def by_decimals(x, first, move, noise):
    with decimal.localcontext(prec=40):
        first, move, noise = (np.vectorize(decimal.Decimal)(t.numpy()) for t in (first, move, noise))
        total = first * noise[:, x[0]]
        for symbol in x[1:].tolist():
            total = (total @ move) * noise[:, symbol]
        return total.sum().ln()


CHAIN = [
    by_decimals,
    lambda x, *tables: by_rescaling(x, *(table.float() for table in tables)),
    lambda x, *tables: by_logsumexp(x, *(table.float() for table in tables)),
    by_logsumexp,
    by_rescaling,
    by_plain_python,
    backwards,
    by_matrices,
    by_reduce,
    as_crf,
    lambda *given: by_logsumexp(*given).item(),
    lambda *given: np.array([by_rescaling(*given)]),
    lambda *given: by_logsumexp(*given).reshape(1, 1),
]


def forward(x, first, move, noise):
    """As on the page: it underflows."""
    total = first * noise[:, x[0]]
    for symbol in x[1:]:
        total = (total @ move) * noise[:, symbol]
    return total


def change(first=lambda f, m: f, move=lambda m: m, noise=lambda n: n, x=lambda x: x):
    return lambda s, f, m, n: by_logsumexp(x(s), first(f, m), move(m), noise(n))


def no_first_noise(x, first, move, noise):
    total = first.log()
    for symbol in x[1:]:
        total = (total[:, None] + move.log()).logsumexp(0) + noise[:, symbol].log()
    return total.logsumexp(0)


def viterbi(x, first, move, noise, end=torch.max):
    total = first.log() + noise[:, x[0]].log()
    for symbol in x[1:]:
        total = (total[:, None] + move.log()).max(0).values + noise[:, symbol].log()
    return end(total)


def noise_of_before(x, first, move, noise):
    total = first.log() + noise[:, x[0]].log()
    for t in range(1, len(x)):
        total = (total[:, None] + move.log()).logsumexp(0) + noise[:, x[t - 1]].log()
    return total.logsumexp(0)


def last_factor(x, first, move, noise):
    state = first
    for t, symbol in enumerate(x):
        state = (state if t == 0 else state @ move) * noise[:, symbol]
        scale = state.sum()
        state = state / scale
    return scale.log()


def forgets_first_factor(x, first, move, noise):
    return by_logsumexp(x, first, move, noise) - (first @ noise[:, x[0]]).log()


def only_many(x, first, move, noise):
    return by_logsumexp(x, first, move, noise) if len(x) > 1 else torch.tensor(0.0)


def with_a_little(x, first, move, noise):
    total = first * noise[:, x[0]]
    for symbol in x[1:]:
        total = (total @ move) * noise[:, symbol] + 1e-300
    return total.sum().log()


def changes_noise(x, first, move, noise):
    noise.log_()
    return first.sum()


def chain(step, end=lambda total: total.logsumexp(0)):
    """Log totals that go on by a step of (total, log move, log noises)."""

    def answer(x, first, move, noise):
        total = first.log() + noise[:, x[0]].log()
        for symbol in x[1:]:
            total = step(total, move.log(), noise[:, symbol].log())
        return end(total)

    return answer


def right_step(total, v, n):
    return (total[:, None] + v).logsumexp(0) + n


def rescaled(add, to=torch.sum, last=True):
    """Rescaled totals; `add` says what an hour's factor adds, `last` whether the last hour's is added."""

    def answer(x, first, move, noise):
        total, log_p = first * noise[:, x[0]], 0.0
        for t in range(len(x)):
            total = (total @ move) * noise[:, x[t]] if t else total
            log_p = log_p + (add(to(total)) if last or t < len(x) - 1 else 0.0)
            total = total / to(total)
        return log_p

    return answer


def twofold(x, first, move, noise):
    total = first * noise[:, x[0]]
    for symbol in x[1:]:
        total = 2 * (total @ move) * noise[:, symbol]
    return total.sum().log() - (len(x) - 1) * math.log(2)


def added_to_tables(small):
    return lambda x, *tables: by_logsumexp(x, *(table + small for table in tables))


def of_the_page(x, *_):
    tables = [[0.8, 0.2], [[0.95, 0.05], [0.1, 0.9]], [[0.7, 0.2, 0.1], [0.2, 0.3, 0.5]]]
    return forward(x, *(torch.tensor(table, dtype=torch.float64) for table in tables)).sum()


def first_by_column(x, first, move, noise):
    u = noise.log().T[x]
    u[:, 0] += first.log()
    return u.sum()


def logs_by_math(x, first, move, noise):
    x, first, move, noise = (t.tolist() for t in (x, first, move, noise))
    states = range(len(first))
    total = [math.log(first[k]) + math.log(noise[k][x[0]]) for k in states]
    for symbol in x[1:]:
        top = max(total)
        total = [
            top
            + math.log(sum(math.exp(total[j] - top + math.log(move[j][k])) for j in states))
            + math.log(noise[k][symbol])
            for k in states
        ]
    return max(total) + math.log(sum(math.exp(a - max(total)) for a in total))


def own_logsumexp(total, v, n):
    table = total[:, None] + v
    top = table.max(0).values
    return top + (table - top).exp().sum(0).log() + n


WRONG_CHAIN = [
    (chain(lambda total, v, n: (total[:, None] + v).logsumexp(1) + n), "so in logsumexp(1) it is gone"),
    (chain(lambda total, v, n: (total + v).logsumexp(0) + n), "meets `move` by its columns"),
    (chain(lambda total, v, n: (total[:, None] + v).sum(0) + n), "logsumexp(0) in place of sum(0)"),
    (chain(lambda total, v, n: (total[:, None] + v).sum(0) + n, torch.sum), "logsumexp(0) in place of sum(0)"),
    (chain(lambda total, v, n: total @ v + n), "@ is for chances, not for logarithms"),
    (chain(lambda total, v, n: total @ v + n, torch.sum), "For logarithms both are logsumexp"),
    (chain(lambda total, v, n: (total[:, None] + v.exp()).logsumexp(0) + n), "move enters your logarithms"),
    (chain(lambda total, v, n: (total[:, None] + v).logsumexp(0) * n.exp()), "multiply a logarithm"),
    (chain(lambda total, v, n: ((total + n)[:, None] + v).logsumexp(0)), "Your noise comes before the move"),
    (chain(lambda total, v, n: (v + total + n).logsumexp(1)), "`move @ total` goes backwards"),
    (chain(right_step, torch.mean), "the mean of the last totals' logarithms"),
    (chain(own_logsumexp), "-inf minus -inf is nan"),
    (change(x=lambda x: torch.cat([x[:1], x])), "Hour 0 counts twice"),
    (change(x=lambda x: x.flip(0)), "You go through x from its end"),
    (change(noise=lambda n: n / n.sum(0)), "add up to 1 over the states"),
    (lambda x, *g: math.exp(-by_logsumexp(x, *g) / len(x)), "the perplexity"),
    (rescaled(torch.log, last=False), "the last hour's sum is not added"),
    (rescaled(torch.log, to=torch.max, last=False), "You rescale by the largest"),
    (rescaled(lambda factor: factor), "add up the factors themselves"),
    (rescaled(lambda factor: -factor.log()), "The sign is turned"),
    (twofold, "No constant factor helps"),
    (added_to_tables(1e-4), "or add something small?"),
    (added_to_tables(1e-6), "What is impossible must stay so"),
    (added_to_tables(1e-12), "What is impossible must stay so"),
    (logs_by_math, "and math.log refuses it"),
    (of_the_page, "Use the three that you are given"),
    (lambda *g: of_the_page(*g).log(), "Use the three that you are given"),
    (lambda x, f, m, n: f.log() + n[x[0]].log(), "is a column: noise[:, x[t]]"),
    (lambda x, f, m, n: f.numpy() * n.numpy()[x[0]], "is a column: noise[:, x[t]]"),
    (lambda x, f, m, n: n[x].log().sum(), "is a column: noise[:, x[t]]"),
    (lambda x, f, m, n: n.T[:, x[0]] + f, "is a column: noise[:, x[t]]"),
    (lambda x, f, m, n: sum(n[0, x[t + 1]] for t in range(len(x))), "t + 1 leave the sequence"),
    (first_by_column, "u[0] is the first hour"),
    (lambda x, f, m, n: by_logsumexp(x, f[:2], m[:2, :2], n[:2]), "Is a number of states fixed in your code?"),
    (lambda x, f, m, n: n[f.argmax()][x].log().sum(), "x = [0] has the log-likelihood -0.7985, and you give -0.5108"),
    (lambda x, f, m, n: by_logsumexp(x, f, m, n) - len(x) + 2.5, "and you give 0.7015. A chance is at most 1"),
    (lambda x, f, m, n: by_logsumexp(x, f, m, n) + (len(x) > 2), "Right up to x[:2]. With first"),
    (no_first_noise, "The first hour's noise is missing"),
    (change(first=lambda f, m: torch.ones_like(f)), "`first` is missing. Begin"),
    (change(first=lambda f, m: torch.ones_like(f) / len(f)), "begin with equal chances"),
    (change(move=lambda m: m.T), "`move` is turned round"),
    (viterbi, "the best path alone"),
    (lambda *g: forward(*g).max().log(), "the likeliest last state"),
    (functools.partial(viterbi, end=lambda total: total.logsumexp(0)), "maximum along the way"),
    (change(x=lambda x: x[:-1]), "The last hour's noise is missing"),
    (change(x=lambda x: x[1:]), "you begin with x[1]"),
    (lambda *g: forward(*g).sum(), "That is the likelihood."),
    (lambda *g: -by_logsumexp(*g), "The sign is turned"),
    (lambda x, *g: by_logsumexp(x, *g) / len(x), "the mean over the hours"),
    (lambda *g: forward(*g).log().sum(), "You add the logarithms of the last totals"),
    (change(first=lambda f, m: f @ m), "`move` acts before the first hour"),
    (noise_of_before, "the noise of the hour before"),
    (lambda x, f, m, n: (f @ n)[x].log().sum(), "`move` is missing."),
    (lambda x, f, m, n: n.sum(0)[x].log().sum(), "and `first` too"),
    (lambda x, f, m, n: (f * n[:, x].prod(1)).sum().log(), "`move` is missing, or drops out"),
    (lambda x, f, m, n: (f @ m @ m).sum().log(), "The noises are missing"),
    (lambda *g: forward(*g).softmax(0).sum().log(), "keep the logarithms of what you divide by"),
    (last_factor, "only the last hour's factor"),
    (forgets_first_factor, "forget the first hour's factor"),
    (lambda *g: by_logsumexp(*g) / math.log(2), "to base 2"),
    (lambda *g: by_logsumexp(*g) / math.log(10), "to base 10"),
    (change(noise=lambda n: n * n), "counts twice in each hour"),
    (lambda x, f, m, n: by_logsumexp(x, f * n[:, x[0]], m, n), "In the first hour the noise counts twice"),
    (forward, "a number for each last state"),
    (lambda *g: forward(*g).log().tolist(), "a number for each last state"),
    (lambda *g: forward(*g).sum().log(), "For 4,000 the totals underflow"),
    (lambda *g: math.log(forward(*g).sum()), "math.log gets a 0"),
    (with_a_little, "Do you add something small"),
    (only_many, "For one hour alone"),
    (lambda *g: by_logsumexp(*g) - 0.5, "x = [0] has the log-likelihood -0.7985"),
    (lambda *g: by_logsumexp(*g).log(), "Is a logarithm taken twice"),
    (lambda *g: 7.0, "whatever the sequence"),
    (lambda *g: -7.0, "whatever the sequence"),
    (lambda x, f, m, n: sum(n[:, t].sum() for t in range(len(x))), "An index leaves its table"),
    (changes_noise, "You changed a tensor"),
    (lambda *g: "-7", "without quotes"),
    (torch.tensor(1.0), "without calling it"),
]


# The best path


def by_viterbi(u, v):
    total, traces = u[0], []
    for scores in u[1:]:
        best = (total[:, None] + v).max(0)
        total = best.values + scores
        traces.append(best.indices)
    path = [int(total.argmax())]
    for trace in reversed(traces):
        path.append(int(trace[path[-1]]))
    return path[::-1]


def score(u, v, path):
    return sum(u[t, k] for t, k in enumerate(path)) + sum(v[a, b] for a, b in itertools.pairwise(path))


def by_trying_all(u, v):
    u, v = u.numpy(), v.numpy()
    return max(itertools.product(range(u.shape[1]), repeat=len(u)), key=lambda path: score(u, v, path))


def by_numpy(u, v):
    u, v = np.asarray(u), np.asarray(v)
    total, back = u[0], np.zeros(u.shape, dtype=int)
    for t in range(1, len(u)):
        every = total[:, None] + v
        back[t], total = every.argmax(0), every.max(0) + u[t]
    path = np.zeros(len(u), dtype=int)
    path[-1] = total.argmax()
    for t in range(len(u) - 1, 0, -1):
        path[t - 1] = back[t, path[t]]
    return path


def with_whole_paths(u, v):
    """A best path for each last state, carried along."""
    u, v = u.tolist(), v.tolist()
    best = [(score, [k]) for k, score in enumerate(u[0])]
    for scores in u[1:]:
        best = [
            max((value + v[path[-1]][k] + scores[k], [*path, k]) for value, path in best) for k in range(len(scores))
        ]
    return max(best)[1]


def from_the_end(u, v):
    @functools.cache
    def rest(t, k):
        if t == len(u) - 1:
            return u[t, k].item(), (k,)
        return max((u[t, k].item() + v[k, j].item() + rest(t + 1, j)[0], (k, *rest(t + 1, j)[1])) for j in range(3))

    return max(rest(0, k) for k in range(3))[1]


def by_cold_gradient(u, v):
    """The derivative of log Z at a temperature near 0 is the best path."""
    u = (1e4 * u).requires_grad_()
    total = u[0]
    for scores in u[1:]:
        total = (total[:, None] + 1e4 * v).logsumexp(0) + scores
    return torch.autograd.grad(total.logsumexp(0), u)[0].argmax(1)


def by_gradient_of_max(u, v):
    u = u.requires_grad_()
    total = u[0]
    for scores in u[1:]:
        total = (total[:, None] + v).amax(0) + scores
    return torch.autograd.grad(total.max(), u)[0].argmax(1)


PATHS = [
    lambda u, v: map(int, by_viterbi(u, v)),
    lambda u, v: iter(by_viterbi(u, v)),
    lambda u, v: (k for k in by_viterbi(u, v)),
    lambda u, v: collections.deque(by_viterbi(u, v)),
    lambda u, v: torch.tensor(by_viterbi(u, v))[:, None],
    lambda u, v: np.array(by_viterbi(u, v), dtype=object),
    lambda u, v: [2 - k for k in by_viterbi(u.flip(1), v.flip(0, 1))],
    by_viterbi,
    by_trying_all,
    by_numpy,
    with_whole_paths,
    from_the_end,
    by_cold_gradient,
    by_gradient_of_max,
    lambda u, v: torch.tensor([by_viterbi(u, v)]),
    lambda u, v: tuple(map(float, by_viterbi(u, v))),
    lambda u, v: [torch.tensor(k) for k in by_viterbi(u, v)],
]


def greedy(u, v):
    path = [int(u[0].argmax())]
    for scores in u[1:]:
        path.append(int((v[path[-1]] + scores).argmax()))
    return path


def marginal(u, v):
    u = u.clone().requires_grad_()
    total = u[0]
    for scores in u[1:]:
        total = (total[:, None] + v).logsumexp(0) + scores
    return torch.autograd.grad(total.logsumexp(0), u)[0]


def totals(u, v):
    total, found = u[0], [u[0]]
    for scores in u[1:]:
        total = (total[:, None] + v).amax(0) + scores
        found.append(total)
    return torch.stack(found)


def from_state(u, v, start):
    total, traces = u[0], []
    for scores in u[1:]:
        best = (total[:, None] + v).max(0)
        total = best.values + scores
        traces.append(best.indices)
    path = [start]
    for trace in reversed(traces):
        path.append(int(trace[path[-1]]))
    return path[::-1]


def without(u, hour):
    u = u.clone()
    u[hour] = 0
    return u


def changes_u(u, v):
    u += 1
    return by_viterbi(u, v)


def traced(step, first=lambda u: u[0]):
    """By a step of (total, v, scores) to totals and traces."""

    def answer(u, v):
        total, traces = first(u), []
        for scores in u[1:]:
            total, trace = step(total, v, scores)
            traces.append(trace)
        path = [int(total.argmax())]
        for trace in reversed(traces):
            path.append(int(trace[path[-1]]))
        return path[::-1]

    return answer


def best_of(table, scores=0.0, dim=0):
    best = table.max(dim)
    return best.values + scores, best.indices


def traces_of(u, v):
    total, traces = u[0], []
    for scores in u[1:]:
        total, trace = best_of(total[:, None] + v, scores)
        traces.append(trace.tolist())
    return traces, int(total.argmax())


def follow(traces, state):
    path = [state]
    for trace in traces:
        path.append(trace[path[-1]])
    return path


def inserts_at_front(u, v):
    traces, state = traces_of(u, v)
    path = [state]
    for trace in reversed(traces):
        path.insert(0, trace[path[-1]])
    return path


def shifted(u, v):
    traces, state = traces_of(u, v)
    return follow([[0, 0, 0], *traces][-2::-1], state)[::-1]


def anew(u, v):
    traces = [(before[:, None] + v).argmax(0).tolist() for before in u[:-1]]
    return follow(traces[::-1], int(((u[-2][:, None] + v).amax(0) + u[-1]).argmax()))[::-1] if len(u) > 1 else [0]


def from_zero(u, v):
    """Running maxima that begin at 0."""
    total, traces = u[0].tolist(), []
    for scores in u[1:].tolist():
        best = [max((0.0, 0), *((total[j] + v[j, k].item(), j) for j in range(3))) for k in range(3)]
        total, trace = [best[k][0] + scores[k] for k in range(3)], [best[k][1] for k in range(3)]
        traces.append(trace)
    return follow(traces[::-1], int(np.argmax(total)))[::-1]


def of_products(total, v, scores):
    best = (total[:, None] * v).max(0)
    return best.values * scores, best.indices


def argmax_of_all(u, v):
    total, path = u[0], []
    for scores in u[1:]:
        path.append(int((total[:, None] + v).argmax()))
        total = (total[:, None] + v).amax(0) + scores
    return [*path, int(total.argmax())]


def two_beams(u, v):
    beams = sorted(((u[0, k].item(), [k]) for k in range(3)), reverse=True)[:2]
    for scores in u[1:]:
        every = [(s + (v[p[-1], k] + scores[k]).item(), [*p, k]) for s, p in beams for k in range(3)]
        beams = sorted(every, reverse=True)[:2]
    return beams[0][1]


WRONG_PATHS = [
    (traced(lambda total, v, u: best_of(total + v, u)), "meets v by its columns"),
    (traced(lambda total, v, u: best_of(total[:, None] + v, u, 1)), "maximum over where you go"),
    (traced(lambda total, v, u: (best_of(total[:, None] + v)[0], (total[:, None] + v).argmax(0))), "Add u[t] in every"),
    (
        traced(lambda total, v, u: ((total[:, None] + v).logsumexp(0) + u, (total[:, None] + v).argmax(0))),
        "your totals those of a sum",
    ),
    (
        traced(lambda total, v, u: best_of(total[:, None] + v + u[:, None]), lambda u: torch.zeros(3)),
        "Hour t's u is added where the path comes from",
    ),
    (traced(of_products), "You multiply scores"),
    (lambda u, v: traced(of_products)(u.exp(), v.exp()), "exp overflows"),
    (from_zero, "Does a maximum begin at 0?"),
    (inserts_at_front, "You read every trace at the last state"),
    (lambda u, v: [t[traces_of(u, v)[1]] for t in traces_of(u, v)[0]] + [traces_of(u, v)[1]], "read every trace at"),
    (lambda u, v: follow(*traces_of(u, v))[::-1], "in the order in which you made them"),
    (lambda u, v: follow(traces_of(u, v)[0], int(u[0].argmax())), "from the first hour on"),
    (lambda u, v: from_state(u, v, int(u[-1].argmax())), "with the largest u of the last hour"),
    (shifted, "shifted by an hour"),
    (anew, "begin anew in each hour"),
    (lambda u, v: by_viterbi(u.log(), v.log()), "Take no logarithm of them"),
    (lambda u, v: by_viterbi(u.log_softmax(1), v.log_softmax(1)), "make v's rows chances"),
    (lambda u, v: by_viterbi(torch.cat([u[:1] + v[:1], u[1:]]), v), "Nothing comes before the first hour"),
    (lambda u, v: [int(u[0].argmax()), *by_viterbi(u[1:], v)], "between the first two hours"),
    (lambda u, v: (by_viterbi(u, v), totals(u, v)[-1].max()), "Give the path alone"),
    (lambda u, v: (totals(u, v)[-1].max(), torch.tensor(by_viterbi(u, v))), "Give the path alone"),
    (lambda u, v: traces_of(u, v)[0], "If those are the traces"),
    (lambda u, v: [0, *by_viterbi(u, v)], "Yours has the shape (7,)"),
    (argmax_of_all, "An argmax without a dim"),
    (lambda u, v: (u[0][:, None] + v).max(0) + u[1], "`.max(0)` gives two things"),
    (lambda u, v: u[1] + (u[0][:, None] + v).max(0), "`.max(0)` gives two things"),
    (lambda u, v: np.max(u[0][:, None] + v, axis=0), "Of a tensor, np.max has no axis"),
    (lambda u, v: u[:, :2].gather(1, torch.zeros(8, 1).long()), "differ in their number of hours"),
    (lambda u, v: torch.nn.functional.one_hot(torch.tensor(by_viterbi(u, v)), 3), "a number for each hour and state"),
    (lambda u, v: [k + 0.5 for k in by_viterbi(u, v)], "States are whole numbers"),
    (lambda u, v: by_viterbi(u[:, :2], v[:2, :2]), "the best path is"),
    (lambda u, v: by_viterbi(u.long(), v.long()), "the best path is"),
    (two_beams, "the best path is"),
    (lambda u, v: by_viterbi(u, v) if len(u) < 6 else [*by_viterbi(u[1:], v), 0], "Shorter chains came out right"),
    (lambda u, v: u.argmax(1), "v is missing"),
    (greedy, "A poor start may pay later"),
    (lambda u, v: greedy(u.flip(0), v.T)[::-1], "You do so from the end"),
    (lambda u, v: by_viterbi(u, v.T), "v is turned round"),
    (lambda u, v: marginal(u, v).argmax(1), "The one best path may differ"),
    (lambda u, v: by_viterbi(-u, -v), "the lowest score"),
    (lambda u, v: by_viterbi(u, v)[::-1], "the best one backwards"),
    (lambda u, v: totals(u, v).argmax(1), "They belong to different paths"),
    (lambda u, v: by_viterbi(without(u, 0), v), "The first hour's scores are missing"),
    (lambda u, v: by_viterbi(without(u, -1), v), "The last hour's scores are missing"),
    (lambda u, v: by_viterbi(0 * u, v), "u is missing"),
    (lambda u, v: [k + 1 for k in by_viterbi(u, v)], "Your states begin at 1"),
    (lambda u, v: from_state(u, v, 0), "follow the traces from state 0"),
    (lambda u, v: from_state(u, v, 2), "follow the traces from the last state"),
    (lambda u, v: by_viterbi(u, 2 * v), "v counts twice"),
    (lambda u, v: by_viterbi(u, -v), "You subtract v"),
    (lambda u, v: by_viterbi(u, v)[:-1], "There is a trace for each hour but the first"),
    (lambda u, v: by_viterbi(u, v)[1:], "There is a trace for each hour but the first"),
    (lambda u, v: totals(u, v)[-1].max(), "If it is the best score"),
    (lambda u, v: totals(u, v), "a number for each hour and state"),
    (marginal, "a number for each hour and state"),
    (lambda u, v: totals(u, v).max(1).values, "Give the argmax, not the max"),
    (lambda u, v: [0] * len(u), "whatever the scores"),
    (lambda u, v: [5] * len(u), "a state that there is not"),
    (lambda u, v: [by_viterbi(u, v)[0], *[1] * (len(u) - 1)], "the best path is"),
    (lambda u, v: by_viterbi(u, v) if len(u) > 1 else [int(u.argmin())], "For one hour alone"),
    (lambda u, v: [u[t + 1].argmax() for t in range(len(u))], "t + 1 leave the sequence"),
    (changes_u, "You changed a tensor"),
    (lambda u, v: "012012", "This is of type str"),
    ([0, 1, 2], "without calling it"),
]


RIGHT = {"responsibilities": COINS, "log_likelihood": CHAIN, "best_path": PATHS}
WRONG = {"responsibilities": WRONG_COINS, "log_likelihood": WRONG_CHAIN, "best_path": WRONG_PATHS}
