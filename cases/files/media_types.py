"""Which files are taken, told by what they contain.

The list is what officers need: documents, pictures of documents, tables, exports and recordings. What a browser would
show as a page (HTML, SVG), archives and what carries macros are not on it.
Signatures: the formats' own specifications, each named below.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cases.files.errors import FileRefusedError, Refusal
from cases.files.names import extension_of

HEAD_BYTES: Final = 4096
"""How much of a content is needed to know what it is."""


@dataclass(frozen=True, slots=True)
class MediaType:
    """One kind of file that we take."""

    name: str
    extensions: tuple[str, ...]
    matches: Callable[[bytes], bool]
    is_text: bool = False
    """Whether every byte must be text; the head alone does not show that."""


def _begins(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(signatures)


def _holds(signature: bytes, *, at: int, after: bytes = b"") -> Callable[[bytes], bool]:
    return lambda head: head.startswith(after) and head[at : at + len(signature)] == signature


_ZIP: Final = b"PK\x03\x04"
_ZIP_NAME_AT: Final = 30
"""Offset of the first entry's name (PKWARE APPNOTE 4.3.7)."""


def _office(*folders: bytes) -> Callable[[bytes], bool]:
    """Office Open XML (ECMA-376 part 2): a ZIP that begins with its content types and has a folder of its kind."""
    first = (b"[Content_Types].xml", b"_rels/", b"docProps/", *folders)
    return lambda head: head.startswith(_ZIP) and head[_ZIP_NAME_AT:].startswith(first)


def _open_document(kind: bytes) -> Callable[[bytes], bool]:
    """OpenDocument part 2, section 3.3: the first entry is ``mimetype``, uncompressed."""
    return lambda head: head.startswith(_ZIP) and head[_ZIP_NAME_AT:].startswith(b"mimetype" + kind)


def _is_text(head: bytes) -> bool:
    return bool(head.strip()) and b"\0" not in head and not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _is_json(head: bytes) -> bool:
    return _is_text(head) and head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}


_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ODT: Final = "application/vnd.oasis.opendocument.text"
_ODS: Final = "application/vnd.oasis.opendocument.spreadsheet"

ALLOWED: Final = (
    MediaType("application/pdf", ("pdf",), _begins(b"%PDF-")),  # ISO 32000-1, 7.5.2
    MediaType("image/png", ("png",), _begins(b"\x89PNG\r\n\x1a\n")),  # PNG 5.2
    MediaType("image/jpeg", ("jpg", "jpeg"), _begins(b"\xff\xd8\xff")),  # ITU T.81 B.1
    MediaType("image/tiff", ("tif", "tiff"), _begins(b"II*\0", b"MM\0*")),  # TIFF 6.0, section 2
    MediaType(_ODT, ("odt",), _open_document(_ODT.encode())),
    MediaType(_ODS, ("ods",), _open_document(_ODS.encode())),
    MediaType(_WORD, ("docx",), _office(b"word/")),
    MediaType(_EXCEL, ("xlsx",), _office(b"xl/")),
    MediaType("audio/wav", ("wav",), _holds(b"WAVE", at=8, after=b"RIFF")),  # RFC 2361
    MediaType("audio/mpeg", ("mp3",), _begins(b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),  # ISO 11172-3
    MediaType("audio/mp4", ("m4a",), _holds(b"ftyp", at=4)),  # ISO 14496-12, 4.3
    MediaType("video/mp4", ("mp4",), _holds(b"ftyp", at=4)),
    MediaType("audio/ogg", ("ogg", "oga", "opus"), _begins(b"OggS")),  # RFC 3533
    MediaType("application/json", ("json",), _is_json, is_text=True),  # RFC 8259
    MediaType("text/csv", ("csv",), _is_text, is_text=True),  # RFC 4180
    MediaType("text/plain", ("txt",), _is_text, is_text=True),
)

EXTENSIONS: Final = tuple(dict.fromkeys(extension for kind in ALLOWED for extension in kind.extensions))


def recognise(name: str, head: bytes) -> MediaType:
    """Return what a file is by the first :data:`HEAD_BYTES` of its content.

    The extension only chooses between types that the content fits (a text may be CSV); it is never believed alone.

    Raises:
        FileRefusedError: empty, of no allowed type, or of another type than its name claims.
    """
    if not head:
        raise FileRefusedError(Refusal.EMPTY)
    fitting = [kind for kind in ALLOWED if kind.matches(head)]
    if not fitting:
        raise FileRefusedError(Refusal.UNKNOWN_TYPE)
    extension = extension_of(name)
    for kind in fitting:
        if extension in kind.extensions:
            return kind
    raise FileRefusedError(Refusal.WRONG_EXTENSION)
