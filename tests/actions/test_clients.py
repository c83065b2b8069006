"""The clients of edge and case system, against a transport that stands where the network is."""

from __future__ import annotations

import json
from datetime import date

import httpx
import pytest

from actions.clients.cases import BlockDraft, CaseDraft, CasesClient
from actions.clients.edge import EdgeClient, QueuePlace
from actions.errors import IdentificationNotAvailableError, ServiceRefusedError, ServiceUnavailableError
from tests.actions.fakes import CONVERSATION, Fakes

RECEIPT = {
    "reference": "AR-0000-0000",
    "request_type": "access",
    "status": "received",
    "received_on": "2026-11-23",
    "due_on": "2026-12-23",
    "due_explanation": ["Begäran kom in.", "Svaret ska lämnas."],
}
IDENTIFICATION = {
    "level": 2,
    "method": "bankid",
    "personal_identity_number": "199908072391",
    "name": "Anna Karlsson",
    "given_name": "Anna",
    "surname": "Karlsson",
    "completed_at": "2026-11-23T19:31:00Z",
    "email": None,
    "visible_text": "Begäran",
    "non_visible_data": "bm9u",
    "signature": "c2ln",
    "ocsp_response": "b2NzcA==",
}


class Service:
    """Answers as told, and remembers what it was asked."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.requests: list[httpx.Request] = []
        self._answers = list(answers)
        self.transport = httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def body(self) -> dict:
        return json.loads(self.requests[-1].content)

    def cases(self) -> CasesClient:
        return CasesClient(base_url="http://cases", token="secret", transport=self.transport)

    def edge(self) -> EdgeClient:
        return EdgeClient(base_url="http://edge", token="secret", transport=self.transport)


def problem(status: int, slug: str) -> httpx.Response:
    detail = "Anna Karlsson har redan en begäran"
    return httpx.Response(status, json={"type": f"urn:insyn:problem:{slug}", "status": status, "detail": detail})


def access_draft(**changed: object) -> CaseDraft:
    draft = {
        "reference": "AR-0000-0000",
        "request_type": "access",
        "received_at": "2026-11-23T19:30:00+00:00",
        "conversation_id": CONVERSATION,
        "details": {"scope": "Allt"},
        "contact_email": "anna@example.se",
        "identification": None,
    }
    return CaseDraft(**(draft | changed))


async def test_a_case_is_put_under_its_reference_with_our_token():
    service = Service(httpx.Response(201, json=RECEIPT))

    receipt = await service.cases().register(access_draft())

    [request] = service.requests
    assert (request.method, request.url.path) == ("PUT", "/api/v1/cases/AR-0000-0000")
    assert request.headers["Authorization"] == "Bearer secret"
    assert receipt.due_on == date(2026, 12, 23)
    assert receipt.due_explanation == ("Begäran kom in.", "Svaret ska lämnas.")


async def test_the_identity_goes_along_with_its_evidence():
    service = Service(httpx.Response(200, json=IDENTIFICATION), httpx.Response(201, json=RECEIPT))

    identification = await service.edge().consume_identification(CONVERSATION, reference="AR-0000-0000")
    await service.cases().register(access_draft(identification=identification))

    identity = service.body["identity"]
    assert identity["level"] == 2
    assert identity["personal_identity_number"] == IDENTIFICATION["personal_identity_number"]
    assert identity["verified_at"] == IDENTIFICATION["completed_at"]
    assert identity["evidence"] == {
        key: IDENTIFICATION[key] for key in ("visible_text", "non_visible_data", "signature", "ocsp_response")
    }


async def test_a_code_goes_along_as_the_address_that_it_confirmed():
    answer = dict.fromkeys(IDENTIFICATION) | {
        "level": 1,
        "method": "email_code",
        "completed_at": "2026-11-23T19:31:00Z",
        "email": "anna@example.se",
        "visible_text": "Begäran",
    }
    service = Service(httpx.Response(200, json=answer), httpx.Response(201, json=RECEIPT))

    identification = await service.edge().consume_identification(CONVERSATION, reference="AR-0000-0000")
    await service.cases().register(access_draft(identification=identification))

    assert identification.email == "anna@example.se"
    assert service.body["identity"] == {
        "level": 1,
        "method": "email_code",
        "personal_identity_number": None,
        "name": None,
        "verified_at": "2026-11-23T19:31:00Z",
        "evidence": None,
    }


async def test_without_identification_the_case_says_so():
    service = Service(httpx.Response(201, json=RECEIPT))
    await service.cases().register(access_draft(contact_email=None))

    assert service.body["identity"] == {"level": 0, "method": "none"}
    assert "contact_email" not in service.body


async def test_who_signed_is_in_no_representation():
    service = Service(httpx.Response(200, json=IDENTIFICATION))
    identification = await service.edge().consume_identification(CONVERSATION, reference="AR-0000-0000")

    shown = repr(access_draft(identification=identification))
    assert IDENTIFICATION["personal_identity_number"] not in shown
    assert "Karlsson" not in shown
    assert "anna@example.se" not in shown


async def test_a_broken_connection_is_tried_once_more():
    service = Service(httpx.ConnectError("refused"), httpx.Response(200, json=RECEIPT))
    await service.cases().register(access_draft())
    assert len(service.requests) == 2


@pytest.mark.parametrize(
    "answers",
    [
        (httpx.ConnectError("refused"), httpx.ConnectError("refused")),
        (httpx.ReadTimeout("slow"), httpx.ReadTimeout("slow")),
        (httpx.Response(500, text="Internal Server Error"),),
        (problem(503, "unavailable"),),
        (problem(429, "too-many"),),
        (httpx.Response(200, text="<html>"),),
        (httpx.Response(200, json=[]),),
    ],
)
async def test_no_answer_or_not_now_is_unavailable(answers: tuple):
    with pytest.raises(ServiceUnavailableError):
        await Service(*answers).cases().register(access_draft())


@pytest.mark.parametrize("slug", ["reference-taken", "invalid-request"])
async def test_a_refusal_names_the_problem_and_nothing_personal(slug: str):
    with pytest.raises(ServiceRefusedError) as caught:
        await Service(problem(409, slug)).cases().register(access_draft())

    assert caught.value.problem == slug
    assert "Karlsson" not in str(caught.value)


async def test_an_identification_for_something_else_is_not_available():
    service = Service(problem(409, "identification-not-available"))
    with pytest.raises(IdentificationNotAvailableError):
        await service.edge().consume_identification(CONVERSATION, reference="AR-0000-0000")


async def test_the_edge_is_told_what_is_to_be_signed():
    service = Service(httpx.Response(201, json={"identification_id": "7"}))
    await service.edge().offer_identification(
        CONVERSATION,
        reference="AR-0000-0000",
        request_type="objection",
        request_title="Invändning",
        visible_text="Begäran",
        level=1,
        email="anna@example.se",
    )

    [request] = service.requests
    assert request.url.path == f"/internal/v1/conversations/{CONVERSATION}/identifications"
    assert service.body == {
        "reference": "AR-0000-0000",
        "request_type": "objection",
        "request_title": "Invändning",
        "visible_text": "Begäran",
        "level": 1,
        "email": "anna@example.se",
    }


async def test_a_handover_returns_the_place_in_the_queue():
    service = Service(httpx.Response(200, json={"queue_position": 3}))
    assert await service.edge().hand_over(CONVERSATION, reason="r", summary="s") == QueuePlace(3)


async def test_a_marketing_block_is_put_under_its_reference():
    receipt = {
        "reference": "AR-0000-0000",
        "channel": "email",
        "address_masked": "a***@example.se",
        "effective_at": "2026-11-23T19:30:00Z",
    }
    service = Service(httpx.Response(201, json=receipt))

    answer = await service.cases().block_marketing(
        BlockDraft("AR-0000-0000", "email", "anna@example.se", "2026-11-23T19:30:00+00:00", CONVERSATION)
    )

    assert service.requests[0].url.path == "/api/v1/marketing-blocks/AR-0000-0000"
    assert answer.address_masked == "a***@example.se"


async def test_the_fakes_answer_as_the_clients_do():
    """What the other tests rely on: a fake refuses, fails and repeats like the service that it stands for."""
    cases = Fakes().cases
    first = await cases.register(access_draft())
    assert await cases.register(access_draft()) == first
    with pytest.raises(ServiceRefusedError):
        await cases.register(access_draft(details={"scope": "Rekrytering"}))


async def test_until_when_a_package_can_be_fetched_is_a_swedish_day():
    service = Service(
        httpx.Response(200, json={"expires_at": "2026-12-30T23:30:00Z"}),
        problem(404, "no-package"),
        problem(404, "case-not-found"),
    )
    cases = service.cases()

    assert await cases.package_until("AR-0000-0000") == date(2026, 12, 31)
    assert await cases.package_until("AR-0000-0000") is None
    with pytest.raises(ServiceRefusedError):
        await cases.package_until("AR-0000-0000")
    assert service.requests[0].url.path == "/api/v1/cases/AR-0000-0000/package"
