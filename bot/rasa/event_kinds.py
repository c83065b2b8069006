"""What an event's name stands for, looked up once.

``Event.resolve_by_type`` walks through all subclasses of ``Event`` and inspects each, for every event of a conversation
that is read: a third of a turn's processor time when there have been some turns. The kinds do not change while Rasa
runs, so the answers are kept (docs/adr/0094). Rasa is frozen; ``tests/bot/rasa/test_event_kinds.py`` fails if it
changes under us.
"""

from __future__ import annotations

from functools import cache

from rasa.shared.core.events import Event


def look_up_kinds_once() -> None:
    """Keep what Rasa's method answers; doing it twice changes nothing."""
    if not hasattr(Event.resolve_by_type, "cache_info"):
        Event.resolve_by_type = cache(Event.resolve_by_type)
