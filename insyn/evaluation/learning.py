"""The learning curve: how much would more examples help? Trained on an eighth, a quarter, a half and all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.nlu.company import OF_EXAMPLES
from bot.nlu.model import IntentModel
from insyn.evaluation.questions import Question
from insyn.evaluation.scoring import HARMLESS

PARTS = (8, 4, 2, 1)


@dataclass(frozen=True, slots=True)
class Point:
    """One training of the curve."""

    examples: int
    right: Mapping[str, float]
    """Kind → percent of the questions whose first reading was right, before any threshold."""


def learning_curve(
    texts: Sequence[str], intents: Sequence[str], questions: Sequence[Question], *, seed: int = 0
) -> list[Point]:
    """Return the points, fewest examples first; each part is drawn from every intent alike and holds the one before."""
    order = np.random.default_rng(seed).permutation(len(texts))
    rank = np.empty(len(texts))
    seen: dict[str, int] = {}
    for index in order:
        rank[index] = seen.get(intents[index], 0)
        seen[intents[index]] = int(rank[index]) + 1
    points = []
    for part in PARTS:
        drawn = [n for n in range(len(texts)) if rank[n] < max(2, seen[intents[n]] / part)]
        model = IntentModel.train([OF_EXAMPLES.hidden(texts[n]) for n in drawn], [intents[n] for n in drawn])
        points.append(Point(len(drawn), first_readings_right(model, questions, lambda question: question.kind)))
    return points


def first_readings_right(
    model: IntentModel,
    questions: Sequence[Question],
    group: Callable[[Question], str | None],
    *,
    before: Callable[[str], str] = str,
) -> dict[str, float]:
    """Return the percent of each group's questions whose first reading is right, before any threshold.

    Args:
        model: reads the questions, without the company's name.
        questions: what is asked.
        group: names a question's group; None leaves the question out.
        before: what is done to a text before the model sees it.
    """
    verdicts: dict[str, list[bool]] = {}
    for question in questions:
        name = group(question)
        if name is None:
            continue
        first = model.judge(before(OF_EXAMPLES.hidden(question.text)))[0][0].intent
        right = first in HARMLESS if question.kind == "out_of_scope" else first in question.accepted
        verdicts.setdefault(name, []).append(right)
    return {name: 100 * sum(found) / len(found) for name, found in verdicts.items()}
