"""Tables of the files of a case: what staff uploaded, what connectors gathered, what is handed out."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from cases.files.kinds import FileKind
from cases.storage.columns import words
from cases.storage.rows import Base


class CaseFileRow(Base):
    """A file of a case. Its content lies in pieces beside it and goes with it."""

    __tablename__ = "case_file"
    __table_args__ = (
        CheckConstraint("(stored_at IS NULL) = (size_bytes IS NULL)", name="whole_or_coming"),
        CheckConstraint("(stored_at IS NULL) = (pieces IS NULL)", name="pieces_counted"),
        Index(None, "case_id", "stored_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.privacy_case.id"))
    kind: Mapped[FileKind] = mapped_column(words(FileKind, "kind"))

    source: Mapped[str | None]
    """The system that it was gathered from, by its key in the register of systems."""

    name_sealed: Mapped[bytes]
    """The sanitised file name: it may name people."""

    media_type: Mapped[str]
    """As its content says, not as it was sent."""

    key_sealed: Mapped[bytes]
    """The data key, sealed by the ring (foundation.sealed_stream): all that rotation has to rewrite."""

    actor_id: Mapped[str]
    """Who brought it: a staff account's id, or the part of the system."""

    begun_at: Mapped[datetime]

    stored_at: Mapped[datetime | None]
    """When it was whole. None while it comes in, and for ever if that broke off; such rows are swept."""

    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    """Of the content, not of the ciphertext."""

    pieces: Mapped[int | None]
    digest: Mapped[bytes | None]
    """Keyed digest of the content's SHA-256: history names the content by it."""


class CaseFilePieceRow(Base):
    """One sealed piece of a file's content."""

    __tablename__ = "case_file_piece"

    file_id: Mapped[UUID] = mapped_column(ForeignKey("cases.case_file.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """0, 1, 2 …"""

    sealed: Mapped[bytes]
