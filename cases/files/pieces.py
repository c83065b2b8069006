"""A file's content in the database: sealed pieces, each written and read in a transaction of its own.

So memory holds one piece, no connection is held while a slow browser sends or takes the next one, and a content of any
length never makes a long transaction.
"""

from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID

from sqlalchemy import select

from cases.storage.file_rows import CaseFilePieceRow
from foundation.database import Sessions
from foundation.errors import DecryptionError
from foundation.sealed_stream import ContentKey

PIECE_BYTES: Final = 512 * 1024


async def write_pieces(sessions: Sessions, file_id: UUID, key: ContentKey, content: AsyncIterator[bytes]) -> int:
    """Seal and store a content; return in how many pieces. What it raises, ``content`` raised."""
    number, waiting = 0, bytearray()
    async for part in content:
        waiting += part
        while len(waiting) > PIECE_BYTES:  # not ">=": what comes last is known to be last only at the end
            await _store(sessions, file_id, key, bytes(waiting[:PIECE_BYTES]), number=number, is_last=False)
            del waiting[:PIECE_BYTES]
            number += 1
    await _store(sessions, file_id, key, bytes(waiting), number=number, is_last=True)
    return number + 1


async def read_pieces(sessions: Sessions, file_id: UUID, key: ContentKey, pieces: int) -> AsyncIterator[bytes]:
    """Yield a content, piece by piece.

    Raises:
        DecryptionError: a piece is missing, was changed or moved, or the content was cut off.
    """
    for number in range(pieces):
        async with sessions() as session:
            wanted = (CaseFilePieceRow.file_id == file_id, CaseFilePieceRow.number == number)
            sealed = await session.scalar(select(CaseFilePieceRow.sealed).where(*wanted))
        if sealed is None:
            raise DecryptionError(f"piece {number} in {key.context} is missing")
        yield key.open_piece(sealed, number=number, is_last=number == pieces - 1)


async def _store(
    sessions: Sessions, file_id: UUID, key: ContentKey, piece: bytes, *, number: int, is_last: bool
) -> None:
    sealed = key.seal_piece(piece, number=number, is_last=is_last)
    async with sessions.begin() as session:
        session.add(CaseFilePieceRow(file_id=file_id, number=number, sealed=sealed))
