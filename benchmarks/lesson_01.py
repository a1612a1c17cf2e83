"""Experiments of lesson 01, for sweeps.py."""

import math
from functools import cache, partial

import torch
from torch.distributions import Normal
from torch.nn.functional import cross_entropy

from gan_lessons import digits, features, pretrained, toys

PINCH = 0.1


def metropolis(log_p, start, steps, size):
    x, rating, places, accepted = start, log_p(start), [], 0.0
    for _ in range(steps):
        new = x + size * torch.randn_like(x)
        new_rating = log_p(new)
        yes = torch.rand(len(x)).log() < new_rating - rating
        x, rating = torch.where(yes[:, None], new, x), torch.where(yes, new_rating, rating)
        places.append(x)
        accepted += yes.float().mean().item() / steps
    return torch.stack(places), accepted


def effective(f, lags=500):
    f = f - f.mean(0)
    rho = torch.stack([(f[: len(f) - t] * f[t:]).mean(0) / (f * f).mean(0) for t in range(lags)])
    return len(f) / (1 + 2 * (rho * (rho > 0).cumprod(0))[1:].sum(0))


def log_mixture(x, modes, std, weights):
    bells = -(torch.cdist(x, modes) ** 2) / (2 * std**2) - x.shape[1] / 2 * math.log(2 * math.pi * std**2)
    return torch.logsumexp(weights.log() + bells, 1)


def leaning(x):
    precision = toys.Gaussian(covariance=((1.0, 0.8), (0.8, 1.0))).covariance.inverse()
    return -((x @ precision) * x).sum(1) / 2


def walk(seed: int) -> dict[str, float]:
    """64 walkers on the leaning bell: effective sizes, and how often naive and honest bars hold the truth."""
    torch.manual_seed(seed)
    places, accepted = metropolis(leaning, torch.tensor([[3.0, -3.0]]).expand(64, 2), 4_500, 0.5)
    x1, x2 = places[500:].unbind(2)
    f = torch.stack([x1, x2, x1**2, x2**2, x1 * x2], 2)
    truth = torch.tensor([0.0, 0.0, 1.0, 1.0, 0.8])
    size, off, sd = effective(f), (f.mean(0) - truth).abs(), f.std(0)
    pooled = (f.mean((0, 1)) - truth).abs() / (f.flatten(0, 1).std(0) / size.sum(0) ** 0.5)
    return {
        "accepted": accepted,
        "effective_median": size[:, 0].median().item(),
        "effective_most": size.median(0).values.max().item(),
        "naive_most": (off < 2 * sd / len(f) ** 0.5).float().mean(0).max().item(),
        "honest_least": (off < 2 * sd / size**0.5).float().mean(0).min().item(),
        "pooled_deviation": pooled.max().item(),
    }


def sizes(seed: int) -> dict[str, float]:
    """What 2,000 steps of each size are worth."""
    torch.manual_seed(seed)
    start, measures = toys.Gaussian(covariance=((1.0, 0.8), (0.8, 1.0))).sample(32)[0], {}
    for size in (0.02, 0.5, 1.5, 10.0):
        places, measures[f"accepted_{size}"] = metropolis(leaning, start, 2_000, size)
        measures[f"worth_{size}"] = effective(places[..., 0]).median().item()
    measures["ratio"] = measures["worth_1.5"] / max(measures["worth_0.02"], measures["worth_10.0"])
    return measures


def islands(size: float, seed: int) -> dict[str, float]:
    """One walker on each of eight islands, 2,000 steps."""
    torch.manual_seed(seed)
    ring = toys.Ring()
    places, accepted = metropolis(lambda x: log_mixture(x, ring.modes, ring.std, ring.weights), ring.modes, 2_000, size)
    away = (torch.cdist(places, ring.modes).argmin(2) != torch.arange(8)).any(0)
    bar = (places.std(0) / effective(places) ** 0.5).norm(dim=1)
    off = places.mean(0).norm(dim=1) / bar
    return {"left": away.sum().item(), "accepted": accepted, "bars_off_least": off.min().item()}


def labels(seed: int) -> dict[str, float]:
    """A linear classifier against Bayes' rule, on three bells."""
    prior, centres = torch.tensor([0.5, 0.3, 0.2]), torch.tensor([[-1.5, 0.0], [1.5, 0.0], [0.0, 2.0]])
    torch.manual_seed(seed)
    y = torch.multinomial(prior, 20_000, replacement=True)
    x = centres[y] + 0.7 * torch.randn(20_000, 2)
    classifier = torch.nn.Linear(2, 3)
    optimiser = torch.optim.Adam(classifier.parameters(), lr=0.1)
    for _ in range(250):
        optimiser.zero_grad()
        cross_entropy(classifier(x), y).backward()
        optimiser.step()
    exact = (prior.log() - torch.cdist(x, centres) ** 2 / (2 * 0.7**2)).softmax(1)
    return {"error": (classifier(x).softmax(1) - exact).abs().mean().item()}


def fit(x, group, pinch=PINCH):
    model = []
    for k in group.unique():
        part = x[group == k]
        root = torch.linalg.cholesky(part.T.cov() + pinch**2 * torch.eye(784))
        model.append((len(part) / len(x), part.mean(0), root))
    return model


def draw(n, model):
    counts = torch.bincount(torch.multinomial(torch.tensor([w for w, _, _ in model]), n, replacement=True))
    groups = [m + torch.randn(c, 784) @ root.T for (_, m, root), c in zip(model, counts.tolist(), strict=True)]
    return torch.cat(groups)[torch.randperm(n)]


def log_joint(x, model):
    columns = []
    for w, m, root in model:
        u = torch.linalg.solve_triangular(root, (x - m).T, upper=False)
        columns.append(math.log(w) - (u**2).sum(0) / 2 - root.diagonal().log().sum() - 392 * math.log(2 * math.pi))
    return torch.stack(columns, 1)


@cache
def fitted(source):
    """The data, and what is fitted to it: no chance in that."""
    train, test = source("train", labels=True), source("test", labels=True)
    images, nobody = digits.to_float(train.images).flatten(1), torch.zeros(len(train))
    return train, test, images, fit(images, nobody), fit(images, train.labels), fit(images, nobody, 0.05)


def densities(source, seed: int) -> dict[str, float]:
    """One Gaussian, ten, the spoiled one, the copier and the GAN on digits: nats per pixel, and floors."""
    _, test, images, one, ten, finer = fitted(source)
    judge, noise = features.judge(test.name), Normal(0.0, 1.0)
    torch.manual_seed(seed)
    clean = digits.to_float(test.images[:2_000]).flatten(1)
    held_out = clean + PINCH * torch.randn_like(clean)

    def floors(x):
        return judge.floors(x.clamp(-1, 1).view(-1, 1, 28, 28))

    joint, alone = log_joint(held_out, ten), log_joint(held_out, one)[:, 0].mean().item() / 784
    both = joint.logsumexp(1)
    real = images[torch.randperm(len(images))[:10_000]]
    mostly = torch.where(torch.rand(10_000, 1) < 0.01, draw(10_000, ten), noise.sample((10_000, 784)))
    spoiled = torch.logaddexp(both + math.log(0.01), noise.log_prob(held_out).sum(1) + math.log(0.99))
    G, _ = pretrained.generator("dcgan", test.name)
    with torch.no_grad():
        made = torch.cat([G(torch.randn(500, G.z_dim)) for _ in range(20)]).flatten(1)
    equal = torch.full((len(images),), 1 / len(images))
    gap = log_joint(one[0][1][None], one) - log_joint(draw(1_000, one), one)
    quiet = log_joint(clean + 0.05 * torch.randn_like(clean), finer).mean().item() / 784
    return {
        "accuracy": (joint.argmax(1) == test.labels[:2_000]).float().mean().item(),
        "nats_one": alone,
        "nats_ten_above_one": both.mean().item() / 784 - alone,
        "nats_spoiled_above_one": spoiled.mean().item() / 784 - alone,
        "nats_copier": log_mixture(held_out[:200], images, PINCH, equal).mean().item() / 784,
        "half_the_pinch": quiet - alone,
        "gap_mean": gap.mean().item(),
        "gap_least": gap.min().item(),
        "floors_real": floors(real + PINCH * torch.randn_like(real)),
        "floors_one": floors(draw(10_000, one)),
        "floors_ten": floors(draw(10_000, ten)),
        "floors_spoiled": floors(mostly),
        "floors_gan": floors(made + PINCH * torch.randn_like(made)),
    }


SWEEPS = {
    "01_walk": walk,
    "01_sizes": sizes,
    "01_islands_0.1": partial(islands, 0.1),
    "01_islands_0.5": partial(islands, 0.5),
    "01_labels": labels,
    "01_digits_MNIST": partial(densities, digits.MNIST),
    "01_digits_drawn": partial(densities, digits.Drawn),
}
