"""Which of the assistant's answers helped and which did not, for whoever answers for the texts."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from cases.console.answer_texts import REASONS
from cases.console.answers import judged_topics
from cases.console.guard import ConsoleDep, OfficerDep
from cases.console.responses import page

router = APIRouter(prefix="/answers")

PERIODS: Final = (30, 90, 365)
"""Days that can be looked back."""


@router.get("")
async def show_answers(
    request: Request,
    console: ConsoleDep,
    _officer: OfficerDep,
    days: Annotated[int, Query(alias="dagar")] = PERIODS[1],
) -> Response:
    """Show the topics with what visitors said of their answers, those that failed most people first."""
    days = days if days in PERIODS else PERIODS[1]
    counts = await console.edge.answer_counts(days=days)
    topics = judged_topics(counts, titles=console.topic_titles, reasons=REASONS)
    return page(request, console, "answers.html", topics=topics, days=days, periods=PERIODS)
