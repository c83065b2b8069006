"""Packages that are handed out, and who may fetch them (cases.storage.package_rows).

Revision: 0032, after 0020.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0032"
down_revision = "0020"
branch_labels = None
depends_on = None

SCHEMA = "cases"
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "access_package",
        sa.Column("id", UUID, nullable=False),
        sa.Column("case_id", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("file_id", UUID),
        sa.Column("document_sealed", sa.LargeBinary, nullable=False),
        sa.Column("contents_sealed", sa.LargeBinary, nullable=False),
        sa.Column("prepared_by", sa.String, nullable=False),
        sa.Column("prepared_at", INSTANT, nullable=False),
        sa.Column("released_by", sa.String),
        sa.Column("released_at", INSTANT),
        sa.Column("expires_at", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_access_package"),
        sa.ForeignKeyConstraint(
            ["case_id"], [f"{SCHEMA}.privacy_case.id"], name="fk_access_package_case_id_privacy_case"
        ),
        sa.ForeignKeyConstraint(["file_id"], [f"{SCHEMA}.case_file.id"], name="fk_access_package_file_id_case_file"),
        sa.CheckConstraint("state IN ('prepared', 'released', 'withdrawn', 'expired')", name="ck_access_package_state"),
        sa.CheckConstraint("(released_at IS NULL) = (expires_at IS NULL)", name="ck_access_package_released_until"),
        sa.CheckConstraint(
            "(state = 'prepared') <= (released_at IS NULL)", name="ck_access_package_prepared_is_not_released"
        ),
        sa.CheckConstraint(
            "(state = 'released') <= (released_at IS NOT NULL)", name="ck_access_package_released_by_somebody"
        ),
        sa.CheckConstraint(
            "(file_id IS NOT NULL) = (state IN ('prepared', 'released'))",
            name="ck_access_package_content_while_current",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ux_access_package_current",
        "access_package",
        ["case_id"],
        unique=True,
        schema=SCHEMA,
        postgresql_where=sa.text("state IN ('prepared', 'released')"),
    )
    op.create_index("ix_access_package_case_id", "access_package", ["case_id"], schema=SCHEMA)
    op.create_table(
        "package_fetch",
        sa.Column("identification_id", UUID, nullable=False),
        sa.Column("package_id", UUID, nullable=False),
        sa.Column("allowed_at", INSTANT, nullable=False),
        sa.Column("fetched_at", INSTANT),
        sa.PrimaryKeyConstraint("identification_id", name="pk_package_fetch"),
        sa.ForeignKeyConstraint(
            ["package_id"],
            [f"{SCHEMA}.access_package.id"],
            name="fk_package_fetch_package_id_access_package",
            ondelete="CASCADE",
        ),
        schema=SCHEMA,
    )
    op.create_index("ix_package_fetch_package_id", "package_fetch", ["package_id"], schema=SCHEMA)


def downgrade() -> None:
    op.drop_table("package_fetch", schema=SCHEMA)
    op.drop_table("access_package", schema=SCHEMA)
