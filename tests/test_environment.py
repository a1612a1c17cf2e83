"""What is declared for pip, for conda and for the tried versions says the same, and holds all that is imported."""

import ast
import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
CONDA_NAMES = {"torch": "pytorch-cpu"}  # where conda-forge calls a package by another name
DISTRIBUTIONS = {
    "ot": "pot",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}  # where a module is not called as its package
COMES_WITH = {  # what a declared package cannot be without
    "nbconvert": "jupyterlab",
    "nbformat": "jupyterlab",
    "nbclient": "jupyterlab",
    "jupyter_client": "jupyterlab",
    "packaging": "pytest",
}


def requirements(lines):
    """Name -> versions allowed."""
    found = [Requirement(line) for line in lines]
    return {canonicalize_name(item.name): item.specifier for item in found}


DECLARED = requirements(PROJECT["dependencies"])
EXTRAS = {name: requirements(lines) for name, lines in PROJECT["optional-dependencies"].items()}
PINS = requirements(
    line
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if line.strip() and not line.startswith("#")
)


def floor(specifier):
    """The oldest version that is allowed."""
    (one,) = [item for item in specifier if item.operator == ">="]
    return Version(one.version)


def conda_packages():
    """Name -> versions allowed; conda's `python=3.12` is pip's `python==3.12.*`."""
    lines = [line for line in CONDA["dependencies"] if isinstance(line, str)]
    lines = [f"{line}.*".replace("=", "==") if line.count("=") == 1 and ">" not in line else line for line in lines]
    return requirements(lines)


# conda


def test_conda_has_the_packages_of_pip_with_the_same_floors():
    wanted = {CONDA_NAMES.get(name, name): versions for name, versions in (DECLARED | EXTRAS["lab"]).items()}
    found = conda_packages()
    assert found.pop("python", None) is not None
    assert found.pop("pip", None) is not None
    assert found == wanted


def test_condas_python_is_pinned_to_one_that_course_py_takes():
    spec = importlib.util.spec_from_file_location("course", ROOT / "course.py")
    course = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(course)
    pin = conda_packages()["python"]
    fitting = [minor for minor in range(30) if f"3.{minor}.0" in pin]
    assert len(fitting) == 1
    assert course.OLDEST <= (3, fitting[0]) <= course.NEWEST
    assert f"3.{fitting[0]}.0" in SpecifierSet(PROJECT["requires-python"])


def test_conda_installs_the_package_itself():
    assert CONDA["channels"] == ["conda-forge"]
    assert [line["pip"] for line in CONDA["dependencies"] if isinstance(line, dict)] == [["-e ."]]


@pytest.mark.skipif(
    importlib.util.find_spec("repo2docker") is None,
    reason="jupyter-repo2docker, which asks as Binder does, is not here",
)
def test_binder_accepts_the_repository():
    command = [sys.executable, "-m", "repo2docker", "--debug", "--no-build", str(ROOT)]
    found = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert found.returncode == 0, found.stderr
    assert '--file "environment.yml"' in found.stdout + found.stderr


# The tried versions


@pytest.mark.parametrize("name", PINS)
def test_what_is_pinned_is_declared_and_allowed_by_its_floor(name):
    (declared,) = {str(group[name]) for group in (DECLARED, *EXTRAS.values()) if name in group}
    declared = SpecifierSet(declared)
    for pin in PINS[name]:
        if pin.operator == "==":
            assert pin.version in declared
        else:
            assert pin.operator == "<"
            assert floor(declared) in SpecifierSet(str(pin))


def test_torch_is_pinned_exactly():
    (pin,) = PINS["torch"]
    assert pin.operator == "=="
    assert "+" not in pin.version  # so that the build for the CPU fits too


def test_every_requirement_has_a_floor_and_both_extras_the_same():
    for group in (DECLARED, *EXTRAS.values()):
        for versions in group.values():
            assert floor(versions) > Version("0")
    for name in EXTRAS["lab"]:
        assert EXTRAS["test"][name] == EXTRAS["lab"][name]


def test_the_floors_are_not_above_what_colab_has():
    """Colab in August 2026; its torch and numpy must stay as they are."""
    colab = {"torch": "2.11", "numpy": "2.0", "ipython": "7.34"}
    assert {name: version for name, version in colab.items() if version not in DECLARED[name]} == {}
    assert "3.12" in SpecifierSet(PROJECT["requires-python"])


# What is imported


def source(path):
    """The Python in a file or in a notebook; there, without the lines for the shell."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    cells = ("".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code")
    return re.sub(r"^ *!.*$", "", "\n".join(cells), flags=re.M)


def imported(paths):
    """The third-party packages that these files import, wherever in them."""
    found = set()
    for path in paths:
        for node in ast.walk(ast.parse(source(path))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"gan_lessons"}


def undeclared(modules, declared):
    packages = {name: canonicalize_name(DISTRIBUTIONS.get(name, COMES_WITH.get(name, name))) for name in modules}
    return {name for name, package in packages.items() if package not in declared}


def test_everything_the_package_imports_is_declared():
    modules = imported((ROOT / "gan_lessons").rglob("*.py"))
    assert {"torch", "numpy", "matplotlib"} <= modules
    assert undeclared(modules, DECLARED | EXTRAS["lab"]) == set()


def test_everything_the_notebooks_import_is_declared():
    modules = imported((ROOT / "notebooks").glob("*.ipynb"))
    assert {"torch", "numpy", "sklearn"} <= modules
    assert undeclared(modules, DECLARED) == set()


def test_importing_the_package_needs_no_jupyterlab():
    """Colab has none: only the runner of notebooks may need what comes with it."""
    modules = imported(path for path in (ROOT / "gan_lessons").rglob("*.py") if path.name != "notebooks.py")
    assert undeclared(modules, DECLARED) == set()


def test_everything_the_tests_import_is_declared():
    browser = ROOT / "tests" / "launch" / "test_browser.py"
    modules = imported(path for path in (ROOT / "tests").rglob("*.py") if path != browser) - {"repo2docker"}
    assert undeclared(modules, DECLARED | EXTRAS["test"]) == set()
    assert undeclared(imported([browser]), EXTRAS["test"] | EXTRAS["ui"]) == set()


def test_nothing_is_declared_that_nobody_imports():
    files = [path for name in ("gan_lessons", "benchmarks") for path in (ROOT / name).rglob("*.py")]
    files += (ROOT / "notebooks").glob("*.ipynb")
    used = {canonicalize_name(DISTRIBUTIONS.get(name, name)) for name in imported(files)}
    assert set(DECLARED) <= used


def test_course_py_needs_nothing_but_python():
    assert imported([ROOT / "course.py"]) == set()
