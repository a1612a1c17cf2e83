"""What only an NVIDIA GPU can show; everywhere else these tests are skipped."""

from dataclasses import replace

import pytest
import torch

from gan_lessons import GAN, Adam, checkpoints, digits, losses, penalties, recipes
from gan_lessons.recipes import TOY
from gan_lessons.toys import Ring

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
WGAN_GP = replace(
    TOY, loss=losses.wasserstein, penalties=(penalties.wgan_gp(),), d_steps=3, average=0.9, opt_G=Adam(1e-3)
)


def play(gan, steps, data=None):
    return [record["loss_D"].item() for record in gan.train(data or Ring(), steps)]


@pytest.mark.parametrize("recipe", [TOY, WGAN_GP, recipes.DCGAN], ids=["toy", "WGAN-GP", "digits"])
def test_no_round_waits_for_the_device(recipe):
    gan = GAN.from_recipe(recipe, seed=0, device="cuda")
    data = (digits.Digits(torch.zeros(100, 28, 28, dtype=torch.uint8)) if recipe is recipes.DCGAN else Ring()).to(
        "cuda"
    )
    for _ in range(3):
        gan.round(data)  # optimisers and libraries set themselves up
    torch.cuda.set_sync_debug_mode("error")
    try:
        for _ in range(20):
            gan.round(data)
    finally:
        torch.cuda.set_sync_debug_mode("default")


def test_a_loss_that_is_not_finite_freezes_both_players_until_it_is_read():
    sick = torch.tensor(0.0, device="cuda")
    loss = replace(losses.non_saturating, discriminator=lambda real, fake: losses.cross_entropy(real, fake) + sick)
    gan = GAN.from_recipe(replace(TOY, loss=loss), seed=0, device="cuda")
    play(gan, 30)
    sick.fill_(float("nan"))
    before = [weight.detach().clone() for weight in (*gan.G.parameters(), *gan.D.parameters())]
    with pytest.raises(FloatingPointError, match="the loss of D or its gradient was not finite at step 30"):
        play(gan, 200)
    assert gan.step == 100
    for weight, old in zip((*gan.G.parameters(), *gan.D.parameters()), before, strict=True):
        assert torch.equal(weight, old)
    sick.fill_(0.0)
    play(gan, 5)
    assert not torch.equal(next(gan.G.parameters()), before[0])


def test_the_end_of_a_run_is_read_too():
    loss = replace(losses.non_saturating, generator=lambda real, fake: fake.mean() * float("inf"))
    gan = GAN.from_recipe(replace(TOY, loss=loss), seed=0, device="cuda")
    with pytest.raises(FloatingPointError, match="the loss of G or its gradient was not finite at step 0"):
        play(gan, 7)


@pytest.mark.parametrize("recipe", [TOY, WGAN_GP], ids=["toy", "WGAN-GP"])
def test_a_saved_game_goes_on_exactly(recipe, tmp_path):
    whole, gan = (GAN.from_recipe(recipe, seed=0, device="cuda") for _ in range(2))
    wanted = play(whole, 20)
    play(gan, 10)
    checkpoints.save(gan, tmp_path / "game")
    assert play(checkpoints.load(tmp_path / "game", device="cuda"), 10) == wanted[10:]


def test_a_game_moves_between_devices(tmp_path):
    gan = GAN.from_recipe(WGAN_GP, seed=0, device="cuda")
    play(gan, 5)
    checkpoints.save(gan, tmp_path / "game")
    moved = checkpoints.load(tmp_path / "game", device="cpu")
    z = gan.fixed_noise(9)
    assert torch.allclose(gan.sample(z).cpu(), moved.sample(z.cpu()), atol=1e-5)
    play(moved, 3)
