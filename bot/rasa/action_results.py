"""The check of what an action returned, with its schema read once.

``RemoteAction._validate_action_result`` hands Rasa's schema to ``jsonschema.validate``, which first checks the schema
itself against the specification of JSON Schema: at every action of every turn, and that took two thirds of a turn's
processor time. There is no setting and no extension point for it, so the method is replaced (docs/adr/0094). Rasa is
frozen; ``tests/bot/rasa/test_action_results.py`` fails if it changes under us.
"""

from __future__ import annotations

from typing import Any

from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction


def read_the_schema_once() -> None:
    """Replace Rasa's check by the same check against the schema as it is now."""
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    validator = kind(schema)

    def validate(_action: RemoteAction, result: dict[str, Any]) -> bool:
        """Return that ``result`` is as agreed.

        Raises:
            jsonschema.ValidationError: it is not; as in Rasa's own check.
        """
        error = best_match(validator.iter_errors(result))
        if error is not None:
            raise error
        return True

    RemoteAction._validate_action_result = validate
