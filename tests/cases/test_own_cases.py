"""A person finds their own cases, adds to them and takes them back; nobody else learns that they exist."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import event

from cases.audit import verify
from cases.drafts import NOBODY, Actor, IdentificationMethod, Identity
from cases.errors import CaseEndedError, CaseNotFoundError
from cases.own_cases import OwnCases, Person
from privacy.calendar import WorkingCalendar
from privacy.case_states import CaseStatus, Resolution
from privacy.request_types import IdentityLevel, RequestType

pytestmark = pytest.mark.database

BASE = "/api/v1"
OFFICER = Actor.officer("4")
ADDITION = UUID(int=11)
BY_CODE = Identity(IdentityLevel.CONTACT, IdentificationMethod.EMAIL_CODE)


@pytest.fixture
def own(sessions, key_ring, clock):
    return OwnCases(sessions, key_ring=key_ring, clock=clock, calendar=WorkingCalendar())


@pytest.fixture
def karl(draft):
    return Person(draft.identity)


@pytest.fixture
def strangers(draft):
    """Everybody who has not shown that they are Karl, however much they know of him."""
    number = draft.identity.personal_identity_number
    return {
        "nobody": Person(NOBODY, "karl@example.se"),
        "with his number only": Person(replace(NOBODY, personal_identity_number=number)),
        "his address, by code": Person(BY_CODE, "karl@example.se"),
        "somebody else": Person(replace(draft.identity, personal_identity_number="200211242383"), "karl@example.se"),
    }


async def kinds(service, reference):
    return [event.kind for event in await service.events(reference)]


async def test_a_person_finds_their_cases_with_how_the_date_came_about(service, own, karl, draft, another):
    await service.register(draft)
    await service.register(erasure := another(request_type=RequestType.ERASURE))
    await service.transition(draft.reference, to=CaseStatus.IN_PROGRESS, version=1, actor=OFFICER)

    found = {case.reference: case for case in await own.find(karl)}

    assert set(found) == {draft.reference, erasure.reference}
    assert found[draft.reference].status is CaseStatus.IN_PROGRESS
    assert any("7 april 2026" in sentence for sentence in found[draft.reference].due_explanation)
    assert (await kinds(service, draft.reference))[-1] == "shown_to_person"


async def test_an_open_case_of_the_same_kind_is_offered_and_an_ended_one_is_not(service, own, karl, draft, another):
    await service.register(draft)
    await service.register(ended := another())
    await service.register(another(request_type=RequestType.ERASURE))
    await service.transition(
        ended.reference, to=CaseStatus.DECIDED, version=1, actor=OFFICER, resolution=Resolution.GRANTED
    )

    found = await own.find(karl, request_type=RequestType.ACCESS, open_only=True)

    assert [case.reference for case in found] == [draft.reference]


async def test_two_filings_of_the_same_kind_stay_two_cases(service, own, karl, draft, another):
    await service.register(draft)
    await service.register(another())

    assert len(await own.find(karl, request_type=RequestType.ACCESS, open_only=True)) == 2


async def test_whoever_has_not_shown_that_it_is_theirs_learns_nothing(service, own, strangers, draft, another):
    await service.register(draft)
    await service.register(another(identity=NOBODY))

    for who, stranger in strangers.items():
        assert await own.find(stranger) == [], who
        assert await own.find(stranger, request_type=RequestType.ACCESS, open_only=True) == [], who


async def test_what_was_filed_by_nobody_or_without_asking_who_is_not_found_by_its_filer_either(
    service, own, karl, draft, another
):
    """As the receipt of such a request, and the answer to who finds nothing, say."""
    by_code = Person(BY_CODE, draft.contact_email)
    await service.register(another(identity=NOBODY))
    await service.register(another(identity=NOBODY, request_type=RequestType.COMPLAINT))

    assert await own.find(replace(karl, contact_email=draft.contact_email)) == []
    assert await own.find(by_code) == []


async def test_a_refused_try_is_told_from_no_case_only_by_the_history(service, own, strangers, draft, references):
    await service.register(draft)
    for stranger in strangers.values():
        with pytest.raises(CaseNotFoundError):
            await own.withdraw(draft.reference, stranger)
        with pytest.raises(CaseNotFoundError):
            await own.add(draft.reference, stranger, text="Hej", addition_id=ADDITION)
        with pytest.raises(CaseNotFoundError):
            await own.withdraw(next(references), stranger)

    history = await service.events(draft.reference)
    assert [event.kind for event in history[1:]] == ["access_denied"] * 2 * len(strangers)
    assert (await service.read(draft.reference)).status is CaseStatus.RECEIVED
    assert (await service.open_file(draft.reference, actor=OFFICER)).notes == ()


async def test_a_case_filed_by_code_is_found_by_code_to_the_same_address(service, own, another):
    objection = another(request_type=RequestType.OBJECTION, identity=BY_CODE, contact_email="anna@example.se")
    await service.register(objection)

    assert [case.reference for case in await own.find(Person(BY_CODE, "Anna@Example.se"))] == [objection.reference]
    assert await own.find(Person(BY_CODE, "eva@example.se")) == []
    assert await own.find(Person(BY_CODE)) == []


async def test_a_case_is_taken_back_by_whose_it_is_once(service, own, karl, draft):
    await service.register(draft)

    for _ in range(2):
        case = await own.withdraw(draft.reference, karl, reason="Det behövs inte längre")
        assert (case.status, case.resolution) == (CaseStatus.DECIDED, Resolution.WITHDRAWN)

    history = await service.events(draft.reference)
    assert [(event.kind, event.actor_id) for event in history[1:]] == [("status_changed", "data_subject")]
    assert [note.text for note in (await service.open_file(draft.reference, actor=OFFICER)).notes] == [
        "Det behövs inte längre"
    ]


async def test_a_decided_case_cannot_be_taken_back_or_added_to(service, own, karl, draft):
    await service.register(draft)
    await service.transition(
        draft.reference, to=CaseStatus.DECIDED, version=1, actor=OFFICER, resolution=Resolution.REFUSED
    )

    with pytest.raises(CaseEndedError):
        await own.withdraw(draft.reference, karl)
    with pytest.raises(CaseEndedError):
        await own.add(draft.reference, karl, text="Men", addition_id=ADDITION)
    assert (await service.read(draft.reference)).resolution is Resolution.REFUSED


async def test_an_addition_is_kept_once_sealed_and_seen_by_the_officer(service, own, karl, draft):
    await service.register(draft)

    for _ in range(2):
        await own.add(draft.reference, karl, text="Det gäller mars", addition_id=ADDITION)
    await own.add(draft.reference, karl, text="Och april", addition_id=UUID(int=12))

    assert (await kinds(service, draft.reference))[1:] == ["addition_received"] * 2
    notes = (await service.open_file(draft.reference, actor=OFFICER)).notes
    assert [(note.actor_id, note.text) for note in notes] == [
        ("data_subject", "Det gäller mars"),
        ("data_subject", "Och april"),
    ]


async def test_what_a_case_waited_for_lets_its_clock_run_again(service, own, karl, draft, clock, sessions):
    await service.register(draft)
    await service.transition(
        draft.reference, to=CaseStatus.AWAITING_CLARIFICATION, version=1, actor=OFFICER, note="Vilken lön?"
    )
    clock.advance(days=10)

    case = await own.add(draft.reference, karl, text="Lönen för mars", addition_id=ADDITION)

    assert (case.status, case.clock_stopped_on) == (CaseStatus.IN_PROGRESS, None)
    assert str(case.due_on) == "2026-04-15"
    async with sessions() as session:
        assert (await verify(session)).is_intact


async def test_the_same_addition_twice_at_once_is_one(service, own, karl, draft):
    await service.register(draft)

    await asyncio.gather(
        *(own.add(draft.reference, karl, text="Det gäller mars", addition_id=ADDITION) for _ in range(10))
    )

    assert (await kinds(service, draft.reference))[1:] == ["addition_received"]


def body(draft, **more) -> dict:
    identity = draft.identity
    return {
        "identity": {
            "level": 2,
            "method": "bankid",
            "personal_identity_number": identity.personal_identity_number,
            "name": identity.name,
            "verified_at": "2026-03-10T08:00:00Z",
        }
    } | more


async def test_over_the_api(api, service, draft):
    await service.register(draft)
    case = f"{BASE}/cases/{draft.reference}"

    offered = await api.post(f"{BASE}/cases/find-open", json=body(draft, request_type="access"))
    assert [item["reference"] for item in offered.json()["items"]] == [draft.reference]
    assert offered.json()["items"][0]["due_on"] == "2026-04-07"
    other_kind = await api.post(f"{BASE}/cases/find-open", json=body(draft, request_type="erasure"))
    assert other_kind.json() == {"items": []}
    added = await api.post(f"{case}/additions", json=body(draft, addition_id=str(ADDITION), text="Mars"))
    assert (added.status_code, added.json()["is_open"]) == (200, True)
    withdrawn = await api.post(f"{case}/withdrawal", json=body(draft))
    assert (withdrawn.status_code, withdrawn.json()["resolution"]) == (200, "withdrawn")
    assert withdrawn.json()["resolution_label"] == Resolution.WITHDRAWN.label
    late = await api.post(f"{case}/additions", json=body(draft, addition_id=str(UUID(int=13)), text="April"))
    assert (late.status_code, late.json()["type"]) == (409, "urn:insyn:problem:case-ended")
    own = await api.post(f"{BASE}/cases/find-own", json=body(draft))
    assert [item["status"] for item in own.json()["items"]] == ["decided"]
    nobody = {"identity": {"level": 0, "method": "none"}}
    assert (await api.post(f"{BASE}/cases/find-own", json=nobody)).json() == {"items": []}
    assert (await api.post(f"{case}/withdrawal", json=nobody)).status_code == 404


async def test_many_cases_are_shown_in_as_few_round_trips_as_one(sessions, service, own, karl, draft, another):
    statements: list[str] = []
    engine = sessions.kw["bind"].sync_engine
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))

    await service.register(draft)
    await own.find(karl)
    for_one = len(statements)
    for request_type in (RequestType.ERASURE, RequestType.PORTABILITY, RequestType.OBJECTION):
        await service.register(another(request_type=request_type))
    statements.clear()
    found = await own.find(karl)

    assert len(found) == 4
    assert len(statements) == for_one
    assert [(await kinds(service, case.reference))[-1] for case in found] == ["shown_to_person"] * 4
    async with sessions() as session:
        assert (await verify(session)).is_intact
