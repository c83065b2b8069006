"""Checklists: made once, worked with a trace, and no case ends as granted while something mandatory is open."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import text

from cases.app import create_app
from cases.audit import verify
from cases.checklists import Checklists
from cases.drafts import Actor
from cases.errors import (
    CaseNotFoundError,
    StaleTaskError,
    TaskNoteMissingError,
    TaskNotFoundError,
    UnfinishedChecklistError,
)
from cases.service import CaseService
from privacy.calendar import WorkingCalendar
from privacy.case_states import CaseStatus, Resolution
from privacy.checklist import TaskState
from privacy.request_types import RequestType
from privacy.systems import NO_SYSTEMS, SystemRegister
from tests.register import REGISTER

pytestmark = pytest.mark.database

ANNA, BO = Actor.officer("4"), Actor.officer("5")


@pytest.fixture
def service(sessions, key_ring, clock):
    return CaseService(sessions, key_ring=key_ring, clock=clock, calendar=WorkingCalendar(), systems=REGISTER)


@pytest.fixture
def checklists(sessions, key_ring, clock):
    return Checklists(sessions, key_ring=key_ring, clock=clock, register=REGISTER)


@pytest.fixture
async def case(service, draft):
    await service.register(draft)
    return draft


async def settle(checklists, reference, *, only=None):
    for task in await checklists.of_case(reference, actor=ANNA):
        if task.is_mandatory and (only is None or task.key in only):
            await checklists.set_state(
                reference, task.key, to=TaskState.DONE, seen=TaskState.OPEN, note=None, actor=ANNA
            )


async def grant(service, draft, resolution=Resolution.GRANTED, version=1):
    return await service.transition(
        draft.reference, to=CaseStatus.DECIDED, version=version, actor=ANNA, resolution=resolution
    )


async def test_a_case_gets_its_tasks_when_it_is_first_opened_and_its_history_says_so(checklists, service, case):
    tasks = await checklists.of_case(case.reference, actor=ANNA)
    again = await checklists.of_case(case.reference, actor=BO)

    assert tasks == again
    assert {task.state for task in tasks} == {TaskState.OPEN}
    assert tasks[0].key == "fetch:mailchimp"
    assert tasks[0].instruction == REGISTER.system("mailchimp").instructions["fetch"]
    events = [event for event in await service.events(case.reference) if event.kind == "checklist_made"]
    assert [(event.actor_id, event.facts) for event in events] == [("4", {"tasks": len(tasks)})]


async def test_ten_who_open_a_case_at_once_make_one_list(checklists, service, case):
    lists = await asyncio.gather(*(checklists.of_case(case.reference, actor=ANNA) for _ in range(10)))

    assert len({tuple(task.key for task in tasks) for tasks in lists}) == 1
    assert [event.kind for event in await service.events(case.reference)].count("checklist_made") == 1


async def test_who_did_what_when_stands_with_the_task_and_in_the_history(checklists, service, case, clock, sessions):
    await checklists.of_case(case.reference, actor=ANNA)
    clock.advance(hours=1)

    await checklists.set_state(
        case.reference,
        "fetch:choice_hr",
        to=TaskState.NOT_APPLICABLE,
        seen=TaskState.OPEN,
        note=" Karl har inte sökt jobb. ",
        actor=BO,
    )

    [task] = [t for t in await checklists.of_case(case.reference, actor=ANNA) if t.key == "fetch:choice_hr"]
    assert (task.state, task.note) == (TaskState.NOT_APPLICABLE, "Karl har inte sökt jobb.")
    assert (task.changed_at, task.actor_id) == (clock(), "5")
    event = (await service.events(case.reference))[-1]
    assert (event.kind, event.actor_id) == ("task_changed", "5")
    assert event.facts == {"task": "fetch:choice_hr", "state": "not_applicable"}
    async with sessions() as session:
        assert (await verify(session)).is_intact
        rows = (await session.scalars(text("SELECT t::text FROM cases.case_task t"))).all()
        assert not any("Karl har" in row or b"Karl har".hex() in row for row in rows)


async def test_what_does_not_apply_needs_a_reason(checklists, service, case):
    await checklists.of_case(case.reference, actor=ANNA)

    for note in (None, "", "  "):
        with pytest.raises(TaskNoteMissingError):
            await checklists.set_state(
                case.reference,
                "fetch:website",
                to=TaskState.NOT_APPLICABLE,
                seen=TaskState.OPEN,
                note=note,
                actor=ANNA,
            )

    states = {task.key: task.state for task in await checklists.of_case(case.reference, actor=ANNA)}
    assert states["fetch:website"] is TaskState.OPEN
    assert "task_changed" not in [event.kind for event in await service.events(case.reference)]


async def test_two_officers_on_one_task_do_not_overwrite_each_other(checklists, case):
    await checklists.of_case(case.reference, actor=ANNA)

    async def mark(actor):
        try:
            await checklists.set_state(
                case.reference, "fetch:hubspot", to=TaskState.DONE, seen=TaskState.OPEN, note=None, actor=actor
            )
        except StaleTaskError:
            return "too late"
        return "done"

    assert sorted(await asyncio.gather(mark(ANNA), mark(BO))) == ["done", "too late"]


async def test_a_note_is_kept_or_taken_away_as_it_was_written(checklists, case):
    async def note_after(note, seen):
        await checklists.set_state(case.reference, "fetch:hubspot", to=TaskState.DONE, seen=seen, note=note, actor=ANNA)
        [task] = [t for t in await checklists.of_case(case.reference, actor=ANNA) if t.key == "fetch:hubspot"]
        return task.note

    await checklists.of_case(case.reference, actor=ANNA)
    assert await note_after("Två kontakter.", TaskState.OPEN) == "Två kontakter."
    assert await note_after(None, TaskState.DONE) == "Två kontakter."
    assert await note_after("", TaskState.DONE) is None


async def test_what_is_not_on_the_list_cannot_be_done(checklists, case):
    await checklists.of_case(case.reference, actor=ANNA)

    with pytest.raises(TaskNotFoundError):
        await checklists.set_state(
            case.reference, "erase:mailchimp", to=TaskState.DONE, seen=TaskState.OPEN, note=None, actor=ANNA
        )
    with pytest.raises(CaseNotFoundError):
        await checklists.of_case("AR-2222-2222", actor=ANNA)


@pytest.mark.parametrize("resolution", [Resolution.GRANTED, Resolution.PARTLY_GRANTED])
async def test_a_case_does_not_end_as_granted_with_something_mandatory_open(checklists, service, case, resolution):
    with pytest.raises(UnfinishedChecklistError) as unopened:
        await grant(service, case, resolution)
    mandatory = [task for task in await checklists.of_case(case.reference, actor=ANNA) if task.is_mandatory]
    assert list(unopened.value.unfinished) == [task.title for task in mandatory]

    await settle(checklists, case.reference, only={task.key for task in mandatory[1:]})
    with pytest.raises(UnfinishedChecklistError) as refused:
        await grant(service, case, resolution)
    assert refused.value.unfinished == (mandatory[0].title,)
    assert (await service.read(case.reference)).status is CaseStatus.RECEIVED

    await settle(checklists, case.reference, only={mandatory[0].key})
    assert (await grant(service, case, resolution)).resolution is resolution


@pytest.mark.parametrize("resolution", [Resolution.REFUSED, Resolution.FORWARDED, Resolution.WITHDRAWN])
async def test_other_ends_wait_for_no_list(service, case, resolution):
    assert (await grant(service, case, resolution)).resolution is resolution


async def test_a_company_without_a_register_is_not_held_up(sessions, key_ring, clock, draft):
    service = CaseService(sessions, key_ring=key_ring, clock=clock, calendar=WorkingCalendar(), systems=NO_SYSTEMS)
    await service.register(draft)

    assert (await grant(service, draft)).resolution is Resolution.GRANTED


async def test_a_list_stays_as_it_was_made_when_the_register_changes(checklists, sessions, key_ring, clock, case):
    made = await checklists.of_case(case.reference, actor=ANNA)
    smaller = SystemRegister(systems=tuple(system for system in REGISTER.systems if system.id != "mailchimp"))
    later = Checklists(sessions, key_ring=key_ring, clock=clock, register=smaller)

    seen = await later.of_case(case.reference, actor=ANNA)

    assert [task.key for task in seen] == [task.key for task in made]
    assert (seen[0].title, seen[0].instruction) == (made[0].title, "")


async def test_an_ended_case_without_a_list_gets_none(checklists, service, case):
    await grant(service, case, Resolution.WITHDRAWN)

    assert list(await checklists.of_case(case.reference, actor=ANNA)) == []
    assert "checklist_made" not in [event.kind for event in await service.events(case.reference)]


async def test_every_type_of_request_can_be_worked_to_its_end(checklists, service, another):
    for request_type in RequestType:
        await service.register(draft := another(request_type=request_type))
        await settle(checklists, draft.reference)

        assert (await grant(service, draft)).resolution is Resolution.GRANTED


async def test_the_api_says_what_is_open(config, clock, draft, service):
    import httpx

    await service.register(draft)
    app = create_app(replace(config, systems=REGISTER), clock=clock)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        headers = {"Authorization": f"Bearer {config.service_tokens[0]}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://cases", headers=headers) as api:
            refused = await api.post(
                f"/api/v1/cases/{draft.reference}/transitions",
                json={"to": "decided", "resolution": "granted", "version": 1, "officer_id": "4"},
            )

    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:insyn:problem:unfinished-checklist"
    assert "Hämta uppgifter ur Mailchimp" in refused.json()["open_tasks"]
