"""Who a case's person is, as its page shows it: what is known, what was done, what can be done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cases.console import texts
from cases.drafts import IdentificationMethod
from cases.establishing import EstablishedIdentity
from cases.views import CaseView
from privacy.identity_proof import ProofMethod


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


def identity_panel(
    case: CaseView,
    established: Sequence[EstablishedIdentity],
    *,
    names: Mapping[str, str],
    draft: IdentityDraft | None = None,
) -> IdentityPanel:
    """Return the panel of a case."""
    by_code = case.identity_method is IdentificationMethod.EMAIL_CODE
    is_matched = any(proof.method is ProofMethod.ADDRESS_MATCHED for proof in established)
    warning = None
    if case.status.is_open and not case.identity_is_sufficient:
        warning = texts.IDENTITY_MISSING
    elif case.status.is_open and by_code and not is_matched:
        warning = texts.ADDRESS_TO_MATCH
    methods = [method for method in ProofMethod if by_code or method is not ProofMethod.ADDRESS_MATCHED]
    return IdentityPanel(
        warning=warning,
        established=established,
        names=names,
        methods=methods if case.status.is_open else (),
        draft=draft or IdentityDraft(),
        is_unfolded=draft is not None,
    )
