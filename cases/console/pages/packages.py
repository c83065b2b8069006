"""The package of a case: choose what goes along, look it through, release it, take it back."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from cases.console import file_texts, package_texts, texts
from cases.console.accounts import StaffAccount, display_names
from cases.console.context import Console
from cases.console.guard import PREFIX, ConsoleDep, FormDep, OfficerDep, SentForm
from cases.console.identity import gap_shown, identity_first
from cases.console.pages.cases import known
from cases.console.pages.files import saved
from cases.console.responses import led_on, page
from cases.errors import IdentityNotEstablishedError
from cases.files.kinds import FileKind
from cases.own_conversations import OWN_SYSTEM
from cases.packages.document import STYLE_HASH
from cases.packages.errors import GatheringError, PackageNotFoundError, PackageNotPossibleError
from cases.packages.service import HANDED_OUT
from cases.packages.states import PackageState

router = APIRouter(prefix="/cases/{reference}/package")

PREVIEW_POLICY: Final = f"default-src 'none'; style-src '{STYLE_HASH}'; sandbox; frame-ancestors 'none'"


@router.get("")
async def show_package(request: Request, console: ConsoleDep, officer: OfficerDep, reference: str) -> Response:
    """Show the package, or how one is made."""
    return await _package_page(request, console, officer, known(reference))


@router.post("")
async def prepare(
    request: Request, console: ConsoleDep, officer: OfficerDep, form: FormDep, reference: str
) -> Response:
    """Make the package from what was chosen."""
    reference = known(reference)
    try:
        await console.packages.prepare(
            reference, file_ids=_chosen_files(form), system_ids=_chosen(form, "system-"), actor=officer.actor
        )
    except PackageNotPossibleError:
        problem, status = package_texts.NOT_POSSIBLE, 409
    except GatheringError:
        problem, status = package_texts.CHAT_IS_DOWN, 503
    else:
        return led_on(f"{PREFIX}/cases/{reference}/package", done="package-prepared")
    return await _package_page(request, console, officer, reference, problem=problem, status=status)


@router.get("/{package_id}/page")
async def preview(console: ConsoleDep, officer: OfficerDep, reference: str, package_id: UUID) -> Response:
    """Show the readable page exactly as the person gets it, which the history remembers; nothing in it can run."""
    text = await console.packages.page(known(reference), package_id, actor=officer.actor)
    return HTMLResponse(text, headers={"Content-Security-Policy": PREVIEW_POLICY})


@router.get("/{package_id}/content")
async def download(console: ConsoleDep, officer: OfficerDep, reference: str, package_id: UUID) -> Response:
    """Give the officer the whole package, to look through or to hand over another way."""
    return saved(await console.packages.whole(known(reference), package_id, actor=officer.actor))


@router.post("/{package_id}/release")
async def release(
    request: Request, console: ConsoleDep, officer: OfficerDep, form: FormDep, reference: str, package_id: UUID
) -> Response:
    """Release the package that was looked through, and no other."""
    reference = known(reference)
    if not form.text("reviewed"):
        problem = package_texts.NOT_REVIEWED
        return await _package_page(request, console, officer, reference, problem=problem, status=422)
    try:
        await console.packages.release(reference, package_id, actor=officer.actor)
    except PackageNotFoundError:
        problem = package_texts.NO_LONGER
        return await _package_page(request, console, officer, reference, problem=problem, status=409)
    except IdentityNotEstablishedError as error:
        problem = identity_first(error)
        return await _package_page(request, console, officer, reference, problem=problem, status=409)
    return led_on(f"{PREFIX}/cases/{reference}/package", done="package-released")


@router.post("/{package_id}/withdraw")
async def withdraw(
    console: ConsoleDep, officer: OfficerDep, _form: FormDep, reference: str, package_id: UUID
) -> Response:
    """Take the package back; its content is deleted."""
    reference = known(reference)
    await console.packages.withdraw(reference, package_id, actor=officer.actor)
    return led_on(f"{PREFIX}/cases/{reference}/package", done="package-withdrawn")


async def _package_page(
    request: Request,
    console: Console,
    officer: StaffAccount,
    reference: str,
    *,
    problem: str | None = None,
    status: int = 200,
) -> Response:
    file = await console.service.open_file(reference, actor=officer.actor)
    if file.case.request_type not in HANDED_OUT:
        raise PackageNotFoundError(reference)
    files = [one for one in await console.files.list_files(reference) if one.kind is not FileKind.PACKAGE]
    package = await console.packages.current(reference)
    people = {package.prepared_by, package.released_by or ""} if package else set()
    async with console.sessions() as session:
        names = await display_names(session, people)
    gap = gap_shown(file.case, await console.identities.of_case(reference))
    found_in = {one.source for one in files} | {OWN_SYSTEM}  # there is always something in it about who has a case
    return page(
        request,
        console,
        "package.html",
        status=status,
        case=file.case,
        files=files,
        package=package,
        is_released=package is not None and package.state is PackageState.RELEASED,
        hindrance=None if gap is None else package_texts.NOT_YET.format(what=texts.IDENTITY_GAPS[gap]),
        is_identified=file.personal_identity_number is not None,
        systems=[(system, system.id in found_in) for system in console.config.systems.systems],
        names=names,
        file_texts=file_texts,
        package_texts=package_texts,
        problem=problem,
    )


def _chosen(form: SentForm, prefix: str) -> list[str]:
    return [name.removeprefix(prefix) for name in form.names() if name.startswith(prefix)]


def _chosen_files(form: SentForm) -> list[UUID]:
    try:
        return [UUID(value) for value in _chosen(form, "file-")]
    except ValueError:
        return []
