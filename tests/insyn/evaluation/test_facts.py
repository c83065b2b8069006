"""Scored by the fact in the answer: what is said decides, not what the question was taken for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from foundation.yaml_files import read_yaml
from insyn.evaluation.answers import Answer, Answers
from insyn.evaluation.facts import Facts
from insyn.evaluation.questions import Question
from insyn.evaluation.scoring import Verdict

ROOT = Path(__file__).parents[3]
TOPICS = [topic["id"] for topic in read_yaml(ROOT / "data" / "policy" / "topics.yml")]


@pytest.fixture(scope="module")
def answers() -> Answers:
    return Answers.read(ROOT)


@pytest.fixture(scope="module")
def facts(answers: Answers) -> Facts:
    return Facts.read(ROOT, answers)


def asks(intent: str, *also: str, kind: str = "policy") -> Question:
    return Question("?", intent, kind, "ordinary", also)


def parsed(intent: str, *further: str, text: str = "?") -> dict[str, Any]:
    return {"text": text, "intent": {"name": intent}, "further_intents": list(further)}


def test_every_topic_has_a_fact_by_which_its_answer_is_known(facts: Facts):
    assert [topic for topic in TOPICS if not facts.of(topic)] == []


def test_the_facts_tell_topics_apart(facts: Facts, answers: Answers):
    """Were the patterns so wide that other answers carried them, a wrong answer would count as right."""
    said = {topic: answers.topic(f"policy_{topic}") for topic in TOPICS}
    carried_by = {t: [o for o in TOPICS if facts.carries(said[o], facts.of(t))] for t in TOPICS}

    assert all(topic in others for topic, others in carried_by.items())
    assert sum(map(len, carried_by.values())) < 1.5 * len(TOPICS)


def test_an_answer_is_right_by_the_fact_it_carries_under_whatever_topic(facts: Facts, answers: Answers):
    recordings = asks("policy_retention_recordings")

    overview = answers.to(parsed("policy_retention_overview"))
    assert facts.verdict(recordings, overview) is Verdict.RIGHT
    assert facts.verdict(recordings, answers.to(parsed("policy_retention_recruitment"))) is Verdict.WRONG
    assert facts.verdict(recordings, Answer("Inspelade samtal sparas i ett år.", "policy_x")) is Verdict.WRONG


def test_a_fact_said_as_the_second_answer_is_said(facts: Facts, answers: Answers):
    both = answers.to(parsed("policy_controller", "policy_sale"))
    assert facts.verdict(asks("policy_sale"), both) is Verdict.RIGHT


def test_where_the_writer_accepts_two_topics_the_fact_is_what_both_say(facts: Facts):
    assert facts.asked(asks("policy_purposes")) == {"F3", "F4", "F6"}
    assert facts.asked(asks("policy_purposes", "policy_consent_when")) == {"F6"}
    assert facts.asked(asks("policy_sale", "policy_cookie_what")) == facts.asked(asks("policy_sale"))


def test_asking_back_says_nothing_and_is_unsure(facts: Facts, answers: Answers):
    assert facts.verdict(asks("policy_sale"), answers.to(parsed("nlu_fallback"))) is Verdict.UNSURE


def test_a_request_that_nobody_wished_makes_the_answer_wrong(facts: Facts, answers: Answers):
    begun = answers.to(parsed("request_erasure", "policy_sale"))

    assert facts.carries(begun.text, facts.of("sale")), "the question beside the wish is answered first"
    assert facts.verdict(asks("policy_sale"), begun) is Verdict.WRONG
    assert facts.verdict(asks("policy_right_erasure", "request_erasure"), begun) is Verdict.RIGHT


def test_of_a_request_it_counts_what_is_begun(facts: Facts, answers: Answers):
    stop = answers.to(parsed("request_objection", text="jag invänder mot er reklam"))

    assert stop.acts_on == "request_marketing_optout"
    assert facts.verdict(asks("request_marketing_optout", kind="request"), stop) is Verdict.RIGHT
    assert facts.verdict(asks("request_erasure", kind="request"), stop) is Verdict.WRONG


def test_what_is_not_for_us_may_be_told_no_fact(facts: Facts, answers: Answers):
    weather = asks("out_of_scope", kind="out_of_scope")

    assert facts.verdict(weather, answers.to(parsed("out_of_scope"))) is Verdict.RIGHT
    assert facts.verdict(weather, answers.to(parsed("out_of_scope", "policy_sale"))) is Verdict.WRONG
    assert facts.verdict(weather, answers.to(parsed("request_access"))) is Verdict.WRONG


@pytest.mark.parametrize("right", ["access", "rectification", "erasure", "restriction", "portability", "objection"])
def test_a_request_explains_its_right(answers: Answers, right: str):
    text = answers.to(parsed(f"request_{right}")).text
    assert text
    assert "{" not in text
