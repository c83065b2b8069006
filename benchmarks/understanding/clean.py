"""Keeps the training examples fit to learn from: ``python -m benchmarks.understanding.clean [--write]``.

Three faults are found and, with ``--write``, taken out of the files: an example that the evaluation asks (or a light
edit of such a question: the question stays, the example goes), the same example twice under one intent, and one example
under two intents (all but the first go). The same are examples that the model hears as the same words. A question of a
few words that is an example word for word goes itself: what everybody would write belongs to the examples, and measures
nothing. No evaluation question is ever printed.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.understanding.examples import Example, read_examples
from bot.nlu.views import said
from insyn.evaluation.independence import light_edits, same_words
from insyn.evaluation.questions import read_questions
from insyn.settings import ROOT


@dataclass(frozen=True, slots=True)
class Fault:
    """An example that should go."""

    example: Example
    why: str


def faults(examples: Sequence[Example], questions: Iterable[str]) -> list[Fault]:
    """Return the examples that should go, each once."""
    found: list[Fault] = []
    seen: dict[str, str] = {}
    for example in examples:
        text = _heard(example)
        if text in seen:
            found.append(Fault(example, "twice" if seen[text] == example.intent else f"also {seen[text]}"))
        else:
            seen[text] = example.intent
    gone = {id(fault.example) for fault in found}
    left = [example for example in examples if id(example) not in gone]
    asked = sorted({place for _, place in light_edits(list(questions), [example.text for example in left])})
    return found + [Fault(left[place], "asked in the evaluation") for place in asked]


def _heard(example: Example) -> str:
    """Return the example's words as the model hears them; what has none, such as a smiley, as it is written."""
    heard = " ".join(word for word in said(example.heard).words if word not in "?!")
    return heard if any(letter.isalpha() for letter in heard) else example.text


def drop_known_questions(path: Path, examples: Sequence[Example], *, write: bool) -> int:
    """Return how many short questions of a file are examples word for word; with ``write`` take them out."""
    lines = [line for line in path.read_text().splitlines() if line.strip()]
    texts = [json.loads(line)["q"] for line in lines]
    gone = {place for place, _ in same_words(texts, [example.text for example in examples])}
    if write and gone:
        path.write_text("".join(f"{line}\n" for place, line in enumerate(lines) if place not in gone))
    return len(gone)


def take_out(found: Iterable[Fault], root: Path = ROOT) -> None:
    """Remove the faulty examples from their files, the last occurrence under their intent first."""
    by_file: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for fault in found:
        by_file[fault.example.place][fault.example.intent, fault.example.text] += 1
    for place, leaving in by_file.items():
        path, kept, intent = root / place, [], ""
        for line in path.read_text().splitlines():
            text = line.strip()
            if text.startswith("- intent:"):
                intent = text.removeprefix("- intent:").strip()
            key = (intent, text.removeprefix("-").strip())
            if text.startswith("- ") and leaving[key] > 0:
                leaving[key] -= 1
                continue
            kept.append(line)
        path.write_text("\n".join(kept) + "\n")


def main() -> None:
    """Say what should go; with ``--write`` take it out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    asked = sorted((ROOT / "tests" / "nlu").glob("*.jsonl"))
    examples = read_examples()
    found = faults(examples, [question.text for question in read_questions(asked)])
    for fault in found:
        print(f"{fault.example.place}: {fault.example.intent}: {fault.example.text} ({fault.why})")
    print(f"{len(found)} examples should go")
    for path in asked:
        print(f"{path.name}: {drop_known_questions(path, examples, write=arguments.write)} questions are examples")
    if arguments.write:
        take_out(found)


if __name__ == "__main__":
    main()
