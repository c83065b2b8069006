"""Tells an answer from something else said in the middle of a form: that is answered, then the form goes on."""

from typing import Final

from actions.texts import PATTERNS, WISHES
from actions.utterance import FALLBACK, OTHER_LANGUAGE, Utterance

_NEVER_AN_ANSWER: Final = frozenset(
    {
        "cancel",
        "ask_human",
        "ask_case_status",
        "ask_if_bot",
        "ask_help",
        "greet",
        "goodbye",
        "thank",
        "EXTERNAL_identification_completed",
        "EXTERNAL_identification_failed",
        "EXTERNAL_returned_to_bot",
        "EXTERNAL_conversation_started",
    }
)
_LONG_WORDS: Final = 8
"""A greeting, a thanks or a farewell of more words than this says something besides."""

_NEAREST: Final = 2

RECTIFY: Final = "request_rectification"

_POLITE: Final = frozenset({"greet", "goodbye", "thank"})


def is_never_an_answer(said: Utterance) -> bool:
    """Tell whether the message is of a kind that answers nothing, whatever was asked."""
    if said.intent in _POLITE and len(said.words) > _LONG_WORDS:
        return said.is_question
    return said.intent in _NEVER_AN_ANSWER


def goes_elsewhere(said: Utterance, *, own_intent: str, free_text: bool) -> bool:
    """Tell whether the visitor turns to something else instead of answering.

    Args:
        said: the message.
        own_intent: what began the form; saying it again is no switch.
        free_text: whether the question asked for the visitor's own words, so that nearly everything is an answer.
    """
    is_button = not said.text
    if is_never_an_answer(said):
        # "telefonnummer" in answer to "vad ska det stå?" calls for nobody
        return not (free_text and said.text and said.intent == "ask_human") or bool(
            PATTERNS["person"].search(said.lowered)
        )
    if said.intent in WISHES and said.intent != own_intent:
        return is_button or not free_text or bool(PATTERNS["wishing"].search(said.lowered))
    if said.asks_about_policy:
        return is_button or said.is_question or not free_text
    if said.intent == OTHER_LANGUAGE:
        return said.is_question or not free_text
    return wish_switched_to(said) is not None or (said.intent in {FALLBACK, "out_of_scope"} and said.is_question)


def switches(said: Utterance, *, own_intent: str) -> bool:
    """Tell whether the visitor, shown what they filled in, wants something else: "eller nej, radera allt istället".

    To want something rectified is then to change an answer, and so is what only the words for a change give away.
    """
    if not PATTERNS["switching"].search(said.lowered):
        return False
    wish = said.intent if said.intent in WISHES else wish_switched_to(said)
    return wish is not None and wish not in {own_intent, RECTIFY}


def wish_switched_to(said: Utterance) -> str | None:
    """Return the wish that somebody who says "eller nej, … istället" most likely turns to, if the model is unsure.

    Such words between the wish and its surroundings are what makes the model unsure; in a form they are what makes us
    sure that it is a wish. It must be one of the two nearest readings.
    """
    if said.intent != FALLBACK or not PATTERNS["switching"].search(said.lowered):
        return None
    readings = [intent for intent in said.ranking if intent != FALLBACK][:_NEAREST]
    return next((intent for intent in readings if intent.startswith("request_") or intent == "make_complaint"), None)
