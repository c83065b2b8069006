"""Alembic's way into the database: ``uv run insyn migrate`` calls it with the URL of the settings."""

from alembic import context
from sqlalchemy import create_engine, pool

from foundation.database import sqlalchemy_url

VERSION_TABLE_SCHEMA = "public"


def run() -> None:
    """Run the revisions in one transaction, on the connection or the URL that the caller gave."""
    url = context.config.get_main_option("sqlalchemy.url")
    if url is None:
        raise SystemExit("alembic needs sqlalchemy.url; use `uv run insyn migrate`")
    engine = create_engine(sqlalchemy_url(url), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, version_table_schema=VERSION_TABLE_SCHEMA)
        with context.begin_transaction():
            context.run_migrations()


run()
