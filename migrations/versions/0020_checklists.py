"""The checklists of cases (cases.storage.task_rows).

Revision: 0020, after 0051.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0051"
branch_labels = None
depends_on = None

SCHEMA = "cases"
ACTIONS = "'fetch', 'erase', 'restrict', 'correct', 'stop', 'keep', 'notify', 'forward', 'review', 'inform'"


def upgrade() -> None:
    op.create_table(
        "case_task",
        sa.Column("case_id", sa.BigInteger, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("system_id", sa.String),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("why", sa.String, nullable=False),
        sa.Column("is_mandatory", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary),
        sa.Column("changed_at", sa.DateTime(timezone=True)),
        sa.Column("actor_id", sa.String),
        sa.PrimaryKeyConstraint("case_id", "key", name="pk_case_task"),
        sa.ForeignKeyConstraint(["case_id"], [f"{SCHEMA}.privacy_case.id"], name="fk_case_task_case_id_privacy_case"),
        sa.CheckConstraint(f"action IN ({ACTIONS})", name="ck_case_task_action"),
        sa.CheckConstraint("state IN ('open', 'done', 'not_applicable')", name="ck_case_task_state"),
        sa.CheckConstraint("(changed_at IS NULL) = (actor_id IS NULL)", name="ck_case_task_changed_by_somebody"),
        sa.CheckConstraint(
            "state <> 'not_applicable' OR note_sealed IS NOT NULL", name="ck_case_task_reason_when_not_applicable"
        ),
        schema=SCHEMA,
    )


def downgrade() -> None:
    op.drop_table("case_task", schema=SCHEMA)
