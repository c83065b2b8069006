"""The file itself: only to the browser that identified for it, once, to be saved and never shown."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from bot.errors import CasesUnreachableError, PackageRefusedError
from bot.routes.public import COOKIE, Parts

router = APIRouter(prefix="/chat/packages")

NOTHING_RUNS: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"


@router.get("/{identification_id}")
async def fetch_package(request: Request, identification_id: str, parts: Parts) -> Response:
    """Stream the ZIP; what is refused is said on a page, since a link leads here."""
    if "prefetch" in request.headers.get("sec-purpose", ""):
        return Response(status_code=425)  # a look ahead must not use the identification up
    holder = await parts.conversations.visitor(request.cookies.get(COOKIE))
    try:
        if holder is None:
            raise PackageRefusedError("not_yours")  # noqa: TRY301 - answered as every other stranger is
        opened = await parts.packages.open(_known_form(identification_id), session_hash=holder.token_hash)
    except PackageRefusedError:
        return _page(parts.pages.package_refused(is_temporary=False), 403)
    except CasesUnreachableError:
        return _page(parts.pages.package_refused(is_temporary=True), 503)
    return StreamingResponse(
        opened.parts(),
        media_type="application/zip",
        headers={
            "Content-Disposition": opened.disposition,
            "Content-Length": opened.length,
            "Content-Encoding": "identity",  # not compressed once more: it would lose its length
            "Content-Security-Policy": NOTHING_RUNS,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


def _known_form(identification_id: str) -> str:
    try:
        return str(UUID(identification_id))
    except ValueError:
        raise PackageRefusedError("not_released") from None


def _page(page: Response, status: int) -> Response:
    page.status_code = status
    return page
