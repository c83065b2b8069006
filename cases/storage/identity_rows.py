"""Table of how officers established who somebody is."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from cases.storage.columns import words
from cases.storage.rows import Base
from privacy.identity_proof import ProofMethod


class CaseIdentityRow(Base):
    """One time that an identity was established by a person on the staff."""

    __tablename__ = "case_identity"
    __table_args__ = (Index(None, "case_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.privacy_case.id"))
    method: Mapped[ProofMethod] = mapped_column(words(ProofMethod, "method"))

    level: Mapped[int] = mapped_column(SmallInteger)
    """How surely it shows who somebody is (privacy.request_types.IdentityLevel)."""

    note_sealed: Mapped[bytes | None]
    """What the officer wrote about it."""

    actor_id: Mapped[str]
    established_at: Mapped[datetime]
