"""Whether the bot's last question is answered in the visitor's own words (bot.conversations).

Revision: 0106, after 0053.
"""

import sqlalchemy as sa
from alembic import op

revision = "0106"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("asks_own_words", sa.Boolean, server_default=sa.text("false"), nullable=False)
    op.add_column("conversation", column, schema="chat")


def downgrade() -> None:
    op.drop_column("conversation", "asks_own_words", schema="chat")
