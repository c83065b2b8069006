"""A code by e-mail in a conversation: the real broker, and a real mail server on this machine."""

from __future__ import annotations

import email
import re
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from email import policy
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from aiosmtpd.controller import Controller

from bot.app import create_app
from bot.config import BotConfig, IdentityConfig
from bot.turns import IDENTIFIED, NOT_IDENTIFIED
from bot.typed_codes import Heard, heard_code
from foundation.clock import system_clock
from foundation.mail import SmtpMailer
from identity.bankid.messages import MESSAGES
from identity.codes import CodeMail
from identity.config import BrokerConfig, ClientConfig
from identity.simulator.authority import ensure
from tests.bot.conftest import PUBLIC_URL
from tests.bot.fake_rasa import FakeRasa, Told
from tests.bot.visitor import Edge, Visitor, until

pytestmark = pytest.mark.database

REFERENCE, EMAIL = "AR-7K2M-9QXA", "anna@example.se"
REQUEST = {
    "reference": REFERENCE,
    "request_type": "objection",
    "request_title": "Invändning",
    "visible_text": f"Invändning, ärende {REFERENCE}.",
    "level": 1,
    "email": EMAIL,
}


@dataclass
class Post:
    """The mail server's side: what came, and for whom nothing is taken."""

    mails: list[tuple[str, str]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 - aiosmtpd's name
        if address in self.refused:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append((message["To"], message.get_content()))
        return "250 OK"

    def code(self) -> str:
        return re.search(r"\d{3} \d{3}", self.mails[-1][1])[0]


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def smtp_url(post: Post) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(post, hostname="127.0.0.1", port=port)
    server.start()
    yield f"smtp://127.0.0.1:{port}"
    server.stop()


@pytest.fixture(scope="module")
def person_roots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ensure(tmp_path_factory.mktemp("bankid") / "simulator").files.signature_root


@pytest.fixture
async def edge(bot_config: BotConfig, rasa: FakeRasa, smtp_url: str, person_roots: Path) -> AsyncIterator[Edge]:
    broker = BrokerConfig(
        return_url=f"{PUBLIC_URL}/chat/bankid/return",
        referring_domain="chat.test",
        evidence_roots=person_roots,
        idle_interval_s=0.05,
    )
    mailer = SmtpMailer(smtp_url, sender="dataskydd@exempel.se", clock=system_clock, timeout_s=2.0)
    identity = IdentityConfig(
        client=ClientConfig(base_url="http://bankid.test/rp/v6.0/"),
        broker=broker,
        code_mail=CodeMail(mailer, controller="Exempelbolaget AB"),
    )
    app = create_app(replace(bot_config, identity=identity), rasa_transport=rasa.transport())
    async with app.router.lifespan_context(app):
        yield Edge(app, origin=PUBLIC_URL)


@pytest.fixture(autouse=True)
def acting(rasa: FakeRasa, internal: httpx.AsyncClient) -> None:
    """The bot's action: on "ja" it asks for an identification, in the middle of its turn."""

    async def act(told: Told) -> None:
        if told.text == "ja":
            response = await internal.post(f"/conversations/{told.sender}/identifications", json=REQUEST)
            assert response.status_code == 201, response.text

    rasa.before = act


async def offered(visitor: Visitor) -> str:
    await visitor.open()
    _text, card = await visitor.say("ja")
    return str(card["card"]["identification_id"])


async def post_to(visitor: Visitor, identification_id: str, what: str, **body: Any) -> httpx.Response:
    return await visitor.client.post(f"/chat/identifications/{identification_id}/{what}", json=body)


async def test_from_the_confirmation_to_the_confirmed_address(edge, internal, rasa: FakeRasa, post: Post):
    async with edge.visitor() as visitor:
        identification_id = await offered(visitor)
        shown = (await visitor.session())["identification"]
        assert (shown["state"], shown["by_email"], shown["email"]) == ("offered", True, EMAIL)

        sent = (await post_to(visitor, identification_id, "code", email=EMAIL)).json()
        assert (sent["state"], sent["mode"]) == ("pending", "email")
        assert post.mails[-1][0] == EMAIL
        assert post.code().replace(" ", "") not in str(sent)
        done = (await post_to(visitor, identification_id, "code/enter", code=post.code())).json()
        assert done["state"] == "complete"
        await until(lambda: IDENTIFIED in rasa.texts())
        await edge.settle()

        conversation = f"/conversations/{await visitor.conversation_id()}"
        assert (await internal.get(conversation)).json()["identity_level"] == 1
        consumed = await internal.post(f"{conversation}/identifications/consume", json={"reference": REFERENCE})
        proof = consumed.json()
        assert (proof["level"], proof["method"], proof["email"]) == (1, "email_code", EMAIL)
        assert proof["personal_identity_number"] is None


async def test_a_reload_in_the_middle_finds_the_code_still_waited_for(edge, post: Post):
    async with edge.visitor() as visitor:
        identification_id = await offered(visitor)
        await post_to(visitor, identification_id, "code", email="annan@example.se")

        shown = (await visitor.session())["identification"]

        assert (shown["state"], shown["mode"], shown["email"]) == ("pending", "email", "annan@example.se")
        done = await post_to(visitor, identification_id, "code/enter", code=post.code())
        assert done.json()["state"] == "complete"


async def test_three_wrong_codes_are_told_to_the_bot(edge, rasa: FakeRasa, post: Post):
    async with edge.visitor() as visitor:
        identification_id = await offered(visitor)
        await post_to(visitor, identification_id, "code", email=EMAIL)
        wrong = "000000" if post.code() != "000 000" else "000001"

        states = [(await post_to(visitor, identification_id, "code/enter", code=wrong)).json() for _ in range(3)]

        assert [state["state"] for state in states] == ["pending", "pending", "failed"]
        assert len({state["message"] for state in states}) == 3, "how many are left is said"
        late = await post_to(visitor, identification_id, "code/enter", code=post.code())
        assert late.status_code == 409
        await until(lambda: NOT_IDENTIFIED in rasa.texts())
        assert IDENTIFIED not in rasa.texts()


async def test_the_answer_is_the_same_whether_there_is_such_a_mailbox_or_not(edge, post: Post):
    post.refused.add("nobody@example.se")
    async with edge.visitor() as visitor:
        identification_id = await offered(visitor)

        known = await post_to(visitor, identification_id, "code", email=EMAIL)
        unknown = await post_to(visitor, identification_id, "code", email="nobody@example.se")

        assert known.status_code == unknown.status_code == 200
        theirs = {"email": "", "ends_in_s": 0}  # seconds pass between the two
        assert known.json() | theirs == unknown.json() | theirs
        assert [to for to, _ in post.mails] == [EMAIL]


async def test_another_visitor_can_neither_ask_for_the_code_nor_type_it(edge, post: Post):
    async with edge.visitor() as owner, edge.visitor() as thief:
        identification_id = await offered(owner)
        await thief.open()
        await post_to(owner, identification_id, "code", email=EMAIL)

        for what, body in (("code", {"email": "thief@example.se"}), ("code/enter", {"code": post.code()})):
            assert (await post_to(thief, identification_id, what, **body)).status_code == 404

        assert len(post.mails) == 1


@pytest.mark.parametrize("address", ["", "anna", "a@b", "anna@example.se\r\nBcc: x@y.se", "a" * 320])
async def test_what_is_no_address_is_refused_in_words(edge, post: Post, address: str):
    async with edge.visitor() as visitor:
        identification_id = await offered(visitor)

        response = await post_to(visitor, identification_id, "code", email=address)

        assert response.status_code == 422
        assert response.json()["detail"]
        assert not post.mails


async def test_too_many_codes_are_refused_with_the_time_to_wait(edge, post: Post):
    async with edge.visitor() as visitor:
        identification_id = await offered(visitor)
        answers = [await post_to(visitor, identification_id, "code", email=EMAIL) for _ in range(6)]

        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        assert 3500 < int(answers[-1].headers["retry-after"]) <= 3600
        assert "60 minuter" in answers[-1].json()["detail"]
        assert len(post.mails) == 5


async def test_what_is_registered_otherwise_takes_its_card_back(edge, internal, rasa: FakeRasa, post: Post):
    async with edge.visitor() as visitor:
        identification_id = await offered(visitor)
        await post_to(visitor, identification_id, "code", email=EMAIL)

        path = f"/conversations/{await visitor.conversation_id()}/identifications/withdraw"
        assert (await internal.post(path, json={"reference": REFERENCE})).status_code == 204

        shown = (await visitor.session())["identification"]
        assert (shown["state"], shown["can_retry"]) == ("cancelled", False)
        assert (await post_to(visitor, identification_id, "code/enter", code=post.code())).status_code == 409
        await edge.settle()
        assert NOT_IDENTIFIED not in rasa.texts(), "nothing failed"


# typed where one chats instead of on the card


async def waiting_for_code(visitor: Visitor) -> None:
    identification_id = await offered(visitor)
    await post_to(visitor, identification_id, "code", email=EMAIL)


def wrong(code: str) -> str:
    return "000000" if code != "000 000" else "000001"


@pytest.mark.parametrize("typed", ["{0}", "{1}", "Koden är {0}", "Hej! Här kommer koden: {1}."])
async def test_a_code_in_the_chat_is_the_code_and_never_a_message(edge, rasa: FakeRasa, post: Post, caplog, typed: str):
    async with edge.visitor() as visitor:
        await waiting_for_code(visitor)
        caplog.set_level("DEBUG")  # from here on: the mail server of the test logs every letter
        caplog.clear()
        told_before = rasa.texts()

        sent = await visitor.post(text=typed.format(post.code(), post.code().replace(" ", "")))

        assert sent.json()["message"]["text"] == edge.parts.typed_codes._texts("mask_code")
        assert (await visitor.session())["identification"]["state"] == "complete"
        await until(lambda: IDENTIFIED in rasa.texts())
        await edge.settle()
        assert rasa.texts() == [*told_before, IDENTIFIED], "the bot is told that it is confirmed, and of no code"
        kept = "".join(await visitor.texts()) + "".join(record.getMessage() for record in caplog.records)
        assert post.code() not in kept
        assert post.code().replace(" ", "") not in kept


async def test_a_wrong_code_in_the_chat_is_answered_there_and_costs_its_try(edge, rasa: FakeRasa, post: Post):
    async with edge.visitor() as visitor:
        await waiting_for_code(visitor)

        answers = [await visitor.say(wrong(post.code())) for _ in range(2)]

        said = [MESSAGES.texts[key]["sv"] for key in ("code_wrong_2", "code_wrong_1")]
        assert [[message["text"] for message in answer] for answer in answers] == [[text] for text in said]
        await visitor.say(wrong(post.code()))
        assert (await visitor.session())["identification"]["state"] == "failed"
        await until(lambda: NOT_IDENTIFIED in rasa.texts())


async def test_a_code_that_is_sent_again_because_its_answer_was_lost_is_tried_once(edge, post: Post):
    async with edge.visitor() as visitor:
        await waiting_for_code(visitor)
        client_id = str(uuid4())

        sent = [await visitor.post(text=wrong(post.code()), client_id=client_id) for _ in range(4)]

        assert len({answer.json()["message"]["id"] for answer in sent}) == 1
        shown = (await visitor.session())["identification"]
        assert (shown["state"], shown["message"]) == ("pending", MESSAGES.texts["code_wrong_2"]["sv"])


async def test_in_a_message_about_the_code_it_is_hidden_and_not_tried(edge, rasa: FakeRasa, post: Post):
    async with edge.visitor() as visitor:
        await waiting_for_code(visitor)

        await visitor.say(f"Jag skrev koden {post.code()} men inget hände")

        assert "Jag skrev koden [dold kod] men inget hände" in rasa.texts()
        assert edge.parts.typed_codes._texts("code_masked") in await visitor.texts()
        assert not any(post.code() in text for text in await visitor.texts())
        assert (await visitor.session())["identification"]["message"] == MESSAGES.texts["code_sent"]["sv"]


async def test_six_digits_are_any_number_before_a_code_is_sent_and_after_it_was_used(edge, rasa: FakeRasa, post: Post):
    async with edge.visitor() as visitor:
        identification_id = await offered(visitor)
        await visitor.say("123456")
        await post_to(visitor, identification_id, "code", email=EMAIL)
        await visitor.say("mitt kundnummer är 654321")
        await post_to(visitor, identification_id, "code/enter", code=post.code())
        await visitor.say("111222")

        told = [text for text in rasa.texts() if any(character.isdigit() for character in text)]
        assert told == ["123456", "mitt kundnummer är 654321", "111222"]


async def test_a_code_typed_in_another_browser_is_that_browsers_own_text(edge, rasa: FakeRasa, post: Post):
    async with edge.visitor() as owner, edge.visitor() as thief:
        await waiting_for_code(owner)
        await thief.open()

        await thief.say(post.code())

        assert post.code() in await thief.texts(), "nothing is waited for there"
        assert (await owner.session())["identification"]["state"] == "pending"


async def test_who_waits_for_a_person_can_still_type_the_code(edge, internal, rasa: FakeRasa, post: Post):
    async with edge.visitor() as visitor:
        await waiting_for_code(visitor)
        path = f"/conversations/{await visitor.conversation_id()}"
        handed = await internal.post(f"{path}/handoff", json={"reason": "Besökaren bad om en människa", "summary": "x"})
        assert handed.status_code < 300, handed.text

        await visitor.post(text=post.code())

        assert (await visitor.session())["identification"]["state"] == "complete"
        assert not any(post.code() in text for text in await visitor.texts())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("123456", "123456"),
        ("123 456", "123456"),
        ("123-456", "123456"),
        ("1 2 3 4 5 6", "123456"),
        ("１２３ ４５６", "123456"),
        ("123\u200b456", "123456"),
        ("123\u00a0456", "123456"),
        ("koden är 123 456", "123456"),
        ("Det är 123456!", "123456"),
        ("123456 står i mejlet", "123456"),
        ("the code is 123456", "123456"),
        ("12345", None),
        ("1234567", None),
        ("070-123 45 67", None),
        ("mitt kundnummer är 123456", None),
        ("123456 eller 654321", None),
        ("199908072391", None),
        ("", None),
    ],
)
def test_what_is_heard_as_a_code(text: str, code: str | None):
    heard = heard_code(text, mask="x")

    assert (heard.code if heard else None) == code


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("koden 123456 fungerar inte", "koden x fungerar inte"),
        ("koden 123 456 och 654 321 fungerar inte", "koden x och x fungerar inte"),
        ("kl 10 123456 var koden som inte gick", "kl 10 x var koden som inte gick"),
        ("Engångskod: 123456. Ring mig på 070-123 45 67", "Engångskod: x. Ring mig på 070-123 45 67"),
    ],
)
def test_what_names_a_code_beside_other_things_is_hidden_and_not_heard_as_one(text: str, hidden: str):
    assert heard_code(text, mask="x") == Heard(None, hidden)
