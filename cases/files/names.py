"""File names: what somebody's computer called it, made harmless for ours and for the next one.

Source: RFC 6266 section 4.3 and appendix D (Content-Disposition), RFC 8187 (other characters than ASCII).
"""

import unicodedata
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import quote

MAX_STEM: Final = 80
MAX_EXTENSION: Final = 8
FALLBACK: Final = "fil"

_FORBIDDEN: Final = frozenset('<>:"/\\|?*%;')
_DO_NOT_SHOW: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Controls, marks that turn the direction of writing (``cod.exe`` shown as ``exe.doc``), halves of characters."""

_RESERVED: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))}
)
"""Names that Windows takes for devices, whatever follows the first dot."""


def safe_name(given: str) -> str:
    """Return a plain file name: no path, nothing invisible, nothing that a system or a header reads otherwise."""
    last = given.replace("\\", "/").rpartition("/")[2]
    shown = "".join(
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFC", last)
        if character.isspace() or (unicodedata.category(character) not in _DO_NOT_SHOW and character not in _FORBIDDEN)
    )
    path = PurePosixPath(" ".join(shown.split()).lstrip(". "))
    extension = path.suffix if len(path.suffix) <= MAX_EXTENSION + 1 else ""
    stem = path.name.removesuffix(extension).strip(". ")[:MAX_STEM].strip(". ") or FALLBACK
    if stem.partition(".")[0].strip().casefold() in _RESERVED:
        stem = f"{FALLBACK}-{stem}"
    return f"{stem}{extension.lower()}"


def extension_of(name: str) -> str:
    """Return the extension in lower case without its dot; empty when there is none."""
    return PurePosixPath(name).suffix[1:].lower()


def attachment(name: str) -> str:
    """Return the Content-Disposition that makes every browser save a file under that name, never show it."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode() or FALLBACK
    plain = "".join(character for character in ascii_only if character not in '"\\')
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
