"""Forms of somebody who lives with protected personal data: their address is not asked for, and a person is offered.

Two slots stand in the forms before the questions for an address, and are filled for everybody else. Emptied, they are
asked for first: how to go on (``way_on``), with a person or here after all; and, where the home address is to be
corrected, ``protected_address``, to which no answer leads on but something else to correct.
"""

from collections.abc import Mapping
from typing import Any, Final

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from actions.texts import PATTERNS
from privacy.protected_identity import says_protected

WAY_ON: Final = "way_on"
PROTECTED_ADDRESS: Final = "protected_address"
OPEN: Final = "open"
"""What both hold where nothing stands in the way."""

HERE: Final = "here"
"""What ``way_on`` holds once such a visitor chose to go on in the chat."""

CORRECT: Final = "correct"
"""What is asked for in a rectification; "den är skyddad" is no answer to it."""


def guard(tracker: Tracker, answers: Mapping[str, Any], *, goes_on_here: bool) -> list[EventType]:
    """Return the events after which nobody who lives with protected identity is asked for an address.

    Args:
        answers: of the form, as they are about to be.
        goes_on_here: whether the visitor chooses so with this message.
    """
    said = (event.get("text") or "" for event in tracker.events if event.get("event") == "user")
    is_protected = any(says_protected(text) for text in said)
    has_chosen = goes_on_here or tracker.get_slot(WAY_ON) == HERE
    asks_address = answers.get("contact_email", OPEN) is None
    corrects_home = PATTERNS["home_address"].search(str(answers.get("incorrect") or "").casefold())
    wanted = {
        WAY_ON: None if is_protected and asks_address and not has_chosen else HERE if has_chosen else OPEN,
        PROTECTED_ADDRESS: None if is_protected and corrects_home and answers.get(CORRECT) is None else OPEN,
    }
    return [SlotSet(slot, value) for slot, value in wanted.items() if tracker.get_slot(slot) != value]
