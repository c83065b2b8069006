"""Asks a model the evaluation questions in a process of its own, on one core, and reads what came back."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import psutil

from benchmarks.default_pipeline.environment import Environment
from benchmarks.default_pipeline.project import RETRIEVAL, plain_name
from benchmarks.default_pipeline.steps import failed
from insyn.evaluation.questions import Question
from insyn.evaluation.scoring import FALLBACK, Scored

READER = Path(__file__).with_name("reader.py")
WARMING_UP = 20
"""Questions asked before the times count: the first ones also pay for what is made at first use."""

ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "TF_NUM_INTRAOP_THREADS",
        "TF_NUM_INTEROP_THREADS",
    ),
    "1",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """How a model read the questions, and what that took."""

    start_s: float
    """From the process's first instruction to the model being ready."""

    start_processor_s: float
    """What of that the processor worked."""

    loaded_mb: float
    """Resident when the model is ready."""

    used_mb: float
    """Resident after the last question."""

    ms: Sequence[float]
    """By the clock, a message, in the order of the questions."""

    processor_ms: Sequence[float]
    scored: Sequence[Scored]


def ask(environment: Environment, model: Path, questions: Sequence[Question], *, log_file: Path) -> Asked:
    """Return how ``model`` reads ``questions`` one after the other under ``environment``'s Python.

    Raises:
        StepFailedError: the process ended before it had answered; its last lines are in the text.
    """
    command = [str(environment.python), "-P", str(READER), str(model)]
    texts = [question.text.lstrip("/ ") for question in questions]  # as the edge does
    with log_file.open("wb") as log:
        began_at = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=model.parent.parent,
            env=rasa_environment() | ONE_THREAD,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            _answer(process, log_file)
            start_s, loaded_mb = time.monotonic() - began_at, _resident_mb(process)
            start_processor_s = sum(psutil.Process(process.pid).cpu_times()[:2])
            for text in texts[:WARMING_UP]:
                _exchange(process, text, log_file)
            answers = [_exchange(process, text, log_file) for text in texts]
            used_mb = _resident_mb(process)
        finally:
            process.kill()
            process.wait()
    scored = [scored_from(question, answer) for question, answer in zip(questions, answers, strict=True)]
    times = [answer["ms"] for answer in answers], [answer["processor_ms"] for answer in answers]
    return Asked(start_s, start_processor_s, loaded_mb, used_mb, *times, scored)


def rasa_environment() -> dict[str, str]:
    """Return the variables under which either Rasa runs: it tells nobody, and TensorFlow keeps its hints to itself."""
    return os.environ | {
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }


def scored_from(question: Question, parsed: Mapping[str, Any]) -> Scored:
    """Return ``question`` with what Rasa parsed; a retrieval intent counts as the response that it selects."""
    intent, confidence = _first(parsed, parsed["intent"])
    readings = (_first(parsed, reading) for reading in parsed["intent_ranking"])
    return Scored(question, intent, confidence, tuple(readings))


def _first(parsed: Mapping[str, Any], reading: Mapping[str, Any]) -> tuple[str, float]:
    if reading["name"] is None:  # no word of the message was ever seen
        return FALLBACK, 1.0
    if reading["name"] != RETRIEVAL:
        return reading["name"], float(reading["confidence"])
    selected = parsed["response_selector"]["default"]["ranking"][0]
    return plain_name(selected["intent_response_key"]), float(reading["confidence"]) * float(selected["confidence"])


def _exchange(process: subprocess.Popen[str], text: str, log_file: Path) -> dict[str, Any]:
    asked = cast("IO[str]", process.stdin)
    asked.write(json.dumps(text) + "\n")
    asked.flush()
    return _answer(process, log_file)


def _answer(process: subprocess.Popen[str], log_file: Path) -> dict[str, Any]:
    line = cast("IO[str]", process.stdout).readline()
    if not line:
        raise failed("reading messages", log_file)
    answer: dict[str, Any] = json.loads(line)
    return answer


def _resident_mb(process: subprocess.Popen[str]) -> float:
    return float(psutil.Process(process.pid).memory_info().rss) / 1e6
