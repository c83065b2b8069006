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
ENGLISH: Final = "en"
OTHER: Final = "other"
"""A language that is surely not Swedish, and which one is not known."""

LONGEST: Final = 2_000
"""Characters looked at; what the chat edge lets through."""

_LEAST_WORDS: Final = 2
"""One word is a name, a loan word or a slip."""

_LEAST_SHARE: Final = 0.3
"""How much of the message must be words of the language, or such as it has too."""

_OVERWHELMING: Final = 6
"""How many times more words of another language than Swedish ones outweigh a Swedish word."""

_LISTS: Final[dict[str, str]] = read_yaml(Path(__file__).with_name("languages.yml"))
_LOANS: Final = re.compile(rf"\b(?:{'|'.join(loan.strip() for loan in _LISTS.pop('loans').split('|'))})\b")
_WORDS: Final = {language: frozenset(words.split()) for language, words in _LISTS.items()}
_SWEDISH, _COMMON = _WORDS.pop(SWEDISH), _WORDS.pop("common")
_ENGLISH_CORE: Final = _WORDS.pop("english_core")
_NOT_OWN: Final = _SWEDISH | _COMMON
_WITHIN_SCRIPT: Final = {"ru": ("uk", _WORDS.pop("uk")), "ar": ("fa", _WORDS.pop("fa"))}
"""The language that shares a script with the one that most write it for, and its words."""

_OWN: Final = {language: words - _NOT_OWN for language, words in _WORDS.items()}
"""Words that a language shares neither with Swedish nor with what people say in Swedish."""

_SWEDISH_LETTERS: Final = re.compile("[åäö]")
_TYPICAL: Final = {
    "de": re.compile("ß|ü|tsch|schw"),
    "fi": re.compile("ää|öö|yy|uu|ii|[aä]t?te?k[oö]$|ss[aä]ni$|st[aä]ni$"),
    "pl": re.compile("[ąćęłńśźż]|cie$|szcz|rz[ey]"),
    "fr": re.compile("[éèêëàçœ]|^[djlmnst]'"),
    "es": re.compile("[ñáíóú]|ción$"),
    "tr": re.compile("[ğış]"),
    "hr": re.compile("[čćđšž]"),
    "nb": re.compile("[æø]"),
    "da": re.compile("[æø]"),
}
"""Letters and endings that a language has and Swedish has not. Names have them too, so they only add to known words."""

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_ADDRESS: Final = re.compile(r"\S*[@/]\S*|\bwww\.\S+")
_QUOTED: Final = re.compile(r"\"[^\"]*\"|”[^”]*”|“[^”]*”")

_UKRAINIAN: Final = frozenset("іїєґ")
_PERSIAN: Final = frozenset("پچژگکی")
_OF_OTHERS_IN_ARABIC_SCRIPT: Final = frozenset("ەێۆڵڕٹڈڑےںہھ")
"""Sorani Kurdish and Urdu, for which we have no words."""

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
    return _of_script(script, text) if count > len(letters) / 2 and len(letters) >= _LEAST_WORDS else None


def _of_words(words: list[str]) -> str | None:
    language = max(_OWN, key=lambda name: len(_OWN[name].intersection(words)))
    known, typical = _WORDS[language], _TYPICAL.get(language)
    own = [word for word in words if word in _OWN[language]]
    if not own:
        return None
    alike = [word for word in words if word not in known and typical is not None and typical.search(word)]
    shared = sum(word in _COMMON or (word in known and word in _SWEDISH) for word in words)
    against = sum(word in _SWEDISH and word not in known and word not in _COMMON for word in words)
    if language == ENGLISH:
        if _ENGLISH_CORE.isdisjoint(words):
            return None
        against += sum(bool(_SWEDISH_LETTERS.search(word)) for word in words if word not in _NOT_OWN)
    if len({*own, *alike}) < _LEAST_WORDS:
        return None
    if len(own) + len(alike) + shared < len(words) * _LEAST_SHARE:
        return None
    return None if len(own) + len(alike) < against * _OVERWHELMING else language


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def _of_script(script: str, text: str) -> str:
    language = _SCRIPTS.get(script, OTHER)
    if language == "ru" and _UKRAINIAN.intersection(text):
        return "uk"
    if language == "ar" and _OF_OTHERS_IN_ARABIC_SCRIPT.intersection(text):
        return OTHER
    if language == "ar" and _PERSIAN.intersection(text):
        return "fa"
    neighbour, words = _WITHIN_SCRIPT.get(language, (language, frozenset()))
    return neighbour if len(words.intersection(_WORD.findall(text))) >= _LEAST_WORDS else language
