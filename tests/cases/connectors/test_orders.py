"""Orders of a case: fetched into its files, erased once, settled in its checklist, remembered in its history."""

import json

import pytest

from cases.connectors.interface import Operation
from cases.connectors.orders import OrderFailedError
from cases.drafts import NOBODY, Actor
from cases.errors import CaseNotFoundError, IdentityNotEstablishedError, NoSuchConnectorError
from cases.files.service import CaseFiles
from privacy.checklist import TaskState
from privacy.errors import InvalidContactAddressError
from privacy.identity_proof import ProofMethod
from privacy.request_types import RequestType
from tests.cases.connectors.conftest import KARL
from tests.cases.connectors.test_propagation import Killed

pytestmark = pytest.mark.database

OFFICER = Actor.officer("4")


@pytest.fixture
async def case(service, draft, checklists):
    await service.register(draft)
    await checklists.of_case(draft.reference, actor=OFFICER)
    return draft


@pytest.fixture
def place(orders):
    async def place(draft, system="mailchimp", operation=Operation.EXPORT, **changes):
        order = {
            "task_key": f"fetch:{system}",
            "address": KARL,
            "form_id": "one form",
            "actor": OFFICER,
        } | changes
        return await orders.place(draft.reference, system=system, operation=operation, **order)

    return place


async def content_of(files, reference) -> list[tuple[str, dict]]:
    found = []
    for file in await files.list_files(reference):
        opened = await files.read(reference, file.id)
        found.append((file.source, json.loads(b"".join([part async for part in opened.content]))))
    return found


async def test_what_a_system_has_is_fetched_into_the_case(case, place, orders, files, checklists, systems, service):
    systems.mailchimp.add("news", KARL, merge_fields={"FNAME": "Karl"})

    order = await place(case)
    await orders.attempt(order.id)

    [(source, content)] = await content_of(files, case.reference)
    assert source == "mailchimp"
    assert content["members"][0]["member"]["merge_fields"] == {"FNAME": "Karl"}
    tasks = {task.key: task for task in await checklists.of_case(case.reference, actor=OFFICER)}
    assert (tasks["fetch:mailchimp"].state, tasks["fetch:mailchimp"].actor_id) == (TaskState.DONE, "jobs")
    assert tasks["fetch:hubspot"].state is TaskState.OPEN
    events = [(event.kind, event.actor_id, event.facts) for event in await service.events(case.reference)]
    assert ("connector_ordered", "4", {"order_id": order.id, "system": "mailchimp", "operation": "export"}) in events
    [answered] = [facts for kind, _, facts in events if kind == "connector_answered"]
    assert (answered["outcome"], answered["records"]) == ("done", 1)


async def test_who_is_not_there_is_left_to_the_officer_since_the_address_may_be_another(
    case, place, orders, files, checklists
):
    order = await place(case, system="teamtailor")
    await orders.attempt(order.id)

    assert await content_of(files, case.reference) == []
    tasks = {task.key: task.state for task in await checklists.of_case(case.reference, actor=OFFICER)}
    assert tasks["fetch:teamtailor"] is TaskState.OPEN
    [done] = await orders.of_case(case.reference)
    assert done.outcome == "absent"


async def test_a_form_sent_twice_is_one_order_with_one_receipt(case, place, orders, systems, service):
    systems.hubspot.add(KARL)
    first = await place(case, system="hubspot", operation=Operation.ERASE)
    await orders.attempt(first.id)
    second = await place(case, system="hubspot", operation=Operation.ERASE)
    await orders.attempt(second.id)

    assert second.id == first.id
    assert (second.outcome, second.state) == ("done", "done")
    [kept] = await orders.of_case(case.reference)
    assert (kept.outcome, kept.attempts) == ("done", 1)
    assert [event.kind for event in await service.events(case.reference)].count("connector_ordered") == 1
    assert systems.hubspot.contacts == {}


async def test_nothing_is_erased_for_whom_nobody_knows_but_it_may_be_looked_for(
    place, orders, service, another, identities, systems
):
    systems.hubspot.add(KARL)
    await service.register(nobodys := another(request_type=RequestType.ERASURE, identity=NOBODY))

    await place(nobodys, system="hubspot", operation=Operation.EXPORT)
    with pytest.raises(IdentityNotEstablishedError):
        await place(nobodys, system="hubspot", operation=Operation.ERASE, form_id="another form")
    assert [order.operation for order in await orders.of_case(nobodys.reference)] == [Operation.EXPORT]

    await identities.establish(nobodys.reference, ProofMethod.CALLED_BACK, note=None, actor=OFFICER)
    order = await place(nobodys, system="hubspot", operation=Operation.ERASE, form_id="another form")
    await orders.attempt(order.id)
    assert systems.hubspot.contacts == {}


async def test_fetching_again_takes_the_earlier_file_s_place(case, place, orders, files, systems):
    systems.mailchimp.add("news", KARL)
    for form in ("one form", "another form"):
        order = await place(case, form_id=form)
        await orders.attempt(order.id)

    assert len(await files.list_files(case.reference)) == 1


@pytest.mark.parametrize("dies", ["before the file", "after the file"])
async def test_a_worker_that_dies_around_the_file_leaves_one_file_and_one_receipt(
    case, place, orders, files, systems, dies
):
    systems.mailchimp.add("news", KARL)
    order = await place(case)
    whole = files.store_gathered

    async def dying(*args, **more):
        if dies == "after the file":
            await whole(*args, **more)
        raise Killed

    orders._files = type("Dying", (), {"store_gathered": staticmethod(dying)})()
    with pytest.raises(Killed):
        await orders.attempt(order.id)
    assert [o.state for o in await orders.of_case(case.reference)] == ["pending"]

    orders._files = files
    await orders.attempt(order.id)

    assert [o.state for o in await orders.of_case(case.reference)] == ["done"]
    assert len(await files.list_files(case.reference)) == 1


async def test_an_order_that_is_refused_leaves_the_task_open_and_says_so(
    case, place, orders, checklists, systems, service
):
    systems.mailchimp.script.failures.append("400")
    order = await place(case)

    await orders.attempt(order.id)

    [dead] = await orders.of_case(case.reference)
    assert (dead.state, dead.last_outcome) == ("dead", "400")
    tasks = {task.key: task.state for task in await checklists.of_case(case.reference, actor=OFFICER)}
    assert tasks["fetch:mailchimp"] is TaskState.OPEN
    assert (await service.events(case.reference))[-1].kind == "connector_gave_up"


async def test_a_fault_that_passes_settles_the_task_later(case, place, orders, checklists, systems):
    systems.mailchimp.add("news", KARL)
    systems.mailchimp.script.failures.extend(["503", "503"])
    order = await place(case)
    with pytest.raises(OrderFailedError):
        await orders.attempt(order.id)

    await orders.attempt(order.id)

    tasks = {task.key: task.state for task in await checklists.of_case(case.reference, actor=OFFICER)}
    assert tasks["fetch:mailchimp"] is TaskState.DONE


async def test_a_task_that_an_officer_settled_meanwhile_is_left_alone(case, place, orders, checklists, systems):
    systems.mailchimp.add("news", KARL)
    order = await place(case)
    await checklists.set_state(
        case.reference,
        "fetch:mailchimp",
        to=TaskState.NOT_APPLICABLE,
        seen=TaskState.OPEN,
        note="Aldrig kund.",
        actor=OFFICER,
    )

    await orders.attempt(order.id)

    tasks = {task.key: task for task in await checklists.of_case(case.reference, actor=OFFICER)}
    assert (tasks["fetch:mailchimp"].state, tasks["fetch:mailchimp"].note) == (
        TaskState.NOT_APPLICABLE,
        "Aldrig kund.",
    )


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"system": "choice_hr"}, NoSuchConnectorError),
        ({"system": "teamtailor", "operation": Operation.SUPPRESS}, NoSuchConnectorError),
        ({"address": "inte en adress"}, InvalidContactAddressError),
    ],
)
async def test_what_cannot_be_ordered_is_refused_without_a_trace(case, place, orders, service, changes, error):
    with pytest.raises(error):
        await place(case, **changes)

    assert list(await orders.of_case(case.reference)) == []
    assert "connector_ordered" not in [event.kind for event in await service.events(case.reference)]


async def test_no_order_without_a_case(place, another):
    with pytest.raises(CaseNotFoundError):
        await place(another())


async def test_erasure_leaves_the_suppression_list_alone(
    service, another, place, orders, say_no, systems, checklists, sessions
):
    from cases.drafts import MarketingChannel

    systems.mailchimp.add("news", KARL)
    draft = another(request_type=RequestType.ERASURE)
    await service.register(draft)
    await checklists.of_case(draft.reference, actor=OFFICER)
    await say_no(KARL)

    order = await place(draft, operation=Operation.ERASE, task_key="erase:mailchimp")
    await orders.attempt(order.id)

    assert systems.mailchimp.status("news", KARL) is None
    assert await service.is_blocked(MarketingChannel.EMAIL, KARL)


async def test_an_export_that_is_too_large_for_the_case_is_said_and_not_fetched_for_ever(
    case, place, orders, systems, sessions, key_ring, clock
):
    systems.mailchimp.add("news", KARL, merge_fields={"LIFE": "x" * 3000})
    orders._files = CaseFiles(sessions, key_ring=key_ring, clock=clock, max_bytes=1000)
    order = await place(case)

    await orders.attempt(order.id)

    [dead] = await orders.of_case(case.reference)
    assert dead.state == "dead"
    assert dead.last_outcome.startswith("file refused")
