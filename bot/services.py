"""The parts of a running edge, as the routes find them."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from bot.config import BotConfig
from bot.conversations import Conversations
from bot.erasure import ConversationEraser
from bot.feedback import FeedbackBook
from bot.handoff import Handoffs
from bot.identifications import Identifications
from bot.limits import Addresses, Buckets, Occupancy
from bot.packages import Packages
from bot.pages import Pages
from bot.refusals import Refusals
from bot.store import ConversationStore
from bot.stream import Streams
from bot.turns import TurnRunner
from bot.typed_codes import TypedCodes
from foundation.database import Sessions
from foundation.notify import Listener


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that a route may need; made once, in ``bot.app``."""

    config: BotConfig
    sessions: Sessions
    store: ConversationStore
    conversations: Conversations
    eraser: ConversationEraser
    handoffs: Handoffs
    identifications: Identifications
    typed_codes: TypedCodes
    packages: Packages
    feedback: FeedbackBook
    turns: TurnRunner
    streams: Streams
    staff_streams: Streams
    listener: Listener
    pages: Pages
    refusals: Refusals
    addresses: Addresses
    messages_of_session: Buckets
    messages_of_address: Buckets
    sessions_of_address: Buckets
    open_streams: Occupancy


def services(request: Request) -> Services:
    """Return the parts (FastAPI dependency)."""
    found: Services = request.app.state.services
    return found
