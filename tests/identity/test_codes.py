"""A code by e-mail: it shows control of an address, once, for one purpose, in the browser that asked for it."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import select, text

from foundation.errors import MailNotSentError, RecipientRefusedError
from identity.bankid.messages import MESSAGES
from identity.codes.code import new_code, typed_code
from identity.errors import (
    AddressUnusableError,
    IdentificationNotAvailableError,
    IdentificationNotFoundError,
    IdentificationStateError,
    TooManyCodesError,
)
from identity.tables import IdentificationCodeRow, IdentificationMailRow
from tests.identity.conftest import ADDRESS, DESKTOP, OURS, TEXT, THEIRS

pytestmark = pytest.mark.database

CONVERSATION, OTHER_CONVERSATION = "3f1c6f52-6f8e-4a54-9a0c-1f5d8a6c0b11", "9d1c6f52-6f8e-4a54-9a0c-1f5d8a6c0b22"
REFERENCE, OTHER_REFERENCE = "AR-7K2M-9QXA", "AR-0000-0011"
EMAIL = "anna@example.se"


async def offered(broker, *, conversation=CONVERSATION, reference=REFERENCE, session=OURS, level=1, email=EMAIL):
    return await broker.offer(
        conversation,
        session_hash=session,
        reference=reference,
        request_title="Rättelse",
        visible_text=TEXT,
        level=level,
        email=email,
    )


async def sent(broker, *, email=EMAIL, session=OURS, address=ADDRESS, **offer):
    identification = await offered(broker, session=session, email=email, **offer)
    return await broker.send_code(identification.id, session_hash=session, email=email, end_user_ip=address)


async def entered(broker, identification, code, *, session=OURS):
    return await broker.enter_code(identification.id, session_hash=session, code=code)


def wrong(code):
    return f"{(int(code.replace(' ', '')) + 1) % 1_000_000:06}"


def says(identification, key):
    assert identification.message == MESSAGES.texts[key]["sv"]


# the way through


async def test_how_long_a_code_is_valid_is_told_and_a_wrong_one_prolongs_nothing(bench, broker):
    waiting = await sent(broker)
    assert waiting.ends_in_s == 600
    bench.clock.advance(seconds=60)
    assert (await entered(broker, waiting, "000000")).ends_in_s == 540
    assert (await sent(broker)).ends_in_s == 600, "a new code begins the time anew"


async def test_an_offer_of_level_1_says_that_a_code_is_enough_and_where_it_would_go(broker):
    identification = await offered(broker)

    assert (identification.state, identification.by_email, identification.email) == ("offered", True, EMAIL)
    says(identification, "code_offered")


async def test_from_the_mail_to_the_address_that_is_handed_over_once(bench, broker, letterbox):
    pending = await sent(broker)
    assert (pending.state, pending.mode, pending.qr, pending.launch_url) == ("pending", "email", False, None)
    says(pending, "code_sent")

    done = await entered(broker, pending, letterbox.code)
    assert (done.state, done.reached_level) == ("complete", 1)
    says(done, "code_confirmed")

    identity = await broker.consume(CONVERSATION, REFERENCE)
    assert (identity.level, identity.method, identity.email) == (1, "email_code", EMAIL)
    assert identity.completed_at == bench.clock()
    assert identity.visible_text == TEXT
    assert (identity.personal_identity_number, identity.name, identity.signature) == (None, None, None)
    assert await broker.consume(CONVERSATION, REFERENCE) == identity, "a registration whose answer was lost"
    bench.clock.advance(seconds=901)
    with pytest.raises(IdentificationNotAvailableError):
        await broker.consume(CONVERSATION, REFERENCE)


async def test_the_mail_says_whose_code_it_is_and_for_how_long(bench, broker, letterbox):
    await sent(broker)

    [mail] = letterbox.mails
    assert mail.to == EMAIL
    assert "Exempelbolaget AB" in mail.subject
    assert letterbox.code in mail.text.splitlines()[0]
    assert letterbox.code not in mail.subject, "a subject stands on locked screens"
    minutes = f"{bench.config.code_s / 60:.0f} minuter"
    assert minutes in mail.text
    assert minutes in MESSAGES.texts["code_sent"]["sv"]


async def test_the_address_is_the_visitors_to_change_and_the_confirmed_one_counts(broker, letterbox):
    identification = await sent(broker, email="ana@example.se")
    first = letterbox.code

    changed = await broker.send_code(
        identification.id, session_hash=OURS, email=" Anna@Example.se ", end_user_ip=ADDRESS
    )
    assert changed.email == letterbox.mails[-1].to == EMAIL
    if first != letterbox.code:
        assert (await entered(broker, changed, first)).state == "pending", "the first code counts no longer"
    await entered(broker, changed, letterbox.code)

    assert (await broker.consume(CONVERSATION, REFERENCE)).email == EMAIL


async def test_the_code_may_be_typed_as_people_type(broker, letterbox):
    for number, typed in enumerate((lambda c: c, lambda c: c.replace(" ", ""), lambda c: f" {c.replace(' ', '-')}\n")):
        identification = await sent(broker, reference=f"AR-0000-00{number}")
        assert (await entered(broker, identification, typed(letterbox.code))).state == "complete"


def test_what_people_type_is_read_as_six_digits_or_not_at_all():
    assert typed_code("１２３ ４５６") == "123456"
    assert typed_code("000 000") == "000000"
    assert typed_code("\u200b123\u00ad456") == "123456", "copied from a mail"
    for nonsense in ("", "12345", "1234567", "12345a", "१२३४५६", "1²3456a", "-", "ett två tre"):
        assert typed_code(nonsense) is None
    codes = [new_code(random.Random(seed)) for seed in range(300)]
    assert all(len(code) == 6 and code.isdecimal() for code in codes)
    assert any(code.startswith("0") for code in codes)


# what ends it


async def test_the_third_wrong_code_ends_it_and_the_right_one_comes_too_late(broker, letterbox):
    identification = await sent(broker)
    right = letterbox.code

    says(await entered(broker, identification, wrong(right)), "code_wrong_2")
    says(await entered(broker, identification, wrong(right)), "code_wrong_1")
    failed = await entered(broker, identification, wrong(right))

    assert (failed.state, failed.can_retry) == ("failed", True)
    says(failed, "code_used_up")
    with pytest.raises(IdentificationStateError):
        await entered(broker, identification, right)
    with pytest.raises(IdentificationNotAvailableError):
        await broker.consume(CONVERSATION, REFERENCE)


async def test_what_is_no_code_costs_no_try(broker, letterbox):
    identification = await sent(broker)

    for _ in range(5):
        says(await entered(broker, identification, "vet inte"), "code_malformed")

    assert (await entered(broker, identification, letterbox.code)).state == "complete"


async def test_after_ten_minutes_the_code_counts_no_longer(bench, broker, letterbox):
    identification = await sent(broker)
    bench.clock.advance(seconds=601)

    expired = await entered(broker, identification, letterbox.code)

    assert (expired.state, expired.can_retry) == ("expired", True)
    says(expired, "code_expired")


async def test_a_code_that_nobody_types_is_ended_by_the_collector(bench, broker, sessions):
    identification = await sent(broker)
    bench.clock.advance(seconds=601)

    await broker._collector.round()

    says(await broker.view(identification.id, session_hash=OURS), "code_expired")
    async with sessions() as session:
        assert (await session.scalars(select(IdentificationCodeRow))).all() == []
    bench.clock.advance(seconds=3600)
    await broker._collector.round()
    async with sessions() as session:
        assert (await session.scalars(select(IdentificationMailRow))).all() == []


async def test_a_code_is_used_up_by_being_right(broker, letterbox):
    identification = await sent(broker)
    await entered(broker, identification, letterbox.code)

    with pytest.raises(IdentificationStateError):
        await entered(broker, identification, letterbox.code)
    with pytest.raises(IdentificationStateError):
        await broker.send_code(identification.id, session_hash=OURS, email=EMAIL, end_user_ip=ADDRESS)


async def test_cancelling_takes_the_code_with_it(broker, letterbox):
    identification = await sent(broker)
    assert (await broker.cancel(identification.id, session_hash=OURS)).state == "cancelled"

    with pytest.raises(IdentificationStateError):
        await entered(broker, identification, letterbox.code)


# who it is for


async def test_another_browser_can_neither_ask_nor_answer(broker, letterbox):
    identification = await sent(broker)

    with pytest.raises(IdentificationNotFoundError):
        await entered(broker, identification, letterbox.code, session=THEIRS)
    with pytest.raises(IdentificationNotFoundError):
        await broker.send_code(identification.id, session_hash=THEIRS, email="m@example.se", end_user_ip=ADDRESS)
    assert (await entered(broker, identification, letterbox.code)).state == "complete"


async def test_a_code_is_for_one_purpose_in_one_conversation(broker, letterbox):
    mine = await sent(broker)
    code = letterbox.code
    theirs = await sent(broker, conversation=OTHER_CONVERSATION, reference=OTHER_REFERENCE, session=THEIRS)
    if code != letterbox.code:
        says(await entered(broker, theirs, code, session=THEIRS), "code_wrong_2")

    await entered(broker, mine, code)

    for conversation, reference in ((OTHER_CONVERSATION, REFERENCE), (CONVERSATION, OTHER_REFERENCE)):
        with pytest.raises(IdentificationNotAvailableError):
            await broker.consume(conversation, reference)
    assert (await broker.consume(CONVERSATION, REFERENCE)).email == EMAIL


async def test_a_digest_that_somebody_moves_to_another_purpose_in_the_database_fits_no_code(
    broker, letterbox, sessions
):
    mine = await sent(broker)
    code = letterbox.code
    theirs = await sent(broker, conversation=OTHER_CONVERSATION, reference=OTHER_REFERENCE, session=THEIRS)
    async with sessions.begin() as session:
        moved = await session.scalar(
            select(IdentificationCodeRow.code_digest).where(IdentificationCodeRow.identification_id == mine.id)
        )
        row = await session.get_one(IdentificationCodeRow, theirs.id)
        row.code_digest = moved

    says(await entered(broker, theirs, code, session=THEIRS), "code_wrong_2")


async def test_a_new_request_in_the_conversation_ends_the_code_of_the_one_before(broker, letterbox):
    first = await sent(broker)
    code = letterbox.code
    await offered(broker, reference=OTHER_REFERENCE)

    with pytest.raises(IdentificationStateError):
        await entered(broker, first, code)


async def test_a_code_is_not_enough_where_bankid_is_needed(broker):
    identification = await offered(broker, level=2)
    assert not identification.by_email

    with pytest.raises(IdentificationStateError):
        await broker.send_code(identification.id, session_hash=OURS, email=EMAIL, end_user_ip=ADDRESS)


async def test_a_request_that_came_to_need_bankid_does_not_keep_its_code(broker, letterbox):
    """The same reference, confirmed by a code and offered again at level 2: the address is not enough any more."""
    identification = await sent(broker)
    await entered(broker, identification, letterbox.code)

    assert (await offered(broker, level=2)).state == "offered"
    with pytest.raises(IdentificationNotAvailableError):
        await broker.consume(CONVERSATION, REFERENCE)


async def test_whoever_prefers_bankid_uses_it_and_the_code_counts_no_longer(bench, broker, letterbox):
    await bench.simulator.script(outcome="approve")
    identification = await sent(broker)
    code = letterbox.code

    await broker.start(identification.id, session_hash=OURS, mode="qr", end_user_ip=ADDRESS, user_agent=DESKTOP)
    with pytest.raises(IdentificationStateError):
        await entered(broker, identification, code)
    bench.clock.advance(seconds=2)
    await broker._collector.round()

    identity = await broker.consume(CONVERSATION, REFERENCE)
    assert (identity.level, identity.method, identity.email) == (2, "bankid", None)


async def test_whoever_gives_up_on_bankid_gets_a_code_and_the_order_is_taken_back(bench, broker, letterbox):
    identification = await offered(broker)
    await broker.start(identification.id, session_hash=OURS, mode="qr", end_user_ip=ADDRESS, user_agent=DESKTOP)

    await broker.send_code(identification.id, session_hash=OURS, email=EMAIL, end_user_ip=ADDRESS)

    assert len(await bench.simulator.requests("cancel")) == 1
    await entered(broker, identification, letterbox.code)
    assert (await broker.consume(CONVERSATION, REFERENCE)).method == "email_code"


# what nobody learns


async def test_a_recipient_whom_the_server_refuses_looks_like_any_other(broker, letterbox):
    known = await sent(broker)
    letterbox.refuses = RecipientRefusedError("no such mailbox")
    unknown = await sent(broker, reference=OTHER_REFERENCE, email="nobody@example.se")

    assert (unknown.state, unknown.message, unknown.can_retry) == (known.state, known.message, known.can_retry)
    says(await entered(broker, unknown, "000000" if letterbox.code != "000 000" else "000001"), "code_wrong_2")


async def test_a_mail_server_that_is_away_is_said_and_can_be_tried_again(broker, letterbox):
    letterbox.refuses = MailNotSentError("away")
    failed = await sent(broker)
    assert (failed.state, failed.can_retry) == ("failed", True)
    says(failed, "mail_unavailable")

    letterbox.refuses = None
    again = await broker.send_code(failed.id, session_hash=OURS, email=EMAIL, end_user_ip=ADDRESS)
    assert (await entered(broker, again, letterbox.code)).state == "complete"


async def test_neither_code_nor_address_stands_open_in_the_database(broker, letterbox, sessions):
    identification = await sent(broker)

    async with sessions() as session:
        rows = []
        for table in ("identification", "identification_code", "identification_mail"):
            rows += (await session.execute(text(f"SELECT t::text FROM chat.{table} t"))).scalars().all()  # noqa: S608
    dump = "\n".join(rows)
    code = letterbox.code.replace(" ", "")
    for secret in (code, code.encode().hex(), EMAIL, EMAIL.encode().hex()):
        assert secret not in dump
    assert len(rows) == 3
    await entered(broker, identification, code)


async def test_neither_code_nor_address_is_logged(broker, letterbox, caplog):
    caplog.set_level("DEBUG")
    for refuses in (None, RecipientRefusedError("refused"), MailNotSentError("away")):
        letterbox.refuses = refuses
        identification = await sent(broker)
    letterbox.refuses = None
    identification = await sent(broker)
    await entered(broker, identification, letterbox.code)
    identity = await broker.consume(CONVERSATION, REFERENCE)

    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("sqlalchemy", "psycopg"))]
    for secret in (letterbox.code, letterbox.code.replace(" ", ""), EMAIL):
        assert not any(secret in line for line in ours)
        assert secret not in repr(identity)
        assert secret not in repr(identification)


# limits


async def test_what_is_no_address_is_refused_and_counts_nothing(broker, sessions):
    identification = await offered(broker)

    for nonsense in ("", "anna", "anna@", "@example.se", "a b@example.se", "anna@example.se\r\nBcc: b@c.se"):
        with pytest.raises(AddressUnusableError):
            await broker.send_code(identification.id, session_hash=OURS, email=nonsense, end_user_ip=ADDRESS)

    async with sessions() as session:
        assert (await session.scalars(select(IdentificationMailRow))).all() == []


async def test_one_address_gets_few_codes_whoever_asks(bench, broker, letterbox):
    for number in range(5):
        await sent(
            broker,
            conversation=f"{number}",
            session=bytes([number]) * 32,
            address=f"192.0.2.{number}",
        )
    with pytest.raises(TooManyCodesError) as refusal:
        await sent(broker, conversation="9", session=bytes([9]) * 32, address="192.0.2.9")

    assert refusal.value.retry_after_s == 3600
    assert len(letterbox.mails) == 5
    bench.clock.advance(seconds=3600)
    await sent(broker, conversation="9", session=bytes([9]) * 32, address="192.0.2.9")


async def test_one_session_sends_few_codes_and_one_network_more_but_not_any_number(bench, broker, letterbox):
    for number in range(6):
        await sent(broker, email=f"a{number}@example.se")
    with pytest.raises(TooManyCodesError):
        await sent(broker, email="a9@example.se")

    strict = bench.replica(codes_per_network=7)
    await sent(strict, email="b@example.se", conversation="b", session=THEIRS)
    with pytest.raises(TooManyCodesError):
        await sent(strict, email="c@example.se", conversation="c", session=bytes(32))


async def test_where_no_mail_can_be_sent_no_code_is_offered(bench):
    from identity.broker import Broker

    broker = Broker(bench.sessions, bench.simulator.client(), bench.key_ring, bench.clock, bench.config)
    identification = await offered(broker)

    assert not identification.by_email
    says(identification, "offered")
    with pytest.raises(IdentificationStateError):
        await broker.send_code(identification.id, session_hash=OURS, email=EMAIL, end_user_ip=ADDRESS)
