"""What a turn costs in processor time, process by process: the figure that hardly depends on what else runs.

It starts a stack of its own, asks questions about the policy one after the other in conversations of ten, and reads
from the operating system what each process used meanwhile. Greetings are not counted::

    python -m benchmarks.turn_cost --conversations 20
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.own_stack import POSTGRES, own_stack, postgres_processes, processes
from bot.circumstances import recognise
from bot.client import AskClient
from insyn.evaluation.questions import read_questions
from insyn.settings import ROOT, Settings

HANDS_OVER = "ask_human"
QUESTIONS = 10
"""In a conversation; a visitor asks less, but what grows with the conversation should show."""

WARM_UP = 3
"""Conversations before any is counted."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="insyn-bench-") as scratch:
        data_dir = Path(scratch) / "data"
        with own_stack(data_dir) as (settings, _):
            costs, latencies_ms = asyncio.run(turn_costs_ms(settings, data_dir, conversations=given.conversations))
    table = Table("process", "processor time a turn")
    for name, cost in sorted(costs.items(), key=lambda item: -item[1]):
        table.add_row(name, f"{cost:.1f} ms")
    table.add_row("all of them", f"{sum(costs.values()):.1f} ms")
    table.add_row("from the text's arrival to the turn's end, median", f"{statistics.median(latencies_ms):.0f} ms")
    Console().print(table)


async def turn_costs_ms(
    settings: Settings, data_dir: Path, *, conversations: int
) -> tuple[Mapping[str, float], Sequence[float]]:
    """Return the processor time of a turn by process, and how long each turn took, in milliseconds."""
    texts = itertools.cycle(policy_questions())
    costs, latencies = defaultdict[str, float](float), list[float]()
    token = settings.service_token.get_secret_value()
    for number in range(WARM_UP + conversations):
        async with AskClient(settings.chat_url, service_token=token) as client:
            before = used_s(data_dir)
            took = []
            for text in itertools.islice(texts, QUESTIONS):
                answer = await client.ask(text)
                took.append(answer.latency_ms)
                if answer.intent == HANDS_OVER:
                    break  # from here on a person answers, and no turn ends
            after = used_s(data_dir)
        if number >= WARM_UP:
            latencies += took
            for name, seconds in after.items():
                costs[name] += max(0.0, seconds - before.get(name, 0.0))
    return {name: 1000 * seconds / len(latencies) for name, seconds in costs.items()}, latencies


def policy_questions() -> list[str]:
    """Return the questions of the development half that go to Rasa and nowhere else."""
    questions = read_questions(sorted((ROOT / "tests" / "nlu").glob("development*.jsonl")))
    return [question.text for question in questions if not recognise(question.text)]


def used_s(data_dir: Path) -> Mapping[str, float]:
    """Return the processor time that each process of the stack has used, in seconds, its kernel's included."""
    used = defaultdict[str, float](float)
    for name, process in [*processes(), *((POSTGRES, process) for process in postgres_processes(data_dir))]:
        with contextlib.suppress(psutil.NoSuchProcess):  # PostgreSQL's own workers come and go
            spent = process.cpu_times()
            used[name] += spent.user + spent.system
    return used


if __name__ == "__main__":
    main()
