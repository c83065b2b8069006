"""Connected systems in the console: ordered from the checklist, seen on the blocks, mended when they failed."""

# ruff: noqa: F401, F811 - fixtures of the connectors' tests are used by name

from dataclasses import replace

import pytest

from cases.checklists import Checklists
from cases.connectors.orders import Orders
from cases.connectors.reconciliation import Reconciliation
from cases.connectors.registry import connectors_of
from cases.console import connector_texts, texts
from cases.drafts import Actor, MarketingBlockDraft, MarketingChannel
from cases.files.service import CaseFiles
from cases.service import CaseService
from privacy.calendar import WorkingCalendar
from privacy.case_states import CaseStatus, Resolution
from privacy.checklist import TaskState
from privacy.request_types import RequestType
from tests.cases.connectors.conftest import ANNA, KARL, REGISTER, carry_out, systems

pytestmark = pytest.mark.database

BO = Actor.officer("77")
BLOCKS = "/console/marketing-blocks"
CONNECTORS = "/console/connectors"


@pytest.fixture
def config(config, systems):
    return replace(config, connectors=systems.configs(), systems=REGISTER)


@pytest.fixture
def service(sessions, key_ring, clock):
    return CaseService(
        sessions,
        key_ring=key_ring,
        clock=clock,
        calendar=WorkingCalendar(),
        systems=REGISTER,
        marketing_systems=("mailchimp", "hubspot"),
    )


@pytest.fixture
def orders(sessions, systems, key_ring, clock):
    return Orders(
        sessions,
        connectors_of(systems.configs(), patience=systems.patience(attempts=2)),
        key_ring=key_ring,
        clock=clock,
        files=CaseFiles(sessions, key_ring=key_ring, clock=clock),
        checklists=Checklists(sessions, key_ring=key_ring, clock=clock, register=REGISTER),
    )


@pytest.fixture
async def case(service, another):
    draft = another(request_type=RequestType.ERASURE)
    await service.register(draft)
    return draft


def address(draft) -> str:
    return f"/console/cases/{draft.reference}"


def order_form(browser, case, key: str) -> dict[str, str]:
    found = browser.find(f"//form[@action='{address(case)}/orders']//input[@name='key']/@value")
    return browser.form(f"{address(case)}/orders", number=found.index(key))


async def order(browser, case, task: str, /, **values: str):
    return await browser.post(f"{address(case)}/orders", order_form(browser, case, task) | values)


async def test_only_connected_systems_offer_to_do_it(annas_browser, case):
    await annas_browser.open(address(case))

    offered = annas_browser.find(f"//form[@action='{address(case)}/orders']//input[@name='key']/@value")
    assert offered == ["erase:mailchimp", "erase:hubspot", "erase:teamtailor"]
    assert order_form(annas_browser, case, "erase:hubspot")["address"] == case.contact_email


async def test_an_erasure_is_ordered_carried_out_and_seen_with_its_receipt(
    annas_browser,
    case,
    orders,
    sessions,
    systems,
):
    contact_id = systems.hubspot.add(KARL)
    await annas_browser.open(address(case))

    await order(annas_browser, case, "erase:hubspot", address=KARL, confirmed="yes")
    assert texts.DONE["ordered"] in annas_browser.text
    assert connector_texts.PENDING in annas_browser.text
    await carry_out(orders, sessions)
    await annas_browser.open(address(case))

    assert systems.hubspot.contacts == {}
    assert f"contacts: {contact_id} deleted" in annas_browser.text
    assert "Radera i Hubspot: klar" in annas_browser.text
    assert "Hubspot: radering, klar" in annas_browser.text


async def test_what_cannot_be_undone_is_confirmed_first(annas_browser, case, orders, systems):
    systems.hubspot.add(KARL)
    await annas_browser.open(address(case))

    answer = await order(annas_browser, case, "erase:hubspot", address=KARL)

    assert answer.status_code == 422
    assert connector_texts.CONFIRM_ERASURE in annas_browser.text
    assert list(await orders.of_case(case.reference)) == []


async def test_a_form_sent_twice_is_one_order(annas_browser, case, orders):
    await annas_browser.open(address(case))
    fields = order_form(annas_browser, case, "erase:hubspot") | {"address": KARL, "confirmed": "yes"}

    for _ in range(2):
        await annas_browser.post(f"{address(case)}/orders", fields)

    assert len(await orders.of_case(case.reference)) == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"address": "nej"}, 422),
        ({"key": "erase:choice_hr"}, 409),
        ({"key": "keep:bookkeeping"}, 409),
        ({"key": "fetch:hubspot"}, 400),
        ({"form_id": ""}, 400),
        ({"form_token": "x"}, 403),
    ],
)
async def test_forms_of_other_makes_order_nothing(annas_browser, case, orders, changes, status):
    await annas_browser.open(address(case))

    answer = await order(annas_browser, case, "erase:hubspot", **({"address": KARL, "confirmed": "yes"} | changes))

    assert answer.status_code == status
    assert list(await orders.of_case(case.reference)) == []


async def test_a_decided_case_orders_nothing_more(annas_browser, case, orders, service):
    await annas_browser.open(address(case))
    fields = order_form(annas_browser, case, "erase:hubspot") | {"address": KARL, "confirmed": "yes"}
    await service.transition(case.reference, to=CaseStatus.DECIDED, version=1, actor=BO, resolution=Resolution.REFUSED)

    answer = await annas_browser.post(f"{address(case)}/orders", fields)

    assert answer.status_code == 409
    assert annas_browser.find(f"//form[@action='{address(case)}/orders']") == []
    assert list(await orders.of_case(case.reference)) == []


@pytest.fixture
async def blocks(service, references, clock):
    for channel, value in ((MarketingChannel.EMAIL, ANNA), (MarketingChannel.PHONE, "070-174 06 05")):
        await service.block_marketing(MarketingBlockDraft(next(references), channel, value, clock()))


async def test_each_block_shows_how_far_it_has_come_in_each_system(
    annas_browser,
    blocks,
    orders,
    sessions,
    systems,
):
    await annas_browser.open(BLOCKS)
    assert f"Mailchimp: {connector_texts.PENDING}" in annas_browser.text
    assert f"Hubspot: {connector_texts.BY_HAND[TaskState.OPEN]}" in annas_browser.text

    systems.mailchimp.add("news", ANNA)
    systems.hubspot.script.failures.extend(["503"] * 2)
    await carry_out(orders, sessions)
    await annas_browser.open(BLOCKS)

    assert "Mailchimp: klar" in annas_browser.text
    assert f"Hubspot: {connector_texts.RETRYING.format(attempts=1, failure='503')}" in annas_browser.text


async def test_what_failed_for_good_is_seen_and_placed_afresh(
    annas_browser,
    blocks,
    orders,
    sessions,
    systems,
):
    systems.hubspot.script.failures.append("400")
    await carry_out(orders, sessions)
    await annas_browser.open(CONNECTORS)
    [action] = annas_browser.find("//form[contains(@action, '/replay')]/@action")
    assert connector_texts.DEAD.format(failure="400") in annas_browser.text

    await annas_browser.send(action)

    assert texts.DONE["replayed"] in annas_browser.text
    assert annas_browser.find("//form[contains(@action, '/replay')]") == []
    assert await orders.dead() == []

    answer = await annas_browser.post(action, {"form_token": annas_browser.form("/console/logout")["form_token"]})
    assert answer.status_code == 409
    assert connector_texts.NOTHING_TO_REPLAY in annas_browser.text


async def test_the_nightly_comparison_is_reported(
    annas_browser,
    blocks,
    orders,
    sessions,
    systems,
    key_ring,
    clock,
):
    await carry_out(orders, sessions)
    systems.mailchimp.add("news", ANNA)
    systems.close_to("hubspot")
    connectors = connectors_of(systems.configs(), patience=systems.patience(attempts=1))
    await Reconciliation(sessions, connectors, key_ring=key_ring, clock=clock).run_due()

    await annas_browser.open(CONNECTORS)

    assert "1 jämförda, 1 missade" in annas_browser.text
    assert "Svarade inte (401)" in annas_browser.text
    assert "TeamTailor" in annas_browser.text


async def test_no_page_shows_a_key_or_a_whole_address(annas_browser, blocks, orders, sessions):
    await carry_out(orders, sessions)
    for path in (BLOCKS, CONNECTORS):
        await annas_browser.open(path)
        for secret in ("simulated-", ANNA):
            assert secret not in annas_browser.answer.text
