"""A request that came by e-mail, telephone or letter: its clock starts on the day it came."""

import pytest

from cases.console import texts
from cases.drafts import Channel
from cases.views import CaseFilter
from privacy.request_types import RequestType

pytestmark = pytest.mark.database

NEW = "/console/cases/new"
LETTER = {
    "request_type": "access",
    "channel": "letter",
    "received_on": "2026-02-27",
    "name": "Karl Testsson",
    "contact_email": "Karl@Example.se",
    "words": "Jag vill veta allt om hunden Bosse",
}


async def test_it_is_registered_with_its_own_day_of_receipt(annas_browser, service, anna):
    await annas_browser.open("/console/cases")
    [link] = annas_browser.find("//a[text()='Registrera begäran']/@href")
    await annas_browser.open(link)
    reference = annas_browser.form(NEW)["reference"]

    await annas_browser.send(NEW, **LETTER)

    assert str(annas_browser.answer.url).split("?")[0].endswith(f"/console/cases/{reference}")
    for shown in ("Karl Testsson", "hunden Bosse", "27 februari 2026", "Brev"):
        assert shown in annas_browser.text
    case = await service.read(reference)
    assert (case.request_type, case.channel, case.received_on.isoformat(), case.due_on.isoformat()) == (
        RequestType.ACCESS,
        Channel.LETTER,
        "2026-02-27",
        "2026-03-27",
    )
    [registered] = [event for event in await service.events(reference) if event.kind == "case_registered"]
    assert (registered.actor_id, registered.facts["received_on"]) == (str(anna.id), "2026-02-27")
    assert len((await service.list_cases(CaseFilter(contact_email="karl@example.se"))).items) == 1


async def test_sent_twice_it_is_one_case(annas_browser, service):
    await annas_browser.open(NEW)
    fields = annas_browser.form(NEW) | LETTER

    for _ in range(2):
        await annas_browser.post(NEW, fields)
        assert annas_browser.answer.status_code == 200
    await annas_browser.post(NEW, fields | {"channel": "phone"})

    assert annas_browser.answer.status_code == 409
    assert len((await service.list_cases()).items) == 1


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"received_on": "2026-03-11"}, texts.RECEIVED_IN_FUTURE),
        ({"received_on": "i går"}, texts.REGISTRATION_INCOMPLETE),
        ({"channel": "chat"}, texts.REGISTRATION_INCOMPLETE),
        ({"request_type": ""}, texts.REGISTRATION_INCOMPLETE),
        ({"contact_email": "ingen adress"}, texts.NO_ADDRESS),
    ],
)
async def test_what_is_missing_is_said_and_what_was_written_stays(annas_browser, service, changed, problem):
    await annas_browser.open(NEW)

    await annas_browser.send(NEW, **LETTER | changed)

    assert annas_browser.answer.status_code == 422
    assert annas_browser.find("//*[@role='alert']/text()") == [problem]
    assert annas_browser.form(NEW)["words"] == LETTER["words"]
    assert (await service.list_cases()).items == ()
