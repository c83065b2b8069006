"""No process opens a connection that leaves the machine, and Rasa's telemetry cannot be switched on by accident."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.insyn.network import audited_environment, contacts

ROOT = Path(__file__).parent.parent.parent


def run_audited(tmp_path: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=ROOT,
        env=audited_environment(tmp_path / "contacts.jsonl") | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.create_connection(('192.0.2.1', 443), timeout=0.01)",
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
        "import socket; socket.getaddrinfo('telemetry.invalid', 443)",
        "import requests; requests.get('https://192.0.2.1/', timeout=0.01)",
    ],
)
def test_the_audit_sees_every_way_out(tmp_path: Path, attempt: str):
    run_audited(tmp_path, sys.executable, "-c", attempt)

    assert any(contact.left_the_machine for contact in contacts(tmp_path / "contacts.jsonl"))


def test_the_audit_lets_loopback_and_unix_sockets_be(tmp_path: Path):
    run_audited(
        tmp_path,
        sys.executable,
        "-c",
        "import socket\n"
        "for family, address in ((socket.AF_INET, ('127.0.0.1', 9)), (socket.AF_UNIX, '/nowhere')):\n"
        "    socket.socket(family).connect_ex(address)",
    )

    seen = contacts(tmp_path / "contacts.jsonl")
    assert len(seen) == 3
    assert not any(contact.left_the_machine for contact in seen)


@pytest.mark.parametrize("wish", ["true", "1", "TRUE"])
def test_telemetry_stays_off_whatever_the_environment_and_the_home_directory_say(tmp_path: Path, wish: str):
    settings = tmp_path / ".config" / "rasa" / "global.yml"
    settings.parent.mkdir(parents=True)
    settings.write_text("metrics:\n  enabled: true\n  rasa_user_id: 0123456789abcdef\n")

    result = run_audited(
        tmp_path,
        sys.executable,
        "-W",
        "ignore",
        "-c",
        "import rasa.telemetry as t; print(t.is_telemetry_enabled()); t.track('event', {}); t.initialize_telemetry()",
        HOME=str(tmp_path),
        RASA_TELEMETRY_ENABLED=wish,
        RASA_TELEMETRY_WRITE_KEY="key",
        RASA_EXCEPTION_WRITE_KEY="key",
    )

    assert result.stdout.splitlines()[:1] == ["False"], result.stderr
    assert not any(contact.left_the_machine for contact in contacts(tmp_path / "contacts.jsonl"))


def test_rasa_on_the_command_line_makes_no_contact(tmp_path: Path):
    result = run_audited(tmp_path, str(Path(sys.executable).parent / "rasa"), "data", "validate", "stories")

    assert result.returncode == 0, result.stderr
    seen = contacts(tmp_path / "contacts.jsonl")
    assert [contact.event for contact in seen][:1] == ["started"]
    assert not [contact for contact in seen if contact.left_the_machine]
