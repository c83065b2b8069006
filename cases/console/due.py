"""How close a case is to its due date: a word for style sheets, and the words that say the same to people."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cases.views import CaseSummary
from privacy.swedish_dates import swedish_date


class Urgency(StrEnum):
    """The kinds of closeness; never shown by colour alone."""

    OVERDUE = "overdue"
    SOON = "soon"
    CALM = "calm"
    PAUSED = "paused"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Due:
    """What a list and a page say about a due date."""

    urgency: Urgency
    text: str


def due_of(case: CaseSummary, *, on: date, soon_days: int) -> Due:
    """Return how a case stands on the Swedish date ``on``; within ``soon_days`` it is flagged."""
    if not case.status.is_open:
        return Due(Urgency.DONE, case.resolution.label if case.resolution else case.status.label)
    if case.clock_stopped_on is not None:
        return Due(Urgency.PAUSED, f"Pausad sedan {swedish_date(case.clock_stopped_on)}")
    left = (case.due_on - on).days
    if left < 0:
        return Due(Urgency.OVERDUE, f"{_days(-left)} försenad")
    if left == 0:
        return Due(Urgency.SOON, "Ska besvaras i dag")
    return Due(Urgency.SOON if left <= soon_days else Urgency.CALM, f"{_days(left)} kvar")


def _days(count: int) -> str:
    return "1 dag" if count == 1 else f"{count} dagar"
