"""Who a case's person is, on its page: what is to be done, how it was done, when asking still stops time."""

from datetime import timedelta

import pytest

from cases.console import texts
from cases.drafts import NOBODY, IdentificationMethod, Identity
from privacy.identity_proof import ProofMethod
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
    assert texts.IDENTITY_MISSING in annas_browser.text

    form = annas_browser.form(f"{address}/identity")
    await annas_browser.post(f"{address}/identity", form | {"method": "called_back", "note": "Ringde växeln"})

    assert texts.DONE["identity"] in annas_browser.text
    assert texts.IDENTITY_MISSING not in annas_browser.text
    assert texts.IDENTIFIED_BY_OFFICER in annas_browser.text
    assert ProofMethod.CALLED_BACK.label in annas_browser.text
    assert "Ringde växeln" in annas_browser.text
    assert "Anna Berg" in annas_browser.text
    assert "awaiting_identity" not in offered(annas_browser), "nothing is in doubt any more"


async def test_a_confirmed_address_is_to_be_compared_with_the_register_first(annas_browser, registered):
    address = await registered(1)
    await annas_browser.open(address)
    assert texts.ADDRESS_TO_MATCH in annas_browser.text
    assert texts.IDENTITY_LEVELS[IdentityLevel.CONTACT] in annas_browser.text

    form = annas_browser.form(f"{address}/identity")
    await annas_browser.post(f"{address}/identity", form | {"method": "address_matched"})

    assert texts.ADDRESS_TO_MATCH not in annas_browser.text
    assert ProofMethod.ADDRESS_MATCHED.label in annas_browser.text


async def test_without_a_way_nothing_is_kept_and_the_note_stays(annas_browser, registered):
    address = await registered(0)
    await annas_browser.open(address)
    form = annas_browser.form(f"{address}/identity")

    await annas_browser.post(f"{address}/identity", form | {"method": "", "note": "Ringde växeln"})

    assert texts.PROOF_MISSING in annas_browser.text
    assert annas_browser.form(f"{address}/identity")["note"] == "Ringde växeln"
    assert texts.IDENTITY_MISSING in annas_browser.text


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
