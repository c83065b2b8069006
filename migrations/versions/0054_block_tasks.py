"""What staff are to do by hand about a no to calls and text messages (cases.number_tasks).

Blocks of numbers that stand already get their tasks by the worker, within the hour.

Revision: 0054, after 0106.
"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0106"
branch_labels = None
depends_on = None

SCHEMA = "cases"
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "block_task",
        sa.Column("block_id", sa.BigInteger, nullable=False),
        sa.Column("system", sa.String, nullable=False),
        sa.Column("state", sa.String(40), server_default="open", nullable=False),
        sa.Column("version", sa.Integer, server_default="1", nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT),
        sa.Column("actor_id", sa.String),
        sa.PrimaryKeyConstraint("block_id", "system", name="pk_block_task"),
        sa.ForeignKeyConstraint(
            ["block_id"], [f"{SCHEMA}.marketing_block.id"], name="fk_block_task_block_id_marketing_block"
        ),
        sa.CheckConstraint("state IN ('open', 'done', 'not_applicable')", name="ck_block_task_state"),
        sa.CheckConstraint("(changed_at IS NULL) = (actor_id IS NULL)", name="ck_block_task_changed_by_somebody"),
        sa.CheckConstraint("version >= 1", name="ck_block_task_version"),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_block_task_open",
        "block_task",
        ["made_at", "block_id", "system"],
        schema=SCHEMA,
        postgresql_where=sa.text("state = 'open'"),
    )


def downgrade() -> None:
    op.drop_table("block_task", schema=SCHEMA)
