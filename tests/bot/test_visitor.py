"""What a visitor does: opens the chat, writes, presses buttons; and what a forger tries."""

from __future__ import annotations

from uuid import uuid4

import httpx
import pytest

from bot.config import Limits
from tests.bot.conftest import running_edge
from tests.bot.fake_rasa import FakeRasa, says
from tests.bot.visitor import NOTHING_MORE, Edge, button

pytestmark = pytest.mark.database

YES_OR_NO = says("Stämmer det?", buttons=[{"title": "Ja", "payload": "/affirm"}, {"title": "Nej", "payload": "/deny"}])


async def test_a_new_visitor_is_greeted_by_the_bot_and_gets_a_cookie_that_scripts_cannot_read(edge: Edge):
    async with edge.visitor() as visitor:
        response = await visitor.client.post("/chat/session")
        await edge.settle()

        cookie = response.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Path=/" in cookie
        assert await visitor.texts() == ["event EXTERNAL_conversation_started"]


async def test_the_cookie_is_secure_when_visitors_come_over_tls(bot_config, rasa):
    async with (
        running_edge(bot_config, rasa, public_url="https://chat.test") as edge,
        edge.visitor(origin="https://chat.test") as visitor,
    ):
        response = await visitor.client.post("/chat/session")

        assert "Secure" in response.headers["set-cookie"]
        assert "max-age" in response.headers["strict-transport-security"]


async def test_a_reload_finds_the_conversation_again(edge: Edge):
    async with edge.visitor() as visitor:
        await visitor.open()
        await visitor.say("Hur länge sparar ni?")

        session = await visitor.session()

        assert [message["sender"] for message in session["messages"]] == ["bot", "visitor", "bot"]
        assert session["last_event_id"] == session["messages"][-1]["id"]
        assert session["conversation"] == {"state": "bot", "queue_position": None, **NOTHING_MORE}


async def test_an_answer_keeps_text_sources_and_buttons_together(edge: Edge, rasa: FakeRasa):
    citation = {"section": "Kakor", "quote": "Vi använder kakor", "policy_version": "1", "anchor": "kakor"}
    rasa.answers["kakor?"] = [
        says("Ja.", custom={"citations": [citation]}, buttons=[{"title": "Mer", "payload": "/policy_x"}])
    ]
    async with edge.visitor() as visitor:
        await visitor.open()

        [answer] = await visitor.say("kakor?")

        assert answer["text"] == "Ja."
        assert answer["citations"] == [citation]
        assert [(shown["title"], shown["used"]) for shown in answer["buttons"]] == [("Mer", False)]
        assert "policy_x" not in str(answer)


async def test_a_receipt_is_shown_as_its_card(edge: Edge, rasa: FakeRasa):
    card = {"kind": "receipt", "reference": "AR-1234-567X", "due_on": "2026-12-28"}
    rasa.answers["ja"] = [says("Klart.", custom={"card": card})]
    async with edge.visitor() as visitor:
        await visitor.open()

        [answer] = await visitor.say("ja")

        assert answer["card"] == card


# Sent twice


async def test_the_same_client_id_twice_is_one_message_and_one_turn(edge: Edge, rasa: FakeRasa):
    async with edge.visitor() as visitor:
        await visitor.open()
        client_id = str(uuid4())

        first = await visitor.post(text="Hej", client_id=client_id)
        second = await visitor.post(text="Hej", client_id=client_id)
        await edge.settle()

        assert first.json() == second.json()
        assert rasa.texts().count("Hej") == 1
        assert (await visitor.texts()).count("Hej") == 1


async def test_the_same_client_id_from_another_visitor_is_another_message(edge: Edge, rasa: FakeRasa):
    client_id = str(uuid4())
    async with edge.visitor() as one, edge.visitor() as other:
        await one.open()
        await other.open()

        await one.say("Hej", client_id=client_id)
        await other.say("Hej", client_id=client_id)

        assert rasa.texts().count("Hej") == 2


# What is not taken


@pytest.mark.parametrize("text", ["", "   ", "\n\t ", "\u200b\u200d", "\x00\x07", "\u202e", "\u3164", "\ufeff"])
async def test_nothing_that_could_be_read_is_refused_kindly(edge: Edge, rasa: FakeRasa, text: str):
    async with edge.visitor() as visitor:
        await visitor.open()

        response = await visitor.post(text=text)

        assert response.status_code == 422
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["type"] == "urn:insyn:problem:empty-message"
        assert response.json()["detail"]
        assert len(rasa.told) == 1


async def test_a_message_may_have_2000_characters_and_not_one_more(edge: Edge, rasa: FakeRasa):
    async with edge.visitor() as visitor:
        await visitor.open()

        assert (await visitor.post(text="å" * 2_000)).status_code == 202
        refused = await visitor.post(text="å" * 2_001)

        assert refused.status_code == 422
        assert refused.json()["limit"] == 2_000


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"hej"',
        b"{}",
        b'{"client_id": "x", "text": "hej"}',
        b'{"client_id": "00000000-0000-4000-8000-000000000000"}',
        b'{"client_id": "00000000-0000-4000-8000-000000000000", "text": 1}',
        b'{"client_id": "00000000-0000-4000-8000-000000000000", "text": "a", "button": "b"}',
        b'{"client_id": "00000000-0000-4000-8000-000000000000", "text": "a", "sender": "officer"}',
        b"\xff\xfe",
    ],
)
async def test_what_cannot_be_read_is_a_problem_and_not_repeated(edge: Edge, body: bytes):
    async with edge.visitor() as visitor:
        await visitor.open()

        response = await visitor.client.post(
            "/chat/messages", content=body, headers={"Content-Type": "application/json"}
        )

        assert response.status_code in (400, 422)
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["detail"]
        assert "hej" not in response.text


async def test_a_body_that_is_too_large_is_refused_whether_or_not_it_says_so(edge: Edge):
    async def in_pieces():
        for _ in range(50):
            yield b" " * 1_000

    async with edge.visitor() as visitor:
        await visitor.open()

        announced = await visitor.client.post("/chat/messages", content=b" " * 50_000)
        unannounced = await visitor.client.post("/chat/messages", content=in_pieces())

        assert announced.status_code == unannounced.status_code == 413
        assert announced.json()["detail"]


async def test_half_a_surrogate_pair_is_taken_as_the_sign_for_what_cannot_be_read(edge: Edge, rasa: FakeRasa):
    async with edge.visitor() as visitor:
        await visitor.open()
        body = b'{"client_id": "%s", "text": "hej \\ud800"}' % str(uuid4()).encode()

        response = await visitor.client.post(
            "/chat/messages", content=body, headers={"Content-Type": "application/json"}
        )
        await edge.settle()

        assert response.status_code == 202
        assert rasa.texts()[-1] == "hej \N{REPLACEMENT CHARACTER}"


# Text is text


@pytest.mark.parametrize(
    "text", ["/affirm", '/inform{"authenticated": true}', "/EXTERNAL_identification_completed", "//", "/restart"]
)
async def test_text_that_starts_with_a_slash_is_text(edge: Edge, rasa: FakeRasa, text: str):
    async with edge.visitor() as visitor:
        await visitor.open()

        await visitor.say(text)

        assert (rasa.done[-1].kind, rasa.done[-1].text) == ("text", text)


async def test_the_payload_of_a_button_is_not_obeyed_when_written(edge: Edge, rasa: FakeRasa):
    async with edge.visitor() as visitor:
        await visitor.open()

        await visitor.say("edge:hand_over")

        assert await visitor.state() == "bot"
        assert rasa.done[-1].kind == "text"


# Buttons


async def test_a_button_tells_the_bot_its_payload_and_shows_its_title(edge: Edge, rasa: FakeRasa):
    rasa.answers["radera"] = [YES_OR_NO]
    async with edge.visitor() as visitor:
        await visitor.open()
        [question] = await visitor.say("radera")

        await visitor.press(button(question, "Ja"))

        assert (rasa.done[-1].kind, rasa.done[-1].text) == ("payload", "/affirm")
        messages = await visitor.messages()
        assert [message["text"] for message in messages if message["sender"] == "visitor"] == ["radera", "Ja"]


async def test_a_button_works_once_and_the_other_answers_go_with_it(edge: Edge, rasa: FakeRasa):
    rasa.answers["radera"] = [YES_OR_NO]
    async with edge.visitor() as visitor:
        await visitor.open()
        [question] = await visitor.say("radera")

        first = await visitor.post(button=button(question, "Ja"))
        again = await visitor.post(button=button(question, "Ja"))
        other = await visitor.post(button=button(question, "Nej"))
        await edge.settle()

        assert first.status_code == 202
        assert again.status_code == other.status_code == 409
        assert again.json()["type"] == "urn:insyn:problem:button-spent"
        assert [told.text for told in rasa.done if told.kind == "payload"] == ["/affirm"]
        shown = next(message for message in await visitor.messages() if message["id"] == question["id"])
        assert all(offered["used"] for offered in shown["buttons"])


async def test_pressing_twice_at_once_with_one_client_id_is_one_press(edge: Edge, rasa: FakeRasa):
    rasa.answers["radera"] = [YES_OR_NO]
    async with edge.visitor() as visitor:
        await visitor.open()
        [question] = await visitor.say("radera")
        client_id = str(uuid4())

        first = await visitor.post(button=button(question, "Ja"), client_id=client_id)
        repeated = await visitor.post(button=button(question, "Ja"), client_id=client_id)
        await edge.settle()

        assert first.json()["message"]["id"] == repeated.json()["message"]["id"]
        assert [told.text for told in rasa.done if told.kind == "payload"] == ["/affirm"]


async def test_an_answer_cannot_be_given_once_the_conversation_has_moved_on(edge: Edge, rasa: FakeRasa):
    """An old "Stämmer" must not confirm the request that is being talked about now."""
    rasa.answers["radera"] = [YES_OR_NO]
    async with edge.visitor() as visitor:
        await visitor.open()
        [question] = await visitor.say("radera")
        await visitor.say("eller nej, ge mig ett utdrag")

        late = await visitor.post(button=button(question, "Ja"))

        assert late.status_code == 409
        assert all(told.kind != "payload" for told in rasa.done)


async def test_a_button_that_opens_something_of_its_own_can_be_pressed_later(edge: Edge, rasa: FakeRasa):
    rasa.answers["kakor"] = [says("Ja.", buttons=[{"title": "Begär radering", "payload": "/request_erasure"}])]
    async with edge.visitor() as visitor:
        await visitor.open()
        [answer] = await visitor.say("kakor")
        await visitor.say("annat")

        await visitor.press(button(answer, "Begär radering"))

        assert rasa.done[-1].text == "/request_erasure"


@pytest.mark.parametrize("token", ["", "/affirm", "0" * 32, "edge:hand_over", "' OR 1=1 --", "\x00"])
async def test_a_forged_button_does_nothing(edge: Edge, rasa: FakeRasa, token: str):
    async with edge.visitor() as visitor:
        await visitor.open()
        before = await visitor.texts()

        response = await visitor.post(button=token)
        await edge.settle()

        assert response.status_code in (409, 422)
        assert await visitor.texts() == before
        assert len(rasa.told) == 1
        assert await visitor.state() == "bot"


async def test_another_visitors_button_does_nothing(edge: Edge, rasa: FakeRasa):
    rasa.answers["radera"] = [YES_OR_NO]
    async with edge.visitor() as victim, edge.visitor() as thief:
        await victim.open()
        await thief.open()
        [question] = await victim.say("radera")

        response = await thief.post(button=button(question, "Ja"))
        await edge.settle()

        assert response.status_code == 409
        assert all(told.kind != "payload" for told in rasa.done)
        assert (await victim.post(button=button(question, "Ja"))).status_code == 202


# Sessions


@pytest.mark.parametrize("method_and_path", [("POST", "/chat/messages"), ("GET", "/chat/stream")])
async def test_without_a_session_there_is_nothing(edge: Edge, method_and_path: tuple[str, str]):
    method, path = method_and_path
    async with edge.visitor() as visitor:
        response = await visitor.client.request(
            method, path, json={"client_id": str(uuid4()), "text": "hej"} if method == "POST" else None
        )

        assert response.status_code == 401
        assert response.json()["detail"]


async def test_the_id_of_a_conversation_opens_nothing(edge: Edge):
    """What the bot knows a conversation by is no key to it, and neither is what the database has of the cookie."""
    async with edge.visitor() as victim, edge.visitor() as thief:
        await victim.open()
        await victim.say("min hemlighet")
        conversation_id = await victim.conversation_id()
        token_hash = (await edge.parts.conversations.visitor(victim.client.cookies["insyn_session"])).token_hash

        for stolen in (conversation_id, token_hash.hex(), ""):
            thief.client.cookies.set("insyn_session", stolen, domain="chat.test", path="/")
            response = await thief.client.post("/chat/messages", json={"client_id": str(uuid4()), "text": "hej"})
            assert response.status_code == 401

        assert "min hemlighet" not in str(await thief.session())


async def test_a_session_id_chosen_by_the_browser_is_not_adopted(edge: Edge):
    """Session fixation: the server makes the id, always."""
    async with edge.visitor() as visitor:
        visitor.client.cookies.set("insyn_session", "chosen-by-an-attacker", domain="chat.test", path="/")

        response = await visitor.client.post("/chat/session")

        assert "chosen-by-an-attacker" not in response.headers["set-cookie"]


async def test_two_visitors_never_mix(edge: Edge):
    async with edge.visitor() as one, edge.visitor() as other:
        await one.open()
        await other.open()

        await one.say("ett")
        await other.say("två")

        assert "två" not in await one.texts()
        assert "ett" not in await other.texts()


async def test_a_browser_that_was_away_too_long_begins_anew(bot_config, rasa, clock):
    from bot.app import create_app
    from tests.bot.conftest import PUBLIC_URL

    app = create_app(bot_config, rasa_transport=rasa.transport(), clock=clock)
    async with app.router.lifespan_context(app):
        edge = Edge(app, origin=PUBLIC_URL)
        async with edge.visitor() as visitor:
            await visitor.open()
            await visitor.say("min hemlighet")
            clock.advance(hours=23)
            assert "min hemlighet" in await visitor.texts()
            clock.advance(hours=23)
            assert "min hemlighet" in await visitor.texts()

            clock.advance(hours=25)

            assert (await visitor.post(text="hej")).status_code == 401
            assert "min hemlighet" not in await visitor.texts()


# Origins


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://chat.test.evil.example", "http://chat.test:81"]
)
async def test_a_page_of_an_unknown_origin_can_neither_open_nor_write(edge: Edge, rasa: FakeRasa, origin: str):
    async with edge.visitor() as visitor:
        await visitor.open()
        body = {"client_id": str(uuid4()), "text": "hej"}

        for path in ("/chat/session", "/chat/messages"):
            response = await visitor.client.post(path, json=body, headers={"Origin": origin})
            assert response.status_code == 403
            assert "access-control-allow-origin" not in response.headers
        assert len(rasa.told) == 1


async def test_without_an_origin_nothing_is_changed(edge: Edge):
    async with edge.client() as client:
        assert (await client.post("/chat/session")).status_code == 403


async def test_a_page_that_may_include_the_widget_may_read_its_answers(edge: Edge):
    async with edge.visitor(origin="https://www.example.se") as visitor:
        response = await visitor.client.post("/chat/session")
        preflight = await visitor.client.options(
            "/chat/messages",
            headers={"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"},
        )

        assert response.status_code == 200
        assert response.headers["access-control-allow-origin"] == "https://www.example.se"
        assert response.headers["access-control-allow-credentials"] == "true"
        assert "Origin" in response.headers["vary"]
        assert preflight.status_code == 204
        assert "content-type" in preflight.headers["access-control-allow-headers"].lower()


async def test_a_preflight_from_an_unknown_origin_is_refused(edge: Edge):
    async with edge.visitor(origin="https://evil.example") as visitor:
        preflight = await visitor.client.options("/chat/messages", headers={"Access-Control-Request-Method": "POST"})

        assert preflight.status_code == 403
        assert "access-control-allow-origin" not in preflight.headers


@pytest.mark.parametrize("path", ["/", "/policy", "/health", "/chat/stream", "/nowhere", "/widget/nothing.js"])
async def test_every_answer_carries_the_headers_that_protect(edge: Edge, path: str):
    async with edge.client() as client:
        response = await client.get(path)

        policy = response.headers["content-security-policy"]
        assert "unsafe-inline" not in policy
        assert "frame-ancestors 'none'" in policy
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"]


# Floods


async def test_a_session_that_writes_too_fast_is_told_when_to_go_on(bot_config, rasa):
    async with (
        running_edge(bot_config, rasa, limits=Limits(messages_per_session=3)) as edge,
        edge.visitor() as visitor,
        edge.visitor() as other,
    ):
        await visitor.open()
        await other.open()

        statuses = [(await visitor.post(text="hej")).status_code for _ in range(4)]
        refused = await visitor.post(text="hej")

        assert statuses == [202, 202, 202, 429]
        assert int(refused.headers["retry-after"]) >= 1
        assert refused.headers["retry-after"] in refused.json()["detail"]
        assert (await other.post(text="hej")).status_code == 202


async def test_an_address_that_writes_too_fast_is_stopped_whatever_its_cookies(bot_config, rasa):
    async with (
        running_edge(bot_config, rasa, limits=Limits(messages_per_address=3)) as edge,
        edge.visitor() as one,
        edge.visitor() as other,
    ):
        await one.open()
        await other.open()

        statuses = [(await visitor.post(text="hej")).status_code for visitor in (one, other, one, other)]

        assert statuses == [202, 202, 202, 429]


async def test_an_address_cannot_begin_conversations_without_end(bot_config, rasa):
    async with running_edge(bot_config, rasa, limits=Limits(sessions_per_address=2)) as edge:
        statuses = []
        for _ in range(3):
            async with edge.visitor() as visitor:
                statuses.append((await visitor.client.post("/chat/session")).status_code)

        assert statuses == [200, 200, 429]


async def test_our_own_services_are_not_counted(bot_config, rasa):
    from tests.bot.fake_rasa import TOKEN

    limits = Limits(messages_per_session=1, messages_per_address=1, sessions_per_address=1)
    async with running_edge(bot_config, rasa, limits=limits) as edge:
        async with edge.visitor() as visitor:
            visitor.client.headers["Authorization"] = f"Bearer {TOKEN}"
            del visitor.client.headers["Origin"]
            await visitor.open()
            assert [(await visitor.post(text="hej")).status_code for _ in range(3)] == [202, 202, 202]
        async with edge.visitor() as visitor:
            visitor.client.headers["Authorization"] = "Bearer guessed"
            await visitor.open()
            assert [(await visitor.post(text="hej")).status_code for _ in range(2)] == [202, 429]


# Deleting


async def test_a_deleted_conversation_is_gone_with_the_cookie_and_the_next_begins_anew(
    edge: Edge, internal: httpx.AsyncClient, rasa: FakeRasa
):
    async with edge.visitor() as visitor, edge.visitor() as other:
        await visitor.open()
        await other.open()
        await visitor.say("en hemlig sak")
        await other.say("något annat")
        conversation_id = rasa.told[-2].sender
        token = visitor.client.cookies["insyn_session"]

        response = await visitor.client.delete("/chat/conversation")

        assert response.status_code == 204
        assert "Max-Age=0" in response.headers["set-cookie"]
        assert (await internal.get(f"/conversations/{conversation_id}")).status_code == 404
        visitor.client.cookies.set("insyn_session", token)  # kept by somebody, it opens nothing
        assert (await visitor.post(text="Hej")).status_code == 401
        visitor.client.cookies.clear()
        assert [message["sender"] for message in (await visitor.open())["messages"]] == ["bot"]
        assert "något annat" in await other.texts()


async def test_a_visitor_who_deletes_leaves_the_queue(edge: Edge, internal: httpx.AsyncClient, rasa: FakeRasa):
    async with edge.visitor() as first, edge.visitor() as second:
        for visitor in (first, second):
            await visitor.open()
            await visitor.say("Hej")
            reason = {"reason": "asked_for_person", "summary": "x"}
            await internal.post(f"/conversations/{rasa.told[-1].sender}/handoff", json=reason)
        assert (await second.session())["conversation"]["queue_position"] == 2

        await first.client.delete("/chat/conversation")

        assert (await second.session())["conversation"]["queue_position"] == 1


async def test_another_site_cannot_delete(edge: Edge):
    async with edge.visitor() as visitor:
        await visitor.open()
        refused = await visitor.client.delete("/chat/conversation", headers={"Origin": "https://evil.example"})

        assert refused.status_code == 403
        assert len(await visitor.messages()) == 1


async def test_the_browser_is_told_how_long_it_keeps_its_hold(edge: Edge, bot_config):
    async with edge.visitor() as visitor:
        left_s = (await visitor.open())["ends_in_s"]

        assert 0 <= bot_config.session_idle.total_seconds() - left_s < 60
