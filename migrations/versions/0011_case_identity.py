"""How a person on the staff established who somebody is.

Revision: 0011, after 0052.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0052"
branch_labels = None
depends_on = None

METHODS = (
    "address_matched",
    "called_back",
    "met_in_person",
    "met_by_video",
    "letter_answered",
    "logged_in_elsewhere",
    "proxy_shown",
)


def upgrade() -> None:
    op.create_table(
        "case_identity",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("case_id", sa.BigInteger, sa.ForeignKey("cases.privacy_case.id"), nullable=False),
        sa.Column("method", sa.String(40), nullable=False),
        sa.Column("level", sa.SmallInteger, nullable=False),
        sa.Column("note_sealed", sa.LargeBinary),
        sa.Column("actor_id", sa.String, nullable=False),
        sa.Column("established_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(sa.column("method").in_(METHODS), name="ck_case_identity_method"),
        sa.CheckConstraint("level BETWEEN 1 AND 2", name="ck_case_identity_level"),
        schema="cases",
    )
    op.create_index("ix_case_identity_case_id_id", "case_identity", ["case_id", "id"], schema="cases")


def downgrade() -> None:
    op.drop_table("case_identity", schema="cases")
