"""Every notebook is stored as the rules want it: what nbval does not see is seen here."""

import copy
import importlib
import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest

from gan_lessons.exercises.engine import Exercise, Quiz
from gan_lessons.notebooks import KERNEL, WIDGET

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
NAMES = sorted(path.name for path in FOLDER.glob("*.ipynb"))
ANATOMY = (
    "Predict",
    "See",
    "Idea",
    "Build",
    "Agree",
    "Train",
    "Read the picture",
    "Break it",
    "Your turn",
    "Takeaways",
)
MOST_LINES, MOST_SETUP_LINES, MOST_WORDS = 25, 9, 160
MASKED = "≈"  # numbers after it are not compared (tests/nbval.cfg), so the cell itself must judge them


def read(name):
    book = nbformat.read(FOLDER / name, as_version=nbformat.NO_CONVERT)
    book.name = name  # for messages and for what depends on the lesson's number
    return book


@pytest.fixture(params=NAMES)
def book(request):
    return read(request.param)


def code_cells(book):
    return [cell for cell in book.cells if cell.cell_type == "code"]


def tags(cell):
    return set(cell.metadata.get("tags", []))


def texts(output):
    """Every text of an output, by its kind; pictures inside are left out."""
    if output.output_type == "stream":
        return {output.name: output.text}
    if output.output_type == "error":
        return {"error": "\n".join(output.traceback)}
    return {kind: re.sub(r"base64,[\w+/=]+", "", str(data)) for kind, data in output.data.items()}


def code_lines(source):
    return [line for line in source.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def words(source):
    """The words of prose: no table rules, no displayed formulas, no targets of links."""
    source = re.sub(r"\$\$.*?\$\$|\]\([^)]*\)", " ", source, flags=re.S)
    return [word for word in source.split() if re.search(r"\w", word)]


def headings(book):
    markdown = "\n\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    return re.findall(r"^#+ +(.+?) *$", re.sub(r"^```.*?^```", "", markdown, flags=re.S | re.M), re.M)


def setup(book):
    (cell,) = [cell for cell in book.cells if cell.id == "setup"]
    return cell.source


def number(book):
    """Two digits of a lesson, a letter and a digit of an appendix: "04", "a1"."""
    return book.name[:2]


def test_there_are_notebooks():
    assert "00_start_here.ipynb" in NAMES


# The file


def test_the_name_begins_with_the_number_of_a_lesson_or_an_appendix(book):
    assert re.fullmatch(r"(\d\d|a\d)_[a-z0-9_]+\.ipynb", book.name)


def test_the_format_is_valid_and_cells_have_ids(book):
    assert (book.nbformat, book.nbformat_minor) >= (4, 5)
    ids = [cell.id for cell in book.cells]
    assert len(set(ids)) == len(ids)
    nbformat.validate(nbformat.from_dict({key: value for key, value in book.items() if key != "name"}))


def test_metadata_names_the_kernel_and_nothing_else(book):
    assert book.metadata == {"kernelspec": KERNEL}
    assert {key for cell in book.cells for key in cell.metadata} <= {"tags"}


def test_every_code_cell_has_run_in_order(book):
    counts = [cell.execution_count for cell in code_cells(book) if "skip-execution" not in tags(cell)]
    assert counts == list(range(1, len(counts) + 1))


def test_a_cell_is_skipped_by_all_runners_or_none(book):
    for cell in code_cells(book):
        assert ("nbval-skip" in tags(cell)) == ("skip-execution" in tags(cell)), cell.id


def test_no_cell_has_its_outputs_ignored(book):
    for cell in code_cells(book):
        assert "nbval-ignore-output" not in tags(cell), cell.id
        assert not re.search(r"#\s*(NBVAL_|PYTEST_VALIDATE_)IGNORE", cell.source), cell.id
        assert not re.search(r"#\s*NBVAL_SKIP", cell.source), cell.id  # a tag says it


# Outputs


def test_no_cell_failed_and_none_wrote_errors(book):
    for cell in code_cells(book):
        kinds = {kind for output in cell.outputs for kind in texts(output)}
        assert "stderr" not in kinds, cell.id
        assert "error" not in kinds or "raises-exception" in tags(cell), cell.id


def test_no_output_is_a_widget_or_a_picture_without_words(book):
    for cell in code_cells(book):
        kinds = {kind for output in cell.outputs for kind in texts(output)}
        assert WIDGET not in kinds, cell.id
        assert not [kind for kind in kinds if kind.startswith("image/")], f"{cell.id}: use plots.show"


class Images(HTMLParser):
    """The alternative texts in a piece of HTML, None where there is none."""

    def __init__(self, text):
        super().__init__()
        self.alts = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag == "img":
            self.alts.append(dict(attributes).get("alt"))


def test_every_picture_has_alternative_text(book):
    htmls = [texts(output).get("text/html", "") for cell in code_cells(book) for output in cell.outputs]
    prose = [cell.source for cell in book.cells if cell.cell_type == "markdown"]
    alts = [alt for text in (*htmls, *prose) for alt in Images(text).alts]
    alts += [alt for text in prose for alt in re.findall(r"!\[([^\]]*)\]\(", text)]
    assert all(alt and alt.strip() for alt in alts)


def test_nothing_tells_of_the_authors_machine(book):
    place = re.compile(r"/(?:home|root|tmp|Users|work|opt|usr|content|var)/\w|[A-Z]:\\\w")
    address = re.compile(r"\b0x[0-9a-fA-F]{6,}")
    for cell in book.cells:
        found = [cell.source, *(text for output in cell.get("outputs", []) for text in texts(output).values())]
        for text in found:
            assert not place.search(text), f"{cell.id}: {place.search(text)[0]}"
            assert not address.search(text), f"{cell.id}: {address.search(text)[0]}"


def test_a_measured_number_is_judged_where_it_is_printed(book):
    for cell in code_cells(book):
        shown = [text for output in cell.outputs for kind, text in texts(output).items() if kind != "text/html"]
        if MASKED in cell.source or any(MASKED in text for text in shown):
            assert re.search(r"^\s*assert\b", cell.source, re.M), cell.id


# Code and prose


def test_code_is_short_enough_to_read(book):
    for cell in code_cells(book):
        assert len(code_lines(cell.source)) <= MOST_LINES, cell.id


def test_prose_is_short_enough_to_read(book):
    for cell in book.cells:
        if cell.cell_type == "markdown":
            assert len(words(cell.source)) <= MOST_WORDS, f"{cell.id}: {len(words(cell.source))} words"


def test_the_set_up_is_the_same_everywhere_but_for_imports(book):
    """What a lesson imports is its own, and how many threads serve its networks best."""

    def shared(source):
        return [
            line for line in source.splitlines() if not re.match(r"import |from |torch\.set_num_threads\(\d\)", line)
        ]

    assert shared(setup(book)) == shared(setup(read("00_start_here.ipynb")))
    assert len(code_lines(setup(book))) <= MOST_SETUP_LINES
    assert len(re.findall(r"^torch\.set_num_threads\(\d\)", setup(book), re.M)) == 1
    first = code_cells(book)[0]
    assert first.id == "setup"


def test_the_parts_of_a_lesson_come_in_their_order(book):
    rest = headings(book)
    assert rest[0].startswith(f"{number(book).upper()} · ")
    for part in ANATOMY:
        places = [k for k, heading in enumerate(rest) if re.match(rf"{part}\b", heading)]
        assert places, f"no heading {part!r} where it belongs, among {rest}"
        rest = rest[places[0] + 1 :]


def test_every_exercise_is_set_and_checked(book):
    lesson = importlib.import_module(f"gan_lessons.exercises.lesson_{number(book)}")
    there = {name for name, value in vars(lesson).items() if isinstance(value, Exercise | Quiz)}
    source = "\n".join(cell.source for cell in code_cells(book))
    assert f"from gan_lessons.exercises import lesson_{number(book)} as ex\n" in source + "\n"
    assert set(re.findall(r"\bex\.(\w+)\.check\(", source)) == there
    assert sum(isinstance(value, Quiz) for value in vars(lesson).values()) == 1
    assert len(there) >= 3  # two exercises and the quiz


def test_links_lead_to_files_that_there_are(book):
    prose = "\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    targets = re.findall(r"\]\(([^)\s]+)\)|(?:href|src)=\"([^\"]+)\"", prose)
    local = [one or other for one, other in targets]
    local = [link.partition("#")[0] for link in local if not re.match(r"[a-z]+:|#", link)]
    assert [link for link in local if not (FOLDER / link).exists()] == []


# The rules can fail


def changed(change):
    book = copy.deepcopy(read("00_start_here.ipynb"))
    cell = next(cell for cell in code_cells(book) if cell.outputs and not re.search("assert", cell.source))
    change(book, cell)
    return book


def html(text):
    return nbformat.v4.new_output("display_data", {"text/html": text})


BREACHES = {
    "a name without a number": (
        test_the_name_begins_with_the_number_of_a_lesson_or_an_appendix,
        lambda book, cell: setattr(book, "name", "appendix.ipynb"),
    ),
    "two cells of one id": (
        test_the_format_is_valid_and_cells_have_ids,
        lambda book, cell: cell.update(id=book.cells[0].id),
    ),
    "an old format": (test_the_format_is_valid_and_cells_have_ids, lambda book, cell: book.update(nbformat_minor=4)),
    "another kernel": (
        test_metadata_names_the_kernel_and_nothing_else,
        lambda book, cell: book.metadata.kernelspec.update(name="mine"),
    ),
    "timings": (test_metadata_names_the_kernel_and_nothing_else, lambda book, cell: cell.metadata.update(execution={})),
    "a cell that has not run": (
        test_every_code_cell_has_run_in_order,
        lambda book, cell: cell.update(execution_count=None),
    ),
    "a cell run twice": (test_every_code_cell_has_run_in_order, lambda book, cell: cell.update(execution_count=99)),
    "skipped by nbval alone": (
        test_a_cell_is_skipped_by_all_runners_or_none,
        lambda book, cell: cell.metadata.update(tags=["nbval-skip"]),
    ),
    "a tag that ignores": (
        test_no_cell_has_its_outputs_ignored,
        lambda book, cell: cell.metadata.update(tags=["nbval-ignore-output"]),
    ),
    "a comment that ignores": (
        test_no_cell_has_its_outputs_ignored,
        lambda book, cell: cell.update(source="# NBVAL_IGNORE_OUTPUT\n1"),
    ),
    "an error": (
        test_no_cell_failed_and_none_wrote_errors,
        lambda book, cell: cell.outputs.append(nbformat.v4.new_output("error", ename="E", evalue="", traceback=[])),
    ),
    "a warning": (
        test_no_cell_failed_and_none_wrote_errors,
        lambda book, cell: cell.outputs.append(nbformat.v4.new_output("stream", name="stderr", text="careful")),
    ),
    "a widget": (
        test_no_output_is_a_widget_or_a_picture_without_words,
        lambda book, cell: cell.outputs.append(nbformat.v4.new_output("display_data", {WIDGET: {}})),
    ),
    "a bare picture": (
        test_no_output_is_a_widget_or_a_picture_without_words,
        lambda book, cell: cell.outputs.append(nbformat.v4.new_output("display_data", {"image/png": "iVBO"})),
    ),
    "no words": (
        test_every_picture_has_alternative_text,
        lambda book, cell: cell.outputs.append(html('<p><img src="data:image/png;base64,iVBO"></p>')),
    ),
    "empty words": (
        test_every_picture_has_alternative_text,
        lambda book, cell: cell.outputs.append(html('<img alt=" " src="a.png">')),
    ),
    "a path": (
        test_nothing_tells_of_the_authors_machine,
        lambda book, cell: cell.outputs.append(html("/home/me/a.py")),
    ),
    "an address": (
        test_nothing_tells_of_the_authors_machine,
        lambda book, cell: cell.outputs.append(html("object at 0x7f06e0fbcfe0")),
    ),
    "a number that nobody judges": (
        test_a_measured_number_is_judged_where_it_is_printed,
        lambda book, cell: cell.outputs.append(nbformat.v4.new_output("stream", text="≈ 0.5")),
    ),
    "much code": (test_code_is_short_enough_to_read, lambda book, cell: cell.update(source="x = 1\n" * 26)),
    "much prose": (test_prose_is_short_enough_to_read, lambda book, cell: book.cells[0].update(source="word " * 161)),
    "another set-up": (
        test_the_set_up_is_the_same_everywhere_but_for_imports,
        lambda book, cell: code_cells(book)[0].update(source="import torch\ntorch.set_num_threads(1)"),
    ),
    "no threads": (
        test_the_set_up_is_the_same_everywhere_but_for_imports,
        lambda book, cell: code_cells(book)[0].update(source=setup(book).replace("torch.set_num_threads", "# no")),
    ),
    "parts in another order": (
        test_the_parts_of_a_lesson_come_in_their_order,
        lambda book, cell: book.update(cells=book.cells[:1] + book.cells[:0:-1]),
    ),
    "an appendix under another number": (
        test_the_parts_of_a_lesson_come_in_their_order,
        lambda book, cell: setattr(book, "name", "a1_classics.ipynb"),
    ),
    "an exercise left out": (
        test_every_exercise_is_set_and_checked,
        lambda book, cell: [c.update(source="1") for c in book.cells if "ex.islands.check" in c.source],
    ),
    "a link to nowhere": (
        test_links_lead_to_files_that_there_are,
        lambda book, cell: book.cells[0].update(source="See [this](99_nowhere.ipynb)."),
    ),
}


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_of_the_rules_is_seen(breach):
    rule, change = BREACHES[breach]
    with pytest.raises((AssertionError, nbformat.ValidationError)):
        rule(changed(change))
