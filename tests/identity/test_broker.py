"""The journey of an identification, on a real PostgreSQL against the simulator."""

from __future__ import annotations

import base64
import json
from hashlib import sha256

import pytest

from identity.bankid.messages import MESSAGES
from identity.errors import (
    IdentificationNotAvailableError,
    IdentificationNotFoundError,
    IdentificationStateError,
    TooManyStartsError,
)
from identity.evidence import Evidence, load_roots, verify
from tests.identity.conftest import ADDRESS, DESKTOP, OURS, RETURN, TEXT, THEIRS

pytestmark = pytest.mark.database

CONVERSATION = "3f1c6f52-6f8e-4a54-9a0c-1f5d8a6c0b11"
REFERENCE = "AR-7K2M-9QXA"


async def offered(broker, *, conversation=CONVERSATION, reference=REFERENCE, session=OURS, text=TEXT):
    return await broker.offer(
        conversation, session_hash=session, reference=reference, request_title="Radering", visible_text=text
    )


async def started(broker, *, mode="qr", session=OURS, user_agent=DESKTOP, address=ADDRESS, **offer):
    identification = await offered(broker, session=session, **offer)
    return await broker.start(
        identification.id, session_hash=session, mode=mode, end_user_ip=address, user_agent=user_agent
    )


async def collected(bench, broker, *, seconds=2.0):
    """Let time pass and the collector do its round."""
    bench.clock.advance(seconds=seconds)
    await broker._collector.round()


def says(identification, key):
    assert identification.message == MESSAGES.texts[key]["sv"]


async def test_an_offer_shows_what_will_be_signed_and_nothing_to_scan(broker):
    identification = await offered(broker)

    assert (identification.state, identification.mode, identification.qr) == ("offered", None, False)
    assert (identification.visible_text, identification.purpose_title) == (TEXT, "Radering")
    assert identification.launch_url is None
    assert not identification.can_retry
    says(identification, "offered")


async def test_the_qr_way_from_offer_to_consumption(bench, broker):
    await bench.simulator.script(outcome="approve", persona="astrid", start_after_s=3, decide_after_s=5)
    pending = await started(broker)
    assert (pending.state, pending.mode, pending.qr, pending.launch_url) == ("pending", "qr", True, None)
    says(pending, "RFA1")

    await collected(bench, broker, seconds=4)
    signing = await broker.view(pending.id, session_hash=OURS)
    says(signing, "RFA9")
    assert not signing.qr

    await collected(bench, broker)
    complete = await broker.view(pending.id, session_hash=OURS)
    assert complete.state == "complete"
    says(complete, "complete")

    identity = await broker.consume(CONVERSATION, REFERENCE)
    assert (identity.level, identity.method, identity.personal_identity_number) == (2, "bankid", "200211242383")
    assert (identity.given_name, identity.surname) == ("Astrid", "Exempelgård")
    assert identity.completed_at == bench.clock()


async def test_what_was_signed_is_what_the_summary_showed_and_can_be_verified_later(bench, broker):
    await bench.simulator.script(outcome="approve")
    await started(broker)
    await collected(bench, broker)

    identity = await broker.consume(CONVERSATION, REFERENCE)

    [sent] = await bench.simulator.requests("sign")
    assert base64.b64decode(sent["userVisibleData"]).decode() == TEXT == identity.visible_text
    assert base64.b64decode(sent["userNonVisibleData"]).decode() == identity.non_visible_data
    unseen = json.loads(identity.non_visible_data)
    assert unseen.pop("nonce")
    assert unseen == {
        "conversation_id": CONVERSATION,
        "purpose": REFERENCE,
        "visible_text_sha256": sha256(TEXT.encode()).hexdigest(),
    }
    evidence = Evidence(
        visible_text=TEXT,
        non_visible_data=identity.non_visible_data,
        personal_identity_number=identity.personal_identity_number,
        signature=identity.signature,
        ocsp_response=identity.ocsp_response,
    )
    assert verify(evidence, load_roots(bench.config.evidence_roots)).func_id == "Signing"


async def test_bankid_is_told_who_asks_from_where_and_with_which_browser(bench, broker):
    await started(broker, address="::ffff:192.0.2.17")

    [sent] = await bench.simulator.requests("sign")
    assert sent["endUserIp"] == "192.0.2.17"
    assert sent["returnRisk"] is True
    assert sent["web"]["referringDomain"] == "chat.example"
    assert sent["web"]["userAgent"] == DESKTOP
    assert OURS.hex() not in json.dumps(sent)
    assert "returnUrl" not in sent  # a QR order is approved on another device, which has no way back


async def test_a_qr_frame_a_second_and_none_once_scanned(bench, broker):
    pending = await started(broker)
    first = await broker.qr_svg(pending.id, session_hash=OURS)
    bench.clock.advance(seconds=1)
    second = await broker.qr_svg(pending.id, session_hash=OURS)

    assert first.startswith("<svg")
    assert first != second

    await bench.simulator.http.post("/control/scan")
    await collected(bench, broker)
    assert await broker.qr_svg(pending.id, session_hash=OURS) is None


async def test_the_frame_that_is_shown_is_one_that_bankid_accepts(bench, broker, monkeypatch):
    shown = []
    monkeypatch.setattr("identity.broker.qr_svg", lambda text, *, title: shown.append(text) or "<svg/>")
    pending = await started(broker)
    bench.clock.advance(seconds=7)
    await broker.qr_svg(pending.id, session_hash=OURS)

    scanned = await bench.simulator.http.post("/control/scan", json={"text": shown[0]})

    assert scanned.status_code == 200


async def test_same_device_gets_a_launch_link_and_never_a_qr_code(bench, broker):
    pending = await started(broker, mode="same_device")

    [order] = await bench.simulator.orders()
    assert pending.launch_url == f"bankid:///?autostarttoken={order['auto_start_token']}&redirect=null"
    assert not pending.qr
    assert await broker.qr_svg(pending.id, session_hash=OURS) is None
    says(pending, "RFA13")


async def test_same_device_completes_when_the_browser_comes_back_with_the_nonce(bench, broker):
    await bench.simulator.script(outcome="approve")
    pending = await started(broker, mode="same_device")
    assert (await bench.simulator.return_url()).startswith(f"{RETURN}?nonce=")

    await collected(bench, broker)
    waiting = await broker.view(pending.id, session_hash=OURS)
    assert waiting.state == "pending"
    says(waiting, "awaiting_return")
    with pytest.raises(IdentificationNotAvailableError):
        await broker.consume(CONVERSATION, REFERENCE)

    returned = await broker.accept_return(await bench.simulator.nonce(), session_hash=OURS)
    assert returned.state == "complete"
    assert (await broker.consume(CONVERSATION, REFERENCE)).personal_identity_number == "199908072391"


async def test_the_browser_may_be_back_before_we_have_asked(bench, broker):
    await bench.simulator.script(outcome="approve")
    pending = await started(broker, mode="same_device")

    returned = await broker.accept_return(await bench.simulator.nonce(), session_hash=OURS)
    assert returned.state == "pending"

    await collected(bench, broker)
    assert (await broker.view(pending.id, session_hash=OURS)).state == "complete"


@pytest.mark.parametrize(
    ("script", "state", "key"),
    [
        ({"outcome": "cancel"}, "cancelled", "RFA6"),
        ({"outcome": "decline"}, "failed", "declined_call"),
        ({"outcome": "certificate_error"}, "failed", "RFA16"),
        ({"outcome": "fail", "failed_hint": "transactionRiskBlocked"}, "failed", "risk_blocked"),
        ({"outcome": "fail", "failed_hint": "brandNewHint"}, "failed", "RFA22"),
        ({"outcome": "approve", "risk": "high"}, "failed", "risk_blocked"),
    ],
)
async def test_how_it_ends_without_an_identity(bench, broker, script, state, key):
    await bench.simulator.script(**script)
    pending = await started(broker)

    await collected(bench, broker)

    ended = await broker.view(pending.id, session_hash=OURS)
    assert (ended.state, ended.can_retry) == (state, True)
    says(ended, key)
    with pytest.raises(IdentificationNotAvailableError):
        await broker.consume(CONVERSATION, REFERENCE)


@pytest.mark.parametrize("risk", ["low", "moderate", None])
async def test_lesser_risks_pass(bench, broker, risk):
    await bench.simulator.script(outcome="approve", risk=risk)
    await started(broker)
    await collected(bench, broker)

    assert (await broker.consume(CONVERSATION, REFERENCE)).level == 2


async def test_an_order_that_is_opened_but_never_decided_expires(bench, broker):
    await bench.simulator.script(outcome="expire")
    pending = await started(broker)

    await collected(bench, broker)
    await collected(bench, broker, seconds=180)

    expired = await broker.view(pending.id, session_hash=OURS)
    assert (expired.state, expired.can_retry) == ("expired", True)
    says(expired, "RFA8")


async def test_a_code_that_nobody_scans_is_renewed_five_times(bench, broker):
    pending = await started(broker)
    for _ in range(6):
        assert (await broker.view(pending.id, session_hash=OURS)).qr
        await collected(bench, broker, seconds=31)

    failed = await broker.view(pending.id, session_hash=OURS)
    assert (failed.state, failed.can_retry) == ("failed", True)
    says(failed, "RFA17B")
    assert len(await bench.simulator.requests("sign")) == 6

    again = await broker.start(pending.id, session_hash=OURS, mode="qr", end_user_ip=ADDRESS, user_agent=DESKTOP)
    await collected(bench, broker, seconds=31)
    assert again.qr
    assert (await broker.view(pending.id, session_hash=OURS)).qr  # the visitor asked: five more


async def test_what_is_left_of_the_time_is_told_and_more_is_had_by_beginning_anew(bench, broker):
    assert (await offered(broker)).ends_in_s is None, "an offer waits"
    pending = await started(broker)
    assert pending.ends_in_s == 180
    await collected(bench, broker, seconds=31)  # renewed by itself
    assert 140 <= (await broker.view(pending.id, session_hash=OURS)).ends_in_s <= 150

    again = await broker.start(pending.id, session_hash=OURS, mode="qr", end_user_ip=ADDRESS, user_agent=DESKTOP)
    assert again.ends_in_s == 180
    here = await broker.start(
        pending.id, session_hash=OURS, mode="same_device", end_user_ip=ADDRESS, user_agent=DESKTOP
    )
    assert here.ends_in_s == 30
    assert (await broker.cancel(pending.id, session_hash=OURS)).ends_in_s is None


async def test_the_time_that_is_told_of_an_opened_order_is_never_too_long(bench, broker):
    await bench.simulator.script(outcome="expire")
    pending = await started(broker)
    await collected(bench, broker)
    left = (await broker.view(pending.id, session_hash=OURS)).ends_in_s
    assert 150 <= left <= 170

    await collected(bench, broker, seconds=left)

    assert (await broker.view(pending.id, session_hash=OURS)).state == "pending"


async def test_an_app_that_does_not_start_is_not_renewed_behind_the_visitors_back(bench, broker):
    pending = await started(broker, mode="same_device")

    await collected(bench, broker, seconds=31)

    failed = await broker.view(pending.id, session_hash=OURS)
    assert failed.state == "failed"
    says(failed, "RFA17A")


async def test_a_new_order_cancels_the_old_one_and_its_mode(bench, broker):
    first = await started(broker, mode="same_device")
    [before] = await bench.simulator.orders()

    second = await broker.start(first.id, session_hash=OURS, mode="qr", end_user_ip=ADDRESS, user_agent=DESKTOP)

    [after] = await bench.simulator.orders()
    assert after["order_ref"] != before["order_ref"]
    assert await bench.simulator.requests("cancel") == [{"orderRef": before["order_ref"]}]
    assert (second.mode, second.launch_url, second.qr) == ("qr", None, True)


async def test_cancelling_ends_the_order_at_bankid_too(bench, broker):
    pending = await started(broker)

    cancelled = await broker.cancel(pending.id, session_hash=OURS)

    assert (cancelled.state, cancelled.can_retry) == ("cancelled", True)
    says(cancelled, "cancelled_here")
    assert await bench.simulator.orders() == []
    assert await broker.cancel(pending.id, session_hash=OURS) == cancelled


async def test_cancelling_works_though_bankid_fails(bench, broker):
    await bench.simulator.script(faults=[{"endpoint": "cancel", "kind": "internalError"}])
    pending = await started(broker)

    assert (await broker.cancel(pending.id, session_hash=OURS)).state == "cancelled"


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        ({"kind": "internalError"}, "RFA5"),
        ({"kind": "maintenance", "times": 3}, "RFA5"),
        ({"kind": "tooManyRequests"}, "RFA5"),
        ({"kind": "alreadyInProgress"}, "RFA4"),
        ({"kind": "unauthorized"}, "RFA22"),
        ({"kind": "unknownCode"}, "RFA22"),
        ({"kind": "html"}, "RFA22"),
        ({"kind": "truncated"}, "RFA22"),
        ({"kind": "oversized"}, "RFA22"),
        ({"kind": "redirect"}, "RFA22"),
    ],
)
async def test_a_start_that_fails_is_a_state_and_a_message(bench, broker, fault, key):
    await bench.simulator.script(faults=[{"endpoint": "sign", **fault}])

    failed = await started(broker)

    assert (failed.state, failed.can_retry) == ("failed", True)
    says(failed, key)


@pytest.mark.parametrize(
    "kind",
    ["internalError", "requestTimeout", "tooManyRequests", "maintenance", "html", "empty", "truncated", "unknownCode"],
)
async def test_collecting_survives_a_bad_moment_of_bankids(bench, broker, kind):
    await bench.simulator.script(outcome="approve", faults=[{"endpoint": "collect", "kind": kind, "times": 4}])
    pending = await started(broker)

    for _ in range(5):
        await collected(bench, broker)

    assert (await broker.view(pending.id, session_hash=OURS)).state == "complete"


async def test_bad_moments_do_not_last_for_ever(bench, broker):
    await bench.simulator.script(outcome="approve", faults=[{"endpoint": "collect", "kind": "html", "times": 999}])
    pending = await started(broker)

    await collected(bench, broker)
    await collected(bench, broker, seconds=241)

    expired = await broker.view(pending.id, session_hash=OURS)
    assert expired.state == "expired"
    says(expired, "RFA8")


async def test_a_result_that_was_lost_on_its_way_is_told_as_a_failure(bench, broker):
    """BankID gives a result once. The second time it knows the order no more, and nobody may be taken for anybody."""
    lost = {"endpoint": "collect", "kind": "truncated", "after": True}
    await bench.simulator.script(outcome="approve", faults=[lost])
    pending = await started(broker)

    await collected(bench, broker)
    await collected(bench, broker)

    failed = await broker.view(pending.id, session_hash=OURS)
    assert (failed.state, failed.can_retry) == ("failed", True)


async def test_an_answer_about_another_order_is_not_believed(bench, broker):
    other = {"endpoint": "collect", "kind": "other_order", "after": True}
    await bench.simulator.script(outcome="approve", faults=[other])
    pending = await started(broker)

    await collected(bench, broker)

    assert (await broker.view(pending.id, session_hash=OURS)).state == "pending"


async def test_the_same_offer_again_is_the_same_identification(bench, broker):
    await bench.simulator.script(outcome="approve")
    first = await started(broker)
    assert await offered(broker) == first

    await collected(bench, broker)
    assert (await offered(broker)).state == "complete"


async def test_an_offer_renews_what_ended(bench, broker):
    await bench.simulator.script(outcome="cancel")
    first = await started(broker)
    await collected(bench, broker)

    again = await offered(broker)

    assert (again.id, again.state, again.mode) == (first.id, "offered", None)


async def test_a_corrected_summary_is_another_signature(bench, broker):
    await bench.simulator.script(outcome="approve")
    first = await started(broker)
    await collected(bench, broker)

    corrected = await offered(broker, text=TEXT + "\nRättat.")

    assert (corrected.id, corrected.state) == (first.id, "offered")
    with pytest.raises(IdentificationNotAvailableError):
        await broker.consume(CONVERSATION, REFERENCE)


async def test_another_purpose_in_the_conversation_ends_the_open_one(bench, broker):
    first = await started(broker)

    second = await offered(broker, reference="AR-2222-2222")

    ended = await broker.view(first.id, session_hash=OURS)
    assert (ended.state, ended.can_retry) == ("cancelled", False)
    assert await bench.simulator.orders() == []
    assert await broker.current(CONVERSATION) == second


async def test_there_is_no_current_one_before_the_first_offer(broker):
    assert await broker.current(CONVERSATION) is None


async def test_a_number_that_bankid_returns_is_never_rejected(bench, broker):
    """The coordination number's month or day may exist in no calendar: it is BankID's word."""
    await bench.simulator.script(outcome="approve", persona="navid")
    await started(broker)
    await collected(bench, broker)

    assert (await broker.consume(CONVERSATION, REFERENCE)).personal_identity_number == "191503882399"


async def test_an_offer_may_not_be_started_for_ever(bench, broker):
    identification = await offered(broker)
    await collected(bench, broker, seconds=3601)

    expired = await broker.view(identification.id, session_hash=OURS)
    assert (expired.state, expired.can_retry) == ("expired", False)
    says(expired, "offer_expired")
    with pytest.raises(IdentificationStateError):
        await broker.start(identification.id, session_hash=OURS, mode="qr", end_user_ip=ADDRESS, user_agent=DESKTOP)


async def test_a_completed_one_is_neither_started_nor_cancelled(bench, broker):
    await bench.simulator.script(outcome="approve")
    pending = await started(broker)
    await collected(bench, broker)

    with pytest.raises(IdentificationStateError):
        await broker.start(pending.id, session_hash=OURS, mode="qr", end_user_ip=ADDRESS, user_agent=DESKTOP)
    with pytest.raises(IdentificationStateError):
        await broker.cancel(pending.id, session_hash=OURS)


@pytest.mark.parametrize("text", ["", "å" * 15_001])
async def test_a_text_that_bankid_does_not_take_cannot_be_offered(broker, text):
    with pytest.raises(ValueError):
        await offered(broker, text=text)


async def test_starts_are_limited_for_a_session_and_for_an_address(bench):
    broker = bench.replica(starts_per_session=2, starts_per_address=3)
    for _ in range(2):
        await started(broker)
    with pytest.raises(TooManyStartsError) as caught:
        await started(broker)
    assert 0 < caught.value.retry_after_s <= 600

    await started(broker, session=THEIRS, conversation="b", reference="AR-3333-3333")
    with pytest.raises(TooManyStartsError):
        await started(broker, session=THEIRS, conversation="b", reference="AR-3333-3333")

    bench.clock.advance(seconds=601)
    await started(broker)


async def test_what_is_wrong_with_a_start_is_said_before_anything_happens(bench, broker):
    identification = await offered(broker)
    with pytest.raises(ValueError):
        await broker.start(identification.id, session_hash=OURS, mode="qr", end_user_ip="nowhere", user_agent="")
    with pytest.raises(ValueError):
        await broker.start(identification.id, session_hash=OURS, mode="telepathy", end_user_ip=ADDRESS, user_agent="")

    assert (await broker.view(identification.id, session_hash=OURS)).state == "offered"


async def test_forgetting_a_conversation_leaves_nothing(bench, broker):
    await bench.simulator.script(outcome="approve")
    pending = await started(broker)
    await collected(bench, broker)

    await broker.forget(CONVERSATION)

    assert await broker.current(CONVERSATION) is None
    with pytest.raises(IdentificationNotFoundError):
        await broker.view(pending.id, session_hash=OURS)
