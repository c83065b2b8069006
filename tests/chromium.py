"""Real Chromium for the tests: how it is started, and one that serves all tests of a process."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

CHROMIUM: Final[dict[str, Any]] = {
    "executable_path": shutil.which("chromium"),
    "args": [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ],
}
"""How every browser test starts Chromium: quietly, and with no calls of its own."""


@contextmanager
def running_chromium() -> Iterator[str]:
    """Start Chromium; give the address at which Playwright connects to it, from any event loop, any number of times.

    To start it takes as long as many a test of a page; contexts of their own keep tests as apart as browsers would.
    """
    with tempfile.TemporaryDirectory(prefix="insyn-chromium-", ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [
                CHROMIUM["executable_path"],
                "--headless=new",
                "--remote-debugging-port=0",
                f"--user-data-dir={profile}",
                *CHROMIUM["args"],
            ],
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield _address(process)
        finally:
            process.terminate()
            process.wait(30)


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(r"DevTools listening on (ws://\S+)", line):
            return found[1]
    raise AssertionError("Chromium ended before it listened")
