"""The Rasa component that notices other languages: the intent becomes ``other_language``, an entity says which."""

from __future__ import annotations

from typing import Any, Final

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.language import foreign_language

OTHER_LANGUAGE: Final = "other_language"
ENTITY: Final = "language"
ENGLISH: Final = "en"

_UNDERSTOOD_ANYHOW: Final = frozenset({"ask_human", "cancel", "thank", "goodbye", "affirm", "deny"})
"""Said in English by people who write Swedish, and what they lead to needs no language."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class OtherLanguageNoticer(GraphComponent):
    """Stands after the classifier. Nobody can type its intent: it is given here and trained nowhere."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> OtherLanguageNoticer:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text, intent = message.get(TEXT), message.get(INTENT) or {}
            language = foreign_language(text) if text and not text.startswith("/") else None
            understood_anyhow = language == ENGLISH and intent.get("name") in _UNDERSTOOD_ANYHOW
            if language is not None and not understood_anyhow:
                _notice(message, language)
        return messages


def _notice(message: Message, language: str) -> None:
    reading = {"name": OTHER_LANGUAGE, "confidence": 1.0}
    message.set(INTENT, reading, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [reading, *(message.get(INTENT_RANKING_KEY) or [])], add_to_output=True)
    found = {"entity": ENTITY, "value": language, "start": 0, "end": len(message.get(TEXT))}
    message.set(ENTITIES, [*(message.get(ENTITIES) or []), found], add_to_output=True)
