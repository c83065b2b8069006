"""The whole table of hint and error codes, made by the simulator and read by the visitor: code in, sentence out.

The simulator is a server here, and the broker's client asks it over real sockets.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator

import httpx
import pytest

from identity.bankid.errors import DOCUMENTED_CODES
from identity.bankid.messages import MESSAGES
from identity.bankid.replies import FAILED_HINTS, PENDING_HINTS
from identity.collector import HANDS
from identity.simulator.app import create_app
from identity.simulator.clock import MovableClock
from identity.simulator.config import SimulatorConfig
from tests.cases.console.serving import served
from tests.identity.conftest import ADDRESS, DESKTOP, IPHONE_CHROME, OURS, TEXT, Simulator

pytestmark = pytest.mark.database

DEVICES = {False: DESKTOP, True: IPHONE_CHROME}
ENDS = {"userCancel": "cancelled", "expiredTransaction": "expired"}
_numbers = itertools.count()


@pytest.fixture
async def simulator(authority, clock) -> AsyncIterator[Simulator]:
    """The simulator as a program that listens, on the test's clock."""
    app = create_app(SimulatorConfig(directory=authority.files.directory), clock=MovableClock(clock))
    with served(app) as url:
        async with httpx.AsyncClient(base_url=url) as http:
            yield Simulator(None, http, authority, url=url)


@pytest.fixture
async def broker(bench):
    """One that neither counts starts nor makes new codes of its own accord."""
    async with bench.simulator.client() as client:
        yield bench.replica(client=client, starts_per_session=10_000, starts_per_address=10_000, max_renewals=0)


@pytest.fixture
def started(bench, broker):
    """Start an order with a script in a conversation of its own; return its id."""

    async def start(script, *, mode="qr", mobile=False) -> str:
        await bench.simulator.script(**script)
        offer = await broker.offer(
            f"conversation {next(_numbers)}",
            session_hash=OURS,
            reference="AR-7K2M-9QXA",
            request_title="Radering",
            visible_text=TEXT,
        )
        await broker.start(offer.id, session_hash=OURS, mode=mode, end_user_ip=ADDRESS, user_agent=DEVICES[mobile])
        return offer.id

    return start


@pytest.fixture
def collected(bench, broker):
    """Let BankID be asked about everything that is open, and return what the visitor is shown of each order."""

    async def collect(*identification_ids):
        bench.clock.advance(seconds=2)
        for _ in range(0, len(identification_ids), HANDS):
            await broker._collector.round()
        return [await broker.view(each, session_hash=OURS) for each in identification_ids]

    return collect


async def test_every_documented_hint_code_reaches_the_visitor_as_its_sentence(started, collected):
    hints = [("pending", hint) for hint in PENDING_HINTS] + [("failed", hint) for hint in FAILED_HINTS]
    places = [(*hint, mode, mobile) for hint in hints for mode in ("qr", "same_device") for mobile in (False, True)]
    orders = []
    for status, hint, mode, mobile in places:
        script = {"pending_hint": hint} if status == "pending" else {"outcome": "fail", "failed_hint": hint}
        orders.append(await started(script, mode=mode, mobile=mobile))

    for place, shown in zip(places, await collected(*orders), strict=True):
        status, hint, mode, mobile = place
        key = MESSAGES.hints[status, hint, mode, "mobile" if mobile else "computer"]
        assert shown.message == MESSAGES.texts[key]["sv"], place
        assert shown.state == ("pending" if status == "pending" else ENDS.get(hint, "failed")), place
        assert shown.can_retry is (status == "failed"), place


@pytest.mark.parametrize("code", sorted(DOCUMENTED_CODES))
async def test_every_documented_error_code_reaches_the_visitor_as_its_sentence(started, broker, code):
    order = await started({"faults": [{"endpoint": "sign", "kind": code, "times": 3}]})

    shown = await broker.view(order, session_hash=OURS)
    assert shown.message == MESSAGES.texts[MESSAGES.errors[code]]["sv"]
    assert (shown.state, shown.can_retry) == ("failed", True)


async def test_a_code_that_nobody_has_heard_of_still_says_something(started, collected):
    keys = ("RFA21", "RFA22", "RFA22")
    orders = [
        await started(script)
        for script in (
            {"pending_hint": "brandNew"},
            {"outcome": "fail", "failed_hint": "brandNew"},
            {"faults": [{"endpoint": "sign", "kind": "unknownCode"}]},
        )
    ]

    assert [shown.message for shown in await collected(*orders)] == [MESSAGES.texts[key]["sv"] for key in keys]
