"""A conversation's live events for the officer's page: the edge's stream, with each message as the page shows it."""

import json
import logging
from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError
from sse_starlette import ServerSentEvent

from cases.console import texts
from cases.console.context import Console
from cases.console.conversations import PACKAGE, RECEIPT, Message
from cases.console.errors import EdgeError
from cases.console.event_stream import HEARTBEAT, ServerEvent

RECONNECT_AFTER_MS: Final = 2_000

log = logging.getLogger(__name__)


def message_context(message: Message) -> dict[str, Any]:
    """Return what the template of one message needs."""
    sender = texts.SENDERS[message.sender]
    name = message.sender_name if message.sender == "officer" and message.sender_name else sender
    return {"message": message, "sender": name, "card_text": _card_text(message.card)}


async def live_events(
    console: Console, conversation_id: UUID, *, cookie: str, officer_id: str, after: str
) -> AsyncIterator[ServerSentEvent]:
    """Yield the events until the edge stops or the officer is no longer logged in.

    The browser opens the stream anew when it ends, and says which message it has seen last; so an edge that goes away
    costs a moment and no message. Nothing is yielded to somebody whose session has ended in the meantime: it is looked
    up before each event, heartbeats included.

    Args:
        console: the collaborators.
        conversation_id: the conversation.
        cookie: the officer's session.
        officer_id: whose page it is.
        after: id of the last message that the page shows.
    """
    try:
        yield ServerSentEvent(comment="open", retry=RECONNECT_AFTER_MS)
        async with console.edge.stream(conversation_id, after=after or None) as events:
            async for event in events:
                account = await console.staff_sessions.find(cookie, is_background=True)
                if account is None or str(account.id) != officer_id:
                    yield ServerSentEvent("{}", event="logged-out")
                    return
                translated = _translated(console, event)
                if translated is not None:
                    yield translated
    except EdgeError as error:
        log.warning("a conversation's stream ended: %s", type(error).__name__)
        yield ServerSentEvent("{}", event="interrupted")


def _translated(console: Console, event: ServerEvent) -> ServerSentEvent | None:
    if event is HEARTBEAT or event.name not in {"message", "state"}:
        return None
    if event.name == "state":
        return ServerSentEvent(event.data, event="state")
    try:
        message = Message.model_validate_json(event.data)
    except ValidationError:
        log.warning("a live message is not as agreed")
        return None
    context = message_context(message)
    shown = {
        "id": message.id,
        "html": console.templates.render("_message.html", context),
        "spoken": f"{context['sender']}: {message.text}",
        "from": message.sender,
    }
    return ServerSentEvent(json.dumps(shown, ensure_ascii=False), event="message", id=str(message.id))


def _card_text(card: dict[str, Any] | None) -> str | None:
    """Return what a card says, for somebody who reads along and has no use for its buttons."""
    if card is None:
        return None
    if card.get("kind") == RECEIPT:
        return texts.RECEIPT_CARD.format(reference=card.get("reference", ""), due_on=card.get("due_on", ""))
    if card.get("kind") == PACKAGE:
        return texts.PACKAGE_CARD.format(reference=card.get("reference", ""))
    return texts.IDENTIFICATION_CARD
