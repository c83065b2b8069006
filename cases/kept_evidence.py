"""What is kept of a signed request, for whoever checks the signature; the history remembers that somebody did."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from cases import pictures
from cases.drafts import Actor, Evidence
from cases.errors import CaseNotFoundError, NoEvidenceError
from cases.history import EventKind
from cases.recording import record
from cases.storage import cases as storage
from cases.storage.rows import CaseRow
from cases.storage.sealing import Sealer
from foundation.clock import Clock
from foundation.database import Sessions
from foundation.encryption import KeyRing


@dataclass(frozen=True, slots=True)
class KeptEvidence:
    """The signature over a request, and what the case says about who signed what and when."""

    reference: str
    evidence: Evidence = field(repr=False)
    personal_identity_number: str | None = field(repr=False)
    number_is_the_searchable_one: bool
    """Whether the sealed number and the keyed digest by which the person is found belong together."""

    conversation_id: UUID | None
    answers: tuple[str, ...] = field(repr=False)
    """What the case says that the person asked for, in their own words, and where the answer goes."""

    verified_at: datetime | None


class EvidenceRegister:
    """Hands evidence out for checking, and remembers that it was checked."""

    def __init__(self, sessions: Sessions, *, key_ring: KeyRing, clock: Clock) -> None:
        self._sessions, self._sealer, self._clock = sessions, Sealer(key_ring), clock

    async def read(self, reference: str) -> KeptEvidence:
        """Return the evidence of a case.

        Raises:
            CaseNotFoundError: no case has that reference.
            NoEvidenceError: it was not signed.
            DecryptionError: what is stored was changed, moved here from another case, or its key is gone.
        """
        async with self._sessions() as session:
            case = await storage.case_by_reference(session, reference, for_update=False)
            if case is None:
                raise CaseNotFoundError(reference)
            row = await storage.evidence_of(session, case.id)
            if row is None:
                raise NoEvidenceError(reference)
            values = self._sealer.unseal_json(row.evidence_sealed, column=pictures.EVIDENCE, reference=reference)
        return self._kept(case, Evidence(**values))

    async def note_check(self, reference: str, *, holds: bool, actor: Actor) -> None:
        """Write in the history that the evidence was checked, and how it came out.

        Raises:
            CaseNotFoundError: no case has that reference.
        """
        async with self._sessions.begin() as session:
            case = await storage.case_by_reference(session, reference, for_update=True)
            if case is None:
                raise CaseNotFoundError(reference)
            await record(
                session,
                case,
                EventKind.EVIDENCE_CHECKED,
                actor=actor,
                occurred_at=self._clock(),
                status_before=case.status,
                facts={"holds": holds},
            )

    def _kept(self, case: CaseRow, evidence: Evidence) -> KeptEvidence:
        reference = case.reference
        number = self._sealer.unseal(
            case.personal_identity_number_sealed, column=pictures.PERSONAL_IDENTITY_NUMBER, reference=reference
        )
        email = self._sealer.unseal(case.contact_email_sealed, column=pictures.CONTACT_EMAIL, reference=reference)
        details = self._sealer.unseal_json(case.details_sealed, column=pictures.DETAILS, reference=reference)
        return KeptEvidence(
            reference=reference,
            evidence=evidence,
            personal_identity_number=number,
            number_is_the_searchable_one=number is not None
            and self._sealer.person_digest(number) == case.person_digest,
            conversation_id=case.conversation_id,
            answers=tuple(filter(None, [*details.values(), email])),
            verified_at=case.verified_at,
        )
