"""Reads the training examples for Rasa, once.

Rasa's own importer parses every file three times with a slow YAML reader, and copies and hashes each example again
and again: with tens of thousands of examples that takes longer than training the model. This one reads plain files
(intents with examples, or texts to say, nothing else) once; a file with anything more in it (entities, synonyms, lookup
tables) goes through Rasa's own reader.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data import loading
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from foundation.yaml_files import parse_yaml

NLU, RESPONSES = "nlu", "responses"
"""What a file may hold to be plain."""


class Example(Message):
    """A training example of a text and its intent: cheap to copy and to hash, since Rasa does both again and again."""

    _cached_fingerprint: str | None

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self  # Rasa copies all examples each time it merges them with others; nobody changes one of the copies

    def set(self, prop: str, info: Any, add_to_output: bool = False) -> None:
        """Set a property; the hash is kept when nothing changes by it."""
        if add_to_output or self.data.get(prop) != info:
            super().set(prop, info, add_to_output)

    def __hash__(self) -> int:
        return hash(self.fingerprint())

    def fingerprint(self) -> str:
        """Return a digest of the example: of what it was read with, at the cost of one digest and not of a dozen."""
        if self._cached_fingerprint is None:
            if self.features or self.data.keys() != {TEXT, INTENT}:
                return str(super().fingerprint())
            read = f"{self.data[INTENT]}\n{self.data[TEXT]}"
            self._cached_fingerprint = hashlib.md5(read.encode(), usedforsecurity=False).hexdigest()
        return self._cached_fingerprint


class ExampleImporter(RasaFileImporter):
    """Rasa's importer of files, with training examples read quickly and once."""

    _read: TrainingData | None = None

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Return all training examples; which language they are in is not asked, there is one."""
        if self._read is None:
            plain: list[Message] = []
            said: dict[str, Any] = {}
            others: list[TrainingData] = []
            for path in map(Path, self._nlu_files):
                written = _plain(path)
                if written is None:
                    others.append(loading.load_data(str(path), language))
                else:
                    plain += _examples(written)
                    said |= written.get(RESPONSES, {})
            self._read = TrainingData(plain, responses=said)
            if others:
                self._read = self._read.merge(*others)
            gc.freeze()  # they live until the end of the training, and are too many to be walked again and again
        return self._read


def _plain(path: Path) -> dict[str, Any] | None:
    """Return what a file says that holds nothing but intents with their examples and texts to say, else ``None``."""
    text = path.read_text(encoding="utf-8")
    written: dict[str, Any] = parse_yaml(text)  # the safe loader, in C
    if set(written) - {"version", NLU, RESPONSES}:
        return None
    if NLU in written and "[" in text:  # entities are marked with brackets
        return None
    if any(set(entry) != {"intent", "examples"} or "/" in entry["intent"] for entry in written.get(NLU, ())):
        return None
    return written


def _examples(written: dict[str, Any]) -> list[Example]:
    return [
        Example({TEXT: line, INTENT: entry["intent"]})
        for entry in written.get(NLU, ())
        for line in _lines(entry["examples"])
    ]


def _lines(examples: str) -> Iterator[str]:
    for line in examples.splitlines():
        if line.startswith("- ") and (example := line[2:].strip()):
            yield example
