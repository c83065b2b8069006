"""How a simulated API behaves badly when it is told to: a rate limit, and a list of failures for the next calls."""

import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

Handler = Callable[[Request], Awaitable[Response]]


@dataclass
class Script:
    """What happens to the next calls, and what was called."""

    failures: deque[str] = field(default_factory=deque)
    """For the next calls, in order: a status code such as ``503``, ``429``, ``slow``, ``garbage``, or ``""`` for none.

    With ``!`` at its end the call has its effect first, and then fails: an answer that was lost on the way.
    """

    retry_after: int | None = 1
    """What a ``429`` says in ``Retry-After``; None: nothing."""

    reset_s: int | None = None
    """What a ``429`` says in ``X-Rate-Limit-Reset``; None: nothing."""

    calls_per_window: int | None = None
    """More calls than this within :attr:`window_s` are answered ``429``."""

    window_s: float = 1.0
    slow_s: float = 2.0
    calls: list[str] = field(default_factory=list)
    """Method and path of every call, without its query."""

    _times: deque[float] = field(default_factory=deque)

    def limits(self) -> bool:
        """Count a call, and tell whether it is one too many."""
        if self.calls_per_window is None:
            return False
        now = time.monotonic()
        while self._times and self._times[0] <= now - self.window_s:
            self._times.popleft()
        if len(self._times) >= self.calls_per_window:
            return True
        self._times.append(now)
        return False

    def rate_limit_headers(self) -> Mapping[str, str]:
        """Return the headers of a ``429``."""
        headers = {"Retry-After": self.retry_after, "X-Rate-Limit-Reset": self.reset_s}
        return {name: str(value) for name, value in headers.items() if value is not None}
