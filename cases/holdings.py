"""What the case system's tables hold about people, and for how long (:mod:`foundation.holdings`).

Order matters: what hangs on a case goes before the case is emptied, and a delivery before its message.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cases.console.storage import StaffAccountRow, StaffSessionRow
from cases.drafts import JOBS
from cases.history import EventKind
from cases.recording import record
from cases.storage.rows import CaseRow
from foundation.holdings import Expiry, Holding, Keys, Sealed

_ENDED_AT: Final = """coalesce(c.closed_at, (
    SELECT max(e.occurred_at) FROM cases.case_event e
     WHERE e.case_id = c.id AND e.kind IN ('case_registered', 'status_changed')))"""
"""When a case ended; for one that waits for its person, since when nothing moved."""

_IS_OVER: Final = f"""c.status IN ('decided', 'closed', 'awaiting_identity', 'awaiting_clarification')
    AND {_ENDED_AT} < :before"""
"""A case that waits for somebody who never answered is over too; one that owes an answer never is."""

NO_NAME: Final = "–"


def with_its_case(column: str = "case_id") -> Expiry:
    """Return the expiry of what hangs on a case: it goes when the case's own period has passed.

    Args:
        column: what holds the case's id.
    """
    return Expiry("cases", f"EXISTS (SELECT FROM cases.privacy_case c WHERE c.id = t.{column} AND {_IS_OVER})")


REFERENCE_OF_CASE: Final = "(SELECT c.reference FROM cases.privacy_case c WHERE c.id = t.case_id)"
"""What sealed columns of a table that hangs on a case are bound to."""


async def empty_cases(session: AsyncSession, keys: Keys, now: datetime) -> None:
    """Take everything personal out of cases whose time is up; reference, kind, dates and history stay.

    The request's digest goes as well, since it was made from the person's data: a retry of such an old request is a
    conflict.
    """
    ids = [case_id for (case_id,) in keys]
    cases = await session.scalars(select(CaseRow).where(CaseRow.id.in_(ids)).order_by(CaseRow.id).with_for_update())
    for case in cases:
        case.name_sealed = case.personal_identity_number_sealed = case.person_digest = None
        case.contact_email_sealed = case.contact_digest = case.details_sealed = case.extension_reason_sealed = None
        case.conversation_id = None
        case.request_digest = b""
        case.emptied_at = now
        await record(session, case, EventKind.CASE_EMPTIED, actor=JOBS, occurred_at=now, status_before=case.status)


async def forget_staff(session: AsyncSession, keys: Keys, _now: datetime) -> None:
    """Take name and password out of closed accounts: history keeps their numbers, which then name nobody."""
    ids = [account_id for (account_id,) in keys]
    await session.execute(delete(StaffSessionRow).where(StaffSessionRow.account_id.in_(ids)))
    for account_id in ids:
        await session.execute(
            update(StaffAccountRow)
            .where(StaffAccountRow.id == account_id)
            .values(name=f"{NO_NAME}{account_id}", display_name=NO_NAME, password_hash="")
        )


def _of_case(column: str, name: str | None = None) -> Sealed:
    return Sealed(column, f"cases.{name or column.removesuffix('_sealed')}:{{}}")


HOLDINGS: Final[Sequence[Holding]] = (
    Holding(
        "cases.case_evidence",
        ("case_id",),
        sealed=(_of_case("evidence_sealed", "case_evidence.evidence"),),
        bound_to=REFERENCE_OF_CASE,
        expiry=with_its_case(),
    ),
    Holding(
        "cases.case_identity",
        ("id",),
        sealed=(_of_case("note_sealed", "case_identity.note"),),
        bound_to=REFERENCE_OF_CASE,
        expiry=with_its_case(),
    ),
    Holding(
        "cases.case_note",
        ("id",),
        sealed=(_of_case("text_sealed", "case_note.text"),),
        bound_to=REFERENCE_OF_CASE,
        expiry=with_its_case(),
    ),
    Holding(
        "cases.access_package",
        ("id",),
        sealed=(
            _of_case("document_sealed", "access_package.document"),
            _of_case("contents_sealed", "access_package.contents"),
        ),
        bound_to="t.id::text",
        expiry=with_its_case(),
    ),
    Holding("cases.package_fetch", ("identification_id",), goes_with="cases.access_package"),
    Holding(
        "cases.case_file",
        ("id",),
        sealed=(_of_case("name_sealed", "case_file.name"), _of_case("key_sealed", "case_file.content")),
        bound_to="t.id::text",
        opaque=("digest",),
        expiry=with_its_case(),
    ),
    Holding("cases.case_file_piece", ("file_id", "number"), opaque=("sealed",), goes_with="cases.case_file"),
    Holding(
        "cases.case_letter",
        ("id",),
        sealed=(
            _of_case("subject_sealed", "case_letter.subject"),
            _of_case("body_sealed", "case_letter.body"),
            _of_case("address_sealed", "case_letter.address"),
        ),
        bound_to="t.id::text",
        opaque=("digest",),
        expiry=with_its_case(),
    ),
    Holding(
        "cases.case_task",
        ("case_id", "key"),
        sealed=(_of_case("note_sealed", "case_task.note"),),
        bound_to=f"{REFERENCE_OF_CASE} || ':' || t.key",
        expiry=with_its_case(),
    ),
    Holding(
        "cases.connector_order",
        ("id",),
        sealed=(
            _of_case("address_sealed", "connector_order.address"),
            _of_case("answer_sealed", "connector_order.answer"),
        ),
        bound_to="t.order_key",
        expiry=Expiry(
            "cases",
            f"""CASE WHEN t.block_id IS NULL
            THEN EXISTS (SELECT FROM cases.privacy_case c WHERE c.id = t.case_id AND {_IS_OVER})
            ELSE t.state <> 'pending' AND t.ordered_at < :before END""",
        ),
    ),
    Holding("cases.reconciliation", ("id",), kept_because="counts of comparisons, which name nobody"),
    Holding("cases.case_pause", ("id",), kept_because="dates that explain a due date"),
    Holding(
        "cases.privacy_case",
        ("id",),
        sealed=(
            _of_case("name_sealed", "privacy_case.name"),
            _of_case("personal_identity_number_sealed", "privacy_case.personal_identity_number"),
            _of_case("contact_email_sealed", "privacy_case.contact_email"),
            _of_case("details_sealed", "privacy_case.details"),
            _of_case("extension_reason_sealed", "privacy_case.extension_reason"),
        ),
        bound_to="t.reference",
        opaque=("person_digest", "contact_digest", "request_digest", "last_hash"),
        expiry=Expiry(
            "cases",
            "EXISTS (SELECT FROM cases.privacy_case c WHERE c.id = t.id"
            f" AND coalesce(c.emptied_at, '-infinity') < {_ENDED_AT} AND {_IS_OVER})",
            erase=empty_cases,
        ),
    ),
    Holding(
        "cases.case_event",
        ("case_id", "sequence"),
        opaque=("previous_hash", "hash"),
        kept_because="the history of cases: no personal data, append-only, a pseudonym's once the case is emptied",
        append_only=True,
    ),
    Holding(
        "cases.register_event",
        ("sequence",),
        opaque=("previous_hash", "hash"),
        kept_because="the register's own log: numbers of staff accounts and tokens, append-only",
        append_only=True,
    ),
    Holding("cases.register_head", ("id",), opaque=("last_hash",), kept_because="the head of the register's own log"),
    Holding(
        "cases.service_token",
        ("id",),
        opaque=("token_hash",),
        kept_because="names of systems and hashes of their tokens; the log names them by number",
    ),
    Holding(
        "cases.marketing_block_receipt",
        ("id",),
        opaque=("request_digest",),
        expiry=Expiry("cases", "t.registered_at < :before"),
    ),
    Holding(
        "cases.marketing_block",
        ("id",),
        sealed=(_of_case("address_sealed", "marketing_block.address"),),
        bound_to="encode(t.address_digest, 'hex')",
        opaque=("address_digest",),
        kept_because="a no to marketing holds until its owner says otherwise (art. 21(3)), and its address is then"
        " forgotten at once; forgetting it before would undo it",
    ),
    Holding(
        "cases.block_task",
        ("block_id", "system"),
        kept_because="how far a no to calls has come by hand: names of systems, numbers of staff accounts",
    ),
    Holding(
        "cases.webhook_delivery",
        ("id",),
        expiry=Expiry(
            "deliveries",
            """
        EXISTS (SELECT FROM cases.outbox_message m WHERE m.id = t.outbox_message_id AND m.occurred_at < :before)""",
        ),
    ),
    Holding("cases.outbox_message", ("id",), expiry=Expiry("deliveries", "t.occurred_at < :before")),
    Holding("cases.webhook_endpoint", ("name",), kept_because="names of configured receivers"),
    Holding(
        "cases.staff_session",
        ("token_digest",),
        opaque=("token_digest",),
        expiry=Expiry("logins", "t.created_at < :before"),
    ),
    Holding(
        "cases.login_attempt",
        ("id",),
        opaque=("subject_digest",),
        expiry=Expiry("logins", "t.attempted_at < :before"),
    ),
    Holding(
        "cases.staff_account",
        ("id",),
        expiry=Expiry("staff", f"t.disabled_at < :before AND t.display_name <> '{NO_NAME}'", erase=forget_staff),
    ),
)
