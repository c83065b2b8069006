"""The drawing of the status machine in the documentation is the machine that runs."""

from privacy import case_diagram
from privacy.case_states import TRANSITIONS
from tests.conftest import ROOT

DOCUMENT = ROOT / "docs" / "case-states.md"


def test_the_document_shows_the_machine_as_it_is():
    text = DOCUMENT.read_text(encoding="utf-8")

    for drawn in (case_diagram.mermaid(), case_diagram.table(), case_diagram.resolutions()):
        assert drawn in text, "run: .venv/bin/python scripts/draw_case_states"


def test_every_step_is_in_the_drawing_and_in_the_table():
    for step in TRANSITIONS.values():
        assert f"    {step.source} --> {step.target}" in case_diagram.mermaid()
        assert f"| `{step.source}` | `{step.target}` |" in case_diagram.table()
