"""JupyterLab in a real browser draws every lesson, and runs some of them to the end while their live views move.

`python3 course.py test-ui` runs this file, which needs Chromium and playwright. Screenshots go to build/screenshots/,
for a person to look at.
"""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).absolute().parent.parent.parent
NAMES = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
RUN = ("00", "02", "09")  # from the first sample, over the mathematics, to the largest training
SCREENSHOTS = ROOT / "build" / "screenshots"
WIDE, HIGH = 1_000, 2_000  # about the width that a small laptop leaves beside the list of files
PATIENCE = 120  # seconds for what takes a few on an idle machine
STANDSTILL = 900  # seconds without a new picture or a finished cell; idle machines show one every few
MOVES = 2  # changes of a live view that the slowest and the fastest machine both show
LIVE = "[a live picture, while the cell runs]"
OWN_FOLDERS = (
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
    "JUPYTERLAB_SETTINGS_DIR",
    "JUPYTERLAB_WORKSPACES_DIR",
    "IPYTHONDIR",
)

READY = """() => {
    const panel = window.jupyterapp?.shell.currentWidget;
    return panel?.context?.isReady && panel.sessionContext.session?.kernel?.status === 'idle';
}"""

# What a reader would see amiss, cell by cell; empty if all is well.
AMISS = r"""() => {
    const found = [];
    for (const cell of jupyterapp.shell.currentWidget.content.widgets) {
        const amiss = what => found.push(`${cell.model.id}: ${what}`);
        const all = selector => [...cell.node.querySelectorAll(selector)];
        const drawn = all('.jp-RenderedMarkdown, .jp-OutputArea-output');
        if (cell.model.type === 'markdown') {
            if (!cell.rendered || !all('.jp-RenderedMarkdown > *').length) amiss('not drawn');
            const prose = cell.node.querySelector('.jp-RenderedMarkdown').cloneNode(true);
            prose.querySelectorAll('code, mjx-container').forEach(node => node.remove());
            if (prose.textContent.includes('$')) amiss('a formula is not drawn');
        }
        if (all('mjx-merror, merror, [data-mjx-error]').length) amiss('MathJax found an error');
        if (all('[data-mime-type="application/vnd.jupyter.error"]').length) amiss('an error');
        if (/(Error displaying|Loading) widget|model not found/.test(cell.node.textContent)) amiss('a dead widget');
        for (const image of drawn.flatMap(node => [...node.querySelectorAll('img')])) {
            if (!image.complete || !image.naturalWidth || !image.clientWidth) amiss('a picture is not drawn');
            if (!image.alt.trim()) amiss('a picture without alternative text');
        }
        for (const node of [...drawn, ...all('.jp-OutputArea-output *, .jp-RenderedMarkdown *')]) {
            if (node.scrollWidth > node.clientWidth + 1 && node.clientWidth && !node.closest('mjx-container'))
                amiss(`${node.tagName} ${node.className} is cut off at the right: ${node.textContent.slice(0, 60)}`);
        }
    }
    return found;
}"""

# Notes every picture that a cell shows: cell -> the pictures, in their order.
WATCH = """() => {
    window.pictures = {};
    const look = () => {
        for (const cell of jupyterapp.shell.currentWidget.content.widgets)
            for (const image of cell.node.querySelectorAll('.jp-OutputArea-output img')) {
                const seen = (window.pictures[cell.model.id] ??= []);
                if (seen.at(-1) !== image.src) seen.push(image.src);
            }
    };
    const changes = {subtree: true, childList: true, attributes: true, attributeFilter: ['src']};
    new MutationObserver(look).observe(jupyterapp.shell.currentWidget.content.node, changes);
}"""

START = """async () => {
    const {commands} = jupyterapp;
    await commands.execute('notebook:clear-all-cell-outputs');
    window.ended = false;
    commands.execute('notebook:run-all-cells').finally(() => { window.ended = true; });
}"""
# Whether the run is over; a cell whose live view has moved; and what changes as long as anything goes on.
STATE = f"""() => {{
    const cells = jupyterapp.shell.currentWidget.content.widgets;
    return [
        !!(ended && ({READY})()) || !!document.querySelector('.jp-Dialog'),
        Object.keys(pictures).find(cell => pictures[cell].length > 2) ?? null,
        cells.map(cell => cell.model.executionCount + ' ' + pictures[cell.model.id]?.length).join(),
    ];
}}"""
# Cell -> how many pictures are to be seen in its outputs.
PICTURES = """() => Object.fromEntries(jupyterapp.shell.currentWidget.content.widgets.map(cell => {
    const images = [...cell.node.querySelectorAll('.jp-OutputArea-output img')];
    return [cell.model.id, images.filter(image => image.naturalWidth && image.clientWidth).length];
}))"""
# How far down the notebook's last cell reaches.
LENGTH = """scroller => {
    const cells = scroller.querySelectorAll('.jp-Cell');
    const top = scroller.getBoundingClientRect().top - scroller.scrollTop;
    return Math.ceil(cells[cells.length - 1].getBoundingClientRect().bottom - top);
}"""
FETCH_NEWS = """async () => {
    const {schema} = await jupyterapp.serviceManager.settings.fetch('@jupyterlab/apputils-extension:notification');
    return schema.properties.fetchNews.default;
}"""
STORED = "() => jupyterapp.shell.currentWidget.context.model.toJSON()"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address and the token of a JupyterLab of its own: no settings of the user's, copies of the notebooks."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
    own = {name: str(folder / name.lower()) for name in OWN_FOLDERS}
    settings = Path(own["JUPYTERLAB_SETTINGS_DIR"]) / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    # All cells are in the page, seen or not.
    (settings / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}', encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex()
    options = [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder / 'notebooks'}"]
    options += ["--no-browser", "--allow-root", "--LabApp.expose_app_in_browser=True"]
    log = folder / "log"
    with open(log, "wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            # Beside a browser, a kernel's threads must not spin while they wait for each other.
            env=os.environ | own | {"JUPYTER_TOKEN": token, "OMP_WAIT_POLICY": "PASSIVE"},
            stdout=output,
            stderr=output,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + PATIENCE
        while not answers(f"{address}/api/status?token={token}"):
            if process.poll() is not None or time.monotonic() > end:
                pytest.fail("JupyterLab does not answer:\n" + log.read_text(encoding="utf-8", errors="replace"))
            time.sleep(0.2)
        yield address, token
    finally:
        process.terminate()
        process.wait(PATIENCE)


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return answer.status == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def browser():
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


@pytest.fixture
def lab(server, browser):
    """One tab: `open(name)` shows a notebook in it. By the end it may have met no error, and popped up nothing."""
    address, token = server
    page = browser.new_page(viewport={"width": WIDE, "height": HIGH})
    page.set_default_timeout(PATIENCE * 1000)
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("console", lambda message: page.complaints.extend(complaint(message)))
    host = urlsplit(address).netloc
    page.on("request", lambda request: page.complaints.extend(elsewhere(request.url, host)))

    def open_notebook(name, view="doc"):
        page.goto(f"{address}/{view}/tree/{name}.ipynb?reset&token={token}")
        page.wait_for_function(READY)

    page.open = open_notebook
    yield page
    complaints = page.complaints + page.locator(".Toastify__toast, .jp-Dialog").all_inner_texts()
    page.evaluate("() => window.jupyterapp?.serviceManager.sessions.shutdownAll()")
    page.close()
    assert not complaints, "\n".join(complaints)


def complaint(message):
    """An error in the browser's console, but not what JupyterLab's debugger says of a kernel that has been left."""
    return [message.text] if message.type == "error" and "Canceled future" not in message.text else []


def elsewhere(url, host):
    """A lesson shows itself without a network: nothing may be fetched but from the server."""
    other = urlsplit(url)
    return [f"fetched {url}"] if other.scheme in ("http", "https", "ws", "wss") and other.netloc != host else []


def amiss(page):
    """What is still amiss after a while: formulas and pictures take their time."""
    end = time.monotonic() + PATIENCE / 2
    while (found := page.evaluate(AMISS)) and time.monotonic() < end:
        time.sleep(0.5)
    return found


def keep_one(page, cell, name):
    """A screenshot of what stands around one cell."""
    page.evaluate(
        "id => jupyterapp.shell.currentWidget.content.widgets.find(cell => cell.model.id === id)"
        ".node.scrollIntoView({block: 'center'})",
        cell,
    )
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def keep(page, name):
    """Screenshots of the whole notebook, from its top to its end."""
    for old in SCREENSHOTS.glob(f"{name}_*.png"):
        old.unlink()
    scroller = page.locator(".jp-WindowedPanel-outer")
    for part, top in enumerate(range(0, scroller.evaluate(LENGTH), HIGH - 200), 1):
        scroller.evaluate("(node, top) => { node.scrollTop = top; }", top)
        page.screenshot(path=SCREENSHOTS / f"{name}_{part}.png")


def pictures(notebook):
    """Cell -> how many pictures its outputs hold, for a notebook as JSON."""
    return {cell["id"]: str(cell.get("outputs", "")).count("<img ") for cell in notebook["cells"]}


def shown(page):
    """Cell -> how many pictures are to be seen below its code."""
    return page.evaluate(PICTURES)


def failures(cell):
    return [output for output in cell.get("outputs", []) if output["output_type"] == "error"]


def live_cells(notebook):
    return [cell["id"] for cell in notebook["cells"] if LIVE in str(cell.get("outputs", ""))]


def stored(name):
    return json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))


def finished(page, name):
    """Every picture that the lesson has stored is there once more, drawn."""
    assert not (found := amiss(page)), "\n".join(found)
    assert shown(page) == pictures(stored(name))


def test_at_its_first_start_jupyterlab_asks_nothing(lab):
    """It would ask whether to fetch news; an environment made by course.py has the answer."""
    lab.open(NAMES[0], "lab")
    asked = lab.evaluate(FETCH_NEWS)
    assert asked == "false", "was this environment made by course.py?"
    lab.screenshot(path=SCREENSHOTS / "first_start.png")


@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_is_drawn_as_it_is_stored(lab, name):
    lab.open(name)
    finished(lab, name)
    keep(lab, f"{name}_stored")


def run_all_cells(page, name):
    """To the end, however long it takes while it goes on; one screenshot of the first live view, as it moves."""
    page.evaluate(WATCH)
    page.evaluate(START)
    kept, before, since = False, None, time.monotonic()
    while True:
        ended, moving, state = page.evaluate(STATE)
        if moving and not kept:
            keep_one(page, moving, name)
            kept = True
        if ended:
            return
        if state != before:
            before, since = state, time.monotonic()
        assert time.monotonic() - since < STANDSTILL, f"nothing has moved since {state}"
        page.wait_for_timeout(500)


@pytest.mark.parametrize("number", RUN)
def test_a_lesson_runs_to_its_end_while_its_live_views_move(lab, number):
    (name,) = [name for name in NAMES if name.startswith(f"{number}_")] or pytest.fail(f"there is no lesson {number}")
    live = live_cells(stored(name))
    assert live
    lab.open(name)
    run_all_cells(lab, f"{name}_running")

    found = lab.evaluate(STORED)["cells"]
    errors = [f"{cell['id']}: {output['ename']}: {output['evalue']}" for cell in found for output in failures(cell)]
    assert not errors, "\n".join(errors)
    counts = [cell["execution_count"] for cell in found if cell["cell_type"] == "code"]
    assert counts == list(range(1, len(counts) + 1))
    moves = {cell: len(seen) - 1 for cell, seen in lab.evaluate("() => pictures").items()}
    assert {cell: moves.get(cell, 0) for cell in live if moves.get(cell, 0) < MOVES} == {}
    finished(lab, name)
    keep(lab, f"{name}_run")

    lab.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    lab.open(name)  # the page anew, with what was saved
    finished(lab, name)
