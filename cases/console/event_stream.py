"""Reads Server-Sent Events from a byte stream.

Source: HTML Standard, section 9.2.6. Lines end in CR LF, LF or CR and in nothing else: ``str.splitlines`` (and what
builds on it) would also cut a message at U+2028.
"""

import re
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from typing import Final

_LINE_END: Final = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event; a heartbeat (a comment) is one without name and data."""

    name: str
    data: str
    id: str | None


HEARTBEAT: Final = ServerEvent(name="", data="", id=None)


async def read_events(chunks: AsyncIterable[bytes]) -> AsyncIterator[ServerEvent]:
    """Yield the events of a stream, and :data:`HEARTBEAT` for each comment; an unfinished last event is dropped."""
    name, last_id = "", None
    data: list[str] = []
    async for line in _lines(chunks):
        if not line:
            if data:
                yield ServerEvent(name=name or "message", data="\n".join(data), id=last_id)
            name, data = "", []
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not field:
            yield HEARTBEAT
        elif field == "event":
            name = value
        elif field == "data":
            data.append(value)
        elif field == "id" and "\0" not in value:
            last_id = value


async def _lines(chunks: AsyncIterable[bytes]) -> AsyncIterator[str]:
    pending, ended_in_cr = b"", False
    async for chunk in chunks:
        if not chunk:
            continue
        # the second half of a CR LF that the network cut in two ends no further line
        pending += chunk.removeprefix(b"\n") if ended_in_cr else chunk
        ended_in_cr = chunk.endswith(b"\r")
        *lines, pending = _LINE_END.split(pending)
        for line in lines:
            yield line.decode(errors="replace")
