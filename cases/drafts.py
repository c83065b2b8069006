"""What comes in: requests as their sender describes them. Personal parts stay out of ``repr``."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from privacy.case_states import ActorKind
from privacy.request_types import IdentityLevel, RequestType


class Channel(StrEnum):
    """How the request reached the company."""

    CHAT = "chat"
    EMAIL = "email"
    PHONE = "phone"
    LETTER = "letter"
    VISIT = "visit"

    @property
    def label(self) -> str:
        """What an officer reads, in Swedish."""
        return _CHANNEL_LABELS[self]


_CHANNEL_LABELS = {
    Channel.CHAT: "Chatt",
    Channel.EMAIL: "E-post",
    Channel.PHONE: "Telefon",
    Channel.LETTER: "Brev",
    Channel.VISIT: "Besök",
}


class IdentificationMethod(StrEnum):
    """How the person showed who they are."""

    NONE = "none"
    EMAIL_CODE = "email_code"
    BANKID = "bankid"
    OFFICER = "officer"
    """Established by a person on the staff (cases.establishing)."""


class MarketingChannel(StrEnum):
    """What a marketing block is about."""

    EMAIL = "email"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something to a case; goes into its history."""

    kind: ActorKind
    id: str
    """A staff account's id, or the name of the part of the system. Never a person's name."""

    @classmethod
    def officer(cls, officer_id: str) -> "Actor":
        """A person on the staff."""
        return cls(ActorKind.CASE_OFFICER, officer_id)

    @classmethod
    def system(cls, part: str) -> "Actor":
        """A part of our own: ``assistant``, ``jobs``."""
        return cls(ActorKind.SYSTEM, part)


ASSISTANT = Actor.system("assistant")
JOBS = Actor.system("jobs")
CONSOLE = Actor.system("console")
OPERATOR = Actor.system("operator")
"""Somebody at the command line of the machine."""

DATA_SUBJECT = Actor(ActorKind.DATA_SUBJECT, "data_subject")
"""The person whose case it is; which one, the case itself says."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A BankID signature over the request, as BankID returned it (base64 where it is base64)."""

    visible_text: str = field(repr=False)
    non_visible_data: str = field(repr=False)
    signature: str = field(repr=False)
    ocsp_response: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the person is, how sure that is, and what shows it."""

    level: IdentityLevel
    method: IdentificationMethod
    personal_identity_number: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)
    verified_at: datetime | None = None
    evidence: Evidence | None = field(default=None, repr=False)


NOBODY = Identity(IdentityLevel.NONE, IdentificationMethod.NONE)


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """A confirmed request, before it is a case."""

    reference: str
    request_type: RequestType
    received_at: datetime
    """When the first message that expressed the request arrived; the deadline starts on its Swedish date."""

    channel: Channel
    identity: Identity = NOBODY
    conversation_id: UUID | None = None
    details: dict[str, str] = field(default_factory=dict, repr=False)
    """The person's own answers, by the question's key (:class:`privacy.request_types.Question`)."""

    contact_email: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class MarketingBlockDraft:
    """A no to direct marketing to one address or number."""

    reference: str
    channel: MarketingChannel
    address: str = field(repr=False)
    """E-mail address or telephone number, as the person gave it."""

    received_at: datetime
    conversation_id: UUID | None = None
