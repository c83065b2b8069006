"""A large file goes in and out, alone and within a package, without ever lying whole in memory."""

import io
import logging
import os
import random
import tracemalloc
from dataclasses import dataclass

import httpx
import pytest

from cases.console.guard import FORM_TOKEN_FIELD, SESSION_COOKIE
from cases.console.sessions import StaffSessions, form_token

pytestmark = pytest.mark.database

log = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
SIZE = int(os.environ.get("INSYN_TEST_LARGE_FILE_MB", "40")) * MEGABYTE
"""200 is what the console takes at most; it takes minutes, and so is asked for by name."""

BOUND = 16 * MEGABYTE
PART = b"%PDF-1.7 " + random.Random(3).randbytes(MEGABYTE - 9)


class LargeFile(io.RawIOBase):
    """A file on an officer's disk: read a part at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._left = SIZE

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        part = PART[: min(self._left, size if size > 0 else MEGABYTE)]
        self._left -= len(part)
        return part


@dataclass(frozen=True)
class Officer:
    """A browser that is logged in, and the token of its forms."""

    client: httpx.Client
    token: dict[str, str]


@pytest.fixture
async def officer(console_url, anna, sessions, clock) -> "Officer":
    cookie = await StaffSessions(sessions, clock=clock, random=random.Random(2)).begin(anna.id)
    headers = {"Origin": console_url, "Cookie": f"{SESSION_COOKIE}={cookie}"}
    client = httpx.Client(base_url=console_url, headers=headers, timeout=600)
    return Officer(client, {FORM_TOKEN_FIELD: form_token(cookie)})


def length_of(client: httpx.Client, address: str) -> int:
    with client.stream("GET", address) as answer:
        assert answer.status_code == 200
        received = sum(len(part) for part in answer.iter_bytes())
        assert received == int(answer.headers["content-length"])
        return received


async def test_a_large_file_streams_through(officer, service, draft):
    await service.register(draft)
    files, package = (f"/console/cases/{draft.reference}/{page}" for page in ("files", "package"))
    officer.client.get(files)  # templates and statements are made before measuring
    tracemalloc.start()
    try:
        stored = officer.client.post(files, data=officer.token, files={"file": ("stor.pdf", LargeFile())})
        assert stored.status_code == 303
        page = officer.client.get(files).text
        file_id = page.split(f'href="{files}/')[1].split('"')[0]
        assert length_of(officer.client, f"{files}/{file_id}") == SIZE
        made = officer.client.post(package, data=officer.token | {f"file-{file_id}": "1"})
        assert made.status_code == 303
        package_id = officer.client.get(package).text.split(f'href="{package}/')[1].split("/")[0]
        assert length_of(officer.client, f"{package}/{package_id}/content") > SIZE * 0.9
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    log.info("%d MB in, out, into a package and out: %.1f MB at most at a time", SIZE // MEGABYTE, peak / MEGABYTE)
    assert peak < BOUND
