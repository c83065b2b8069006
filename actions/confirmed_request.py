"""A request between the visitor's confirmation and the case: frozen, so that every attempt registers the same."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from rasa_sdk import Tracker

from actions.texts import SIGNING_LABELS, SIGNING_TEXT
from privacy.request_types import RequestRule, RequestType, rule_for
from privacy.swedish_dates import local_date, swedish_date

SLOT = "confirmed_request"


@dataclass(frozen=True, slots=True)
class ConfirmedRequest:
    """What the visitor confirmed. Who the visitor is never stands here."""

    reference: str
    request_type: str
    received_at: str
    """ISO 8601: the first message that expressed the request."""

    details: dict[str, str] = field(repr=False)
    contact_email: str | None = field(repr=False)
    waits_for: Literal["identification", "registration"]
    duplicate: str | None = None
    """An open case of the same kind that was put to the visitor, or ``new``: they want one of its own."""

    @classmethod
    def from_tracker(cls, tracker: Tracker) -> "ConfirmedRequest | None":
        """Return the request that is on its way, if one is."""
        value = tracker.get_slot(SLOT)
        return cls(**value) if value else None

    def as_slot(self) -> dict[str, Any]:
        """Return it as the slot keeps it."""
        return asdict(self)

    @property
    def rule(self) -> RequestRule:
        """What is particular about this type of request."""
        return rule_for(RequestType(self.request_type))

    def signing_text(self, *, controller: str) -> str:
        """Return what the visitor reads in BankID and signs: the request itself."""
        answers = {**self.details, "contact_email": self.contact_email}
        lines = [f"{SIGNING_LABELS[key]}: {value}" for key, value in answers.items() if value and key in SIGNING_LABELS]
        return SIGNING_TEXT.format(
            controller=controller,
            title=self.rule.title,
            article=self.rule.article,
            details="\n".join(lines),
            reference=self.reference,
            date=swedish_date(local_date(datetime.fromisoformat(self.received_at))),
        )
