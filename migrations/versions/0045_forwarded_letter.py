"""The letter that tells a person that their request was passed on to the client who is the controller.

Revision: 0045, after 0044.
"""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

BEFORE = (
    "'acknowledgement', 'identification', 'clarification', 'extension', 'refusal', 'partial', 'fulfilment', "
    "'marketing_receipt'"
)


def upgrade() -> None:
    allow(f"{BEFORE}, 'forwarded'")


def downgrade() -> None:
    allow(BEFORE, validated=False)  # letters that were sent stay


def allow(kinds: str, *, validated: bool = True) -> None:
    op.execute("ALTER TABLE cases.case_letter DROP CONSTRAINT ck_case_letter_kind")
    ending = "" if validated else " NOT VALID"
    op.execute(f"ALTER TABLE cases.case_letter ADD CONSTRAINT ck_case_letter_kind CHECK (kind IN ({kinds})){ending}")
