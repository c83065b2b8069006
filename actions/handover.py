"""Calls in a person, with a reason and a one-line summary that carry nothing the visitor said."""

from itertools import islice

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import further_wish
from actions.answers import answer_besides
from actions.base import InsynAction
from actions.clients.edge import QueuePlace
from actions.confirmed_request import ConfirmedRequest
from actions.errors import ServiceError
from actions.further_wish import FurtherWishes
from actions.identify_otherwise import cannot_identify, register_unidentified
from actions.journeys.registry import JOURNEY_BY_INTENT, journey_of
from actions.knowledge import Knowledge
from actions.request_begin import REQUEST_TYPE, idle_form
from actions.submission import registered
from actions.texts import HANDOFF
from actions.utterance import FALLBACK, OTHER_LANGUAGE, latest_utterance, previous_intents

_TOPICS_IN_SUMMARY = 3
_CASES_IN_SUMMARY = 5


class ActionHandOver(InsynAction):
    """Put the conversation in the queue. What was filled in stays, so that it can be gone on with afterwards.

    Who wants a person because they cannot identify here has the request registered as it is: a person establishes who
    they are.
    """

    action_name = "action_hand_over"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: object) -> list[EventType]:
        knowledge, unidentified = self.services.knowledge, cannot_identify(latest_utterance(tracker), tracker)
        answer_besides(dispatcher, tracker, knowledge)
        events: list[EventType] = []
        reason, state = _reason(tracker), _state(tracker)
        if unidentified is not None:
            reason = HANDOFF["reason_without_bankid"]
            done = await register_unidentified(self.services, dispatcher, tracker, unidentified)
            if done is not None:
                events, state = done, _registered_state(unidentified)
        try:
            place = await self.services.edge.hand_over(
                tracker.sender_id, reason=reason, summary=_summary(tracker, knowledge, state)
            )
        except ServiceError:
            dispatcher.utter_message(response="utter_hand_over_failed", privacy_email=knowledge.privacy_email)
            return events
        dispatcher.utter_message(
            response=_response(place),
            position=place.position,
            minutes=place.expected_wait_minutes,
            opens=place.opens,
        )
        return [*events, ActiveLoop(None), *idle_form()]


class ActionTakeBack(InsynAction):
    """The person has handed back: say who speaks, and what still waits."""

    action_name = "action_take_back"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: object) -> list[EventType]:
        request = ConfirmedRequest.from_tracker(tracker)
        begun_type = tracker.get_slot(REQUEST_TYPE)
        rule = journey_of(begun_type).rule if begun_type else request.rule if request else None
        if rule:
            dispatcher.utter_message(response="utter_returned_to_request", title=rule.title)
        elif FurtherWishes.from_tracker(tracker).waiting:
            dispatcher.utter_message(response="utter_bot_again")
            return further_wish.offer(dispatcher, tracker)
        else:
            dispatcher.utter_message(response="utter_returned_to_bot")
        return []


def _response(place: QueuePlace) -> str:
    if place.position == 0:
        return "utter_person_is_here"
    if place.opens is not None:
        return "utter_handed_over_closed"
    return "utter_handed_over" if place.expected_wait_minutes is None else "utter_handed_over_expected"


def _reason(tracker: Tracker) -> str:
    before = previous_intents(tracker)[1:2]
    request = ConfirmedRequest.from_tracker(tracker)
    if request and request.waits_for == "registration":
        return HANDOFF["reason_failed"]
    return HANDOFF["reason_unsure" if before == [FALLBACK] else "reason_asked"]


def _summary(tracker: Tracker, knowledge: Knowledge, state: str) -> str:
    parts = [state]
    if registered(tracker):
        references = ", ".join(case["reference"] for case in registered(tracker)[-_CASES_IN_SUMMARY:])
        parts.append(HANDOFF["summary_registered"].format(references=references))
    waiting = FurtherWishes.from_tracker(tracker).waiting
    if waiting:
        titles = ", ".join(JOURNEY_BY_INTENT[wish.intent].rule.title for wish in waiting)
        parts.append(HANDOFF["summary_further"].format(titles=titles))
    if OTHER_LANGUAGE in previous_intents(tracker):
        parts.append(HANDOFF["summary_language"])
    asked = (intent for intent in dict.fromkeys(previous_intents(tracker)) if intent in knowledge.topics)
    topics = ", ".join(knowledge.topics[intent].title for intent in islice(asked, _TOPICS_IN_SUMMARY))
    if topics:
        parts.append(HANDOFF["summary_topics"].format(topics=topics))
    return " ".join(parts)


def _registered_state(request: ConfirmedRequest) -> str:
    return HANDOFF["summary_unidentified"].format(title=request.rule.title, reference=request.reference)


def _state(tracker: Tracker) -> str:
    request = ConfirmedRequest.from_tracker(tracker)
    if request:
        awaiting = request.waits_for == "identification"
        text = HANDOFF["summary_awaiting_identification" if awaiting else "summary_not_registered"]
        return text.format(title=request.rule.title, reference=request.reference)
    begun_type = tracker.get_slot(REQUEST_TYPE)
    if begun_type:
        return HANDOFF["summary_filling"].format(title=journey_of(begun_type).rule.title)
    return HANDOFF["summary_idle"]
