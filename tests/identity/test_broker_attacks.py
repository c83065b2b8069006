"""Everything an attacker tries against the broker comes to nothing: each test is one attempt."""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
from dataclasses import asdict
from hashlib import sha256

import pytest
from sqlalchemy import select, text

from identity.bankid.messages import MESSAGES
from identity.errors import (
    BrokerError,
    IdentificationNotAvailableError,
    IdentificationNotFoundError,
    ReturnRefusedError,
)
from identity.tables import IdentificationOrderRow, IdentificationRow, IdentificationStartRow
from identity.vault import Vault
from tests.identity.conftest import ADDRESS, DESKTOP, IPHONE_CHROME, OURS, TEXT, THEIRS
from tests.identity.test_broker import CONVERSATION, REFERENCE, collected, started

pytestmark = pytest.mark.database

OTHER_CONVERSATION = "9d0f6d0e-2d52-4d52-8f3d-77c6b7a3b0aa"


@pytest.fixture
async def completed(bench, broker):
    """An identification of ours that waits to be consumed."""
    await bench.simulator.script(outcome="approve")
    pending = await started(broker)
    await collected(bench, broker)
    return await broker.view(pending.id, session_hash=OURS)


async def test_another_session_sees_and_moves_nothing(bench, broker):
    pending = await started(broker)

    for attempt in (
        broker.view(pending.id, session_hash=THEIRS),
        broker.qr_svg(pending.id, session_hash=THEIRS),
        broker.cancel(pending.id, session_hash=THEIRS),
        broker.start(pending.id, session_hash=THEIRS, mode="qr", end_user_ip=ADDRESS, user_agent=DESKTOP),
    ):
        with pytest.raises(IdentificationNotFoundError):
            await attempt

    assert (await broker.view(pending.id, session_hash=OURS)) == pending


async def test_a_guessed_id_and_a_foreign_one_are_answered_alike(broker):
    pending = await started(broker)

    with pytest.raises(IdentificationNotFoundError) as foreign:
        await broker.view(pending.id, session_hash=THEIRS)
    with pytest.raises(IdentificationNotFoundError) as guessed:
        await broker.view("00000000-0000-4000-8000-000000000000", session_hash=THEIRS)

    assert str(foreign.value) == str(guessed.value)


async def test_another_conversation_cannot_consume(broker, completed):
    with pytest.raises(IdentificationNotAvailableError):
        await broker.consume(OTHER_CONVERSATION, REFERENCE)

    assert (await broker.consume(CONVERSATION, REFERENCE)).level == 2


async def test_another_purpose_cannot_consume(broker, completed):
    with pytest.raises(IdentificationNotAvailableError):
        await broker.consume(CONVERSATION, "AR-OTHR-PRPS")


async def test_nothing_can_be_consumed_before_it_is_complete(broker):
    await started(broker)

    with pytest.raises(IdentificationNotAvailableError):
        await broker.consume(CONVERSATION, REFERENCE)


async def test_the_same_reference_reads_it_again_for_a_quarter_of_an_hour_and_no_longer(bench, broker, completed):
    first = await broker.consume(CONVERSATION, REFERENCE)
    bench.clock.advance(minutes=14)
    assert await broker.consume(CONVERSATION, REFERENCE) == first

    bench.clock.advance(minutes=2)
    with pytest.raises(IdentificationNotAvailableError):
        await broker.consume(CONVERSATION, REFERENCE)


async def test_a_completion_nobody_consumed_in_time_is_gone(bench, broker, completed):
    await collected(bench, broker, seconds=901)

    with pytest.raises(IdentificationNotAvailableError):
        await broker.consume(CONVERSATION, REFERENCE)
    expired = await broker.view(completed.id, session_hash=OURS)
    assert expired.state == "expired"
    assert expired.message == MESSAGES.texts["completion_expired"]["sv"]


async def test_an_expired_completion_is_refused_even_before_anybody_tended_it(bench, broker, completed):
    bench.clock.advance(seconds=901)

    with pytest.raises(IdentificationNotAvailableError):
        await broker.consume(CONVERSATION, REFERENCE)


async def test_the_person_leaves_the_database_when_the_time_is_out(bench, broker, completed):
    await broker.consume(CONVERSATION, REFERENCE)
    await collected(bench, broker, seconds=901)

    async with bench.sessions() as session:
        kept = await session.scalar(text("SELECT count(completion) FROM chat.identification"))
    assert kept == 0


async def test_simultaneous_consumers_get_one_and_the_same_identity(bench, broker, completed):
    replicas = [bench.replica() for _ in range(4)]

    identities = await asyncio.gather(*[replica.consume(CONVERSATION, REFERENCE) for replica in replicas])

    assert len(set(identities)) == 1
    async with bench.sessions() as session:
        consumed = await session.scalars(text("SELECT consumed_at FROM chat.identification"))
    assert consumed.all() == [bench.clock()]


# session fixation: the attacker starts, the victim approves


async def test_fixation_the_attacker_without_the_nonce_waits_for_ever(bench, broker):
    """The attacker (our session here) sends the victim the link; the victim approves, and comes back elsewhere."""
    await bench.simulator.script(outcome="approve")
    pending = await started(broker, mode="same_device")
    await collected(bench, broker)
    with pytest.raises(IdentificationNotAvailableError):  # approved and stored, and still nobody's
        await broker.consume(CONVERSATION, REFERENCE)

    await collected(bench, broker, seconds=181)

    failed = await broker.view(pending.id, session_hash=OURS)
    assert failed.state == "failed"
    assert failed.message == MESSAGES.texts["never_returned"]["sv"]
    with pytest.raises(IdentificationNotAvailableError):
        await broker.consume(CONVERSATION, REFERENCE)


@pytest.mark.parametrize("victim", [THEIRS, b""], ids=["with a cookie of its own", "without any cookie"])
async def test_fixation_the_victims_browser_burns_the_nonce_and_the_order(bench, broker, victim):
    await bench.simulator.script(outcome="approve")
    pending = await started(broker, mode="same_device")
    await collected(bench, broker)
    nonce = await bench.simulator.nonce()

    with pytest.raises(ReturnRefusedError):
        await broker.accept_return(nonce, session_hash=victim)
    with pytest.raises(ReturnRefusedError):
        await broker.accept_return(nonce, session_hash=OURS)

    assert (await broker.view(pending.id, session_hash=OURS)).state == "failed"
    with pytest.raises(IdentificationNotAvailableError):
        await broker.consume(CONVERSATION, REFERENCE)


async def test_fixation_the_nonce_is_in_nothing_that_the_starting_browser_gets(bench, broker):
    for user_agent in (DESKTOP, IPHONE_CHROME.replace("CriOS/126.0.6478.35 ", "Version/17.5 ")):
        pending = await started(broker, mode="same_device", user_agent=user_agent)
        nonce = await bench.simulator.nonce()

        seen = await broker.view(pending.id, session_hash=OURS)
        for shown in (pending, seen):
            for field in shown.__slots__:
                assert nonce not in str(getattr(shown, field)), field


async def test_fixation_once_bankid_has_the_nonce_we_no_longer_do(bench, broker):
    """Only its hash is kept: who reads the database and holds the keys cannot complete an order either."""
    await started(broker, mode="same_device")
    nonce = await bench.simulator.nonce()

    async with bench.sessions() as session:
        [order] = (await session.scalars(select(IdentificationOrderRow))).all()

    assert nonce not in repr(asdict(Vault(bench.key_ring).open_secrets(order.identification_id, order.secrets)))
    assert order.nonce_hash == sha256(nonce.encode()).digest()


async def test_fixation_where_no_nonce_travels_the_address_decides(bench, broker):
    await bench.simulator.script(outcome="approve", ip_address="198.51.100.9")
    pending = await started(broker, mode="same_device", user_agent=IPHONE_CHROME)

    await collected(bench, broker)

    failed = await broker.view(pending.id, session_hash=OURS)
    assert (failed.state, failed.can_retry) == ("failed", True)
    assert failed.message == MESSAGES.texts["other_device"]["sv"]


@pytest.mark.parametrize(
    ("ours", "theirs", "user_agent", "state"),
    [
        (ADDRESS, ADDRESS, IPHONE_CHROME, "complete"),
        (ADDRESS, "198.51.100.9", IPHONE_CHROME, "failed"),
        (ADDRESS, "198.51.100.9", DESKTOP, "failed"),  # with a nonce, and still another place
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", IPHONE_CHROME, "complete"),  # one household
        ("2001:db8:1:2::1", "2001:db8:1:3::1", IPHONE_CHROME, "failed"),
        ("2001:db8:1:2::1", ADDRESS, IPHONE_CHROME, "failed"),  # cannot be compared, and nothing else to go by
        ("2001:db8:1:2::1", ADDRESS, DESKTOP, "pending"),  # cannot be compared: the nonce decides
    ],
)
async def test_the_two_addresses_of_an_approval_on_the_same_device(bench, broker, ours, theirs, user_agent, state):
    await bench.simulator.script(outcome="approve", ip_address=theirs)
    pending = await started(broker, mode="same_device", user_agent=user_agent, address=ours)

    await collected(bench, broker)

    assert (await broker.view(pending.id, session_hash=OURS)).state == state


# QR relay: the attacker shows a victim elsewhere the code that our page shows the attacker. No relying party can tell a
# relayed scan from one over the shoulder; docs/identity.md says what is left to rely on, and here is that it holds


ELSEWHERE = "198.51.100.9"


@pytest.fixture
async def relayed(bench, broker):
    """The attacker (our session) began; ``relay(risk=…)`` lets a victim scan the code and approve, from elsewhere."""

    async def relay(**script):
        await bench.simulator.script(outcome="approve", persona="astrid", ip_address=ELSEWHERE, **script)
        pending = await started(broker)
        await collected(bench, broker)
        return await broker.view(pending.id, session_hash=OURS)

    return relay


async def test_relay_what_bankid_finds_too_risky_is_refused_and_leaves_nothing(bench, broker, relayed):
    refused = await relayed(risk="high")

    assert refused.state == "failed"
    assert refused.message == MESSAGES.texts["risk_blocked"]["sv"]
    with pytest.raises(IdentificationNotAvailableError):
        await broker.consume(CONVERSATION, REFERENCE)
    async with bench.sessions() as session:
        assert await session.scalar(text("SELECT count(completion) FROM chat.identification")) == 0


async def test_relay_bankid_is_given_what_it_computes_risk_from(bench, broker):
    """The attacker's address and browser, and a name for the browser that is the same each time: never the victim's."""
    await started(broker)
    await started(broker)

    first, second = await bench.simulator.requests("sign")
    for sent in (first, second):
        assert (sent["returnRisk"], sent["endUserIp"]) == (True, ADDRESS)
        assert (sent["web"]["referringDomain"], sent["web"]["userAgent"]) == ("chat.example", DESKTOP)
    assert first["web"]["deviceIdentifier"] == second["web"]["deviceIdentifier"]


async def test_relay_the_victim_reads_for_whom_and_what_and_signs_nothing_else(bench, broker, relayed):
    """What stands in the app is the attacker's request, word for word; what is signed is good for that case alone."""
    await relayed(risk="low")

    [sent] = await bench.simulator.requests("sign")
    assert base64.b64decode(sent["userVisibleData"]).decode() == TEXT
    identity = await broker.consume(CONVERSATION, REFERENCE)
    assert identity.visible_text == TEXT
    unseen = json.loads(identity.non_visible_data)
    assert (unseen["conversation_id"], unseen["purpose"]) == (CONVERSATION, REFERENCE)


async def test_relay_gives_one_case_in_one_conversation_and_tells_the_attackers_browser_of_nobody(broker, relayed):
    shown = await relayed(risk="low")

    assert shown.state == "complete"
    identity = await broker.consume(CONVERSATION, REFERENCE)
    for personal in (identity.personal_identity_number, identity.given_name, identity.surname, identity.signature):
        for field in shown.__slots__:
            assert personal not in str(getattr(shown, field)), field
    for conversation, reference in ((CONVERSATION, "AR-2222-2222"), (OTHER_CONVERSATION, REFERENCE)):
        with pytest.raises(IdentificationNotAvailableError):
            await broker.consume(conversation, reference)


async def test_relay_a_frame_that_took_its_time_is_scanned_by_nobody(bench, broker):
    """A picture of the code, sent on: six seconds later it is a picture."""
    await started(broker)
    [order] = await bench.simulator.orders()
    bench.clock.advance(seconds=7)

    scanned = await bench.simulator.http.post("/control/scan", json={"text": order["frame"]})

    assert scanned.json() == {"error": "stale"}


async def test_a_forged_nonce_is_refused(bench, broker):
    await bench.simulator.script(outcome="approve")
    pending = await started(broker, mode="same_device")
    await collected(bench, broker)

    for forged in ("", "x", secrets.token_urlsafe(32), (await bench.simulator.nonce())[:-1]):
        with pytest.raises(ReturnRefusedError):
            await broker.accept_return(forged, session_hash=OURS)

    assert (await broker.view(pending.id, session_hash=OURS)).state == "pending"


async def test_a_nonce_works_once(bench, broker):
    await bench.simulator.script(outcome="approve")
    await started(broker, mode="same_device")
    await collected(bench, broker)
    nonce = await bench.simulator.nonce()
    await broker.accept_return(nonce, session_hash=OURS)

    with pytest.raises(ReturnRefusedError):
        await broker.accept_return(nonce, session_hash=OURS)


async def test_a_nonce_works_once_before_the_approval_is_known_too(bench, broker):
    await started(broker, mode="same_device")
    nonce = await bench.simulator.nonce()
    assert (await broker.accept_return(nonce, session_hash=OURS)).state == "pending"

    with pytest.raises(ReturnRefusedError):
        await broker.accept_return(nonce, session_hash=OURS)


async def test_the_nonce_of_a_superseded_order_is_worth_nothing(bench, broker):
    await bench.simulator.script(outcome="approve")
    pending = await started(broker, mode="same_device")
    old = await bench.simulator.nonce()
    await broker.start(pending.id, session_hash=OURS, mode="same_device", end_user_ip=ADDRESS, user_agent=DESKTOP)

    with pytest.raises(ReturnRefusedError):
        await broker.accept_return(old, session_hash=OURS)


async def test_a_nonce_that_comes_too_late_is_refused(bench, broker):
    await bench.simulator.script(outcome="approve")
    await started(broker, mode="same_device")
    nonce = await bench.simulator.nonce()
    bench.clock.advance(seconds=421)

    with pytest.raises(ReturnRefusedError):
        await broker.accept_return(nonce, session_hash=OURS)


# evidence: BankID's word is checked before it is believed


async def test_a_signature_under_another_root_is_not_believed(bench, stranger):
    broker = bench.replica(evidence_roots=stranger.files.signature_root)
    await bench.simulator.script(outcome="approve")
    pending = await started(broker)

    await collected(bench, broker)

    assert (await broker.view(pending.id, session_hash=OURS)).state == "failed"
    with pytest.raises(BrokerError):
        await broker.consume(CONVERSATION, REFERENCE)


# what lies in the database is of no use to whoever steals it


async def test_no_person_no_text_and_no_secret_lies_open_in_the_database(bench, broker):
    await bench.simulator.script(outcome="approve", persona="gunborg")
    await started(broker, mode="same_device")
    [order] = await bench.simulator.orders()
    nonce = await bench.simulator.nonce()
    await collected(bench, broker)

    async with bench.sessions() as session:
        rows = [
            (await session.execute(select(*table.__table__.columns))).all()
            for table in (IdentificationRow, IdentificationOrderRow, IdentificationStartRow)
        ]
    cells = [cell for table in rows for row in table for cell in row]
    dump = "".join(cell.decode(errors="replace") if isinstance(cell, bytes) else str(cell) for cell in cells)
    assert CONVERSATION in dump

    secret = ["192401019183", "Gunborg", "Övningsmo", TEXT[:20], ADDRESS, nonce, DESKTOP]
    for value in [*secret, order["order_ref"], order["auto_start_token"]]:
        assert value not in dump


async def test_nothing_personal_and_no_secret_is_logged_or_shown_in_a_repr(bench, broker, caplog):
    caplog.set_level("DEBUG")
    faults = [{"endpoint": "collect", "kind": "internalError"}]
    await bench.simulator.script(outcome="approve", persona="gunborg", faults=faults)
    pending = await started(broker, mode="same_device")
    [order] = await bench.simulator.orders()
    nonce = await bench.simulator.nonce()
    await collected(bench, broker)
    await collected(bench, broker)
    await broker.accept_return(nonce, session_hash=OURS)
    identity = await broker.consume(CONVERSATION, REFERENCE)

    shown = "".join(record.getMessage() for record in caplog.records if not record.name.startswith("asyncio"))
    shown += repr(identity) + repr(pending)

    secret = ["192401019183", "Gunborg", "Övningsmo", TEXT[:20], ADDRESS, nonce, identity.signature]
    for value in [*secret, order["order_ref"], order["auto_start_token"]]:
        assert value not in shown
