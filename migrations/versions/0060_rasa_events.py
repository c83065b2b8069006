"""Rasa's one table (bot.rasa.tracker_store), which Rasa made itself before: the services' login may make none.

An installation that has run keeps the table that it has.

Revision: 0060, after 0054.
"""

from alembic import op

revision = "0060"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE IF NOT EXISTS rasa.events (
            id serial CONSTRAINT events_pkey PRIMARY KEY,
            sender_id varchar(255) NOT NULL,
            type_name varchar(255) NOT NULL,
            timestamp double precision,
            intent_name varchar(255),
            action_name varchar(255),
            data text
        )
    """)
    op.execute("CREATE INDEX IF NOT EXISTS ix_events_sender_id ON rasa.events (sender_id)")


def downgrade() -> None:
    op.execute("DROP TABLE rasa.events")
