"""A saved game goes on as if it had never stopped, and no file is taken for what it is not."""

import functools
import json
import os
import re
from dataclasses import replace

import pytest
import torch
from torch import nn

from gan_lessons import checkpoints, losses, models, penalties, recipes, toys
from gan_lessons.checkpoints import describe, load, load_generator, rebuild, save, save_generator
from gan_lessons.files import load_tensors, save_tensors
from gan_lessons.losses import Loss
from gan_lessons.recipes import SGD, Adam, Recipe
from gan_lessons.schedules import Cosine, Linear
from gan_lessons.training import GAN

RING = toys.Ring()
SMALL = functools.partial(models.toy_players, width=8)
PLAIN = Recipe(loss=losses.non_saturating, players=SMALL, batch=16)
FULL = Recipe(
    loss=losses.wasserstein,
    players=SMALL,
    penalties=(penalties.wgan_gp(Linear(10.0, 1.0, over=8)), penalties.r1(0.1, every=4)),
    batch=16,
    d_steps=3,
    opt_G=Adam(Cosine(1e-2, 1e-4, over=8), betas=(0.0, 0.9)),
    opt_D=Adam(Linear(1e-2, 1e-3, over=8), betas=(0.0, 0.9)),
    average=0.9,
)
MOMENTUM = replace(PLAIN, opt_G=SGD(1e-2, momentum=0.9), opt_D=SGD(Linear(0.1, 0.0, over=10)), g_steps=2)
NAMED = {name: value for name, value in vars(recipes).items() if isinstance(value, Recipe) and name[0] != "_"}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "game.safetensors"


def played(recipe=PLAIN, steps=3, seed=0, data=RING):
    gan = GAN.from_recipe(recipe, seed)
    losses_of(gan, steps, data)
    return gan


def losses_of(gan, steps, data=RING):
    return [(record["step"], record["loss_D"].item(), record["loss_G"].item()) for record in gan.train(data, steps)]


def assert_same(one, other):
    """Both games hold the same bits, wherever they hold any."""
    assert one.step == other.step
    ours, theirs = (checkpoints._state(gan) for gan in (one, other))
    assert ours.keys() == theirs.keys()
    for part in ours:
        assert ours[part].keys() == theirs[part].keys()
        for key, tensor in ours[part].items():
            assert tensor.dtype == theirs[part][key].dtype
            assert torch.equal(tensor, theirs[part][key]), f"{part}/{key}"


def tampered(path, change_tensors=None, **change_notes):
    """Write the file anew with other tensors or notes."""
    tensors, notes = load_tensors(path)
    save_tensors(path, change_tensors(tensors) if change_tensors else tensors, notes | change_notes)


# Going on


@pytest.mark.parametrize("recipe", [PLAIN, FULL, MOMENTUM], ids=["plain", "WGAN-GP", "momentum"])
@pytest.mark.parametrize("given", [False, True], ids=["recipe of the file", "recipe given"])
def test_going_on_is_bit_for_bit_the_uninterrupted_run(path, recipe, given):
    whole = GAN.from_recipe(recipe, 0)
    wanted = losses_of(whole, 10)
    save(played(recipe, 5), path)
    gan = load(path, recipe if given else None)
    assert gan.step == 5
    assert losses_of(gan, 5) == wanted[5:]
    assert_same(gan, whole)
    assert torch.equal(gan.sample(gan.fixed_noise(9)), whole.sample(whole.fixed_noise(9)))


def test_saving_changes_nothing(path):
    gan, other = played(FULL), played(FULL)
    save(gan, path)
    assert_same(gan, other)
    assert losses_of(gan, 2) == losses_of(other, 2)


def test_a_game_that_has_not_begun_can_be_saved(path):
    save(GAN.from_recipe(FULL, 3), path)
    assert losses_of(load(path), 2) == losses_of(GAN.from_recipe(FULL, 3), 2)


def test_a_game_saved_twice_goes_on_from_the_later_state(path):
    gan = played(PLAIN, 2)
    save(gan, path)
    losses_of(gan, 2)
    save(gan, path)
    assert_same(load(path), gan)


def test_games_in_double_precision_stay_so(path):
    torch.set_default_dtype(torch.float64)
    try:
        ring = toys.Ring()
        gan = played(FULL, data=ring)
        save(gan, path)
        wanted = losses_of(gan, 2, ring)
    finally:
        torch.set_default_dtype(torch.float32)
    loaded = load(path)
    assert next(loaded.average.parameters()).dtype == torch.float64
    assert losses_of(loaded, 2, ring) == wanted


def normalised_players():
    G = nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))
    G.z_dim = 2
    return G, nn.Sequential(nn.Linear(2, 8), nn.Dropout(), nn.ReLU(), nn.Linear(8, 1), nn.Flatten(0))


def test_running_statistics_and_dropout_go_on_too(path):
    recipe = replace(FULL, players=normalised_players)
    whole = GAN.from_recipe(recipe, 0)
    wanted = losses_of(whole, 6)
    save(played(recipe, 3), path)
    gan = load(path, recipe)
    assert losses_of(gan, 3) == wanted[3:]
    assert_same(gan, whole)


def test_loading_leaves_the_readers_random_numbers_alone(path):
    gan = played(FULL)
    save(gan, path)
    save_generator(gan, path.with_name("generator"), {})
    torch.manual_seed(5)
    before = torch.get_rng_state()
    load(path)
    load(path, FULL)
    load_generator(path.with_name("generator"))
    assert torch.equal(torch.get_rng_state(), before)


# Another recipe, other players


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"batch": 32}, "batch: saved 16, given 32"),
        ({"average": None}, "average: saved 0.9, given null"),
        ({"loss": losses.hinge}, 'loss.name: saved "losses.wasserstein", given "losses.hinge"'),
        ({"opt_D": replace(FULL.opt_D, betas=(0.5, 0.9))}, r"opt_D.betas: saved \[0.0, 0.9\], given \[0.5, 0.9\]"),
        ({"opt_G": replace(FULL.opt_G, lr=1e-3)}, "opt_G.lr: saved .*Cosine.*, given 0.001"),
        ({"penalties": ()}, r"penalties: saved .*, given \[\]"),
        ({"players": functools.partial(models.toy_players, width=9)}, "players.keywords.width: saved 8, given 9"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_another_recipe_is_refused_and_the_difference_named(path, changes, named):
    save(played(FULL), path)
    with pytest.raises(ValueError, match=f"{re.escape(str(path))} was saved with another recipe: {named}"):
        load(path, replace(FULL, **changes))


def test_every_difference_is_named(path):
    save(played(FULL), path)
    with pytest.raises(ValueError, match="another recipe") as error:
        load(path, replace(FULL, batch=32, d_steps=1, opt_G=replace(FULL.opt_G, eps=1e-6)))
    for named in ("batch: saved 16, given 32", "d_steps: saved 3, given 1", "opt_G.eps: saved 1e-08, given 1e-06"):
        assert named in str(error.value)
    assert "opt_D" not in str(error.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t | {"G/layers.0.weight": torch.zeros(9, 2)}, r"G has other.*layers.0.weight has shape \(9, 2\), "),
        (lambda t: {k: v for k, v in t.items() if k != "D/layers.2.bias"}, "D has other.*layers.2.bias is missing"),
        (lambda t: t | {"D/layers.6.bias": torch.zeros(1)}, "D has other.*layers.6.bias is not part of this player"),
        (lambda t: {k: v for k, v in t.items() if not k.startswith("average/")}, "lacks the 6 tensors of average"),
    ],
    ids=["shape", "missing", "too many", "no average"],
)
def test_weights_that_do_not_fit_are_named(path, change, message):
    save(played(FULL), path)
    tampered(path, change)
    with pytest.raises(ValueError, match=message):
        load(path)


@pytest.mark.parametrize("part", ["opt_G", "opt_D", "random"])
def test_a_file_that_lacks_a_part_is_refused_and_the_part_named(path, part):
    save(played(FULL), path)
    tampered(path, lambda tensors: {k: v for k, v in tensors.items() if not k.startswith(f"{part}/")})
    with pytest.raises(ValueError, match=part):
        load(path)


def test_a_function_of_players_that_now_makes_others_is_found_out(path):
    width = 8

    def my_players():
        return models.toy_players(width=width)

    recipe = replace(PLAIN, players=my_players)
    save(played(recipe), path)
    width = 16
    with pytest.raises(ValueError, match=r"G has other weights than the recipe's players: layers\.0\.bias has shape"):
        load(path, recipe)


# The learner's own parts

MINE = Loss("mine", losses.cross_entropy, lambda real, fake: -fake.mean(-1))


def my_players():
    return models.toy_players(width=8)


class MyPenalty:
    weight, every = 1.0, 1

    def where(self, real, fake):
        return real

    def value(self, D, x):
        return D(x).square().mean()


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"loss": MINE}, r"Loss\(name='mine', compares=False\)"),
        ({"players": my_players}, "my_players"),
        ({"players": lambda: models.toy_players(width=8)}, "<lambda>"),
        ({"players": functools.partial(my_players)}, "my_players"),
        ({"players": functools.partial(models.toy_players, 8)}, "partial"),
        ({"penalties": (MyPenalty(),)}, "MyPenalty"),
        ({"penalties": (replace(penalties.r1(1.0), cost=lambda slope: slope.mean()),)}, "<lambda>"),
        ({"opt_G": Adam(lambda step: 1e-3)}, "<lambda>"),
    ],
    ids=["loss", "players", "lambda", "partial of mine", "partial by position", "penalty", "cost", "rate"],
)
def test_parts_of_ones_own_are_saved_by_name_and_must_be_given_back(path, changes, name):
    recipe = replace(PLAIN, **changes)
    gan = played(recipe)
    save(gan, path)
    with pytest.raises(ValueError, match=rf"the recipe holds your own .*{name}.*load\(path, recipe=\.\.\.\)"):
        load(path)
    assert losses_of(load(path, recipe), 2) == losses_of(gan, 2)


def test_a_loss_that_only_bears_a_name_of_the_package_is_ones_own(path):
    impostor = replace(losses.hinge, generator=lambda real, fake: fake.mean(-1))
    save(played(replace(PLAIN, loss=impostor)), path)
    with pytest.raises(ValueError, match=r"your own .*hinge"):
        load(path)
    with pytest.raises(ValueError, match="another recipe: loss"):
        load(path, replace(PLAIN, loss=losses.hinge))


# Generators


@pytest.mark.parametrize("recipe", [PLAIN, FULL], ids=["G", "average"])
def test_a_generator_file_draws_what_the_game_draws(path, recipe):
    gan = played(recipe)
    save_generator(gan, path, {"command": "python -m somewhere", "floors": "3.2"})
    G, notes = load_generator(path)
    z = gan.fixed_noise(7)
    assert torch.equal(G(z), gan.sample(z))
    assert notes["command"] == "python -m somewhere"
    assert notes["floors"] == "3.2"
    assert not G.training
    assert not any(p.requires_grad for p in G.parameters())
    assert gan.G.training
    assert all(p.requires_grad for p in gan.G.parameters())


def test_a_generator_that_does_not_fit_is_named(path):
    save_generator(played(), path, {})
    tampered(path, players=json.dumps(describe(functools.partial(models.toy_players, width=9))))
    with pytest.raises(ValueError, match=rf"{re.escape(str(path))} has other.*layers\.0\.bias has shape \(8,\)"):
        load_generator(path)


def saved_and_loaded_generator(gan, path):
    save_generator(gan, path, {})
    return load_generator(path)


def test_a_generator_of_ones_own_is_refused_without_a_remedy_that_there_is_not(path):
    gan = played(replace(PLAIN, players=my_players))
    with pytest.raises(ValueError, match="my_players") as error:
        saved_and_loaded_generator(gan, path)
    assert "recipe=" not in str(error.value)  # `load_generator` takes none


# Files that are not what they should be


def test_each_kind_of_file_is_refused_where_the_other_is_wanted(path):
    gan = played()
    save(gan, path)
    with pytest.raises(ValueError, match=rf"{re.escape(str(path))} is a file of kind '{checkpoints.FORMAT}', not '"):
        load_generator(path)
    save_generator(gan, path, {})
    with pytest.raises(ValueError, match=f"is a file of kind '{checkpoints.GENERATOR_FORMAT}', not '"):
        load(path)
    save_tensors(path, {"x": torch.zeros(1)}, {})
    for read in (load, load_generator):
        with pytest.raises(ValueError, match="is a file of kind 'unknown', not '"):
            read(path)


@pytest.mark.parametrize("read", [load, load_generator])
@pytest.mark.parametrize(
    "damage",
    [lambda content: content[:-1], lambda content: content[:100], lambda content: b"", lambda content: b"PK not ours"],
    ids=["truncated", "header", "empty", "foreign"],
)
def test_a_file_that_is_not_whole_is_refused(path, read, damage):
    save(played(), path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match=rf"{re.escape(str(path))} is not a whole safetensors file"):
        read(path)


@pytest.mark.parametrize("read", [load, load_generator])
def test_a_missing_file_is_named(path, read):
    with pytest.raises(FileNotFoundError, match=f"there is no file {re.escape(str(path))}"):
        read(path)


def test_a_save_that_fails_leaves_the_old_file(path, monkeypatch):
    gan = played()
    save(gan, path)
    before = path.read_bytes()
    losses_of(gan, 1)
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        save(gan, path)
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]


# Descriptions


@pytest.mark.parametrize("recipe", [*NAMED.values(), PLAIN, FULL, MOMENTUM], ids=[*NAMED, "plain", "full", "momentum"])
def test_what_is_described_is_rebuilt(recipe):
    rebuilt = rebuild(json.loads(json.dumps(describe(recipe))))  # through text, as in a file
    assert describe(rebuilt) == describe(recipe)
    assert replace(rebuilt, players=recipe.players) == recipe  # partials are equal only to themselves
    assert type(rebuilt.opt_G) is type(recipe.opt_G)
    if isinstance(recipe.players, functools.partial):
        assert rebuilt.players.func is recipe.players.func
        assert rebuilt.players.keywords == recipe.players.keywords
    else:
        assert rebuilt.players is recipe.players


@pytest.mark.parametrize("value", [None, True, 3, 0.1, 1e-8, "word", (), (1, (2.0, None))])
def test_plain_values_are_their_own_description(value):
    assert rebuild(json.loads(json.dumps(describe(value)))) == value


def test_two_recipes_without_a_difference_have_none():
    assert checkpoints.differences(describe(FULL), describe(replace(FULL))) == []


@pytest.mark.parametrize(
    "name",
    [
        "os.system",
        "builtins.eval",
        "files.whole_or_absent",
        "training.GAN",
        "models",
        "models.",
        "models.torch",
        "models._check",
        "models.__builtins__",
        "models.__dict__",
        "models.nn.Module",
        "models.ToyGenerator.forward",
        "losses.softplus",
        "losses.nothing",
        "penalties.torch",
        "recipes.nn",
        "recipes.models",
        "recipes.models.toy_players",
        "recipes._TOY_ADAM",
        "exercises.engine.call",
        "",
    ],
)
@pytest.mark.parametrize("kind", ["name", "type", "partial"])
def test_nothing_outside_the_package_can_be_named(name, kind):
    plain = {
        "name": {"name": name},
        "type": {"type": name, "fields": {}},
        "partial": {"partial": {"name": name}, "keywords": {}},
    }[kind]
    with pytest.raises(ValueError, match=re.escape(f"the package has no {name!r}")):
        rebuild(plain)


def test_a_file_from_outside_is_refused_before_anything_is_run(path, monkeypatch):
    save(played(), path)
    called = []
    monkeypatch.setattr(os, "system", called.append)
    recipe = json.loads(load_tensors(path)[1]["recipe"])
    recipe["fields"]["players"] = {"partial": {"name": "os.system"}, "keywords": {"command": "true"}}
    tampered(path, recipe=json.dumps(recipe))
    with pytest.raises(ValueError, match=r"the package has no 'os\.system'"):
        load(path)
    assert called == []
