"""Orders to other systems with their receipts, and the nightly comparison (cases.storage.connector_rows).

As with webhooks, the job is made by the database where the order is (docs/adr/0053).

Revision: 0021, after 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0010"
branch_labels = None
depends_on = None

SCHEMA = "cases"
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "connector_order",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("order_key", sa.String, nullable=False),
        sa.Column("system", sa.String, nullable=False),
        sa.Column("operation", sa.String(40), nullable=False),
        sa.Column("case_id", sa.BigInteger),
        sa.Column("task_key", sa.String),
        sa.Column("block_id", sa.BigInteger),
        sa.Column("address_sealed", sa.LargeBinary),
        sa.Column("ordered_at", INSTANT, nullable=False),
        sa.Column("actor_id", sa.String, nullable=False),
        sa.Column("state", sa.String, server_default="pending", nullable=False),
        sa.Column("attempts", sa.Integer, server_default="0", nullable=False),
        sa.Column("last_attempt_at", INSTANT),
        sa.Column("last_outcome", sa.String),
        sa.Column("done_at", INSTANT),
        sa.Column("outcome", sa.String(40)),
        sa.Column("answer_sealed", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_connector_order"),
        sa.UniqueConstraint("order_key", name="uq_connector_order_order_key"),
        sa.ForeignKeyConstraint(
            ["case_id"], [f"{SCHEMA}.privacy_case.id"], name="fk_connector_order_case_id_privacy_case"
        ),
        sa.ForeignKeyConstraint(
            ["block_id"], [f"{SCHEMA}.marketing_block.id"], name="fk_connector_order_block_id_marketing_block"
        ),
        sa.CheckConstraint("(case_id IS NULL) <> (block_id IS NULL)", name="ck_connector_order_of_case_or_block"),
        sa.CheckConstraint("(case_id IS NULL) = (address_sealed IS NULL)", name="ck_connector_order_address_with_case"),
        sa.CheckConstraint("state IN ('pending', 'done', 'dead')", name="ck_connector_order_state"),
        sa.CheckConstraint(
            "(state = 'done') = (outcome IS NOT NULL AND done_at IS NOT NULL)",
            name="ck_connector_order_receipt_when_done",
        ),
        sa.CheckConstraint("operation IN ('find', 'export', 'suppress', 'erase')", name="ck_connector_order_operation"),
        sa.CheckConstraint("outcome IN ('done', 'already', 'absent')", name="ck_connector_order_outcome"),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_connector_order_case_id_id",
        "connector_order",
        ["case_id", "id"],
        schema=SCHEMA,
        postgresql_where=sa.text("case_id IS NOT NULL"),
    )
    op.create_index(
        "ix_connector_order_block_id_system_id",
        "connector_order",
        ["block_id", "system", "id"],
        schema=SCHEMA,
        postgresql_where=sa.text("block_id IS NOT NULL"),
    )
    op.create_index(
        "ix_connector_order_unfinished",
        "connector_order",
        ["state", "id"],
        schema=SCHEMA,
        postgresql_where=sa.text("state <> 'done'"),
    )
    op.create_table(
        "reconciliation",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("system", sa.String, nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=False),
        sa.Column("compared", sa.Integer, nullable=False),
        sa.Column("missed", sa.Integer, nullable=False),
        sa.Column("failure", sa.String),
        sa.PrimaryKeyConstraint("id", name="pk_reconciliation"),
        schema=SCHEMA,
    )
    op.create_index("ix_reconciliation_system_id", "reconciliation", ["system", "id"], schema=SCHEMA)
    defer_orders()


def defer_orders() -> None:
    op.execute("""
        CREATE FUNCTION cases.defer_order_job(order_id bigint) RETURNS void LANGUAGE plpgsql
        SET search_path = jobs, pg_temp AS $$
        DECLARE
            job procrastinate_job_to_defer_v1;
        BEGIN
            SELECT 'connectors', 'cases.run_connector', 0, NULL, NULL,
                   jsonb_build_object('order_id', o.id), NULL
              INTO STRICT job
              FROM cases.connector_order o
             WHERE o.id = order_id;
            PERFORM procrastinate_defer_jobs_v1(ARRAY[job]);
        END $$
    """)
    op.execute("""
        CREATE FUNCTION cases.defer_order() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM cases.defer_order_job(NEW.id);
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER defer_order AFTER INSERT ON cases.connector_order
        FOR EACH ROW EXECUTE FUNCTION cases.defer_order()
    """)


def downgrade() -> None:
    op.drop_table("reconciliation", schema=SCHEMA)
    op.drop_table("connector_order", schema=SCHEMA)
    op.execute(f"DROP FUNCTION {SCHEMA}.defer_order()")
    op.execute(f"DROP FUNCTION {SCHEMA}.defer_order_job(bigint)")
