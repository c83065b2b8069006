"""The form in which an officer writes down how an identity was established."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from cases.console import texts
from cases.console.guard import PREFIX, ConsoleDep, FormDep, OfficerDep
from cases.console.identity import IdentityDraft
from cases.console.pages.cases import case_page, known
from cases.console.responses import led_on
from cases.errors import ForbiddenTransitionError
from privacy.identity_proof import ProofMethod

router = APIRouter(prefix="/cases")


@router.post("/{reference}/identity")
async def establish_identity(
    request: Request, console: ConsoleDep, officer: OfficerDep, form: FormDep, reference: str
) -> Response:
    """Write down how the identity was established, and by whom."""
    reference, chosen, note = known(reference), form.text("method"), form.text("note")
    method = ProofMethod(chosen) if chosen in {*ProofMethod} else None
    draft = IdentityDraft(method=method, note=note)
    if method is None:
        return await case_page(
            request, console, officer, reference, identity_draft=draft, problem=texts.PROOF_MISSING, status=422
        )
    try:
        await console.identities.establish(reference, method, note=note or None, actor=officer.actor)
    except ForbiddenTransitionError:
        return await case_page(
            request, console, officer, reference, identity_draft=draft, problem=texts.FORBIDDEN_STEP, status=409
        )
    return led_on(f"{PREFIX}/cases/{reference}", done="identity")
