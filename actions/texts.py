"""The words of the actions, read from ``texts.yml``."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from actions.knowledge import parse_yaml
from privacy.company_name import with_company

_ALL: Final[Mapping[str, Any]] = MappingProxyType(
    parse_yaml(with_company((Path(__file__).parent / "texts.yml").read_text(encoding="utf-8")))
)


@dataclass(frozen=True, slots=True)
class Category:
    """One answer out of a list, and the words that give it away."""

    title: str
    said: re.Pattern[str]


def _categories(key: str) -> tuple[Category, ...]:
    return tuple(Category(entry["title"], re.compile(entry["said"])) for entry in _ALL[key])


WISHES: Final[Mapping[str, str]] = MappingProxyType(_ALL["wishes"])
"""What a wish is called on a button, by intent."""

WISH_NAMES: Final[Mapping[str, str]] = MappingProxyType(_ALL["wish_names"])
"""What a wish is called within a sentence, by intent."""

SWITCH_TO: Final[Mapping[str, str]] = MappingProxyType(_ALL["switch_to"])
"""What somebody wants who turns to a wish, after "Vill du", by intent."""

SWITCH_NO: Final[str] = _ALL["switch_no"]
"""On the button that stays with the request."""

FILLERS: Final = frozenset(_ALL["fillers"].split())
"""Words that say nothing beside a wish's own."""

BARE_WISHES: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {wish: re.compile(words) for wish, words in _ALL["bare_wishes"].items()}
)
"""A wish in its barest words, as whole messages without fillers, by intent."""

FURTHER_WISH: Final[Mapping[str, str]] = MappingProxyType(_ALL["further_wish"])

FETCH_PACKAGE: Final[str] = _ALL["fetch_package"]
"""On the button that fetches a finished package."""

SCOPES: Final = _categories("scopes")
USES: Final = _categories("uses")
WRONG_DATA: Final = _categories("wrong_data")

MARKETING: Final = SCOPES[0].title
EVERYTHING: Final = SCOPES[-1].title

QUESTION: Final = MappingProxyType({part: frozenset(words.split()) for part, words in _ALL["question"].items()})
"""The words by which a question is known."""

PATTERNS: Final = MappingProxyType(
    # long ones are folded over lines after a "|"; the space that folding leaves there is no part of the pattern
    {name: re.compile(pattern.replace("| ", "|"), re.DOTALL) for name, pattern in _ALL["patterns"].items()}
)

NOT_OURS: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {kind: re.compile("|".join(patterns)) for kind, patterns in _ALL["not_ours"].items()}
)
"""Kinds of what is not for us, the first that fits wins; each has its response ``utter_out_of_scope_<kind>``."""

TALK: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {kind: re.compile("|".join(f"(?:{pattern})" for pattern in patterns)) for kind, patterns in _ALL["talk"].items()}
)
"""Small talk by kind, as whole messages."""

WISH_WORDS: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {wish: re.compile(words) for wish, words in _ALL["wish_words"].items()}
)
"""The words by which part of a message names a wish, by intent."""

BROAD: Final[Mapping[str, Sequence[str]]] = MappingProxyType(_ALL["broad"])
"""A broad word alone, and the overviews that it may mean."""

ANSWER_NAMES: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {slot: re.compile(pattern) for slot, pattern in _ALL["answer_names"].items()}
)

SIGNING_TEXT: Final[str] = _ALL["signing"]["text"]
SIGNING_LABELS: Final[Mapping[str, str]] = MappingProxyType(_ALL["signing"]["labels"])
NEXT_STEPS: Final[Mapping[str, Sequence[str]]] = MappingProxyType(_ALL["next_steps"])
PROCESSORS: Final[Mapping[str, str]] = MappingProxyType(_ALL["processors"])
CLIENT_LINE: Final[str] = _ALL["client_line"]
OWN_CASES: Final[Mapping[str, str]] = MappingProxyType(_ALL["own_cases"])
HANDOFF: Final[Mapping[str, str]] = MappingProxyType(_ALL["handoff"])
