"""The players. A generator is called `G(z, *cond)`, a discriminator `D(x, *cond)`; D gives raw scores (N,)."""

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
