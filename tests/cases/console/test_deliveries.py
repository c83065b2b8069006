"""What never arrived is seen and sent again by an administrator, and by nobody else."""

import pytest
from sqlalchemy import text

from cases.storage.outbox import register_endpoints

pytestmark = pytest.mark.database

PAGE = "/console/deliveries"


@pytest.fixture
async def dead(sessions, clock, service, draft):
    """A message that was given up."""
    async with sessions.begin() as session:
        await register_endpoints(session, ["register"], now=clock())
    await service.register(draft)
    async with sessions.begin() as session:
        statement = "UPDATE cases.webhook_delivery SET state = 'dead', attempts = 10, last_outcome = '500' RETURNING id"
        return await session.scalar(text(statement))


async def state(sessions) -> str:
    async with sessions() as session:
        return await session.scalar(text("SELECT state FROM cases.webhook_delivery"))


async def test_an_administrator_sees_it_and_sends_it_again(annas_browser, dead, draft, sessions):
    async with sessions.begin() as session:
        await session.execute(text("UPDATE cases.staff_account SET role = 'administrator'"))
    await annas_browser.open(PAGE)
    assert draft.reference in annas_browser.text
    assert "500" in annas_browser.text
    assert "Ärendet registrerades" in annas_browser.text

    await annas_browser.send(f"{PAGE}/{dead}/replay")

    assert await state(sessions) == "pending"
    assert draft.reference not in annas_browser.text


async def test_an_officer_may_not_and_the_try_is_noted(annas_browser, anna, dead, sessions):
    assert (await annas_browser.open(PAGE)).status_code == 403
    assert await state(sessions) == "dead"
    async with sessions() as session:
        query = "SELECT actor_id, facts ->> 'what' FROM cases.register_event WHERE kind = 'access_denied'"
        assert (await session.execute(text(query))).all() == [(str(anna.id), "console")]
