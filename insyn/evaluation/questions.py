"""Evaluation questions: JSON lines in ``tests/nlu``, written by people who never saw the training examples."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

KINDS = ("policy", "request", "person", "smalltalk", "out_of_scope")
STYLES = ("ordinary", "hard")


@dataclass(frozen=True, slots=True)
class Question:
    """One question and what a right answer acts on."""

    text: str
    intent: str
    kind: str
    style: str
    also: tuple[str, ...] = ()
    """Other intents whose answer carries the fact as well."""

    voice: str = ""
    """Who might ask like this (``pensioner``, ``hurry`` …), where the writer said so."""

    @property
    def accepted(self) -> frozenset[str]:
        """Every intent that is right."""
        return frozenset({self.intent, *self.also})


def read_questions(paths: Iterable[Path]) -> list[Question]:
    """Return the questions of these files.

    Raises:
        ValueError: a line does not follow the format; file and line are named.
    """
    questions = []
    for path in paths:
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            if line.strip():
                questions.append(_question(line, f"{path}:{number}"))
    return questions


def _question(line: str, place: str) -> Question:
    try:
        given = json.loads(line)
        also, voice = tuple(given.get("also", ())), given.get("voice", "")
        question = Question(given["q"], given["intent"], given["kind"], given["style"], also, voice)
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise ValueError(f"{place}: {error!r}") from None
    if question.kind not in KINDS or question.style not in STYLES:
        raise ValueError(f"{place}: kind is one of {KINDS}, style one of {STYLES}")
    return question
