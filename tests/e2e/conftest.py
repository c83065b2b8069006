"""The whole stack, started as a newcomer would, on ports and data of its own, under the network audit."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from insyn.running import running_stack
from insyn.settings import ROOT, Settings
from tests.insyn.network import audited_environment

ARTEFACTS = ROOT / ".insyn-test"
PORTS = ("chat", "cases", "rasa", "actions", "simulator")


@dataclass(frozen=True)
class RunningStack:
    """Where the running stack is reached."""

    settings: Settings
    environment: dict[str, str]
    contacts: Path
    """Every address that a process of the stack looked up, connected or sent to."""

    @property
    def chat_url(self) -> str:
        return self.settings.chat_url

    @property
    def console_url(self) -> str:
        return f"{self.settings.cases_url}/console"

    @property
    def simulator_url(self) -> str:
        return self.settings.simulator_url

    def insyn(self, *arguments: str, given: str | None = None) -> str:
        """Run ``insyn ARGUMENTS`` in the stack's environment and return what it printed."""
        return subprocess.run(
            [sys.executable, "-m", "insyn", *arguments],
            cwd=ROOT,
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            check=True,
            timeout=180,
        ).stdout


@pytest.fixture(scope="session")
def stack() -> Iterator[RunningStack]:
    data_dir = ARTEFACTS / "e2e"
    shutil.rmtree(data_dir, ignore_errors=True)
    data_dir.mkdir(parents=True)
    contacts = data_dir / "contacts.jsonl"
    ports = {f"{name}_port": port for name, port in zip(PORTS, free_ports(len(PORTS)), strict=True)}
    environment = audited_environment(contacts) | {
        "INSYN_DATA_DIR": str(data_dir),
        **{f"INSYN_{name.upper()}": str(port) for name, port in ports.items()},
    }
    settings = Settings(_env_file=None, data_dir=data_dir, **ports)
    with running_stack(settings, environment=environment):
        yield RunningStack(settings, environment, contacts)


def free_ports(count: int) -> list[int]:
    """Return so many ports of loopback that nobody listens on."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
