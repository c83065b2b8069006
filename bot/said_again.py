"""The button that says once more what the visitor wrote, when the bot could not hear it."""

from __future__ import annotations

from typing import Final

_PAYLOAD: Final = "edge:say_again:"


def say_again(message_id: int) -> str:
    """Return the payload of the button that repeats the visitor's message of that number."""
    return f"{_PAYLOAD}{message_id}"


def message_said_again(payload: str) -> int | None:
    """Return the number of the message that a button's payload repeats; None for any other button."""
    number = payload.removeprefix(_PAYLOAD)
    return int(number) if number != payload and number.isdecimal() else None
