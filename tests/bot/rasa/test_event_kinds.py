"""Each kind of event is the one that Rasa finds, only found once."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import pytest
from rasa.shared.core.events import Event, SlotSet, UserUttered
from rasa.shared.utils.common import all_subclasses

from bot.rasa.event_kinds import look_up_kinds_once


@pytest.fixture(autouse=True)
def replaced() -> Iterator[None]:
    before = Event.resolve_by_type
    look_up_kinds_once()
    yield
    Event.resolve_by_type = before


def test_every_kind_is_found_and_kept():
    for kind in all_subclasses(Event):
        assert Event.resolve_by_type(kind.type_name).type_name == kind.type_name
    kept = Event.resolve_by_type
    look_up_kinds_once()

    assert Event.resolve_by_type is kept
    assert kept.cache_info().currsize >= 10


def test_an_unknown_kind_is_an_error_unless_there_is_another_choice():
    with pytest.raises(ValueError, match="Unknown event name"):
        Event.resolve_by_type("unheard of")
    assert Event.resolve_by_type("unheard of", SlotSet) is SlotSet
    assert Event.resolve_by_type("topic") is None


def test_events_are_read_through_it():
    read = Event.from_parameters({"event": "user", "text": "hej", "parse_data": {"intent": {}, "entities": []}})

    assert isinstance(read, UserUttered)
    assert "Event.resolve_by_type" in inspect.getsource(Event.from_parameters)
