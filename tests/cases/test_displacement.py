"""Whatever unverified filings come before and after: a verified one becomes a case, and is the one that is offered."""

import asyncio
import itertools
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.drafts import NOBODY, IdentificationMethod, Identity
from cases.own_cases import OwnCases, Person
from cases.service import CaseService
from foundation.database import create_engine, session_factory
from privacy.calendar import WorkingCalendar
from privacy.request_types import IdentityLevel, RequestType

pytestmark = pytest.mark.database

KINDS = (RequestType.ACCESS, RequestType.ERASURE)
people = itertools.count(1)
filings = st.lists(
    st.tuples(
        st.sampled_from(["nobody", "nobody with the name", "code", "signed"]),
        st.sampled_from(KINDS),
        st.sampled_from(["{}@example.se", "{}@EXAMPLE.se", None]),
    ),
    max_size=8,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filed=filings)
def test_an_unverified_filing_neither_displaces_nor_blocks_a_verified_one(
    filed, database_url, key_ring, clock, another
):
    name = f"karl{next(people)}"
    signed = Identity(
        IdentityLevel.STRONG,
        IdentificationMethod.BANKID,
        personal_identity_number=f"1999{next(people):08d}",
        verified_at=datetime(2026, 3, 5, tzinfo=UTC),
    )
    identities = {
        "nobody": NOBODY,
        "nobody with the name": replace(NOBODY, name="Karl Testsson"),
        "code": Identity(IdentityLevel.CONTACT, IdentificationMethod.EMAIL_CODE),
        "signed": signed,
    }
    drafts = [
        another(identity=identities[who], request_type=kind, contact_email=email and email.format(name))
        for who, kind, email in filed
    ]

    async def check(service: CaseService, own: OwnCases) -> None:
        for draft in drafts:
            assert (await service.register(draft)).created
        for kind in KINDS:
            verified = {draft.reference for draft in drafts if draft.identity is signed and draft.request_type is kind}
            offered = await own.find(Person(signed), request_type=kind, open_only=True)
            assert {case.reference for case in offered} == verified
        assert await own.find(Person(NOBODY, f"{name}@example.se")) == []

    asyncio.run(_with_services(database_url, check, key_ring=key_ring, clock=clock, calendar=WorkingCalendar()))


async def _with_services(database_url, check, **parts):
    engine = create_engine(database_url)
    try:
        await check(
            CaseService(session_factory(engine), **parts),
            OwnCases(session_factory(engine), **parts),
        )
    finally:
        await engine.dispose()
