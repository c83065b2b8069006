"""A command that is waited for: whatever ends the waiting also ends the command, with all that it started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn


def run_to_end(command: Sequence[str], *, cwd: Path, output: IO[bytes]) -> int:
    """Run ``command`` with what it says in ``output``, and return its exit code."""
    with subprocess.Popen(  # noqa: S603
        command, cwd=cwd, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
    ) as process:
        try:
            return process.wait()
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise


@contextlib.contextmanager
def sigterm_as_exit() -> Iterator[None]:
    """Make a SIGTERM leave the block as an exception, so that what was started in it is ended, as after Ctrl-C."""
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)
