"""A real ``rasa run`` with our channel, tracker store and logs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx
import pytest

from tests.bot.fake_rasa import TOKEN
from tests.bot.rasa.small_bot import ROOT, train
from tests.bot.server import address, free_port
from tests.conftest import own_database

ENCRYPTION_SECRET = "a secret for tests"


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(tmp_path_factory.mktemp("small-bot"))


@dataclass
class ActionServer:
    """Answers every action as it is told to."""

    url: str
    status: int = 200
    called: int = 0
    slow: Event | None = None
    """When set, an action waits for it."""


@pytest.fixture
def actions() -> Iterator[ActionServer]:
    with acting() as server:
        yield server


@contextmanager
def acting() -> Iterator[ActionServer]:
    """Run an action server."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            server.called += 1
            if server.slow is not None:
                server.slow.wait(20)
            body = b'{"events": [], "responses": [{"text": "Registrerat."}]}'
            self.send_response(server.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server = ActionServer(f"http://127.0.0.1:{http.server_port}/webhook")
    thread = Thread(target=http.serve_forever, daemon=True)
    thread.start()
    yield server
    if server.slow is not None:
        server.slow.set()
    http.shutdown()
    http.server_close()


@dataclass
class Rasa:
    """A running Rasa."""

    url: str
    log_file: Path
    process: subprocess.Popen[bytes]

    def turn(
        self, text: str, *, kind: str = "text", sender: str = "visitor", number: int = 1, **more: Any
    ) -> httpx.Response:
        token = more.pop("token", TOKEN)
        body = {"sender": sender, "kind": kind, "text": text, "metadata": {"turn": number, **more}}
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.post(f"{self.url}/webhooks/edge/turn", json=body, headers=headers, timeout=30, trust_env=False)

    def says(self, text: str, **more: Any) -> list[str]:
        return [message["text"] for message in self.turn(text, **more).json()["messages"]]

    @property
    def log(self) -> str:
        return self.log_file.read_text()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(20)


class Runner:
    """Starts Rasa as an operator would, and ends what it started."""

    def __init__(self, directory: Path, model: Path, environment: dict[str, str]) -> None:
        self._directory, self._model, self._environment = directory, model, environment
        self._started: list[Rasa] = []

    def start(self, *flags: str) -> Rasa:
        listener = free_port()
        url = address(listener)
        listener.close()
        log_file = self._directory / f"rasa{len(self._started)}.log"
        command = [sys.executable, "-m", "rasa", "run", "--model", str(self._model), "--interface", "127.0.0.1"]
        files = ["--credentials", str(ROOT / "credentials.yml"), "--endpoints", str(ROOT / "endpoints.yml")]
        with log_file.open("wb") as log:
            process = subprocess.Popen(
                [*command, "--port", url.rpartition(":")[2], *files, *flags],
                cwd=self._directory,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        rasa = Rasa(url, log_file, process)
        self._started.append(rasa)
        self._wait(rasa)
        return rasa

    def stop(self) -> None:
        for rasa in self._started:
            if rasa.process.poll() is None:
                rasa.process.send_signal(signal.SIGINT)
                try:
                    rasa.process.wait(15)
                except subprocess.TimeoutExpired:
                    rasa.kill()

    @staticmethod
    def _wait(rasa: Rasa) -> None:
        for _ in range(600):
            assert rasa.process.poll() is None, rasa.log
            try:
                if httpx.get(rasa.url, timeout=2, trust_env=False).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        raise AssertionError(rasa.log)


@pytest.fixture
def runner(tmp_path: Path, small_model: Path, database_url: str, actions: ActionServer) -> Iterator[Runner]:
    """For tests that start and end Rasa themselves."""
    runner = Runner(tmp_path, small_model, environment(database_url, actions))
    yield runner
    runner.stop()


@dataclass
class Shared:
    """A Rasa that several tests talk to, each as a sender of its own; started as noisily as it can be."""

    rasa: Rasa
    actions: ActionServer
    database_url: str


@pytest.fixture(scope="module")
def shared(
    tmp_path_factory: pytest.TempPathFactory, small_model: Path, postgres_url: str, template_database: str
) -> Iterator[Shared]:
    with own_database(postgres_url, template_database) as database_url, acting() as actions:
        runner = Runner(tmp_path_factory.mktemp("rasa"), small_model, environment(database_url, actions))
        yield Shared(runner.start("--debug"), actions, database_url)
        runner.stop()


def environment(database_url: str, actions: ActionServer) -> dict[str, str]:
    """Return what `insyn up` gives Rasa."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("INSYN_")},
        "INSYN_SERVICE_TOKEN": TOKEN,
        "INSYN_ENCRYPTION_SECRETS": ENCRYPTION_SECRET,
        "INSYN_DATABASE_URL": database_url,
        "INSYN_ACTIONS_URL": actions.url,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }
