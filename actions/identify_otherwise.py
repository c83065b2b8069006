"""For whoever cannot identify in the chat: the request is registered all the same, and a person takes over.

The law's time runs from the first message, identified or not (``privacy.deadlines``), so nothing is gained by waiting.
The case says that nobody is identified; its officer establishes the identity before anything is done.
"""

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.clients.edge import CompletedIdentification
from actions.confirmed_request import SLOT, ConfirmedRequest
from actions.errors import IdentificationNotAvailableError, ServiceError
from actions.services import Services
from actions.submission import REGISTERED, draft_of, kept, registered, utter_receipt
from actions.texts import PATTERNS
from actions.utterance import Utterance

BUTTON = "identify"
"""What the button "Jag har inte BankID" carries."""


def cannot_identify(said: Utterance, tracker: Tracker) -> ConfirmedRequest | None:
    """Return the request that waits for an identity which the visitor cannot show here; None if nothing does."""
    request = ConfirmedRequest.from_tracker(tracker)
    if request is None or request.waits_for != "identification":
        return None
    says_so = BUTTON in said.answers or PATTERNS["without_bankid"].search(said.lowered)
    return request if says_so else None


async def register_unidentified(
    services: Services, dispatcher: CollectingDispatcher, tracker: Tracker, request: ConfirmedRequest
) -> list[EventType] | None:
    """Register the request as nobody's, read the receipt back, and return the events; None: it was not possible."""
    try:
        identification = await _last_word(services, tracker, request)
        receipt = await services.cases.register(draft_of(tracker, request, identification))
    except ServiceError:
        dispatcher.utter_message(response="utter_unidentified_not_registered")
        return None
    utter_receipt(dispatcher, request, receipt, identification)
    return [SlotSet(SLOT, None), SlotSet(REGISTERED, [*registered(tracker), kept(request, receipt)])]


async def _last_word(services: Services, tracker: Tracker, request: ConfirmedRequest) -> CompletedIdentification | None:
    """Take the card back, and return what the visitor may have completed just before."""
    await services.edge.withdraw_identification(tracker.sender_id, reference=request.reference)
    try:
        return await services.edge.consume_identification(tracker.sender_id, reference=request.reference)
    except IdentificationNotAvailableError:
        return None
