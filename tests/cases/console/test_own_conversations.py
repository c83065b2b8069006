"""The button of the task that erases what the assistant remembers, and what stands in its way."""

from dataclasses import replace

import pytest

from cases.console import conversation_texts, texts
from cases.drafts import NOBODY
from cases.own_conversations import OWN_SYSTEM, TASK
from privacy.identity_proof import IdentityGap
from privacy.request_types import RequestType
from tests.register import REGISTER

pytestmark = pytest.mark.database


@pytest.fixture
def config(config):
    return replace(config, systems=REGISTER)


@pytest.fixture
def filed(service, another, edge, clock):
    async def file(**changes) -> str:
        conversation = edge.visitor_waits(since=clock())
        draft = another(**{"request_type": RequestType.ERASURE, "conversation_id": conversation.id} | changes)
        await service.register(draft)
        return f"/console/cases/{draft.reference}"

    return file


def alert(browser) -> str:
    [text] = browser.find("//*[@role='alert']/text()")
    return text.strip()


async def test_an_officer_erases_confirming_that_it_cannot_be_undone(annas_browser, filed, edge):
    case = await filed()
    await annas_browser.open(case)
    assert conversation_texts.WHICH.format(count="1 samtal") in annas_browser.text
    await annas_browser.send(f"{case}/conversations/erase")
    assert (annas_browser.answer.status_code, alert(annas_browser)) == (422, conversation_texts.NOT_CONFIRMED)
    assert edge.conversations

    await annas_browser.send(f"{case}/conversations/erase", confirmed="yes")

    assert texts.DONE["conversations-erased"] in annas_browser.text
    assert edge.conversations == {}
    assert "Samtal i chatten raderades" in annas_browser.text
    assert conversation_texts.ERASE not in annas_browser.text


async def test_a_chat_that_is_down_is_said_and_the_button_stays(annas_browser, filed, edge):
    case = await filed()
    await annas_browser.open(case)
    edge.is_down = True

    await annas_browser.send(f"{case}/conversations/erase", confirmed="yes")

    assert (annas_browser.answer.status_code, alert(annas_browser)) == (503, conversation_texts.CHAT_IS_DOWN)
    assert annas_browser.form(f"{case}/conversations/erase")
    edge.is_down = False
    await annas_browser.send(f"{case}/conversations/erase", confirmed="yes")
    assert edge.conversations == {}


async def test_nothing_is_erased_for_somebody_unknown_twice_or_where_there_is_no_such_task(annas_browser, filed, edge):
    unknown, once, access = await filed(identity=NOBODY), await filed(), await filed(request_type=RequestType.ACCESS)

    await annas_browser.open(unknown)
    await annas_browser.send(f"{unknown}/conversations/erase", confirmed="yes")
    assert annas_browser.answer.status_code == 409
    assert texts.IDENTITY_GAPS[IdentityGap.LEVEL_TOO_LOW] in alert(annas_browser)
    await annas_browser.open(once)
    form = annas_browser.form(f"{once}/conversations/erase") | {"confirmed": "yes"}
    await annas_browser.post(f"{once}/conversations/erase", form)
    await annas_browser.post(f"{once}/conversations/erase", form)
    assert (annas_browser.answer.status_code, alert(annas_browser)) == (409, texts.STALE_TASK)
    await annas_browser.post(f"{access}/conversations/erase", form)
    assert annas_browser.answer.status_code == 404
    await annas_browser.post(f"{access}/conversations/erase", form | {"form_token": "x"})
    assert annas_browser.answer.status_code == 403

    assert len(edge.conversations) == 1


async def test_where_no_conversation_is_left_it_says_so(annas_browser, filed):
    case = await filed(conversation_id=None, identity=NOBODY)

    await annas_browser.open(case)

    assert conversation_texts.NONE_LEFT in annas_browser.text
    assert conversation_texts.ERASE not in annas_browser.text


def test_the_task_is_in_the_register_that_we_ship():
    assert f"erase:{REGISTER.system(OWN_SYSTEM).id}" == TASK
