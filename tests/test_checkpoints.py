"""A saved game goes on as if it had never stopped, and no file is taken for what it is not."""

import contextlib
import functools
import io
import json
import os
import pickle
import random
import re
from dataclasses import replace

import pytest
import safetensors.torch
import torch
from torch import nn

from gan_lessons import checkpoints, losses, models, penalties, recipes, toys
from gan_lessons.checkpoints import describe, load, load_generator, rebuild, save, save_generator
from gan_lessons.ensemble import Ensemble
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
    """Write the file anew with other tensors (and list them) or notes, and the checksum that belongs to them."""
    tensors, notes = load_tensors(path)
    if change_tensors:
        tensors = change_tensors(tensors)
        notes["tensors"] = json.dumps(sorted(tensors))
    save_tensors(path, tensors, notes | change_notes)


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


def test_a_game_that_an_accelerator_has_frozen_is_not_saved_without_a_word(path):
    """The file would not say so, and the loaded game would go on where this one stands still."""
    gan = played()
    gan.guard._first.fill_(2 * 1)  # as an accelerator would have noted at step 1
    with pytest.raises(FloatingPointError, match=r"the loss of D .* not finite at step 1\."):
        save(gan, path)
    assert not path.exists()
    save(gan, path)  # now it has been said


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
        ({"average": None}, "average: saved 0.9, given None"),
        ({"loss": losses.hinge}, "loss: saved losses.wasserstein, given losses.hinge"),
        ({"loss": Loss("mine", losses.cross_entropy, losses.cross_entropy)}, "loss: saved losses.wasserstein, given "),
        ({"opt_D": replace(FULL.opt_D, betas=(0.5, 0.9))}, "opt_D.betas: saved (0.0, 0.9), given (0.5, 0.9)"),
        ({"opt_D": SGD(1e-2)}, "opt_D: saved recipes.Adam(lr=schedules.Linear("),
        (
            {"opt_G": replace(FULL.opt_G, lr=1e-3)},
            "opt_G.lr: saved schedules.Cosine(start=0.01, end=0.0001, over=8), given 0.001",
        ),
        ({"opt_G": replace(FULL.opt_G, lr=Cosine(1e-2, 1e-3, over=8))}, "opt_G.lr.end: saved 0.0001, given 0.001"),
        ({"penalties": ()}, "penalties: saved (penalties."),
        ({"penalties": (FULL.penalties[0], penalties.r1(0.2, every=4))}, "penalties[1].weight: saved 0.1, given 0.2"),
        ({"players": models.toy_players}, "players: saved models.toy_players(width=8), given models.toy_players."),
        ({"players": functools.partial(models.toy_players, width=9)}, "players.width: saved 8, given 9."),
        (
            {"players": functools.partial(models.toy_players, z_dim=2)},
            "players: saved models.toy_players(width=8), given models.toy_players(z_dim=2).",
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_another_recipe_is_refused_and_the_difference_named(path, changes, named):
    save(played(FULL), path)
    with pytest.raises(ValueError, match="another recipe") as error:
        load(path, replace(FULL, **changes))
    assert f"{path} was saved with another recipe: {named}" in str(error.value)
    assert "; " not in str(error.value)  # one thing was changed, and one difference is named
    assert str(error.value).endswith("or none: load(path) takes the one in the file.")


def test_parts_of_ones_own_that_differ_are_called_so(path):
    save(played(replace(PLAIN, players=my_players)), path)
    with pytest.raises(ValueError, match=r"players: saved your own my_players, given models\.toy_players"):
        load(path, replace(PLAIN, players=models.toy_players))


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
        (lambda t: {k: v for k, v in t.items() if not k.startswith("average/")}, r"average has.*0\.bias is missing"),
        (
            lambda t: t | {"opt_D/layers.2.bias.exp_avg": torch.zeros(9)},
            r"opt_D belongs to other players than the recipe's: layers\.2\.bias\.exp_avg has no place",
        ),
        (
            lambda t: t | {"opt_D/layers.2.bias.exp_avg": torch.zeros(())},
            r"opt_D belongs.*layers\.2\.bias\.exp_avg has",
        ),
        (lambda t: t | {"opt_G/layers.3.bias.step": torch.zeros(())}, r"opt_G belongs.*layers\.3\.bias\.step has no"),
    ],
    ids=["shape", "missing", "too many", "no average", "optimiser's shape", "optimiser's number", "optimiser's name"],
)
def test_weights_that_do_not_fit_are_named(path, change, message):
    save(played(FULL), path)
    tampered(path, change)
    with pytest.raises(ValueError, match=message):
        load(path)


@pytest.mark.parametrize("part", ["G", "D", "average", "opt_G", "opt_D", "random"])
def test_a_file_that_lacks_a_part_is_refused_and_its_tensors_named(path, part):
    save(played(FULL), path)
    listed = load_tensors(path)[1]["tensors"]
    tampered(path, lambda tensors: {k: v for k, v in tensors.items() if not k.startswith(f"{part}/")}, tensors=listed)
    with pytest.raises(
        ValueError, match=rf"{re.escape(str(path))} is not whole, it lacks {part}/.*save the game again"
    ):
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


def twins(G_first):
    """Players whose two inner layers are alike, registered in either order."""
    G, D = models.toy_players(width=8)
    layers = {"first": nn.Linear(2, 2), "second": nn.Linear(2, 2)}
    for name in layers if G_first else reversed(layers):
        G.add_module(name, layers[name])
    G.forward = lambda z: G.second(G.first(z))
    return G, D


def test_an_optimisers_state_belongs_to_weights_by_name_and_not_by_order(path):
    orders = [True]
    recipe = replace(PLAIN, players=lambda: twins(orders[0]))
    gan = played(recipe)
    save(gan, path)
    orders[0] = False
    loaded = load(path, recipe)
    assert [name for name, _ in loaded.G.named_parameters()] != [name for name, _ in gan.G.named_parameters()]
    assert_same(loaded, gan)
    assert losses_of(loaded, 3) == losses_of(gan, 3)


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


def test_who_reads_a_file_of_another_kind_is_said(path):
    save(played(), path)
    with pytest.raises(ValueError, match=r"checkpoints\.load reads it"):
        load_generator(path)
    save_generator(played(), path, {})
    with pytest.raises(ValueError, match=r"checkpoints\.load_generator reads it"):
        load(path)
    save_tensors(path, {}, {"format": "gan_lessons game 1"})
    with pytest.raises(ValueError, match=r"'gan_lessons game 1'.*was it made by something else, or long ago"):
        load(path)


def header_of(content):
    """How many bytes come before the tensors: the header's length in eight bytes, and the header."""
    return 8 + int.from_bytes(content[:8], "little")


class Bomb:
    """Whoever unpickles it makes a folder of that name."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


def torch_file(value):
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


DAMAGES = {
    "empty": lambda content: b"",
    "one byte": lambda content: content[:1],
    "cut in the header's length": lambda content: content[:7],
    "cut after the header's length": lambda content: content[:8],
    "cut in the header": lambda content: content[: header_of(content) // 2],
    "cut after the header": lambda content: content[: header_of(content)],
    "cut in the tensors": lambda content: content[: (header_of(content) + len(content)) // 2],
    "one byte short": lambda content: content[:-1],
    "one byte too long": lambda content: content + b"0",
    "a header longer than the file": lambda content: len(content).to_bytes(8, "little") + content[8:],
    "a header longer than any disk": lambda content: (2**63).to_bytes(8, "little") + content[8:],
    "a header longer than said": lambda content: (header_of(content) - 9).to_bytes(8, "little") + content[8:],
    "a header that lies about a shape": lambda content: content.replace(b'"shape":[8]', b'"shape":[9]'),
    "a header that lies about a type": lambda content: content.replace(b'"dtype":"F32"', b'"dtype":"F64"'),
    "a header that lies about places": lambda content: content.replace(b'"data_offsets":[0,', b'"data_offsets":[4,'),
    "zeros": lambda content: bytes(len(content)),
    "text": lambda content: b"not ours",
    "a web page": lambda content: b"<!DOCTYPE html><html><body><h1>404 Not Found</h1></body></html>",
    "a picture": lambda content: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\b\0\0\0\0:~\x9bU",
    "a zip": lambda content: b"PK\5\6" + bytes(18),
    "a pickle": lambda content: pickle.dumps({"weights": [1.0, 2.0]}),
    "a file of torch.save": lambda content: torch_file({"weights": torch.ones(2)}),
}


@pytest.mark.parametrize("read", [load, load_generator])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_file_that_is_not_whole_is_refused(path, read, damage):
    save(played(), path)
    content = path.read_bytes()
    damaged = damage(content)
    assert damaged != content
    path.write_bytes(damaged)
    with pytest.raises(ValueError, match=rf"{re.escape(str(path))} is not a whole safetensors file.*make it again"):
        read(path)


@pytest.mark.parametrize("read", [load, load_generator])
@pytest.mark.parametrize("wrap", [pickle.dumps, torch_file], ids=["pickle", "torch.save"])
def test_code_in_a_file_is_not_run(tmp_path, read, wrap):
    bomb = tmp_path / "bomb.pt"
    bomb.write_bytes(wrap(Bomb(tmp_path / "went off")))
    with pytest.raises(ValueError, match="is not a whole safetensors file"):
        read(bomb)
    assert os.listdir(tmp_path) == ["bomb.pt"]
    if wrap is pickle.dumps:  # it does go off for those who unpickle it
        pickle.loads(bomb.read_bytes())
    else:
        torch.load(bomb, weights_only=False)
    assert sorted(os.listdir(tmp_path)) == ["bomb.pt", "went off"]


def flipped(content, first, last, dice):
    """`content` with one bit turned, somewhere from byte `first` to before byte `last`."""
    changed = bytearray(content)
    changed[dice.randrange(first, last)] ^= 1 << dice.randrange(8)
    return bytes(changed)


def test_a_flipped_bit_is_never_silently_loaded(path):
    gan = played(FULL)
    save(gan, path)
    content = path.read_bytes()
    begin, dice = header_of(content), random.Random(0)
    for _ in range(200):
        path.write_bytes(flipped(content, 0, begin, dice))
        with contextlib.suppress(ValueError):
            assert_same(load(path), gan)  # between two words of the header a change may be without meaning
    for _ in range(200):
        path.write_bytes(flipped(content, begin, len(content), dice))
        with pytest.raises(ValueError, match=rf"{re.escape(str(path))} has changed since it was written"):
            load(path)


def test_a_file_without_a_checksum_is_loaded_or_refused_but_never_more(path):
    """Files written before there were checksums: learners may have some."""
    gan = played(FULL)
    save_generator(gan, path, {"floors": "3.2"})
    tensors, notes = load_tensors(path)
    del notes["checksum"]
    content = safetensors.torch.save(tensors, notes)
    path.write_bytes(content)
    z = gan.fixed_noise(7)
    assert torch.equal(load_generator(path)[0](z), gan.sample(z))
    begin, dice = header_of(content), random.Random(0)
    said = []
    for k in range(400):
        path.write_bytes(flipped(content, 0, begin if k < 300 else len(content), dice))
        try:
            G, _ = load_generator(path)
        except ValueError as error:
            said.append(str(error))
        else:
            assert G(z).shape == (7, 2)
    assert 0 < len(said) < 400
    assert all(str(path) in line for line in said)


@pytest.mark.parametrize("note", ["format", "step", "recipe", "tensors", "checksum"])
def test_a_game_that_lacks_a_note_is_refused_and_the_note_named(path, note):
    save(played(), path)
    tensors, notes = load_tensors(path)
    assert sorted(notes) == ["checksum", "format", "recipe", "step", "tensors"]  # all that there are
    del notes[note]
    if note == "checksum":
        path.write_bytes(safetensors.torch.save(tensors, notes))
    else:
        save_tensors(path, tensors, notes)
    named = "is a file of kind 'unknown'" if note == "format" else f"is not whole, it lacks the note {note}\\. Delete"
    with pytest.raises(ValueError, match=rf"{re.escape(str(path))} {named}"):
        load(path)


@pytest.mark.parametrize("note", ["step", "recipe", "tensors"])
@pytest.mark.parametrize("value", ["", "{", "None", "[1", "1.5", "null", "true", '"7"', "[" * 100_000])
def test_a_note_that_cannot_be_read_is_named(path, note, value):
    save(played(), path)
    tampered(path, **{note: value})
    with pytest.raises(ValueError, match=rf"{re.escape(str(path))} is damaged, its note {note} "):
        load(path)


PLAYERS = '"players": {"partial": {"name": "models.toy_players"}, "keywords": {"width": 8}}'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"fields"', '"feelds"'),
        ('"batch"', '"botch"'),
        ('"batch": 16', '"batch": -6'),
        ('"batch": 16', '"batch": "x"'),
        ('"loss": {"name": "losses.wasserstein"}, ', ""),
        (PLAYERS, '"players": 5'),
        (PLAYERS, PLAYERS.replace("partial", "portion")),
        (PLAYERS, PLAYERS.replace("keywords", "keiwords")),
        (PLAYERS, PLAYERS.replace("width", "depth")),
        (PLAYERS, PLAYERS.replace("8", "-8")),
        (PLAYERS, PLAYERS.replace("8", "1e3")),
        (PLAYERS, '"players": {"name": "penalties.gradient_norm"}'),
        (PLAYERS, '"players": {"name": "recipes.Adam"}'),
    ],
)
def test_a_recipe_that_cannot_be_followed_is_refused_and_the_file_named(path, old, new):
    save(played(FULL), path)
    recipe = load_tensors(path)[1]["recipe"]
    assert recipe.count(old) >= 1
    tampered(path, recipe=recipe.replace(old, new, 1))
    for given in (None, FULL):
        with pytest.raises(ValueError, match=re.escape(str(path))):
            load(path, given)


def test_something_else_than_a_recipe_is_refused(path):
    save(played(FULL), path)
    tampered(path, recipe=json.dumps(describe(FULL.opt_G)))
    with pytest.raises(ValueError, match=rf"{re.escape(str(path))} is damaged, its recipe cannot be followed"):
        load(path)


def test_an_error_in_ones_own_players_comes_out_as_it_is(path):
    broken = []

    def players():
        if broken:
            raise RuntimeError("my own mistake")
        return models.toy_players(width=8)

    recipe = replace(PLAIN, players=players)
    save(played(recipe), path)
    broken.append(True)
    with pytest.raises(RuntimeError, match=r"^my own mistake$"):
        load(path, recipe)


@pytest.mark.parametrize("read", [load, load_generator])
def test_a_folder_is_not_taken_for_a_file(tmp_path, read):
    with pytest.raises(IsADirectoryError, match=rf"{re.escape(str(tmp_path))} is a folder"):
        read(tmp_path)
    with pytest.raises(IsADirectoryError, match=rf"{re.escape(str(tmp_path))} is a folder"):
        save(played(), tmp_path)


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


def test_an_ensemble_is_refused_and_its_members_are_not(tmp_path):
    ensemble = Ensemble.from_recipe(PLAIN, range(2))
    for write in (save, lambda gan, path: save_generator(gan, path, {})):
        with pytest.raises(TypeError, match=r"save the members of an ensemble one by one, ensemble.member\(0\) first"):
            write(ensemble, tmp_path / "all")
    assert not list(tmp_path.iterdir())
    save(ensemble.member(1), tmp_path / "one")
    assert torch.equal(load(tmp_path / "one").G.layers[0].weight, ensemble.G.layers[0].weight[1])
