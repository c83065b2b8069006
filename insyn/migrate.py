"""Brings the database's tables to this version of the code (Alembic)."""

from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from foundation.database import libpq_url

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def alembic_config(database_url: str) -> Config:
    """Return Alembic's configuration for ``database_url``; no ini file can disagree with the settings."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", libpq_url(database_url).replace("%", "%%"))
    return config


def migrate(database_url: str, *, revision: str = "head") -> None:
    """Run every revision that the database lacks, up to ``revision``."""
    command.upgrade(alembic_config(database_url), revision)


def newest_revision() -> str | None:
    """Return the revision of the tables that this version of the code works with."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def applied_revision(connection: psycopg.Connection[Any]) -> str | None:
    """Return the revision of the database's tables; None before the first migration."""
    if connection.execute("SELECT to_regclass('public.alembic_version')").fetchone() == (None,):
        return None
    row = connection.execute("SELECT version_num FROM public.alembic_version").fetchone()
    return None if row is None else str(row[0])
