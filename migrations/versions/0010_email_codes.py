"""An identification may be of level 1: a code by e-mail. The live code as a keyed hash, and the mails that are counted.

Revision: 0010, after 0032.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "identification", sa.Column("level", sa.SmallInteger(), nullable=False, server_default="2"), schema="chat"
    )
    op.alter_column("identification", "level", server_default=None, schema="chat")
    op.add_column("identification", sa.Column("email", sa.LargeBinary()), schema="chat")
    op.create_table(
        "identification_code",
        sa.Column("identification_id", sa.String(36), nullable=False),
        sa.Column("code_digest", sa.LargeBinary(32), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("tries_left > 0", name="ck_identification_code_tries"),
        sa.PrimaryKeyConstraint("identification_id", name="pk_identification_code"),
        sa.ForeignKeyConstraint(
            ["identification_id"],
            ["chat.identification.id"],
            name="fk_identification_code_identification_id_identification",
            ondelete="CASCADE",
        ),
        schema="chat",
    )
    op.create_index("ix_identification_code_made_at", "identification_code", ["made_at"], schema="chat")
    op.create_table(
        "identification_mail",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("session_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("network_digest", sa.LargeBinary(32), nullable=False),
        sa.Column("email_digest", sa.LargeBinary(32), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_identification_mail"),
        schema="chat",
    )
    for column in ("session_hash", "network_digest", "email_digest", "sent_at"):
        op.create_index(f"ix_identification_mail_{column}", "identification_mail", [column], schema="chat")


def downgrade() -> None:
    op.drop_table("identification_mail", schema="chat")
    op.drop_table("identification_code", schema="chat")
    op.drop_column("identification", "email", schema="chat")
    op.drop_column("identification", "level", schema="chat")
