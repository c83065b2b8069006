"""The list of subcontractors as the operator entered it: read at start, refused as a whole if anything is unclear.

The policy promises the list on request (DESIGN.md: level 0); whoever has entered one spares everybody a case.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from actions.errors import KnowledgeError
from actions.knowledge import read_yaml

_NEEDED: Final = {"name", "service", "country"}
_OPTIONAL: Final = {"safeguard"}


@dataclass(frozen=True, slots=True)
class Processor:
    """One subcontractor."""

    name: str
    service: str
    """What it does for the company, in Swedish."""

    country: str
    """Where it handles the data, in Swedish."""

    safeguard: str | None = None
    """On what a transfer outside EU/EES rests, in Swedish."""


@dataclass(frozen=True, slots=True)
class ProcessorList:
    """All of them, as of a day."""

    as_of: date
    processors: tuple[Processor, ...]


def load_processors(path: Path | None, *, today: date) -> ProcessorList | None:
    """Read the list; None when the operator has entered none.

    Raises:
        KnowledgeError: the file is missing, unreadable or incomplete, names somebody twice, or is of a day to come.
    """
    if path is None:
        return None
    try:
        content = read_yaml(path)
        found = ProcessorList(content["as_of"], tuple(_processor(entry) for entry in content["processors"]))
    except (OSError, KeyError, TypeError, ValueError, yaml.YAMLError) as error:
        raise KnowledgeError(f"{path}: {type(error).__name__}: {error}") from error
    if not isinstance(found.as_of, date) or found.as_of > today:
        raise KnowledgeError(f"{path}: as_of must be the day on which the list was right, such as 2026-11-01")
    names = [processor.name for processor in found.processors]
    if not names or len(set(names)) != len(names):
        raise KnowledgeError(f"{path}: at least one processor, each once")
    return found


def _processor(entry: Mapping[str, Any]) -> Processor:
    if not isinstance(entry, Mapping):
        raise TypeError("a processor is a mapping")
    if not entry.keys() >= _NEEDED or entry.keys() - _NEEDED - _OPTIONAL:
        raise ValueError(f"a processor has {sorted(_NEEDED)} and perhaps {sorted(_OPTIONAL)}, not {sorted(entry)}")
    values = {key: str(value).strip() for key, value in entry.items()}
    if not all(values.values()):
        raise ValueError("a processor's entries may not be empty")
    return Processor(**values)
