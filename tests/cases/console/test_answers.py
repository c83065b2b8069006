"""Which answers did not help: seen by topic, with reasons, without anything of those who said so."""

import typing

import pytest

from bot.schemas import GivenFeedback
from cases.config import POLICY_DIR
from cases.console.answer_texts import REASONS
from cases.console.answers import AnswerCount, judged_topics, topic_titles
from tests.cases.console.fake_edge import FakeEdge

PAGE = "/console/answers"
TITLES = topic_titles(POLICY_DIR)


def judged(intent: str, verdict: str, count: int, reason: str | None = None) -> dict[str, object]:
    return {"intent": intent, "verdict": verdict, "reason": reason, "count": count}


COUNTS = [
    judged("policy_fee", "not_helped", 1, "wrong"),
    judged("policy_fee", "helped", 9),
    judged("policy_retention_recordings", "not_helped", 1),
    judged("policy_retention_recordings", "not_helped", 2, "incomplete"),
    judged("policy_gone", "helped", 3),
]


@pytest.mark.database
async def test_what_failed_most_people_stands_first_with_the_reasons(annas_browser, edge: FakeEdge):
    edge.feedback[90] = COUNTS

    await annas_browser.open(PAGE)

    rows = [" ".join(row.text_content().split()) for row in annas_browser.find("//tbody/tr")]
    assert rows == [
        f"{TITLES['policy_retention_recordings']} 3 av 3 (100 %) 0 något saknas (2)",
        f"{TITLES['policy_fee']} 1 av 10 (10 %) 9 det är fel (1)",
        "policy_gone 0 av 3 (0 %) 3 –",
    ]


@pytest.mark.database
async def test_the_period_is_chosen_and_nonsense_is_the_usual_one(annas_browser, edge: FakeEdge):
    edge.feedback = {30: COUNTS[:1], 90: COUNTS[-1:]}
    await annas_browser.open(f"{PAGE}?dagar=30")
    assert "1 av 1" in annas_browser.text
    await annas_browser.open(f"{PAGE}?dagar=31")
    assert "0 av 3" in annas_browser.text
    await annas_browser.open(f"{PAGE}?dagar=365")
    assert not annas_browser.find("//table")


@pytest.mark.database
async def test_while_the_chat_is_away_the_page_says_so(annas_browser, edge: FakeEdge):
    edge.is_down = True
    assert (await annas_browser.open(PAGE)).status_code == 503


@pytest.mark.database
async def test_it_is_for_staff(browser):
    assert (await browser.open(PAGE)).url.path == "/console/login"


def test_every_reason_that_a_visitor_can_give_has_its_words():
    given = typing.get_args(typing.get_type_hints(GivenFeedback)["reason"])
    reasons = {each for part in given for each in typing.get_args(part)}
    assert reasons == set(REASONS)


def test_reasons_are_added_up():
    twice = [AnswerCount(**judged("x", "not_helped", 2, "wrong")), AnswerCount(**judged("x", "not_helped", 3, "wrong"))]
    [topic] = judged_topics(twice, titles={}, reasons=REASONS)
    assert (topic.reasons, topic.not_helped, topic.helped) == ([("det är fel", 5)], 5, 0)
