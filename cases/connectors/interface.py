"""What every connector can be asked, and what it answers.

Each operation is idempotent: asked again, it changes nothing more and says so. A connector blocks; call it from a
thread.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable


class Operation(StrEnum):
    """What a connector is asked to do."""

    FIND = "find"
    EXPORT = "export"
    SUPPRESS = "suppress"
    """Stop all marketing to an address."""

    ERASE = "erase"
    """Delete for good."""


class Outcome(StrEnum):
    """What came of it."""

    DONE = "done"
    ALREADY = "already"
    """It was so before: nothing was changed."""

    ABSENT = "absent"
    """The system knows nobody with that address."""


@dataclass(frozen=True, slots=True)
class Found:
    """One record of a person in a system."""

    id: str
    """The system's own."""

    where: str
    """The part of the system: an audience, ``contacts``, ``candidates``."""

    status: str = ""
    """As the system calls it: ``subscribed``, ``archived`` …"""


@dataclass(frozen=True, slots=True)
class Answer:
    """The receipt's content: what was done, by the system's own names."""

    outcome: Outcome
    records: tuple[Found, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """Everything that a system has about a person, as a file."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Export:
    """The outcome of an export; no files when the person is not there."""

    answer: Answer
    files: tuple[ExportedFile, ...] = ()


class Connector(Protocol):
    """One system, by its documented API. Every method raises :class:`cases.connectors.errors.ConnectorError`."""

    @property
    def system(self) -> str:
        """Its id in the register of systems."""

    @property
    def operations(self) -> frozenset[Operation]:
        """What it can do; anything else raises :class:`cases.connectors.errors.NotSupportedError`."""

    def find(self, address: str) -> Sequence[Found]:
        """Return the records with that e-mail address."""

    def export(self, address: str) -> Export:
        """Return everything that the system has about whoever has that address."""

    def suppress(self, address: str) -> Answer:
        """Stop all marketing to the address; who is not there is not entered in order to be blocked."""

    def erase(self, address: str) -> Answer:
        """Delete every record with that address for good."""


@runtime_checkable
class MarketingConnector(Connector, Protocol):
    """A system that sends marketing, and can be asked who would still get it."""

    def reachable(self, addresses: Iterable[str]) -> Sequence[str]:
        """Return those of the addresses that would still be sent marketing."""


def as_json(answer: Answer) -> Mapping[str, object]:
    """Return an answer as it is kept (sealed)."""
    records = [{"id": found.id, "where": found.where, "status": found.status} for found in answer.records]
    return {"outcome": answer.outcome.value, "records": records}
