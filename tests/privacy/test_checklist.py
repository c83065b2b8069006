"""What each type of request takes, in which systems, and what must be done before it may end as granted."""

import pytest

from privacy.case_states import Resolution
from privacy.checklist import (
    TaskAction,
    TaskState,
    checklist,
    needs_finished_checklist,
    note_is_needed,
    open_mandatory,
)
from privacy.request_types import RequestType
from privacy.systems import NO_SYSTEMS
from tests.register import REGISTER

OURS = {system.id for system in REGISTER.systems} - {"client_assignments"}


def keys(request_type: RequestType, *, mandatory: bool | None = None) -> list[str]:
    return [
        task.key for task in checklist(request_type, REGISTER) if mandatory is None or task.is_mandatory is mandatory
    ]


def systems(request_type: RequestType, action: TaskAction) -> set[str | None]:
    return {task.system_id for task in checklist(request_type, REGISTER) if task.action is action}


def test_access_fetches_from_every_system_of_ours_and_holds_back_what_law_forbids():
    assert systems(RequestType.ACCESS, TaskAction.FETCH) == OURS
    assert {"review:secrecy", "review:others"} <= set(keys(RequestType.ACCESS, mandatory=True))
    assert keys(RequestType.ACCESS, mandatory=False) == ["forward:client_assignments"]


def test_portability_takes_what_was_given_under_consent_or_contract_and_nothing_that_law_demands():
    fetched = systems(RequestType.PORTABILITY, TaskAction.FETCH)

    assert fetched == {"mailchimp", "hubspot", "teamtailor", "choice_hr", "customer_systems"}
    assert "review:provided" in keys(RequestType.PORTABILITY, mandatory=True)


def test_rectification_corrects_and_tells_recipients():
    assert keys(RequestType.RECTIFICATION)[0] == "review:correct"
    assert systems(RequestType.RECTIFICATION, TaskAction.CORRECT) == OURS
    assert "notify:recipients" in keys(RequestType.RECTIFICATION, mandatory=True)


def test_erasure_decides_first_what_law_keeps_and_says_which_law():
    tasks = checklist(RequestType.ERASURE, REGISTER)
    kept = {task.system_id: task.why for task in tasks if task.action is TaskAction.KEEP}

    assert [task.action for task in tasks[:2]] == [TaskAction.KEEP, TaskAction.KEEP]
    assert set(kept) == {"customer_systems", "bookkeeping"}
    assert "7 kap. 2 § bokföringslagen" in kept["bookkeeping"]
    assert "5 kap. 3–4 §§ penningtvättslagen" in kept["customer_systems"]
    assert systems(RequestType.ERASURE, TaskAction.ERASE) == OURS - {"bookkeeping"}
    assert "notify:recipients" in keys(RequestType.ERASURE, mandatory=True)


def test_whom_to_tell_names_the_suppliers_of_the_register():
    [notice] = [task for task in checklist(RequestType.ERASURE, REGISTER) if task.action is TaskAction.NOTIFY]

    for supplier in ("Mailchimp", "Hubspot", "TeamTailor", "Choice HR", "Google Analytics"):
        assert supplier in notice.instruction
    assert "Artikel 19" in notice.why


def test_restriction_finds_its_ground_and_warns_before_it_is_lifted():
    assert keys(RequestType.RESTRICTION)[0] == "review:restriction_ground"
    assert systems(RequestType.RESTRICTION, TaskAction.RESTRICT) == OURS
    assert "inform:before_lifting" in keys(RequestType.RESTRICTION, mandatory=False)


def test_an_objection_is_weighed_while_the_processing_rests_and_concerns_legitimate_interest_only():
    interested = {"mailchimp", "hubspot", "customer_systems", "assistant"}

    assert systems(RequestType.OBJECTION, TaskAction.RESTRICT) == interested
    assert systems(RequestType.OBJECTION, TaskAction.STOP) == interested
    assert "review:compelling_grounds" in keys(RequestType.OBJECTION, mandatory=True)


def test_a_no_to_marketing_is_not_weighed():
    assert keys(RequestType.MARKETING_OPTOUT) == ["review:block", "stop:mailchimp", "stop:hubspot"]
    assert TaskAction.KEEP not in {task.action for task in checklist(RequestType.MARKETING_OPTOUT, REGISTER)}


def test_a_withdrawn_consent_ends_what_rested_on_it():
    consented = {"mailchimp", "hubspot", "teamtailor", "choice_hr"}

    assert systems(RequestType.CONSENT_WITHDRAWAL, TaskAction.STOP) == consented
    assert systems(RequestType.CONSENT_WITHDRAWAL, TaskAction.ERASE) == consented
    assert {key.partition(":")[0] for key in keys(RequestType.CONSENT_WITHDRAWAL, mandatory=True)} == {"stop"}


def test_the_list_of_processors_is_given_and_a_complaint_is_told_where_else_to_go():
    assert keys(RequestType.PROCESSOR_LIST) == ["inform:processor_list"]
    assert keys(RequestType.COMPLAINT) == ["review:complaint", "inform:authority"]


@pytest.mark.parametrize("request_type", RequestType)
def test_every_type_has_tasks_with_words_and_a_provision_each_under_its_own_key(request_type):
    tasks = checklist(request_type, REGISTER)

    assert tasks
    assert len({task.key for task in tasks}) == len(tasks)
    for task in tasks:
        assert task.title
        assert task.instruction
        assert "{" not in task.title + task.instruction + task.why
        assert "rtikel" in task.why or "lagen" in task.why
        assert task.action.label


@pytest.mark.parametrize("request_type", RequestType)
def test_a_client_s_data_are_never_handled_by_us_but_forwarded_at_most(request_type):
    tasks = [task for task in checklist(request_type, REGISTER) if task.system_id == "client_assignments"]

    assert {task.action for task in tasks} <= {TaskAction.FORWARD}
    assert not any(task.is_mandatory for task in tasks)


def test_a_company_without_a_register_has_no_checklists():
    assert [checklist(request_type, NO_SYSTEMS) for request_type in RequestType] == [()] * len(RequestType)


def test_what_is_done_or_does_not_apply_is_settled_and_what_is_optional_holds_nothing_up():
    tasks = checklist(RequestType.MARKETING_OPTOUT, REGISTER)

    assert open_mandatory({}, tasks) == tasks
    states = {"review:block": TaskState.DONE, "stop:mailchimp": TaskState.NOT_APPLICABLE}
    assert [task.key for task in open_mandatory(states, tasks)] == ["stop:hubspot"]
    assert open_mandatory({}, [task for task in checklist(RequestType.ACCESS, REGISTER) if not task.is_mandatory]) == ()


def test_whoever_grants_must_have_done_it_and_whoever_refuses_need_not():
    assert {end for end in Resolution if needs_finished_checklist(end)} == {
        Resolution.GRANTED,
        Resolution.PARTLY_GRANTED,
    }
    assert not needs_finished_checklist(None)


def test_only_what_does_not_apply_needs_a_reason():
    assert [state for state in TaskState if note_is_needed(state)] == [TaskState.NOT_APPLICABLE]
