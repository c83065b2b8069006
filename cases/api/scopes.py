"""What a caller of the API may do. Each operation names one scope; one that names none is for our own services only."""

from enum import StrEnum
from typing import Any, Final

EXTENSION: Final = "x-insyn-scope"
"""Where an operation's scope stands in the OpenAPI document."""


class Scope(StrEnum):
    """One thing that a token can be given for."""

    REGISTER_CASES = "cases:register"
    """Make a confirmed request a case."""

    READ_CASES = "cases:read"
    """Cases and their histories, without whose they are."""

    MOVE_CASES = "cases:move"
    """Steps of a case."""

    WORK_TASKS = "cases:tasks"
    """Checklists of cases with what officers wrote on them: read them, and say how far a task has come."""

    OWN_CASES = "cases:own"
    """On behalf of an identified person: find, add to and take back their own cases."""

    BLOCK_MARKETING = "marketing:block"
    """Put addresses on the suppression list, and read the receipt."""


def needs(scope: Scope) -> dict[str, Any]:
    """Return what a route says of its scope: ``openapi_extra=needs(Scope.READ_CASES)``."""
    return {EXTENSION: scope.value}
