"""Runs the trained model over evaluation questions, in this process, as Rasa would."""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import Sequence
from pathlib import Path

import structlog
from rich.console import Console

from insyn.evaluation.floor import RECORD, figures, write_record
from insyn.evaluation.learning import Point, learning_curve
from insyn.evaluation.page import write_page
from insyn.evaluation.questions import Question, read_questions
from insyn.evaluation.report import tables
from insyn.evaluation.scoring import Scored
from insyn.settings import ROOT
from insyn.training import model_path


def evaluate(half: str, page: Path, *, learning_curve: bool, record: bool, console: Console) -> None:
    """Print the figures of one half of the questions and write the page.

    Raises:
        ValueError: the final half cannot be recorded: nothing may be tuned on it.
    """
    if record and half != "development":
        raise ValueError("only the development half is recorded; the final half is run to report")
    questions = read_questions(sorted((ROOT / "tests" / "nlu").glob(f"{half}*.jsonl")))
    scored = score(model_path(), questions)
    for table in tables(scored):
        console.print(table)
    write_page(scored, page, curve=_curve(questions) if learning_curve else ())
    console.print(f"Pictures, and every answer that was not right: {page}")
    if record:
        write_record(figures(scored), ROOT / RECORD)
        console.print(f"Recorded in {RECORD}")


def score(model: Path, questions: Sequence[Question]) -> list[Scored]:
    """Return what the model at ``model`` makes of each question."""
    warnings.simplefilter("ignore")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))  # Rasa tells every step
    from rasa.core.agent import Agent

    agent = Agent.load(str(model))
    return asyncio.run(_score(agent, questions))


async def _score(agent: object, questions: Sequence[Question]) -> list[Scored]:
    scored = []
    for question in questions:
        parsed = await agent.parse_message(question.text.lstrip("/ "))  # type: ignore[attr-defined]
        ranking = tuple((reading["name"], float(reading["confidence"])) for reading in parsed["intent_ranking"])
        scored.append(Scored(question, parsed["intent"]["name"], float(parsed["intent"]["confidence"]), ranking))
    return scored


def _curve(questions: Sequence[Question]) -> list[Point]:
    from rasa.shared.importers.importer import TrainingDataImporter

    data = TrainingDataImporter.load_from_config(
        str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(ROOT / "data")]
    ).get_nlu_data()
    examples = [(example.get("text"), example.get("intent")) for example in data.intent_examples if example.get("text")]
    return learning_curve([text for text, _ in examples], [intent for _, intent in examples], questions)
