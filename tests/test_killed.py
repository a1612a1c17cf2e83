"""Real processes are killed while they save: there is always a whole checkpoint, the old one or the new one."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest
import torch

from gan_lessons import checkpoints
from gan_lessons.checkpoints import load, save
from gan_lessons.streams import Stream

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has neither fork nor SIGKILL")

KILLS, CRUMBS = 50, 5
WIDTH = 400  # of the players: a file of 4.6 MB

# Starting Python and torch takes seconds, fifty times minutes. So one process, the nursery, starts them once and forks
# the savers. A saver writes game k, k + 1, …, and says so after each; every tensor of game k is full of k.
NURSERY = f"""
import functools, os, sys, time, torch
from gan_lessons import GAN, Recipe, checkpoints, losses, models, toys
from gan_lessons.streams import Stream

def say(*words):  # at once, and in one piece: several savers share the pipe
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

def save_on(k, times):
    say("begins", k)
    for k in range(k, k + times):
        for state in checkpoints._state(gan).values():
            for tensor in state.values():
                tensor.fill_(k % 256)
        gan.step, gan.random = k, Stream(k)
        checkpoints.save(gan, sys.argv[1])
        say("saved", k)

def fork(k, times):
    pid = os.fork()
    if pid == 0:
        try:
            save_on(k, times)
            os._exit(0)
        finally:  # an error, or nobody listens any more: no saver may outlive the test
            os._exit(1)
    say("forked", pid)

torch.set_num_threads(1)
players = functools.partial(models.toy_players, width={WIDTH})
gan = GAN.from_recipe(Recipe(loss=losses.hinge, players=players, batch=2, average=0.9), 0)
for _ in gan.train(toys.Ring(), 1):
    pass
save_on(1, 1)
started = time.monotonic()
save_on(2, 4)
say("seconds", (time.monotonic() - started) / 4)
for line in sys.stdin:
    word, *numbers = line.split()
    if word == "fork":
        fork(*map(int, numbers))
    else:
        say("ended", os.waitpid(int(numbers[0]), 0)[1])
"""


class Nursery:
    """The process that forks savers, and the last number that it said after each word."""

    def __init__(self, path):
        one_thread = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # a process with threads should not fork
        self.process = subprocess.Popen(
            [sys.executable, "-c", NURSERY, path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | one_thread,
        )
        self.said = {}
        self.savers = set()
        self.listen("seconds")

    def listen(self, *words):
        """Until each of these words has been said."""
        for word in words:
            self.said.pop(word, None)
        while not self.said.keys() >= set(words):
            line = self.process.stdout.readline()
            assert line, "the nursery has died"
            word, number = line.split()
            self.said[word] = float(number) if word == "seconds" else int(number)

    def fork(self, first, times):
        """Start a saver; returns its process number once it has begun."""
        print("fork", first, times, file=self.process.stdin, flush=True)
        self.listen("forked", "begins")
        self.savers.add(self.said["forked"])
        return self.said["forked"]

    def end(self, saver):
        """Wait for the end of a saver; returns its exit status, negative for a signal."""
        print("wait", saver, file=self.process.stdin, flush=True)
        self.listen("ended")
        self.savers.remove(saver)
        return os.waitstatus_to_exitcode(self.said["ended"])

    def close(self):
        for saver in self.savers:
            os.kill(saver, signal.SIGKILL)
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("killed") / "game.safetensors"


@pytest.fixture(scope="module")
def nursery(path):
    nursery = Nursery(path)
    yield nursery
    nursery.close()


def loaded(path):
    """The number of the game at `path`, all of which is of that one game."""
    gan = load(path)
    state = checkpoints._state(gan)
    assert torch.equal(state.pop("random")["cpu"], Stream(gan.step).state()["cpu"])
    for part, tensors in state.items():
        for name, tensor in tensors.items():
            assert (tensor == gan.step % 256).all(), f"{part}/{name} is not of game {gan.step}"
    return gan.step


def test_savers_of_one_path_do_not_disturb_each_other(path, nursery):
    gan = load(path)
    savers = [nursery.fork(first, 60) for first in (1_000, 2_000)]
    for _ in range(20):
        save(gan, path)
        loaded(path), loaded(path)  # the file changes while it is read
    assert [nursery.end(saver) for saver in savers] == [0, 0]
    assert loaded(path) in (gan.step, 1_059, 2_059)
    assert os.listdir(path.parent) == [path.name]


def test_a_process_killed_while_saving_leaves_a_whole_checkpoint(path, nursery):
    dice = random.Random()  # other moments every time
    now, left, kills = loaded(path), set(), 0
    # A kill proves something if it comes after the first byte of a new file and before its name: it leaves a crumb.
    while kills < KILLS or len(left) < CRUMBS:
        kills += 1
        assert kills < 20 * KILLS, f"only {len(left)} kills came in the middle of a write"
        first, nursery.said["saved"] = 1_000 * kills, now
        saver = nursery.fork(first, 900)
        time.sleep(dice.uniform(0, 3 * nursery.said["seconds"]))
        os.kill(saver, signal.SIGKILL)
        assert nursery.end(saver) == -signal.SIGKILL  # it had neither ended by itself nor failed
        said = nursery.said["saved"]
        before, now = now, loaded(path)
        assert now in (said, first if said == before else said + 1)  # killed before, or after, the new name appeared
        new = set(path.parent.iterdir()) - left - {path}
        assert len(new) <= 1
        left |= new

    gan = load(path)
    save(gan, path)
    assert set(path.parent.iterdir()) == left | {path}  # for all it knows, somebody still writes them
    for crumb in left:
        os.utime(crumb, (time.time() - 7_200,) * 2)
    save(gan, path)
    assert os.listdir(path.parent) == [path.name]
    assert loaded(path) == now
