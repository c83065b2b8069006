"""Beside Rasa's default pipeline: trained on the same examples, asked the same questions, one after the other.

    .venv/bin/python -m benchmarks.default_pipeline                              under ten minutes on two idle cores
    .venv/bin/python -m benchmarks.default_pipeline --examples 1500 --epochs 3   a try

The first run also makes the environment with unmodified Rasa and its TensorFlow, 2.5 GB in ``.insyn-bench/``. Only the
understanding is compared (``rasa train nlu``); rules and answers are the same for both. The development half is asked.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.default_pipeline.asking import Asked, ask, rasa_environment
from benchmarks.default_pipeline.environment import BENCH, Environment, ours, rasas_own
from benchmarks.default_pipeline.project import Example, as_retrieval, default_config, stratified, write_project
from benchmarks.default_pipeline.steps import Used, run
from benchmarks.understanding.examples import read_examples
from foundation.yaml_files import read_yaml
from insyn.evaluation.questions import Question, read_questions
from insyn.evaluation.report import shares
from insyn.evaluation.scoring import by_kind_and_style
from insyn.settings import ROOT

EXAMPLES, EPOCHS = 1_000, 25
SEED = 0
WIDTH = 130
"""Columns of the terminal or the file that the tables are printed to."""
SHIPPED_CONFIG = Path("rasa/engine/recipes/config_files/default_config.yml")


@dataclass(frozen=True, slots=True)
class Side:
    """One way to understand, before it has learnt anything."""

    name: str
    environment: Environment
    config: dict[str, Any]
    examples: Sequence[Example]


@dataclass(frozen=True, slots=True)
class Measured:
    """One side with its figures."""

    side: Side
    learnt: float | None
    """The share of its examples that DIET read right in its last epoch: far under 1, it was not done learning."""

    training: Used
    model_mb: float
    asked: Asked


def main() -> None:
    """Measure and print, as tables for docs/measurements.md."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--examples", type=int, default=EXAMPLES, help="how many of all, of each intent its share")
    options.add_argument("--epochs", type=int, default=EPOCHS, help="of the default pipeline; it asks for 100 itself")
    given = options.parse_args()
    every = [Example(one.text, one.intent) for one in read_examples()]
    some = stratified(every, given.examples, seed=SEED)
    questions = read_questions(sorted((ROOT / "tests" / "nlu").glob("development*.jsonl")))
    console, began_at = Console(width=WIDTH), time.monotonic()
    console.print(f"{len(some)} of {len(every)} examples, {given.epochs} epochs, {len(questions)} questions")
    found = []
    for side in _sides(every, some, epochs=given.epochs):
        found.append(_measure(side, questions))
        console.print(f"{side.name}: trained in {found[-1].training.seconds:.0f} s")
    console.print(figures(found), accuracy(found))
    console.print(f"{time.monotonic() - began_at:.0f} s in all; load in the last 15 minutes: {os.getloadavg()[2]:.1f}")


def _sides(every: Sequence[Example], some: Sequence[Example], *, epochs: int) -> list[Side]:
    mine, theirs = ours(), rasas_own()
    my_config = read_yaml(ROOT / "config.yml")
    shipped = (theirs.site_packages / SHIPPED_CONFIG).read_text()
    default = default_config(shipped, language=my_config["language"], epochs=epochs)
    return [
        Side("Insyn", mine, my_config | {"policies": []}, some),
        Side("Rasa's default", theirs, default, some),
        Side("… with ResponseSelector", theirs, default, as_retrieval(some)),
        Side("Insyn, all examples", mine, my_config | {"policies": []}, every),
    ]


def _measure(side: Side, questions: Sequence[Question]) -> Measured:
    directory = BENCH / "project"
    write_project(directory, side.config, side.examples)
    train = "train nlu --nlu nlu.yml --config config.yml --domain domain.yml --out models --fixed-model-name bench"
    log_file = BENCH / "logs" / "train.log"
    training = run(
        [str(side.environment.python), "-m", "rasa", *train.split()],
        log_file=log_file,
        cwd=directory,
        environment=rasa_environment(),
    )
    model = directory / "models" / "bench.tar.gz"
    asked = ask(side.environment, model, questions, log_file=BENCH / "logs" / "ask.log")
    return Measured(side, learnt(log_file.read_text(errors="replace")), training, model.stat().st_size / 1e6, asked)


def learnt(log: str) -> float | None:
    """Return the last training accuracy that DIET told, 0–1; None where there is no DIET."""
    told = re.findall(r"\bi_acc=([\d.]+)", log)
    return float(told[-1]) if told else None


def figures(found: Sequence[Measured]) -> Table:
    """Return what each side takes."""
    table = Table("", *(one.side.name for one in found))
    lines = {
        "examples": lambda one: f"{len(one.side.examples)}",
        "of them right when trained": lambda one: "–" if one.learnt is None else f"{100 * one.learnt:.0f} %",
        "training": lambda one: f"{one.training.seconds:.0f} s",
        "… processor time, training": lambda one: f"{one.training.processor_s:.0f} s",
        "… memory at its peak": lambda one: f"{one.training.peak_mb:.0f} MB",
        "size of the model": lambda one: f"{one.model_mb:.1f} MB",
        "start until the model is ready": lambda one: f"{one.asked.start_s:.1f} s",
        "… processor time, start": lambda one: f"{one.asked.start_processor_s:.1f} s",
        "memory, model ready": lambda one: f"{one.asked.loaded_mb:.0f} MB",
        "memory after the questions": lambda one: f"{one.asked.used_mb:.0f} MB",
        "a message, median": lambda one: f"{statistics.median(one.asked.ms):.1f} ms",
        "a message, 95th percentile": lambda one: f"{p95(one.asked.ms):.1f} ms",
        "… processor time, median": lambda one: f"{statistics.median(one.asked.processor_ms):.1f} ms",
        "… processor time, 95th percentile": lambda one: f"{p95(one.asked.processor_ms):.1f} ms",
    }
    for name, figure in lines.items():
        table.add_row(name, *map(figure, found))
    return table


def accuracy(found: Sequence[Measured]) -> Table:
    """Return right / wrong / unsure in percent, a row for each style and kind of question."""
    table = Table("right / wrong / unsure, %", "questions", *(one.side.name for one in found))
    groups = [by_kind_and_style(one.asked.scored) for one in found]
    for style, kind in groups[0]:
        counted = [shares(group[style, kind]) for group in groups]
        cells = (" / ".join(f"{one.percent:.1f}" for one in verdicts) for _, verdicts, _ in counted)
        table.add_row(f"{style}, {kind}", str(counted[0][0]), *cells)
    return table


def p95(values: Sequence[float]) -> float:
    """Return the value that 95 % do not exceed."""
    ordered = sorted(values)
    return ordered[int(0.95 * (len(ordered) - 1))]


if __name__ == "__main__":
    main()
