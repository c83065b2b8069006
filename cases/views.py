"""What goes out: frozen pictures of a case for the API and the console. Personal parts stay out of ``repr``."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from cases.drafts import Channel, IdentificationMethod, MarketingChannel
from privacy.case_states import ActorKind, CaseStatus, Resolution
from privacy.deadlines import PauseReason
from privacy.request_types import IdentityLevel, RequestType, rule_for

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list; ``next_cursor`` is None on the last."""

    items: tuple[Item, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class CaseReceipt:
    """What the person is told when the request has become a case."""

    reference: str
    request_type: RequestType
    status: CaseStatus
    received_on: date
    due_on: date
    due_explanation: tuple[str, ...]
    """How the due date came about: Swedish sentences."""


@dataclass(frozen=True, slots=True)
class Registration:
    """The outcome of a ``PUT``: the receipt, and whether this call made the case."""

    receipt: CaseReceipt
    created: bool


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """A case without anything that says whose it is."""

    reference: str
    request_type: RequestType
    status: CaseStatus
    resolution: Resolution | None
    channel: Channel
    identity_level: IdentityLevel
    received_on: date
    due_on: date
    internal_due_on: date
    clock_stopped_on: date | None
    """Since when the deadline stands still, waiting for the person."""

    version: int
    """Counts changes; give it back with a transition."""

    @property
    def request_type_title(self) -> str:
        """The name of the right, in Swedish."""
        return rule_for(self.request_type).title

    @property
    def identity_is_sufficient(self) -> bool:
        """Whether the identity was shown as surely as the right needs."""
        return self.identity_level >= rule_for(self.request_type).identity_level

    def is_overdue(self, *, on: date) -> bool:
        """Tell whether the answer is late on that Swedish date."""
        return self.status.is_open and self.clock_stopped_on is None and on > self.due_on


@dataclass(frozen=True, slots=True)
class PauseView:
    """One wait for the person."""

    reason: PauseReason
    asked_on: date
    sufficient_on: date | None
    stops_clock: bool


@dataclass(frozen=True, slots=True)
class CaseView(CaseSummary):
    """A case with its deadline's ledger, still without anything that says whose it is."""

    conversation_id: UUID | None
    identity_method: IdentificationMethod
    verified_at: datetime | None
    received_at: datetime
    registered_at: datetime
    closed_at: datetime | None
    unpaused_due_on: date
    first_due_on: date
    """The last day for a notice of extension."""

    extended_on: date | None
    pauses: tuple[PauseView, ...]
    due_explanation: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnCase:
    """A case as the person whose it is may know it."""

    reference: str
    request_type: RequestType
    status: CaseStatus
    resolution: Resolution | None
    identity_level: IdentityLevel
    received_on: date
    due_on: date
    clock_stopped_on: date | None
    due_explanation: tuple[str, ...]
    """How the due date came about: Swedish sentences."""

    @property
    def request_type_title(self) -> str:
        """The name of the right, in Swedish."""
        return rule_for(self.request_type).title

    @property
    def status_label(self) -> str:
        """Where it is, in Swedish."""
        return self.status.label

    @property
    def resolution_label(self) -> str | None:
        """How it ended, in Swedish."""
        return None if self.resolution is None else self.resolution.label

    @property
    def is_open(self) -> bool:
        """Whether it can be added to and withdrawn."""
        return self.status.is_open


@dataclass(frozen=True, slots=True)
class Note:
    """What an officer wrote; stored encrypted."""

    id: int
    actor_id: str
    text: str = field(repr=False)
    written_at: datetime


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything about a case, for the officer who works it. Opening it is an event of its own."""

    case: CaseView
    name: str | None = field(repr=False)
    personal_identity_number: str | None = field(repr=False)
    """Twelve digits; show it masked (:func:`privacy.personal_identity_number.mask`) unless the officer asks."""

    contact_email: str | None = field(repr=False)
    details: dict[str, str] = field(repr=False)
    has_evidence: bool
    notes: tuple[Note, ...]
    next_statuses: tuple[CaseStatus, ...]
    """Where an officer may take the case from here."""


@dataclass(frozen=True, slots=True)
class EventView:
    """One line of a case's history."""

    sequence: int
    kind: str
    """What happened, in the past tense: ``case_registered``, ``status_changed``, ``case_opened`` …"""

    label: str
    """The same for people, in Swedish."""

    actor_kind: ActorKind
    actor_id: str
    occurred_at: datetime
    status_before: CaseStatus | None
    status_after: CaseStatus
    resolution_after: Resolution | None
    due_on_after: date
    facts: dict[str, Any]
    """Further circumstances; never personal data."""

    hash: str
    """SHA-256 of the line and the one before it, in hexadecimal."""


@dataclass(frozen=True, slots=True)
class MarketingBlockReceipt:
    """What the person is told when marketing to an address has been blocked."""

    reference: str
    channel: MarketingChannel
    address_masked: str
    effective_at: datetime
    lifted_at: datetime | None = None
    """When its owner took it back; None while it holds."""


@dataclass(frozen=True, slots=True)
class BlockRegistration:
    """The outcome of a ``PUT``: the receipt, and whether this call made it."""

    receipt: MarketingBlockReceipt
    created: bool


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases to list, soonest due first. Empty parts do not narrow."""

    statuses: tuple[CaseStatus, ...] = ()
    request_types: tuple[RequestType, ...] = ()
    open_only: bool = False
    due_before: date | None = None
    reference: str | None = None
    """A reference as a person types it."""

    personal_identity_number: str | None = field(default=None, repr=False)
    contact_email: str | None = field(default=None, repr=False)
