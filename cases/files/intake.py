"""A content on its way in: what it is, whether it is too much, whether a text is text. Memory holds one part of it."""

import codecs
import hashlib
from collections.abc import AsyncIterator
from typing import Final

from cases.files.errors import FileRefusedError, Refusal
from cases.files.media_types import HEAD_BYTES, MediaType, recognise

MAX_BYTES: Final = 200 * 1024 * 1024
"""The largest file of a case."""


class Intake:
    """Reads a content once, checking it as it goes by."""

    def __init__(self, name: str, content: AsyncIterator[bytes], *, max_bytes: int) -> None:
        self._name, self._content, self._max_bytes = name, content, max_bytes
        self._head: list[bytes] = []
        self._is_text = False
        self._sha256 = hashlib.sha256()
        self.size_bytes = 0
        """How much has gone by."""

    async def recognise(self) -> MediaType:
        """Read as much as it takes to know what the content is; call it before :meth:`parts`.

        Raises:
            FileRefusedError: empty, not allowed, or another type than the name claims.
        """
        length = 0
        while length < HEAD_BYTES and (part := await anext(self._content, None)) is not None:
            self._head.append(part)
            length += len(part)
        kind = recognise(self._name, b"".join(self._head)[:HEAD_BYTES])
        self._is_text = kind.is_text
        return kind

    async def parts(self) -> AsyncIterator[bytes]:
        """Yield the whole content.

        Raises:
            FileRefusedError: it is too long, or a text that is none.
        """
        decoder = codecs.getincrementaldecoder("utf-8")() if self._is_text else None
        async for part in self._whole():
            self.size_bytes += len(part)
            if self.size_bytes > self._max_bytes:
                raise FileRefusedError(Refusal.TOO_LARGE)
            self._check_text(decoder, part)
            self._sha256.update(part)
            yield part
        self._check_text(decoder, b"", final=True)

    def sha256(self) -> str:
        """Return the digest of what has gone by, in hexadecimal."""
        return self._sha256.hexdigest()

    async def _whole(self) -> AsyncIterator[bytes]:
        while self._head:
            yield self._head.pop(0)
        async for part in self._content:
            yield part

    @staticmethod
    def _check_text(decoder: codecs.IncrementalDecoder | None, part: bytes, *, final: bool = False) -> None:
        if decoder is None:
            return
        try:
            decoder.decode(part, final)
        except UnicodeDecodeError:
            raise FileRefusedError(Refusal.BROKEN_TEXT) from None
        if b"\0" in part:
            raise FileRefusedError(Refusal.BROKEN_TEXT)
