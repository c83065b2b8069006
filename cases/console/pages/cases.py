"""The list of cases, and one case: read, note, move, show the identity number."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from cases.console import connector_texts, conversation_texts, texts
from cases.console.accounts import StaffAccount, display_names
from cases.console.checklist import TaskDraft, checklist_of
from cases.console.context import Console
from cases.console.due import due_of
from cases.console.guard import PREFIX, ConsoleDep, FormDep, OfficerDep
from cases.console.identity import IdentityDraft, gap_shown, identity_first, identity_panel
from cases.console.responses import led_on, page
from cases.console.steps import Draft, is_too_late_to_extend, step_forms
from cases.console.timeline import timeline
from cases.drafts import DATA_SUBJECT
from cases.errors import (
    CaseNotFoundError,
    ForbiddenTransitionError,
    IdentityNotEstablishedError,
    IdentityNotInDoubtError,
    InvalidCursorError,
    StaleVersionError,
    UnfinishedChecklistError,
)
from cases.views import CaseFilter
from privacy.case_states import TRANSITIONS, CaseStatus, Resolution
from privacy.references import normalise_case_reference
from privacy.request_types import RULES, RequestType, rule_for

router = APIRouter(prefix="/cases")

PAGE_SIZE: Final = 50
OPEN: Final = "open"
ALL: Final = "all"


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What the list's address asks for; anything that is none of the choices counts as not chosen."""

    status: str
    request_type: str
    reference: str
    cursor: str

    @classmethod
    def of(cls, request: Request) -> "ListQuery":
        """Read the address."""
        asked = request.query_params
        status = asked.get("status", OPEN)
        request_type = asked.get("typ", "")
        return cls(
            status=status if status in {OPEN, ALL, *CaseStatus} else OPEN,
            request_type=request_type if request_type in {*RequestType} else "",
            reference=asked.get("ref", "").strip(),
            cursor=asked.get("efter", ""),
        )

    def narrowing(self) -> CaseFilter:
        """Return the filter. A reference is looked for everywhere: whoever types one wants that case."""
        if self.reference:
            return CaseFilter(reference=self.reference)
        return CaseFilter(
            statuses=() if self.status in {OPEN, ALL} else (CaseStatus(self.status),),
            request_types=(RequestType(self.request_type),) if self.request_type else (),
            open_only=self.status == OPEN,
        )

    def address(self, *, cursor: str = "") -> str:
        """Return the address of the same list, from ``cursor`` on."""
        chosen = {"status": self.status, "typ": self.request_type, "ref": self.reference, "efter": cursor}
        return f"{PREFIX}/cases?{urlencode({name: value for name, value in chosen.items() if value})}"


@router.get("")
async def list_cases(request: Request, console: ConsoleDep, _officer: OfficerDep) -> Response:
    """Show cases, soonest due first."""
    query = ListQuery.of(request)
    try:
        found = await console.service.list_cases(query.narrowing(), limit=PAGE_SIZE, cursor=query.cursor or None)
    except InvalidCursorError:
        return led_on(query.address())
    soon_days = console.config.due_soon_days
    return page(
        request,
        console,
        "cases.html",
        cases=[(case, due_of(case, on=console.today(), soon_days=soon_days)) for case in found.items],
        query=query,
        next_address=query.address(cursor=found.next_cursor) if found.next_cursor else None,
        statuses=[(OPEN, "Öppna"), (ALL, "Alla"), *((status.value, status.label) for status in CaseStatus)],
        request_types=[(kind.value, rule.title) for kind, rule in RULES.items()],
    )


@router.get("/{reference}")
async def show_case(request: Request, console: ConsoleDep, officer: OfficerDep, reference: str) -> Response:
    """Show a case, which its history remembers."""
    return await case_page(request, console, officer, known(reference))


@router.post("/{reference}/transitions")
async def move_case(
    request: Request, console: ConsoleDep, officer: OfficerDep, form: FormDep, reference: str
) -> Response:
    """Take a step; only what the state machine allows, and only on the case as the officer saw it."""
    reference = known(reference)
    target, resolution = _status(form.text("to")), _resolution(form.text("resolution"))
    version, note = form.number("version"), form.text("note")
    if target is None or version is None:
        return await case_page(request, console, officer, reference, problem=texts.FORBIDDEN_FORM, status=400)
    draft = Draft(target=target, note=note, resolution=resolution)
    missing = await _missing(console, reference, draft)
    if missing:
        return await case_page(request, console, officer, reference, draft=draft, problem=missing, status=422)
    try:
        await console.service.transition(
            reference, to=target, version=version, actor=officer.actor, resolution=resolution, note=note or None
        )
    except StaleVersionError:
        return await case_page(request, console, officer, reference, draft=draft, problem=texts.STALE_CASE, status=409)
    except UnfinishedChecklistError as error:
        unfinished = texts.UNFINISHED_CHECKLIST.format(tasks=", ".join(error.unfinished))
        return await case_page(request, console, officer, reference, draft=draft, problem=unfinished, status=409)
    except IdentityNotEstablishedError as error:
        return await case_page(
            request, console, officer, reference, draft=draft, problem=identity_first(error), status=409
        )
    except ForbiddenTransitionError as error:
        is_known = isinstance(error, IdentityNotInDoubtError)
        problem = texts.IDENTITY_NOT_IN_DOUBT if is_known else texts.FORBIDDEN_STEP
        return await case_page(request, console, officer, reference, draft=draft, problem=problem, status=409)
    return led_on(f"{PREFIX}/cases/{reference}", done="status")


@router.post("/{reference}/notes")
async def add_note(
    request: Request, console: ConsoleDep, officer: OfficerDep, form: FormDep, reference: str
) -> Response:
    """Keep a note."""
    reference, text = known(reference), form.text("text")
    if not text:
        return await case_page(request, console, officer, reference, problem=texts.NOTE_MISSING, status=422)
    await console.service.add_note(reference, text, actor=officer.actor)
    return led_on(f"{PREFIX}/cases/{reference}", done="note")


@router.post("/{reference}/identity-number")
async def show_identity_number(
    request: Request, console: ConsoleDep, officer: OfficerDep, _form: FormDep, reference: str
) -> Response:
    """Show the whole personal identity number once, which the case's history remembers."""
    reference = known(reference)
    number = await console.service.reveal_identity_number(reference, actor=officer.actor)
    return await case_page(request, console, officer, reference, shown_number=number)


async def case_page(
    request: Request,
    console: Console,
    officer: StaffAccount,
    reference: str,
    *,
    draft: Draft | None = None,
    problem: str | None = None,
    status: int = 200,
    shown_number: str | None = None,
    task_draft: TaskDraft | None = None,
    identity_draft: IdentityDraft | None = None,
) -> Response:
    """Return a case's page, whichever form was sent; what was written in a refused one stays."""
    file = await console.service.open_file(reference, actor=officer.actor)
    tasks = await console.checklists.of_case(reference, actor=officer.actor)
    events = await console.service.events(reference)
    established = await console.identities.of_case(reference)
    async with console.sessions() as session:
        people = {event.actor_id for event in events} | {note.actor_id for note in file.notes}
        people |= {proof.actor_id for proof in established}
        people |= {task.actor_id for task in tasks if task.actor_id is not None}
        names = {DATA_SUBJECT.id: texts.SYSTEM_PARTS[DATA_SUBJECT.id]} | await display_names(session, people)
    questions = {question.key: question.text for question in rule_for(file.case.request_type).questions}
    return page(
        request,
        console,
        "case.html",
        status=status,
        file=file,
        case=file.case,
        rule=rule_for(file.case.request_type),
        due=due_of(file.case, on=console.today(), soon_days=console.config.due_soon_days),
        words=[
            (questions.get(key) or texts.DETAIL_LABELS.get(key, key), answer) for key, answer in file.details.items()
        ],
        timeline=timeline(events, names=names, task_titles={task.key: task.title for task in tasks}),
        names=names,
        checklist=checklist_of(
            tasks,
            names=names,
            draft=task_draft,
            orders=await console.orders.of_case(reference),
            register=console.config.systems,
            connected=console.connected if file.case.status.is_open else {},
            conversations=len(await console.own_conversations.of_case(reference)) if file.case.status.is_open else None,
        ),
        connector_texts=connector_texts,
        conversation_texts=conversation_texts,
        form_id=f"{console.random.getrandbits(64):016x}",
        identity=identity_panel(file.case, established, names=names, draft=identity_draft),
        steps=step_forms(file, today=console.today(), gap=gap_shown(file.case, established), draft=draft),
        is_too_late_to_extend=is_too_late_to_extend(file.case, today=console.today()) and not file.case.extended_on,
        resolutions=list(Resolution),
        shown_number=shown_number,
        problem=problem,
    )


async def _missing(console: Console, reference: str, draft: Draft) -> str | None:
    """Return what the form still lacks, in Swedish; whether the step is allowed at all is the service's to say."""
    step = TRANSITIONS.get(((await console.service.read(reference)).status, draft.target))
    if step is None:
        return None
    if step.needs_resolution and draft.resolution is None:
        return texts.RESOLUTION_MISSING
    if step.needs_note and not draft.note:
        return texts.NOTE_MISSING
    return None


def known(typed: str) -> str:
    """Return a reference as it is stored.

    Raises:
        CaseNotFoundError: it is none, however it was typed.
    """
    reference = normalise_case_reference(typed)
    if reference is None:
        raise CaseNotFoundError
    return reference


def _status(value: str) -> CaseStatus | None:
    return CaseStatus(value) if value in {*CaseStatus} else None


def _resolution(value: str) -> Resolution | None:
    return Resolution(value) if value in {*Resolution} else None
