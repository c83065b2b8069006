"""A no to marketing that its owner took back, its address forgotten; and by which talk a no is found.

Revision: 0046, after 0045.
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("marketing_block", sa.Column("lifted_at", sa.DateTime(timezone=True)), schema="cases")
    op.create_index(
        "ix_marketing_block_receipt_conversation_id", "marketing_block_receipt", ["conversation_id"], schema="cases"
    )


def downgrade() -> None:
    op.drop_index("ix_marketing_block_receipt_conversation_id", "marketing_block_receipt", schema="cases")
    op.drop_column("marketing_block", "lifted_at", schema="cases")
