"""The model: the same examples give the same answers, also after it was written and read."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.nlu.concepts import Lexicon
from bot.nlu.model import IntentModel

EXAMPLES = {
    "policy_call_recording": ["spelar ni in samtal", "blir jag inspelad när jag ringer", "bandas telefonsamtalen"],
    "policy_sale": ["säljer ni mina uppgifter", "hyr ni ut kundregistret", "tjänar ni pengar på min data"],
    "request_erasure": ["ta bort allt om mig", "radera mina uppgifter", "glöm att jag finns"],
}
HOSTILE = [
    "",
    " ",
    "🙂" * 500,
    "a" * 10_000,
    "\u202e\u200b\x00",
    "<script>alert(1)</script>",
    "привет مرحبا 你好",
    "?!" * 999,
]


@pytest.fixture(scope="module")
def model() -> IntentModel:
    pairs = [(text, intent) for intent, texts in EXAMPLES.items() for text in texts]
    return IntentModel.train(*zip(*pairs, strict=True))


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("bandar ni samtalet när man ringer er", "policy_call_recording"),
        ("saljer ni uppgifter", "policy_sale"),
        ("plocka bort mina uppgifter", "request_erasure"),
    ],
)
def test_a_new_wording_is_understood(model: IntentModel, question: str, intent: str):
    assert model.readings([question])[0][0].intent == intent


def test_confidences_are_probabilities_in_falling_order(model: IntentModel):
    readings = model.readings(["spelar ni in"])[0]

    assert sum(reading.confidence for reading in readings) == pytest.approx(1, abs=1e-5)
    assert [reading.confidence for reading in readings] == sorted((r.confidence for r in readings), reverse=True)


@pytest.mark.parametrize("text", HOSTILE)
def test_any_input_has_a_sane_reading(model: IntentModel, text: str):
    readings = model.readings([text])[0]

    assert {reading.intent for reading in readings} == set(EXAMPLES)
    assert all(0 <= reading.confidence <= 1 for reading in readings)


def test_written_and_read_it_says_the_same(model: IntentModel, tmp_path: Path):
    model.save(tmp_path)
    read = IntentModel.load(tmp_path)

    for text in (*(text for texts in EXAMPLES.values() for text in texts), *HOSTILE):
        before, after = model.readings([text])[0], read.readings([text])[0]
        assert [reading.intent for reading in before] == [reading.intent for reading in after]
        assert after[0].confidence == pytest.approx(before[0].confidence, abs=0.02)
    assert not list(tmp_path.glob("*.pkl"))


def test_the_same_examples_give_the_same_model(model: IntentModel):
    pairs = [(text, intent) for intent, texts in EXAMPLES.items() for text in texts]
    again = IntentModel.train(*zip(*pairs, strict=True))

    assert again.readings(["vad gör ni"]) == model.readings(["vad gör ni"])


def test_two_intents_are_enough():
    wishes = {"radera mejlen": "request_erasure", "radera samtalen": "request_erasure"}
    questions = {"sparar ni mejlen": "policy_retention", "sparar ni samtalen": "policy_retention"}
    pairs = wishes | questions
    model = IntentModel.train(list(pairs), list(pairs.values()))

    assert model.readings(["radera allt"])[0][0].intent == "request_erasure"


@pytest.mark.parametrize(
    ("word", "concept"),
    [("arkiverar", "keep"), ("sparas", "keep"), ("samtalsinspelning", "recording"), ("cookies", "cookies")],
)
def test_words_that_mean_the_same_share_a_concept(word: str, concept: str):
    assert concept in Lexicon.read().single([word])


def test_phrases_are_concepts_too():
    lexicon = Lexicon({"how_long": ["hur länge", "hur många år*"], "keep": ["spar*"], "see": ["*inspel*"]})

    assert lexicon.single(["hur", "länge", "sparas", "samtalsinspelningar"]) == {"how_long", "keep", "see"}
    assert lexicon.single(["hur", "många", "årtal"]) == {"how_long"}
    assert lexicon.single(["länge", "hur"]) == set()


def test_marks_count_for_who_writes_them():
    lexicon = Lexicon({"track": ["spår*"], "keep": ["spar*"]})

    assert lexicon.single(["spår"]) == {"track"}
    assert lexicon.single(["sparar", "på"]) == {"keep"}
    assert lexicon.single(["spar"]) == {"track", "keep"}, "without marks it may be either"
