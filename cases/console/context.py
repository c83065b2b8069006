"""What every page of the console works with, put together once in :func:`cases.console.app.mount`."""

import random as randomness
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from fastapi import Request

from cases.checklists import Checklists
from cases.config import CasesConfig
from cases.connectors.interface import Operation
from cases.connectors.orders import Orders
from cases.connectors.reconciliation import Reconciliation
from cases.console.edge_client import EdgeClient
from cases.console.login import Login
from cases.console.order_lines import Connected
from cases.console.rendering import Templates
from cases.console.sessions import StaffSessions
from cases.establishing import IdentityRegister
from cases.files.service import CaseFiles
from cases.letters.service import Letters
from cases.number_tasks import NumberTasks
from cases.own_conversations import OwnConversations
from cases.packages.service import Packages
from cases.service import CaseService
from cases.shown_conversations import ShownConversations
from foundation.clock import Clock
from foundation.database import Sessions
from privacy.swedish_dates import local_date


@dataclass(frozen=True, slots=True)
class Console:
    """The collaborators of the console's pages."""

    config: CasesConfig
    service: CaseService
    files: CaseFiles
    letters: Letters
    packages: Packages
    own_conversations: OwnConversations
    shown_conversations: ShownConversations
    checklists: Checklists
    orders: Orders
    number_tasks: NumberTasks
    reconciliation: Reconciliation
    connected: Connected
    identities: IdentityRegister
    sessions: Sessions
    staff_sessions: StaffSessions
    login: Login
    edge: EdgeClient
    topic_titles: Mapping[str, str]
    """What the policy's topics are called, by intent."""

    templates: Templates
    clock: Clock
    random: randomness.Random

    def now(self) -> datetime:
        """Return the present instant."""
        return self.clock()

    def today(self) -> date:
        """Return the present Swedish date."""
        return local_date(self.clock())

    @property
    def marketing_systems(self) -> tuple[str, ...]:
        """The connected systems that a no to marketing goes to."""
        return tuple(system for system, operations in self.connected.items() if Operation.SUPPRESS in operations)

    @property
    def origin(self) -> str:
        """Where staff reach the console: scheme and host."""
        parts = urlsplit(self.config.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach the console over TLS, so that its cookies may demand it."""
        return self.config.public_url.startswith("https://")


def console_of(request: Request) -> Console:
    """Return the collaborators, as a FastAPI dependency."""
    console: Console = request.app.state.console
    return console
