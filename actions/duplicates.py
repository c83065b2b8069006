"""An open case of the same kind is offered to be added to before a new one is made; nothing is ever merged silently."""

from dataclasses import replace
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import further_wish
from actions.clients.edge import CompletedIdentification
from actions.clients.own_cases import Shown
from actions.confirmed_request import SLOT, ConfirmedRequest
from actions.errors import IdentificationNotAvailableError, ServiceError
from actions.services import Services
from actions.texts import PATTERNS, SIGNING_LABELS
from actions.utterance import Utterance
from privacy.swedish_dates import swedish_date

NEW: Final = "new"
ADD: Final = "add"


async def ask_if_there_is_one(
    services: Services,
    dispatcher: CollectingDispatcher,
    request: ConfirmedRequest,
    identification: CompletedIdentification,
) -> ConfirmedRequest | None:
    """Put the choice to the visitor if they have an open case of the kind, and return the request that waits for it.

    Raises:
        ServiceError: the case system does not answer.
    """
    if request.duplicate == NEW:
        return None
    found = await services.own_cases.find_open(
        Shown(identification, contact_email=identification.email), request_type=request.request_type
    )
    others = [case for case in found if case.reference != request.reference]
    if not others or len(others) != len(found):  # or it is registered already, and only its receipt was lost
        return None
    case = others[-1]
    dispatcher.utter_message(
        response="utter_duplicate_found",
        reference=case.reference,
        title=case.title,
        due_on=swedish_date(case.due_on),
    )
    return replace(request, duplicate=case.reference, waits_for="registration")


def choice(said: Utterance, request: ConfirmedRequest | None) -> str | None:
    """Return what the visitor chose when an open case was put to them: ``NEW``, ``ADD``, or None for neither."""
    if request is None or request.duplicate in {None, NEW}:
        return None
    by_button = said.answers.get("duplicate")
    if by_button in {NEW, ADD}:
        return by_button
    if PATTERNS["new_case"].search(said.lowered):
        return NEW
    return ADD if PATTERNS["same_case"].search(said.lowered) else None


async def add_to_it(
    services: Services, dispatcher: CollectingDispatcher, tracker: Tracker, request: ConfirmedRequest
) -> list[EventType]:
    """Add what the visitor asked for to the open case instead of filing another."""
    details = {**request.details, "contact_email": request.contact_email}
    lines = [f"{SIGNING_LABELS[key]}: {value}" for key, value in details.items() if value and key in SIGNING_LABELS]
    reference = request.duplicate or ""
    try:
        identification = await services.edge.consume_identification(tracker.sender_id, reference=request.reference)
        case = await services.own_cases.add(
            reference,
            Shown(identification, contact_email=identification.email),
            text="\n".join([request.rule.title, *lines]),
            addition_id=str(uuid5(NAMESPACE_URL, request.reference)),
        )
    except IdentificationNotAvailableError:
        dispatcher.utter_message(response="utter_identification_needed")
        return [SlotSet(SLOT, replace(request, duplicate=None, waits_for="identification").as_slot())]
    except ServiceError:
        dispatcher.utter_message(response="utter_own_case_not_done", reference=reference)
        return []
    dispatcher.utter_message(response="utter_added_to_case", reference=case.reference, due_on=swedish_date(case.due_on))
    return [SlotSet(SLOT, None), *further_wish.offer(dispatcher, tracker)]
