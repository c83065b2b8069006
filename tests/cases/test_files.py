"""Files of a case: taken in as a stream, sealed, handed out whole or not at all, gone when deleted."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from sqlalchemy import text

from cases.drafts import Actor
from cases.errors import CaseNotFoundError
from cases.files.errors import CaseFileNotFoundError, FileRefusedError, Refusal
from cases.files.kinds import FileKind
from cases.files.pieces import PIECE_BYTES
from cases.files.service import CaseFiles
from foundation.encryption import KeyRing
from foundation.errors import DecryptionError

pytestmark = pytest.mark.database

ANNA = Actor.officer("4")
PDF = b"%PDF-1.7\nBosse " + bytes(range(256)) * 9


@pytest.fixture
def files(sessions, key_ring, clock) -> CaseFiles:
    return CaseFiles(sessions, key_ring=key_ring, clock=clock)


@pytest.fixture
async def case(service, draft) -> str:
    await service.register(draft)
    return draft.reference


async def parts(content: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def whole(opened) -> bytes:
    return b"".join([part async for part in opened.content])


async def rows_of(sessions, table: str) -> int:
    async with sessions() as session:
        return await session.scalar(text(f"SELECT count(*) FROM cases.{table}"))  # noqa: S608


async def test_what_went_in_comes_out(files, case):
    for length in (3 * PIECE_BYTES, PIECE_BYTES - len(PDF) + 1, PIECE_BYTES - len(PDF), 1, 0):
        content = PDF + b"x" * length
        stored = await files.store(case, name="Lönespec.PDF", content=parts(content, 60_000), actor=ANNA)
        assert await whole(await files.open_file(case, stored.id, actor=ANNA)) == content

    [listed] = [file for file in await files.list_files(case) if file.id == stored.id]
    assert (listed.name, listed.media_type, listed.size_bytes) == ("Lönespec.pdf", "application/pdf", len(content))
    assert (listed.kind, listed.actor_id) == (FileKind.UPLOAD, ANNA.id)


async def test_every_coming_and_going_is_an_event_without_the_file_s_name(files, service, case):
    stored = await files.store(case, name="Karl Testsson.pdf", content=parts(PDF), actor=ANNA)
    await whole(await files.open_file(case, stored.id, actor=ANNA))
    await files.delete_file(case, stored.id, actor=ANNA)

    events = (await service.events(case))[1:]

    assert [event.kind for event in events] == ["file_stored", "file_downloaded", "file_deleted"]
    assert {event.facts["file_id"] for event in events} == {str(stored.id)}
    assert len({event.facts["digest"] for event in events}) == 1
    assert not any("Testsson" in str(event.facts) for event in events)


async def test_a_deleted_file_is_gone_from_every_table(files, sessions, case):
    stored = await files.store(case, name="a.pdf", content=parts(PDF + b"x" * PIECE_BYTES), actor=ANNA)

    await files.delete_file(case, stored.id, actor=ANNA)

    assert await rows_of(sessions, "case_file") == await rows_of(sessions, "case_file_piece") == 0
    with pytest.raises(CaseFileNotFoundError):
        await files.open_file(case, stored.id, actor=ANNA)


async def test_nothing_of_it_can_be_read_in_the_database(files, sessions, case):
    await files.store(case, name="Karl Testsson.pdf", content=parts(PDF), actor=ANNA)

    async with sessions() as session:
        for table in ("case_file", "case_file_piece", "case_event"):
            for row in (await session.scalars(text(f"SELECT t::text FROM cases.{table} t"))).all():  # noqa: S608
                for secret in ("Testsson", b"Testsson".hex(), b"Bosse".hex(), b"%PDF".hex()):
                    assert secret not in row


async def test_what_is_refused_is_not_kept(files, service, sessions, case):
    for content in (b"<!doctype html>", PDF.replace(b"%PDF", b"%HTM"), b"x" * 2 * PIECE_BYTES + b"\0"):
        with pytest.raises(FileRefusedError):
            await files.store(case, name="a.txt", content=parts(content, 70_000), actor=ANNA)

    assert await rows_of(sessions, "case_file") == await rows_of(sessions, "case_file_piece") == 0
    assert len(await service.events(case)) == 1


async def test_a_file_that_grows_too_large_is_refused_and_gone(sessions, key_ring, clock, case):
    files = CaseFiles(sessions, key_ring=key_ring, clock=clock, max_bytes=2 * PIECE_BYTES)

    with pytest.raises(FileRefusedError) as refused:
        await files.store(case, name="a.pdf", content=parts(PDF + b"x" * 2 * PIECE_BYTES, 50_000), actor=ANNA)

    assert refused.value.refusal is Refusal.TOO_LARGE
    assert await rows_of(sessions, "case_file_piece") == 0


async def test_what_breaks_off_leaves_nothing(files, sessions, case):
    async def broken() -> AsyncIterator[bytes]:
        yield PDF + b"x" * 2 * PIECE_BYTES
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await files.store(case, name="a.pdf", content=broken(), actor=ANNA)

    assert await rows_of(sessions, "case_file") == await rows_of(sessions, "case_file_piece") == 0


async def test_a_cancelled_upload_leaves_nothing(files, sessions, case):
    begun = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield PDF + b"x" * 2 * PIECE_BYTES
        begun.set()
        await asyncio.Event().wait()

    upload = asyncio.create_task(files.store(case, name="a.pdf", content=endless(), actor=ANNA))
    await begun.wait()
    upload.cancel()
    await asyncio.gather(upload, return_exceptions=True)

    assert await rows_of(sessions, "case_file") == await rows_of(sessions, "case_file_piece") == 0


async def test_the_worker_sweeps_what_a_dead_process_left_however_long_ago(files, sessions, case, clock, minute_job):
    kept = await files.store(case, name="b.pdf", content=parts(PDF), actor=ANNA)
    await files.store(case, name="a.pdf", content=parts(PDF), actor=ANNA)
    async with sessions.begin() as session:
        broken_off = "UPDATE cases.case_file SET stored_at = NULL, size_bytes = NULL, pieces = NULL WHERE id <> :kept"
        await session.execute(text(broken_off), {"kept": kept.id})
    clock.advance(days=3)

    await minute_job()

    assert [file.id for file in await files.list_files(case)] == [kept.id]
    assert await rows_of(sessions, "case_file") == 1


async def test_what_a_dead_process_left_is_invisible_and_swept(files, sessions, case, clock):
    stored = await files.store(case, name="a.pdf", content=parts(PDF), actor=ANNA)
    async with sessions.begin() as session:
        await session.execute(text("UPDATE cases.case_file SET stored_at = NULL, size_bytes = NULL, pieces = NULL"))

    assert await files.list_files(case) == []
    with pytest.raises(CaseFileNotFoundError):
        await files.open_file(case, stored.id, actor=ANNA)
    assert await files.sweep() == 0
    clock.advance(hours=7)
    assert await files.sweep() == 1
    assert await rows_of(sessions, "case_file_piece") == 0


TAMPERING = {
    "end missing": "DELETE FROM cases.case_file_piece WHERE file_id = :id AND number = 2",
    "middle missing": "DELETE FROM cases.case_file_piece WHERE file_id = :id AND number = 1",
    "cut short and said so": "UPDATE cases.case_file SET pieces = 2 WHERE id = :id",
    "changed": """UPDATE cases.case_file_piece SET sealed = set_byte(sealed, 9, 255 - get_byte(sealed, 9))
                  WHERE file_id = :id AND number = 1""",
    "in another's place": """UPDATE cases.case_file_piece p SET sealed = o.sealed FROM cases.case_file_piece o
                  WHERE p.file_id = :id AND o.file_id = :id AND p.number = 0 AND o.number = 1""",
    "from another file": """UPDATE cases.case_file_piece p SET sealed = o.sealed FROM cases.case_file_piece o
                  WHERE p.file_id = :id AND o.file_id <> :id AND p.number = o.number""",
}


async def test_a_content_that_was_touched_is_never_given_out_whole(files, sessions, case):
    content = PDF + b"x" * 2 * PIECE_BYTES
    await files.store(case, name="another.pdf", content=parts(content, 99_999), actor=ANNA)
    for what, statement in TAMPERING.items():
        stored = await files.store(case, name="a.pdf", content=parts(content, 99_999), actor=ANNA)
        async with sessions.begin() as session:
            assert (await session.execute(text(statement), {"id": stored.id})).rowcount, what
        with pytest.raises(DecryptionError):
            await whole(await files.open_file(case, stored.id, actor=ANNA))


async def test_another_case_s_file_cannot_be_reached(files, service, case, another):
    await service.register(other := another())
    stored = await files.store(case, name="a.pdf", content=parts(PDF), actor=ANNA)

    with pytest.raises(CaseFileNotFoundError):
        await files.open_file(other.reference, stored.id, actor=ANNA)
    with pytest.raises(CaseFileNotFoundError):
        await files.delete_file(other.reference, stored.id, actor=ANNA)
    with pytest.raises(CaseFileNotFoundError):
        await files.open_file(case, uuid4(), actor=ANNA)
    with pytest.raises(CaseNotFoundError):
        await files.store("AR-0000-0000", name="a.pdf", content=parts(PDF), actor=ANNA)


async def test_an_export_again_takes_the_place_of_the_earlier_one(files, case):
    actor = Actor.system("mailchimp")
    for content in (b'{"n": 1}', b'{"n": 2}'):
        last = await files.store_gathered(case, system="mailchimp", name="medlem.json", content=content, actor=actor)
    await files.store_gathered(case, system="hubspot", name="medlem.json", content=b"{}", actor=actor)

    assert sorted(file.source for file in await files.list_files(case)) == ["hubspot", "mailchimp"]
    assert await whole(await files.open_file(case, last.id, actor=ANNA)) == b'{"n": 2}'


async def test_only_the_small_key_must_be_rewritten_when_keys_are_rotated(files, sessions, case, clock):
    stored = await files.store(case, name="a.pdf", content=parts(PDF), actor=ANNA)
    old = KeyRing.from_secrets("a secret for tests", lookup_secret="another secret for tests")
    both = KeyRing.from_secrets("a new secret", "a secret for tests", lookup_secret="another secret for tests")
    new = KeyRing.from_secrets("a new secret", lookup_secret="another secret for tests")
    key_context, name_context = f"cases.case_file.content:{stored.id}", f"cases.case_file.name:{stored.id}"
    async with sessions.begin() as session:
        [(key, name)] = (await session.execute(text("SELECT key_sealed, name_sealed FROM cases.case_file"))).all()
        assert both.needs_rotation(key)
        rotated = {
            "key": both.encrypt(old.decrypt(key, context=key_context), context=key_context),
            "name": both.encrypt(old.decrypt(name, context=name_context), context=name_context),
        }
        await session.execute(text("UPDATE cases.case_file SET key_sealed = :key, name_sealed = :name"), rotated)

    opened = await CaseFiles(sessions, key_ring=new, clock=clock).open_file(case, stored.id, actor=ANNA)

    assert await whole(opened) == PDF
