"""What the edge's APIs take and give (JSON): the public one for the widget, the internal one for our own services."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

Sender = Literal["visitor", "bot", "officer", "system"]
State = Literal["bot", "waiting", "human", "closed"]


class Given(BaseModel):
    """Base of what callers send: what we do not know is refused, and nothing sent shows in a ``repr``."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    @field_validator("*", mode="before")
    @classmethod
    def _storable(cls, value: object, info: ValidationInfo) -> object:
        """Refuse what PostgreSQL cannot hold; only what people write is cleaned instead (``bot.redaction``)."""
        if isinstance(value, str) and info.field_name != "text" and not is_storable(value):
            raise ValueError("a null character, or half of a surrogate pair")
        return value


def is_storable(text: str) -> bool:
    """Tell whether PostgreSQL can hold ``text``."""
    return not any(character == "\0" or "\ud800" <= character <= "\udfff" for character in text)


class Citation(BaseModel):
    """A passage of the policy that an answer rests on."""

    section: str
    quote: str
    policy_version: str
    anchor: str


class Button(BaseModel):
    """A quick reply; ``used`` also when the conversation has moved on from it."""

    token: str
    title: str
    used: bool


class Message(BaseModel):
    """One bubble."""

    id: int
    client_id: UUID | None = None
    sender: Sender
    sender_name: str | None = None
    text: str = Field(repr=False)
    citations: list[Citation] = []
    buttons: list[Button] = []
    card: dict[str, Any] | None = Field(default=None, repr=False)
    created_at: datetime


class ConversationState(BaseModel):
    """Who holds the conversation."""

    state: State
    queue_position: int | None = None
    officer_name: str | None = None
    expected_wait_minutes: int | None = None
    """How long those who were answered last had to wait, while the visitor waits; None when nothing is known of it."""

    opens: str | None = None
    """When staff come, in Swedish, while the visitor waits out of hours."""


class IdentificationView(BaseModel):
    """An identification as the visitor may see it."""

    id: str
    state: Literal["offered", "pending", "complete", "failed", "cancelled", "expired"]
    mode: Literal["qr", "same_device", "email"] | None = None
    message: str
    launch_url: str | None = Field(default=None, repr=False)
    qr: bool
    can_retry: bool
    purpose_title: str
    visible_text: str = Field(repr=False)
    by_email: bool
    """Whether a code by e-mail is enough, and can be had."""

    email: str = Field(repr=False)
    """Where the code goes or went."""

    ends_in_s: int | None = None
    """Seconds until it ends if the visitor does nothing more; a little short rather than long."""


class Typing(BaseModel):
    """Whether the bot is at work on an answer."""

    active: bool


class SpentButtons(BaseModel):
    """Buttons that were pressed or overtaken since the stream last said so: here, in another tab, by the bot."""

    tokens: list[str]


class TurnEvent(BaseModel):
    """The bot has finished the turn that a visitor's message began."""

    message_id: int
    intent: str | None
    confidence: float | None
    latency_ms: float
    messages: list[int]
    """The ids of the messages that answer it."""


class OpenedSession(BaseModel):
    """The conversation as it stands; the stream goes on after ``last_event_id``."""

    conversation: ConversationState
    messages: list[Message]
    last_event_id: int
    identification: IdentificationView | None = None
    ends_in_s: int
    """Seconds until the conversation ends here if the visitor does nothing; opening it again begins the time anew."""


class NewMessage(Given):
    """What a visitor says: a text, or one of the buttons we offered."""

    client_id: UUID
    text: str | None = Field(default=None, repr=False)
    button: str | None = Field(default=None, repr=False, max_length=200)

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.text is None) == (self.button is None):
            raise ValueError("either text or button")
        return self


class AcceptedMessage(BaseModel):
    """The message as it was stored."""

    message: Message


class GivenFeedback(Given):
    """Whether an answer helped, and why not; a choice, never words, so that nobody can write who they are."""

    message_id: int = Field(ge=1, le=2**63 - 1)
    verdict: Literal["helped", "not_helped"]
    reason: Literal["not_my_question", "wrong", "unclear", "incomplete", "other"] | None = None

    @model_validator(mode="after")
    def _reason_is_for_what_did_not_help(self) -> Self:
        if self.reason is not None and self.verdict == "helped":
            raise ValueError("a reason is given for what did not help")
        return self


class Verdict(BaseModel):
    """What the visitor thought of one answer, as long as their conversation is kept."""

    message_id: int
    verdict: str
    reason: str | None


class FeedbackCount(BaseModel):
    """How often a question was judged so."""

    intent: str
    verdict: str
    reason: str | None
    count: int


class StartIdentification(Given):
    """How the visitor opens BankID."""

    mode: Literal["qr", "same_device"]


class SendCode(Given):
    """Where a code is to go."""

    email: str = Field(repr=False, max_length=320)


class EnterCode(Given):
    """The code as the visitor typed it."""

    code: str = Field(repr=False, max_length=40)


class OfferIdentification(Given):
    """What a visitor is to sign or, at level 1, to confirm with a code."""

    reference: str = Field(min_length=1, max_length=64)
    request_type: str = Field(max_length=64)
    request_title: str = Field(max_length=200)
    visible_text: str = Field(repr=False, min_length=1, max_length=20_000)
    level: Literal[1, 2] = 2
    email: str | None = Field(default=None, repr=False, max_length=254)
    """Where a code would go; the visitor may type another address."""


class OfferedIdentification(BaseModel):
    """The identification that the visitor now sees in the chat."""

    identification_id: str


class ConsumeIdentification(Given):
    """The purpose for which a completed identification is used up."""

    reference: str = Field(max_length=64)


class ConsumedIdentification(BaseModel):
    """Who the visitor is, proved, and the proof; for the case system alone. Of a code there is only the address."""

    model_config = ConfigDict(from_attributes=True)

    level: int
    method: str
    completed_at: datetime
    visible_text: str = Field(repr=False)
    email: str | None = Field(repr=False)
    personal_identity_number: str | None = Field(repr=False)
    name: str | None = Field(repr=False)
    given_name: str | None = Field(repr=False)
    surname: str | None = Field(repr=False)
    non_visible_data: str | None = Field(repr=False)
    signature: str | None = Field(repr=False)
    ocsp_response: str | None = Field(repr=False)


class AskForPerson(Given):
    """Why a person is wanted, and one line for whoever comes; neither in the visitor's own words."""

    reason: str = Field(max_length=64)
    summary: str = Field(repr=False, max_length=500)


class QueuePosition(BaseModel):
    """Where the visitor stands, and what is honestly known of how long that takes."""

    queue_position: int
    """1 is next; 0 when a person is there already."""

    expected_wait_minutes: int | None = None
    """How long those who were answered last had to wait; None when too few were, or staff are not there."""

    opens: str | None = None
    """When staff come, in Swedish, where they are not there now."""


class Officer(BaseModel):
    """A member of staff."""

    id: str
    name: str


class Handoff(BaseModel):
    """A line of the queue, or a conversation that a person has."""

    conversation_id: str
    state: State
    waiting_since: datetime | None
    reason: str | None
    summary: str | None = Field(repr=False)
    identity_level: int
    officer: Officer | None
    last_message_at: datetime
    queue_position: int | None
    out_of_hours: bool = False
    """Whether it was left while staff were not there: a message to be answered, not somebody who sits and waits."""


class StaffConversation(BaseModel):
    """A conversation as staff see it: all of it."""

    state: State
    queue_position: int | None
    officer: Officer | None
    reason: str | None
    summary: str | None = Field(repr=False)
    identity_level: int
    messages: list[Message]
    verdicts: list[Verdict] = []


class LetterFromOfficer(Given):
    """A letter of a case, given in the chat."""

    officer_name: str = Field(max_length=200)
    text: str = Field(repr=False, min_length=1, max_length=12_000)
    client_id: UUID


class ByOfficer(Given):
    """Which officer does it."""

    officer_id: str = Field(min_length=1, max_length=64)


class Claim(ByOfficer):
    """An officer takes a conversation."""

    officer_name: str = Field(min_length=1, max_length=200)


class OfficerMessage(Claim):
    """What an officer says."""

    text: str = Field(repr=False)
    client_id: UUID
