"""What each part of the model earns: every view left out in turn, and what was tried beside them.

``python -m benchmarks.understanding ablation``: each row is a model of all examples, asked the development half. What
is given is whether the first reading is right, before any threshold.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import cache
from unittest.mock import patch

import simplemma
from rapidfuzz import process
from rapidfuzz.distance import OSA

from benchmarks.understanding.examples import Example
from bot.nlu import views
from bot.nlu.model import IntentModel
from bot.nlu.normalisation import SPOKEN_FORMS, clean, fold, words
from bot.nlu.views import VIEWS, Said, View, numbered, numbered_a_word
from insyn.evaluation.learning import first_readings_right
from insyn.evaluation.questions import Question

GROUPS = ("ordinary, ours", "hard policy", "hard requests", "hard person, talk", "hard not for us")
APART = 4
"""Words so far apart still make a pair (``radera~allt`` in "radera nu genast allt")."""

SHORTEST_PART = 4
"""Of a compound: shorter parts are endings."""

SHORTEST_MISSPELT = 5


@dataclass(frozen=True, slots=True)
class Trial:
    """One row: the views that are weighed, and what is done to a text before they see it."""

    name: str
    views: Mapping[str, View]
    before: Callable[[str], str] = str
    setting: Callable[[], AbstractContextManager[None]] = nullcontext
    """What holds while the model learns and is asked."""


def trials(examples: Sequence[Example]) -> Iterator[Trial]:
    """Return the rows in the order in which they are shown."""
    yield Trial("all four views", VIEWS)
    for left_out in VIEWS:
        yield Trial(f"without {left_out}", {name: view for name, view in VIEWS.items() if name != left_out})
    yield Trial("stems alone", {"stems": VIEWS["stems"]})
    yield Trial("stems and pieces", {name: VIEWS[name] for name in ("stems", "pieces")})
    yield Trial("pieces of four letters, too", VIEWS | {"pieces": replace(VIEWS["pieces"], numbers=_all_pieces)})
    yield Trial("with pairs of stems further apart besides", VIEWS | {"pairs": View(numbered(_pairs), 0.5, 4)})
    known = frozenset(word for example in examples for word in words(clean(example.heard)))
    lemmas = View(numbered(_lemmas), 0.7, 2)
    yield Trial("with lemmas (simplemma) besides", VIEWS | {"lemmas": lemmas})
    yield Trial("with lemmas in the place of stems", {"lemmas": replace(lemmas, weight=1.0)} | _without("stems"))
    yield Trial("with the parts of compounds besides", VIEWS | {"parts": View(numbered_a_word(_parts(known)), 0.7, 2)})
    yield Trial("spoken forms not written out", VIEWS, setting=_spoken_forms_kept)
    pieces = replace(VIEWS["pieces"], numbers=numbered_a_word(views.pieces))  # remembers nothing that was folded
    yield Trial("å, ä and ö not folded", VIEWS | {"pieces": pieces}, setting=_marks_kept)
    yield Trial("typos corrected against the examples' words", VIEWS, _corrected(known))


def table(examples: Sequence[Example], questions: Sequence[Question]) -> Iterator[str]:
    """Return the lines of the table for ``docs/understanding.md``, each as soon as it is known."""
    yield f"| | {' | '.join(GROUPS)} | training |"
    yield "|---" * (len(GROUPS) + 2) + "|"
    for trial in trials(examples):
        began = time.perf_counter()
        with trial.setting():
            model = IntentModel.train(
                [trial.before(example.heard) for example in examples],
                [example.intent for example in examples],
                views=trial.views,
            )
            took = time.perf_counter() - began
            right = first_readings_right(model, questions, _group, before=trial.before)
        yield f"| {trial.name} | {' | '.join(f'{right[group]:.1f}' for group in GROUPS)} | {took:.0f} s |"


def _group(question: Question) -> str | None:
    if question.style == "ordinary":
        return None if question.kind == "out_of_scope" else "ordinary, ours"
    named = {"policy": "policy", "request": "requests", "out_of_scope": "not for us"}
    return f"hard {named.get(question.kind, 'person, talk')}"


_all_pieces = numbered_a_word(lambda word: [run for length in (3, 4, 5) for run in views.runs(word, length)])


def _pairs(message: Said) -> list[str]:
    """Return the pairs of stems that stand near each other, in whichever order, neighbours left out."""
    found = message.stems
    return [
        f"{a}~{b}" if a < b else f"{b}~{a}"
        for place, a in enumerate(found)
        for b in found[place + 2 : place + APART + 1]
        if a != b
    ]


@contextmanager
def _spoken_forms_kept() -> Iterator[None]:
    forms = dict(SPOKEN_FORMS)
    SPOKEN_FORMS.clear()
    try:
        yield
    finally:
        SPOKEN_FORMS.update(forms)


@contextmanager
def _marks_kept() -> Iterator[None]:
    small_words = {word: word for word in views.SMALL_WORDS}
    with patch.object(views, "fold", str), patch.object(views, "SMALL_WORDS", small_words):
        views.stem.cache_clear()
        try:
            yield
        finally:
            views.stem.cache_clear()


def _without(view: str) -> dict[str, View]:
    return {name: found for name, found in VIEWS.items() if name != view}


def _lemmas(message: Said) -> list[str]:
    return [_lemma(word) for word in message.words]


@cache
def _lemma(word: str) -> str:
    return fold(simplemma.lemmatize(word, lang="sv"))


def _parts(known: frozenset[str]) -> Callable[[str], list[str]]:
    """Return what splits a word into two known ones, with or without an *s* between: inspelningslagring."""
    folded = frozenset(fold(word) for word in known if len(word) >= SHORTEST_PART)

    def parts(word: str) -> list[str]:
        whole = fold(word)
        for cut in range(len(whole) - SHORTEST_PART, SHORTEST_PART - 1, -1):
            first, last = whole[:cut], whole[cut:]
            if last in folded and (first in folded or first.removesuffix("s") in folded):
                return [views.stem(first.removesuffix("s")), views.stem(last)]
        return [views.stem(word)]

    return parts


def _corrected(known: frozenset[str]) -> Callable[[str], str]:
    """Return what puts for each unknown longer word the known one that is a single slip away, if there is one."""
    vocabulary = sorted(word for word in known if len(word) >= SHORTEST_MISSPELT)

    @cache
    def of_word(word: str) -> str:
        if word in known or len(word) < SHORTEST_MISSPELT:
            return word
        found = process.extractOne(word, vocabulary, scorer=OSA.distance, score_cutoff=1)
        return found[0] if found else word

    return lambda text: " ".join(of_word(word) for word in words(clean(text)))
