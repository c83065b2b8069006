"""What an action returned is checked as Rasa checks it, only without reading the schema anew."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from rasa.core.actions.action import RemoteAction

from bot.rasa.action_results import read_the_schema_once

rasas_own = RemoteAction._validate_action_result
SLOT = {"event": "slot", "timestamp": None, "name": "email", "value": "x"}


@pytest.fixture
def replaced() -> Iterator[None]:
    before = RemoteAction._validate_action_result
    read_the_schema_once()
    yield
    RemoteAction._validate_action_result = before


@pytest.mark.parametrize(
    "result",
    [
        {},
        {"events": [], "responses": []},
        {"events": [SLOT, SLOT], "responses": [{"text": "Hej"}]},
        {"events": [{"event": "followup", "timestamp": None, "name": "action_listen"}]},
        [],
        {"events": {}},
        {"events": [{"name": "email"}]},
        {"events": [{"event": "unheard of"}]},
        {"events": [SLOT | {"timestamp": "yesterday"}]},
        {"responses": ["Hej"]},
        {"responses": None},
    ],
)
def test_the_verdict_is_rasas_own(replaced: None, result: Any):
    action = RemoteAction("action_submit_request", None)

    assert verdict(lambda: action._validate_action_result(result)) == verdict(lambda: rasas_own(action, result))


def test_rasa_is_as_it_was_when_its_check_was_replaced():
    """The method is not part of Rasa's interface: this is what our replacement of it stands on."""
    assert list(inspect.signature(rasas_own).parameters) == ["self", "result"]
    assert "validate(result, self.action_response_format_spec())" in inspect.getsource(rasas_own)
    assert "self._validate_action_result(response)" in inspect.getsource(RemoteAction.run)
    assert RemoteAction.action_response_format_spec() == RemoteAction.action_response_format_spec()


def verdict(check: Any) -> Any:
    try:
        return check()
    except jsonschema.ValidationError as error:
        return list(error.absolute_path), error.validator
