"""PostgreSQL is gone: the caller is told to come back, and nothing more."""

import socket
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from cases.api.tokens import PREFIX
from cases.app import create_app
from cases.config import CasesConfig
from cases.console.guard import SESSION_COOKIE
from foundation.encryption import KeyRing
from tests.cases.conftest import TOKEN, body_of


@pytest.fixture
def nobody_there() -> Iterator[int]:
    """A port that is taken, but where nobody answers: each connection is refused."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.fixture
async def api(nobody_there: int, key_ring: KeyRing, clock) -> AsyncIterator[httpx.AsyncClient]:
    url = f"postgresql://insyn:hemligt@127.0.0.1:{nobody_there}/insyn"
    app = create_app(CasesConfig(database_url=url, key_ring=key_ring, service_tokens=(TOKEN,)), clock=clock)
    # an error that no handler answers is raised here
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://cases") as client:
        yield client


def read_as_problem(answer: httpx.Response) -> str:
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) > 0
    return answer.json()["type"]


@pytest.mark.parametrize("token", [TOKEN, PREFIX + "a" * 43])
async def test_a_request_is_to_be_sent_again_later(api, references, caplog, nobody_there, token):
    """Our own token is known without the database; another's is looked up in it."""
    authorization = {"Authorization": f"Bearer {token}"}

    answer = await api.put(f"/api/v1/cases/{next(references)}", json=body_of(), headers=authorization)

    assert read_as_problem(answer) == "urn:insyn:problem:database-unavailable"
    assert "the database cannot be used: OperationalError" in caplog.text
    for secret in ("hemligt", str(nobody_there)):
        assert secret not in answer.text + caplog.text


async def test_every_operation_documents_it(api):
    paths = (await api.get("/openapi.json")).json()["paths"]

    for path, operations in paths.items():
        for name, operation in operations.items():
            if path.startswith("/api/"):
                assert "Retry-After" in operation["responses"]["503"]["headers"], (name, path)


async def test_an_officer_sees_a_page_that_says_so(api):
    answer = await api.get("/console/cases", headers={"Cookie": f"{SESSION_COOKIE}=a session"})

    assert answer.status_code == 503
    assert "Databasen svarar inte" in answer.text
    assert "text/html" in answer.headers["content-type"]
