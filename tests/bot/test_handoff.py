"""From the bot to a person and back, with both sides looking."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from bot.texts import Texts
from tests.bot.fake_rasa import FakeRasa, Told, says
from tests.bot.visitor import NOTHING_MORE, Edge, Visitor, button

pytestmark = pytest.mark.database

ANNA = {"officer_id": "7", "officer_name": "Anna"}
BERTIL = {"officer_id": "8", "officer_name": "Bertil"}
REASON = {"reason": "asked_for_person", "summary": "Vill prata om ett utdrag"}


@pytest.fixture
def texts(bot_config) -> Texts:
    return Texts.read(bot_config.texts)


async def hand_over(internal: httpx.AsyncClient, visitor: Visitor) -> str:
    conversation_id = await visitor.conversation_id()
    response = await internal.post(f"/conversations/{conversation_id}/handoff", json=REASON)
    assert response.status_code == 200
    return conversation_id


async def claimed(internal: httpx.AsyncClient, visitor: Visitor) -> str:
    conversation_id = await hand_over(internal, visitor)
    response = await internal.post(f"/conversations/{conversation_id}/claim", json=ANNA)
    assert response.status_code == 200
    return conversation_id


async def answer(internal: httpx.AsyncClient, conversation_id: str, text: str, **who: Any) -> httpx.Response:
    body = {**ANNA, **who, "text": text, "client_id": str(uuid4())}
    return await internal.post(f"/conversations/{conversation_id}/messages", json=body)


async def test_a_conversation_goes_to_a_person_and_back(
    edge: Edge, internal: httpx.AsyncClient, rasa: FakeRasa, texts: Texts
):
    async with edge.visitor() as visitor:
        await visitor.open()
        await visitor.say("jag vill prata med en människa")
        conversation_id = await hand_over(internal, visitor)
        session = await visitor.session()
        assert session["conversation"] == {"state": "waiting", "queue_position": 1, **NOTHING_MORE}

        await internal.post(f"/conversations/{conversation_id}/claim", json=ANNA)
        assert (await visitor.session())["conversation"]["officer_name"] == "Anna"
        await visitor.say("Är du en människa?")
        said = await answer(internal, conversation_id, "Ja, jag heter Anna.")
        await internal.post(f"/conversations/{conversation_id}/return", json={"officer_id": "7"})
        await edge.settle()
        await visitor.say("tack")

        assert said.status_code == 201
        assert said.json()["sender_name"] == "Anna"
        assert (await visitor.texts())[3:] == [
            texts("officer_joined", name="Anna"),
            "Är du en människa?",
            "Ja, jag heter Anna.",
            texts("officer_left", name="Anna"),
            "event EXTERNAL_returned_to_bot",
            "tack",
            "svar på tack",
        ]
        assert "Är du en människa?" not in rasa.texts(), "the bot is silent, and is not told, while a person answers"


async def test_an_action_asks_for_a_person_in_the_middle_of_its_turn(edge: Edge, rasa: FakeRasa, internal):
    async def action(told: Told) -> None:
        if told.kind == "text":
            await internal.post(f"/conversations/{told.sender}/handoff", json=REASON)

    rasa.before = action
    async with edge.visitor() as visitor:
        await visitor.open()

        [said] = await visitor.say("en människa tack")

        assert said["text"] == "svar på en människa tack"
        assert await visitor.state() == "waiting"


async def test_what_was_written_before_a_person_came_is_not_given_to_the_bot_afterwards(
    edge: Edge, rasa: FakeRasa, internal
):
    async def action(told: Told) -> None:
        if told.text == "en människa":
            await asyncio.sleep(0.1)
            await internal.post(f"/conversations/{told.sender}/handoff", json=REASON)

    rasa.before = action
    async with edge.visitor() as visitor:
        await visitor.open()
        await visitor.post(text="en människa")
        await visitor.post(text="hallå?")
        await edge.settle()

        assert rasa.texts()[-1] == "en människa"
        assert "hallå?" in await visitor.texts()


async def test_who_writes_in_the_queue_is_told_once_that_it_is_kept(edge: Edge, internal, texts: Texts):
    async with edge.visitor() as visitor:
        await visitor.open()
        await hand_over(internal, visitor)

        first = await visitor.say("Det gäller min lön")
        second = await visitor.say("Och ett kvitto")

        assert [message["text"] for message in first] == [texts("waiting_noted", position=1)]
        assert second == []


@pytest.mark.parametrize("words", ["Avbryt väntan på en handläggare", "avbryt!", "  AVBRYT VÄNTAN "])
async def test_the_visitor_leaves_the_queue_in_so_many_words(edge: Edge, internal, rasa, texts, words: str):
    async with edge.visitor() as visitor:
        await visitor.open()
        await hand_over(internal, visitor)

        [said] = await visitor.say(words)

        assert said["text"] == texts("waiting_cancelled")
        assert await visitor.state() == "bot"
        assert (await internal.get("/handoffs")).json() == []
        [answered] = await visitor.say("hej")
        assert answered["text"] == "svar på hej"


async def test_the_visitor_leaves_by_the_button(edge: Edge, internal, rasa: FakeRasa, texts: Texts):
    async with edge.visitor() as visitor:
        await visitor.open()
        rasa.failures = ["refused"]
        [apology] = await visitor.say("hej")
        [waiting] = await visitor.press(button(apology, texts("button_person")))
        assert waiting["text"] == texts("handed_over", position=1)

        await visitor.press(button(waiting, texts("button_cancel_waiting")))

        assert await visitor.state() == "bot"


async def test_a_button_of_the_bots_works_in_the_queue(edge: Edge, internal, rasa: FakeRasa):
    """The bot's own way out of the queue is a button that an action obeys."""
    rasa.answers["människa"] = [says("Du står i kö.", buttons=[{"title": "Ångra", "payload": "/cancel"}])]
    async with edge.visitor() as visitor:
        await visitor.open()
        [said] = await visitor.say("människa")
        await hand_over(internal, visitor)

        await visitor.press(button(said, "Ångra"))

        assert rasa.done[-1].text == "/cancel"


async def test_an_action_takes_the_conversation_out_of_the_queue(edge: Edge, internal):
    async with edge.visitor() as visitor:
        await visitor.open()
        conversation_id = await hand_over(internal, visitor)

        first = await internal.delete(f"/conversations/{conversation_id}/handoff")
        again = await internal.delete(f"/conversations/{conversation_id}/handoff")

        assert first.status_code == again.status_code == 204
        assert await visitor.state() == "bot"


async def test_the_queue_is_first_come_first_served_and_everyone_knows_their_place(edge: Edge, internal):
    async with edge.visitor() as one, edge.visitor() as two, edge.visitor() as three:
        ids = []
        for visitor in (one, two, three):
            await visitor.open()
            ids.append(await hand_over(internal, visitor))

        queue = (await internal.get("/handoffs")).json()
        assert [(line["conversation_id"], line["queue_position"]) for line in queue] == list(
            zip(ids, (1, 2, 3), strict=True)
        )
        assert queue[0]["summary"] == REASON["summary"]
        assert queue[0]["reason"] == REASON["reason"]
        assert queue[0]["waiting_since"]

        await internal.post(f"/conversations/{ids[0]}/claim", json=ANNA)

        assert (await three.session())["conversation"]["queue_position"] == 2
        after = {line["conversation_id"]: line for line in (await internal.get("/handoffs")).json()}
        assert after[ids[0]]["officer"] == {"id": "7", "name": "Anna"}
        assert after[ids[0]]["state"] == "human"


async def test_asking_again_keeps_the_place(edge: Edge, internal):
    async with edge.visitor() as one, edge.visitor() as two:
        await one.open()
        await two.open()
        await hand_over(internal, one)
        second = await hand_over(internal, two)
        await hand_over(internal, one)

        response = await internal.post(f"/conversations/{second}/handoff", json=REASON)

        assert response.json()["queue_position"] == 2


async def test_only_one_of_two_officers_gets_the_conversation(edge: Edge, internal):
    async with edge.visitor() as visitor:
        await visitor.open()
        conversation_id = await hand_over(internal, visitor)

        responses = await asyncio.gather(
            *(
                internal.post(f"/conversations/{conversation_id}/claim", json=who)
                for who in (ANNA, BERTIL)
                for _ in range(5)
            )
        )

        [winner] = {response.json()["name"] for response in responses if response.status_code == 200}
        assert sorted(response.status_code for response in responses) == [200] * 5 + [409] * 5
        assert len([text for text in await visitor.texts() if winner in text]) == 1


@pytest.mark.parametrize("path", ["messages", "return", "close"])
async def test_another_officer_can_neither_answer_nor_end(edge: Edge, internal, path: str):
    async with edge.visitor() as visitor:
        await visitor.open()
        conversation_id = await claimed(internal, visitor)
        before = await visitor.texts()
        body = {**BERTIL, "text": "hej", "client_id": str(uuid4())} if path == "messages" else {"officer_id": "8"}

        response = await internal.post(f"/conversations/{conversation_id}/{path}", json=body)

        assert response.status_code == 409
        assert await visitor.texts() == before
        assert await visitor.state() == "human"


async def test_an_officer_cannot_take_what_does_not_wait(edge: Edge, internal):
    async with edge.visitor() as visitor:
        await visitor.open()

        response = await internal.post(f"/conversations/{await visitor.conversation_id()}/claim", json=ANNA)

        assert response.status_code == 409


async def test_the_officers_message_sent_twice_is_one(edge: Edge, internal):
    async with edge.visitor() as visitor:
        await visitor.open()
        conversation_id = await claimed(internal, visitor)
        body = {**ANNA, "text": "Hej!", "client_id": str(uuid4())}

        first = await internal.post(f"/conversations/{conversation_id}/messages", json=body)
        second = await internal.post(f"/conversations/{conversation_id}/messages", json=body)

        assert first.json() == second.json()
        assert (await visitor.texts()).count("Hej!") == 1


@pytest.mark.parametrize("text", ["", " \n", "å" * 4_001])
async def test_an_officers_message_is_checked_too(edge: Edge, internal, text: str):
    async with edge.visitor() as visitor:
        await visitor.open()
        conversation_id = await claimed(internal, visitor)

        response = await answer(internal, conversation_id, text)

        assert response.status_code == 422
        assert response.json()["detail"]


async def test_after_the_end_the_visitor_may_write_again_and_the_bot_answers(edge: Edge, internal, texts: Texts):
    async with edge.visitor() as visitor:
        await visitor.open()
        conversation_id = await claimed(internal, visitor)
        await internal.post(f"/conversations/{conversation_id}/close", json={"officer_id": "7"})
        assert await visitor.state() == "closed"
        assert (await visitor.texts())[-1] == texts("closed", name="Anna")

        [said] = await visitor.say("en sak till")

        assert said["text"] == "svar på en sak till"
        assert await visitor.state() == "bot"


async def test_staff_see_the_whole_conversation_with_reason_and_summary(edge: Edge, internal, rasa: FakeRasa):
    citation = {"section": "Kakor", "quote": "Vi använder kakor", "policy_version": "1", "anchor": "kakor"}
    rasa.answers["kakor?"] = [says("Ja.", custom={"citations": [citation]})]
    async with edge.visitor() as visitor:
        await visitor.open()
        await visitor.say("kakor?")
        conversation_id = await hand_over(internal, visitor)

        seen = (await internal.get(f"/conversations/{conversation_id}")).json()

        assert [message["text"] for message in seen["messages"]][1:] == ["kakor?", "Ja."]
        assert seen["messages"][-1]["citations"] == [citation]
        assert (seen["reason"], seen["summary"], seen["state"]) == (*REASON.values(), "waiting")
        assert seen["identity_level"] == 0


# Who may ask


@pytest.mark.parametrize(
    "token", [None, "Bearer wrong", "Bearer ", "Basic x", "Bearer \N{LATIN SMALL LETTER A WITH RING ABOVE}"]
)
async def test_the_internal_api_is_closed_to_whoever_has_no_token(edge: Edge, token: str | None):
    headers = {"Authorization": token.encode()} if token else {}
    async with edge.client(headers=headers) as stranger, edge.visitor() as visitor:
        await visitor.open()
        conversation_id = await visitor.conversation_id()

        for method, path in [
            ("GET", "/handoffs"),
            ("GET", f"/conversations/{conversation_id}"),
            ("GET", f"/conversations/{conversation_id}/stream"),
            ("POST", f"/conversations/{conversation_id}/claim"),
            ("POST", f"/conversations/{conversation_id}/identifications/consume"),
        ]:
            response = await stranger.request(method, f"/internal/v1{path}", json=ANNA if method == "POST" else None)
            assert response.status_code == 401


async def test_a_visitors_cookie_opens_nothing_internal(edge: Edge):
    async with edge.visitor() as visitor:
        await visitor.open()

        assert (await visitor.client.get("/internal/v1/handoffs")).status_code == 401


@pytest.mark.parametrize("conversation_id", ["00000000-0000-4000-8000-000000000000", "nonsense", "%00"])
async def test_an_unknown_conversation_is_not_found(internal, conversation_id: str):
    assert (await internal.get(f"/conversations/{conversation_id}")).status_code == 404
    assert (await internal.post(f"/conversations/{conversation_id}/handoff", json=REASON)).status_code == 404


async def test_a_letter_is_shown_whoever_holds_the_conversation_and_once(
    edge: Edge, internal: httpx.AsyncClient, rasa: FakeRasa
):
    letter = {"officer_name": "Anna", "text": "Hej!\n\nDitt ärende är klart.", "client_id": str(uuid4())}
    async with edge.visitor() as visitor:
        await visitor.open()
        conversation_id = await visitor.conversation_id()

        for _ in range(2):
            response = await internal.post(f"/conversations/{conversation_id}/letters", json=letter)
            assert response.status_code == 201

        session = await visitor.session()
        shown = [(m["sender"], m["sender_name"]) for m in session["messages"] if m["text"] == letter["text"]]
        assert shown == [("officer", "Anna")]
        assert session["conversation"]["state"] == "bot"
    assert (await internal.post(f"/conversations/{uuid4()}/letters", json=letter)).status_code == 404
