"""Lessons run to the end where nothing of the course is installed: a notebook alone in a folder, as on Colab.

`python3 course.py test-colab` runs this file. It makes an environment of about 1 GB, once, for which pip needs the
network, and keeps it in build/colab-env, or in the folder named by GAN_LESSONS_COLAB_ENV. TORCH=cuda takes Colab's
torch with CUDA. Colab's Python is 3.12 or 3.13; here it is the one that runs the tests.
"""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from gan_lessons import notebooks

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PINS = HERE / "colab.txt"
TORCH = "2.11.0"  # Colab's
LESSONS = ("00", "02", "09")
PYTHON = "Scripts/python.exe" if os.name == "nt" else "bin/python"
KEPT = Path(os.environ.get("GAN_LESSONS_COLAB_ENV") or ROOT / "build" / "colab-env").resolve()
NOWHERE = "file:///there/is/no/such/repository"
VERSIONS = """
import importlib.metadata, json
print(json.dumps({found.metadata["Name"].lower(): found.version for found in importlib.metadata.distributions()}))
"""
PROBE = """
import json, sys
import gan_lessons
from gan_lessons import files
print(json.dumps({"prefix": sys.prefix, "package": gan_lessons.__file__, "pretrained": str(files.PRETRAINED)}))
"""


# The environment and the repository


def pip(python, *arguments):
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "install", *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def torch_candidates():
    """What to ask pip for, in this order: Colab's torch, or else the one that the course is tried with."""
    pin = re.search(r"^torch==\S+", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.M)[0]
    if os.environ.get("TORCH") == "cuda":
        return [[f"torch=={TORCH}"], [pin]]
    spec = importlib.util.spec_from_file_location("course", ROOT / "course.py")
    course = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(course)
    index = ["--retries", "0", "--timeout", "15", "--extra-index-url", course.CPU_WHEELS]
    build = "+cpu" if sys.platform == "linux" else ""
    return [[*index, f"torch=={TORCH}{build}"], [*index, pin]]


def make(folder):
    """A new environment with what Colab has and the course has to do with, and what that depends on."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    tried = []
    for candidate in torch_candidates():
        tried.append(pip(folder / PYTHON, "--no-deps", *candidate))
        if tried[-1].returncode == 0:
            break
    else:
        raise RuntimeError("\n".join(result.stderr for result in tried))
    rest = pip(folder / PYTHON, "torch", "--requirement", str(PINS))
    assert rest.returncode == 0, rest.stderr


@pytest.fixture(scope="session")
def pristine():
    """The environment that all tests start from; kept between runs, and never changed."""
    inputs = [sys.version, PINS.read_text(encoding="utf-8"), json.dumps(torch_candidates())]
    folder = KEPT / f"pristine-{hashlib.sha256(json.dumps(inputs).encode()).hexdigest()[:12]}"
    if not folder.exists():  # whole or absent: it is moved here when all is done
        KEPT.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=KEPT) as making:
            make(Path(making) / "env")
            os.rename(Path(making) / "env", folder)
    return folder


def linked(source, target):
    """One more name for a file, which costs no disk; a copy where there is no such thing."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


@pytest.fixture
def fresh(pristine):
    """Makes environments that nobody has installed anything into; each is Python's path."""
    with tempfile.TemporaryDirectory(dir=KEPT) as folder:
        counted = iter(range(100))

        def python():
            copy = Path(folder) / str(next(counted))
            shutil.copytree(pristine, copy, symlinks=True, copy_function=linked)
            found = versions(copy / PYTHON)
            assert not found.keys() & {"gan-lessons", "gan_lessons", "matplotlib", "scipy", "safetensors"}
            return copy / PYTHON

        yield python


def versions(python):
    """Of every package that `python` has, by name; what lies in the current folder does not count."""
    found = subprocess.run([str(python), "-I", "-c", VERSIONS], capture_output=True, text=True, check=True)
    return json.loads(found.stdout)


@pytest.fixture(scope="session")
def repository(tmp_path_factory):
    """A repository whose one commit holds the checkout as it is now, changes that nobody has committed included."""
    folder = tmp_path_factory.mktemp("repository")
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():  # a file that is deleted but not yet committed is listed too
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    author = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "--force", "."], [*author, "commit", "-q", "-m", "as it is now"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


@pytest.fixture(autouse=True)
def _outside(repository, monkeypatch):
    """What kernels inherit: where the course is fetched from, and no other way to it."""
    monkeypatch.setenv("GAN_LESSONS_SOURCE", repository.as_uri())
    monkeypatch.delenv("PYTHONPATH", raising=False)


# What a notebook shows


def shown(cell, kind):
    """The texts of one kind in a cell's outputs: a MIME type, or the name of a stream."""
    data = [output.data[kind] for output in cell.outputs if kind in output.get("data", {})]
    return data + [output.text for output in cell.outputs if output.get("name") == kind]


def pictures(cell):
    """The alternative texts of a cell's pictures."""
    return [alt for html in shown(cell, "text/html") for alt in re.findall(r'<img alt="([^"]+)"', html)]


# The lessons


@pytest.mark.parametrize("number", LESSONS)
def test_a_lesson_alone_in_its_folder_runs_to_the_end(number, fresh, repository, tmp_path):
    found = sorted((ROOT / "notebooks").glob(f"{number}_*.ipynb"))
    assert len(found) == 1, f"lesson {number}: {found}"
    folder = tmp_path / "content"
    folder.mkdir()
    path = Path(shutil.copy(found[0], folder))
    python = fresh()
    before = versions(python)

    book = nbformat.read(path, as_version=4)
    book.cells.append(new_code_cell(PROBE))
    notebooks.execute(book, folder, str(python))  # raises where a cell fails

    # Installed over a running kernel: nothing that was there, whatever it is.
    after = versions(python)
    assert {name: after.get(name) for name in before} == before

    # The course is the one that was fetched, whole, into this folder.
    clone = folder / "gan-lessons"
    probe = json.loads(shown(book.cells.pop(), "stdout")[0])
    assert Path(probe["prefix"]) == python.parent.parent
    assert Path(probe["package"]).is_relative_to(clone)
    assert Path(probe["pretrained"]) == clone / "data" / "pretrained"
    assert list(Path(probe["pretrained"]).glob("*.safetensors"))
    head = ["git", "rev-parse", "HEAD"]
    assert subprocess.check_output(head, cwd=clone) == subprocess.check_output(head, cwd=repository)

    # A learner sees what an author has seen.
    stored = nbformat.read(found[0], as_version=4)
    cells = [(cell, old) for cell, old in zip(book.cells, stored.cells, strict=True) if cell.cell_type == "code"]
    assert any(pictures(cell) for cell, _ in cells)
    views = [cell for cell, _ in cells if "view.update(" in cell.source]
    assert views
    for cell, old in cells:
        assert len(pictures(cell)) == len(pictures(old)), cell.id
        assert not [text for text in shown(cell, "stderr") if "Warning" in text], cell.id
    for cell in views:
        steps = re.match(r"Step ([\d,]+) of ([\d,]+)\.", pictures(cell)[-1])
        assert steps[1] == steps[2], cell.id  # the still that stays is the last one


# The set-up cell, where things go wrong


def run(python, folder, *cells):
    """The outputs of cells in a kernel of their own; where "!" comes before a source, it must fail."""
    book = new_notebook(cells=[new_code_cell(source.removeprefix("!")) for source in cells])
    for cell, source in zip(book.cells, cells, strict=True):
        cell.metadata.tags = ["raises-exception"] if source.startswith("!") else []
    notebooks.execute(book, folder, str(python))
    for cell, source in zip(book.cells, cells, strict=True):
        assert source.startswith("!") == any(output.output_type == "error" for output in cell.outputs), cell.outputs
    return [cell.outputs for cell in book.cells]


def said(outputs):
    """All that a cell printed, and its error."""
    return "".join(output.get("text", "") for output in outputs), [
        output.evalue for output in outputs if output.output_type == "error"
    ]


def environ(**variables):
    """A cell that sets variables of the environment, and removes those that are None."""
    lines = [f"os.environ.{f'update({k}={v!r})' if v else f'pop({k!r}, 0)'}" for k, v in variables.items()]
    return "\n".join(["import os", *lines, "None"])


@pytest.fixture
def setup():
    (path,) = (ROOT / "notebooks").glob("00_*.ipynb")
    (cell,) = [cell for cell in nbformat.read(path, as_version=4).cells if cell.id == "setup"]
    return cell.source


def test_the_set_up_can_be_run_again_whatever_happened_before(setup, fresh, repository, tmp_path):
    python = fresh()
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": None}
    online = {name: os.environ.get(name) for name in offline}
    _, no_clone, _, no_pip, _, good, again = run(
        python,
        tmp_path,
        environ(GAN_LESSONS_SOURCE=NOWHERE),
        "!" + setup,
        environ(GAN_LESSONS_SOURCE=repository.as_uri(), **offline),
        "!" + setup,
        environ(**online),
        setup,
        setup,
    )
    for outputs, cause in ((no_clone, "/there/is/no/such/repository"), (no_pip, "ERROR: ")):
        printed, (message,) = said(outputs)
        assert cause in printed
        assert "could not be fetched" in message
        assert "above" in message
    assert "ERROR" not in said(good)[0]
    assert again == []  # nothing left to do

    # From here on, whoever fetches again fails.
    gone = environ(GAN_LESSONS_SOURCE=NOWHERE)
    assert run(python, tmp_path, gone, setup)[1] == []  # after a restart of the kernel
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert run(python, elsewhere, gone, setup)[1] == []
    run(fresh(), tmp_path, gone, setup)  # a new machine, and the folder is still there: a mounted drive
