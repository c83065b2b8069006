"""The importer reads what Rasa's own reads."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE
from rasa.shared.nlu.training_data.features import Features

from bot.nlu.importer import Example, ExampleImporter
from insyn.settings import ROOT

PLAIN = """\
version: "3.1"
nlu:
  - intent: greet
    examples: |
      - hej
      - hej på dig!

      - "god morgon", sa hon
  - intent: goodbye
    examples: |
      - hej då
      - hej
"""
TO_SAY = """\
version: "3.1"
responses:
  utter_hello:
    # a note
    - text: Hej! "Ja" eller nej, klockan 12:30?
      buttons:
        - title: Ja
          payload: '/inform{{"scope": "Allt"}}'
    - text: |
        På två
        rader.
"""
WITH_ENTITIES = """\
version: "3.1"
nlu:
  - intent: greet
    examples: |
      - hej [Anna](name)
      - tjena
  - synonym: hej
    examples: |
      - hejsan
"""


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    (tmp_path / "a.yml").write_text(PLAIN)
    (tmp_path / "b.yml").write_text(WITH_ENTITIES)
    (tmp_path / "c.yml").write_text(TO_SAY)
    return [str(tmp_path)]


def test_it_reads_what_rasas_own_reads(files: list[str]):
    ours = ExampleImporter(training_data_paths=files).get_nlu_data("sv")
    theirs = RasaFileImporter(training_data_paths=files).get_nlu_data("sv")

    assert [example.data for example in ours.training_examples] == [one.data for one in theirs.training_examples]
    assert len(ours.intent_examples) == 7
    assert ours.entity_synonyms == {"hejsan": "hej"}
    assert ours.responses == theirs.responses


def test_what_is_said_is_read_as_rasa_reads_it():
    texts = [str(ROOT / "data" / "responses")]

    ours = ExampleImporter(training_data_paths=texts).get_nlu_data("sv")

    assert len(ours.responses) > 50
    assert ours.responses == RasaFileImporter(training_data_paths=texts).get_nlu_data("sv").responses


def test_the_files_are_read_once(files: list[str]):
    importer = ExampleImporter(training_data_paths=files)
    first = importer.get_nlu_data("en")
    Path(files[0], "a.yml").write_text("")

    assert importer.get_nlu_data("sv") is first


def test_a_copy_is_the_example_and_a_change_is_seen_in_the_hash():
    example = Example({"text": "hej", "intent": "greet"})
    before = hash(example)

    assert copy.deepcopy([example])[0] is example

    example.set("intent", "goodbye")

    assert hash(example) != before


def test_setting_what_stands_there_already_changes_nothing():
    example = Example({"text": "hej", "intent": "greet"})
    before = hash(example)
    example.set("intent", "greet")

    assert hash(example) == before


def test_a_vector_of_the_message_is_seen_in_the_hash():
    example = Example({"text": "hej", "intent": "greet"})
    before = hash(example)
    example.add_features(Features(np.ones((1, 2)), FEATURE_TYPE_SENTENCE, "text", "somewhere"))

    assert hash(example) != before
