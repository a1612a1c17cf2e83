"""Answers to the exercises of appendix a1, right ones in many styles and wrong ones with the words each must get."""

import functools
import itertools
import math

import numpy as np
import scipy
import torch
from torch.distributions import Binomial, Categorical, MixtureSameFamily

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


COINS = [
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
    (lambda *g: by_softmax(*g) * 2, "Your first row adds up to 2"),
    (lambda *g: by_softmax(*g).flip(1), "Its claim is in proportion to"),
    (lambda *g: joint_of(*g).log(), "There is a nan"),
    (plain_products, "For 1,500 the chances underflow"),
    (lambda h, n, w, b: normal(w * chances(h, n, b) + 1e-300), "no small number added"),
    (python_products, "There is a division by 0"),
    (with_comb, "The number of ways is huge"),
    (changes_heads, "You changed a tensor"),
    (lambda h, n, w, b: w.log() + h * b.log(), "A None makes an axis"),
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


CHAIN = [
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


WRONG_CHAIN = [
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
    (lambda x, f, m, n: (f * n[:, x].prod(1)).sum().log(), "In each hour states change"),
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
    (lambda *g: forward(*g).sum().log(), "For 1,000 the totals underflow"),
    (lambda *g: math.log(forward(*g).sum()), "math.log gets a 0"),
    (with_a_little, "Do you add something small"),
    (only_many, "For one hour alone"),
    (lambda *g: by_logsumexp(*g) - 0.5, "all paths together have"),
    (lambda *g: by_logsumexp(*g).log(), "Is a logarithm taken twice"),
    (lambda *g: 7.0, "not above 0"),
    (lambda *g: -7.0, "whatever the sequence"),
    (lambda x, f, m, n: n[x[0], :].log().sum() + n[3, 0], "An index leaves the table"),
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


WRONG_PATHS = [
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
    (lambda u, v: totals(u, v), "a table of scores or of chances"),
    (marginal, "a table of scores or of chances"),
    (lambda u, v: totals(u, v).max(1).values, "Give the argmax, not the max"),
    (lambda u, v: [0] * len(u), "whatever the scores"),
    (lambda u, v: [5] * len(u), "a state that there is not"),
    (lambda u, v: [by_viterbi(u, v)[0], *[1] * (len(u) - 1)], "They part at hour"),
    (lambda u, v: by_viterbi(u, v) if len(u) > 1 else [int(u.argmin())], "For one hour alone"),
    (lambda u, v: [u[t + 1].argmax() for t in range(len(u))], "An index leaves the table"),
    (changes_u, "You changed a tensor"),
    (lambda u, v: "012012", "This is of type str"),
    ([0, 1, 2], "without calling it"),
]


RIGHT = {"responsibilities": COINS, "log_likelihood": CHAIN, "best_path": PATHS}
WRONG = {"responsibilities": WRONG_COINS, "log_likelihood": WRONG_CHAIN, "best_path": WRONG_PATHS}
