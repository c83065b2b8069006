"""Conversations: sessions, messages, buttons, and what the bot has yet to be told.

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SCHEMA = "chat"
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("CREATE SEQUENCE chat.turn_finish_order")
    _conversation()
    _session()
    _message()
    _turn()
    _button()


def downgrade() -> None:
    for table in ("button", "turn", "message", "session", "conversation"):
        op.drop_table(table, schema=SCHEMA)
    op.execute("DROP SEQUENCE chat.turn_finish_order")


def _of_conversation() -> sa.Column[str]:
    target = sa.ForeignKey("chat.conversation.id", ondelete="CASCADE")
    return sa.Column("conversation_id", sa.String(36), target, nullable=False)


def _conversation() -> None:
    op.create_table(
        "conversation",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("officer_id", sa.String(64)),
        sa.Column("officer_name", sa.String(200)),
        sa.Column("handoff_reason", sa.String(64)),
        sa.Column("handoff_summary", sa.LargeBinary),
        sa.Column("waiting_since", INSTANT),
        sa.Column("identity_level", sa.SmallInteger, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_message_at", INSTANT, nullable=False),
        sa.CheckConstraint("state IN ('bot', 'waiting', 'human', 'closed')", name="ck_conversation_state"),
        sa.CheckConstraint("(state = 'waiting') = (waiting_since IS NOT NULL)", name="ck_conversation_waiting_since"),
        sa.CheckConstraint("(state <> 'human') OR (officer_id IS NOT NULL)", name="ck_conversation_officer"),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_conversation_handoff",
        "conversation",
        ["state", "waiting_since"],
        schema=SCHEMA,
        postgresql_where=sa.text("state IN ('waiting', 'human')"),
    )


def _session() -> None:
    op.create_table(
        "session",
        sa.Column("token_hash", sa.LargeBinary, primary_key=True),
        _of_conversation(),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        schema=SCHEMA,
    )
    op.create_index("ix_session_conversation_id", "session", ["conversation_id"], schema=SCHEMA)


def _message() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        _of_conversation(),
        sa.Column("client_id", sa.Uuid),
        sa.Column("sender", sa.String(8), nullable=False),
        sa.Column("sender_name", sa.String(200)),
        sa.Column("text", sa.LargeBinary, nullable=False),
        sa.Column("citations", JSONB, nullable=False),
        sa.Column("card", JSONB),
        sa.Column("turn_id", sa.BigInteger),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("sender IN ('visitor', 'bot', 'officer', 'system')", name="ck_message_sender"),
        schema=SCHEMA,
    )
    op.create_index("uq_message_client_id", "message", ["conversation_id", "client_id"], unique=True, schema=SCHEMA)
    op.create_index("ix_message_conversation_id_id", "message", ["conversation_id", "id"], schema=SCHEMA)
    op.create_index("ix_message_turn_id", "message", ["turn_id"], schema=SCHEMA)


def _turn() -> None:
    op.create_table(
        "turn",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        _of_conversation(),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("event", sa.String(64)),
        sa.Column("message_id", sa.BigInteger, sa.ForeignKey("chat.message.id", ondelete="CASCADE")),
        sa.Column("button_token", sa.String(32)),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("available_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("delay_told_at", INSTANT),
        sa.Column("offered_identification", sa.String(64)),
        sa.Column("finished_at", INSTANT),
        sa.Column("finish_order", sa.BigInteger),
        sa.Column("outcome", sa.String(12)),
        sa.Column("intent", sa.String(120)),
        sa.Column("confidence", sa.Float),
        sa.UniqueConstraint("message_id", name="uq_turn_message_id"),
        sa.CheckConstraint("kind IN ('text', 'payload', 'event')", name="ck_turn_kind"),
        sa.CheckConstraint("(kind = 'event') = (event IS NOT NULL)", name="ck_turn_event"),
        sa.CheckConstraint("(finished_at IS NULL) = (outcome IS NULL)", name="ck_turn_outcome"),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_turn_unfinished",
        "turn",
        ["conversation_id", "id"],
        schema=SCHEMA,
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_index("ix_turn_finish_order", "turn", ["conversation_id", "finish_order"], schema=SCHEMA)


def _button() -> None:
    op.create_table(
        "button",
        sa.Column("token", sa.String(32), primary_key=True),
        _of_conversation(),
        sa.Column("message_id", sa.BigInteger, sa.ForeignKey("chat.message.id", ondelete="CASCADE"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("title", sa.LargeBinary, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("lasting", sa.Boolean, nullable=False),
        sa.Column("used_at", INSTANT),
        sa.Column("withdrawn_at", INSTANT),
        schema=SCHEMA,
    )
    op.create_index("ix_button_conversation_id", "button", ["conversation_id"], schema=SCHEMA)
    op.create_index("ix_button_message_id", "button", ["message_id"], schema=SCHEMA)
