"""Thousands of steps under a live view leave a kernel as large as it was; what would make it grow is noticed."""

import ctypes
import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from jupyter_client.manager import KernelManager
from nbformat.v4 import new_code_cell, new_notebook

from gan_lessons import notebooks

kernel_memory = importlib.import_module("kernel_memory")  # beside this file, and no package to declare

WARM_UP, STEPS, EVERY = 1_000, 5_000, 200
PICTURES = STEPS // EVERY
BOUND = 800_000  # bytes, of five thousand steps. Measured: 0.03 MB without a leak, 1.6 MB and more with one of these

MEASURE = """
import ctypes, gc, json, os, torch

from gan_lessons import live, losses, models, plots, toys
from gan_lessons.recipes import Recipe
from gan_lessons.training import GAN

torch.set_num_threads(1)
live.REST = 0  # every picture that is due is drawn
recipe = Recipe(loss=losses.non_saturating, players=lambda: models.toy_players(width=8), batch=8)
gan, ring = GAN.from_recipe(recipe, seed=0), toys.Ring()
pictures, img, loss_D = 0, plots.img, GAN.loss_D


def resident():
    gc.collect()  # what is free is no leak, whether Python has noticed it yet
    ctypes.CDLL(None).malloc_trim(0)  # or the C library hoards it: several MB, in which a small leak could hide
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def counted(fig, alt):
    global pictures
    pictures += 1
    return img(fig, alt)


def growth(steps, every, pause=500, enough=float("inf")):
    '''Bytes by which a run makes this process grow, and its pictures; it ends early once it has grown by `enough`.

    It is measured again and again, so that garbage between two measurements cannot scatter what is kept.
    '''
    global pictures
    view, before, pictures = live.ToyView(ring, every), resident(), 0
    for record in gan.train(ring, steps):
        view.update(gan, record)
        if record["step"] % pause == 0:
            grown = resident() - before
            if grown > enough:
                break
    return grown, pictures


plots.img = counted
"""
RUN = f"""
growth({WARM_UP}, 40)
print(json.dumps(growth({STEPS}, {EVERY})))
"""
KEEP_PICTURES = f"""
growth(100, 10, 100)
kept = []
plots.img = lambda fig, alt: kept.append(counted(fig, alt)) or kept[-1]
print(json.dumps(growth({10 * PICTURES}, 10, 100, {BOUND})))
plots.img = counted
"""
KEEP_GRAPHS = f"""
growth(100, {STEPS}, 100)
kept = []
GAN.loss_D = lambda *arguments: kept.append(loss_D(*arguments)) or kept[-1]
print(json.dumps(growth({STEPS}, {STEPS}, 100, {BOUND})))
"""


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """(bytes, pictures) of a run, of one that keeps every picture, and of one that keeps every graph, in one kernel."""
    if not Path("/proc/self/statm").exists() or not hasattr(ctypes.CDLL(None), "malloc_trim"):
        pytest.skip("how much memory a process has is read from Linux with the C library of GNU")
    book = new_notebook(cells=[new_code_cell(source) for source in (MEASURE, RUN, KEEP_PICTURES, KEEP_GRAPHS)])
    notebooks.execute(book, tmp_path_factory.mktemp("memory"))
    outputs = [output for cell in book.cells for output in cell.outputs]
    assert any(f"Step {WARM_UP + STEPS:,} of" in str(output.get("data", {})) for output in outputs), (
        "no picture was shown"
    )
    printed = [output.text for output in outputs if output.get("name") == "stdout"]
    return dict(zip(("run", "pictures kept", "graphs kept"), map(json.loads, printed), strict=True))


@pytest.mark.slow
def test_5000_steps_with_a_live_view_do_not_grow_a_kernel(measured):
    grown, pictures = measured["run"]
    assert pictures == PICTURES
    assert grown < BOUND


@pytest.mark.slow
@pytest.mark.parametrize("leak", ["pictures kept", "graphs kept"])
def test_a_leak_would_be_noticed(measured, leak):
    grown, pictures = measured[leak]
    assert pictures <= PICTURES  # no more than in the run above
    assert grown > BOUND


# The plugin that watches over the memory of each lesson's kernel

ROOT = Path(__file__).resolve().parent.parent
LARGE, SMALL = 300_000_000, 200_000_000  # bytes: a kernel that holds nothing has less than the small one


def nbval(folder, *options):
    """Two notebooks under nbval with the plugin, as course.py runs lessons; one fills memory, and frees it at once."""
    cells = {"frugal": ["1 + 1"], "greedy": [f"x = b'x' * {LARGE}", "del x", "1 + 1"]}
    for name, sources in cells.items():
        notebooks.store(new_notebook(cells=[new_code_cell(source) for source in sources]), folder / f"{name}.ipynb")
    command = [sys.executable, "-m", "pytest", "-c", "pyproject.toml", "-p", "no:cacheprovider", "--color", "no"]
    command += ["-p", "tests.kernel_memory", "--nbval", "--nbval-current-env", *options, str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)


def table(result):
    """Notebook -> (seconds, gigabytes), as the summary tells them."""
    rows = re.findall(r"^(\w+)\.ipynb +(\d+) s   (\d\.\d\d) GB$", result.stdout, re.MULTILINE)
    return {name: (int(seconds), float(memory)) for name, seconds, memory in rows}


@pytest.mark.skipif(os.name == "nt", reason="Windows does not tell")
@pytest.mark.parametrize("workers", [[], ["-n", "2", "--dist", "loadfile"]], ids=["alone", "two at a time"])
def test_a_notebook_whose_kernel_needs_too_much_memory_fails_and_is_named(tmp_path, workers):
    result = nbval(tmp_path, "--kernel-memory-limit", str(SMALL), *workers)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "4 passed, 1 error" in result.stdout
    found = table(result)
    assert found.keys() == {"frugal", "greedy"}
    (_, frugal), (_, greedy) = found["frugal"], found["greedy"]
    assert 0.02 < frugal < SMALL / 1e9 < LARGE / 1e9 < greedy < (LARGE + SMALL) / 1e9
    message = f"greedy.ipynb: its kernel held {greedy:.2f} GB of memory at its most; 0.20 GB is the limit. Generate"
    assert message in result.stdout
    assert "frugal.ipynb: its kernel" not in result.stdout


@pytest.fixture
def kernel():
    """A kernel of this very Python, as nbval holds it."""
    km = KernelManager(kernel_name="python3")
    km.kernel_spec.argv[0] = sys.executable
    km.start_kernel()
    kc = km.client()
    kc.start_channels()
    try:
        kc.wait_for_ready(timeout=60)
        yield SimpleNamespace(km=km, kc=kc, is_alive=km.is_alive)
    finally:
        kc.stop_channels()
        km.shutdown_kernel(now=True)


def test_where_the_system_cannot_tell_the_kernel_does_or_else_nobody(kernel, monkeypatch, tmp_path):
    told = kernel_memory.peak_memory(kernel)
    kernel.kc.execute(f"x = b'x' * {LARGE}; del x")
    grown = kernel_memory.told_by_itself(kernel)  # answers once it has done what it was told before
    if os.name != "nt":
        assert LARGE < grown < 20 * LARGE  # bytes, whatever the system's unit
    if Path("/proc/self/status").exists():
        assert LARGE < kernel_memory.told_by_linux(kernel) == kernel_memory.peak_memory(kernel) < told + 1.1 * LARGE
    monkeypatch.setattr(kernel_memory, "PROCESSES", tmp_path)
    assert kernel_memory.peak_memory(kernel) == grown
    kernel.kc.execute("import sys; sys.modules['resource'] = None")  # as on Windows
    assert kernel_memory.peak_memory(kernel) is None
    kernel.km.shutdown_kernel(now=True)
    assert kernel_memory.peak_memory(kernel) is None


def test_the_summary_says_so_where_memory_could_not_be_read(capsys):
    summary = kernel_memory.Summary()
    for name, peak in (("09_digits.ipynb", None), ("00_start.ipynb", 512e6)):
        properties = [("else", 1), (kernel_memory.NAME, (name, 12.3, peak))]
        for when in ("setup", "call", "teardown"):
            summary.pytest_runtest_logreport(SimpleNamespace(when=when, user_properties=properties))
    summary.pytest_terminal_summary(SimpleNamespace(section=print, write_line=print))
    _, *lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "00_start.ipynb     12 s   0.51 GB",
        "09_digits.ipynb    12 s   memory unknown: it could not be read",
    ]


def test_the_limit_leaves_room_below_what_binder_gives():
    assert kernel_memory.LIMIT == 1.5e9
