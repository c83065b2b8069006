"""What can be done with the files of a case. Whoever brings, takes or deletes one stands in the case's history."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.drafts import Actor
from cases.errors import CaseNotFoundError
from cases.files.errors import CaseFileNotFoundError
from cases.files.intake import MAX_BYTES, Intake
from cases.files.kinds import FileKind
from cases.files.names import safe_name
from cases.files.pieces import read_pieces, write_pieces
from cases.history import EventKind
from cases.recording import record
from cases.storage.cases import case_by_reference
from cases.storage.file_rows import CaseFileRow
from cases.storage.rows import CaseRow
from cases.storage.sealing import Sealer
from foundation.clock import Clock
from foundation.database import Sessions
from foundation.encryption import KeyRing
from foundation.sealed_stream import ContentKey, new_content_key, open_content_key
from privacy.references import is_case_reference

NAME: Final = "case_file.name"
MADE_MAX_BYTES: Final = 20 * MAX_BYTES
"""Of what we make ourselves: more than all that a case can reasonably hold."""

NOTHING_MORE: Final[Mapping[str, Any]] = MappingProxyType({})

Also = Callable[[AsyncSession, CaseRow, CaseFileRow], Awaitable[Mapping[str, Any]]]
"""What is done together with storing a file; returns further facts of the event."""

BROKEN_OFF_AFTER: Final = timedelta(hours=6)
"""A file that has been coming in for so long never will."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a case, without its content."""

    id: UUID
    kind: FileKind
    source: str | None
    """The system that it was gathered from."""

    name: str = field(repr=False)
    media_type: str
    size_bytes: int
    stored_at: datetime
    actor_id: str


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file with its content, to be read once."""

    file: StoredFile
    content: AsyncIterator[bytes] = field(repr=False)


class CaseFiles:
    """Takes files in, hands them out, deletes them."""

    def __init__(self, sessions: Sessions, *, key_ring: KeyRing, clock: Clock, max_bytes: int = MAX_BYTES) -> None:
        self._sessions, self._keys, self._clock, self._max_bytes = sessions, key_ring, clock, max_bytes
        self._sealer = Sealer(key_ring)

    async def store(
        self,
        reference: str,
        *,
        name: str,
        content: AsyncIterator[bytes],
        actor: Actor,
        kind: FileKind = FileKind.UPLOAD,
    ) -> StoredFile:
        """Keep a file that somebody brought; it counts from the moment it is whole.

        Raises:
            CaseNotFoundError: no case has that reference.
            FileRefusedError: it is not one that we take; nothing of it is kept.
        """
        return await self._take(reference, kind, name=name, content=content, actor=actor, source=None)

    async def store_gathered(
        self, reference: str, *, system: str, name: str, content: AsyncIterator[bytes] | bytes, actor: Actor
    ) -> StoredFile:
        """Keep what a connector exported. The same system and name again takes the earlier one's place.

        Args:
            reference: the case's.
            system: key of the system in the register.
            name: file name; its extension must fit the content, as for every file.
            content: JSON, CSV or whatever of the allowed types the system gives, whole or as a stream.
            actor: who ordered it, or the connector itself.

        Raises:
            CaseNotFoundError: no case has that reference.
            FileRefusedError: it is not one that we take; nothing of it is kept.
        """
        stream = _once(content) if isinstance(content, bytes) else content
        return await self._take(reference, FileKind.GATHERED, name=name, content=stream, actor=actor, source=system)

    async def store_made(
        self,
        reference: str,
        *,
        name: str,
        media_type: str,
        content: AsyncIterator[bytes],
        actor: Actor,
        event: EventKind,
        also: Also,
    ) -> StoredFile:
        """Keep a package that we made ourselves, of whatever length.

        Args:
            reference: the case's.
            name: file name.
            media_type: what it is.
            content: the stream of it; what it raises goes through, and nothing is kept.
            actor: who ordered it.
            event: what the history calls it.
            also: is done in the transaction in which the file begins to count; returns further facts of the event.

        Raises:
            CaseNotFoundError: no case has that reference.
        """
        intake = Intake(name, content, max_bytes=MADE_MAX_BYTES)
        return await self._store(
            reference, FileKind.PACKAGE, name, media_type, intake, actor=actor, source=None, event=event, also=also
        )

    async def list_files(self, reference: str) -> Sequence[StoredFile]:
        """Return the files of a case that are whole, oldest first.

        Raises:
            CaseNotFoundError: no case has that reference.
        """
        async with self._sessions() as session:
            case = await existing(session, reference)
            return [self._view(row) for row in await _whole_files(session, case.id)]

    async def open_file(
        self, reference: str, file_id: UUID, *, actor: Actor, kind: EventKind = EventKind.FILE_DOWNLOADED
    ) -> OpenedFile:
        """Return a file to be read, and write in the history that it was taken, before its first byte is.

        Raises:
            CaseNotFoundError: no case has that reference.
            CaseFileNotFoundError: the case has no such file.
        """
        async with self._sessions.begin() as session:
            case = await existing(session, reference, for_update=True)
            row = await _file_of(session, case, file_id)
            await self._record(session, case, kind, row, actor=actor)
            return OpenedFile(self._view(row), self._content(row))

    async def read(self, reference: str, file_id: UUID) -> OpenedFile:
        """Return a file to be read by ourselves, as a part of something whose making is the event.

        Raises:
            CaseNotFoundError: no case has that reference.
            CaseFileNotFoundError: the case has no such file.
        """
        async with self._sessions() as session:
            row = await _file_of(session, await existing(session, reference), file_id)
            return OpenedFile(self._view(row), self._content(row))

    async def delete_file(self, reference: str, file_id: UUID, *, actor: Actor) -> None:
        """Delete a file with all of its content; what stays is a line of the history without its name.

        Raises:
            CaseNotFoundError: no case has that reference.
            CaseFileNotFoundError: the case has no such file.
        """
        async with self._sessions.begin() as session:
            case = await existing(session, reference, for_update=True)
            row = await _file_of(session, case, file_id)
            if row.kind is FileKind.PACKAGE:
                raise CaseFileNotFoundError(str(file_id))  # it is withdrawn, not deleted (cases.packages)
            await session.delete(row)
            await self._record(session, case, EventKind.FILE_DELETED, row, actor=actor)

    async def sweep(self) -> int:
        """Delete what broke off on its way in, and return how many files that were."""
        async with self._sessions.begin() as session:
            broken_off = delete(CaseFileRow).where(
                CaseFileRow.stored_at.is_(None), CaseFileRow.begun_at < self._clock() - BROKEN_OFF_AFTER
            )
            return len((await session.scalars(broken_off.returning(CaseFileRow.id))).all())

    async def _take(
        self,
        reference: str,
        kind: FileKind,
        *,
        name: str,
        content: AsyncIterator[bytes],
        actor: Actor,
        source: str | None,
    ) -> StoredFile:
        name = safe_name(name)
        intake = Intake(name, content, max_bytes=self._max_bytes)
        media_type = (await intake.recognise()).name
        return await self._store(reference, kind, name, media_type, intake, actor=actor, source=source)

    async def _store(
        self,
        reference: str,
        kind: FileKind,
        name: str,
        media_type: str,
        intake: Intake,
        *,
        actor: Actor,
        source: str | None,
        event: EventKind = EventKind.FILE_STORED,
        also: Also | None = None,
    ) -> StoredFile:
        row, key = await self._begin(reference, kind, name, media_type, actor=actor, source=source)
        is_whole = False
        try:
            pieces = await write_pieces(self._sessions, row.id, key, intake.parts())
            stored = await self._finish(reference, row.id, intake, pieces, actor=actor, event=event, also=also)
            is_whole = True
        finally:
            if not is_whole:  # refused, or the sender went away: nothing of it stays
                async with self._sessions.begin() as session:
                    await session.execute(delete(CaseFileRow).where(CaseFileRow.id == row.id))
        return stored

    async def _begin(
        self, reference: str, kind: FileKind, name: str, media_type: str, *, actor: Actor, source: str | None
    ) -> tuple[CaseFileRow, ContentKey]:
        file_id = uuid4()
        key, key_sealed = new_content_key(self._keys, context=content_context(file_id))
        async with self._sessions.begin() as session:
            case = await existing(session, reference)
            row = CaseFileRow(
                id=file_id,
                case_id=case.id,
                kind=kind,
                source=source,
                name_sealed=self._sealer.seal_certain(name, column=NAME, reference=str(file_id)),
                media_type=media_type,
                key_sealed=key_sealed,
                actor_id=actor.id,
                begun_at=self._clock(),
            )
            session.add(row)
        return row, key

    async def _finish(
        self,
        reference: str,
        file_id: UUID,
        intake: Intake,
        pieces: int,
        *,
        actor: Actor,
        event: EventKind,
        also: Also | None,
    ) -> StoredFile:
        async with self._sessions.begin() as session:
            case = await existing(session, reference, for_update=True)
            row = await session.get_one(CaseFileRow, file_id)
            row.stored_at, row.size_bytes, row.pieces = self._clock(), intake.size_bytes, pieces
            row.digest = self._keys.lookup_digest(intake.sha256(), context="cases.case_file.content")
            await self._replace_earlier(session, row)
            await session.flush()
            more = {} if also is None else await also(session, case, row)
            await self._record(session, case, event, row, actor=actor, more=more)
            return self._view(row)

    async def _replace_earlier(self, session: AsyncSession, row: CaseFileRow) -> None:
        """Delete what the same system gave under the same name before."""
        if row.kind is not FileKind.GATHERED:
            return
        name = self._name_of(row)
        for other in await _whole_files(session, row.case_id):
            if other.id != row.id and other.source == row.source and self._name_of(other) == name:
                await session.delete(other)

    async def _record(
        self,
        session: AsyncSession,
        case: CaseRow,
        kind: EventKind,
        row: CaseFileRow,
        *,
        actor: Actor,
        more: Mapping[str, Any] = NOTHING_MORE,
    ) -> None:
        facts: dict[str, Any] = {
            **more,
            "file_id": str(row.id),
            "file_kind": row.kind.value,
            "media_type": row.media_type,
            "size_bytes": row.size_bytes,
            "digest": (row.digest or b"").hex(),
        }
        if row.source is not None:
            facts["source"] = row.source
        now = self._clock()
        await record(session, case, kind, actor=actor, occurred_at=now, status_before=case.status, facts=facts)

    def _content(self, row: CaseFileRow) -> AsyncIterator[bytes]:
        key = open_content_key(self._keys, row.key_sealed, context=content_context(row.id))
        return read_pieces(self._sessions, row.id, key, row.pieces or 0)

    def _view(self, row: CaseFileRow) -> StoredFile:
        if row.stored_at is None or row.size_bytes is None:
            raise CaseFileNotFoundError(str(row.id))
        return StoredFile(
            id=row.id,
            kind=row.kind,
            source=row.source,
            name=self._name_of(row),
            media_type=row.media_type,
            size_bytes=row.size_bytes,
            stored_at=row.stored_at,
            actor_id=row.actor_id,
        )

    def _name_of(self, row: CaseFileRow) -> str:
        return self._sealer.unseal_certain(row.name_sealed, column=NAME, reference=str(row.id))


def content_context(file_id: UUID) -> str:
    """Return what a file's data key and pieces are bound to."""
    return f"cases.case_file.content:{file_id}"


async def existing(session: AsyncSession, reference: str, *, for_update: bool = False) -> CaseRow:
    """Return a case; with ``for_update`` nobody else changes it until the transaction ends.

    Raises:
        CaseNotFoundError: no case has that reference.
    """
    case = None
    if is_case_reference(reference):  # what is none may hold what PostgreSQL cannot take
        case = await case_by_reference(session, reference, for_update=for_update)
    if case is None:
        raise CaseNotFoundError(reference)
    return case


async def _file_of(session: AsyncSession, case: CaseRow, file_id: UUID) -> CaseFileRow:
    row = await session.get(CaseFileRow, file_id)
    if row is None or row.case_id != case.id or row.stored_at is None:
        raise CaseFileNotFoundError(str(file_id))
    return row


async def _whole_files(session: AsyncSession, case_id: int) -> Sequence[CaseFileRow]:
    statement = (
        select(CaseFileRow)
        .where(CaseFileRow.case_id == case_id, CaseFileRow.stored_at.is_not(None))
        .order_by(CaseFileRow.stored_at, CaseFileRow.id)
    )
    return (await session.scalars(statement)).all()


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
