"""Whether an answer helped (bot.feedback).

Revision: 0050, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0005"
branch_labels = None
depends_on = None

SCHEMA = "chat"


def upgrade() -> None:
    op.create_table(
        "feedback",
        sa.Column("answer_digest", sa.LargeBinary, nullable=False),
        sa.Column("given_on", sa.Date, nullable=False),
        sa.Column("intent", sa.String(120), nullable=False),
        sa.Column("verdict", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(24)),
        sa.PrimaryKeyConstraint("answer_digest", name="pk_feedback"),
        schema=SCHEMA,
    )
    op.create_index("ix_feedback_given_on", "feedback", ["given_on"], schema=SCHEMA)


def downgrade() -> None:
    op.drop_table("feedback", schema=SCHEMA)
