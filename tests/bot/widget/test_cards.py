"""What hangs on messages: the source that unfolds, the BankID card in each state, the receipt."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Locator, Route, expect

from tests.bot.widget import scenes
from tests.bot.widget.conftest import Chat, both_sizes

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


# The source


@both_sizes
async def test_the_source_unfolds_to_the_passage_its_version_and_the_way_to_its_section(chat: Chat) -> None:
    await chat.open()
    await chat.ask("Hur länge sparas inspelade samtal?")
    source = chat.log.locator(".citation")
    quote = source.get_by_text(scenes.QUOTE, exact=True)
    await expect(quote).to_be_hidden()

    await source.get_by_text("Källa: Hur länge lagrar vi uppgifterna?").click()

    await expect(quote).to_be_in_viewport()
    await expect(source).to_contain_text("version: 2026-11-23")
    async with chat.page.context.expect_page() as opened:
        await source.get_by_role("link", name="Läs hela avsnittet").click()
    policy = await opened.value
    assert policy.url == f"{chat.url}/policy?version=2026-11-23#hur-lange-lagrar-vi-uppgifterna"
    await expect(policy.get_by_role("heading", name="Hur länge lagrar vi uppgifterna?")).to_be_in_viewport()
    await expect(policy.get_by_text(scenes.QUOTE)).to_be_visible()


# BankID


async def test_what_is_to_be_signed_can_be_read_first(chat: Chat) -> None:
    await _offered(chat)
    await expect(chat.bankid).to_contain_text("Registerutdrag")
    await chat.bankid.get_by_text("Visa texten du skriver under").click()

    await expect(chat.bankid.locator("blockquote")).to_have_text(scenes.offered_identification()["visible_text"])


@both_sizes
async def test_a_phone_offers_itself_first_and_a_desk_the_code(chat: Chat, size: str) -> None:
    await _offered(chat)
    expected = ["Öppna BankID på den här enheten", "Visa QR-kod"]

    await expect(chat.bankid.get_by_role("button")).to_have_text(expected if size == "phone" else expected[::-1])


@both_sizes
async def test_the_code_changes_every_second_for_as_long_as_it_can_be_scanned(chat: Chat) -> None:
    await _offered(chat)
    await chat.bankid.get_by_role("button", name="Visa QR-kod").click()
    await expect(chat.bankid).to_contain_text("Öppna BankID-appen och skanna koden.")
    code = chat.page.get_by_role("img", name="QR-kod för BankID")
    await code.locator("img").wait_for()
    first = await _source(code)
    await expect(code).to_be_in_viewport(ratio=1)

    await chat.page.wait_for_timeout(2_300)
    assert 3 <= chat.edge.qr_frames <= 5
    assert await _source(code) != first

    chat.edge.identify(chat.edge.only, qr=False, message="Ange din säkerhetskod i appen och bekräfta.")
    await expect(chat.bankid).to_contain_text("Ange din säkerhetskod")
    await expect(code).to_be_hidden()
    frames = chat.edge.qr_frames
    await chat.page.wait_for_timeout(1_500)
    assert chat.edge.qr_frames == frames


async def test_the_code_has_a_spoken_alternative(chat: Chat) -> None:
    await _offered(chat)
    await chat.bankid.get_by_role("button", name="Visa QR-kod").click()

    await expect(chat.live_region).to_contain_text(
        "Du kan i stället öppna BankID på den här enheten, eller säga att du inte har BankID."
    )
    await chat.bankid.get_by_role("button", name="Jag har inte BankID").click()
    await expect(chat.bubbles("visitor").last).to_contain_text("Jag har inte BankID")


@pytest.mark.parametrize("mode", ["qr", "same_device"])
async def test_running_out_of_time_is_said_before_and_costs_nothing(chat: Chat, mode: str) -> None:
    await _offered(chat)
    chat.edge.identify(chat.edge.only, **scenes.started_identification(mode))

    await expect(chat.bankid).to_contain_text("Ungefär 3 minuter kvar." if mode == "qr" else "en halv minut kvar.")
    await expect(chat.bankid).to_contain_text("Hinner du inte kan du börja om, och det du har fyllt i finns kvar.")
    await expect(chat.bankid.get_by_role("button", name="Ge mig mer tid")).to_have_count(0)


@pytest.mark.parametrize("state", ["scanning", "opened", "code"])
async def test_shortly_before_the_time_is_out_it_is_announced_and_prolonged_by_one_press(
    chat: Chat, state: str
) -> None:
    await _offered(chat)
    if state == "code":
        pending = scenes.sent_code(scenes.EMAIL) | {"by_email": True}
    else:
        pending = scenes.started_identification("qr" if state == "scanning" else "same_device")
    chat.edge.identify(chat.edge.only, **(pending | {"ends_in_s": 61}))
    await expect(chat.bankid).to_contain_text("en minut kvar.")

    more = chat.bankid.get_by_role("button", name="Ge mig mer tid")
    await expect(more).to_be_visible()
    announced = await chat.announced()
    assert "Mindre än en minut kvar. Välj Ge mig mer tid om du behöver det. Det du har fyllt i finns kvar." in announced
    await chat.check_accessibility()
    await more.focus()
    await more.press("Enter")

    await expect(more).to_be_hidden()
    await expect(chat.bankid).not_to_contain_text("Mindre än en minut kvar.")
    assert chat.edge.only.identification["state"] == "pending"
    assert await chat.page.evaluate("document.activeElement.shadowRoot.activeElement.className") == "status"


async def test_nothing_more_is_said_of_time_when_nothing_waits(chat: Chat) -> None:
    await _offered(chat)
    chat.edge.identify(chat.edge.only, **scenes.started_identification("qr"))
    await expect(chat.bankid).to_contain_text("minuter kvar.")

    chat.edge.identify(chat.edge.only, **scenes.ended_identification("complete", "Tack!"))

    await expect(chat.bankid.locator(".time-left")).to_be_hidden()


async def test_the_same_device_opens_bankid_by_a_link(chat: Chat) -> None:
    await _offered(chat)
    await chat.bankid.get_by_role("button", name="Öppna BankID på den här enheten").click()

    link = chat.bankid.get_by_role("link", name="Öppna BankID")
    await expect(link).to_have_attribute("href", "bankid:///?autostarttoken=f9c1&redirect=null")
    await expect(link).to_have_attribute("referrerpolicy", "origin")
    assert chat.edge.qr_frames == 0


async def test_a_launch_link_that_is_no_link_to_bankid_is_not_offered(chat: Chat) -> None:
    await _offered(chat)
    chat.edge.identify(
        chat.edge.only, **scenes.started_identification("same_device") | {"launch_url": "javascript:alert(1)"}
    )

    await expect(chat.bankid.get_by_role("button", name="Avbryt")).to_be_visible()
    await expect(chat.bankid.get_by_role("link")).to_have_count(0)


async def test_what_the_card_offers_is_done_though_the_press_before_it_is_not_quite_done(chat: Chat) -> None:
    """The stream may tell of a start before its own answer comes; a press in between was lost once."""
    await _offered(chat)
    chat.edge.delay_of_start_s = 0.5
    await chat.bankid.get_by_role("button", name="Visa QR-kod").dblclick()
    await chat.bankid.get_by_role("button", name="Avbryt").click()

    await expect(chat.bankid).to_contain_text("Du avbröt.")
    assert chat.edge.starts == 1, "and pressed twice is begun once"


async def test_one_can_change_between_the_ways_and_give_up(chat: Chat) -> None:
    await _offered(chat)
    await chat.bankid.get_by_role("button", name="Visa QR-kod").click()
    await chat.bankid.get_by_role("button", name="Öppna BankID på den här enheten i stället").click()
    await chat.bankid.get_by_role("button", name="Visa QR-kod i stället").click()
    await expect(chat.bankid).to_contain_text("skanna koden")  # a card that is drawn anew under a press loses it
    await chat.bankid.get_by_role("button", name="Avbryt").click()

    await expect(chat.bankid).to_contain_text("Du avbröt.")
    await expect(chat.bankid.get_by_role("button", name="Visa QR-kod")).to_be_visible()


async def test_giving_up_counts_while_the_other_way_is_still_being_asked_for(chat: Chat) -> None:
    await _offered(chat)
    await chat.bankid.get_by_role("button", name="Visa QR-kod").click()
    await expect(chat.bankid).to_contain_text("skanna koden")
    given_up = asyncio.Event()

    async def slowly(route: Route) -> None:
        await given_up.wait()
        await route.continue_()

    await chat.page.route("**/chat/identifications/*/start", slowly)
    await chat.bankid.get_by_role("button", name="Öppna BankID på den här enheten i stället").click()
    await chat.bankid.get_by_role("button", name="Avbryt").click()
    given_up.set()

    await expect(chat.bankid).to_contain_text("Du avbröt.")


@both_sizes
@pytest.mark.parametrize("state", ["failed", "cancelled", "expired"])
async def test_an_ending_is_explained_and_offers_another_try_or_a_person(chat: Chat, state: str) -> None:
    await _offered(chat)
    chat.edge.identify(chat.edge.only, **scenes.ended_identification(state, "Appen svarade inte i tid."))

    await expect(chat.bankid).to_contain_text("Appen svarade inte i tid.")
    await expect(chat.live_region).to_contain_text("Appen svarade inte i tid.")
    await expect(chat.bankid.get_by_role("button", name="Jag har inte BankID")).to_be_visible()
    await chat.bankid.get_by_role("button", name="Visa QR-kod").click()
    await expect(chat.bankid).to_contain_text("skanna koden")


async def test_after_the_last_try_only_a_person_is_offered(chat: Chat) -> None:
    await _offered(chat)
    chat.edge.identify(chat.edge.only, **scenes.ended_identification("failed", "Det gick inte.", can_retry=False))

    await expect(chat.bankid.get_by_role("button")).to_have_text(["Jag har inte BankID"])


@both_sizes
async def test_a_signature_is_confirmed_and_leaves_nothing_to_press(chat: Chat) -> None:
    await _offered(chat)
    await chat.bankid.get_by_role("button", name="Visa QR-kod").click()
    chat.edge.identify(chat.edge.only, state="complete", qr=False, message="Du har skrivit under.", can_retry=False)

    await expect(chat.bankid).to_contain_text("Du har skrivit under.")
    await expect(chat.bankid.get_by_role("button")).to_have_count(0)
    await expect(chat.bankid.get_by_role("link")).to_have_count(0)


async def test_a_reload_shows_the_card_as_it_stands(chat: Chat) -> None:
    await _offered(chat)
    await chat.bankid.get_by_role("button", name="Visa QR-kod").click()
    await chat.page.reload()

    await expect(chat.bankid).to_contain_text("skanna koden")
    await chat.page.get_by_role("img", name="QR-kod för BankID").locator("img").wait_for()


@pytest.mark.parametrize("mode", ["qr", "same_device"])
async def test_whoever_has_no_bankid_says_so_while_it_waits(chat: Chat, mode: str) -> None:
    await _offered(chat)
    chat.edge.identify(chat.edge.only, **scenes.started_identification(mode))

    await chat.bankid.get_by_role("button", name="Jag har inte BankID").click()

    await expect(chat.bubbles("visitor").last).to_contain_text("Jag har inte BankID")


# A code by e-mail


@both_sizes
async def test_an_address_is_confirmed_by_keyboard_alone(chat: Chat) -> None:
    card = await _asked_for_code(chat)
    address = card.get_by_label("E-postadress")
    await expect(address).to_have_value(scenes.EMAIL)

    await address.focus()
    await chat.page.keyboard.press("Enter")
    code = card.get_by_label(f"Koden i mejlet till {scenes.EMAIL}")
    await expect(code).to_be_focused()
    await expect(chat.live_region).to_contain_text("mejl med en kod")
    await chat.page.keyboard.type("000000")
    await chat.page.keyboard.press("Enter")
    await expect(card).to_contain_text("två försök kvar")
    await expect(chat.live_region).to_contain_text("två försök kvar")
    assert (await chat.announced()).count("två försök kvar") == 1
    await expect(code).to_have_value("000000")

    await code.fill(scenes.CODE)
    await chat.page.keyboard.press("Enter")
    await expect(card).to_contain_text("Du har bekräftat adressen.")
    await expect(card.get_by_role("button")).to_have_count(0)
    await expect(card.get_by_role("textbox")).to_have_count(0)
    await expect(card.locator(".status")).to_be_focused()
    assert "Du har bekräftat adressen." not in await chat.announced(), "the focus is on it, so it is read already"


async def test_what_the_card_and_the_conversation_both_say_is_heard_once(chat: Chat) -> None:
    """A code that is typed in the chat is answered in the chat, and the card shows the same."""
    card = await _asked_for_code(chat)
    wrong, wrong_again = "Koden stämmer inte. Du har två försök kvar.", "Koden stämmer inte. Du har ett försök kvar."
    chat.edge.identify(chat.edge.only, **scenes.sent_code(scenes.EMAIL))

    chat.edge.identify(chat.edge.only, message=wrong)
    chat.edge.say(chat.edge.only, "bot", wrong)
    await expect(chat.bubbles("bot").last).to_have_text(wrong)
    chat.edge.say(chat.edge.only, "bot", wrong_again)
    chat.edge.identify(chat.edge.only, message=wrong_again)
    await expect(card).to_contain_text(wrong_again)

    announced = await chat.announced()
    assert (announced.count(wrong), announced.count(wrong_again)) == (1, 1)


async def test_what_somebody_says_twice_is_heard_twice(chat: Chat) -> None:
    await chat.open()
    for _ in range(2):
        chat.edge.say(chat.edge.only, "officer", "Ja.", sender_name="Vera Lund")
    await expect(chat.bubbles("officer")).to_have_count(2)

    assert (await chat.announced()).count("Ja.") == 2


async def test_the_phone_is_told_what_is_typed_where(chat: Chat) -> None:
    card = await _asked_for_code(chat)
    address = card.get_by_label("E-postadress")
    await expect(address).to_have_attribute("type", "email")
    await expect(address).to_have_attribute("autocomplete", "email")

    await card.get_by_role("button", name="Skicka kod").click()
    code = card.get_by_label("Koden i mejlet")
    await expect(code).to_have_attribute("inputmode", "numeric")
    await expect(code).to_have_attribute("autocomplete", "one-time-code")


@both_sizes
async def test_another_address_and_another_code(chat: Chat) -> None:
    card = await _asked_for_code(chat)
    await card.get_by_role("button", name="Skicka kod").click()
    await card.get_by_role("button", name="Ny kod eller annat sätt").click()
    address = card.get_by_label("E-postadress")
    await expect(address).to_be_focused()

    await address.fill("bo")
    await card.get_by_role("button", name="Skicka kod").click()
    await expect(card).to_contain_text("Det där är ingen e-postadress.")
    await address.fill("bo@example.se")
    await card.get_by_role("button", name="Skicka kod").click()

    await expect(card.get_by_label("Koden i mejlet till bo@example.se")).to_be_focused()


async def test_a_new_code_to_the_same_address(chat: Chat) -> None:
    card = await _asked_for_code(chat)
    await card.get_by_role("button", name="Skicka kod").click()
    await card.get_by_label("Koden i mejlet").fill("000000")
    await card.get_by_role("button", name="Ny kod eller annat sätt").click()
    await card.get_by_role("button", name="Skicka kod").click()

    await expect(card.get_by_label("Koden i mejlet")).to_have_value("")


async def test_bankid_is_there_for_whoever_prefers_it(chat: Chat) -> None:
    card = await _asked_for_code(chat)
    await card.get_by_role("button", name="Skicka kod").click()
    await card.get_by_role("button", name="Ny kod eller annat sätt").click()
    await card.get_by_role("button", name="Visa QR-kod").click()

    await chat.page.get_by_role("img", name="QR-kod för BankID").locator("img").wait_for()
    await expect(chat.bankid.get_by_role("heading")).to_have_text("Skriv under med BankID")


async def test_a_reload_finds_the_code_still_waited_for(chat: Chat) -> None:
    card = await _asked_for_code(chat)
    await card.get_by_role("button", name="Skicka kod").click()
    await expect(card.get_by_label("Koden i mejlet")).to_be_visible()

    await chat.page.reload()

    await chat.bankid.get_by_label("Koden i mejlet").fill(scenes.CODE)
    await chat.bankid.get_by_role("button", name="Bekräfta").click()
    await expect(chat.bankid).to_contain_text("Du har bekräftat adressen.")


@pytest.mark.parametrize("state", ["failed", "expired", "cancelled"])
async def test_a_code_that_came_to_nothing_can_be_had_again_or_a_person(chat: Chat, state: str) -> None:
    card = await _asked_for_code(chat)
    await card.get_by_role("button", name="Skicka kod").click()
    await expect(card.get_by_label("Koden i mejlet")).to_be_visible()
    chat.edge.identify(chat.edge.only, **scenes.ended_identification(state, "Koden gäller inte längre."))

    await expect(card.get_by_role("button", name="Prata med en människa")).to_be_visible()
    await card.get_by_role("button", name="Skicka kod").click()
    await expect(card.get_by_label("Koden i mejlet")).to_be_visible()


async def test_offered_again_only_the_newest_card_can_be_used(chat: Chat) -> None:
    await _offered(chat)
    await chat.ask("Jag vill ha ett registerutdrag")

    await expect(chat.bankid).to_have_count(2)
    await expect(chat.bankid.first).to_contain_text("fortsätter längre ner")
    await expect(chat.bankid.first.get_by_role("button")).to_have_count(0)
    await expect(chat.bankid.last.get_by_role("button")).to_have_count(2)


async def test_a_change_that_the_stream_lost_is_noticed_all_the_same(chat: Chat) -> None:
    await _offered(chat)
    await chat.bankid.get_by_role("button", name="Visa QR-kod").click()
    await expect(chat.bankid).to_contain_text("skanna koden")
    assert chat.edge.only.identification is not None
    chat.edge.only.identification |= {"state": "complete", "qr": False, "message": "Du har skrivit under."}

    await expect(chat.bankid).to_contain_text("Du har skrivit under.", timeout=8_000)


async def test_a_start_that_fails_says_so_and_can_be_repeated(chat: Chat) -> None:
    await _offered(chat)
    offered, chat.edge.only.identification = chat.edge.only.identification, None
    start = chat.bankid.get_by_role("button", name="Visa QR-kod")
    await start.click()
    await expect(chat.bankid).to_contain_text("Något gick fel hos oss.")

    chat.edge.only.identification = offered
    await start.click()
    await expect(chat.bankid).to_contain_text("skanna koden")


# The receipt


@both_sizes
async def test_the_receipt_says_number_dates_how_they_were_counted_and_what_happens(chat: Chat) -> None:
    receipt = await _receipt(chat)
    card = scenes.receipt()

    for part in (
        "AR-7K3M-Q9X4",
        "27 november 2026",
        "28 december 2026",
        card["request_type_title"],
        *card["next_steps"],
    ):
        await expect(receipt).to_contain_text(part)
    explanation = receipt.get_by_text(card["due_explanation"][1])
    await expect(explanation).to_be_hidden()
    await receipt.get_by_text("Så räknades datumet").click()
    await expect(explanation).to_be_visible()


async def test_the_case_number_can_be_copied(chat: Chat) -> None:
    receipt = await _receipt(chat)
    await receipt.get_by_role("button", name="Kopiera ärendenummer AR-7K3M-Q9X4").click()

    await expect(chat.live_region).to_contain_text("Kopierat")
    assert await chat.page.evaluate("navigator.clipboard.readText()") == "AR-7K3M-Q9X4"


async def test_the_due_date_can_be_put_into_a_calendar(chat: Chat) -> None:
    receipt = await _receipt(chat)
    async with chat.page.expect_download() as download:
        await receipt.get_by_role("button", name="Lägg till i kalendern").click()

    file = await download.value
    assert file.suggested_filename == "AR-7K3M-Q9X4.ics"
    raw = (await file.path()).read_bytes()
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    unfolded = raw.decode().replace("\r\n ", "")
    assert unfolded.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert unfolded.endswith("END:VEVENT\r\nEND:VCALENDAR\r\n")
    lines = unfolded.split("\r\n")
    assert "DTSTART;VALUE=DATE:20261228" in lines
    assert "DTEND;VALUE=DATE:20261229" in lines
    assert "SUMMARY:Svar senast: Registerutdrag: allt ni har om mig (AR-7K3M-Q9X4)" in lines


async def test_a_receipt_without_a_due_date_offers_no_calendar(chat: Chat) -> None:
    await chat.open()
    card = scenes.receipt() | {"due_on": None, "due_explanation": []}
    chat.edge.say(chat.edge.only, "bot", "Klart.", card=card)

    receipt = chat.log.locator(".receipt")
    await expect(receipt.get_by_role("button")).to_have_text(["Kopiera"])
    await expect(receipt).not_to_contain_text("Svar senast")


async def _offered(chat: Chat) -> None:
    await chat.open()
    await chat.ask("Jag vill ha ett registerutdrag")
    await expect(chat.bankid).to_have_attribute("data-state", "offered")


async def _asked_for_code(chat: Chat) -> Locator:
    await chat.open()
    await chat.ask("Jag vill begära rättelse")
    await expect(chat.bankid).to_have_attribute("data-state", "offered")
    await expect(chat.bankid.get_by_role("heading")).to_have_text("Visa att det är du")
    return chat.bankid


async def test_the_package_is_a_link_to_its_own_identification(chat: Chat) -> None:
    await chat.open()
    await chat.ask("hämta")
    link = chat.log.get_by_role("link", name="Spara filen")

    await expect(link).to_have_attribute("href", f"{chat.url}/chat/packages/{scenes.PACKAGE_ID}")
    await expect(link).to_have_attribute("target", "_blank")
    await expect(chat.log.get_by_role("region", name="Dina uppgifter i ärende AR-7K3M-Q9X4")).to_be_visible()


async def _receipt(chat: Chat) -> Locator:
    await chat.open()
    await chat.ask("kvitto")
    return chat.log.locator(".receipt")


async def _source(code: Locator) -> str | None:
    return await code.locator("img").get_attribute("src")
