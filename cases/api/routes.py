"""The routes of ``/api/v1``. Thin: read, call the service, answer."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response, Security
from fastapi.security import HTTPBearer

from cases.api import schemas
from cases.api.problems import answers
from cases.drafts import ASSISTANT, Actor
from cases.service import CaseService
from cases.views import CaseFilter
from foundation.problems import ProblemError
from privacy.case_states import CaseStatus
from privacy.references import is_case_reference
from privacy.request_types import RequestType

# The scheme documents the token in OpenAPI; `require_service_token` on the router is what checks it.
router = APIRouter(prefix="/api/v1", dependencies=[Security(HTTPBearer(auto_error=False, description="Service token"))])


def _service(request: Request) -> CaseService:
    service: CaseService = request.app.state.case_service
    return service


def _new_reference(
    reference: Annotated[str, Path(description="Made where the person confirmed", examples=["AR-7K2M-Q94X"])],
) -> str:
    if not is_case_reference(reference):
        detail = "Ärendenumret är inte skrivet som ett ärendenummer."
        raise ProblemError(422, "invalid-reference", "Not a case reference", detail)
    return reference


Service = Annotated[CaseService, Depends(_service)]
NewReference = Annotated[str, Depends(_new_reference)]
Reference = Annotated[str, Path(examples=["AR-7K2M-Q94X"])]


@router.put(
    "/cases/{reference}",
    status_code=201,
    summary="Register a confirmed request",
    responses={200: {"model": schemas.CaseReceipt, "description": "Registered before"}, **answers(409)},
)
async def register_case(
    reference: NewReference, body: schemas.CaseIn, service: Service, response: Response
) -> schemas.CaseReceipt:
    """Make a request a case, once: the same body again answers 200 with the same case, another body 409."""
    registration = await service.register(body.draft(reference), actor=ASSISTANT)
    response.status_code = 201 if registration.created else 200
    return schemas.CaseReceipt.model_validate(registration.receipt)


@router.get("/cases", summary="List cases, soonest due first", responses=answers())
async def list_cases(
    service: Service,
    status: Annotated[list[CaseStatus] | None, Query(description="Any of these")] = None,
    request_type: Annotated[list[RequestType] | None, Query(description="Any of these")] = None,
    open_only: Annotated[bool, Query(alias="open", description="Only where an answer is still owed")] = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=100)] = None,
) -> schemas.CasePage:
    """Return one page. Cases that change while you turn pages may move; none is skipped that stays where it is."""
    narrowing = CaseFilter(statuses=tuple(status or ()), request_types=tuple(request_type or ()), open_only=open_only)
    page = await service.list_cases(narrowing, limit=limit, cursor=cursor)
    items = [schemas.CaseSummary.model_validate(case) for case in page.items]
    return schemas.CasePage(items=items, next_cursor=page.next_cursor)


@router.get("/cases/{reference}", summary="Read a case", responses=answers(404))
async def read_case(reference: Reference, service: Service) -> schemas.Case:
    """Return a case with how its due date came about; nothing in it says whose it is."""
    return schemas.Case.model_validate(await service.read(reference))


@router.get("/cases/{reference}/events", summary="Read a case's history", responses=answers(404))
async def list_events(reference: Reference, service: Service) -> schemas.CaseEvents:
    """Return every event, oldest first, with the chain of hashes."""
    events = await service.events(reference)
    return schemas.CaseEvents(items=[schemas.CaseEvent.model_validate(event) for event in events])


@router.post("/cases/{reference}/transitions", summary="Move a case", responses=answers(404, 409))
async def move_case(reference: Reference, body: schemas.TransitionIn, service: Service) -> schemas.Case:
    """Take a step, if the case still has the version that the caller saw and the rules allow it."""
    actor = ASSISTANT if body.officer_id is None else Actor.officer(body.officer_id)
    view = await service.transition(
        reference, to=body.to, version=body.version, actor=actor, resolution=body.resolution, note=body.note
    )
    return schemas.Case.model_validate(view)


@router.put(
    "/marketing-blocks/{reference}",
    status_code=201,
    summary="Block direct marketing to an address",
    responses={200: {"model": schemas.MarketingBlockReceipt, "description": "Registered before"}, **answers(409)},
)
async def block_marketing(
    reference: NewReference, body: schemas.MarketingBlockIn, service: Service, response: Response
) -> schemas.MarketingBlockReceipt:
    """Put an address on the suppression list, at once and once (art. 21(3))."""
    registration = await service.block_marketing(body.draft(reference))
    response.status_code = 201 if registration.created else 200
    return schemas.MarketingBlockReceipt.model_validate(registration.receipt)


@router.get("/marketing-blocks/{reference}", summary="Read a marketing block's receipt", responses=answers(404))
async def read_marketing_block(reference: Reference, service: Service) -> schemas.MarketingBlockReceipt:
    """Return the receipt again, the address masked."""
    return schemas.MarketingBlockReceipt.model_validate(await service.read_marketing_block(reference))
