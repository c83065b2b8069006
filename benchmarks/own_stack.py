"""A stack of a benchmark's own, and its processes.

Ports and data are its own, so it may run beside a development stack.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psutil

from insyn.running import running_stack
from insyn.settings import Settings

PORTS: Final = {"chat_port": 9700, "cases_port": 9701, "rasa_port": 9702, "actions_port": 9703, "simulator_port": 9704}

MARKS: Final = {
    "Rasa": "-m rasa run",
    "action server": "actions.server",
    "chat edge": "serve chat",
    "case system": "serve cases",
    "worker": "serve worker",
    "BankID simulator": "serve simulator",
    "insyn up": "-m insyn up",
}
"""What a process is called in the figures, and what its command line has that no other's has."""

POSTGRES: Final = "PostgreSQL"


@contextmanager
def own_stack(data_dir: Path) -> Iterator[tuple[Settings, float]]:
    """Start a stack on ``data_dir``; give its settings and the seconds until it answered."""
    settings = Settings(_env_file=None, data_dir=data_dir, **PORTS)  # type: ignore[arg-type]
    environment = os.environ | {"INSYN_DATA_DIR": str(data_dir), **port_variables()}
    began_at = time.monotonic()
    with running_stack(settings, environment=environment):
        yield settings, time.monotonic() - began_at


def port_variables() -> dict[str, str]:
    """Return the settings that lead ``insyn`` to the benchmark's stack."""
    return {f"INSYN_{name.upper()}": str(port) for name, port in PORTS.items()}


def processes() -> Iterator[tuple[str, psutil.Process]]:
    """Yield the processes of the stack that runs, PostgreSQL's not among them, with what they are called."""
    for process in psutil.process_iter(["cmdline", "environ"]):
        command = " ".join(process.info["cmdline"] or [])
        if str(PORTS["chat_port"]) != (process.info["environ"] or {}).get("INSYN_CHAT_PORT"):
            continue
        for name, mark in MARKS.items():
            if mark in command:
                yield name, process


def postgres_processes(data_dir: Path) -> Iterator[psutil.Process]:
    """Yield PostgreSQL's processes whose data lies under ``data_dir``."""
    for process in psutil.process_iter(["cmdline", "name"]):
        command = process.info["cmdline"] or []
        if process.info["name"] == "postgres" and any(str(data_dir) in part for part in command):
            yield process
            yield from process.children(recursive=True)
