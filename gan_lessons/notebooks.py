"""Run one notebook from the terminal: `python -m gan_lessons.notebooks PATH [--store]`.

The result is an HTML page in build/; with `--store` the outputs also go into the notebook itself, which then holds
nothing but cells, outputs and the kernel's name.
"""

import argparse
import os
import sys
from pathlib import Path

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert import HTMLExporter
from tqdm import tqdm

from gan_lessons.files import REPOSITORY, whole_or_absent

WIDGET = "application/vnd.jupyter.widget-view+json"  # means nothing without a running kernel
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
TIMEOUT = 1_800  # seconds a cell


def execute(notebook: nbformat.NotebookNode, folder: Path, python: str = sys.executable) -> None:
    """Run all cells in a clean kernel of `python`, as if `folder` were current; outputs go into `notebook`.

    Raises `CellExecutionError` at the first cell that fails, `CellTimeoutError` at one that takes longer than TIMEOUT,
    and `DeadKernelError` where the kernel has been killed, as it is when memory runs out.
    """
    manager = AsyncKernelManager(kernel_name="python3")  # with the other kind, nbclient never sees that a kernel died
    manager.kernel_spec.argv[0] = python
    client = NotebookClient(notebook, km=manager, timeout=TIMEOUT, resources={"metadata": {"path": str(folder)}})
    with tqdm(total=len(notebook.cells), unit="cell") as bar:
        client.on_cell_complete = lambda **_: bar.update()
        client.execute(cleanup_kc=True)


def trim(notebook: nbformat.NotebookNode) -> None:
    """Keep what another reader needs: no timings, no widget without its kernel, no metadata but the kernel's name."""
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL})
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({"tags": cell.metadata.tags} if cell.metadata.get("tags") else {})
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET, None)


def store(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write a notebook as JSON with one space of indent, as Jupyter does: diffs show only what changed."""
    with whole_or_absent(path) as temporary:
        temporary.write_text(nbformat.writes(notebook, version=4) + "\n", encoding="utf-8", newline="\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--store", action="store_true")
    arguments = parser.parse_args()
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # the debugger's remark about frozen modules
    notebook = nbformat.read(arguments.path, as_version=4)
    try:
        execute(notebook, arguments.path.resolve().parent)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        print(f"{arguments.path.name} stopped at a cell that failed:\n{error}", file=sys.stderr)
        return 1
    trim(notebook)
    if arguments.store:
        store(notebook, arguments.path)
    page = REPOSITORY / "build" / f"{arguments.path.stem}.html"
    html, _ = HTMLExporter().from_notebook_node(notebook)
    with whole_or_absent(page) as temporary:
        temporary.write_text(html, encoding="utf-8")
    print(f"The page is {page}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
