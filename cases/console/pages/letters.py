"""Letters of a case: choose one, fill it in, read and edit it, send it."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from cases.console import letter_texts
from cases.console.accounts import StaffAccount, display_names
from cases.console.context import Console
from cases.console.guard import PREFIX, ConsoleDep, FormDep, OfficerDep, SentForm
from cases.console.new_ids import new_id
from cases.console.pages.cases import known
from cases.console.responses import led_on, page
from cases.letters.errors import (
    LetterNotFoundError,
    LetterRefusedError,
    LetterSendingError,
    LetterUndeliverableError,
)
from cases.letters.service import Filling
from cases.letters.templates import Letter
from cases.letters.ways import LetterWay
from privacy.grounds import grounds_for
from privacy.letter_check import Fault
from privacy.letters import WITH_GROUNDS, LetterKind

router = APIRouter(prefix="/cases/{reference}/letters")


@router.get("")
async def show_letters(request: Request, console: ConsoleDep, officer: OfficerDep, reference: str) -> Response:
    """Show the letters that were sent, and those that can be written."""
    reference = known(reference)
    file = await console.service.open_file(reference, actor=officer.actor)
    sent = await console.letters.list_letters(reference)
    async with console.sessions() as session:
        names = await display_names(session, {letter.actor_id for letter in sent})
    return page(
        request,
        console,
        "letters.html",
        case=file.case,
        sent=sent,
        kinds=await console.letters.kinds(reference),
        names=names,
        letter_texts=letter_texts,
    )


@router.get("/{kind}")
async def write_letter(
    request: Request, console: ConsoleDep, officer: OfficerDep, reference: str, kind: str
) -> Response:
    """Show an empty letter of a kind, with what must be filled in."""
    return await _letter_page(request, console, officer, known(reference), Filling(_kind(kind)))


@router.post("/{kind}/filled")
async def fill_letter(
    request: Request, console: ConsoleDep, officer: OfficerDep, form: FormDep, reference: str, kind: str
) -> Response:
    """Show the letter with what was filled in, to be read and edited."""
    return await _letter_page(request, console, officer, known(reference), _filling(form, kind), is_filled=True)


@router.post("/{kind}")
async def send_letter(
    request: Request, console: ConsoleDep, officer: OfficerDep, form: FormDep, reference: str, kind: str
) -> Response:
    """Send the letter as it was edited; what it lacks is said, and the text stays."""
    reference, filling = known(reference), _filling(form, kind)
    edited = Letter(form.text("subject", max_length=200), form.text("body") + "\n")
    way = LetterWay(form.text("way")) if form.text("way") in {*LetterWay} else None
    faults: Sequence[Fault] = ()
    try:
        if way is None:
            raise LetterUndeliverableError("no way was chosen")  # noqa: TRY301 - the same answer as a way that is closed
        await console.letters.send(
            reference,
            filling,
            edited,
            letter_id=_letter_id(form),
            way=way,
            actor=officer.actor,
            officer_name=officer.display_name,
        )
    except LetterRefusedError as error:
        problem, status, faults = letter_texts.NOT_SENDABLE, 422, error.faults
    except LetterUndeliverableError:
        problem, status = letter_texts.UNDELIVERABLE, 422
    except LetterSendingError:
        problem, status = letter_texts.NOT_NOW, 503
    else:
        return led_on(f"{PREFIX}/cases/{reference}/letters", done="letter-sent")
    return await _letter_page(
        request,
        console,
        officer,
        reference,
        filling,
        is_filled=True,
        edited=edited,
        faults=faults,
        problem=problem,
        status=status,
    )


async def _letter_page(
    request: Request,
    console: Console,
    officer: StaffAccount,
    reference: str,
    filling: Filling,
    *,
    is_filled: bool = False,
    edited: Letter | None = None,
    faults: Sequence[Fault] = (),
    problem: str | None = None,
    status: int = 200,
) -> Response:
    if filling.kind not in await console.letters.kinds(reference):
        raise LetterNotFoundError(filling.kind)
    file = await console.service.open_file(reference, actor=officer.actor)
    draft = await console.letters.fill(reference, filling)
    is_ready = is_filled or not (draft.entries or filling.kind in WITH_GROUNDS)
    return page(
        request,
        console,
        "letter.html",
        status=status,
        case=file.case,
        contact_email=file.contact_email,
        draft=draft,
        letter=edited or draft.letter,
        grounds=grounds_for(file.case.request_type) if filling.kind in WITH_GROUNDS else (),
        is_ready=is_ready,
        faults=faults or (draft.faults if is_ready and edited is None else ()),
        letter_id=new_id(console.random),
        letter_texts=letter_texts,
        problem=problem,
    )


def _filling(form: SentForm, kind: str) -> Filling:
    known_kind = _kind(kind)
    entries = {key.removeprefix("entry-"): form.text(key) for key in form.names() if key.startswith("entry-")}
    keys = tuple(key.removeprefix("ground-") for key in form.names() if key.startswith("ground-"))
    return Filling(known_kind, entries, keys)


def _kind(value: str) -> LetterKind:
    if value not in {*LetterKind}:
        raise LetterNotFoundError(value)
    return LetterKind(value)


def _letter_id(form: SentForm) -> UUID:
    try:
        return UUID(form.text("letter_id"))
    except ValueError:
        raise LetterNotFoundError("letter_id") from None
