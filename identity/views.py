"""What the broker gives to others: frozen, without rows, without secrets of BankID's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

StartMode = Literal["qr", "same_device"]
"""How BankID is opened."""

Mode = Literal["qr", "same_device", "email"]
EMAIL: Final = "email"


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
    mode: Mode | None
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

    by_email: bool
    """Whether a code by e-mail is enough, and can be had."""

    email: str = field(repr=False)
    """Where the code goes or went; empty while nobody has said."""

    ends_in_s: int | None = None
    """Seconds until it ends if the visitor does nothing more; None when nothing is waited for."""

    @property
    def reached_level(self) -> int:
        """How sure it is who the visitor is: 2 BankID, 1 control of an address, 0 nothing yet."""
        if self.state is not State.COMPLETE:
            return 0
        return 1 if self.mode == EMAIL else 2


@dataclass(frozen=True, slots=True)
class IdentificationChange:
    """Handed to ``on_change`` after a change was stored."""

    conversation_id: str
    identification: Identification


@dataclass(frozen=True, slots=True)
class VerifiedIdentity:
    """Who it is and what shows it. For the internal API only; never for a browser, a log or a Rasa slot.

    Of a code by e-mail there is the address, of BankID everything else.
    """

    reference: str
    level: int
    method: Literal["bankid", "email_code"]
    completed_at: datetime
    visible_text: str = field(repr=False)
    email: str | None = field(default=None, repr=False)
    """The address that the visitor has shown to read; that it is the data subject's own nobody has shown."""

    personal_identity_number: str | None = field(default=None, repr=False)
    """Twelve digits."""

    name: str | None = field(default=None, repr=False)
    given_name: str | None = field(default=None, repr=False)
    surname: str | None = field(default=None, repr=False)
    non_visible_data: str | None = field(default=None, repr=False)
    signature: str | None = field(default=None, repr=False)
    ocsp_response: str | None = field(default=None, repr=False)
