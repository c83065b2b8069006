"""The processes of Insyn: what each is called, how it is started, how one sees that it works."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from insyn.settings import ROOT, Settings

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Process:
    """One process of the stack."""

    name: str
    """Its name on the command line (``insyn serve NAME``) and of its log."""

    title: str
    """What it is, for the person at the terminal."""

    port: int | None
    """Where it listens on loopback; None for the worker."""

    setting: str | None
    """The setting that moves the port."""

    health_path: str | None
    """Answers 200 when the process can do its work."""

    @property
    def command(self) -> list[str]:
        """The command that runs this process alone, in the foreground."""
        return [sys.executable, "-m", "insyn", "serve", self.name]

    @property
    def health_url(self) -> str | None:
        return f"http://{LOOPBACK}:{self.port}{self.health_path}" if self.health_path else None


def processes(settings: Settings) -> list[Process]:
    """Return the processes that ``settings`` ask for, in the order in which they are best read."""
    simulator = Process("simulator", "BankID simulator", settings.simulator_port, "INSYN_SIMULATOR_PORT", "/health")
    return [
        *([] if settings.bankid_url else [simulator]),
        Process("cases", "case system and console", settings.cases_port, "INSYN_CASES_PORT", "/health"),
        Process("worker", "worker", None, None, None),
        Process("actions", "action server", settings.actions_port, "INSYN_ACTIONS_PORT", "/health"),
        Process("rasa", "Rasa", settings.rasa_port, "INSYN_RASA_PORT", "/"),
        Process("chat", "chat edge", settings.chat_port, "INSYN_CHAT_PORT", "/health"),
    ]


def environment(settings: Settings, database_url: str, *, base: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of every process: the caller's, and what the stack has decided.

    The action server and Rasa build their parts without our settings and read the ``INSYN_*`` below by themselves.
    """
    return {
        **(os.environ if base is None else base),
        "INSYN_DATABASE_URL": database_url,
        "INSYN_MIGRATIONS_DATABASE_URL": "",  # no service connects as the tables' owner
        "INSYN_CASES_URL": settings.cases_url,
        "INSYN_CHAT_URL": settings.chat_url,
        "INSYN_RASA_URL": settings.rasa_url,
        "INSYN_ACTIONS_URL": settings.actions_url,
        "INSYN_SERVICE_TOKEN": settings.service_token.get_secret_value(),
        "INSYN_POLICY_DIR": str(settings.policy_dir),
        "INSYN_PROCESSORS_FILE": str(settings.processors_file or ""),
        "INSYN_RETENTION_CONVERSATION_DAYS": str(settings.retention_conversation_days),
        "INSYN_DATA_DIR": str(settings.data_dir.resolve()),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
        "PYTHONUNBUFFERED": "1",
        "SANIC_HOST": LOOPBACK,
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }


def answers(client: httpx.Client, url: str) -> bool:
    """Tell whether the process behind a health address can do its work."""
    try:
        return client.get(url).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
