"""The client of the edge's internal API: what it says, and what it makes of bad answers."""

from uuid import uuid4

import httpx
import pytest

from cases.console.conversations import Officer
from cases.console.edge_client import EdgeClient
from cases.console.errors import ConversationNotFoundError, ConversationTakenError, EdgeUnavailableError

ANNA = Officer(id="4", name="Anna Berg")


def client_of(answer) -> EdgeClient:
    return EdgeClient("http://edge", token="t0ken", transport=httpx.MockTransport(answer))


def answering(status: int, content: bytes = b"") -> EdgeClient:
    return client_of(lambda _request: httpx.Response(status, content=content))


async def test_every_call_carries_the_service_token_and_the_contracts_address():
    seen = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append((request.method, request.url.path, request.headers["authorization"]))
        return httpx.Response(200, json=[])

    conversation = uuid4()
    async with client_of(answer) as edge:
        await edge.handoffs()
        await edge.claim(conversation, officer=ANNA)
        await edge.return_to_bot(conversation, officer=ANNA)
        await edge.close(conversation, officer=ANNA)

    base = "/internal/v1"
    one = f"{base}/conversations/{conversation}"
    assert [call[:2] for call in seen] == [
        ("GET", f"{base}/handoffs"),
        ("POST", f"{one}/claim"),
        ("POST", f"{one}/return"),
        ("POST", f"{one}/close"),
    ]
    assert {call[2] for call in seen} == {"Bearer t0ken"}


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (404, ConversationNotFoundError),
        (409, ConversationTakenError),
        (401, EdgeUnavailableError),
        (500, EdgeUnavailableError),
        (302, EdgeUnavailableError),
    ],
)
async def test_a_bad_status_is_a_named_error(status, error):
    async with answering(status) as edge:
        with pytest.raises(error):
            await edge.claim(uuid4(), officer=ANNA)


@pytest.mark.parametrize("content", [b"", b"<html>", b"{}", b'[{"conversation_id": "x"}]'])
async def test_an_answer_that_is_not_as_agreed_is_an_unavailable_edge(content):
    async with answering(200, content) as edge:
        with pytest.raises(EdgeUnavailableError):
            await edge.handoffs()


async def test_the_error_of_a_bad_answer_repeats_none_of_it():
    async with answering(200, b'{"state": "a secret"}') as edge:
        with pytest.raises(EdgeUnavailableError) as caught:
            await edge.conversation(uuid4())

    assert "secret" not in f"{caught.value!r} {caught.value.__cause__!r}"
    assert caught.value.__suppress_context__


async def test_an_edge_that_cannot_be_reached_is_unavailable():
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    async with client_of(refuse) as edge:
        with pytest.raises(EdgeUnavailableError):
            await edge.handoffs()
        with pytest.raises(EdgeUnavailableError):
            async with edge.stream(uuid4(), after=None) as events:
                await anext(events)


async def test_what_is_said_shows_in_no_repr():
    content = (
        b'{"state": "human", "summary": "a secret", "messages": [{"id": 1, "sender": "visitor", '
        b'"text": "a secret", "card": {"kind": "a secret"}, "created_at": "2026-03-10T09:00:00Z"}]}'
    )
    async with answering(200, content) as edge:
        conversation = await edge.conversation(uuid4())

    assert "secret" not in repr(conversation)
    assert conversation.messages[0].text == "a secret"
