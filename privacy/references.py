"""Case references: ``AR-7K2M-Q94X``. Short enough to read out on the telephone, and a mistake is noticed.

Crockford's base 32 (no I, L, O, U). Seven random characters and a check character: their sum weighted with distinct
elements of GF(2^5), so that any one wrong character and any two that changed places are found.
"""

import random as randomness
import unicodedata
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX: Final = "AR"
_RANDOM_CHARACTERS: Final = 7
_LOOKALIKES: Final = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})
_FIELD_POLYNOMIAL: Final = 0b100101
"""x^5 + x^2 + 1, primitive over GF(2)."""


def new_case_reference(random: randomness.Random) -> str:
    """Return a new reference.

    Args:
        random: the source; ``random.SystemRandom()`` outside tests, so that nobody guesses the next one.
    """
    symbols = [random.randrange(len(ALPHABET)) for _ in range(_RANDOM_CHARACTERS)]
    return _formatted([*symbols, _check_symbol(symbols)])


def is_case_reference(text: str) -> bool:
    """Tell whether ``text`` is a reference exactly as we write it, check character included."""
    return normalise_case_reference(text) == text


def normalise_case_reference(typed: str) -> str | None:
    """Return the reference that a person meant, or None if what they typed is none.

    Lower case, spaces, missing or other dashes, a missing prefix and letters that look like digits are forgiven.
    """
    plain = unicodedata.normalize("NFKC", typed).upper()
    characters = "".join(character for character in plain if character.isascii() and character.isalnum())
    if len(characters) == len(PREFIX) + _RANDOM_CHARACTERS + 1:
        if not characters.startswith(PREFIX):
            return None
        characters = characters.removeprefix(PREFIX)
    if len(characters) != _RANDOM_CHARACTERS + 1:
        return None
    symbols = [ALPHABET.index(character) for character in characters.translate(_LOOKALIKES)]
    return _formatted(symbols) if _check_symbol(symbols[:-1]) == symbols[-1] else None


def _formatted(symbols: list[int]) -> str:
    characters = "".join(ALPHABET[symbol] for symbol in symbols)
    return f"{PREFIX}-{characters[:4]}-{characters[4:]}"


def _check_symbol(symbols: list[int]) -> int:
    check = 0
    for symbol in symbols:
        check = _times_x(check ^ symbol)
    return check


def _times_x(element: int) -> int:
    """Multiply by x in GF(2^5): shift, and reduce by the field polynomial."""
    shifted = element << 1
    return shifted ^ _FIELD_POLYNOMIAL if shifted & 0b100000 else shifted
