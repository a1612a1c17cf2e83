"""The runner stores what another reader needs, whole or not at all."""

import json
import os
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from gan_lessons import notebooks

FIGURE = {"text/html": '<img alt="A line.">', "text/plain": "[Figure: A line.]"}


def book(*sources):
    """A notebook of code cells with fixed ids, so that two are equal."""
    cells = [new_code_cell(source, id=f"cell-{k}") for k, source in enumerate(sources)]
    return new_notebook(cells=cells, metadata={"kernelspec": notebooks.KERNEL})


def busy_book():
    """A notebook with all that an editor and a kernel leave behind."""
    widget = {notebooks.WIDGET: {"model_id": "12ab"}, "text/plain": "[a live picture, while the cell runs]"}
    code = new_code_cell(
        "view",
        id="code",
        execution_count=3,
        metadata={"execution": {"iopub.execute_input": "2026-11-20T21:00:00Z"}, "tags": ["raises-exception"]},
        outputs=[
            new_output("display_data", widget),
            new_output("display_data", FIGURE),
            new_output("stream", text="1"),
        ],
    )
    text = new_markdown_cell("# Words", id="text", metadata={"collapsed": True, "tags": []})
    extra = {
        "language_info": {"name": "python"},
        "widgets": {"state": {}},
        "kernelspec": {"name": "mine", "display_name": "Mine"},
    }
    return new_notebook(cells=[text, code], metadata=extra)


# trim


def test_trim_keeps_cells_outputs_tags_and_the_kernels_name():
    found = busy_book()
    notebooks.trim(found)
    text, code = found.cells
    assert found.metadata == {"kernelspec": notebooks.KERNEL}
    assert text.metadata == {}
    assert code.metadata == {"tags": ["raises-exception"]}
    assert (text.source, code.source, code.execution_count) == ("# Words", "view", 3)
    live, figure, stream = code.outputs
    assert live.data == {"text/plain": "[a live picture, while the cell runs]"}
    assert figure.data == FIGURE
    assert stream.text == "1"
    nbformat.validate(found)


def test_trimming_twice_is_trimming_once():
    once, twice = busy_book(), busy_book()
    notebooks.trim(once)
    notebooks.trim(twice)
    notebooks.trim(twice)
    assert once == twice


# store


def test_store_writes_json_that_reads_back(tmp_path):
    path = tmp_path / "a.ipynb"
    wanted = book("print('σ ≈ 1')")
    notebooks.store(wanted, path)
    text = path.read_text(encoding="utf-8")
    assert nbformat.read(path, as_version=4) == wanted
    assert "σ ≈ 1" in text  # readable in a diff
    assert text.startswith('{\n "cells"')  # one space of indent
    assert text.endswith("}\n")
    assert not text.endswith("\n\n")
    assert b"\r" not in path.read_bytes()


def test_storing_what_was_read_changes_no_byte(tmp_path):
    path = tmp_path / "a.ipynb"
    notebooks.store(busy_book(), path)
    before = path.read_bytes()
    notebooks.store(nbformat.read(path, as_version=4), path)
    assert path.read_bytes() == before


def test_a_store_that_fails_leaves_the_old_notebook(tmp_path, monkeypatch):
    path = tmp_path / "a.ipynb"
    notebooks.store(book("1"), path)
    before = path.read_bytes()
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        notebooks.store(book("2"), path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["a.ipynb"]


# Running, in a real kernel once for what succeeds and once for what fails

CELLS = ("import os, sys", "print(sys.executable)\nprint(os.path.basename(os.getcwd()))", "6 * 7")
PROGRAM = """
import os
import sys
from pathlib import Path
from gan_lessons import notebooks

managers = []


class Noted(notebooks.AsyncKernelManager):
    def __init__(self, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        managers.append(self)


notebooks.REPOSITORY, notebooks.AsyncKernelManager = Path(sys.argv.pop(1)), Noted
notebooks.TIMEOUT = int(os.environ.get("TIMEOUT", notebooks.TIMEOUT))
code = notebooks.main()
print("kernels left:", sum(manager.has_kernel for manager in managers), "of", len(managers))
sys.exit(code)
"""


def run(folder, path, *options):
    """The runner in a process of its own, its page under `folder`; Jupyter's "python3" is some other, broken Python."""
    kernel = folder / "jupyter" / "kernels" / "python3" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    argv = [str(folder / "no-such-python"), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel.write_text(json.dumps({"argv": argv, "display_name": "Python 3", "language": "python"}), encoding="utf-8")
    command = [sys.executable, "-c", PROGRAM, str(folder), str(path), *options]
    environment = os.environ | {"JUPYTER_PATH": str(folder / "jupyter")}
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A tiny notebook after `--store`: what the runner said, and the path."""
    folder = tmp_path_factory.mktemp("runner")
    path = folder / "lessons" / "01_tiny.ipynb"
    notebooks.store(book(*CELLS), path)
    return run(folder, path, "--store"), path


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """A notebook with a cell that fails, after `--store`: what the runner said, the path, and its bytes before."""
    path = tmp_path_factory.mktemp("runner") / "02_broken.ipynb"
    notebooks.store(book("print('before')", "1 / 0", "print('after')"), path)
    before = path.read_bytes()
    return run(path.parent, path, "--store"), path, before


def test_a_notebook_is_run_in_its_own_folder_by_this_python_and_stored(stored):
    result, path = stored
    assert result.returncode == 0, result.stderr
    found = nbformat.read(path, as_version=4)
    assert [cell.execution_count for cell in found.cells] == [1, 2, 3]
    assert [cell.id for cell in found.cells] == ["cell-0", "cell-1", "cell-2"]
    assert [cell.source for cell in found.cells] == list(CELLS)
    assert found.cells[1].outputs[0].text == f"{sys.executable}\nlessons\n"
    assert found.cells[2].outputs[0].data == {"text/plain": "42"}
    assert found.metadata == {"kernelspec": notebooks.KERNEL}
    assert all(cell.metadata == {} for cell in found.cells)
    page = path.parent.parent / "build" / "01_tiny.html"
    assert "42" in page.read_text(encoding="utf-8")
    assert f"The page is {page}" in result.stdout


def test_a_cell_that_fails_is_shown_and_the_notebook_stays_as_it_was(broken):
    result, path, before = broken
    assert result.returncode == 1
    assert path.read_bytes() == before
    assert not (path.parent / "build").exists()
    assert "02_broken.ipynb stopped at a cell that failed" in result.stderr
    assert "ZeroDivisionError" in result.stderr


@pytest.mark.parametrize("ended", ["stored", "broken"])
def test_no_kernel_is_left_behind(ended, request):
    result, *_ = request.getfixturevalue(ended)
    assert "kernels left: 0 of 1" in result.stdout


def test_without_store_the_notebook_stays_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "03_kept.ipynb"
    notebooks.store(book("1"), path)
    before = path.read_bytes()

    def execute(notebook, folder):
        assert folder == tmp_path
        notebook.cells[0].execution_count = 1

    monkeypatch.setattr(notebooks, "execute", execute)
    monkeypatch.setattr(notebooks, "REPOSITORY", tmp_path)
    monkeypatch.setattr(sys, "argv", ["notebooks", str(path)])
    assert notebooks.main() == 0
    assert path.read_bytes() == before
    assert (tmp_path / "build" / "03_kept.html").is_file()
