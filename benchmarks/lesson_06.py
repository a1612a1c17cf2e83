"""Experiments of lesson 06, for sweeps.py."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor, nn

from gan_lessons import losses, metrics, models, penalties, toys, transport
from gan_lessons.ensemble import Ensemble, stack
from gan_lessons.recipes import Adam, Recipe
from gan_lessons.schedules import Linear

RING = toys.Ring()
adam = Adam(Linear(4e-3, 2e-4, over=150), betas=(0.0, 0.9))
recipe = Recipe(
    loss=losses.wasserstein,
    players=partial(models.toy_players, width=32),
    penalties=(penalties.wgan_gp(1.0),),
    opt_G=adam,
    opt_D=adam,
    d_steps=5,
)


def clouds(many: int) -> tuple[Tensor, Tensor]:
    """A wide ring and a blob inside it, 96 points each, the same for all of `many` members."""
    torch.manual_seed(6)
    real, fake = toys.Ring(radius=2.0, std=0.1).sample(96)[0], 0.5 * torch.randn(96, 2)
    return real.expand(many, -1, -1), fake.expand(many, -1, -1)


def slopes(runs: Ensemble, x: Tensor) -> Tensor:
    return penalties.gradient_norm(runs.D, x).detach()


def gap(runs: Ensemble, real: Tensor, fake: Tensor) -> Tensor:
    return (runs.D(real).mean(-1) - runs.D(fake).mean(-1)).detach()


def rows(measures: dict[str, Tensor], count: int) -> list[dict[str, float]]:
    return [{name: values[k].item() for name, values in measures.items()} for k in range(count)]


def critics(seeds: Sequence[int]) -> list[dict[str, float]]:
    """A critic alone on two fixed clouds, clipped at several c, and with the penalty of weight 10."""
    real, fake = clouds(len(seeds))
    alone = replace(recipe, players=models.toy_players, opt_D=Adam(2e-3, betas=(0.0, 0.9)), penalties=())
    variants = {f"clip_{c}": replace(alone, clip=c) for c in (0.01, 0.1, 0.2)}
    variants["penalty"] = replace(alone, penalties=(penalties.wgan_gp(10.0),))
    measures = {}
    for name, variant in variants.items():
        runs = Ensemble.from_recipe(variant, seeds)
        for _ in range(250):
            runs.update_D(real, fake)
        if variant.clip:
            weights = torch.cat([weight.detach().flatten(1) for weight in runs.D.parameters()], 1)
            measures[f"{name}_share_at_c"] = (weights.abs() > 0.999 * variant.clip).float().mean(1)
        found = slopes(runs, torch.lerp(real, fake, torch.rand(len(seeds), 96, 1)))
        measures[f"{name}_slope_median"] = found.median(1).values
        measures[f"{name}_near_one"] = ((found - 1).abs() < 0.2).float().mean(1)
        measures[f"{name}_slope_5%"], measures[f"{name}_slope_95%"] = (found.quantile(q, 1) for q in (0.05, 0.95))
        measures[f"{name}_gap"] = gap(runs, real, fake)
    measures["ten_times_c"] = measures["clip_0.1_slope_median"] / measures["clip_0.01_slope_median"]
    return rows(measures, len(seeds))


def game(variant: Recipe, rounds: int, seeds: Sequence[int]) -> list[dict[str, float]]:
    runs = Ensemble.from_recipe(variant, seeds)
    torch.manual_seed(seeds[0])
    before = runs.sample(200)
    for _ in runs.train(RING, rounds):
        pass
    samples = runs.sample(2_500)
    (real,) = RING.sample(200)
    found = [metrics.mode_coverage(x, RING.modes, RING.std) for x in samples]
    measures = {
        "modes": torch.tensor([coverage.modes for coverage in found]),
        "all_modes": torch.tensor([coverage.modes == 8 for coverage in found]),
        "w1_before": torch.tensor([transport.wasserstein(real, x) for x in before]),
        "w1_after": torch.tensor([transport.wasserstein(real, x[:200]) for x in samples]),
        "slope": slopes(runs, torch.lerp(RING.sample(200)[0], samples[:, :200], torch.rand(200, 1))).median(1).values,
    }
    return rows(measures, len(seeds))


def between(real, fake):
    return penalties.between(real, fake)


def one_share(real, fake):
    return torch.lerp(real, fake, torch.rand(()))


EACH, AXIS, BATCH = (-1,), (-2,), (-2, -1)
BUGS = {  # where it looks, what the norm runs over, the sign of the penalty, σ at the end of D, the sign of G's loss
    "none": (0, EACH, 1, False, 1),
    "axis": (0, AXIS, 1, False, 1),
    "batch": (0, BATCH, 1, False, 1),
    "one_share": (1, EACH, 1, False, 1),
    "share_zero": (2, EACH, 1, False, 1),
    "penalty_sign": (0, EACH, -1, False, 1),
    "sigmoid": (0, EACH, 1, True, 1),
    "G_sign": (0, EACH, 1, False, -1),
}


class Squashable(models.ToyDiscriminator):
    squash = torch.tensor(False)

    def forward(self, x: Tensor) -> Tensor:
        scores = super().forward(x)
        return torch.where(self.squash, scores.sigmoid(), scores)


def squashable_players():
    return models.ToyGenerator(width=32), Squashable(width=32)


@dataclass(frozen=True)
class Gallery:
    """A bug for each block of `seeds` members."""

    seeds: int
    weight: float = 1.0
    every: int = 1

    def where(self, real: Tensor, fake: Tensor) -> Tensor:
        return torch.stack([between(real, fake), one_share(real, fake), real])

    def value(self, D: nn.Module, x: Tensor) -> Tensor:
        places = [bug[0] for bug in BUGS.values() for _ in range(self.seeds)]
        x = x[range(len(places)), places].requires_grad_()
        (slope,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
        blocks = zip(BUGS.values(), slope.split(self.seeds), strict=True)
        return torch.cat(
            [sign * (g.norm(dim=over, keepdim=True) - 1).square().mean((-2, -1)) for (_, over, sign, *_), g in blocks]
        )


def gallery(seeds: Sequence[int]) -> list[dict[str, float]]:
    bugs = tuple(bug for bug in BUGS.values() for _ in seeds)
    signs = torch.tensor([bug[4] for bug in bugs])
    loss = losses.Loss(
        "gallery", losses.wasserstein.discriminator, lambda real, fake: signs * losses.wasserstein.generator(real, fake)
    )
    runs_of = [
        Ensemble.from_recipe(
            replace(recipe, loss=loss, players=squashable_players, penalties=(Gallery(len(seeds)),)),
            [*seeds] * len(BUGS),
        )
        for _ in range(2)
    ]
    for runs in runs_of:
        runs.D.squash = torch.tensor([bug[3] for bug in bugs])[:, None]
    alone, played = runs_of
    real, fake = clouds(len(bugs))
    far = transport.wasserstein(real[0], fake[0])
    for _ in range(250):
        alone.update_D(real, fake)
    slope = slopes(alone, torch.lerp(real, fake, torch.rand(len(bugs), 96, 1))).median(1).values
    ratio = gap(alone, real, fake) / far
    for _ in played.train(RING, 150):
        pass
    torch.manual_seed(seeds[0])
    modes = [metrics.mode_coverage(x, RING.modes, RING.std).modes for x in played.sample(2_500)]
    left = [transport.wasserstein(RING.sample(200)[0], x) for x in played.sample(200)]
    found = []
    for k in range(len(seeds)):
        found.append({})
        for j, name in enumerate(BUGS):
            member = j * len(seeds) + k
            found[-1] |= {f"{name}_slope": slope[member].item(), f"{name}_gap_over_W1": ratio[member].item()}
            found[-1] |= {f"{name}_modes": modes[member], f"{name}_all": modes[member] == 8}
            found[-1][f"{name}_left"] = left[member]
    return found


PROBLEMS = {  # centres and spread of the real points, then of the fake ones, λ, and the gap foretold
    **{
        f"points_{d}_{weight}": ((0.0, 0.0), 0.0, (d, d), 0.0, weight, d * (1 + d / (2 * weight)))
        for weight in (0.1, 0.2)
        for d in (0.5, 1.0, 2.0)
    },
    "wide_shift": ((0.0, 0.0), 1.0, (1.0, 1.0), 1.0, 0.1, 6.445),
    "narrow_shift": ((0.0, 0.0), 0.1, (1.0, 1.0), 0.1, 0.1, 6.008),
    "scale": ((0.0, 0.0), 0.5, (0.0, 0.0), 1.0, 0.1, 2.1426),
    "clusters": ((-2.0, 2.0), 0.1, (-1.0, 3.0), 0.1, 0.1, 9.013),
}


class Smooth(nn.Module):
    def __init__(self, activation: type[nn.Module], width: int = 32):
        super().__init__()
        self.layers = nn.Sequential(
            models.Dense(1, width), activation(), models.Dense(width, width), activation(), models.Dense(width, 1)
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x).squeeze(-1)


def line(activation: type[nn.Module], seeds: Sequence[int]) -> list[dict[str, float]]:
    """Critics on a line, one for each problem and seed."""
    problems = [problem for problem in PROBLEMS.values() for _ in seeds]
    centres, spread, fake_centres, fake_spread, weight, foretold = map(torch.tensor, zip(*problems, strict=True))
    torch.manual_seed(seeds[0])
    D = stack([Smooth(activation) for _ in problems])
    optimiser = torch.optim.Adam(D.parameters(), fused=True)

    def draw(centres, spread, n):
        which = torch.randint(2, (len(problems), n))
        return (centres.gather(1, which) + spread[:, None] * torch.randn(len(problems), n))[..., None]

    for step in range(700):
        optimiser.param_groups[0]["lr"] = 1e-2 * (1 - step / 700)
        real, fake = draw(centres, spread, 128), draw(fake_centres, fake_spread, 128)
        x = torch.lerp(real, fake, torch.rand(len(problems), 128, 1))
        loss = D(fake).mean(1) - D(real).mean(1)
        loss = loss + weight * penalties.distance_to_one(penalties.gradient_norm(D, x)).mean(1)
        optimiser.zero_grad()
        loss.sum().backward()
        optimiser.step()
    real, fake = draw(centres, spread, 5_000), draw(fake_centres, fake_spread, 5_000)
    x = torch.lerp(real, fake, torch.rand(len(problems), 5_000, 1))
    found = (D(real).mean(1) - D(fake).mean(1)).detach()
    slope = penalties.gradient_norm(D, x).detach()
    everywhere = penalties.gradient_norm(D, torch.cat([real, fake, x], 1)).detach().amax(1)
    w1 = (real[..., 0].sort(1).values - fake[..., 0].sort(1).values).abs().mean(1)
    measures = {"over_foretold": found / foretold, "mean": found / slope.mean(1) / w1, "most": found / everywhere / w1}
    return [
        {
            f"{name}_{measure}": values[j * len(seeds) + k].item()
            for j, name in enumerate(PROBLEMS)
            for measure, values in measures.items()
        }
        for k in range(len(seeds))
    ]


def not_detached(seed: int) -> dict[str, float]:
    """W1 after 40 rounds by hand, with and without G's gradients from D's steps in G's step."""

    def left(fault: bool) -> float:
        torch.manual_seed(seed)
        G, D = models.toy_players(width=32)
        opt_G, opt_D = Adam(1e-3, betas=(0.0, 0.9))(G.parameters()), Adam(4e-3, betas=(0.0, 0.9))(D.parameters())
        for _ in range(40):
            opt_G.zero_grad()
            for _ in range(5):
                (real,) = RING.sample(64)
                fake = G(torch.randn(64, 2))
                fake = fake if fault else fake.detach()
                x = torch.lerp(real, fake, torch.rand(64, 1))
                loss = D(fake).mean() - D(real).mean()
                loss = loss + penalties.distance_to_one(penalties.gradient_norm(D, x)).mean()
                opt_D.zero_grad()
                loss.backward()
                opt_D.step()
            (-D(G(torch.randn(64, 2))).mean()).backward()
            opt_G.step()
        with torch.no_grad():
            return transport.wasserstein(RING.sample(200)[0], G(torch.randn(200, 2)))

    good, bad = left(False), left(True)
    return {"detached": good, "not_detached": bad, "difference": bad - good}


SWEEPS = {"06_not_detached": not_detached}
slow = Adam(Linear(4e-3, 2e-4, over=750), betas=(0.0, 0.9))
MANY = {
    "06_critics": critics,
    "06_game": partial(game, recipe, 150),
    "06_game_free": partial(game, replace(recipe, penalties=()), 150),
    "06_game_one_step": partial(game, replace(recipe, d_steps=1), 150),
    "06_game_one_step_longer": partial(game, replace(recipe, d_steps=1, opt_G=slow, opt_D=slow), 750),
    "06_gallery": gallery,
    "06_line_tanh": partial(line, nn.Tanh),
    "06_line_relu": partial(line, nn.ReLU),
}
