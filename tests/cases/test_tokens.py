"""Other systems call the API with tokens of their own: each for what it was given for, several at once."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from cases.api.scopes import EXTENSION, Scope
from cases.api.tokens import add_token, list_tokens, revoke_token
from cases.drafts import OPERATOR
from tests.cases.conftest import body_of

pytestmark = pytest.mark.database

BASE = "/api/v1"


@pytest.fixture
def give(sessions, clock):
    """Make a token with scopes, and return its number and its header."""
    numbers = iter(range(100))

    async def give(*scopes: Scope, lasts: timedelta | None = None):
        secret = f"insyn_{next(numbers):02d}{'x' * 43}"
        expires_at = None if lasts is None else clock() + lasts
        async with sessions.begin() as session:
            token = await add_token(
                session,
                name="register",
                token=secret,
                scopes=scopes,
                actor=OPERATOR,
                now=clock(),
                expires_at=expires_at,
            )
        return token.id, {"Authorization": f"Bearer {secret}"}

    return give


@pytest.fixture
async def registered(api, references):
    reference = next(references)
    await api.put(f"{BASE}/cases/{reference}", json=body_of())
    return reference


def calls(reference: str) -> dict[Scope, tuple[str, str, dict]]:
    """Return an operation of each scope."""
    nobody = {"identity": {"level": 0, "method": "none"}}
    return {
        Scope.REGISTER_CASES: ("PUT", f"/cases/{reference}", body_of()),
        Scope.READ_CASES: ("GET", f"/cases/{reference}", {}),
        Scope.MOVE_CASES: ("POST", f"/cases/{reference}/transitions", {"to": "in_progress", "version": 9}),
        Scope.WORK_TASKS: ("GET", f"/cases/{reference}/tasks", {}),
        Scope.OWN_CASES: ("POST", "/cases/find-own", nobody),
        Scope.BLOCK_MARKETING: ("GET", f"/marketing-blocks/{reference}", {}),
    }


async def test_a_token_opens_what_it_was_given_for_and_nothing_else(api, give, registered):
    for scope in Scope:
        _, header = await give(scope)
        for needed, (method, path, body) in calls(registered).items():
            answer = await api.request(method, BASE + path, json=body, headers=header)
            assert (answer.status_code != 403) == (needed is scope), (scope, needed, answer.text)
            assert answer.status_code != 401
            if needed is not scope:
                assert answer.json()["type"] == "urn:insyn:problem:insufficient-scope"
                assert answer.json()["scope"] == needed


async def test_a_refused_call_stands_in_the_register_s_log(api, give, registered, sessions):
    number, header = await give(Scope.READ_CASES)
    await api.put(f"{BASE}/cases/{registered}", json=body_of(), headers=header)

    async with sessions() as session:
        query = text("SELECT actor_id, facts FROM cases.register_event WHERE kind = 'access_denied'")
        [(actor, facts)] = (await session.execute(query)).all()
    assert actor == f"token:{number}"
    assert facts["scope"] == "cases:register"
    assert registered not in str(facts)


async def test_tokens_are_replaced_without_a_gap(api, give, sessions, clock):
    first, old = await give(Scope.READ_CASES)
    _, new = await give(Scope.READ_CASES)
    for header in (old, new):
        assert (await api.get(f"{BASE}/cases", headers=header)).status_code == 200

    async with sessions.begin() as session:
        assert await revoke_token(session, first, actor=OPERATOR, now=clock())
        assert not await revoke_token(session, first, actor=OPERATOR, now=clock())

    assert (await api.get(f"{BASE}/cases", headers=old)).status_code == 401
    assert (await api.get(f"{BASE}/cases", headers=new)).status_code == 200


async def test_a_token_ends_by_itself(api, give, clock):
    _, header = await give(Scope.READ_CASES, lasts=timedelta(days=1))
    clock.advance(hours=23, minutes=59)
    assert (await api.get(f"{BASE}/cases", headers=header)).status_code == 200
    clock.advance(minutes=1)
    assert (await api.get(f"{BASE}/cases", headers=header)).status_code == 401


@pytest.mark.parametrize("given", ["Bearer insyn_", "Basic insyn_00" + "x" * 43, "Bearer " + "x" * 43, "insyn_00"])
async def test_what_is_no_token_opens_nothing(api, give, given):
    await give(*Scope)

    assert (await api.get(f"{BASE}/cases", headers={"Authorization": given})).status_code == 401


async def test_a_token_is_nowhere_in_the_database(give, sessions):
    await give(Scope.READ_CASES)

    async with sessions() as session:
        assert "x" * 43 not in str((await session.execute(text("SELECT t::text FROM cases.service_token t"))).all())
        [token] = await list_tokens(session)
    assert (token.name, token.scopes) == ("register", (Scope.READ_CASES,))


async def test_what_another_system_registers_is_said_to_come_from_it(api, give, references, service):
    number, header = await give(Scope.REGISTER_CASES)
    reference = next(references)
    await api.put(f"{BASE}/cases/{reference}", json=body_of(), headers=header)

    assert [event.actor_id for event in await service.events(reference)] == [f"token:{number}"]


@pytest.mark.parametrize("wrong", [{"scopes": []}, {"name": " "}, {"token": "short"}, {"token": "x" * 60}])
async def test_a_token_without_name_scope_or_randomness_is_none(sessions, clock, wrong):
    right = {"name": "register", "token": f"insyn_{'x' * 43}", "scopes": [Scope.READ_CASES]}
    with pytest.raises(ValueError):
        async with sessions.begin() as session:
            await add_token(session, **right | wrong, actor=OPERATOR, now=clock())


async def test_every_operation_names_its_scope(api):
    document = (await api.get("/openapi.json")).json()

    named = {
        operation.get(EXTENSION)
        for path, methods in document["paths"].items()
        if path.startswith(BASE)
        for operation in methods.values()
    }
    assert {scope.value for scope in Scope} <= named
