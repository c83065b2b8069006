"""What people type, without what no keyboard produces."""

import unicodedata
from typing import Final

_UNWANTED: Final = {"Cc", "Cs"}
_KEPT: Final = "\n\t"


def without_control_characters(text: str) -> str:
    """Return ``text`` without control characters and lone surrogates; line breaks and tabs stay.

    PostgreSQL stores no NUL, and nobody means the others.
    """
    return "".join(c for c in text if c in _KEPT or unicodedata.category(c) not in _UNWANTED)
