"""The case system's tables, in schema ``cases``.

A column that ends in ``_sealed`` is AES-GCM ciphertext (foundation.encryption); one that ends in ``_digest`` is a keyed
digest, by which a value is found or compared without being readable.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from cases.drafts import Channel, IdentificationMethod, MarketingChannel
from cases.storage.columns import words as _words
from foundation.database import TypedBase, metadata_for
from privacy.case_states import ActorKind, CaseStatus, Resolution
from privacy.deadlines import PauseReason
from privacy.request_types import RequestType


class Base(TypedBase):
    """Base of the case system's tables."""

    __abstract__ = True
    metadata = metadata_for("cases")


OPEN = "status NOT IN ('decided', 'closed')"


class CaseRow(Base):
    """One request. What it holds about the person is sealed; what it holds about its progress is not."""

    __tablename__ = "privacy_case"
    __table_args__ = (
        CheckConstraint("(resolution IS NULL) = (status NOT IN ('decided', 'closed'))", name="resolution_when_ended"),
        CheckConstraint("version >= 1 AND last_sequence >= 1", name="counts"),
        Index(None, "due_on", "id"),
        Index(None, "status", "due_on", "id"),
        Index(None, "request_type", "due_on", "id"),
        Index("ix_privacy_case_open_due_on", "due_on", "id", postgresql_where=text(OPEN)),
        Index(None, "person_digest", postgresql_where=text("person_digest IS NOT NULL")),
        Index(None, "contact_digest", postgresql_where=text("contact_digest IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)

    reference: Mapped[str] = mapped_column(unique=True)
    """``AR-XXXX-XXXX``, made where the person confirmed."""

    request_type: Mapped[RequestType] = mapped_column(_words(RequestType, "request_type"))

    status: Mapped[CaseStatus] = mapped_column(_words(CaseStatus, "status"))
    """Where the case is. Changes only together with an event (constraint trigger ``case_matches_history``)."""

    resolution: Mapped[Resolution | None] = mapped_column(_words(Resolution, "resolution"))
    """How it ended; set by a person."""

    version: Mapped[int]
    """Counts changes of status, resolution or due date: the optimistic lock."""

    last_sequence: Mapped[int]
    """Number of the newest event."""

    last_hash: Mapped[bytes]
    """Hash of the newest event: the head of the chain, so that a removed tail is noticed."""

    channel: Mapped[Channel] = mapped_column(_words(Channel, "channel"))

    conversation_id: Mapped[UUID | None]

    received_at: Mapped[datetime]
    """When the first message that expressed the request arrived."""

    received_on: Mapped[date]
    """Its Swedish date, on which the deadline starts."""

    due_on: Mapped[date]
    """Last day for the answer, with what the ledger says now."""

    first_due_on: Mapped[date]
    """Without the extension: last day for a notice of extension."""

    unpaused_due_on: Mapped[date]
    """What ``due_on`` would be had the clock never stopped."""

    internal_due_on: Mapped[date]
    """Our own date, before the law's."""

    clock_stopped_on: Mapped[date | None]
    """Since when the clock stands still; None while it runs."""

    extended_on: Mapped[date | None]
    """Day of the notice of extension (art. 12(3)); a case is extended once."""

    extension_reason_sealed: Mapped[bytes | None]

    due_soon_flagged_for: Mapped[date | None]
    """The due date about which a warning was given; another due date warns again."""

    overdue_flagged_for: Mapped[date | None]
    """The due date whose passing was flagged."""

    identity_level: Mapped[int] = mapped_column(SmallInteger)
    """0 nothing, 1 control of an address, 2 BankID (privacy.request_types.IdentityLevel)."""

    identity_method: Mapped[IdentificationMethod] = mapped_column(_words(IdentificationMethod, "identity_method"))

    verified_at: Mapped[datetime | None]

    name_sealed: Mapped[bytes | None]

    personal_identity_number_sealed: Mapped[bytes | None]

    person_digest: Mapped[bytes | None]
    """Of the personal identity number: finds a person's cases."""

    contact_email_sealed: Mapped[bytes | None]

    contact_digest: Mapped[bytes | None]
    """Of the normalised e-mail address."""

    details_sealed: Mapped[bytes | None]
    """The person's own words, as a JSON object."""

    request_digest: Mapped[bytes]
    """Of the whole request: tells a retry from another request under the same reference."""

    registered_at: Mapped[datetime]

    closed_at: Mapped[datetime | None]
    """From here retention counts."""

    emptied_at: Mapped[datetime | None]
    """When everything personal was taken out of it, its time being up."""


class CaseEvidenceRow(Base):
    """The signature over a request, apart from the case so that lists never read it."""

    __tablename__ = "case_evidence"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.privacy_case.id"), primary_key=True)

    evidence_sealed: Mapped[bytes]
    """JSON: visible_text, non_visible_data, signature, ocsp_response."""

    kept_at: Mapped[datetime]


class CasePauseRow(Base):
    """A wait for the person: an entry of the deadline's ledger."""

    __tablename__ = "case_pause"
    __table_args__ = (
        CheckConstraint("sufficient_on >= asked_on", name="order"),
        Index("ux_case_pause_open", "case_id", unique=True, postgresql_where=text("sufficient_on IS NULL")),
        Index(None, "case_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.privacy_case.id"))
    reason: Mapped[PauseReason] = mapped_column(_words(PauseReason, "reason"))
    asked_on: Mapped[date]

    sufficient_on: Mapped[date | None]
    """When enough had arrived; None while waiting. A case waits for one thing at a time."""

    flagged_on: Mapped[date | None]
    """When it was said that this wait has lasted long."""


class CaseNoteRow(Base):
    """What an officer wrote, or the person added. Apart from the history: it may name people and must be erasable."""

    __tablename__ = "case_note"
    __table_args__ = (
        Index(None, "case_id", "id"),
        Index("ux_case_note_client_id", "case_id", "client_id", unique=True),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.privacy_case.id"))
    actor_id: Mapped[str]
    text_sealed: Mapped[bytes]
    written_at: Mapped[datetime]

    client_id: Mapped[UUID | None]
    """The sender's own number of it: the same one twice is one note. None for what an officer wrote."""


class CaseEventRow(Base):
    """One line of a case's history: written with the change it records, never updated (trigger ``append_only``).

    It holds no personal data, so that the history outlives what retention erases.
    """

    __tablename__ = "case_event"
    __table_args__ = (
        CheckConstraint(
            "(kind IN ('case_registered', 'status_changed')) = (status_before IS DISTINCT FROM status_after)",
            name="change_is_named",
        ),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.privacy_case.id"), primary_key=True)

    sequence: Mapped[int] = mapped_column(primary_key=True)
    """1, 2, 3 … within the case; a gap means a lost event."""

    kind: Mapped[str]
    """What happened, in the past tense (cases.history.EventKind)."""

    actor_kind: Mapped[ActorKind] = mapped_column(_words(ActorKind, "actor_kind"))

    actor_id: Mapped[str]
    """A staff account's id, or the part of the system; never a name."""

    occurred_at: Mapped[datetime]
    status_before: Mapped[CaseStatus | None] = mapped_column(_words(CaseStatus, "status_before"))
    status_after: Mapped[CaseStatus] = mapped_column(_words(CaseStatus, "status_after"))
    resolution_after: Mapped[Resolution | None] = mapped_column(_words(Resolution, "resolution_after"))
    due_on_after: Mapped[date]

    case_version: Mapped[int]
    """The case's version after the event."""

    facts: Mapped[dict[str, Any]]
    """Further circumstances: dates, numbers and words of ours."""

    previous_hash: Mapped[bytes]
    """SHA-256 of the event before; what ``insyn audit verify`` walks. Zeros for the first."""

    hash: Mapped[bytes]
    """SHA-256 over every other column, the case's reference in place of its id (cases.history.event_hash)."""


class MarketingBlockRow(Base):
    """One entry of the suppression list; kept until its owner says otherwise."""

    __tablename__ = "marketing_block"
    __table_args__ = (UniqueConstraint("channel", "address_digest"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    channel: Mapped[MarketingChannel] = mapped_column(_words(MarketingChannel, "channel"))

    address_digest: Mapped[bytes]
    """Of the normalised address: how a mailing is checked against the list."""

    address_sealed: Mapped[bytes]
    effective_at: Mapped[datetime]

    lifted_at: Mapped[datetime | None]
    """When its owner took it back, and its address was forgotten; None while it holds."""


class MarketingBlockReceiptRow(Base):
    """One person's no, with its reference. A second no to the same address gets a receipt of its own."""

    __tablename__ = "marketing_block_receipt"
    __table_args__ = (Index(None, "block_id"), Index(None, "conversation_id"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    block_id: Mapped[int] = mapped_column(ForeignKey("cases.marketing_block.id"))
    conversation_id: Mapped[UUID | None]
    received_at: Mapped[datetime]
    registered_at: Mapped[datetime]

    request_digest: Mapped[bytes]
    """As in ``privacy_case``."""


class OutboxMessageRow(Base):
    """Something the world may hear of, written in the transaction in which it happened."""

    __tablename__ = "outbox_message"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)

    message_id: Mapped[UUID] = mapped_column(unique=True)
    """Standard Webhooks' ``webhook-id``: the same at every attempt, so that receivers can tell a repetition."""

    ordering_key: Mapped[str]
    """The case's or block's reference; messages of one key are delivered in order."""

    kind: Mapped[str]
    """``case.registered``, ``case.status_changed`` … : Standard Webhooks' ``type``."""

    occurred_at: Mapped[datetime]

    payload: Mapped[dict[str, Any]]
    """``data`` of the message; no personal data, a receiver that needs more asks the API."""


class WebhookEndpointRow(Base):
    """A configured receiver, known to the database so that a message finds its deliveries in its own transaction."""

    __tablename__ = "webhook_endpoint"

    name: Mapped[str] = mapped_column(primary_key=True)
    registered_at: Mapped[datetime]

    removed_at: Mapped[datetime | None]
    """Since when the configuration names it no longer."""


class WebhookDeliveryRow(Base):
    """One message for one receiver. Its insertion makes the job that delivers it (trigger ``defer_delivery``)."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("outbox_message_id", "endpoint_name"),
        CheckConstraint("state IN ('pending', 'delivered', 'dead')", name="state"),
        Index("ix_webhook_delivery_unfinished", "state", "id", postgresql_where=text("state <> 'delivered'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    outbox_message_id: Mapped[int] = mapped_column(ForeignKey("cases.outbox_message.id"))
    endpoint_name: Mapped[str] = mapped_column(ForeignKey("cases.webhook_endpoint.name"))

    state: Mapped[str] = mapped_column(server_default="pending")
    """``pending``, ``delivered``, or ``dead`` when every attempt failed."""

    attempts: Mapped[int] = mapped_column(server_default="0")
    last_attempt_at: Mapped[datetime | None]

    last_outcome: Mapped[str | None]
    """The answer's status code, or the kind of error; never the body."""

    delivered_at: Mapped[datetime | None]
