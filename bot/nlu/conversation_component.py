"""The Rasa component that reads a message as part of a conversation: what it leans on, and a second question in it.

Stands after the classifier. A leaning question ("och hur länge då?") gets the intent that it has together with the
topic before; of two questions the first one, or the wish, is the intent, and the others stand in ``further_intents``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.classifier import FALLBACK, READER
from bot.nlu.follow_ups import PREFIX, FollowUp, FollowUps
from bot.nlu.model import Reading
from bot.nlu.segments import Segmenter
from bot.rasa import composition
from privacy.company_name import CompanyName

FURTHER_INTENTS: Final = "further_intents"
"""Questions about the policy that the message asks besides its intent, in order."""

READ_AS: Final = "read_as"
"""The message with the company's name hidden, where it stands in it: what the actions' word lists are compared with."""

_NEVER_LEANING: Final = frozenset(
    {"ask_human", "ask_if_bot", "ask_case_status", "thank", "greet", "affirm", "deny", "cancel"}
)
"""Said in few words by themselves."""

_PASSED_OVER: Final = frozenset({"thank", "greet", "affirm", FALLBACK})
"""What may stand between a topic and what leans on it."""

_MOST_PASSED_OVER: Final = 2

_OF_A_FORM: Final = frozenset({"why", "refuse", "meaning"})
"""In the middle of a form these are asked of the form's own question."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ConversationReader(GraphComponent):
    """Never touches a button's payload; learns nothing, so that it can be argued about line by line."""

    def __init__(self, company: CompanyName) -> None:
        self._company = company
        self._follow_ups = FollowUps.read()
        self._segmenter = Segmenter.read(self._follow_ups)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ConversationReader:
        return cls(composition.company())

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        for message in messages:
            text = message.get(TEXT)
            if text and not text.startswith("/"):
                plain = self._company.hidden(text)
                if plain != text:
                    message.set(READ_AS, plain, add_to_output=True)
                self._read(message, plain, tracker)
        return messages

    def _read(self, message: Message, text: str, tracker: DialogueStateTracker) -> None:
        leaning = self._leaning(message, text, tracker)
        if leaning is not None:
            self._lean(message, *leaning)
        elif message.get(READER) is not None:
            _ask_besides(message, self._segmenter.readings(text, message.get(READER)))

    def _leaning(self, message: Message, text: str, tracker: DialogueStateTracker) -> tuple[FollowUp, str] | None:
        topic = topic_before(tracker)
        if topic is None or (message.get(INTENT) or {}).get("name") in _NEVER_LEANING:
            return None
        follow_up = self._follow_ups.read_after(text, topic)
        if follow_up is None or (tracker.active_loop and follow_up.aspect in _OF_A_FORM):
            return None
        return follow_up, topic

    def _lean(self, message: Message, follow_up: FollowUp, topic: str) -> None:
        ranking = list(message.get(INTENT_RANKING_KEY) or [])
        if follow_up.topic is not None:
            _set(message, [_as_rasa(Reading(PREFIX + follow_up.topic, 1.0)), *ranking])
            return
        near = self._follow_ups.readings_after(topic)
        _set(message, [_as_rasa(Reading(FALLBACK, 1.0)), *(_as_rasa(Reading(_intent(name), 0.0)) for name in near)])


def topic_before(tracker: DialogueStateTracker) -> str | None:
    """Return the topic that was answered last, by its id, if nothing but politeness has come between."""
    passed_over = 0
    for event in reversed(tracker.events):
        if not isinstance(event, UserUttered):
            continue
        intents = [event.intent_name or "", *((event.parse_data or {}).get(FURTHER_INTENTS) or [])]
        if intents[0].startswith(PREFIX):
            return str(intents[-1]).removeprefix(PREFIX)
        passed_over += 1
        if intents[0] not in _PASSED_OVER or passed_over > _MOST_PASSED_OVER:
            return None
    return None


def _ask_besides(message: Message, readings: Sequence[Reading]) -> None:
    if not readings:
        return
    questions = [reading for reading in readings if reading.intent.startswith(PREFIX)]
    wishes = [reading for reading in readings if not reading.intent.startswith(PREFIX)]
    intent, *further = [*wishes, *questions]
    ranking = [reading for reading in message.get(INTENT_RANKING_KEY) or [] if reading["name"] != FALLBACK]
    _set(message, [_as_rasa(intent), *ranking])
    message.set(FURTHER_INTENTS, [reading.intent for reading in further], add_to_output=True)


def _set(message: Message, ranking: list[dict[str, Any]]) -> None:
    message.set(INTENT, ranking[0], add_to_output=True)
    message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)


def _intent(step: str) -> str:
    """Return the intent of a next step: a wish is named by its own, a topic by its id."""
    return step if step.startswith(("request_", "make_", "ask_")) else PREFIX + step


def _as_rasa(reading: Reading) -> dict[str, Any]:
    return {"name": reading.intent, "confidence": reading.confidence}
