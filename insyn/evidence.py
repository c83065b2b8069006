"""``insyn evidence verify``: does the signature kept with a case prove that its person signed its request?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from cryptography import x509
from rich.table import Table

from cases.drafts import Actor
from cases.errors import CaseNotFoundError, NoEvidenceError
from cases.kept_evidence import EvidenceRegister, KeptEvidence
from foundation.clock import Clock, system_clock
from foundation.database import Sessions
from foundation.encryption import KeyRing
from foundation.errors import DecryptionError
from identity.errors import CertificateUnusableError
from identity.evidence import CheckResult, Evidence, VerifiedEvidence, examine, load_roots
from insyn.errors import InsynError
from insyn.settings import Settings
from insyn.upkeep import with_database
from privacy.references import normalise_case_reference

AUDITOR: Final = Actor.system("evidence")

MOMENTS_APART: Final = timedelta(minutes=15)
"""Between the issuer's moment and ours: an approval waits three minutes for its browser, and clocks differ."""

TITLES: Final = {
    "sealed": "stored unchanged and for this case",
    "structure": "BankID's structure",
    "signed_data_digest": "digest of what was signed",
    "certificates_digest": "digest of the certificates",
    "signature": "signature value",
    "ocsp_answer": "OCSP answer: the certificate was good",
    "ocsp_nonce": "OCSP nonce: asked for this signature",
    "chain": "chain to a trusted root",
    "purpose": "a signing, not a login",
    "visible_text": "visible text is ours, byte for byte",
    "non_visible_data": "non-visible data are ours, byte for byte",
    "person": "signed by the person of the case",
    "binding": "made for this case, conversation and text",
    "answers": "the case asks for what was signed",
    "lookup": "the person is found under the number that signed",
    "moment": "signed when the case says so",
}


class CaseCheck(StrEnum):
    """What must hold between a signature and its case, beyond what :class:`identity.evidence.Check` looks at."""

    SEALED = "sealed"
    BINDING = "binding"
    ANSWERS = "answers"
    LOOKUP = "lookup"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class EvidenceReport:
    """Every check of one case."""

    reference: str
    lines: tuple[CheckResult, ...]
    found: VerifiedEvidence | None

    @property
    def holds(self) -> bool:
        return all(line.holds for line in self.lines)


def verify(settings: Settings, reference: str) -> EvidenceReport:
    """Check the evidence of a case, and write in its history that it was checked.

    Raises:
        InsynError: there is no such case, or nothing was signed for it.
    """
    from insyn.services import evidence_roots

    async def work(sessions: Sessions) -> EvidenceReport:
        try:
            roots = load_roots(evidence_roots(settings))
        except CertificateUnusableError as error:
            raise InsynError(f"{error}; INSYN_BANKID_PERSON_ROOTS names them") from None
        return await check(sessions, settings.key_ring(), roots, reference, clock=system_clock)

    return with_database(settings, work)


def table(report: EvidenceReport) -> Table:
    """Return the report for the terminal. Nothing of the content is shown."""
    shown = Table.grid(padding=(0, 2))
    for line in report.lines:
        mark = "[green]✓[/green]" if line.holds else "[red]✗[/red]" if line.was_made else "[yellow]–[/yellow]"
        shown.add_row(mark, TITLES[line.check], line.fault or "")
    if report.found is not None:
        shown.add_row("", "signed", f"{report.found.signed_at:%Y-%m-%d %H:%M:%S} UTC")
        shown.add_row("", "issuer", report.found.issuer)
        shown.add_row("", "root", report.found.root)
        shown.add_row("", "certificate", f"SHA-256 {report.found.certificate_sha256}")
    return shown


async def check(
    sessions: Sessions, key_ring: KeyRing, roots: Sequence[x509.Certificate], typed: str, *, clock: Clock
) -> EvidenceReport:
    """Make every check on the evidence of the case that ``typed`` names.

    Raises:
        InsynError: there is no such case, or nothing was signed for it.
    """
    reference = normalise_case_reference(typed) or typed
    register = EvidenceRegister(sessions, key_ring=key_ring, clock=clock)
    try:
        report = _report(await register.read(reference), roots)
    except CaseNotFoundError:
        raise InsynError(f"there is no case {reference}") from None
    except NoEvidenceError:
        raise InsynError(f"nothing was signed for {reference}, so there is nothing to verify") from None
    except DecryptionError as error:
        report = EvidenceReport(reference, (CheckResult(CaseCheck.SEALED, str(error)),), None)
    await register.note_check(reference, holds=report.holds, actor=AUDITOR)
    return report


def _report(kept: KeptEvidence, roots: Sequence[x509.Certificate]) -> EvidenceReport:
    evidence = Evidence(
        visible_text=kept.evidence.visible_text,
        non_visible_data=kept.evidence.non_visible_data,
        personal_identity_number=kept.personal_identity_number or "",
        signature=kept.evidence.signature,
        ocsp_response=kept.evidence.ocsp_response,
    )
    results, found = examine(evidence, roots)
    lines = [CheckResult(CaseCheck.SEALED, None), *results, *_case_lines(kept, found)]
    return EvidenceReport(kept.reference, tuple(lines), found)


def _case_lines(kept: KeptEvidence, found: VerifiedEvidence | None) -> Iterator[CheckResult]:
    yield CheckResult(CaseCheck.BINDING, _binding_fault(kept))
    missing = any(answer not in kept.evidence.visible_text for answer in kept.answers)
    yield CheckResult(CaseCheck.ANSWERS, "the case says something that was not signed" if missing else None)
    yield CheckResult(
        CaseCheck.LOOKUP, None if kept.number_is_the_searchable_one else "the case is found under another number"
    )
    if found is None:
        yield CheckResult(CaseCheck.MOMENT, "cannot be looked at", was_made=False)
    else:
        yield CheckResult(CaseCheck.MOMENT, _moment_fault(kept.verified_at, found.signed_at))


def _binding_fault(kept: KeptEvidence) -> str | None:
    """Return what the unseen part, which we made when the order began, says otherwise than the case."""
    try:
        signed = json.loads(kept.evidence.non_visible_data)
    except ValueError:
        return "the non-visible data cannot be read"
    expected = {
        "purpose": kept.reference,
        "conversation_id": str(kept.conversation_id),
        "visible_text_sha256": hashlib.sha256(kept.evidence.visible_text.encode()).hexdigest(),
    }
    wrong = [name for name, value in expected.items() if not isinstance(signed, dict) or signed.get(name) != value]
    return f"signed for another {', '.join(wrong)}" if wrong else None


def _moment_fault(verified_at: datetime | None, signed_at: datetime) -> str | None:
    if verified_at is None or abs(verified_at - signed_at) > MOMENTS_APART:
        return "the case says another moment than the issuer"
    return None
