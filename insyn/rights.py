"""What the services' login may do in the database: all that they need, and to the history only add (docs/adr/0110).

Two logins: the owner of the tables brings them up to date, the services' own one works with them. Rights follow from
the declarations of the tables (:mod:`insyn.holdings`), anew each time that the tables are brought up to date.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg import sql

from foundation.database import libpq_url
from insyn.errors import InsynError
from insyn.holdings import HOLDINGS, SCHEMAS
from insyn.migrate import applied_revision, migrate, newest_revision

APPEND_ONLY: Final = tuple(holding.table for holding in HOLDINGS if holding.append_only)

CONNECT_WITHIN_S: Final = 10
"""An address where nobody answers would otherwise be waited for over two minutes."""

SERVICES_SETTING: Final = "INSYN_DATABASE_URL"
OWNER_SETTING: Final = "INSYN_MIGRATIONS_DATABASE_URL"

_WORK: Final = "SELECT, INSERT, UPDATE, DELETE"
_MAY_REWRITE: Final = """
    SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.oid = ANY (%s::regclass[])
       AND (pg_has_role(current_user, c.relowner, 'MEMBER') OR pg_has_role(current_user, n.nspowner, 'MEMBER')
            OR has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER')
            OR has_any_column_privilege(c.oid, 'UPDATE'))
     ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Logins:
    """The addresses of one database, by who connects."""

    services: str
    """What the services and the commands work with."""

    owner: str
    """Owns the tables; only what brings them up to date connects with it. The same as ``services`` if there is one."""


def bring_up_to_date(logins: Logins) -> None:
    """Run the revisions that the database lacks as the owner, and give the services' login its rights.

    Raises:
        InsynError: one of them does not reach the database.
    """
    with _connected(logins.services) as connection:
        role = connection.info.user
    with _connected(logins.owner, OWNER_SETTING):
        migrate(logins.owner)
    with _connected(logins.owner, OWNER_SETTING) as connection:
        if connection.info.user != role:
            grant(connection, role)


def grant(connection: psycopg.Connection[Any], role: str) -> None:
    """Give a login the rights of a service on tables that the connection's owns, and no other."""
    schemas = sql.SQL(", ").join(map(sql.Identifier, SCHEMAS))
    history = sql.SQL(", ").join(sql.Identifier(*table.split(".")) for table in APPEND_ONLY)
    for statement in (
        "REVOKE ALL ON ALL TABLES IN SCHEMA {schemas} FROM {role}",
        "GRANT USAGE ON SCHEMA {schemas} TO {role}",
        f"GRANT {_WORK} ON ALL TABLES IN SCHEMA {{schemas}} TO {{role}}",
        "GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schemas} TO {role}",
        "REVOKE UPDATE, DELETE ON {history} FROM {role}",
        "GRANT SELECT ON public.alembic_version TO {role}",
    ):
        connection.execute(sql.SQL(statement).format(schemas=schemas, history=history, role=sql.Identifier(role)))


def may_rewrite(url: str) -> list[str]:
    """Return the append-only tables that the login of ``url`` could change, or make changeable for itself."""
    with _connected(url) as connection:
        return [table for (table,) in connection.execute(_MAY_REWRITE, [list(APPEND_ONLY)])]


def refuse_an_absent_database(url: str) -> None:
    """Check that the database is reached.

    Raises:
        InsynError: it is not; the text says why.
    """
    _connected(url).close()


def refuse_other_tables(url: str) -> None:
    """Check that the tables are there, as this version of the code knows them.

    Raises:
        InsynError: they are not, or the database is not reached; the text says what to do.
    """
    with _connected(url) as connection:
        found = applied_revision(connection)
    if found is None:
        raise InsynError("the database has no tables yet: run `insyn migrate` first")
    if found != newest_revision():
        raise InsynError(
            f"the database's tables are those of revision {found}, this version of Insyn works with "
            f"{newest_revision()}: run `insyn migrate` first"
        )


def refuse_a_login_that_may_rewrite(url: str) -> None:
    """Check that whoever takes over a service cannot rewrite what happened (production).

    Raises:
        InsynError: the login can, or does not reach the database; the text says what to do.
    """
    if tables := may_rewrite(url):
        raise InsynError(
            f"the login of INSYN_DATABASE_URL could rewrite the history ({', '.join(tables)}). Give the services a "
            "login of their own and name the tables' owner in INSYN_MIGRATIONS_DATABASE_URL for `insyn migrate` alone; "
            "docs/operations.md says how"
        )


def _connected(url: str, setting: str = SERVICES_SETTING) -> psycopg.Connection[Any]:
    try:
        return psycopg.connect(libpq_url(url), connect_timeout=CONNECT_WITHIN_S)
    except psycopg.OperationalError as error:
        said = " ".join(str(error).split())
        raise InsynError(f"the database of {setting} is not reached: {said}") from None
