"""``insyn policy check``: whether a policy's directory makes a working assistant, and in plain words what is amiss."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from actions.knowledge import (
    answered_topic,
    gap_topic,
    own_values,
    read_answers,
    read_policy,
    read_registry,
)
from cases.letters.errors import LetterTemplatesError
from cases.letters.templates import load_letters
from cases.systems import load_systems
from foundation.yaml_files import read_yaml
from privacy.company_name import OWN_NEEDED
from privacy.errors import PolicyStructureError, QuoteNotInPolicyError, SystemRegisterError
from privacy.policy import Policy

_FILES = ("file", "version", "version_label", "title", "sections")


@dataclass(frozen=True, slots=True)
class PolicyReport:
    """What was found in a policy's directory."""

    sections: int
    answered: Sequence[str]
    """Topics with an answer of their own."""

    gaps: Sequence[str]
    """Topics that are answered by saying that the policy says nothing of them."""

    missing: Sequence[str]
    """What must be mended, a sentence each."""

    @property
    def is_whole(self) -> bool:
        """Whether the assistant can be started with it."""
        return not self.missing


def check_policy(directory: Path, *, systems_file: Path | None = None, letters_dir: Path | None = None) -> PolicyReport:
    """Look through a directory; nothing is raised for what is wrong in it, everything is told.

    Args:
        directory: where ``policy.yml`` lies.
        systems_file: the register of systems that goes with it; None looks for ``systems.yml`` in the directory.
        letters_dir: the letters that go with it; None passes them by.
    """
    try:
        about = read_yaml(directory / "policy.yml")
    except (OSError, yaml.YAMLError) as error:
        return PolicyReport(0, (), (), (f"policy.yml cannot be read: {_said(error)}.",))
    if not isinstance(about, dict):
        return PolicyReport(
            0, (), (), ("policy.yml is empty; it says whose policy this is and what its headings are.",)
        )
    lacking = [f"policy.yml does not say {name}." for name in (*_FILES, *OWN_NEEDED) if not about.get(name)]
    if lacking:
        return PolicyReport(0, (), (), tuple(lacking))
    try:
        policy = read_policy(directory, about)
    except (OSError, KeyError, TypeError, PolicyStructureError) as error:
        return PolicyReport(0, (), (), (f"The text {about['file']} cannot be split at its headings: {_said(error)}.",))
    try:
        answers, topics = read_answers(directory / "answers"), [entry["id"] for entry in read_registry(directory)]
    except (OSError, yaml.YAMLError, TypeError, KeyError) as error:
        return PolicyReport(
            len(policy.sections), (), (), (f"An answer or the registry cannot be read: {_said(error)}.",)
        )
    gaps = about.get("gaps") or {}
    missing = [
        *_text(directory, about, policy),
        *_coverage(topics, answers, gaps),
        *_answers(answers, gaps, about, policy, topics),
        *_systems(systems_file or directory / "systems.yml", directory, is_needed=systems_file is not None),
        *(_letters(letters_dir, directory) if letters_dir else ()),
    ]
    in_gaps = [topic for topic in topics if topic in (gaps.get("topics") or ())]
    return PolicyReport(len(policy.sections), [topic for topic in topics if topic in answers], in_gaps, tuple(missing))


def _text(directory: Path, about: Mapping[str, Any], policy: Policy) -> Iterator[str]:
    whole = "\n".join(section.text for section in policy.sections)
    digest = hashlib.sha256((directory / about["file"]).read_bytes()).hexdigest()
    if about.get("sha256") and about["sha256"] != digest:
        yield f"The text {about['file']} has changed: its SHA-256 is {digest}, policy.yml says another."
    for name in ("controller", "privacy_email", "visiting_address", "postal_address", "dpo"):
        if about.get(name) and str(about[name]) not in whole:
            yield f"policy.yml gives {name} as “{about[name]}”, which does not stand in the policy."


def _coverage(topics: Sequence[str], answers: Mapping[str, Any], gaps: Mapping[str, Any]) -> Iterator[str]:
    in_gaps = list(gaps.get("topics") or ())
    for topic in topics:
        if topic not in answers and topic not in in_gaps:
            yield f"{topic} has no answer; write one, or list it under gaps if the policy says nothing of it."
        if topic in answers and topic in in_gaps:
            yield f"{topic} has an answer and is listed as a gap; it is one or the other."
    for topic in (*answers, *in_gaps):
        if topic not in topics:
            yield f"{topic} is no topic of the registry; see data/policy/topics.yml."


def _answers(
    answers: Mapping[str, Any],
    gaps: Mapping[str, Any],
    about: Mapping[str, Any],
    policy: Policy,
    topics: Sequence[str],
) -> Iterator[str]:
    own = own_values(about)
    for topic in (topic for topic in topics if topic in answers):
        yield from _wrong(topic, lambda: answered_topic(_entry(topic), answers[topic], policy, own))  # noqa: B023
    if gaps.get("topics"):
        yield from _wrong("gaps", lambda: gap_topic(_entry("gaps"), gaps, policy, own))


def _wrong(name: str, build: Any) -> Iterator[str]:
    try:
        topic = build()
    except QuoteNotInPolicyError as error:
        yield f"{name}: a quote does not stand in the policy letter by letter: {_said(error)}."
    except PolicyStructureError as error:
        yield f"{name}: {_said(error)}."
    except KeyError as error:
        yield f"{name}: {error} is missing; an answer has text and citations, and may name only what policy.yml says."
    except (TypeError, ValueError) as error:
        yield f"{name}: {_said(error)}."
    else:
        if not topic.text:
            yield f"{name}: the text is empty."
        if not topic.citations:
            yield f"{name}: no citation; every answer shows where it comes from."


def _systems(systems_file: Path, directory: Path, *, is_needed: bool) -> Iterator[str]:
    if not is_needed and not systems_file.exists():
        yield "There is no systems.yml, the register of systems; the case system does not start without it."
        return
    try:
        load_systems(systems_file, policy_dir=directory)
    except SystemRegisterError as error:
        yield f"The register of systems does not hold: {_said(error)}."


def _letters(letters_dir: Path, directory: Path) -> Iterator[str]:
    try:
        load_letters(letters_dir, policy_dir=directory)
    except LetterTemplatesError as error:
        yield f"The letters cannot be read: {_said(error)}."


def _entry(topic: str) -> dict[str, Any]:
    return {"id": topic, "title": topic}


def _said(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")
