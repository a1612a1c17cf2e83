"""What a game is checked for, so that a mistake stops it with a sentence and not with a wrong picture."""

from typing import Any

import torch
from torch import Tensor, nn

from gan_lessons.digits import check_images

READ_EVERY = 100  # rounds between two looks at an accelerator's values: each look makes it wait


def data_for(players: nn.Module, data: Any, batch: int) -> Any:
    """`data`, on the players' device, once it has shown one good batch (which training does not miss).

    Raises `TypeError` where there is no `.sample(n)` that gives a tuple of tensors, `ValueError` for numbers
    that are not finite, another number of samples, or images outside [-1, 1].
    """
    if isinstance(data, type) or not callable(getattr(data, "sample", None)):
        raise TypeError(f"data={data!r}: give something with .sample(n) -> (x, *labels), such as toys.Ring()")
    weight = next(players.parameters())
    if hasattr(data, "to"):
        data = data.to(weight.device)
    with torch.random.fork_rng(devices=[]):
        drawn = data.sample(batch)
    if not isinstance(drawn, tuple) or not drawn or not all(isinstance(part, Tensor) for part in drawn):
        raise TypeError(f"data.sample gave {type(drawn).__name__}: give a tuple of tensors, (x,) or (x, labels)")
    x = drawn[0]
    if any(len(part) != batch for part in drawn):
        raise ValueError(f"data.sample({batch}) gave {[len(part) for part in drawn]} samples: all must be {batch}")
    if x.device != weight.device or x.dtype != weight.dtype:
        raise ValueError(
            f"data is {x.dtype} on {x.device}, the players {weight.dtype} on {weight.device}: make them alike"
        )
    if not x.isfinite().all():
        raise ValueError("data holds NaN or infinity: remove such samples before training")
    if x.ndim == 4 and x.shape[1:] == (1, 28, 28):
        check_images(x)
    return data


def scores(given: Tensor, x: Tensor) -> Tensor:
    """`given` if it is one score a sample; (N, 1) beside (N,) would broadcast to (N, N) without a word."""
    if given.shape != x.shape[:1]:
        raise ValueError(
            f"D gave scores of shape {tuple(given.shape)} for {len(x)} samples: return (N,), as .squeeze(-1) does"
        )
    return given


class Finite:
    """Stops a player at a loss that is NaN or infinite, before the optimiser takes it into the weights.

    On the CPU at once. An accelerator is not made to wait: it keeps the first bad step, read every 100 rounds.
    """

    def __init__(self, player: str, device: torch.device):
        self.player, self.device = player, device
        self.first_bad = torch.full((), -1, device=device)

    def __call__(self, loss: Tensor, step: int) -> Tensor:
        bad = ~loss.detach().isfinite().all() & (self.first_bad < 0)
        self.first_bad = torch.where(bad, step, self.first_bad)
        if (self.device.type == "cpu" or step % READ_EVERY == 0) and self.first_bad >= 0:
            found, self.first_bad = self.first_bad.item(), torch.full_like(self.first_bad, -1)
            raise FloatingPointError(
                f"the loss of {self.player} was not finite at step {found}: "
                "try a lower learning rate, a gradient penalty on D, or scores without a sigmoid"
            )
        return loss
