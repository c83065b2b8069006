"""The staff console: accounts, sessions, tries to log in (cases.console.storage).

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SCHEMA = "cases"


def upgrade() -> None:
    op.create_table(
        "staff_account",
        sa.Column("id", sa.Integer, sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("display_name", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("password_hash", sa.String, nullable=False),
        sa.Column("must_change_password", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_login_at", sa.DateTime(timezone=True)),
        sa.Column("disabled_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_staff_account"),
        sa.UniqueConstraint("name", name="uq_staff_account_name"),
        sa.CheckConstraint("role IN ('officer', 'administrator')", name="ck_staff_account_role"),
        schema=SCHEMA,
    )
    op.create_table(
        "staff_session",
        sa.Column("token_digest", sa.LargeBinary, nullable=False),
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_digest", name="pk_staff_session"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            [f"{SCHEMA}.staff_account.id"],
            name="fk_staff_session_account_id_staff_account",
            ondelete="CASCADE",
        ),
        schema=SCHEMA,
    )
    op.create_index("ix_staff_session_account_id", "staff_session", ["account_id"], schema=SCHEMA)
    op.create_index("ix_staff_session_created_at", "staff_session", ["created_at"], schema=SCHEMA)
    op.create_table(
        "login_attempt",
        sa.Column("id", sa.Integer, sa.Identity(always=True), nullable=False),
        sa.Column("subject_digest", sa.LargeBinary, nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_login_attempt"),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_login_attempt_subject_digest", "login_attempt", ["subject_digest", "attempted_at"], schema=SCHEMA
    )
    op.create_index("ix_login_attempt_attempted_at", "login_attempt", ["attempted_at"], schema=SCHEMA)


def downgrade() -> None:
    for table in ("login_attempt", "staff_session", "staff_account"):
        op.drop_table(table, schema=SCHEMA)
