"""The action server as a process: what it serves, and what it never says."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.actions.fakes import KNOWLEDGE

ROOT = Path(__file__).parent.parent.parent
SECRET = "mitt barns diagnos"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("actions") / "log"


@pytest.fixture(scope="module")
def url(log: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "actions.server", "--port", str(port)]
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=output, stderr=subprocess.STDOUT
        )
    address = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            httpx.get(f"{address}/health", trust_env=False)
            break
        except httpx.ConnectError:
            assert server.poll() is None, log.read_text()
            time.sleep(0.1)
    yield address
    server.terminate()
    server.wait(20)


def call_of(action: str, **tracker: object) -> dict:
    latest = {"text": SECRET, "intent": {"name": "policy_fee"}, "entities": [], "intent_ranking": []}
    complete = {
        "sender_id": "1",
        "slots": {},
        "latest_message": latest,
        "events": [],
        "paused": False,
        "followup_action": None,
        "active_loop": {},
        "latest_action_name": "action_listen",
    }
    return {
        "next_action": action,
        "sender_id": "1",
        "tracker": complete | tracker,
        "domain": {},
        "version": "3.6.21",
    }


def post(url: str, body: dict) -> httpx.Response:
    return httpx.post(f"{url}/webhook", json=body, timeout=20, trust_env=False)


def test_it_is_healthy_when_every_action_could_be_made(url: str):
    assert httpx.get(f"{url}/health", trust_env=False).json() == {"status": "ok"}


def test_it_runs_an_action_and_returns_what_it_says(url: str):
    response = post(url, call_of("action_answer_policy"))

    [message] = response.json()["responses"]
    assert message["text"] == KNOWLEDGE.topics["policy_fee"].text


def test_an_unexpected_failure_repeats_nothing_of_the_conversation(url: str, log: Path):
    """rasa-sdk's own handler answers with the request and logs a traceback with what was in the error."""
    response = post(url, call_of("action_begin_request", latest_message={"text": SECRET, "intent": {"name": SECRET}}))

    assert response.status_code == 500
    assert SECRET not in response.text
    assert SECRET not in log.read_text()
    assert "action_begin_request" in log.read_text()


def test_an_unknown_action_is_named_to_the_caller(url: str):
    response = post(url, call_of("action_unheard_of"))

    assert response.status_code == 404
    assert SECRET not in response.text
