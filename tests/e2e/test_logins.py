"""The processes of the stack connect as the services' login and no other (docs/adr/0110)."""

from __future__ import annotations

from collections import defaultdict

import psycopg
import pytest

from foundation.database import libpq_url
from insyn.postgres import SERVICES, OwnPostgres
from insyn.rights import may_rewrite
from tests.e2e.conftest import RunningStack

CONNECTED = "SELECT application_name, usename FROM pg_stat_activity WHERE application_name LIKE 'insyn%'"


def test_no_process_of_the_stack_could_rewrite_the_history(stack: RunningStack):
    if stack.settings.database_url is not None:
        pytest.skip("the stack uses a database that was given to it")
    server = OwnPostgres(stack.settings.data_dir.resolve() / "postgres")
    try:
        assert may_rewrite(server.services_url()) == []
        logins: dict[str, set[str]] = defaultdict(set)
        with psycopg.connect(libpq_url(server.url())) as connection:
            for name, login in connection.execute(CONNECTED):
                logins[name].add(login)
    finally:
        server.stop()

    assert len(logins) > 3
    assert set().union(*logins.values()) == {SERVICES}
