"""The deadline rules against every published or derived date we have (vectors/deadlines.json), and their properties."""

import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.calendar import WorkingCalendar
from privacy.deadline_explanation import explain
from privacy.deadlines import (
    DeadlineLedger,
    Extension,
    Pause,
    PauseReason,
    add_months,
    response_due,
)
from privacy.errors import AlreadyExtendedError, ExtensionTooLateError, InvalidPauseError
from privacy.request_types import Target
from privacy.statutory_periods import bookkeeping_kept_through, breach_notice_due, kyc_kept_until
from privacy.swedish_dates import local_date, swedish_date

VECTORS = json.loads((Path(__file__).parent / "vectors" / "deadlines.json").read_text())
KNOWN_KEYS = {"received", "due", "source", "why", "due_if_eves", "extended_due", "notice_valid", "notice_late"} | {
    "asked",
    "sufficient",
}
WORKING_EVES = WorkingCalendar()
FREE_EVES = WorkingCalendar(eves=True)


def vectors_with(key: str):
    chosen = [vector for vector in VECTORS["vectors"] if key in vector]
    assert chosen, f"no vector has {key}"
    return pytest.mark.parametrize("vector", chosen, ids=lambda vector: vector["received"])


def received_on(vector: dict[str, str]) -> date:
    if "T" in vector["received"]:
        return local_date(datetime.fromisoformat(vector["received"]))
    return date.fromisoformat(vector["received"])


def ledger_of(vector: dict[str, str], calendar: WorkingCalendar = WORKING_EVES) -> DeadlineLedger:
    pauses = ()
    if "asked" in vector:
        asked, sufficient = (date.fromisoformat(vector[key]) for key in ("asked", "sufficient"))
        pauses = (Pause(PauseReason.IDENTITY, asked, sufficient),)
    return DeadlineLedger(received_on(vector), calendar, pauses=pauses)


def test_no_vector_says_something_that_these_tests_do_not_read():
    assert {key for vector in VECTORS["vectors"] for key in vector} <= KNOWN_KEYS
    assert set(VECTORS) == {
        "zone",
        "rule",
        "vectors",
        "roll_forward_with_eves",
        "breach_72h",
        "bookkeeping_retention",
        "kyc_retention",
    }


@vectors_with("due")
def test_the_answer_is_due(vector):
    assert ledger_of(vector).deadline().due_on == date.fromisoformat(vector["due"])


@vectors_with("due")
def test_the_plain_function_agrees_with_the_ledger(vector):
    if "asked" in vector:
        assert response_due(received_on(vector), calendar=WORKING_EVES) == ledger_of(vector).deadline().unpaused_due_on
    else:
        assert response_due(received_on(vector), calendar=WORKING_EVES) == date.fromisoformat(vector["due"])


@vectors_with("due_if_eves")
def test_eves_are_days_off_where_the_setting_says_so(vector):
    assert ledger_of(vector, FREE_EVES).deadline().due_on == date.fromisoformat(vector["due_if_eves"])


@vectors_with("extended_due")
def test_an_extension_counts_three_months_from_receipt(vector):
    extended = ledger_of(vector).with_extension(Extension(received_on(vector), "många ärenden"))

    assert extended.deadline().due_on == date.fromisoformat(vector["extended_due"])
    assert response_due(received_on(vector), calendar=WORKING_EVES, extended=True) == extended.deadline().due_on


@vectors_with("notice_valid")
def test_the_notice_of_extension_is_in_time_until_the_first_due_date(vector):
    ledger = ledger_of(vector)

    ledger.with_extension(Extension(date.fromisoformat(vector["notice_valid"]), "komplext"))
    with pytest.raises(ExtensionTooLateError):
        ledger.with_extension(Extension(date.fromisoformat(vector["notice_late"]), "komplext"))


@pytest.mark.parametrize(("raw", "rolled"), VECTORS["roll_forward_with_eves"])
def test_rolling_over_eves(raw, rolled):
    assert FREE_EVES.roll_forward(date.fromisoformat(raw)) == date.fromisoformat(rolled)


@pytest.mark.parametrize(("aware", "due"), VECTORS["breach_72h"])
def test_a_breach_is_notified_within_72_real_hours(aware, due):
    notice = breach_notice_due(datetime.fromisoformat(aware))

    assert notice.isoformat(timespec="minutes") == due


@pytest.mark.parametrize(("ended", "through"), VECTORS["bookkeeping_retention"])
def test_bookkeeping_is_kept_through_the_seventh_year(ended, through):
    assert bookkeeping_kept_through(date.fromisoformat(ended)) == date.fromisoformat(through)


@pytest.mark.parametrize(("ended", "until", "at_most"), VECTORS["kyc_retention"])
def test_due_diligence_is_kept_five_years_and_at_most_ten(ended, until, at_most):
    assert kyc_kept_until(date.fromisoformat(ended)) == (date.fromisoformat(until), date.fromisoformat(at_most))


def test_an_instant_is_refused_where_a_date_is_meant():
    with pytest.raises(TypeError):
        response_due(datetime(2026, 3, 5, tzinfo=UTC), calendar=WORKING_EVES)
    with pytest.raises(TypeError):
        DeadlineLedger(datetime(2026, 3, 5, tzinfo=UTC), WORKING_EVES)


def test_an_instant_without_a_zone_has_no_date():
    with pytest.raises(ValueError):
        local_date(datetime(2026, 3, 5))  # noqa: DTZ001
    with pytest.raises(ValueError):
        breach_notice_due(datetime(2026, 3, 5))  # noqa: DTZ001


def test_a_case_is_extended_once():
    ledger = DeadlineLedger(date(2026, 3, 5), WORKING_EVES).with_extension(Extension(date(2026, 3, 20), "komplext"))

    with pytest.raises(AlreadyExtendedError):
        ledger.with_extension(Extension(date(2026, 3, 21), "mer komplext"))


def test_an_extension_without_reasons_is_none():
    with pytest.raises(ValueError):
        Extension(date(2026, 3, 20), "  ")


def test_days_that_two_waits_share_count_once():
    identity = Pause(PauseReason.IDENTITY, date(2026, 9, 2), date(2026, 9, 12))
    clarification = Pause(PauseReason.CLARIFICATION, date(2026, 9, 4), date(2026, 9, 14))

    ledger = DeadlineLedger(date(2026, 9, 1), WORKING_EVES, pauses=(identity, clarification))

    assert ledger.paused_days() == 12


def test_an_unfinished_wait_stops_the_clock_and_grows_with_the_days():
    ledger = DeadlineLedger(date(2026, 9, 1), WORKING_EVES, pauses=(Pause(PauseReason.IDENTITY, date(2026, 9, 2)),))

    assert ledger.deadline().clock_stopped_on == date(2026, 9, 2)
    assert ledger.deadline().due_on == date(2026, 10, 1)
    assert ledger.deadline(as_of=date(2026, 9, 12)).due_on == date(2026, 10, 12)


def test_a_wait_asked_for_too_late_does_not_stop_the_clock():
    ledger = DeadlineLedger(date(2026, 9, 1), WORKING_EVES, pauses=(Pause(PauseReason.IDENTITY, date(2026, 9, 7)),))

    assert ledger.deadline(as_of=date(2026, 9, 30)).clock_stopped_on is None
    assert ledger.deadline(as_of=date(2026, 9, 30)).due_on == date(2026, 10, 1)


def test_impossible_waits_are_refused():
    with pytest.raises(InvalidPauseError):
        Pause(PauseReason.IDENTITY, date(2026, 9, 12), date(2026, 9, 2))
    with pytest.raises(InvalidPauseError):
        DeadlineLedger(date(2026, 9, 3), WORKING_EVES, pauses=(Pause(PauseReason.IDENTITY, date(2026, 9, 2)),))


def test_what_must_stop_at_once_has_the_next_working_day_as_our_own_date():
    friday = date(2026, 3, 6)

    deadline = DeadlineLedger(friday, WORKING_EVES, target=Target.AT_ONCE).deadline()

    assert deadline.internal_due_on == date(2026, 3, 9)
    assert deadline.due_on == date(2026, 4, 7)


@vectors_with("due")
def test_the_explanation_names_receipt_and_due_date_and_the_day_off_between(vector):
    ledger = ledger_of(vector)
    explanation = " ".join(explain(ledger))

    assert swedish_date(ledger.received_on) in explanation
    assert swedish_date(date.fromisoformat(vector["due"])) in explanation
    raw = add_months(ledger.received_on, 1) + timedelta(days=ledger.paused_days())
    if raw != date.fromisoformat(vector["due"]):
        assert WORKING_EVES.day_off_name(raw) in explanation


def test_the_explanation_tells_of_waits_and_of_the_extension():
    pause = Pause(PauseReason.CLARIFICATION, date(2026, 9, 2), date(2026, 9, 12))
    ledger = DeadlineLedger(date(2026, 9, 1), WORKING_EVES, pauses=(pause,))
    extended = ledger.with_extension(Extension(date(2026, 9, 30), "uppgifterna finns i arkiv"))

    explanation = " ".join(explain(extended))

    assert "uppgifterna finns i arkiv" in explanation
    assert swedish_date(date(2026, 9, 12)) in explanation
    assert swedish_date(extended.deadline().unpaused_due_on) in explanation


days = st.dates(date(2005, 1, 1), date(2100, 1, 1))
calendars = st.sampled_from([WORKING_EVES, FREE_EVES])


@st.composite
def ledgers(draw) -> DeadlineLedger:
    received = draw(days)
    pauses = []
    for _ in range(draw(st.integers(0, 3))):
        asked = received + timedelta(days=draw(st.integers(0, 20)))
        length = draw(st.none() | st.integers(0, 120))
        reason = draw(st.sampled_from(PauseReason))
        pauses.append(Pause(reason, asked, None if length is None else asked + timedelta(days=length)))
    return DeadlineLedger(received, draw(calendars), pauses=tuple(pauses))


@given(ledgers())
def test_never_earlier_than_the_month(ledger):
    raw = add_months(ledger.received_on, 1)

    assert ledger.deadline().due_on >= raw
    assert raw.day == ledger.received_on.day or (raw + timedelta(days=1)).day == 1


@given(ledgers())
def test_never_on_a_day_off_and_never_past_the_next_working_day(ledger):
    deadline = ledger.deadline()
    raw = add_months(ledger.received_on, 1) + timedelta(days=deadline.paused_days)

    assert ledger.calendar.is_working_day(deadline.due_on)
    between = (raw + timedelta(days=n) for n in range((deadline.due_on - raw).days))
    assert not any(ledger.calendar.is_working_day(day) for day in between)


@given(ledgers())
def test_an_extension_is_never_stepwise_and_never_shortens(ledger):
    extended = ledger.with_extension(Extension(ledger.received_on, "komplext"))
    raw = add_months(ledger.received_on, 3) + timedelta(days=ledger.paused_days())

    assert extended.deadline().due_on == ledger.calendar.roll_forward(raw)
    assert extended.deadline().due_on > ledger.deadline().due_on
    assert extended.deadline().first_due_on == ledger.deadline().due_on


@given(ledgers(), st.integers(0, 5), st.integers(0, 60))
def test_pausing_never_shortens(ledger, asked_after, lasted):
    asked = ledger.received_on + timedelta(days=asked_after)
    paused = ledger.with_pause(Pause(PauseReason.IDENTITY, asked, asked + timedelta(days=lasted)))

    assert paused.deadline().due_on >= ledger.deadline().due_on
    assert paused.deadline().unpaused_due_on == ledger.deadline().unpaused_due_on
    assert paused.deadline().unpaused_due_on <= paused.deadline().due_on


@given(ledgers())
def test_our_own_date_is_after_receipt_and_not_after_the_law_s(ledger):
    deadline = ledger.deadline()

    assert ledger.received_on < deadline.internal_due_on <= deadline.due_on


@given(st.lists(days, min_size=2, max_size=8))
def test_who_asks_later_is_never_answered_earlier(received):
    due = [response_due(day, calendar=WORKING_EVES) for day in sorted(received)]

    assert all(earlier <= later for earlier, later in pairwise(due))
