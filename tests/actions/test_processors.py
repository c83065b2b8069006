"""The list of subcontractors: what the operator enters is checked as a whole, and given with its day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from actions.errors import KnowledgeError
from actions.processors import load_processors

TODAY = date(2026, 11, 25)
EXAMPLE = Path(__file__).parent.parent.parent / "docs" / "processors.example.yml"
ONE = "{name: Molnet AB, service: drift, country: Sverige}"


def written(directory: Path, text: str) -> Path:
    path = directory / "processors.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_of_the_documentation_can_be_read():
    found = load_processors(EXAMPLE, today=TODAY)
    assert found is not None
    assert found.as_of == date(2026, 11, 1)
    assert [processor.safeguard is not None for processor in found.processors] == [False, True]


def test_without_a_file_there_is_no_list():
    assert load_processors(None, today=TODAY) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "processors: []",
        f"as_of: 2026-11-01\nprocessors: [{ONE}, {ONE}]",
        f"as_of: 2027-01-01\nprocessors: [{ONE}]",
        f"as_of: i höstas\nprocessors: [{ONE}]",
        "as_of: 2026-11-01\nprocessors: []",
        "as_of: 2026-11-01\nprocessors: [{name: Molnet AB, service: drift}]",
        "as_of: 2026-11-01\nprocessors: [{name: '', service: drift, country: Sverige}]",
        "as_of: 2026-11-01\nprocessors: [{name: M, service: drift, country: Sverige, phone: '1'}]",
        "as_of: 2026-11-01\nprocessors: [Molnet AB]",
        "as_of: [2026",
    ],
)
def test_what_is_unclear_stops_the_start_and_is_not_given_to_visitors(tmp_path: Path, text: str):
    with pytest.raises(KnowledgeError):
        load_processors(written(tmp_path, text), today=TODAY)


def test_a_file_that_is_named_and_missing_stops_the_start(tmp_path: Path):
    with pytest.raises(KnowledgeError):
        load_processors(tmp_path / "nowhere.yml", today=TODAY)
