"""Errors as pages that say what happened and what to do now."""

from contextlib import suppress
from typing import Final
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from cases.console import texts
from cases.console.body_limits import UPLOADS
from cases.console.context import console_of
from cases.console.errors import (
    AccountNotFoundError,
    AdministratorNeededError,
    ConversationNotFoundError,
    EdgeUnavailableError,
    ForgedFormError,
    LoginNeededError,
    PasswordChangeNeededError,
)
from cases.console.guard import BACKGROUND_HEADER, PREFIX, SESSION_COOKIE
from cases.console.responses import page
from cases.console.uploads import BrokenFormError
from cases.errors import CaseNotFoundError
from cases.files.errors import CaseFileNotFoundError
from cases.letters.errors import LetterNotFoundError
from cases.packages.errors import PackageNotFoundError
from foundation.database import DATABASE_ERRORS

_EVENT_STREAM: Final = "text/event-stream"


def install_error_pages(pages: FastAPI) -> None:
    """Make every error of the console a page, or a status for what a page fetches by itself."""

    @pages.exception_handler(LoginNeededError)
    async def login_needed(request: Request, _error: Exception) -> Response:
        if _is_fetched(request):
            return Response(status_code=401)
        return RedirectResponse(f"{PREFIX}/login?next={quote(_page_of(request))}", 303)

    @pages.exception_handler(PasswordChangeNeededError)
    async def password_change_needed(request: Request, _error: Exception) -> Response:
        return Response(status_code=403) if _is_fetched(request) else RedirectResponse(f"{PREFIX}/password", 303)

    def say(kind: type[Exception], status: int, key: str) -> None:
        @pages.exception_handler(kind)
        async def _(request: Request, _error: Exception) -> Response:
            return await _error_page(request, status, key)

    say(ForgedFormError, 403, "forged")
    say(AdministratorNeededError, 403, "forbidden")
    say(CaseNotFoundError, 404, "no-case")
    say(CaseFileNotFoundError, 404, "no-file")
    say(PackageNotFoundError, 404, "no-package")
    say(LetterNotFoundError, 404, "no-letter")
    say(BrokenFormError, 400, "forged")
    say(ConversationNotFoundError, 404, "no-conversation")
    say(AccountNotFoundError, 404, "not-found")
    say(EdgeUnavailableError, 503, "no-chat")
    say(RequestValidationError, 404, "not-found")
    for kind in DATABASE_ERRORS:
        say(kind, 503, "no-database")
    say(Exception, 500, "broken")

    @pages.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        key = {404: "not-found", 405: "not-found", 413: _too_large(request)}.get(error.status_code, "broken")
        return await _error_page(request, error.status_code, key)


def _too_large(request: Request) -> str:
    return "files-too-large" if request.url.path.endswith(UPLOADS) else "too-large"


async def _error_page(request: Request, status: int, key: str) -> Response:
    if _is_fetched(request):
        return JSONResponse({"error": key}, status)
    await _find_account(request)
    title, text = texts.ERRORS[key]
    return page(request, console_of(request), "error.html", status=status, title=title, text=text, draft="")


async def _find_account(request: Request) -> None:
    """Let a page that no route answers still have its menu, if the database allows."""
    cookie = request.cookies.get(SESSION_COOKIE, "")
    if cookie and getattr(request.state, "account", None) is None:
        with suppress(SQLAlchemyError, OSError):
            request.state.account = await console_of(request).staff_sessions.find(cookie, is_background=True)


def _is_fetched(request: Request) -> bool:
    return BACKGROUND_HEADER in request.headers or _EVENT_STREAM in request.headers.get("accept", "")


def _page_of(request: Request) -> str:
    """Return the page that somebody was on: its address, or for a form that of the page it stood on."""
    if request.method == "GET":
        return request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return urlsplit(request.headers.get("referer", "")).path
