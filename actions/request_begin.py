"""Begins a request: explains the right in a sentence, and makes room for its answers."""

from collections.abc import Sequence

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import REQUESTED_SLOT

from actions import reading, switch_back
from actions.further_wish import FurtherWish, FurtherWishes
from actions.journeys.journey import Journey
from actions.journeys.marketing_optout import JOURNEY as MARKETING_OPTOUT
from actions.journeys.registry import ANSWER_SLOTS
from actions.request_form import CONFIRMED, FAILED_ANSWERS, FIELD_TO_CHANGE
from actions.utterance import Utterance, latest_said_at, latest_utterance
from privacy.request_types import RequestType

REQUEST_TYPE = "request_type"
RECEIVED_AT = "request_received_at"

MAY_BE_MARKETING = frozenset({RequestType.OBJECTION, RequestType.CONSENT_WITHDRAWAL})
_KEPT = frozenset({"contact_email"})
"""The address of one request serves the next; nobody needs to type it twice."""


def begin(
    dispatcher: CollectingDispatcher, tracker: Tracker, wished: Journey, *, then: Sequence[FurtherWish] = ()
) -> list[EventType]:
    """Explain the right and return the events with which its form may start; marketing goes on to its own form.

    A wish that waited for its turn is begun with the words that it was said in, and as of then.

    Args:
        dispatcher: what is said goes there.
        tracker: the conversation.
        wished: the request.
        then: wishes of the same message that come after it.
    """
    wishes = FurtherWishes.from_tracker(tracker)
    waited = wishes.named(wished.intent)
    said = Utterance(text=waited.words, intent=waited.intent) if waited else latest_utterance(tracker)
    is_marketing = wished.request_type in MAY_BE_MARKETING and reading.mentions_marketing(said.text)
    chosen = MARKETING_OPTOUT if is_marketing else wished
    goes_on = tracker.get_slot(REQUEST_TYPE) == chosen.request_type
    if not (chosen is MARKETING_OPTOUT and reading.marketing_addresses(said)):  # then it is simply done
        dispatcher.utter_message(response=f"utter_explain_{chosen.request_type}", explanation=chosen.rule.explanation)
    events: list[EventType] = [ActiveLoop(None), *idle_form()]
    if not goes_on:
        events += begun(chosen, received_at=waited.said_at if waited else latest_said_at(tracker).isoformat())
        events += _said_before(chosen, said) if waited else []
    if waited or then:
        events.append(wishes.after(wished.intent, then).as_event())
    if is_marketing:
        events.append(FollowupAction(chosen.form))
    return events


def begin_with_form(dispatcher: CollectingDispatcher, tracker: Tracker, wished: Journey) -> list[EventType]:
    """Begin a request that no rule would go on with, since its intent is not what was said."""
    events = begin(dispatcher, tracker, wished)
    return events if events[-1]["event"] == "followup" else [*events, FollowupAction(wished.form)]


def _said_before(journey: Journey, said: Utterance) -> list[EventType]:
    """Return the answers that a wish gave away when it was said; the form itself reads only the latest message."""
    found = {field.slot: field.in_passing(said) for field in journey.fields if field.slot not in _KEPT}
    return [SlotSet(slot, value) for slot, value in found.items() if value is not None]


def begun(journey: Journey, *, received_at: str) -> list[EventType]:
    """Return the events with which a request starts from nothing."""
    return [
        *(SlotSet(slot, None) for slot in ANSWER_SLOTS if slot not in _KEPT),
        SlotSet(REQUEST_TYPE, journey.request_type.value),
        SlotSet(RECEIVED_AT, received_at),
    ]


def idle_form() -> list[EventType]:
    """Return the events after which no form waits for anything."""
    slots = (REQUESTED_SLOT, CONFIRMED, FIELD_TO_CHANGE, FAILED_ANSWERS, switch_back.SLOT)
    return [SlotSet(slot, None) for slot in slots]


def nothing_begun() -> list[EventType]:
    """Return the events that end a request that was begun, its answers included."""
    answers = [SlotSet(slot, None) for slot in (*ANSWER_SLOTS, REQUEST_TYPE, RECEIVED_AT)]
    return [ActiveLoop(None), *idle_form(), *answers]
