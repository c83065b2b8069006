"""A person's own cases: shown after identification, added to, taken back. Who they are never stands in a slot.

The identification is bound to a reference of its own, minted when the visitor asks; for a quarter of an hour it may be
read again under it, which is what adding and taking back use. What the slot keeps is that reference, which cases were
shown, and what was asked last.
"""

from dataclasses import replace
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import REQUESTED_SLOT

from actions import reading
from actions.answers import answers_response_time
from actions.base import InsynAction
from actions.clients.own_cases import OwnCase, Shown
from actions.confirmed_request import ConfirmedRequest
from actions.digression import goes_elsewhere
from actions.errors import IdentificationNotAvailableError, ServiceError, ServiceRefusedError
from actions.own_cases_state import (
    ADD,
    ADDITION,
    STATUS,
    WITHDRAW,
    OwnCasesState,
    case_button,
    go_on_with,
)
from actions.package_download import asks_what_is_finished, tell_if_released
from actions.paused_request import offer_to_go_on, pause
from actions.services import Services
from actions.submission import ActionSubmitRequest, registered
from actions.texts import OWN_CASES, PATTERNS
from actions.utterance import Utterance, latest_message_id, latest_utterance
from privacy.case_states import CaseStatus
from privacy.request_types import IdentityLevel
from privacy.swedish_dates import local_date, swedish_date

MOST_SHOWN: Final = 5
"""Cases in the chat at once; a person helps whoever has more."""


_MOST_CHOICES: Final = 3


class ActionSeeToOwnCases(InsynAction):
    """Begin with the wish to see, add to or take back one's cases, or go on with a case that was chosen."""

    action_name = "action_see_to_own_cases"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: object) -> list[EventType]:
        said = latest_utterance(tracker)
        state = OwnCasesState.from_tracker(tracker)
        chosen = said.answers.get("case_reference")
        if state and chosen in state.shown:
            state = replace(state, wish=said.intent, chosen=chosen)
            if said.answers.get("confirmed"):
                return await withdraw(self.services, dispatcher, tracker, state)
            return go_on_with(dispatcher, tracker, state)
        is_filling_in = bool(tracker.active_loop) and not registered(tracker)
        if is_filling_in and answers_response_time(dispatcher, tracker, self.services.knowledge):
            return []  # "när får jag svar" is asked of the request that is being filled in
        if said.answers.get("identify") and state:
            return await _begin(self.services, dispatcher, tracker, state.wish, chosen=state.chosen)
        if said.intent not in {ADD, WITHDRAW} and "scope" not in said.answers:
            waiting = ConfirmedRequest.from_tracker(tracker)
            if waiting is not None:  # it is no case yet, and that is what there is to say of it
                dispatcher.utter_message(response="utter_request_pending", title=waiting.rule.title)
                return []
            if registered(tracker):
                return await self._tell_of_this_conversation(dispatcher, tracker)
        wish = said.intent if said.intent in {ADD, WITHDRAW} else STATUS
        return await _begin(self.services, dispatcher, tracker, wish)

    async def _tell_of_this_conversation(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Tell of what was registered here; whoever holds the conversation has had its receipts."""
        for case in registered(tracker):
            try:
                state = await self.services.cases.read(case["reference"])
            except ServiceError:
                dispatcher.utter_message(response="utter_case_status_unavailable", reference=case["reference"])
                continue
            dispatcher.utter_message(
                response="utter_case_status",
                reference=state.reference,
                status=CaseStatus(state.status).label.lower(),
                due_on=swedish_date(state.due_on),
                due_explanation=" ".join(state.due_explanation),
            )
            await tell_if_released(self.services, dispatcher, state.reference)
        offer_to_go_on(dispatcher, tracker)
        return []


def means_own_case(said: Utterance, tracker: Tracker) -> bool:
    """Tell whether "jag vill dra tillbaka det" is said of a case registered or shown here, not of a consent."""
    has_one = bool(registered(tracker)) or OwnCasesState.from_tracker(tracker) is not None
    return has_one and bool(PATTERNS["own_case"].search(said.lowered))


def means_to_add(said: Utterance, tracker: Tracker) -> bool:
    """Tell whether "lägg till en sak" is said of a case registered or shown here, where no form asks for anything."""
    has_one = bool(registered(tracker)) or OwnCasesState.from_tracker(tracker) is not None
    return has_one and bool(PATTERNS["adding"].search(said.lowered))


async def fetch(services: Services, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    """Go on as when the visitor asks for their cases: a finished package is offered beside its case."""
    events: list[EventType] = await ActionSeeToOwnCases(services).run(dispatcher, tracker, {})
    return events


async def take_one_back(services: Services, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    """Go on as when the visitor asks to take a case back."""
    return await _begin(services, dispatcher, tracker, WITHDRAW)


async def _begin(
    services: Services, dispatcher: CollectingDispatcher, tracker: Tracker, wish: str, *, chosen: str | None = None
) -> list[EventType]:
    """Show the cases anew for as long as the visitor is known to us from just now; after that, have them identify."""
    fetches = asks_what_is_finished(latest_utterance(tracker))
    earlier = OwnCasesState.from_tracker(tracker)
    if earlier is not None and not earlier.waits:
        try:
            again = replace(earlier, wish=wish, chosen=chosen, fetches=fetches)
            return await show(services, dispatcher, tracker, again)
        except IdentificationNotAvailableError:
            pass  # too long ago
        except ServiceError:
            dispatcher.utter_message(response="utter_own_cases_unavailable")
            return []
    reference = services.references.mint(tracker.sender_id, latest_message_id(tracker))
    state = OwnCasesState(reference=reference, wish=wish, chosen=chosen, fetches=fetches)
    return await identify(services, dispatcher, tracker, state)


async def add_to_one(services: Services, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    """Go on as when the visitor asks to add to a case."""
    return await _begin(services, dispatcher, tracker, ADD)


class ActionGoOnIdentified(InsynAction):
    """The visitor has identified: show their cases if that is what it was for, else register what they signed."""

    action_name = "action_go_on_identified"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: object) -> list[EventType]:
        state = OwnCasesState.from_tracker(tracker)
        if state is not None and state.waits:
            try:
                return await show(self.services, dispatcher, tracker, state)
            except IdentificationNotAvailableError:
                pass  # it was for the request that waits
            except ServiceError:
                if ConfirmedRequest.from_tracker(tracker) is None:
                    dispatcher.utter_message(response="utter_own_cases_unavailable")
                    offer_to_go_on(dispatcher, tracker)
                    return []
        events: list[EventType] = await ActionSubmitRequest(self.services).run(dispatcher, tracker, domain)
        return events


class ActionAddToCase(InsynAction):
    """Add what the visitor wrote to the case that they chose."""

    action_name = "action_add_to_case"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: object) -> list[EventType]:
        state, text = OwnCasesState.from_tracker(tracker), tracker.get_slot(ADDITION)
        if state is None or state.chosen is None or not text:
            dispatcher.utter_message(response="utter_what_now")
            return [SlotSet(ADDITION, None)]
        addition_id = str(uuid5(NAMESPACE_URL, f"{tracker.sender_id}/{latest_message_id(tracker)}"))
        try:
            case = await self.services.own_cases.add(
                state.chosen, await shown(self.services, tracker, state), text=text, addition_id=addition_id
            )
        except IdentificationNotAvailableError:
            return [SlotSet(ADDITION, None), *await identify(self.services, dispatcher, tracker, state)]
        except ServiceError as error:
            return [SlotSet(ADDITION, None), *_told_not_done(dispatcher, tracker, state, error)]
        dispatcher.utter_message(
            response="utter_added_to_case", reference=case.reference, due_on=swedish_date(case.due_on)
        )
        offer_to_go_on(dispatcher, tracker)
        return [SlotSet(ADDITION, None), replace(state, chosen=None).as_event()]


class ValidateCaseAdditionForm(InsynAction):
    """Reads the answer of ``case_addition_form``: the visitor's own words, nearly whatever they are."""

    action_name = "validate_case_addition_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: object) -> list[EventType]:
        if tracker.get_slot(REQUESTED_SLOT) is None:
            return [SlotSet(ADDITION, None)]
        said = latest_utterance(tracker)
        if not said.text or goes_elsewhere(said, own_intent=ADD, free_text=True):
            return []
        state = OwnCasesState.from_tracker(tracker)
        others = _others(state) if state is not None and reading.means_another_case(said) else {}
        if state is not None and others:
            dispatcher.utter_message(
                response="utter_another_case", reference=state.chosen, buttons=_choices(ADD, others)
            )
            return [SlotSet(ADDITION, None)]
        value = reading.free_answer(said)
        if value is None:
            dispatcher.utter_message(response="utter_no_addition")
        return [SlotSet(ADDITION, value)]


async def show(
    services: Services, dispatcher: CollectingDispatcher, tracker: Tracker, state: OwnCasesState
) -> list[EventType]:
    """Show the person's cases, or ask what the wish still needs.

    Raises:
        IdentificationNotAvailableError: nobody has identified for it, or too long ago.
        ServiceError: a service does not answer.
    """
    cases = await services.own_cases.find(await shown(services, tracker, state))
    still_open = [case for case in cases if case.is_open]
    wanted = cases if state.wish == STATUS else still_open
    state = replace(state, waits=False, shown={case.reference: case.title for case in still_open})
    if state.chosen in state.shown:
        return go_on_with(dispatcher, tracker, state)
    if not wanted:
        dispatcher.utter_message(response="utter_package_none" if state.fetches else "utter_own_cases_none")
        offer_to_go_on(dispatcher, tracker)
        return [state.as_event()]
    if state.wish != STATUS and len(still_open) == 1:
        return go_on_with(dispatcher, tracker, replace(state, chosen=still_open[0].reference))
    if state.wish != STATUS:
        dispatcher.utter_message(response="utter_own_cases_which")
    for case in wanted[:MOST_SHOWN]:
        _utter_case(dispatcher, case, state.wish)
        if state.wish == STATUS:
            await tell_if_released(services, dispatcher, case.reference)
    if len(wanted) > MOST_SHOWN:
        dispatcher.utter_message(response="utter_own_cases_more", number=str(len(wanted) - MOST_SHOWN))
    if state.wish != STATUS:  # one of them is to be chosen
        return [*pause(tracker), state.as_event()]
    offer_to_go_on(dispatcher, tracker)
    return [state.as_event()]


async def withdraw(
    services: Services, dispatcher: CollectingDispatcher, tracker: Tracker, state: OwnCasesState
) -> list[EventType]:
    """Take the chosen case back."""
    if state.chosen is None:
        dispatcher.utter_message(response="utter_what_now")
        return []
    try:
        case = await services.own_cases.withdraw(state.chosen, await shown(services, tracker, state))
    except IdentificationNotAvailableError:
        return await identify(services, dispatcher, tracker, state)
    except ServiceError as error:
        return _told_not_done(dispatcher, tracker, state, error)
    dispatcher.utter_message(response="utter_case_withdrawn", reference=case.reference, title=case.title)
    offer_to_go_on(dispatcher, tracker)
    left = {reference: title for reference, title in state.shown.items() if reference != case.reference}
    return [replace(state, shown=left, chosen=None, asked_at_message=None).as_event()]


def keep(dispatcher: CollectingDispatcher, tracker: Tracker, state: OwnCasesState) -> list[EventType]:
    """Leave the case as it is; where there are others, one of them may have been meant."""
    others = _others(state)
    if others:
        dispatcher.utter_message(
            response="utter_case_kept_others", reference=state.chosen, buttons=_choices(WITHDRAW, others)
        )
    else:
        dispatcher.utter_message(response="utter_case_kept", reference=state.chosen)
        offer_to_go_on(dispatcher, tracker)
    return [replace(state, chosen=None, asked_at_message=None).as_event()]


async def identify(
    services: Services, dispatcher: CollectingDispatcher, tracker: Tracker, state: OwnCasesState
) -> list[EventType]:
    """Have the edge show the card with which the visitor says who they are, for this and nothing else."""
    visible = OWN_CASES["signing"].format(
        controller=services.knowledge.controller,
        reference=state.reference,
        date=swedish_date(local_date(services.clock())),
    )
    try:
        await services.edge.offer_identification(
            tracker.sender_id,
            reference=state.reference,
            request_type="own_cases",
            request_title=OWN_CASES["title"],
            visible_text=visible,
            level=IdentityLevel.CONTACT,  # a code shows what was filed by a code to the address; BankID shows the rest
            email=tracker.get_slot("contact_email"),
        )
    except ServiceError:
        dispatcher.utter_message(response="utter_own_cases_unavailable")
        paused = []
    else:
        dispatcher.utter_message(response="utter_own_cases_identification")
        paused = pause(tracker)
    return [*paused, replace(state, waits=True, asked_at_message=None).as_event()]


async def shown(services: Services, tracker: Tracker, state: OwnCasesState) -> Shown:
    """Return who the visitor has shown to be.

    Raises:
        IdentificationNotAvailableError: nobody yet, or too long ago.
        ServiceError: the edge does not answer.
    """
    identification = await services.edge.consume_identification(tracker.sender_id, reference=state.reference)
    return Shown(identification, contact_email=identification.email)


def _utter_case(dispatcher: CollectingDispatcher, case: OwnCase, wish: str) -> None:
    buttons = []
    if case.is_open:
        buttons += [case_button("add", ADD, case.reference)] if wish != WITHDRAW else []
        buttons += [case_button("withdraw", WITHDRAW, case.reference)] if wish != ADD else []
    dispatcher.utter_message(
        response="utter_own_case" if case.is_open else "utter_own_case_ended",
        reference=case.reference,
        title=case.title,
        status=(case.resolution or case.status).lower(),
        due_on=swedish_date(case.due_on),
        due_explanation=" ".join(case.due_explanation),
        buttons=buttons,
    )


def _others(state: OwnCasesState) -> dict[str, str]:
    """Return the open cases that were shown, but for the chosen one; titles by reference."""
    return {reference: title for reference, title in state.shown.items() if reference != state.chosen}


def _choices(intent: str, cases: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "title": OWN_CASES["choice"].format(reference=reference, title=title),
            "payload": f'/{intent}{{"case_reference": "{reference}"}}',
        }
        for reference, title in list(cases.items())[:_MOST_CHOICES]
    ]


def _told_not_done(
    dispatcher: CollectingDispatcher, tracker: Tracker, state: OwnCasesState, error: ServiceError
) -> list[EventType]:
    is_final = isinstance(error, ServiceRefusedError)
    response = "utter_own_case_refused" if is_final else "utter_own_case_not_done"
    dispatcher.utter_message(response=response, reference=state.chosen)
    offer_to_go_on(dispatcher, tracker)
    return [replace(state, asked_at_message=None).as_event()]
