"""The Rasa component that carries the model: training examples in, ``intent`` and ``intent_ranking`` out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.company import OF_EXAMPLES
from bot.nlu.confidence import OUTSIDE
from bot.nlu.embedding import Floats, embedding_of
from bot.nlu.model import IntentModel, Reading
from bot.rasa import composition
from privacy.company_name import CompanyName

FALLBACK = "nlu_fallback"

CERTAINTY = "certainty"
"""Under this name the parse says how sure the model is of its first reading: what the thresholds are compared with."""

READER = "insyn_reader"
"""Under this name a message carries the model's reader to the components after this one; it is no output."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SwedishIntentClassifier(GraphComponent):
    """Classifies a message; says ``nlu_fallback`` when an answer would cost more than asking back.

    The company's name is read as one word, whatever it is: the examples' own in training, the served policy's after.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            # a wrong answer costs five times an honest "jag är osäker" (ADR 100): answer above this certainty
            "threshold": 0.55,
            # … and begin a request, which is more than an answer, above this
            "request_threshold": 0.6,
            # … and say that it is not for us, which sends away who had a question, above this
            "decline_threshold": 0.75,
            # … between these no choice can do harm ("tack och hej"): together they need to be likelier than all else
            "harmless": ["greet", "goodbye", "thank"],
            # … and how many readings to keep
            "ranking_length": 10,
        }

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: IntentModel | None = None,
        company: CompanyName = OF_EXAMPLES,
    ) -> None:
        self._config, self._model_storage, self._resource, self._model = config, model_storage, resource, model
        self._company = company

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SwedishIntentClassifier:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        self._model = IntentModel.train(
            [OF_EXAMPLES.hidden(example.get(TEXT)) for example in examples],
            [example.get(INTENT) for example in examples],
            _embeddings(examples),
        )
        with self._model_storage.write_to(self._resource) as directory:
            self._model.save(directory)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_kwargs: Any,
    ) -> SwedishIntentClassifier:
        with model_storage.read_from(resource) as directory:
            return cls(config, model_storage, resource, IntentModel.load(directory), composition.company())

    def process(self, messages: list[Message]) -> list[Message]:
        if self._model is None:
            return messages
        for message in messages:
            message.set(READER, self._likeliest)
            text = message.get(TEXT)
            if text and not message.get(INTENT):  # a button's payload comes with its intent
                self._classify(message, *self._model.judge(self._company.hidden(text), embedding_of(message)))
        return messages

    def _likeliest(self, texts: Sequence[str]) -> list[Reading]:
        """Return the likeliest reading of each text, with its certainty: what parts of a message are read with."""
        if self._model is None:
            return []
        judged = (self._model.judge(self._company.hidden(text)) for text in texts)
        return [Reading(readings[0].intent, certainty) for readings, certainty in judged]

    def _classify(self, message: Message, readings: Sequence[Reading], certainty: float) -> None:
        ranking = [_as_rasa(reading) for reading in readings[: self._config["ranking_length"]]]
        sure = self._certainty_to_act(readings, certainty)
        if sure < self._config[_threshold_of(readings[0].intent)]:
            ranking.insert(0, {"name": FALLBACK, "confidence": 1.0 - certainty})
        message.set(CERTAINTY, sure, add_to_output=True)
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)

    def _certainty_to_act(self, readings: Sequence[Reading], certainty: float) -> float:
        """Return what the threshold is compared with: how sure the first reading is, or that it is one as harmless."""
        if readings[0].intent not in (harmless := self._config["harmless"]):
            return certainty
        return max(certainty, sum(reading.confidence for reading in readings if reading.intent in harmless))


def _threshold_of(intent: str) -> str:
    """Return the name of the threshold that acting on ``intent`` needs."""
    if intent == OUTSIDE:
        return "decline_threshold"
    return "request_threshold" if intent.startswith("request_") else "threshold"


def _embeddings(examples: Sequence[Message]) -> Floats | None:
    found = [embedding_of(example) for example in examples]
    given = [vector for vector in found if vector is not None]
    return np.array(given, dtype=np.float32) if given and len(given) == len(found) else None


def _as_rasa(reading: Reading) -> dict[str, Any]:
    return {"name": reading.intent, "confidence": reading.confidence}
