"""The page on which a person plays the phone: what it shows, what it does, that it needs nothing inline."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from lxml import html

from identity.bankid import qr_text
from identity.simulator.app import create_app
from identity.simulator.config import SimulatorConfig
from identity.simulator.personas import PERSONAS

TEXT = "Begäran <b>om</b> radering\nav allt"
SIGN = {
    "endUserIp": "192.0.2.1",
    "userVisibleData": base64.b64encode(TEXT.encode()).decode(),
    "returnUrl": "http://127.0.0.1:9/chat/bankid/return?nonce=n",
}
CODE = {"persona": "astrid", "code": "123456"}


@pytest.fixture
async def started(simulator):
    return (await simulator.http.post("/rp/v6.0/sign", json=SIGN)).json()


async def opened(simulator, started):
    """Open by launch link; return the order's page."""
    response = await simulator.http.get("/", params={"autostarttoken": started["autoStartToken"]})
    assert response.status_code == 303
    return response.headers["location"]


async def page(simulator, path):
    response = await simulator.http.get(path)
    return response, html.fromstring(response.text)


async def result(simulator, started):
    answer = await simulator.http.post("/rp/v6.0/collect", json={"orderRef": started["orderRef"]})
    return answer.json()


async def test_the_home_page_says_that_nobody_waits_and_then_that_somebody_does(simulator):
    _, before = await page(simulator, "/waiting")
    await simulator.http.post("/rp/v6.0/sign", json=SIGN)
    _, after = await page(simulator, "/waiting")

    assert not before.xpath("//li")
    assert len(after.xpath("//li")) == 1


async def test_scanning_what_the_screen_shows_opens_the_newest_order(simulator, clock, started):
    clock.advance(seconds=2)
    newer = (await simulator.http.post("/rp/v6.0/sign", json=SIGN)).json()

    response = await simulator.http.post("/scan")

    assert response.status_code == 303
    assert (await result(simulator, newer))["hintCode"] == "started"
    assert (await result(simulator, started))["hintCode"] == "outstandingTransaction"


async def test_a_pasted_frame_opens_its_order(simulator, started):
    frame = qr_text(started["qrStartToken"], started["qrStartSecret"], 0)

    response = await simulator.http.post("/scan", data={"frame": f" {frame} "})

    assert response.status_code == 303


@pytest.mark.parametrize("frame", ["", "nonsense", "bankid.a.0.b"])
async def test_what_cannot_be_scanned_is_explained(simulator, frame):
    response = await simulator.http.post("/scan", data={"frame": frame})

    assert response.status_code == 409
    assert html.fromstring(response.text).xpath("//*[@role='alert']")[0].text_content().strip()


async def test_the_order_shows_who_asks_what_is_signed_and_who_one_may_be(simulator, started):
    _, document = await page(simulator, await opened(simulator, started))

    assert document.xpath("//*[@class='visible-text']")[0].text == TEXT
    assert "Insyn" in document.text_content()
    for persona in PERSONAS:
        [radio] = document.xpath(f"//input[@value='{persona.key}']")
        label = document.xpath(f"//label[@for='{radio.get('id')}']")[0].text_content()
        assert persona.name in label
        assert persona.personal_number in label


async def test_signing_after_a_launch_link_leads_back_to_the_relying_party(simulator, started):
    response = await simulator.http.post(await opened(simulator, started) + "/sign", data=CODE)

    assert (response.status_code, response.headers["location"]) == (303, SIGN["returnUrl"])
    completed = await result(simulator, started)
    assert completed["completionData"]["user"]["givenName"] == "Astrid"
    assert completed["completionData"]["device"]["ipAddress"] == "192.0.2.17"  # where the page was used from


async def test_signing_after_a_scan_leads_nowhere_else(simulator, started):
    path = (await simulator.http.post("/scan")).headers["location"]

    response = await simulator.http.post(path + "/sign", data=CODE)

    assert response.status_code == 200
    assert (await result(simulator, started))["status"] == "complete"


@pytest.mark.parametrize(
    "wrong", [{"code": "12345"}, {"code": "12345a"}, {"code": "１２３４５６"}, {"persona": "nobody"}]
)
async def test_no_signature_without_code_and_person(simulator, started, wrong):
    path = await opened(simulator, started)

    response = await simulator.http.post(path + "/sign", data=CODE | wrong)

    assert response.status_code == 422
    document = html.fromstring(response.text)
    [field] = document.xpath("//input[@id='code']")
    assert field.get("aria-invalid") == "true"
    assert document.get_element_by_id("code-error").text.strip()
    assert (await result(simulator, started))["status"] == "pending"


@pytest.mark.parametrize("hint", ["userCancel", "certificateErr", "userDeclinedCall", "expiredTransaction"])
async def test_not_signing(simulator, started, hint):
    path = await opened(simulator, started)
    _, document = await page(simulator, path)
    assert document.xpath(f"//button[@name='hint' and @value='{hint}']")

    await simulator.http.post(path + "/stop", data={"hint": hint})

    assert (await result(simulator, started))["hintCode"] == hint


async def test_an_order_that_is_over_cannot_be_signed(simulator, started):
    path = await opened(simulator, started)
    await simulator.http.post(path + "/stop")

    assert (await simulator.http.post(path + "/sign", data=CODE)).status_code == 404
    assert (await result(simulator, started))["status"] == "failed"


async def test_a_used_launch_link_says_so(simulator, started):
    path = await opened(simulator, started)
    assert await opened(simulator, started) == path  # the same app, opened again
    await simulator.http.post(path + "/stop")

    response = await simulator.http.get("/", params={"autostarttoken": started["autoStartToken"]})
    assert response.status_code == 409


async def test_the_pages_need_nothing_inline_and_name_every_field(simulator, started):
    path = await opened(simulator, started)
    failed = await simulator.http.post(path + "/sign", data={})
    texts = [(await simulator.http.get("/")).text, (await simulator.http.get(path)).text, failed.text]
    texts.append((await simulator.http.post(path + "/stop")).text)

    for text in texts:
        document = html.fromstring(text)
        assert document.get("lang") == "sv"
        assert len(document.xpath("//h1")) == 1
        assert not document.xpath("//style | //script[not(@src)] | //*[@style] | //*[@onclick]")
        for field in document.xpath("//input | //select"):
            assert document.xpath(f"//label[@for='{field.get('id')}']"), field.get("name")


async def test_the_security_policy_allows_only_its_own_files(simulator):
    response, document = await page(simulator, "/")

    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    for link in [*document.xpath("//link/@href"), *document.xpath("//script/@src")]:
        assert not urlsplit(link).netloc
        assert (await simulator.http.get(link)).status_code == 200


def test_no_certificate_lies_in_the_repository():
    import identity

    package = Path(identity.__file__).parent
    kept = [path for path in package.rglob("*") if path.suffix in {".pem", ".p12", ".key", ".crt"}]

    assert kept == []


# mail that a development machine does not send


async def test_the_outbox_is_shown_newest_first_and_escaped(authority, tmp_path, clock):
    from foundation.mail import Mail, OutboxMailer

    outbox = OutboxMailer(tmp_path / "outbox", sender="insyn@localhost", clock=clock)
    app = create_app(SimulatorConfig(directory=authority.files.directory, outbox=tmp_path / "outbox"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bankid.test") as http:
        assert "Inga mejl" in (await http.get("/mail")).text
        await outbox.send(Mail(to="anna@example.se", subject="Första", text="Din kod är 123 456\n"))
        clock.advance(seconds=1)
        await outbox.send(Mail(to="anna@example.se", subject="Andra <b>", text="<script>x</script>\n"))
        (tmp_path / "outbox" / "odd.eml").write_bytes(b"Content-Type: multipart/mixed\n\nx")
        page = (await http.get("/mail")).text

    assert page.index("Andra &lt;b&gt;") < page.index("Första")
    assert "123 456" in page
    assert "<script>x" not in page


async def test_without_an_outbox_there_is_no_page_of_it(authority):
    app = create_app(SimulatorConfig(directory=authority.files.directory))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bankid.test") as http:
        assert (await http.get("/mail")).status_code == 404
        assert "Utkorg" not in (await http.get("/")).text
