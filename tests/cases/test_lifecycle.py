"""A case's whole life against a plain model of it: whatever is done in whatever order, both say the same.

The model knows the rules of ``privacy.case_states`` and ``privacy.deadlines`` only as far as this file writes them down
again, in other words. ``INSYN_LIFECYCLE_EXAMPLES`` sets how many lives are led.
"""

import asyncio
import os
import random
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from cases.audit import verify
from cases.checklists import Checklists
from cases.drafts import NOBODY, Actor, CaseDraft, Channel, IdentificationMethod, Identity
from cases.errors import (
    CaseEndedError,
    CaseNotFoundError,
    ForbiddenTransitionError,
    IdentityNotEstablishedError,
    ReferenceTakenError,
    StaleTaskError,
    StaleVersionError,
    TaskNoteMissingError,
    TaskNotFoundError,
    UnfinishedChecklistError,
)
from cases.establishing import IdentityRegister
from cases.own_cases import OwnCases, Person
from cases.reminders import Reminders
from cases.service import CaseService
from foundation.database import create_engine, session_factory
from foundation.encryption import KeyRing
from privacy.calendar import WorkingCalendar
from privacy.case_states import CaseStatus, Resolution
from privacy.checklist import TaskState
from privacy.identity_proof import ProofMethod
from privacy.references import new_case_reference
from privacy.request_types import IdentityLevel, RequestType
from privacy.swedish_dates import local_date
from privacy.systems import SystemRegister
from tests.register import REGISTER

pytestmark = pytest.mark.database

EXAMPLES = int(os.environ.get("INSYN_LIFECYCLE_EXAMPLES", "8"))
OFFICER, COLLEAGUE = Actor.officer("4"), Actor.officer("5")
CALENDAR = WorkingCalendar()
START = datetime(2026, 3, 10, 9, tzinfo=UTC)
WAITING = {"awaiting_identity", "awaiting_clarification"}
OPEN = {"received", "in_progress", "extended"} | WAITING
NUMBERS = ("199908072391", "200211242383")
NEEDS_NOTE = WAITING | {"extended"}
NEEDED = {
    RequestType.ACCESS: 2,
    RequestType.ERASURE: 2,
    RequestType.RECTIFICATION: 1,
    RequestType.CONSENT_WITHDRAWAL: 1,
    RequestType.COMPLAINT: 0,
}
"""How surely each right needs to know who asks."""

ONE_SYSTEM = SystemRegister(systems=(REGISTER.system("mailchimp"),))
MANDATORY = {
    RequestType.ACCESS: ("fetch:mailchimp", "review:secrecy", "review:others"),
    RequestType.ERASURE: ("erase:mailchimp", "notify:recipients"),
    RequestType.RECTIFICATION: ("review:correct", "correct:mailchimp", "notify:recipients"),
    RequestType.CONSENT_WITHDRAWAL: ("stop:mailchimp",),
    RequestType.COMPLAINT: ("review:complaint", "inform:authority"),
}
"""What must be done before a case of a company with one system is granted."""

OPTIONAL = {RequestType.CONSENT_WITHDRAWAL: ("erase:mailchimp", "notify:recipients")}

AT_ONCE = {RequestType.CONSENT_WITHDRAWAL}


def months_after(day: date, months: int) -> date:
    """Return the same day some months later, or the last that there is in that month."""
    years, month = divmod(day.month - 1 + months, 12)
    for number in range(day.day, 0, -1):
        with suppress(ValueError):
            return date(day.year + years, month + 1, number)
    raise AssertionError("every month has a first day")


def working_day(day: date, *, step: int) -> date:
    """Return the first working day from ``day`` on, forwards or back."""
    while not CALENDAR.is_working_day(day):
        day += timedelta(days=step)
    return day


def working_days_from(day: date, count: int) -> date:
    """Return the working day that lies so many after ``day``, or before it."""
    step = 1 if count > 0 else -1
    for _ in range(abs(count)):
        day = working_day(day + timedelta(days=step), step=step)
    return day


@dataclass
class Wait:
    """For the person."""

    since: date
    until: date | None = None


@dataclass(frozen=True)
class ModelTask:
    """A line of a checklist: how far it is, who said so, when, and why."""

    state: str = "open"
    version: int = 1
    note: str | None = None
    by: str | None = None
    at: datetime | None = None


@dataclass
class ModelCase:
    """What a case is, as simply as it can be said."""

    number: str | None
    filed: CaseDraft
    received_on: date
    level: int
    by_code_alone: bool
    """Whether all that is known is that somebody reads mail at an address which nobody has compared."""

    status: str = "received"
    resolution: str | None = None
    version: int = 1
    was_extended: bool = False
    waits: list[Wait] = field(default_factory=list)
    events: int = 1
    notes: int = 0
    additions: set = field(default_factory=set)
    tasks: dict[str, ModelTask] = field(default_factory=dict)
    """Empty until somebody looks at the list."""

    @property
    def known(self) -> bool:
        """Whether it is known who asks as surely as the right needs."""
        needed = NEEDED[self.filed.request_type]
        return needed == 0 or (self.level >= needed and not self.by_code_alone)

    @property
    def everything_is_done(self) -> bool:
        """Whether nothing is left that must be done before the case is granted."""
        undone = ModelTask()
        return all(self.tasks.get(key, undone).state != "open" for key in MANDATORY[self.filed.request_type])

    def stopped(self) -> list[Wait]:
        """Return the waits for which the clock stands still: what was asked within five days of receipt."""
        return [wait for wait in self.waits if wait.since <= self.received_on + timedelta(days=5)]

    def due(self, *, months: int, paused: bool = True) -> date:
        days = sum((wait.until - wait.since).days for wait in self.stopped() if wait.until) if paused else 0
        return working_day(months_after(self.received_on, months) + timedelta(days=days), step=1)

    def dates(self) -> dict[str, date | None]:
        """Return every date that the case must show."""
        months = 3 if self.was_extended else 1
        due_on, soonest = self.due(months=months), working_days_from(self.received_on, 1)
        before = soonest if self.filed.request_type in AT_ONCE else max(soonest, working_days_from(due_on, -5))
        return {
            "received_on": self.received_on,
            "due_on": due_on,
            "unpaused_due_on": self.due(months=months, paused=False),
            "first_due_on": self.due(months=1),
            "internal_due_on": before,
            "clock_stopped_on": next((wait.since for wait in self.stopped() if wait.until is None), None),
        }

    def stop_waiting(self, today: date) -> None:
        for wait in self.waits:
            wait.until = wait.until or today

    def in_time_to_extend(self, today: date) -> bool:
        """Tell whether a notice today comes before the date that it extends, the wait ended by it counted."""
        ended = replace(self, waits=[Wait(wait.since, wait.until or today) for wait in self.waits])
        return today <= ended.due(months=1)

    def may_go(self, to: str, *, resolution, note, today: date) -> bool:
        """Tell whether an officer may take this step."""
        if (resolution is not None) != (to == "decided"):
            return False
        if to == "decided":
            return self.status in OPEN and (self.known or resolution != "granted")
        if to == "closed":
            return self.status == "decided"
        if self.status in {"decided", "closed"}:
            return to == "in_progress" and bool(note)
        if to in NEEDS_NOTE and not note:
            return False
        if to == "extended":
            return self.status != "extended" and not self.was_extended and self.in_time_to_extend(today)
        if to == "awaiting_identity" and self.known:
            return False
        if to in WAITING:
            return to != self.status
        return to == "in_progress" and self.status in {"received"} | WAITING


class Lifecycle(RuleBasedStateMachine):
    """Officers, persons and the clock at work on several cases."""

    database_url = ""
    source = random.Random(5)
    """Of references: shared by all lives, which end up in one database."""

    cases = Bundle("cases")

    @initialize()
    def begin(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.now = START
        self.engine = create_engine(self.database_url)
        sessions = self.sessions = session_factory(self.engine)
        keys = KeyRing.from_secrets("a secret for tests", lookup_secret="another")
        parts = {"key_ring": keys, "clock": lambda: self.now, "calendar": CALENDAR}
        self.service = CaseService(sessions, systems=ONE_SYSTEM, **parts)
        self.own = OwnCases(sessions, **parts)
        self.checklists = Checklists(sessions, register=ONE_SYSTEM, key_ring=keys, clock=lambda: self.now)
        self.identities = IdentityRegister(sessions, **parts)
        self.reminders = Reminders(sessions, clock=lambda: self.now, due_soon_days=7)
        self.model: dict[str, ModelCase] = {}

    def teardown(self) -> None:
        if hasattr(self, "loop"):
            self.do(self.engine.dispose())
            self.loop.close()

    def do(self, coroutine):
        return self.loop.run_until_complete(coroutine)

    def refused(self, error, coroutine) -> None:
        with pytest.raises(error):
            self.do(coroutine)

    @rule(
        target=cases,
        number=st.sampled_from(NUMBERS),
        how=st.sampled_from(["bankid", "bankid", "code", "nobody"]),
        request_type=st.sampled_from([*NEEDED]),
        days_ago=st.sampled_from([0, 0, 1, 4, 5, 6, 20]),
    )
    def file(self, number, how, request_type, days_ago):
        signed = Identity(
            IdentityLevel.STRONG, IdentificationMethod.BANKID, personal_identity_number=number, verified_at=self.now
        )
        by_code = Identity(IdentityLevel.CONTACT, IdentificationMethod.EMAIL_CODE, verified_at=self.now)
        identity = {"bankid": signed, "code": by_code, "nobody": NOBODY}[how]
        received_at = self.now - timedelta(days=days_ago)
        draft = CaseDraft(new_case_reference(self.source), request_type, received_at, Channel.CHAT, identity=identity)
        assert self.do(self.service.register(draft)).created
        self.model[draft.reference] = ModelCase(
            identity.personal_identity_number,
            draft,
            local_date(received_at),
            level=int(identity.level),
            by_code_alone=how == "code",
        )
        return draft.reference

    @rule(reference=cases, method=st.sampled_from([ProofMethod.ADDRESS_MATCHED, ProofMethod.CALLED_BACK]))
    def establish(self, reference, method):
        case = self.model[reference]
        attempt = self.identities.establish(reference, method, note=None, actor=OFFICER)
        view = self.do(self.service.read(reference))
        is_possible = method is ProofMethod.CALLED_BACK or view.identity_method is IdentificationMethod.EMAIL_CODE
        if case.status not in OPEN or not is_possible:
            self.refused(ForbiddenTransitionError, attempt)
            return
        self.do(attempt)
        case.level = max(case.level, 1 if method is ProofMethod.ADDRESS_MATCHED else 2)
        case.by_code_alone, case.events = False, case.events + 1
        if case.status == "awaiting_identity" and case.known:
            self._moved(case, to="in_progress", resolution=None, note=None)

    @rule(reference=cases)
    def file_again(self, reference):
        filed = self.model[reference].filed
        assert not self.do(self.service.register(filed)).created
        self.refused(ReferenceTakenError, self.service.register(replace(filed, details={"x": "y"})))

    @rule(
        reference=cases,
        to=st.sampled_from([status.value for status in CaseStatus]),
        resolution=st.sampled_from([None, "granted", "refused"]),
        note=st.sampled_from([None, "därför"]),
        behind=st.sampled_from([0, 0, 0, 1]),
    )
    def step(self, reference, to, resolution, note, behind):
        case = self.model[reference]
        attempt = self.service.transition(
            reference,
            to=CaseStatus(to),
            version=case.version - behind,
            actor=OFFICER,
            resolution=None if resolution is None else Resolution(resolution),
            note=note,
        )
        if behind:
            self.refused(StaleVersionError, attempt)
        elif not case.may_go(to, resolution=resolution, note=note, today=local_date(self.now)):
            self.refused((ForbiddenTransitionError, IdentityNotEstablishedError), attempt)
        elif resolution == "granted" and not case.everything_is_done:
            self.refused(UnfinishedChecklistError, attempt)
        else:
            self.do(attempt)
            self._moved(case, to=to, resolution=resolution, note=note)

    def _moved(self, case: ModelCase, *, to, resolution, note) -> None:
        case.status, case.version, case.events = to, case.version + 1, case.events + 1
        case.resolution = resolution if to == "decided" else case.resolution if to == "closed" else None
        case.was_extended = case.was_extended or to == "extended"
        case.notes += note is not None and to != "extended"
        case.stop_waiting(local_date(self.now))
        if to in WAITING:
            case.waits.append(Wait(local_date(self.now)))

    @rule(reference=cases, actor=st.sampled_from([OFFICER, COLLEAGUE]))
    def look_at_the_list(self, reference, actor):
        case, request_type = self.model[reference], self.model[reference].filed.request_type
        shown = self.do(self.checklists.of_case(reference, actor=actor))
        if not case.tasks and case.status in OPEN:
            keys = (*MANDATORY[request_type], *OPTIONAL.get(request_type, ()))
            case.tasks, case.events = {key: ModelTask() for key in keys}, case.events + 1
        assert {task.key: self._as_modelled(task) for task in shown} == case.tasks
        assert {task.key for task in shown if task.is_mandatory} == case.tasks.keys() & set(MANDATORY[request_type])

    @rule(
        reference=cases,
        which=st.integers(0, 2),
        to=st.sampled_from([*TaskState]),
        note=st.sampled_from([None, "därför", ""]),
        behind=st.sampled_from([0, 0, 0, 1]),
        actor=st.sampled_from([OFFICER, COLLEAGUE]),
    )
    def tick(self, reference, which, to, note, behind, actor):
        case = self.model[reference]
        key = [*MANDATORY[case.filed.request_type], *OPTIONAL.get(case.filed.request_type, ()), "review:nothing"][which]
        task = case.tasks.get(key)
        seen = (task or ModelTask()).version - behind
        attempt = self.checklists.set_state(reference, key, to=to, seen=seen, note=note, actor=actor)
        if task is None:
            self.refused(TaskNotFoundError, attempt)
        elif behind:
            self.refused(StaleTaskError, attempt)
        elif to == "not_applicable" and not (task.note if note is None else note):
            self.refused(TaskNoteMissingError, attempt)
        else:
            written = task.note if note is None else note or None
            expected = ModelTask(to.value, task.version + 1, written, actor.id, self.now)
            assert self._as_modelled(self.do(attempt)) == expected
            case.tasks[key], case.events = expected, case.events + 1

    @rule(reference=cases)
    def do_all_that_must_be_done(self, reference):
        self.look_at_the_list(reference, OFFICER)
        case = self.model[reference]
        for key in case.tasks.keys() & set(MANDATORY[case.filed.request_type]):
            self._settle(reference, key)
        assert case.everything_is_done == bool(case.tasks)

    def _settle(self, reference, key) -> None:
        case, seen = self.model[reference], self.model[reference].tasks[key]
        state = {"to": TaskState.DONE, "seen": seen.version, "note": None, "actor": OFFICER}
        case.tasks[key] = self._as_modelled(self.do(self.checklists.set_state(reference, key, **state)))
        assert case.tasks[key] == replace(seen, state="done", version=seen.version + 1, by="4", at=self.now)
        case.events += 1

    @staticmethod
    def _as_modelled(task) -> ModelTask:
        return ModelTask(task.state.value, task.version, task.note, task.actor_id, task.changed_at)

    @rule(reference=cases, number=st.sampled_from(NUMBERS))
    def withdraw(self, reference, number):
        case = self.model[reference]
        attempt = self.own.withdraw(reference, self._person(number))
        if case.number != number:
            self.refused(CaseNotFoundError, attempt)
            case.events += 1
        elif case.resolution == "withdrawn":
            self.do(attempt)
        elif case.status not in OPEN:
            self.refused(CaseEndedError, attempt)
        else:
            self.do(attempt)
            self._moved(case, to="decided", resolution="withdrawn", note=None)

    @rule(reference=cases, number=st.sampled_from(NUMBERS), addition=st.integers(1, 3))
    def add(self, reference, number, addition):
        case = self.model[reference]
        attempt = self.own.add(reference, self._person(number), text="Det gäller mars", addition_id=UUID(int=addition))
        if case.number != number:
            self.refused(CaseNotFoundError, attempt)
            case.events += 1
        elif addition in case.additions:
            self.do(attempt)
        elif case.status not in OPEN:
            self.refused(CaseEndedError, attempt)
        else:
            self.do(attempt)
            case.additions.add(addition)
            case.notes, case.events = case.notes + 1, case.events + 1
            if case.status == "awaiting_clarification":
                self._moved(case, to="in_progress", resolution=None, note=None)

    @rule(reference=cases)
    def open_file(self, reference):
        case = self.model[reference]
        file = self.do(self.service.open_file(reference, actor=OFFICER))
        case.events += 1
        assert len(file.notes) == case.notes
        assert file.personal_identity_number == case.number

    @rule(days=st.sampled_from([1, 1, 2, 4, 9, 40]))
    def time_passes(self, days):
        self.now += timedelta(days=days)
        before = {reference: len(self.do(self.service.events(reference))) for reference in self.model}
        self.do(self.reminders.flag())
        for reference, case in self.model.items():
            new = self.do(self.service.events(reference))[before[reference] :]
            assert {event.kind for event in new} <= {"due_soon", "overdue", "paused_long"}
            assert case.status in OPEN or not new
            case.events += len(new)

    @invariant()
    def both_say_the_same(self):
        for reference, case in getattr(self, "model", {}).items():
            view = self.do(self.service.read(reference))
            assert (view.status, view.resolution, view.version) == (case.status, case.resolution, case.version)
            assert (view.closed_at is not None) == (case.status == "closed")
            assert len(self.do(self.service.events(reference))) == case.events
            dates = case.dates()
            assert {name: getattr(view, name) for name in dates} == dates

    @invariant()
    def the_history_is_whole(self):
        if hasattr(self, "sessions"):
            assert self.do(self._intact())

    async def _intact(self) -> bool:
        async with self.sessions() as session:
            return (await verify(session)).is_intact

    def _person(self, number: str) -> Person:
        return Person(Identity(IdentityLevel.STRONG, IdentificationMethod.BANKID, personal_identity_number=number))


def test_a_case_lives_as_the_model_says(database_url):
    machine = type("LifecycleHere", (Lifecycle,), {"database_url": database_url})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
