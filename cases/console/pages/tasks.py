"""The forms of a case's checklist."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from cases.console import texts
from cases.console.checklist import TaskDraft
from cases.console.guard import PREFIX, ConsoleDep, FormDep, OfficerDep
from cases.console.pages.cases import case_page, known
from cases.console.responses import led_on
from cases.errors import StaleTaskError, TaskNoteMissingError, TaskNotFoundError
from privacy.checklist import TaskState

router = APIRouter(prefix="/cases")


@router.post("/{reference}/tasks")
async def set_task(
    request: Request, console: ConsoleDep, officer: OfficerDep, form: FormDep, reference: str
) -> Response:
    """Say how far a task has come."""
    reference = known(reference)
    key, note = form.text("key"), form.text("note")
    to, seen = _state(form.text("state")), _state(form.text("seen"))
    if to is None or seen is None:
        return await case_page(request, console, officer, reference, problem=texts.FORBIDDEN_FORM, status=400)
    draft = TaskDraft(key=key, state=to, note=note)
    try:
        await console.checklists.set_state(reference, key, to=to, seen=seen, note=note, actor=officer.actor)
    except TaskNotFoundError:
        return await case_page(request, console, officer, reference, problem=texts.FORBIDDEN_FORM, status=404)
    except TaskNoteMissingError:
        return await case_page(
            request, console, officer, reference, task_draft=draft, problem=texts.TASK_NOTE_MISSING, status=422
        )
    except StaleTaskError:
        return await case_page(
            request, console, officer, reference, task_draft=draft, problem=texts.STALE_TASK, status=409
        )
    return led_on(f"{PREFIX}/cases/{reference}", done="task")


def _state(value: str) -> TaskState | None:
    return TaskState(value) if value in {*TaskState} else None
