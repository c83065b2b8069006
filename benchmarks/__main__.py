"""Measures a stack of its own, from nothing, and prints the figures of docs/measurements.md.

Start, memory and latency are those of the real processes over the paths that visitors take; the visitor's phone is
BankID's simulator. Ports and data are the benchmark's own, so it may run beside a development stack.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.own_stack import own_stack, port_variables, processes
from benchmarks.registration import registration_ms
from benchmarks.turn_cost import turn_costs_ms
from benchmarks.visible_answer import spread, visible_answers_ms
from bot.client import AskClient
from identity.simulator.personas import BY_KEY
from insyn import training
from insyn.evaluation.questions import read_questions
from insyn.settings import ROOT, Settings

QUESTIONS = 260
VISIBLE_ANSWERS = 30
CONVERSATIONS = 10


def main() -> None:
    """Measure and print."""
    table = Table("figure", "value")
    table.add_row("size of .venv", f"{_megabytes(ROOT / '.venv'):.0f} MB")
    with contextlib.ExitStack() as at_last:
        at_last.callback(lambda: Console().print(table))  # what was measured before a part that broke
        scratch = at_last.enter_context(tempfile.TemporaryDirectory(prefix="insyn-bench-"))
        data_dir = Path(scratch) / "data"
        table.add_row("training (rasa train)", f"{_training_s(Path(scratch) / 'train.log'):.1f} s")
        table.add_row("size of the model", f"{training.model_path().stat().st_size / 1e6:.1f} MB")
        with own_stack(data_dir) as (_, seconds):
            table.add_row("first start, model trained", f"{seconds:.1f} s")
        with own_stack(data_dir) as (settings, seconds):
            table.add_row("second start", f"{seconds:.1f} s")
            _add_answers(table, settings)
            _add_registrations(table, settings)
            _add_visible_answers(table, settings)
            _add_turn_costs(table, settings, data_dir)
            for name, megabytes in _memory_mb().items():
                table.add_row(f"memory of {name}", f"{megabytes:.0f} MB")


def _training_s(log: Path) -> float:
    training.model_path().unlink(missing_ok=True)
    began_at = time.monotonic()
    training.train(log)
    return time.monotonic() - began_at


def _add_answers(table: Table, settings: Settings) -> None:
    questions = [q.text for q in read_questions(sorted((ROOT / "tests" / "nlu").glob("development*.jsonl")))]
    latencies = asyncio.run(_answers_ms(settings, questions[:50]))
    table.add_row("an answer, one visitor at a time", spread(latencies))
    lines = "".join(json.dumps({"q": text}) + "\n" for text in (questions * 9)[:QUESTIONS])
    began_at = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "insyn", "ask", "--jsonl"],
        cwd=ROOT,
        env=os.environ | port_variables(),
        input=lines,
        capture_output=True,
        text=True,
        check=True,
    )
    table.add_row(f"insyn ask --jsonl, {lines.count(chr(10))} questions", f"{time.monotonic() - began_at:.1f} s")


async def _answers_ms(settings: Settings, questions: Sequence[str]) -> list[float]:
    latencies = []
    for question in questions:
        async with AskClient(settings.chat_url, service_token=settings.service_token.get_secret_value()) as client:
            latencies.append((await client.ask(question)).latency_ms)
    return latencies


def _add_registrations(table: Table, settings: Settings) -> None:
    turns = [asyncio.run(registration_ms(settings, persona)) for persona in BY_KEY]
    table.add_row(f"from the signature to the receipt ({len(turns)} persons; BankID is asked every 2 s)", spread(turns))


def _add_visible_answers(table: Table, settings: Settings) -> None:
    token = settings.service_token.get_secret_value()
    for others in (0, 49):
        waits = visible_answers_ms(settings.chat_url, service_token=token, others=others, questions=VISIBLE_ANSWERS)
        table.add_row(f"from send to visible answer, {1 + others} at once", spread(asyncio.run(waits)))


def _add_turn_costs(table: Table, settings: Settings, data_dir: Path) -> None:
    costs, _ = asyncio.run(turn_costs_ms(settings, data_dir, conversations=CONVERSATIONS))
    table.add_row("processor time of a turn, all processes", f"{sum(costs.values()):.1f} ms")
    for name, cost in sorted(costs.items(), key=lambda item: -item[1]):
        table.add_row(f"processor time of a turn, {name}", f"{cost:.1f} ms")


def _memory_mb() -> dict[str, float]:
    found = defaultdict[str, float](float)
    for name, process in processes():
        found[name] += process.memory_full_info().uss / 1e6
    return found


def _megabytes(directory: Path) -> float:
    return sum(path.lstat().st_size for path in directory.rglob("*") if not path.is_dir()) / 1e6


if __name__ == "__main__":
    main()
