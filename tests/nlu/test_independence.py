"""Evaluation questions stay apart from training: none of them, nor a light edit of one, is an example."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from rapidfuzz import fuzz, process

from bot.nlu.normalisation import clean, fold, words
from insyn.evaluation.questions import Question, read_questions

ROOT = Path(__file__).parents[2]
LIGHT_EDIT = 92
"""Similarity (0–100, Levenshtein over folded words) from which two texts count as the same question."""

SHORT = 4
"""Texts of so few words ("registerutdrag", "vad är en cookie") are not told apart by their wording."""


def comparable(text: str) -> str:
    return " ".join(fold(word) for word in words(clean(text)) if word not in "?!")


@pytest.fixture(scope="module")
def examples() -> list[str]:
    found = []
    for path in sorted((ROOT / "data" / "nlu").rglob("*.yml")):
        for entry in yaml.safe_load(path.read_text())["nlu"]:
            found += [comparable(line[2:]) for line in entry.get("examples", "").splitlines() if line.strip()]
    return found


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    return read_questions(sorted((ROOT / "tests" / "nlu").glob("*.jsonl")))


def test_no_question_is_a_light_edit_of_an_example(questions: list[Question], examples: list[str]):
    long_questions = [q for q in questions if len(comparable(q.text).split()) > SHORT]
    similarities = process.cdist(
        [comparable(q.text) for q in long_questions], examples, scorer=fuzz.ratio, score_cutoff=LIGHT_EDIT, workers=2
    )

    copied = [
        (q.text, examples[row.argmax()]) for q, row in zip(long_questions, similarities, strict=True) if row.any()
    ]
    assert copied == []


def test_the_check_finds_a_light_edit(examples: list[str]):
    example = next(text for text in examples if len(text.split()) > 2 * SHORT)

    assert fuzz.ratio(example, example.replace(example.split()[0], "asså", 1)) > 70
    assert fuzz.ratio(example, example + "s") >= LIGHT_EDIT


def test_every_intent_of_a_question_exists(questions: list[Question]):
    intents = set(yaml.safe_load((ROOT / "domain.yml").read_text())["intents"])

    assert {intent for q in questions for intent in q.accepted} <= intents


def test_every_topic_and_request_is_asked_about_in_both_halves():
    intents = set(yaml.safe_load((ROOT / "domain.yml").read_text())["intents"])
    wanted = {intent for intent in intents if intent.startswith(("policy_", "request_"))}
    for half in ("development", "final"):
        asked = {q.intent for q in read_questions(sorted((ROOT / "tests" / "nlu").glob(f"{half}*.jsonl")))}
        assert wanted - asked == set()
