"""The relying-party client: what it sends, what it makes of every answer, what it repeats and what never."""

from __future__ import annotations

import base64
import json
import ssl
from pathlib import Path

import httpx
import pytest

from identity.bankid import AppDevice, AuthRequest, BankIdClient, Requirement, SignRequest, WebDevice, errors
from identity.config import ClientConfig
from identity.simulator.app import create_app
from identity.simulator.config import SimulatorConfig

ELOF = "199908072391"
URL = "https://bankid.example/rp/v6.0/"
STARTED = {"orderRef": "ref", "autoStartToken": "ast", "qrStartToken": "qst", "qrStartSecret": "qss"}
PENDING = {"orderRef": "ref", "status": "pending", "hintCode": "userSign"}
COMPLETE = {
    "orderRef": "ref",
    "status": "complete",
    "completionData": {
        "user": {"personalNumber": "199908072391", "name": "N S", "givenName": "N", "surname": "S"},
        "device": {"ipAddress": "192.0.2.1", "uhi": "uhi"},
        "bankIdIssueDate": "2023-04-01Z",
        "stepUp": {"mrtd": True},
        "signature": "c2ln",
        "ocspResponse": "b2NzcA==",
        "risk": "low",
    },
}


class Wire:
    """A transport that plays the given answers in order and remembers what was asked."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers, self.requests, self.pauses = list(answers), [], []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        # unread, as the network delivers it
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(answer.content))

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def client(self, **settings) -> BankIdClient:
        config = ClientConfig(base_url=URL, **settings)
        return BankIdClient(config, transport=httpx.MockTransport(self), sleep=self.sleep)


def refused(status: int, code: str, details: str = "d") -> httpx.Response:
    return httpx.Response(status, json={"errorCode": code, "details": details})


def ok(body: object) -> httpx.Response:
    return httpx.Response(200, json=body)


async def test_auth_sends_every_field_as_bankid_spells_it():
    wire = Wire(ok(STARTED))
    request = AuthRequest(
        end_user_ip="::ffff:192.0.2.7",
        user_visible_data="This will be visible in the bankID app",
        user_visible_data_format="simpleMarkdownV1",
        user_non_visible_data="ej synlig",
        return_url="https://chat.example/return?nonce=1",
        return_risk=True,
        requirement=Requirement(pin_code=True, mrtd=False, card_reader="class1", certificate_policies=("1.2.3.4.5",)),
        web=WebDevice(referring_domain="chat.example", user_agent="x" * 300, device_identifier="abc"),
    )

    started = await wire.client().auth(request)

    assert started.qr_start_secret == "qss"
    [sent] = wire.requests
    assert (sent.method, str(sent.url)) == ("POST", URL + "auth")
    assert sent.headers["content-type"] == "application/json"
    vectors = json.loads((Path(__file__).parents[1] / "vectors" / "bankid.json").read_text())
    assert json.loads(sent.content) == {
        "endUserIp": "192.0.2.7",
        "userVisibleData": vectors["user_visible_data"]["base64"],
        "userVisibleDataFormat": "simpleMarkdownV1",
        "userNonVisibleData": "ZWogc3lubGln",
        "returnUrl": "https://chat.example/return?nonce=1",
        "returnRisk": True,
        "requirement": {
            "pinCode": True,
            "mrtd": False,
            "cardReader": "class1",
            "certificatePolicies": ["1.2.3.4.5"],
        },
        "web": {"referringDomain": "chat.example", "userAgent": "x" * 256, "deviceIdentifier": "abc"},
    }


async def test_sign_sends_the_same_fields_and_whom_it_must_be(authority):
    """And the simulator, which was written apart from the client, takes every one of them."""
    request = SignRequest(
        end_user_ip="2001:db8::1",
        user_visible_data="# Rubrik\nText",
        user_visible_data_format="simpleMarkdownV1",
        user_non_visible_data='{"purpose":"AR-7K2M-9QXA"}',
        return_url="https://chat.example/" + "x" * 491,
        return_risk=True,
        requirement=Requirement(
            pin_code=True,
            mrtd=True,
            card_reader="class2",
            certificate_policies=("1.2.752.78.1.5",),
            personal_number=ELOF,
        ),
        app=AppDevice(
            app_identifier="se.example.app",
            device_os="iOS 17.5",
            device_model_name="iPhone15,2",
            device_identifier="abc",
        ),
    )
    simulator = httpx.ASGITransport(create_app(SimulatorConfig(directory=authority.files.directory)))
    seen = []

    class Watched(httpx.AsyncBaseTransport):
        async def handle_async_request(self, sent: httpx.Request) -> httpx.Response:
            seen.append(json.loads(sent.content))
            return await simulator.handle_async_request(sent)

    async with BankIdClient(ClientConfig(base_url=URL), transport=Watched()) as client:
        assert (await client.sign(request)).order_ref

    assert seen == [
        {
            "endUserIp": "2001:db8::1",
            "userVisibleData": base64.b64encode(b"# Rubrik\nText").decode(),
            "userVisibleDataFormat": "simpleMarkdownV1",
            "userNonVisibleData": base64.b64encode(b'{"purpose":"AR-7K2M-9QXA"}').decode(),
            "returnUrl": "https://chat.example/" + "x" * 491,
            "returnRisk": True,
            "requirement": {
                "pinCode": True,
                "mrtd": True,
                "cardReader": "class2",
                "certificatePolicies": ["1.2.752.78.1.5"],
                "personalNumber": ELOF,
            },
            "app": {
                "appIdentifier": "se.example.app",
                "deviceOS": "iOS 17.5",
                "deviceModelName": "iPhone15,2",
                "deviceIdentifier": "abc",
            },
        }
    ]


async def test_unset_fields_are_left_out():
    wire = Wire(ok(STARTED))

    await wire.client().auth(AuthRequest(end_user_ip="192.0.2.7"))

    assert json.loads(wire.requests[0].content) == {"endUserIp": "192.0.2.7"}


@pytest.mark.parametrize(
    ("kind", "field", "longest"),
    [
        (AuthRequest, "user_visible_data", 1_500),
        (AuthRequest, "user_non_visible_data", 1_500),
        (SignRequest, "user_visible_data", 40_000),
        (SignRequest, "user_non_visible_data", 200_000),
    ],
)
async def test_a_text_longer_than_bankid_takes_is_not_sent(kind, field, longest):
    wire = Wire(ok(STARTED), ok(STARTED))
    client, call = wire.client(), "auth" if kind is AuthRequest else "sign"
    fields = {"end_user_ip": "192.0.2.7", "user_visible_data": "x"}

    await getattr(client, call)(kind(**fields | {field: "x" * (longest // 4 * 3)}))
    with pytest.raises(errors.RequestNotAcceptableError):
        await getattr(client, call)(kind(**fields | {field: "x" * (longest // 4 * 3 + 1)}))

    assert len(wire.requests) == 1


@pytest.mark.parametrize("empty", [{"user_visible_data": ""}, {"user_non_visible_data": ""}])
async def test_an_empty_text_is_not_sent(empty):
    wire = Wire()

    with pytest.raises(errors.RequestNotAcceptableError):
        await wire.client().auth(AuthRequest(end_user_ip="192.0.2.7", **empty))


@pytest.mark.parametrize(
    "wrong",
    [
        {"end_user_ip": "nowhere"},
        {"return_url": ""},
        {"return_url": "x" * 513},
        {"web": {"referring_domain": "se", "user_agent": "x", "device_identifier": "x"}},
        {"web": {"referring_domain": "x" * 254, "user_agent": "x", "device_identifier": "x"}},
        {"web": {"referring_domain": "abc", "user_agent": "", "device_identifier": "x"}},
        {"web": {"referring_domain": "abc", "user_agent": "x", "device_identifier": "x" * 65}},
        {"requirement": {"card_reader": "class3"}},
        {"requirement": {"personal_number": "19990807-2391"}},
        {"requirement": {"personal_number": "１９９９０８０７２３９１"}},
        {"user_visible_data_format": "html"},
        {"colour": "blue"},
        {
            "web": {"referring_domain": "abc", "user_agent": "x", "device_identifier": "x"},
            "app": {
                "app_identifier": "a",
                "device_os": "b",
                "device_model_name": "c",
                "device_identifier": "d",
            },
        },
    ],
)
def test_a_request_outside_the_limits_cannot_be_made(wrong):
    with pytest.raises(ValueError):
        AuthRequest(**{"end_user_ip": "192.0.2.7"} | wrong)


async def test_a_completion_is_typed_and_keeps_what_we_do_not_know():
    body = json.loads(json.dumps(COMPLETE))
    body["completionData"]["user"]["shoeSize"] = "43"
    body["completionData"]["risk"] = "lukewarm"

    reply = await Wire(ok(body)).client().collect("ref")

    assert reply.completion_data.user.personal_number == "199908072391"
    assert reply.completion_data.user.model_extra == {"shoeSize": "43"}
    assert reply.completion_data.step_up.mrtd is True
    assert reply.completion_data.risk == "lukewarm"


async def test_an_unknown_status_and_hint_survive():
    reply = (
        await Wire(ok({"orderRef": "ref", "status": "dreaming", "hintCode": "lucid", "x": 1})).client().collect("ref")
    )

    assert (reply.status, reply.hint_code, reply.model_extra) == ("dreaming", "lucid", {"x": 1})


async def test_nothing_personal_and_no_secret_is_in_a_repr():
    completed = await Wire(ok(COMPLETE | {"n": "199908072391"})).client().collect("ref")
    started = await Wire(ok(STARTED)).client().sign(SignRequest(end_user_ip="192.0.2.7", user_visible_data="hemligt"))
    request = SignRequest(end_user_ip="192.0.2.7", user_visible_data="hemligt", return_url="https://x/?nonce=nnn")

    shown = repr((completed, completed.completion_data, completed.completion_data.user, started, request))

    for secret in ("199908072391", "N S", "c2ln", "192.0.2.1", "qss", "ast", "hemligt", "nnn"):
        assert secret not in shown


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "alreadyInProgress", errors.AlreadyInProgressError),
        (400, "invalidParameters", errors.InvalidParametersError),
        (401, "unauthorized", errors.UnauthorizedError),
        (403, "unauthorized", errors.UnauthorizedError),
        (404, "notFound", errors.NotFoundError),
        (405, "methodNotAllowed", errors.MethodNotAllowedError),
        (408, "requestTimeout", errors.RequestTimeoutError),
        (415, "unsupportedMediaType", errors.UnsupportedMediaTypeError),
        (429, "tooManyRequests", errors.TooManyRequestsError),
        (500, "internalError", errors.InternalBankIdError),
        (503, "maintenance", errors.MaintenanceError),
        (418, "teapot", errors.UnknownRefusalError),
    ],
)
@pytest.mark.parametrize("call", ["auth", "sign", "collect", "cancel"])
async def test_each_documented_refusal_is_its_own_error(status, code, kind, call):
    wire = Wire(*[refused(status, code, "199908072391")] * 3)
    client = wire.client()
    calls = {
        "auth": lambda: client.auth(AuthRequest(end_user_ip="192.0.2.7")),
        "sign": lambda: client.sign(SignRequest(end_user_ip="192.0.2.7", user_visible_data="x")),
        "collect": lambda: client.collect("ref"),
        "cancel": lambda: client.cancel("ref"),
    }

    with pytest.raises(errors.BankIdRefusalError) as caught:
        await calls[call]()

    assert type(caught.value) is kind
    assert (caught.value.error_code, caught.value.http_status) == (code, status)
    assert "199908072391" not in str(caught.value)
    assert len(wire.requests) == (3 if code == "maintenance" else 1)


def test_every_documented_error_says_code_reason_and_what_to_do():
    for kind in errors.BankIdRefusalError.__subclasses__():
        for heading in ("Code:", "Reason:", "RP:"):
            assert heading in kind.__doc__, kind


@pytest.mark.parametrize(
    ("headers", "seconds"), [({"Retry-After": "7"}, 7.0), ({"Retry-After": "soon"}, None), ({}, None)]
)
async def test_a_rate_limit_says_when_to_come_back(headers, seconds):
    wire = Wire(httpx.Response(429, json={"errorCode": "tooManyRequests", "details": ""}, headers=headers))

    with pytest.raises(errors.TooManyRequestsError) as caught:
        await wire.client().collect("ref")

    assert caught.value.retry_after_s == seconds


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(200, text="<html>"), errors.NotJsonError),
        (httpx.Response(502, text="<html>"), errors.NotJsonError),
        (httpx.Response(200, content=b""), errors.NotJsonError),
        (httpx.Response(200, content=b"[1]"), errors.NotJsonError),
        (httpx.Response(200, content=b'{"orderRef": "r'), errors.NotJsonError),
        (httpx.Response(200, content=b"\xff\xfe{"), errors.NotJsonError),
        (httpx.Response(200, content=b"[" * 100_000), errors.NotJsonError),
        (httpx.Response(200, content=b'{"orderRef": NaN}'), errors.NotJsonError),
        (httpx.Response(400, json={"error": "x"}), errors.NotJsonError),
        (httpx.Response(400, json={"errorCode": 7}), errors.NotJsonError),
        (httpx.Response(302, headers={"Location": "https://elsewhere.example/"}), errors.RedirectRefusedError),
        (httpx.Response(308, json=PENDING), errors.RedirectRefusedError),
        (httpx.Response(200, content=b" " * 5_000 + b"{}"), errors.OversizedReplyError),
        (ok(PENDING | {"orderRef": "other"}), errors.UnexpectedReplyError),
        (ok({"status": "pending"}), errors.UnexpectedReplyError),
        (ok({"orderRef": "ref", "status": 1}), errors.UnexpectedReplyError),
        (ok({"orderRef": "ref", "status": "complete"}), errors.UnexpectedReplyError),
        (ok(COMPLETE | {"status": "pending"}), errors.UnexpectedReplyError),
    ],
)
async def test_an_answer_that_is_not_bankids_is_mapped(answer, kind):
    wire = Wire(answer)

    with pytest.raises(errors.BankIdProtocolError) as caught:
        await wire.client(max_reply_bytes=4_096 if kind is errors.OversizedReplyError else 1_000_000).collect("ref")

    assert type(caught.value) is kind
    assert len(wire.requests) == 1


@pytest.mark.parametrize("missing", STARTED)
async def test_a_start_without_all_its_tokens_is_no_start(missing):
    body = {name: value for name, value in STARTED.items() if name != missing}

    with pytest.raises(errors.UnexpectedReplyError, match=missing):
        await Wire(ok(body)).client().auth(AuthRequest(end_user_ip="192.0.2.7"))


def tls_fault() -> httpx.ConnectError:
    error = httpx.ConnectError("x")
    error.__cause__ = ssl.SSLCertVerificationError("unable to get local issuer certificate")
    return error


TRANSPORT = [
    (lambda: httpx.ConnectError("x"), errors.BankIdUnreachableError),
    (lambda: httpx.ConnectTimeout("x"), errors.BankIdUnreachableError),
    (lambda: httpx.PoolTimeout("x"), errors.BankIdUnreachableError),
    (lambda: httpx.ReadTimeout("x"), errors.BankIdTimeoutError),
    (lambda: httpx.WriteTimeout("x"), errors.BankIdTimeoutError),
    (lambda: httpx.ReadError("x"), errors.BankIdConnectionLostError),
    (lambda: httpx.RemoteProtocolError("x"), errors.BankIdConnectionLostError),
    (lambda: httpx.DecodingError("x"), errors.BankIdConnectionLostError),
    (tls_fault, errors.BankIdTlsError),
]


@pytest.mark.parametrize(("fault", "kind"), TRANSPORT)
async def test_start_is_never_repeated_when_the_network_fails(fault, kind):
    wire = Wire(fault(), ok(STARTED))

    with pytest.raises(errors.BankIdTransportError) as caught:
        await wire.client().sign(SignRequest(end_user_ip="192.0.2.7", user_visible_data="x"))

    assert type(caught.value) is kind
    assert len(wire.requests) == 1


@pytest.mark.parametrize(("fault", "kind"), TRANSPORT)
async def test_collect_is_repeated_and_the_number_is_bounded(fault, kind):
    recovering, failing = Wire(fault(), fault(), ok(PENDING)), Wire(fault(), fault(), fault())

    assert (await recovering.client().collect("ref")).hint_code == "userSign"
    with pytest.raises(errors.BankIdTransportError) as caught:
        await failing.client().collect("ref")

    assert type(caught.value) is kind
    assert recovering.pauses == failing.pauses == [0.5, 1.0]


async def test_maintenance_is_waited_out_even_at_a_start():
    wire = Wire(refused(503, "maintenance"), ok(STARTED))

    assert (await wire.client().auth(AuthRequest(end_user_ip="192.0.2.7"))).order_ref == "ref"


async def test_a_503_that_is_not_bankids_does_not_repeat_a_start():
    wire = Wire(httpx.Response(503, text="<html>upstream"), ok(STARTED))

    with pytest.raises(errors.NotJsonError):
        await wire.client().auth(AuthRequest(end_user_ip="192.0.2.7"))

    assert len(wire.requests) == 1


async def test_reachable_is_a_get_met_with_405():
    there, elsewhere, gone = Wire(httpx.Response(405)), Wire(httpx.Response(200)), Wire(httpx.ConnectError("x"))

    assert await there.client().reachable()
    assert not await elsewhere.client().reachable()
    assert not await gone.client().reachable()
    assert there.requests[0].method == "GET"
