"""Recognises what a visitor says of their own situation, beside what they ask: distress, a profession, an age.

Patterns rather than a model: each can be read, argued about and tested, and a miss costs less than a false alarm
(docs/adr/0046). Every pattern is linear over a text of bounded length.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final

from bot.nlu.normalisation import clean, fold
from foundation.yaml_files import parse_yaml, read_yaml
from privacy.company_name import with_company
from privacy.protected_identity import PATTERN


class Circumstance(StrEnum):
    """What can be recognised, the most urgent first; the values are the keys of ``circumstances.yml``."""

    CRISIS = "crisis"
    DANGER = "danger"
    THREAT = "threat"
    HIJACKED = "hijacked"
    PROTECTED = "protected"
    POLICE = "police"
    JOURNALIST = "journalist"
    LAWYER = "lawyer"
    MINOR = "minor"
    GUARDIAN = "guardian"
    DISTRESS = "distress"
    ANGER = "anger"
    HEALTH = "health"


_FILE: Final = Path(__file__).with_name("circumstances.yml")
HEALTH_DETAILS: Final = Path(__file__).with_name("health_details.yml")
_ILLNESSES: Final = "|".join(read_yaml(HEALTH_DETAILS)["illnesses"])
_PATTERNS: Final = {
    Circumstance(kind): re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
    for kind, patterns in parse_yaml(
        with_company(_FILE.read_text("utf-8")).replace("{illness}", _ILLNESSES).replace("{protected}", PATTERN)
    ).items()
}
_GRAVER: Final = frozenset({Circumstance.CRISIS, Circumstance.DANGER})
_LIGHTER: Final = frozenset({Circumstance.DISTRESS, Circumstance.ANGER, Circumstance.HEALTH})


def pattern_of(kind: Circumstance) -> re.Pattern[str]:
    """Return what recognises a circumstance, in a text that is folded and has single spaces."""
    return _PATTERNS[kind]


def gravest(kinds: Sequence[str]) -> Circumstance | None:
    """Return the most urgent of ``kinds`` that a person who takes over should know of, None when there is none."""
    return next((kind for kind in Circumstance if kind in kinds and kind is not Circumstance.HEALTH), None)


def recognise(text: str) -> tuple[Circumstance, ...]:
    """Return what ``text``, in which the company's name is hidden, says of its writer, the most urgent first.

    Where somebody's life is at stake, that they are also sad, angry or ill is not dwelt upon.
    """
    plain = fold(" ".join(clean(text).split()))
    found = [kind for kind in Circumstance if _PATTERNS[kind].search(plain)]
    if _GRAVER.intersection(found):
        found = [kind for kind in found if kind not in _LIGHTER]
    return tuple(found)
