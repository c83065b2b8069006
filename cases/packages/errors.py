"""Errors of packages.

CasesError
├── PackageNotFoundError     the case has no such package, or it has gone on since the page was read
├── PackageNotPossibleError  nothing is handed out in a case of that type
├── GatheringError           a source does not answer; nothing was made
└── FetchRefusedError        the package is not handed out to whoever asks; carries why
"""

from enum import StrEnum

from cases.errors import CasesError


class PackageNotFoundError(CasesError):
    """The case has no such package, or it is no longer in that state."""


class PackageNotPossibleError(CasesError):
    """The case is not of a type in which something is handed out."""


class GatheringError(CasesError):
    """A source of the package does not answer. Nothing was made."""


class FetchRefusal(StrEnum):
    """Why a package is not handed out."""

    NOT_YOURS = "not_yours"
    """Somebody else asks. Whether there is a package is not told."""

    NOT_RELEASED = "not_released"
    EXPIRED = "expired"
    USED = "used"
    """The identification has opened it once, or too much time has passed since."""


class FetchRefusedError(CasesError):
    """The package is not handed out; the try stands in the case's history."""

    def __init__(self, refusal: FetchRefusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
