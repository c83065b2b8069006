"""The chat edge as the place where the assistant's own data about a person are."""

from collections.abc import Sequence
from uuid import UUID

from cases.console.edge_client import EdgeClient
from cases.console.errors import ConversationNotFoundError, EdgeUnavailableError
from cases.console.package_texts import verdict_text
from cases.errors import ChatUnavailableError
from cases.packages.account import Said
from cases.packages.errors import GatheringError


class EdgeConversations:
    """Reads conversations for packages (:class:`cases.packages.gathering.Conversations`), and erases them
    (:class:`cases.own_conversations.Chat`)."""

    def __init__(self, edge: EdgeClient) -> None:
        self._edge = edge

    async def messages(self, conversation_id: UUID) -> Sequence[Said] | None:
        """Return what was said, oldest first; None when the conversation is gone.

        Raises:
            GatheringError: the chat does not answer.
        """
        try:
            conversation = await self._edge.conversation(conversation_id)
        except ConversationNotFoundError:
            return None
        except EdgeUnavailableError as error:
            raise GatheringError("the chat does not answer") from error
        verdicts = {one.message_id: verdict_text(one.verdict, one.reason) for one in conversation.verdicts}
        return [
            Said(message.sender, message.text, message.created_at, verdicts.get(message.id))
            for message in conversation.messages
        ]

    async def erase(self, conversation_id: UUID) -> None:
        """Erase a conversation for good; one that is gone already is as good.

        Raises:
            ChatUnavailableError: the chat does not answer.
        """
        try:
            await self._edge.erase(conversation_id)
        except EdgeUnavailableError as error:
            raise ChatUnavailableError from error
