"""Heads of every chain, kept elsewhere and signed: a case that vanished whole, or was rewritten whole, is noticed.

A checkpoint is a text file: a line that says when it was made, one line a chain (``reference sequence hash``), and a
last line with an Ed25519 signature over everything before it. It is written line by line, however many cases there are.
It holds no personal data; keep it where whoever can write to the database cannot.
"""

import hashlib
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from cases import register_log
from cases.audit import REGISTER, Fault, Finding
from cases.errors import CheckpointError
from cases.storage.register_rows import RegisterEventRow
from cases.storage.rows import CaseEventRow, CaseRow

BATCH: Final = 1000
_FIRST_WORD: Final = "insyn-checkpoint-1"
_LAST_WORD: Final = "signature"


@dataclass(frozen=True, slots=True)
class Head:
    """The newest line of a chain, as it stood."""

    reference: str
    """A case's, or :data:`cases.audit.REGISTER`."""

    sequence: int
    hash: bytes

    def line(self) -> str:
        """Return it as it is written."""
        return f"{self.reference} {self.sequence} {self.hash.hex()}"


async def checkpoint_lines(session: AsyncSession, key: Ed25519PrivateKey, *, now: datetime) -> AsyncIterator[str]:
    """Yield the lines of a checkpoint, each with its line end."""
    digest = hashlib.sha256()

    def hashed(line: str) -> str:
        digest.update(f"{line}\n".encode())
        return f"{line}\n"

    yield hashed(f"{_FIRST_WORD} {now.isoformat()}")
    sequence, last_hash = await register_log.head_of(session)
    yield hashed(Head(REGISTER, sequence, last_hash).line())
    after = 0
    while batch := await _cases_after(session, after):
        for case in batch:
            yield hashed(Head(case.reference, case.last_sequence, case.last_hash).line())
            after = case.id
    yield f"{_LAST_WORD} {b64encode(key.sign(digest.digest())).decode()}\n"


def read_checkpoint(lines: Iterable[str], key: Ed25519PublicKey) -> tuple[datetime, Sequence[Head]]:
    """Return when a checkpoint was made and what stands in it, once its signature is verified.

    Raises:
        CheckpointError: it is none, was changed, or another key signed it.
    """
    digest, heads, made_at, signature = hashlib.sha256(), [], None, None
    for line in lines:
        words = line.split()
        if signature is not None:
            raise CheckpointError("the checkpoint goes on after its signature")
        if words[:1] == [_LAST_WORD] and len(words) == 2:
            signature = words[1]
            continue
        digest.update(line.encode())
        if made_at is None:
            made_at = _made_at(words)
        else:
            heads.append(_head(words))
    if made_at is None or signature is None:
        raise CheckpointError("the checkpoint is cut short")
    try:
        key.verify(b64decode(signature, validate=True), digest.digest())
    except (InvalidSignature, Base64Error):
        raise CheckpointError("the checkpoint was changed, or another key signed it") from None
    return made_at, heads


async def compare(session: AsyncSession, made_at: datetime, heads: Sequence[Head]) -> Sequence[Finding]:
    """Name every chain that does not go on from where the checkpoint says it stood.

    A head that is not there any more is ``removed``; one that says something else, ``changed``; a case that claims to
    be older than the checkpoint and does not stand in it, ``inserted``.
    """
    findings: list[Finding] = []
    for batch in _batches(head for head in heads if head.reference != REGISTER):
        now = {(row.reference, row.sequence): row.hash for row in await _events_at(session, batch)}
        findings += _compared(batch, now)
    findings += await _register_compared(session, [head for head in heads if head.reference == REGISTER])
    known = {head.reference for head in heads}
    older = select(CaseRow.reference).where(CaseRow.registered_at < made_at).order_by(CaseRow.id)
    async for (reference,) in await session.stream(older):
        if reference not in known:
            findings.append(Finding(reference, 1, Fault.INSERTED))
    return findings


def _compared(heads: Sequence[Head], now: dict[tuple[str, int], bytes]) -> Iterator[Finding]:
    for head in heads:
        stands = now.get((head.reference, head.sequence))
        if stands != head.hash:
            yield Finding(head.reference, head.sequence, Fault.REMOVED if stands is None else Fault.CHANGED)


async def _register_compared(session: AsyncSession, heads: Sequence[Head]) -> Sequence[Finding]:
    now = {}
    for head in heads:
        row = await session.get(RegisterEventRow, head.sequence)
        if row is not None:
            now[REGISTER, head.sequence] = row.hash
    return list(_compared([head for head in heads if head.sequence > 0], now))


async def _cases_after(session: AsyncSession, after: int) -> Sequence[Any]:
    columns = (CaseRow.id, CaseRow.reference, CaseRow.last_sequence, CaseRow.last_hash)
    return (await session.execute(select(*columns).where(CaseRow.id > after).order_by(CaseRow.id).limit(BATCH))).all()


async def _events_at(session: AsyncSession, heads: Sequence[Head]) -> Sequence[Any]:
    wanted = [(head.reference, head.sequence) for head in heads]
    statement = (
        select(CaseRow.reference, CaseEventRow.sequence, CaseEventRow.hash)
        .join(CaseEventRow, CaseEventRow.case_id == CaseRow.id)
        .where(tuple_(CaseRow.reference, CaseEventRow.sequence).in_(wanted))
    )
    return (await session.execute(statement)).all()


def _batches(heads: Iterator[Head]) -> Iterator[Sequence[Head]]:
    while batch := list(islice(heads, BATCH)):
        yield batch


def _made_at(words: Sequence[str]) -> datetime:
    if len(words) != 2 or words[0] != _FIRST_WORD:
        raise CheckpointError("this is no checkpoint")
    try:
        return datetime.fromisoformat(words[1])
    except ValueError:
        raise CheckpointError("this is no checkpoint") from None


def _head(words: Sequence[str]) -> Head:
    try:
        reference, sequence, hexadecimal = words
        return Head(reference, int(sequence), bytes.fromhex(hexadecimal))
    except ValueError:
        raise CheckpointError("a line of the checkpoint cannot be read") from None
