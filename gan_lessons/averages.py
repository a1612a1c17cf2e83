"""The moving average of a generator: a second G whose weights lag behind and so lose the noise of single steps."""

import copy

import torch
from torch import nn


def start(G: nn.Module) -> nn.Module:
    """A copy of G to be averaged into; it is never trained."""
    return copy.deepcopy(G).requires_grad_(False)


@torch.no_grad()
def update(average: nn.Module, G: nn.Module, decay: float, step: int) -> None:
    """average ← decay · average + (1 - decay) · G, for every weight; buffers (batch norm's statistics) are copied.

    The first weights are chance, so early on they are forgotten faster: the decay is at most (step+1)/(step+10).
    """
    share = 1 - min(decay, (step + 1) / (step + 10))
    torch._foreach_lerp_(list(average.parameters()), list(G.parameters()), share)
    for mine, new in zip(average.buffers(), G.buffers(), strict=True):
        mine.copy_(new)
