"""Cases, their history, the suppression list and the webhook outbox (cases.storage.rows).

The history is guarded by the database itself: it cannot be changed, and a case cannot be committed in a state that its
last event does not record, nor an event that its case does not show (docs/adr/0020).

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SCHEMA = "cases"
INSTANT = sa.DateTime(timezone=True)

REQUEST_TYPES = (
    "access, rectification, erasure, restriction, portability, objection, marketing_optout, consent_withdrawal, "
    "processor_list, complaint"
)
STATUSES = "received, awaiting_identity, awaiting_clarification, in_progress, extended, decided, closed"
RESOLUTIONS = "granted, partly_granted, refused, forwarded, withdrawn"


def one_of(column: str, words: str) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words.split(', '))})"


def upgrade() -> None:
    create_cases()
    create_history()
    create_marketing_blocks()
    create_outbox()
    guard_history()
    defer_deliveries()


def create_cases() -> None:
    op.create_table(
        "privacy_case",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("reference", sa.String, nullable=False),
        sa.Column("request_type", sa.String(40), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("resolution", sa.String(40)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("last_sequence", sa.Integer, nullable=False),
        sa.Column("last_hash", sa.LargeBinary, nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("conversation_id", UUID),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("first_due_on", sa.Date, nullable=False),
        sa.Column("unpaused_due_on", sa.Date, nullable=False),
        sa.Column("internal_due_on", sa.Date, nullable=False),
        sa.Column("clock_stopped_on", sa.Date),
        sa.Column("extended_on", sa.Date),
        sa.Column("extension_reason_sealed", sa.LargeBinary),
        sa.Column("due_soon_flagged_for", sa.Date),
        sa.Column("overdue_flagged_for", sa.Date),
        sa.Column("identity_level", sa.SmallInteger, nullable=False),
        sa.Column("identity_method", sa.String(40), nullable=False),
        sa.Column("verified_at", INSTANT),
        sa.Column("name_sealed", sa.LargeBinary),
        sa.Column("personal_identity_number_sealed", sa.LargeBinary),
        sa.Column("person_digest", sa.LargeBinary),
        sa.Column("contact_email_sealed", sa.LargeBinary),
        sa.Column("contact_digest", sa.LargeBinary),
        sa.Column("details_sealed", sa.LargeBinary),
        sa.Column("request_digest", sa.LargeBinary, nullable=False),
        sa.Column("registered_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_privacy_case"),
        sa.UniqueConstraint("reference", name="uq_privacy_case_reference"),
        sa.CheckConstraint(
            "(resolution IS NULL) = (status NOT IN ('decided', 'closed'))", name="ck_privacy_case_resolution_when_ended"
        ),
        sa.CheckConstraint("version >= 1 AND last_sequence >= 1", name="ck_privacy_case_counts"),
        sa.CheckConstraint(one_of("request_type", REQUEST_TYPES), name="ck_privacy_case_request_type"),
        sa.CheckConstraint(one_of("status", STATUSES), name="ck_privacy_case_status"),
        sa.CheckConstraint(one_of("resolution", RESOLUTIONS), name="ck_privacy_case_resolution"),
        sa.CheckConstraint("identity_level BETWEEN 0 AND 2", name="ck_privacy_case_identity_level"),
        schema=SCHEMA,
    )
    op.create_index("ix_privacy_case_due_on_id", "privacy_case", ["due_on", "id"], schema=SCHEMA)
    op.create_index("ix_privacy_case_status_due_on_id", "privacy_case", ["status", "due_on", "id"], schema=SCHEMA)
    op.create_index(
        "ix_privacy_case_open_due_on",
        "privacy_case",
        ["due_on", "id"],
        schema=SCHEMA,
        postgresql_where=sa.text("status NOT IN ('decided', 'closed')"),
    )
    for digest in ("person_digest", "contact_digest"):
        op.create_index(
            f"ix_privacy_case_{digest}",
            "privacy_case",
            [digest],
            schema=SCHEMA,
            postgresql_where=sa.text(f"{digest} IS NOT NULL"),
        )
    op.create_table(
        "case_evidence",
        sa.Column("case_id", sa.BigInteger, nullable=False),
        sa.Column("evidence_sealed", sa.LargeBinary, nullable=False),
        sa.Column("kept_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_evidence"),
        case_key("case_evidence"),
        schema=SCHEMA,
    )
    op.create_table(
        "case_pause",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("asked_on", sa.Date, nullable=False),
        sa.Column("sufficient_on", sa.Date),
        sa.PrimaryKeyConstraint("id", name="pk_case_pause"),
        sa.CheckConstraint("sufficient_on >= asked_on", name="ck_case_pause_order"),
        sa.CheckConstraint(one_of("reason", "identity, clarification"), name="ck_case_pause_reason"),
        case_key("case_pause"),
        schema=SCHEMA,
    )
    op.create_index("ix_case_pause_case_id", "case_pause", ["case_id"], schema=SCHEMA)
    op.create_index(
        "ux_case_pause_open",
        "case_pause",
        ["case_id"],
        unique=True,
        schema=SCHEMA,
        postgresql_where=sa.text("sufficient_on IS NULL"),
    )
    op.create_table(
        "case_note",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.BigInteger, nullable=False),
        sa.Column("actor_id", sa.String, nullable=False),
        sa.Column("text_sealed", sa.LargeBinary, nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_note"),
        case_key("case_note"),
        schema=SCHEMA,
    )
    op.create_index("ix_case_note_case_id_id", "case_note", ["case_id", "id"], schema=SCHEMA)


def create_history() -> None:
    op.create_table(
        "case_event",
        sa.Column("case_id", sa.BigInteger, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("actor_kind", sa.String(40), nullable=False),
        sa.Column("actor_id", sa.String, nullable=False),
        sa.Column("occurred_at", INSTANT, nullable=False),
        sa.Column("status_before", sa.String(40)),
        sa.Column("status_after", sa.String(40), nullable=False),
        sa.Column("resolution_after", sa.String(40)),
        sa.Column("due_on_after", sa.Date, nullable=False),
        sa.Column("case_version", sa.Integer, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("previous_hash", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "sequence", name="pk_case_event"),
        sa.CheckConstraint(
            "(kind IN ('case_registered', 'status_changed')) = (status_before IS DISTINCT FROM status_after)",
            name="ck_case_event_change_is_named",
        ),
        case_key("case_event"),
        schema=SCHEMA,
    )


def create_marketing_blocks() -> None:
    op.create_table(
        "marketing_block",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("address_digest", sa.LargeBinary, nullable=False),
        sa.Column("address_sealed", sa.LargeBinary, nullable=False),
        sa.Column("effective_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_marketing_block"),
        sa.UniqueConstraint("channel", "address_digest", name="uq_marketing_block_channel_address_digest"),
        sa.CheckConstraint(one_of("channel", "email, phone"), name="ck_marketing_block_channel"),
        schema=SCHEMA,
    )
    op.create_table(
        "marketing_block_receipt",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("reference", sa.String, nullable=False),
        sa.Column("block_id", sa.BigInteger, nullable=False),
        sa.Column("conversation_id", UUID),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("registered_at", INSTANT, nullable=False),
        sa.Column("request_digest", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_marketing_block_receipt"),
        sa.UniqueConstraint("reference", name="uq_marketing_block_receipt_reference"),
        sa.ForeignKeyConstraint(
            ["block_id"],
            [f"{SCHEMA}.marketing_block.id"],
            name="fk_marketing_block_receipt_block_id_marketing_block",
        ),
        schema=SCHEMA,
    )
    op.create_index("ix_marketing_block_receipt_block_id", "marketing_block_receipt", ["block_id"], schema=SCHEMA)


def create_outbox() -> None:
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("message_id", UUID, nullable=False),
        sa.Column("ordering_key", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("occurred_at", INSTANT, nullable=False),
        sa.Column("payload", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox_message"),
        sa.UniqueConstraint("message_id", name="uq_outbox_message_message_id"),
        schema=SCHEMA,
    )
    op.create_table(
        "webhook_endpoint",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("registered_at", INSTANT, nullable=False),
        sa.Column("removed_at", INSTANT),
        sa.PrimaryKeyConstraint("name", name="pk_webhook_endpoint"),
        schema=SCHEMA,
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("outbox_message_id", sa.BigInteger, nullable=False),
        sa.Column("endpoint_name", sa.String, nullable=False),
        sa.Column("state", sa.String, server_default="pending", nullable=False),
        sa.Column("attempts", sa.Integer, server_default="0", nullable=False),
        sa.Column("last_attempt_at", INSTANT),
        sa.Column("last_outcome", sa.String),
        sa.Column("delivered_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_delivery"),
        sa.UniqueConstraint(
            "outbox_message_id", "endpoint_name", name="uq_webhook_delivery_outbox_message_id_endpoint_name"
        ),
        sa.CheckConstraint(one_of("state", "pending, delivered, dead"), name="ck_webhook_delivery_state"),
        sa.ForeignKeyConstraint(
            ["outbox_message_id"],
            [f"{SCHEMA}.outbox_message.id"],
            name="fk_webhook_delivery_outbox_message_id_outbox_message",
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_name"],
            [f"{SCHEMA}.webhook_endpoint.name"],
            name="fk_webhook_delivery_endpoint_name_webhook_endpoint",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_webhook_delivery_unfinished",
        "webhook_delivery",
        ["state", "id"],
        schema=SCHEMA,
        postgresql_where=sa.text("state <> 'delivered'"),
    )


def case_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["case_id"], [f"{SCHEMA}.privacy_case.id"], name=f"fk_{table}_case_id_privacy_case")


def guard_history() -> None:
    op.execute("""
        CREATE FUNCTION cases.append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the history of cases is append-only: % is not allowed', TG_OP
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'append_only';
        END $$
    """)
    op.execute("""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON cases.case_event
        FOR EACH ROW EXECUTE FUNCTION cases.append_only()
    """)
    op.execute("""
        CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON cases.case_event
        FOR EACH STATEMENT EXECUTE FUNCTION cases.append_only()
    """)
    # At commit: the case stands as its newest event says.
    op.execute("""
        CREATE FUNCTION cases.case_matches_history() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            wanted bigint;
            matches boolean;
        BEGIN
            IF TG_TABLE_NAME = 'privacy_case' THEN
                wanted := NEW.id;
            ELSE
                wanted := NEW.case_id;
            END IF;
            SELECT (c.status, c.resolution, c.due_on, c.version, c.last_sequence, c.last_hash)
                   IS NOT DISTINCT FROM
                   (e.status_after, e.resolution_after, e.due_on_after, e.case_version, e.sequence, e.hash)
              INTO matches
              FROM cases.privacy_case c
              LEFT JOIN LATERAL (
                   SELECT * FROM cases.case_event WHERE case_id = c.id ORDER BY sequence DESC LIMIT 1
              ) e ON true
             WHERE c.id = wanted;
            IF matches IS NOT TRUE THEN
                RAISE EXCEPTION 'a case and its newest event disagree'
                    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'case_matches_history';
            END IF;
            RETURN NULL;
        END $$
    """)
    # At commit: an event follows the one before it, and changes nothing without saying so.
    op.execute("""
        CREATE FUNCTION cases.event_follows_previous() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            previous cases.case_event;
        BEGIN
            IF NEW.sequence = 1 THEN
                IF NEW.kind <> 'case_registered' OR NEW.case_version <> 1
                   OR NEW.previous_hash <> decode(repeat('00', 32), 'hex') THEN
                    RAISE EXCEPTION 'a history begins with the registration of its case'
                        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'event_follows_previous';
                END IF;
                RETURN NULL;
            END IF;
            SELECT * INTO previous FROM cases.case_event
             WHERE case_id = NEW.case_id AND sequence = NEW.sequence - 1;
            IF previous IS NULL
               OR NEW.previous_hash <> previous.hash
               OR NEW.status_before IS DISTINCT FROM previous.status_after
               OR NEW.case_version <> previous.case_version + (
                    (NEW.status_after, NEW.resolution_after, NEW.due_on_after) IS DISTINCT FROM
                    (previous.status_after, previous.resolution_after, previous.due_on_after)
                  )::int THEN
                RAISE EXCEPTION 'an event does not follow the one before it'
                    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'event_follows_previous';
            END IF;
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE CONSTRAINT TRIGGER case_matches_history AFTER INSERT OR UPDATE ON cases.privacy_case
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cases.case_matches_history()
    """)
    op.execute("""
        CREATE CONSTRAINT TRIGGER case_matches_history AFTER INSERT ON cases.case_event
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cases.case_matches_history()
    """)
    op.execute("""
        CREATE CONSTRAINT TRIGGER event_follows_previous AFTER INSERT ON cases.case_event
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cases.event_follows_previous()
    """)


def defer_deliveries() -> None:
    # The job is made where the delivery is: the queue's lock then keeps a case's messages in order, retries included.
    op.execute("""
        CREATE FUNCTION cases.defer_delivery_job(delivery_id bigint) RETURNS void LANGUAGE plpgsql
        SET search_path = jobs, pg_temp AS $$
        DECLARE
            job procrastinate_job_to_defer_v1;
        BEGIN
            SELECT 'webhooks', 'cases.deliver', 0, d.endpoint_name || ':' || m.ordering_key, NULL,
                   jsonb_build_object('delivery_id', d.id), NULL
              INTO STRICT job
              FROM cases.webhook_delivery d JOIN cases.outbox_message m ON m.id = d.outbox_message_id
             WHERE d.id = delivery_id;
            PERFORM procrastinate_defer_jobs_v1(ARRAY[job]);
        END $$
    """)
    op.execute("""
        CREATE FUNCTION cases.defer_delivery() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM cases.defer_delivery_job(NEW.id);
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER defer_delivery AFTER INSERT ON cases.webhook_delivery
        FOR EACH ROW EXECUTE FUNCTION cases.defer_delivery()
    """)


def downgrade() -> None:
    for table in (
        "webhook_delivery",
        "webhook_endpoint",
        "outbox_message",
        "marketing_block_receipt",
        "marketing_block",
        "case_event",
        "case_note",
        "case_pause",
        "case_evidence",
        "privacy_case",
    ):
        op.drop_table(table, schema=SCHEMA)
    for function in (
        "append_only()",
        "case_matches_history()",
        "event_follows_previous()",
        "defer_delivery()",
        "defer_delivery_job(bigint)",
    ):
        op.execute(f"DROP FUNCTION {SCHEMA}.{function}")
