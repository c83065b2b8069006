"""A stack for as long as it is needed: the one that runs already, or one that is started and ended again."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx

from insyn.errors import StackError
from insyn.processes import answers, processes
from insyn.settings import ROOT, Settings

UP_WITHIN_S = 300.0
"""Long enough for a first start that trains the model."""

DOWN_WITHIN_S = 30.0


def is_up(settings: Settings) -> bool:
    """Tell whether a stack runs and every process of it can do its work."""
    with httpx.Client(timeout=2, trust_env=False) as client:
        return all(
            answers(client, process.health_url) for process in processes(settings) if process.health_url is not None
        )


@contextmanager
def running_stack(settings: Settings, *, environment: Mapping[str, str] | None = None) -> Iterator[None]:
    """Make sure that a stack runs while the block does; one that was started for it is ended after it.

    Args:
        settings: where the stack listens; must agree with ``environment``.
        environment: of the started ``insyn up``; that of this process if None.

    Raises:
        StackError: it could not be started; the text has what ``insyn up`` said.
    """
    if is_up(settings):
        yield
        return
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "insyn", "up"], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            _wait_until_up(settings, process)
            yield
        except TimeoutError as error:
            output.seek(0)
            raise StackError(f"{error}; insyn up said:\n{output.read()}") from None
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(DOWN_WITHIN_S)


def _wait_until_up(settings: Settings, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + UP_WITHIN_S
    while not is_up(settings):
        if process.poll() is not None:
            raise TimeoutError("the stack did not come up")
        if time.monotonic() > deadline:
            raise TimeoutError(f"the stack was not up after {UP_WITHIN_S:.0f} s")
        time.sleep(0.3)
