"""Errors of an HTTP API as problem details (RFC 9457), for every service of ours."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """The body of every error answer (RFC 9457 section 3.1)."""

    model_config = ConfigDict(extra="allow")

    type: str
    """``urn:insyn:problem:<slug>``: what a program decides on."""

    title: str
    """The kind of problem, in English, the same each time."""

    status: int

    detail: str | None = None
    """What happened this time; Swedish where a visitor or an officer may read it."""


class ProblemError(Exception):
    """Raised in a route or below it; answered as problem details.

    Args:
        status: HTTP status code, 400–599.
        slug: the last part of the type, such as ``stale-version``.
        title: the kind of problem in a few words.
        detail: what happened this time.
        headers: extra response headers, such as ``Retry-After``.
        extensions: further members of the body.
    """

    def __init__(
        self,
        status: int,
        slug: str,
        title: str,
        detail: str | None = None,
        *,
        headers: dict[str, str] | None = None,
        **extensions: Any,
    ) -> None:
        super().__init__(f"{status} {slug}")
        self.status, self.slug, self.title, self.detail = status, slug, title, detail
        self.headers, self.extensions = headers, extensions

    def response(self) -> JSONResponse:
        body = {"type": f"urn:insyn:problem:{self.slug}", "title": self.title, "status": self.status}
        if self.detail is not None:
            body["detail"] = self.detail
        return JSONResponse(body | self.extensions, self.status, self.headers, media_type=MEDIA_TYPE)


def install_problem_handlers(app: FastAPI) -> None:
    """Make every error of ``app`` a problem: ours, validation, unknown routes; the unexpected say no cause."""

    @app.exception_handler(ProblemError)
    async def ours(_request: Request, error: ProblemError) -> JSONResponse:
        return error.response()

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        # pydantic repeats the input and its context; neither may travel back, let alone into a log
        errors = [{"loc": list(item["loc"]), "msg": item["msg"], "type": item["type"]} for item in error.errors()]
        return ProblemError(422, "invalid-request", "The request does not follow the schema", errors=errors).response()

    @app.exception_handler(HTTPException)
    async def http(_request: Request, error: HTTPException) -> JSONResponse:
        slug = {401: "unauthorized", 403: "forbidden", 404: "not-found", 405: "method-not-allowed"}.get(
            error.status_code, "http-error"
        )
        headers = dict(error.headers) if error.headers else None
        return ProblemError(error.status_code, slug, str(error.detail), headers=headers).response()

    @app.exception_handler(Exception)
    async def unexpected(_request: Request, _error: Exception) -> JSONResponse:
        return ProblemError(500, "internal-error", "Something went wrong on our side").response()
