"""The register's own log, append-only and chained (cases.register_log), and service tokens (cases.api.tokens).

Revision: 0042, after 0021.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0042"
down_revision = "0021"
branch_labels = None
depends_on = None

SCHEMA = "cases"
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "register_event",
        sa.Column("sequence", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("actor_kind", sa.String(40), nullable=False),
        sa.Column("actor_id", sa.String, nullable=False),
        sa.Column("occurred_at", INSTANT, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("previous_hash", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_register_event"),
        schema=SCHEMA,
    )
    op.create_table(
        "register_head",
        sa.Column("id", sa.SmallInteger, autoincrement=False, nullable=False),
        sa.Column("last_sequence", sa.Integer, nullable=False),
        sa.Column("last_hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_register_head"),
        sa.CheckConstraint("id = 1", name="ck_register_head_one"),
        schema=SCHEMA,
    )
    op.execute("INSERT INTO cases.register_head VALUES (1, 0, decode(repeat('00', 32), 'hex'))")
    op.execute("""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON cases.register_event
        FOR EACH ROW EXECUTE FUNCTION cases.append_only()
    """)
    op.execute("""
        CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON cases.register_event
        FOR EACH STATEMENT EXECUTE FUNCTION cases.append_only()
    """)
    op.create_table(
        "service_token",
        sa.Column("id", sa.Integer, sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("scopes", JSONB, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT),
        sa.Column("revoked_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_service_token"),
        sa.UniqueConstraint("token_hash", name="uq_service_token_token_hash"),
        schema=SCHEMA,
    )


def downgrade() -> None:
    for table in ("service_token", "register_head", "register_event"):
        op.drop_table(table, schema=SCHEMA)
