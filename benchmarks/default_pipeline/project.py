"""A Rasa project for one side of the comparison: examples, domain and configuration as files."""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from foundation.yaml_files import parse_yaml

RETRIEVAL = "policy"
"""The one intent of all topics where the response selector tells them apart: ``policy/fee`` for ``policy_fee``."""

LEAST = 2
"""Examples of an intent that a share never goes below; Rasa warns of fewer."""


@dataclass(frozen=True, slots=True)
class Example:
    """What a visitor may say, and the intent behind it."""

    text: str
    intent: str


def stratified(examples: Sequence[Example], count: int, *, seed: int) -> list[Example]:
    """Return about ``count`` of the examples, of every intent the same share; always the same ones."""
    drawn, share = random.Random(seed), count / len(examples)
    if share >= 1:
        return list(examples)
    places: dict[str, list[int]] = {}
    for place, example in enumerate(examples):
        places.setdefault(example.intent, []).append(place)
    kept: list[int] = []
    for group in places.values():
        kept += drawn.sample(group, min(len(group), max(LEAST, round(share * len(group)))))
    return [examples[place] for place in sorted(kept)]


def as_retrieval(examples: Sequence[Example]) -> list[Example]:
    """Return the examples with every topic of the policy as a response of one retrieval intent."""
    return [Example(one.text, retrieval_name(one.intent)) for one in examples]


def retrieval_name(intent: str) -> str:
    """Return ``policy/fee`` for ``policy_fee``, any other intent as it is."""
    topic = intent.removeprefix(f"{RETRIEVAL}_")
    return intent if topic == intent else f"{RETRIEVAL}/{topic}"


def plain_name(intent: str) -> str:
    """Return ``policy_fee`` for ``policy/fee``, any other intent as it is."""
    return intent.replace("/", "_", 1)


def default_config(shipped: str, *, language: str, epochs: int) -> dict[str, Any]:
    """Return Rasa's default configuration (``shipped``, its own file), but for the language and the epochs.

    Rasa's default policies are left out, as only the understanding is compared.
    """
    config: dict[str, Any] = parse_yaml(shipped)
    pipeline = [
        component | {"epochs": epochs} if "epochs" in component else component for component in config["pipeline"]
    ]
    return config | {"language": language, "pipeline": pipeline, "policies": []}


def write_project(directory: Path, config: dict[str, Any], examples: Sequence[Example]) -> None:
    """Write a project that knows nothing but these examples; whatever was in ``directory`` is gone."""
    shutil.rmtree(directory, ignore_errors=True)  # Rasa's cache of trained components too
    directory.mkdir(parents=True)
    texts: dict[str, list[str]] = {}
    for example in examples:
        texts.setdefault(example.intent, []).append(example.text)
    responses = {f"utter_{intent}": [{"text": intent}] for intent in texts if "/" in intent}
    domain = {
        "version": "3.1",
        "intents": sorted({intent.partition("/")[0] for intent in texts}),
        **({"responses": responses} if responses else {}),
    }
    nlu = [{"intent": intent, "examples": "".join(f"- {text}\n" for text in found)} for intent, found in texts.items()]
    _write(directory / "config.yml", config)
    _write(directory / "domain.yml", domain)
    _write(directory / "nlu.yml", {"version": "3.1", "nlu": nlu})


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=10_000))
