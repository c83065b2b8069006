"""What other systems were asked to do, what they answered, and the nightly comparison with them."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from cases.connectors.interface import Operation, Outcome
from cases.storage.columns import words
from cases.storage.rows import Base


class ConnectorOrderRow(Base):
    """One thing that one system is to do once. Its insertion makes the job that does it (trigger ``defer_order``)."""

    __tablename__ = "connector_order"
    __table_args__ = (
        CheckConstraint("(case_id IS NULL) <> (block_id IS NULL)", name="of_case_or_block"),
        CheckConstraint("(case_id IS NULL) = (address_sealed IS NULL)", name="address_with_case"),
        CheckConstraint("state IN ('pending', 'done', 'dead')", name="state"),
        CheckConstraint("(state = 'done') = (outcome IS NOT NULL AND done_at IS NOT NULL)", name="receipt_when_done"),
        Index(None, "case_id", "id", postgresql_where=text("case_id IS NOT NULL")),
        Index(None, "block_id", "system", "id", postgresql_where=text("block_id IS NOT NULL")),
        Index("ix_connector_order_unfinished", "state", "id", postgresql_where=text("state <> 'done'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)

    order_key: Mapped[str] = mapped_column(unique=True)
    """The same order placed again is the same row: ``block:7:hubspot:1``, ``case:AR-…:<id of the form>``."""

    system: Mapped[str]
    """Its id in the register of systems."""

    operation: Mapped[Operation] = mapped_column(words(Operation, "operation"))
    case_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("cases.privacy_case.id"))

    task_key: Mapped[str | None]
    """The task of the case's checklist that it settles."""

    block_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("cases.marketing_block.id"))

    address_sealed: Mapped[bytes | None]
    """By whose address to look, for a case; a block has its own."""

    ordered_at: Mapped[datetime]

    actor_id: Mapped[str]
    """Who ordered it: a staff account's id, or the part of the system."""

    state: Mapped[str] = mapped_column(server_default="pending")
    """``pending``, ``done``, or ``dead`` when every attempt failed or the system refuses."""

    attempts: Mapped[int] = mapped_column(server_default="0")
    last_attempt_at: Mapped[datetime | None]

    last_outcome: Mapped[str | None]
    """The kind of failure or the status code; never a body."""

    done_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(words(Outcome, "outcome"))

    answer_sealed: Mapped[bytes | None]
    """The receipt: the system's own ids and words, as JSON."""


class ReconciliationRow(Base):
    """One comparison of the suppression list with one system."""

    __tablename__ = "reconciliation"
    __table_args__ = (Index(None, "system", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    system: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]

    compared: Mapped[int]
    """How many blocked addresses were compared."""

    missed: Mapped[int]
    """How many of them would still have been sent marketing; each was ordered to be stopped again."""

    failure: Mapped[str | None]
    """The kind of failure, when the system could not be asked; it is then tried again within the hour."""
