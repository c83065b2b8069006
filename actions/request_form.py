"""What all request forms share: reading answers, correcting them, and confirming the summary.

Rasa asks for the slots in the order of ``domain.yml`` and calls ``validate_<form>`` with each message. What is no
answer to the question at hand (a question about the policy, another wish, "avbryt") gives no events: the form then
steps aside, the rules answer, and the form asks again.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import REQUESTED_SLOT

from actions import reading, switch_back
from actions.base import InsynAction
from actions.digression import goes_elsewhere, is_never_an_answer, switches
from actions.further_wish import part_of
from actions.journeys.journey import CLIENT_COMPANY, Field, Journey
from actions.protected_identity import CORRECT, HERE, WAY_ON, guard
from actions.talk import talk_in_a_form
from actions.texts import ANSWER_NAMES, CLIENT_LINE, MARKETING, PATTERNS
from actions.utterance import FALLBACK, Utterance, latest_utterance
from privacy.protected_identity import says_protected
from privacy.request_types import IdentityLevel

CONFIRMED: Final = "confirmed"
FIELD_TO_CHANGE: Final = "field_to_change"
FAILED_ANSWERS: Final = "failed_answers"
CLIENT: Final = CLIENT_COMPANY.slot
CONTACT_EMAIL: Final = "contact_email"
CLIENT_LINE_SLOT: Final = "client_line"
PATIENCE: Final = 2
"""Answers that were none in a row, until a way out is offered."""

_NAMES_IT = 3
"""Words of an answer that says no more than what it is about ("mitt efternamn"): they are kept as they are."""

_SHORT, _SHORTEST = 8, 4
"""Words of a message that says no more than that there is no e-mail address; of one that is no complaint either."""

_NEVER_AN_ADDRESS: Final = frozenset({"scope", "reason", CLIENT})
"""Questions to which an e-mail address alone is no answer, but that to the question for it."""

_ADDRESSES: Final = frozenset({CONTACT_EMAIL, "marketing_address"})

_MAY_GO_BACK: Final = frozenset({"change_answer", "deny", FALLBACK})


class RequestForm(InsynAction):
    """Base of ``validate_<form>``; a subclass says which journey it serves."""

    journey: ClassVar[Journey]
    ends_at_marketing: ClassVar[bool] = False
    """Whether a request that turns out to be about marketing leaves the form, to become an opt-out."""

    def needs_confirmation(self, _answers: Mapping[str, Any]) -> bool:
        """Tell whether the visitor must say yes to the summary."""
        return True

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: object) -> list[EventType]:
        said = latest_utterance(tracker)
        answers = {field.slot: tracker.get_slot(field.slot) for field in self.journey.fields}
        requested = tracker.get_slot(REQUESTED_SLOT)
        if requested == switch_back.SLOT:
            return self._asked_back(dispatcher, tracker, said, answers)
        return self._answered(dispatcher, tracker, said, answers, requested)

    def _asked_back(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, said: Utterance, answers: Mapping[str, Any]
    ) -> list[EventType]:
        """Read the reply to "vill du … i stället?": yes leaves the form, no goes on, all else is an answer in it."""
        if switch_back.turned_to(said, tracker):
            return []
        if said.intent == "deny":
            return [SlotSet(switch_back.SLOT, None)]
        requested = next((slot for slot, value in answers.items() if value is None), CONFIRMED)
        return self._answered(dispatcher, tracker, said, answers, requested)

    def _answered(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        said: Utterance,
        answers: Mapping[str, Any],
        requested: str | None,
    ) -> list[EventType]:
        switched = switch_back.ask_back(said, self.journey, requested)
        if switched:
            return [*switched, SlotSet(FAILED_ANSWERS, 0)]
        if requested is not None and self._says_no_email_early(said, answers, requested):
            dispatcher.utter_message(response="utter_without_email_later")
            return [SlotSet(FAILED_ANSWERS, 0)]
        talk = talk_in_a_form(said) if requested is not None else None
        if talk is not None:
            dispatcher.utter_message(response=talk)
            return [SlotSet(FAILED_ANSWERS, 0)]
        changed = self._read(said, answers, requested)
        if changed and changed.get(CONTACT_EMAIL) == reading.SKIPPED and PATTERNS["no_email"].search(said.lowered):
            dispatcher.utter_message(response="utter_without_email_skipped")
        if says_protected(said.text) and not said.is_question and (not changed or requested == CORRECT):
            return self._guarded([SlotSet(FAILED_ANSWERS, 0)], answers, tracker)
        if changed is None:
            return []
        if not changed and requested is not None:
            return self._not_understood(dispatcher, tracker, requested)
        if requested is not None and self.journey.field(requested) and _gives_another(changed, answers, requested):
            dispatcher.utter_message(response="utter_answer_changed")
        return self._guarded(self._events(changed, answers), answers, tracker)

    @staticmethod
    def _says_no_email_early(said: Utterance, answers: Mapping[str, Any], requested: str) -> bool:
        """Tell whether "jag har ingen mejl" comes before the question for it."""
        if requested == CONTACT_EMAIL or answers.get(CONTACT_EMAIL, reading.SKIPPED) is not None:
            return False
        longest = _SHORTEST if requested == "complaint" else _SHORT
        return len(said.words) <= longest and bool(PATTERNS["no_email"].search(said.lowered))

    def _guarded(self, events: list[EventType], answers: Mapping[str, Any], tracker: Tracker) -> list[EventType]:
        slots = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
        after = {slot: slots.get(slot, value) for slot, value in answers.items()}
        return [*events, *guard(tracker, after, goes_on_here=slots.get(WAY_ON) == HERE)]

    def _read(self, said: Utterance, answers: Mapping[str, Any], requested: str | None) -> dict[str, Any] | None:
        """Return the slots that the message sets.

        Empty: it answers nothing that was asked. None: it is about something else.
        """
        by_button = {slot: value for slot, value in said.answers.items() if self.journey.field(slot)}
        if by_button:
            return {**by_button, CONFIRMED: None}
        if requested is None:
            return self._in_passing(said, answers)
        field = self.journey.field(requested)
        if field is None:
            return self._at_summary(said, answers, requested)
        changes = said.intent == "change_answer" or self._goes_back(said) or (_changes(said) and not field.is_free_text)
        if changes and not switches(said, own_intent=self.journey.intent):
            changed = self._to_change(said, answers, asked=field)
            if changed:
                return changed
        if not field.is_free_text:
            value = field.read(said)
            if value is not None:
                return {field.slot: value}
        address = self._address_alone(said, answers) if field.slot in _NEVER_AN_ADDRESS else None
        if address is not None:
            return {CONTACT_EMAIL: address}
        if field.slot in _ADDRESSES and PATTERNS["without_email"].search(said.lowered):
            return {}  # and no wish for no more mail
        if goes_elsewhere(said, own_intent=self.journey.intent, free_text=field.is_free_text):
            return None
        if said.intent == self.journey.intent:
            found = self._in_passing(said, answers) or self._another_answer(said, answers)
            own_words = field.read(said) if field.is_free_text and len(said.words) <= _NAMES_IT else None
            return found | {field.slot: own_words} if field.slot in found and own_words else found
        value = field.read(said)
        if value is None and not field.is_free_text:
            return self._another_answer(said, answers)
        return {} if value is None else {field.slot: value}

    def _address_alone(self, said: Utterance, answers: Mapping[str, Any]) -> str | None:
        """Return the e-mail address that the message is and nothing else, where the form will ask for one."""
        address = reading.email_in(said) if len(said.words) == 1 else None
        return address if CONTACT_EMAIL in answers and address != answers[CONTACT_EMAIL] else None

    def _another_answer(self, said: Utterance, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Return an earlier answer that the message gives anew, where it is none to the question at hand."""
        again = {
            field.slot: field.in_passing(said)
            for field in self.journey.fields
            if answers[field.slot] not in {None, reading.SKIPPED}
        }
        return {slot: value for slot, value in again.items() if value not in {None, answers[slot]}}

    def _in_passing(self, said: Utterance, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the sentence gives away without having been asked."""
        own = part_of(said, self.journey.intent)
        open_fields = [field for field in self.journey.fields if answers[field.slot] is None]
        found = {field.slot: field.in_passing(own) for field in open_fields}
        found |= {
            field.slot: field.in_passing(said)  # an address at the end is one for all
            for field in open_fields
            if field.slot in _ADDRESSES and found[field.slot] is None
        }
        return {slot: value for slot, value in found.items() if value is not None}

    def _at_summary(self, said: Utterance, answers: Mapping[str, Any], requested: str) -> dict[str, Any] | None:
        """Read yes, or what is to be changed and perhaps to what."""
        new_address = self._new_address(said, answers)
        if new_address:
            return new_address
        if requested == WAY_ON and (said.intent == "affirm" or reading.begins_with_yes(said)):
            return {WAY_ON: HERE}
        if is_never_an_answer(said) or switches(said, own_intent=self.journey.intent):
            return None
        wants_change = said.intent in {"change_answer", "deny"} or _changes(said)
        if wants_change or requested == FIELD_TO_CHANGE or "field" in said.answers:
            changed = self._to_change(said, answers, asked=None)
            if changed:
                return changed
            given = self._another_answer(said, answers)
            if given:
                return {**given, CONFIRMED: None}
            if wants_change and requested == CONFIRMED:
                return {CONFIRMED: None, REQUESTED_SLOT: FIELD_TO_CHANGE}
        if said.intent == "affirm" or (reading.begins_with_yes(said) and not said.is_question):
            return {CONFIRMED: True} if requested == CONFIRMED else {CONFIRMED: None}
        if goes_elsewhere(said, own_intent=self.journey.intent, free_text=False):
            return None
        return {}

    def _new_address(self, said: Utterance, answers: Mapping[str, Any]) -> dict[str, Any] | None:
        for slot in sorted(_ADDRESSES):
            field = self.journey.field(slot)
            value = field.read(said) if field else None
            if value not in {None, reading.SKIPPED, answers.get(slot)}:
                return {slot: value, CONFIRMED: None}
        return None

    def _to_change(self, said: Utterance, answers: Mapping[str, Any], *, asked: Field | None) -> dict[str, Any] | None:
        """Return the answer to be asked for again: the one named, or the one before."""
        filled = [field.slot for field in self.journey.fields if answers[field.slot] is not None]
        named = said.answers.get("field") or next(
            (slot for slot in filled if slot in ANSWER_NAMES and ANSWER_NAMES[slot].search(said.lowered)), None
        )
        if named is None and asked is not None and self._goes_back(said):
            given = [slot for slot in filled if not (slot == CLIENT and answers[slot] == reading.SKIPPED)]
            named = given[-1] if given else None
        if named is None and asked is None and len(filled) == 1:
            named = filled[0]
        if named is None or self.journey.field(named) is None:
            return None
        return {named: None, CONFIRMED: None}

    @staticmethod
    def _goes_back(said: Utterance) -> bool:
        """Tell whether the visitor takes the answer before back: in so many words, or by "fel" and nothing else."""
        return said.intent in _MAY_GO_BACK and bool(PATTERNS["going_back"].search(said.lowered))

    def _events(self, changed: dict[str, Any], answers: Mapping[str, Any]) -> list[EventType]:
        if self.ends_at_marketing and reading.mentions_marketing(str(changed.get("scope") or "")):
            return [SlotSet("scope", MARKETING), SlotSet(REQUESTED_SLOT, None)]
        changed = self._with_client(changed, answers)
        after = {**answers, **changed}
        is_complete = all(after[slot] is not None for slot in answers)
        if is_complete and CONFIRMED not in changed and not self.needs_confirmation(after):
            changed = {**changed, CONFIRMED: True}
        return [*(SlotSet(slot, value) for slot, value in changed.items()), SlotSet(FAILED_ANSWERS, 0)]

    def _with_client(self, changed: dict[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
        """Leave the question whose data it is out where nothing points to a client; ask anew for a new subject."""
        if self.journey.field(CLIENT) is None:
            return changed
        slots = [field.slot for field in self.journey.fields]
        subject = slots[: slots.index(CLIENT)]
        after = {**answers, **changed}
        if after[CLIENT] == reading.SKIPPED and any(changed.get(slot) is not None for slot in subject):
            after[CLIENT] = changed[CLIENT] = None
        is_told = all(after[slot] is not None for slot in subject)
        if after[CLIENT] is None and is_told and not any(reading.may_be_a_clients(after[slot]) for slot in subject):
            after[CLIENT] = changed[CLIENT] = reading.SKIPPED
        is_named = after[CLIENT] not in {None, reading.SKIPPED}
        return {**changed, CLIENT_LINE_SLOT: CLIENT_LINE.format(client_company=after[CLIENT]) if is_named else ""}

    def _not_understood(self, dispatcher: CollectingDispatcher, tracker: Tracker, requested: str) -> list[EventType]:
        """Say what was missing in the answer; the second time, also the ways out. The form then asks again."""
        failures = int(tracker.get_slot(FAILED_ANSWERS) or 0) + 1
        lowered = latest_utterance(tracker).lowered
        if PATTERNS["without_bankid"].search(lowered):
            is_signed = self.journey.rule.identity_level is IdentityLevel.STRONG
            dispatcher.utter_message(response="utter_without_bankid_later" if is_signed else "utter_bankid_not_needed")
            failures = 0
        elif requested == CONTACT_EMAIL and PATTERNS["without_email"].search(lowered):
            dispatcher.utter_message(response="utter_without_email")
            failures = 0
        elif requested == "marketing_address" and PATTERNS["no_email"].search(lowered):
            dispatcher.utter_message(response="utter_without_email_marketing")
            failures = 0
        else:
            dispatcher.utter_message(response=f"utter_no_{requested}")
        if failures >= PATIENCE:
            dispatcher.utter_message(response="utter_ways_out")
        again = CONFIRMED if requested == FIELD_TO_CHANGE else requested
        return [SlotSet(again, None), SlotSet(REQUESTED_SLOT, requested), SlotSet(FAILED_ANSWERS, failures)]


def _gives_another(changed: Mapping[str, Any], answers: Mapping[str, Any], requested: str) -> bool:
    """Tell whether an earlier answer was given anew instead of the one that was asked for."""
    return requested not in changed and any(value and answers.get(slot) for slot, value in changed.items())


def _changes(said: Utterance) -> bool:
    """Tell whether the words are those of somebody who changes an answer."""
    return bool(PATTERNS["changing"].search(said.lowered)) and not said.is_question
