"""How a letter reaches the person."""

from enum import StrEnum
from typing import Protocol
from uuid import UUID


class LetterWay(StrEnum):
    """The way a letter goes."""

    EMAIL = "email"
    CHAT = "chat"

    @property
    def label(self) -> str:
        """What an officer reads, in Swedish."""
        return "E-post" if self is LetterWay.EMAIL else "Chatten"


class ChatPost(Protocol):
    """What brings a letter into a conversation."""

    async def post_letter(self, conversation_id: UUID, text: str, *, officer_name: str, client_id: UUID) -> None:
        """Show the letter as a message of the conversation; the same ``client_id`` again changes nothing.

        Raises:
            LetterUndeliverableError: there is no such conversation any more.
            LetterSendingError: the chat does not answer, or does not take it.
        """
