"""The company's systems that hold personal data: what, why, for how long, in which role, and where that stands.

Written as data (``data/systems.yml``), read by :mod:`privacy.systems_reading`. Every statement says where it comes
from; what the policy does not say is a statement of its own, so that nobody fills it in by guessing.

Source: GDPR art. 15(1)-(2) (what a person is told), art. 30 (the record of processing).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from privacy.policy import Citation


class Origin(StrEnum):
    """Where a statement comes from."""

    POLICY = "policy"
    """It stands in the policy; the citation is proved."""

    LAW = "law"
    """A statute says it, whether the policy does or not."""

    OWN = "own"
    """This assistant's operator says it about the assistant itself."""

    MISSING = "missing"
    """The policy does not say; the text says that."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One Swedish sentence or phrase about a system, with its source."""

    text: str
    origin: Origin
    citation: Citation | None = None
    """Section, verbatim quote and version, when the policy is the source."""

    law: str | None = None
    """The provision as Swedish legal writing cites it, when a statute is the source."""

    @property
    def is_known(self) -> bool:
        """Whether it says something, rather than that nothing is said."""
        return self.origin is not Origin.MISSING


class Role(StrEnum):
    """What the company is towards the data in a system."""

    CONTROLLER = "controller"
    PROCESSOR = "processor"
    """The data are a client's: the client answers the request, and we forward it."""

    @property
    def label(self) -> str:
        """What an officer or a person reads, in Swedish."""
        return _ROLE_LABELS[self]


_ROLE_LABELS: Final = {Role.CONTROLLER: "personuppgiftsansvarig", Role.PROCESSOR: "personuppgiftsbiträde"}


class Ground(StrEnum):
    """The legal ground on which a system's data are processed (art. 6(1)); the statements say why."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    LEGITIMATE_INTEREST = "legitimate_interest"

    @property
    def label(self) -> str:
        """What a person reads, in Swedish."""
        return _GROUND_LABELS[self]


_GROUND_LABELS: Final = {
    Ground.CONSENT: "samtycke (artikel 6.1 a)",
    Ground.CONTRACT: "avtal (artikel 6.1 b)",
    Ground.LEGAL_OBLIGATION: "rättslig förpliktelse (artikel 6.1 c)",
    Ground.LEGITIMATE_INTEREST: "berättigat intresse (artikel 6.1 f)",
}


class KeptBy(StrEnum):
    """Law that may forbid erasing some of what a system holds."""

    BOOKKEEPING = "bookkeeping"
    """Bokföringslagen 7 kap. 2 §: through the seventh year after the financial year."""

    MONEY_LAUNDERING = "money_laundering"
    """Penningtvättslagen 5 kap. 3-4 §§: five years from the end of the relation, at most ten."""


class Handling(StrEnum):
    """What an officer may have to do in a system; each has its own instruction there."""

    FETCH = "fetch"
    ERASE = "erase"
    RESTRICT = "restrict"
    CORRECT = "correct"
    STOP = "stop"
    """End a processing: marketing, or what rests on consent or legitimate interest."""

    STOP_CALLS = "stop_calls"
    """End marketing calls and text messages to a number; a system that holds none has no instruction for it."""


@dataclass(frozen=True, slots=True)
class System:
    """One system, or one kind of record that is handled as a system."""

    id: str
    """Short and stable: ``mailchimp``, ``call_recordings``."""

    name: str
    description: str
    role: Role
    grounds: tuple[Ground, ...]
    """Empty where the policy names none for this system."""

    holds: tuple[Statement, ...]
    """Categories of personal data (art. 15(1)(b))."""

    purposes: tuple[Statement, ...]
    """Art. 15(1)(a), with the legal grounds."""

    retention: tuple[Statement, ...]
    """Art. 15(1)(d)."""

    sources: tuple[Statement, ...]
    """Where the data come from (art. 15(1)(g))."""

    recipients: tuple[Statement, ...]
    """Who gets them (art. 15(1)(c)), beside those of the register's own."""

    transfers: tuple[Statement, ...]
    """Outside the EU/EEA, with the safeguards (art. 15(1)(c), 15(2))."""

    role_statements: tuple[Statement, ...]
    """Why the role is what it is."""

    is_marketing: bool
    """Whether a no to direct marketing must reach it."""

    connector: str | None
    """Name of the program interface through which it can be worked; None: by hand."""

    kept_by: tuple[KeptBy, ...]
    is_erasable: bool
    """False: everything it holds is covered by :attr:`kept_by`."""

    instructions: dict[Handling, str]
    """How each thing is done by hand, in Swedish."""

    def statements(self) -> Iterator[tuple[str, Statement]]:
        """Yield every statement with the name of the attribute it belongs to."""
        for attribute in STATEMENT_ATTRIBUTES:
            for statement in getattr(self, attribute):
                yield attribute, statement


STATEMENT_ATTRIBUTES: Final = (
    "holds",
    "purposes",
    "retention",
    "sources",
    "recipients",
    "transfers",
    "role_statements",
)


@dataclass(frozen=True, slots=True)
class SystemRegister:
    """All systems, and what holds for every one of them."""

    systems: tuple[System, ...]
    controller: tuple[Statement, ...] = ()
    """Who answers, with address (art. 15 is about them)."""

    recipients: tuple[Statement, ...] = ()
    """Recipients of any personal data: the group, authorities, partners."""

    automated_decisions: tuple[Statement, ...] = ()
    """Art. 15(1)(h)."""

    rights: tuple[Statement, ...] = ()
    """Art. 15(1)(e)-(f): the rights, and the complaint to the authority."""

    def system(self, system_id: str) -> System | None:
        """Return a system by its id."""
        return next((system for system in self.systems if system.id == system_id), None)

    @property
    def marketing(self) -> tuple[System, ...]:
        """The systems that a no to direct marketing must reach."""
        return tuple(system for system in self.systems if system.is_marketing)

    @property
    def reaching_numbers(self) -> tuple[System, ...]:
        """The systems in which a no to calls and text messages is to be done.

        Where the register says of none how that is done, every marketing system: rather one too many than one too few.
        """
        said = tuple(system for system in self.systems if Handling.STOP_CALLS in system.instructions)
        return said or self.marketing


NO_SYSTEMS: Final = SystemRegister(systems=())
"""A register of a company that has entered none."""
