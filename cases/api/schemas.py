"""What the API takes and gives (OpenAPI is made from it)."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from cases.drafts import (
    CaseDraft,
    Channel,
    Evidence,
    IdentificationMethod,
    Identity,
    MarketingBlockDraft,
    MarketingChannel,
)
from privacy.case_states import ActorKind, CaseStatus, Resolution
from privacy.contact_addresses import normalise_email
from privacy.deadlines import PauseReason
from privacy.errors import InvalidContactAddressError
from privacy.request_types import IdentityLevel, RequestType

EARLIEST: Final = datetime(2018, 5, 25, tzinfo=UTC)
"""The day from which the GDPR applies."""

LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)


def _within_reason(instant: datetime) -> datetime:
    if not EARLIEST <= instant < LATEST:
        raise ValueError("an instant since 25 May 2018 is needed")
    return instant


def _email(address: str) -> str:
    try:
        normalise_email(address)
    except InvalidContactAddressError as error:
        raise ValueError(str(error)) from None
    return address


Instant = Annotated[AwareDatetime, AfterValidator(_within_reason)]
Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(_email)]
DetailKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")]
FreeText = Annotated[str, StringConstraints(max_length=10_000)]
OfficerId = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_.@-]{1,64}$")]
Base64 = Annotated[str, StringConstraints(max_length=400_000)]


class Taken(BaseModel):
    """Base of what comes in: unknown members are refused rather than lost."""

    model_config = ConfigDict(extra="forbid")


class Given(BaseModel):
    """Base of what goes out: read from the service's views."""

    model_config = ConfigDict(from_attributes=True)


class SignatureEvidence(Taken):
    """A BankID signature as BankID returned it."""

    visible_text: Base64
    non_visible_data: Base64
    signature: Base64
    ocsp_response: Base64


class IdentityIn(Taken):
    """Who the person is, how sure that is, and what shows it."""

    level: IdentityLevel = Field(description="0 nothing, 1 a code sent to an e-mail address, 2 BankID")
    method: IdentificationMethod
    personal_identity_number: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z+-]{10,13}$")] | None = Field(
        None, description="As BankID returned it; not checked again"
    )
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    verified_at: Instant | None = None
    evidence: SignatureEvidence | None = None

    @model_validator(mode="after")
    def _level_is_shown(self) -> Self:
        method = {
            IdentityLevel.NONE: IdentificationMethod.NONE,
            IdentityLevel.CONTACT: IdentificationMethod.EMAIL_CODE,
            IdentityLevel.STRONG: IdentificationMethod.BANKID,
        }[self.level]
        if self.method is not method:
            raise ValueError(f"level {self.level} is shown by {method}")
        if self.level is IdentityLevel.STRONG and not (self.personal_identity_number and self.verified_at):
            raise ValueError("level 2 needs personal_identity_number and verified_at")
        if self.level is not IdentityLevel.STRONG and (self.personal_identity_number or self.evidence):
            raise ValueError("an identity number or evidence without BankID proves nothing")
        return self

    def identity(self) -> Identity:
        """Return it as the service takes it."""
        return Identity(
            level=self.level,
            method=self.method,
            personal_identity_number=self.personal_identity_number,
            name=self.name,
            verified_at=self.verified_at,
            evidence=None if self.evidence is None else Evidence(**dict(self.evidence)),
        )


class CaseIn(Taken):
    """A confirmed request."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "request_type": "access",
                    "received_at": "2026-03-05T09:12:00Z",
                    "channel": "chat",
                    "conversation_id": "2f5c8a52-90f6-4b58-8d06-1f0c1d5f7c11",
                    "details": {"scope": "Allt"},
                    "contact_email": "anna@example.se",
                    "identity": {
                        "level": 2,
                        "method": "bankid",
                        "personal_identity_number": "199908072391",
                        "name": "Karl Karlsson",
                        "verified_at": "2026-03-05T09:14:31Z",
                    },
                }
            ]
        },
    )

    request_type: RequestType
    received_at: Instant = Field(description="When the first message that expressed the request arrived")
    channel: Channel = Channel.CHAT
    conversation_id: UUID | None = None
    details: dict[DetailKey, FreeText | None] = Field(
        default_factory=dict, max_length=20, description="The person's own answers, by question"
    )
    contact_email: Email | None = None
    identity: IdentityIn

    def draft(self, reference: str) -> CaseDraft:
        """Return the request as the service takes it."""
        return CaseDraft(
            reference=reference,
            request_type=self.request_type,
            received_at=self.received_at,
            channel=self.channel,
            conversation_id=self.conversation_id,
            details={key: text for key, text in self.details.items() if text},
            contact_email=self.contact_email,
            identity=self.identity.identity(),
        )


class CaseReceipt(Given):
    """What the person is told when the request has become a case."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "reference": "AR-7K2M-Q941",
                    "request_type": "access",
                    "status": "received",
                    "received_on": "2026-03-05",
                    "due_on": "2026-04-07",
                    "due_explanation": [
                        "Begäran kom in torsdagen den 5 mars 2026.",
                        "Svaret ska lämnas senast tisdagen den 7 april 2026.",
                    ],
                }
            ]
        },
    )

    reference: str
    request_type: RequestType
    status: CaseStatus
    received_on: date
    due_on: date
    due_explanation: list[str] = Field(description="How the due date came about: Swedish sentences")


_SUMMARY: Final[dict[str, Any]] = {
    "reference": "AR-7K2M-Q941",
    "request_type": "access",
    "request_type_title": "Tillgång till uppgifter",
    "status": "in_progress",
    "resolution": None,
    "channel": "chat",
    "identity_level": 2,
    "identity_is_sufficient": True,
    "received_on": "2026-03-05",
    "due_on": "2026-04-07",
    "internal_due_on": "2026-03-27",
    "clock_stopped_on": None,
    "version": 2,
}
_CASE: Final[dict[str, Any]] = _SUMMARY | {
    "conversation_id": "2f5c8a52-90f6-4b58-8d06-1f0c1d5f7c11",
    "identity_method": "bankid",
    "verified_at": "2026-03-05T09:14:31Z",
    "received_at": "2026-03-05T09:12:00Z",
    "registered_at": "2026-03-05T09:14:33Z",
    "closed_at": None,
    "first_due_on": "2026-04-07",
    "unpaused_due_on": "2026-04-07",
    "extended_on": None,
    "pauses": [],
    "due_explanation": [
        "Begäran kom in torsdagen den 5 mars 2026.",
        "Svaret ska lämnas senast tisdagen den 7 april 2026.",
    ],
}
_EVENT: Final[dict[str, Any]] = {
    "sequence": 1,
    "kind": "case_registered",
    "label": "Ärendet registrerades",
    "actor_kind": "system",
    "actor_id": "assistant",
    "occurred_at": "2026-03-05T09:14:33Z",
    "status_before": None,
    "status_after": "received",
    "resolution_after": None,
    "due_on_after": "2026-04-07",
    "facts": {"request_type": "access", "channel": "chat", "received_on": "2026-03-05", "identity_level": 2},
    "hash": "9f2c7d0e4b1a86f3c5d2e7a90b4f6c81d3e5a7092b4c6d8e0f1a3b5c7d9e1f20",
}


class CaseSummary(Given):
    """A case without anything that says whose it is."""

    reference: str
    request_type: RequestType
    request_type_title: str
    status: CaseStatus
    resolution: Resolution | None
    channel: Channel
    identity_level: IdentityLevel
    identity_is_sufficient: bool
    received_on: date
    due_on: date
    internal_due_on: date
    clock_stopped_on: date | None
    version: int


class CasePage(BaseModel):
    """One page of cases, soonest due first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_SUMMARY], "next_cursor": None}]})

    items: list[CaseSummary]
    next_cursor: str | None = Field(description="Give it back as `cursor` for the next page; null on the last")


class Pause(Given):
    """One wait for the person."""

    reason: PauseReason
    asked_on: date
    sufficient_on: date | None
    stops_clock: bool


class Case(CaseSummary):
    """A case with its deadline's ledger, still without anything that says whose it is."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [_CASE]})

    conversation_id: UUID | None
    identity_method: IdentificationMethod
    verified_at: datetime | None
    received_at: datetime
    registered_at: datetime
    closed_at: datetime | None
    first_due_on: date
    unpaused_due_on: date
    extended_on: date | None
    pauses: list[Pause]
    due_explanation: list[str]


class CaseEvent(Given):
    """One line of a case's history."""

    sequence: int
    kind: str
    label: str
    actor_kind: ActorKind
    actor_id: str
    occurred_at: datetime
    status_before: CaseStatus | None
    status_after: CaseStatus
    resolution_after: Resolution | None
    due_on_after: date
    facts: dict[str, Any]
    hash: str = Field(description="SHA-256 over the line and the hash of the one before")


class CaseEvents(BaseModel):
    """A case's history, oldest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_EVENT]}]})

    items: list[CaseEvent]


class TransitionIn(Taken):
    """A step of a case."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"to": "in_progress", "version": 1, "officer_id": "4"},
                {"to": "decided", "resolution": "granted", "version": 2, "officer_id": "4"},
            ]
        },
    )

    to: CaseStatus
    resolution: Resolution | None = None
    note: FreeText | None = Field(
        None, description="For `extended`: the reasons that the person is given. Otherwise an internal note"
    )
    version: int | None = Field(
        None, ge=1, le=2**31 - 1, description="The version that the caller saw; or its `ETag` as `If-Match`"
    )
    officer_id: OfficerId | None = Field(
        None, description="The person on the staff who decides; most steps need one. Without it the system acts"
    )


class MarketingBlockIn(Taken):
    """A no to direct marketing to one address or number."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "channel": "email",
                    "address": "anna@example.se",
                    "received_at": "2026-03-05T09:12:00Z",
                    "conversation_id": "2f5c8a52-90f6-4b58-8d06-1f0c1d5f7c11",
                }
            ]
        },
    )

    channel: MarketingChannel
    address: Annotated[str, StringConstraints(min_length=1, max_length=254)]
    received_at: Instant
    conversation_id: UUID | None = None

    def draft(self, reference: str) -> MarketingBlockDraft:
        """Return it as the service takes it."""
        return MarketingBlockDraft(
            reference=reference,
            channel=self.channel,
            address=self.address,
            received_at=self.received_at,
            conversation_id=self.conversation_id,
        )


class MarketingBlockReceipt(Given):
    """What the person is told when marketing to an address has been blocked."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "reference": "AR-7K2M-Q941",
                    "channel": "email",
                    "address_masked": "a***@example.se",
                    "effective_at": "2026-03-05T09:12:01Z",
                }
            ]
        },
    )

    reference: str
    channel: MarketingChannel
    address_masked: str
    effective_at: datetime
