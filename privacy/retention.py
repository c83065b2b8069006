"""How long what is kept: what retention works by and ``/integritet`` tells (GDPR art. 5(1)(e), 13(2)(a))."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Final

from privacy.deadlines import add_months
from privacy.swedish_dates import STOCKHOLM


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time, in days or in calendar months; never both."""

    days: int = 0
    months: int = 0

    def __post_init__(self) -> None:
        if (self.days > 0) == (self.months > 0) or min(self.days, self.months) < 0:
            raise ValueError("a period is a number of days or a number of months, at least one")

    def before(self, now: datetime) -> datetime:
        """Return the instant that lies this long before ``now``: what ended earlier has expired."""
        if self.days:
            return now - timedelta(days=self.days)
        local = now.astimezone(STOCKHOLM)
        return datetime.combine(add_months(local.date(), -self.months), local.time(), tzinfo=STOCKHOLM)

    @property
    def label(self) -> str:
        """What a person reads, in Swedish: ``30 dagar``, ``24 månader``."""
        if self.days:
            return f"{self.days} dagar" if self.days > 1 else "en dag"
        return f"{self.months} månader" if self.months > 1 else "en månad"


@dataclass(frozen=True, slots=True)
class RetentionPeriods:
    """How long each kind of thing is kept, by the name under which a table's declaration asks for it.

    ``text`` in a field's metadata is the key of its Swedish description.
    """

    conversations: Period = field(default=Period(days=30), metadata={"text": "retention_conversations"})
    """From a conversation's last message, whoever holds it."""

    cases: Period = field(default=Period(months=24), metadata={"text": "retention_cases"})
    """From the day on which a case ended."""

    deliveries: Period = field(default=Period(days=90), metadata={"text": "retention_deliveries"})
    """Messages to other systems, which carry case references and no personal data."""

    staff: Period = field(default=Period(months=24), metadata={"text": "retention_staff"})
    """From the day on which a staff account was closed."""

    logins: Period = field(default=Period(days=1), metadata={"text": "retention_logins"})
    """Staff sessions, tries to log in, starts of an identification."""

    def described(self) -> Iterator[tuple[str, Period]]:
        """Yield the key of each Swedish description, with the period that it is about."""
        for each in fields(self):
            yield each.metadata["text"], getattr(self, each.name)


DEFAULT_PERIODS: Final = RetentionPeriods()
