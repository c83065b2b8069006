"""Two wishes in one message: one is begun, the other is remembered and offered when the first is registered."""

import re
from typing import Final

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.journeys.registry import JOURNEY_BY_INTENT
from actions.reading import mentions_marketing
from actions.texts import WISH_WORDS, WISHES
from actions.utterance import Utterance

SLOT: Final = "further_wish"

_PARTS: Final = re.compile(r"\b(?:och|samt|sen|sedan|därefter|plus|innan|först)\b|[,;.!?]")
_ACCESS, _ERASURE, _MARKETING = "request_access", "request_erasure", "request_marketing_optout"


def order_of(said: Utterance, intent: str) -> tuple[str, str | None]:
    """Return which wish to begin and which to come back to (None: there is only one).

    A copy comes before the erasure of what it is a copy of.
    """
    named = _named(said)
    if {_ACCESS, _ERASURE} <= set(named) and intent in {_ACCESS, _ERASURE}:
        return _ACCESS, _ERASURE
    others = [wish for wish in named if wish != intent]
    return intent, others[0] if others and intent in named else None


def say_one_at_a_time(dispatcher: CollectingDispatcher, *, first: str, then: str) -> None:
    """Say which wish is begun, so that the other does not seem to have been overheard."""
    dispatcher.utter_message(
        response="utter_one_at_a_time",
        first=JOURNEY_BY_INTENT[first].rule.title,
        then=JOURNEY_BY_INTENT[then].rule.title,
    )


def offer(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    """Offer the other wish now that the first is done, if there was one, and return the events that forget it."""
    wish = tracker.get_slot(SLOT)
    if wish is None:
        return []
    dispatcher.utter_message(
        response="utter_further_wish",
        title=JOURNEY_BY_INTENT[wish].rule.title,
        buttons=[{"title": WISHES[wish], "payload": f"/{wish}"}],
    )
    return [SlotSet(SLOT, None)]


def _named(said: Utterance) -> list[str]:
    """Return the wishes that the parts of a message name, in order."""
    named: dict[str, None] = {}
    for part in _PARTS.split(said.lowered):
        if mentions_marketing(part) and not WISH_WORDS[_MARKETING].search(part):
            continue  # "ta bort mig från nyhetsbrevet" erases nothing
        wish = next((wish for wish, words in WISH_WORDS.items() if words.search(part)), None)
        if wish is not None:
            named[wish] = None
    return list(named)
