"""How long a visitor waits in front of the screen: from pressing Enter to the answer being painted, in real Chromium.

Alone by default with the browser and with the stack::

    python -m benchmarks.visible_answer http://127.0.0.1:8700 --others 49 --questions 30
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import os
import shutil
import statistics
from collections.abc import AsyncIterator, Sequence

from playwright.async_api import Page, async_playwright

from bot.circumstances import recognise
from bot.client import AskClient
from insyn.evaluation.questions import read_questions
from insyn.settings import ROOT, settings

WARM_UP = 3
"""Questions asked before any is counted."""

LAUNCH_AT_ONCE = 5
"""Conversations opened at a time: opening is not what is measured."""

ANSWER_WITHIN_MS = 60_000

_PAINTED_AFTER = """([question]) => new Promise((resolve) => {
  const chat = document.querySelector("insyn-chat").shadowRoot;
  const answers = () => chat.querySelectorAll(".messages:not(.unsent) .bot .bubble").length;
  const before = answers();
  const input = chat.querySelector("textarea");
  input.value = question;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  const sentAt = performance.now();
  input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  const watcher = new MutationObserver(() => {
    if (answers() === before) return;
    watcher.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - sentAt)));
  });
  watcher.observe(chat.querySelector(".log"), { childList: true, subtree: true });
})"""
"""Resolves, in ms, once the frame with the first bubble of the answer has been drawn."""


async def visible_answers_ms(url: str, *, service_token: str, others: int, questions: int) -> list[float]:
    """Return the waits of one visitor in a browser while ``others`` ask without a pause.

    Args:
        url: of the chat edge.
        service_token: lets the others past the limits of one address.
        others: conversations at once besides the one that is measured.
        questions: how many waits are measured.
    """
    asked_before = read_questions(sorted((ROOT / "tests" / "nlu").glob("development*.jsonl")))
    texts = [
        question.text for question in asked_before if not recognise(question.text)
    ]  # the edge answers those at once
    async with _others(url, service_token, others, texts), async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = await browser.new_page()
        page.set_default_timeout(ANSWER_WITHIN_MS)
        asked = itertools.islice(itertools.cycle(texts), WARM_UP + questions)
        waits = await _waits(page, url, list(asked))
        await browser.close()
    return waits[WARM_UP:]


async def _waits(page: Page, url: str, texts: Sequence[str]) -> list[float]:
    """Each question in a conversation that is new every fifteen, as the edge lets a visitor send twenty a minute."""
    waits = []
    for number, text in enumerate(texts):
        if number % 15 == 0:
            await page.context.clear_cookies()
            await page.goto(url)
            await page.evaluate("sessionStorage.clear()")
            await page.reload()
            await page.locator("insyn-chat .launcher").click()
            await page.locator("insyn-chat .bot .bubble").first.wait_for()
        waits.append(float(await asyncio.wait_for(page.evaluate(_PAINTED_AFTER, [text]), ANSWER_WITHIN_MS / 1000)))
        await page.locator("insyn-chat .typing").wait_for(state="hidden")
    return waits


@contextlib.asynccontextmanager
async def _others(url: str, token: str, count: int, texts: Sequence[str]) -> AsyncIterator[None]:
    """Keep ``count`` conversations asking one question after the other while the block runs."""
    opening = asyncio.Semaphore(LAUNCH_AT_ONCE)
    ready = [asyncio.Event() for _ in range(count)]

    async def ask_on(number: int) -> None:
        async with contextlib.AsyncExitStack() as stack:
            async with opening:
                client = await stack.enter_async_context(AskClient(url, service_token=token))
            ready[number].set()
            for text in itertools.islice(itertools.cycle(texts), number, None):
                await client.ask(text)

    tasks = [asyncio.create_task(ask_on(number)) for number in range(count)]
    all_ready = asyncio.create_task(_all_set(ready))
    try:
        await asyncio.wait([all_ready, *tasks], return_when=asyncio.FIRST_COMPLETED)
        if all_ready.done():
            yield
    finally:
        all_ready.cancel()
        broken = [task for task in tasks if task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for task in broken:
            task.result()  # who stopped asking was no load, so the figure would be another


async def _all_set(events: Sequence[asyncio.Event]) -> None:
    for event in events:
        await event.wait()


def spread(values: Sequence[float]) -> str:
    """Return median and 95th percentile in words."""
    ordered = sorted(values)
    late = ordered[int(0.95 * (len(ordered) - 1))]
    return f"median {statistics.median(ordered):.0f} ms, 95th percentile {late:.0f} ms"


def main() -> None:
    """Measure a stack that runs already."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--others", type=int, default=49)
    parser.add_argument("--questions", type=int, default=30)
    given = parser.parse_args()
    token = os.environ.get("INSYN_SERVICE_TOKEN") or settings().service_token.get_secret_value()
    waits = asyncio.run(
        visible_answers_ms(given.url, service_token=token, others=given.others, questions=given.questions)
    )
    print(f"{1 + given.others} conversations at once, {len(waits)} questions: {spread(waits)}")


if __name__ == "__main__":
    main()
