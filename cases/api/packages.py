"""What the chat edge asks about a package on behalf of a visitor who identified with BankID.

Personal identity numbers stand in bodies, never in addresses. The edge alone calls this; no browser does.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from pydantic import Field

from cases.api.problems import answers
from cases.api.routes import Reference
from cases.api.schemas import Given, Taken
from cases.files.names import attachment
from cases.packages.fetching import Fetching
from foundation.problems import ProblemError

router = APIRouter(prefix="/api/v1")


class PackageAvailability(Given):
    """Until when a package can be fetched."""

    expires_at: datetime


class FetchIn(Taken):
    """Who wants to fetch, proved by BankID a moment ago."""

    personal_identity_number: str = Field(
        repr=False, pattern=r"^\d{12}$", description="Twelve digits", examples=["199908072391"]
    )


async def _fetching(request: Request) -> Fetching:
    fetching: Fetching = request.app.state.fetching
    return fetching


Service = Annotated[Fetching, Depends(_fetching)]


@router.get("/cases/{reference}/package", summary="Is there something to fetch?", responses=answers(404))
async def read_package(reference: Reference, fetching: Service) -> PackageAvailability:
    """Tell until when the case's package can be fetched; it says nothing about whose it is or what is in it."""
    found = await fetching.availability(reference)
    if found is None:
        raise ProblemError(404, "no-package", "Nothing to fetch", "Det finns inget utdrag att hämta.")
    return PackageAvailability(expires_at=found.expires_at)


@router.put(
    "/cases/{reference}/package/fetches/{identification_id}",
    summary="Let an identified person at the package",
    responses=answers(403, 404),
)
async def allow_fetch(
    reference: Reference, identification_id: UUID, body: FetchIn, fetching: Service
) -> PackageAvailability:
    """Compare the person with the case's; the same identification again answers the same until it is used."""
    allowed = await fetching.allow(
        reference, identification_id=identification_id, personal_identity_number=body.personal_identity_number
    )
    return PackageAvailability(expires_at=allowed.expires_at)


@router.post(
    "/cases/{reference}/package/fetches/{identification_id}/content",
    summary="Open the package, once",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}},
        **answers(403, 404),
    },
)
async def open_package(reference: Reference, identification_id: UUID, fetching: Service) -> StreamingResponse:
    """Stream the ZIP. It uses the identification up, whether the stream arrives or not."""
    opened = await fetching.fetch(reference, identification_id=identification_id)
    return StreamingResponse(
        opened.content,
        media_type="application/zip",
        headers={
            "Content-Disposition": attachment(opened.file.name),
            "Content-Length": str(opened.file.size_bytes),
            "X-Content-Type-Options": "nosniff",
        },
    )
