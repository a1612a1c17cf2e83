"""A mistake in the data, the scores or the loss stops the game with a sentence that holds the remedy."""

import copy
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from gan_lessons import GAN, SGD, Adam, checks, losses, penalties, recipes
from gan_lessons.digits import Digits
from gan_lessons.recipes import TOY
from gan_lessons.toys import Ring

WGAN_GP = replace(TOY, loss=losses.wasserstein, penalties=(penalties.wgan_gp(),), d_steps=3, average=0.9)


def giving(*drawn):
    """Data whose every sample is `drawn`."""
    return SimpleNamespace(sample=lambda n: drawn)


class Judge(nn.Module):
    """A discriminator of any kind of sample."""

    def forward(self, x, *labels):
        return x.flatten(1).sum(1)


G = nn.Linear(2, 2)


def check(data, D=Judge(), batch=4):  # noqa: B008
    return checks.data_for(G, D, data, batch)


@pytest.mark.parametrize(
    "data",
    [
        Ring(),
        giving(torch.zeros(4, 2)),
        giving(torch.zeros(4, 2), torch.arange(4)),
        giving(torch.zeros(4, 3, 8, 8)),
        giving(torch.full((4, 2), 255.0)),  # only images have a range
        giving(torch.rand(4, 1, 28, 28) * 2 - 1),
    ],
)
def test_good_data_is_handed_back(data):
    assert type(check(data)) is type(data)


def test_data_is_moved_to_the_players_if_it_can_be():
    moves = []
    data = SimpleNamespace(sample=lambda n: (torch.zeros(n, 2),), to=lambda device: moves.append(device) or data)
    assert check(data) is data
    assert moves == [torch.device("cpu")]


def test_the_trial_batch_is_not_missed():
    before = torch.get_rng_state()
    check(Ring())
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (torch.zeros(100, 2), TypeError, r"give something with .sample\(n\) -> \(x, \*labels\), such as toys.Ring\(\)"),
        (None, TypeError, r"data=None: give something with .sample\(n\)"),
        (SimpleNamespace(sample=3), TypeError, r"give something with .sample\(n\)"),
        (SimpleNamespace(sample=lambda n: torch.zeros(n, 2)), TypeError, r"data.sample gave Tensor: give a tuple of"),
        (SimpleNamespace(sample=lambda n: [torch.zeros(n, 2)]), TypeError, r"data.sample gave list: give a tuple of"),
        (giving([0.0, 1.0]), TypeError, r"give a tuple of tensors, \(x,\) or \(x, labels\)"),
        (giving(), TypeError, r"give a tuple of tensors, \(x,\) or \(x, labels\)"),
        (giving(torch.zeros(5, 2)), ValueError, r"data.sample\(4\) gave \[5\] samples: all must be 4"),
        (giving(torch.zeros(4, 2), torch.zeros(3)), ValueError, r"data.sample\(4\) gave \[4, 3\] samples"),
        (giving(torch.zeros(4, 2).double()), ValueError, "data is torch.float64 on cpu, the players torch.float32"),
        (giving(torch.zeros(4, 2).long()), ValueError, "data is torch.int64 on cpu.*: make them alike"),
        (giving(torch.tensor([[0.0, float("nan")]] * 4)), ValueError, "data holds NaN or infinity: remove such"),
        (giving(torch.tensor([[0.0, -float("inf")]] * 4)), ValueError, "data holds NaN or infinity"),
        (giving(torch.full((4, 1, 28, 28), 255.0)), ValueError, r"pixels from 255 to 255: scale to \[-1, 1\]"),
    ],
)
def test_bad_data_is_refused_with_the_remedy(data, error, message):
    with pytest.raises(error, match=message):
        check(data)


def test_the_class_instead_of_its_value_is_refused_with_the_remedy():
    with pytest.raises(TypeError, match=r"give something with .sample\(n\).*such as toys.Ring\(\)"):
        check(Ring)


def test_the_trial_leaves_the_discriminator_as_it_was():
    D = nn.Sequential(nn.BatchNorm1d(2), nn.Dropout(), nn.Linear(2, 1), nn.Flatten(0))
    before, numbers = copy.deepcopy(D.state_dict()), torch.get_rng_state()
    check(Ring(), D)
    assert all(torch.equal(value, D.state_dict()[name]) for name, value in before.items())
    assert all(module.training for module in D.modules())
    assert torch.equal(torch.get_rng_state(), numbers)


def test_scores_that_are_not_one_a_sample_are_refused_before_the_first_round():
    with pytest.raises(ValueError, match=r"D gave scores of shape \(4, 1\) for 4 samples: return \(N,\)"):
        check(Ring(), nn.Linear(2, 1))


def test_one_score_a_sample_passes():
    given = torch.zeros(4)
    assert checks.scores(given, torch.zeros(4, 1, 28, 28)) is given


@pytest.mark.parametrize("shape", [(4, 1), (1, 4), (3,), (), (4, 4)])
def test_other_scores_are_refused_with_the_remedy(shape):
    with pytest.raises(ValueError, match=r"D gave scores of shape \(.*\) for 4 samples: return \(N,\), as .squeeze"):
        checks.scores(torch.zeros(shape), torch.zeros(4, 2))


# The guard before each step


CPU = torch.device("cpu")
SIZES = [1e30, -5.0, 0.0]
BAD = [float("nan"), float("inf"), -float("inf")]


class Pretended(checks.Guard):
    """The guard of an accelerator, on the CPU: it may read nothing but every 100 rounds."""

    def __init__(self, device=CPU):
        super().__init__(device)
        self._waits = True


def moved(guard, loss=1.0, gradient=1.0, player="D", step=3, weight=None):
    """Whether an optimiser took its step with this loss and this gradient."""
    weight = nn.Parameter(torch.zeros(2)) if weight is None else weight
    before = weight.detach().clone()
    weight.grad = torch.tensor([0.5, gradient])
    guard.step(player, torch.optim.SGD([weight], 1e-3, fused=True), torch.as_tensor(loss), step)
    return not torch.equal(before, weight)


@pytest.mark.parametrize("kind", [checks.Guard, Pretended])
@pytest.mark.parametrize("loss", [*SIZES, torch.tensor([0.0, -5.0]), torch.tensor(1.0, dtype=torch.float64)])
def test_what_is_finite_is_stepped_on(kind, loss):
    assert moved(kind(CPU), loss, 1e20)


def test_double_precision_is_guarded_too():
    torch.set_default_dtype(torch.float64)
    try:
        assert moved(checks.Guard(CPU))
        with pytest.raises(FloatingPointError):
            moved(checks.Guard(CPU), gradient=float("nan"))
    finally:
        torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("where", ["loss", "gradient"])
@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("player", ["D", "G"])
def test_what_is_not_finite_names_player_step_and_remedy_before_the_weights_move(where, bad, player):
    guard, weight = checks.Guard(CPU), nn.Parameter(torch.zeros(2))
    with pytest.raises(
        FloatingPointError, match=f"the loss of {player} or its gradient was not finite at step 17.*Try a lower"
    ):
        moved(guard, **{where: bad}, player=player, step=17, weight=weight)
    assert torch.equal(weight, torch.zeros(2))
    assert moved(guard, step=18)  # the game may go on once the cause is mended


def test_one_bad_game_among_many_is_enough():
    with pytest.raises(FloatingPointError, match="at step 0"):
        moved(checks.Guard(CPU), torch.tensor([1.0, float("nan"), 2.0]), step=0)


@pytest.mark.parametrize("optimiser", [Adam(), SGD(momentum=0.9)])
@pytest.mark.parametrize("where", ["loss", "gradient"])
def test_an_accelerator_freezes_both_players_and_raises_at_the_hundredth_round(optimiser, where):
    guard, weight = Pretended(), nn.Parameter(torch.zeros(2))
    stepped = optimiser([weight])
    for step in range(100, 201):
        weight.grad = torch.tensor([0.5, float("nan") if where == "gradient" and step == 137 else 1.0])
        loss = torch.tensor(float("inf") if where == "loss" and step == 137 else 1.0)
        if step == 137:
            good = weight.detach().clone()
            state = copy.deepcopy(stepped.state_dict()["state"])
        if step == 200:
            with pytest.raises(FloatingPointError, match="the loss of G or its gradient was not finite at step 137"):
                guard.step("D", stepped, loss, step)
        else:
            guard.step("G", stepped, loss, step)
    assert torch.equal(weight, good)
    for name, value in state[0].items():
        assert torch.equal(stepped.state[weight][name], value), name
    assert moved(guard, step=201)


class Reading(TorchDispatchMode):
    """Counts the operations that must know a tensor's values before Python can go on."""

    WAITING = ("_local_scalar_dense", "nonzero", "equal", "masked_select", "is_nonzero")

    def __init__(self):
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        self.count += operation.overloadpacket.__name__ in self.WAITING
        return operation(*args, **(kwargs or {}))


@pytest.mark.parametrize("recipe", [TOY, WGAN_GP, recipes.DCGAN], ids=["toy", "WGAN-GP", "digits"])
def test_no_round_but_the_hundredth_reads_a_value_on_an_accelerator(recipe):
    gan = GAN.from_recipe(recipe, seed=0)
    gan.guard = Pretended()
    data = Digits(torch.zeros(20, 28, 28, dtype=torch.uint8)) if recipe is recipes.DCGAN else Ring()
    gan.round(data)
    counts = []
    for gan.step in (98, 99, 100):
        with Reading() as reading:
            gan.round(data)
        counts.append(reading.count)
    assert counts[:2] == [0, 0]
    assert counts[2] > 0
