"""Steers a request from outside its questions: calling it off, and going on with it."""

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import InsynAction
from actions.confirmed_request import SLOT, ConfirmedRequest
from actions.journeys.registry import journey_of
from actions.marketing_block import PENDING_BLOCKS
from actions.reading import SKIPPED
from actions.request_begin import RECEIVED_AT, REQUEST_TYPE, nothing_begun
from actions.submission import registered
from actions.utterance import latest_utterance


class ActionCancelRequest(InsynAction):
    """Call off what is under way, and say what was kept of it: nothing."""

    action_name = "action_cancel_request"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: object) -> list[EventType]:
        under_way = any(tracker.get_slot(slot) for slot in (REQUEST_TYPE, SLOT, PENDING_BLOCKS))
        if under_way:
            dispatcher.utter_message(response="utter_request_cancelled")
        elif registered(tracker):
            dispatcher.utter_message(
                response="utter_cannot_cancel_registered", reference=registered(tracker)[-1]["reference"]
            )
        else:
            dispatcher.utter_message(response="utter_nothing_to_cancel")
        return [*nothing_begun(), SlotSet(SLOT, None), SlotSet(PENDING_BLOCKS, None)]


class ActionContinueRequest(InsynAction):
    """Answer a yes, a no, an answer or a change where no form is asking, by what is under way."""

    action_name = "action_continue_request"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: object) -> list[EventType]:
        said = latest_utterance(tracker)
        begun_type = tracker.get_slot(REQUEST_TYPE)
        if begun_type:
            return [FollowupAction(journey_of(begun_type).form)]
        if tracker.get_slot(PENDING_BLOCKS) and said.intent == "affirm":
            return [FollowupAction("action_block_marketing")]
        request = ConfirmedRequest.from_tracker(tracker)
        if request:
            return self._with_confirmed(dispatcher, said.intent, request)
        if said.intent == "change_answer" and registered(tracker):
            dispatcher.utter_message(response="utter_change_registered", reference=registered(tracker)[-1]["reference"])
            return []
        if said.intent == "inform" and said.text:
            return [FollowupAction("action_answer_unsure")]
        dispatcher.utter_message(response="utter_what_now")
        return []

    @staticmethod
    def _with_confirmed(dispatcher: CollectingDispatcher, intent: str, request: ConfirmedRequest) -> list[EventType]:
        if intent == "affirm":
            waits_for_signature = request.waits_for == "identification"
            return [FollowupAction("action_start_identification" if waits_for_signature else "action_submit_request")]
        if intent == "change_answer":
            return _reopened(request)
        dispatcher.utter_message(response="utter_request_pending", title=request.rule.title)
        return []


def _reopened(request: ConfirmedRequest) -> list[EventType]:
    """Return the events that take a confirmed request back to its form; confirmed again, it gets a new reference."""
    journey = journey_of(request.request_type)
    answers = {**request.details, "contact_email": request.contact_email}
    slots = [SlotSet(field.slot, answers.get(field.slot) or SKIPPED) for field in journey.fields]
    return [
        SlotSet(SLOT, None),
        SlotSet(REQUEST_TYPE, request.request_type),
        SlotSet(RECEIVED_AT, request.received_at),
        *slots,
        FollowupAction(journey.form),
    ]
