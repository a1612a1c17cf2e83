"""course.py makes the environment once, remakes it when it must, and says what to do where it cannot."""

import ast
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
import tomllib
import venv
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parent.parent
ADDRESS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]["Repository"]
NAME = ADDRESS.removeprefix("https://github.com/")
OTHER = "https://github.com/someone/another-name"
INPUTS = ("pyproject.toml", "constraints.txt", "course.py")

ONE_MAKER = """
import importlib.util, sys, time
from pathlib import Path
from types import SimpleNamespace

root, log = Path(sys.argv[1]), Path(sys.argv[2])
spec = importlib.util.spec_from_file_location("course", root / "course.py")
course = importlib.util.module_from_spec(spec)
spec.loader.exec_module(course)


def run(command, **_):
    with open(log, "a") as file:
        file.write(f"{'venv' if 'venv' in command else 'pip'} {Path(command[0]).exists()}\\n")
    if "venv" in command:
        time.sleep(0.3)
        course.PYTHON.parent.mkdir(parents=True)
        course.PYTHON.touch()
    return SimpleNamespace(stdout="Version: 2.13.0+cpu\\n")


course.subprocess = SimpleNamespace(run=run, CalledProcessError=course.subprocess.CalledProcessError)
course.environment()
assert course.made_from(course.STAMP.read_text())
"""


def files_with(text):
    """The files of the repository that hold `text`; what is built, fetched or hidden (but for .ci) is left out."""
    found = set()
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name in (".ci", ".github") or name[0] not in "._"]
        folders[:] = [name for name in folders if name not in ("build", "cache") and not name.endswith(".egg-info")]
        paths = [Path(folder) / name for name in names]
        found |= {path.relative_to(ROOT).as_posix() for path in paths if text.encode() in path.read_bytes()}
    return found


@pytest.fixture
def root(tmp_path):
    """A copy of the few files that course.py reads or writes."""
    folder = tmp_path / "copy"
    (folder / "notebooks").mkdir(parents=True)
    for name in (*INPUTS, "README.md", "CONTRIBUTING.md", "CITATION.cff"):
        shutil.copy(ROOT / name, folder / name)
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        shutil.copy(path, folder / "notebooks" / path.name)
    return folder


@pytest.fixture
def course(root, monkeypatch):
    """course.py of the copy, as a module. Its `subprocess` makes a pretended environment and notes its commands."""
    spec = importlib.util.spec_from_file_location("course_under_test", root / "course.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.delenv("TORCH", raising=False)
    monkeypatch.chdir(root)
    monkeypatch.setenv("CHROMIUM", "")  # what course.py sets is taken back
    module.commands, module.version, module.playwright, module.failing = [], "2.13.0+cpu", True, "no command"

    def run(command, **_):
        module.commands.append(command)
        if "venv" in command:
            module.PYTHON.parent.mkdir(parents=True)
            module.PYTHON.touch()
        missing = command[-1] == "import playwright" and not module.playwright
        return SimpleNamespace(stdout=f"Name: torch\nVersion: {module.version}\n", returncode=int(missing))

    def popen(command):
        module.commands.append(command)
        return SimpleNamespace(wait=lambda: int(module.failing in command))

    constants = {"CalledProcessError": subprocess.CalledProcessError, "DEVNULL": subprocess.DEVNULL}
    module.subprocess = SimpleNamespace(run=run, Popen=popen, **constants)
    return module


def made(course):
    """How many times the environment was made so far."""
    return sum("venv" in command for command in course.commands)


def installed(course):
    """The arguments of each `pip install`."""
    return [command[command.index("install") + 1 :] for command in course.commands if "install" in command]


def other_python(monkeypatch, course, **differences):
    everything = {name: getattr(sys, name) for name in ("version", "version_info", "platform", "executable", "exit")}
    monkeypatch.setattr(course, "sys", SimpleNamespace(stderr=sys.stderr, **(everything | differences)))


def refused(capsys, function, *arguments):
    """The message with which the program ends."""
    with pytest.raises(SystemExit) as ended:
        function(*arguments)
    assert ended.value.code == 1
    return capsys.readouterr().err


# Which Python


@pytest.mark.parametrize("version", [(3, 10, 12), (3, 9, 0), (2, 7, 18), (3, 15, 0), (4, 0, 0)])
def test_a_python_too_old_or_too_new_is_told_which_to_take(monkeypatch, capsys, course, version):
    other_python(monkeypatch, course, version_info=version)
    message = refused(capsys, course.environment)
    assert f"this is Python {version[0]}.{version[1]}; the course needs 3.11 to 3.14." in message
    assert re.search(r"python3\.1[1-4] course\.py lab", message)
    assert "mybinder.org" in message
    assert "colab" in message
    assert made(course) == 0


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 5), (3, 14, 9)])
def test_a_python_in_between_will_do(monkeypatch, course, version):
    other_python(monkeypatch, course, version_info=version, platform="linux")
    course.check_python()


def test_the_oldest_python_is_that_of_pyproject(course):
    required = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    assert required == f">={course.OLDEST[0]}.{course.OLDEST[1]}"


def test_even_an_old_python_gets_as_far_as_the_message():
    """Ubuntu 20.04 has Python 3.8: a syntax or an annotation that it does not know would hide the message."""
    tree = ast.parse((ROOT / "course.py").read_text(encoding="utf-8"), feature_version=(3, 7))
    late = any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body)
    annotations = [node.returns for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    annotations += [node.annotation for node in ast.walk(tree) if isinstance(node, ast.arg)]
    evaluated = [ast.unparse(a) for a in annotations if isinstance(a, ast.Subscript | ast.BinOp) and not late]
    assert evaluated == []  # list[Path] needs 3.9: write `from __future__ import annotations`


def test_macs_with_intel_processors_are_sent_online(monkeypatch, capsys, course):
    other_python(monkeypatch, course, version_info=(3, 12, 0), platform="darwin")
    monkeypatch.setattr(course, "platform", SimpleNamespace(machine=lambda: "x86_64"))
    message = refused(capsys, course.check_python)
    assert "no current PyTorch for Macs with Intel processors" in message
    assert "mybinder.org" in message
    monkeypatch.setattr(course, "platform", SimpleNamespace(machine=lambda: "arm64"))
    course.check_python()


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_python_without_venv_is_told_the_remedy(monkeypatch, capsys, course, missing):
    util = SimpleNamespace(find_spec=lambda name: None if name == missing else object())
    monkeypatch.setattr(course, "importlib", SimpleNamespace(util=util))
    assert "sudo apt install python3-venv" in refused(capsys, course.environment)
    assert made(course) == 0


# The stamp


def test_the_environment_is_made_once(course):
    for _ in range(3):
        course.environment()
    assert made(course) == 1
    assert course.STAMP.is_file()
    assert any("--editable" in arguments and ".[test]" in arguments for arguments in installed(course))


@pytest.mark.parametrize("name", INPUTS)
def test_it_is_remade_when_an_input_changes(course, root, name):
    course.environment()
    with open(root / name, "a", encoding="utf-8") as file:
        file.write("# a change\n")
    course.environment()
    course.environment()
    assert made(course) == 2


def test_it_is_remade_for_another_kind_of_torch_or_another_python(monkeypatch, course):
    course.environment()
    monkeypatch.setenv("TORCH", "cuda")
    course.environment()
    other_python(monkeypatch, course, version="3.12.0 (another one)", version_info=(3, 12, 0))
    course.environment()
    course.environment()
    assert made(course) == 3


def test_it_is_remade_when_the_repository_was_moved(course, root, monkeypatch):
    course.environment()
    monkeypatch.setattr(course, "ROOT", root.rename(root.with_name("moved")))
    for name in ("VENV", "STAMP", "PYTHON"):
        monkeypatch.setattr(course, name, course.ROOT / getattr(course, name).relative_to(root))
    course.environment()
    assert made(course) == 2


def test_a_half_made_environment_is_remade_from_nothing(course):
    course.PYTHON.parent.mkdir(parents=True)
    course.PYTHON.touch()
    (course.VENV / "leftover").touch()
    course.environment()
    assert made(course) == 1
    assert not (course.VENV / "leftover").exists()


def test_a_stamp_without_a_python_does_not_count(course):
    course.environment()
    course.PYTHON.unlink()
    course.environment()
    assert made(course) == 2


@pytest.mark.parametrize("failing", ["venv", "torch==", "--editable"])
def test_a_failure_says_what_to_do_and_leaves_no_stamp(monkeypatch, capsys, course, failing):
    whole = course.subprocess.run

    def run(command, **keywords):
        if any(word.startswith(failing) for word in command):
            raise subprocess.CalledProcessError(1, command)
        return whole(command, **keywords)

    monkeypatch.setattr(course.subprocess, "run", run)
    message = refused(capsys, course.environment)
    assert "Check network and disk, then run the same command again." in message
    assert not course.STAMP.exists()
    monkeypatch.setattr(course.subprocess, "run", whole)
    course.environment()
    assert course.STAMP.exists()


def test_an_interrupt_leaves_no_stamp(monkeypatch, course):
    def run(command, **_):
        raise KeyboardInterrupt

    monkeypatch.setattr(course.subprocess, "run", run)
    with pytest.raises(KeyboardInterrupt):
        course.environment()
    assert not course.STAMP.exists()


def maker(root, tmp_path, python=sys.executable):
    """Another process that wants the environment."""
    script = tmp_path / "maker.py"
    script.write_text(textwrap.dedent(ONE_MAKER), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "TORCH"}
    return subprocess.Popen([str(python), str(script), str(root), str(tmp_path / "log")], env=environment)


def test_of_two_processes_at_once_only_one_makes_it(root, tmp_path):
    processes = [maker(root, tmp_path) for _ in range(2)]
    assert [process.wait(timeout=30) for process in processes] == [0, 0]
    assert (tmp_path / "log").read_text().count("venv") == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a running program's file")
def test_it_can_be_remade_by_its_own_python(root, tmp_path):
    """After `source .venv/bin/activate` and a change, the Python that runs course.py is the one to be removed."""
    venv.create(root / ".venv", symlinks=True)
    assert maker(root, tmp_path, root / ".venv" / "bin" / "python").wait(timeout=30) == 0
    assert (tmp_path / "log").read_text().splitlines()[0] == "venv True"  # the program named was still there


# PyTorch


def test_the_pin_of_torch_is_that_of_the_constraints(course, root):
    (root / "constraints.txt").write_text("numpy<3\ntorch==9.8.7\n", encoding="utf-8")
    course.environment()
    first, second = installed(course)
    assert "torch==9.8.7" in first
    assert "--no-deps" in first
    assert "--extra-index-url" in first
    assert second[-2:] == ["--constraint", "constraints.txt"]
    assert "--extra-index-url" not in second  # else every package would be asked for there


def test_torch_with_cuda_comes_from_the_usual_index(monkeypatch, course):
    monkeypatch.setenv("TORCH", "cuda")
    course.version = "2.13.0"
    course.environment()
    assert not any("index" in word or "pytorch.org" in word for arguments in installed(course) for word in arguments)


def test_a_torch_from_the_other_index_is_announced(monkeypatch, capsys, course):
    other_python(monkeypatch, course, platform="linux")
    course.version = "2.13.0"
    course.environment()
    assert "PyTorch's CPU index was out of reach, so this is torch 2.13.0 with CUDA" in capsys.readouterr().out


def test_only_course_py_names_pytorchs_index():
    assert files_with("download.pytorch" + ".org") == {"course.py"}


# Commands


@pytest.mark.parametrize("command", ["lesson", "test"])
@pytest.mark.parametrize("number", ["99", "0", "start", "00_start_here"])
def test_a_lesson_that_there_is_not_is_answered_with_those_there_are(monkeypatch, capsys, course, command, number):
    monkeypatch.setattr(sys, "argv", ["course.py", command, number])
    message = refused(capsys, course.main)
    there = ", ".join(sorted(path.name[:2] for path in (ROOT / "notebooks").glob("*.ipynb")))
    assert f"there is no lesson {number!r}. There are: {there}." in message
    assert made(course) == 0


def test_help_needs_nothing_but_a_python():
    command = ["/usr/bin/env", "python3", "course.py", "--help"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert found.returncode == 0
    assert found.stderr == ""
    for name in ("lab", "test", "test-ui", "test-colab", "check", "lesson", "env", "address"):
        assert re.search(rf"^ +{name}( |$)", found.stdout, re.M)


def test_lessons_of_two_threads_are_tested_one_at_a_time_and_all_others_two(monkeypatch, course, tmp_path):
    for name, threads in (("00_start", 1), ("08_modern", 2), ("09_digits", 1), ("26_claims", 2), ("a1_classics", 1)):
        (tmp_path / f"{name}.ipynb").write_text(f'"torch.set_num_threads({threads})  # why"', encoding="utf-8")
    monkeypatch.setattr(course, "NOTEBOOKS", tmp_path)
    browsers(monkeypatch, course)
    assert run(monkeypatch, course, "test") == 0
    _, narrow, wide = told_to_pytest(course)
    names = [[Path(word).stem for word in words if word.endswith(".ipynb")] for words in (narrow, wide)]
    assert names == [["00_start", "09_digits", "a1_classics"], ["08_modern", "26_claims"]]
    assert "-n" in narrow
    assert "-n" not in wide


# The browser tests


def browsers(monkeypatch, course, *there):
    """Let `shutil.which` find these programs and no others."""
    monkeypatch.setattr(course.shutil, "which", lambda name: f"/found/{name}" if name in there else None)


def told_to_pytest(course):
    """The arguments of each `python -m pytest`."""
    return [command[3:] for command in course.commands if command[1:3] == ["-m", "pytest"]]


def run(monkeypatch, course, *arguments):
    monkeypatch.setattr(sys, "argv", ["course.py", *arguments])
    return course.main()


def test_without_a_browser_test_ui_says_what_to_install(monkeypatch, capsys, course):
    browsers(monkeypatch, course, "firefox")
    assert run(monkeypatch, course, "test-ui") == 1
    message = capsys.readouterr().err
    assert "there is neither Chromium nor Chrome here" in message
    assert "sudo apt install chromium" in message
    assert course.commands == []


@pytest.mark.parametrize("browser", ["chromium", "google-chrome-stable"])
def test_test_ui_hands_the_browser_it_found_to_the_tests(monkeypatch, course, browser):
    browsers(monkeypatch, course, browser)
    assert run(monkeypatch, course, "test-ui") == 0
    assert told_to_pytest(course) == [["tests/launch/test_browser.py"]]
    assert os.environ["CHROMIUM"] == f"/found/{browser}"
    course.failing = "tests/launch/test_browser.py"
    assert run(monkeypatch, course, "test-ui") == 1


def test_playwright_comes_with_the_first_browser_test_and_not_before(monkeypatch, course):
    browsers(monkeypatch, course, "chromium")
    course.environment()
    assert not any(".[ui]" in arguments for arguments in installed(course))
    run(monkeypatch, course, "test-ui")
    assert not any(".[ui]" in arguments for arguments in installed(course))  # it is there
    course.playwright = False
    run(monkeypatch, course, "test-ui")
    assert installed(course)[-1] == ["--editable", ".[ui]", "--constraint", "constraints.txt"]


def test_where_playwright_cannot_be_had_the_remedy_is_told(monkeypatch, capsys, course):
    browsers(monkeypatch, course, "chromium")
    course.environment()
    course.playwright, whole = False, course.subprocess.run

    def offline(command, **keywords):
        if ".[ui]" in command:
            raise subprocess.CalledProcessError(1, command)
        return whole(command, **keywords)

    monkeypatch.setattr(course.subprocess, "run", offline)
    message = refused(capsys, lambda: run(monkeypatch, course, "test-ui"))
    assert "Check network and disk, then run the same command again." in message
    assert told_to_pytest(course) == []


def test_test_ends_with_the_browser_where_there_is_one(monkeypatch, capsys, course):
    browsers(monkeypatch, course, "chromium")
    assert run(monkeypatch, course, "test") == 0
    assert told_to_pytest(course)[-1] == ["tests/launch/test_browser.py"]
    assert "skipped" not in capsys.readouterr().out
    course.failing = "tests/launch/test_browser.py"
    assert run(monkeypatch, course, "test") == 1


def test_test_says_at_its_end_that_the_browser_tests_were_skipped_and_why(monkeypatch, capsys, course):
    for found, arguments, why in (
        ([], [], "there is neither Chromium nor Chrome here"),
        (["chromium"], ["00"], "only some lessons were asked for"),
    ):
        browsers(monkeypatch, course, *found)
        assert run(monkeypatch, course, "test", *arguments) == 0
        *_, browser, colab = capsys.readouterr().out.splitlines()
        assert colab.endswith("python3 course.py test-colab")
        assert browser == f"The browser tests were skipped: {why}. To run them: python3 course.py test-ui"
        assert not any("tests/launch/test_browser.py" in arguments for arguments in told_to_pytest(course))


def test_jupyterlab_is_told_not_to_ask_about_news(course):
    course.environment()
    path = course.VENV / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    assert json.loads(path.read_text(encoding="utf-8"))["@jupyterlab/apputils-extension:notification"] == {
        "fetchNews": "false"
    }


# The repository's address


def addresses(text):
    """Every repository that a GitHub link, a Binder badge or a Colab badge in the text leads to."""
    pattern = r"(?:https://github\.com/|mybinder\.org/v2/gh/|colab\.research\.google\.com/github/)([\w.-]+/[\w.-]+)"
    return set(re.findall(pattern, text))


def clone(readme):
    """The address and the folder of README's `git clone`, and where its `cd` goes."""
    address, folder, cd = re.search(r"^git clone (\S+) ?(\S*)\ncd (\S+)$", readme, re.M).groups()
    return address, folder or address.rpartition("/")[2], cd


def test_all_files_agree_on_the_address(course):
    for path in course.files_with_addresses():
        text = path.read_text(encoding="utf-8")
        assert addresses(text) <= {NAME}, path.name
        if path.suffix == ".ipynb":
            (setup,) = [cell for cell in json.loads(text)["cells"] if cell["id"] == "setup"]
            assert addresses("".join(setup["source"])) == {NAME}, path.name
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"https://mybinder.org/v2/gh/{NAME}/" in readme
    assert f"https://colab.research.google.com/github/{NAME}/" in readme
    assert clone(readme)[0] == ADDRESS
    assert f"repository-code: {ADDRESS}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_the_badges_open_a_notebook_that_there_is():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"(notebooks/[\w.-]+\.ipynb)\)", readme)
    assert len(named) >= 3
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_no_other_file_names_the_address(course, root):
    changed = {path.relative_to(root).as_posix() for path in course.files_with_addresses()}
    assert files_with(NAME) <= changed


def test_address_changes_every_file(course, root, capsys):
    before = {path: path.read_text(encoding="utf-8") for path in course.files_with_addresses()}
    assert course.set_address(SimpleNamespace(url=OTHER)) == 0
    told = capsys.readouterr().out
    for path, old in before.items():
        new = path.read_text(encoding="utf-8")
        assert NAME not in new
        assert new.count("someone/another-name") == old.count(NAME)
        assert (f"changed {path.relative_to(root)}" in told) == (NAME in old)
    for path in (root / "notebooks").glob("*.ipynb"):
        json.loads(path.read_text(encoding="utf-8"))
    assert course.address_in_pyproject() == OTHER


def test_after_a_change_of_address_the_readme_still_enters_the_folder_that_it_cloned(course, root):
    for _ in range(2):
        _, folder, cd = clone((root / "README.md").read_text(encoding="utf-8"))
        assert cd == folder
        course.set_address(SimpleNamespace(url=OTHER))


def test_a_change_of_address_can_be_taken_back(course):
    before = [path.read_bytes() for path in course.files_with_addresses()]
    for url in (OTHER, OTHER, ADDRESS):
        course.set_address(SimpleNamespace(url=url))
    assert [path.read_bytes() for path in course.files_with_addresses()] == before


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "someone/gan-lessons",
        "http://github.com/someone/gan-lessons",
        "https://gitlab.com/someone/gan-lessons",
        "https://github.com/someone",
        "https://github.com/someone/",
        "https://github.com/someone/gan-lessons/tree/main",
        "https://github.com/someone/gan lessons",
        "https://github.com/someone/gan-lessons\n",
        "git@github.com:someone/gan-lessons.git",
        "https://github.com/someone/gan-lessons.git",  # Binder and Colab do not find it so
    ],
)
def test_an_address_that_is_none_is_refused_and_nothing_changed(course, capsys, url):
    before = [path.read_bytes() for path in course.files_with_addresses()]
    assert course.set_address(SimpleNamespace(url=url)) == 1
    assert "is no address like https://github.com/" in capsys.readouterr().err
    assert [path.read_bytes() for path in course.files_with_addresses()] == before
