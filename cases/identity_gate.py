"""Who asks must be known before a request has its effect, and nobody is asked who is known (GDPR art. 12(6)).

Each use case that hands out, deletes or decides calls this inside its own transaction, while it holds the case's row
lock: no page, token or job can go past it (docs/adr/0079).
"""

from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.drafts import IdentificationMethod
from cases.errors import IdentityNotEstablishedError, IdentityNotInDoubtError
from cases.storage.identity_rows import CaseIdentityRow
from cases.storage.rows import CaseRow
from privacy.case_states import CaseStatus, Resolution
from privacy.identity_proof import IdentityGap, ProofMethod, identity_gap
from privacy.request_types import IdentityLevel, rule_for

GRANTS: Final = frozenset({Resolution.GRANTED, Resolution.PARTLY_GRANTED})
"""Ends that give the person something; the others need no identity (to refuse for want of one is art. 12(2))."""


async def gap_of(session: AsyncSession, case: CaseRow) -> IdentityGap | None:
    """Return what is missing to know who the case's person is."""
    compared = select(CaseIdentityRow.id).where(
        CaseIdentityRow.case_id == case.id, CaseIdentityRow.method == ProofMethod.ADDRESS_MATCHED
    )
    return identity_gap(
        IdentityLevel(case.identity_level),
        rule_for(case.request_type).identity_level,
        rests_on_address=case.identity_method is IdentificationMethod.EMAIL_CODE,
        is_compared=await session.scalar(compared.limit(1)) is not None,
    )


async def require_identity(session: AsyncSession, case: CaseRow) -> None:
    """Refuse an effect for somebody whom nobody knows surely enough.

    Raises:
        IdentityNotEstablishedError: it says what is missing.
    """
    gap = await gap_of(session, case)
    if gap is not None:
        raise IdentityNotEstablishedError(gap)


async def check_step(session: AsyncSession, case: CaseRow, to: CaseStatus, resolution: Resolution | None) -> None:
    """Refuse a grant before the identity is established, and a question about one that is.

    Raises:
        IdentityNotEstablishedError: it would be granted to somebody whom nobody knows surely enough.
        IdentityNotInDoubtError: it would wait, and its deadline stand still, for what is known already.
    """
    if resolution in GRANTS:
        await require_identity(session, case)
    if to is CaseStatus.AWAITING_IDENTITY and await gap_of(session, case) is None:
        raise IdentityNotInDoubtError
