"""Where a case is, how it ended, and who may move it.

*Status* (where the case is) is apart from *resolution* (how it ended). Only a person sets a resolution: art. 22 GDPR,
and the project's own line that the assistant decides nothing. Whose request it is may take it back, and nothing else.

    received ──► awaiting_identity ⇄ awaiting_clarification
       │               │                   │
       └──────────► in_progress ◄──────────┘
                       │   │
                       │   └──► extended (once, with reasons, art. 12(3))
                       ▼         │
                    decided ◄────┘   (carries a resolution)
                       │
                    closed  ──► in_progress   (reopened by an officer)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from privacy.errors import TransitionNotAllowedError


class CaseStatus(StrEnum):
    """Where the case is."""

    RECEIVED = "received"
    AWAITING_IDENTITY = "awaiting_identity"
    AWAITING_CLARIFICATION = "awaiting_clarification"
    IN_PROGRESS = "in_progress"
    EXTENDED = "extended"
    DECIDED = "decided"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """What a person reads, in Swedish."""
        return _STATUS_LABELS[self]

    @property
    def is_open(self) -> bool:
        """Whether an answer is still owed."""
        return self not in {CaseStatus.DECIDED, CaseStatus.CLOSED}

    @property
    def is_waiting_for_person(self) -> bool:
        """Whether the next step is the data subject's."""
        return self in {CaseStatus.AWAITING_IDENTITY, CaseStatus.AWAITING_CLARIFICATION}


class Resolution(StrEnum):
    """How the case ended."""

    GRANTED = "granted"
    PARTLY_GRANTED = "partly_granted"
    REFUSED = "refused"
    FORWARDED = "forwarded"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """What a person reads, in Swedish."""
        return _RESOLUTION_LABELS[self]


class ActorKind(StrEnum):
    """Who makes a change."""

    SYSTEM = "system"
    """Our own code on nobody's order: the assistant, a job."""

    CASE_OFFICER = "case_officer"
    """A person on the staff, logged in."""

    DATA_SUBJECT = "data_subject"
    """Whose request it is, identified as surely as when they made it. May withdraw it, and decide no more."""

    @property
    def is_person(self) -> bool:
        """Whether the actor may decide how a case ends."""
        return self is not ActorKind.SYSTEM


_STATUS_LABELS: Final = MappingProxyType(
    {
        CaseStatus.RECEIVED: "Mottagen",
        CaseStatus.AWAITING_IDENTITY: "Inväntar identitet",
        CaseStatus.AWAITING_CLARIFICATION: "Inväntar precisering",
        CaseStatus.IN_PROGRESS: "Under handläggning",
        CaseStatus.EXTENDED: "Förlängd",
        CaseStatus.DECIDED: "Beslutad",
        CaseStatus.CLOSED: "Avslutad",
    }
)

_RESOLUTION_LABELS: Final = MappingProxyType(
    {
        Resolution.GRANTED: "Bifallen",
        Resolution.PARTLY_GRANTED: "Delvis bifallen",
        Resolution.REFUSED: "Avslagen",
        Resolution.FORWARDED: "Vidarebefordrad",
        Resolution.WITHDRAWN: "Återkallad",
    }
)

_ANYONE: Final = frozenset(ActorKind)
_OURS: Final = frozenset({ActorKind.SYSTEM, ActorKind.CASE_OFFICER})
_OFFICER: Final = frozenset({ActorKind.CASE_OFFICER})
_PEOPLE: Final = frozenset(kind for kind in ActorKind if kind.is_person)


@dataclass(frozen=True, slots=True)
class Transition:
    """One allowed step."""

    source: CaseStatus
    target: CaseStatus
    allowed_to: frozenset[ActorKind]
    needs_resolution: bool = False
    needs_note: bool = False
    """Whether the step must carry its reason: extensions by art. 12(3), reopening by our own rule."""


def _allowed() -> Iterator[Transition]:
    status = CaseStatus
    waiting = (status.AWAITING_IDENTITY, status.AWAITING_CLARIFICATION)
    for source in (status.RECEIVED, status.IN_PROGRESS, status.EXTENDED, *waiting):
        for target in waiting:
            if source is not target:
                yield Transition(source, target, _OFFICER, needs_note=True)
    yield Transition(status.RECEIVED, status.IN_PROGRESS, _OFFICER)
    # The person's answer may arrive through the assistant: it ends the wait, and decides nothing.
    for source in waiting:
        yield Transition(source, status.IN_PROGRESS, _ANYONE)
        yield Transition(source, status.EXTENDED, _OFFICER, needs_note=True)
    yield Transition(status.RECEIVED, status.EXTENDED, _OFFICER, needs_note=True)
    yield Transition(status.IN_PROGRESS, status.EXTENDED, _OFFICER, needs_note=True)
    for source in status:
        if source.is_open:
            yield Transition(source, status.DECIDED, _PEOPLE, needs_resolution=True)
    yield Transition(status.DECIDED, status.CLOSED, _OURS)
    yield Transition(status.DECIDED, status.IN_PROGRESS, _OFFICER, needs_note=True)
    yield Transition(status.CLOSED, status.IN_PROGRESS, _OFFICER, needs_note=True)


TRANSITIONS: Final = MappingProxyType({(step.source, step.target): step for step in _allowed()})
"""Every allowed step, by where it starts and ends."""


def next_statuses(source: CaseStatus, *, actor: ActorKind) -> tuple[CaseStatus, ...]:
    """Return where this actor may take a case from here, in the order of the enumeration."""
    return tuple(
        target
        for target in CaseStatus
        if (step := TRANSITIONS.get((source, target))) is not None and actor in step.allowed_to
    )


def check_transition(
    source: CaseStatus,
    target: CaseStatus,
    *,
    actor: ActorKind,
    resolution: Resolution | None,
    note: str | None,
) -> Transition:
    """Return the step, or say which part of it is not allowed.

    Raises:
        TransitionNotAllowedError: the table has no such step, this actor may not make it, or it lacks (or must not
            carry) a resolution or a note.
    """
    step = TRANSITIONS.get((source, target))
    if step is None:
        raise TransitionNotAllowedError(source, target, "no such step")
    if resolution is not None and not actor.is_person:
        raise TransitionNotAllowedError(source, target, "only a person sets a resolution")
    if actor is ActorKind.DATA_SUBJECT and resolution not in {None, Resolution.WITHDRAWN}:
        raise TransitionNotAllowedError(source, target, "a data subject may only withdraw")
    if actor not in step.allowed_to:
        raise TransitionNotAllowedError(source, target, f"not allowed to a {actor}")
    if step.needs_resolution and resolution is None:
        raise TransitionNotAllowedError(source, target, "a resolution is missing")
    if resolution is not None and not step.needs_resolution:
        raise TransitionNotAllowedError(source, target, "this step carries no resolution")
    if step.needs_note and not (note and note.strip()):
        raise TransitionNotAllowedError(source, target, "a note is missing")
    return step
