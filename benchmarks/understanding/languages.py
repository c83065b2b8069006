"""How often another language is noticed, Swedish taken for one: ``python -m benchmarks.understanding.languages``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.understanding.examples import read_examples
from bot.nlu.language import SWEDISH, foreign_language
from foundation.yaml_files import read_yaml
from insyn.evaluation.questions import read_questions
from insyn.settings import ROOT

SENTENCES = ROOT / "tests" / "bot" / "nlu" / "short_sentences.yml"
PARTS = ("tuned_on", "held_out")


def main() -> None:
    """Print the rates over the short sentences, then what of the examples and development questions is taken."""
    console = Console()
    parts = [read_yaml(SENTENCES)[part] for part in PARTS]
    table = Table("written in", *PARTS, title="right language (noticed at all) of")
    for language in dict.fromkeys(language for part in parts for language in part):
        table.add_row(language, *(_rate(language, part.get(language, [])) for part in parts))
    console.print(table)
    for name, texts in {
        "examples that are for us": [e.text for e in read_examples() if e.intent != "out_of_scope"],
        "examples that are not": [e.text for e in read_examples() if e.intent == "out_of_scope"],
        "development questions": [
            question.text for question in read_questions(sorted((ROOT / "tests" / "nlu").glob("development*.jsonl")))
        ],
    }.items():
        _print_taken(console, name, texts)


def _rate(language: str, sentences: Sequence[str]) -> str:
    found = [foreign_language(sentence) for sentence in sentences]
    noticed = sum(name is not None for name in found)
    return f"{found.count(None if language == SWEDISH else language)} ({noticed}) of {len(sentences)}"


def _print_taken(console: Console, name: str, texts: Iterable[str]) -> None:
    texts = list(texts)
    taken = [(foreign_language(text), text) for text in texts]
    foreign = [(language, text) for language, text in taken if language]
    console.print(f"{name}: {len(foreign)} of {len(texts)} taken for another language")
    for language, text in foreign:
        console.print(f"  {language}  {text}", markup=False, highlight=False)


if __name__ == "__main__":
    main()
