"""Page cursors: where a list went on, opaque to the client, meaningless anywhere else."""

import base64
import binascii
import re
from datetime import date
from typing import NamedTuple

from cases.errors import InvalidCursorError

_WRITTEN = re.compile(r"(\d{4}-\d\d-\d\d)/(\d{1,18})", re.ASCII)


class ListPosition(NamedTuple):
    """The last case of a page, in the list's order."""

    due_on: date
    id: int


def write_cursor(position: ListPosition) -> str:
    """Return the position as a short string without special characters."""
    return base64.urlsafe_b64encode(f"{position.due_on}/{position.id}".encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> ListPosition:
    """Return the position.

    Raises:
        InvalidCursorError: it is not what :func:`write_cursor` wrote.
    """
    try:
        written = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        due_on, case_id = _parts(written)
        return ListPosition(date.fromisoformat(due_on), int(case_id))
    except (ValueError, binascii.Error) as error:
        raise InvalidCursorError("not a cursor of ours") from error


def _parts(written: str) -> tuple[str, str]:
    match = _WRITTEN.fullmatch(written)
    if match is None:
        raise ValueError("no position")
    return match[1], match[2]
