"""The version of a task, by which programs do not overwrite what they have not seen (cases.api.tasks).

Revision: 0053, after 0046.
"""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0046"
branch_labels = None
depends_on = None

SCHEMA = "cases"


def upgrade() -> None:
    op.add_column("case_task", sa.Column("version", sa.Integer, server_default="1", nullable=False), schema=SCHEMA)
    op.create_check_constraint("ck_case_task_version", "case_task", "version >= 1", schema=SCHEMA)


def downgrade() -> None:
    op.drop_column("case_task", "version", schema=SCHEMA)
