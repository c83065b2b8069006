"""Errors of the case system.

CasesError
├── CaseNotFoundError            no case has that reference
├── NoEvidenceError              nothing was signed for the case
├── MarketingBlockNotFoundError  no marketing block has that reference
├── ReferenceTakenError          the reference belongs to another request
├── ReceiptInFutureError         the request claims to have come in later than now
├── StaleVersionError            somebody changed the case in between
├── ForbiddenTransitionError     the case cannot go there, or not by that hand
│   ├── UnfinishedChecklistError mandatory tasks of its checklist are open
│   └── IdentityNotInDoubtError  who asks is known, so nothing more may be asked for
├── IdentityNotEstablishedError  nobody knows surely enough who asks: nothing may have its effect yet
├── CaseEndedError               nothing can be added to a case that has ended
├── NoSuchConnectorError         the system is not connected, or cannot do that
├── TaskNotFoundError            the case has no such task
├── TaskNoteMissingError         a task that does not apply needs a reason
├── StaleTaskError               somebody changed the task in between
├── ChatUnavailableError         the chat does not answer, so what was to be done there is not done
├── CheckpointError              a checkpoint of the audit is none, was changed, or another key signed it
└── InvalidCursorError           the page cursor is not one of ours
"""

from collections.abc import Sequence

from privacy.identity_proof import IdentityGap


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


class UnfinishedChecklistError(ForbiddenTransitionError):
    """Mandatory tasks are open: the case cannot end as if everything had been done."""

    def __init__(self, unfinished: Sequence[str]) -> None:
        super().__init__(f"{len(unfinished)} mandatory tasks are open")
        self.unfinished = tuple(unfinished)
        """Their titles, in Swedish."""


class IdentityNotInDoubtError(ForbiddenTransitionError):
    """It is known who asks as surely as the right needs: more may not be asked for, and time does not stand still."""

    def __init__(self) -> None:
        super().__init__("the identity is not in doubt")


class IdentityNotEstablishedError(CasesError):
    """It is not known who asks as surely as the right needs: nothing is granted, handed out or deleted yet."""

    def __init__(self, gap: IdentityGap) -> None:
        super().__init__(f"the identity is not established: {gap}")
        self.gap = gap


class NoSuchConnectorError(CasesError):
    """The system is not connected, or cannot do what was asked."""


class TaskNotFoundError(CasesError):
    """The case has no such task."""


class TaskNoteMissingError(CasesError):
    """A task that does not apply needs a reason."""


class StaleTaskError(CasesError):
    """Somebody changed the task since the caller saw it."""

    def __init__(self, key: str, *, current: int) -> None:
        super().__init__(f"{key} has version {current} by now")
        self.current = current


class ChatUnavailableError(CasesError):
    """The chat does not answer; what was to be done there is not done, or not wholly. The same again finishes it."""


class CheckpointError(CasesError):
    """The file is no checkpoint, was changed, or was signed with another key; the message says which."""


class InvalidCursorError(CasesError):
    """The page cursor is not one of ours."""
