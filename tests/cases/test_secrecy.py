"""What the database holds about a person cannot be read without the keys."""

import logging

import pytest
from sqlalchemy import text

from cases.drafts import Actor, MarketingBlockDraft, MarketingChannel
from cases.service import CaseService
from cases.views import CaseFilter
from foundation.encryption import KeyRing
from foundation.errors import DecryptionError
from privacy.calendar import WorkingCalendar
from privacy.case_states import CaseStatus
from tests.cases.conftest import KARL, KARL_NAME

pytestmark = pytest.mark.database

OFFICER = Actor.officer("4")
SECRETS = (KARL, KARL_NAME, "Testsson", "Bosse", "karl@example.se", "Jag begär tillgång", "c2lnbmF0dXI=", "spärra.mig")
TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'cases' AND table_type = 'BASE TABLE'"


@pytest.fixture
async def worked_case(service, draft):
    await service.register(draft)
    await service.add_note(draft.reference, "Karl Testsson ringde om Bosse", actor=OFFICER)
    await service.transition(draft.reference, to=CaseStatus.EXTENDED, version=1, actor=OFFICER, note="Bosse är svår")
    block = MarketingBlockDraft(draft.reference, MarketingChannel.EMAIL, "spärra.mig@example.se", draft.received_at)
    await service.block_marketing(block)
    return draft


async def test_no_table_shows_a_number_a_name_an_address_or_a_word(sessions, worked_case):
    async with sessions() as session:
        tables = (await session.scalars(text(TABLES))).all()
        assert {"privacy_case", "case_event", "case_note", "case_evidence", "marketing_block"} <= set(tables)
        for table in tables:
            rows = (await session.scalars(text(f"SELECT t::text FROM cases.{table} t"))).all()  # noqa: S608
            for secret in SECRETS:
                for shown in (secret, secret.encode().hex()):
                    assert not any(shown in row for row in rows), (table, secret)


async def test_nothing_personal_is_logged(service, draft, caplog):
    with caplog.at_level(logging.DEBUG):
        await service.register(draft)
        await service.open_file(draft.reference, actor=OFFICER)
        await service.list_cases(CaseFilter(personal_identity_number=KARL, contact_email="karl@example.se"))

    for secret in SECRETS:
        assert secret not in caplog.text


def test_nothing_personal_is_shown_by_python(draft):
    for secret in SECRETS[:5]:
        assert secret not in repr(draft)


async def test_a_person_s_cases_are_found_by_number_and_by_address(service, draft, another):
    await service.register(draft)
    await service.register(another(contact_email="Karl@Example.se"))
    await service.register(another(contact_email=None))

    async def found(**by):
        return len((await service.list_cases(CaseFilter(**by))).items)

    assert await found(personal_identity_number=KARL) == 3
    assert await found(contact_email="KARL@example.se") == 2
    assert await found(personal_identity_number="200211242383") == 0
    assert await found(reference=draft.reference.lower().replace("-", "")) == 1
    assert await found(reference="hej") == 0


async def test_a_value_moved_to_another_case_does_not_open(sessions, service, draft, another):
    await service.register(draft)
    await service.register(other := another())
    async with sessions.begin() as session:
        await session.execute(
            text("""
                UPDATE cases.privacy_case SET name_sealed = (
                    SELECT name_sealed FROM cases.privacy_case WHERE reference = :source
                ) WHERE reference = :target
            """),
            {"source": draft.reference, "target": other.reference},
        )

    with pytest.raises(DecryptionError):
        await service.open_file(other.reference, actor=OFFICER)


async def test_without_the_key_nothing_opens(sessions, service, draft, clock):
    await service.register(draft)
    other_keys = KeyRing.from_secrets("another secret", lookup_secret="another lookup")
    stranger = CaseService(sessions, key_ring=other_keys, clock=clock, calendar=WorkingCalendar())

    with pytest.raises(DecryptionError):
        await stranger.open_file(draft.reference, actor=OFFICER)
