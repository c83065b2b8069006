"""How conversations are stored: schema ``chat``, owned by ``bot`` (and ``identity``).

What a person wrote or was told is encrypted (``foundation.encryption``); the rest says only that something happened.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Sequence,
    SmallInteger,
    String,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import TypedBase, metadata_for

SCHEMA = "chat"
CHANNEL = "chat"
"""NOTIFY channel; the payload is the conversation's id."""


class Base(TypedBase):
    """Base of the chat's tables."""

    __abstract__ = True
    metadata = metadata_for(SCHEMA)


FINISH_ORDER = Sequence("turn_finish_order", metadata=Base.metadata, schema=SCHEMA)


class ConversationRow(Base):
    """A thread: one visitor, the bot, and perhaps a person of staff."""

    __tablename__ = "conversation"
    __table_args__ = (
        CheckConstraint("state IN ('bot', 'waiting', 'human', 'closed')", name="state"),
        CheckConstraint("(state = 'waiting') = (waiting_since IS NOT NULL)", name="waiting_since"),
        CheckConstraint("(state <> 'human') OR (officer_id IS NOT NULL)", name="officer"),
        Index(
            "ix_conversation_handoff",
            "state",
            "waiting_since",
            postgresql_where=text("state IN ('waiting', 'human')"),
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    """UUID; also Rasa's ``sender_id``. Never leaves our services: the browser has its cookie."""

    state: Mapped[str] = mapped_column(String(8), default="bot")
    """Who is given what the visitor writes: ``bot``, ``human``, nobody yet (``waiting``), nobody more (``closed``)."""

    officer_id: Mapped[str | None] = mapped_column(String(64))
    """Who has it, or had it last, in the case system's words."""

    officer_name: Mapped[str | None] = mapped_column(String(200))
    """What the visitor reads beside the officer's messages."""

    handoff_reason: Mapped[str | None] = mapped_column(String(64))
    """Why a person was asked for: a word that the action or the edge chose, never the visitor's."""

    handoff_summary: Mapped[bytes | None] = mapped_column(LargeBinary)
    """One line for whoever takes over, encrypted."""

    waiting_since: Mapped[datetime | None]
    """Since when the visitor stands in the queue; the queue is in this order."""

    identity_level: Mapped[int] = mapped_column(SmallInteger, default=0)
    """What staff see: 2 once the visitor completed an identification. It permits nothing; the broker does."""

    circumstances: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    """What the visitor said of their own situation and has been answered: kinds (``bot.circumstances``), no words."""

    asks_own_words: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether the bot's last question wants the visitor's own words, of which nothing about health is hidden."""

    created_at: Mapped[datetime]
    last_message_at: Mapped[datetime]


class SessionRow(Base):
    """A browser's hold on a conversation."""

    __tablename__ = "session"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    """SHA-256 of the cookie; the cookie itself is nowhere but in the browser."""

    conversation_id: Mapped[str] = mapped_column(ForeignKey(ConversationRow.id, ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class TurnRow(Base):
    """Something that the bot has to be told: kept until it was, whatever dies in between."""

    __tablename__ = "turn"
    __table_args__ = (
        CheckConstraint("kind IN ('text', 'payload', 'event')", name="kind"),
        CheckConstraint("(kind = 'event') = (event IS NOT NULL)", name="event"),
        CheckConstraint("(finished_at IS NULL) = (outcome IS NULL)", name="outcome"),
        Index("ix_turn_unfinished", "conversation_id", "id", postgresql_where=text("finished_at IS NULL")),
        Index("ix_turn_finish_order", "conversation_id", "finish_order"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    """Also the number under which Rasa knows whether it has done the turn already."""

    conversation_id: Mapped[str] = mapped_column(ForeignKey(ConversationRow.id, ondelete="CASCADE"))

    kind: Mapped[str] = mapped_column(String(8))
    """``text`` that the visitor wrote, the ``payload`` of a button, or an ``event`` of ours."""

    event: Mapped[str | None] = mapped_column(String(64))
    """``EXTERNAL_…``"""

    message_id: Mapped[int | None] = mapped_column(ForeignKey("chat.message.id", ondelete="CASCADE"), unique=True)
    """The visitor's message; None for an event."""

    button_token: Mapped[str | None] = mapped_column(String(32))
    """The button whose payload it is."""

    created_at: Mapped[datetime]
    available_at: Mapped[datetime]
    """Not before this instant: later than ``created_at`` when Rasa could not take it."""

    attempts: Mapped[int] = mapped_column(default=0)
    """How often it was sent; counted before each call, so that a crash counts too."""

    delay_told_at: Mapped[datetime | None]
    """When the visitor was told that it takes longer."""

    offered_identification: Mapped[str | None] = mapped_column(String(64))
    """The identification that an action asked for during the turn: its card is shown below the turn's answer."""

    finished_at: Mapped[datetime | None]
    finish_order: Mapped[int | None] = mapped_column(BigInteger)
    """1, 2, 3 … as turns end (gaps may be): where a stream resumes."""

    outcome: Mapped[str | None] = mapped_column(String(12))
    """``answered``, ``unanswered`` (the visitor was told) or ``held`` (a person had the conversation)."""

    intent: Mapped[str | None] = mapped_column(String(120))
    confidence: Mapped[float | None]


class MessageRow(Base):
    """One bubble."""

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("sender IN ('visitor', 'bot', 'officer', 'system')", name="sender"),
        Index("uq_message_client_id", "conversation_id", "client_id", unique=True),
        Index("ix_message_conversation_id_id", "conversation_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    """Given while the conversation's row is locked: in a conversation no id becomes visible before an earlier one."""

    conversation_id: Mapped[str] = mapped_column(ForeignKey(ConversationRow.id, ondelete="CASCADE"))

    client_id: Mapped[UUID | None]
    """The sender's own number of the message: the same one twice is one message."""

    sender: Mapped[str] = mapped_column(String(8))
    sender_name: Mapped[str | None] = mapped_column(String(200))

    text: Mapped[bytes] = mapped_column(LargeBinary)
    """Encrypted, after the redaction."""

    citations: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """Passages of the policy: section, quote, policy_version, anchor."""

    card: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """An identification to carry out, or the receipt of a case; see the public API."""

    turn_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    """The turn that this answers; no foreign key, since a turn refers to a message already."""

    created_at: Mapped[datetime]


class ButtonRow(Base):
    """A quick reply that we offered; only what stands here can be pressed."""

    __tablename__ = "button"

    token: Mapped[str] = mapped_column(String(32), primary_key=True)
    """128 random bits; good once, in this conversation."""

    conversation_id: Mapped[str] = mapped_column(ForeignKey(ConversationRow.id, ondelete="CASCADE"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey(MessageRow.id, ondelete="CASCADE"), index=True)
    position: Mapped[int]

    title: Mapped[bytes] = mapped_column(LargeBinary)
    """What the visitor reads, and says by pressing it; encrypted."""

    payload: Mapped[bytes] = mapped_column(LargeBinary)
    """What the bot is told; encrypted, since it may carry what the visitor filled in. Never shown to the browser."""

    lasting: Mapped[bool]
    """Whether it opens something of its own, and so may be pressed later; others answer the question above them."""

    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    """When the conversation moved on from the question that it answers."""
