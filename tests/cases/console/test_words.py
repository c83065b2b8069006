"""What dates, waits and histories are called."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cases.console import texts
from cases.console.due import Urgency, due_of
from cases.console.timeline import timeline
from cases.drafts import Channel
from cases.views import CaseSummary, EventView
from privacy.case_states import ActorKind, CaseStatus, Resolution
from privacy.request_types import IdentityLevel, RequestType

DUE = date(2026, 4, 7)


def case(**changes) -> CaseSummary:
    return CaseSummary(
        **{
            "reference": "AR-7K2M-Q94X",
            "request_type": RequestType.ACCESS,
            "status": CaseStatus.RECEIVED,
            "resolution": None,
            "channel": Channel.CHAT,
            "identity_level": IdentityLevel.STRONG,
            "received_on": date(2026, 3, 5),
            "due_on": DUE,
            "internal_due_on": date(2026, 3, 30),
            "clock_stopped_on": None,
            "version": 1,
        }
        | changes
    )


@pytest.mark.parametrize(
    ("on", "urgency", "text"),
    [
        (date(2026, 3, 30), Urgency.CALM, "8 dagar kvar"),
        (date(2026, 3, 31), Urgency.SOON, "7 dagar kvar"),
        (date(2026, 4, 6), Urgency.SOON, "1 dag kvar"),
        (DUE, Urgency.SOON, "Ska besvaras i dag"),
        (date(2026, 4, 8), Urgency.OVERDUE, "1 dag försenad"),
        (date(2026, 5, 7), Urgency.OVERDUE, "30 dagar försenad"),
    ],
)
def test_how_close_a_due_date_is(on, urgency, text):
    due = due_of(case(), on=on, soon_days=7)

    assert (due.urgency, due.text) == (urgency, text)


def test_a_case_whose_clock_stands_still_is_not_late():
    stopped = case(status=CaseStatus.AWAITING_CLARIFICATION, clock_stopped_on=date(2026, 3, 9))

    assert due_of(stopped, on=date(2026, 6, 1), soon_days=7).urgency is Urgency.PAUSED


def test_a_case_that_waits_although_the_clock_runs_can_be_late():
    running = case(status=CaseStatus.AWAITING_CLARIFICATION)

    assert due_of(running, on=date(2026, 6, 1), soon_days=7).urgency is Urgency.OVERDUE


def test_an_ended_case_is_not_late_and_says_how_it_ended():
    ended = case(status=CaseStatus.CLOSED, resolution=Resolution.REFUSED)

    due = due_of(ended, on=date(2027, 1, 1), soon_days=7)

    assert (due.urgency, due.text) == (Urgency.DONE, Resolution.REFUSED.label)


@pytest.mark.parametrize(
    ("waited", "text"),
    [
        (timedelta(seconds=-5), "mindre än 1 min"),
        (timedelta(seconds=59), "mindre än 1 min"),
        (timedelta(seconds=60), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 tim"),
        (timedelta(hours=23, minutes=59), "23 tim 59 min"),
        (timedelta(days=3, hours=5), "3 dygn"),
    ],
)
def test_how_long_somebody_has_waited(waited, text):
    assert texts.duration(waited) == text


def test_an_instant_is_told_in_swedish_time():
    assert texts.date_and_time(datetime(2026, 7, 31, 22, 30, tzinfo=UTC)) == "1 augusti 2026 kl. 00.30"


def event(sequence: int, kind: str, **changes) -> EventView:
    return EventView(
        **{
            "sequence": sequence,
            "kind": kind,
            "label": kind,
            "actor_kind": ActorKind.CASE_OFFICER,
            "actor_id": "4",
            "occurred_at": datetime(2026, 3, 10, 9, sequence, tzinfo=UTC),
            "status_before": CaseStatus.RECEIVED,
            "status_after": CaseStatus.RECEIVED,
            "resolution_after": None,
            "due_on_after": DUE,
            "facts": {},
            "hash": "",
        }
        | changes
    )


def test_openings_by_one_person_on_one_day_are_one_line_and_others_are_not():
    lines = timeline(
        [
            event(1, "case_opened"),
            event(2, "case_opened"),
            event(3, "case_opened", actor_id="5"),
            event(4, "note_written"),
            event(5, "case_opened", actor_id="5"),
            event(6, "case_opened", actor_id="5", occurred_at=datetime(2026, 3, 11, 9, tzinfo=UTC)),
        ],
        names={"4": "Anna", "5": "Bo"},
    )

    assert [(line.kind, line.who, line.count) for line in lines] == [
        ("case_opened", "Anna", 2),
        ("case_opened", "Bo", 1),
        ("note_written", "Anna", 1),
        ("case_opened", "Bo", 1),
        ("case_opened", "Bo", 1),
    ]


def test_a_moved_due_date_and_a_decision_are_told():
    lines = timeline(
        [
            event(1, "case_registered", actor_kind=ActorKind.SYSTEM, actor_id="assistant", status_before=None),
            event(2, "status_changed", status_after=CaseStatus.EXTENDED, due_on_after=date(2026, 6, 5)),
            event(
                3,
                "status_changed",
                status_before=CaseStatus.EXTENDED,
                status_after=CaseStatus.DECIDED,
                resolution_after=Resolution.GRANTED,
                due_on_after=date(2026, 6, 5),
            ),
        ],
        names={},
    )

    assert [(line.title, line.details) for line in lines] == [
        ("case_registered", ()),
        ("Mottagen → Förlängd", ("Svar senast: 7 april 2026 → 5 juni 2026",)),
        ("Förlängd → Beslutad", (f"Beslut: {Resolution.GRANTED.label}",)),
    ]
    assert lines[0].who == "Assistenten"


def test_an_account_that_is_gone_is_still_somebody():
    [line] = timeline([event(1, "note_written", actor_id="1234")], names={})

    assert line.who == "Handläggare"


def test_every_status_has_its_words():
    reachable = set(CaseStatus) - {CaseStatus.RECEIVED}

    assert set(texts.NEXT_STEP) == reachable
    assert set(texts.IDENTITY_LEVELS) == set(IdentityLevel)
