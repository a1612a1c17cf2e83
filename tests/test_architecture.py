"""A module of the package imports only from those above it in ORDER."""

import ast
from pathlib import Path

import pytest

import gan_lessons

ORDER = [
    *(
        "files",
        "losses",
        "schedules",
        "penalties",
        "models",
        "toys",
        "strokes",
        "downloads",
        "digits",
        "metrics",
        "neighbours",
        "transport",
    ),
    *("plots", "recipes", "features", "streams", "interrupts", "averages", "checks", "training"),
    *("ensemble", "clinic", "checkpoints", "pretrained", "logbook", "live"),
    *("exercises.engine", "exercises", "notebooks"),  # exercises: one file per lesson; none knows another
]
PACKAGE = Path(gan_lessons.__file__).parent
MODULES = sorted(".".join(path.relative_to(PACKAGE).with_suffix("").parts) for path in PACKAGE.rglob("*.py"))


def place(module):
    """The row of ORDER that `module` belongs to, or None. The package's own names come last: no module uses them."""
    if module == "__init__":
        return len(ORDER)
    if module in ORDER:
        return ORDER.index(module)
    package, _, _ = module.rpartition(".")
    return ORDER.index(package) if package in ORDER else None


def imported(source, module):
    """The modules of the package that `source`, the text of `module`, imports, wherever in the file."""
    here = ["gan_lessons", *module.split(".")]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = [*(here[: -node.level] if node.level else []), *filter(None, [node.module])]
            names = [".".join([*base, alias.name]) for alias in node.names]
        else:
            continue
        for name in names:
            first, *rest = name.split(".")
            if first == "gan_lessons":
                deepest = 2 if rest[:1] == ["exercises"] else 1
                yield ".".join(rest[:deepest])


@pytest.mark.parametrize("module", MODULES)
def test_module_has_a_place_in_the_order(module):
    assert place(module) is not None, (
        f"gan_lessons/{module.replace('.', '/')}.py has no place yet: write its name into ORDER in "
        f"{Path(__file__).name}, below every module that it imports and above every module that imports it"
    )


@pytest.mark.parametrize("module", [module for module in MODULES if place(module) is not None])
def test_module_imports_only_from_above(module):
    source = PACKAGE.joinpath(*module.split(".")).with_suffix(".py").read_text(encoding="utf-8")
    for other in imported(source, module):
        assert place(other) is not None, f"{module} imports {other or 'the whole package'}, which is not in ORDER"
        assert place(other) < place(module), (
            f"{module} imports {other}, which is not above it in the order: move what both need upwards"
        )


@pytest.mark.parametrize(
    "source",
    [
        "import gan_lessons.live",
        "import torch, gan_lessons.live as view",
        "from gan_lessons import live",
        "from gan_lessons.live import ToyView",
        "from . import live",
        "from .live import ToyView",
        "def late():\n    from gan_lessons import live",
    ],
)
def test_every_way_of_importing_is_seen(source):
    assert list(imported(source, "files")) == ["live"]


def test_lesson_files_of_exercises_know_the_engine_but_not_each_other():
    source = "from gan_lessons.exercises import engine\nfrom .lesson_01 import check"
    assert list(imported(source, "exercises.lesson_02")) == ["exercises.engine", "exercises.lesson_01"]
    assert place("exercises.engine") < place("exercises.lesson_02") == place("exercises.lesson_01")


def test_a_new_module_has_no_place():
    assert place("brand_new") is None
