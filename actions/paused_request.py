"""A request that waits, half filled in, while something else is asked; the visitor goes on with it afterwards."""

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import REQUESTED_SLOT

from actions.journeys.registry import journey_of
from actions.request_begin import REQUEST_TYPE


def pause(tracker: Tracker) -> list[EventType]:
    """Return the events after which the form asks nothing until the visitor goes on with it; its answers stay."""
    return [ActiveLoop(None), SlotSet(REQUESTED_SLOT, None)] if _is_asked(tracker) else []


def offer_to_go_on(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    """Ask whether to go on with the request that waits, if one does; a form that still asks needs no such question."""
    if is_paused(tracker):
        title = journey_of(tracker.get_slot(REQUEST_TYPE)).rule.title
        dispatcher.utter_message(response="utter_request_paused", title=title)


def is_paused(tracker: Tracker) -> bool:
    """Tell whether a request waits that nobody asks for at the moment."""
    return bool(tracker.get_slot(REQUEST_TYPE)) and not _is_asked(tracker)


def _is_asked(tracker: Tracker) -> bool:
    """Tell whether the form of the request that was begun is the one that asks."""
    begun_type = tracker.get_slot(REQUEST_TYPE)
    return bool(begun_type) and tracker.active_loop_name == journey_of(begun_type).form
