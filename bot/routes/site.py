"""Pages, the widget's files, and whether the edge can work."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse, JSONResponse
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.routes.public import Parts

router = APIRouter()


@router.get("/")
async def demo(parts: Parts) -> HTMLResponse:
    """Return the demo page."""
    return parts.pages.demo()


@router.get("/policy")
async def policy(parts: Parts, version: Annotated[str | None, Query(max_length=40)] = None) -> HTMLResponse:
    """Return the policy; who comes from an answer that quoted an earlier version reads that one, and is told so."""
    return parts.pages.policy(asked_for=version)


@router.get("/integritet")
async def privacy(parts: Parts) -> HTMLResponse:
    """Return what the assistant itself does with personal data (GDPR art. 13)."""
    return parts.pages.privacy()


@router.get("/health")
async def health(parts: Parts) -> Response:
    """Tell whether the edge can work: the database answers, and changes are heard.

    Rasa is not asked: without it the edge still takes messages, says so, and leads to a person.
    """
    try:
        async with parts.sessions() as session:
            await session.execute(text("SELECT 1"))
    except DBAPIError:
        return JSONResponse({"status": "no database"}, 503)
    if not parts.listener.connected.is_set():
        return JSONResponse({"status": "not listening"}, 503)
    return JSONResponse({"status": "ok"})
