"""What a file is to its case."""

from enum import StrEnum


class FileKind(StrEnum):
    """Where a file comes from, or what it is for."""

    UPLOAD = "upload"
    """Staff brought it."""

    GATHERED = "gathered"
    """A connector exported it from one of the company's systems."""

    PACKAGE = "package"
    """What is handed to the person; made of the others (cases.packages)."""
