"""What our errors are called over HTTP (RFC 9457). One table; nothing below the API knows of status codes."""

import logging
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from cases.errors import (
    CaseEndedError,
    CaseNotFoundError,
    ForbiddenTransitionError,
    IdentityNotEstablishedError,
    IdentityNotInDoubtError,
    InvalidCursorError,
    MarketingBlockNotFoundError,
    ReceiptInFutureError,
    ReferenceTakenError,
    StaleTaskError,
    StaleVersionError,
    TaskNoteMissingError,
    TaskNotFoundError,
    UnfinishedChecklistError,
)
from cases.packages.errors import FetchRefusedError
from foundation.database import DATABASE_ERRORS
from foundation.problems import Problem, ProblemError
from privacy.errors import InvalidContactAddressError

log = logging.getLogger(__name__)

_PROBLEMS: Final[dict[type[Exception], tuple[int, str, str, str]]] = {
    CaseNotFoundError: (404, "case-not-found", "No such case", "Det finns inget ärende med det numret."),
    MarketingBlockNotFoundError: (
        404,
        "marketing-block-not-found",
        "No such marketing block",
        "Det finns ingen reklamspärr med det numret.",
    ),
    TaskNotFoundError: (404, "task-not-found", "No such task", "Ärendets checklista har ingen sådan uppgift."),
    StaleTaskError: (
        409,
        "stale-task",
        "Somebody changed the task in between",
        "Någon annan har ändrat uppgiften. Läs om den och försök igen.",
    ),
    TaskNoteMissingError: (
        422,
        "task-note-missing",
        "A task that does not apply needs a reason",
        "Skriv varför uppgiften inte är aktuell.",
    ),
    ReferenceTakenError: (
        409,
        "reference-taken",
        "The reference belongs to another request",
        "Ärendenumret används redan för en annan begäran.",
    ),
    StaleVersionError: (
        409,
        "stale-version",
        "Somebody changed the case in between",
        "Någon annan har ändrat ärendet. Läs om det och försök igen.",
    ),
    ForbiddenTransitionError: (
        409,
        "forbidden-transition",
        "The case cannot take that step",
        "Det steget är inte tillåtet för ärendet som det står nu.",
    ),
    CaseEndedError: (
        409,
        "case-ended",
        "The case has been decided",
        "Ärendet är avgjort och kan inte ändras eller kompletteras.",
    ),
    UnfinishedChecklistError: (
        409,
        "unfinished-checklist",
        "Mandatory tasks of the case are open",
        "Ärendet kan inte beslutas som bifallet innan alla obligatoriska uppgifter i checklistan är klara.",
    ),
    IdentityNotInDoubtError: (
        409,
        "identity-not-in-doubt",
        "It is known who asks",
        "Identiteten är redan fastställd, så det går inte att begära mer av personen.",
    ),
    IdentityNotEstablishedError: (
        409,
        "identity-not-established",
        "It is not known who asks as surely as the right needs",
        "Ärendet kan inte bifallas innan en handläggare har fastställt identiteten.",
    ),
    InvalidCursorError: (
        422,
        "invalid-cursor",
        "The cursor is not one of ours",
        "Sidmarkören går inte att läsa. Börja om från första sidan.",
    ),
    ReceiptInFutureError: (
        422,
        "receipt-in-future",
        "The request came in later than now",
        "En begäran kan inte ha kommit in senare än nu.",
    ),
    FetchRefusedError: (
        403,
        "package-refused",
        "The package is not handed out to whoever asks",
        "Utdraget lämnas inte ut.",
    ),
    InvalidContactAddressError: (
        422,
        "invalid-address",
        "Not an address or number",
        "Det går inte att läsa adressen eller numret.",
    ),
}


_ALWAYS: Final = {
    400: "What was sent cannot be read",
    401: "No valid bearer token",
    403: "The token was not given for this",
    422: "Not valid",
    428: "No version given",
    503: "`database-unavailable`: nothing can be said of what was asked; the same call again is safe",
}

RETRY_AFTER_S: Final = 5


def install_case_problems(app: FastAPI) -> None:
    """Make every error of the case system its problem."""
    for kind, (status, slug, title, detail) in _PROBLEMS.items():
        app.exception_handler(kind)(_handler(status, slug, title, detail))
    for kind in DATABASE_ERRORS:
        app.exception_handler(kind)(_database_unavailable)


async def _database_unavailable(_request: Request, error: Exception) -> JSONResponse:
    # the error's own text may name the server and the statement; its kind is enough to know where to look
    log.error("the database cannot be used: %s", type(getattr(error, "orig", None) or error).__name__)
    return ProblemError(
        503,
        "database-unavailable",
        "The database cannot be used",
        "Ärendesystemet når inte sin databas. Försök igen om en stund.",
        headers={"Retry-After": str(RETRY_AFTER_S)},
    ).response()


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of a route's error answers."""
    documented: dict[int | str, dict[str, Any]] = {}
    for status in (400, 401, 403, 422, 503, *statuses):
        slugs = [f"`{slug}`" for of, slug, _, _ in _PROBLEMS.values() if of == status]
        documented[status] = {
            "description": _ALWAYS.get(status, " or ".join(slugs)),
            "content": {"application/problem+json": {"schema": Problem.model_json_schema()}},
        }
    documented[503]["headers"] = {
        "Retry-After": {"description": "Seconds to wait", "required": True, "schema": {"type": "integer"}}
    }
    return documented


def _handler(status: int, slug: str, title: str, detail: str) -> Any:
    async def handle(_request: Request, error: Exception) -> JSONResponse:
        return ProblemError(status, slug, title, detail, **_extensions(error)).response()

    return handle


def _extensions(error: Exception) -> dict[str, Any]:
    if isinstance(error, StaleVersionError | StaleTaskError):
        return {"current_version": error.current}
    if isinstance(error, UnfinishedChecklistError):
        return {"reason": str(error), "open_tasks": list(error.unfinished)}
    if isinstance(error, ForbiddenTransitionError):
        return {"reason": str(error)}
    if isinstance(error, IdentityNotEstablishedError):
        return {"reason": error.gap.value}
    if isinstance(error, FetchRefusedError):
        return {"reason": error.refusal.value}
    return {}
