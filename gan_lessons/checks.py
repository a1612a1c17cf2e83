"""What a game is checked for, so that a mistake stops it with a sentence and not with a wrong picture."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from gan_lessons.digits import check_images
from gan_lessons.streams import Stream

READ_EVERY = 100  # rounds between two looks at an accelerator's values: each look makes it wait


def data_for(G: nn.Module, D: nn.Module, data: Any, batch: int) -> Any:
    """`data`, on the players' device, once it has shown one good batch and D has scored it (training misses neither).

    Raises `TypeError` where there is no `.sample(n)` that gives a tuple of tensors, `ValueError` for numbers
    that are not finite, another number of samples, images outside [-1, 1], or scores that are not one a sample.
    """
    if isinstance(data, type) or not callable(getattr(data, "sample", None)):
        raise TypeError(f"data={data!r}: give something with .sample(n) -> (x, *labels), such as toys.Ring()")
    weight = next(G.parameters())
    if hasattr(data, "to"):
        data = data.to(weight.device)
    stream = Stream(0, weight.device)
    drawn = stream(data.sample, batch)
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
    with torch.no_grad(), evaluating(D):
        scores(stream(D, *drawn), x, getattr(D, "pack", 1))
    return data


@contextmanager
def evaluating(player: nn.Module) -> Iterator[None]:
    """Inside, batch norm uses its running statistics and leaves them, and dropout is off; then all is as before."""
    training = player.training
    player.eval()
    try:
        yield
    finally:
        player.train(training)


def scores(given: Tensor, x: Tensor, pack: int = 1, leading: int = 0) -> Tensor:
    """`given` if it is one score a sample, or one for `pack` of them, after `leading` dimensions of independent games.

    (N, 1) beside (N,) would broadcast to (N, N) without a word.
    """
    *games, n = x.shape[: leading + 1]
    if given.shape != (*games, n // pack):
        wanted = "(N,), as .squeeze(-1) does" if pack == 1 else f"(N / {pack},), as D.pack is {pack}"
        raise ValueError(f"D gave scores of shape {tuple(given.shape)} for {n} samples: return {wanted}")
    return given


class Guard:
    """Lets an optimiser step only while its player's loss and gradients are finite; from the first bad one on, none.

    So the last good weights stay. On the CPU it raises at once. An accelerator is not made to wait: there the fused
    optimisers skip every step by themselves (their `found_inf`, made for mixed precision) until `read` is called,
    which happens every 100 rounds.
    """

    def __init__(self, device: torch.device):
        self._bad, self._one = (torch.full((), x, dtype=torch.float32, device=device) for x in (0, 1))
        self._first = torch.full((), -1, device=device)  # 2 · step, and 1 more if it was G's
        self._waits = device.type != "cpu"

    def step(self, player: str, optimiser: torch.optim.Optimizer, loss: Tensor, step: int) -> None:
        """One step of the optimiser of `player` ("D" or "G"), whose gradients `loss` has just filled."""
        gradients = [w.grad for group in optimiser.param_groups for w in group["params"] if w.grad is not None]
        # The check of mixed-precision training, one call for all: sets `_bad` to 1 where anything is not finite.
        torch._amp_foreach_non_finite_check_and_unscale_([loss.detach(), *gradients], self._bad, self._one)
        if self._waits:
            which = torch.full_like(self._first, 2 * step + (player == "G"))
            self._first = torch.where((self._bad > 0) & (self._first < 0), which, self._first)
            optimiser.found_inf = self._bad
            if step % READ_EVERY == 0:
                self.read()
        elif self._bad:
            self._first.fill_(2 * step + (player == "G"))
            self.read()
        optimiser.step()

    def read(self) -> None:
        """Raise `FloatingPointError` if anything was not finite since the last reading; then steps are taken again."""
        first = int(self._first)
        if first >= 0:
            self._bad.zero_()
            self._first.fill_(-1)
            raise FloatingPointError(
                f"the loss of {'DG'[first % 2]} or its gradient was not finite at step {first // 2}. Both players "
                "keep the weights they had before. Try a lower learning rate, a gradient penalty on D, scores "
                "without a sigmoid, or no square root of something that can be zero."
            )
