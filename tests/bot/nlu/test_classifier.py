"""What the component makes of a certainty: act, or ask back; a request takes more than an answer."""

from __future__ import annotations

import pytest
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.classifier import CERTAINTY, FALLBACK, SwedishIntentClassifier
from bot.nlu.model import Reading


class CertainModel:
    """Reads everything alike, with the certainty it was given."""

    def __init__(self, intent: str, certainty: float) -> None:
        self._readings = [Reading(intent, 0.7), Reading("policy_fee", 0.2), Reading("greet", 0.1)]
        self._certainty = certainty

    def judge(self, text: str, dense: object = None) -> tuple[list[Reading], float]:
        return self._readings, self._certainty


def read(intent: str, certainty: float, message: Message | None = None) -> Message:
    config = SwedishIntentClassifier.get_default_config() | {
        "threshold": 0.5,
        "request_threshold": 0.7,
        "decline_threshold": 0.8,
    }
    component = SwedishIntentClassifier(config, None, None, CertainModel(intent, certainty))
    return component.process([message or Message({TEXT: "hej"})])[0]


@pytest.mark.parametrize(
    ("intent", "certainty", "acted_on"),
    [
        ("policy_sale", 0.6, "policy_sale"),
        ("policy_sale", 0.4, FALLBACK),
        ("request_erasure", 0.6, FALLBACK),
        ("request_erasure", 0.8, "request_erasure"),
        ("out_of_scope", 0.75, FALLBACK),
        ("out_of_scope", 0.85, "out_of_scope"),
    ],
)
def test_it_acts_above_the_threshold_of_its_kind(intent: str, certainty: float, acted_on: str):
    assert read(intent, certainty).get(INTENT)["name"] == acted_on


def test_between_a_thank_you_and_a_goodbye_it_need_not_ask_back():
    class Polite(CertainModel):
        def __init__(self, *shares: float) -> None:
            super().__init__("thank", 0.4)
            intents = ("thank", "goodbye", "policy_fee")
            self._readings = [Reading(intent, share) for intent, share in zip(intents, shares, strict=True)]

    def understood(model: CertainModel) -> str:
        component = SwedishIntentClassifier(SwedishIntentClassifier.get_default_config(), None, None, model)
        return component.process([Message({TEXT: "tack och hej"})])[0].get(INTENT)["name"]

    assert understood(Polite(0.41, 0.38, 0.21)) == "thank"
    assert understood(Polite(0.30, 0.15, 0.28)) == FALLBACK


def test_unsure_it_still_says_which_readings_are_nearest():
    names = [reading["name"] for reading in read("policy_sale", 0.2).get(INTENT_RANKING_KEY)]
    assert names == [FALLBACK, "policy_sale", "policy_fee", "greet"]


@pytest.mark.parametrize("certainty", [0.2, 0.9])
def test_the_parse_says_what_the_threshold_was_compared_with(certainty: float):
    said = read("policy_sale", certainty).as_dict(only_output_properties=True)
    assert said[CERTAINTY] == certainty


def test_a_button_is_not_read_as_words():
    message = Message({TEXT: "/affirm", INTENT: {"name": "affirm", "confidence": 1.0}})
    assert read("policy_sale", 0.9, message).get(INTENT)["name"] == "affirm"


def test_an_empty_message_is_left_alone():
    assert read("policy_sale", 0.9, Message({TEXT: ""})).get(INTENT) is None
