"""Experiments of appendix a1, for sweeps.py."""

import torch
from sklearn.mixture import GaussianMixture
from torch.distributions import Categorical, MultivariateNormal

WEIGHTS = torch.tensor([0.5, 0.3, 0.2])
MEANS = torch.tensor([[-3.0, 0.0], [2.0, 2.5], [3.0, -2.0]])
COVARIANCES = torch.tensor([[[0.6, 0.4], [0.4, 1.2]], [[1.0, -0.5], [-0.5, 0.6]], [[0.5, 0.0], [0.0, 0.5]]])
FIRST, MOVE = torch.tensor([0.8, 0.2]), torch.tensor([[0.95, 0.05], [0.10, 0.90]])
NOISE = torch.tensor([[0.7, 0.2, 0.1], [0.2, 0.3, 0.5]])


def fit(points, means, covariances=None, weights=None) -> GaussianMixture:
    """EM from this start: unit covariances and equal weights unless said otherwise."""
    k = len(means)
    covariances = torch.eye(2).repeat(k, 1, 1) if covariances is None else covariances
    model = GaussianMixture(k, tol=1e-8, reg_covar=0, max_iter=500, random_state=0)
    model.set_params(
        weights_init=[1 / k] * k if weights is None else weights,
        means_init=means.double().numpy(),
        precisions_init=torch.linalg.inv(covariances.double()).numpy(),
    )
    return model.fit(points)


def mixture(seed: int) -> dict[str, float]:
    """EM on 400 points from a start in the middle, from a bad one, and from nudged copies of where that ends."""
    torch.manual_seed(seed)
    hidden = Categorical(WEIGHTS).sample((800,))
    drawn = MultivariateNormal(MEANS[hidden], COVARIANCES[hidden]).sample().double()
    points, new = drawn[:400].numpy(), drawn[400:].numpy()
    good = fit(points, torch.tensor([[-1.0, 0.0], [0.0, 1.0], [1.0, -1.0]]))
    bad = fit(points, torch.tensor([[-3.0, 1.5], [-3.0, -1.5], [2.5, 0.5]]))
    means, covariances = torch.tensor(bad.means_), torch.tensor(bad.covariances_)
    back = [fit(points, means + 0.1 * torch.randn(3, 2), covariances, bad.weights_) for _ in range(2)]
    apart = torch.cdist(drawn[:400], drawn[:400]) + 1e9 * torch.eye(400)
    lonely = drawn[apart.min(1).values.argmax()]
    at_new = (drawn[400:] - lonely).norm(dim=1).min().item()
    return {
        "rounds_good": good.n_iter_,
        "rounds_bad": bad.n_iter_,
        "means_off_good": (torch.tensor(good.means_) - MEANS).norm(dim=1).max().item(),
        "nats_lost_by_bad_start": 400 * (good.score(points) - bad.score(points)),
        "nats_between_nudged_copies": 400 * max(abs(model.score(points) - bad.score(points)) for model in back),
        "loneliest_point_to_nearest": apart.min(1).values.max().item(),
        "loneliest_point_to_nearest_new": at_new,
        "nats_on_new_points_good": 400 * good.score(new),
    }


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


SWEEPS = {"a1_mixture": mixture, "a1_tagging": tagging}
