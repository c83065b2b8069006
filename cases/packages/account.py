"""What the person is told, as data: the page and the JSON of a package are both made from this.

Source: GDPR art. 15(1)(a)-(h), 15(2), 20(1).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from privacy.disclosure import NOT_DISCLOSED
from privacy.request_types import RequestType, rule_for
from privacy.systems import Statement, System, SystemRegister


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a conversation with the assistant."""

    sender: str
    text: str = field(repr=False)
    at: datetime
    verdict: str | None = None
    """What the person thought of the answer, in words; None if they said nothing."""


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation with the assistant."""

    reference: str
    """The case that it led to."""

    messages: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """One request of the person's, as the case system holds it."""

    reference: str
    request_type: RequestType
    status: str
    resolution: str | None
    channel: str
    received_at: datetime
    due_on: date
    words: tuple[tuple[str, str], ...] = field(repr=False)
    """Question and the person's own answer."""

    signed_text: str | None = field(default=None, repr=False)
    """What was signed with BankID; the signature itself is kept beside it."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of the package that came from elsewhere."""

    path: str
    title: str = field(repr=False)
    source: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Account:
    """Everything that a package says."""

    reference: str
    request_type: RequestType
    made_at: datetime
    received_on: date
    name: str | None = field(repr=False)
    personal_identity_number: str | None = field(repr=False)
    contact_email: str | None = field(repr=False)
    requests: tuple[OwnRequest, ...] = field(repr=False)
    talks: tuple[Talk, ...] = field(repr=False)
    blocked_addresses: tuple[str, ...] = field(repr=False)
    systems: tuple[System, ...]
    """The systems in which there is something about the person, as the officer found."""

    register: SystemRegister
    attachments: tuple[Attachment, ...] = ()

    @property
    def title(self) -> str:
        """What the person asked for, in Swedish."""
        return rule_for(self.request_type).title

    @property
    def not_disclosed(self) -> str:
        """The sentence that stands in every package."""
        return NOT_DISCLOSED

    def own_data(self) -> dict[str, Any]:
        """Return what the assistant itself holds, as JSON takes it."""
        return {
            "namn": self.name,
            "personnummer": self.personal_identity_number,
            "e-post": self.contact_email,
            "begäranden": [_request(one) for one in self.requests],
            "samtal": [
                {
                    "ärende": talk.reference,
                    "meddelanden": [_said(said) for said in talk.messages],
                }
                for talk in self.talks
            ],
            "reklamspärrar": list(self.blocked_addresses),
        }

    def as_json(self) -> dict[str, Any]:
        """Return the whole account as JSON takes it; keys are Swedish, since the person reads them."""
        about: dict[str, Any] = {
            "ärende": self.reference,
            "begäran": self.title,
            "inkom": self.received_on.isoformat(),
            "framställt": self.made_at.isoformat(),
            "omfattas_inte": self.not_disclosed,
            "uppgifter_i_assistenten": self.own_data(),
            "bilagor": [{"fil": one.path, "källa": one.source, "byte": one.size_bytes} for one in self.attachments],
        }
        if self.request_type is RequestType.ACCESS:
            register = self.register
            about |= {
                "personuppgiftsansvarig": _texts(register.controller),
                "mottagare": _texts(register.recipients),
                "automatiserade_beslut": _texts(register.automated_decisions),
                "rättigheter": _texts(register.rights),
                "system": [_system(one) for one in self.systems],
            }
        return about


def _said(said: Said) -> dict[str, Any]:
    one = {"från": said.sender, "text": said.text, "tid": said.at.isoformat()}
    return one if said.verdict is None else one | {"omdöme": said.verdict}


def _request(one: OwnRequest) -> dict[str, Any]:
    return {
        "ärende": one.reference,
        "typ": rule_for(one.request_type).title,
        "status": one.status,
        "beslut": one.resolution,
        "väg_in": one.channel,
        "inkom": one.received_at.isoformat(),
        "svar_senast": one.due_on.isoformat(),
        "svar_på_frågor": [{"fråga": question, "svar": answer} for question, answer in one.words],
        "undertecknad_text": one.signed_text,
    }


def _system(system: System) -> dict[str, Any]:
    return {
        "namn": system.name,
        "beskrivning": system.description,
        "roll": system.role.label,
        "roll_därför": _texts(system.role_statements),
        "rättslig_grund": [ground.label for ground in system.grounds],
        "ändamål": _texts(system.purposes),
        "kategorier": _texts(system.holds),
        "mottagare": _texts(system.recipients),
        "lagringstid": _texts(system.retention),
        "källor": _texts(system.sources),
        "överföring_utanför_eu": _texts(system.transfers),
    }


def _texts(statements: Sequence[Statement]) -> list[str]:
    return [statement.text for statement in statements]
