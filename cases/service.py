"""The use cases, one transaction each. The API, the console and the worker call these and nothing below them."""

from collections.abc import Sequence

from cases.drafts import ASSISTANT, Actor, CaseDraft, MarketingBlockDraft
from cases.views import (
    BlockRegistration,
    CaseFile,
    CaseFilter,
    CaseSummary,
    CaseView,
    EventView,
    Page,
    Registration,
)
from foundation.clock import Clock
from foundation.database import Sessions
from foundation.encryption import KeyRing
from privacy.calendar import WorkingCalendar
from privacy.case_states import CaseStatus, Resolution

EVERY_CASE = CaseFilter()


class CaseService:
    """Registers requests, keeps their deadlines and moves them along."""

    def __init__(self, sessions: Sessions, *, key_ring: KeyRing, clock: Clock, calendar: WorkingCalendar) -> None:
        self._sessions = sessions
        self._key_ring = key_ring
        self._clock = clock
        self._calendar = calendar

    async def register(self, draft: CaseDraft, *, actor: Actor = ASSISTANT) -> Registration:
        """Make a confirmed request a case. The same draft again gives the same case and changes nothing.

        Raises:
            ReferenceTakenError: the reference was used before, for something else.
        """
        raise NotImplementedError

    async def list_cases(
        self, narrowing: CaseFilter = EVERY_CASE, *, limit: int = 50, cursor: str | None = None
    ) -> Page[CaseSummary]:
        """Return one page of cases, soonest due first.

        Raises:
            InvalidCursorError: ``cursor`` is not one that this method gave.
        """
        raise NotImplementedError

    async def read(self, reference: str) -> CaseView:
        """Return a case without anything that says whose it is.

        Raises:
            CaseNotFoundError: no case has that reference.
        """
        raise NotImplementedError

    async def open_file(self, reference: str, *, actor: Actor) -> CaseFile:
        """Return everything about a case, and write in its history that it was opened.

        Raises:
            CaseNotFoundError: no case has that reference.
        """
        raise NotImplementedError

    async def events(self, reference: str) -> Sequence[EventView]:
        """Return a case's history, oldest first.

        Raises:
            CaseNotFoundError: no case has that reference.
        """
        raise NotImplementedError

    async def transition(
        self,
        reference: str,
        *,
        to: CaseStatus,
        version: int,
        actor: Actor,
        resolution: Resolution | None = None,
        note: str | None = None,
    ) -> CaseView:
        """Move a case, with the entry in its deadline ledger that the move implies.

        To ``awaiting_*`` stops the clock, from there to ``in_progress`` starts it, ``extended`` extends (``note`` is
        the reason the person is given).

        Raises:
            CaseNotFoundError: no case has that reference.
            StaleVersionError: the case changed since ``version``.
            ForbiddenTransitionError: the rules do not allow the step.
        """
        raise NotImplementedError

    async def add_note(self, reference: str, text: str, *, actor: Actor) -> CaseFile:
        """Keep what an officer writes about a case.

        Raises:
            CaseNotFoundError: no case has that reference.
        """
        raise NotImplementedError

    async def block_marketing(self, draft: MarketingBlockDraft) -> BlockRegistration:
        """Put an address on the suppression list, at once. The same draft again gives the same receipt.

        Raises:
            ReferenceTakenError: the reference was used before, for something else.
            InvalidContactAddressError: the address is none.
        """
        raise NotImplementedError

    async def is_blocked(self, channel: str, address: str) -> bool:
        """Tell whether marketing to an address or number is blocked."""
        raise NotImplementedError
