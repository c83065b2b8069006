"""The steps that an officer can take with a case, as the forms on its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from cases.console import texts
from cases.views import CaseFile, CaseView
from privacy.case_states import TRANSITIONS, CaseStatus, Resolution
from privacy.identity_proof import IdentityGap, asking_stops_time
from privacy.swedish_dates import swedish_date

_WAITS: Final = (CaseStatus.AWAITING_IDENTITY, CaseStatus.AWAITING_CLARIFICATION)


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody had written in a step's form before it was refused."""

    target: CaseStatus
    note: str = ""
    resolution: Resolution | None = None


@dataclass(frozen=True, slots=True)
class StepForm:
    """One step: what it is called, and what it must carry."""

    target: CaseStatus
    title: str
    hint: str
    note_label: str
    needs_note: bool
    needs_resolution: bool
    note: str
    resolution: Resolution | None
    is_open: bool
    """Whether the form stands unfolded: it was sent, and came back."""


def step_forms(
    file: CaseFile, *, today: date, gap: IdentityGap | None, draft: Draft | None = None
) -> Sequence[StepForm]:
    """Return a form for each status that the case may go to from here.

    An extension that was given, or that would come too late, is not offered, nor a question about an identity that is
    not in doubt (``gap``); whether a step is allowed decides the service.
    """
    return [
        _form(file, target, draft if draft and draft.target is target else None, today=today)
        for target in file.next_statuses
        if _is_offered(file.case, target, today=today, gap=gap)
    ]


def _is_offered(case: CaseView, target: CaseStatus, *, today: date, gap: IdentityGap | None) -> bool:
    if target is CaseStatus.EXTENDED:
        return not (case.extended_on or is_too_late_to_extend(case, today=today))
    if target is CaseStatus.AWAITING_IDENTITY:
        return gap is not None
    return True


def is_too_late_to_extend(case: CaseView, *, today: date) -> bool:
    """Tell whether a notice of extension would come after the first due date (art. 12(3)), unless time stands still."""
    return case.status.is_open and case.clock_stopped_on is None and today > case.first_due_on


def _hint(case: CaseView, target: CaseStatus, *, today: date) -> str:
    if target in _WAITS and not asking_stops_time(case.received_on, today=today):
        return texts.TIME_GOES_ON
    return texts.NEXT_STEP_HINT.get(target, "").format(first_due=swedish_date(case.first_due_on))


def _form(file: CaseFile, target: CaseStatus, draft: Draft | None, *, today: date) -> StepForm:
    source = file.case.status
    rule = TRANSITIONS[source, target]
    reopens = not source.is_open and target.is_open
    note_label = texts.NOTE_LABEL_REOPEN if reopens else texts.NOTE_LABEL.get(target, texts.NOTE_LABEL_DEFAULT)
    return StepForm(
        target=target,
        title=_title(source, target),
        hint=_hint(file.case, target, today=today),
        note_label=note_label,
        needs_note=rule.needs_note,
        needs_resolution=rule.needs_resolution,
        note=draft.note if draft else "",
        resolution=draft.resolution if draft else None,
        is_open=draft is not None,
    )


def _title(source: CaseStatus, target: CaseStatus) -> str:
    if not source.is_open and target.is_open:
        return texts.REOPEN
    if source.is_waiting_for_person and target is CaseStatus.IN_PROGRESS:
        return texts.END_WAIT
    return texts.NEXT_STEP[target]
