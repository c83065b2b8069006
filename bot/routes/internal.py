"""The internal API: for the actions and the case system, who show the service token. No browser calls it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Response
from sse_starlette import EventSourceResponse

from bot.routes.public import Parts, event_stream
from bot.schemas import (
    AskForPerson,
    ByOfficer,
    Claim,
    ConsumedIdentification,
    ConsumeIdentification,
    FeedbackCount,
    Handoff,
    LetterFromOfficer,
    Message,
    OfferedIdentification,
    OfferIdentification,
    Officer,
    OfficerMessage,
    QueuePosition,
    StaffConversation,
)

router = APIRouter(prefix="/internal/v1")


def known_form(conversation_id: str, parts: Parts) -> str:
    """Return the id as it is stored (FastAPI dependency).

    Raises:
        ProblemError: 404, nothing that we made looks like it.
    """
    try:
        return str(UUID(conversation_id))
    except ValueError:
        raise parts.refusals.conversation_not_found() from None


ConversationId = Annotated[str, Depends(known_form)]


@router.post("/conversations/{conversation_id}/identifications", status_code=201)
async def offer_identification(
    conversation_id: ConversationId, given: OfferIdentification, parts: Parts
) -> OfferedIdentification:
    """Let the visitor sign a request; its card appears in the chat."""
    return OfferedIdentification(identification_id=await parts.identifications.offer(conversation_id, given))


@router.post("/conversations/{conversation_id}/identifications/consume")
async def consume_identification(
    conversation_id: ConversationId, given: ConsumeIdentification, parts: Parts
) -> ConsumedIdentification:
    """Use a completed identification up for the request that it was made for."""
    identity = await parts.identifications.consume(conversation_id, given.reference)
    return ConsumedIdentification.model_validate(identity)


@router.post("/conversations/{conversation_id}/identifications/withdraw", status_code=204)
async def withdraw_identification(
    conversation_id: ConversationId, given: ConsumeIdentification, parts: Parts
) -> Response:
    """Take back an offered identification: its request was registered without it."""
    await parts.identifications.withdraw(conversation_id, given.reference)
    return Response(status_code=204)


@router.post("/conversations/{conversation_id}/handoff")
async def ask_for_person(conversation_id: ConversationId, given: AskForPerson, parts: Parts) -> QueuePosition:
    """Put the conversation in the queue for a person."""
    return await parts.handoffs.ask_for_person(conversation_id, reason=given.reason, summary=given.summary)


@router.delete("/conversations/{conversation_id}/handoff", status_code=204)
async def change_mind(conversation_id: ConversationId, parts: Parts) -> Response:
    """Take the conversation out of the queue again."""
    await parts.handoffs.change_mind(conversation_id)
    return Response(status_code=204)


@router.get("/handoffs")
async def list_handoffs(parts: Parts) -> list[Handoff]:
    """Return what waits for a person or is with one."""
    return await parts.handoffs.handed_off()


@router.get("/conversations/{conversation_id}")
async def read_conversation(conversation_id: ConversationId, parts: Parts) -> StaffConversation:
    """Return a conversation, all of it."""
    conversation = await parts.handoffs.conversation(conversation_id)
    conversation.verdicts = await parts.feedback.verdicts(message.id for message in conversation.messages)
    return conversation


@router.delete("/conversations/{conversation_id}", status_code=204)
async def erase_conversation(conversation_id: ConversationId, parts: Parts) -> Response:
    """Delete a conversation for good; one that is gone already is as good."""
    await parts.eraser.erase_conversation(conversation_id)
    return Response(status_code=204)


@router.get("/conversations/{conversation_id}/stream")
async def stream(
    conversation_id: ConversationId,
    parts: Parts,
    after: Annotated[int, Query(ge=0)] = 0,
    last_event_id: Annotated[int | None, Header(ge=0)] = None,
) -> EventSourceResponse:
    """Stream what happens in a conversation; of an identification nothing is told, it is the visitor's alone."""
    await parts.handoffs.check_exists(conversation_id)
    return event_stream(parts.staff_streams.events(conversation_id, after=last_event_id or after), parts)


@router.post("/conversations/{conversation_id}/claim")
async def claim(conversation_id: ConversationId, given: Claim, parts: Parts) -> Officer:
    """Take a waiting conversation."""
    officer = Officer(id=given.officer_id, name=given.officer_name)
    await parts.handoffs.claim(conversation_id, officer)
    return officer


@router.post("/conversations/{conversation_id}/messages", status_code=201)
async def answer(conversation_id: ConversationId, given: OfficerMessage, parts: Parts) -> Message:
    """Say something to the visitor."""
    officer = Officer(id=given.officer_id, name=given.officer_name)
    return await parts.handoffs.answer(conversation_id, officer, text=given.text, client_id=given.client_id)


@router.post("/conversations/{conversation_id}/letters", status_code=201)
async def give_letter(conversation_id: ConversationId, given: LetterFromOfficer, parts: Parts) -> Message:
    """Show the visitor a letter of their case, whoever holds the conversation."""
    return await parts.handoffs.give_letter(
        conversation_id, given.officer_name, text=given.text, client_id=given.client_id
    )


@router.post("/conversations/{conversation_id}/return")
async def give_back(conversation_id: ConversationId, given: ByOfficer, parts: Parts) -> StaffConversation:
    """Give the conversation back to the bot."""
    await parts.handoffs.give_back(conversation_id, given.officer_id)
    parts.turns.wake(conversation_id)
    return await parts.handoffs.conversation(conversation_id)


@router.post("/conversations/{conversation_id}/close")
async def close(conversation_id: ConversationId, given: ByOfficer, parts: Parts) -> StaffConversation:
    """End the conversation."""
    await parts.handoffs.close(conversation_id, given.officer_id)
    return await parts.handoffs.conversation(conversation_id)


@router.get("/feedback")
async def count_feedback(parts: Parts, days: Annotated[int, Query(ge=0, le=3650)] = 90) -> list[FeedbackCount]:
    """Return which answers helped and which did not, and why not, in the last days."""
    return list(await parts.feedback.counts(days=days))
