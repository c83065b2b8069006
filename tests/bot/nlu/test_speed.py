"""Any input has a sane reading in bounded time, by the model that is served."""

from __future__ import annotations

import math
import time
from pathlib import Path

import pytest

from bot.nlu.model import IntentModel
from bot.nlu.normalisation import MAX_CHARACTERS

HOSTILE = {
    "empty": "",
    "spaces": " \t\n" * 3_000,
    "emoji": "🙂🔥👩‍👩‍👧" * 1_000,
    "one letter": "a" * 10_000,
    "one word": "raderauppgifter" * 700,
    "short words": "a b " * 2_500,
    "words": "radera alla mina uppgifter nu genast tack " * 250,
    "scripts": "привет مرحبا 你好 hej γειά " * 400,
    "control": "".join(map(chr, range(32))) * 300,
    "right to left": "\u202e\u2066radera\u2069\u202c" * 700,
    "zero width": "r\u200ba\u200cd\u200de\ufeffra " * 700,
    "markup": "<script>alert('x')</script><b>" * 330,
    "open markup": "<" * 10_000,
    "combining": "a\u0301\u0308\u0323" * 2_500,
    "question marks": "?!" * 5_000,
    "address": "a@" * 5_000,
}
BOUND_S = 0.5
"""Of processor time; some fifty times what it takes, since the machine may be busy."""


@pytest.fixture(scope="module")
def model() -> IntentModel:
    examples = {
        "policy_call_recording": ["spelar ni in samtal", "blir jag inspelad när jag ringer", "bandas telefonsamtalen"],
        "request_erasure": ["ta bort allt om mig", "radera alla mina uppgifter", "glöm att jag finns"],
        "out_of_scope": ["vad blir det för väder", "skriv en dikt"],
    }
    pairs = [(text, intent) for intent, texts in examples.items() for text in texts]
    return IntentModel.train([text for text, _ in pairs], [intent for _, intent in pairs])


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_any_input_has_a_sane_reading_in_bounded_time(model: IntentModel, text: str):
    began_at = time.process_time()
    readings, certainty = model.judge(text)
    took_s = time.process_time() - began_at

    assert took_s < BOUND_S
    assert 0 <= certainty <= 1
    assert sum(reading.confidence for reading in readings) == pytest.approx(1, abs=1e-4)
    assert all(math.isfinite(reading.confidence) for reading in readings)


def test_what_cannot_be_seen_changes_nothing(model: IntentModel):
    plain, _ = model.judge("radera alla mina uppgifter")
    marked, _ = model.judge("\u2067radera\u2069 <b>alla</b> mina\u200b uppgifter\ufeff")
    assert [reading.intent for reading in plain] == [reading.intent for reading in marked]
    assert plain[0].confidence == pytest.approx(marked[0].confidence, abs=1e-5)


def test_a_letter_more_than_the_longest_message_is_not_weighed(model: IntentModel):
    text = "radera alla mina uppgifter " * 100
    assert model.judge(text[:MAX_CHARACTERS])[0] == model.judge(text[:MAX_CHARACTERS] + "spelar ni in samtal")[0]


def test_no_model_is_pickled(model: IntentModel, tmp_path: Path):
    model.save(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".npz", ".npy"}
