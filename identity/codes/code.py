"""The code itself: six digits, and how people type them."""

from __future__ import annotations

import random
import unicodedata
from typing import Final

DIGITS: Final = 6


def new_code(source: random.Random) -> str:
    """Return six random digits, leading zeros included.

    Args:
        source: ``random.SystemRandom()`` outside tests, so that nobody guesses the next one.
    """
    return f"{source.randrange(10**DIGITS):0{DIGITS}}"


def plain(text: str) -> str:
    """Return ``text`` as it is meant: full-width digits as digits, without what copying from a mail brings unseen."""
    return "".join(
        character for character in unicodedata.normalize("NFKC", text) if unicodedata.category(character) != "Cf"
    )


def typed_code(text: str) -> str | None:
    """Return the six digits of what somebody typed (``123 456``, ``123-456``, full-width digits), or None."""
    digits = "".join(character for character in plain(text) if not (character.isspace() or character in "-–."))
    return digits if len(digits) == DIGITS and digits.isascii() and digits.isdecimal() else None


def shown(code: str) -> str:
    """Return the code as it is easiest to read and to remember: ``123 456``."""
    return f"{code[:3]} {code[3:]}"
