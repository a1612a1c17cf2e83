"""Runs judged while they train: what the numbers are, and that judging changes nothing."""

from dataclasses import replace
from functools import partial

import pytest
import torch
from torch.testing import assert_close

from gan_lessons import digits, features, logbook, models, pretrained, recipes
from gan_lessons.files import save_tensors
from gan_lessons.training import GAN

SMALL = replace(recipes.WGAN_GP, players=partial(models.conv_players, width=8, z_dim=4), batch=8)


class Counter:
    """Stands in for the judge: its "floors" are the mean grey."""

    def floors(self, x):
        return x.mean().item()


@pytest.fixture
def data(monkeypatch):
    monkeypatch.setattr(features, "SAMPLES", 50)
    monkeypatch.setattr(features, "judge", lambda name: Counter())
    torch.manual_seed(0)
    return [digits.Digits(torch.randint(256, (60, 28, 28), dtype=torch.uint8)) for _ in range(2)]


def test_a_run_is_judged_evenly_and_its_average_at_the_end(data):
    log = logbook.record(logbook.Logged(SMALL, steps=7), *data, seed=1, points=3)
    assert log.step.tolist() == [2, 4, 6]
    assert (log.seconds.diff() > 0).all()
    assert log.averaged.isnan().tolist() == [True, True, False]
    assert all(measure.dtype == torch.float64 for measure in log)


def test_judging_does_not_change_the_run(data):
    often, once = (logbook.record(logbook.Logged(SMALL, steps=6), *data, seed=1, points=n) for n in (3, 1))
    for measure in ("loss_D", "loss_G", "train_D", "slope"):
        assert getattr(often, measure)[-1] == getattr(once, measure)[-1]


def test_losses_are_those_of_held_out_digits_and_of_g_itself(data, monkeypatch):
    games = []
    monkeypatch.setattr(GAN, "from_recipe", lambda *given: games.append(GAN(*SMALL.players(), *given)) or games[-1])
    log = logbook.record(logbook.Logged(SMALL, steps=2), *data, seed=1, points=1)
    (gan,) = games
    torch.manual_seed(2)  # as at step 2
    with torch.no_grad():
        gan.G.eval()
        fake = gan.G(gan.noise(50))
        gap = [gan.D(digits.to_float(x.images[:50])).mean() - gan.D(fake).mean() for x in data]
    train, test = gap
    assert_close(log.loss_D, -test.double()[None])
    assert_close(log.train_D, -train.double()[None])
    assert_close(log.loss_G, -gan.D(fake).mean().double()[None])
    assert_close(log.floors, fake.mean().double()[None])


def test_a_log_is_read_as_it_was_written_and_others_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(pretrained, "PRETRAINED", tmp_path)
    tensors = {f"dcgan/{measure}": torch.rand(5, 10) for measure in logbook.Log._fields}
    save_tensors(pretrained.path("logbook", "MNIST"), tensors, {})
    assert torch.equal(logbook.read("dcgan", "MNIST").floors, tensors["dcgan/floors"])
    with pytest.raises(ValueError, match="no runs 'gan': there are dcgan, wgan_gp"):
        logbook.read("gan", "MNIST")
