"""The simulator behaves as BankID is documented to: a table of calls, answers, lifetimes."""

from __future__ import annotations

import base64
import time
from datetime import timedelta

import pytest

from identity.bankid import qr_text

PATH = "/rp/v6.0/"
IP = {"endUserIp": "192.0.2.1"}
SIGN = IP | {"userVisibleData": base64.b64encode("Åtgärd".encode()).decode()}


async def call(simulator, endpoint, body):
    return await simulator.http.post(PATH + endpoint, json=body)


async def order(simulator, body=SIGN, **script):
    if script:
        await simulator.script(**script)
    response = await call(simulator, "sign" if "userVisibleData" in body else "auth", body)
    assert response.status_code == 200, response.text
    return response.json()


async def status(simulator, started):
    answer = (await call(simulator, "collect", {"orderRef": started["orderRef"]})).json()
    return answer.get("status"), answer.get("hintCode"), answer.get("errorCode")


PENDING, GONE = "pending", (None, None, "invalidParameters")


@pytest.mark.parametrize(
    ("method", "path", "content_type", "content", "http", "code"),
    [
        ("GET", "auth", None, b"", 405, "methodNotAllowed"),
        ("PUT", "sign", "application/json", b"{}", 405, "methodNotAllowed"),
        ("POST", "nowhere", "application/json", b"{}", 404, "notFound"),
        ("POST", "auth/deeper", "application/json", b"{}", 404, "notFound"),
        ("POST", "auth", "application/json; charset=utf-8", b"{}", 415, "unsupportedMediaType"),
        ("POST", "auth", "text/plain", b"{}", 415, "unsupportedMediaType"),
        ("POST", "auth", None, b"{}", 415, "unsupportedMediaType"),
        ("POST", "auth", "application/json", b"{", 400, "invalidParameters"),
        ("POST", "auth", "application/json", b"[]", 400, "invalidParameters"),
        ("POST", "auth", "application/json", b"\xff", 400, "invalidParameters"),
        ("POST", "auth", "application/json", b"[" * 100_000, 400, "invalidParameters"),
        ("POST", "collect", "application/json", b"{}", 400, "invalidParameters"),
        ("POST", "collect", "application/json", b'{"orderRef": 7}', 400, "invalidParameters"),
        ("POST", "collect", "application/json", b'{"orderRef": "unknown"}', 400, "invalidParameters"),
        ("POST", "cancel", "application/json", b'{"orderRef": "unknown"}', 400, "invalidParameters"),
    ],
)
async def test_how_a_call_is_refused(simulator, method, path, content_type, content, http, code):
    headers = {"Content-Type": content_type} if content_type else {}
    response = await simulator.http.request(method, PATH + path, content=content, headers=headers)

    assert response.status_code == http
    assert set(response.json()) == {"errorCode", "details"}
    assert response.json()["errorCode"] == code


WEB = {"referringDomain": "a.se", "userAgent": "x", "deviceIdentifier": "y"}
APP = {"appIdentifier": "a", "deviceOS": "b", "deviceModelName": "c", "deviceIdentifier": "d"}


def encoded(length):
    return base64.b64encode(b"x" * (length // 4 * 3)).decode()


@pytest.mark.parametrize(
    ("endpoint", "body"),
    [
        ("auth", {}),
        ("auth", {"endUserIp": "somewhere"}),
        ("auth", {"endUserIp": 7}),
        ("sign", IP),
        ("sign", IP | {"userVisibleData": ""}),
        ("sign", IP | {"userVisibleData": "not base64!"}),
        ("sign", IP | {"userVisibleData": base64.b64encode(b"\xff").decode()}),
        ("sign", IP | {"userVisibleData": encoded(40_004)}),
        ("sign", SIGN | {"userNonVisibleData": encoded(200_004)}),
        ("auth", IP | {"userVisibleData": encoded(1_504)}),
        ("auth", IP | {"userNonVisibleData": encoded(1_504)}),
        ("auth", IP | {"userVisibleDataFormat": "html"}),
        ("auth", IP | {"returnUrl": ""}),
        ("auth", IP | {"returnUrl": "x" * 513}),
        ("auth", IP | {"returnRisk": "yes"}),
        ("auth", IP | {"web": WEB | {"userAgent": "x" * 257}}),
        ("auth", IP | {"web": {"userAgent": "x"}}),
        ("auth", IP | {"web": WEB | {"deviceIdentifier": "x" * 65}}),
        ("auth", IP | {"web": WEB | {"referringDomain": "se"}}),
        ("auth", IP | {"web": WEB, "app": APP}),
        ("auth", IP | {"requirement": {"cardReader": "class3"}}),
        ("auth", IP | {"requirement": {"certificatePolicies": []}}),
        ("auth", IP | {"requirement": {"personalNumber": "19990807-2391"}}),
        ("auth", IP | {"requirement": {"shoeSize": 43}}),
        ("auth", IP | {"colour": "blue"}),
    ],
)
async def test_a_parameter_outside_its_limits_is_refused(simulator, endpoint, body):
    response = await call(simulator, endpoint, body)

    assert (response.status_code, response.json()["errorCode"]) == (400, "invalidParameters")


@pytest.mark.parametrize(
    ("endpoint", "body"),
    [
        ("auth", IP),
        ("auth", {"endUserIp": "2001:db8::1"}),
        ("auth", IP | {"userVisibleData": encoded(1_500), "userVisibleDataFormat": "simpleMarkdownV1"}),
        ("sign", IP | {"userVisibleData": encoded(40_000), "userNonVisibleData": encoded(200_000)}),
        ("auth", IP | {"returnUrl": "x" * 512, "returnRisk": True, "web": WEB}),
        ("auth", IP | {"app": APP}),
        (
            "auth",
            IP | {"requirement": {"pinCode": True, "mrtd": True, "certificatePolicies": ["1.2.3.4.25"]}},
        ),
    ],
)
async def test_a_parameter_at_its_limits_is_taken(simulator, endpoint, body):
    response = await call(simulator, endpoint, body)

    assert response.status_code == 200
    assert set(response.json()) == {"orderRef", "autoStartToken", "qrStartToken", "qrStartSecret"}


async def test_the_way_of_an_order_that_is_approved(simulator, clock):
    started = await order(simulator)
    assert await status(simulator, started) == (PENDING, "outstandingTransaction", None)

    await simulator.http.post("/control/scan")
    assert await status(simulator, started) == (PENDING, "started", None)
    clock.advance(seconds=1)
    assert await status(simulator, started) == (PENDING, "userSign", None)

    await simulator.http.post(f"/control/orders/{started['orderRef']}/approve", json={"persona": "astrid"})
    answer = (await call(simulator, "collect", {"orderRef": started["orderRef"]})).json()
    assert answer["status"] == "complete"
    assert answer["completionData"]["user"] == {
        "personalNumber": "200211242383",
        "name": "Astrid Exempelgård",
        "givenName": "Astrid",
        "surname": "Exempelgård",
    }
    assert answer["completionData"]["bankIdIssueDate"] == "2023-04-01Z"
    assert await status(simulator, started) == GONE  # delivered once


@pytest.mark.parametrize(
    ("script", "seconds", "expected"),
    [
        ({}, 29, (PENDING, "outstandingTransaction", None)),
        ({}, 30, ("failed", "startFailed", None)),
        ({}, 30 + 299, ("failed", "startFailed", None)),
        ({}, 30 + 301, GONE),
        ({"outcome": "start_failed"}, 30, ("failed", "startFailed", None)),
        ({"outcome": "expire"}, 179, (PENDING, "userSign", None)),
        ({"outcome": "expire"}, 180, ("failed", "expiredTransaction", None)),
        ({"outcome": "expire"}, 180 + 301, GONE),
        ({"outcome": "approve", "decide_after_s": 10}, 9, (PENDING, "userSign", None)),
        ({"outcome": "approve", "decide_after_s": 10}, 10, ("complete", None, None)),
        ({"outcome": "approve", "start_after_s": 40}, 30, ("failed", "startFailed", None)),
        ({"outcome": "cancel"}, 0, ("failed", "userCancel", None)),
        ({"outcome": "decline"}, 0, ("failed", "userDeclinedCall", None)),
        ({"outcome": "certificate_error"}, 0, ("failed", "certificateErr", None)),
        ({"outcome": "fail", "failed_hint": "anything"}, 0, ("failed", "anything", None)),
        ({"outcome": "expire", "pending_hint": "userMrtd"}, 5, (PENDING, "userMrtd", None)),
    ],
)
async def test_lifetimes_and_scripts(simulator, clock, script, seconds, expected):
    started = await order(simulator, **script)
    clock.advance(seconds=seconds)

    assert await status(simulator, started) == expected


async def test_a_completion_is_kept_three_minutes(simulator, clock):
    kept, lost = await order(simulator, outcome="approve"), await order(simulator, outcome="approve")
    await simulator.orders()  # both are approved now
    clock.advance(seconds=179)
    assert (await status(simulator, kept))[0] == "complete"
    clock.advance(seconds=1)
    assert await status(simulator, lost) == GONE


async def test_after_cancel_the_order_is_unknown(simulator):
    started = await order(simulator)

    cancelled = await call(simulator, "cancel", {"orderRef": started["orderRef"]})
    again = await call(simulator, "cancel", {"orderRef": started["orderRef"]})

    assert (cancelled.status_code, cancelled.json()) == (200, {})
    assert again.json()["errorCode"] == "invalidParameters"
    assert await status(simulator, started) == GONE


async def test_already_in_progress_creates_nothing_and_cancels_the_earlier_order(simulator):
    body = SIGN | {"requirement": {"personalNumber": "199908072391"}}
    earlier = await order(simulator, body)

    refused = await call(simulator, "sign", body)

    assert (refused.status_code, refused.json()["errorCode"]) == (400, "alreadyInProgress")
    assert len(await simulator.orders()) == 1
    assert await status(simulator, earlier) == ("failed", "cancelled", None)
    assert (await call(simulator, "sign", body)).status_code == 200


async def test_somebody_else_than_required_cannot_sign(simulator):
    body = SIGN | {"requirement": {"personalNumber": "199908072391"}}
    started = await order(simulator, body, outcome="wrong_person", persona="elof")

    assert (await status(simulator, started))[0] == "failed"


async def test_without_requirement_somebody_else_signs_as_themselves(simulator):
    started = await order(simulator, outcome="wrong_person", persona="elof")

    answer = (await call(simulator, "collect", {"orderRef": started["orderRef"]})).json()

    assert answer["completionData"]["user"]["personalNumber"] != "199908072391"


@pytest.mark.parametrize(("asked", "risk"), [(True, "high"), (False, None)])
async def test_risk_is_told_when_asked_for(simulator, asked, risk):
    started = await order(simulator, SIGN | {"returnRisk": asked}, outcome="approve", risk="high")

    answer = (await call(simulator, "collect", {"orderRef": started["orderRef"]})).json()

    assert answer["completionData"].get("risk") == risk


# the scanner


@pytest.mark.parametrize(
    ("elapsed", "later", "reason"),
    [(0, 0, None), (0, 6, None), (0, 7, "stale"), (10, 10, None), (12, 10, "stale"), (3, 20, "stale")],
)
async def test_the_age_of_a_frame(simulator, clock, elapsed, later, reason):
    started = await order(simulator)
    frame = qr_text(started["qrStartToken"], started["qrStartSecret"], elapsed)
    clock.advance(seconds=later)

    response = await simulator.http.post("/control/scan", json={"text": frame})

    assert response.json().get("error") == reason


async def test_what_is_not_a_frame_of_a_waiting_order(simulator):
    started = await order(simulator)
    token, secret = started["qrStartToken"], started["qrStartSecret"]
    genuine = qr_text(token, secret, 0)
    refused = {
        "": "malformed",
        "https://example.com": "malformed",
        f"bankid.{token}.-1.x": "malformed",
        f"bankid.{token}.٣.x": "malformed",
        qr_text("other", secret, 0): "unknown",
        qr_text(token, "another secret", 0): "forged",
        genuine.replace(".0.", ".1."): "forged",
        genuine.upper(): "malformed",
    }
    for text, reason in refused.items():
        response = await simulator.http.post("/control/scan", json={"text": text})
        assert (response.status_code, response.json()["error"]) == (409, reason), text

    assert (await simulator.http.post("/control/scan", json={"text": genuine})).status_code == 200
    again = await simulator.http.post("/control/scan", json={"text": genuine})
    assert again.json()["error"] == "not_waiting"


async def test_a_launch_token_opens_its_order_and_only_its_own(simulator):
    started = await order(simulator)

    wrong = await simulator.http.post("/control/open", json={"auto_start_token": "x"})
    right = await simulator.http.post("/control/open", json={"auto_start_token": started["autoStartToken"]})

    assert wrong.status_code == 409
    assert right.json()["started_by"] == "autostart"


# faults


@pytest.mark.parametrize(
    ("kind", "http"),
    [
        ("maintenance", 503),
        ("internalError", 500),
        ("requestTimeout", 408),
        ("tooManyRequests", 429),
        ("unauthorized", 401),
        ("unknownCode", 418),
        ("html", 502),
        ("redirect", 302),
        ("empty", 200),
        ("truncated", 200),
        ("oversized", 200),
    ],
)
async def test_a_fault_comes_as_often_as_ordered(simulator, kind, http):
    started = await order(simulator, faults=[{"endpoint": "collect", "kind": kind, "times": 2}])
    answers = [await call(simulator, "collect", {"orderRef": started["orderRef"]}) for _ in range(3)]

    assert [answer.status_code for answer in answers[:2]] == [http, http]
    assert answers[2].json()["status"] == PENDING


async def test_an_answer_that_is_ordered_to_be_late_is_late_and_right(simulator):
    started = await order(simulator, faults=[{"endpoint": "collect", "latency_s": 0.2}])
    before = time.monotonic()

    assert (await status(simulator, started))[0] == PENDING

    assert time.monotonic() - before >= 0.2


async def test_the_clock_moves_forward_only(simulator, clock):
    started = await order(simulator)
    later = await simulator.http.post("/control/clock", json={"advance_s": 30})

    assert later.json()["now"] == (clock() + timedelta(seconds=30)).isoformat()
    assert await status(simulator, started) == ("failed", "startFailed", None)
    with pytest.raises(ValueError):
        await simulator.http.post("/control/clock", json={"advance_s": -1})


async def test_a_fault_at_the_start_belongs_to_the_order_that_is_to_be_made(simulator):
    await simulator.script(outcome="cancel", faults=[{"endpoint": "sign", "kind": "maintenance"}])

    assert (await call(simulator, "sign", SIGN)).status_code == 503
    started = await order(simulator)
    assert await status(simulator, started) == ("failed", "userCancel", None)


@pytest.mark.parametrize("wrong", [{"outcome": "marry"}, {"persona": "nobody"}, {"colour": "blue"}])
async def test_a_script_with_a_mistake_is_refused(simulator, wrong):
    assert (await simulator.http.post("/control/scripts", json=wrong)).status_code == 422


async def test_health(simulator):
    assert (await simulator.http.get("/health")).json() == {"status": "ok"}
