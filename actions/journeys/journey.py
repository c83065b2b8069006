"""What a journey is made of."""

from collections.abc import Callable
from dataclasses import dataclass

from actions import reading
from actions.texts import PATTERNS
from actions.utterance import Utterance
from privacy.request_types import RequestRule, RequestType, rule_for

Reader = Callable[[Utterance], str | None]


def nothing(_said: Utterance) -> str | None:
    """Find nothing."""
    return None


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to ask for."""

    slot: str
    read: Reader
    """Reads the answer when it was asked for."""

    in_passing: Reader = nothing
    """Finds it in the sentence that began the request, so that it is not asked again."""

    is_free_text: bool = True
    """Whether the answer is in the visitor's own words, so that nearly everything is an answer."""


@dataclass(frozen=True, slots=True)
class Journey:
    """One type of request, from wish to confirmation."""

    request_type: RequestType
    intent: str
    fields: tuple[Field, ...]

    @property
    def form(self) -> str:
        """The form that fills it in."""
        return f"{self.request_type}_form"

    @property
    def rule(self) -> RequestRule:
        """What the law and the project say about this type of request."""
        return rule_for(self.request_type)

    def field(self, slot: str | None) -> Field | None:
        """Return the field of a slot."""
        return next((field for field in self.fields if field.slot == slot), None)


CONTACT_EMAIL = Field("contact_email", reading.email_in, in_passing=reading.email_in, is_free_text=False)


def email_or_skip(said: Utterance) -> str | None:
    """Read an address that may be left out."""
    address = reading.email_in(said)
    if address or "@" in said.text:
        return address
    if PATTERNS["no_email"].search(said.lowered):
        return reading.SKIPPED
    return reading.SKIPPED if reading.skippable_answer(said) == reading.SKIPPED else None


OPTIONAL_EMAIL = Field("contact_email", email_or_skip, in_passing=reading.email_in, is_free_text=False)
CLIENT_COMPANY = Field("client_company", reading.client_company_answer, in_passing=reading.client_company_in_passing)
"""Asked only where the data may be a client's (payroll, an employer's bookkeeping); stands after what says so."""

SCOPE = Field("scope", reading.scope_answer, in_passing=reading.scope_in_passing)
REASON = Field("reason", reading.skippable_answer, in_passing=reading.reason_in_passing)
