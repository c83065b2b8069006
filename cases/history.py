"""What a case's history is made of: kinds of events, their Swedish names, and the chain of hashes."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from cases.drafts import Actor
from privacy.case_states import CaseStatus, Resolution

NO_PREVIOUS_HASH: Final = bytes(32)


class EventKind(StrEnum):
    """What happened, in the past tense."""

    CASE_REGISTERED = "case_registered"
    STATUS_CHANGED = "status_changed"
    CASE_OPENED = "case_opened"
    IDENTITY_NUMBER_SHOWN = "identity_number_shown"
    NOTE_WRITTEN = "note_written"
    EVIDENCE_CHECKED = "evidence_checked"
    IDENTITY_ESTABLISHED = "identity_established"
    SHOWN_TO_PERSON = "shown_to_person"
    ADDITION_RECEIVED = "addition_received"
    ACCESS_DENIED = "access_denied"
    CASE_EMPTIED = "case_emptied"
    CHECKLIST_MADE = "checklist_made"
    TASK_CHANGED = "task_changed"
    CONNECTOR_ORDERED = "connector_ordered"
    CONNECTOR_ANSWERED = "connector_answered"
    CONNECTOR_GAVE_UP = "connector_gave_up"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    PAUSED_LONG = "paused_long"
    FILE_STORED = "file_stored"
    FILE_DOWNLOADED = "file_downloaded"
    FILE_DELETED = "file_deleted"
    LETTER_SENT = "letter_sent"
    PACKAGE_PREPARED = "package_prepared"
    PACKAGE_SHOWN = "package_shown"
    PACKAGE_RELEASED = "package_released"
    PACKAGE_WITHDRAWN = "package_withdrawn"
    PACKAGE_EXPIRED = "package_expired"
    PACKAGE_FETCHED = "package_fetched"
    PACKAGE_FETCH_REFUSED = "package_fetch_refused"
    CONVERSATION_ERASURE_BEGUN = "conversation_erasure_begun"
    CONVERSATIONS_ERASED = "conversations_erased"

    @property
    def label(self) -> str:
        """What an officer reads, in Swedish."""
        return _LABELS[self]

    @property
    def message_kind(self) -> str | None:
        """What other systems are told it is called; None if it is no concern of theirs."""
        return _MESSAGE_KINDS.get(self)


_LABELS: Final = MappingProxyType(
    {
        EventKind.CASE_REGISTERED: "Ärendet registrerades",
        EventKind.STATUS_CHANGED: "Status ändrades",
        EventKind.CASE_OPENED: "Ärendet öppnades",
        EventKind.IDENTITY_NUMBER_SHOWN: "Personnumret visades",
        EventKind.NOTE_WRITTEN: "En anteckning skrevs",
        EventKind.EVIDENCE_CHECKED: "Underskriften kontrollerades",
        EventKind.IDENTITY_ESTABLISHED: "Identiteten fastställdes",
        EventKind.SHOWN_TO_PERSON: "Ärendet visades för den registrerade",
        EventKind.ADDITION_RECEIVED: "Den registrerade kompletterade",
        EventKind.ACCESS_DENIED: "Åtkomst nekades",
        EventKind.CASE_EMPTIED: "Personuppgifterna gallrades",
        EventKind.CHECKLIST_MADE: "Checklistan gjordes",
        EventKind.TASK_CHANGED: "En uppgift i checklistan ändrades",
        EventKind.CONNECTOR_ORDERED: "Ett anslutet system fick ett uppdrag",
        EventKind.CONNECTOR_ANSWERED: "Ett anslutet system utförde uppdraget",
        EventKind.CONNECTOR_GAVE_UP: "Ett anslutet system utförde inte uppdraget",
        EventKind.DUE_SOON: "Svarsdagen närmar sig",
        EventKind.OVERDUE: "Svarsdagen har passerat",
        EventKind.PAUSED_LONG: "Ärendet har väntat länge på den registrerade",
        EventKind.FILE_STORED: "En fil lades till",
        EventKind.FILE_DOWNLOADED: "En fil laddades ner",
        EventKind.FILE_DELETED: "En fil togs bort",
        EventKind.LETTER_SENT: "Ett brev skickades",
        EventKind.PACKAGE_PREPARED: "Ett utdrag förbereddes",
        EventKind.PACKAGE_SHOWN: "Utdraget visades",
        EventKind.PACKAGE_RELEASED: "Utdraget lämnades ut",
        EventKind.PACKAGE_WITHDRAWN: "Utdraget återtogs",
        EventKind.PACKAGE_EXPIRED: "Utdragets tid gick ut",
        EventKind.PACKAGE_FETCHED: "Utdraget hämtades",
        EventKind.PACKAGE_FETCH_REFUSED: "Ett försök att hämta utdraget nekades",
        EventKind.CONVERSATION_ERASURE_BEGUN: "Radering av samtal i chatten begärdes",
        EventKind.CONVERSATIONS_ERASED: "Samtal i chatten raderades",
    }
)

_MESSAGE_KINDS: Final = MappingProxyType(
    {
        EventKind.CASE_REGISTERED: "case.registered",
        EventKind.STATUS_CHANGED: "case.status_changed",
        EventKind.ADDITION_RECEIVED: "case.addition_received",
        EventKind.DUE_SOON: "case.due_soon",
        EventKind.OVERDUE: "case.overdue",
        EventKind.PACKAGE_RELEASED: "case.package_released",
        EventKind.PAUSED_LONG: "case.paused_long",
    }
)

MESSAGE_LABELS: Final = MappingProxyType({message: _LABELS[kind] for kind, message in _MESSAGE_KINDS.items()})
"""What a message to other systems tells, in Swedish, by its ``type``."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a history, before it is stored."""

    reference: str
    """The case's: an event moved to another case no longer fits its hash."""

    sequence: int
    kind: EventKind
    actor: Actor
    occurred_at: datetime
    status_before: CaseStatus | None
    status_after: CaseStatus
    resolution_after: Resolution | None
    due_on_after: date
    case_version: int
    facts: dict[str, Any]
    """Strings, whole numbers, booleans and None, in lists and objects: what JSONB gives back unchanged."""

    previous_hash: bytes

    hash: bytes = field(init=False)
    """SHA-256 over the canonical JSON of everything above (sorted keys, no spaces, ASCII)."""

    def __post_init__(self) -> None:
        """Close the line: it is hashed once, and its hash stands both in it and at the head of its case."""
        hashed = event_hash(
            reference=self.reference,
            sequence=self.sequence,
            kind=self.kind,
            actor_kind=self.actor.kind,
            actor_id=self.actor.id,
            occurred_at=self.occurred_at,
            status_before=self.status_before,
            status_after=self.status_after,
            resolution_after=self.resolution_after,
            due_on_after=self.due_on_after,
            case_version=self.case_version,
            facts=self.facts,
            previous_hash=self.previous_hash,
        )
        object.__setattr__(self, "hash", hashed)


def event_hash(*, occurred_at: datetime, due_on_after: date, previous_hash: bytes, **others: Any) -> bytes:
    """Return the hash of an event's parts; the words need not be ones that this version of the code knows."""
    content = others | {
        "occurred_at": occurred_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "due_on_after": due_on_after.isoformat(),
        "previous_hash": previous_hash.hex(),
    }
    return hashlib.sha256(canonical_json(content)).digest()


def canonical_json(content: dict[str, Any]) -> bytes:
    """Return the one way to write this object: sorted keys, no spaces, ASCII."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
