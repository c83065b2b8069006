"""The API's way to a case's checklist: read, settled with a reason, never overwritten unseen, always remembered."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import text

from tests.cases.conftest import body_of
from tests.register import REGISTER

pytestmark = pytest.mark.database

BASE = "/api/v1/cases"
KEY = "fetch:mailchimp"
REASON = "Karl finns inte i någon målgrupp."


@pytest.fixture
def config(config):
    return replace(config, systems=REGISTER)


@pytest.fixture
async def reference(api, references):
    await api.put(f"{BASE}/{(reference := next(references))}", json=body_of())
    return reference


@pytest.fixture
def put(api, reference):
    async def put(key: str = KEY, *, headers=None, **body):
        return await api.put(f"{BASE}/{reference}/tasks/{key}", json=body, headers=headers)

    return put


def problem_of(answer) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.json()["type"].removeprefix("urn:insyn:problem:")


async def tasks_of(api, reference) -> dict[str, dict]:
    return {task["key"]: task for task in (await api.get(f"{BASE}/{reference}/tasks")).json()["items"]}


async def history_of(api, reference) -> list[tuple[str, str, dict]]:
    events = (await api.get(f"{BASE}/{reference}/events")).json()["items"]
    return [(event["kind"], event["actor_id"], event["facts"]) for event in events]


async def test_a_case_has_its_checklist_from_the_first_look_and_one_only(api, reference):
    first, again = await tasks_of(api, reference), await tasks_of(api, reference)

    assert first == again
    assert first[KEY] | {"instruction": "", "title": "", "why": ""} == {
        "key": KEY,
        "action": "fetch",
        "system_id": "mailchimp",
        "title": "",
        "instruction": "",
        "why": "",
        "is_mandatory": True,
        "state": "open",
        "version": 1,
        "note": None,
        "changed_at": None,
        "actor_id": None,
    }
    assert all(task["title"] and task["why"] for task in first.values())
    made = [(actor, facts) for kind, actor, facts in await history_of(api, reference) if kind == "checklist_made"]
    assert made == [("assistant", {"tasks": len(first)})]


async def test_a_task_is_done_by_a_person_and_the_history_says_who(api, put, reference, clock):
    await tasks_of(api, reference)

    answer = await put(state="done", note="Uppladdat.", version=1, officer_id="4")

    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == '"2"'
    task = (await tasks_of(api, reference))[KEY]
    assert task == answer.json()
    assert (task["state"], task["version"], task["note"], task["actor_id"]) == ("done", 2, "Uppladdat.", "4")
    assert (await history_of(api, reference))[-1] == ("task_changed", "4", {"task": KEY, "state": "done"})


async def test_what_does_not_apply_or_is_kept_needs_its_reason(api, put, reference):
    await tasks_of(api, reference)

    refused = await put(state="not_applicable", version=1)
    kept = await put(state="not_applicable", note=REASON, version=1)

    assert (refused.status_code, problem_of(refused)) == (422, "task-note-missing")
    assert (kept.status_code, kept.json()["note"], kept.json()["actor_id"]) == (200, REASON, "assistant")
    assert (await history_of(api, reference))[-1][2] == {"task": KEY, "state": "not_applicable"}


async def test_the_note_stands_sealed_and_in_no_event(api, put, reference, sessions):
    await tasks_of(api, reference)
    await put(state="not_applicable", note=REASON, version=1)

    async with sessions() as session:
        rows = str((await session.execute(text("SELECT t::text FROM cases.case_task t"))).all())
    assert REASON not in rows + str(await history_of(api, reference))


async def test_what_was_not_seen_is_not_overwritten(api, put, reference):
    await tasks_of(api, reference)
    await put(state="done", version=1)

    stale = await put(state="open", version=1)
    by_tag = await put(state="open", headers={"If-Match": '"2"'})

    assert (stale.status_code, problem_of(stale), stale.json()["current_version"]) == (409, "stale-task", 2)
    assert (by_tag.status_code, by_tag.json()["version"]) == (200, 3)


async def test_of_two_at_once_one_is_told_that_it_came_second(api, put, reference):
    await tasks_of(api, reference)

    answers = await asyncio.gather(*(put(state="done", note=str(n), version=1) for n in range(4)))

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    changes = [kind for kind, _, _ in await history_of(api, reference) if kind == "task_changed"]
    assert len(changes) == 1


async def test_a_change_says_which_version_it_is_of(api, put, reference):
    await tasks_of(api, reference)

    answers = [
        await put(state="done"),
        await put(state="done", version=1, headers={"If-Match": '"2"'}),
        await put(state="done", headers={"If-Match": "open"}),
    ]

    assert [(answer.status_code, problem_of(answer)) for answer in answers] == [
        (428, "version-missing"),
        (422, "invalid-version"),
        (422, "invalid-version"),
    ]
    assert (await tasks_of(api, reference))[KEY]["state"] == "open"


async def test_what_is_not_there_is_said(api, put, reference):
    await tasks_of(api, reference)

    no_task = await put("burn:mailchimp", state="done", version=1)
    no_case = await api.get(f"{BASE}/AR-2222-2222/tasks")

    assert (no_task.status_code, problem_of(no_task)) == (404, "task-not-found")
    assert (no_case.status_code, problem_of(no_case)) == (404, "case-not-found")


async def test_the_api_s_checklist_holds_a_grant_up_like_the_console_s(api, put, reference):
    tasks = await tasks_of(api, reference)
    step = {"to": "in_progress", "version": 1, "officer_id": "4"}
    await api.post(f"{BASE}/{reference}/transitions", json=step)
    decision = {"to": "decided", "resolution": "granted", "version": 2, "officer_id": "4"}

    held_up = await api.post(f"{BASE}/{reference}/transitions", json=decision)
    for task in tasks.values():
        await put(task["key"], state="done", version=1, officer_id="4")
    decided = await api.post(f"{BASE}/{reference}/transitions", json=decision)

    assert problem_of(held_up) == "unfinished-checklist"
    assert (decided.status_code, decided.json()["resolution"]) == (200, "granted")
