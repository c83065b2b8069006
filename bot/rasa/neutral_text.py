"""What a visitor writes is never a command (invariant 2).

Rasa takes a message that begins with ``/`` for an intent with entities (``YAMLStoryReader.unpack_regex_message``), at
the end of its pipeline and whatever the channel. So the text that Rasa gets from a visitor does not begin with one.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_COMMAND: Final = "/"
_NOTHING_TO_SEE: Final = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


def neutral(text: str) -> str:
    """Return ``text`` without the slashes that it begins with, in any of their shapes; never nothing.

    A full-width slash becomes a plain one when text is normalised (NFKC), so it goes as well.
    """
    start = 0
    while start < len(text) and _leads_to_a_command(text[start]):
        start += 1
    return text[start:].strip() or "?"


def _leads_to_a_command(character: str) -> bool:
    return (
        unicodedata.normalize("NFKC", character).startswith(_COMMAND)
        or character.isspace()
        or unicodedata.category(character) in _NOTHING_TO_SEE
    )
