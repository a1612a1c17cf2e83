"""Many seeds at once: the same game and recipe, with a leading dimension of members in every weight and batch."""

import copy
from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrize import ParametrizationList

from gan_lessons.recipes import Recipe
from gan_lessons.streams import Stream, Streams
from gan_lessons.training import GAN


class Ensemble(GAN):
    """`len(ensemble)` independent games that step together; member k is the single run with its seed.

    Weights, losses and samples have a leading dimension of members; otherwise it is a `GAN`. On small players it
    costs far less than one run after the other.
    """

    leading = 1

    @classmethod
    def from_recipe(cls, recipe: Recipe, seeds: Iterable[int], device: torch.device | str = "cpu") -> "Ensemble":
        """One member for each of `seeds`, such as `range(16)`. The players must be such as `stack` takes."""
        seeds = list(seeds) if isinstance(seeds, Iterable) else []
        if not seeds:
            raise ValueError("seeds: give one or more whole numbers, such as range(16)")
        streams = Streams(seeds, device)
        players = [stream(recipe.players) for stream in streams.each]
        G, D = (stack(alike).to(device) for alike in zip(*players, strict=True))
        return cls(G, D, recipe, streams)

    def __len__(self) -> int:
        return len(self.random.each)

    def member(self, k: int) -> GAN:
        """A copy of member k where it stands now, as a single game that goes on as it would have in here."""
        stream = Stream(0, self.device)
        G, D = (player.to(next(self.G.parameters())) for player in stream(self.recipe.players))
        stream.restore(self.random.each[k].state())
        one = GAN(G, D, self.recipe, stream)
        one.step = self.step
        with torch.no_grad():
            for mine, ours in ((one.G, self.G), (one.D, self.D), (one.average, self.average)):
                if mine is not None:
                    mine.load_state_dict({name: value[k] for name, value in ours.state_dict().items()})
        for mine, ours in ((one.opt_G, self.opt_G), (one.opt_D, self.opt_D)):
            saved = copy.deepcopy(ours.state_dict())
            for state in saved["state"].values():
                for name, value in state.items():
                    if isinstance(value, Tensor) and value.ndim:  # Adam's count of steps is common to all
                        state[name] = value[k].clone()
            mine.load_state_dict(saved)
        return one

    def sample(self, z_or_n: Tensor | int, *cond: Tensor) -> Tensor:
        """Samples (members, N, ...). Noise z (N, G.z_dim), given or drawn, is the same for all members."""
        z = self.noise(z_or_n) if isinstance(z_or_n, int) else z_or_n
        return super().sample(z.expand(len(self), *z.shape) if z.ndim == 2 else z, *cond)

    def _checked(self, data: Any) -> Any:
        return self.member(0)._checked(data)


def stack(players: Sequence[nn.Module]) -> nn.Module:
    """One module whose weights are those of `players`, all of one architecture, stacked along a new first dimension.

    Raises `TypeError` naming a layer that cannot work with stacked weights: layers with weights say that they can
    by an attribute `stackable` (such as `models.Dense`); dropout would draw the same numbers for all.
    """
    stacked = copy.deepcopy(players[0])
    for module in list(stacked.modules()):
        own = dict(module.named_parameters(recurse=False)) | dict(module.named_buffers(recurse=False))
        able = getattr(module, "stackable", False) or isinstance(module, ParametrizationList)
        if (own and not able) or isinstance(module, nn.modules.dropout._DropoutNd):
            raise TypeError(
                f"{type(module).__name__} cannot hold many members at once: build players of models.Dense and layers "
                "without weights, as models.toy_players does, or train one seed after the other"
            )
    states = [player.state_dict() for player in players]
    for name in states[0]:
        owner, _, attribute = name.rpartition(".")
        module, together = stacked.get_submodule(owner), torch.stack([state[name] for state in states])
        if attribute in module._parameters:
            module._parameters[attribute] = nn.Parameter(together)
        else:
            module._buffers[attribute] = together
    return stacked
