"""The collaborators of the actions, in one hand so that each action takes one thing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from actions.clients.cases import Cases
from actions.clients.edge import Edge
from actions.knowledge import Knowledge
from actions.references import ReferenceMint


@dataclass(frozen=True, slots=True)
class Services:
    """What the actions work with."""

    edge: Edge
    cases: Cases
    knowledge: Knowledge
    references: ReferenceMint
    clock: Callable[[], datetime]
    """Returns the present instant, in UTC."""
