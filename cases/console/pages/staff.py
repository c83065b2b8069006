"""Accounts, for administrators: add, give a new one-time password, close and open."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from cases.console import texts
from cases.console.accounts import (
    NAME_MAX_LENGTH,
    Role,
    add_staff,
    list_staff,
    normalise_name,
    reset_password,
    set_disabled,
)
from cases.console.context import Console
from cases.console.errors import LastAdministratorError, NameTakenError
from cases.console.guard import PREFIX, AdministratorDep, ConsoleDep, FormDep
from cases.console.responses import led_on, page

router = APIRouter(prefix="/staff")


@router.get("")
async def show_staff(request: Request, console: ConsoleDep, _administrator: AdministratorDep) -> Response:
    """Show all accounts."""
    return await _staff_page(request, console)


@router.post("")
async def add(request: Request, console: ConsoleDep, _administrator: AdministratorDep, form: FormDep) -> Response:
    """Make an account, and show its one-time password this once."""
    name = normalise_name(form.text("name"))
    display_name = form.text("display_name", max_length=NAME_MAX_LENGTH)
    role = Role.ADMINISTRATOR if form.text("role") == Role.ADMINISTRATOR else Role.OFFICER
    if not name:
        return await _staff_page(request, console, problem=texts.NAME_MISSING, status=422)
    try:
        async with console.sessions.begin() as session:
            password = await add_staff(
                session, name=name, display_name=display_name, role=role, now=console.now(), random=console.random
            )
    except NameTakenError:
        return await _staff_page(
            request, console, problem=texts.NAME_TAKEN, status=409, name=name, display_name=display_name
        )
    return await _staff_page(request, console, handed_out=(name, password))


@router.post("/{account_id}/password")
async def new_password(
    request: Request, console: ConsoleDep, _administrator: AdministratorDep, _form: FormDep, account_id: int
) -> Response:
    """Give a new one-time password to somebody who has lost theirs, and show it this once."""
    async with console.sessions.begin() as session:
        password = await reset_password(session, account_id, random=console.random)
        name = next(account.name for account in await list_staff(session) if account.id == account_id)
    return await _staff_page(request, console, handed_out=(name, password))


@router.post("/{account_id}/disabled")
async def disable(
    request: Request, console: ConsoleDep, _administrator: AdministratorDep, form: FormDep, account_id: int
) -> Response:
    """Close an account or open it again."""
    is_disabled = form.text("disabled") == "yes"
    try:
        async with console.sessions.begin() as session:
            await set_disabled(session, account_id, disabled=is_disabled, now=console.now())
    except LastAdministratorError:
        return await _staff_page(request, console, problem=texts.LAST_ADMINISTRATOR, status=409)
    return led_on(f"{PREFIX}/staff", done="disabled" if is_disabled else "enabled")


async def _staff_page(
    request: Request,
    console: Console,
    *,
    problem: str | None = None,
    handed_out: tuple[str, str] | None = None,
    name: str = "",
    display_name: str = "",
    status: int = 200,
) -> Response:
    async with console.sessions() as session:
        accounts = await list_staff(session)
    return page(
        request,
        console,
        "staff.html",
        status=status,
        accounts=accounts,
        roles=[(role.value, texts.ROLES[role]) for role in Role],
        role_names=texts.ROLES,
        problem=problem,
        handed_out=handed_out,
        name=name,
        display_name=display_name,
    )
