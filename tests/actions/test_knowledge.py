"""The policy's answers are read whole, and refused when they do not hold."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from actions.errors import KnowledgeError
from actions.knowledge import load_knowledge
from actions.texts import WISHES
from foundation.yaml_files import read_yaml
from tests.actions.fakes import KNOWLEDGE, POLICY_DIRECTORY


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return shutil.copytree(POLICY_DIRECTORY, tmp_path / "policy")


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_every_topic_of_the_registry_has_its_answer():
    registry = read_yaml(POLICY_DIRECTORY / "topics.yml")
    assert {topic.id for topic in KNOWLEDGE.topics.values()} == {entry["id"] for entry in registry}


def test_every_next_step_is_a_topic_or_a_wish_with_a_title():
    steps = {step for topic in KNOWLEDGE.topics.values() for step in topic.next_steps}
    assert {step for step in steps if step not in WISHES and f"policy_{step}" not in KNOWLEDGE.topics} == set()


def test_a_quote_that_does_not_stand_in_the_policy_is_refused(directory: Path):
    change(directory / "integritetspolicy.txt", "efter 3 månader", "efter 4 månader")
    with pytest.raises(KnowledgeError, match="QuoteNotInPolicyError"):
        load_knowledge(directory)


def test_a_heading_that_is_not_in_the_policy_is_refused(directory: Path):
    change(directory / "policy.yml", "Begränsningar", "Inskränkningar")
    with pytest.raises(KnowledgeError, match="PolicyStructureError"):
        load_knowledge(directory)


def test_a_topic_without_answer_is_refused(directory: Path):
    change(directory / "topics.yml", "- id: fee\n", "- id: fees\n")
    with pytest.raises(KnowledgeError, match="fees"):
        load_knowledge(directory)


def test_a_missing_file_is_refused(directory: Path):
    (directory / "integritetspolicy.txt").unlink()
    with pytest.raises(KnowledgeError, match="FileNotFoundError"):
        load_knowledge(directory)
