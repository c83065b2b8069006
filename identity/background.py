"""Work that goes on beside requests: repeated rounds, and tasks that nobody waits for but a shutdown."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError

from foundation.errors import DecryptionError

log = logging.getLogger(__name__)

DATABASE_RETRY_S: Final = 1.0
FINISH_S: Final = 10.0
"""How long a shutdown waits for what is under way: an answer of BankID's that is thrown away is not given again."""


class Rounds:
    """Repeats one act until cancelled: every ``interval_s``, and at once when woken."""

    def __init__(self, act: Callable[[], Awaitable[None]], *, interval_s: float) -> None:
        self._act, self._interval_s, self._awake = act, interval_s, asyncio.Event()

    def wake(self) -> None:
        self._awake.set()

    async def run(self) -> None:
        """Repeat; a database that is away is waited for."""
        while True:
            self._awake.clear()
            try:
                await self._act()
            except SQLAlchemyError as error:
                log.warning("the database did not answer: %s", type(error).__name__)
                await asyncio.sleep(DATABASE_RETRY_S)
            try:
                await asyncio.wait_for(self._awake.wait(), self._interval_s)
            except TimeoutError:
                continue


class Crew:
    """At most ``size`` tasks under way. One that fails on the database or on a lost key is logged and gone."""

    def __init__(self, size: int) -> None:
        self._size, self._tasks = size, set[asyncio.Task[None]]()

    @property
    def free(self) -> int:
        return self._size - len(self._tasks)

    def add(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(_guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        """Let what is under way come to its end, but not for ever."""
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=FINISH_S)
            for task in late:
                task.cancel()


async def _guarded(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except SQLAlchemyError as error:
        log.warning("the database did not answer: %s", type(error).__name__)
    except DecryptionError:
        log.exception("what is stored cannot be read")
