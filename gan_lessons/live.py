"""Pictures that move while a cell trains, and stay behind as a still when it is done."""

import time
import uuid

import torch
from matplotlib.axes import Axes
from torch import Tensor

from gan_lessons import plots
from gan_lessons.ensemble import Ensemble
from gan_lessons.training import GAN, Record

BLANK = {"text/html": "", "text/plain": "[a live picture, while the cell runs]"}
REST = 2  # times as long as the last picture took to draw: training keeps two thirds of the time on any machine


class _View:
    """A panel of samples beside the two losses, with a new mean of each every `every` steps.

    It is redrawn as often, but drawing gets at most a third of the time. Call `update(gan, record)` after each
    round. The newest picture replaces the one before; after the last round it stays in the notebook.
    """

    def __init__(self, every: int):
        if every < 1:
            raise ValueError(f"every={every}: redraw every 1, 2, 3, … steps")
        self.every = every
        self._place: str | None = None  # where the pictures of this run appear
        self._started = self._rests_until = 0.0
        self._first = 0
        self._sums: dict[str, Tensor] = {}
        self._since = 0
        self._steps: list[int] = []  # at which the means below were taken
        self._means: dict[str, list[Tensor]] = {"loss_D": [], "loss_G": []}

    def _draw(self, gan: GAN, axes: Axes) -> str:
        """Draw the samples, and say in words what is seen."""
        raise NotImplementedError

    def update(self, gan: GAN, record: Record) -> None:
        """Take note of one round; redraw if it is time. Training is not disturbed: its random stream is its own."""
        if self._place is None:
            self._open(record)
        for name in self._means:  # tensors: adding them up makes no accelerator wait
            self._sums[name] = self._sums.get(name, 0) + record[name]
        self._since += 1
        last = record["step"] == record["steps"]
        if last or record["step"] % self.every == 0:
            self._note(record["step"])
            if last or time.monotonic() >= self._rests_until:
                self._redraw(gan, record, last)

    def _note(self, step: int) -> None:
        """The losses' means since the last note. The curves have as many points on a slow machine as on a fast one."""
        self._steps.append(step)
        for name, total in self._sums.items():
            self._means[name].append(total.mean() / self._since)  # over the members too, if there are many
        self._sums, self._since = {}, 0

    def _open(self, record: Record) -> None:
        self._place = uuid.uuid4().hex
        self._started, self._first = time.monotonic(), record["step"]
        plots.put(BLANK, self._place)

    def _redraw(self, gan: GAN, record: Record, last: bool) -> None:
        began = time.monotonic()
        fig, (left, right) = plots.figure(2)
        with torch.random.fork_rng(devices=[]):  # nor does a picture disturb the reader's own random numbers
            torch.manual_seed(0)
            seen = self._draw(gan, left)
        loss_D, loss_G = (torch.stack(means).tolist() for means in self._means.values())
        curves, names = {"discriminator": loss_D, "generator": loss_G}, ("step", "mean loss")
        plots.lines(right, curves, self._steps, names, self._clock(record, last), ("#009E73", "#CC79A7"))
        alt = f"Step {record['step']:,} of {record['steps']:,}. Left: {seen} Right: the losses of both players so far."
        if last:
            # In an output of its own, or the tests of notebooks would compare the first picture with the last.
            plots.put(BLANK, self._place, again=True)
            self._place = None
            plots.show(fig, alt)
        else:
            plots.put(plots.still(fig, alt), self._place, again=True)
        now = time.monotonic()
        self._rests_until = now + REST * (now - began)

    def _clock(self, record: Record, last: bool) -> str:
        done = record["step"] - self._first
        if last or not done:
            return f"Losses after {record['step']:,} steps"
        left = (time.monotonic() - self._started) / done * (record["steps"] - record["step"])
        return f"Losses: step {record['step']:,} of {record['steps']:,}, {left:.0f} s left"


class ToyView(_View):
    """Real and generated points of the plane."""

    def __init__(self, data, every: int = 250, points: int = 1_000):
        super().__init__(every)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            (self.real,) = data.sample(points)
        self._limit = 1.5 * self.real.abs().max().item()

    def _draw(self, gan: GAN, axes: Axes) -> str:
        plots.plane(axes, self.real, gan.sample(len(self.real)), "Real and generated points", self._limit)
        return f"{len(self.real):,} real points in blue, as many generated ones in orange."


class SeedsView(ToyView):
    """The points of every member of an `Ensemble`, each in a field of its own; the losses are the members' mean."""

    def __init__(self, data, every: int = 250, points: int = 200):
        super().__init__(data, every, points)

    def _draw(self, gan: Ensemble, axes: Axes) -> str:
        title = f"{len(gan)} runs, each with its seed"
        plots.planes(axes, self.real, gan.sample(len(self.real)), title, self._limit)
        return f"{len(gan)} small fields, one a run: real points in blue, generated ones in orange."


class DigitsView(_View):
    """The images that one and the same noise `z` (N, z_dim) becomes as G learns."""

    def __init__(self, z: Tensor, every: int = 100):
        super().__init__(every)
        self.z = z

    def _draw(self, gan: GAN, axes: Axes) -> str:
        plots.images(axes, gan.sample(self.z), f"What G makes of {len(self.z)} noise vectors")
        return f"a grid of {len(self.z)} generated pictures."
