"""From signature to receipt: registers the confirmed request, exactly once or with a plain word that it is not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import duplicates, further_wish
from actions.base import InsynAction
from actions.clients.cases import CaseDraft, CaseReceipt
from actions.clients.edge import CompletedIdentification
from actions.confirmed_request import SLOT, ConfirmedRequest
from actions.errors import IdentificationNotAvailableError, ServiceError, ServiceRefusedError
from actions.identification import confirm, drawn_again, nothing_begun_but_address, offer, say_if_replaced
from actions.references import REDRAWS
from actions.request_begin import REQUEST_TYPE
from actions.texts import NEXT_STEPS
from privacy.request_types import IdentityLevel, RequestType
from privacy.swedish_dates import swedish_date

REGISTERED = "registered_requests"
REFERENCE_TAKEN: Final = "reference-taken"


class ActionSubmitRequest(InsynAction):
    """Register the confirmed request and read the receipt back.

    Runs when the visitor has signed, when a request that takes no identification is confirmed, and when either is
    tried again. The reference stands in the confirmed request, so every attempt is the same case.
    """

    action_name = "action_submit_request"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: object) -> list[EventType]:
        request, cleared = self._confirmed(tracker)
        if request is None:
            return self._nothing_to_register(dispatcher, tracker)
        return await self.register(dispatcher, tracker, request, cleared=cleared)

    async def register(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        request: ConfirmedRequest,
        *,
        cleared: Sequence[EventType] = (),
    ) -> list[EventType]:
        """Register a request, or say what it still waits for."""
        try:
            identification = await self._identification(tracker, request)
            if identification is not None:
                waiting = await duplicates.ask_if_there_is_one(self.services, dispatcher, request, identification)
                if waiting is not None:
                    return [*cleared, SlotSet(SLOT, waiting.as_slot())]
            registered_as, receipt = await self._receipt(tracker, request, identification)
        except IdentificationNotAvailableError:
            if request.waits_for == "registration":  # there was a signature, but too long ago
                dispatcher.utter_message(response="utter_identification_needed")
            await offer(self.services, dispatcher, tracker, request)
            return [*cleared, SlotSet(SLOT, replace(request, waits_for="identification").as_slot())]
        except ServiceError as error:
            is_final = isinstance(error, ServiceRefusedError)
            response = "utter_request_refused" if is_final else "utter_request_not_registered"
            dispatcher.utter_message(response=response, reference=request.reference)
            say_if_replaced(dispatcher, tracker, request)
            return [*cleared, SlotSet(SLOT, replace(request, waits_for="registration").as_slot())]
        utter_receipt(dispatcher, registered_as, receipt, identification)
        waiting = ConfirmedRequest.from_tracker(tracker)
        done = [SlotSet(SLOT, None)] if waiting and waiting.reference == request.reference else []
        offered = further_wish.offer(dispatcher, tracker)
        return [*cleared, *done, *offered, SlotSet(REGISTERED, [*registered(tracker), kept(request, receipt)])]

    async def _receipt(
        self, tracker: Tracker, request: ConfirmedRequest, identification: CompletedIdentification | None
    ) -> tuple[ConfirmedRequest, CaseReceipt]:
        """Register, under another reference if some other case has this one; what was signed keeps its own."""
        number = 0
        while True:
            try:
                return request, await self.services.cases.register(draft_of(tracker, request, identification))
            except ServiceRefusedError as error:
                number += 1
                if error.problem != REFERENCE_TAKEN or identification is not None or number > REDRAWS:
                    raise
                request = drawn_again(self.services, tracker, request, number=number)

    def _confirmed(self, tracker: Tracker) -> tuple[ConfirmedRequest | None, list[EventType]]:
        """Return the request to register, and the events that empty the form it came from."""
        event = (tracker.latest_message.get("intent") or {}).get("name") or ""
        if tracker.get_slot(REQUEST_TYPE) is None or event.startswith("EXTERNAL_"):
            return ConfirmedRequest.from_tracker(tracker), []
        request = confirm(tracker, self.services.references)
        return request, nothing_begun_but_address(request)

    async def _identification(self, tracker: Tracker, request: ConfirmedRequest) -> CompletedIdentification | None:
        if request.rule.identity_level is IdentityLevel.NONE:
            return None
        return await self.services.edge.consume_identification(tracker.sender_id, reference=request.reference)

    def _nothing_to_register(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Answer a completion that comes again, or after the visitor called the request off."""
        if registered(tracker):
            last = registered(tracker)[-1]
            dispatcher.utter_message(
                response="utter_request_already_registered",
                reference=last["reference"],
                due_on=swedish_date(date.fromisoformat(last["due_on"])),
            )
        else:
            dispatcher.utter_message(response="utter_nothing_to_register")
        return []


def registered(tracker: Tracker) -> list[dict[str, Any]]:
    """Return what was registered in this conversation: references and dates, oldest first."""
    return tracker.get_slot(REGISTERED) or []


def contact_of(request: ConfirmedRequest, identification: CompletedIdentification | None) -> str | None:
    """Return where the answer goes: the address that a code confirmed stands before the one that was typed."""
    return (identification and identification.email) or request.contact_email


def draft_of(tracker: Tracker, request: ConfirmedRequest, identification: CompletedIdentification | None) -> CaseDraft:
    """Return the confirmed request as the case system takes it."""
    return CaseDraft(
        reference=request.reference,
        request_type=request.request_type,
        received_at=request.received_at,
        conversation_id=tracker.sender_id,
        details=request.details,
        contact_email=contact_of(request, identification),
        identification=identification,
    )


def kept(request: ConfirmedRequest, receipt: CaseReceipt) -> dict[str, str]:
    """Return what the conversation remembers of a case."""
    return {
        "reference": receipt.reference,
        "request_type": request.request_type,
        "received_on": receipt.received_on.isoformat(),
        "due_on": receipt.due_on.isoformat(),
    }


def utter_receipt(
    dispatcher: CollectingDispatcher,
    request: ConfirmedRequest,
    receipt: CaseReceipt,
    identification: CompletedIdentification | None,
) -> None:
    """Read the receipt back: what it is about, when the answer comes, what happens now."""
    contact_email = contact_of(request, identification)
    kind = _kind_of_receipt(request, identification, contact_email)
    client_company = request.details.get("client_company")
    if client_company and kind in {"plain", "confirmed", "signed"}:
        kind = "client"
    plain = (
        "utter_complaint_registered" if request.request_type == RequestType.COMPLAINT else "utter_request_registered"
    )
    dispatcher.utter_message(
        response=_RECEIPTS.get(kind, plain),
        title=request.rule.title,
        reference=receipt.reference,
        due_on=swedish_date(receipt.due_on),
        due_explanation=" ".join(receipt.due_explanation),
        json_message={
            "card": {
                "kind": "receipt",
                "reference": receipt.reference,
                "received_on": receipt.received_on.isoformat(),
                "due_on": receipt.due_on.isoformat(),
                "due_explanation": list(receipt.due_explanation),
                "request_type_title": request.rule.title,
                "next_steps": [
                    step.format(contact_email=contact_email, client_company=client_company) for step in NEXT_STEPS[kind]
                ],
            }
        },
    )


_RECEIPTS = {
    "without_email": "utter_request_registered_without_email",
    "unidentified": "utter_request_registered_unidentified",
}


def _kind_of_receipt(
    request: ConfirmedRequest, identification: CompletedIdentification | None, contact_email: str | None
) -> str:
    """Return what is particular about what happens now: a key of ``next_steps``."""
    if request.rule.identity_level is not IdentityLevel.NONE and identification is None:
        return "unidentified"
    if contact_email is None:
        return "without_email"
    if identification is None:
        return "plain"
    return "confirmed" if identification.level == IdentityLevel.CONTACT else "signed"
