"""What a person adds to their case later: a note with the sender's own number, so that a repeated one is noticed.

Revision: 0040, after 0030.
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case_note", sa.Column("client_id", sa.Uuid), schema="cases")
    op.create_index("ux_case_note_client_id", "case_note", ["case_id", "client_id"], unique=True, schema="cases")


def downgrade() -> None:
    op.drop_column("case_note", "client_id", schema="cases")
