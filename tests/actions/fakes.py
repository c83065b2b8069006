"""The services of the actions as hand-written fakes, and trackers to run an action on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.clients.cases import BlockDraft, BlockReceipt, CaseDraft, CaseReceipt, CaseState
from actions.clients.edge import CompletedIdentification, QueuePlace
from actions.clients.own_cases import OwnCase, Shown
from actions.errors import IdentificationNotAvailableError, ServiceRefusedError, ServiceUnavailableError
from actions.knowledge import load_knowledge
from actions.processors import ProcessorList
from actions.references import ReferenceMint
from actions.services import Services
from privacy.contact_addresses import mask_email, mask_phone

CONVERSATION = "0b2c6a1e-6f0c-4f2b-9a55-0d8f0c6f2a11"
SAID_AT = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)
DUE_ON = date(2026, 12, 23)
SIGNER = "Anna Karlsson"
NUMBER = "199908072391"
POLICY_DIRECTORY = Path(__file__).parent.parent.parent / "data" / "policy"
KNOWLEDGE = load_knowledge(POLICY_DIRECTORY)


@dataclass
class FakeEdge:
    """A chat edge that shows cards, completes them when the test signs, and has a queue."""

    is_down: bool = False
    offered: list[dict[str, Any]] = field(default_factory=list)
    signed: set[str] = field(default_factory=set)
    confirmed: dict[str, str] = field(default_factory=dict)
    """Addresses that a code confirmed, by reference."""

    withdrawn: list[str] = field(default_factory=list)
    handoffs: list[dict[str, str]] = field(default_factory=list)
    expected_wait_minutes: int | None = None
    opens: str | None = None

    def sign(self, reference: str | None = None) -> None:
        """Complete the identification shown last, or that of a reference."""
        self.signed.add(reference or self.offered[-1]["reference"])

    def confirm(self, email: str | None = None) -> None:
        """Let a code confirm the address of the identification shown last, or another one."""
        self.confirmed[self.offered[-1]["reference"]] = email or self.offered[-1]["email"]

    async def offer_identification(self, conversation_id: str, **card: Any) -> None:
        self._answer()
        self.offered.append(card | {"conversation_id": conversation_id})

    async def consume_identification(self, conversation_id: str, *, reference: str) -> CompletedIdentification:
        self._answer()
        if reference in self.confirmed:
            return CompletedIdentification(
                level=1,
                method="email_code",
                completed_at="2026-11-23T19:31:00+00:00",
                email=self.confirmed[reference],
            )
        if reference not in self.signed:
            raise IdentificationNotAvailableError("edge", "identification-not-available")
        card = next(card for card in self.offered if card["reference"] == reference)
        return CompletedIdentification(
            level=2,
            method="bankid",
            completed_at="2026-11-23T19:31:00+00:00",
            personal_identity_number=NUMBER,
            name=SIGNER,
            evidence={
                "visible_text": card["visible_text"],
                "non_visible_data": "bm9u",
                "signature": "c2ln",
                "ocsp_response": "b2NzcA==",
            },
        )

    async def withdraw_identification(self, conversation_id: str, *, reference: str) -> None:
        self._answer()
        self.withdrawn.append(reference)

    async def hand_over(self, conversation_id: str, *, reason: str, summary: str) -> QueuePlace:
        self._answer()
        self.handoffs.append({"conversation_id": conversation_id, "reason": reason, "summary": summary})
        return QueuePlace(len(self.handoffs), self.expected_wait_minutes, self.opens)

    def _answer(self) -> None:
        if self.is_down:
            raise ServiceUnavailableError("edge", "ConnectError")


@dataclass
class FakeCases:
    """A case system that keeps what it is given, by reference."""

    is_down: bool = False
    refuses: bool = False
    dies_after_writing: bool = False
    """The next registration is kept, but the answer never arrives."""

    cases: dict[str, CaseDraft] = field(default_factory=dict)
    blocks: dict[str, BlockDraft] = field(default_factory=dict)
    packages: dict[str, date] = field(default_factory=dict)
    """Until when what can be fetched, by reference."""

    async def register(self, draft: CaseDraft) -> CaseReceipt:
        self._answer()
        if self.cases.setdefault(draft.reference, draft) != draft:
            raise ServiceRefusedError("cases", "reference-taken")
        if self.dies_after_writing:
            self.dies_after_writing = False
            raise ServiceUnavailableError("cases", "ReadTimeout")
        received_on = datetime.fromisoformat(draft.received_at).date()
        return CaseReceipt(draft.reference, received_on, DUE_ON, ("En månad från mottagandet.",))

    async def read(self, reference: str) -> CaseState:
        self._answer()
        if reference not in self.cases:
            raise ServiceRefusedError("cases", "case-not-found")
        return CaseState(self.cases[reference].reference, "received", DUE_ON, ("En månad från mottagandet.",))

    async def package_until(self, reference: str) -> date | None:
        self._answer()
        return self.packages.get(reference)

    async def block_marketing(self, draft: BlockDraft) -> BlockReceipt:
        self._answer()
        if self.blocks.setdefault(draft.reference, draft) != draft:
            raise ServiceRefusedError("cases", "reference-taken")
        mask = mask_email if draft.channel == "email" else mask_phone
        return BlockReceipt(draft.reference, mask(draft.address))

    def _answer(self) -> None:
        if self.is_down:
            raise ServiceUnavailableError("cases", "ConnectError")
        if self.refuses:
            raise ServiceRefusedError("cases", "invalid-request")


@dataclass
class FakeOwnCases:
    """A register of one person's cases, who must show the right identification to see them."""

    is_down: bool = False
    cases: dict[str, OwnCase] = field(default_factory=dict)
    additions: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Reference and text, by addition id."""

    asked_with: list[Shown] = field(default_factory=list)

    def has(self, reference: str, title: str = "Radering", *, is_open: bool = True, kind: str = "erasure") -> None:
        """Let the person have a case."""
        status, resolution = ("Under handläggning", None) if is_open else ("Beslutat", "Bifallet")
        why = ("En månad från mottagandet.",)
        self.cases[reference] = OwnCase(reference, title, status, resolution, is_open, DUE_ON, why)
        self.kinds[reference] = kind

    kinds: dict[str, str] = field(default_factory=dict)

    async def find(self, shown: Shown) -> list[OwnCase]:
        self._answer(shown)
        return list(self.cases.values())

    async def find_open(self, shown: Shown, *, request_type: str) -> list[OwnCase]:
        self._answer(shown)
        return [case for case in self.cases.values() if case.is_open and self.kinds[case.reference] == request_type]

    async def withdraw(self, reference: str, shown: Shown) -> OwnCase:
        case = self._open_case(reference, shown)
        self.cases[reference] = replace(case, is_open=False, resolution="Återkallat")
        return self.cases[reference]

    async def add(self, reference: str, shown: Shown, *, text: str, addition_id: str) -> OwnCase:
        case = self._open_case(reference, shown)
        self.additions[addition_id] = (reference, text)
        return case

    def _open_case(self, reference: str, shown: Shown) -> OwnCase:
        self._answer(shown)
        if reference not in self.cases:
            raise ServiceRefusedError("cases", "case-not-found")
        if not self.cases[reference].is_open:
            raise ServiceRefusedError("cases", "case-ended")
        return self.cases[reference]

    def _answer(self, shown: Shown) -> None:
        if self.is_down:
            raise ServiceUnavailableError("cases", "ConnectError")
        assert shown.identification.personal_identity_number == NUMBER or shown.contact_email
        self.asked_with.append(shown)


@dataclass
class Fakes:
    """All fakes of one test, and the actions' view of them."""

    edge: FakeEdge = field(default_factory=FakeEdge)
    cases: FakeCases = field(default_factory=FakeCases)
    own_cases: FakeOwnCases = field(default_factory=FakeOwnCases)
    processors: ProcessorList | None = None

    @property
    def services(self) -> Services:
        return Services(
            edge=self.edge,
            cases=self.cases,
            own_cases=self.own_cases,
            knowledge=KNOWLEDGE,
            references=ReferenceMint("a secret for tests"),
            clock=lambda: SAID_AT,
            processors=self.processors,
        )


def tracker_with(
    text: str = "",
    *,
    intent: str = "nlu_fallback",
    entities: dict[str, str] | None = None,
    ranking: tuple[str, ...] = (),
    before: tuple[str, ...] = (),
    message_id: str = "m1",
    active_form: str | None = None,
    **slots: Any,
) -> Tracker:
    """Return a tracker whose latest message is ``text``, understood as ``intent``.

    Args:
        entities: what a button carries, by slot; the message is then the button's.
        before: what the messages before it were understood as, oldest first.
    """
    if entities is not None:
        text = f"/{intent}"
    message = {
        "text": text,
        "intent": {"name": intent, "confidence": 1.0},
        "entities": [{"entity": name, "value": value} for name, value in (entities or {}).items()],
        "intent_ranking": [{"name": name, "confidence": 0.4} for name in ranking],
    }
    earlier = [{"event": "user", "text": "…", "parse_data": {"intent": {"name": name}}} for name in before]
    latest = {
        "event": "user",
        "text": text,
        "parse_data": message,
        "message_id": message_id,
        "timestamp": SAID_AT.timestamp(),
    }
    return Tracker(
        sender_id=CONVERSATION,
        slots=slots,
        latest_message=message,
        events=[*earlier, latest],
        paused=False,
        followup_action=None,
        active_loop={"name": active_form} if active_form else {},
        latest_action_name="action_listen",
    )


async def run(action: Any, tracker: Tracker) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Run an action and return what it says and which events it gives."""
    dispatcher = CollectingDispatcher()
    events = await action.run(dispatcher, tracker, DomainDict())
    return dispatcher.messages, events


def slots_set(events: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the slots that events set, the last value of each."""
    return {event["name"]: event["value"] for event in events if event["event"] == "slot"}
