"""Letters in the console: chosen, filled in, edited, sent; what is missing is said and the text stays."""

from dataclasses import replace as replaced

import pytest

from cases.console import letter_texts
from privacy.letters import LetterKind
from privacy.request_types import RequestType

pytestmark = pytest.mark.database


@pytest.fixture
async def address(service, draft, edge, clock) -> str:
    conversation = edge.visitor_waits(since=clock())
    await service.register(replaced(draft, conversation_id=conversation.id))
    return f"/console/cases/{draft.reference}/letters"


def alert(browser) -> str:
    [text] = browser.find("//*[@role='alert']/text()")
    return text


async def test_a_refusal_goes_from_choice_to_the_visitor(annas_browser, address, edge, service, draft):
    await annas_browser.open(address)
    [link] = annas_browser.find(f"//a[contains(@href, '/letters/{LetterKind.REFUSAL}')]/@href")
    await annas_browser.open(link)
    assert annas_browser.find("//textarea[@name='body']") == []

    words = {"entry-reason": "Samma begäran besvarades i går.", "entry-done": "Vi har skickat det som är nytt."}
    await annas_browser.send(f"{link}/filled", **words, **{"ground-excessive": "1"})
    assert "artikel 12.5" in annas_browser.form(link)["body"]
    body = annas_browser.form(link)["body"] + "Hör gärna av dig!"
    await annas_browser.send(link, body=body, way="chat")

    assert annas_browser.answer.status_code == 200
    assert "Hör gärna av dig!" in annas_browser.text
    [conversation] = edge.conversations.values()
    assert "Hör gärna av dig!" in conversation.messages[-1]["text"]
    assert conversation.messages[-1]["sender_name"] == "Anna Berg"
    assert (await service.events(draft.reference))[-2].kind == "letter_sent"
    await annas_browser.open(address.removesuffix("/letters"))
    assert "Avslag, chatten" in annas_browser.text


async def test_what_an_edited_letter_lost_is_said_and_the_text_stays(annas_browser, address, edge):
    link = f"{address}/{LetterKind.ACKNOWLEDGEMENT}"
    await annas_browser.open(link)

    await annas_browser.send(link, body="Hej! Vi hör av oss <i>snart</i>.", way="chat")

    assert annas_browser.answer.status_code == 422
    assert alert(annas_browser) == letter_texts.NOT_SENDABLE
    assert annas_browser.find("//div[contains(@class, 'problem')]//li")
    assert annas_browser.form(link)["body"] == "Hej! Vi hör av oss <i>snart</i>.\n"
    assert len(next(iter(edge.conversations.values())).messages) == 2


async def test_when_the_chat_is_down_the_text_stays_and_may_be_sent_again(annas_browser, address, edge):
    link = f"{address}/{LetterKind.ACKNOWLEDGEMENT}"
    await annas_browser.open(link)
    edge.is_down = True
    await annas_browser.send(link, way="chat")
    assert annas_browser.answer.status_code == 503
    assert alert(annas_browser) == letter_texts.NOT_NOW

    edge.is_down = False
    await annas_browser.send(link, way="chat")

    assert annas_browser.answer.status_code == 200
    assert len(next(iter(edge.conversations.values())).messages) == 3


async def test_letters_that_the_case_does_not_know_cannot_be_written(annas_browser, service, another, address):
    await service.register(other := another(request_type=RequestType.MARKETING_OPTOUT))

    for path in (f"/console/cases/{other.reference}/letters/refusal", f"{address}/extension", f"{address}/nonsense"):
        assert (await annas_browser.open(path)).status_code == 404
