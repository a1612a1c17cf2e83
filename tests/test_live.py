"""Live views draw when it is time, leave a still behind, and never touch the run that they watch."""

import re
from html.parser import HTMLParser

import pytest
import torch

from gan_lessons import live, losses, models, plots, toys
from gan_lessons.ensemble import Ensemble
from gan_lessons.recipes import Recipe
from gan_lessons.training import GAN

RING = toys.Ring()
RECIPE = Recipe(loss=losses.non_saturating, players=lambda: models.toy_players(width=8), batch=8, average=0.9)


class Clock:
    """A clock that stands still unless it is told to go on."""

    def __init__(self):
        self.now = 100.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(live, "time", clock)
    return clock


@pytest.fixture
def frames(monkeypatch):
    """Every picture, as HTML, that took the place of the one before."""
    pictures = []

    def put(bundle, place=None, again=False, real=plots.put):
        if again and bundle is not live.BLANK:
            pictures.append(bundle["text/html"])
        real(bundle, place, again)

    monkeypatch.setattr(plots, "put", put)
    return pictures


@pytest.fixture
def quick(monkeypatch):
    """Figures are not rendered, which takes most of the time; their titles and words still arrive."""

    def img(fig, alt):
        titles = " / ".join(axes.get_title(loc="left") for axes in fig.axes)
        return f'<img alt="{alt}" title="{titles}">'

    monkeypatch.setattr(plots, "img", img)


class Attributes(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tag, self.attributes = tag, dict(attributes)


def attributes(picture):
    found = Attributes(picture)
    assert found.tag == "img"
    return found.attributes


def make():
    return GAN.from_recipe(RECIPE, seed=0)


def watch(view, gan, steps, clock=None, seconds=1.0, data=RING):
    for record in gan.train(data, steps):
        if clock is not None:
            clock.now += seconds
        view.update(gan, record)


def replay(view, updates, steps, clock, seconds=1.0):
    """So many updates of a run of `steps`, without the training."""
    gan = make()
    (record,) = gan.train(RING, 1)
    for step in range(1, updates + 1):
        clock.now += seconds
        view.update(gan, record | {"step": step, "steps": steps})


def steps_of(pictures):
    return [int(re.match(r"Step ([\d,]+) of", attributes(p)["alt"])[1].replace(",", "")) for p in pictures]


class ImageGenerator(torch.nn.Module):
    """Grey squares instead of digits: the smallest G of the right shape."""

    z_dim = 3

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(3, 1)

    def forward(self, z):
        return self.layer(z).tanh()[:, :, None, None].expand(-1, 1, 28, 28)


def image_players():
    return ImageGenerator(), torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 1), torch.nn.Flatten(0))


class Sheets:
    def sample(self, n):
        return (2 * torch.rand(n, 1, 28, 28) - 1,)


DIGITS = Recipe(loss=losses.non_saturating, players=image_players, batch=8)

# When


@pytest.mark.usefixtures("quick", "screen")
def test_pictures_come_at_the_steps_asked_for_and_at_the_last(clock, frames, screen):
    watch(live.ToyView(RING, every=4), make(), 10, clock)
    assert steps_of(frames) == [4, 8]
    assert steps_of([screen[-1]["text/html"]]) == [10]


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize(("drawing", "pictures"), [(0.0, 30), (0.1, 30), (1.0, 15), (2.0, 8), (50.0, 1)])
def test_drawing_takes_at_most_a_third_of_the_time(clock, frames, monkeypatch, drawing, pictures):
    def img(fig, alt):
        clock.now += drawing
        return alt

    monkeypatch.setattr(plots, "img", img)
    before = clock.now
    replay(live.ToyView(RING, every=1, points=5), 30, 100, clock, seconds=1.0)
    assert len(frames) == pictures
    assert (pictures - 1) * drawing <= (clock.now - before) / 3


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("every", [1, 7, 1_000])
def test_the_last_round_is_drawn_whatever_the_clock_says(clock, screen, every):
    watch(live.ToyView(RING, every=every), make(), 3)  # the clock stands still
    assert steps_of([screen[-1]["text/html"]]) == [3]


@pytest.mark.usefixtures("quick")
def test_a_run_of_one_step_leaves_a_picture(screen):
    watch(live.ToyView(RING), make(), 1)
    assert steps_of([screen[-1]["text/html"]]) == [1]


@pytest.mark.parametrize("every", [0, -1])
def test_a_view_that_would_never_draw_is_refused(every):
    for make_view in (lambda: live.ToyView(RING, every=every), lambda: live.DigitsView(torch.zeros(1, 3), every=every)):
        with pytest.raises(ValueError, match=f"every={every}: redraw every 1, 2, 3, … steps"):
            make_view()


# What is shown


@pytest.mark.usefixtures("quick")
def test_the_picture_moves_in_its_place_and_a_still_stays(clock, screen):
    view = live.ToyView(RING, every=1)
    for record in (gan := make()).train(RING, 3):
        clock.now += 1
        view.update(gan, record)
        if record["step"] < 3:
            (moving,) = screen
            assert attributes(moving["text/html"])["alt"].startswith(f"Step {record['step']} of 3")
    blank, still = screen
    assert blank == {"text/html": "", "text/plain": "[a live picture, while the cell runs]"}
    assert still.keys() == {"text/html", "text/plain"}
    assert still["text/plain"] == f"[Figure: {attributes(still['text/html'])['alt']}]"


def test_a_run_that_is_interrupted_leaves_its_last_picture(clock, screen):
    view, gan = live.ToyView(RING, every=1), make()
    for record in gan.train(RING, 5):
        clock.now += 1
        view.update(gan, record)
        if record["step"] == 2:
            break
    (left,) = screen
    assert attributes(left["text/html"])["src"].startswith("data:image/png;base64,")
    assert left["text/plain"].startswith("[Figure: Step 2 of 5.")


@pytest.mark.usefixtures("quick", "screen")
def test_the_title_tells_step_and_time_left(clock, frames, screen):
    replay(live.ToyView(RING, every=1_000, points=5), 4_000, 4_000, clock, seconds=0.01)
    titles = [attributes(picture)["title"] for picture in frames]
    assert [re.search(r"step ([\d,]+ of [\d,]+), (\d+) s left", title).groups() for title in titles] == [
        ("1,000 of 4,000", "30"),
        ("2,000 of 4,000", "20"),
        ("3,000 of 4,000", "10"),
    ]
    last = attributes(screen[-1]["text/html"])["title"]
    assert "4,000" in last
    assert "left" not in last


@pytest.mark.usefixtures("quick", "screen")
def test_time_left_of_a_run_that_goes_on_counts_only_its_own_steps(clock, frames):
    gan = make()
    for _ in gan.train(RING, 50):
        pass
    watch(live.ToyView(RING, every=60), gan, 51, clock, seconds=1.0)  # steps 51 to 101
    (picture,) = frames
    assert "step 60 of 101, 41 s left" in attributes(picture)["title"]


def test_a_view_of_many_seeds_shows_a_field_for_each_and_the_mean_loss(monkeypatch):
    drawn = {}
    monkeypatch.setattr(plots, "planes", lambda axes, real, fake, title, limit: drawn.update(fake=fake, title=title))
    monkeypatch.setattr(plots, "lines", lambda axes, curves, *rest: drawn.update(curves=curves))
    monkeypatch.setattr(plots, "show", lambda fig, alt: drawn.update(alt=alt))
    ensemble = Ensemble.from_recipe(RECIPE, range(3))
    view, records = live.SeedsView(RING, every=4, points=7), []
    for record in ensemble.train(RING, 4):
        view.update(ensemble, record)
        records.append(record)
    assert drawn["fake"].shape == (3, 7, 2)
    assert "3 runs" in drawn["title"]
    assert "3 small fields, one a run" in drawn["alt"]
    mean = torch.stack([record["loss_D"] for record in records]).mean().item()
    assert drawn["curves"]["discriminator"] == [pytest.approx(mean)]


@pytest.mark.usefixtures("quick")
def test_every_picture_has_its_words(clock, frames, screen):
    watch(live.ToyView(RING, every=1, points=70), make(), 3, clock)
    gan = GAN.from_recipe(DIGITS, seed=0)
    watch(live.DigitsView(gan.fixed_noise(6), every=1), gan, 3, clock, data=Sheets())
    toys_, digits_ = "70 real points in blue, as many generated", "6 generated pictures"
    stills = [output["text/html"] for output in screen if output != live.BLANK]
    words = [attributes(picture)["alt"] for picture in (*frames[:2], stills[0])]
    assert [toys_ in alt and f"Step {k} of 3" in alt for k, alt in enumerate(words, 1)] == [True] * 3
    words = [attributes(picture)["alt"] for picture in (*frames[2:], stills[1])]
    assert [digits_ in alt and f"Step {k} of 3" in alt for k, alt in enumerate(words, 1)] == [True] * 3


@pytest.mark.usefixtures("quick", "screen")
def test_the_panels_hold_the_samples_and_the_mean_losses(clock, monkeypatch):
    drawn = []
    monkeypatch.setattr(plots, "figure", lambda *_, real=plots.figure: drawn.append(real(2)) or drawn[-1])
    gan, view, records = make(), live.ToyView(RING, every=2, points=40), []
    for record in gan.train(RING, 4):
        clock.now += 1
        records.append(record)
        view.update(gan, record)
    _, (left, right) = drawn[-1]
    assert [len(cloud.get_offsets()) for cloud in left.collections] == [40, 40]
    curves = {line.get_label(): line.get_xydata().T.tolist() for line in right.lines}
    for label, name in (("discriminator", "loss_D"), ("generator", "loss_G")):
        pairs = [(records[k][name] + records[k + 1][name]).item() / 2 for k in (0, 2)]
        assert curves[label] == [[2, 4], pytest.approx(pairs, rel=1e-5)]
    assert right.get_xlabel() == "step"
    assert right.get_ylabel() == "mean loss"


@pytest.mark.usefixtures("quick", "screen")
def test_all_pictures_of_a_view_show_the_same_noise_and_the_same_real_points(clock, monkeypatch):
    seen = []
    monkeypatch.setattr(plots, "plane", lambda axes, real, fake, *_: seen.append((real, fake)))
    replay(live.ToyView(RING, every=1), 2, 9, clock)  # G does not move between the two
    (real, fake), (real_again, fake_again) = seen
    assert torch.equal(real, real_again)
    assert torch.equal(fake, fake_again)


# Looking changes nothing


@pytest.mark.usefixtures("quick", "screen")
@pytest.mark.parametrize("recipe", [RECIPE, DIGITS], ids=["toy", "digits"])
def test_a_watched_run_is_bit_for_bit_the_unwatched_one(clock, recipe):
    data = RING if recipe is RECIPE else Sheets()
    alone, watched = (GAN.from_recipe(recipe, seed=0) for _ in range(2))
    view = live.ToyView(RING, every=1) if recipe is RECIPE else live.DigitsView(watched.fixed_noise(4), every=1)
    for _ in alone.train(data, 5):
        pass
    watch(view, watched, 5, clock, data=data)
    for player in ("G", "D"):
        for one, other in zip(getattr(alone, player).parameters(), getattr(watched, player).parameters(), strict=True):
            assert torch.equal(one, other)
    assert torch.equal(alone.random.state()["cpu"], watched.random.state()["cpu"])
    assert watched.G.training


@pytest.mark.usefixtures("screen")
def test_a_view_leaves_the_readers_random_numbers_alone(clock):
    torch.manual_seed(3)
    before = torch.get_rng_state()
    watch(live.ToyView(RING, every=1), make(), 2, clock)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.usefixtures("screen", "quick")
def test_memory_grows_with_the_points_of_the_curves_not_with_the_steps(clock):
    view = live.ToyView(RING, every=100, points=5)
    replay(view, 1_000, 2_000, clock)
    kept = view._means["loss_D"] + view._means["loss_G"]
    assert len(view._steps) == 10
    assert len(kept) == 20
    assert not any(value.requires_grad for value in kept)  # or each would keep a whole round's graph


@pytest.mark.usefixtures("screen", "quick")
def test_the_curves_have_the_same_points_however_seldom_it_is_drawn(clock, monkeypatch):
    drawn = []
    monkeypatch.setattr(plots, "lines", lambda axes, curves, steps, *_: drawn.append((curves, list(steps))))
    for drawing in (0.0, 1.0):

        def img(fig, alt, drawing=drawing):
            clock.now += drawing
            return alt

        monkeypatch.setattr(plots, "img", img)
        watch(live.ToyView(RING, every=2, points=5), make(), 9, clock, seconds=0.01)
    often, seldom = drawn[:5], drawn[5:]
    assert len(seldom) == 2
    assert often[-1] == seldom[-1]
    assert often[-1][1] == [2, 4, 6, 8, 9]


@pytest.mark.usefixtures("quick")
def test_a_view_can_watch_a_second_run(clock, frames, screen):
    gan, view = make(), live.ToyView(RING, every=1)
    watch(view, gan, 2, clock)
    watch(view, gan, 2, clock)
    assert [sorted(output) for output in screen] == [
        ["text/html", "text/plain"],
    ] * 4
    assert steps_of(frames) == [1, 3]


def test_without_a_kernel_a_run_can_be_watched_too(clock, capsys):
    watch(live.ToyView(RING, every=1, points=5), make(), 2, clock)
    shown = capsys.readouterr()
    assert "Step 2 of 2" in shown.out
    assert "base64" not in shown.out  # a terminal cannot show it
    assert shown.err == ""
