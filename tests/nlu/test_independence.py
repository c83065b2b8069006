"""Evaluation questions stay apart from training: none of them, nor a light edit of one, is an example."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundation.yaml_files import read_yaml
from insyn.evaluation.independence import known
from insyn.evaluation.questions import Question, read_questions

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def examples() -> list[str]:
    found = []
    for path in sorted((ROOT / "data" / "nlu").rglob("*.yml")):
        for entry in read_yaml(path)["nlu"]:
            found += [line[2:] for line in entry.get("examples", "").splitlines() if line.strip()]
    return found


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    return read_questions(sorted((ROOT / "tests" / "nlu").glob("*.jsonl")))


def test_no_question_is_an_example_or_a_light_edit_of_one(questions: list[Question], examples: list[str]):
    assert [
        (questions[question].text, examples[example])
        for question, example in known([question.text for question in questions], examples)
    ] == []


@pytest.mark.parametrize(
    ("question", "copied"),
    [
        ("Kan jag få se vilka uppgifter ni har om mig?", True),
        ("kan jag fa se vilka upgifter ni har om mig", True),
        ("Kan min fru få se vad ni skriver om henne?", False),
        ("Vad är en cookie?", True),
        ("vad gör en cookie", False),
    ],
)
def test_the_check_finds_what_is_copied(question: str, copied: bool):
    examples = ["hej", "vad är en cookie", "kan jag få se vilka uppgifter ni har om mig"]

    assert bool(known([question], examples)) is copied


def test_every_intent_of_a_question_exists(questions: list[Question]):
    intents = set(read_yaml(ROOT / "domain.yml")["intents"])

    assert {intent for q in questions for intent in q.accepted} <= intents


def test_every_topic_and_request_is_asked_about_in_both_halves():
    intents = set(read_yaml(ROOT / "domain.yml")["intents"])
    wanted = {intent for intent in intents if intent.startswith(("policy_", "request_"))}
    for half in ("development", "final"):
        asked = {q.intent for q in read_questions(sorted((ROOT / "tests" / "nlu").glob(f"{half}*.jsonl")))}
        assert wanted - asked == set()
