"""The folder list is the architecture: who may import what (DESIGN §2), and who may read the environment."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
MAY_IMPORT = {
    "privacy": set(),
    "foundation": set(),
    "identity": {"privacy", "foundation"},
    "bot": {"privacy", "identity", "foundation"},
    "actions": {"privacy"},
    "cases": {"privacy", "foundation"},
    "insyn": {"privacy", "foundation", "identity", "bot", "actions", "cases"},
}
OURS = set(MAY_IMPORT)
PRIVACY_MAY_USE_FROM_OUTSIDE = {"holidays"}
MAY_READ_THE_ENVIRONMENT = ("insyn/", "actions/composition.py", "actions/server.py", "bot/rasa/")


def modules(package: str) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((ROOT / package).rglob("*.py")):
        yield path.relative_to(ROOT), ast.parse(path.read_text())


def imported(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_a_package_imports_only_what_the_design_allows(package: str):
    forbidden = {
        str(path): sorted(wrong)
        for path, tree in modules(package)
        if (wrong := (imported(tree) & OURS) - MAY_IMPORT[package] - {package})
    }
    assert forbidden == {}


def test_privacy_uses_the_standard_library_and_a_holiday_library_only():
    import sys

    allowed = set(sys.stdlib_module_names) | {"privacy"} | PRIVACY_MAY_USE_FROM_OUTSIDE
    outside = {str(path): imported(tree) - allowed for path, tree in modules("privacy")}
    assert {path: names for path, names in outside.items() if names} == {}


def test_privacy_asks_nobody_for_the_time_and_does_no_io():
    calls = {"now", "today", "utcnow", "open", "print", "read_text", "urlopen"}
    found = [
        f"{path}:{node.lineno}"
        for path, tree in modules("privacy")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")) in calls
    ]
    assert found == []


def test_only_composition_reads_the_environment():
    found = [
        f"{path}:{node.lineno}"
        for package in MAY_IMPORT
        for path, tree in modules(package)
        if not str(path).startswith(MAY_READ_THE_ENVIRONMENT)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    ]
    assert found == []


def test_every_package_is_installed_and_type_checked():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == OURS
    assert set(project["tool"]["mypy"]["packages"]) == OURS


MOCKS = {"mock", "mocker", "pytest_mock", "sqlite3", "aiosqlite", "mockito"}


def test_no_test_has_a_mocked_database():
    """Fakes are written by hand, and what says SQL says it to PostgreSQL."""
    found = []
    for path, tree in modules("tests"):
        for node in ast.walk(tree):
            named: list[str] = []
            if isinstance(node, ast.Import | ast.ImportFrom):
                named = [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                named = [argument.arg for argument in node.args.args]
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "sqlite://" in node.value:
                named = ["sqlite3"] * (path.name != Path(__file__).name)
            words = {part for name in named for part in name.split(".")}
            found += [f"{path}:{node.lineno}: {word}" for word in sorted(words & MOCKS)]

    assert found == []
