"""What a case takes on the disk: signed as in the chat, opened, answered by letter, with its history."""

from __future__ import annotations

import random
from collections.abc import Mapping
from uuid import UUID, uuid4

import psycopg

from cases.drafts import Actor, CaseDraft, Channel, Evidence, IdentificationMethod, Identity
from cases.letters.service import Filling, Letters
from cases.letters.templates import load_letters
from cases.letters.ways import LetterWay
from cases.service import CaseService
from foundation.clock import system_clock
from foundation.database import create_engine, libpq_url, session_factory
from insyn.settings import ROOT, Settings
from privacy.calendar import WorkingCalendar
from privacy.letters import LetterKind
from privacy.references import new_case_reference
from privacy.request_types import IdentityLevel, RequestType

OFFICER = Actor.officer("4")
TABLES = ("privacy_case", "case_event", "case_evidence", "case_letter", "outbox_message")


class _Chat:
    async def post_letter(self, conversation_id: UUID, text: str, *, officer_name: str, client_id: UUID) -> None:
        """Take the letter: what a chat keeps of it is no part of the case."""


async def work(url: str, number: int, evidence: Mapping[str, str]) -> None:
    """Register that many signed requests, open each once, and acknowledge it by letter in the chat."""
    engine = create_engine(url)
    sessions, settings = session_factory(engine), Settings(_env_file=None)
    parts = {"key_ring": settings.key_ring(), "clock": system_clock, "calendar": WorkingCalendar()}
    service = CaseService(sessions, **parts)
    templates = load_letters(ROOT / "data" / "letters", policy_dir=ROOT / "data" / "policy")
    letters = Letters(sessions, **parts, templates=templates, mailer=None, chat=_Chat())
    source, filling = random.Random(1), Filling(LetterKind.ACKNOWLEDGEMENT)
    for person in range(number):
        reference, now = new_case_reference(source), system_clock()
        identity = Identity(
            level=IdentityLevel.STRONG,
            method=IdentificationMethod.BANKID,
            personal_identity_number=f"1990{person:08d}",
            name="Karl Karlsson",
            verified_at=now,
            evidence=Evidence(**evidence),
        )
        draft = CaseDraft(
            reference=reference,
            request_type=RequestType.ACCESS,
            received_at=now,
            channel=Channel.CHAT,
            conversation_id=uuid4(),
            details={"scope": "Allt ni har om mig"},
            contact_email=f"{person}@example.se",
            identity=identity,
        )
        await service.register(draft)
        await service.open_file(reference, actor=OFFICER)
        letter = (await letters.fill(reference, filling)).letter
        about = {"letter_id": uuid4(), "way": LetterWay.CHAT}
        await letters.send(reference, filling, letter, **about, actor=OFFICER, officer_name="Anna")
    await engine.dispose()


def bytes_a_case(owner_url: str, number: int) -> dict[str, tuple[float, float]]:
    """Return what each table takes, its long values included, and its indexes, in bytes a case."""
    sizes = {}
    with psycopg.connect(libpq_url(owner_url), autocommit=True) as connection:
        for table in TABLES:
            connection.execute(f"VACUUM ANALYZE cases.{table}")
            row = connection.execute(
                "SELECT pg_table_size(%(table)s), pg_indexes_size(%(table)s)", {"table": f"cases.{table}"}
            ).fetchone()
            sizes[table] = (row[0] / number, row[1] / number) if row else (0.0, 0.0)
    return sizes
