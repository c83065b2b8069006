"""A seam for better hardware: a sentence-embedding model in ONNX form, joined to the views. Off unless a path is set.

The component stands in ``config.yml`` before the classifier; with ``model`` set it gives each message one dense vector,
which the classifier weighs beside the views. Nothing is downloaded: the files are the operator's own, and the libraries
(``uv sync --group embeddings``) are imported only when a path is set.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.normalisation import MAX_CHARACTERS

ORIGIN = "SentenceEmbedding"
Floats = npt.NDArray[np.float32]


class EmbeddingUnavailableError(RuntimeError):
    """A path is configured, but the model cannot be used: a file or a library is missing, or it does not fit."""


class SentenceEncoder:
    """An ONNX model and its tokenizer: text in, one vector of length one out."""

    def __init__(self, model: Path, tokenizer: Path, *, most_tokens: int, threads: int) -> None:
        for path in (model, tokenizer):
            if not path.is_file():
                raise EmbeddingUnavailableError(f"{path} does not exist (SentenceEmbedding in config.yml)")
        try:
            import onnxruntime
            from tokenizers import Tokenizer
        except ImportError as error:
            raise EmbeddingUnavailableError(
                f"{error.name} is missing: uv sync --group embeddings, or take the path out of config.yml"
            ) from error
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(most_tokens)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._inputs = [given.name for given in self._session.get_inputs()]
        unknown = set(self._inputs) - {"input_ids", "attention_mask", "token_type_ids"}
        if unknown:
            raise EmbeddingUnavailableError(f"{model} wants inputs that a sentence does not give: {sorted(unknown)}")

    def encode(self, text: str) -> Floats:
        """Return the vector of ``text``: the model's own, or the mean over its tokens."""
        encoded = self._tokenizer.encode(text[:MAX_CHARACTERS] or " ")
        given = {
            "input_ids": encoded.ids or [0],
            "attention_mask": encoded.attention_mask or [1],
            "token_type_ids": encoded.type_ids or [0],
        }
        feeds = {name: np.array([given[name]], dtype=np.int64) for name in self._inputs}
        [output, *_] = self._session.run(None, feeds)
        found = np.asarray(output, dtype=np.float32)[0]
        if found.ndim == 2:  # a vector a token
            found = found.mean(axis=0)
        return np.asarray(found / max(float(np.linalg.norm(found)), 1e-9), dtype=np.float32)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEmbedding(GraphComponent):
    """Gives each message the vector of a sentence-embedding model, if one is configured."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            # the ONNX file and its tokenizer.json; null: off
            "model": None,
            "tokenizer": None,
            # how much the vector weighs beside the views, each of which weighs about 1
            "weight": 1.0,
            "most_tokens": 256,
            "threads": 1,
        }

    def __init__(self, config: dict[str, Any]) -> None:
        self._weight = float(config["weight"])
        self._encoder: SentenceEncoder | None = None
        if config["model"]:
            tokenizer = config["tokenizer"] or Path(config["model"]).with_name("tokenizer.json")
            self._encoder = SentenceEncoder(
                Path(config["model"]), Path(tokenizer), most_tokens=config["most_tokens"], threads=config["threads"]
            )

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEmbedding:
        return cls(config)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        if self._encoder is None:
            return messages
        for message in messages:
            if text := message.get(TEXT):
                vector = self._weight * self._encoder.encode(text)
                message.add_features(Features(vector[np.newaxis], FEATURE_TYPE_SENTENCE, TEXT, ORIGIN))
        return messages


def embedding_of(message: Message) -> Floats | None:
    """Return the vector that :class:`SentenceEmbedding` gave ``message``, or ``None``."""
    _, sentence = message.get_dense_features(TEXT, [ORIGIN])
    return None if sentence is None else np.asarray(sentence.features, dtype=np.float32)[0]
