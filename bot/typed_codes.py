"""The code from the mail, typed where one chats instead of on its card: taken as the code, and never kept as text.

Read only while the broker waits for a code from this very browser; at any other time six digits are any number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bot.conversations import Conversations, Visitor
from bot.identifications import Identifications
from bot.schemas import Message, NewMessage
from bot.store import ConversationStore, Draft
from bot.texts import Texts
from foundation.clock import Clock
from foundation.database import Sessions
from foundation.problems import ProblemError
from foundation.yaml_files import read_yaml
from identity.codes.code import DIGITS, plain, typed_code

_WORDS: Final[dict[str, list[str]]] = read_yaml(Path(__file__).with_name("typed_codes.yml"))
_AROUND: Final = frozenset(_WORDS["around_a_code"])
_NAMES: Final = tuple(_WORDS["names_a_code"])

_GROUP: Final = re.compile(
    rf"(?<!\d)(?<!\d[\s.–-])\d(?:[\s.–-]?\d){{{DIGITS - 1}}}(?![\s.–-]?\d)",
    re.ASCII,  # full-width digits are made plain before this looks at them
)
"""Six digits that are no part of a longer number, however they are spaced."""

_HIDDEN: Final = re.compile(rf"{_GROUP.pattern}|(?<!\d)\d{{{DIGITS}}}(?!\d)", re.ASCII)
"""What is hidden beside a word for "code": also six digits in a row that stand close to other numbers."""

_LETTERS: Final = re.compile(r"[^\W\d_]+")
_LONGEST: Final = 300
"""Longer messages say more than a code."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Six digits in a message: the code itself, or a message in which one is told."""

    code: str | None = field(repr=False)
    """The digits, when the message is nothing but a code; None when it says more than that."""

    masked: str = field(repr=False)
    """The message without the digits."""


def heard_code(text: str, *, mask: str) -> Heard | None:
    """Return what ``text`` says of a code that is waited for; None when it is an ordinary message."""
    meant = plain(text)
    masked = _HIDDEN.sub(mask, meant)
    if masked == meant:
        return None
    found = _GROUP.findall(meant)
    words = [word.casefold() for word in _LETTERS.findall(meant)]
    if len(meant) <= _LONGEST and len(found) == 1 and _AROUND.issuperset(words):
        return Heard(typed_code(found[0]), masked)
    return Heard(None, masked) if any(word.startswith(_NAMES) for word in words) else None


class TypedCodes:
    """Stands before :class:`Conversations` and keeps back what is a code."""

    def __init__(
        self,
        *,
        conversations: Conversations,
        identifications: Identifications,
        sessions: Sessions,
        store: ConversationStore,
        texts: Texts,
        clock: Clock,
    ) -> None:
        self._conversations, self._identifications = conversations, identifications
        self._sessions, self._store, self._texts, self._clock = sessions, store, texts, clock

    async def receive(self, visitor: Visitor, given: NewMessage) -> Message:
        """Take what the visitor says, as :meth:`Conversations.receive` does; a code goes to the broker alone.

        A code that came with a ``client_id`` is tried once, however often the message is sent again.

        Raises:
            ProblemError: as :meth:`Conversations.receive`.
        """
        heard = heard_code(given.text, mask=self._texts("mask_code")) if given.text else None
        waiting = await self._identifications.waiting_for_code(visitor) if heard is not None else None
        if heard is None or waiting is None:
            return await self._conversations.receive(visitor, given)
        if heard.code is None:
            hidden = given.model_copy(update={"text": heard.masked})
            return await self._conversations.receive(visitor, hidden, notice="code_masked")
        message, is_new = await self._conversations.keep_unheard(
            visitor, given.client_id, text=self._texts("mask_code")
        )
        if is_new:
            await self._enter(visitor, waiting, heard.code)
        return message

    async def _enter(self, visitor: Visitor, identification_id: str, code: str) -> None:
        """Try the code, and say what came of it unless somebody else does: the bot goes on after every end."""
        try:
            shown = await self._identifications.enter_code(
                identification_id, session_hash=visitor.token_hash, code=code
            )
        except ProblemError:  # it ended in this very moment
            said = self._texts("code_not_waited_for")
        else:
            if shown.state != "pending":
                return
            said = shown.message
        async with self._sessions.begin() as session:
            conversation = await self._store.locked(session, visitor.conversation_id)
            if conversation is not None:
                await self._store.add_message(session, conversation, Draft("bot", said), now=self._clock())
