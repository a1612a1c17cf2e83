"""A run that is stopped, saved, and taken up by a new process ends in the bits of the run that was never stopped."""

import functools
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest
import torch

from gan_lessons import checkpoints, losses, models, penalties, toys
from gan_lessons.checkpoints import load, save
from gan_lessons.files import load_tensors, save_tensors
from gan_lessons.recipes import Adam, Recipe
from gan_lessons.schedules import Cosine, Linear
from gan_lessons.training import GAN

RING = toys.Ring()
WGAN_GP = Recipe(
    loss=losses.wasserstein,
    players=functools.partial(models.toy_players, width=8),
    penalties=(penalties.wgan_gp(Linear(10.0, 1.0, over=12)),),
    batch=16,
    d_steps=5,
    opt_G=Adam(Cosine(1e-2, 1e-4, over=12), betas=(0.0, 0.9)),
    opt_D=Adam(Linear(1e-2, 1e-3, over=12), betas=(0.0, 0.9)),
    average=0.9,
)
WIDE = replace(WGAN_GP, players=functools.partial(models.toy_players, width=128), batch=512)  # enough work to share out

# The other process: for each job it takes up a game, plays on beside a view that draws every so many rounds (0: without
# one), saves what it came to, and says the losses, the rounds that were drawn, and the threads that it had.
PLAY = """
import json, sys, torch
from gan_lessons import checkpoints, live, toys
live.REST = 0  # whether a picture is drawn must not depend on how fast this computer is
data = toys.Ring()

class View(live.ToyView):
    def _draw(self, gan, axes):
        drawn.append(gan.step)
        return super()._draw(gan, axes)

for before, after, steps, every, threads in json.loads(sys.argv[1]):
    torch.set_num_threads(threads)
    gan, view, losses, drawn = checkpoints.load(before), View(data, every=every or 1), [], []
    for record in gan.train(data, steps):
        losses.append([record["step"], record["loss_D"].item(), record["loss_G"].item()])
        if every:
            view.update(gan, record)
    checkpoints.save(gan, after)
    print("job:" + json.dumps([losses, drawn, torch.get_num_threads()]))
"""


def process(script, *arguments):
    # Threads that wait in a loop for each other stand still on a computer that is busy with something else.
    environment = os.environ | {"OMP_WAIT_POLICY": "PASSIVE"}
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)


def play(*jobs):
    """What a new process says of these jobs."""
    with process(PLAY, json.dumps(jobs, default=str)) as other:
        out, _ = other.communicate()
    assert other.returncode == 0
    return [json.loads(line.removeprefix("job:")) for line in out.splitlines() if line.startswith("job:")]


def played(gan, steps):
    """The losses of some rounds."""
    return [[record["step"], record["loss_D"].item(), record["loss_G"].item()] for record in gan.train(RING, steps)]


def assert_same(path, other):
    """The two files hold the same bits and notes."""
    (found, notes), (wanted, wanted_notes) = load_tensors(path), load_tensors(other)
    assert found.keys() == wanted.keys()
    for name, tensor in wanted.items():
        assert found[name].dtype == tensor.dtype
        assert torch.equal(found[name], tensor), name
    assert notes == wanted_notes


@pytest.fixture
def path(tmp_path):
    return tmp_path / "game.safetensors"


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Both recipes played without a stop, and stopped halfway and taken up by another process; what was said."""
    folders = {1: tmp_path_factory.mktemp("one_thread"), 2: tmp_path_factory.mktemp("two_threads")}
    for folder, recipe in zip(folders.values(), (WGAN_GP, WIDE), strict=True):
        save(GAN.from_recipe(recipe, 0), folder / "begin")
    one, two = folders.values()
    said = play(
        (one / "begin", one / "whole", 9, 5, 1),
        (one / "begin", one / "without a view", 9, 0, 1),
        (one / "begin", one / "half", 4, 2, 1),
        (two / "begin", two / "whole", 6, 0, 2),
        (two / "begin", two / "half", 3, 0, 2),
    )
    said += play((one / "half", one / "end", 5, 3, 1), (two / "half", two / "end", 3, 0, 2))
    return folders, said


def test_a_new_process_goes_on_bit_for_bit_while_views_sample(runs):
    folders, (whole, without_view, first, _, _, second, _) = runs
    assert first[0] + second[0] == whole[0] == without_view[0]
    for other in ("whole", "without a view"):
        assert_same(folders[1] / "end", folders[1] / other)
    assert [run[1] for run in (whole, without_view, first, second)] == [[5, 9], [], [2, 4], [6, 9]]
    assert {run[2] for run in (whole, without_view, first, second)} == {1}


def test_a_new_process_goes_on_bit_for_bit_with_two_threads(runs):
    folders, (_, _, _, whole, first, _, second) = runs
    assert first[0] + second[0] == whole[0]
    assert_same(folders[2] / "end", folders[2] / "whole")
    assert {run[2] for run in (whole, first, second)} == {2}


# An interrupt

# In the fourth round, the third batch for D keeps the round waiting until it has been interrupted.
INTERRUPTED = """
import json, signal, sys, torch
from gan_lessons import checkpoints, toys
class Slow:
    ring, drawn = toys.Ring(), []
    def sample(self, n):
        self.drawn.append(gan.step)
        if self.drawn.count(3) == 3:
            print("in the middle", flush=True)
            sys.stdin.readline()
        return self.ring.sample(n)
torch.set_num_threads(1)
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever starts this process may have it ignore interrupts
gan, steps = checkpoints.load(sys.argv[1]), []
try:
    for record in gan.train(Slow(), 10):
        steps.append(record["step"])
except KeyboardInterrupt:
    checkpoints.save(gan, sys.argv[2])
    print(json.dumps({"seen": steps, "step": gan.step, "drawn": [Slow.drawn.count(step) for step in (3, 4)]}))
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot send an interrupt to one process")
def test_an_interrupt_in_the_middle_of_a_round_is_held_to_its_end_and_nothing_is_lost(path):
    whole = GAN.from_recipe(WGAN_GP, 0)
    save(whole, path)
    wanted = played(whole, 10)
    with process(INTERRUPTED, path, path.with_name("interrupted")) as other:
        assert other.stdout.readline() == "in the middle\n"
        other.send_signal(signal.SIGINT)
        out, _ = other.communicate("go on\n")
    assert other.returncode == 0
    assert json.loads(out) == {"seen": [1, 2, 3], "step": 4, "drawn": [5, 0]}  # five batches: that round is whole
    gan = load(path.with_name("interrupted"))
    assert played(gan, 6) == wanted[4:]
    for game, name in ((gan, path), (whole, path.with_name("whole"))):
        save(game, name)
    assert_same(path, path.with_name("whole"))


# Every saved item matters: without it the file is refused, and with a fresh one in its place the run becomes another.

# With a first beta of 0, as above, the first moments would be forgotten at every step.
SMALL = replace(
    WGAN_GP,
    players=functools.partial(models.toy_players, width=4),
    batch=8,
    opt_G=replace(WGAN_GP.opt_G, betas=(0.5, 0.9)),
    opt_D=replace(WGAN_GP.opt_D, betas=(0.5, 0.9)),
)
WEIGHTS = [f"layers.{k}.{kind}" for k in (0, 2, 4) for kind in ("weight", "bias")]
ITEMS = [
    *(f"{player}/{weight}" for player in ("G", "D", "average") for weight in WEIGHTS),
    *(
        f"{optimiser}/{weight}.{key}"
        for optimiser in ("opt_G", "opt_D")
        for weight in WEIGHTS
        for key in ("step", "exp_avg", "exp_avg_sq")
    ),
    "random/cpu",
]
# The critic's last bias shifts the scores of real and generated samples alike: Wasserstein's loss has no slope in it,
# and its optimiser's state stays zero. It is saved all the same: whether it matters is the loss's affair.
IDLE = {f"opt_D/layers.4.bias.{key}" for key in ("step", "exp_avg", "exp_avg_sq")}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A file with a game of five rounds."""
    path = tmp_path_factory.mktemp("saved") / "game.safetensors"
    gan = GAN.from_recipe(SMALL, 0)
    played(gan, 5)
    save(gan, path)
    return path


@pytest.fixture(scope="module")
def wanted(saved):
    """What five more rounds make of it."""
    return outcome(saved)


@pytest.fixture(scope="module")
def fresh():
    """The items of a game that has not begun; torch's optimisers begin with zeros."""
    gan = GAN.from_recipe(SMALL, 1)
    begun = GAN.from_recipe(SMALL, 1)
    played(begun, 1)
    parts = checkpoints._state(begun) | {part: state for part, state in checkpoints._state(gan).items() if state}
    for part in ("opt_G", "opt_D"):
        parts[part] = {name: torch.zeros_like(tensor) for name, tensor in parts[part].items()}
    return {f"{part}/{name}": tensor for part, state in parts.items() for name, tensor in state.items()}


def outcome(path, rounds=5):
    """All that can be seen of the game at `path` after some rounds: losses, weights and pictures."""
    gan = load(path)
    found = [played(gan, rounds), gan.sample(gan.fixed_noise(20)).tolist()]
    return found + [weight.tolist() for player in (gan.G, gan.D, gan.average) for weight in player.parameters()]


def with_tensors(path, saved, change):
    tensors, notes = load_tensors(saved)
    change(tensors)
    save_tensors(path, tensors, notes)
    return path


def test_these_are_all_the_items(saved):
    assert sorted(load_tensors(saved)[0]) == sorted(ITEMS)


def test_the_run_is_the_same_where_nothing_is_changed(path, saved, wanted):
    assert outcome(with_tensors(path, saved, lambda tensors: None)) == wanted


@pytest.mark.parametrize("item", ITEMS)
def test_a_file_without_an_item_is_refused_and_the_item_named(path, saved, item):
    with_tensors(path, saved, lambda tensors: tensors.pop(item))
    with pytest.raises(ValueError, match=rf"{path.name} is not whole, it lacks {item}\. Delete it and save the game"):
        load(path)


@pytest.mark.parametrize("item", ITEMS)
def test_a_fresh_item_in_its_place_makes_another_run(path, saved, wanted, fresh, item):
    with_tensors(path, saved, lambda tensors: tensors.update({item: fresh[item]}))
    assert (outcome(path) == wanted) == (item in IDLE)


def test_the_step_matters(path, saved, wanted):
    tensors, notes = load_tensors(saved)
    assert notes["step"] == "5"
    save_tensors(path, tensors, notes | {"step": "0"})
    found = outcome(path)
    assert found[0][0][0] == 1
    assert found[1:] != wanted[1:]  # not only are the rounds counted from another one


def test_with_a_first_beta_of_zero_the_first_moments_are_forgotten(path, saved):
    """So a file of such a run holds tensors that do not matter: the price of not knowing one optimiser from another."""
    gan = GAN.from_recipe(WGAN_GP, 0)
    played(gan, 5)
    save(gan, path)
    wanted = outcome(path)

    def forget(tensors):
        for name in tensors:
            if name.endswith(".exp_avg"):
                tensors[name].zero_()

    assert outcome(with_tensors(path, path, forget)) == wanted
