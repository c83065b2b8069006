"""A case system on a database of its own, and requests to put into it."""

import itertools
import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from cases.app import create_app
from cases.config import CasesConfig
from cases.drafts import CaseDraft, Channel, Evidence, IdentificationMethod, Identity
from cases.establishing import IdentityRegister
from cases.jobs import Workload, build_app
from cases.service import CaseService
from foundation.database import Sessions
from foundation.encryption import KeyRing
from privacy.calendar import WorkingCalendar
from privacy.references import new_case_reference
from privacy.request_types import IdentityLevel, RequestType

TOKEN = "a service token for tests"
KARL = "199908072391"
KARL_NAME = "Karl Testsson"
CONVERSATION = UUID("2f5c8a52-90f6-4b58-8d06-1f0c1d5f7c11")


@pytest.fixture
def references() -> Iterator[str]:
    """An endless supply of references, the same at every run."""
    source = random.Random(7)
    return (new_case_reference(source) for _ in itertools.count())


@pytest.fixture
def service(sessions: Sessions, key_ring: KeyRing, clock) -> CaseService:
    return CaseService(sessions, key_ring=key_ring, clock=clock, calendar=WorkingCalendar())


@pytest.fixture
def identities(sessions: Sessions, key_ring: KeyRing, clock) -> IdentityRegister:
    return IdentityRegister(sessions, key_ring=key_ring, clock=clock, calendar=WorkingCalendar())


@pytest.fixture
def draft(references) -> CaseDraft:
    """Karl wants to see what there is about him, and has signed that with BankID."""
    return CaseDraft(
        reference=next(references),
        request_type=RequestType.ACCESS,
        received_at=datetime(2026, 3, 5, 9, 12, tzinfo=UTC),
        channel=Channel.CHAT,
        conversation_id=CONVERSATION,
        details={"scope": "Allt om lönen och hunden Bosse"},
        contact_email="karl@example.se",
        identity=Identity(
            level=IdentityLevel.STRONG,
            method=IdentificationMethod.BANKID,
            personal_identity_number=KARL,
            name=KARL_NAME,
            verified_at=datetime(2026, 3, 5, 9, 14, 31, tzinfo=UTC),
            evidence=Evidence("Jag begär tillgång", "{}", "c2lnbmF0dXI=", "b2NzcA=="),
        ),
    )


@pytest.fixture
def another(draft: CaseDraft, references):
    """Make a further draft like ``draft``, with a reference of its own."""

    def make(**changes) -> CaseDraft:
        return replace(draft, **({"reference": next(references)} | changes))

    return make


@pytest.fixture
def config(database_url: str, key_ring: KeyRing) -> CasesConfig:
    return CasesConfig(database_url=database_url, key_ring=key_ring, service_tokens=(TOKEN, "the next token"))


@pytest.fixture
async def app(config: CasesConfig, clock) -> AsyncIterator[FastAPI]:
    app = create_app(config, clock=clock)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def api(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the API that has a token."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://cases", headers=headers) as client:
        yield client


@pytest.fixture
def minute_job(config: CasesConfig, clock):
    """Have a worker do what it does every minute."""

    async def work() -> None:
        workload = Workload(config, clock=clock)
        app = build_app(config, workload=workload)
        async with workload.open(), app.open_async():
            await app.tasks["cases.keep_queue"].defer_async(timestamp=0)
            await app.run_worker_async(queues=["periodic"], wait=False, install_signal_handlers=False)

    return work


def body_of(**changes) -> dict:
    """Return the body of a ``PUT /api/v1/cases/{reference}``."""
    return {
        "request_type": "access",
        "received_at": "2026-03-05T09:12:00Z",
        "channel": "chat",
        "conversation_id": str(CONVERSATION),
        "details": {"scope": "Allt om lönen och hunden Bosse"},
        "contact_email": "karl@example.se",
        "identity": {
            "level": 2,
            "method": "bankid",
            "personal_identity_number": KARL,
            "name": KARL_NAME,
            "verified_at": "2026-03-05T09:14:31Z",
            "evidence": {
                "visible_text": "Jag begär tillgång",
                "non_visible_data": "{}",
                "signature": "c2lnbmF0dXI=",
                "ocsp_response": "b2NzcA==",
            },
        },
    } | changes
