"""The public API: what a visitor's browser may do. The conversation is the cookie's; no id of it is ever taken."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import HTMLResponse
from sse_starlette import EventSourceResponse, ServerSentEvent

from bot.conversations import Visitor
from bot.limits import neighbourhood
from bot.schemas import (
    AcceptedMessage,
    EnterCode,
    GivenFeedback,
    IdentificationView,
    NewMessage,
    OpenedSession,
    SendCode,
    StartIdentification,
)
from bot.services import Services, services

COOKIE: Final = "insyn_session"
USER_AGENT_CHARACTERS: Final = 256
SEND_TIMEOUT_S: Final = 30.0
"""A browser that takes nothing for so long is gone."""

Parts = Annotated[Services, Depends(services)]

router = APIRouter(prefix="/chat")


async def visitor(request: Request, parts: Parts) -> Visitor:
    """Return who holds the request's cookie (FastAPI dependency).

    Raises:
        ProblemError: 401, nobody.
    """
    found = await parts.conversations.visitor(request.cookies.get(COOKIE))
    if found is None:
        raise parts.refusals.session_lost()
    return found


Holder = Annotated[Visitor, Depends(visitor)]


def known_form(identification_id: str, parts: Parts) -> str:
    """Return the id as it is stored (FastAPI dependency).

    Raises:
        ProblemError: 404, nothing that we made looks like it.
    """
    try:
        return str(UUID(identification_id))
    except ValueError:
        raise parts.refusals.identification_not_found() from None


IdentificationId = Annotated[str, Depends(known_form)]


@router.post("/session")
async def open_session(request: Request, response: Response, parts: Parts) -> OpenedSession:
    """Return the conversation that the cookie holds; without one that holds, begin one."""
    token = request.cookies.get(COOKIE)
    holder = await parts.conversations.visitor(token)
    if holder is None:
        _check_new_session(request, parts)
        opened = await parts.conversations.begin()
        holder, token = opened.visitor, opened.new_token
        parts.turns.wake(holder.conversation_id)
    _set_cookie(response, token or "", parts)
    async with parts.sessions() as session:
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        conversation = await parts.store.conversation(session, holder.conversation_id)
        if conversation is None:
            raise parts.refusals.session_lost()
        messages = await parts.store.messages(session, holder.conversation_id)
        state = await parts.conversations.state(session, conversation)
    return OpenedSession(
        conversation=state,
        messages=messages,
        last_event_id=messages[-1].id if messages else 0,
        identification=await parts.identifications.current(holder.conversation_id),
        ends_in_s=parts.conversations.seconds_left(holder),
    )


@router.post("/messages", status_code=202)
async def post_message(request: Request, given: NewMessage, holder: Holder, parts: Parts) -> AcceptedMessage:
    """Take what the visitor says; the answer comes on the stream."""
    if not request.state.is_service:
        address = neighbourhood(parts.addresses.of(request))
        for buckets, key in ((parts.messages_of_session, holder.token_hash), (parts.messages_of_address, address)):
            retry_after_s = buckets.take(key)
            if retry_after_s is not None:
                raise parts.refusals.too_many("too_many_messages", retry_after_s)
    message = await parts.typed_codes.receive(holder, given)
    parts.turns.wake(holder.conversation_id)
    return AcceptedMessage(message=message)


@router.post("/feedback", status_code=204)
async def give_feedback(request: Request, given: GivenFeedback, holder: Holder, parts: Parts) -> Response:
    """Take whether an answer helped; the same answer again replaces the verdict."""
    if not request.state.is_service:
        retry_after_s = parts.messages_of_session.take(holder.token_hash)
        if retry_after_s is not None:
            raise parts.refusals.too_many("too_many_messages", retry_after_s)
    await parts.feedback.give(holder, given)
    return Response(status_code=204)


@router.delete("/conversation", status_code=204)
async def erase_conversation(holder: Holder, parts: Parts) -> Response:
    """Delete the conversation and the browser's hold on it, for good; cases that came of it stay."""
    await parts.eraser.erase_conversation(holder.conversation_id)
    async with parts.sessions.begin() as session:
        await parts.store.tell_queue(session)  # whoever stood behind it has moved up
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=parts.config.secure)
    return response


@router.get("/stream")
async def stream(
    holder: Holder,
    parts: Parts,
    after: Annotated[int, Query(ge=0)] = 0,
    last_event_id: Annotated[int | None, Header(ge=0)] = None,
) -> EventSourceResponse:
    """Stream what happens in the conversation after the last message that the browser has."""
    if parts.open_streams.is_full(holder.token_hash):
        raise parts.refusals.too_many("too_many_streams", 1)

    async def counted() -> AsyncIterator[ServerSentEvent]:
        with parts.open_streams.one_more(holder.token_hash):
            async for event in parts.streams.events(holder.conversation_id, after=last_event_id or after):
                yield event

    return event_stream(counted(), parts)


@router.post("/identifications/{identification_id}/start")
async def start_identification(
    request: Request, identification_id: IdentificationId, given: StartIdentification, holder: Holder, parts: Parts
) -> IdentificationView:
    """Begin the identification, with a QR code or on this device."""
    return await parts.identifications.start(
        identification_id,
        session_hash=holder.token_hash,
        mode=given.mode,
        address=parts.addresses.of(request),
        agent=request.headers.get("user-agent", "")[:USER_AGENT_CHARACTERS],
    )


@router.post("/identifications/{identification_id}/code")
async def send_code(
    request: Request, identification_id: IdentificationId, given: SendCode, holder: Holder, parts: Parts
) -> IdentificationView:
    """Mail a code to the address that the visitor says is theirs."""
    return await parts.identifications.send_code(
        identification_id,
        session_hash=holder.token_hash,
        email=given.email,
        address=parts.addresses.of(request),
    )


@router.post("/identifications/{identification_id}/code/enter")
async def enter_code(
    identification_id: IdentificationId, given: EnterCode, holder: Holder, parts: Parts
) -> IdentificationView:
    """Take the code that came by mail."""
    return await parts.identifications.enter_code(identification_id, session_hash=holder.token_hash, code=given.code)


@router.get("/identifications/{identification_id}")
async def view_identification(identification_id: IdentificationId, holder: Holder, parts: Parts) -> IdentificationView:
    """Return the identification as it stands."""
    return await parts.identifications.view(identification_id, session_hash=holder.token_hash)


@router.post("/identifications/{identification_id}/cancel")
async def cancel_identification(
    identification_id: IdentificationId, holder: Holder, parts: Parts
) -> IdentificationView:
    """End the identification."""
    return await parts.identifications.cancel(identification_id, session_hash=holder.token_hash)


@router.get("/identifications/{identification_id}/qr.svg")
async def qr_code(identification_id: IdentificationId, holder: Holder, parts: Parts) -> Response:
    """Return this second's frame of the QR code."""
    svg = await parts.identifications.qr_svg(identification_id, session_hash=holder.token_hash)
    return Response(svg, media_type="image/svg+xml")


@router.get("/bankid/return")
async def bankid_return(
    request: Request, parts: Parts, nonce: Annotated[str, Query(max_length=200)] = ""
) -> HTMLResponse:
    """Take the visitor back from BankID's app."""
    holder = await parts.conversations.visitor(request.cookies.get(COOKIE))
    # a browser without a conversation did not begin the order either: the nonce burns there as in any other stranger's
    session_hash = holder.token_hash if holder is not None else b""
    accepted = await parts.identifications.accept_return(nonce, session_hash=session_hash)
    page = parts.pages.returned(accepted=accepted)
    page.headers["Referrer-Policy"] = "no-referrer"  # the address has the nonce in it
    page.status_code = 200 if accepted else 403
    return page


def event_stream(events: AsyncIterator[ServerSentEvent], parts: Services) -> EventSourceResponse:
    """Return the answer that streams ``events``, with a heartbeat while there are none."""
    return EventSourceResponse(
        events,
        sep="\n",
        ping=parts.config.heartbeat_s,
        ping_message_factory=lambda: ServerSentEvent(comment="heartbeat", sep="\n"),
        send_timeout=SEND_TIMEOUT_S,
    )


def _check_new_session(request: Request, parts: Services) -> None:
    if request.state.is_service:
        return
    retry_after_s = parts.sessions_of_address.take(neighbourhood(parts.addresses.of(request)))
    if retry_after_s is not None:
        raise parts.refusals.too_many("too_many_sessions", retry_after_s)


def _set_cookie(response: Response, token: str, parts: Services) -> None:
    lasting: dict[str, Any] = {"max_age": int(parts.config.session_idle.total_seconds()), "path": "/"}
    response.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=parts.config.secure, **lasting)
