"""Programs that the bench runs to their end: what they said is kept, what they used is measured."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LAST_LINES = 15


class StepFailedError(Exception):
    """A program ended with an error; the text has its last lines and says where the others are."""


@dataclass(frozen=True, slots=True)
class Used:
    """What a program used until it ended."""

    seconds: float
    """By the clock on the wall, the program's own start included."""

    processor_s: float
    """Of all cores together: what a busy machine changes least."""

    peak_mb: float
    """The most memory that it held at once, resident."""


def run(command: Sequence[str], *, log_file: Path, cwd: Path, environment: Mapping[str, str]) -> Used:
    """Run ``command`` and return what it used; what it says goes to ``log_file``.

    Raises:
        StepFailedError: it ended with an error.
    """
    log_file.parent.mkdir(parents=True, exist_ok=True)
    began_at = time.monotonic()
    with log_file.open("wb") as log:
        process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=log, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began_at
    process.returncode = os.waitstatus_to_exitcode(status)  # wait4 has already taken it from the system
    if process.returncode != 0:
        raise failed(" ".join(command), log_file)
    return Used(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e3)


def failed(what: str, log_file: Path) -> StepFailedError:
    """Return the error that tells the end of ``log_file``."""
    last = "\n".join(log_file.read_text(errors="replace").splitlines()[-LAST_LINES:])
    return StepFailedError(f"{what} failed; all it said is in {log_file}. It ended with:\n{last}")
