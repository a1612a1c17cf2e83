#!/usr/bin/env python3
"""The course in one command: `python3 course.py lab`. Needs Python 3.11 or newer, and nothing else."""

from __future__ import annotations  # an old Python must get as far as the message about its age

import argparse
import contextlib
import hashlib
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "course-stamp"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
SETTINGS = VENV / "share/jupyter/lab/settings/overrides.json"
NO_NEWS = '{"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}'  # else JupyterLab asks about them
NOTEBOOKS = ROOT / "notebooks"
CPU_WHEELS = "https://download.pytorch.org/whl/cpu"
OLDEST, NEWEST = (3, 11), (3, 14)
BOTH_CORES = "torch.set_num_threads(2)"  # as a notebook says it
TWO_AT_A_TIME = ["-n", "2", "--dist", "loadfile"]
NBVAL = [
    *("--nbval", "--nbval-current-env", "--nbval-sanitize-with", "tests/nbval.cfg", "--nbval-cell-timeout", "600"),
    *("-p", "tests.kernel_memory"),
]
BROWSERS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    *(f"/Applications/{name}.app/Contents/MacOS/{name}" for name in ("Google Chrome", "Chromium")),
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
)
NO_BROWSER = "there is neither Chromium nor Chrome here"
ONLINE = "https://mybinder.org and https://colab.research.google.com run the course in the browser; see README.md."


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    commands.add_parser("lab", help="open the course in JupyterLab, at its first lesson").set_defaults(run=lab)
    tests = commands.add_parser("test", help="run all tests: the package, and every notebook as a test")
    tests.add_argument("numbers", nargs="*", metavar="number", help="only these lessons, such as 09, and the package")
    tests.set_defaults(run=test)
    ui = commands.add_parser("test-ui", help="open and run lessons in a browser; keep build/screenshots/ to look at")
    ui.set_defaults(run=browser_tests)
    colab = commands.add_parser("test-colab", help="run lessons as on Colab: alone in a folder, nothing installed")
    colab.set_defaults(run=colab_tests)
    commands.add_parser("check", help="run the fast tests and the linter, in a minute or two").set_defaults(run=check)
    one = commands.add_parser("lesson", help="run one lesson from the terminal into an HTML page")
    one.add_argument("number", help="the lesson's number, such as 09")
    one.add_argument("--store", action="store_true", help="also keep the outputs in the notebook (for authors)")
    one.set_defaults(run=lesson)
    commands.add_parser("env", help="make the environment, and say where it is").set_defaults(run=env)
    address = commands.add_parser("address", help="write the repository's address into every file that names it")
    address.add_argument("url", help="such as https://github.com/you/gan-lessons")
    address.set_defaults(run=set_address)
    arguments = parser.parse_args()
    os.chdir(ROOT)
    return arguments.run(arguments)


def lab(_) -> int:
    first = lessons()[0].relative_to(ROOT).as_posix()
    root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return python("-m", "jupyterlab", f"--LabApp.default_url=/lab/tree/{first}", *root)


def test(arguments) -> int:
    """Unit tests and lessons of one thread two at a time; then, alone, each lesson that uses both cores."""
    chosen = [path for number in arguments.numbers for path in found(number)] or lessons()
    wide = [path for path in chosen if BOTH_CORES in path.read_text(encoding="utf-8")]
    narrow = [path for path in chosen if path not in wide]
    fetch_digits()
    results = [pytest("tests", *TWO_AT_A_TIME)]
    if narrow:
        results.append(pytest(*TWO_AT_A_TIME, *NBVAL, *map(str, narrow)))
    if wide:
        results.append(pytest(*NBVAL, *map(str, wide)))
    if chromium() and not arguments.numbers:
        results.append(browser_tests(arguments))
    else:
        why = "only some lessons were asked for" if arguments.numbers else NO_BROWSER
        print(f"The browser tests were skipped: {why}. To run them: python3 course.py test-ui")
    print("Not run here, as it makes a second environment of 1 GB: python3 course.py test-colab")
    return max(results)


def browser_tests(_) -> int:
    browser = chromium()
    if not browser:
        return fail(f"{NO_BROWSER}. On Debian: sudo apt install chromium. Elsewhere: https://www.google.com/chrome")
    fetch_digits()
    install_playwright()
    os.environ["CHROMIUM"] = browser
    return pytest("tests/launch/test_browser.py")


def colab_tests(_) -> int:
    fetch_digits()
    return pytest("tests/launch/test_colab.py")


def chromium() -> str | None:
    """The first browser there is of those that playwright can drive."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def fetch_digits() -> None:
    """Now, so that no notebook has to show a download."""
    python("-c", "from gan_lessons import digits; digits.load('train'); digits.load('test')", check=True)


def check(_) -> int:
    return max(
        pytest("tests", "-m", "not slow"),
        python("-m", "ruff", "check", "."),
        python("-m", "ruff", "format", "--check", "."),
    )


def lesson(arguments) -> int:
    store = ["--store"] if arguments.store else []
    return max(python("-m", "gan_lessons.notebooks", str(path), *store) for path in found(arguments.number))


def env(_) -> int:
    environment()
    print(f"The environment is {VENV}. Its Python: {PYTHON}")
    return 0


def set_address(arguments) -> int:
    """The address stands in pyproject.toml; wherever else that one is written, the new one takes its place."""
    if not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+(?<!\.git)", arguments.url):
        return fail(f"{arguments.url!r} is no address like https://github.com/you/gan-lessons")
    old, new = repository(address_in_pyproject()), repository(arguments.url)
    for path in files_with_addresses():
        text = path.read_text(encoding="utf-8")
        if old in text:
            path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")
            print(f"changed {path.relative_to(ROOT)}")
    return 0


def files_with_addresses() -> list[Path]:
    named = [ROOT / name for name in ("pyproject.toml", "README.md", "CONTRIBUTING.md", "CITATION.cff")]
    return [*named, *lessons()]


def address_in_pyproject() -> str:
    return re.search(r'^Repository = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M)[1]


def repository(url: str) -> str:
    """The owner and name in an address: the part that badges and links share."""
    return url.removeprefix("https://github.com/").removesuffix("/")


def lessons() -> list[Path]:
    return sorted(NOTEBOOKS.glob("*.ipynb"))


def found(number: str) -> list[Path]:
    """The notebook of that number; ends the program where there is none."""
    paths = [path for path in lessons() if path.name.startswith(f"{number}_")]
    if not paths:
        numbers = ", ".join(path.name.partition("_")[0] for path in lessons())
        sys.exit(fail(f"there is no lesson {number!r}. There are: {numbers}."))
    return paths


def pytest(*arguments: str) -> int:
    return python("-m", "pytest", *arguments)


def python(*arguments: str, check: bool = False) -> int:
    """Hand over to the environment's Python, which is made first where it is missing or stale."""
    environment()
    process = subprocess.Popen([str(PYTHON), *arguments])
    while True:
        with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C reaches the process too: let it end as it likes
            code = process.wait()
            break
    if check and code:
        sys.exit(code)
    return code


def environment() -> None:
    """Make .venv unless it was made from the same inputs; the stamp is written last, so a half-made one is remade."""
    inputs = [(ROOT / name).read_text(encoding="utf-8") for name in ("pyproject.toml", "constraints.txt", "course.py")]
    wanted = hashlib.sha256("\0".join([*inputs, sys.version, str(ROOT), torch_variant()]).encode()).hexdigest()
    if made_from(wanted):
        return
    check_python()
    with locked(ROOT / ".venv.lock"), remedy():
        if made_from(wanted):  # somebody else made it while we waited
            return
        print("Making the environment in .venv: once, about 1 GB on disk …", flush=True)
        shutil.rmtree(VENV, ignore_errors=True)
        subprocess.run([getattr(sys, "_base_executable", sys.executable), "-m", "venv", str(VENV)], check=True)
        install_torch()
        pip("install", "--editable", ".[test]", "--constraint", "constraints.txt")
        SETTINGS.parent.mkdir(parents=True, exist_ok=True)
        SETTINGS.write_text(NO_NEWS, encoding="utf-8")
        STAMP.write_text(wanted, encoding="utf-8")


def install_playwright() -> None:
    """Only the browser tests need it, so it comes with their first run."""
    with locked(ROOT / ".venv.lock"), remedy():
        if subprocess.run([str(PYTHON), "-c", "import playwright"], stderr=subprocess.DEVNULL).returncode:
            pip("install", "--editable", ".[ui]", "--constraint", "constraints.txt")


@contextlib.contextmanager
def remedy():
    try:
        yield
    except (subprocess.CalledProcessError, OSError) as error:
        sys.exit(
            fail(f"{error}\nWhat went wrong stands above. Check network and disk, then run the same command again.")
        )


def made_from(wanted: str) -> bool:
    return STAMP.is_file() and PYTHON.is_file() and STAMP.read_text(encoding="utf-8") == wanted


def torch_variant() -> str:
    return os.environ.get("TORCH", "cpu")


def install_torch() -> None:
    """The plain package brings gigabytes of CUDA on Linux; the CPU's own index has a build that outranks it."""
    pin = re.search(r"^torch==\S+", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.M)[0]
    index = [] if torch_variant() == "cuda" else ["--retries", "0", "--timeout", "15", "--extra-index-url", CPU_WHEELS]
    pip("install", "--no-deps", *index, pin)
    version = subprocess.run([str(PYTHON), "-m", "pip", "show", "torch"], check=True, capture_output=True, text=True)
    version = re.search(r"^Version: (.+)$", version.stdout, re.M)[1]
    if index and sys.platform == "linux" and "+cpu" not in version:
        print(f"PyTorch's CPU index was out of reach, so this is torch {version} with CUDA: larger, and it works.")


def pip(*arguments: str) -> None:
    subprocess.run([str(PYTHON), "-m", "pip", "--disable-pip-version-check", *arguments], check=True)


def check_python() -> None:
    have = sys.version_info[:2]
    if not OLDEST <= have <= NEWEST:
        sys.exit(fail(
            f"this is Python {have[0]}.{have[1]}; the course needs {OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]}. "
            f"Install one and name it: python{NEWEST[0]}.{NEWEST[1] - 1} course.py lab. Or: {ONLINE}"
        ))  # fmt: skip
    if sys.platform == "darwin" and platform.machine() == "x86_64":
        sys.exit(fail(f"there is no current PyTorch for Macs with Intel processors. {ONLINE}"))
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        sys.exit(fail("this Python lacks venv. On Debian and Ubuntu: sudo apt install python3-venv"))


@contextlib.contextmanager
def locked(path: Path):
    """Hold an exclusive lock, which the system lets go when this process ends, however it ends."""
    with open(path, "a+", encoding="utf-8") as file:
        if os.name == "nt":
            import msvcrt

            while True:
                with contextlib.suppress(OSError):  # it gives up after ten seconds
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
                    break
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def fail(message: str) -> int:
    print(f"course.py: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
