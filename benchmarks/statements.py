"""The SQL statements of one registration, as pgbench can run them: taken down while the service registers a case."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime
from typing import Any, Final

import psycopg
from sqlalchemy import event

from cases.drafts import CaseDraft, Channel, Evidence, IdentificationMethod, Identity
from cases.service import CaseService
from foundation.clock import system_clock
from foundation.database import create_engine, session_factory
from insyn.services import cases_config
from insyn.settings import Settings
from privacy.calendar import WorkingCalendar
from privacy.references import new_case_reference
from privacy.request_types import IdentityLevel, RequestType

_UUID: Final = re.compile(r"'[0-9a-f]{32}'::uuid")
"""Of a message: each run needs one of its own."""


async def registration_script(url: str, connection: psycopg.Connection[Any]) -> str:
    """Return the statements of one registration, begin and commit included, with their values written out.

    The case's own id and reference differ from run to run: the reference is made of pgbench's random number, the id is
    the one that the insert gave.
    """
    settings = Settings(_env_file=None, database_url=url)
    engine = create_engine(url, pool_size=1)
    taken: list[tuple[str, Any]] = []
    draft = _draft()
    service = CaseService(
        session_factory(engine),
        key_ring=settings.key_ring(),
        clock=system_clock,
        calendar=WorkingCalendar(),
        systems=cases_config(settings).systems,
    )

    def take_down(*parts: Any) -> None:
        taken.append((parts[2], parts[3]))

    event.listen(engine.sync_engine, "before_cursor_execute", take_down)
    await service.register(draft)
    event.remove(engine.sync_engine, "before_cursor_execute", take_down)
    await engine.dispose()
    row = connection.execute("SELECT id FROM cases.privacy_case WHERE reference = %s", [draft.reference]).fetchone()
    case_id = str(row[0]) if row else ""
    cursor = psycopg.ClientCursor(connection)
    lines = [r"\set number random(1, 9000000000000000)", "BEGIN;"]
    for statement, values in taken:
        for one in values if isinstance(values, list) else [values]:
            written = cursor.mogrify(statement, one)
            written = written.replace(f"'{draft.reference}'", "'AR-' || :number").replace("\n", " ")
            written = _UUID.sub("gen_random_uuid()", written)
            is_insert_of_case = "INTO cases.privacy_case" in written
            if not is_insert_of_case:
                written = written.replace(f"{case_id}::BIGINT", ":id")
            lines.append(written + (r" \gset" if is_insert_of_case else ";"))
    return "\n".join([*lines, "COMMIT;", ""])


def _draft() -> CaseDraft:
    at = datetime(2026, 3, 5, 9, 12, tzinfo=UTC)
    return CaseDraft(
        reference=new_case_reference(random.SystemRandom()),
        request_type=RequestType.ACCESS,
        received_at=at,
        channel=Channel.CHAT,
        details={"scope": "Allt ni har om mig"},
        contact_email="karl@example.se",
        identity=Identity(
            IdentityLevel.STRONG,
            IdentificationMethod.BANKID,
            personal_identity_number="199908072391",
            name="Karl Karlsson",
            verified_at=at,
            evidence=Evidence("Jag begär tillgång", "{}", "c2lnbmF0dXJl" * 600, "b2NzcA==" * 200),
        ),
    )
