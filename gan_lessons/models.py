"""The players. A generator is called `G(z, *cond)`, a discriminator `D(x, *cond)`; D gives raw scores (N,).

A D that judges m samples together says so in `D.pack` and gives (N / m,).
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parametrize


def _check(x: Tensor, sample: tuple[int, ...], who: str, remedy: str, members: tuple[int, ...] = ()) -> None:
    if not isinstance(x, Tensor):
        raise TypeError(f"{who} takes a tensor, not {type(x).__name__}")
    if x.shape[: len(members)] != members or x.shape[len(members) + 1 :] != sample:
        wanted = ", ".join(map(str, (*members, "N", *sample)))
        raise ValueError(f"{who} takes shape ({wanted}), not {tuple(x.shape)}: {remedy}")
    if not x.is_floating_point():
        raise TypeError(f"{who} takes floating-point numbers, not {x.dtype}: {remedy}")


class Dense(nn.Linear):
    """A dense layer that also works with stacked weights: of several members, each on its own inputs.

    Inputs (N, in) for one matrix (out, in); inputs (members, N, in) for weights (members, out, in).
    """

    stackable = True  # so may be every layer that takes one leading dimension more of weights and of inputs alike

    def forward(self, x: Tensor) -> Tensor:
        weight = self.weight  # once: where it is normalised, reading it is work
        if weight.ndim == 2:
            return F.linear(x, weight, self.bias)
        return torch.baddbmm(self.bias[:, None], x, weight.mT)  # (members, N, out)

    @property
    def members(self) -> tuple[int, ...]:
        """() for one layer, (members,) for stacked ones."""
        return tuple(self.bias.shape[:-1])


class SpectralNorm(nn.Module):
    """Divides a weight by its largest singular value σ, as a parametrization (Miyato et al. 2018, algorithm 1).

    The weight counts as a matrix (out, everything else). Each use in training mode improves the estimate of σ by
    one step of the power method; the vector `u` that it goes on from is part of the state.
    """

    stackable = True

    def __init__(self, weight: Tensor, first_steps: int = 15):
        super().__init__()
        self.register_buffer("u", F.normalize(torch.randn(len(weight), dtype=weight.dtype), dim=0))  # (out,)
        for _ in range(first_steps):
            self(weight)

    def forward(self, weight: Tensor) -> Tensor:
        matrix = weight.flatten(self.u.ndim)  # (..., out, everything else); (...) are members
        with torch.no_grad():
            v = F.normalize(matrix.mT @ self.u[..., None], dim=-2)  # (..., everything else, 1)
            u = F.normalize(matrix @ v, dim=-2)  # (..., out, 1)
            if self.training:
                self.u.copy_(u[..., 0])
        sigma = (u * (matrix @ v)).sum((-2, -1))  # (...)
        return weight / sigma.view(*sigma.shape, *[1] * (weight.ndim - sigma.ndim))


def spectral(player: nn.Module) -> nn.Module:
    """The same player, with every weight matrix or kernel divided by its largest singular value from now on."""
    for layer in list(player.modules()):
        if isinstance(layer, nn.Linear | nn.Conv2d):
            parametrize.register_parametrization(layer, "weight", SpectralNorm(layer.weight.detach()))
    return player


def _packed(x: Tensor, pack: int, dim: int) -> Tensor:
    """Samples (..., N, *sample) -> (..., N / pack, *sample), `pack` neighbours side by side along `dim` of a sample."""
    if pack == 1:
        return x
    n = x.shape[dim - 1]
    if n % pack:
        raise ValueError(f"{n} samples cannot be packed by {pack}: choose a batch that {pack} divides")
    return x.unflatten(dim - 1, (n // pack, pack)).flatten(dim - 1, dim)


class ToyGenerator(nn.Module):
    """Three dense layers from noise (N, z_dim) to points (N, x_dim), of the plane unless said."""

    def __init__(self, z_dim: int = 2, width: int = 64, x_dim: int = 2):
        super().__init__()
        self.z_dim = z_dim
        self.layers = nn.Sequential(
            Dense(z_dim, width), nn.ReLU(),
            Dense(width, width), nn.ReLU(),
            Dense(width, x_dim),
        )  # fmt: skip

    def forward(self, z: Tensor) -> Tensor:
        remedy = f"draw z with torch.randn(n, {self.z_dim})"
        _check(z, (self.z_dim,), "ToyGenerator", remedy, self.layers[0].members)
        return self.layers(z)  # (N, x_dim)


class ToyDiscriminator(nn.Module):
    """Three dense layers from points (N, x_dim), of the plane unless said, to raw scores (N,).

    With `pack` = m it judges m neighbouring samples together: (N, x_dim) -> (N / m,) (Lin et al. 2018).
    """

    def __init__(self, width: int = 64, pack: int = 1, x_dim: int = 2):
        super().__init__()
        self.pack, self.x_dim = pack, x_dim
        self.layers = nn.Sequential(
            Dense(x_dim * pack, width), nn.ReLU(),
            Dense(width, width), nn.ReLU(),
            Dense(width, 1),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        remedy = f"give points of {'the plane' if self.x_dim == 2 else f'{self.x_dim} coordinates'}, one a row"
        _check(x, (self.x_dim,), "ToyDiscriminator", remedy, self.layers[0].members)
        return self.layers(_packed(x, self.pack, dim=-1)).squeeze(-1)  # (N / pack,)


def toy_players(
    width: int = 64, z_dim: int = 2, pack: int = 1, spectral_norm: bool = False, x_dim: int = 2
) -> tuple[ToyGenerator, ToyDiscriminator]:
    """Both players for the plane, or for points of `x_dim` coordinates; `pack` and `spectral_norm` concern D."""
    G, D = ToyGenerator(z_dim, width, x_dim), ToyDiscriminator(width, pack, x_dim)
    return G, spectral(D) if spectral_norm else D


class DiracGenerator(nn.Module):
    """All samples at one point θ of the line: noise (N, 1), which it ignores, to (N, 1) (Mescheder et al. 2018)."""

    z_dim = 1
    stackable = True

    def __init__(self, theta: float):
        super().__init__()
        self.theta = nn.Parameter(torch.tensor([theta]))

    def forward(self, z: Tensor) -> Tensor:
        return self.theta[..., None].expand(z.shape)  # (N, 1)


class DiracDiscriminator(nn.Module):
    """A straight line through 0: points (N, 1) to the scores ψx, (N,)."""

    stackable = True

    def __init__(self, psi: float):
        super().__init__()
        self.psi = nn.Parameter(torch.tensor([psi]))

    def forward(self, x: Tensor) -> Tensor:
        return self.psi * x.squeeze(-1)  # (N,)


def dirac_players(radius: float = 1.0) -> tuple[DiracGenerator, DiracDiscriminator]:
    """The smallest game there is. It starts somewhere on the circle of that radius around its solution (0, 0)."""
    angle = 2 * math.pi * torch.rand(()).item()
    return DiracGenerator(radius * math.cos(angle)), DiracDiscriminator(radius * math.sin(angle))


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

    Without it each score depends on one image only, as a gradient penalty per sample requires. With `pack` = m it
    judges m neighbouring images together: (N / m,) scores (Lin et al. 2018).
    """

    def __init__(self, width: int = 64, pack: int = 1):
        super().__init__()
        self.pack = pack
        self.layers = nn.Sequential(
            nn.Conv2d(pack, width // 4, 4, stride=2, padding=1), nn.LeakyReLU(0.2),  # (N, width / 4, 14, 14)
            nn.Conv2d(width // 4, width, 4, stride=2, padding=1), nn.LeakyReLU(0.2),  # (N, width, 7, 7)
            nn.Conv2d(width, width, 3, stride=2), nn.LeakyReLU(0.2),  # (N, width, 3, 3)
            nn.Flatten(), nn.Linear(width * 3 * 3, 1), nn.Flatten(0),
        ).to(memory_format=torch.channels_last)  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        _check(x, (1, 28, 28), "ConvDiscriminator", "digits.load().sample(n) gives such images")
        return self.layers(_packed(x, self.pack, dim=-3))  # (N / pack,)


def conv_players(
    width: int = 64, z_dim: int = 64, batch_norm: bool = True, pack: int = 1, spectral_norm: bool = False
) -> tuple[ConvGenerator, ConvDiscriminator]:
    """Both players for digits; `batch_norm` concerns G, `pack` and `spectral_norm` D."""
    G, D = ConvGenerator(z_dim, width, batch_norm), ConvDiscriminator(width, pack)
    return G, spectral(D) if spectral_norm else D
