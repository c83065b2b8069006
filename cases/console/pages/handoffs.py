"""The handoff queue, and one conversation: read, take, answer, hand back, end, live."""

import hashlib
from typing import Final
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from sse_starlette import EventSourceResponse

from cases.console import texts
from cases.console.accounts import StaffAccount
from cases.console.context import Console
from cases.console.conversations import Conversation, Officer
from cases.console.errors import ConversationTakenError, EdgeUnavailableError, MessageRefusedError
from cases.console.guard import PREFIX, SESSION_COOKIE, ConsoleDep, FormDep, OfficerDep
from cases.console.live import live_events, message_context
from cases.console.queue import identity_text, queue_of, reason_text, waiting_count
from cases.console.responses import led_on, page

router = APIRouter(prefix="/handoffs")

HEARTBEAT_S: Final = 15
ANSWER_MAX_LENGTH: Final = 4_000
"""What the edge takes from staff."""


@router.get("")
async def show_queue(request: Request, console: ConsoleDep, officer: OfficerDep) -> Response:
    """Show who waits."""
    try:
        handoffs = await console.edge.handoffs()
    except EdgeUnavailableError:
        return page(request, console, "handoffs.html", status=503, queue=None, problem=texts.CHAT_UNAVAILABLE)
    queue = queue_of(handoffs, officer_id=str(officer.id), now=console.now())
    return page(request, console, "handoffs.html", queue=queue)


@router.get("/list")
async def show_list(request: Request, console: ConsoleDep, officer: OfficerDep) -> Response:
    """Return the list alone, for the page that keeps itself up to date; 304 while nothing in it has changed."""
    queue = queue_of(await console.edge.handoffs(), officer_id=str(officer.id), now=console.now())
    content = console.templates.render("_queue.html", {"queue": queue, "now": console.now()})
    tag = f'"{hashlib.sha256(content.encode()).hexdigest()[:24]}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    return HTMLResponse(content, headers={"ETag": tag, "Insyn-Waiting": str(len(queue.waiting))})


@router.get("/waiting")
async def show_waiting(console: ConsoleDep, _officer: OfficerDep) -> Response:
    """Return how many wait, for the title of every page."""
    return JSONResponse({"waiting": waiting_count(await console.edge.handoffs())})


@router.get("/{conversation_id}")
async def show_conversation(
    request: Request, console: ConsoleDep, officer: OfficerDep, conversation_id: UUID
) -> Response:
    """Show a conversation with everything that was said, which the register's log remembers."""
    return await _conversation_page(request, console, officer, conversation_id)


@router.get("/{conversation_id}/stream")
async def stream(
    request: Request, console: ConsoleDep, officer: OfficerDep, conversation_id: UUID, after: str = ""
) -> Response:
    """Send what is said from now on, as long as the officer is logged in; it is remembered as well."""
    await console.shown_conversations.note(conversation_id, actor=officer.actor, is_live=True)
    cookie = request.cookies.get(SESSION_COOKIE, "")
    seen = request.headers.get("last-event-id") or after
    last_id = seen if seen.isascii() and seen.isdigit() else ""
    events = live_events(console, conversation_id, cookie=cookie, officer_id=str(officer.id), after=last_id)
    return EventSourceResponse(events, ping=HEARTBEAT_S)


@router.post("/{conversation_id}/claim")
async def claim(
    request: Request, console: ConsoleDep, officer: OfficerDep, _form: FormDep, conversation_id: UUID
) -> Response:
    """Take a waiting conversation."""
    try:
        await console.edge.claim(conversation_id, officer=_as_officer(officer))
    except ConversationTakenError:
        conversation = await console.edge.conversation(conversation_id)
        holder = conversation.officer.name if conversation.officer else texts.SOMEBODY_ELSE
        problem = texts.CLAIMED_BY_ANOTHER.format(name=holder)
        return await _conversation_page(request, console, officer, conversation_id, problem=problem, status=409)
    return led_on(_address(conversation_id), done="claimed")


@router.post("/{conversation_id}/messages")
async def answer(
    request: Request, console: ConsoleDep, officer: OfficerDep, form: FormDep, conversation_id: UUID
) -> Response:
    """Answer the visitor; sent twice (a reload, an impatient finger), it is one message."""
    text = form.text("text", max_length=ANSWER_MAX_LENGTH)
    if not text:
        return await _conversation_page(
            request, console, officer, conversation_id, problem=texts.MESSAGE_MISSING, status=422
        )
    try:
        await console.edge.send(
            conversation_id, text, officer=_as_officer(officer), client_id=_client_id(form.text("client_id"))
        )
    except ConversationTakenError:
        return await _conversation_page(
            request, console, officer, conversation_id, problem=texts.NO_LONGER_YOURS, draft=text, status=409
        )
    except EdgeUnavailableError:
        title, explanation = texts.ERRORS["no-chat"]
        return page(request, console, "error.html", status=503, title=title, text=explanation, draft=text)
    except MessageRefusedError as error:
        problem = str(error) or texts.MESSAGE_REFUSED
        return await _conversation_page(
            request, console, officer, conversation_id, problem=problem, draft=text, status=422
        )
    return led_on(_address(conversation_id))


@router.post("/{conversation_id}/return")
async def hand_back(
    request: Request, console: ConsoleDep, officer: OfficerDep, _form: FormDep, conversation_id: UUID
) -> Response:
    """Give the conversation back to the assistant."""
    try:
        await console.edge.return_to_bot(conversation_id, officer=_as_officer(officer))
    except ConversationTakenError:
        return await _conversation_page(
            request, console, officer, conversation_id, problem=texts.NO_LONGER_YOURS, status=409
        )
    return led_on(_address(conversation_id), done="returned")


@router.post("/{conversation_id}/close")
async def close(
    request: Request, console: ConsoleDep, officer: OfficerDep, _form: FormDep, conversation_id: UUID
) -> Response:
    """End the conversation."""
    try:
        await console.edge.close(conversation_id, officer=_as_officer(officer))
    except ConversationTakenError:
        return await _conversation_page(
            request, console, officer, conversation_id, problem=texts.NO_LONGER_YOURS, status=409
        )
    return led_on(_address(conversation_id), done="closed")


async def _conversation_page(
    request: Request,
    console: Console,
    officer: StaffAccount,
    conversation_id: UUID,
    *,
    problem: str | None = None,
    draft: str = "",
    status: int = 200,
) -> Response:
    conversation: Conversation = await console.edge.conversation(conversation_id)
    await console.shown_conversations.note(conversation_id, actor=officer.actor)
    return page(
        request,
        console,
        "conversation.html",
        status=status,
        conversation_id=conversation_id,
        conversation=conversation,
        state=texts.CONVERSATION_STATES[conversation.state],
        is_mine=conversation.is_held_by(str(officer.id)),
        identity=identity_text(conversation.identity_level),
        reason=reason_text(conversation.reason),
        summary=conversation.summary or texts.NO_SUMMARY,
        messages=[message_context(message) for message in conversation.messages],
        client_id=uuid4(),
        max_length=ANSWER_MAX_LENGTH,
        draft=draft,
        problem=problem,
    )


def _as_officer(account: StaffAccount) -> Officer:
    return Officer(id=str(account.id), name=account.display_name)


def _client_id(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        return uuid4()


def _address(conversation_id: UUID) -> str:
    return f"{PREFIX}/handoffs/{conversation_id}"
