"""A pytest plugin for nbval, `-p tests.kernel_memory`: no notebook's kernel may need more memory than Binder gives.

The summary tells each notebook's seconds, with its kernel's start, and the most memory that its kernel ever held.
"""

import re
import sys
import time
from pathlib import Path
from queue import Empty

import pytest

LIMIT = 1.5e9  # bytes: Binder ends a kernel above 2 GB, and another machine's may need more than this one's
NAME = "kernel_memory"
STARTED = pytest.StashKey[float]()
PROCESSES = Path("/proc")
PATIENCE = 30  # seconds for an idle kernel's answer


def pytest_addoption(parser):
    parser.getgroup("nbval").addoption(
        "--kernel-memory-limit",
        type=float,
        default=LIMIT,
        metavar="BYTES",
        help="the most memory that a notebook's kernel may ever hold (default: %(default).2g)",
    )


def pytest_configure(config):
    config.pluginmanager.register(Summary(), f"{NAME}_summary")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    if is_cell(item):
        item.parent.stash.setdefault(STARTED, time.monotonic())  # the first cell's setup starts the kernel
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    if not is_cell(item) or (nextitem is not None and nextitem.parent is item.parent):
        return (yield)
    name, seconds = item.parent.path.name, time.monotonic() - item.parent.stash[STARTED]
    peak = peak_memory(item.parent.kernel)
    item.user_properties.append((NAME, (name, seconds, peak)))  # travels with the report, from xdist's workers too
    result = yield  # here the kernel is shut down
    limit = item.config.getoption("kernel_memory_limit")
    if peak is not None and peak > limit:
        pytest.fail(
            f"{name}: its kernel held {peak / 1e9:.2f} GB of memory at its most; {limit / 1e9:.2f} GB is the limit. "
            "Generate fewer samples at a time, make smaller batches, or delete what later cells do not need.",
            pytrace=False,
        )
    return result


def is_cell(item):
    return type(item).__name__ == "IPyNbCell"  # nbval may not be imported before pytest does so


class Summary:
    """Collects what the reports bring, and tells it at the end."""

    def __init__(self):
        self.notebooks = []

    def pytest_runtest_logreport(self, report):
        if report.when == "teardown":
            self.notebooks += [value for name, value in report.user_properties if name == NAME]

    def pytest_terminal_summary(self, terminalreporter):
        if self.notebooks:
            terminalreporter.section("notebooks: time, and the most memory that each kernel held")
        width = max((len(name) for name, *_ in self.notebooks), default=0)
        for name, seconds, peak in sorted(self.notebooks):
            memory = "memory unknown: it could not be read" if peak is None else f"{peak / 1e9:.2f} GB"
            terminalreporter.write_line(f"{name:{width}} {seconds:5.0f} s   {memory}")


def peak_memory(kernel):
    """The most resident memory, in bytes, that nbval's kernel ever held; None where nobody can tell, as on Windows."""
    if kernel is None or not kernel.is_alive():
        return None
    return told_by_linux(kernel) or told_by_itself(kernel)


def told_by_linux(kernel):
    try:
        status = (PROCESSES / str(kernel.km.provisioner.pid) / "status").read_text()
    except (OSError, AttributeError):  # another system, or a kernel on another machine
        return None
    peak = re.search(r"^VmHWM:\s*(\d+) kB$", status, re.MULTILINE)
    return peak and int(peak[1]) * 1024


def told_by_itself(kernel):
    """As `told_by_linux`; on Linux only second best, since there a process inherits the figure of who started it."""
    wish = {"peak": "__import__('resource').getrusage(0).ru_maxrss"}
    asked = kernel.kc.execute("", silent=True, store_history=False, user_expressions=wish)
    try:
        while (reply := kernel.kc.get_shell_msg(timeout=PATIENCE))["parent_header"].get("msg_id") != asked:
            pass
    except Empty:
        return None
    peak = reply["content"].get("user_expressions", {}).get("peak", {})
    if peak.get("status") != "ok":
        return None
    return int(peak["data"]["text/plain"]) * (1 if sys.platform == "darwin" else 1024)
