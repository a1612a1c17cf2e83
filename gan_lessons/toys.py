"""Distributions in the plane, to train on and to judge by. Each has `.sample(n) -> (x,)`, x of shape (n, 2).

Mixtures of Gaussians also know their density (`.log_prob`) and their `.modes`; the swiss roll and the moons
are curves with noise, whose density has no closed form. `Origin` is the one point that the Dirac-GAN learns,
`Points` any finite training set.
"""

import copy
import math

import torch
from torch import Tensor
from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal


def _check_count(n: int) -> None:
    if n < 0:
        raise ValueError(f"n={n}: the number of samples must be 0 or more")


class Mixture:
    """Gaussians of one covariance around `modes`, equally likely unless `weights` says otherwise.

    `modes` (K, 2), `covariance` (2, 2) positive definite, `weights` (K,) positive, any sum.
    Raises `ValueError` naming whatever has another shape or is no covariance.
    """

    def __init__(self, modes: Tensor, covariance: Tensor, weights: Tensor | None = None):
        modes, covariance = (torch.as_tensor(t, dtype=torch.get_default_dtype()) for t in (modes, covariance))
        if modes.ndim != 2 or modes.shape[1] != 2 or len(modes) == 0:
            raise ValueError(f"modes of shape {tuple(modes.shape)}: give (K, 2), one mode a row")
        weights = torch.ones(len(modes)) if weights is None else torch.as_tensor(weights, dtype=modes.dtype)
        if weights.shape != modes.shape[:1] or not (weights > 0).all():
            raise ValueError(f"weights {weights.tolist()}: give {len(modes)} positive numbers, one a mode")
        if covariance.shape != (2, 2) or not torch.allclose(covariance, covariance.T):
            raise ValueError(f"covariance {covariance.tolist()}: give a symmetric (2, 2) matrix")
        if not (torch.linalg.eigvalsh(covariance) > 0).all():
            raise ValueError(f"covariance {covariance.tolist()} is not positive definite: no Gaussian has it")
        self.modes = modes  # (K, 2)
        self.covariance = covariance  # (2, 2)
        self.weights = (weights / weights.sum()).to(modes.dtype)  # (K,)
        self._root = torch.linalg.cholesky(covariance)  # (2, 2)

    @property
    def std(self) -> float:
        """The standard deviation of one mode: the square root of the mean variance over the two axes."""
        return math.sqrt(self.covariance.trace().item() / 2)

    def sample(self, n: int) -> tuple[Tensor]:
        """`n` independent points, as a tuple of one tensor (n, 2)."""
        _check_count(n)
        which = torch.multinomial(self.weights, n, replacement=True) if n else torch.zeros(0, dtype=torch.long)
        noise = torch.randn(n, 2, dtype=self.modes.dtype, device=self.modes.device)  # (n, 2)
        return (self.modes[which] + noise @ self._root.T,)

    def log_prob(self, x: Tensor) -> Tensor:
        """The log density at points x (..., 2), in nats; shape (...)."""
        components = MultivariateNormal(self.modes, scale_tril=self._root)
        return MixtureSameFamily(Categorical(self.weights), components).log_prob(x)

    def to(self, device: torch.device | str) -> "Mixture":
        """The same distribution, drawing on `device`."""
        moved = copy.copy(self)
        for name in ("modes", "covariance", "weights", "_root"):
            setattr(moved, name, getattr(self, name).to(device))
        return moved


def _round(std: float) -> Tensor:
    if not std > 0:
        raise ValueError(f"std={std}: the spread of a mode must be more than 0")
    return std**2 * torch.eye(2)


class Gaussian(Mixture):
    """One Gaussian of any mean (2,) and covariance (2, 2)."""

    def __init__(self, mean=(0.0, 0.0), covariance=((1.0, 0.0), (0.0, 1.0))):
        super().__init__(torch.as_tensor(mean)[None], covariance)


class TwoGaussians(Mixture):
    """Two round Gaussians, `distance` apart along the first axis, centred on the origin."""

    def __init__(self, distance: float = 4.0, std: float = 0.5, weights=None):
        super().__init__([[-distance / 2, 0.0], [distance / 2, 0.0]], _round(std), weights)


class Ring(Mixture):
    """`modes` round Gaussians, equally spaced on a circle; the first lies at angle 0."""

    def __init__(self, modes: int = 8, radius: float = 1.0, std: float = 0.05):
        if modes < 1:
            raise ValueError(f"modes={modes}: a ring has at least one mode")
        angle = torch.arange(modes) * (2 * math.pi / modes)  # K distinct angles: the last is not 2π again
        super().__init__(radius * torch.stack([angle.cos(), angle.sin()], 1), _round(std))


class Grid(Mixture):
    """`side` × `side` round Gaussians, `spacing` apart, centred on the origin (the 25-Gaussian benchmark)."""

    def __init__(self, side: int = 5, spacing: float = 2.0, std: float = 0.05):
        if side < 1:
            raise ValueError(f"side={side}: a grid has at least one row")
        line = (torch.arange(side) - (side - 1) / 2) * spacing
        super().__init__(torch.cartesian_prod(line, line), _round(std))


class _NoisyCurve:
    """Points on a curve, plus round noise of standard deviation `std`."""

    def __init__(self, std: float):
        if not std >= 0:
            raise ValueError(f"std={std}: the noise must be 0 or more")
        self.std, self.device = std, torch.device("cpu")

    def _curve(self, n: int) -> Tensor:
        raise NotImplementedError

    def sample(self, n: int) -> tuple[Tensor]:
        """`n` independent points, as a tuple of one tensor (n, 2)."""
        _check_count(n)
        curve = self._curve(n)  # (n, 2)
        return (curve + self.std * torch.randn_like(curve),)

    def to(self, device: torch.device | str) -> "_NoisyCurve":
        """The same distribution, drawing on `device`."""
        moved = copy.copy(self)
        moved.device = torch.device(device)
        return moved


class SwissRoll(_NoisyCurve):
    """A spiral of one and a half turns, scaled into the square [-1, 1]²."""

    def __init__(self, std: float = 0.02):
        super().__init__(std)

    def _curve(self, n: int) -> Tensor:
        angle = 1.5 * math.pi * (1 + 2 * torch.rand(n, device=self.device))  # from 1.5π to 4.5π
        return angle[:, None] * torch.stack([angle.cos(), angle.sin()], 1) / (4.5 * math.pi)


class Moons(_NoisyCurve):
    """Two interleaved half circles of radius 1, equally likely, centred on the origin."""

    def __init__(self, std: float = 0.05):
        super().__init__(std)

    def _curve(self, n: int) -> Tensor:
        angle = math.pi * torch.rand(n, device=self.device)  # (n,)
        side = torch.where(torch.rand(n, device=self.device) < 0.5, 1.0, -1.0)  # +1 the upper moon, -1 the lower
        return torch.stack([side * angle.cos() - side / 2, side * angle.sin() - side / 4], 1)


class Origin:
    """The point 0 of the line, and nothing else: what the players of the Dirac-GAN learn (Mescheder et al. 2018)."""

    def __init__(self, device: torch.device | str = "cpu"):
        self.device = torch.device(device)

    def sample(self, n: int) -> tuple[Tensor]:
        """`n` times the same point, as a tuple of one tensor (n, 1)."""
        _check_count(n)
        return (torch.zeros(n, 1, device=self.device),)

    def to(self, device: torch.device | str) -> "Origin":
        """The same point, on `device`."""
        return Origin(device)


class Points:
    """A finite training set: the rows of `points` (M, ...), drawn with replacement. Raises `ValueError` for none."""

    def __init__(self, points: Tensor):
        if points.ndim < 2 or len(points) == 0:
            raise ValueError(f"points of shape {tuple(points.shape)}: give (M, ...) with M ≥ 1, one sample a row")
        self.points = points

    def sample(self, n: int) -> tuple[Tensor]:
        """`n` rows drawn at random, as a tuple of one tensor (n, ...)."""
        _check_count(n)
        return (self.points[torch.randint(len(self.points), (n,), device=self.points.device)],)

    def to(self, device: torch.device | str) -> "Points":
        """The same points, on `device`."""
        return Points(self.points.to(device))
