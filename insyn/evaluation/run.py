"""Runs the trained model over evaluation questions, in this process, as Rasa would."""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog
from rich.console import Console

from insyn.errors import InsynError
from insyn.evaluation.answers import Answers
from insyn.evaluation.facts import Facts
from insyn.evaluation.floor import RECORD, fallen, figures, read_record, write_record
from insyn.evaluation.learning import Point, learning_curve
from insyn.evaluation.page import write_page
from insyn.evaluation.questions import Question, read_questions
from insyn.evaluation.report import tables
from insyn.evaluation.scoring import Scored
from insyn.settings import ROOT
from insyn.training import model_path

if TYPE_CHECKING:
    from rasa.core.agent import Agent

HALVES: Final = ("development", "final")


def evaluate(half: str, page: Path, *, learning_curve: bool, record: bool, hold: bool, console: Console) -> list[str]:
    """Print the figures of one half of the questions, write the page, and return what has fallen, with ``hold``.

    Raises:
        InsynError: there is no such half, or it is the final one, which is neither recorded nor held to a record:
            nothing may be tuned on it.
    """
    if half not in HALVES:
        raise InsynError(f"there is no half {half}; there are: {', '.join(HALVES)}")
    if (record or hold) and half != "development":
        raise InsynError("only the development half is recorded; the final half is run to report")
    questions = read_questions(sorted((ROOT / "tests" / "nlu").glob(f"{half}*.jsonl")))
    scored = score(model_path(), questions)
    for table in tables(scored):
        console.print(table)
    write_page(scored, page, curve=_curve(questions) if learning_curve else ())
    console.print(f"Pictures, and every answer that was not right: {page}")
    if record:
        write_record(figures(scored), ROOT / RECORD)
        console.print(f"Recorded in {RECORD}")
    return fallen(figures(scored), read_record(ROOT / RECORD)) if hold else []


def score(model: Path, questions: Sequence[Question]) -> list[Scored]:
    """Return what the model at ``model`` makes of each question."""
    warnings.simplefilter("ignore")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))  # Rasa tells every step
    from rasa.core.agent import Agent

    agent = Agent.load(str(model))
    return asyncio.run(score_with(agent, questions))


async def score_with(agent: Agent, questions: Sequence[Question]) -> list[Scored]:
    """Return what a loaded model makes of each question, and what the answer to it carries."""
    from bot.nlu.classifier import CERTAINTY
    from bot.nlu.conversation_component import FURTHER_INTENTS
    from bot.nlu.language_component import OTHER_LANGUAGE

    answers = Answers.read(ROOT)
    facts = Facts.read(ROOT, answers)
    scored = []
    for question in questions:
        parsed = await agent.parse_message(question.text.lstrip("/ "))
        decided_otherwise = FURTHER_INTENTS in parsed or parsed["intent"]["name"] == OTHER_LANGUAGE
        scored.append(
            Scored(
                question,
                parsed["intent"]["name"],
                float(parsed["intent"]["confidence"]),
                tuple((reading["name"], float(reading["confidence"])) for reading in parsed["intent_ranking"]),
                certainty=None if decided_otherwise else parsed.get(CERTAINTY),
                by_fact=facts.verdict(question, answers.to(parsed)),
            )
        )
    return scored


def _curve(questions: Sequence[Question]) -> list[Point]:
    from rasa.shared.importers.importer import TrainingDataImporter

    data = TrainingDataImporter.load_from_config(
        str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(ROOT / "data")]
    ).get_nlu_data()
    examples = [(example.get("text"), example.get("intent")) for example in data.intent_examples if example.get("text")]
    return learning_curve([text for text, _ in examples], [intent for _, intent in examples], questions)
