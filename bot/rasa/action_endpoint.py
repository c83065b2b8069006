"""The call of the action server, watched: Rasa swallows an action's failure, and the visitor must not be misled.

When an action fails, Rasa logs it, drops what the action would have done and goes on
(``MessageProcessor._run_action``). The turn then may look well while the request was never registered. So each failure
is noted for the turn in which it happens, and the channel tells the edge (invariant 1).

Rasa opens a connection for each call; this endpoint keeps its connections (docs/adr/0094).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any, Final

import aiohttp
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

TIMEOUT_S: Final = 15.0
"""For one action; Rasa's own 300 s would outlast every patience. Shorter than the edge waits for a turn."""

REJECTED: Final = 400
"""The action server's way of saying that an action does not apply here: no failure."""

KEEP_ALIVE_S: Final = 15.0
"""How long a connection may rest: well under what the server keeps (``actions.server``), so that it never closes one
that a call is just being written to."""

_failures: ContextVar[list[str] | None] = ContextVar("failed actions", default=None)


@contextmanager
def noting_failures() -> Iterator[list[str]]:
    """Give the list in which the kinds of failures stand that happen in this task while the block runs."""
    failures: list[str] = []
    token = _failures.set(failures)
    try:
        yield failures
    finally:
        _failures.reset(token)


class WatchedActionEndpoint(EndpointConfig):
    """Rasa's endpoint, with a timeout of ours, its connections kept, and its failures noted."""

    _kept: aiohttp.ClientSession | None = None

    @classmethod
    def watching(cls, endpoint: EndpointConfig, *, url: str | None = None) -> WatchedActionEndpoint:
        """Return ``endpoint`` watched, at ``url`` if that is given."""
        return cls(
            url or endpoint.url,
            endpoint.params,
            endpoint.headers,
            endpoint.basic_auth,
            endpoint.token,
            endpoint.token_name,
            endpoint.cafile,
            **endpoint.kwargs,
        )

    def session(self) -> AbstractAsyncContextManager[aiohttp.ClientSession]:
        """Return the session for a call, always the same one; Rasa, whose own closes after it, leaves it open."""
        if self._kept is None or self._kept.closed:
            login = self.basic_auth
            self._kept = aiohttp.ClientSession(
                headers=self.headers,
                auth=aiohttp.BasicAuth(login["username"], login["password"]) if login else None,
                connector=aiohttp.TCPConnector(keepalive_timeout=KEEP_ALIVE_S),
            )
        return nullcontext(self._kept)

    async def close(self) -> None:
        """Close the connections."""
        if self._kept is not None:
            await self._kept.close()

    async def request(self, *arguments: Any, **named: Any) -> Any:
        """Call the action server."""
        named["timeout"] = aiohttp.ClientTimeout(total=TIMEOUT_S)
        try:
            return await super().request(*arguments, **named)
        except ClientResponseError as error:
            if error.status != REJECTED:
                _note(error)
            raise
        except (aiohttp.ClientError, TimeoutError) as error:
            _note(error)
            raise


def _note(error: Exception) -> None:
    failures = _failures.get()
    if failures is not None:
        failures.append(type(error).__name__)
