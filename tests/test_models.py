"""Players take what they say they take, and refuse the rest with the remedy."""

import pytest
import torch

from gan_lessons.models import ToyDiscriminator, ToyGenerator, toy_players


@pytest.mark.parametrize("n", [0, 1, 5])
def test_toy_players_speak_in_points_and_scores(n):
    G, D = toy_players()
    x = G(torch.randn(n, 2))
    assert x.shape == (n, 2)
    assert D(x).shape == (n,)


def test_toy_players_are_as_wide_as_asked():
    G, D = toy_players(width=5, z_dim=3)
    assert G.z_dim == 3
    assert G(torch.randn(4, 3)).shape == (4, 2)
    assert [tuple(p.shape) for p in G.parameters()] == [(5, 3), (5,), (5, 5), (5,), (2, 5), (2,)]
    assert [tuple(p.shape) for p in D.parameters()] == [(5, 2), (5,), (5, 5), (5,), (1, 5), (1,)]


def test_toy_players_follow_the_global_generator():
    torch.manual_seed(1)
    G, D = toy_players()
    torch.manual_seed(1)
    again = toy_players()
    assert all(torch.equal(a, b) for a, b in zip(G.parameters(), again[0].parameters(), strict=True))
    assert all(torch.equal(a, b) for a, b in zip(D.parameters(), again[1].parameters(), strict=True))


def test_the_toy_discriminator_judges_each_point_alone():
    D, x = ToyDiscriminator(), torch.randn(6, 2)
    torch.testing.assert_close(torch.cat([D(point[None]) for point in x]), D(x))


def test_the_toy_discriminators_scores_are_raw():
    D = ToyDiscriminator()
    scores = D(1e3 * torch.randn(200, 2)).abs()
    assert scores.max() > 1  # neither a sigmoid nor a tanh


def test_players_in_double_precision_stay_there():
    G, D = (player.double() for player in toy_players())
    assert D(G(torch.randn(3, 2, dtype=torch.float64))).dtype == torch.float64


G_WANTS = "draw z with torch.randn(n, 3)"
D_WANTS = "give points of the plane, one a row"


@pytest.mark.parametrize(
    ("player", "given", "error", "message"),
    [
        (ToyGenerator(3), torch.randn(4, 2), ValueError, f"ToyGenerator takes shape (N, 3), not (4, 2): {G_WANTS}"),
        (ToyGenerator(3), torch.randn(3), ValueError, f"ToyGenerator takes shape (N, 3), not (3,): {G_WANTS}"),
        (ToyGenerator(3), torch.randn(1, 4, 3), ValueError, f"takes shape (N, 3), not (1, 4, 3): {G_WANTS}"),
        (ToyGenerator(3), torch.tensor(1.0), ValueError, f"ToyGenerator takes shape (N, 3), not (): {G_WANTS}"),
        (ToyGenerator(3), torch.ones(4, 3).long(), TypeError, f"floating-point numbers, not torch.int64: {G_WANTS}"),
        (ToyGenerator(3), [[0.0, 0.0, 0.0]], TypeError, "ToyGenerator takes a tensor, not list"),
        (ToyGenerator(3), 16, TypeError, "ToyGenerator takes a tensor, not int"),
        (ToyDiscriminator(), torch.randn(4, 3), ValueError, f"takes shape (N, 2), not (4, 3): {D_WANTS}"),
        (ToyDiscriminator(), torch.randn(2), ValueError, "ToyDiscriminator takes shape (N, 2), not (2,)"),
        (ToyDiscriminator(), torch.ones(4, 2).int(), TypeError, f"floating-point numbers, not torch.int32: {D_WANTS}"),
        (ToyDiscriminator(), (torch.randn(4, 2),), TypeError, "ToyDiscriminator takes a tensor, not tuple"),
    ],
)
def test_what_a_toy_player_cannot_take_is_refused_with_the_remedy(player, given, error, message):
    with pytest.raises(error) as caught:
        player(given)
    assert message in str(caught.value)
