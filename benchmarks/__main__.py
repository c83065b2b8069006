"""Measures a stack of its own, from nothing, and prints the figures of docs/measurements.md.

Start, memory and latency are those of the real processes over the paths that visitors take; the visitor's phone is
BankID's simulator. Ports and data are the benchmark's own, so it may run beside a development stack.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.registration import registration_ms
from benchmarks.visible_answer import spread, visible_answers_ms
from bot.client import AskClient
from identity.simulator.personas import BY_KEY
from insyn import training
from insyn.evaluation.questions import read_questions
from insyn.running import running_stack
from insyn.settings import ROOT, Settings

PORTS = {"chat_port": 9700, "cases_port": 9701, "rasa_port": 9702, "actions_port": 9703, "simulator_port": 9704}
QUESTIONS = 260
VISIBLE_ANSWERS = 30


def main() -> None:
    """Measure and print."""
    table = Table("figure", "value")
    table.add_row("size of .venv", f"{_megabytes(ROOT / '.venv'):.0f} MB")
    with tempfile.TemporaryDirectory(prefix="insyn-bench-") as scratch:
        data_dir = Path(scratch) / "data"
        table.add_row("training (rasa train)", f"{_training_s(Path(scratch) / 'train.log'):.1f} s")
        table.add_row("size of the model", f"{training.model_path().stat().st_size / 1e6:.1f} MB")
        with _stack(data_dir) as (_, seconds):
            table.add_row("first start, model trained", f"{seconds:.1f} s")
        with _stack(data_dir) as (settings, seconds):
            table.add_row("second start", f"{seconds:.1f} s")
            _add_answers(table, settings)
            _add_registrations(table, settings)
            _add_visible_answers(table, settings)
            for name, megabytes in _memory_mb().items():
                table.add_row(f"memory of {name}", f"{megabytes:.0f} MB")
    Console().print(table)


@contextmanager
def _stack(data_dir: Path) -> Iterator[tuple[Settings, float]]:
    settings = Settings(_env_file=None, data_dir=data_dir, **PORTS)  # type: ignore[arg-type]
    environment = os.environ | {"INSYN_DATA_DIR": str(data_dir)}
    environment |= {f"INSYN_{name.upper()}": str(port) for name, port in PORTS.items()}
    began_at = time.monotonic()
    with running_stack(settings, environment=environment):
        yield settings, time.monotonic() - began_at


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
        env=os.environ | {f"INSYN_{name.upper()}": str(port) for name, port in PORTS.items()},
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


def _memory_mb() -> dict[str, float]:
    found: dict[str, float] = {}
    for process in psutil.process_iter(["cmdline", "memory_full_info", "environ"]):
        command = " ".join(process.info["cmdline"] or [])
        if str(PORTS["chat_port"]) != (process.info["environ"] or {}).get("INSYN_CHAT_PORT"):
            continue
        for name, mark in MARKS.items():
            if mark in command:
                found[name] = found.get(name, 0.0) + process.info["memory_full_info"].uss / 1e6
    return found


MARKS = {
    "Rasa": "-m rasa run",
    "action server": "actions.server",
    "chat edge": "serve chat",
    "case system": "serve cases",
    "worker": "serve worker",
    "BankID simulator": "serve simulator",
    "insyn up": "-m insyn up",
}


def _megabytes(directory: Path) -> float:
    return sum(path.lstat().st_size for path in directory.rglob("*") if not path.is_dir()) / 1e6


if __name__ == "__main__":
    main()
