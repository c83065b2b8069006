"""Collects what the bot says in a turn, each utterance whole."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import OutputChannel


class TurnOutput(OutputChannel):
    """Keeps text, buttons and custom data of one utterance together; Rasa's own collector tears them apart."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return "edge"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Take one utterance."""
        del recipient_id
        if (utterance := as_utterance(message)) is not None:
            self.messages.append(utterance)


def as_utterance(message: dict[str, Any]) -> dict[str, Any] | None:
    """Return what the edge is told of an utterance of Rasa's (``BotUttered.message()``); None when it says nothing."""
    buttons = [
        {"title": button["title"], "payload": button["payload"]}
        for button in [*(message.get("buttons") or []), *(message.get("quick_replies") or [])]
        if button.get("title") and button.get("payload")
    ]
    utterance = {"text": message.get("text") or "", "buttons": buttons, "custom": message.get("custom") or {}}
    return utterance if any(utterance.values()) else None
