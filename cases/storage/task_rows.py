"""The tasks of cases' checklists."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from cases.storage.columns import words
from cases.storage.rows import Base
from privacy.checklist import TaskAction, TaskState


class CaseTaskRow(Base):
    """One task of a case, as it was when the checklist was made; the register may change afterwards."""

    __tablename__ = "case_task"
    __table_args__ = (
        CheckConstraint("(changed_at IS NULL) = (actor_id IS NULL)", name="changed_by_somebody"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("state <> 'not_applicable' OR note_sealed IS NOT NULL", name="reason_when_not_applicable"),
    )

    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.privacy_case.id"), primary_key=True)

    key: Mapped[str] = mapped_column(primary_key=True)
    """``erase:mailchimp`` (privacy.checklist.Task.key)."""

    position: Mapped[int]
    """Its place in the list."""

    action: Mapped[TaskAction] = mapped_column(words(TaskAction, "action"))

    system_id: Mapped[str | None]
    """The system in the register, if it is done in one."""

    title: Mapped[str]
    """What the officer was asked to do, in Swedish."""

    why: Mapped[str]
    """The provision that demanded it."""

    is_mandatory: Mapped[bool]
    state: Mapped[TaskState] = mapped_column(words(TaskState, "state"))

    version: Mapped[int] = mapped_column(server_default="1")
    """Counts changes of state and note: the optimistic lock of programs."""

    note_sealed: Mapped[bytes | None]
    """What the officer wrote about it."""

    changed_at: Mapped[datetime | None]

    actor_id: Mapped[str | None]
    """Who changed it last: a staff account's id, or the part of the system."""
