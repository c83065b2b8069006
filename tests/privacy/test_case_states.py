"""The status machine: every step by somebody who may make it, with what it must carry, and no other."""

import itertools

import pytest

from privacy.case_states import (
    TRANSITIONS,
    ActorKind,
    CaseStatus,
    Resolution,
    check_transition,
    next_statuses,
)
from privacy.errors import TransitionNotAllowedError

EVERY_PAIR = list(itertools.product(CaseStatus, CaseStatus))


def parts_for(step, actor=ActorKind.CASE_OFFICER):
    decision = Resolution.WITHDRAWN if actor is ActorKind.DATA_SUBJECT else Resolution.GRANTED
    return {
        "resolution": decision if step.needs_resolution else None,
        "note": "därför" if step.needs_note else None,
    }


@pytest.mark.parametrize("step", TRANSITIONS.values(), ids=lambda step: f"{step.source}-{step.target}")
def test_a_step_of_the_table_is_allowed_to_those_it_names(step):
    for actor in ActorKind:
        if actor in step.allowed_to:
            assert check_transition(step.source, step.target, actor=actor, **parts_for(step, actor)) is step
        else:
            with pytest.raises(TransitionNotAllowedError):
                check_transition(step.source, step.target, actor=actor, **parts_for(step, actor))


@pytest.mark.parametrize(("source", "target"), [pair for pair in EVERY_PAIR if pair not in TRANSITIONS])
def test_a_step_outside_the_table_is_not_allowed(source, target):
    for resolution in (None, Resolution.REFUSED):
        with pytest.raises(TransitionNotAllowedError):
            check_transition(source, target, actor=ActorKind.CASE_OFFICER, resolution=resolution, note="därför")


def test_only_a_person_sets_a_resolution():
    for source in CaseStatus:
        with pytest.raises(TransitionNotAllowedError):
            check_transition(
                source, CaseStatus.DECIDED, actor=ActorKind.SYSTEM, resolution=Resolution.GRANTED, note=None
            )


@pytest.mark.parametrize("resolution", [kind for kind in Resolution if kind is not Resolution.WITHDRAWN])
def test_whose_request_it_is_may_withdraw_it_and_decide_nothing_else(resolution):
    with pytest.raises(TransitionNotAllowedError):
        check_transition(
            CaseStatus.RECEIVED, CaseStatus.DECIDED, actor=ActorKind.DATA_SUBJECT, resolution=resolution, note=None
        )
    assert set(next_statuses(CaseStatus.IN_PROGRESS, actor=ActorKind.DATA_SUBJECT)) == {CaseStatus.DECIDED}


def test_a_decision_without_a_resolution_is_none_and_other_steps_carry_none():
    with pytest.raises(TransitionNotAllowedError):
        check_transition(
            CaseStatus.IN_PROGRESS, CaseStatus.DECIDED, actor=ActorKind.CASE_OFFICER, resolution=None, note=None
        )
    with pytest.raises(TransitionNotAllowedError):
        check_transition(
            CaseStatus.RECEIVED,
            CaseStatus.IN_PROGRESS,
            actor=ActorKind.CASE_OFFICER,
            resolution=Resolution.GRANTED,
            note=None,
        )


@pytest.mark.parametrize("note", [None, "", "  "])
def test_an_extension_needs_its_reason(note):
    with pytest.raises(TransitionNotAllowedError):
        check_transition(
            CaseStatus.IN_PROGRESS, CaseStatus.EXTENDED, actor=ActorKind.CASE_OFFICER, resolution=None, note=note
        )


def test_every_status_is_reached_and_every_status_is_left():
    reached = {CaseStatus.RECEIVED}
    for _ in CaseStatus:
        reached |= {target for status in reached for target in next_statuses(status, actor=ActorKind.CASE_OFFICER)}

    assert reached == set(CaseStatus)
    assert all(next_statuses(status, actor=ActorKind.CASE_OFFICER) for status in CaseStatus)


def test_a_closed_case_was_decided_by_a_person():
    into_closed = [step for step in TRANSITIONS.values() if step.target is CaseStatus.CLOSED]
    into_decided = [step for step in TRANSITIONS.values() if step.target is CaseStatus.DECIDED]

    assert [step.source for step in into_closed] == [CaseStatus.DECIDED]
    assert all(step.needs_resolution and ActorKind.SYSTEM not in step.allowed_to for step in into_decided)


def test_every_status_and_resolution_has_a_swedish_label_of_its_own():
    assert len({status.label for status in CaseStatus}) == len(CaseStatus)
    assert len({resolution.label for resolution in Resolution}) == len(Resolution)
