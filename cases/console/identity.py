"""Who a case's person is, as its page shows it: what is known, what was done, what can be done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cases.console import texts
from cases.drafts import IdentificationMethod
from cases.errors import IdentityNotEstablishedError
from cases.establishing import EstablishedIdentity
from cases.views import CaseView
from privacy.identity_proof import IdentityGap, ProofMethod, identity_gap
from privacy.request_types import rule_for


@dataclass(frozen=True, slots=True)
class IdentityDraft:
    """What somebody had written in the form before it was refused."""

    method: ProofMethod | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class IdentityPanel:
    """What the page shows."""

    warning: str | None
    """What must be done before anything else, in Swedish."""

    established: Sequence[EstablishedIdentity]
    names: Mapping[str, str]
    methods: Sequence[ProofMethod]
    """The ways that can be chosen; none when the case has ended."""

    draft: IdentityDraft
    is_unfolded: bool


def gap_shown(case: CaseView, established: Sequence[EstablishedIdentity]) -> IdentityGap | None:
    """Return what the page says is missing; the service decides by the same rule."""
    return identity_gap(
        case.identity_level,
        rule_for(case.request_type).identity_level,
        rests_on_address=case.identity_method is IdentificationMethod.EMAIL_CODE,
        is_compared=any(proof.method is ProofMethod.ADDRESS_MATCHED for proof in established),
    )


def identity_first(error: IdentityNotEstablishedError) -> str:
    """Return what an officer reads who wanted to give something to somebody whom nobody knows yet."""
    return texts.IDENTITY_FIRST.format(what=texts.IDENTITY_GAPS[error.gap])


def identity_panel(
    case: CaseView,
    established: Sequence[EstablishedIdentity],
    *,
    names: Mapping[str, str],
    draft: IdentityDraft | None = None,
) -> IdentityPanel:
    """Return the panel of a case."""
    by_code = case.identity_method is IdentificationMethod.EMAIL_CODE
    gap = gap_shown(case, established) if case.status.is_open else None
    warning = texts.IDENTITY_GAPS[gap] if gap is not None else None
    methods = [method for method in ProofMethod if by_code or method is not ProofMethod.ADDRESS_MATCHED]
    return IdentityPanel(
        warning=warning,
        established=established,
        names=names,
        methods=methods if case.status.is_open else (),
        draft=draft or IdentityDraft(),
        is_unfolded=draft is not None,
    )
