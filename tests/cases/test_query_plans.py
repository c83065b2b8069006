"""Every list and search reads a page, not the register: PostgreSQL is asked how many rows it looked at."""

import re

import psycopg
from sqlalchemy import event

from benchmarks.fill import FAR_ON, RARE, email_of, fill, number_of
from cases.drafts import IdentificationMethod, Identity
from cases.own_cases import OwnCases, Person
from cases.service import CaseService
from cases.storage.cursor import ListPosition, write_cursor
from cases.views import CaseFilter
from foundation.database import create_engine, libpq_url, session_factory
from insyn.settings import Settings
from privacy.calendar import WorkingCalendar
from privacy.case_states import CaseStatus
from privacy.request_types import IdentityLevel, RequestType

SIZE = 8_000
PAGE = 20
AT_MOST = 25 * PAGE
"""Rows that a page may look at: some that a filter leaves out lie between those that it shows."""

LISTS = {
    "all": CaseFilter(),
    "open": CaseFilter(open_only=True),
    "one status": CaseFilter(statuses=(CaseStatus.AWAITING_IDENTITY,)),
    "several statuses": CaseFilter(statuses=(CaseStatus.AWAITING_IDENTITY, CaseStatus.AWAITING_CLARIFICATION)),
    "closed": CaseFilter(statuses=(CaseStatus.CLOSED,)),
    "a rare type": CaseFilter(request_types=(RequestType(RARE),)),
    "a type that nobody asked for": CaseFilter(request_types=(RequestType.OBJECTION,)),
    "open ones that are due": CaseFilter(open_only=True, due_before=FAR_ON),
    "a person's": CaseFilter(personal_identity_number=number_of(7)),
    "an address's": CaseFilter(contact_email=email_of(7)),
    "a reference": CaseFilter(reference="AR-7K2M-Q941"),
}


async def test_a_page_looks_at_a_page_however_large_the_register_is(database_url: str, owner_url: str, clock):
    ring = Settings(_env_file=None).key_ring()
    with psycopg.connect(libpq_url(owner_url), autocommit=True) as connection:
        fill(connection, SIZE)
    engine = create_engine(database_url, pool_size=1)
    parts = {"key_ring": ring, "clock": clock, "calendar": WorkingCalendar()}
    service, own = CaseService(session_factory(engine), **parts), OwnCases(session_factory(engine), **parts)
    statements: list[tuple[str, dict]] = []
    event.listen(engine.sync_engine, "before_cursor_execute", lambda *given: statements.append((given[2], given[3])))
    looked_at: dict[str, int] = {}

    async def note(name: str) -> None:
        statement, values = statements.pop(0)  # the list itself; what follows is about the cases that it found
        looked_at[name] = rows_looked_at(plan_of(database_url, statement, values))
        statements.clear()

    further_on = write_cursor(ListPosition(FAR_ON, 0))
    for name, narrowing in LISTS.items():
        await service.list_cases(narrowing, limit=PAGE)
        await note(name)
        await service.list_cases(narrowing, limit=PAGE, cursor=further_on)
        await note(f"{name}, further on")
    await own.find(Person(Identity(IdentityLevel.STRONG, IdentificationMethod.BANKID, number_of(7))))
    await note("a person's own")
    await own.find(Person(Identity(IdentityLevel.CONTACT, IdentificationMethod.EMAIL_CODE), email_of(7)))
    await note("an address's own")
    await engine.dispose()

    assert {name: rows for name, rows in looked_at.items() if rows > AT_MOST} == {}


def plan_of(database_url: str, statement: str, values: dict) -> dict:
    """Return the plan without regard to the values, which is what a statement that is often asked ends up with."""
    names: list[str] = []

    def numbered(match: re.Match) -> str:
        names.append(match[1])
        return f"${len(names)}"

    prepared = re.sub(r"%\((\w+)\)s", numbered, statement)
    with psycopg.connect(libpq_url(database_url), cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute("SET plan_cache_mode = force_generic_plan")
        connection.execute(f"PREPARE page AS {prepared}")
        given = f"({', '.join(f'%({name})s' for name in names)})"
        return connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE page {given}", values).fetchone()[0][0][
            "Plan"
        ]


def rows_looked_at(plan: dict) -> int:
    """Return how many rows the scans of a plan read, those included that a filter left out."""
    below = sum(rows_looked_at(part) for part in plan.get("Plans", []))
    if "Scan" not in plan["Node Type"]:
        return below
    left_out = plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
    return below + round((plan["Actual Rows"] + left_out) * plan["Actual Loops"])
