"""The seam for a sentence-embedding model: off by default, joined to the views when a path is set."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
import yaml
from onnx import TensorProto, helper, numpy_helper
from rasa.core.agent import Agent
from rasa.model_training import train_nlu
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from bot.nlu.embedding import EmbeddingUnavailableError, SentenceEmbedding, embedding_of
from bot.nlu.model import IntentModel

MEANING = {
    "radera": (1, 0),
    "kassera": (1, 0),
    "blifi": (1, 0),
    "spara": (0, 1),
    "bevara": (0, 1),
    "allt": (0.1, 0.1),
    "[UNK]": (0, 0),
}
"""Words and their vectors: what a real model knows and the views do not, that *kassera* is *radera*."""


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Path:
    """A model that looks each word up in a table: an ONNX Gather, with a tokenizer that splits at spaces."""
    directory = tmp_path_factory.mktemp("embedding")
    words = {word: number for number, word in enumerate(MEANING)}
    tokenizer = Tokenizer(WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(directory / "tokenizer.json"))
    table = numpy_helper.from_array(np.array(list(MEANING.values()), dtype=np.float32), "table")
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])],
        "words",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, None])],
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, [1, None, 2])],
        [table],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(made, str(directory / "model.onnx"))
    return directory / "model.onnx"


def component(**config: object) -> SentenceEmbedding:
    return SentenceEmbedding(SentenceEmbedding.get_default_config() | config)


def test_off_by_default():
    [message] = component().process([Message({TEXT: "radera allt"})])
    assert embedding_of(message) is None


def test_a_message_gets_the_vector_of_the_model(model: Path):
    near, far, same = (
        embedding_of(message)
        for message in component(model=str(model)).process([Message({TEXT: t}) for t in ("radera", "spara", "kassera")])
    )
    assert near == pytest.approx(same)
    assert near @ far == pytest.approx(0)
    assert np.linalg.norm(near) == pytest.approx(1)


def test_training_examples_get_theirs(model: Path):
    data = TrainingData([Message({TEXT: "radera allt", INTENT: "request_erasure"})])
    [example] = component(model=str(model)).process_training_data(data).training_examples
    assert embedding_of(example) is not None


@pytest.mark.parametrize("text", ["", " ", "🙂" * 500, "a" * 10_000, "\u202e\u200b"])
def test_any_input_has_a_vector_or_none(model: Path, text: str):
    [message] = component(model=str(model)).process([Message({TEXT: text})])
    vector = embedding_of(message)
    assert (vector is None) == (text == "")
    assert vector is None or np.isfinite(vector).all()


def test_the_classifier_learns_from_it(model: Path):
    pairs = {
        "radera": "request_erasure",
        "radera allt": "request_erasure",
        "spara": "policy_x",
        "spara allt": "policy_x",
    }
    encoder = component(model=str(model))
    dense = np.array([embedding_of(m) for m in encoder.process([Message({TEXT: text}) for text in pairs])])
    asked = encoder.process([Message({TEXT: "kassera"})])
    trained = IntentModel.train(list(pairs), list(pairs.values()), dense)

    [readings] = trained.readings(["kassera"], np.array([embedding_of(asked[0])]))

    assert readings[0].intent == "request_erasure"


def test_written_and_read_it_still_weighs_the_vector(model: Path, tmp_path: Path):
    dense = np.array([[1, 0], [0, 1]], dtype=np.float32)
    trained = IntentModel.train(["radera", "spara"], ["request_erasure", "policy_x"], dense)
    trained.save(tmp_path)

    read = IntentModel.load(tmp_path)

    assert read.readings(["xyz"], dense[:1])[0][0].intent == "request_erasure"
    assert read.readings(["xyz"], dense[1:])[0][0].intent == "policy_x"


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(EmbeddingUnavailableError, match=r"nowhere\.onnx does not exist"):
        component(model=str(tmp_path / "nowhere.onnx"))


@pytest.mark.model
@pytest.mark.parametrize("configured", [True, False])
async def test_rasa_trains_and_reads_with_it(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, configured: bool
):
    """Through Rasa's own graph: trained, packed, loaded from the archive. Only the embedding knows *blifi*."""
    monkeypatch.setenv("RASA_CACHE_DIRECTORY", str(tmp_path / "cache"))  # so that nothing is taken from an earlier run
    pipeline = [
        {"name": "bot.nlu.embedding.SentenceEmbedding", "model": str(model) if configured else None},
        {"name": "bot.nlu.classifier.SwedishIntentClassifier"},
    ]
    config, examples = tmp_path / "config.yml", tmp_path / "nlu.yml"
    config.write_text(yaml.safe_dump({"recipe": "default.v1", "language": "sv", "pipeline": pipeline}))
    intents = {"request_erasure": ["radera", "radera allt"], "policy_x": ["spara", "spara allt"]}
    nlu = [{"intent": name, "examples": "".join(f"- {text}\n" for text in texts)} for name, texts in intents.items()]
    examples.write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}))

    archive = train_nlu(str(config), str(examples), str(tmp_path / "models"))
    parsed = await Agent.load(archive).parse_message("blifi")

    likely = {reading["name"]: reading["confidence"] for reading in parsed["intent_ranking"]}
    assert (likely["request_erasure"] > likely["policy_x"] + 0.1) is configured
