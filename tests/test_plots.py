"""Figures look alike, keep their colours apart for every eye, and are never without words."""

import base64
import contextlib
import io
import math
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import torch
from matplotlib import image
from matplotlib.colors import to_rgb
from matplotlib.text import Annotation

from gan_lessons import plots


class Tags(HTMLParser):
    """Notes every tag with its attributes, unescaped."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


# Figures


@pytest.mark.parametrize("columns", [1, 3])
def test_a_figure_has_its_panels_in_a_row(columns):
    fig, axes = plots.figure(columns, width=3.0, height=2.0)
    assert len(axes) == len(fig.axes) == columns
    assert tuple(fig.get_size_inches()) == (3.0 * columns, 2.0)
    lefts = [axis.get_subplotspec().colspan.start for axis in axes]
    assert lefts == list(range(columns))


def test_png_is_a_png_and_the_same_each_time():
    def drawn():
        fig, (axes,) = plots.figure()
        plots.plane(axes, torch.tensor([[0.5, 0.5]]), title="One point")
        return plots.png(fig)

    pixels = image.imread(io.BytesIO(drawn()), format="png")
    assert pixels.shape[:2] == (360, 405)  # 4.0 × 4.5 inches at 90 dots an inch
    assert drawn() == drawn()


@pytest.mark.parametrize("alt", ['"><script>alert(1)</script>', "a & b < c", "it's 'so'", "σ ≈ 0.5"])
def test_alternative_text_is_escaped(alt):
    fig, _ = plots.figure()
    ((tag, attributes),) = Tags(plots.img(fig, alt)).found
    assert tag == "img"
    assert attributes["alt"] == alt


def test_img_holds_the_picture_itself():
    fig, _ = plots.figure()
    ((_, attributes),) = Tags(plots.img(fig, "An empty panel.")).found
    kind, _, code = attributes["src"].partition(",")
    assert kind == "data:image/png;base64"
    assert base64.b64decode(code, validate=True) == plots.png(fig)


def test_show_stores_html_and_a_stable_text(screen):
    fig, _ = plots.figure()
    plots.show(fig, alt="An empty panel.")
    html = plots.img(fig, "An empty panel.")
    assert screen == [{"text/html": html, "text/plain": "[Figure: An empty panel.]"}]


def test_in_a_terminal_a_figure_is_its_words(capsys):
    fig, _ = plots.figure()
    plots.show(fig, alt="An empty panel.")
    assert capsys.readouterr().out == "[Figure: An empty panel.]\n"


@pytest.mark.parametrize("alt", ["", "  ", "\n"])
def test_a_figure_without_words_is_refused_and_not_shown(screen, alt):
    fig, _ = plots.figure()
    with pytest.raises(ValueError, match="alt is empty: say in a sentence what the figure shows"):
        plots.show(fig, alt)
    with pytest.raises(TypeError, match="alt"):
        plots.show(fig)
    assert screen == []


# The style


def test_the_style_is_that_of_every_panel_whatever_the_reader_set():
    with plots.matplotlib.rc_context({"axes.titlelocation": "right", "font.size": 30, "axes.spines.top": True}):
        _, (one, other) = plots.figure(2)
        plots.plane(one, torch.ones(1, 2), title="a finding")
        plots.images(other, torch.zeros(4, 1, 5, 5), title="a finding")
        for axis in (one, other):
            assert axis.get_title(loc="left") == "a finding"
            assert axis.get_title(loc="right") == axis.get_title(loc="center") == ""
            assert not axis.spines["top"].get_visible()
            assert axis.title.get_fontsize() == 12
        assert one.xaxis.label.get_fontsize() == 11


def test_lines_follow_the_style():
    _, (axes,) = plots.figure()
    curves = {"discriminator": [1.0, 2.0], "generator": [3.0, 4.0]}
    plots.lines(axes, curves, [10, 20], ("step", "loss (nats)"), "Both stay")
    assert axes.get_title(loc="left") == "Both stay"
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("step", "loss (nats)")
    assert [text.get_text() for text in axes.get_legend().get_texts()] == list(curves)
    assert not axes.get_legend().get_frame_on()
    for line, values in zip(axes.lines, curves.values(), strict=True):
        assert line.get_xydata().T.tolist() == [[10, 20], values]
        assert line.get_linewidth() == 2


def test_no_curve_of_many_is_left_out_in_silence():
    _, (axes,) = plots.figure()
    curves = {f"run {k}": [k, k] for k in range(6)}
    with contextlib.suppress(ValueError):  # to refuse them would do
        plots.lines(axes, curves, [0, 1], ("step", "distance"))
        assert len(axes.lines) == len(curves)


def test_the_style_does_not_leak_into_the_readers_figures():
    before = dict(plots.matplotlib.rcParams)
    fig, (axes,) = plots.figure()
    plots.plane(axes, torch.ones(1, 2))
    plots.png(fig)
    assert dict(plots.matplotlib.rcParams) == before


def test_nothing_imports_pyplot():
    package = Path(plots.__file__).parent
    guilty = [
        path.name
        for path in package.rglob("*.py")
        if re.search(r"^\s*(import|from) .*\bpyplot\b|matplotlib\.pyplot", path.read_text(encoding="utf-8"), re.M)
    ]
    assert guilty == []


# The plane


def test_the_plane_has_equal_axes_and_the_two_colours():
    real, fake = torch.tensor([[3.0, 0.0], [0.0, 1.0]]), torch.tensor([[0.0, -0.5]])
    _, (axes,) = plots.figure()
    plots.plane(axes, real, fake, "Apart")
    assert axes.get_aspect() == 1.0
    assert axes.get_xlim() == axes.get_ylim()
    assert axes.get_xlim()[1] == -axes.get_xlim()[0] > 3.0
    clouds = {cloud.get_label(): cloud for cloud in axes.collections}
    for label, points, colour in (("real", real, plots.REAL), ("generated", fake, plots.FAKE)):
        assert torch.equal(torch.tensor(clouds[label].get_offsets()).float(), points)
        assert tuple(clouds[label].get_facecolor()[0][:3]) == to_rgb(colour)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["real", "generated"]


def test_the_plane_takes_either_cloud_neither_or_one_without_points():
    for real, fake, labels in (
        (torch.ones(2, 2), None, ["real"]),
        (None, torch.ones(2, 2, requires_grad=True), ["generated"]),
        (torch.zeros(0, 2), None, ["real"]),
        (None, None, []),
    ):
        fig, (axes,) = plots.figure()
        plots.plane(axes, real, fake)
        assert [cloud.get_label() for cloud in axes.collections] == labels
        assert axes.get_xlim()[0] < axes.get_xlim()[1]
        assert plots.png(fig)


def test_points_that_all_lie_on_the_origin_can_be_drawn():
    _, (axes,) = plots.figure()
    plots.plane(axes, torch.zeros(3, 2))
    assert axes.get_xlim()[0] < 0 < axes.get_xlim()[1]


def test_the_plane_keeps_to_a_given_limit():
    _, (axes,) = plots.figure()
    plots.plane(axes, torch.tensor([[9.0, 9.0]]), limit=1.5)
    assert axes.get_xlim() == axes.get_ylim() == (-1.5, 1.5)


def test_the_points_of_many_runs_lie_each_in_its_field():
    real = torch.tensor([[0.5, 0.5]])
    fake = torch.tensor([[[0.1 * k, 0.0]] for k in range(5)])
    _, (axes,) = plots.figure()
    plots.planes(axes, real, fake, limit=1.0)
    clouds = {cloud.get_label(): torch.tensor(cloud.get_offsets()).float() for cloud in axes.collections[:2]}
    corners = torch.tensor([[0, 0], [2, 0], [4, 0], [0, -2], [2, -2]])  # three fields of width 2 in a row
    torch.testing.assert_close(clouds["real"], real + corners)
    torch.testing.assert_close(clouds["generated"], fake[:, 0] + corners)
    assert [text.get_text() for text in axes.texts] == ["0", "1", "2", "3", "4"]
    for text, corner in zip(axes.texts, corners.tolist(), strict=True):
        assert max(abs(a - b) for a, b in zip(text.get_position(), corner, strict=True)) < 1
    assert axes.get_aspect() == 1.0


def test_a_point_that_leaves_its_field_is_not_seen_in_anothers():
    fake = torch.tensor([[[0.0, 0.0], [3.0, 0.0]], [[0.0, 0.0], [0.0, 0.5]]])
    _, (axes,) = plots.figure()
    plots.planes(axes, torch.ones(1, 2), fake, limit=1.5)
    found = torch.tensor(axes.collections[1].get_offsets().filled(float("nan"))).float()
    assert found.isnan().any(1).tolist() == [False, True, False, False]


# Images


@pytest.mark.parametrize(
    ("n", "columns", "rows", "wide"),
    [(1, None, 1, 1), (9, None, 3, 3), (7, None, 3, 3), (5, None, 3, 2), (64, None, 8, 8), (5, 4, 2, 4), (3, 5, 1, 5)],
)
def test_tile_puts_every_image_in_its_place(n, columns, rows, wide):
    images = torch.rand(n, 1, 3, 2)
    page = torch.full((rows * 3, wide * 2), -1.0)
    for k in range(n):
        for y in range(3):
            for x in range(2):
                page[k // wide * 3 + y, k % wide * 2 + x] = images[k, 0, y, x]
    assert torch.equal(plots.tile(images, columns), page)


@pytest.mark.parametrize("shape", [(4, 28, 28), (28, 28), (4, 3, 28, 28), (0, 1, 28, 28), (2, 2, 1, 28, 28)])
def test_other_shapes_are_no_images(shape):
    with pytest.raises(ValueError, match=re.escape(f"images of shape {shape}: give (N, 1, H, W) with N ≥ 1")):
        plots.tile(torch.zeros(shape))


def test_ink_is_black_and_paper_white():
    _, (axes,) = plots.figure()
    plots.images(axes, torch.tensor([-1.0, 1.0]).view(2, 1, 1, 1), columns=2)
    (picture,) = axes.images
    paper, ink = picture.cmap(picture.norm(picture.get_array()))[0, :, :3].tolist()
    assert paper == [1.0, 1.0, 1.0]
    assert ink == [0.0, 0.0, 0.0]
    assert picture.get_clim() == (-1, 1)  # not stretched to what the images hold


def test_a_grid_is_shown_with_words_and_several_under_their_names(screen):
    images = torch.zeros(6, 1, 4, 4)
    plots.image_grid(images, alt="Six empty sheets.")
    plots.image_grid({"real": images, "generated": images[:2]}, alt="Two grids.")
    one, several = screen
    assert one["text/plain"] == "[Figure: Six empty sheets.]"
    assert several["text/plain"] == "[Figure: Two grids.]"
    ((_, attributes),) = Tags(several["text/html"]).found
    assert attributes["alt"] == "Two grids."


# Colours, as others see them: the matrices of Machado, Oliveira and Fernandes 2009, severity 1, on linear light.

VISION = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    "common": np.eye(3),
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def seen(colour, vision):
    """CIE L*a*b* of a colour through that eye: 100 is from black to white, about 2 just noticeable."""
    light = np.array([c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)])
    light = np.clip(np.array(VISION[vision]) @ light, 0, 1)
    x, y, z = np.cbrt(XYZ @ light / XYZ.sum(1))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("vision", VISION)
def test_real_and_fake_are_told_apart_by_every_eye(vision):
    assert np.linalg.norm(seen(plots.REAL, vision) - seen(plots.FAKE, vision)) > 40
    for colour in (plots.REAL, plots.FAKE):
        assert np.linalg.norm(seen(colour, vision) - seen("white", vision)) > 40  # and from the paper


def test_the_check_of_colours_can_fail():
    assert np.linalg.norm(seen("#d04000", "deuteranopia") - seen("#708000", "deuteranopia")) < 20
    assert np.linalg.norm(seen("#d04000", "common") - seen("#708000", "common")) > 40


# Dials

RUNS = {"first": {"loss": 0.5, "push": -3.0}, "second": {"loss": 9.0, "push": 1.0, "unused": 1.0}}
SCALES = {"loss": (0.0, 1.0, 2.0), "push": (-1.0, 0.0, 1.0)}


def needles(fig):
    """Where the needle of each dial points: the angle in degrees, 180 at the least reading and 0 at the greatest."""
    ends = [[text.xy for text in axes.texts if isinstance(text, Annotation)] for axes in fig.axes]
    return [round(math.degrees(math.atan2(y, x))) for ((x, y),) in ends]


@pytest.fixture
def shown(monkeypatch):
    figures = []
    monkeypatch.setattr(plots, "show", lambda fig, alt: figures.append((fig, alt)))
    return figures


def test_each_run_has_a_row_of_dials_whose_needles_stop_at_the_ends(shown):
    plots.dials(RUNS, SCALES)
    ((fig, alt),) = shown
    assert needles(fig) == [135, 180, 0, 0]
    assert [axes.get_title() for axes in fig.axes] == ["loss", "push"] * 2
    written = [{text.get_text() for text in axes.texts} for axes in fig.axes]
    assert all(reading in found for reading, found in zip(("0.50", "-3.00", "9.00", "1.00"), written, strict=True))
    assert "first" in written[0]
    assert "second" in written[2]
    assert "first: loss ≈ 0.50, push ≈ -3.00. second: loss ≈ 9.00, push ≈ 1.00." in alt
    assert plots.png(fig)


def test_the_mark_of_a_dial_is_where_a_perfect_generator_would_put_the_needle(shown):
    plots.dials(RUNS, SCALES)
    ((fig, _),) = shown
    for axes, angle in zip(fig.axes, (90, 90) * 2, strict=True):
        (mark,) = [line for line in axes.lines if line.get_color() == "#009E73"]
        assert [round(math.degrees(math.atan2(y, x))) for x, y in mark.get_xydata()] == [angle, angle]


def test_a_run_without_a_reading_is_named():
    with pytest.raises(ValueError, match="second has no reading for loss, push: give every run all dials"):
        plots.dials({"first": RUNS["first"], "second": {}}, SCALES)


# Charts

CURVES = {
    name: torch.full((5, 3), 0.5) for name in ("loss_D", "loss_G", "on_training", "on_held_out", "on_fakes", "gradient")
}
CURVES |= {"centre": torch.arange(15.0).view(5, 3), "spread": torch.ones(5, 3)}


def test_a_chart_shows_every_curve_and_where_the_data_is(shown):
    plots.chart(range(5), CURVES, (2.0, 7.0), "patient 1")
    ((fig, alt),) = shown
    assert "patient 1" in alt
    assert [axes.get_title(loc="left") for axes in fig.axes] == list(plots.CHART)
    assert [len(axes.lines) for axes in fig.axes] == [2, 3, 1, 4, 4]  # every run in the last two, and the data
    assert [fig.axes[k].lines[-1].get_ydata()[0] for k in (3, 4)] == [2.0, 7.0]
    assert fig.axes[3].lines[1].get_ydata().tolist() == [1, 4, 7, 10, 13]
    assert fig.axes[2].get_yscale() == "log"
    assert plots.png(fig)


def test_the_curves_of_a_chart_are_all_in_some_panel():
    assert {name for _, shown in plots.CHART.values() for name in shown} == CURVES.keys()
