"""The one statement that registers a request: the case, the signature over it, the first line of its history, and what
other systems are to hear of it (docs/adr/0064).

It is built once: what takes the time of a registration otherwise is not PostgreSQL but writing the same SQL again.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from psycopg.types.json import Jsonb
from sqlalchemy import BindParameter, Select, bindparam, cast, insert, make_url, null, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import DeclarativeBase

from cases.storage import outbox
from cases.storage.rows import CaseEventRow, CaseEvidenceRow, CaseRow, OutboxMessageRow
from foundation.statements import SingleStatements

_DIALECT: Final = make_url("postgresql+psycopg://").get_dialect()()

_OF_THE_CASE: Final = (
    "reference",
    "request_type",
    "status",
    "version",
    "last_sequence",
    "last_hash",
    "channel",
    "conversation_id",
    "received_at",
    "received_on",
    "due_on",
    "first_due_on",
    "unpaused_due_on",
    "internal_due_on",
    "identity_level",
    "identity_method",
    "verified_at",
    "name_sealed",
    "personal_identity_number_sealed",
    "person_digest",
    "contact_email_sealed",
    "contact_digest",
    "details_sealed",
    "request_digest",
    "registered_at",
)
_OF_THE_EVENT: Final = ("kind", "actor_kind", "actor_id", "facts", "previous_hash")
_OF_THE_MESSAGE: Final = ("message_id", "kind", "payload")


async def insert_case(
    statements: SingleStatements,
    case: Mapping[str, Any],
    *,
    evidence_sealed: bytes | None,
    event: Mapping[str, Any],
    message: Mapping[str, Any],
) -> bool:
    """Insert a case with everything that belongs to it, and tell whether its reference was free.

    Waits for another transaction that is inserting the same reference, so that the answer is final. The statement is a
    transaction by itself: all of it stands when this returns, or nothing.
    """
    parts = parameters(case, evidence_sealed=evidence_sealed, event=event, message=message)
    return await statements.first_row(sql(), parts) is not None


def parameters(
    case: Mapping[str, Any], *, evidence_sealed: bytes | None, event: Mapping[str, Any], message: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what :func:`sql` is given.

    What the first event and its message share with the case (when, status, due date, hash …) is taken from the case.
    """
    values = {f"case_{name}": case[name] for name in _OF_THE_CASE}
    values |= {f"event_{name}": event[name] for name in _OF_THE_EVENT}
    values |= {f"message_{name}": message[name] for name in _OF_THE_MESSAGE}
    values |= {"event_facts": Jsonb(event["facts"]), "message_payload": Jsonb(message["payload"])}
    return values | {"evidence_sealed": evidence_sealed}


@cache
def sql() -> str:
    """Return the statement as the driver takes it."""
    return str(_statement().compile(dialect=_DIALECT))


def _statement() -> Select[tuple[int]]:
    given = {name: _given(CaseRow, name, "case") for name in _OF_THE_CASE}
    case = (
        upsert(CaseRow)
        .values(given)
        .on_conflict_do_nothing(index_elements=["reference"])
        .returning(CaseRow.id)
        .cte("registered")
    )
    evidence_sealed = cast(bindparam("evidence_sealed"), CaseEvidenceRow.evidence_sealed.type)
    evidence = insert(CaseEvidenceRow).from_select(
        ["case_id", "evidence_sealed", "kept_at"],
        select(case.c.id, evidence_sealed, given["registered_at"]).where(evidence_sealed.is_not(None)),
    )
    first = {
        "case_id": case.c.id,
        "sequence": given["last_sequence"],
        "occurred_at": given["registered_at"],
        "status_before": null(),
        "status_after": given["status"],
        "resolution_after": null(),
        "due_on_after": given["due_on"],
        "case_version": given["version"],
        "hash": cast(given["last_hash"], CaseEventRow.hash.type),
    } | {name: _given(CaseEventRow, name, "event") for name in _OF_THE_EVENT}
    event = insert(CaseEventRow).from_select([*first], select(*first.values()))
    said = {"ordering_key": given["reference"], "occurred_at": given["registered_at"]}
    said |= {name: _given(OutboxMessageRow, name, "message") for name in _OF_THE_MESSAGE}
    message = (
        insert(OutboxMessageRow)
        .from_select([*said], select(*said.values()).select_from(case))
        .returning(OutboxMessageRow.id)
        .cte("message")
    )
    return select(case.c.id).add_cte(evidence.cte("kept"), event.cte("recorded"), outbox.deliveries_of(message).cte())


def _given(row: type[DeclarativeBase], name: str, prefix: str) -> BindParameter[Any]:
    return bindparam(f"{prefix}_{name}", type_=row.__table__.columns[name].type)
