"""Composition root of the action server: the only place in ``actions/`` that reads the environment.

rasa-sdk constructs actions without arguments, so they fetch their collaborators here.
"""

import os
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from actions.clients.cases import CasesClient
from actions.clients.edge import EdgeClient
from actions.clients.own_cases import OwnCasesClient
from actions.knowledge import load_knowledge
from actions.processors import load_processors
from actions.references import ReferenceMint
from actions.services import Services
from privacy.retention import Period
from privacy.swedish_dates import local_date

_ROOT = Path(__file__).parent.parent
_DEVELOPMENT_TOKEN = "development-only-service-token"  # noqa: S105  (production is never started without its own)


@lru_cache(maxsize=1)
def services() -> Services:
    """Return the real collaborators, made once a process.

    Raises:
        KnowledgeError: the policy's answers or the list of subcontractors cannot be used as they stand.
    """
    token = os.environ.get("INSYN_SERVICE_TOKEN", _DEVELOPMENT_TOKEN)
    cases_url = os.environ.get("INSYN_CASES_URL", "http://127.0.0.1:8701")
    policy_dir = Path(os.environ.get("INSYN_POLICY_DIR", _ROOT / "data" / "policy"))
    kept = Period(days=int(os.environ.get("INSYN_RETENTION_CONVERSATION_DAYS", "30")))
    listed = os.environ.get("INSYN_PROCESSORS_FILE")
    return Services(
        edge=EdgeClient(base_url=os.environ.get("INSYN_CHAT_URL", "http://127.0.0.1:8700"), token=token),
        cases=CasesClient(base_url=cases_url, token=token),
        own_cases=OwnCasesClient(base_url=cases_url, token=token),
        knowledge=load_knowledge(policy_dir, conversations_kept=kept),
        references=ReferenceMint(token),
        clock=lambda: datetime.now(UTC),
        processors=load_processors(Path(listed) if listed else None, today=local_date(datetime.now(UTC))),
        conversations_kept=kept,
    )
