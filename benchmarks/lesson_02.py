"""Experiments of lesson 02, for sweeps.py."""

import math
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor, nn
from torch.distributions import Normal
from torch.nn.functional import softplus

from gan_lessons import losses, models, toys
from gan_lessons.recipes import SGD, Adam, Recipe
from gan_lessons.training import GAN


def fit(p: Normal, q: Normal, n_real: int = 512, n_fake: int = 512, weight: float = 1.0, steps: int = 1_500):
    """Lesson 02's discriminator on the line."""
    D = nn.Sequential(nn.Linear(1, 32), nn.SiLU(), nn.Linear(32, 32), nn.SiLU(), nn.Linear(32, 1), nn.Flatten(0))
    optimiser = torch.optim.Adam(D.parameters(), lr=1e-2)
    slower = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.01, steps)
    for _ in range(steps):
        real, fake = p.sample((n_real, 1)), q.sample((n_fake, 1))
        loss = softplus(-D(real)).sum() + weight * softplus(D(fake)).sum()
        optimiser.zero_grad()
        (loss / n_real).backward()
        optimiser.step()
        slower.step()
    return D.requires_grad_(False)


def ratio(seed: int) -> dict[str, float]:
    p, q, x = Normal(0.0, 1.0), Normal(0.5, 0.5), torch.linspace(-3, 3, 601)
    p_x, q_x = p.log_prob(x).exp(), q.log_prob(x).exp()
    torch.manual_seed(seed)
    equal, counted, weighed = fit(p, q), fit(p, q, n_real=204, n_fake=816), fit(p, q, weight=4.0)

    def error(D, weight):
        return (D(x[:, None]).sigmoid() - p_x / (p_x + weight * q_x)).abs()

    y = torch.linspace(-9, 9, 3_601, dtype=torch.float64)
    p_y, q_y = p.log_prob(y).exp(), q.log_prob(y).exp()
    m_y = (p_y + q_y) / 2
    JS = (torch.xlogy(p_y, p_y / m_y) + torch.xlogy(q_y, q_y / m_y)).sum().item() / 2 * 0.005
    real, fake = p.sample((50_000, 1)), q.sample((50_000, 1))
    slopes = {(far, steps): slope(far, steps) for far in (8.0, 16.0) for steps in (50, 1_500)}
    return {
        "largest_error": error(equal, 1).max().item(),
        "mean_error_four_fakes": error(counted, 4).mean().item(),
        "mean_error_weight_four": error(weighed, 4).mean().item(),
        "loss_gap": abs(losses.cross_entropy(equal(real), equal(fake)).item() - (math.log(4) - 2 * JS)),
        "gap": gap(equal, real, fake),
        "gap_weight_four": gap(weighed, real, fake),
        "slope_long_over_short": slopes[8.0, 1_500] / slopes[8.0, 50],
        "slope_far_over_near": slopes[16.0, 1_500] / slopes[8.0, 1_500],
        "slope": slopes[8.0, 1_500],
    }


def slope(away: float, steps: int) -> float:
    D = fit(Normal(0.0, 1.0), Normal(away, 1.0), steps=steps)
    fake = (away + torch.randn(1_000, 1)).requires_grad_()
    return torch.autograd.grad(D(fake).sum(), fake)[0].abs().mean().item()


def gap(D: nn.Module, real: Tensor, fake: Tensor) -> float:
    says = D(torch.cat([real, fake])).sigmoid()
    is_real = torch.cat([torch.ones(len(real)), torch.zeros(len(fake))])
    tenth = (10 * says).long()
    return sum((says - is_real)[tenth == k].sum().abs() for k in range(11)).item() / len(says)


def leaning_players():
    G, D = nn.Linear(2, 2), models.ToyDiscriminator()
    G.z_dim = 2
    nn.init.zeros_(D.layers[-1].weight)
    nn.init.zeros_(D.layers[-1].bias)
    return G, D


class OneEye(nn.Module):
    def __init__(self, D: nn.Module):
        super().__init__()
        self.D = D

    def forward(self, x: Tensor) -> Tensor:
        return self.D(x * torch.tensor([1.0, 0.0]))


def one_eyed_players():
    G, D = leaning_players()
    return G, OneEye(D)


LEANING = Recipe(loss=losses.non_saturating, players=leaning_players, batch=128, opt_G=SGD(0.1), opt_D=Adam(2e-3))


@torch.no_grad()
def leaning(recipe: Recipe, seed: int) -> dict[str, float]:
    cloud = toys.Gaussian(mean=(-5.0, -2.0), covariance=((1.0, 0.8), (0.8, 1.0)))
    gan = GAN.from_recipe(recipe, seed=seed)
    start = (gan.sample(10_000).mean(0) - cloud.modes[0]).norm().item()
    with torch.enable_grad():
        loss = [record["loss_D"].item() for record in gan.train(cloud, steps=1_500)]
    real, fake = cloud.sample(50_000)[0], gan.sample(50_000)
    return {
        "sigmas_off_at_start": start,
        "sigmas_off": (fake.mean(0) - cloud.modes[0]).norm().item(),
        "covariance_off": (gan.G.weight @ gan.G.weight.T - cloud.covariance).abs().max().item(),
        "loss_D_last_100_minus_log_4": sum(loss[-100:]) / 100 - math.log(4),
        "real_looks_real": gan.D(real).sigmoid().mean().item(),
        "fake_looks_real": gan.D(fake).sigmoid().mean().item(),
    }


SWEEPS = {
    "02_ratio": ratio,
    "02_healthy": partial(leaning, LEANING),
    "02_starved": partial(leaning, replace(LEANING, opt_D=Adam(1e-6))),
    "02_one_eyed": partial(leaning, replace(LEANING, players=one_eyed_players)),
}
