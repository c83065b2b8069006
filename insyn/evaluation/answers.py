"""What the assistant would say to a message as it was read: the actions' own words, without a dialogue around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import answer_besides, asked_topics, utter_answers
from actions.journeys.registry import JOURNEY_BY_INTENT, journey_of
from actions.knowledge import Knowledge, load_knowledge
from actions.request_begin import REQUEST_TYPE, begin
from actions.utterance import latest_utterance
from foundation.yaml_files import read_yaml


@dataclass(frozen=True, slots=True)
class Answer:
    """What the visitor would get."""

    text: str
    """The policy's answers and the explanation of what is begun; empty where neither is said."""

    acts_on: str
    """The intent that is acted on: of a request, the one that is begun, which its words may change (advertising)."""


class Answers:
    """Answers messages by the actions' own functions; nothing is sent anywhere."""

    def __init__(self, knowledge: Knowledge, responses: Mapping[str, Any]) -> None:
        self._knowledge, self._responses = knowledge, responses

    @classmethod
    def read(cls, root: Path) -> Answers:
        """Return the answers of the policy and the responses under ``root``."""
        files = sorted((root / "data" / "responses").glob("*.yml"))
        said = [read_yaml(path).get("responses", {}) for path in files]
        responses = {name: variants for file in said for name, variants in file.items()}
        return cls(load_knowledge(root / "data" / "policy"), responses)

    def to(self, parsed: Mapping[str, Any]) -> Answer:
        """Return the answer to the first message of a conversation, as Rasa parsed it."""
        tracker = Tracker("evaluation", {}, dict(parsed), [], False, None, {}, None)
        dispatcher = CollectingDispatcher()
        read = latest_utterance(tracker).intent
        if read not in JOURNEY_BY_INTENT:
            utter_answers(dispatcher, asked_topics(tracker, self._knowledge))
            return Answer(self._text(dispatcher), read)
        answer_besides(dispatcher, tracker, self._knowledge)
        events = begin(dispatcher, tracker, JOURNEY_BY_INTENT[read])
        begun = next(event["value"] for event in events if event.get("name") == REQUEST_TYPE)
        return Answer(self._text(dispatcher), journey_of(begun).intent)

    def topic(self, intent: str) -> str:
        """Return what is said to a message that means ``intent`` and nothing else."""
        return self.to({"intent": {"name": intent}, "text": "?"}).text

    def _text(self, dispatcher: CollectingDispatcher) -> str:
        return "\n".join(message["text"] or self._response(message) for message in dispatcher.messages)

    def _response(self, message: Mapping[str, Any]) -> str:
        [variant] = self._responses[message["response"]]
        return str(variant["text"]).format_map(message)
