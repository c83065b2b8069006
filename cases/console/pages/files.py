"""The files of a case: bring, take, delete. Nothing is ever shown in the browser."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from cases.console import file_texts
from cases.console.accounts import StaffAccount, display_names
from cases.console.context import Console
from cases.console.guard import PREFIX, ConsoleDep, FormDep, OfficerDep
from cases.console.pages.cases import known
from cases.console.responses import led_on, page
from cases.console.uploads import FileForm
from cases.files.errors import FileRefusedError
from cases.files.kinds import FileKind
from cases.files.names import attachment, safe_name
from cases.files.service import OpenedFile

router = APIRouter(prefix="/cases/{reference}/files")

NOTHING_RUNS: Final = "default-src 'none'; sandbox"
"""Content security policy of everything that is downloaded: should a browser show it after all, nothing in it works."""


@router.get("")
async def show_files(request: Request, console: ConsoleDep, officer: OfficerDep, reference: str) -> Response:
    """Show what files there are."""
    return await _files_page(request, console, officer, known(reference))


@router.post("")
async def upload(request: Request, console: ConsoleDep, officer: OfficerDep, reference: str) -> Response:
    """Keep files, each by itself: one that is refused does not undo the others."""
    reference, taken, refused = known(reference), 0, []
    async for sent in FileForm(request, console).files():
        try:
            await console.files.store(reference, name=sent.name, content=sent.content, actor=officer.actor)
        except FileRefusedError as error:
            reason = file_texts.REFUSALS[error.refusal]
            refused.append(file_texts.NOT_TAKEN.format(name=safe_name(sent.name), reason=reason))
        else:
            taken += 1
    if taken and not refused:
        return led_on(f"{PREFIX}/cases/{reference}/files", done="file-stored")
    problem = " ".join(refused) or file_texts.NO_FILE
    return await _files_page(request, console, officer, reference, problem=problem, status=422)


@router.get("/{file_id}")
async def download(console: ConsoleDep, officer: OfficerDep, reference: str, file_id: UUID) -> Response:
    """Give a file to be saved."""
    return saved(await console.files.open_file(known(reference), file_id, actor=officer.actor))


@router.post("/{file_id}/delete")
async def delete(console: ConsoleDep, officer: OfficerDep, _form: FormDep, reference: str, file_id: UUID) -> Response:
    """Delete a file that should not be here."""
    reference = known(reference)
    await console.files.delete_file(reference, file_id, actor=officer.actor)
    return led_on(f"{PREFIX}/cases/{reference}/files", done="file-deleted")


def saved(opened: OpenedFile) -> Response:
    """Return a file as an answer that browsers save and never show."""
    return StreamingResponse(
        opened.content,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": attachment(opened.file.name),
            "Content-Length": str(opened.file.size_bytes),  # so that a download that breaks off is noticed
            "Content-Security-Policy": NOTHING_RUNS,
        },
    )


async def _files_page(
    request: Request,
    console: Console,
    officer: StaffAccount,
    reference: str,
    *,
    problem: str | None = None,
    status: int = 200,
) -> Response:
    file = await console.service.open_file(reference, actor=officer.actor)
    stored = [one for one in await console.files.list_files(reference) if one.kind is not FileKind.PACKAGE]
    async with console.sessions() as session:
        names = await display_names(session, {one.actor_id for one in stored})
    return page(
        request,
        console,
        "files.html",
        status=status,
        case=file.case,
        files=stored,
        names=names,
        file_texts=file_texts,
        problem=problem,
    )
