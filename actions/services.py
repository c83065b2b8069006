"""The collaborators of the actions, in one hand so that each action takes one thing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from actions.clients.cases import Cases
from actions.clients.edge import Edge
from actions.clients.own_cases import OwnCases
from actions.knowledge import Knowledge
from actions.processors import ProcessorList
from actions.references import ReferenceMint
from privacy.retention import Period, RetentionPeriods


@dataclass(frozen=True, slots=True)
class Services:
    """What the actions work with."""

    edge: Edge
    cases: Cases
    knowledge: Knowledge
    references: ReferenceMint
    own_cases: OwnCases
    clock: Callable[[], datetime]
    """Returns the present instant, in UTC."""

    processors: ProcessorList | None = None
    """The list of subcontractors, None when the operator has entered none."""

    conversations_kept: Period = RetentionPeriods().conversations
    """How long a conversation is kept, as retention has it."""
