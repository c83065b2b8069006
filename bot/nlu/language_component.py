"""The Rasa component that notices other languages: the intent becomes ``other_language``, an entity says which."""

from __future__ import annotations

from typing import Any, Final

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.language import ENGLISH, foreign_language

OTHER_LANGUAGE: Final = "other_language"
ENTITY: Final = "language"


_POLITE: Final = frozenset({"thank", "goodbye", "greet"})
_UNDERSTOOD_ANYHOW: Final = {
    ENGLISH: _POLITE - {"greet"} | {"ask_human", "cancel", "affirm", "deny"},
    "nb": _POLITE,
    "da": _POLITE,
}
"""What needs no language, or is said in it by people who write Swedish: "talk to a human"."""

_SAID_IN_PASSING: Final = 4
"""Words at most; "can i talk to someone here please" is written by who does not write Swedish."""


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
            if language is not None and not _understood_anyhow(text, language, intent.get("name")):
                _notice(message, language)
        return messages


def _understood_anyhow(text: str, language: str, intent: str | None) -> bool:
    return intent in _UNDERSTOOD_ANYHOW.get(language, ()) and len(text.split()) <= _SAID_IN_PASSING


def _notice(message: Message, language: str) -> None:
    reading = {"name": OTHER_LANGUAGE, "confidence": 1.0}
    message.set(INTENT, reading, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [reading, *(message.get(INTENT_RANKING_KEY) or [])], add_to_output=True)
    found = {"entity": ENTITY, "value": language, "start": 0, "end": len(message.get(TEXT))}
    message.set(ENTITIES, [*(message.get(ENTITIES) or []), found], add_to_output=True)
