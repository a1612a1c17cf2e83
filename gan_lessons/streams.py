"""Random streams of one's own: what is drawn elsewhere neither disturbs them nor is disturbed by them."""

from collections.abc import Callable, Iterable

import torch


class Stream:
    """The random numbers of one run, from `seed` (None: one drawn from torch's generator), on the CPU and `device`.

    Inside `with stream:`, or during `stream(draw, *args)`, torch's global generators continue this stream;
    outside they are as if it did not exist. So losses, data and dropout stay plain torch. May be entered again
    while entered. Never leave a `yield` inside: whoever runs in between would draw from it.
    """

    def __init__(self, seed: int | None, device: torch.device | str = "cpu"):
        device = torch.device(device)
        seed = int(torch.randint(2**62, ())) if seed is None else seed
        self._places = ["cpu"] if device.type == "cpu" else ["cpu", device.type]
        self._sources = [torch if place == "cpu" else torch.get_device_module(place) for place in self._places]
        self.states = [torch.Generator(place).manual_seed(seed).get_state() for place in self._places]
        self._depth = 0

    def __enter__(self) -> "Stream":
        if self._depth == 0:
            self._swap()
        self._depth += 1
        return self

    def __exit__(self, *_) -> None:
        self._depth -= 1
        if self._depth == 0:
            self._swap()

    def _swap(self) -> None:
        for k, source in enumerate(self._sources):
            outside = source.get_rng_state()
            source.set_rng_state(self.states[k])
            self.states[k] = outside

    def __call__(self, draw: Callable, *args):
        """`draw(*args)` with this stream's random numbers."""
        with self:
            return draw(*args)

    def state(self) -> dict[str, torch.Tensor]:
        """Where the stream stands, by place ("cpu", "cuda", "mps")."""
        return {place: state.clone() for place, state in zip(self._places, self.states, strict=True)}

    def restore(self, state: dict[str, torch.Tensor]) -> None:
        """Go on from `state`. A place that it does not know (saved on another device) keeps its own numbers."""
        self.states = [state.get(place, mine) for place, mine in zip(self._places, self.states, strict=True)]


class Streams:
    """The random numbers of many runs at once, one `Stream` for each of `seeds`.

    `streams(draw, *args)` draws for one member after the other and stacks what comes, a tensor or a tuple of
    tensors: a tensor among `args` has a leading dimension of members, and each draw is given its own part of it.
    """

    def __init__(self, seeds: Iterable[int], device: torch.device | str = "cpu"):
        self.each = [Stream(seed, device) for seed in seeds]

    def __enter__(self) -> "Streams":
        """Nothing is entered: there is no one stream from which all members could draw."""
        return self

    def __exit__(self, *_) -> None:
        pass

    def __call__(self, draw: Callable, *args):
        parts = ([arg[k] if isinstance(arg, torch.Tensor) else arg for arg in args] for k in range(len(self.each)))
        drawn = [stream(draw, *part) for stream, part in zip(self.each, parts, strict=True)]
        if isinstance(drawn[0], tuple):
            return tuple(map(torch.stack, zip(*drawn, strict=True)))
        return torch.stack(drawn)
