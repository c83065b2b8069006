"""Starting together, failing by name, ending together: with real processes, small ones."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from insyn.errors import AlreadyRunningError, PortTakenError, StackError
from insyn.processes import Process
from insyn.stack import LogFiles, Stack, only_one, refuse_taken_ports

SLEEPER = "import time; time.sleep(60)"


@dataclass(frozen=True)
class Script(Process):
    """A process of the stack that runs a line of Python."""

    code: str = field(default="", kw_only=True)

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-c", self.code]


def script(name: str, code: str, *, port: int | None = None) -> Script:
    return Script(name, name, port, "INSYN_X_PORT", "/" if port else None, code=code)


def run_in_process(tmp_path: Path, *processes: str) -> subprocess.Popen[str]:
    """Run a stack in a Python of its own (honcho takes the signals of its main thread)."""
    program = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from pathlib import Path
from tests.insyn.test_stack import script, SLEEPER
from insyn.stack import LogFiles, Stack
from insyn.errors import StackError
logs = LogFiles(Path({str(tmp_path)!r}))
stack = Stack([{", ".join(processes)}], environment=dict(__import__("os").environ), logs=logs,
              on_ready=lambda s: print("ready", flush=True), on_progress=lambda *a: None)
try:
    stack.run()
except StackError as error:
    print("ERROR", error, flush=True)
print("ended", {{n: p["pid"] for n, p in stack._processes.items()}}, flush=True)
"""
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)


def is_alive(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def pids_of(output: str) -> dict[str, int]:
    return eval(output.rpartition("ended ")[2])  # noqa: S307 - our own words


def test_a_process_that_dies_is_named_with_its_last_words_and_the_rest_goes_down(tmp_path: Path):
    dying = "print('all is lost', flush=True); raise SystemExit(7)"

    output, _ = run_in_process(tmp_path, "script('patient', SLEEPER)", f"script('hasty', {dying!r})").communicate(
        timeout=30
    )

    assert "hasty died (exit code 7)" in output
    assert "all is lost" in output
    assert not any(is_alive(pid) for pid in pids_of(output).values())


@pytest.mark.parametrize("signal", ["SIGINT", "SIGTERM"])
def test_a_signal_ends_everything_and_is_no_error(tmp_path: Path, signal: str):
    import signal as signals

    stack = run_in_process(tmp_path, "script('a', SLEEPER)", "script('b', SLEEPER)")
    assert stack.stdout is not None
    assert stack.stdout.readline() == "ready\n"
    time.sleep(0.5)
    stack.send_signal(getattr(signals, signal))
    output, _ = stack.communicate(timeout=30)

    assert "ERROR" not in output
    assert not any(is_alive(pid) for pid in pids_of(output).values())


def test_ready_is_said_when_every_process_answers(tmp_path: Path, unused_tcp_port: int):
    server = f"import http.server as h; h.test(h.SimpleHTTPRequestHandler, port={unused_tcp_port}, bind='127.0.0.1')"
    ready: list[float] = []
    told: list[str] = []

    def end(seconds: float) -> None:
        ready.append(seconds)
        stack.returncode = 130
        stack.terminate()

    stack = Stack(
        [script("server", server, port=unused_tcp_port)],
        environment=dict(os.environ),
        logs=LogFiles(tmp_path),
        on_ready=end,
        on_progress=lambda title, _: told.append(title),
    )
    stack.run()

    assert len(ready) == 1
    assert told == ["server"]


def test_a_taken_port_is_named_with_the_setting_that_moves_it():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(PortTakenError, match=rf"{port}.*INSYN_X_PORT="):
            refuse_taken_ports([script("x", "", port=port)])


def test_a_free_port_is_fine(unused_tcp_port: int):
    refuse_taken_ports([script("x", "", port=unused_tcp_port), script("worker", "")])


def test_a_second_stack_on_the_same_directory_is_refused(tmp_path: Path):
    with only_one(tmp_path), pytest.raises(AlreadyRunningError, match="INSYN_DATA_DIR"), only_one(tmp_path):
        pass
    with only_one(tmp_path):
        pass


def test_stack_error_is_what_the_command_line_catches():
    from insyn.errors import InsynError

    assert issubclass(StackError, InsynError)
