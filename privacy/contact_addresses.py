"""E-mail addresses and telephone numbers: one spelling each, so that a block finds its address again; and masked."""

import re
import unicodedata
from typing import Final

from privacy.errors import InvalidContactAddressError

SWEDEN: Final = "46"
_LONGEST_EMAIL: Final = 254
"""RFC 5321 section 4.5.3.1.3, less the angle brackets."""

_LONGEST_NUMBER: Final = 15
_SHORTEST_NUMBER: Final = 7
"""Digits with country code (ITU-T E.164); shorter ones are service numbers."""

_EMAIL: Final = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]")
_NUMBER_DRESS: Final = re.compile(r"[\s\-()./]")


def normalise_email(typed: str) -> str:
    """Return the address as the suppression list keeps it: composed, lower case, without ``mailto:`` or brackets.

    Raises:
        InvalidContactAddressError: it is no address.
    """
    address = unicodedata.normalize("NFKC", typed).strip().removeprefix("mailto:").strip("<>").casefold()
    if len(address) > _LONGEST_EMAIL or ".." in address or not _EMAIL.fullmatch(address):
        raise InvalidContactAddressError("not an e-mail address")
    return address


def normalise_phone(typed: str, *, country_code: str = SWEDEN) -> str:
    """Return the number in international form, ``+46701234567``.

    Raises:
        InvalidContactAddressError: it is no telephone number.
    """
    number = _NUMBER_DRESS.sub("", unicodedata.normalize("NFKC", typed).replace("(0)", ""))
    number = re.sub(r"^00", "+", number)
    number = re.sub(r"^0", f"+{country_code}", number)
    digits = number.removeprefix("+")
    is_number = number.startswith("+") and digits.isascii() and digits.isdecimal() and not digits.startswith("0")
    if not is_number or not _SHORTEST_NUMBER <= len(digits) <= _LONGEST_NUMBER:
        raise InvalidContactAddressError("not a telephone number")
    return number


def mask_email(address: str) -> str:
    """Return ``a***@example.se``: the person recognises it, a passer-by does not."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"


def mask_phone(number: str) -> str:
    """Return ``+46*******67``."""
    return f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}"
