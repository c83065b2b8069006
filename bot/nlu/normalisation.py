"""Brings a message to the form in which it is compared: what people type on phones, made one spelling.

Bounded work whatever comes in: a message is cut to :data:`MAX_CHARACTERS` first, and everything after is linear.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from foundation.yaml_files import read_yaml

MAX_CHARACTERS = 2_000
"""What the chat edge lets through, and so what a question can be."""

SPOKEN_FORMS: dict[str, str] = read_yaml(Path(__file__).with_name("spoken_forms.yml"))
"""Spelling → written out; an empty text drops the word."""

SIGNS: dict[str, str] = {
    sign: heard for heard, signs in read_yaml(Path(__file__).with_name("signs.yml")).items() for sign in signs
}
"""Sign → the word that it stands for when nothing is said in words."""

_INVISIBLE = re.compile(r"[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_MASKED = re.compile(
    r"(?:(?:och|med|,)\s+)?(?:(?:mitt|min|har|här|är)\s+){0,2}"
    r"(?:(?:person|samordnings|födelse|kort)(?:nummer|nummret|numret|nr)|personnr|pnr|kortet)?\s*(?:är|e|:|,)?\s*"
    r"\[dolt (?:person|kort)nummer\]\s*[,.]?\s*(?:och\s+)?",
    re.IGNORECASE,
)
"""A number that the edge masked, and what only leads up to it ("mitt personnummer är [dolt personnummer], …")."""

_SAYS_SOMETHING = re.compile(r"[^\W\d_]{2}")
_SINGLE_LETTERS = 4
"""So many single characters in a row say nothing, where there is no word; fewer may be an answer ("j")."""
_REPEATED = re.compile(r"(.)\1{2,}")
_MARKUP = re.compile(r"<[^<>]{0,200}>")
_E_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_LINK = re.compile(r"(?:https?://|www\.)\S{1,300}")
_WORD = re.compile(r"[^\W_]+(?:[-'’:][^\W_]+)*|[?!]")
_NUMBERED = frozenset({"artikel", "art", "artiklarna", "artiklar", "kapitel", "kap", "paragraf", "iso"})
"""After these words a number says what is meant; anywhere else only that a number stood there."""

_FOLD = str.maketrans("åäöéèüáàæø", "aaoeeuaaao")


def clean(text: str) -> str:
    """Return ``text`` in lower case and one Unicode form, without what cannot be seen or said.

    Markup, addresses and links become a word that says what stood there; three or more equal letters become two. A
    masked number is passed over, unless the message says nothing else. A row of single letters is no text.
    """
    text = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS])
    text = " ".join(_INVISIBLE.sub(" ", text).split())  # over runs of blanks a pattern could go back and forth
    besides = _MASKED.sub(" ", text) if "[" in text else text
    if _SAYS_SOMETHING.search(besides):
        text = besides
    elif text.count(" ") >= _SINGLE_LETTERS and not _SAYS_SOMETHING.search(text):
        return ""
    text = _MARKUP.sub(" ", text)
    text = _LINK.sub(" länkadress ", text)
    if "@" in text:
        text = _E_MAIL.sub(" mejladress ", text)
    return _REPEATED.sub(r"\1\1", text.lower())


def words(text: str) -> list[str]:
    """Return the words of :func:`clean` text, spoken forms written out; ``?`` and ``!`` are words.

    Numbers become ``0``, but those of articles, chapters and standards stay ("artikel 17"). Signs are heard where no
    word stands beside them (👋).
    """
    found: list[str] = []
    for word in _WORD.findall(text):
        if word.isdigit():
            found.append(word if found and found[-1] in _NUMBERED else "0")
            continue
        spelled = SPOKEN_FORMS.get(word, word)
        found += spelled.split() if spelled else []
    return found or list(dict.fromkeys(SIGNS[sign] for sign in text if sign in SIGNS))


def fold(word: str) -> str:
    """Return ``word`` without the marks that people leave out: å ä ö become a a o."""
    return word if word.isascii() else word.translate(_FOLD)
