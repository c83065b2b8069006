"""The checklist on a case's page: seen, worked, and named when it is in the way."""

from dataclasses import replace

import pytest

from cases.checklists import Checklists
from cases.console import texts
from cases.drafts import Actor
from privacy.case_states import CaseStatus
from privacy.checklist import TaskState
from privacy.request_types import RequestType
from tests.register import REGISTER

pytestmark = pytest.mark.database

BO = Actor.officer("77")


@pytest.fixture
def config(config):
    return replace(config, systems=REGISTER)


@pytest.fixture
def checklists(sessions, key_ring, clock):
    return Checklists(sessions, key_ring=key_ring, clock=clock, register=REGISTER)


@pytest.fixture
async def case(service, another):
    draft = another(request_type=RequestType.MARKETING_OPTOUT)
    await service.register(draft)
    return draft


def address(draft) -> str:
    return f"/console/cases/{draft.reference}"


def task_form(browser, case, key: str) -> dict[str, str]:
    [number] = [
        n
        for n, found in enumerate(browser.find(f"//form[@action='{address(case)}/tasks']//input[@name='key']/@value"))
        if found == key
    ]
    return browser.form(f"{address(case)}/tasks", number=number)


async def mark(browser, case, task: str, /, **values: str):
    return await browser.post(f"{address(case)}/tasks", task_form(browser, case, task) | values)


async def test_the_page_says_what_is_to_be_done_how_and_why(annas_browser, case):
    await annas_browser.open(address(case))

    assert "0 av 3 klara." in annas_browser.text
    assert texts.MANDATORY_OPEN.format(count=3) in annas_browser.text
    assert REGISTER.system("hubspot").instructions["stop"] in annas_browser.text
    assert annas_browser.find("//span[@class='task-title']/text()") == [
        "Kontrollera att spärren är införd",
        "Avsluta behandlingen i Mailchimp",
        "Avsluta behandlingen i Hubspot",
    ]


async def test_a_task_is_done_and_the_history_shows_which(annas_browser, case):
    await annas_browser.open(address(case))

    await mark(annas_browser, case, "stop:hubspot", state="done", note="Avregistrerad.")

    assert texts.DONE["task"] in annas_browser.text
    assert "1 av 3 klara." in annas_browser.text
    assert "Anna Berg" in annas_browser.text
    assert "Avsluta behandlingen i Hubspot: klar" in annas_browser.text
    assert task_form(annas_browser, case, "stop:hubspot")["note"] == "Avregistrerad."


async def test_what_does_not_apply_needs_a_reason_and_what_was_chosen_stays(annas_browser, case):
    await annas_browser.open(address(case))

    answer = await mark(annas_browser, case, "stop:mailchimp", state="not_applicable", note="")

    assert answer.status_code == 422
    assert texts.TASK_NOTE_MISSING in annas_browser.text
    assert task_form(annas_browser, case, "stop:mailchimp")["state"] == "not_applicable"
    assert len(annas_browser.find("//details[contains(@class, 'task') and @open]")) == 1
    assert "0 av 3 klara." in annas_browser.text


async def test_a_colleague_s_change_is_not_overwritten_and_one_s_words_are_not_lost(annas_browser, case, checklists):
    await annas_browser.open(address(case))
    await checklists.set_state(
        case.reference, "stop:mailchimp", to=TaskState.DONE, seen=TaskState.OPEN, note="Bo gjorde det.", actor=BO
    )

    answer = await mark(annas_browser, case, "stop:mailchimp", state="not_applicable", note="Finns inte där.")

    assert answer.status_code == 409
    assert texts.STALE_TASK in annas_browser.text
    assert task_form(annas_browser, case, "stop:mailchimp")["note"] == "Finns inte där."
    states = {task.key: task.state for task in await checklists.of_case(case.reference, actor=BO)}
    assert states["stop:mailchimp"] is TaskState.DONE


async def test_a_grant_that_claims_too_much_is_refused_with_what_is_left(annas_browser, case, service):
    await annas_browser.open(address(case))
    await mark(annas_browser, case, "review:block", state="done", note="")
    await mark(annas_browser, case, "stop:hubspot", state="done", note="")

    steps = [form.fields["to"] for form in annas_browser.page.forms if form.action == f"{address(case)}/transitions"]
    answer = await annas_browser.send(
        f"{address(case)}/transitions", number=steps.index("decided"), resolution="granted", note="Allt klart."
    )

    assert answer.status_code == 409
    assert texts.UNFINISHED_CHECKLIST.format(tasks="Avsluta behandlingen i Mailchimp") in annas_browser.text
    assert "Allt klart." in annas_browser.answer.text
    assert (await service.read(case.reference)).status is CaseStatus.RECEIVED

    await mark(annas_browser, case, "stop:mailchimp", state="not_applicable", note="Finns inte där.")
    await annas_browser.send(
        f"{address(case)}/transitions", number=steps.index("decided"), resolution="granted", note="Allt klart."
    )
    assert (await service.read(case.reference)).status is CaseStatus.DECIDED


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"state": "burned"}, 400), ({"seen": ""}, 400), ({"key": "erase:mailchimp"}, 404), ({"form_token": "x"}, 403)],
)
async def test_forms_of_other_makes_change_nothing(annas_browser, case, checklists, changes, status):
    await annas_browser.open(address(case))

    answer = await mark(annas_browser, case, "stop:hubspot", **({"state": "done"} | changes))

    assert answer.status_code == status
    assert not any(task.state.is_settled for task in await checklists.of_case(case.reference, actor=BO))


async def test_a_note_is_shown_as_text(annas_browser, case):
    await annas_browser.open(address(case))

    await mark(annas_browser, case, "stop:hubspot", state="done", note="</textarea><script>alert(1)</script>")

    assert annas_browser.find("//main//script") == []
