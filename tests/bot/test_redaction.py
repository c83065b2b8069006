"""What somebody types by mistake is nowhere afterwards: not in a table, not in a log, not at the bot's."""

from __future__ import annotations

import logging
import re
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy import table as table_clause
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.redaction import cleaned, is_blank, redact
from bot.texts import Texts
from foundation.encryption import KeyRing
from insyn.holdings import HOLDINGS
from tests.bot.fake_rasa import FakeRasa
from tests.bot.visitor import Edge

NUMBER = "19990807-2391"
CARD = "4111 1111 1111 1111"
OPAQUE = {f"{holding.table}.{column}" for holding in HOLDINGS for column in holding.opaque}
"""The columns of hashes and digests, as declared; any other bytes are ciphertext and are opened."""


@pytest.fixture(scope="module")
def texts() -> Texts:
    from bot.config import BotConfig

    return Texts.read(BotConfig.__dataclass_fields__["texts"].default)


@pytest.mark.parametrize(
    "written",
    [NUMBER, "199908072391", "990807-2391", "990807+2391", "1999-08-07 2391", "9908072391", "１９９９０８０７２３９１"],
)
def test_a_personal_identity_number_is_masked_however_it_is_written(texts: Texts, written: str):
    redacted = redact(f"Jag heter Åsa, {written}, och bor i Lund", texts)

    assert redacted.text == f"Jag heter Åsa, {texts('mask_personal_identity_number')}, och bor i Lund"
    assert redacted.notices() == ["personal_identity_number_masked"]


@pytest.mark.parametrize("written", [CARD, "4111111111111111", "4111-1111-1111-1111", "5555 5555 5555 4444"])
def test_a_card_number_is_masked(texts: Texts, written: str):
    redacted = redact(f"kort {written}.", texts)

    assert redacted.text == f"kort {texts('mask_card_number')}."
    assert redacted.notices() == ["card_number_masked"]


def test_both_kinds_are_told_apart(texts: Texts):
    redacted = redact(f"{NUMBER} och {CARD}", texts)

    assert redacted.text == f"{texts('mask_personal_identity_number')} och {texts('mask_card_number')}"
    assert redacted.notices() == ["personal_identity_number_masked", "card_number_masked"]


@pytest.mark.parametrize(
    "harmless",
    ["Ring 070-174 06 05", "AR-7K2M-9QXA", "den 7 augusti 1999", "12 345 kr", "faktura 2024-001", "för 5 år sedan", ""],
)
def test_what_is_no_such_number_stays(texts: Texts, harmless: str):
    redacted = redact(harmless, texts)

    assert redacted.text == harmless
    assert redacted.notices() == []


def test_deceiving_characters_go_and_the_rest_stays():
    assert cleaned(" å\u202e\x00b\r\nc\td 👩‍💻 \ud800") == "åb\nc\td 👩‍💻 \N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(("written", "blank"), [("", True), ("\u200b \u3164", True), (".", False), ("👋", False)])
def test_blank_is_what_shows_nothing(written: str, blank: bool):
    assert is_blank(written) is blank


@pytest.mark.database
async def test_a_typed_number_is_nowhere_afterwards(
    edge: Edge, internal, rasa: FakeRasa, engine: AsyncEngine, key_ring: KeyRing, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    async with edge.visitor() as visitor:
        await visitor.open()
        await visitor.say(f"Mitt personnummer är {NUMBER}")
        await visitor.say(f"Dra från {CARD}")
        conversation_id = await visitor.conversation_id()
        handoff = {"reason": "asked_for_person", "summary": f"Visitor {NUMBER}"}
        await internal.post(f"/conversations/{conversation_id}/handoff", json=handoff)
        await visitor.say(f"Hallå {NUMBER}")
        anna = {"officer_id": "7", "officer_name": "Anna"}
        await internal.post(f"/conversations/{conversation_id}/claim", json=anna)
        said = {**anna, "text": f"Är det {NUMBER}?", "client_id": str(uuid4())}
        await internal.post(f"/conversations/{conversation_id}/messages", json=said)
        await visitor.post(text=f"{NUMBER} " * 200)  # too long, refused
        shown = str(await visitor.session()) + (await internal.get(f"/conversations/{conversation_id}")).text

    dump = await everything_in(engine, key_ring)
    assert "[encrypted" not in dump, "every ciphertext of these tables was opened for this test"
    assert "Mitt personnummer är" in dump, "the dump does see what was written"
    for place in (dump, caplog.text, str(rasa.told), shown):
        digits = re.sub(r"\D", "", place)
        for secret in ("9908072391", "4111111111111111"):
            assert secret not in digits


@pytest.mark.database
async def test_the_visitor_is_told_kindly(edge: Edge, rasa: FakeRasa, texts: Texts):
    async with edge.visitor() as visitor:
        await visitor.open()

        notice, _answer = await visitor.say(f"Mitt personnummer är {NUMBER}")

        assert notice["sender"] == "system"
        assert notice["text"] == texts("personal_identity_number_masked")
        assert rasa.texts()[-1] == f"Mitt personnummer är {texts('mask_personal_identity_number')}"


@pytest.mark.database
async def test_what_people_write_is_encrypted_at_rest_and_logged_nowhere(
    edge: Edge, engine: AsyncEngine, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    async with edge.visitor() as visitor:
        await visitor.open()
        await visitor.say("Jag heter Åsa Öberg och är orolig")
        token = visitor.client.cookies["insyn_session"]

    dump = await everything_in(engine, None)
    assert "Öberg" not in dump
    assert token not in dump
    assert "Öberg" not in caplog.text
    assert token not in caplog.text


async def everything_in(engine: AsyncEngine, key_ring: KeyRing | None) -> str:
    """Return every value of every table of the database, opened where ``key_ring`` opens it."""
    values: list[str] = []
    async with engine.connect() as connection:
        tables = await connection.execute(
            text(
                "SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE' "
                "AND table_schema IN ('chat', 'cases', 'rasa', 'jobs', 'public')"
            )
        )
        for schema, table in tables.all():
            rows = await connection.execute(select(text("*")).select_from(table_clause(table, schema=schema)))
            for row in rows.mappings():
                values += [_readable(schema, table, column, value, key_ring) for column, value in row.items()]
    return "\n".join(values)


def _readable(schema: str, table: str, column: str, value: object, key_ring: KeyRing | None) -> str:
    place = f"{schema}.{table}.{column}"
    if isinstance(value, bytes) and key_ring is not None and place not in OPAQUE:
        return key_ring.decrypt_text(value, context=place)
    return value.hex() if isinstance(value, bytes) else str(value)
