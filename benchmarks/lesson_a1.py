"""Experiments of appendix a1, for sweeps.py."""

from collections.abc import Sequence

import torch
from torch.distributions import Categorical, MultivariateNormal

WEIGHTS = torch.tensor([0.5, 0.3, 0.2])
MEANS = torch.tensor([[-3.0, 0.0], [2.0, 2.5], [3.0, -2.0]])
COVARIANCES = torch.tensor([[[0.6, 0.4], [0.4, 1.2]], [[1.0, -0.5], [-0.5, 0.6]], [[0.5, 0.0], [0.0, 0.5]]])
FIRST, MOVE = torch.tensor([0.8, 0.2]), torch.tensor([[0.95, 0.05], [0.10, 0.90]])
NOISE = torch.tensor([[0.7, 0.2, 0.1], [0.2, 0.3, 0.5]])


def em(points, model, rounds: int):
    """EM for many sets of points (S, N, 2) at once: the last model, and the log-likelihoods (rounds, S)."""
    heights = []
    for _ in range(rounds):
        weights, means, covariances = model
        joint = weights.log()[:, None] + MultivariateNormal(means[:, None], covariances[:, None]).log_prob(
            points[:, :, None]
        )  # (S, N, K)
        heights.append(joint.logsumexp(2).sum(1))
        r = joint.softmax(2)
        count = r.sum(1)  # (S, K)
        means = r.mT @ points / count[..., None]
        away = points[:, :, None] - means[:, None]  # (S, N, K, 2)
        spread = torch.einsum("snk,snki,snkj->skij", r, away, away) / count[..., None, None]
        model = count / points.shape[1], means, spread
    return model, torch.stack(heights)


def mixture(seeds: Sequence[int]) -> list[dict[str, float]]:
    """EM on 400 points from a start in the middle, from a bad one, and from a nudged copy of where that ends."""
    drawn, nudges = [], []
    for seed in seeds:
        torch.manual_seed(seed)
        hidden = Categorical(WEIGHTS).sample((800,))
        drawn.append(MultivariateNormal(MEANS[hidden], COVARIANCES[hidden]).sample().double())
        nudges.append(0.1 * torch.randn(3, 2).double())
    points, new = torch.stack(drawn).split(400, dim=1)  # (S, 400, 2)
    many = len(points)

    def start(means):
        means = torch.tensor(means, dtype=torch.float64).expand(many, 3, 2)
        return torch.full((many, 3), 1 / 3).double(), means, torch.eye(2).double().expand(many, 3, 2, 2)

    good, high = em(points, start([[-1.0, 0.0], [0.0, 1.0], [1.0, -1.0]]), 200)
    bad, low = em(points, start([[-3.0, 1.5], [-3.0, -1.5], [2.5, 0.5]]), 500)
    _, back = em(points, (bad[0], bad[1] + torch.stack(nudges), bad[2]), 500)
    lone = (torch.cdist(points, points) + 1e9 * torch.eye(400)).min(2).values  # (S, 400)
    loneliest = points[torch.arange(many), lone.argmax(1)]
    measures = {
        "means_off": (good[1] - MEANS).norm(dim=2).max(1).values,
        "smallest_rise": torch.cat([high.diff(dim=0), low.diff(dim=0)]).min(0).values,
        "share_climbed_in_20": (high[20] - high[0]) / (high[-1] - high[0]),
        "nats_lost_by_bad_start": high[-1] - low[-1],
        "nats_lost_by_nudge": low[-1] - back[0],
        "nats_off_after_nudge": (back[-1] - low[-1]).abs(),
        "loneliest_to_nearest": lone.max(1).values,
        "loneliest_to_nearest_new": (new - loneliest[:, None]).norm(dim=2).min(1).values,
    }
    return [{name: values[k].item() for name, values in measures.items()} for k in range(many)]


def log_Z(u, v):
    total = u[:, 0]
    for scores in u.unbind(1)[1:]:
        total = (total[:, :, None] + v).logsumexp(1) + scores
    return total.logsumexp(1)


def draw(n: int, hours: int):
    y = [Categorical(FIRST).sample((n,))]
    for _ in range(hours - 1):
        y.append(Categorical(MOVE[y[-1]]).sample())
    y = torch.stack(y, 1)
    return Categorical(NOISE[y]).sample(), y


def tag(u, v):
    u = u.detach().requires_grad_()
    return torch.autograd.grad(log_Z(u, v.detach()).sum(), u)[0].argmax(2)


def tagging(seed: int) -> dict[str, float]:
    """Share of hours tagged right, by a CRF trained on 200 runs, by guessing, and with the pump's own chances."""
    torch.manual_seed(seed)
    (x, y), (new_x, new_y) = draw(200, 20), draw(1_000, 20)
    table, pairs = (torch.zeros(shape, dtype=torch.float64, requires_grad=True) for shape in ((3, 2), (2, 2)))
    heights = []
    for _ in range(300):
        u = table[x]
        score = u.gather(2, y[..., None]).sum((1, 2)) + pairs[y[:, :-1], y[:, 1:]].sum(1)
        heights.append((score - log_Z(u, pairs)).mean())
        slopes = torch.autograd.grad(heights[-1], (table, pairs))
        with torch.no_grad():
            for weight, slope in zip((table, pairs), slopes, strict=True):
                weight += 0.05 * slope
    truth = NOISE.log().T[new_x]
    truth[:, 0] += FIRST.log()

    def right(tags):
        return (tags == new_y).float().mean().item()

    guess, alone, crf = right(torch.zeros_like(new_y)), right((new_x == 2).long()), right(tag(table[new_x], pairs))
    best = right(tag(truth, MOVE.log()))
    return {
        "guess": guess,
        "alone": alone,
        "crf": crf,
        "best": best,
        "crf_minus_guess_or_alone": crf - max(guess, alone),
        "best_minus_crf": best - crf,
        "smallest_rise": torch.stack(heights).detach().diff().min().item(),
    }


SWEEPS = {"a1_tagging": tagging}
MANY = {"a1_mixture": mixture}
