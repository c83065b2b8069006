"""Errors of letters.

CasesError
├── LetterRefusedError         it lacks something that it must say; carries what
├── LetterNotFoundError        the case has no such letter
├── LetterUndeliverableError   it can go nowhere this way: no address, no conversation
├── LetterSendingError         the mail server or the chat did not take it; it is not sent
└── LetterTemplatesError       data/letters cannot be used as it stands
"""

from cases.errors import CasesError
from privacy.letter_check import Fault


class LetterRefusedError(CasesError):
    """The letter is not sent as it stands."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(", ".join(fault.key for fault in faults))
        self.faults = faults


class LetterNotFoundError(CasesError):
    """The case has no such letter."""


class LetterUndeliverableError(CasesError):
    """The case has no address or no conversation for this way, or the address does not work."""


class LetterSendingError(CasesError):
    """The way was not open just now. Nothing was sent; trying again is safe."""


class LetterTemplatesError(CasesError):
    """A file of ``data/letters`` is missing or broken; the message names it."""
