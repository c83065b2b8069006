"""Letters of cases (cases.storage.letter_rows).

Revision: 0031, after 0041.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0031"
down_revision = "0041"
branch_labels = None
depends_on = None

SCHEMA = "cases"
INSTANT = sa.DateTime(timezone=True)
KINDS = (
    "'acknowledgement', 'identification', 'clarification', 'extension', 'refusal', 'partial', 'fulfilment', "
    "'marketing_receipt'"
)


def upgrade() -> None:
    op.create_table(
        "case_letter",
        sa.Column("id", UUID, nullable=False),
        sa.Column("case_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("way", sa.String(40), nullable=False),
        sa.Column("subject_sealed", sa.LargeBinary, nullable=False),
        sa.Column("body_sealed", sa.LargeBinary, nullable=False),
        sa.Column("address_sealed", sa.LargeBinary),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("actor_id", sa.String, nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_case_letter"),
        sa.ForeignKeyConstraint(["case_id"], [f"{SCHEMA}.privacy_case.id"], name="fk_case_letter_case_id_privacy_case"),
        sa.CheckConstraint(f"kind IN ({KINDS})", name="ck_case_letter_kind"),
        sa.CheckConstraint("way IN ('email', 'chat')", name="ck_case_letter_way"),
        sa.CheckConstraint("sent_at >= written_at", name="ck_case_letter_order"),
        schema=SCHEMA,
    )
    op.create_index("ix_case_letter_case_id_written_at", "case_letter", ["case_id", "written_at"], schema=SCHEMA)


def downgrade() -> None:
    op.drop_table("case_letter", schema=SCHEMA)
