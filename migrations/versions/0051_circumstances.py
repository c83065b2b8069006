"""What a visitor said of their own situation and has been answered (bot.attention).

Revision: 0051, after 0031.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0051"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("circumstances", JSONB, server_default=sa.text("'[]'"), nullable=False)
    op.add_column("conversation", column, schema="chat")


def downgrade() -> None:
    op.drop_column("conversation", "circumstances", schema="chat")
