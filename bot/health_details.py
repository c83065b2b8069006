"""Finds what a visitor tells of their own health, so that what nobody asked for is never stored (docs/adr/0106).

Only one's own statement is found ("jag har diabetes"), never a question ("sparar ni uppgifter om hälsa?") and never
what somebody else is said to have written ("ni skrev att jag har diabetes"), which is what the request is about.
"""

from __future__ import annotations

import re
from typing import Any, Final

from bot.circumstances import HEALTH_DETAILS, Circumstance, pattern_of
from bot.nlu.normalisation import fold
from foundation.yaml_files import read_yaml
from privacy.text_spans import PlainText, Span

_WORDS: Final[dict[str, Any]] = read_yaml(HEALTH_DETAILS)
_ILLNESS: Final = "|".join(_WORDS["illnesses"])
_NEXT_CLAUSE: Final = "|".join(_WORDS["clause_ends"])
_MORE: Final = rf"(?:\w+ )?(?:{_ILLNESS})|{_WORDS['goes_on']}"
_REST: Final = re.compile(rf"(?: (?!(?:{_NEXT_CLAUSE})\b)[\w-]+|(?:,| och| samt| eller) (?:{_MORE})\b)*")
"""What still belongs to the detail: words up to the next clause, and further illnesses of a list."""

_KEPT: Final = re.compile("|".join(_WORDS["kept"]))
_REPORTED: Final = re.compile(_WORDS["reported"])
_OWN: Final = re.compile("|".join(_WORDS["own"]))
_LOOKED_BACK: Final = 100
"""Characters before a statement in which its "ni skrev att" is looked for."""


def find_health_details(text: str) -> list[Span]:
    """Return the places of ``text`` that say something of its writer's health, in their order."""
    plain = PlainText.of(text)
    folded, origins = _folded(plain)
    found, position = [], 0
    while (statement := pattern_of(Circumstance.HEALTH).search(folded, position)) is not None:
        position = statement.end()
        before = folded[max(0, statement.start() - _LOOKED_BACK) : statement.start()]
        if _KEPT.match(folded, statement.start()) or (_REPORTED.search(before) and not _OWN.search(before)):
            continue
        rest = _REST.match(folded, position)
        position = rest.end() if rest else position
        found.append(plain.span(origins[statement.start()], origins[position - 1] + 1))
    return found


def _folded(plain: PlainText) -> tuple[str, list[int]]:
    """Return the text as the patterns read it, and where each of its characters stands in ``plain``."""
    characters: list[str] = []
    origins: list[int] = []
    for place, character in enumerate(plain.text):
        lowered = fold(character.lower())
        if len(lowered) != 1 or (lowered == " " and characters[-1:] == [" "]):
            continue
        characters.append(lowered)
        origins.append(place)
    return "".join(characters), origins
