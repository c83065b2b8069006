"""Files as they travel: smaller, the same in meaning, asked for again only when they changed."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.assets import Assets
from tests.bot.visitor import Edge

SCRIPT = """// why it is so
export const address = (path) => `https://chat.example/${path && `#${path}`}  // no comment`;
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    file = tmp_path / "a.js"
    file.write_text(SCRIPT)
    return file


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=[Mount("/files", Assets(tmp_path))])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://chat.test") as client:
        yield client


def change(script: Path) -> None:
    script.write_text("export const changed = 1;")
    os.utime(script, ns=(1, 1))  # whatever the clock's resolution


async def test_a_script_travels_without_its_comments_but_with_its_strings(script: Path, client: httpx.AsyncClient):
    response = await client.get("/files/a.js")

    assert "why it is so" not in response.text
    assert "`https://chat.example/${path && `#${path}`}  // no comment`" in response.text
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["vary"] == "Accept-Encoding"
    assert "javascript" in response.headers["content-type"]


async def test_who_cannot_read_gzip_gets_the_same_plain(script: Path, client: httpx.AsyncClient):
    zipped = await client.get("/files/a.js")
    plain = await client.get("/files/a.js", headers={"Accept-Encoding": "identity"})

    assert "content-encoding" not in plain.headers
    assert plain.text == zipped.text
    assert plain.headers["etag"] != zipped.headers["etag"]


async def test_a_browser_that_has_it_is_sent_nothing_until_it_changes(script: Path, client: httpx.AsyncClient):
    first = await client.get("/files/a.js")
    known = {"If-None-Match": first.headers["etag"]}
    again = await client.get("/files/a.js", headers=known)
    assert (again.status_code, again.content) == (304, b"")

    change(script)

    assert (await client.get("/files/a.js", headers=known)).text == "export const changed=1;"


@pytest.mark.database
async def test_pages_are_compressed_too(edge: Edge):
    async with edge.client() as client:
        page = await client.get("/policy")

    assert page.headers["content-encoding"] == "gzip"
