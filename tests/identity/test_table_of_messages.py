"""The whole table of hint and error codes, made by the simulator and read by the visitor: code in, sentence out."""

from __future__ import annotations

import itertools

import pytest

from identity.bankid.errors import DOCUMENTED_CODES
from identity.bankid.messages import MESSAGES
from identity.bankid.replies import FAILED_HINTS, PENDING_HINTS
from tests.identity.conftest import ADDRESS, DESKTOP, IPHONE_CHROME, OURS, TEXT

pytestmark = pytest.mark.database

DEVICES = {False: DESKTOP, True: IPHONE_CHROME}
_numbers = itertools.count()
ENDS = {"userCancel": "cancelled", "expiredTransaction": "expired"}


@pytest.fixture
def broker(bench):
    """One that neither counts starts nor makes new codes of its own accord."""
    return bench.replica(starts_per_session=10_000, starts_per_address=10_000, max_renewals=0)


@pytest.fixture
def ordered(bench, broker):
    """Start an order with a script, let BankID be asked, and return what the visitor is shown."""

    async def run(script, *, mode="qr", mobile=False):
        await bench.simulator.http.post("/control/reset")  # a fault that was not used up is not the next one's
        await bench.simulator.script(**script)
        offer = await broker.offer(
            f"conversation {next(_numbers)}",
            session_hash=OURS,
            reference="AR-7K2M-9QXA",
            request_title="Radering",
            visible_text=TEXT,
        )
        await broker.start(offer.id, session_hash=OURS, mode=mode, end_user_ip=ADDRESS, user_agent=DEVICES[mobile])
        bench.clock.advance(seconds=2)
        await broker._collector.round()
        shown = await broker.view(offer.id, session_hash=OURS)
        if shown.state == "pending":
            await broker.cancel(offer.id, session_hash=OURS)
        return shown

    return run


async def test_every_documented_hint_code_reaches_the_visitor_as_its_sentence(ordered):
    hints = [("pending", hint) for hint in PENDING_HINTS] + [("failed", hint) for hint in FAILED_HINTS]
    for (status, hint), mode, mobile in itertools.product(hints, ("qr", "same_device"), (False, True)):
        script = {"pending_hint": hint} if status == "pending" else {"outcome": "fail", "failed_hint": hint}

        shown = await ordered(script, mode=mode, mobile=mobile)

        place = (status, hint, mode, mobile)
        key = MESSAGES.hints[status, hint, mode, "mobile" if mobile else "computer"]
        assert shown.message == MESSAGES.texts[key]["sv"], place
        assert shown.state == ("pending" if status == "pending" else ENDS.get(hint, "failed")), place
        assert shown.can_retry is (status == "failed"), place


async def test_every_documented_error_code_reaches_the_visitor_as_its_sentence(ordered):
    for code in sorted(DOCUMENTED_CODES):
        shown = await ordered({"faults": [{"endpoint": "sign", "kind": code, "times": 3}]})

        assert shown.message == MESSAGES.texts[MESSAGES.errors[code]]["sv"], code
        assert (shown.state, shown.can_retry) == ("failed", True), code


async def test_a_code_that_nobody_has_heard_of_still_says_something(ordered):
    for script, key in (
        ({"pending_hint": "brandNew"}, "RFA21"),
        ({"outcome": "fail", "failed_hint": "brandNew"}, "RFA22"),
        ({"faults": [{"endpoint": "sign", "kind": "unknownCode"}]}, "RFA22"),
    ):
        assert (await ordered(script)).message == MESSAGES.texts[key]["sv"]
