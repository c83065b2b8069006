"""What the visitor reads about an identification: a look-up in ``messages.yml``, which is read once at import.

An identification stores a *reason*, not a sentence: ``hint:<status>:<hint code>``, ``error:<code>`` or
``broker:<key>``. So an unknown code survives in the database and texts can change at any time.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from foundation.yaml_files import read_yaml

ANY: Final = "*"
MODES: Final = ("qr", "same_device")
DEVICES: Final = ("computer", "mobile")
LANGUAGES: Final = ("sv", "en")


@dataclass(frozen=True, slots=True)
class Messages:
    """The table. ``document`` is the parsed YAML."""

    texts: dict[str, dict[str, str]]
    hints: dict[tuple[str, str, str, str], str]
    """(status, hint, mode, device) → key of ``texts``, wildcards of mode and device already multiplied out."""

    errors: dict[str, str]
    broker: dict[str, str]

    @classmethod
    def read(cls, path: Path) -> Messages:
        document: dict[str, Any] = read_yaml(path)
        hints: dict[tuple[str, str, str, str], str] = {}
        for row in document["hints"]:
            for mode in (row["mode"],) if "mode" in row else MODES:
                for device in (row["device"],) if "device" in row else DEVICES:
                    hints[row["status"], row["hint"], mode, device] = row["text"]
        return cls(document["texts"], hints, document["errors"], document["broker"])

    def text(self, reason: str, *, mode: str | None, mobile: bool, language: str = "sv") -> str:
        """Return the sentence for ``reason``; whatever is unknown gets the table's fallback of its kind."""
        return self.texts[self.key(reason, mode=mode, mobile=mobile)][language]

    def key(self, reason: str, *, mode: str | None, mobile: bool) -> str:
        kind, _, rest = reason.partition(":")
        if kind == "broker" and rest in self.broker:
            return self.broker[rest]
        if kind == "hint":
            status, _, hint = rest.partition(":")
            place = (mode or MODES[0], DEVICES[mobile])
            for known in (hint, ANY):
                if key := self.hints.get((status, known, *place)):
                    return key
        return self.errors.get(rest if kind == "error" else ANY, self.errors[ANY])


MESSAGES: Final = Messages.read(Path(__file__).with_name("messages.yml"))
