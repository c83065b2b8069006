"""Starts all processes together, watches them, and takes them down together (honcho does the managing)."""

from __future__ import annotations

import fcntl
import re
import shlex
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from honcho.manager import Manager
from honcho.printer import Printer

from insyn.errors import AlreadyRunningError, InsynError, PortTakenError, StackError
from insyn.processes import LOOPBACK, Process, answers
from insyn.serving import refuse_a_taken_port

READY_WITHIN_S = 120.0
POLL_INTERVAL_S = 0.2
TAIL_LINES = 20

_STOPPED = re.compile(r"^(?P<name>\S+) stopped \(rc=(?P<code>-?\d+)\)")


class LogFiles(Printer):  # type: ignore[misc]
    """Takes what the processes print into a file each, and remembers who stopped first and how it sounded."""

    def __init__(self, directory: Path) -> None:
        super().__init__()
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._begun: set[str] = set()
        self.tails: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=TAIL_LINES))
        self.first_stopped: tuple[str, int] | None = None

    def path(self, name: str) -> Path:
        """Return the log file of the process called ``name``."""
        return self._directory / f"{name}.log"

    def write(self, message: Any) -> None:
        """Honcho's call for each line; its own lines ("chat stopped (rc=1)") come under the name ``system``."""
        text = message.data.decode("utf-8", "replace") if isinstance(message.data, bytes) else message.data
        if message.name == "system":
            stopped = _STOPPED.match(text)
            if stopped and self.first_stopped is None:
                self.first_stopped = (stopped["name"], int(stopped["code"]))
            return
        self.tails[message.name].append(text.rstrip())
        begun = message.name in self._begun
        self._begun.add(message.name)
        with self.path(message.name).open("a" if begun else "w") as log:
            log.write(text)


class Stack(Manager):  # type: ignore[misc]
    """The running processes; :meth:`loop` returns when all of them have ended.

    Args:
        processes: what to start.
        environment: of every process.
        logs: where their output goes.
        on_ready: called once, from a thread, when every process says that it works, with the seconds that took.
    """

    def __init__(
        self,
        processes: list[Process],
        *,
        environment: dict[str, str],
        logs: LogFiles,
        on_ready: Callable[[float], None],
        on_progress: Callable[[str, float], None],
    ) -> None:
        super().__init__(printer=logs)
        self._services = processes
        self._logs = logs
        self._on_ready, self._on_progress = on_ready, on_progress
        self._never_ready: str | None = None
        for process in processes:
            self.add_process(process.name, f"exec {shlex.join(process.command)}", env=environment)

    def _start(self) -> None:
        super()._start()  # forks; only then may there be a thread
        threading.Thread(target=self._wait_until_ready, name="readiness", daemon=True).start()

    def run(self) -> None:
        """Start everything, and return when a signal ended it.

        Raises:
            StackError: a process died by itself, or one never became ready; the text has its last lines.
        """
        self.loop()
        if self._never_ready is not None:
            raise StackError(self._never_ready)
        if self._logs.first_stopped is not None and self.returncode not in (130, 143):
            name, code = self._logs.first_stopped
            last_lines = "\n".join(f"  {line}" for line in self._logs.tails[name]) or "  (it printed nothing)"
            raise StackError(
                f"{name} died (exit code {code}), so the rest was taken down. "
                f"Its log is {self._logs.path(name)}; it ended with:\n{last_lines}"
            )

    def _wait_until_ready(self) -> None:
        began_at = time.monotonic()
        waiting = [process for process in self._services if process.health_url]
        with httpx.Client(timeout=2, trust_env=False) as client:
            while waiting and not self._terminating:
                for process in list(waiting):
                    if answers(client, str(process.health_url)):
                        waiting.remove(process)
                        self._on_progress(process.title, time.monotonic() - began_at)
                if time.monotonic() - began_at > READY_WITHIN_S:
                    titles = ", ".join(process.name for process in waiting)
                    self._never_ready = f"not ready after {READY_WITHIN_S:.0f} s: {titles}; see {self._logs.path('*')}"
                    self.terminate()
                    return
                time.sleep(POLL_INTERVAL_S)
        if not self._terminating:
            self._on_ready(time.monotonic() - began_at)


def refuse_taken_ports(processes: list[Process]) -> None:
    """Check that every process can have its port.

    Raises:
        PortTakenError: names the port, who wanted it, and the setting that moves it.
    """
    for process in processes:
        if process.port is not None and _is_taken(process.port):
            raise PortTakenError(
                f"port {process.port}, which the {process.title} needs, is taken by another program. "
                f"Stop that program, or choose another port: {process.setting}={process.port + 1000}"
            )


def make_directory(data_dir: Path) -> None:
    """Make the data directory if there is none.

    Raises:
        InsynError: it cannot be made.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InsynError(f"INSYN_DATA_DIR: {data_dir} cannot be made a directory: {error.strerror}") from None


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Hold the data directory; a second stack on it is refused.

    Raises:
        AlreadyRunningError: another one holds it.
        InsynError: there is none, and it cannot be made.
    """
    make_directory(data_dir)
    with (data_dir / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunningError(
                f"Insyn already runs on {data_dir}. Use that one, end it, or choose another directory: INSYN_DATA_DIR=…"
            ) from None
        yield


def _is_taken(port: int) -> bool:
    try:
        refuse_a_taken_port(LOOPBACK, port)
    except InsynError:
        return True
    return False
