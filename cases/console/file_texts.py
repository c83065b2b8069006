"""What the console says about files, in Swedish."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from cases.files.errors import Refusal
from cases.files.kinds import FileKind

_KINDS: Final = (
    "PDF, bild (PNG, JPEG, TIFF), Word, Excel, OpenDocument, text, CSV, JSON, ljud (WAV, MP3, M4A, OGG) eller MP4"
)

REFUSALS: Final = MappingProxyType(
    {
        Refusal.EMPTY: "filen är tom",
        Refusal.TOO_LARGE: "filen är större än 200 MB; dela upp den",
        Refusal.UNKNOWN_TYPE: f"innehållet är inte av en tillåten typ: {_KINDS}",
        Refusal.WRONG_EXTENSION: "namnets ändelse stämmer inte med innehållet",
        Refusal.BROKEN_TEXT: "textfilen är inte sparad som UTF-8; spara om den och försök igen",
    }
)

TOO_LARGE: Final = (
    "Filerna är för stora",
    "En fil får vara högst 200 MB. Ingenting mer av det du skickade har sparats.",
)
NO_FILE: Final = "Välj minst en fil först."
NOT_TAKEN: Final = "{name} togs inte emot: {reason}."
ALLOWED: Final = f"Högst 200 MB per fil. Tillåtna typer: {_KINDS}."

KINDS: Final = MappingProxyType(
    {FileKind.UPLOAD: "Uppladdad", FileKind.GATHERED: "Hämtad ur system", FileKind.PACKAGE: "Utdrag"}
)

_TYPES: Final = MappingProxyType(
    {
        "application/pdf": "PDF",
        "application/json": "JSON",
        "application/zip": "ZIP",
        "text/csv": "CSV",
        "text/plain": "Text",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
        "application/vnd.oasis.opendocument.text": "OpenDocument-text",
        "application/vnd.oasis.opendocument.spreadsheet": "OpenDocument-kalkyl",
    }
)
_GROUPS: Final = MappingProxyType({"image": "Bild", "audio": "Ljud", "video": "Film"})


def type_name(media_type: str) -> str:
    """Return what officers call a media type."""
    return _TYPES.get(media_type) or _GROUPS.get(media_type.partition("/")[0], "Fil")


def size(size_bytes: int) -> str:
    """Return ``512 byte``, ``12 kB``, ``3,4 MB``: decimal units, as file managers show them."""
    if size_bytes < 1000:
        return f"{size_bytes} byte"
    if size_bytes < 999_500:
        return f"{round(size_bytes / 1000)} kB"
    return f"{size_bytes / 1_000_000:.1f}".replace(".", ",") + " MB"


def event_details(facts: Mapping[str, Any]) -> str | None:
    """Return what a file's event says of the file: never its name, which history does not hold."""
    if "media_type" not in facts or not isinstance(facts.get("size_bytes"), int):
        return None
    return f"{type_name(facts['media_type'])}, {size(facts['size_bytes'])}"
