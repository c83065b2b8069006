"""The words by which fetching a package is known: in a button's payload, and as an identification's purpose."""

from __future__ import annotations

import re
from typing import Final

from privacy.references import is_case_reference

FETCH: Final = "edge:fetch_package:"
"""Payload of the button that begins it; the case's reference follows."""

_PURPOSE: Final = re.compile(r"fetch:(AR-[0-9A-Z]{4}-[0-9A-Z]{4}):[0-9]+")


def wanted_reference(payload: str) -> str | None:
    """Return the case whose package a button's payload asks for; None for any other button."""
    reference = payload.removeprefix(FETCH)
    return reference if reference != payload and is_case_reference(reference) else None


def purpose_of(reference: str, *, message_id: int) -> str:
    """Return the purpose of one identification: each press of the button asks for one of its own."""
    return f"fetch:{reference}:{message_id}"


def is_for_package(purpose: str) -> bool:
    """Tell whether an identification was made to fetch a package."""
    return _PURPOSE.fullmatch(purpose) is not None


def reference_of(purpose: str) -> str:
    """Return the case that a purpose names.

    Raises:
        ValueError: it is another purpose.
    """
    found = _PURPOSE.fullmatch(purpose)
    if found is None:
        raise ValueError("the identification was made for something else")
    return found[1]
