"""The case API as its callers meet it."""

import asyncio
import json
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from cases.api.scopes import EXTENSION
from cases.drafts import NOBODY, Actor, Channel
from privacy.references import new_case_reference
from tests.cases.conftest import KARL, KARL_NAME, body_of

pytestmark = pytest.mark.database

BASE = "/api/v1"
OFFICER = {"officer_id": "4"}
UNKNOWN = {"level": 0, "method": "none"}
JSON = {"Content-Type": "application/json"}


def problem_of(answer) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    return answer.json()["type"].removeprefix("urn:insyn:problem:")


async def registered(api, reference: str, **changes):
    answer = await api.put(f"{BASE}/cases/{reference}", json=body_of(**changes))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def moved(api, reference: str, **body):
    answer = await api.post(f"{BASE}/cases/{reference}/transitions", json=OFFICER | body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_confirmed_request_becomes_a_case_with_a_receipt(api, references):
    receipt = await registered(api, reference := next(references))

    assert set(receipt) == {"reference", "request_type", "status", "received_on", "due_on", "due_explanation"}
    assert receipt["reference"] == reference
    assert (receipt["status"], receipt["received_on"], receipt["due_on"]) == ("received", "2026-03-05", "2026-04-07")
    assert any("7 april 2026" in sentence for sentence in receipt["due_explanation"])


async def test_the_same_request_again_is_the_same_case(api, references):
    receipt = await registered(api, reference := next(references))

    again = await api.put(f"{BASE}/cases/{reference}", json=body_of())

    assert (again.status_code, again.json()) == (200, receipt)
    assert len((await api.get(f"{BASE}/cases/{reference}/events")).json()["items"]) == 1


async def test_a_retry_after_the_case_moved_on_tells_how_it_stands(api, references):
    await registered(api, reference := next(references))
    await moved(api, reference, to="in_progress", version=1)

    again = await api.put(f"{BASE}/cases/{reference}", json=body_of())

    assert (again.status_code, again.json()["status"]) == (200, "in_progress")


@pytest.mark.parametrize(
    "changes",
    [
        {"request_type": "erasure"},
        {"received_at": "2026-03-05T09:12:01Z"},
        {"conversation_id": None},
        {"details": {"scope": "Bara lönen"}},
        {"contact_email": None},
        {"identity": {"level": 0, "method": "none"}},
    ],
)
async def test_another_request_under_the_same_reference_is_a_conflict(api, references, changes):
    receipt = await registered(api, reference := next(references))

    conflict = await api.put(f"{BASE}/cases/{reference}", json=body_of(**changes))

    assert (conflict.status_code, problem_of(conflict)) == (409, "reference-taken")
    assert (await api.put(f"{BASE}/cases/{reference}", json=body_of())).json() == receipt


async def test_the_same_instant_and_order_of_members_written_otherwise_is_the_same_request(api, references):
    await registered(api, reference := next(references))
    body = dict(reversed(body_of(received_at="2026-03-05T10:12:00+01:00").items()))

    assert (await api.put(f"{BASE}/cases/{reference}", json=body)).status_code == 200


async def test_fifty_identical_requests_at_once_are_one_case(api, references):
    reference = next(references)

    answers = await asyncio.gather(*(api.put(f"{BASE}/cases/{reference}", json=body_of()) for _ in range(50)))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 49}
    assert len({answer.text for answer in answers}) == 1
    assert len((await api.get(f"{BASE}/cases")).json()["items"]) == 1
    assert len((await api.get(f"{BASE}/cases/{reference}/events")).json()["items"]) == 1


async def test_of_fifty_conflicting_requests_at_once_one_wins_whole(api, references):
    reference = next(references)
    bodies = [body_of(details={"scope": f"Uppgift {number}"}) for number in range(50)]

    answers = await asyncio.gather(*(api.put(f"{BASE}/cases/{reference}", json=body) for body in bodies))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 49}
    winner = next(body for body, answer in zip(bodies, answers, strict=True) if answer.status_code == 201)
    assert (await api.put(f"{BASE}/cases/{reference}", json=winner)).status_code == 200
    assert len((await api.get(f"{BASE}/cases/{reference}/events")).json()["items"]) == 1


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"request_type": "everything"}, "request_type"),
        ({"received_at": "2026-03-05T09:12:00"}, "received_at"),
        ({"received_at": "0001-01-01T00:00:00Z"}, "received_at"),
        ({"channel": "fax"}, "channel"),
        ({"contact_email": "karl"}, "contact_email"),
        ({"details": {"Scope!": "x"}}, "details"),
        ({"details": {"scope": "x" * 10_001}}, "details"),
        ({"details": {"scope": "\ud800"}}, "details"),
        ({"surprise": 1}, "surprise"),
        ({"identity": {"level": 2, "method": "bankid"}}, "identity"),
        ({"identity": {"level": 2, "method": "email_code"}}, "identity"),
        ({"identity": {"level": 0, "method": "none", "personal_identity_number": KARL}}, "identity"),
        ({"identity": {"level": 3, "method": "bankid"}}, "identity"),
    ],
)
async def test_what_is_not_valid_is_refused_without_being_repeated(api, references, changes, where):
    written = json.dumps(body_of(**changes))  # httpx cannot write half a character, a client can
    answer = await api.put(f"{BASE}/cases/{next(references)}", content=written, headers=JSON)

    assert (answer.status_code, problem_of(answer)) == (422, "invalid-request")
    assert any(where in error["loc"] for error in answer.json()["errors"])
    assert KARL not in answer.text


@pytest.mark.parametrize("reference", ["AR-0000-0001", "ar-0000-0000", "hej", "AR-0000-00000", "%00"])
async def test_a_reference_that_is_none_is_refused(api, reference):
    assert (await api.put(f"{BASE}/cases/{reference}", json=body_of())).status_code == 422
    assert problem_of(await api.get(f"{BASE}/cases/{reference}")) == "case-not-found"
    assert problem_of(await api.get(f"{BASE}/marketing-blocks/{reference}")) == "marketing-block-not-found"


async def test_a_request_from_the_future_is_refused(api, references):
    answer = await api.put(f"{BASE}/cases/{next(references)}", json=body_of(received_at="2026-03-10T09:05:01Z"))

    assert (answer.status_code, problem_of(answer)) == (422, "receipt-in-future")


@pytest.mark.parametrize("token", [None, "", "wrong", "a service token for test", "Bearer"])
async def test_without_the_token_nothing_is_told(api, references, token):
    reference = next(references)
    await registered(api, reference)
    api.headers.pop("authorization")
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}

    for method, path in [
        ("PUT", f"/cases/{reference}"),
        ("GET", "/cases"),
        ("GET", f"/cases/{reference}"),
        ("GET", f"/cases/{reference}/events"),
        ("POST", f"/cases/{reference}/transitions"),
        ("PUT", f"/marketing-blocks/{reference}"),
        ("GET", f"/marketing-blocks/{reference}"),
    ]:
        answer = await api.request(method, BASE + path, json={}, headers=headers)
        assert (answer.status_code, problem_of(answer)) == (401, "unauthorized"), (method, path)


async def test_a_second_token_works_while_the_first_is_being_replaced(api):
    assert (await api.get(f"{BASE}/cases", headers={"Authorization": "Bearer the next token"})).status_code == 200


async def test_a_case_read_over_the_api_does_not_say_whose_it_is(api, references):
    await registered(api, reference := next(references))

    for path in (f"/cases/{reference}", f"/cases/{reference}/events", "/cases"):
        answer = await api.get(BASE + path)
        assert answer.status_code == 200
        for secret in (KARL, KARL_NAME, "Bosse", "karl@example.se"):
            assert secret not in answer.text


async def test_pages_show_every_case_once_soonest_due_first(api, references):
    days = ["2026-03-05", "2026-02-16", "2026-03-05", "2026-01-20", "2026-03-05", "2026-03-09", "2026-02-16"]
    for day in days:
        await registered(api, next(references), received_at=f"{day}T08:00:00Z")

    shown, cursor = [], None
    while True:
        page = (await api.get(f"{BASE}/cases", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
        assert len(page["items"]) <= 2
        shown += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert len({case["reference"] for case in shown}) == len(days) == len(shown)
    assert [case["due_on"] for case in shown] == sorted(case["due_on"] for case in shown)


async def test_a_case_that_stays_where_it_is_is_shown_once_whatever_comes_and_moves_between_the_pages(api, references):
    async def page(cursor: str | None) -> tuple[list[str], str | None]:
        asked = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = (await api.get(f"{BASE}/cases", params=asked)).json()
        return [case["reference"] for case in answer["items"]], answer["next_cursor"]

    there = [next(references) for _ in range(6)]
    for reference, day in zip(there, range(2, 8), strict=True):
        await registered(api, reference, received_at=f"2026-02-0{day}T08:00:00Z")
    shown, cursor = await page(None)
    assert shown == there[:2]
    earlier, later = next(references), next(references)
    await registered(api, earlier, received_at="2026-01-20T08:00:00Z")  # belongs on the page that is past
    await registered(api, later, received_at="2026-03-05T08:00:00Z")  # and this one on a page to come
    await moved(api, there[0], to="decided", version=1, resolution="refused")
    await moved(api, there[3], to="awaiting_clarification", version=1, note="Vilka uppgifter?")

    while cursor is not None:
        more, cursor = await page(cursor)
        shown += more

    assert shown == [*there, later]


@pytest.mark.parametrize("cursor", ["hej", "!", "MjAyNi0wMS0wMS8tMQ", "MDAwMC0wMC0wMC8x", "å", "A"])
async def test_a_cursor_that_is_not_ours_is_refused(api, cursor):
    answer = await api.get(f"{BASE}/cases", params={"cursor": cursor})

    assert (answer.status_code, problem_of(answer)) == (422, "invalid-cursor")


async def test_the_list_narrows_by_status(api, references):
    waiting, working = next(references), next(references)
    await registered(api, waiting)
    await registered(api, working)
    await moved(api, working, to="in_progress", version=1)

    async def listed(**params):
        return [case["reference"] for case in (await api.get(f"{BASE}/cases", params=params)).json()["items"]]

    assert await listed(status="in_progress") == [working]
    assert await listed(status=["in_progress", "received"]) == [waiting, working]
    assert await listed(request_type="erasure") == []
    await moved(api, working, to="decided", resolution="refused", version=2)
    assert await listed(open=True) == [waiting]
    assert (await api.get(f"{BASE}/cases", params={"status": "lost"})).status_code == 422


async def test_a_case_is_worked_to_its_end(api, references):
    await registered(api, reference := next(references))

    await moved(api, reference, to="in_progress", version=1)
    await moved(api, reference, to="decided", resolution="partly_granted", version=2, note="Bokföringen sparas")
    case = await moved(api, reference, to="closed", version=3)

    assert (case["status"], case["resolution"], case["version"]) == ("closed", "partly_granted", 4)
    assert case["closed_at"] is not None
    history = (await api.get(f"{BASE}/cases/{reference}/events")).json()["items"]
    assert [event["status_after"] for event in history] == ["received", "in_progress", "decided", "closed"]
    assert {event["actor_id"] for event in history[1:]} == {"4"}


async def test_a_step_on_a_case_that_somebody_else_changed_is_refused(api, references):
    await registered(api, reference := next(references))
    await moved(api, reference, to="in_progress", version=1)

    late = await api.post(
        f"{BASE}/cases/{reference}/transitions", json=OFFICER | {"to": "decided", "resolution": "granted", "version": 1}
    )

    assert (late.status_code, problem_of(late), late.json()["current_version"]) == (409, "stale-version", 2)
    assert (await api.get(f"{BASE}/cases/{reference}")).json()["status"] == "in_progress"


async def test_a_step_may_name_the_version_as_an_etag(api, references):
    await registered(api, reference := next(references))
    steps = f"{BASE}/cases/{reference}/transitions"
    body = OFFICER | {"to": "in_progress"}
    seen = (await api.get(f"{BASE}/cases/{reference}")).headers["etag"]

    without = await api.post(steps, json=body)
    assert (without.status_code, problem_of(without)) == (428, "version-missing")
    for wrong in ({"If-Match": "*"}, {"If-Match": "1"}, {"If-Match": '"0"'}):
        assert (await api.post(steps, json=body, headers=wrong)).status_code == 422
    both = await api.post(steps, json=body | {"version": 2}, headers={"If-Match": seen})
    assert (both.status_code, problem_of(both)) == (422, "invalid-version")

    moved_on = await api.post(steps, json=body, headers={"If-Match": seen})
    assert (moved_on.status_code, moved_on.headers["etag"]) == (200, '"2"')
    stale = await api.post(steps, json=OFFICER | {"to": "decided", "resolution": "refused"}, headers={"If-Match": seen})
    assert (stale.status_code, problem_of(stale)) == (409, "stale-version")


async def test_of_two_officers_at_once_one_is_told_that_the_case_changed(api, references):
    await registered(api, reference := next(references))
    steps = [
        {"to": "in_progress", "version": 1, "officer_id": "1"},
        {"to": "decided", "resolution": "refused", "version": 1, "officer_id": "2"},
    ]

    answers = await asyncio.gather(
        *(api.post(f"{BASE}/cases/{reference}/transitions", json=step) for step in steps * 10)
    )

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 19}
    assert (await api.get(f"{BASE}/cases/{reference}")).json()["version"] == 2


@pytest.mark.parametrize(
    "step",
    [
        {"to": "closed", "officer_id": "4"},
        {"to": "received", "officer_id": "4"},
        {"to": "decided", "officer_id": "4"},
        {"to": "in_progress", "resolution": "granted", "officer_id": "4"},
        {"to": "extended", "officer_id": "4"},
        {"to": "decided", "resolution": "granted"},
        {"to": "in_progress"},
    ],
)
async def test_a_step_that_the_rules_do_not_allow_changes_nothing(api, references, step):
    await registered(api, reference := next(references))

    answer = await api.post(f"{BASE}/cases/{reference}/transitions", json=step | {"version": 1})

    assert (answer.status_code, problem_of(answer)) == (409, "forbidden-transition")
    assert (await api.get(f"{BASE}/cases/{reference}")).json()["version"] == 1
    assert len((await api.get(f"{BASE}/cases/{reference}/events")).json()["items"]) == 1


async def test_a_step_of_a_case_that_is_not_there(api, references):
    answer = await api.post(f"{BASE}/cases/{next(references)}/transitions", json={"to": "in_progress", "version": 1})

    assert (answer.status_code, problem_of(answer)) == (404, "case-not-found")


async def test_waiting_for_the_person_stops_the_clock_and_their_answer_starts_it(api, references, clock):
    await registered(api, reference := next(references), identity=UNKNOWN)

    waiting = await moved(api, reference, to="awaiting_identity", version=1, note="Vem är det som frågar?")
    assert waiting["clock_stopped_on"] == "2026-03-10"
    clock.advance(days=10)
    case = (await api.post(f"{BASE}/cases/{reference}/transitions", json={"to": "in_progress", "version": 2})).json()

    assert case["clock_stopped_on"] is None
    assert (case["unpaused_due_on"], case["due_on"]) == ("2026-04-07", "2026-04-15")
    assert case["pauses"] == [
        {"reason": "identity", "asked_on": "2026-03-10", "sufficient_on": "2026-03-20", "stops_clock": True}
    ]


async def test_whoever_is_known_is_not_asked_who_they_are(api, references):
    await registered(api, reference := next(references))

    step = {"to": "awaiting_identity", "version": 1, "note": "Vem är det som frågar?"}
    answer = await api.post(f"{BASE}/cases/{reference}/transitions", json=OFFICER | step)

    assert (answer.status_code, problem_of(answer)) == (409, "identity-not-in-doubt")


async def test_nothing_is_granted_over_the_api_to_whom_nobody_knows(api, references):
    await registered(api, reference := next(references), identity=UNKNOWN)

    grant = {"to": "decided", "resolution": "granted", "version": 1}
    answer = await api.post(f"{BASE}/cases/{reference}/transitions", json=OFFICER | grant)

    assert (answer.status_code, problem_of(answer)) == (409, "identity-not-established")
    assert answer.json()["reason"] == "level_too_low"
    assert (await api.get(f"{BASE}/cases/{reference}")).json()["status"] == "received"


async def test_waiting_asked_for_too_late_does_not_move_the_due_date(api, references, clock):
    await registered(api, reference := next(references))
    clock.advance(days=5)

    await moved(api, reference, to="awaiting_clarification", version=1, note="Vilka uppgifter?")
    clock.advance(days=5)
    case = await moved(api, reference, to="in_progress", version=2)

    assert case["due_on"] == "2026-04-07"
    assert case["pauses"][0]["stops_clock"] is False


async def test_an_extension_moves_the_date_once_and_gives_its_reason(api, references):
    await registered(api, reference := next(references))
    await moved(api, reference, to="in_progress", version=1)

    case = await moved(api, reference, to="extended", version=2, note="Uppgifterna finns i flera arkiv")

    assert (case["due_on"], case["first_due_on"], case["extended_on"]) == ("2026-06-05", "2026-04-07", "2026-03-10")
    assert any("Uppgifterna finns i flera arkiv" in sentence for sentence in case["due_explanation"])
    await moved(api, reference, to="awaiting_clarification", version=3, note="Vilket arkiv?")
    again = await api.post(
        f"{BASE}/cases/{reference}/transitions", json=OFFICER | {"to": "extended", "version": 4, "note": "Mer tid"}
    )
    assert (again.status_code, problem_of(again)) == (409, "forbidden-transition")


async def test_an_extension_after_the_first_due_date_is_refused(api, references, clock):
    await registered(api, reference := next(references))
    clock.advance(days=28, hours=14)  # 7 April, 23:00 UTC: the 8th in Stockholm

    answer = await api.post(
        f"{BASE}/cases/{reference}/transitions", json=OFFICER | {"to": "extended", "version": 1, "note": "Mycket"}
    )

    assert (answer.status_code, problem_of(answer)) == (409, "forbidden-transition")


async def test_a_reopened_case_owes_an_answer_again(api, references):
    await registered(api, reference := next(references))
    await moved(api, reference, to="decided", resolution="refused", version=1)
    await moved(api, reference, to="closed", version=2)

    case = await moved(api, reference, to="in_progress", version=3, note="IMY hör av sig")

    assert (case["resolution"], case["closed_at"]) == (None, None)


async def test_health_says_whether_work_can_be_done(api):
    answer = await api.get("/health")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_the_api_is_documented_with_examples_and_problems(api):
    document = (await api.get("/openapi.json")).json()

    assert document["components"]["securitySchemes"]
    for path, methods in document["paths"].items():
        if path.startswith(BASE):
            for operation in methods.values():
                assert operation["summary"]
                assert "application/problem+json" in operation["responses"]["401"]["content"]
    for schema in ("CaseIn", "CaseReceipt", "TransitionIn", "MarketingBlockIn", "MarketingBlockReceipt"):
        assert document["components"]["schemas"][schema]["examples"]


async def test_a_reference_that_some_case_has_is_drawn_again(service, another):
    source = random.Random(3)
    drawn = [new_case_reference(source) for _ in range(3)]
    for reference in drawn[:2]:
        await service.register(another(reference=reference))

    assert await service.draw_reference(random.Random(3)) == drawn[2]


async def test_a_letter_that_staff_register_counts_from_its_own_day(service, draft):
    letter = replace(
        draft,
        channel=Channel.LETTER,
        received_at=datetime(2026, 2, 27, 8, tzinfo=UTC),
        conversation_id=None,
        identity=NOBODY,
    )

    registration = await service.register(letter, actor=Actor.officer("4"))

    assert (registration.receipt.received_on, registration.receipt.due_on) == (date(2026, 2, 27), date(2026, 3, 27))
    assert [event.actor_id for event in await service.events(draft.reference)] == ["4"]
    assert not (await service.read(draft.reference)).identity_is_sufficient


async def test_every_operation_that_others_may_call_has_an_example(api):
    document = (await api.get("/openapi.json")).json()
    operations = [
        operation for methods in document["paths"].values() for operation in methods.values() if EXTENSION in operation
    ]
    assert len(operations) >= 11
    for operation in operations:
        success = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
        for content in (success, operation.get("requestBody")):
            if content is not None:
                name = content["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
                schema = document["components"]["schemas"][name]
                assert schema["examples"], (operation["summary"], name)
                for example in schema["examples"]:
                    assert set(example) <= set(schema["properties"])
