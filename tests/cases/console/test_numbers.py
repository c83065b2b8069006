"""Numbers that staff block by hand, in the console: what to do where, seen on the block, never overwritten unseen."""

from dataclasses import replace

import pytest

from cases.console import connector_texts, texts
from cases.drafts import MarketingBlockDraft, MarketingChannel
from cases.service import CaseService
from privacy.calendar import WorkingCalendar
from privacy.checklist import TaskState
from privacy.systems import Handling
from tests.register import REGISTER

pytestmark = pytest.mark.database

BLOCKS = "/console/marketing-blocks"
NUMBER = "+46701234567"
FORM = f"//form[starts-with(@action, '{BLOCKS}/numbers/')]/@action"


@pytest.fixture
def config(config):
    return replace(config, systems=REGISTER)


@pytest.fixture
def service(sessions, key_ring, clock):
    return CaseService(sessions, key_ring=key_ring, clock=clock, calendar=WorkingCalendar(), systems=REGISTER)


@pytest.fixture
async def blocked(service, references, clock):
    draft = MarketingBlockDraft(next(references), MarketingChannel.PHONE, NUMBER, clock())
    await service.block_marketing(draft)
    return draft


async def test_what_is_to_be_done_where_stands_on_the_page_with_the_number_on_request(annas_browser, blocked, sessions):
    await annas_browser.open(BLOCKS)

    for system in REGISTER.reaching_numbers:
        assert system.name in annas_browser.text
        assert system.instructions[Handling.STOP_CALLS] in annas_browser.text
        assert f"{system.name}: {connector_texts.BY_HAND[TaskState.OPEN]}" in annas_browser.text
    assert NUMBER not in annas_browser.answer.text
    [show] = [action for action in annas_browser.find(FORM) if action.endswith("/show")]
    await annas_browser.send(show)
    assert NUMBER in annas_browser.text


async def test_a_number_is_blocked_system_by_system_and_seen_so(annas_browser, blocked):
    await annas_browser.open(BLOCKS)
    for state, action in zip(
        ("done", "not_applicable"),
        [action for action in annas_browser.find(FORM) if not action.endswith("/show")],
        strict=True,
    ):
        await annas_browser.send(action, state=state)
        assert texts.DONE["number-task"] in annas_browser.text

    assert annas_browser.find(FORM) == []
    for state in (TaskState.DONE, TaskState.NOT_APPLICABLE):
        assert connector_texts.BY_HAND[state] in annas_browser.text


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"state": "burned"}, 400), ({"seen": "x"}, 400), ({"seen": "7"}, 409), ({"form_token": "x"}, 403)],
)
async def test_a_form_that_does_not_fit_changes_nothing(annas_browser, blocked, changes, status):
    await annas_browser.open(BLOCKS)
    action = next(action for action in annas_browser.find(FORM) if not action.endswith("/show"))

    answer = await annas_browser.post(action, annas_browser.form(action) | {"state": "done"} | changes)

    assert answer.status_code == status
    await annas_browser.open(BLOCKS)
    assert len(annas_browser.find(FORM)) == len(REGISTER.reaching_numbers) + 1


async def test_a_task_that_is_gone_is_said_to_be(annas_browser, blocked, service):
    await annas_browser.open(BLOCKS)
    action = next(action for action in annas_browser.find(FORM) if not action.endswith("/show"))
    fields = annas_browser.form(action) | {"state": "done"}
    await annas_browser.send(f"{BLOCKS}/{blocked.reference}/lift", own_wish="1")

    answer = await annas_browser.post(action, fields)

    assert answer.status_code == 404
    assert connector_texts.NO_SUCH_TASK in annas_browser.text
