"""One style for every figure. Real is blue and generated is orange, everywhere; nothing here trains.

`show` ends a figure cell: it stores the picture with its alternative text, which plain PNG outputs lose.
"""

import base64
import html
import io
import itertools
import math
from collections.abc import Mapping, Sequence

import matplotlib
import torch
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

REAL, FAKE = "#0072B2", "#D55E00"  # of the palette of Okabe and Ito: told apart with any colour vision
INK = "#333333"
STYLE = {
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "lines.linewidth": 2,
}


def figure(columns: int = 1, width: float = 4.5, height: float = 4.0) -> tuple[Figure, list[Axes]]:
    """A figure with `columns` panels side by side, each `width` × `height` inches, and the list of its axes.

    It does not belong to pyplot, so it may be drawn from any thread and nothing needs to be closed.
    """
    with matplotlib.rc_context(STYLE):
        fig = Figure(figsize=(width * columns, height), layout="constrained", dpi=90)
        return fig, list(fig.subplots(1, columns, squeeze=False)[0])


def png(fig: Figure) -> bytes:
    """The figure as a PNG file."""
    buffer = io.BytesIO()
    with matplotlib.rc_context(STYLE):
        fig.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def img(fig: Figure, alt: str) -> str:
    """The figure as an HTML `<img>` with its alternative text."""
    code = base64.b64encode(png(fig)).decode()
    return f'<img alt="{html.escape(alt)}" style="max-width:100%" src="data:image/png;base64,{code}">'


def still(fig: Figure, alt: str) -> dict[str, str]:
    """The figure as an output, by MIME type."""
    return {"text/html": img(fig, alt), "text/plain": f"[Figure: {alt}]"}


def show(fig: Figure, alt: str) -> None:
    """Show the figure here; `alt` says in words what a reader sees in it (required, not empty)."""
    if not alt.strip():
        raise ValueError("alt is empty: say in a sentence what the figure shows, for those who cannot see it")
    put(still(fig, alt))


def put(bundle: dict[str, str], place: str | None = None, again: bool = False) -> None:
    """Display one output, by MIME type, or what takes its place (`again`); outside a notebook print its plain text."""
    if InteractiveShell.initialized():
        display(bundle, raw=True, display_id=place, **({"update": True} if again else {}))
    elif not again:
        print(bundle["text/plain"])


@matplotlib.rc_context(STYLE)
def plane(
    axes: Axes, real: Tensor | None = None, fake: Tensor | None = None, title: str = "", limit: float | None = None
) -> None:
    """Points of the plane (N, 2), real in blue and generated in orange, on equal axes from -limit to limit."""
    for points, colour, label in ((real, REAL, "real"), (fake, FAKE, "generated")):
        if points is not None:
            x, y = points.detach().cpu().unbind(1)
            axes.scatter(x, y, s=6, alpha=0.5, color=colour, linewidths=0, label=label)
    given = [points.detach().abs().max() for points in (real, fake) if points is not None and len(points)]
    limit = limit or 1.15 * float(max(given, default=0)) or 1.0
    axes.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal", xlabel="$x_1$", ylabel="$x_2$", title=title)
    if real is not None or fake is not None:
        axes.legend(loc="upper right", markerscale=2.5, borderpad=0, handletextpad=0)


@matplotlib.rc_context(STYLE)
def planes(axes: Axes, real: Tensor, fake: Tensor, title: str = "", limit: float | None = None) -> None:
    """The points of many runs (members, N, 2), each in its own field with the real ones (M, 2), numbered from 0.

    Fields go from left to right and down, from -limit to limit each.
    """
    limit = limit or 1.15 * float(real.detach().abs().max()) or 1.0
    columns = math.ceil(len(fake) ** 0.5)
    rows = -(-len(fake) // columns)
    middle = torch.tensor(
        [[2 * limit * (k % columns), -2 * limit * (k // columns)] for k in range(len(fake))]
    )  # (K, 2)
    inside = (fake.detach().cpu().abs() < limit).all(-1, keepdim=True)  # what leaves its field is not seen in another's
    fields = torch.where(inside, fake.detach().cpu(), torch.nan) + middle[:, None]  # (K, N, 2)
    clouds = ((real.detach().cpu() + middle[:, None], REAL, 12, "real"), (fields, FAKE, 3, "generated"))
    for points, colour, size, label in clouds:  # the real ones larger, to show around the others
        axes.scatter(*points.reshape(-1, 2).T, s=size, alpha=0.5, color=colour, linewidths=0, label=label)
    for k, (x, y) in enumerate(middle.tolist()):
        axes.text(x - 0.9 * limit, y + 0.9 * limit, str(k), fontsize=8, color=INK, va="top")
    edges = [[2 * limit * (k - 0.5) for k in range(n + 1)] for n in (columns, rows)]
    axes.vlines(edges[0], -edges[1][-1], -edges[1][0], color="#CCCCCC", linewidth=1)
    axes.hlines([-y for y in edges[1]], edges[0][0], edges[0][-1], color="#CCCCCC", linewidth=1)
    axes.set(aspect="equal", xticks=[], yticks=[], title=title)
    axes.spines[:].set_visible(False)


def tile(images: Tensor, columns: int | None = None) -> Tensor:
    """Images (N, 1, H, W) in one picture (rows · H, columns · W), row by row; missing ones are paper (-1)."""
    if images.ndim != 4 or images.shape[1] != 1 or len(images) == 0:
        raise ValueError(f"images of shape {tuple(images.shape)}: give (N, 1, H, W) with N ≥ 1")
    n, _, high, wide = images.shape
    columns = columns or max(1, round(n**0.5))
    rows = -(-n // columns)
    page = torch.full((rows * columns, high, wide), -1.0)
    page[:n] = images.detach().cpu()[:, 0]
    return page.view(rows, columns, high, wide).transpose(1, 2).reshape(rows * high, columns * wide)


@matplotlib.rc_context(STYLE)
def images(axes: Axes, images: Tensor, title: str = "", columns: int | None = None) -> None:
    """A grid of images (N, 1, H, W) in [-1, 1], black ink on white."""
    axes.imshow(tile(images, columns).numpy(), cmap="gray_r", vmin=-1, vmax=1, interpolation="nearest")
    axes.set(xticks=[], yticks=[], title=title)
    axes.spines[:].set_visible(False)


def image_grid(grids: Tensor | Mapping[str, Tensor], alt: str, columns: int | None = None) -> None:
    """Show one grid of images, or several side by side, each under its name; `alt` as in `show`."""
    grids = grids if isinstance(grids, Mapping) else {"": grids}
    high, wide = (max(tile(grid, columns).shape[axis] for grid in grids.values()) for axis in (0, 1))
    fig, axes = figure(len(grids), max(2, wide / 62), max(1, high / 62) + 0.4)  # 28 pixels are 0.45 inches
    for axis, (title, grid) in zip(axes, grids.items(), strict=True):
        images(axis, grid, title, columns)
    show(fig, alt)


@matplotlib.rc_context(STYLE)
def lines(
    axes: Axes,
    curves: Mapping[str, Sequence[float]],
    x: Sequence[float],
    labels: tuple[str, str],
    title: str = "",
    colours: Sequence[str] = (REAL, FAKE, "#009E73", "#CC79A7"),
) -> None:
    """Curves over one x, named in a legend; `labels` are those of the two axes, with units."""
    for (name, values), colour in zip(curves.items(), itertools.cycle(colours)):
        axes.plot(x, values, color=colour, label=name)
    axes.set(xlabel=labels[0], ylabel=labels[1], title=title)
    axes.legend()


def dials(runs: Mapping[str, Mapping[str, float]], scales: Mapping[str, tuple[float, float, float]]) -> None:
    """Show a panel of dials, a row for each of `runs`: name -> {dial: reading}.

    `scales` gives for each dial the least reading, the one that a perfect G would cause (marked in green), and the
    greatest. A needle stops at the ends, the number below does not. Raises `ValueError` where a run lacks a dial.
    """
    for run, readings in runs.items():
        if missing := scales.keys() - readings.keys():
            raise ValueError(f"{run} has no reading for {', '.join(sorted(missing))}: give every run all dials")
    with matplotlib.rc_context(STYLE):
        fig = Figure(figsize=(2.6 * len(scales), 1.7 * len(runs)), layout="constrained", dpi=90)
        grid = fig.subplots(len(runs), len(scales), squeeze=False)
        for row, (run, readings) in zip(grid, runs.items(), strict=True):
            for axes, (dial, scale) in zip(row, scales.items(), strict=True):
                _dial(axes, readings[dial], scale, dial)
            row[0].text(-0.12, 0.35, run, transform=row[0].transAxes, ha="right", va="center", fontweight="bold")
    words = (
        f"{run}: {', '.join(f'{dial} ≈ {readings[dial]:.2f}' for dial in scales)}." for run, readings in runs.items()
    )
    perfect = ", ".join(f"{dial} {good:.2f}" for dial, (_, good, _) in scales.items())
    show(fig, f"Dials. {' '.join(words)} A perfect G would cause: {perfect}.")


def _dial(axes: Axes, reading: float, scale: tuple[float, float, float], name: str) -> None:
    least, good, most = scale

    def at(value: float, radius: float) -> tuple[float, float]:
        angle = math.pi * (1 - min(max((value - least) / (most - least), 0), 1))
        return radius * math.cos(angle), radius * math.sin(angle)

    axes.plot(*zip(*(at(least + (most - least) * k / 40, 1) for k in range(41)), strict=True), color="#AAAAAA")
    axes.plot(*zip(at(good, 0.85), at(good, 1.15), strict=True), color="#009E73", linewidth=5, solid_capstyle="butt")
    axes.annotate("", at(reading, 0.95), (0, 0), arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 2})
    for value in (least, most):
        axes.text(*at(value, 1.0), f"{value:g}", fontsize=8, ha="center", va="top", color=INK)
    axes.text(0, -0.12, f"{reading:.2f}", ha="center", va="top", fontsize=12, color=INK)
    axes.set(xlim=(-1.3, 1.3), ylim=(-0.5, 1.25), aspect="equal", xticks=[], yticks=[])
    axes.set_title(name, fontsize=10, loc="center")
    axes.spines[:].set_visible(False)


CHART = {  # the panels of a chart: title, label of the y axis, and the curves by their names in a legend
    "Losses": ("median (nats)", {"loss_D": "D", "loss_G": "G"}),
    "What D says": ("median σ(D)", {"on_training": "training", "on_held_out": "held out", "on_fakes": "fakes"}),
    "Gradient that reaches a fake": ("median, log scale", {"gradient": ""}),
    "Where the fakes are": ("mean of $x_1$, each run", {"centre": ""}),
    "How wide they spread": ("each run; data dashed", {"spread": ""}),
}


def chart(rounds: Sequence[int], curves: Mapping[str, Tensor], real: tuple[float, float], name: str) -> None:
    """Show how many runs of one game went: curves (values, members), taken at `rounds`, without a look at samples.

    `real` is the centre and the spread of the data; `curves` and their names are those of a `clinic.Chart`.
    """
    with matplotlib.rc_context(STYLE):
        fig = Figure(figsize=(2.9 * len(CHART), 2.6), layout="constrained", dpi=90)
        panels = fig.subplots(1, len(CHART))
        for axes, (title, (label, shown)) in zip(panels, CHART.items(), strict=True):
            for (key, legend), colour in zip(shown.items(), ("#009E73", "#CC79A7", FAKE), strict=False):
                colour = {"on_training": REAL, "on_held_out": INK, "on_fakes": FAKE}.get(key, colour)
                values = curves[key].detach().cpu()
                if key in ("centre", "spread"):
                    axes.plot(rounds, values, color=FAKE, linewidth=1, alpha=0.7)
                    axes.axhline(real[key == "spread"], color=REAL, linestyle="--", linewidth=1.5)
                else:
                    dashed = "--" if key == "on_held_out" else "-"  # it often lies on another curve
                    axes.plot(rounds, values.median(1).values, dashed, color=colour, label=legend)
            axes.set_title(title, fontsize=10, loc="left")
            axes.set_xlabel("round", fontsize=9)
            axes.set_ylabel(label, fontsize=9)
            axes.tick_params(labelsize=8)
            if len(shown) > 1:
                axes.legend(fontsize=8)
        low, high = panels[0].get_ylim()
        panels[0].set_ylim(min(low, -0.1), max(high, 2))  # so that a flat curve looks flat
        panels[1].set_ylim(-0.05, 1.05)
        panels[2].set(yscale="log", ylim=(1e-5, 30))
        fig.suptitle(name, x=0.01, ha="left", fontsize=12, fontweight="bold")
    show(fig, f"The chart of {name}: losses, what D says, gradient, centre and spread of the fakes, over the rounds.")
