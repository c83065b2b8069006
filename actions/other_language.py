"""Answers who does not write Swedish: in their language what can be done here, and the choice of a person."""

from typing import Final

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.base import InsynAction
from actions.utterance import LANGUAGE, latest_entity

STAND_ALONE: Final = frozenset({"en", "nb", "da"})
"""Languages whose answer needs no other beside it: English, and those whose writers read Swedish."""

WITH_WORDS: Final = frozenset({"ar", "de", "es", "fa", "fi", "fr", "hr", "pl", "ru", "so", "tr", "uk"})
"""Languages beside those in which we have an answer."""


class ActionAnswerOtherLanguage(InsynAction):
    """Say shortly what can be done; in a language that we have no words in, in English and plain Swedish."""

    action_name = "action_answer_other_language"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: object) -> list[EventType]:
        language = latest_entity(tracker, LANGUAGE)
        email = self.services.knowledge.privacy_email
        if language in STAND_ALONE | WITH_WORDS:
            dispatcher.utter_message(response=f"utter_other_language_{language}", privacy_email=email)
        if language not in STAND_ALONE:
            dispatcher.utter_message(response="utter_other_language", privacy_email=email)
        return []
