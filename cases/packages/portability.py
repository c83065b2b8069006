"""The machine-readable files of a package: JSON, and the same as a table (CSV).

Source: GDPR art. 20(1), "structured, commonly used and machine-readable"; RFC 8259, RFC 4180.
"""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any, Final

_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula when a cell begins with it (OWASP: CSV injection)."""

BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it the spreadsheet that most people have reads UTF-8 as something else."""


def as_json(content: Any) -> bytes:
    """Return readable JSON (UTF-8)."""
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def as_csv(content: Any) -> bytes:
    """Return every value of a JSON content as a line: where it stands, and what it is."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\r\n")
    writer.writerow(["uppgift", "värde"])
    writer.writerows([_harmless(place), _harmless(value)] for place, value in flattened(content))
    return (BYTE_ORDER_MARK + table.getvalue()).encode()


def flattened(content: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield each value of a JSON content with its place, such as ``samtal[0].meddelanden[2].text``."""
    if isinstance(content, dict):
        for key, value in content.items():
            yield from flattened(value, f"{place}.{key}" if place else str(key))
    elif isinstance(content, list):
        for number, value in enumerate(content):
            yield from flattened(value, f"{place}[{number}]")
    elif content is not None:
        yield place, ("ja" if content else "nej") if isinstance(content, bool) else str(content)


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULAS) else cell
