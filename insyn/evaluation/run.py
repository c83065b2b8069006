"""Runs the trained model over evaluation questions, in this process, as Rasa would."""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import Sequence
from pathlib import Path

import structlog

from insyn.evaluation.questions import Question
from insyn.evaluation.scoring import Scored


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
