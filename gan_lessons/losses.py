"""Losses of the two players. A loss is a value: a name and two pure functions of raw scores.

Scores are logits, never passed through a sigmoid. Both functions take `real` and `fake`, scores of shape
(..., N) for batches of N, and return a loss of shape (...): leading dimensions are independent games.
Softplus writes the logarithms of a sigmoid without overflow: softplus(-s) = -log σ(s).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from torch import Tensor
from torch.nn.functional import relu, softplus


@dataclass(frozen=True)
class Loss:
    """What each player minimises: `discriminator(real, fake)` and `generator(real, fake)`, scores (..., N) -> (...).

    `compares` says whether the generator's loss reads the real scores; only then does the game compute them.
    """

    name: str
    discriminator: Callable[[Tensor, Tensor], Tensor] = field(repr=False)
    generator: Callable[[Tensor | None, Tensor], Tensor] = field(repr=False)
    compares: bool = False


def cross_entropy(real: Tensor, fake: Tensor) -> Tensor:
    """D's loss in Goodfellow et al. 2014, equation 1, with the sign turned so that it is minimised."""
    return softplus(-real).mean(-1) + softplus(fake).mean(-1)  # -log σ(real) - log(1 - σ(fake))


minimax = Loss(
    "minimax",  # Goodfellow et al. 2014, equation 1
    discriminator=cross_entropy,
    generator=lambda real, fake: -softplus(fake).mean(-1),  # log(1 - σ(fake))
)
non_saturating = Loss(
    "non_saturating",  # Goodfellow et al. 2014, end of section 3
    discriminator=cross_entropy,
    generator=lambda real, fake: softplus(-fake).mean(-1),  # -log σ(fake)
)
least_squares = Loss(
    "least_squares",  # Mao et al. 2017, equation 9: a = 0, b = c = 1
    discriminator=lambda real, fake: ((real - 1).square().mean(-1) + fake.square().mean(-1)) / 2,
    generator=lambda real, fake: (fake - 1).square().mean(-1) / 2,
)
hinge = Loss(
    "hinge",  # Lim and Ye 2017; Miyato et al. 2018, equations 16 and 17
    discriminator=lambda real, fake: relu(1 - real).mean(-1) + relu(1 + fake).mean(-1),
    generator=lambda real, fake: -fake.mean(-1),
)
wasserstein = Loss(
    "wasserstein",  # Arjovsky et al. 2017, equation 2; the scores are a critic's, not a probability's
    discriminator=lambda real, fake: fake.mean(-1) - real.mean(-1),
    generator=lambda real, fake: -fake.mean(-1),
)
relativistic = Loss(
    "relativistic",  # Jolicoeur-Martineau 2019, RSGAN: each real sample is paired with one fake
    discriminator=lambda real, fake: softplus(fake - real).mean(-1),  # -log σ(real - fake)
    generator=lambda real, fake: softplus(real - fake).mean(-1),  # -log σ(fake - real)
    compares=True,
)
