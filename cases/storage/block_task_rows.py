"""What staff are to do by hand about a no to calls and text messages, system by system."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from cases.storage.columns import words
from cases.storage.rows import Base
from privacy.checklist import TaskState


class BlockTaskRow(Base):
    """One number to be blocked in one system, by a person."""

    __tablename__ = "block_task"
    __table_args__ = (
        CheckConstraint("(changed_at IS NULL) = (actor_id IS NULL)", name="changed_by_somebody"),
        CheckConstraint("version >= 1", name="version"),
        Index("ix_block_task_open", "made_at", "block_id", "system", postgresql_where=text("state = 'open'")),
    )

    block_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.marketing_block.id"), primary_key=True)

    system: Mapped[str] = mapped_column(primary_key=True)
    """Its id in the register of systems."""

    state: Mapped[TaskState] = mapped_column(words(TaskState, "state"), server_default="open")
    """``not_applicable``: the number is not there."""

    version: Mapped[int] = mapped_column(server_default="1")
    """Counts changes: the optimistic lock."""

    made_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]

    actor_id: Mapped[str | None]
    """A staff account's id."""
