"""The nightly comparison: who is blocked here and reachable there is found, mended and counted."""

import asyncio
from datetime import UTC, datetime

import pytest

from cases.connectors.reconciliation import Reconciliation
from tests.cases.connectors.conftest import ANNA, KARL, carry_out, order_ids

pytestmark = pytest.mark.database

SIV = "siv@example.se"


@pytest.fixture
def reconciliation(sessions, connectors, key_ring, clock):
    return Reconciliation(sessions, connectors, key_ring=key_ring, clock=clock)


async def test_who_came_into_a_system_after_the_no_is_found_and_stopped(
    say_no, orders, sessions, systems, reconciliation
):
    reference = await say_no(ANNA)
    await say_no(SIV)
    await carry_out(orders, sessions)  # neither is there yet
    systems.mailchimp.add("news", ANNA)  # an import brings one in
    systems.mailchimp.add("news", KARL)

    found = {comparison.system: comparison for comparison in await reconciliation.run_due()}
    await carry_out(orders, sessions)

    assert (found["mailchimp"].compared, found["mailchimp"].missed) == (2, 1)
    assert (found["hubspot"].compared, found["hubspot"].missed) == (2, 0)
    assert systems.mailchimp.status("news", ANNA) == "unsubscribed"
    assert systems.mailchimp.status("news", KARL) == "subscribed"
    [_, mailchimp] = (await orders.of_receipts([reference]))[reference]
    assert (mailchimp.state, mailchimp.outcome, mailchimp.actor_id) == ("done", "done", "jobs")


async def test_a_dead_order_is_made_up_for_by_the_next_night(say_no, orders, sessions, systems, reconciliation):
    systems.hubspot.add(ANNA)
    systems.hubspot.script.failures.append("400")
    await say_no(ANNA)
    await carry_out(orders, sessions)
    assert not systems.hubspot.is_opted_out(ANNA)

    assert len(await orders.dead()) == 1

    await reconciliation.run("hubspot")
    await carry_out(orders, sessions)

    assert systems.hubspot.is_opted_out(ANNA)
    assert await orders.dead() == []


async def test_what_is_under_way_is_left_to_its_order(say_no, sessions, systems, reconciliation):
    systems.mailchimp.add("news", ANNA)
    await say_no(ANNA)

    comparison = await reconciliation.run("mailchimp")

    assert (comparison.compared, comparison.missed) == (0, 0)
    assert len(await order_ids(sessions)) == 2


async def test_a_system_that_was_connected_later_is_caught_up_with(
    say_no, orders, sessions, systems, reconciliation, service
):
    service._suppression._marketing_systems = ()
    reference = await say_no(ANNA)
    assert await order_ids(sessions) == []
    systems.hubspot.add(ANNA)

    await reconciliation.run("hubspot")
    await carry_out(orders, sessions)

    assert systems.hubspot.is_opted_out(ANNA)
    assert [order.system for order in (await orders.of_receipts([reference]))[reference]] == ["hubspot"]


async def test_two_comparisons_at_once_order_once(say_no, orders, sessions, systems, reconciliation):
    await say_no(ANNA)
    await carry_out(orders, sessions)
    systems.mailchimp.add("news", ANNA)
    before = len(await order_ids(sessions))

    await asyncio.gather(*(reconciliation.run("mailchimp") for _ in range(3)))

    assert len(await order_ids(sessions)) == before + 1


async def test_each_night_compares_once_and_a_missed_night_is_made_up_for(reconciliation, clock):
    clock.now = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
    assert len(await reconciliation.run_due()) == 2
    assert await reconciliation.run_due() == []

    clock.now = datetime(2026, 3, 11, 0, 59, tzinfo=UTC)  # 01.59 in Stockholm
    assert await reconciliation.run_due() == []
    clock.now = datetime(2026, 3, 11, 1, 0, tzinfo=UTC)
    assert len(await reconciliation.run_due()) == 2

    clock.now = datetime(2026, 3, 14, 20, 0, tzinfo=UTC)  # nobody worked for three nights
    assert len(await reconciliation.run_due()) == 2


async def test_a_system_that_cannot_be_asked_is_said_and_asked_again_within_the_hour(
    say_no, orders, sessions, systems, reconciliation, clock, caplog
):
    await say_no(ANNA)
    await carry_out(orders, sessions)
    systems.hubspot.add(ANNA)
    systems.close_to("hubspot")

    first = {comparison.system: comparison for comparison in await reconciliation.run_due()}
    assert (first["hubspot"].failure, first["hubspot"].compared) == ("401", 0)
    assert "hubspot: 401" in caplog.text
    assert first["mailchimp"].failure is None

    clock.advance(hours=1)
    systems.hubspot.token = "simulated-hubspot-token"
    [again] = await reconciliation.run_due()
    assert (again.system, again.failure, again.missed) == ("hubspot", None, 1)
    latest = {comparison.system: comparison for comparison in await reconciliation.latest()}
    assert latest["hubspot"] == again


async def test_numbers_and_recruitment_are_not_compared(say_no, systems, reconciliation):
    from cases.drafts import MarketingChannel

    await say_no("070-174 06 05", MarketingChannel.PHONE)

    assert [comparison.compared for comparison in await reconciliation.run_due()] == [0, 0]
    assert systems.teamtailor.script.calls == []


async def test_a_long_list_is_read_in_parts(say_no, orders, sessions, systems, reconciliation, monkeypatch):
    monkeypatch.setattr("cases.connectors.reconciliation.BATCH", 2)
    for number in range(5):
        await say_no(f"person{number}@example.se")
    await carry_out(orders, sessions)
    systems.mailchimp.add("news", "person4@example.se")

    comparison = await reconciliation.run("mailchimp")

    assert (comparison.compared, comparison.missed) == (5, 1)
