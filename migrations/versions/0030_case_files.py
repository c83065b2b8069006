"""Files of cases, their contents in sealed pieces (cases.storage.file_rows, docs/adr/0055).

Revision: 0030, after 0050.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0030"
down_revision = "0050"
branch_labels = None
depends_on = None

SCHEMA = "cases"
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "case_file",
        sa.Column("id", UUID, nullable=False),
        sa.Column("case_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("source", sa.String),
        sa.Column("name_sealed", sa.LargeBinary, nullable=False),
        sa.Column("media_type", sa.String, nullable=False),
        sa.Column("key_sealed", sa.LargeBinary, nullable=False),
        sa.Column("actor_id", sa.String, nullable=False),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.Column("stored_at", INSTANT),
        sa.Column("size_bytes", sa.BigInteger),
        sa.Column("pieces", sa.Integer),
        sa.Column("digest", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_case_file"),
        sa.ForeignKeyConstraint(["case_id"], [f"{SCHEMA}.privacy_case.id"], name="fk_case_file_case_id_privacy_case"),
        sa.CheckConstraint("kind IN ('upload', 'gathered', 'package')", name="ck_case_file_kind"),
        sa.CheckConstraint("(stored_at IS NULL) = (size_bytes IS NULL)", name="ck_case_file_whole_or_coming"),
        sa.CheckConstraint("(stored_at IS NULL) = (pieces IS NULL)", name="ck_case_file_pieces_counted"),
        schema=SCHEMA,
    )
    op.create_index("ix_case_file_case_id_stored_at", "case_file", ["case_id", "stored_at"], schema=SCHEMA)
    op.create_table(
        "case_file_piece",
        sa.Column("file_id", UUID, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("file_id", "number", name="pk_case_file_piece"),
        sa.ForeignKeyConstraint(
            ["file_id"],
            [f"{SCHEMA}.case_file.id"],
            name="fk_case_file_piece_file_id_case_file",
            ondelete="CASCADE",
        ),
        schema=SCHEMA,
    )
    # Ciphertext does not compress; trying costs time on every piece.
    op.execute("ALTER TABLE cases.case_file_piece ALTER COLUMN sealed SET STORAGE EXTERNAL")


def downgrade() -> None:
    op.drop_table("case_file_piece", schema=SCHEMA)
    op.drop_table("case_file", schema=SCHEMA)
