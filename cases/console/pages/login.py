"""Log in, choose a password, stay, log out."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from cases.console import texts
from cases.console.accounts import NAME_MAX_LENGTH, StaffAccount, choose_password, has_password
from cases.console.context import Console
from cases.console.errors import InvalidCredentialsError, TooManyAttemptsError
from cases.console.guard import (
    PREFIX,
    SESSION_COOKIE,
    VISITOR_COOKIE,
    ConsoleDep,
    FormDep,
    LoginFormDep,
    SentForm,
    drop_cookie,
    set_cookie,
    whoever_is_logged_in,
)
from cases.console.passwords import MAX_LENGTH, MIN_LENGTH, problems_with
from cases.console.responses import led_on, page

router = APIRouter()

START = f"{PREFIX}/cases"

AccountDep = Annotated[StaffAccount, Depends(whoever_is_logged_in)]


@router.get("/login")
async def show_login(request: Request, console: ConsoleDep, next: str = "") -> Response:  # noqa: A002 - in the address
    """Show the form, unless somebody is logged in already."""
    cookie = request.cookies.get(SESSION_COOKIE, "")
    if cookie and await console.staff_sessions.find(cookie) is not None:
        return RedirectResponse(own_path(next), 303)
    return _login_page(request, console, next_path=next)


@router.post("/login")
async def log_in(request: Request, console: ConsoleDep, form: LoginFormDep) -> Response:
    """Begin a session; whatever session the browser had before ends."""
    name = form.text("name", max_length=NAME_MAX_LENGTH)
    try:
        cookie = await console.login.log_in(name=name, password=form.secret("password"), address=_address(request))
    except InvalidCredentialsError:
        problem, status, headers = texts.WRONG_CREDENTIALS, 401, {}
    except TooManyAttemptsError as error:
        problem, status = texts.TOO_MANY_ATTEMPTS.format(wait=texts.duration(error.retry_after)), 429
        headers = {"Retry-After": str(int(error.retry_after.total_seconds()) + 1)}
    else:
        await console.staff_sessions.end(request.cookies.get(SESSION_COOKIE, ""))
        answer = RedirectResponse(own_path(form.text("next")), 303)
        set_cookie(answer, SESSION_COOKIE, cookie, is_secure=console.is_secure)
        drop_cookie(answer, VISITOR_COOKIE, is_secure=console.is_secure)
        return answer
    answer_page = _login_page(request, console, next_path=form.text("next"), name=name, problem=problem, status=status)
    answer_page.headers.update(headers)
    return answer_page


@router.post("/logout")
async def log_out(request: Request, console: ConsoleDep, _form: FormDep) -> Response:
    """End the session."""
    await console.staff_sessions.end(request.cookies.get(SESSION_COOKIE, ""))
    answer = led_on(f"{PREFIX}/login", done="logged-out")
    drop_cookie(answer, SESSION_COOKIE, is_secure=console.is_secure)
    return answer


@router.post("/session")
async def stay_logged_in(_account: AccountDep, _form: FormDep) -> Response:
    """Count idle time from now on: the officer answered the question whether they are still there."""
    return Response(status_code=204)


@router.get("/password")
async def show_password(request: Request, console: ConsoleDep, account: AccountDep) -> Response:
    """Show the form in which an account's owner chooses a password."""
    return _password_page(request, console, display_name=account.display_name)


@router.post("/password")
async def change_password(request: Request, console: ConsoleDep, account: AccountDep, form: FormDep) -> Response:
    """Set the chosen password; every session of the account ends and this browser gets a new one."""
    display_name = form.text("display_name", max_length=NAME_MAX_LENGTH) or account.display_name
    problems = await _problems(request, console, account, form, display_name=display_name)
    if problems:
        return _password_page(request, console, display_name=display_name, problems=problems, status=422)
    async with console.sessions.begin() as session:
        await choose_password(session, account.id, password=form.secret("new"), display_name=display_name)
    answer = led_on(START, done="password")
    cookie = await console.staff_sessions.begin(account.id)
    set_cookie(answer, SESSION_COOKIE, cookie, is_secure=console.is_secure)
    return answer


async def _problems(
    request: Request, console: Console, account: StaffAccount, form: SentForm, *, display_name: str
) -> list[str]:
    """Return what is wrong with the form, in Swedish. Whoever came with a one-time password need not type it again."""
    new = form.secret("new")
    if not account.must_change_password:
        try:
            await console.login.check_password(account, form.secret("current"), address=_address(request))
        except InvalidCredentialsError:
            return [texts.WRONG_CURRENT_PASSWORD]
        except TooManyAttemptsError as error:
            return [texts.TOO_MANY_ATTEMPTS.format(wait=texts.duration(error.retry_after))]
    async with console.sessions() as session:
        is_the_same = await has_password(session, account.id, new)
    found = problems_with(
        new, repeated=form.secret("repeated"), is_the_same=is_the_same, names=(account.name, display_name)
    )
    return [texts.PASSWORD_PROBLEMS[problem] for problem in found]


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def own_path(path: str) -> str:
    """Return ``path`` if it leads to a page of the console, or the first page: a log-in leads nowhere else."""
    parts = urlsplit(path)
    is_ours = path.startswith(f"{PREFIX}/") and not (parts.scheme or parts.netloc) and "\\" not in path
    return path if is_ours and path.isprintable() else START


def _login_page(
    request: Request,
    console: Console,
    *,
    next_path: str,
    name: str = "",
    problem: str | None = None,
    status: int = 200,
) -> Response:
    visitor = request.cookies.get(VISITOR_COOKIE) or console.staff_sessions.new_token()
    answer = page(
        request,
        console,
        "login.html",
        status=status,
        form_cookie=visitor,
        next_path=next_path,
        name=name,
        problem=problem,
    )
    set_cookie(answer, VISITOR_COOKIE, visitor, is_secure=console.is_secure)
    return answer


def _password_page(
    request: Request, console: Console, *, display_name: str, problems: list[str] | None = None, status: int = 200
) -> Response:
    return page(
        request,
        console,
        "password.html",
        status=status,
        display_name=display_name,
        problems=problems or [],
        min_length=MIN_LENGTH,
        max_length=MAX_LENGTH,
    )
