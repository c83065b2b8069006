"""The package in the console: chosen, looked through, released by a second step, taken back."""

import io
import zipfile
from dataclasses import replace as replaced

import pytest

from cases.config import CasesConfig
from cases.console import package_texts
from cases.drafts import NOBODY
from privacy.request_types import RequestType
from tests.register import REGISTER

pytestmark = pytest.mark.database


@pytest.fixture
def config(config: CasesConfig) -> CasesConfig:
    return replaced(config, systems=REGISTER)


@pytest.fixture
async def address(service, draft, edge, clock) -> str:
    conversation = edge.visitor_waits(since=clock())
    await service.register(replaced(draft, conversation_id=conversation.id))
    return f"/console/cases/{draft.reference}/package"


def package_address(browser, address: str) -> str:
    [page] = browser.find(f"//a[starts-with(@href, '{address}/') and contains(@href, '/page')]/@href")
    return page.removesuffix("/page")


async def test_it_is_prepared_looked_through_and_released(annas_browser, address, service, draft):
    await annas_browser.open(address)
    assert annas_browser.form(address)["system-assistant"] == "1"
    await annas_browser.send(address, **{"system-mailchimp": "1"})
    own = package_address(annas_browser, address)

    preview = await annas_browser.open(f"{own}/page")
    assert "hunden Bosse" in preview.text
    assert "Hur länge sparas mitt samtal?" in preview.text
    assert "Mailchimp" in preview.text
    policy = preview.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy
    archive = zipfile.ZipFile(io.BytesIO((await annas_browser.open(f"{own}/content")).content))
    assert archive.read("registerutdrag.html").decode() == preview.text

    await annas_browser.open(address)
    await annas_browser.send(f"{own}/release")
    assert annas_browser.answer.status_code == 422
    assert annas_browser.find("//*[@role='alert']/text()") == [package_texts.NOT_REVIEWED]
    await annas_browser.send(f"{own}/release", reviewed="1")
    assert "Utlämnat av Anna Berg" in annas_browser.text

    kinds = [event.kind for event in await service.events(draft.reference) if "opened" not in event.kind]
    assert kinds[1:] == ["package_prepared", "package_shown", "file_downloaded", "package_released"]
    await annas_browser.open(address.removesuffix("/package"))
    assert "Kan hämtas till och med 9 april 2026" in annas_browser.text
    await annas_browser.open(address)
    await annas_browser.send(f"{own}/withdraw")
    assert annas_browser.form(address)
    assert (await annas_browser.open(f"{own}/page")).status_code == 404


async def test_a_stale_page_releases_nothing(annas_browser, address):
    await annas_browser.open(address)
    await annas_browser.send(address)
    own = package_address(annas_browser, address)
    old = annas_browser.form(f"{own}/release")
    await annas_browser.send(address)

    await annas_browser.post(f"{own}/release", old | {"reviewed": "1"})

    assert annas_browser.answer.status_code == 409
    assert annas_browser.find("//*[@role='alert']/text()") == [package_texts.NO_LONGER]
    assert package_address(annas_browser, address) != own


async def test_when_the_chat_is_down_nothing_is_made_and_it_says_so(annas_browser, address, edge):
    await annas_browser.open(address)
    edge.is_down = True

    await annas_browser.send(address)

    assert annas_browser.answer.status_code == 503
    assert annas_browser.find("//*[@role='alert']/text()") == [package_texts.CHAT_IS_DOWN]


async def test_cases_without_a_package_have_no_page_for_one_and_unidentified_people_are_pointed_out(
    annas_browser, service, another
):
    await service.register(erasure := another(request_type=RequestType.ERASURE))
    await service.register(unidentified := another(identity=NOBODY, conversation_id=None))

    assert (await annas_browser.open(f"/console/cases/{erasure.reference}/package")).status_code == 404
    await annas_browser.open(f"/console/cases/{unidentified.reference}/package")
    assert package_texts.NOT_IDENTIFIED in annas_browser.text
