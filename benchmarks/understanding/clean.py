"""Keeps the training examples fit to learn from: ``python -m benchmarks.understanding.clean [--write]``.

Three faults are found and, with ``--write``, taken out of the files: an example that the evaluation asks (or a light
edit of such a question: the question stays, the example goes), the same example twice under one intent, and one example
under two intents (all but the first go). No evaluation question is ever printed.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz, process

from benchmarks.understanding.examples import Example, read_examples
from bot.nlu.normalisation import clean, fold, words
from insyn.evaluation.questions import read_questions
from insyn.settings import ROOT

LIGHT_EDIT = 92
"""Similarity (0–100, Levenshtein over folded words) from which two texts count as the same; as in tests/nlu."""

SHORT = 4
"""Texts of so few words are not told apart by their wording, unless they are equal."""


@dataclass(frozen=True, slots=True)
class Fault:
    """An example that should go."""

    example: Example
    why: str


def comparable(text: str) -> str:
    """Return the words of ``text`` as they are compared."""
    return " ".join(fold(word) for word in words(clean(text)) if word not in "?!")


def faults(examples: Sequence[Example], questions: Iterable[str]) -> list[Fault]:
    """Return the examples that should go, each once."""
    found: list[Fault] = []
    seen: dict[str, str] = {}
    for example in examples:
        text = " ".join(example.text.lower().rstrip("?!. ").split())
        if text in seen:
            found.append(Fault(example, "twice" if seen[text] == example.intent else f"also {seen[text]}"))
        else:
            seen[text] = example.intent
    gone = {id(fault.example) for fault in found}
    left = [example for example in examples if id(example) not in gone]
    return found + [Fault(left[index], "asked in the evaluation") for index in _asked(left, questions)]


def _asked(examples: Sequence[Example], questions: Iterable[str]) -> list[int]:
    long_questions = [text for text in map(comparable, questions) if len(text.split()) > SHORT]
    similar = process.cdist(
        long_questions,
        [comparable(example.text) for example in examples],
        scorer=fuzz.ratio,
        score_cutoff=LIGHT_EDIT,
        workers=2,
    )
    return sorted(set(similar.nonzero()[1].tolist())) if len(long_questions) else []


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
    questions = [question.text for question in read_questions(sorted((ROOT / "tests" / "nlu").glob("*.jsonl")))]
    found = faults(read_examples(), questions)
    for fault in found:
        print(f"{fault.example.place}: {fault.example.intent}: {fault.example.text} ({fault.why})")
    print(f"{len(found)} examples should go")
    if arguments.write:
        take_out(found)


if __name__ == "__main__":
    main()
