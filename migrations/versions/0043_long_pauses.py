"""When it was said of a wait that it has lasted long.

Revision: 0043, after 0042.
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case_pause", sa.Column("flagged_on", sa.Date), schema="cases")


def downgrade() -> None:
    op.drop_column("case_pause", "flagged_on", schema="cases")
