"""The checklist of a case: what is to be done where, and how far each task has come."""

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from cases.api.problems import answers
from cases.api.routes import Caller, Reference
from cases.api.schemas import FreeText, Given, OfficerId, Taken
from cases.api.scopes import Scope, needs
from cases.api.versions import IfMatch, etag_of, seen_version
from cases.checklists import Checklists
from cases.drafts import Actor
from privacy.checklist import TaskAction, TaskState

router = APIRouter(prefix="/api/v1")

_TASK: Final[dict[str, Any]] = {
    "key": "erase:mailchimp",
    "action": "erase",
    "system_id": "mailchimp",
    "title": "Radera i Mailchimp",
    "instruction": "Radera kontakten permanent ur målgruppen. Spärren i reklamspärrlistan ska vara kvar.",
    "why": "Artikel 17 i dataskyddsförordningen.",
    "is_mandatory": True,
    "state": "done",
    "version": 2,
    "note": "Raderad i båda målgrupperna.",
    "changed_at": "2026-03-09T10:12:00Z",
    "actor_id": "4",
}


class CaseTask(Given):
    """One thing to do for a case."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [_TASK]})

    key: str
    action: TaskAction
    system_id: str | None = Field(description="The system in the register in which it is done")
    title: str
    instruction: str = Field(description="How it is done now; empty when the register no longer knows the system")
    why: str = Field(description="The provision that demands it")
    is_mandatory: bool = Field(description="The case cannot be granted before it is settled")
    state: TaskState
    version: int
    note: str | None = Field(description="What was written about it: may say something of the person")
    changed_at: datetime | None
    actor_id: str | None = Field(description="Who changed it last: a person on the staff, or a part of the system")


class CaseTasks(BaseModel):
    """A case's checklist, in the order in which it is best done."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_TASK]}]})

    items: list[CaseTask]


class TaskChangeIn(Taken):
    """How far a task has come."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"state": "done", "note": "Raderad i båda målgrupperna.", "version": 1, "officer_id": "4"},
                {"state": "not_applicable", "note": "Sparas till 2033 enligt bokföringslagen 7:2.", "version": 1},
            ]
        },
    )

    state: TaskState = Field(description="`not_applicable` needs a note that says why, as when law keeps what is there")
    note: FreeText | None = Field(None, description="Replaces the earlier one; empty takes it away, null leaves it")
    version: int | None = Field(
        None, ge=1, le=2**31 - 1, description="The task's version that the caller saw; or its `ETag` as `If-Match`"
    )
    officer_id: OfficerId | None = Field(None, description="The person on the staff who did it; without it the system")


async def _checklists(request: Request) -> Checklists:
    checklists: Checklists = request.app.state.checklists
    return checklists


Lists = Annotated[Checklists, Depends(_checklists)]
Key = Annotated[str, Path(max_length=80, description="The task's `key`", examples=["erase:mailchimp"])]


@router.get(
    "/cases/{reference}/tasks",
    summary="Read a case's checklist",
    responses=answers(404),
    openapi_extra=needs(Scope.WORK_TASKS),
)
async def list_tasks(reference: Reference, checklists: Lists, actor: Caller) -> CaseTasks:
    """Return every task; an open case that has no list yet gets it now, and its history says so."""
    tasks = await checklists.of_case(reference, actor=actor)
    return CaseTasks(items=[CaseTask.model_validate(task) for task in tasks])


@router.put(
    "/cases/{reference}/tasks/{key}",
    summary="Say how far a task has come",
    responses=answers(404, 409, 428),
    openapi_extra=needs(Scope.WORK_TASKS),
)
async def set_task(
    reference: Reference,
    key: Key,
    body: TaskChangeIn,
    checklists: Lists,
    actor: Caller,
    response: Response,
    if_match: IfMatch = None,
) -> CaseTask:
    """Change a task, if it still has the version that the caller saw; the case's history remembers who and what."""
    task = await checklists.set_state(
        reference,
        key,
        to=body.state,
        seen=seen_version(body.version, if_match),
        note=body.note,
        actor=actor if body.officer_id is None else Actor.officer(body.officer_id),
    )
    response.headers["ETag"] = etag_of(task.version)
    return CaseTask.model_validate(task)
