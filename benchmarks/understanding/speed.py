"""How long understanding takes, in processor time, by the model that is served."""

from __future__ import annotations

import statistics
import tarfile
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bot.nlu.model import IntentModel
from bot.nlu.normalisation import MAX_CHARACTERS


def served_model(archive: Path) -> IntentModel:
    """Return the intent model out of Rasa's archive."""
    with tempfile.TemporaryDirectory() as directory:
        with tarfile.open(archive) as tar:
            tar.extractall(directory, filter="data")
        [described] = Path(directory).rglob("intents.json")
        return IntentModel.load(described.parent)


def milliseconds(model: IntentModel, texts: Sequence[str]) -> list[float]:
    """Return the processor time of each reading; the words of all texts have been met before or not, as they come."""
    found = []
    for text in texts:
        began_at = time.process_time()
        model.judge(text)
        found.append(1000 * (time.process_time() - began_at))
    return found


def long_messages(texts: Sequence[str]) -> list[str]:
    """Return messages of the longest length, made of ``texts``."""
    joined = " ".join(texts)
    return [joined[start : start + MAX_CHARACTERS] for start in range(0, len(joined) - MAX_CHARACTERS, MAX_CHARACTERS)]


def spread(found: Sequence[float]) -> str:
    """Return median and 95th percentile."""
    ordered = sorted(found)
    return (
        f"median {statistics.median(ordered):.2f} ms, 95th percentile {ordered[int(0.95 * (len(ordered) - 1))]:.2f} ms"
    )
