"""The moving average follows its formula, weight by weight, and copies what is no weight."""

import pytest
import torch
from torch import nn

from gan_lessons import averages


def network():
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2)).double()


def test_the_average_starts_as_a_copy_that_is_never_trained():
    G = network()
    average = averages.start(G)
    for mine, new in zip(average.parameters(), G.parameters(), strict=True):
        assert torch.equal(mine, new)
        assert mine.data_ptr() != new.data_ptr()
        assert not mine.requires_grad
        assert new.requires_grad


@pytest.mark.parametrize(
    ("decay", "step", "kept"),
    [
        (0.9, 0, 0.1),  # early on (step+1)/(step+10) is the smaller
        (0.9, 8, 0.5),
        (0.9, 80, 0.9),
        (0.9, 10_000, 0.9),
        (0.999, 10_000, 0.999),
        (0.5, 3, 4 / 13),
    ],
)
def test_one_update_is_the_formula(decay, step, kept):
    average, G = averages.start(network()), network()
    old = [p.clone() for p in average.parameters()]
    trained = [p.detach().clone() for p in G.parameters()]
    averages.update(average, G, decay, step)
    for mine, before, now, new in zip(average.parameters(), old, trained, G.parameters(), strict=True):
        torch.testing.assert_close(mine, kept * before + (1 - kept) * now, rtol=1e-12, atol=1e-14)
        assert torch.equal(new, now)  # G itself is left alone


def test_buffers_are_copied():
    average, G = averages.start(network()), network()
    G(torch.randn(16, 3, dtype=torch.float64) + 5)
    averages.update(average, G, 0.999, step=50)
    assert average[1].num_batches_tracked == 1
    for mine, new in zip(average.buffers(), G.buffers(), strict=True):
        assert torch.equal(mine, new)
        assert mine.data_ptr() != new.data_ptr()


def test_updates_record_no_gradient():
    average, G = averages.start(network()), network()
    averages.update(average, G, 0.9, step=0)
    assert all(p.grad_fn is None and not p.requires_grad for p in average.parameters())


def test_the_average_of_a_generator_at_rest_arrives_there():
    average, G = averages.start(network()), network()
    for step in range(400):
        averages.update(average, G, 0.9, step)
    for mine, new in zip(average.parameters(), G.parameters(), strict=True):
        torch.testing.assert_close(mine, new.detach(), rtol=1e-10, atol=1e-12)
