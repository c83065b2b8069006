"""Identifications, their BankID orders, and the starts that are counted.

Revision: 0003, after the chat's own tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identification",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("session_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("reference", sa.String(40), nullable=False),
        sa.Column("request_title", sa.String(200), nullable=False),
        sa.Column("visible_text", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(120), nullable=False),
        sa.Column("mode", sa.String(12)),
        sa.Column("mobile", sa.Boolean(), nullable=False),
        sa.Column("order_number", sa.Integer(), nullable=False),
        sa.Column("renewals", sa.Integer(), nullable=False),
        sa.Column("completion", sa.LargeBinary()),
        sa.Column("completed_at", sa.DateTime(timezone=True)),
        sa.Column("consumed_at", sa.DateTime(timezone=True)),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("announced_revision", sa.Integer(), nullable=False),
        sa.Column("announce_after_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_identification"),
        sa.UniqueConstraint("conversation_id", "reference", name="uq_identification_conversation_id_reference"),
        schema="chat",
    )
    op.create_index("ix_identification_state", "identification", ["state"], schema="chat")
    op.create_index(
        "ix_identification_unannounced",
        "identification",
        ["announce_after_at"],
        schema="chat",
        postgresql_where=sa.text("announced_revision < revision"),
    )
    op.create_table(
        "identification_order",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("identification_id", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(12), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("secrets", sa.LargeBinary()),
        sa.Column("non_visible_data", sa.String()),
        sa.Column("nonce_hash", sa.LargeBinary(32)),
        sa.Column("needs_return", sa.Boolean(), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True)),
        sa.Column("hint_code", sa.String(80)),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True)),
        sa.Column("approved_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("next_collect_at", sa.DateTime(timezone=True)),
        sa.Column("lease_owner", sa.String(40)),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_identification_order"),
        sa.ForeignKeyConstraint(
            ["identification_id"],
            ["chat.identification.id"],
            name="fk_identification_order_identification_id_identification",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("identification_id", "number", name="uq_identification_order_identification_id_number"),
        sa.UniqueConstraint("nonce_hash", name="uq_identification_order_nonce_hash"),
        schema="chat",
    )
    op.create_index("ix_identification_order_state", "identification_order", ["state"], schema="chat")
    op.create_index(
        "ix_identification_order_due",
        "identification_order",
        ["next_collect_at"],
        schema="chat",
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "identification_start",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("session_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("address_digest", sa.LargeBinary(32), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_identification_start"),
        schema="chat",
    )
    for column in ("session_hash", "address_digest", "started_at"):
        op.create_index(f"ix_identification_start_{column}", "identification_start", [column], schema="chat")


def downgrade() -> None:
    for table in ("identification_start", "identification_order", "identification"):
        op.drop_table(table, schema="chat")
