"""``/console`` itself, which leads to the cases."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from cases.console.guard import PREFIX

router = APIRouter()


@router.get("/")
async def start() -> Response:
    """Lead to the list of cases (and from there to the log-in, when it is needed)."""
    return RedirectResponse(f"{PREFIX}/cases", 303)
