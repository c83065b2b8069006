"""How identifications are stored: schema ``chat``, texts and secrets encrypted, sessions and nonces as hashes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import TypedBase, metadata_for


class Base(TypedBase):
    __abstract__ = True
    metadata = metadata_for("chat")


class IdentificationRow(Base):
    """One purpose for which a conversation's visitor identifies, through however many orders it takes."""

    __tablename__ = "identification"
    __table_args__ = (
        UniqueConstraint("conversation_id", "reference"),
        Index(
            "ix_identification_unannounced",
            "announce_after_at",
            postgresql_where=text("announced_revision < revision"),
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    """What the browser knows it by: random, says nothing."""

    conversation_id: Mapped[str] = mapped_column(String(36))

    session_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    """SHA-256 of the cookie of the only browser that may see or move it."""

    reference: Mapped[str] = mapped_column(String(40))
    """The purpose: the case reference for which it may be consumed, and no other."""

    level: Mapped[int] = mapped_column(SmallInteger)
    """How surely the purpose must know who asks: 1 control of an address is enough, 2 BankID."""

    email: Mapped[bytes | None]
    """Encrypted. Where the code goes, or went: first as the request says, then as the visitor types it."""

    request_title: Mapped[str] = mapped_column(String(200))

    visible_text: Mapped[bytes]
    """Encrypted. What the summary showed, and BankID's app will show."""

    state: Mapped[str] = mapped_column(String(12), index=True)
    """offered → pending → complete | failed | cancelled | expired; any but complete may begin again."""

    reason: Mapped[str] = mapped_column(String(120))
    """Why it is in this state: the key of the message (see ``identity.bankid.messages``)."""

    mode: Mapped[str | None] = mapped_column(String(12))
    """What was begun last: an order by ``qr`` or ``same_device``, or a code by ``email``."""

    mobile: Mapped[bool] = mapped_column(default=False)

    order_number: Mapped[int] = mapped_column(default=0)
    """Number of the only order that counts; 0 before the first."""

    renewals: Mapped[int] = mapped_column(default=0)
    """QR orders made since the visitor last asked for one."""

    completion: Mapped[bytes | None]
    """Encrypted. Who signed, and the evidence; gone when it can no longer be consumed."""

    completed_at: Mapped[datetime | None]
    """When BankID's completion was stored, which may be before it counts (an autostart waits for its browser)."""

    consumed_at: Mapped[datetime | None]
    """When it was first read for its reference."""

    offered_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    revision: Mapped[int] = mapped_column(default=1)
    """Grows with every change."""

    announced_revision: Mapped[int] = mapped_column(default=0)
    """The last revision whose announcement was received; behind ``revision``, one is owed."""

    announce_after_at: Mapped[datetime]
    """Not announced before this: a replica is at it, or failed just now."""


class IdentificationOrderRow(Base):
    """One order at BankID."""

    __tablename__ = "identification_order"
    __table_args__ = (
        UniqueConstraint("identification_id", "number"),
        Index("ix_identification_order_due", "next_collect_at", postgresql_where=text("state = 'pending'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    identification_id: Mapped[str] = mapped_column(ForeignKey(IdentificationRow.id, ondelete="CASCADE"))
    number: Mapped[int]
    mode: Mapped[str] = mapped_column(String(12))

    state: Mapped[str] = mapped_column(String(12), index=True)
    """starting → pending → approved → complete, or ended by failed, cancelled or superseded."""

    secrets: Mapped[bytes | None]
    """Encrypted: BankID's tokens, the visitor's address and browser. Gone when the order ends."""

    non_visible_data: Mapped[str | None]
    """What is signed unseen: canonical JSON, nothing personal."""

    nonce_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    """SHA-256 of the return page's nonce; gone once used, by whomever."""

    needs_return: Mapped[bool] = mapped_column(default=False)
    """Whether completion waits for the browser to come back with the nonce."""

    returned_at: Mapped[datetime | None]
    hint_code: Mapped[str | None] = mapped_column(String(80))
    started_at: Mapped[datetime]

    received_at: Mapped[datetime | None]
    """When BankID's answer came: second 0 of the QR code."""

    approved_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    next_collect_at: Mapped[datetime | None]
    lease_owner: Mapped[str | None] = mapped_column(String(40))
    """The replica that is collecting it."""

    lease_until: Mapped[datetime | None]
    """Past this, the owner counts as dead."""


class IdentificationCodeRow(Base):
    """The one code by e-mail that counts for an identification; gone when it was right, spent or too old."""

    __tablename__ = "identification_code"
    __table_args__ = (CheckConstraint("tries_left > 0", name="tries"),)

    identification_id: Mapped[str] = mapped_column(
        ForeignKey(IdentificationRow.id, ondelete="CASCADE"), primary_key=True
    )

    code_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    """Keyed hash of the code with the identification and the address; the code itself is nowhere."""

    tries_left: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(index=True)


class IdentificationMailRow(Base):
    """That a code was mailed: counted per session, network and e-mail address, and deleted with its window."""

    __tablename__ = "identification_mail"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    session_hash: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)

    network_digest: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    """Keyed digest of the visitor's network address."""

    email_digest: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    """Keyed digest of the e-mail address."""

    sent_at: Mapped[datetime] = mapped_column(index=True)


class IdentificationStartRow(Base):
    """That an order was begun: counted per session and address for the rate limit, and deleted with its window."""

    __tablename__ = "identification_start"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    session_hash: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    address_digest: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    """Keyed digest of the visitor's address."""

    started_at: Mapped[datetime] = mapped_column(index=True)
