"""Server-Sent Events, cut wherever the network cuts them."""

from collections.abc import AsyncIterator

import pytest

from cases.console.event_stream import HEARTBEAT, ServerEvent, read_events


async def events_of(stream: bytes, *, cut: int = 1_000) -> list[ServerEvent]:
    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(stream), cut):
            yield stream[start : start + cut]

    return [event async for event in read_events(chunks())]


STREAM = "id: 7\nevent: message\ndata: hej på dig\n\n: still here\n\nid: 8\ndata: rad ett\ndata: rad två\n\n".encode()
EVENTS = [
    ServerEvent("message", "hej på dig", "7"),
    HEARTBEAT,
    ServerEvent("message", "rad ett\nrad två", "8"),
]


@pytest.mark.parametrize("cut", [1, 2, 3, 7, 1_000])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
async def test_any_line_end_and_any_cut(cut, line_end):
    assert await events_of(STREAM.replace(b"\n", line_end), cut=cut) == EVENTS


@pytest.mark.parametrize("character", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c"])
async def test_what_only_python_takes_for_a_line_end_stays_in_the_message(character):
    stream = f'data: "före{character}efter"\n\n'.encode()

    [event] = await events_of(stream)

    assert event.data == f'"före{character}efter"'


async def test_an_unfinished_event_is_dropped():
    assert await events_of(b"data: whole\n\ndata: half") == [ServerEvent("message", "whole", None)]


async def test_an_event_without_data_is_none():
    assert await events_of(b"event: state\n\n") == []


async def test_an_id_stays_until_the_next_one():
    first, second = await events_of(b"id: 7\ndata: a\n\ndata: b\n\n")

    assert (first.id, second.id) == ("7", "7")


async def test_bytes_that_are_no_text_do_not_end_the_stream():
    first, second = await events_of(b"data: \xff\xfe\n\ndata: b\n\n")

    assert second.data == "b"
    assert first.data
