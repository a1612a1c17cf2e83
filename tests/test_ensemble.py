"""Member k of an ensemble is the single run with seed k, whatever the recipe holds."""

import functools
from dataclasses import replace

import pytest
import torch
from torch import nn

from gan_lessons import losses, models, penalties, toys
from gan_lessons.ensemble import Ensemble, stack
from gan_lessons.recipes import SGD, Adam, Recipe
from gan_lessons.schedules import Linear
from gan_lessons.training import GAN

SEEDS = (3, 0, 11)
ROUNDS = 20
small = functools.partial(models.toy_players, width=8)
PLAIN = Recipe(loss=losses.non_saturating, players=small, batch=16)
FAST = Adam(1e-3, betas=(0.0, 0.9))


class Labelled:
    """Points and a class each: the conditional players below take both."""

    def sample(self, n):
        y = torch.randint(2, (n,))
        return torch.randn(n, 2) + 3 * y[:, None], y


class Shifted(models.ToyGenerator):
    def forward(self, z, y):
        return super().forward(z) + y[..., None]


class Judge(models.ToyDiscriminator):
    def forward(self, x, y):
        return super().forward(x - y[..., None])


def conditional_players():
    return Shifted(width=8), Judge(width=8)


RECIPES = {
    "plain": PLAIN,
    "least squares, momentum": replace(PLAIN, loss=losses.least_squares, opt_G=SGD(1e-2, momentum=0.9), opt_D=SGD(0.1)),
    "minimax, more moves of G": replace(PLAIN, loss=losses.minimax, g_steps=3),
    "hinge, spectral normalisation": replace(
        PLAIN, loss=losses.hinge, players=functools.partial(small, spectral_norm=True)
    ),
    "relativistic, R1 and R2": replace(
        PLAIN, loss=losses.relativistic, penalties=(penalties.r1(0.3), penalties.r2(Linear(1.0, 0.1, over=9), every=4))
    ),
    "WGAN-GP": replace(
        PLAIN, loss=losses.wasserstein, penalties=(penalties.wgan_gp(),), d_steps=5, opt_G=FAST, opt_D=FAST
    ),
    "clipping": replace(PLAIN, loss=losses.wasserstein, clip=0.05, d_steps=2),
    "one-sided and DRAGAN": replace(PLAIN, penalties=(penalties.one_sided(1.0), penalties.dragan(1.0))),
    "packing, noise, average, schedule": replace(
        PLAIN,
        players=functools.partial(small, pack=2),
        instance_noise=Linear(0.5, 0.0, over=15),
        average=0.9,
        opt_G=Adam(Linear(1e-2, 1e-3, over=ROUNDS)),
    ),
    "Dirac": replace(PLAIN, players=models.dirac_players, opt_G=SGD(0.1), opt_D=SGD(0.1)),
    "conditional": replace(PLAIN, players=conditional_players, penalties=(penalties.r1(0.1),)),
}
DATA = {"Dirac": toys.Origin(), "conditional": Labelled()}


@pytest.fixture(autouse=True)
def double():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def play(gan, data, rounds=ROUNDS):
    return list(gan.train(data, rounds))


def state(gan):
    """Every tensor of the players and the average, by name."""
    parts = {"G": gan.G, "D": gan.D, "average": gan.average}
    return {
        f"{part}.{key}": value for part, player in parts.items() if player for key, value in player.state_dict().items()
    }


def assert_close(found, expected):
    for mine, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("name", RECIPES)
def test_a_member_is_the_single_run_with_its_seed(name):
    recipe, data = RECIPES[name], DATA.get(name, toys.Ring())
    ensemble = Ensemble.from_recipe(recipe, SEEDS)
    first = {key: value.clone() for key, value in state(ensemble).items()}
    records = play(ensemble, data)
    for k, seed in enumerate(SEEDS):
        single = GAN.from_recipe(recipe, seed)
        expected = play(single, data)
        assert_close([value[k] for value in state(ensemble).values()], state(single).values())
        for player in ("loss_D", "loss_G"):
            assert_close([record[player][k] for record in records], [record[player] for record in expected])
    # A shift of all scores changes nothing in these games (in the hinge's, while all scores are within the margin).
    blind = recipe.loss in (losses.wasserstein, losses.relativistic, losses.hinge)
    for key, value in state(ensemble).items():
        if key.endswith(".u") or (blind and key == "D.layers.4.bias"):
            continue
        assert (value - first[key]).abs().max() > 1e-6, f"{key} did not move"
        assert (value[0] - value[1]).abs().max() > 1e-6, f"{key} is the same in two members"


@pytest.mark.parametrize("name", RECIPES)
def test_a_member_goes_on_alone_as_it_would_have_within(name):
    recipe, data = RECIPES[name], DATA.get(name, toys.Ring())
    ensemble = Ensemble.from_recipe(recipe, SEEDS)
    play(ensemble, data, 7)
    alone = ensemble.member(1)
    play(ensemble, data, 6)
    assert alone.step == 7
    play(alone, data, 6)
    assert_close(state(alone).values(), [value[1] for value in state(ensemble).values()])


def test_taking_a_member_out_disturbs_neither_the_others_nor_the_world():
    ensemble, undisturbed = (Ensemble.from_recipe(PLAIN, SEEDS) for _ in range(2))
    torch.manual_seed(0)
    ensemble.member(2)
    assert torch.equal(torch.rand(3), torch.rand(3, generator=torch.Generator().manual_seed(0)))
    play(ensemble.member(0), toys.Ring(), 3)
    play(ensemble, toys.Ring(), 3)
    play(undisturbed, toys.Ring(), 3)
    assert_close(state(ensemble).values(), state(undisturbed).values())


def test_all_members_are_shown_the_same_noise():
    ensemble = Ensemble.from_recipe(replace(PLAIN, average=0.9), SEEDS)
    play(ensemble, toys.Ring(), 3)
    z = ensemble.fixed_noise(600)
    samples = ensemble.sample(z)
    assert samples.shape == (3, 600, 2)
    assert_close(samples, [ensemble.member(k).sample(z) for k in range(3)])
    assert ensemble.sample(5).shape == (3, 5, 2)
    own = torch.randn(3, 5, 2)
    assert_close(ensemble.sample(own), [ensemble.member(k).sample(own[k]) for k in range(3)])


def test_an_ensemble_knows_its_size():
    assert len(Ensemble.from_recipe(PLAIN, range(4))) == 4


@pytest.mark.parametrize("seeds", [[], 0, 16, range(0)])
def test_seeds_that_are_none_are_refused(seeds):
    with pytest.raises(ValueError, match=r"seeds: give one or more whole numbers, such as range\(16\)"):
        Ensemble.from_recipe(PLAIN, seeds)


@pytest.mark.parametrize(
    ("layer", "name"), [(nn.Linear(2, 2), "Linear"), (nn.BatchNorm1d(2), "BatchNorm1d"), (nn.Dropout(0.5), "Dropout")]
)
def test_a_layer_that_cannot_hold_many_members_is_named_with_the_remedy(layer, name):
    with pytest.raises(TypeError, match=f"^{name} cannot hold many members at once: build players of models.Dense"):
        stack([nn.Sequential(models.Dense(2, 2), layer)] * 2)


def test_convolutional_players_are_refused():
    with pytest.raises(TypeError, match="cannot hold many members at once"):
        Ensemble.from_recipe(replace(PLAIN, players=models.conv_players), SEEDS)


def test_bad_data_is_refused_at_the_call():
    with pytest.raises(ValueError, match="data holds NaN or infinity"):
        Ensemble.from_recipe(PLAIN, SEEDS).train(toys.Ring(radius=float("nan")), 1)


def test_one_member_that_is_not_finite_stops_all_before_the_weights_move():
    ensemble = Ensemble.from_recipe(PLAIN, SEEDS)
    play(ensemble, toys.Ring(), 2)
    with torch.no_grad():
        ensemble.D.layers[4].bias[1] = float("nan")
    before = [value.clone() for value in ensemble.G.state_dict().values()]
    with pytest.raises(FloatingPointError, match="the loss of D or its gradient was not finite at step 2"):
        play(ensemble, toys.Ring(), 1)
    assert_close(ensemble.G.state_dict().values(), before)
