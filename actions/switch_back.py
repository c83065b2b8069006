"""A wish's bare word in the middle of another request ("jo radera"): asked back, before what was filled in is left."""

from typing import Final

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import REQUESTED_SLOT

from actions import reading
from actions.base import InsynAction
from actions.journeys.journey import Journey
from actions.texts import BARE_WISHES, FILLERS, PATTERNS, SWITCH_NO, SWITCH_TO, WISHES
from actions.utterance import Utterance
from privacy.request_types import RequestType

SLOT: Final = "switch_to"

_OWN_WORDS: Final = frozenset({"reason", "complaint", "correct", "recipient", "addition"})
"""Questions to which such a word may be the answer."""

_MAY_BE_MARKETING: Final = frozenset({RequestType.OBJECTION, RequestType.CONSENT_WITHDRAWAL})


class ActionAskSwitchTo(InsynAction):
    """Ask whether the visitor wants something else instead of what is being filled in."""

    action_name = "action_ask_switch_to"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: object) -> list[EventType]:
        wish = tracker.get_slot(SLOT)
        dispatcher.utter_message(
            response="utter_switch_instead",
            wish=SWITCH_TO[wish],
            buttons=[{"title": WISHES[wish], "payload": f"/{wish}"}, {"title": SWITCH_NO, "payload": "/deny"}],
        )
        return []


def bare_wish(said: Utterance) -> str | None:
    """Return the wish whose bare word the message is; a wish in whole sentences, or "i stället", needs no question."""
    if PATTERNS["switching"].search(said.lowered):
        return None
    words = " ".join(word for word in said.words if word not in FILLERS)
    return next((wish for wish, pattern in BARE_WISHES.items() if pattern.fullmatch(words)), None)


def ask_back(said: Utterance, journey: Journey, requested: str | None) -> list[EventType]:
    """Return the events with which a form asks whether another wish is meant; none where it is not."""
    wish = bare_wish(said) if requested is not None and requested not in _OWN_WORDS else None
    is_answer = wish == "request_marketing_optout" and journey.request_type in _MAY_BE_MARKETING
    if wish is None or wish == journey.intent or is_answer:
        return []
    return [SlotSet(SLOT, wish), SlotSet(REQUESTED_SLOT, SLOT)]


def turned_to(said: Utterance, tracker: Tracker) -> str | None:
    """Return the wish that the visitor, asked back, says yes to."""
    if tracker.get_slot(REQUESTED_SLOT) != SLOT:
        return None
    wish: str | None = tracker.get_slot(SLOT)
    agrees = said.intent == "affirm" or reading.begins_with_yes(said) or bare_wish(said) == wish
    return wish if agrees else None
