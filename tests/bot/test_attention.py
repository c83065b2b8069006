"""What a visitor says of their own situation is answered, once, in words of its own, whoever holds the conversation."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from bot.circumstances import Circumstance, recognise
from bot.texts import Texts
from tests.bot.fake_rasa import FakeRasa, says
from tests.bot.test_circumstances import HEARD
from tests.bot.test_handoff import ANNA, REASON, hand_over
from tests.bot.visitor import Edge, button

pytestmark = pytest.mark.database

CRISIS = "jag mår så dåligt, orkar inte leva"
JOURNALIST = "jag är journalist på DN, hur länge sparar ni samtal?"
CITED = {"citations": [{"section": "Samtal", "quote": "Tre månader.", "policy_version": "1", "anchor": "samtal"}]}
UNSURE = says("Jag är inte säker på vad du menar.", custom={"gives_way": True})


@pytest.fixture
def texts(bot_config) -> Texts:
    return Texts.read(bot_config.texts)


async def test_a_journalist_is_answered_and_then_offered_a_person(edge: Edge, rasa: FakeRasa, texts: Texts, internal):
    rasa.answers[JOURNALIST] = [says("Tre månader.")]
    async with edge.visitor() as visitor:
        await visitor.open()

        answer, offer = await visitor.say(JOURNALIST)

        assert answer["text"] == "Tre månader."
        assert offer["text"] == texts("circumstance_journalist")
        await visitor.press(button(offer, texts("button_person")))
        assert await visitor.state() == "waiting"
        [waiting] = (await internal.get("/handoffs")).json()
        assert waiting["reason"] == "journalist"


def said_of(kind: Circumstance) -> str:
    """Return what somebody says who is in this situation and in no other."""
    return next(said for said in HEARD[kind] if recognise(said) == (kind,))


@pytest.mark.parametrize("kind", [kind for kind in Circumstance if kind is not Circumstance.HEALTH])
async def test_each_kind_is_offered_a_person_in_words_of_its_own_who_learns_the_reason(
    edge: Edge, texts: Texts, internal, kind: Circumstance
):
    assert [texts(f"circumstance_{other}") for other in Circumstance].count(texts(f"circumstance_{kind}")) == 1
    async with edge.visitor() as visitor:
        await visitor.open()
        said = await visitor.say(said_of(kind))
        [offer] = [message for message in said if message["text"] == texts(f"circumstance_{kind}")]

        await visitor.press(button(offer, texts("button_person")))

        assert await visitor.state() == "waiting"
        [waiting] = (await internal.get("/handoffs")).json()
        assert waiting["reason"] == kind


async def test_each_kind_is_answered_once(edge: Edge, texts: Texts):
    async with edge.visitor() as visitor:
        await visitor.open()
        await visitor.say(JOURNALIST)
        again = await visitor.say(JOURNALIST)
        assert [message["text"] for message in again] == [f"svar på {JOURNALIST}"]


async def test_care_comes_before_everything_else_and_every_time(edge: Edge, rasa: FakeRasa, texts: Texts):
    rasa.default = [UNSURE]
    async with edge.visitor() as visitor:
        await visitor.open()
        for _ in range(2):
            [care] = await visitor.say(CRISIS)
            assert care["text"] == texts("circumstance_crisis")
            for number in ("112", "1177", "90101"):
                assert number in care["text"]
            assert [shown["title"] for shown in care["buttons"]] == [texts("button_person")]


async def test_care_comes_also_when_the_bot_is_down(edge: Edge, rasa: FakeRasa, texts: Texts):
    async with edge.visitor() as visitor:
        await visitor.open()
        rasa.failures += ["error"] * 10
        care, apology = await visitor.say(CRISIS)
        assert care["text"] == texts("circumstance_crisis")
        assert apology["text"] == texts("bot_uncertain")


async def test_care_comes_also_in_the_queue_but_not_over_a_persons_head(edge: Edge, internal, texts: Texts):
    async with edge.visitor() as visitor:
        await visitor.open()
        conversation_id = await hand_over(internal, visitor)
        said = [message["text"] for message in await visitor.say(CRISIS)]
        assert said[0] == texts("circumstance_crisis")

        await internal.post(f"/conversations/{conversation_id}/claim", json=ANNA)
        assert await visitor.say(CRISIS) == []


async def test_what_was_not_understood_gives_way_but_what_was_answered_stays(edge: Edge, rasa: FakeRasa, texts: Texts):
    said = "jag är advokat och företräder en kund"
    rasa.answers[said] = [UNSURE, says("Vilken e-postadress ska svaret skickas till?")]
    async with edge.visitor() as visitor:
        await visitor.open()
        shown = [message["text"] for message in await visitor.say(said)]
        assert shown == ["Vilken e-postadress ska svaret skickas till?", texts("circumstance_lawyer")]


async def test_what_may_have_been_asked_for_besides_is_offered_and_the_same_words_again_are_not_met_with_silence(
    edge: Edge, rasa: FakeRasa, texts: Texts
):
    erase, person = {"title": "Begär radering", "payload": "/request_erasure"}, {"title": "?", "payload": "/ask_human"}
    rasa.default = [UNSURE | {"buttons": [erase, person]}]
    said = "jag är 15 år och vill få bort mina bilder"
    async with edge.visitor() as visitor:
        await visitor.open()

        [minor] = await visitor.say(said)
        assert minor["text"] == texts("circumstance_minor")
        assert [shown["title"] for shown in minor["buttons"]] == [texts("button_person"), "Begär radering"]

        [again] = await visitor.say(said)
        assert again["text"] == UNSURE["text"]


async def test_what_is_merely_not_understood_is_said(edge: Edge, rasa: FakeRasa):
    rasa.default = [UNSURE]
    async with edge.visitor() as visitor:
        await visitor.open()
        assert [message["text"] for message in await visitor.say("hurkle durkle")] == [UNSURE["text"]]


async def test_health_that_nobody_asked_for_is_hidden_each_time_and_the_question_answered(edge: Edge, texts: Texts):
    async with edge.visitor() as visitor:
        await visitor.open()
        for _ in range(2):
            notice, answer = await visitor.say("jag har cancer, hur länge sparar ni samtal?")
            assert notice["text"] == texts("health_details_masked")
            assert notice["buttons"] == []
            assert answer["text"] == f"svar på {texts('mask_health_details')}, hur länge sparar ni samtal?"
        assert "cancer" not in str(await visitor.session())


async def test_health_is_kept_where_the_visitors_own_words_were_asked_for_and_warned_of_once(
    edge: Edge, rasa: FakeRasa, texts: Texts
):
    rasa.answers["jag invänder"] = [says("Vad gör att du invänder?", custom={"own_words": True})]
    rasa.answers["för att jag har cancer"] = [says("Vad mer?", custom={"own_words": True})]
    async with edge.visitor() as visitor:
        await visitor.open()
        await visitor.say("jag invänder")
        warning, _ = await visitor.say("för att jag har cancer")
        assert warning["text"] == texts("circumstance_health")
        assert rasa.texts()[-1] == "för att jag har cancer"
        assert len(await visitor.say("jag har cancer som sagt")) == 1

        notice, _ = await visitor.say("jag har diabetes också")
        assert notice["text"] == texts("health_details_masked"), "the bot went on to something else"


async def test_health_is_kept_for_a_person_and_where_a_life_is_at_stake(edge: Edge, internal, rasa: FakeRasa):
    async with edge.visitor() as visitor:
        await visitor.open()
        await visitor.say("jag har cancer och orkar inte leva")
        assert rasa.texts()[-1] == "jag har cancer och orkar inte leva"
        conversation_id = await hand_over(internal, visitor)
        await visitor.say("jag har diabetes")
        await internal.post(f"/conversations/{conversation_id}/claim", json=ANNA)
        await visitor.say("jag är gravid")
        shown = str(await visitor.session())
    assert "diabetes" in shown
    assert "gravid" in shown


async def test_the_angry_are_offered_a_person_and_a_complaint(edge: Edge, rasa: FakeRasa, texts: Texts):
    async with edge.visitor() as visitor:
        await visitor.open()
        _, offer = await visitor.say("jag är så förbannad på er")
        assert {shown["title"] for shown in offer["buttons"]} == {texts("button_person"), texts("button_complain")}
        await visitor.press(button(offer, texts("button_complain")))
        assert rasa.texts()[-1] == "/make_complaint"


async def test_a_person_who_is_asked_for_in_another_way_still_learns_the_gravest(edge: Edge, internal):
    async with edge.visitor() as visitor:
        await visitor.open()
        await visitor.say("jag är så förbannad")
        await visitor.say("jag är 13 år")
        await hand_over(internal, visitor)
        [waiting] = (await internal.get("/handoffs")).json()
        assert waiting["reason"] == "minor"
        assert waiting["summary"] == REASON["summary"]


async def test_the_words_are_the_answer_that_an_asking_program_reads(edge: Edge, texts: Texts, sessions):
    """``insyn ask`` prints what answers a turn, so what is said of the visitor belongs to the turn."""
    async with edge.visitor() as visitor:
        await visitor.open()
        await visitor.say(CRISIS)
        await visitor.say(JOURNALIST)
    async with sessions() as session:
        query = "SELECT count(*) FROM chat.message WHERE sender = 'system' AND turn_id IS NULL"
        assert await session.scalar(text(query)) == 0


async def test_an_answer_and_what_is_said_beside_it_have_three_buttons_and_one_way_to_a_person(
    edge: Edge, rasa: FakeRasa, texts: Texts
):
    steps = [{"title": step, "payload": f"/{step}"} for step in ("ask_human", "request_access", "policy_fee")]
    rasa.default = [says("Tre månader.", buttons=steps, custom=CITED)]
    said = f"{JOURNALIST} jag är så förbannad på er"
    async with edge.visitor() as visitor:
        await visitor.open()
        answer, *beside = await visitor.say(said)
        assert [message["text"] for message in beside] == [
            texts("circumstance_journalist"),
            texts("circumstance_anger"),
        ]
        assert [shown["title"] for message in beside for shown in message["buttons"]] == [
            texts("button_person"),
            texts("button_complain"),
        ]
        assert [shown["title"] for shown in answer["buttons"]] == ["request_access"]

        [again] = await visitor.say(said)
        assert len(again["buttons"]) == 3, "where nothing is said beside it, the answer keeps its own"


async def test_a_question_of_a_form_keeps_its_choices(edge: Edge, rasa: FakeRasa):
    choices = [{"title": choice, "payload": f"/inform{choice}"} for choice in "abcd"]
    rasa.default = [says("Vad gäller det?", buttons=choices)]
    async with edge.visitor() as visitor:
        await visitor.open()
        question, _ = await visitor.say(JOURNALIST)
        assert len(question["buttons"]) == 4
