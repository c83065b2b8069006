"""Brings the database's tables to this version of the code (Alembic)."""

from pathlib import Path

from alembic import command
from alembic.config import Config

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
