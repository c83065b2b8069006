"""How a package ends: its content is deleted, what remains says that there was one."""

from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.drafts import JOBS
from cases.history import EventKind
from cases.packages.states import PackageState
from cases.recording import record
from cases.storage.file_rows import CaseFileRow
from cases.storage.package_rows import AccessPackageRow
from cases.storage.rows import CaseRow
from cases.storage.sealing import Sealer
from foundation.clock import Clock
from foundation.database import Sessions
from foundation.encryption import KeyRing

DOCUMENT: Final = "access_package.document"
CONTENTS: Final = "access_package.contents"
BATCH: Final = 100


async def end_package(
    session: AsyncSession, row: AccessPackageRow, state: PackageState, *, sealer: Sealer, now: datetime
) -> None:
    """Take a package out of reach and delete what it held. The caller writes the event."""
    file_id, row.file_id = row.file_id, None
    row.state, row.ended_at = state, now
    row.document_sealed = sealer.seal_certain("", column=DOCUMENT, reference=str(row.id))
    row.contents_sealed = sealer.seal_certain("[]", column=CONTENTS, reference=str(row.id))
    await session.flush()
    await session.execute(delete(CaseFileRow).where(CaseFileRow.id == file_id))


class PackageExpiry:
    """Ends the packages whose time is up."""

    def __init__(self, sessions: Sessions, *, key_ring: KeyRing, clock: Clock) -> None:
        self._sessions, self._clock = sessions, clock
        self._sealer = Sealer(key_ring)

    async def expire(self) -> int:
        """End every package whose time is up, and return how many there were."""
        now = self._clock()
        overdue = (
            select(AccessPackageRow.id, AccessPackageRow.case_id)
            .where(AccessPackageRow.state == PackageState.RELEASED, AccessPackageRow.expires_at <= now)
            .limit(BATCH)
        )
        async with self._sessions() as session:
            found = (await session.execute(overdue)).all()
        for package_id, case_id in found:
            async with self._sessions.begin() as session:
                case = await session.get_one(CaseRow, case_id, with_for_update=True)
                row = await session.get(AccessPackageRow, package_id)
                if row is None or row.state is not PackageState.RELEASED:
                    continue
                await end_package(session, row, PackageState.EXPIRED, sealer=self._sealer, now=now)
                facts = {"package_id": str(row.id)}
                await record(
                    session,
                    case,
                    EventKind.PACKAGE_EXPIRED,
                    actor=JOBS,
                    occurred_at=now,
                    status_before=case.status,
                    facts=facts,
                )
        return len(found)
