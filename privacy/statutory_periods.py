"""Periods that other law sets: notice of a breach, and how long bookkeeping and customer due diligence are kept."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from privacy.deadlines import add_months
from privacy.swedish_dates import STOCKHOLM

BREACH_NOTICE: Final = timedelta(hours=72)
BOOKKEEPING_YEARS: Final = 7
KYC_YEARS: Final = 5
KYC_YEARS_AT_MOST: Final = 10


def breach_notice_due(aware_at: datetime) -> datetime:
    """Return the instant, in Swedish time, by which the authority must know of a breach: 72 real hours (art. 33(1)).

    Raises:
        ValueError: ``aware_at`` has no time zone.
    """
    if aware_at.utcoffset() is None:
        raise ValueError("an instant needs its time zone")
    return (aware_at.astimezone(UTC) + BREACH_NOTICE).astimezone(STOCKHOLM)


def bookkeeping_kept_through(financial_year_ended_on: date) -> date:
    """Return the last day on which räkenskapsinformation must be kept (bokföringslagen 7 kap. 2 §)."""
    return date(financial_year_ended_on.year + BOOKKEEPING_YEARS, 12, 31)


def kyc_kept_until(relation_ended_on: date) -> tuple[date, date]:
    """Return until when customer due diligence is kept, and until when at most (penningtvättslagen 5 kap. 3-4 §§)."""
    return add_months(relation_ended_on, 12 * KYC_YEARS), add_months(relation_ended_on, 12 * KYC_YEARS_AT_MOST)
