"""How a draft becomes a case: its first deadline, its first event, its sealed columns."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from cases import pictures
from cases.drafts import Actor, CaseDraft
from cases.history import NO_PREVIOUS_HASH, Event, EventKind
from cases.storage.sealing import Sealer, evidence_values
from cases.views import CaseReceipt
from privacy.calendar import WorkingCalendar
from privacy.case_states import CaseStatus
from privacy.contact_addresses import normalise_email
from privacy.deadline_explanation import explain
from privacy.deadlines import Deadline, DeadlineLedger
from privacy.errors import InvalidContactAddressError
from privacy.request_types import Target, rule_for
from privacy.swedish_dates import local_date


@dataclass(frozen=True, slots=True)
class FirstDeadline:
    """When the answer to a request is due on the day it arrived, and how that date came about."""

    deadline: Deadline
    explanation: tuple[str, ...]


def first_deadline(draft: CaseDraft, calendar: WorkingCalendar) -> FirstDeadline:
    """Return the deadline of a request that nothing has moved yet."""
    return _worked_out(local_date(draft.received_at), calendar, rule_for(draft.request_type).target)


@lru_cache(maxsize=64)
def _worked_out(received_on: date, calendar: WorkingCalendar, target: Target) -> FirstDeadline:
    """Requests of one day share it, and on a busy day it would be a tenth of the work of registering."""
    ledger = DeadlineLedger(received_on, calendar, target=target)
    return FirstDeadline(ledger.deadline(), explain(ledger))


def first_event(draft: CaseDraft, deadline: Deadline, *, actor: Actor, now: datetime) -> Event:
    """Return the event that begins a case's history."""
    return Event(
        reference=draft.reference,
        sequence=1,
        kind=EventKind.CASE_REGISTERED,
        actor=actor,
        occurred_at=now,
        status_before=None,
        status_after=CaseStatus.RECEIVED,
        resolution_after=None,
        due_on_after=deadline.due_on,
        case_version=1,
        facts={
            "request_type": draft.request_type,
            "channel": draft.channel,
            "received_on": deadline.received_on.isoformat(),
            "identity_level": int(draft.identity.level),
        },
        previous_hash=NO_PREVIOUS_HASH,
    )


def case_values(draft: CaseDraft, deadline: Deadline, event: Event, *, sealer: Sealer) -> dict[str, Any]:
    """Return the columns of a new case."""
    return {
        "reference": draft.reference,
        "request_type": draft.request_type,
        "status": event.status_after,
        "version": event.case_version,
        "last_sequence": event.sequence,
        "last_hash": event.hash,
        "channel": draft.channel,
        "conversation_id": draft.conversation_id,
        "received_at": draft.received_at,
        "received_on": deadline.received_on,
        "due_on": deadline.due_on,
        "first_due_on": deadline.first_due_on,
        "unpaused_due_on": deadline.unpaused_due_on,
        "internal_due_on": deadline.internal_due_on,
        "identity_level": int(draft.identity.level),
        "identity_method": draft.identity.method,
        "verified_at": draft.identity.verified_at,
        "request_digest": sealer.request_digest(draft),
        "registered_at": event.occurred_at,
        **_sealed_values(draft, sealer),
    }


def sealed_evidence(draft: CaseDraft, *, sealer: Sealer) -> bytes | None:
    """Return what keeps the signature over the request, if there is one."""
    if draft.identity.evidence is None:
        return None
    values = evidence_values(draft.identity.evidence)
    return sealer.seal_json(values, column=pictures.EVIDENCE, reference=draft.reference)


def first_receipt(draft: CaseDraft, first: FirstDeadline) -> CaseReceipt:
    """Return what the person is told."""
    return CaseReceipt(
        reference=draft.reference,
        request_type=draft.request_type,
        status=CaseStatus.RECEIVED,
        received_on=first.deadline.received_on,
        due_on=first.deadline.due_on,
        due_explanation=first.explanation,
    )


def comparable_email(email: str) -> str:
    """Return the one spelling under which an address is found; what is no address stays as it is."""
    try:
        return normalise_email(email)
    except InvalidContactAddressError:
        return email.strip().casefold()


def _sealed_values(draft: CaseDraft, sealer: Sealer) -> dict[str, bytes | None]:
    reference, number, email = draft.reference, draft.identity.personal_identity_number, draft.contact_email
    return {
        "name_sealed": sealer.seal(draft.identity.name, column=pictures.NAME, reference=reference),
        "personal_identity_number_sealed": sealer.seal(
            number, column=pictures.PERSONAL_IDENTITY_NUMBER, reference=reference
        ),
        "person_digest": None if number is None else sealer.person_digest(number),
        "contact_email_sealed": sealer.seal(email, column=pictures.CONTACT_EMAIL, reference=reference),
        "contact_digest": None if email is None else sealer.contact_digest(comparable_email(email)),
        "details_sealed": sealer.seal_json(draft.details, column=pictures.DETAILS, reference=reference),
    }
