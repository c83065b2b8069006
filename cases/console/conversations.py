"""Conversations as the chat edge describes them to staff."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

RECEIPT = "receipt"
"""The kind of card that tells a visitor about their new case."""


PACKAGE = "package"
"""The kind of card with which a visitor fetches what was released to them."""


class ConversationState(StrEnum):
    """Who holds a conversation."""

    BOT = "bot"
    WAITING = "waiting"
    HUMAN = "human"
    CLOSED = "closed"


class _FromEdge(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Officer(_FromEdge):
    """The person who holds a conversation."""

    id: str
    name: str


class Citation(_FromEdge):
    """A place in the policy that the assistant showed."""

    section: str
    quote: str
    policy_version: str
    anchor: str


class Button(_FromEdge):
    """A quick reply that the visitor was offered."""

    title: str
    used: bool = False


class Message(_FromEdge):
    """One bubble."""

    id: int
    sender: Literal["visitor", "bot", "officer", "system"]
    sender_name: str | None = None
    text: str = Field(repr=False)
    citations: tuple[Citation, ...] = ()
    buttons: tuple[Button, ...] = ()
    card: dict[str, Any] | None = Field(default=None, repr=False)
    created_at: datetime


class Verdict(_FromEdge):
    """What the visitor thought of one answer."""

    message_id: int
    verdict: str
    reason: str | None = None


class Handoff(_FromEdge):
    """A line of the queue."""

    conversation_id: UUID
    state: ConversationState
    waiting_since: datetime | None = None
    reason: str | None = None
    summary: str | None = Field(default=None, repr=False)
    identity_level: int | None = None
    officer: Officer | None = None
    last_message_at: datetime | None = None
    queue_position: int | None = None
    out_of_hours: bool = False

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has taken it yet."""
        return self.state is ConversationState.WAITING


class Conversation(_FromEdge):
    """A whole conversation."""

    state: ConversationState
    officer: Officer | None = None
    reason: str | None = None
    summary: str | None = Field(default=None, repr=False)
    identity_level: int = 0
    messages: tuple[Message, ...] = ()
    verdicts: tuple[Verdict, ...] = ()

    def is_held_by(self, officer_id: str) -> bool:
        """Tell whether that officer answers the visitor."""
        return self.state is ConversationState.HUMAN and self.officer is not None and self.officer.id == officer_id

    def sources(self) -> Sequence[Citation]:
        """Return what the assistant showed from the policy, each place once, in the order of the conversation."""
        shown = {
            (citation.section, citation.quote): citation for message in self.messages for citation in message.citations
        }
        return tuple(shown.values())

    def references(self) -> Sequence[str]:
        """Return the cases that the visitor was given receipts for."""
        cards = (message.card for message in self.messages if message.card)
        found = (card.get("reference") for card in cards if card.get("kind") == RECEIPT)
        return tuple(dict.fromkeys(str(reference) for reference in found if reference))

    @property
    def last_message_id(self) -> int:
        """The id after which the live stream continues."""
        return max((message.id for message in self.messages), default=0)
