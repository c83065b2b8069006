"""Errors of the case system.

CasesError
├── CaseNotFoundError            no case has that reference
├── NoEvidenceError              nothing was signed for the case
├── MarketingBlockNotFoundError  no marketing block has that reference
├── ReferenceTakenError          the reference belongs to another request
├── ReceiptInFutureError         the request claims to have come in later than now
├── StaleVersionError            somebody changed the case in between
├── ForbiddenTransitionError     the case cannot go there, or not by that hand
├── CaseEndedError               nothing can be added to a case that has ended
└── InvalidCursorError           the page cursor is not one of ours
"""


class CasesError(Exception):
    """Base of everything that the case system raises."""


class CaseNotFoundError(CasesError):
    """No case has that reference."""


class NoEvidenceError(CasesError):
    """Nothing was signed for the case."""


class MarketingBlockNotFoundError(CasesError):
    """No marketing block has that reference."""


class ReferenceTakenError(CasesError):
    """The reference was used before, with another body."""


class ReceiptInFutureError(CasesError):
    """The request claims to have come in later than now."""


class StaleVersionError(CasesError):
    """The caller saw an older version of the case than the one that stands."""

    def __init__(self, *, given: int, current: int) -> None:
        super().__init__(f"version {given} was given, {current} is current")
        self.current = current


class ForbiddenTransitionError(CasesError):
    """The rules do not allow the step; the message says which part of it."""


class CaseEndedError(CasesError):
    """The case has been decided: there is nothing left to add to or to withdraw."""


class InvalidCursorError(CasesError):
    """The page cursor is not one of ours."""
