"""From confirmation to identity: mints the reference, has the edge show the card, and says so when it fails.

Which card follows from the request's identity level: a BankID signature, or a code by e-mail (BankID does as well).
"""

from dataclasses import replace

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import InsynAction
from actions.confirmed_request import SLOT, ConfirmedRequest
from actions.errors import ServiceError
from actions.journeys.registry import journey_of
from actions.reading import SKIPPED, mentions_marketing
from actions.references import REDRAWS, ReferenceMint
from actions.request_begin import MAY_BE_MARKETING, RECEIVED_AT, REQUEST_TYPE, begun, nothing_begun
from actions.services import Services
from actions.utterance import latest_message_id
from privacy.request_types import IdentityLevel, RequestType


class ActionStartIdentification(InsynAction):
    """Show the card with which the visitor signs the confirmed request or confirms an address. Never waits for it.

    A request that turned out to be about marketing needs no identification and goes on as an opt-out.
    """

    action_name = "action_start_identification"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: object) -> list[EventType]:
        begun_type = tracker.get_slot(REQUEST_TYPE)
        if begun_type in MAY_BE_MARKETING and mentions_marketing(tracker.get_slot("scope") or ""):
            return self._opt_out(dispatcher, tracker)
        request = ConfirmedRequest.from_tracker(tracker)
        if begun_type:
            request = await with_free_reference(self.services, tracker, confirm(tracker, self.services.references))
        if request is None:
            dispatcher.utter_message(response="utter_nothing_to_register")
            return []
        request = replace(request, waits_for="identification")
        say_if_replaced(dispatcher, tracker, request)
        await offer(self.services, dispatcher, tracker, request)
        return [*(nothing_begun_but_address(request) if begun_type else []), SlotSet(SLOT, request.as_slot())]

    @staticmethod
    def _opt_out(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        journey = journey_of(RequestType.MARKETING_OPTOUT)
        dispatcher.utter_message(response=f"utter_explain_{journey.request_type}", explanation=journey.rule.explanation)
        return [*begun(journey, received_at=tracker.get_slot(RECEIVED_AT)), FollowupAction(journey.form)]


class ActionReportFailedIdentification(InsynAction):
    """Say that the identification did not work out, what is kept, and what can be done now."""

    action_name = "action_report_failed_identification"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: object) -> list[EventType]:
        pending = ConfirmedRequest.from_tracker(tracker)
        if pending is None and (tracker.get_slot("own_cases") or {}).get("waits"):
            dispatcher.utter_message(response="utter_own_cases_identification_failed")
        elif pending is None:
            dispatcher.utter_message(response="utter_identification_ended")
        else:
            dispatcher.utter_message(
                response="utter_code_failed" if by_code(pending) else "utter_identification_failed"
            )
        return []


async def offer(
    services: Services, dispatcher: CollectingDispatcher, tracker: Tracker, request: ConfirmedRequest
) -> None:
    """Have the edge show the card for a request, and say that it is there or why it is not."""
    try:
        await services.edge.offer_identification(
            tracker.sender_id,
            reference=request.reference,
            request_type=request.request_type,
            request_title=request.rule.title,
            visible_text=request.signing_text(controller=services.knowledge.controller),
            level=request.rule.identity_level,
            email=request.contact_email,
        )
    except ServiceError:
        dispatcher.utter_message(response="utter_identification_unavailable")
    else:
        dispatcher.utter_message(response="utter_code_offered" if by_code(request) else "utter_identification_offered")


def by_code(request: ConfirmedRequest) -> bool:
    """Tell whether control of an e-mail address is enough for the request."""
    return request.rule.identity_level is IdentityLevel.CONTACT


def say_if_replaced(dispatcher: CollectingDispatcher, tracker: Tracker, request: ConfirmedRequest) -> None:
    """Tell the visitor if a request that was on its way gives way to this one."""
    earlier = ConfirmedRequest.from_tracker(tracker)
    if earlier and earlier.reference != request.reference:
        dispatcher.utter_message(response="utter_request_replaced", title=earlier.rule.title)


def confirm(tracker: Tracker, references: ReferenceMint) -> ConfirmedRequest:
    """Freeze what the visitor has just confirmed, under a reference of its own."""
    journey = journey_of(tracker.get_slot(REQUEST_TYPE))
    answers = {field.slot: tracker.get_slot(field.slot) for field in journey.fields}
    given = {slot: value for slot, value in answers.items() if value not in {None, SKIPPED}}
    is_signed = journey.rule.identity_level > IdentityLevel.NONE
    return ConfirmedRequest(
        reference=references.mint(tracker.sender_id, latest_message_id(tracker)),
        request_type=journey.request_type.value,
        received_at=tracker.get_slot(RECEIVED_AT),
        contact_email=given.pop("contact_email", None),
        details=given,
        waits_for="identification" if is_signed else "registration",
    )


async def with_free_reference(services: Services, tracker: Tracker, request: ConfirmedRequest) -> ConfirmedRequest:
    """Return what was just confirmed under a reference that no case has: what is signed cannot change its own later.

    When the case system does not answer, the first one is taken.
    """
    for number in range(1, REDRAWS + 1):
        try:
            await services.cases.read(request.reference)
        except ServiceError:  # no such case, as nearly always; or no answer
            return request
        request = drawn_again(services, tracker, request, number=number)
    return request


def drawn_again(services: Services, tracker: Tracker, request: ConfirmedRequest, *, number: int) -> ConfirmedRequest:
    """Return the request under another reference."""
    reference = services.references.mint(tracker.sender_id, latest_message_id(tracker), number=number)
    return replace(request, reference=reference)


def nothing_begun_but_address(request: ConfirmedRequest) -> list[EventType]:
    """Return the events after which only the confirmed request has the answers; the address serves the next one too."""
    return [*nothing_begun(), SlotSet("contact_email", request.contact_email)]
