"""A recipe is a value: every hyper-parameter of a run, the players included. Vary it with `dataclasses.replace`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from gan_lessons import losses, models, penalties
from gan_lessons.schedules import Linear, Schedule, value_at


def _check_rate(lr: "float | Schedule") -> None:
    if not value_at(lr, 0) >= 0:
        raise ValueError(f"lr={lr}: the learning rate must be a number ≥ 0, for example 1e-3")


@dataclass(frozen=True)
class Adam:
    """Adam (Kingma and Ba 2015) with learning rate `lr`, a number or a schedule over the generator's steps."""

    lr: "float | Schedule" = 1e-3
    betas: tuple[float, float] = (0.5, 0.999)
    eps: float = 1e-8

    def __post_init__(self):
        _check_rate(self.lr)
        if len(self.betas) != 2 or not all(0 <= beta < 1 for beta in self.betas):
            raise ValueError(f"betas={self.betas}: give two numbers in [0, 1), for example (0.5, 0.999)")
        object.__setattr__(self, "betas", tuple(float(beta) for beta in self.betas))  # torch refuses an integer 0

    def __call__(self, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
        return torch.optim.Adam(parameters, value_at(self.lr, 0), self.betas, self.eps, fused=True)


@dataclass(frozen=True)
class SGD:
    """Plain gradient descent with learning rate `lr`, a number or a schedule, and momentum."""

    lr: "float | Schedule" = 1e-2
    momentum: float = 0.0

    def __post_init__(self):
        _check_rate(self.lr)

    def __call__(self, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
        return torch.optim.SGD(parameters, value_at(self.lr, 0), self.momentum, fused=True)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What `GAN.from_recipe` needs to know.

    loss       the two objectives, one of `losses`
    players    a function () -> (G, D); `functools.partial(models.toy_players, width=128)` varies one
    penalties  terms of D's loss; each has `where`, `weight`, `every` and `value(D, x, *cond)`
    guides     terms of G's loss; each has `weight` and `value(D, real, fake, *cond)`
    batch      samples of each kind in a step, ≥ 1
    d_steps    updates of D in a round, ≥ 1; g_steps the same for G
    opt_G, opt_D   `Adam(...)` or `SGD(...)`
    average    decay of the moving average of G's weights, in (0, 1), or None for none
    clip       D's weights are kept in [-clip, clip] after each of its steps (Arjovsky et al. 2017), or None
    instance_noise   standard deviation, a number ≥ 0 or a schedule, of Gaussian noise added to all that D sees,
               real and fake (Sønderby et al. 2017)

    Raises `ValueError` or `TypeError`, naming the field and a value that works.
    """

    loss: losses.Loss
    players: Callable[[], tuple[nn.Module, nn.Module]]
    penalties: tuple[Any, ...] = ()
    guides: tuple[Any, ...] = ()
    batch: int = 64
    d_steps: int = 1
    g_steps: int = 1
    opt_G: Adam | SGD = field(default_factory=Adam)
    opt_D: Adam | SGD = field(default_factory=Adam)
    average: float | None = None
    clip: float | None = None
    instance_noise: "float | Schedule" = 0.0

    def __post_init__(self):
        if not isinstance(self.loss, losses.Loss):
            raise TypeError(f"loss={self.loss!r}: give a Loss, for example losses.non_saturating")
        if not callable(self.players):
            raise TypeError(
                f"players is a {type(self.players).__name__}: give a function () -> (G, D), such as models.toy_players"
            )
        for name in ("opt_G", "opt_D"):
            if not isinstance(getattr(self, name), Adam | SGD):
                raise TypeError(f"{name}={getattr(self, name)!r}: give Adam(...) or SGD(...) of this package")
        for name in ("penalties", "guides"):
            if not isinstance(getattr(self, name), tuple):
                raise TypeError(f"{name}={getattr(self, name)!r}: give a tuple; one term is written (term,)")
            if not all(hasattr(term, "value") for term in getattr(self, name)):
                raise TypeError(
                    f"{name}={getattr(self, name)!r}: a term has .value; is one not called, like r1 for r1(0.1)?"
                )
        for name in ("batch", "d_steps", "g_steps"):
            number = getattr(self, name)
            if not isinstance(number, int) or number < 1:
                raise ValueError(f"{name}={number!r}: give a whole number ≥ 1")
        if self.average is not None and not 0 < self.average < 1:
            raise ValueError(f"average={self.average}: give a number between 0 and 1, such as 0.999, or None")
        if self.clip is not None and not self.clip > 0:
            raise ValueError(f"clip={self.clip}: give a number > 0, such as 0.01, or None")
        if not value_at(self.instance_noise, 0) >= 0:
            raise ValueError(f"instance_noise={self.instance_noise}: give a number ≥ 0, such as 0.1")


_TOY_ADAM = Adam(Linear(4e-3, 1e-4, over=2_000))
#: Two small players in the plane for 2,000 steps, kept calm by a small R1 penalty and ever smaller steps.
TOY = Recipe(
    loss=losses.non_saturating,
    players=models.toy_players,
    penalties=(penalties.r1(0.1),),
    opt_G=_TOY_ADAM,
    opt_D=_TOY_ADAM,
)


def _falling(lr: float, steps: int) -> Adam:
    """Large steps at first, ever smaller ones later."""
    return Adam(Linear(lr, lr / 100, over=steps), betas=(0.0, 0.99))


def _dcgan(batch: int, lr_G: float, lr_D: float, steps: int, average: float) -> Recipe:
    """Small batches, a G faster than D, and a slope penalty in every eighth round."""
    return Recipe(
        loss=losses.non_saturating,
        players=models.conv_players,
        penalties=(penalties.r1(0.5, every=8),),
        batch=batch,
        opt_G=_falling(lr_G, steps),
        opt_D=_falling(lr_D, steps),
        average=average,
    )


def _wgan_gp(d_steps: int, adam: Adam, batch: int = 16, average: float = 0.99) -> Recipe:
    """The same players, D as a critic held to slope one."""
    return Recipe(
        loss=losses.wasserstein,
        players=models.conv_players,
        penalties=(penalties.wgan_gp(10.0),),
        batch=batch,
        d_steps=d_steps,
        opt_G=adam,
        opt_D=adam,
        average=average,
    )


#: Convolutional players on digits for 2,000 steps: about 80 seconds on one core.
DCGAN = _dcgan(batch=16, lr_G=5e-3, lr_D=2e-3, steps=2_000, average=0.99)
#: The same for 40,000 steps with larger batches: what data/pretrained holds.
DCGAN_LONG = _dcgan(batch=32, lr_G=4e-3, lr_D=2e-3, steps=40_000, average=0.999)
#: A critic with a gradient penalty instead, for 1,500 steps: as many seconds.
WGAN_GP = _wgan_gp(d_steps=1, adam=_falling(6e-3, steps=1_500))
#: The same with five steps of the critic in a round and β as in the paper, for 420 steps: as many seconds again.
WGAN_GP_FIVE = _wgan_gp(d_steps=5, adam=Adam(1e-3, betas=(0.0, 0.9)))
#: One critic step for 10,000 steps with larger batches: what data/pretrained holds.
WGAN_GP_LONG = _wgan_gp(d_steps=1, adam=_falling(4e-3, steps=10_000), batch=32, average=0.999)
