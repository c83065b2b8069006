"""``insyn ask``: questions to the real assistant, by the path that the widget takes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from typing import Any, TextIO

from bot.client import Answer, AskClient
from bot.errors import AskError
from insyn.errors import InsynError
from insyn.running import running_stack
from insyn.settings import Settings
from insyn.terminal import console

CONCURRENCY = 4
"""Conversations at a time: enough to keep two cores busy."""


def ask_one(settings: Settings, question: str) -> None:
    """Put one question in a conversation of its own and print the answer for a person to read."""
    with running_stack(settings):
        try:
            [answer] = asyncio.run(_converse(settings, [question]))
        except AskError as error:
            raise InsynError(str(error)) from None
    console.print(answer.text)
    for citation in answer.citations:
        console.print(f"[dim]Källa: {citation['section']}: “{citation['quote']}”[/dim]")
    for title in answer.buttons:
        console.print(f"[cyan]› {title}[/cyan]")
    console.print(f"[dim]{answer.intent} {answer.confidence:.2f}, {answer.latency_ms:.0f} ms[/dim]")


def ask_lines(settings: Settings, questions: TextIO, answers: TextIO) -> None:
    """Answer each JSON object of ``questions`` with one line of ``answers``, in the same order.

    An object has ``"q"``: a text, or a list of texts that is one conversation; its other keys are passed through. What
    is not such an object is answered by ``{"line": number, "error": …}``, and the rest goes on.
    """
    with running_stack(settings):
        asyncio.run(_ask_all(settings, list(enumerate(questions, start=1)), answers))


async def _ask_all(settings: Settings, lines: list[tuple[int, str]], answers: TextIO) -> None:
    turnstile = asyncio.Semaphore(CONCURRENCY)

    async def answered(number: int, line: str) -> dict[str, Any]:
        async with turnstile:
            return await answer_line(settings, number, line)

    for task in [asyncio.create_task(answered(number, line)) for number, line in lines if line.strip()]:
        answers.write(json.dumps(await task, ensure_ascii=False) + "\n")
        answers.flush()


async def answer_line(settings: Settings, number: int, line: str) -> dict[str, Any]:
    """Return the JSON object that answers line ``number``."""
    try:
        given = json.loads(line)
    except json.JSONDecodeError as error:
        return {"line": number, "error": f"not JSON: {error.msg}"}
    if not isinstance(given, dict) or not _is_question(given.get("q")):
        return {"line": number, "error": 'an object with "q" is needed: a text, or a list of texts'}
    question = given["q"]
    try:
        answers = await _converse(settings, [question] if isinstance(question, str) else question)
    except AskError as error:
        return given | {"line": number, "error": str(error)}
    turns = [_as_json(answer) for answer in answers]
    return given | turns[-1] | {"q": question} | ({} if isinstance(question, str) else {"turns": turns})


async def _converse(settings: Settings, questions: list[str]) -> list[Answer]:
    """Put the questions one after the other in a conversation of their own."""
    token = settings.service_token.get_secret_value()
    async with AskClient(settings.chat_url, service_token=token) as client:
        return [await client.ask(question) for question in questions]


def _as_json(answer: Answer) -> dict[str, Any]:
    citations = [{"section": citation["section"], "quote": citation["quote"]} for citation in answer.citations]
    return {
        "q": answer.q,
        "intent": answer.intent,
        "confidence": round(answer.confidence, 4),
        "text": answer.text,
        "citations": citations,
        "buttons": list(answer.buttons),
        "latency_ms": round(answer.latency_ms, 1),
    }


def _is_question(value: object) -> bool:
    texts: Iterable[object] = value if isinstance(value, list) else [value]
    return value != [] and all(isinstance(text, str) for text in texts)
