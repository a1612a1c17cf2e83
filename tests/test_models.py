"""Players take what they say they take, and refuse the rest with the remedy."""

import math

import pytest
import torch
from scipy.stats import kstest
from torch import nn

from gan_lessons.ensemble import stack
from gan_lessons.models import (
    ConvDiscriminator,
    ConvGenerator,
    Dense,
    SpectralNorm,
    ToyDiscriminator,
    ToyGenerator,
    conv_players,
    dirac_players,
    spectral,
    toy_players,
)
from gan_lessons.penalties import gradient_norm


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


def test_a_packed_discriminator_judges_neighbours_together():
    D, x = ToyDiscriminator(pack=3), torch.randn(12, 2)
    scores = D(x)
    assert scores.shape == (4,)
    torch.testing.assert_close(torch.cat([D(pack) for pack in x.split(3)]), scores)
    torch.testing.assert_close(D.layers(x.reshape(4, 6)).squeeze(1), scores)
    with pytest.raises(ValueError, match="10 samples cannot be packed by 3: choose a batch that 3 divides"):
        D(torch.randn(10, 2))


def test_a_packed_image_discriminator_sees_its_images_as_channels():
    D, x = ConvDiscriminator(width=8, pack=2), torch.randn(6, 1, 28, 28)
    scores = D(x)
    assert scores.shape == (3,)
    torch.testing.assert_close(torch.cat([D(pack) for pack in x.split(2)]), scores)
    torch.testing.assert_close(D.layers(x.reshape(3, 2, 28, 28)), scores)


def matrices(player):
    return [layer.weight.detach().flatten(1) for layer in player.modules() if isinstance(layer, nn.Linear | nn.Conv2d)]


@pytest.mark.parametrize("make", [lambda: ToyDiscriminator(16), lambda: ConvDiscriminator(8)], ids=["dense", "conv"])
def test_spectral_normalisation_makes_every_largest_singular_value_one(make):
    torch.manual_seed(0)
    D = make()
    before = matrices(D)
    normalised = spectral(D).double()
    for _ in range(100):  # each reading of a weight is a step of the power method
        found = matrices(normalised)
    for mine, old in zip(found, before, strict=True):
        assert torch.linalg.matrix_norm(mine, 2).item() == pytest.approx(1, rel=1e-3)
        torch.testing.assert_close(mine, old.double() / torch.linalg.matrix_norm(old.double(), 2), rtol=1e-3, atol=1e-4)


def test_a_spectrally_normalised_discriminator_has_slope_one_at_most():
    torch.manual_seed(0)
    D = toy_players(width=16, spectral_norm=True)[1].double()
    with torch.no_grad():
        for weight in D.parameters():
            weight.mul_(7)
    for _ in range(100):
        D(torch.zeros(1, 2).double())
    assert gradient_norm(D, 3 * torch.randn(2_000, 2).double()).max() < 1.001


def test_the_gradient_through_spectral_normalisation_equals_finite_differences():
    torch.manual_seed(0)
    weight = torch.randn(4, 3, dtype=torch.float64)
    norm, direction = SpectralNorm(weight, first_steps=200).eval(), torch.randn(4, 3, dtype=torch.float64)

    def exact(weight):
        return (direction * weight / torch.linalg.matrix_norm(weight, 2)).sum()

    mine, theirs = weight.clone().requires_grad_(True), weight.clone().requires_grad_(True)
    (direction * norm(mine)).sum().backward()
    exact(theirs).backward()
    torch.testing.assert_close(mine.grad, theirs.grad, rtol=1e-6, atol=1e-9)


def test_in_evaluation_the_estimate_stays():
    norm = SpectralNorm(torch.randn(4, 3))
    before = norm.u.clone()
    norm.eval()(torch.randn(4, 3))
    assert torch.equal(norm.u, before)
    norm.train()(torch.randn(4, 3))
    assert not torch.equal(norm.u, before)


def test_stacked_dense_layers_are_the_single_ones():
    ones = [Dense(3, 2).double() for _ in range(4)]
    stacked, x = stack(ones), torch.randn(4, 5, 3).double()
    assert stacked.members == (4,)
    expected = torch.stack(
        [nn.functional.linear(part, one.weight, one.bias) for part, one in zip(x, ones, strict=True)]
    )
    torch.testing.assert_close(stacked(x), expected, rtol=1e-13, atol=1e-13)


def test_the_dirac_players_are_a_point_and_a_line():
    G, D = dirac_players(radius=2.0)
    theta, psi = G.theta.item(), D.psi.item()
    assert math.hypot(theta, psi) == pytest.approx(2, rel=1e-6)
    assert G(torch.randn(3, 1)).tolist() == [[theta]] * 3
    x = torch.randn(4, 1)
    torch.testing.assert_close(D(x), psi * x[:, 0])
    angles = [
        torch.atan2(*(p.detach() for p in (D.psi, G.theta))).item() for G, D in (dirac_players() for _ in range(400))
    ]
    assert kstest(angles, "uniform", (-math.pi, 2 * math.pi)).pvalue > 1e-4


def test_toy_players_are_made_for_points_of_any_number_of_coordinates():
    G, D = toy_players(width=5, x_dim=8, z_dim=3, pack=2)
    x = G(torch.randn(4, 3))
    assert x.shape == (4, 8)
    assert D(x).shape == (2,)
    with pytest.raises(
        ValueError, match=r"takes shape \(N, 8\), not \(4, 2\): give points of 8 coordinates, one a row"
    ):
        D(torch.randn(4, 2))


@pytest.mark.parametrize(
    ("make", "G", "D"),
    [(toy_players, ToyGenerator, ToyDiscriminator), (conv_players, ConvGenerator, ConvDiscriminator)],
)
def test_the_generator_draws_its_first_weights_first(make, G, D):
    """So that a seed gives the same game in every version, and the shipped generators can be made again."""
    torch.manual_seed(3)
    players = make()
    torch.manual_seed(3)
    for found, alone in zip(players, (G(), D()), strict=True):
        assert all(torch.equal(a, b) for a, b in zip(found.parameters(), alone.parameters(), strict=True))
