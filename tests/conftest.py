"""Fixtures that more than one package's tests use: a real PostgreSQL, a database of one's own, keys, a clock."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from foundation.database import Sessions, create_engine, libpq_url, session_factory
from foundation.encryption import KeyRing
from insyn.postgres import OwnPostgres, as_services, make_services_login
from insyn.rights import Logins, bring_up_to_date

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as Rasa is served; workers' threads would wait for each other
ROOT = Path(__file__).parent.parent
TEMPLATE = "insyn_template"
MEMORY = Path("/dev/shm")  # noqa: S108
ROOM = 2 << 30
"""Bytes that must be free there: a server of each worker with a database or two of 10 MB, and its log."""
SERVICES_PASSWORD = "a-password-for-tests"
_numbers = itertools.count(1)


class SettableClock:
    """A clock that stands still until the test moves it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **duration: float) -> None:
        """Move forward by ``timedelta(**duration)``."""
        self.now += timedelta(**duration)


@pytest.fixture
def clock() -> SettableClock:
    """A Tuesday in March, ten in the morning in Stockholm."""
    return SettableClock(datetime(2026, 3, 10, 9, 0, tzinfo=UTC))


@pytest.fixture
def key_ring() -> KeyRing:
    return KeyRing.from_secrets("a secret for tests", lookup_secret="another secret for tests")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The server that every database test of this run uses; ``INSYN_TEST_DATABASE_URL`` names another one."""
    given = os.environ.get("INSYN_TEST_DATABASE_URL")
    if given:
        yield given
        return
    # pytest's own directory may be closed to others
    with tempfile.TemporaryDirectory(prefix="insyn-postgres-", dir=_memory()) as directory:
        server = OwnPostgres(Path(directory) / "data")
        _without_durability(server.url())
        yield server.url()
        server.stop()


def _memory() -> Path | None:
    """Return where files are kept in memory, if there is room: a database is copied in a twentieth of the time."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM else None


def _without_durability(url: str) -> None:
    """Let the server not wait for the disk: it is thrown away, and a database a test costs a quarter of the time."""
    with psycopg.connect(libpq_url(url), autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")


@pytest.fixture(scope="session")
def template_database(postgres_url: str) -> str:
    """A migrated database that nobody connects to: what each test's own is copied from."""
    with psycopg.connect(libpq_url(postgres_url), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}")
        connection.execute(f"CREATE DATABASE {TEMPLATE}")
    make_services_login(postgres_url, password=SERVICES_PASSWORD)
    owner = _with_database(postgres_url, TEMPLATE)
    bring_up_to_date(Logins(as_services(owner, password=SERVICES_PASSWORD), owner=owner))
    return TEMPLATE


@pytest.fixture
def database_url(postgres_url: str, template_database: str) -> Iterator[str]:
    """A migrated database of this test's own, by the login that the services have."""
    with own_database(postgres_url, template_database) as url:
        yield url


@pytest.fixture
def owner_url(postgres_url: str, database_url: str) -> str:
    """The test's database by the login that owns the tables: for what no service may, such as tampering."""
    return _with_database(postgres_url, str(make_url(database_url).database))


@pytest.fixture
async def owner_sessions(owner_url: str) -> AsyncIterator[Sessions]:
    engine = create_engine(owner_url, application_name="tests")
    yield session_factory(engine)
    await engine.dispose()


@contextmanager
def own_database(postgres_url: str, template: str) -> Iterator[str]:
    """Give the address of a copy of ``template`` for the services' login, for as long as the block lasts."""
    name = f"insyn_test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(libpq_url(postgres_url), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY = file_copy")
    yield as_services(_with_database(postgres_url, name), password=SERVICES_PASSWORD)
    with psycopg.connect(libpq_url(postgres_url), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(database_url, application_name="tests")
    yield engine
    await engine.dispose()


@pytest.fixture
def sessions(engine: AsyncEngine) -> Sessions:
    return session_factory(engine)


def _with_database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


ORDER = ("database", "model", "browser")
"""What a test needs, from fast to slow; files without one of these marks come first."""


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the files with fast tests first, and each file on one worker: its servers are started once.

    What drives the one running stack is one group; who uses a database is marked without having to say so.
    """
    slowness: dict[Path, int] = {}
    for item in items:
        if "postgres_url" in getattr(item, "fixturenames", ()):
            item.add_marker("database")
        item.add_marker(pytest.mark.xdist_group("stack" if "e2e" in item.path.parts else str(item.path)))
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))  # a real browser on a busy machine; a real fault fails twice
        needs = [ORDER.index(mark.name) + 1 for mark in item.iter_markers() if mark.name in ORDER]
        slowness[item.path] = max([slowness.get(item.path, 0), *needs])
    items.sort(key=lambda item: slowness[item.path])
