"""Forms that somebody else made, and headers that keep pages where they belong."""

import pytest

from cases.console.headers import CONTENT_SECURITY_POLICY
from tests.cases.console.conftest import PASSWORD

pytestmark = pytest.mark.database

CASE = "/console/cases"


@pytest.fixture
async def case_path(service, draft) -> str:
    await service.register(draft)
    return f"{CASE}/{draft.reference}"


async def events_of(service, draft) -> list[str]:
    return [event.kind for event in await service.events(draft.reference)]


async def test_a_form_without_its_token_changes_nothing(annas_browser, case_path, service, draft):
    await annas_browser.open(case_path)
    before = await events_of(service, draft)

    answer = await annas_browser.post(f"{case_path}/notes", {"text": "hej"})

    assert answer.status_code == 403
    assert await events_of(service, draft) == before


@pytest.mark.parametrize("token", ["", "AAAA", "å" * 43])
async def test_a_form_with_an_invented_token_changes_nothing(annas_browser, case_path, service, draft, token):
    await annas_browser.open(case_path)

    answer = await annas_browser.post(f"{case_path}/notes", {"text": "hej", "form_token": token})

    assert answer.status_code == 403
    assert "note_written" not in await events_of(service, draft)


async def test_a_form_with_another_sessions_token_changes_nothing(
    annas_browser, new_browser, colleague, case_path, service, draft
):
    bo = await colleague("bo", display_name="Bo Ek")
    bos_browser = new_browser()
    await bos_browser.log_in(bo.name, bo.password)
    await bos_browser.open(case_path)
    bos_form = bos_browser.form(f"{case_path}/notes")

    answer = await annas_browser.post(f"{case_path}/notes", bos_form | {"text": "hej"})

    assert answer.status_code == 403
    assert "note_written" not in await events_of(service, draft)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "", "http://console.test.evil.example", "https://console.test"]
)
async def test_a_form_from_another_origin_changes_nothing_even_with_the_right_token(
    annas_browser, case_path, service, draft, origin
):
    await annas_browser.open(case_path)
    form = annas_browser.form(f"{case_path}/notes")

    answer = await annas_browser.post(f"{case_path}/notes", form | {"text": "hej"}, Origin=origin)

    assert answer.status_code == 403
    assert "note_written" not in await events_of(service, draft)


async def test_the_same_form_from_our_own_page_is_taken(annas_browser, case_path, service, draft):
    await annas_browser.open(case_path)

    answer = await annas_browser.send(f"{case_path}/notes", text="hej")

    assert answer.status_code == 200
    assert "note_written" in await events_of(service, draft)


async def test_nobody_can_log_somebody_in_from_another_site(browser, anna):
    await browser.open("/console/login")
    form = browser.form("/console/login") | {"name": anna.name, "password": PASSWORD}

    answer = await browser.post("/console/login", form, Origin="https://evil.example")
    without_token = await browser.post("/console/login", {"name": anna.name, "password": PASSWORD})

    assert (answer.status_code, without_token.status_code) == (403, 403)
    await browser.open("/console/cases")
    assert browser.answer.url.path == "/console/login"


async def test_nobody_can_log_somebody_out_from_another_site(annas_browser):
    answer = await annas_browser.post("/console/logout", {})

    assert answer.status_code == 403
    await annas_browser.open("/console/cases")
    assert annas_browser.answer.url.path == "/console/cases"


async def test_every_form_that_changes_something_carries_the_token(annas_browser, case_path):
    for path in ("/console/cases", case_path, "/console/password", "/console/handoffs"):
        await annas_browser.open(path)
        posting = [form for form in annas_browser.page.forms if form.method == "POST"]
        assert posting
        assert all(form.fields.get("form_token") for form in posting), path


async def test_a_form_that_is_too_large_is_refused(annas_browser, case_path, service, draft):
    await annas_browser.open(case_path)

    answer = await annas_browser.send(f"{case_path}/notes", text="x" * 100_000)

    assert answer.status_code == 413
    assert "note_written" not in await events_of(service, draft)


@pytest.mark.parametrize(
    "path", ["/console/login", "/console/cases", "/console/nothing", "/console/static/console.css"]
)
async def test_every_answer_forbids_what_browsers_should_not_do(annas_browser, path):
    answer = await annas_browser.open(path)

    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"


async def test_pages_are_kept_in_no_cache_and_static_files_in_every(annas_browser):
    page = await annas_browser.open("/console/cases")
    [style] = annas_browser.find("//link[@rel='stylesheet']/@href")
    sheet = await annas_browser.open(style)

    assert page.headers["cache-control"] == "no-store"
    assert "immutable" in sheet.headers["cache-control"]
    assert sheet.status_code == 200


async def test_no_page_has_inline_script_or_style(annas_browser, case_path, edge, clock):
    conversation = edge.visitor_waits(since=clock())
    for path in ("/console/cases", case_path, "/console/handoffs", f"/console/handoffs/{conversation.id}"):
        await annas_browser.open(path)
        assert annas_browser.find("//script[not(@src)] | //style | //@style | //@*[starts-with(name(), 'on')]") == []


async def test_an_error_of_ours_says_so_in_swedish_and_keeps_the_headers(annas_browser, service, monkeypatch):
    async def broken(*_arguments, **_named):
        raise RuntimeError("a secret that must not show")

    monkeypatch.setattr(type(service), "list_cases", broken)

    answer = await annas_browser.open("/console/cases")

    assert answer.status_code == 500
    assert "Något gick fel" in annas_browser.text
    assert "secret" not in answer.text
    assert "content-security-policy" in answer.headers


async def test_an_address_that_leads_nowhere_is_a_page_of_its_own(annas_browser):
    for path in ("/console/nothing", "/console/handoffs/not-a-uuid", "/console/cases/AR-0000-0001"):
        answer = await annas_browser.open(path)
        assert answer.status_code == 404
        assert annas_browser.find("//main//h1")


async def test_the_console_itself_leads_to_the_cases(annas_browser):
    for path in ("/console", "/console/"):
        await annas_browser.open(path)
        assert annas_browser.answer.url.path == "/console/cases"
