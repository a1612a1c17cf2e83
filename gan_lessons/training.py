"""The whole game: two players, one round after the other."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from gan_lessons import averages, checks, interrupts
from gan_lessons.recipes import Recipe
from gan_lessons.schedules import value_at
from gan_lessons.streams import Stream, Streams

Record = dict[str, Any]  # "step", "steps": int; "loss_D", "loss_G": tensors without a gradient, on the GAN's device
PIECE = 500  # samples generated at a time: convolutions need much memory for each


def best_device() -> torch.device:
    """CUDA if there is one, else Apple's MPS, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


class GAN:
    """A generator and a discriminator, and the rules of their game.

    `G(z, *cond)` turns noise (N, G.z_dim) into samples; `D(x, *cond)` gives raw scores (N,). `seed` fixes
    every random number of the run (None: drawn from torch's generator); or it is a stream to continue.
    """

    leading = 0  # dimensions of weights and samples before those of one game

    def __init__(self, G: nn.Module, D: nn.Module, recipe: Recipe, seed: int | Stream | Streams | None = None):
        if not isinstance(getattr(G, "z_dim", None), int):
            raise TypeError(f"{type(G).__name__} has no z_dim: set G.z_dim to the length of its noise, such as 64")
        self.G, self.D, self.recipe, self.step = G, D, recipe, 0
        self.device = next(G.parameters()).device
        self.random = seed if isinstance(seed, Stream | Streams) else Stream(seed, self.device)
        self.opt_G, self.opt_D = recipe.opt_G(G.parameters()), recipe.opt_D(D.parameters())
        self.average = averages.start(G) if recipe.average else None
        self.guard = checks.Guard(self.device)

    @classmethod
    def from_recipe(cls, recipe: Recipe, seed: int | None = None, device: torch.device | str = "cpu") -> "GAN":
        """Build the recipe's players on `device`, their first weights drawn from the run's own stream."""
        stream = Stream(seed, device)
        G, D = (player.to(device) for player in stream(recipe.players))
        return cls(G, D, recipe, stream)

    def train(self, data, steps: int) -> Iterator[Record]:
        """Play `steps` rounds, handing out a record after each: the caller's loop logs, draws and stops.

        `data` has `.sample(n) -> (x, *labels)`, and is moved to the GAN's device once if it has `.to(device)`.
        Steps and data are checked at the call. `break` at any time: every round is whole.
        """
        if not isinstance(steps, int) or steps < 0:
            raise ValueError(f"steps={steps!r}: give a whole number ≥ 0")
        return self._rounds(self._checked(data), self.step + steps)

    def _rounds(self, data, steps: int) -> Iterator[Record]:
        while self.step < steps:
            with interrupts.held():
                record = self.round(data)
            yield {"step": self.step, "steps": steps, **record}
        self.guard.read()

    def round(self, data) -> Record:
        """D's updates, then G's, then the moving average."""
        with self.random:
            self._set_rates()
            for _ in range(self.recipe.d_steps):
                real, *cond = self.random(data.sample, self.recipe.batch)
                with torch.no_grad():
                    fake = self._fake(real, *cond)
                record = self.update_D(real, fake, *cond)
            for _ in range(self.recipe.g_steps):
                record |= self.update_G(real, *cond)
            if self.average is not None:
                averages.update(self.average, self.G, self.recipe.average, self.step)
        self.step += 1
        return record

    def update_D(self, real: Tensor, fake: Tensor, *cond: Tensor) -> Record:
        """One step of D on samples that G has no part in: `fake` is detached."""
        loss = self.loss_D(real, fake.detach(), *cond)
        self.opt_D.zero_grad()
        loss.sum().backward()
        self.guard.step("D", self.opt_D, loss, self.step)
        if self.recipe.clip is not None:
            with torch.no_grad():
                for weight in self.D.parameters():
                    weight.clamp_(-self.recipe.clip, self.recipe.clip)
        return {"loss_D": loss.detach()}

    def loss_D(self, real: Tensor, fake: Tensor, *cond: Tensor) -> Tensor:
        """D's loss with every penalty; no step is taken."""
        real, fake = self._seen(real), self._seen(fake)
        loss = self.recipe.loss.discriminator(self._scores(real, *cond), self._scores(fake, *cond))
        for penalty in self.recipe.penalties:
            if self.step % penalty.every == 0:
                x = self.random(penalty.where, real, fake)
                weight = value_at(penalty.weight, self.step) * penalty.every
                loss = loss + weight * penalty.value(self.D, x, *cond)
        return loss

    def update_G(self, real: Tensor, *cond: Tensor) -> Record:
        """One step of G on fresh noise. Only G's gradients are computed: D is but a path for them."""
        fake = self._fake(real, *cond)
        loss = self.loss_G(real, fake, *cond)
        self.opt_G.zero_grad()
        weights = (weight for group in self.opt_G.param_groups for weight in group["params"])
        loss.sum().backward(inputs=[weight for weight in weights if weight.requires_grad])
        self.guard.step("G", self.opt_G, loss, self.step)
        return {"loss_G": loss.detach()}

    def loss_G(self, real: Tensor, fake: Tensor, *cond: Tensor) -> Tensor:
        """G's loss with every guide; no step is taken."""
        real_scores = self._scores(self._seen(real), *cond).detach() if self.recipe.loss.compares else None
        loss = self.recipe.loss.generator(real_scores, self._scores(self._seen(fake), *cond))
        for guide in self.recipe.guides:
            loss = loss + value_at(guide.weight, self.step) * guide.value(self.D, real, fake, *cond)
        return loss

    # What the step relies on.

    def _checked(self, data: Any) -> Any:
        return checks.data_for(self.G, self.D, data, self.recipe.batch)

    def noise(self, n: int) -> Tensor:
        """Fresh Gaussian noise for G, (n, G.z_dim)."""
        dtype = self.opt_G.param_groups[0]["params"][0].dtype  # next(G.parameters()) would walk through all of G
        return torch.randn(n, self.G.z_dim, device=self.device, dtype=dtype)

    def fixed_noise(self, n: int, seed: int = 0) -> Tensor:
        """The same noise (n, G.z_dim) at every call, on every device: to watch one z through time."""
        z = torch.randn(n, self.G.z_dim, generator=torch.Generator().manual_seed(seed))
        return z.to(next(self.G.parameters()))

    @torch.no_grad()
    def sample(self, z_or_n: Tensor | int, *cond: Tensor) -> Tensor:
        """Samples from noise z (N, G.z_dim), or from N fresh draws; the moving average draws them if there is one.

        Training is not disturbed: its random numbers are its own, and batch norm uses its running statistics.
        """
        G = self.average or self.G
        z = self.noise(z_or_n) if isinstance(z_or_n, int) else z_or_n
        with checks.evaluating(G):
            pieces = zip(*(t.split(PIECE, self.leading) for t in (z, *cond)), strict=True)
            return torch.cat([G(*piece) for piece in pieces], self.leading)

    def _fake(self, real: Tensor, *cond: Tensor) -> Tensor:
        """As many samples of G as there are real ones, from fresh noise."""
        return self.G(self.random(lambda real: self.noise(len(real)), real), *cond)

    def _seen(self, x: Tensor) -> Tensor:
        """What D sees of samples: they, or they with instance noise."""
        std = value_at(self.recipe.instance_noise, self.step)
        return x + std * self.random(torch.randn_like, x) if std else x

    def _scores(self, x: Tensor, *cond: Tensor) -> Tensor:
        return checks.scores(self.D(x, *cond), x, getattr(self.D, "pack", 1), self.leading)  # (N,)

    def _set_rates(self) -> None:
        for optimiser, value in ((self.opt_G, self.recipe.opt_G), (self.opt_D, self.recipe.opt_D)):
            for group in optimiser.param_groups:
                group["lr"] = value_at(value.lr, self.step)
