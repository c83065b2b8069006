"""Reads a form with files as a stream: memory holds one part of the body, and nothing touches the disk.

The usual form parser spools large files to a temporary file, in plain text; what staff upload must lie nowhere
unsealed. The form's token stands before its files (as our template has it), so that a forged form is refused before a
file is read.
"""

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final

from fastapi import Request
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from cases.console.context import Console
from cases.console.errors import ForgedFormError
from cases.console.guard import FORM_TOKEN_FIELD, SESSION_COOKIE, refuse_foreign_origin
from cases.console.sessions import form_token_is_right

FIELD_MAX_BYTES: Final = 10_000
HEADERS_MAX_BYTES: Final = 4_096


class BrokenFormError(Exception):
    """The body is not a form as browsers send it."""


@dataclass(slots=True)
class _Part:
    """One part of the body: a field, or a file when its headers name one."""

    headers: dict[str, bytes] = field(default_factory=dict)
    header_name: bytearray = field(default_factory=bytearray)
    header_value: bytearray = field(default_factory=bytearray)
    waiting: deque[bytes] = field(default_factory=deque)
    has_headers: bool = False
    has_ended: bool = False

    def disposition(self) -> dict[bytes, bytes]:
        """Return the parameters of Content-Disposition: ``name``, ``filename``."""
        return parse_options_header(self.headers.get("content-disposition", b""))[1]


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file of the form; read it before the next one."""

    name: str = field(repr=False)
    content: AsyncIterator[bytes] = field(repr=False)


class FileForm:
    """The form of a request, read from front to back."""

    def __init__(self, request: Request, console: Console) -> None:
        self._request, self._console = request, console
        self._stream = request.stream()
        self._parts: deque[_Part] = deque()
        self._newest = _Part()
        self._parser = self._make_parser()

    async def files(self) -> AsyncIterator[SentFile]:
        """Yield the form's files, once it is sure that a page of ours made it for this session.

        Raises:
            ForgedFormError: no token before the first file, another session's, or another origin.
            BrokenFormError: the body is no form.
        """
        refuse_foreign_origin(self._request, self._console)
        is_ours = False
        async for part in self._each_part():
            names = part.disposition()
            if b"filename" in names:
                if not is_ours:
                    raise ForgedFormError("the form token is missing or belongs to another session")
                name = names[b"filename"].decode("utf-8", "replace")
                content = self._content(part)
                if name:  # an empty field of files sends a nameless, empty one
                    yield SentFile(name, content)
                async for _ in content:  # whatever the reader left
                    pass
            else:
                value = await self._value(part)
                is_ours = is_ours or (names.get(b"name") == FORM_TOKEN_FIELD.encode() and self._is_right(value))
        if not is_ours:
            raise ForgedFormError("the form token is missing or belongs to another session")

    def _is_right(self, token: str) -> bool:
        cookie = self._request.cookies.get(SESSION_COOKIE, "")
        return bool(cookie) and form_token_is_right(cookie, token)

    async def _each_part(self) -> AsyncIterator[_Part]:
        while True:
            while self._parts and self._parts[0].has_headers:
                yield self._parts.popleft()
            if not await self._read_on():
                return

    async def _content(self, part: _Part) -> AsyncIterator[bytes]:
        while True:
            while part.waiting:
                yield part.waiting.popleft()
            if part.has_ended:
                return
            if not await self._read_on():
                raise BrokenFormError("the form ends within a file")

    async def _value(self, part: _Part) -> str:
        value = bytearray()
        async for data in self._content(part):
            value += data
            if len(value) > FIELD_MAX_BYTES:
                raise BrokenFormError("a field is too long")
        return value.decode("utf-8", "replace")

    async def _read_on(self) -> bool:
        """Take the next chunk of the body; tell whether there was one."""
        chunk = await anext(self._stream, b"")
        if not chunk:
            return False
        try:
            self._parser.write(chunk)
        except MultipartParseError as error:
            raise BrokenFormError(str(error)) from error
        return True

    def _make_parser(self) -> MultipartParser:
        kind, parameters = parse_options_header(self._request.headers.get("content-type", ""))
        if kind != b"multipart/form-data" or not parameters.get(b"boundary"):
            raise BrokenFormError("not a form with files")
        callbacks = {
            "on_part_begin": self._begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_part_end": self._end,
        }
        return MultipartParser(parameters[b"boundary"], callbacks)  # type: ignore[arg-type]

    def _begin(self) -> None:
        self._newest = _Part()
        self._parts.append(self._newest)

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._newest.header_name += data[start:end]
        self._check_headers()

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._newest.header_value += data[start:end]
        self._check_headers()

    def _header_end(self) -> None:
        part = self._newest
        part.headers[part.header_name.decode("latin-1").lower()] = bytes(part.header_value)
        part.header_name, part.header_value = bytearray(), bytearray()

    def _headers_finished(self) -> None:
        self._newest.has_headers = True

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._newest.waiting.append(data[start:end])

    def _end(self) -> None:
        self._newest.has_ended = True

    def _check_headers(self) -> None:
        part = self._newest
        length = len(part.header_name) + len(part.header_value) + sum(map(len, part.headers.values()))
        if length > HEADERS_MAX_BYTES:
            raise BrokenFormError("a part's headers are too long")
