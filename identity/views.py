"""What the broker gives to others: frozen, without rows, without secrets of BankID's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

StartMode = Literal["qr", "same_device"]


class State(StrEnum):
    OFFERED = "offered"
    PENDING = "pending"
    COMPLETE = "complete"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Identification:
    """An identification as its own browser may see it."""

    id: str
    conversation_id: str
    reference: str
    state: State
    mode: StartMode | None
    message: str
    """For the visitor, in the configured language."""

    launch_url: str | None = field(repr=False)
    """Opens BankID's app; only for ``same_device``, while the order waits or runs."""

    qr: bool
    """Whether there is a QR frame to show now; only for ``qr``."""

    can_retry: bool
    purpose_title: str
    visible_text: str = field(repr=False)
    """What will be, or was, signed."""


@dataclass(frozen=True, slots=True)
class IdentificationChange:
    """Handed to ``on_change`` after a change was stored."""

    conversation_id: str
    identification: Identification


@dataclass(frozen=True, slots=True)
class VerifiedIdentity:
    """Who signed, and the evidence. For the internal API only; never for a browser, a log or a Rasa slot."""

    reference: str
    level: int
    method: Literal["bankid"]
    personal_identity_number: str = field(repr=False)
    """Twelve digits."""

    name: str = field(repr=False)
    given_name: str = field(repr=False)
    surname: str = field(repr=False)
    completed_at: datetime
    visible_text: str = field(repr=False)
    non_visible_data: str = field(repr=False)
    signature: str = field(repr=False)
    ocsp_response: str = field(repr=False)
