"""When retention took everything personal out of a case.

Revision: 0041, after 0040.
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("privacy_case", sa.Column("emptied_at", sa.DateTime(timezone=True)), schema="cases")


def downgrade() -> None:
    op.drop_column("privacy_case", "emptied_at", schema="cases")
