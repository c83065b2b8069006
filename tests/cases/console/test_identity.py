"""Who a case's person is, on its page: what is to be done, how it was done, when asking still stops time."""

from datetime import timedelta

import pytest

from cases.console import package_texts, texts
from cases.drafts import NOBODY, IdentificationMethod, Identity
from privacy.identity_proof import IdentityGap, ProofMethod
from privacy.request_types import IdentityLevel, RequestType

pytestmark = pytest.mark.database


@pytest.fixture
async def registered(service, another, clock):
    """Register a case whose person is nobody, has confirmed an address, or has signed."""

    async def register(level: int, *, days_ago: int = 0):
        identity = {
            0: NOBODY,
            1: Identity(IdentityLevel.CONTACT, IdentificationMethod.EMAIL_CODE, verified_at=clock()),
        }
        changes = {"identity": identity[level]} if level in identity else {}
        draft = another(
            received_at=clock() - timedelta(days=days_ago),
            request_type=RequestType.RECTIFICATION if level == 1 else RequestType.ACCESS,
            **changes,
        )
        await service.register(draft)
        return f"/console/cases/{draft.reference}"

    return register


def offered(browser) -> set[str]:
    return set(browser.find("//form[contains(@action, '/transitions')]//input[@name='to']/@value"))


async def test_a_case_of_nobody_says_what_is_to_be_done_and_takes_down_how_it_was(annas_browser, registered):
    address = await registered(0)
    await annas_browser.open(address)
    assert texts.IDENTITY_GAPS[IdentityGap.LEVEL_TOO_LOW] in annas_browser.text

    form = annas_browser.form(f"{address}/identity")
    await annas_browser.post(f"{address}/identity", form | {"method": "called_back", "note": "Ringde växeln"})

    assert texts.DONE["identity"] in annas_browser.text
    assert texts.IDENTITY_GAPS[IdentityGap.LEVEL_TOO_LOW] not in annas_browser.text
    assert texts.IDENTIFIED_BY_OFFICER in annas_browser.text
    assert ProofMethod.CALLED_BACK.label in annas_browser.text
    assert "Ringde växeln" in annas_browser.text
    assert "Anna Berg" in annas_browser.text
    assert "awaiting_identity" not in offered(annas_browser), "nothing is in doubt any more"


async def test_a_confirmed_address_is_to_be_compared_with_the_register_first(annas_browser, registered):
    address = await registered(1)
    await annas_browser.open(address)
    assert texts.IDENTITY_GAPS[IdentityGap.ADDRESS_NOT_COMPARED] in annas_browser.text
    assert texts.IDENTITY_LEVELS[IdentityLevel.CONTACT] in annas_browser.text

    form = annas_browser.form(f"{address}/identity")
    await annas_browser.post(f"{address}/identity", form | {"method": "address_matched"})

    assert texts.IDENTITY_GAPS[IdentityGap.ADDRESS_NOT_COMPARED] not in annas_browser.text
    assert ProofMethod.ADDRESS_MATCHED.label in annas_browser.text


async def test_without_a_way_nothing_is_kept_and_the_note_stays(annas_browser, registered):
    address = await registered(0)
    await annas_browser.open(address)
    form = annas_browser.form(f"{address}/identity")

    await annas_browser.post(f"{address}/identity", form | {"method": "", "note": "Ringde växeln"})

    assert texts.PROOF_MISSING in annas_browser.text
    assert annas_browser.form(f"{address}/identity")["note"] == "Ringde växeln"
    assert texts.IDENTITY_GAPS[IdentityGap.LEVEL_TOO_LOW] in annas_browser.text


async def test_more_is_asked_only_of_whom_there_is_doubt_about_and_time_stops_only_within_five_days(
    annas_browser, registered
):
    signed, nobodys, old = await registered(2), await registered(0), await registered(0, days_ago=6)
    await annas_browser.open(signed)
    assert "awaiting_identity" not in offered(annas_browser)
    await annas_browser.open(nobodys)
    assert "awaiting_identity" in offered(annas_browser)
    assert texts.TIME_GOES_ON not in annas_browser.text

    await annas_browser.open(old)
    assert "awaiting_identity" in offered(annas_browser)
    assert texts.TIME_GOES_ON in annas_browser.text


async def grant(browser, address: str) -> None:
    await browser.open(address)
    form = browser.form(f"{address}/transitions")
    await browser.post(f"{address}/transitions", form | {"to": "decided", "resolution": "granted"})


@pytest.mark.parametrize(
    ("level", "gap", "method"),
    [
        (0, IdentityGap.LEVEL_TOO_LOW, ProofMethod.MET_IN_PERSON),
        (1, IdentityGap.ADDRESS_NOT_COMPARED, ProofMethod.ADDRESS_MATCHED),
    ],
)
async def test_a_grant_is_refused_with_what_to_do_first_and_goes_through_once_it_is_done(
    annas_browser, registered, service, level, gap, method
):
    address = await registered(level)
    reference = address.rpartition("/")[2]

    await grant(annas_browser, address)
    assert annas_browser.answer.status_code == 409
    assert texts.IDENTITY_FIRST.format(what=texts.IDENTITY_GAPS[gap]) in annas_browser.text
    assert (await service.read(reference)).status == "received"

    form = annas_browser.form(f"{address}/identity")
    await annas_browser.post(f"{address}/identity", form | {"method": method.value})
    await grant(annas_browser, address)
    assert (await service.read(reference)).resolution == "granted"


async def test_a_page_from_before_the_identity_was_known_can_ask_for_it_no_more(annas_browser, registered, service):
    address = await registered(0)
    await annas_browser.open(address)
    stale = annas_browser.form(f"{address}/transitions")
    form = annas_browser.form(f"{address}/identity")
    await annas_browser.post(f"{address}/identity", form | {"method": "called_back"})

    wait = stale | {"to": "awaiting_identity", "note": "Vem är du?"}
    await annas_browser.post(f"{address}/transitions", wait)

    assert annas_browser.answer.status_code == 409
    assert texts.IDENTITY_NOT_IN_DOUBT in annas_browser.text
    assert (await service.read(address.rpartition("/")[2])).clock_stopped_on is None


async def test_an_extract_is_not_released_to_whom_nobody_knows(annas_browser, registered):
    address = await registered(0)
    await annas_browser.open(f"{address}/package")
    await annas_browser.send(f"{address}/package")
    [page] = annas_browser.find(f"//a[starts-with(@href, '{address}/package/') and contains(@href, '/page')]/@href")
    release, gap = page.removesuffix("/page") + "/release", texts.IDENTITY_GAPS[IdentityGap.LEVEL_TOO_LOW]

    assert annas_browser.find(f"//form[@action='{release}']") == []  # no button that would be refused, but why
    assert package_texts.NOT_YET.format(what=gap) in annas_browser.text
    token = annas_browser.form(f"{address}/package")["form_token"]
    await annas_browser.post(release, {"form_token": token, "reviewed": "1"})
    assert annas_browser.answer.status_code == 409
    assert texts.IDENTITY_FIRST.format(what=gap) in annas_browser.text

    await annas_browser.open(address)
    await annas_browser.send(f"{address}/identity", method="called_back")
    await annas_browser.open(f"{address}/package")
    await annas_browser.send(release, reviewed="1")
    assert "Utlämnat av Anna Berg" in annas_browser.text
