"""Writes a ZIP as a stream: memory holds one part of one file, whatever the archive's size.

``zipfile`` writes to what cannot be rewound as well: sizes then follow each file (data descriptor, APPNOTE 4.3.9).
"""

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from privacy.swedish_dates import STOCKHOLM

_COMPRESSED: Final = frozenset({"png", "jpg", "jpeg", "docx", "xlsx", "odt", "ods", "mp3", "m4a", "mp4", "ogg", "opus"})
"""What deflating would not make smaller."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of an archive."""

    path: str
    title: str = field(repr=False)
    content: AsyncIterator[bytes] = field(repr=False)


class _Sink(io.RawIOBase):
    """Takes what zipfile writes until somebody fetches it."""

    def __init__(self) -> None:
        super().__init__()
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        written = bytes(data)
        self._written += written
        return len(written)

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        written = bytes(self._written)
        self._written.clear()
        return written


async def zipped(parts: Iterable[Part], *, made_at: datetime) -> AsyncIterator[bytes]:
    """Yield a ZIP of the parts, each read once, in their order.

    What a part's content raises goes through; the archive then has no end, and no reader takes it for whole.
    """
    sink = _Sink()
    moment = made_at.astimezone(STOCKHOLM)
    archive = zipfile.ZipFile(sink, "w")
    for part in parts:
        about = zipfile.ZipInfo(part.path, moment.timetuple()[:6])
        about.external_attr = 0o600 << 16
        is_small_already = part.path.rpartition(".")[2].lower() in _COMPRESSED
        about.compress_type = zipfile.ZIP_STORED if is_small_already else zipfile.ZIP_DEFLATED
        with archive.open(about, "w", force_zip64=True) as entry:
            async for piece in part.content:
                await asyncio.to_thread(entry.write, piece)  # deflating must not hold the other visitors up
                if written := sink.taken():
                    yield written
        if written := sink.taken():
            yield written
    archive.close()
    yield sink.taken()


def distinct(paths: Sequence[str]) -> list[str]:
    """Return the paths with a number added wherever one would stand twice, whatever the case of its letters."""
    seen: set[str] = set()
    result = []
    for path in paths:
        stem, dot, extension = path.rpartition(".")
        number, unique = 2, path
        while unique.casefold() in seen:
            unique = f"{stem or extension} ({number}){dot}{extension if dot else ''}"
            number += 1
        seen.add(unique.casefold())
        result.append(unique)
    return result
