"""How long visitors waited for a person (bot.waiting).

Revision: 0052, after 0043.
"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0043"
branch_labels = None
depends_on = None

SCHEMA = "chat"


def upgrade() -> None:
    op.create_table(
        "handoff_wait",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waited_s", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_handoff_wait"),
        schema=SCHEMA,
    )
    op.create_index("ix_handoff_wait_answered_at", "handoff_wait", ["answered_at"], schema=SCHEMA)


def downgrade() -> None:
    op.drop_table("handoff_wait", schema=SCHEMA)
