"""Turns rows into views."""

from collections.abc import Sequence

from cases.history import EventKind
from cases.storage.rows import CaseEventRow, CaseNoteRow, CaseRow, MarketingBlockReceiptRow, MarketingBlockRow
from cases.storage.sealing import Sealer
from cases.views import CaseFile, CaseReceipt, CaseSummary, CaseView, EventView, MarketingBlockReceipt, Note, PauseView
from privacy.case_states import ActorKind, next_statuses
from privacy.contact_addresses import mask_email, mask_phone
from privacy.deadline_explanation import explain
from privacy.deadlines import DeadlineLedger
from privacy.request_types import IdentityLevel

NAME = "privacy_case.name"
PERSONAL_IDENTITY_NUMBER = "privacy_case.personal_identity_number"
CONTACT_EMAIL = "privacy_case.contact_email"
DETAILS = "privacy_case.details"
EVIDENCE = "case_evidence.evidence"
NOTE = "case_note.text"


def receipt_of(case: CaseRow, ledger: DeadlineLedger) -> CaseReceipt:
    """What the person is told."""
    return CaseReceipt(
        reference=case.reference,
        request_type=case.request_type,
        status=case.status,
        received_on=case.received_on,
        due_on=case.due_on,
        due_explanation=explain(ledger),
    )


def summary_of(case: CaseRow) -> CaseSummary:
    """A line of a list."""
    return CaseSummary(
        reference=case.reference,
        request_type=case.request_type,
        status=case.status,
        resolution=case.resolution,
        channel=case.channel,
        identity_level=IdentityLevel(case.identity_level),
        received_on=case.received_on,
        due_on=case.due_on,
        internal_due_on=case.internal_due_on,
        clock_stopped_on=case.clock_stopped_on,
        version=case.version,
    )


def view_of(case: CaseRow, ledger: DeadlineLedger) -> CaseView:
    """A case with its deadline's ledger."""
    summary = summary_of(case)
    return CaseView(
        **{name: getattr(summary, name) for name in CaseSummary.__dataclass_fields__},
        conversation_id=case.conversation_id,
        identity_method=case.identity_method,
        verified_at=case.verified_at,
        received_at=case.received_at,
        registered_at=case.registered_at,
        closed_at=case.closed_at,
        unpaused_due_on=case.unpaused_due_on,
        first_due_on=case.first_due_on,
        extended_on=case.extended_on,
        pauses=tuple(
            PauseView(pause.reason, pause.asked_on, pause.sufficient_on, ledger.stops_clock(pause))
            for pause in ledger.pauses
        ),
        due_explanation=explain(ledger),
    )


def file_of(
    case: CaseRow, ledger: DeadlineLedger, notes: Sequence[CaseNoteRow], *, has_evidence: bool, sealer: Sealer
) -> CaseFile:
    """Everything about a case, unsealed."""
    reference = case.reference
    return CaseFile(
        case=view_of(case, ledger),
        name=sealer.unseal(case.name_sealed, column=NAME, reference=reference),
        personal_identity_number=sealer.unseal(
            case.personal_identity_number_sealed, column=PERSONAL_IDENTITY_NUMBER, reference=reference
        ),
        contact_email=sealer.unseal(case.contact_email_sealed, column=CONTACT_EMAIL, reference=reference),
        details=sealer.unseal_json(case.details_sealed, column=DETAILS, reference=reference),
        has_evidence=has_evidence,
        notes=tuple(_note_of(note, reference, sealer) for note in notes),
        next_statuses=next_statuses(case.status, actor=ActorKind.CASE_OFFICER),
    )


def event_view_of(event: CaseEventRow) -> EventView:
    """A line of the history."""
    return EventView(
        sequence=event.sequence,
        kind=event.kind,
        label=EventKind(event.kind).label,
        actor_kind=event.actor_kind,
        actor_id=event.actor_id,
        occurred_at=event.occurred_at,
        status_before=event.status_before,
        status_after=event.status_after,
        resolution_after=event.resolution_after,
        due_on_after=event.due_on_after,
        facts=event.facts,
        hash=event.hash.hex(),
    )


def block_receipt_of(
    receipt: MarketingBlockReceiptRow, block: MarketingBlockRow, *, address: str
) -> MarketingBlockReceipt:
    """What the person is told about a marketing block; of one that was lifted no address is left."""
    masked = mask_email(address) if block.channel == "email" else mask_phone(address)
    return MarketingBlockReceipt(
        reference=receipt.reference,
        channel=block.channel,
        address_masked=masked if block.lifted_at is None else "–",
        effective_at=block.effective_at,
        lifted_at=block.lifted_at,
    )


def _note_of(note: CaseNoteRow, reference: str, sealer: Sealer) -> Note:
    text = sealer.unseal_certain(note.text_sealed, column=NOTE, reference=reference)
    return Note(id=note.id, actor_id=note.actor_id, text=text, written_at=note.written_at)
