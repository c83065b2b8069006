"""Tells in which language a message is, where it is surely not Swedish (docs/adr/0047).

By script first, then by the words that hold sentences together; no model, so that each verdict can be explained. Doubt
is Swedish: an answer in English to somebody who wrote Swedish is worse than one more question in Swedish.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Final

from foundation.yaml_files import read_yaml

SWEDISH: Final = "sv"
OTHER: Final = "other"
"""A language that is surely not Swedish, and which one is not known."""

LONGEST: Final = 2_000
"""Characters looked at; what the chat edge lets through."""

_LEAST_WORDS: Final = 2
"""One word is a name, a loan word or a slip."""

_LEAST_SHARE: Final = 0.3
"""How much of the message must be words of the language."""

_OVERWHELMING: Final = 4
"""How many times more words of another language than Swedish ones outweigh a Swedish word."""

_LISTS: Final[dict[str, str]] = read_yaml(Path(__file__).with_name("languages.yml"))
_LOANS: Final = re.compile(rf"\b(?:{'|'.join(loan.strip() for loan in _LISTS.pop('loans').split('|'))})\b")
_WORDS: Final = {language: frozenset(words.split()) for language, words in _LISTS.items()}
_SWEDISH_LETTERS: Final = re.compile("[åäö]")
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_ADDRESS: Final = re.compile(r"\S*[@/]\S*|\bwww\.\S+")
_QUOTED: Final = re.compile(r"\"[^\"]*\"|”[^”]*”|“[^”]*”")

_UKRAINIAN: Final = frozenset("іїєґ")
_PERSIAN: Final = frozenset("پچژگی")
_SCRIPTS: Final = {"CYRILLIC": "ru", "ARABIC": "ar"}
"""The language of a script where there is one that most write it for here; every other script is ``OTHER``."""


def foreign_language(text: str) -> str | None:
    """Return the language of ``text`` (ISO 639-1, or ``OTHER``) if it is surely not Swedish, else None."""
    text = unicodedata.normalize("NFKC", text[:LONGEST]).lower().replace("’", "'")
    text = _LOANS.sub(" ", _QUOTED.sub(" ", _ADDRESS.sub(" ", text)))
    letters = [character for character in text if character.isalpha()]
    if not letters:
        return None
    script, count = Counter(map(_script, letters)).most_common(1)[0]
    if script == "LATIN":
        return _of_words(_WORD.findall(text))
    return _of_script(script, letters) if count > len(letters) / 2 and len(letters) >= _LEAST_WORDS else None


def _of_words(words: list[str]) -> str | None:
    hits = {language: sum(word in known for word in words) for language, known in _WORDS.items()}
    swedish = hits.pop(SWEDISH)
    language, best = max(hits.items(), key=lambda item: item[1])
    if language == "en":
        swedish += sum(bool(_SWEDISH_LETTERS.search(word)) for word in words)
    distinct = len(_WORDS[language].intersection(words))
    if distinct < _LEAST_WORDS or best < len(words) * _LEAST_SHARE:
        return None
    if swedish and best < swedish * _OVERWHELMING:
        return None
    return language


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def _of_script(script: str, letters: list[str]) -> str:
    language = _SCRIPTS.get(script, OTHER)
    if language == "ru" and _UKRAINIAN.intersection(letters):
        return "uk"
    if language == "ar" and _PERSIAN.intersection(letters):
        return "fa"
    return language
