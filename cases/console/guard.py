"""Who may see a page and send a form: FastAPI dependencies, used by every route but the log-in's.

A form is accepted only with the token of its own session *and* from our own origin; the cookie is ``SameSite=Strict``
besides. Each of the three would do; a mistake in one of them then opens nothing.
"""

from typing import Annotated, Final

from fastapi import Depends, Request, Response

from cases.console.accounts import StaffAccount
from cases.console.cleaning import without_control_characters
from cases.console.context import Console, console_of
from cases.console.errors import (
    AdministratorNeededError,
    ForgedFormError,
    LoginNeededError,
    PasswordChangeNeededError,
)
from cases.console.sessions import ABSOLUTE, form_token_is_right
from cases.register_log import RegisterEventKind, note

PREFIX: Final = "/console"
SESSION_COOKIE: Final = "insyn_console"
VISITOR_COOKIE: Final = "insyn_console_login"
"""Binds the log-in form to a browser that has no session yet; it never becomes one."""

BACKGROUND_HEADER: Final = "Insyn-Background"
"""Set by what a page fetches by itself: idle time goes on."""

FORM_TOKEN_FIELD: Final = "form_token"  # noqa: S105 - a field's name
TEXT_MAX_LENGTH: Final = 10_000

ConsoleDep = Annotated[Console, Depends(console_of)]


async def whoever_is_logged_in(request: Request, console: ConsoleDep) -> StaffAccount:
    """Return the account, even if its password must be changed first.

    Raises:
        LoginNeededError: nobody is logged in.
    """
    cookie = request.cookies.get(SESSION_COOKIE, "")
    is_background = BACKGROUND_HEADER in request.headers
    account = await console.staff_sessions.find(cookie, is_background=is_background) if cookie else None
    if account is None:
        raise LoginNeededError
    request.state.account = account
    return account


async def logged_in(account: Annotated[StaffAccount, Depends(whoever_is_logged_in)]) -> StaffAccount:
    """Return the account of the officer.

    Raises:
        PasswordChangeNeededError: the one-time password must be replaced first.
    """
    if account.must_change_password:
        raise PasswordChangeNeededError
    return account


async def administrator(
    request: Request, console: ConsoleDep, account: Annotated[StaffAccount, Depends(logged_in)]
) -> StaffAccount:
    """Return the account of an administrator; an officer's try is noted in the register's log.

    Raises:
        AdministratorNeededError: it is an officer's.
    """
    if not account.is_administrator:
        facts = {"what": "console", "method": request.method, "route": request.scope["route"].path}
        async with console.sessions.begin() as session:
            now = console.now()
            await note(session, RegisterEventKind.ACCESS_DENIED, actor=account.actor, now=now, facts=facts)
        raise AdministratorNeededError
    return account


class SentForm:
    """What a browser sent in a form, cleaned of characters that no text field produces."""

    def __init__(self, fields: dict[str, str]) -> None:
        self._fields = fields

    def text(self, name: str, *, max_length: int = TEXT_MAX_LENGTH) -> str:
        """Return a field without spaces around it; empty when it was not sent."""
        value = self._fields.get(name, "").replace("\r\n", "\n")
        return without_control_characters(value).strip()[:max_length]

    def secret(self, name: str) -> str:
        """Return a field exactly as it was sent: a password."""
        return self._fields.get(name, "")

    def names(self) -> tuple[str, ...]:
        """Return the names of the fields that were sent."""
        return tuple(self._fields)

    def number(self, name: str) -> int | None:
        """Return a field as a whole number, or None if it is none."""
        value = self._fields.get(name, "")
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


async def sent_form(request: Request, console: ConsoleDep) -> SentForm:
    """Return the form, once it is sure that a page of ours made it for this session.

    Raises:
        ForgedFormError: it carries no or another session's token, or comes from another origin.
    """
    return await _checked_form(request, console, cookie=SESSION_COOKIE)


async def login_form(request: Request, console: ConsoleDep) -> SentForm:
    """Return the log-in form, bound to a browser that has no session yet; errors as :func:`sent_form`."""
    return await _checked_form(request, console, cookie=VISITOR_COOKIE)


async def _checked_form(request: Request, console: Console, *, cookie: str) -> SentForm:
    refuse_foreign_origin(request, console)
    fields = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    value = request.cookies.get(cookie, "")
    if not value or not form_token_is_right(value, fields.get(FORM_TOKEN_FIELD, "")):
        raise ForgedFormError("the form token is missing or belongs to another session")
    return SentForm(fields)


def refuse_foreign_origin(request: Request, console: Console) -> None:
    """Let only our own pages send forms. Every current browser says where a form comes from.

    A host name that the browser itself asked for (``localhost`` in development) counts as ours as much as the
    configured one: a foreign page cannot choose the ``Host`` of a request to us.

    Raises:
        ForgedFormError: ``Origin`` is missing or foreign.
    """
    origin = request.headers.get("origin", "")
    ours = {console.origin, f"{request.url.scheme}://{request.headers.get('host', '')}"}
    if origin not in ours:
        raise ForgedFormError("the form was sent from another origin")


def set_cookie(response: Response, name: str, value: str, *, is_secure: bool) -> None:
    """Give the browser a cookie that scripts cannot read and other sites cannot send."""
    response.set_cookie(
        name,
        value,
        path=PREFIX,
        httponly=True,
        samesite="strict",
        secure=is_secure,
        max_age=int(ABSOLUTE.total_seconds()),
    )


def drop_cookie(response: Response, name: str, *, is_secure: bool) -> None:
    """Take a cookie back."""
    response.delete_cookie(name, path=PREFIX, httponly=True, samesite="strict", secure=is_secure)


OfficerDep = Annotated[StaffAccount, Depends(logged_in)]
AdministratorDep = Annotated[StaffAccount, Depends(administrator)]
FormDep = Annotated[SentForm, Depends(sent_form)]
LoginFormDep = Annotated[SentForm, Depends(login_form)]
