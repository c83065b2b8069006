"""What a visitor reads stands in ``data/`` and in the YAML beside the code, never in the code that says it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from insyn.settings import ROOT

SWEDISH = re.compile(
    r"[åäö]|\b(?:och|att|inte|jag|du|vi|ni|det|den|som|kan|har|ska|vill|till|av|med|om|din|ditt|dina)\b", re.IGNORECASE
)
SENTENCE = re.compile(r"\w{2,}[,:]? \w+[,:]? \w+")
"""Three words in a row: a name or a single word of Swedish, or a pattern that looks for one, is no sentence."""

PATTERN = re.compile(r"\\[bwsdS]|\(\?")


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Return every string of a module that is no docstring, with its line."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    remarks = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in remarks:
            yield node.lineno, node.value


def is_swedish_sentence(text: str) -> bool:
    return bool(SENTENCE.search(text) and SWEDISH.search(text)) and not PATTERN.search(text)


def test_a_sentence_would_be_found():
    assert is_swedish_sentence("Jag kunde inte spara ditt meddelande.")
    assert is_swedish_sentence("Klart, det är gjort")
    assert not is_swedish_sentence("could not read the message")
    assert not is_swedish_sentence(r"\b(?:och|att|inte) det")


@pytest.mark.parametrize("package", ["actions", "bot"])
def test_no_swedish_sentence_stands_in_the_code(package: str):
    modules = sorted((ROOT / package).rglob("*.py"))
    assert len(modules) > 40
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in modules
        for line, text in strings(path)
        if is_swedish_sentence(text)
    ]
    assert found == []


def test_the_widgets_words_are_in_one_file():
    code = re.compile(r"//.*|/\*.*?\*/", re.DOTALL)
    texts = ROOT / "bot" / "static" / "parts" / "texts.js"
    modules = [path for path in sorted((ROOT / "bot" / "static").rglob("*.js")) if path != texts]
    assert len(modules) > 15
    quoted = re.compile(r"([\"'`])((?:(?!\1).)*)\1")
    found = [
        f"{path.name}: {text}"
        for path in modules
        for _, text in quoted.findall(code.sub("", path.read_text(encoding="utf-8")))
        if re.search("[åäöÅÄÖ]", text)
    ]
    assert found == []
    assert re.search("[åäö]", texts.read_text(encoding="utf-8"))


def test_each_journey_has_its_rules_and_its_responses_in_files_of_its_name():
    journeys = {path.stem for path in (ROOT / "actions" / "journeys").glob("*.py")} - {
        "__init__",
        "journey",
        "registry",
    }
    assert len(journeys) == 10
    for kind in ("rules", "responses"):
        assert journeys <= {path.stem for path in (ROOT / "data" / kind).glob("*.yml")}, kind
