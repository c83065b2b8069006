"""Steers a request from outside its questions: calling it off, and going on with it."""

from dataclasses import replace

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import REQUESTED_SLOT

from actions import duplicates, further_wish, own_cases, reading, switch_back
from actions.base import InsynAction
from actions.confirmed_request import SLOT, ConfirmedRequest
from actions.further_wish import FurtherWishes
from actions.journeys.registry import JOURNEY_BY_INTENT, journey_of
from actions.marketing_block import PENDING_BLOCKS, ActionBlockMarketing
from actions.own_cases_state import SLOT as OWN_CASES
from actions.own_cases_state import OwnCasesState, awaits_withdrawal, in_hand
from actions.paused_request import is_paused, offer_to_go_on
from actions.reading import SKIPPED
from actions.request_begin import RECEIVED_AT, REQUEST_TYPE, begin_with_form, nothing_begun
from actions.submission import ActionSubmitRequest, registered
from actions.talk import answers_talk
from actions.unsure import ActionAnswerUnsure
from actions.utterance import Utterance, latest_utterance


class ActionCancelRequest(InsynAction):
    """Call off what is under way, and say what was kept of it: nothing."""

    action_name = "action_cancel_request"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: object) -> list[EventType]:
        under_way = any(tracker.get_slot(slot) for slot in (REQUEST_TYPE, SLOT, PENDING_BLOCKS))
        seen = OwnCasesState.from_tracker(tracker)
        if in_hand(tracker) and is_paused(tracker):
            dispatcher.utter_message(response="utter_own_cases_left")
            offer_to_go_on(dispatcher, tracker)
            return [ActiveLoop(None), SlotSet(REQUESTED_SLOT, None), SlotSet(OWN_CASES, None)]
        if not (under_way or seen) and answers_talk(dispatcher, tracker, self.services.knowledge):
            return []
        if under_way:
            dispatcher.utter_message(response="utter_request_cancelled", kept=self.services.conversations_kept.label)
        elif seen:
            dispatcher.utter_message(response="utter_own_cases_left")
        elif registered(tracker):
            dispatcher.utter_message(
                response="utter_cannot_cancel_registered", reference=registered(tracker)[-1]["reference"]
            )
        else:
            dispatcher.utter_message(response="utter_nothing_to_cancel")
        others = further_wish.offer(dispatcher, tracker) if under_way else [FurtherWishes().as_event()]
        return [*nothing_begun(), *(SlotSet(slot, None) for slot in (SLOT, PENDING_BLOCKS, OWN_CASES)), *others]


class ActionContinueRequest(InsynAction):
    """Answer a yes, a no, an answer or a change where no form is asking, by what is under way."""

    action_name = "action_continue_request"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: object) -> list[EventType]:
        said = latest_utterance(tracker)
        about_own_case = await self._about_own_case(dispatcher, tracker, said)
        if about_own_case is not None:
            return about_own_case
        switched_to = switch_back.turned_to(said, tracker)
        if switched_to is not None:
            return begin_with_form(dispatcher, tracker, JOURNEY_BY_INTENT[switched_to])
        offered = further_wish.awaits_answer(tracker)
        if offered is not None and said.intent in {"affirm", "deny"}:
            return _answered(dispatcher, tracker, offered, said)
        begun_type = tracker.get_slot(REQUEST_TYPE)
        if begun_type and said.intent == "deny":
            dispatcher.utter_message(response="utter_request_left", title=journey_of(begun_type).rule.title)
            return []
        if begun_type:
            return [FollowupAction(journey_of(begun_type).form)]
        request = ConfirmedRequest.from_tracker(tracker)
        if request is None and own_cases.means_to_add(said, tracker):
            return await own_cases.add_to_one(self.services, dispatcher, tracker)
        chosen = duplicates.choice(said, request)
        if request and chosen == duplicates.ADD:
            return await duplicates.add_to_it(self.services, dispatcher, tracker, request)
        if request and chosen == duplicates.NEW:
            return await self._as_new(dispatcher, tracker, request)
        if request and request.waits_for == "identification":
            address = reading.email_in(said)
            if address not in {None, request.contact_email}:
                return _reopened(replace(request, contact_email=address))
        if request and said.intent == "change_answer":
            return _reopened(request)
        action = self._action(said, tracker, request)
        if action:
            # Not a FollowupAction: no rule says what comes after one that is not a form.
            events: list[EventType] = await action(self.services).run(dispatcher, tracker, domain)
            return events
        if request or not answers_talk(dispatcher, tracker, self.services.knowledge):
            self._utter_what_is_under_way(dispatcher, said, tracker, request)
        return []

    async def _about_own_case(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, said: Utterance
    ) -> list[EventType] | None:
        """Answer a yes or no to "ska jag ta tillbaka det?"; None when the message is about something else."""
        state = awaits_withdrawal(tracker)
        if state is None or said.intent not in {"affirm", "deny"}:
            return None
        if said.intent == "deny":
            return own_cases.keep(dispatcher, tracker, state)
        return await own_cases.withdraw(self.services, dispatcher, tracker, state)

    async def _as_new(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, request: ConfirmedRequest
    ) -> list[EventType]:
        """Register the request as a case of its own, although there is an open one."""
        events: list[EventType] = await ActionSubmitRequest(self.services).register(
            dispatcher, tracker, replace(request, duplicate=duplicates.NEW)
        )
        return events

    @staticmethod
    def _action(said: Utterance, tracker: Tracker, request: ConfirmedRequest | None) -> type[InsynAction] | None:
        if said.intent == "affirm":
            if tracker.get_slot(PENDING_BLOCKS):
                return ActionBlockMarketing
            if request:
                return ActionSubmitRequest  # which shows the card again if there is no signature
        if said.intent == "inform" and said.text and not request:
            return ActionAnswerUnsure
        return None

    @staticmethod
    def _utter_what_is_under_way(
        dispatcher: CollectingDispatcher, said: Utterance, tracker: Tracker, request: ConfirmedRequest | None
    ) -> None:
        if request:
            dispatcher.utter_message(response="utter_request_pending", title=request.rule.title)
        elif said.intent == "change_answer" and registered(tracker):
            reference = registered(tracker)[-1]["reference"]
            dispatcher.utter_message(response="utter_change_registered", reference=reference)
        else:
            dispatcher.utter_message(response="utter_what_now")


def _answered(
    dispatcher: CollectingDispatcher, tracker: Tracker, offered: FurtherWishes, said: Utterance
) -> list[EventType]:
    """Begin the next of the wishes that were offered, or let all of them be."""
    if said.intent == "deny":
        dispatcher.utter_message(response="utter_further_declined")
        return [FurtherWishes().as_event()]
    return begin_with_form(dispatcher, tracker, JOURNEY_BY_INTENT[offered.waiting[0].intent])


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
