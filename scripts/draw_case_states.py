"""Draw the status machine of cases into docs/case-states.md, from the code that runs it."""

from pathlib import Path

from privacy import case_diagram

DOCUMENT = Path(__file__).parent.parent / "docs" / "case-states.md"
TEXT = f"""# Where a case can go

Made by `.venv/bin/python scripts/draw_case_states.py` from `privacy/case_states.py`; a test fails when the two differ.
*Status* is where a case is, *resolution* how it ended; only an officer sets a resolution.

```mermaid
{case_diagram.mermaid()}
```

## Every step

{case_diagram.table()}

## Resolutions

{case_diagram.resolutions()}
"""

if __name__ == "__main__":
    DOCUMENT.write_text(TEXT, encoding="utf-8")
