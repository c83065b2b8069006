"""Table of the letters of a case, sealed as they were sent."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from cases.letters.ways import LetterWay
from cases.storage.columns import words
from cases.storage.rows import Base
from privacy.letters import LetterKind


class CaseLetterRow(Base):
    """One letter."""

    __tablename__ = "case_letter"
    __table_args__ = (
        CheckConstraint("sent_at >= written_at", name="order"),
        Index(None, "case_id", "written_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """Made with the form: a form sent twice is one letter."""

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.privacy_case.id"))
    kind: Mapped[LetterKind] = mapped_column(words(LetterKind, "kind"))
    way: Mapped[LetterWay] = mapped_column(words(LetterWay, "way"))
    subject_sealed: Mapped[bytes]
    body_sealed: Mapped[bytes]

    address_sealed: Mapped[bytes | None]
    """Where the mail went; None in the chat."""

    digest: Mapped[bytes]
    """Keyed digest of subject and body: history names the words by it."""

    actor_id: Mapped[str]
    written_at: Mapped[datetime]

    sent_at: Mapped[datetime | None]
    """When it had been handed over. None for ever if we died meanwhile: then nobody knows whether it went."""
