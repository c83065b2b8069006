"""Files in the console: brought in by a form, saved by the browser, never shown, deleted for good."""

import re

import pytest

from cases.console import file_texts
from cases.console.guard import FORM_TOKEN_FIELD
from cases.files.errors import Refusal
from tests.cases.console.staff_browser import StaffBrowser

pytestmark = pytest.mark.database

PDF = ("lön mars.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 999, "application/pdf")
HTML = ("sida.html", b"<!doctype html><script>alert(1)</script>", "text/html")


@pytest.fixture
async def address(service, draft) -> str:
    await service.register(draft)
    return f"/console/cases/{draft.reference}/files"


async def send_files(browser: StaffBrowser, address: str, *files, token: str | None = None, **headers: str):
    await browser.open(address)
    fields = browser.form(address)
    data = {FORM_TOKEN_FIELD: fields[FORM_TOKEN_FIELD] if token is None else token}
    browser.answer = await browser.client.post(
        address, data=data, files=[("file", file) for file in files], headers={"Origin": browser.origin} | headers
    )
    return browser.answer


async def test_a_file_is_brought_saved_and_deleted(annas_browser, address, service, draft):
    await send_files(annas_browser, address, PDF)
    assert annas_browser.answer.status_code == 200
    [link] = annas_browser.find("//table//th/a")
    assert link.text == "lön mars.pdf"

    answer = await annas_browser.open(link.get("href"))

    assert answer.content == PDF[1]
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "script-src" not in answer.headers["content-security-policy"]
    assert answer.headers["content-length"] == str(len(PDF[1]))

    await annas_browser.open(address)
    await annas_browser.send(link.get("href") + "/delete")
    assert annas_browser.find("//table") == []
    assert (await annas_browser.open(link.get("href"))).status_code == 404
    kinds = [event.kind for event in await service.events(draft.reference) if event.kind.startswith("file")]
    assert kinds == ["file_stored", "file_downloaded", "file_deleted"]
    await annas_browser.open(address.removesuffix("/files"))
    assert "PDF, 256 kB" in annas_browser.text


async def test_one_that_is_refused_does_not_undo_the_others_and_is_named(annas_browser, address):
    await send_files(annas_browser, address, PDF, HTML)

    assert annas_browser.answer.status_code == 422
    [problem] = annas_browser.find("//*[@role='alert']/text()")
    assert "sida.html" in problem
    assert file_texts.REFUSALS[Refusal.UNKNOWN_TYPE] in problem
    assert [link.text for link in annas_browser.find("//table//th/a")] == ["lön mars.pdf"]


async def test_a_forged_form_is_refused_before_a_file_is_read(annas_browser, address, service, draft):
    for token, headers in (("", {}), ("forged", {}), (None, {"Origin": "https://evil.example"})):
        await send_files(annas_browser, address, PDF, token=token, **headers)
        assert annas_browser.answer.status_code == 403

    boundary = "x"
    late_token = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-\r\n--{boundary}--'
    )
    answer = await annas_browser.client.post(
        address,
        content=late_token,
        headers={"Origin": annas_browser.origin, "Content-Type": f"multipart/form-data; boundary={boundary}"},
    )
    assert answer.status_code == 403
    assert not any(event.kind == "file_stored" for event in await service.events(draft.reference))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nothing like a form",
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7 that never ends',
        b"--x\r\n" + b"A" * 70_000 + b": b\r\n\r\n--x--",
    ],
)
async def test_a_broken_body_is_refused(annas_browser, address, service, draft, body):
    await annas_browser.open(address)
    token = annas_browser.form(address)[FORM_TOKEN_FIELD].encode()
    field = b'--x\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n' + token + b"\r\n"
    headers = {"Origin": annas_browser.origin, "Content-Type": "multipart/form-data; boundary=x"}

    answer = await annas_browser.client.post(
        address, content=(field if body[:3] == b"--x" else b"") + body, headers=headers
    )

    assert 400 <= answer.status_code < 500
    assert not any(event.kind == "file_stored" for event in await service.events(draft.reference))


async def test_who_is_not_logged_in_reaches_nothing(browser, annas_browser, address, new_browser):
    await send_files(annas_browser, address, PDF)
    [link] = annas_browser.find("//table//th/a/@href")
    stranger = new_browser()

    assert (await stranger.client.get(link, follow_redirects=False)).status_code == 303
    assert re.search("/login", str((await stranger.open(address)).url))


async def test_without_a_file_it_says_so(annas_browser, address):
    await send_files(annas_browser, address, ("", b"", "application/octet-stream"))

    assert annas_browser.find("//*[@role='alert']/text()") == [file_texts.NO_FILE]
