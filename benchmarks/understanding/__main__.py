"""``python -m benchmarks.understanding hands`` reads hands by the others; ``confidence`` also fits certainty.

``ablation`` leaves each part of the model out in turn. ``doubtful`` prints the examples that the other hands' model
would label otherwise, to be read by a person. ``python -m benchmarks.understanding speed`` times the model that is
served, in processor time.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.understanding import ablation
from benchmarks.understanding.examples import read_examples
from benchmarks.understanding.hands import LeftOut, fit_confidence, leave_hands_out
from benchmarks.understanding.speed import long_messages, milliseconds, served_model, spread
from bot.nlu.company import OF_EXAMPLES
from bot.nlu.confidence import OUTSIDE, Confidence
from insyn.evaluation.questions import Question, read_questions
from insyn.settings import ROOT
from insyn.training import model_path

HANDS = ("k,p,x,f,d", "l,q,n,u,y,e", "hh,kk,nn,oo,qq,rr,tt")
"""Groups, each a mixture of subjects and voices."""

MOST_DOUBTFUL = 150
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
COST_OF_WRONG = 5
"""A wrong answer costs so many times an honest "jag är osäker" (the issue)."""


def main() -> None:
    """Run the experiment."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("hands", "confidence", "ablation", "doubtful", "speed"))
    parser.add_argument("--hands", nargs="+", default=HANDS, help="groups of hands to leave out, one after another")
    arguments = parser.parse_args()
    console, left_out = Console(), []
    if arguments.what == "speed":
        model = served_model(model_path())
        texts = [OF_EXAMPLES.hidden(question.text) for question in _development_questions()]
        console.print(f"a question: {spread(milliseconds(model, texts))}")
        console.print(f"2 000 characters: {spread(milliseconds(model, long_messages(texts)))}")
        return
    if arguments.what == "ablation":
        for line in ablation.table(read_examples(), _development_questions()):
            print(line, flush=True)
        return
    for one in leave_hands_out(read_examples(), arguments.hands):
        left_out.append(one)
        first, two = one.right(1), one.right(2)
        for kind in first:
            console.print(f"{one.hands} {kind}: right {first[kind]:.1f} %, among the first two {two[kind]:.1f} %")
        if arguments.what == "doubtful":
            for margin, example, label in one.doubtful(MOST_DOUBTFUL):
                console.print(
                    f"{margin:.2f} {example.place}: {example.intent}, not {label}? {example.text}", markup=False
                )
    if arguments.what == "confidence":
        confidence = fit_confidence(left_out)
        confidence.write()
        console.print(thresholds(left_out, confidence))


def _development_questions() -> list[Question]:
    return read_questions(sorted((ROOT / "tests" / "nlu").glob("development*.jsonl")))


def thresholds(left_out: Sequence[LeftOut], confidence: Confidence) -> Table:
    """Return what each threshold would cost on the left-out voices."""
    table = Table("threshold", "kind", "right", "wrong", "unsure", "cost a hundred")
    for threshold in THRESHOLDS:
        outcomes: dict[str, list[tuple[bool, bool]]] = {}
        for one in left_out:
            outside = list(one.intents).index(OUTSIDE)
            for example, scores, truth in zip(one.examples, one.scores, one.truth, strict=True):
                acted = confidence.certainty(scores, outside, len(example.text.split())) >= threshold
                outcomes.setdefault(example.kind, []).append((bool(acted), int(scores.argmax()) == truth))
        for kind, found in sorted(outcomes.items()):
            acted, right = np.array(found).T
            wrong, unsure = 100 * (acted & ~right).mean(), 100 * (~acted).mean()
            shares = (f"{100 * (acted & right).mean():.1f} %", f"{wrong:.1f} %", f"{unsure:.1f} %")
            table.add_row(str(threshold), kind, *shares, f"{COST_OF_WRONG * wrong + unsure:.0f}")
    return table


if __name__ == "__main__":
    main()
