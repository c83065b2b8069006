"""Tables of the register's own log: what is about no single case."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from cases.storage.columns import words
from cases.storage.rows import Base
from privacy.case_states import ActorKind


class RegisterEventRow(Base):
    """One line of the log; never changed (trigger ``append_only``). No personal data of data subjects."""

    __tablename__ = "register_event"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1, 2, 3 …; a gap means a lost line."""

    kind: Mapped[str]
    """What happened, in the past tense (cases.register_log.RegisterEventKind)."""

    actor_kind: Mapped[ActorKind] = mapped_column(words(ActorKind, "actor_kind"))
    actor_id: Mapped[str]
    occurred_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]
    previous_hash: Mapped[bytes]

    hash: Mapped[bytes]
    """SHA-256 over every other column (cases.register_log.line_hash)."""


class RegisterHeadRow(Base):
    """The newest line of the log: the one row whose lock puts its writers in order."""

    __tablename__ = "register_head"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    last_sequence: Mapped[int]
    last_hash: Mapped[bytes]
