"""The players. A generator is called `G(z, *cond)`, a discriminator `D(x, *cond)`; D gives raw scores (N,)."""

import torch
from torch import Tensor, nn


def _check(x: Tensor, sample: tuple[int, ...], who: str, remedy: str) -> None:
    if not isinstance(x, Tensor):
        raise TypeError(f"{who} takes a tensor, not {type(x).__name__}")
    if x.shape[1:] != sample:
        wanted = ", ".join(map(str, ("N", *sample)))
        raise ValueError(f"{who} takes shape ({wanted}), not {tuple(x.shape)}: {remedy}")
    if not x.is_floating_point():
        raise TypeError(f"{who} takes floating-point numbers, not {x.dtype}: {remedy}")


class ToyGenerator(nn.Module):
    """Three dense layers from noise (N, z_dim) to points in the plane (N, 2)."""

    def __init__(self, z_dim: int = 2, width: int = 64):
        super().__init__()
        self.z_dim = z_dim
        self.layers = nn.Sequential(
            nn.Linear(z_dim, width), nn.ReLU(),
            nn.Linear(width, width), nn.ReLU(),
            nn.Linear(width, 2),
        )  # fmt: skip

    def forward(self, z: Tensor) -> Tensor:
        _check(z, (self.z_dim,), "ToyGenerator", f"draw z with torch.randn(n, {self.z_dim})")
        return self.layers(z)  # (N, 2)


class ToyDiscriminator(nn.Module):
    """Three dense layers from points in the plane (N, 2) to raw scores (N,)."""

    def __init__(self, width: int = 64):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(2, width), nn.ReLU(),
            nn.Linear(width, width), nn.ReLU(),
            nn.Linear(width, 1),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        _check(x, (2,), "ToyDiscriminator", "give points of the plane, one a row")
        return self.layers(x).squeeze(-1)  # (N,)


def toy_players(width: int = 64, z_dim: int = 2) -> tuple[ToyGenerator, ToyDiscriminator]:
    """Both players for the plane."""
    return ToyGenerator(z_dim, width), ToyDiscriminator(width)


class ConvGenerator(nn.Module):
    """Noise (N, z_dim) -> images (N, 1, 28, 28) in [-1, 1], after the DCGAN (Radford et al. 2016).

    A dense layer makes 7 × 7 pixels of `width` channels. Two convolutions work on them there, where it is cheap;
    two transposed convolutions double height and width. `batch_norm=False` leaves the normalisation out.
    """

    def __init__(self, z_dim: int = 64, width: int = 64, batch_norm: bool = True):
        super().__init__()
        self.z_dim = z_dim
        norm = nn.BatchNorm2d if batch_norm else lambda channels: nn.Identity()
        self.layers = nn.Sequential(
            nn.Linear(z_dim, width * 7 * 7), nn.Unflatten(1, (width, 7, 7)), norm(width), nn.ReLU(),
            nn.Conv2d(width, width, 3, padding=1), norm(width), nn.ReLU(),  # (N, width, 7, 7)
            nn.Conv2d(width, width, 3, padding=1), norm(width), nn.ReLU(),
            nn.ConvTranspose2d(width, width // 4, 4, stride=2, padding=1), norm(width // 4), nn.ReLU(),  # 14 × 14
            nn.ConvTranspose2d(width // 4, 1, 4, stride=2, padding=1), nn.Tanh(),  # 28 × 28
        ).to(memory_format=torch.channels_last)  # fmt: skip

    def forward(self, z: Tensor) -> Tensor:
        _check(z, (self.z_dim,), "ConvGenerator", f"draw z with torch.randn(n, {self.z_dim})")
        return self.layers(z)  # (N, 1, 28, 28)


class ConvDiscriminator(nn.Module):
    """Images (N, 1, 28, 28) in [-1, 1] -> raw scores (N,): strided convolutions, no batch norm.

    Without it each score depends on one image only, as a gradient penalty per sample requires.
    """

    def __init__(self, width: int = 64):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, width // 4, 4, stride=2, padding=1), nn.LeakyReLU(0.2),  # (N, width / 4, 14, 14)
            nn.Conv2d(width // 4, width, 4, stride=2, padding=1), nn.LeakyReLU(0.2),  # (N, width, 7, 7)
            nn.Flatten(), nn.Linear(width * 7 * 7, 2 * width), nn.LeakyReLU(0.2),
            nn.Linear(2 * width, 1), nn.Flatten(0),
        ).to(memory_format=torch.channels_last)  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        _check(x, (1, 28, 28), "ConvDiscriminator", "digits.load().sample(n) gives such images")
        return self.layers(x)  # (N,)


def conv_players(width: int = 64, z_dim: int = 64, batch_norm: bool = True) -> tuple[ConvGenerator, ConvDiscriminator]:
    """Both players for digits."""
    return ConvGenerator(z_dim, width, batch_norm), ConvDiscriminator(width)
