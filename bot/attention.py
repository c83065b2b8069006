"""Answers what a visitor says of their own situation: at once where it is urgent, else after the bot's answer.

The edge does this and not the bot, so that who writes "jag orkar inte leva" is answered also while Rasa is down and
while they wait for a person (docs/adr/0046). Each kind is answered once a conversation; the grave ones every time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.circumstances import Circumstance, recognise
from bot.handoff import HAND_OVER
from bot.store import Draft, Offer
from bot.tables import ConversationRow
from bot.texts import Texts

COMPLAIN: Final = "/make_complaint"

_AT_ONCE: Final = frozenset({Circumstance.CRISIS, Circumstance.DANGER, Circumstance.HEALTH})
_EVERY_TIME: Final = frozenset({Circumstance.CRISIS, Circumstance.DANGER})
_MOST: Final = 2
"""Circumstances answered after one message; more would be a lecture."""


class Attention:
    """Says what a circumstance calls for; the caller has locked the conversation, and stores what it is given."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def at_once(self, conversation: ConversationRow, text: str) -> list[Draft]:
        """Return what is said before anybody answers the message."""
        return self._said(conversation, [kind for kind in recognise(text) if kind in _AT_ONCE])

    def afterwards(self, conversation: ConversationRow, text: str) -> list[Draft]:
        """Return what is said after the bot's answer to the message."""
        return self._said(conversation, [kind for kind in recognise(text) if kind not in _AT_ONCE])

    def speaks_for_itself(self, text: str) -> bool:
        """Tell whether the message needs no "I did not understand": what it says was understood here."""
        return any(kind is not Circumstance.HEALTH for kind in recognise(text))

    def _said(self, conversation: ConversationRow, kinds: Sequence[Circumstance]) -> list[Draft]:
        new = [kind for kind in kinds if kind in _EVERY_TIME or kind not in conversation.circumstances][:_MOST]
        if new:
            conversation.circumstances = list(dict.fromkeys([*conversation.circumstances, *new]))
        return [Draft("system", self._texts(f"circumstance_{kind}"), buttons=self._offers(kind)) for kind in new]

    def _offers(self, kind: Circumstance) -> list[Offer]:
        if kind is Circumstance.HEALTH:
            return []
        person = Offer(self._texts("button_person"), HAND_OVER)
        complain = Offer(self._texts("button_complain"), COMPLAIN)
        return [person, complain] if kind is Circumstance.ANGER else [person]
