"""What the assistant asks on behalf of a person who has shown who they are: their own cases.

Nothing personal stands in an address, so nothing of it can end in a log: these are all ``POST``. Whoever has shown
nothing gets empty lists and ``case-not-found``.
"""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cases.api.problems import answers
from cases.api.routes import Reference
from cases.api.schemas import Email, FreeText, Given, IdentityIn, Taken
from cases.api.scopes import Scope, needs
from cases.own_cases import OwnCases, Person
from privacy.case_states import CaseStatus, Resolution
from privacy.request_types import IdentityLevel, RequestType

router = APIRouter(prefix="/api/v1")

_SHOWN: dict[str, Any] = {
    "identity": {
        "level": 2,
        "method": "bankid",
        "personal_identity_number": "199908072391",
        "name": "Karl Karlsson",
        "verified_at": "2026-03-20T09:14:31Z",
    }
}
_BY_CODE = {"identity": {"level": 1, "method": "email_code"}, "contact_email": "anna@example.se"}


def _with_examples(*examples: dict[str, Any]) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": list(examples)})


class PersonIn(Taken):
    """Who asks, as surely as they have shown it in this conversation."""

    model_config = _with_examples(_SHOWN, _BY_CODE)

    identity: IdentityIn
    contact_email: Email | None = Field(None, description="The address to which the code went, at level 1")

    def person(self) -> Person:
        """Return it as the service takes it."""
        return Person(self.identity.identity(), self.contact_email)


class FindOpenIn(PersonIn):
    """Who asks, and for which kind of request."""

    model_config = _with_examples({**_SHOWN, "request_type": "access"})

    request_type: RequestType | None = None


class WithdrawalIn(PersonIn):
    """Who takes the case back, and why if they like to say."""

    model_config = _with_examples({**_SHOWN, "reason": "Det behövs inte längre"})

    reason: FreeText | None = None


class AdditionIn(PersonIn):
    """Who adds, and what."""

    model_config = _with_examples(
        {**_SHOWN, "addition_id": "0b5c0a3e-51b2-4d0b-9d5b-6f0a2f3f7a11", "text": "Det gäller lönen för mars"}
    )

    addition_id: UUID = Field(description="Made by the caller before the call: a repetition adds nothing")
    text: Annotated[str, StringConstraints(min_length=1, max_length=10_000, pattern=r"\S")]


_OWN_CASE: dict[str, Any] = {
    "reference": "AR-7K2M-Q941",
    "request_type": "access",
    "request_type_title": "Tillgång till uppgifter",
    "status": "in_progress",
    "status_label": "Under handläggning",
    "resolution": None,
    "resolution_label": None,
    "is_open": True,
    "identity_level": 2,
    "received_on": "2026-03-05",
    "due_on": "2026-04-07",
    "clock_stopped_on": None,
    "due_explanation": [
        "Begäran kom in torsdagen den 5 mars 2026.",
        "Svaret ska lämnas senast tisdagen den 7 april 2026.",
    ],
}


class OwnCase(Given):
    """A case as the person whose it is may know it."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={"examples": [_OWN_CASE]},
    )

    reference: str
    request_type: RequestType
    request_type_title: str
    status: CaseStatus
    status_label: str
    resolution: Resolution | None
    resolution_label: str | None
    is_open: bool
    identity_level: IdentityLevel
    received_on: date
    due_on: date
    clock_stopped_on: date | None
    due_explanation: list[str] = Field(description="How the due date came about: Swedish sentences")


class OwnCaseList(BaseModel):
    """A person's cases, soonest due first; at most twenty."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_OWN_CASE]}]})

    items: list[OwnCase]


async def _own_cases(request: Request) -> OwnCases:
    own_cases: OwnCases = request.app.state.own_cases
    return own_cases


Own = Annotated[OwnCases, Depends(_own_cases)]


@router.post(
    "/cases/find-own",
    summary="List a person's own cases",
    responses=answers(),
    openapi_extra=needs(Scope.OWN_CASES),
)
async def find_own(body: PersonIn, own: Own) -> OwnCaseList:
    """Return every case that the person filed as surely identified as now; each one's history remembers it."""
    return OwnCaseList(items=[OwnCase.model_validate(case) for case in await own.find(body.person())])


@router.post(
    "/cases/find-open",
    summary="Is there an open case already?",
    responses=answers(),
    openapi_extra=needs(Scope.OWN_CASES),
)
async def find_open(body: FindOpenIn, own: Own) -> OwnCaseList:
    """Return the person's open cases of one kind, so that they can add to one instead of filing another."""
    found = await own.find(body.person(), request_type=body.request_type, open_only=True)
    return OwnCaseList(items=[OwnCase.model_validate(case) for case in found])


@router.post(
    "/cases/{reference}/withdrawal",
    summary="Take one's own case back",
    responses=answers(404, 409),
    openapi_extra=needs(Scope.OWN_CASES),
)
async def withdraw_case(reference: Reference, body: WithdrawalIn, own: Own) -> OwnCase:
    """End a case as withdrawn, for the person whose it is; the same again answers the same."""
    return OwnCase.model_validate(await own.withdraw(reference, body.person(), reason=body.reason))


@router.post(
    "/cases/{reference}/additions",
    summary="Add to one's own case",
    responses=answers(404, 409),
    openapi_extra=needs(Scope.OWN_CASES),
)
async def add_to_case(reference: Reference, body: AdditionIn, own: Own) -> OwnCase:
    """Keep what the person adds; what a case waits to have made clearer lets its clock run again."""
    case = await own.add(reference, body.person(), text=body.text, addition_id=body.addition_id)
    return OwnCase.model_validate(case)
