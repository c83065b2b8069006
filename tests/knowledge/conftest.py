"""The policy, the registry of topics and the answers, read as the files stand."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.knowledge import own_values
from privacy.policy import Policy, parse_policy

ROOT = Path(__file__).parents[2]
POLICY_DIR = ROOT / "data" / "policy"


@dataclass(frozen=True)
class Knowledge:
    """What stands under ``data/policy``."""

    about: dict[str, Any]
    policy: Policy
    policy_sha256: str
    own: dict[str, str]
    """What answers name in braces."""

    topics: dict[str, dict[str, Any]]
    listed: list[str]
    """The ids in the order of the registry, doubled ones included."""

    answers: dict[str, dict[str, Any]]
    written: list[tuple[str, str]]
    """(file without its ending, topic) of every answer, doubled ones included."""

    def covering(self, name: str) -> list[str]:
        """Return the topics that say they cover a fact or a gap."""
        return [topic for topic, entry in self.topics.items() if name in entry["covers"]]


def read_knowledge() -> Knowledge:
    """Read it all; a key that stands twice in one file is an error of its own."""
    about = _load(POLICY_DIR / "policy.yml")
    raw = (POLICY_DIR / about["file"]).read_bytes()
    headings = [section["heading"] for section in about["sections"]]
    entries = _load(POLICY_DIR / "topics.yml")
    files = {path.stem: _load(path) for path in sorted((POLICY_DIR / "answers").glob("*.yml"))}
    return Knowledge(
        about=about,
        policy=parse_policy(raw.decode(), headings, version=about["version"]),
        policy_sha256=hashlib.sha256(raw).hexdigest(),
        own=own_values(about),
        topics={entry["id"]: entry for entry in entries},
        listed=[entry["id"] for entry in entries],
        answers={topic: answer for answers in files.values() for topic, answer in answers.items()},
        written=[(name, topic) for name, answers in files.items() for topic in answers],
    )


def table(name: str) -> dict[str, list[str]]:
    """Return a table of this folder: what a text must say, by name."""
    return _load(Path(__file__).with_name(name))


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return read_knowledge()


class _NoDuplicateKeys(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"stands twice: {twice}", node.start_mark)
        return super().construct_mapping(node, deep=deep)


def _load(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_NoDuplicateKeys)  # noqa: S506
