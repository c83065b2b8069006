"""A ZIP as a stream: whole for every reader, and without an end when its content broke off."""

import io
import zipfile
from datetime import UTC, datetime

import pytest

from cases.packages.archive import Part, distinct, zipped

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


async def pieces(*content: bytes):
    for piece in content:
        yield piece


async def collected(parts) -> bytes:
    return b"".join([piece async for piece in zipped(parts, made_at=AT)])


async def test_readers_find_every_file_whole():
    content = {"a.txt": b"hej", "b/bild.png": bytes(range(256)) * 4000, "c/r\u00e4kna.csv": b""}

    archive = zipfile.ZipFile(
        io.BytesIO(await collected([Part(path, path, pieces(data[:7], data[7:])) for path, data in content.items()]))
    )

    assert archive.testzip() is None
    assert {name: archive.read(name) for name in archive.namelist()} == content
    assert archive.getinfo("a.txt").date_time == (2026, 3, 10, 10, 0, 0)
    assert archive.getinfo("b/bild.png").compress_type == zipfile.ZIP_STORED


async def test_what_broke_off_is_not_taken_for_whole():
    async def broken():
        yield b"x" * 100_000
        raise ConnectionError

    received = bytearray()

    async def receive() -> None:
        async for piece in zipped([Part("a", "a", broken())], made_at=AT):
            received.extend(piece)

    with pytest.raises(ConnectionError):
        await receive()

    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(bytes(received)))


def test_paths_become_distinct_for_systems_that_ignore_case():
    assert distinct(["b/a.pdf", "b/A.pdf", "b/a.pdf", "utan", "utan"]) == [
        "b/a.pdf",
        "b/A (2).pdf",
        "b/a (3).pdf",
        "utan",
        "utan (2)",
    ]
