"""Errors of files.

CasesError
├── CaseFileNotFoundError   the case has no such file
└── FileRefusedError        a file that we do not take; carries why
"""

from enum import StrEnum

from cases.errors import CasesError


class Refusal(StrEnum):
    """Why a file was not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNKNOWN_TYPE = "unknown_type"
    """Its content is none of what is allowed."""

    WRONG_EXTENSION = "wrong_extension"
    """Its name claims another type than its content has."""

    BROKEN_TEXT = "broken_text"
    """A text file whose bytes are not text (UTF-8)."""


class CaseFileNotFoundError(CasesError):
    """The case has no such file, or it is not whole yet."""


class FileRefusedError(CasesError):
    """The file is not one that we take; nothing of it is kept."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
