"""The routes of ``/api/v1``. Thin: read, call the service, answer."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from cases.api import schemas
from cases.api.direct import DirectRoute
from cases.api.problems import answers
from cases.api.scopes import Scope, needs
from cases.api.versions import IfMatch, etag_of, seen_version
from cases.drafts import Actor
from cases.service import CaseService
from cases.views import CaseFilter
from foundation.problems import ProblemError
from privacy.case_states import CaseStatus
from privacy.references import is_case_reference
from privacy.request_types import RequestType

router = APIRouter(prefix="/api/v1")
direct_router = APIRouter(prefix="/api/v1", route_class=DirectRoute)


async def _service(request: Request) -> CaseService:
    service: CaseService = request.app.state.case_service
    return service


def _require_reference(text: str) -> None:
    if not is_case_reference(text):
        detail = "Ärendenumret är inte skrivet som ett ärendenummer."
        raise ProblemError(422, "invalid-reference", "Not a case reference", detail)


async def caller(request: Request) -> Actor:
    """Return who calls, as the gate noted it."""
    actor: Actor = request.state.actor
    return actor


Caller = Annotated[Actor, Depends(caller)]
Service = Annotated[CaseService, Depends(_service)]
NewReference = Annotated[str, Path(description="Made where the person confirmed", examples=["AR-7K2M-Q941"])]
Reference = Annotated[str, Path(examples=["AR-7K2M-Q941"])]


@direct_router.put(
    "/cases/{reference}",
    status_code=201,
    summary="Register a confirmed request",
    openapi_extra=needs(Scope.REGISTER_CASES),
    response_model=schemas.CaseReceipt,
    responses={200: {"model": schemas.CaseReceipt, "description": "Registered before"}, **answers(409)},
)
async def register_case(reference: NewReference, body: schemas.CaseIn, request: Request) -> Response:
    """Make a request a case, once: the same body again answers 200 with the same case, another body 409."""
    _require_reference(reference)
    service, actor = await _service(request), await caller(request)
    registration = await service.register(body.draft(reference), actor=actor)
    receipt = schemas.CaseReceipt.model_validate(registration.receipt).model_dump_json()
    return Response(receipt, 201 if registration.created else 200, media_type="application/json")


@router.get(
    "/cases",
    summary="List cases, soonest due first",
    responses=answers(),
    openapi_extra=needs(Scope.READ_CASES),
)
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


@router.get(
    "/cases/{reference}",
    summary="Read a case",
    responses=answers(404),
    openapi_extra=needs(Scope.READ_CASES),
)
async def read_case(reference: Reference, service: Service, response: Response) -> schemas.Case:
    """Return a case with how its due date came about; nothing in it says whose it is. The ``ETag`` is its version."""
    case = await service.read(reference)
    response.headers["ETag"] = etag_of(case.version)
    return schemas.Case.model_validate(case)


@router.get(
    "/cases/{reference}/events",
    summary="Read a case's history",
    responses=answers(404),
    openapi_extra=needs(Scope.READ_CASES),
)
async def list_events(reference: Reference, service: Service) -> schemas.CaseEvents:
    """Return every event, oldest first, with the chain of hashes."""
    events = await service.events(reference)
    return schemas.CaseEvents(items=[schemas.CaseEvent.model_validate(event) for event in events])


@router.post(
    "/cases/{reference}/transitions",
    summary="Move a case",
    responses=answers(404, 409, 428),
    openapi_extra=needs(Scope.MOVE_CASES),
)
async def move_case(
    reference: Reference,
    body: schemas.TransitionIn,
    service: Service,
    actor: Caller,
    response: Response,
    if_match: IfMatch = None,
) -> schemas.Case:
    """Take a step, if the case still has the version that the caller saw and the rules allow it."""
    view = await service.transition(
        reference,
        to=body.to,
        version=seen_version(body.version, if_match),
        actor=actor if body.officer_id is None else Actor.officer(body.officer_id),
        resolution=body.resolution,
        note=body.note,
    )
    response.headers["ETag"] = etag_of(view.version)
    return schemas.Case.model_validate(view)


@router.put(
    "/marketing-blocks/{reference}",
    status_code=201,
    summary="Block direct marketing to an address",
    openapi_extra=needs(Scope.BLOCK_MARKETING),
    responses={200: {"model": schemas.MarketingBlockReceipt, "description": "Registered before"}, **answers(409)},
)
async def block_marketing(
    reference: NewReference, body: schemas.MarketingBlockIn, service: Service, response: Response
) -> schemas.MarketingBlockReceipt:
    """Put an address on the suppression list, at once and once (art. 21(3))."""
    _require_reference(reference)
    registration = await service.block_marketing(body.draft(reference))
    response.status_code = 201 if registration.created else 200
    return schemas.MarketingBlockReceipt.model_validate(registration.receipt)


@router.get(
    "/marketing-blocks/{reference}",
    summary="Read a marketing block's receipt",
    responses=answers(404),
    openapi_extra=needs(Scope.BLOCK_MARKETING),
)
async def read_marketing_block(reference: Reference, service: Service) -> schemas.MarketingBlockReceipt:
    """Return the receipt again, the address masked."""
    return schemas.MarketingBlockReceipt.model_validate(await service.read_marketing_block(reference))
