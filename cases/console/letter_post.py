"""The chat edge as the way a letter takes."""

from uuid import UUID

from cases.console.edge_client import EdgeClient
from cases.console.errors import ConversationNotFoundError, EdgeUnavailableError, MessageRefusedError
from cases.letters.errors import LetterSendingError, LetterUndeliverableError


class EdgePost:
    """Brings letters into conversations (:class:`cases.letters.ways.ChatPost`)."""

    def __init__(self, edge: EdgeClient) -> None:
        self._edge = edge

    async def post_letter(self, conversation_id: UUID, text: str, *, officer_name: str, client_id: UUID) -> None:
        """Show the letter as a message of the conversation; the same ``client_id`` again changes nothing.

        Raises:
            LetterUndeliverableError: there is no such conversation any more.
            LetterSendingError: the edge does not answer, or does not take it.
        """
        try:
            await self._edge.post_letter(conversation_id, text, officer_name=officer_name, client_id=client_id)
        except ConversationNotFoundError as error:
            raise LetterUndeliverableError("the conversation is gone") from error
        except (EdgeUnavailableError, MessageRefusedError) as error:
            raise LetterSendingError("the chat did not take it") from error
