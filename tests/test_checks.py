"""A mistake in the data, the scores or the loss stops the game with a sentence that holds the remedy."""

from types import SimpleNamespace

import pytest
import torch
from torch import nn

from gan_lessons import checks
from gan_lessons.toys import Ring

PLAYERS = nn.Linear(2, 2)


def giving(*drawn):
    """Data whose every sample is `drawn`."""
    return SimpleNamespace(sample=lambda n: drawn)


def check(data, players=PLAYERS, batch=4):
    return checks.data_for(players, data, batch)


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


def test_one_score_a_sample_passes():
    given = torch.zeros(4)
    assert checks.scores(given, torch.zeros(4, 1, 28, 28)) is given


@pytest.mark.parametrize("shape", [(4, 1), (1, 4), (3,), (), (4, 4)])
def test_other_scores_are_refused_with_the_remedy(shape):
    with pytest.raises(ValueError, match=r"D gave scores of shape \(.*\) for 4 samples: return \(N,\), as .squeeze"):
        checks.scores(torch.zeros(shape), torch.zeros(4, 2))


@pytest.mark.parametrize("loss", [torch.tensor(1e30), torch.tensor([0.0, -5.0]), torch.tensor(1.0, requires_grad=True)])
def test_a_finite_loss_passes(loss):
    assert checks.Finite("D", torch.device("cpu"))(loss, 3) is loss


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("player", ["D", "G"])
def test_a_loss_that_is_not_finite_names_player_step_and_remedy(bad, player):
    finite = checks.Finite(player, torch.device("cpu"))
    finite(torch.tensor(1.0), 16)
    with pytest.raises(FloatingPointError, match=f"the loss of {player} was not finite at step 17: try a lower"):
        finite(torch.tensor(bad), 17)
    finite(torch.tensor(1.0), 18)  # the game may go on once the cause is mended


def test_one_bad_game_among_many_is_enough():
    with pytest.raises(FloatingPointError, match="at step 0"):
        checks.Finite("G", torch.device("cpu"))(torch.tensor([1.0, float("nan"), 2.0]), 0)
