"""An index by which the cases of one type are listed, so that a rare one is not looked for among all.

Revision: 0044, after 0011.
"""

from alembic import op

revision = "0044"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_privacy_case_request_type_due_on_id", "privacy_case", ["request_type", "due_on", "id"], schema="cases"
    )


def downgrade() -> None:
    op.drop_index("ix_privacy_case_request_type_due_on_id", "privacy_case", schema="cases")
