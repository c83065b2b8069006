"""What staff do with a package: prepare it, look it through, release it, take it back."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.drafts import Actor
from cases.files.kinds import FileKind
from cases.files.service import CaseFiles, OpenedFile, existing
from cases.history import EventKind
from cases.identity_gate import require_identity
from cases.packages.account import Account, Attachment
from cases.packages.archive import Part, zipped
from cases.packages.document import document
from cases.packages.ending import CONTENTS, DOCUMENT, end_package
from cases.packages.errors import PackageNotFoundError, PackageNotPossibleError
from cases.packages.gathering import Gatherer
from cases.packages.portability import as_csv, as_json
from cases.packages.states import PackageState
from cases.recording import record
from cases.storage.file_rows import CaseFileRow
from cases.storage.package_rows import AccessPackageRow
from cases.storage.rows import CaseRow
from cases.storage.sealing import Sealer
from foundation.clock import Clock
from foundation.database import Sessions
from foundation.encryption import KeyRing
from privacy.request_types import RequestType

AVAILABLE: Final = timedelta(days=30)
"""How long a released package can be fetched."""

HANDED_OUT: Final = frozenset({RequestType.ACCESS, RequestType.PORTABILITY})
CURRENT: Final = (PackageState.PREPARED, PackageState.RELEASED)


@dataclass(frozen=True, slots=True)
class Package:
    """A package as staff see it."""

    id: UUID
    state: PackageState
    contents: tuple[Attachment, ...] = field(repr=False)
    prepared_by: str
    prepared_at: datetime
    released_by: str | None
    released_at: datetime | None
    expires_at: datetime | None


class Packages:
    """Prepares, releases and takes back."""

    def __init__(
        self, sessions: Sessions, *, key_ring: KeyRing, clock: Clock, files: CaseFiles, gatherer: Gatherer
    ) -> None:
        self._sessions, self._clock, self._files, self._gatherer = sessions, clock, files, gatherer
        self._sealer = Sealer(key_ring)

    async def current(self, reference: str) -> Package | None:
        """Return the package that a case has now, if it has one.

        Raises:
            CaseNotFoundError: no case has that reference.
        """
        async with self._sessions() as session:
            row = await current_row(session, await existing(session, reference))
            return None if row is None else self._view(row)

    async def prepare(
        self, reference: str, *, file_ids: Sequence[UUID], system_ids: Sequence[str], actor: Actor
    ) -> Package:
        """Make the package anew from what there is now. A prepared one gives way to it, a released one does not.

        Args:
            reference: the case's.
            file_ids: the files that go along.
            system_ids: the systems in which there is something about the person.
            actor: the officer.

        Raises:
            CaseNotFoundError: no case has that reference.
            PackageNotPossibleError: nothing is handed out in that type of case, or the package is released already.
            GatheringError: the chat does not answer.
        """
        async with self._sessions() as session:
            case = await existing(session, reference)
            row = await current_row(session, case)
        if case.request_type not in HANDED_OUT or (row is not None and row.state is PackageState.RELEASED):
            raise PackageNotPossibleError(case.request_type)
        stored = {file.id: file for file in await self._files.list_files(reference)}
        chosen = [stored[file_id] for file_id in dict.fromkeys(file_ids) if file_id in stored]
        chosen = [file for file in chosen if file.kind is not FileKind.PACKAGE]
        now = self._clock()
        account = await self._gatherer.account(case, files=chosen, system_ids=system_ids, made_at=now)
        made = made_parts(account)
        attached = [
            Part(about.path, about.title, (await self._files.read(reference, file.id)).content)
            for about, file in zip(account.attachments, chosen, strict=True)
        ]
        page = document(account)
        package_id = uuid4()

        async def keep(session: AsyncSession, case: CaseRow, file: CaseFileRow) -> dict[str, Any]:
            await self._give_way(session, case)
            contents = [asdict(one) for one in (*made_contents(made), *account.attachments)]
            session.add(
                AccessPackageRow(
                    id=package_id,
                    case_id=case.id,
                    state=PackageState.PREPARED,
                    file_id=file.id,
                    document_sealed=self._sealer.seal_certain(
                        page.decode(), column=DOCUMENT, reference=str(package_id)
                    ),
                    contents_sealed=self._sealer.seal_certain(
                        json.dumps(contents, ensure_ascii=False), column=CONTENTS, reference=str(package_id)
                    ),
                    prepared_by=actor.id,
                    prepared_at=now,
                )
            )
            return {"package_id": str(package_id), "parts": len(contents), "systems": sorted(system_ids)}

        parts = [*(Part(path, path, _once(content)) for path, content in made.items()), *attached]
        await self._files.store_made(
            reference,
            name=f"uppgifter-{reference}.zip",
            media_type="application/zip",
            content=zipped(parts, made_at=now),
            actor=actor,
            event=EventKind.PACKAGE_PREPARED,
            also=keep,
        )
        package = await self.current(reference)
        if package is None:
            raise PackageNotFoundError(reference)
        return package

    async def page(self, reference: str, package_id: UUID, *, actor: Actor) -> str:
        """Return the readable page of a package, as it lies in the ZIP, to an officer; an event.

        Raises:
            CaseNotFoundError: no case has that reference.
            PackageNotFoundError: the case has no such package now.
        """
        async with self._sessions.begin() as session:
            case = await existing(session, reference, for_update=True)
            row = await self._wanted(session, case, package_id, CURRENT)
            await self._record(session, case, EventKind.PACKAGE_SHOWN, row, actor=actor)
            return self._sealer.unseal_certain(row.document_sealed, column=DOCUMENT, reference=str(row.id))

    async def whole(self, reference: str, package_id: UUID, *, actor: Actor) -> OpenedFile:
        """Return the ZIP to an officer, who looks it through or sends it another way; an event.

        Raises:
            CaseNotFoundError: no case has that reference.
            PackageNotFoundError: the case has no such package now.
        """
        async with self._sessions() as session:
            row = await self._wanted(session, await existing(session, reference), package_id, CURRENT)
        if row.file_id is None:
            raise PackageNotFoundError(str(package_id))
        return await self._files.open_file(reference, row.file_id, actor=actor)

    async def release(self, reference: str, package_id: UUID, *, actor: Actor) -> Package:
        """Let the person fetch the package that the officer looked through, for :data:`AVAILABLE`.

        Raises:
            CaseNotFoundError: no case has that reference.
            PackageNotFoundError: it is not that package any more, or it is not waiting for its release.
            IdentityNotEstablishedError: nobody knows surely enough whose it is.
        """
        async with self._sessions.begin() as session:
            case = await existing(session, reference, for_update=True)
            await require_identity(session, case)
            row = await self._wanted(session, case, package_id, (PackageState.PREPARED,))
            row.state, row.released_by, row.released_at = PackageState.RELEASED, actor.id, self._clock()
            row.expires_at = row.released_at + AVAILABLE
            await self._record(session, case, EventKind.PACKAGE_RELEASED, row, actor=actor)
            return self._view(row)

    async def withdraw(self, reference: str, package_id: UUID, *, actor: Actor) -> None:
        """Take a package back and delete its content.

        Raises:
            CaseNotFoundError: no case has that reference.
            PackageNotFoundError: the case has no such package now.
        """
        async with self._sessions.begin() as session:
            case = await existing(session, reference, for_update=True)
            row = await self._wanted(session, case, package_id, CURRENT)
            await end_package(session, row, PackageState.WITHDRAWN, sealer=self._sealer, now=self._clock())
            await self._record(session, case, EventKind.PACKAGE_WITHDRAWN, row, actor=actor)

    async def _give_way(self, session: AsyncSession, case: CaseRow) -> None:
        """End the package that a newer one replaces.

        Raises:
            PackageNotPossibleError: it was released meanwhile.
        """
        row = await current_row(session, case)
        if row is None:
            return
        if row.state is PackageState.RELEASED:
            raise PackageNotPossibleError("released")
        await end_package(session, row, PackageState.WITHDRAWN, sealer=self._sealer, now=self._clock())

    async def _wanted(
        self, session: AsyncSession, case: CaseRow, package_id: UUID, states: Sequence[PackageState]
    ) -> AccessPackageRow:
        row = await session.get(AccessPackageRow, package_id)
        if row is None or row.case_id != case.id or row.state not in states:
            raise PackageNotFoundError(str(package_id))
        return row

    async def _record(
        self, session: AsyncSession, case: CaseRow, kind: EventKind, row: AccessPackageRow, *, actor: Actor
    ) -> None:
        facts: dict[str, Any] = {"package_id": str(row.id)}
        if kind is EventKind.PACKAGE_RELEASED and row.expires_at is not None:
            facts["expires_at"] = row.expires_at.isoformat()
        now = self._clock()
        await record(session, case, kind, actor=actor, occurred_at=now, status_before=case.status, facts=facts)

    def _view(self, row: AccessPackageRow) -> Package:
        contents = self._sealer.unseal_certain(row.contents_sealed, column=CONTENTS, reference=str(row.id))
        return Package(
            id=row.id,
            state=row.state,
            contents=tuple(Attachment(**one) for one in json.loads(contents)),
            prepared_by=row.prepared_by,
            prepared_at=row.prepared_at,
            released_by=row.released_by,
            released_at=row.released_at,
            expires_at=row.expires_at,
        )


async def current_row(session: AsyncSession, case: CaseRow) -> AccessPackageRow | None:
    """Return the package that a case has now."""
    wanted = select(AccessPackageRow).where(AccessPackageRow.case_id == case.id, AccessPackageRow.state.in_(CURRENT))
    return await session.scalar(wanted)


def made_parts(account: Account) -> dict[str, bytes]:
    """Return the files that we make ourselves, by their path in the ZIP; the page first."""
    page = document(account)
    if account.request_type is RequestType.ACCESS:
        return {"registerutdrag.html": page, "registerutdrag.json": as_json(account.as_json())}
    data = account.own_data()
    return {"läs mig.html": page, "uppgifter.json": as_json(data), "uppgifter.csv": as_csv(data)}


def made_contents(made: dict[str, bytes]) -> list[Attachment]:
    """Return the same as lines of the table of contents."""
    return [Attachment(path, path, "sammanställt här", len(content)) for path, content in made.items()]


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
