"""The API says how far a no to marketing has come, and the receipt stays what it was."""

# ruff: noqa: F401, F811 - fixtures of the connectors' tests are used by name

import httpx
import pytest

from cases.app import create_app
from tests.cases.conftest import TOKEN
from tests.cases.connectors.conftest import (
    ANNA,
    carry_out,
    checklists,
    config,
    connectors,
    files,
    orders,
    service,
    systems,
)

pytestmark = pytest.mark.database

BASE = "/api/v1/marketing-blocks"


@pytest.fixture
async def api(config, clock):
    app = create_app(config, clock=clock)
    async with app.router.lifespan_context(app):
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://cases", headers=headers
        ) as client:
            yield client


async def test_a_block_is_done_at_once_and_the_systems_follow(
    api,
    references,
    clock,
    orders,
    sessions,
    systems,
):
    systems.mailchimp.add("news", ANNA)
    body = {"channel": "email", "address": ANNA, "received_at": "2026-03-10T08:00:00Z"}
    reference = next(references)

    receipt = await api.put(f"{BASE}/{reference}", json=body)
    before = (await api.get(f"{BASE}/{reference}/systems")).json()["items"]
    await carry_out(orders, sessions)
    after = (await api.get(f"{BASE}/{reference}/systems")).json()["items"]

    assert receipt.status_code == 201
    assert set(receipt.json()) == {"reference", "channel", "address_masked", "effective_at"}
    assert [(item["system"], item["state"]) for item in before] == [("hubspot", "pending"), ("mailchimp", "pending")]
    assert [(item["system"], item["outcome"]) for item in after] == [("hubspot", "absent"), ("mailchimp", "done")]
    assert ANNA not in str(after)


async def test_a_block_repeated_after_a_crash_is_the_same_block_and_asks_nobody_again(
    api,
    references,
    sessions,
    systems,
):
    body = {"channel": "email", "address": ANNA, "received_at": "2026-03-10T08:00:00Z"}
    reference = next(references)

    statuses = [(await api.put(f"{BASE}/{reference}", json=body)).status_code for _ in range(3)]

    assert statuses == [201, 200, 200]
    assert len((await api.get(f"{BASE}/{reference}/systems")).json()["items"]) == 2


@pytest.mark.parametrize("reference", ["AR-2222-2222", "hej"])
async def test_what_is_no_block_has_no_systems(api, reference):
    answer = await api.get(f"{BASE}/{reference}/systems")

    assert (answer.status_code, answer.json()["type"]) == (404, "urn:insyn:problem:marketing-block-not-found")


async def test_nobody_reads_it_without_a_token(api):
    assert (await api.get(f"{BASE}/AR-2222-2222/systems", headers={"Authorization": ""})).status_code == 401
