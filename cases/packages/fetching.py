"""Handing a package out: to the person whose case it is, identified with BankID, once per identification, in time.

Who asks is compared by the keyed digest of the number, here and nowhere else. Each fetch and each refused try is a line
of the case's history.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cases.drafts import ASSISTANT, DATA_SUBJECT, Actor
from cases.files.service import CaseFiles, OpenedFile, existing
from cases.history import EventKind
from cases.packages.errors import FetchRefusal, FetchRefusedError
from cases.packages.service import current_row
from cases.packages.states import PackageState
from cases.recording import record
from cases.storage.package_rows import AccessPackageRow, PackageFetchRow
from cases.storage.rows import CaseRow
from cases.storage.sealing import Sealer
from foundation.clock import Clock
from foundation.database import Sessions
from foundation.encryption import KeyRing

FETCH_WITHIN: Final = timedelta(minutes=15)
"""How long after identification the package can be opened."""


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a case has something to fetch; nothing about whose it is."""

    expires_at: datetime


class Fetching:
    """Lets the right person at a package."""

    def __init__(self, sessions: Sessions, *, key_ring: KeyRing, clock: Clock, files: CaseFiles) -> None:
        self._sessions, self._clock, self._files = sessions, clock, files
        self._sealer = Sealer(key_ring)

    async def availability(self, reference: str) -> Availability | None:
        """Return until when a case's package can be fetched; None when there is none to fetch.

        Raises:
            CaseNotFoundError: no case has that reference.
        """
        async with self._sessions() as session:
            row = await current_row(session, await existing(session, reference))
            if row is None or row.expires_at is None or row.expires_at <= self._clock():
                return None
            return Availability(row.expires_at)

    async def allow(self, reference: str, *, identification_id: UUID, personal_identity_number: str) -> Availability:
        """Let an identification at the package, once. The same again, before it was used, is the same.

        Raises:
            CaseNotFoundError: no case has that reference.
            FetchRefusedError: somebody else asks, nothing is released, its time is up, or it was used.
        """
        async with self._sessions.begin() as session:
            case = await existing(session, reference, for_update=True)
            refusal, row = await self._judge(session, case, identification_id, personal_identity_number)
            if refusal is None and row is not None and row.expires_at is not None:
                fetch = await session.get(PackageFetchRow, identification_id)
                if fetch is None:
                    session.add(
                        PackageFetchRow(
                            identification_id=identification_id, package_id=row.id, allowed_at=self._clock()
                        )
                    )
                return Availability(row.expires_at)
            refusal = refusal or FetchRefusal.NOT_RELEASED
            await self._refused(session, case, refusal, identification_id)
        raise FetchRefusedError(refusal)

    async def fetch(self, reference: str, *, identification_id: UUID) -> OpenedFile:
        """Open the package for an identification that was let at it. It works once.

        Raises:
            CaseNotFoundError: no case has that reference.
            FetchRefusedError: it was not let at it, has opened it already, too long ago, or the package is over.
        """
        async with self._sessions.begin() as session:
            case = await existing(session, reference, for_update=True)
            row = await current_row(session, case)
            fetch = await session.get(PackageFetchRow, identification_id, with_for_update=True)
            refusal = self._refusal_to_open(row, fetch)
            if refusal is not None:
                await self._refused(session, case, refusal, identification_id)
            elif fetch is not None and row is not None:
                fetch.fetched_at = self._clock()
                facts = {"package_id": str(row.id), "identification_id": str(identification_id)}
                await self._record(session, case, EventKind.PACKAGE_FETCHED, facts)
        if refusal is not None or row is None or row.file_id is None:
            raise FetchRefusedError(refusal or FetchRefusal.NOT_RELEASED)
        return await self._files.read(reference, row.file_id)

    async def _judge(
        self, session: AsyncSession, case: CaseRow, identification_id: UUID, number: str
    ) -> tuple[FetchRefusal | None, AccessPackageRow | None]:
        # Whose it is comes first: a stranger does not even learn whether there is something.
        if case.person_digest is None or not hmac.compare_digest(
            case.person_digest, self._sealer.person_digest(number)
        ):
            return FetchRefusal.NOT_YOURS, None
        row = await current_row(session, case)
        if row is None or row.state is not PackageState.RELEASED or row.expires_at is None:
            return FetchRefusal.NOT_RELEASED, None
        if row.expires_at <= self._clock():
            return FetchRefusal.EXPIRED, None
        fetch = await session.get(PackageFetchRow, identification_id)
        if fetch is not None and (fetch.package_id != row.id or fetch.fetched_at is not None):
            return FetchRefusal.USED, None
        return None, row

    def _refusal_to_open(self, row: AccessPackageRow | None, fetch: PackageFetchRow | None) -> FetchRefusal | None:
        if row is None or row.state is not PackageState.RELEASED or row.expires_at is None or fetch is None:
            return FetchRefusal.NOT_RELEASED
        if row.expires_at <= self._clock():
            return FetchRefusal.EXPIRED
        is_late = fetch.allowed_at + FETCH_WITHIN <= self._clock()
        if fetch.package_id != row.id or fetch.fetched_at is not None or is_late:
            return FetchRefusal.USED
        return None

    async def _refused(
        self, session: AsyncSession, case: CaseRow, refusal: FetchRefusal, identification_id: UUID
    ) -> None:
        facts = {"reason": refusal.value, "identification_id": str(identification_id)}
        actor = ASSISTANT if refusal is FetchRefusal.NOT_YOURS else DATA_SUBJECT
        await self._record(session, case, EventKind.PACKAGE_FETCH_REFUSED, facts, actor=actor)

    async def _record(
        self,
        session: AsyncSession,
        case: CaseRow,
        kind: EventKind,
        facts: dict[str, Any],
        *,
        actor: Actor = DATA_SUBJECT,
    ) -> None:
        now = self._clock()
        await record(session, case, kind, actor=actor, occurred_at=now, status_before=case.status, facts=facts)
