"""The simulator's time: the machine's, moved forward by whoever tests."""

from __future__ import annotations

from datetime import datetime, timedelta

from foundation.clock import Clock, system_clock


class MovableClock:
    """Follows ``base`` at a distance that only grows."""

    def __init__(self, base: Clock = system_clock) -> None:
        self._base, self._ahead = base, timedelta()

    def __call__(self) -> datetime:
        return self._base() + self._ahead

    def advance(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("time does not go backwards")
        self._ahead += timedelta(seconds=seconds)
