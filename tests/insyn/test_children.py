"""What is waited for ends with who waits: real processes, ended by real signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from insyn.children import run_to_end
from insyn.settings import ROOT

WAITS_FOR_A_COMMAND_WITH_A_CHILD = """
import signal, sys
from pathlib import Path
from insyn.children import run_to_end, sigterm_as_exit
signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background has it ignored
command = ["sh", "-c", "sleep 300 & echo $$ $! > pids; wait"]
with sigterm_as_exit(), open("log", "wb") as log:
    try:
        run_to_end(command, cwd=Path(sys.argv[1]), output=log)
    finally:
        print("cleaned up", flush=True)
"""


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"  # ended, but nobody has asked yet how


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_a_signal_ends_the_command_with_its_children_and_what_was_to_be_done_at_last_is_done(
    tmp_path: Path, number: signal.Signals
) -> None:
    waiting = subprocess.Popen(
        [sys.executable, "-c", WAITS_FOR_A_COMMAND_WITH_A_CHILD, str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    pids = tmp_path / "pids"
    while not (pids.exists() and pids.read_text().endswith("\n")):
        assert waiting.poll() is None
        time.sleep(0.02)

    waiting.send_signal(number)

    said, _ = waiting.communicate(timeout=20)
    assert said == "cleaned up\n"
    deadline = time.monotonic() + 10
    while any(is_running(int(pid)) for pid in pids.read_text().split()):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_exit_code_and_what_was_said_come_back(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        assert run_to_end(["sh", "-c", "echo one; echo two >&2; exit 3"], cwd=tmp_path, output=log) == 3

    assert (tmp_path / "log").read_text() == "one\ntwo\n"
