"""One spelling for each address and number, so that a block finds it again."""

import pytest

from privacy.contact_addresses import mask_email, mask_phone, normalise_email, normalise_phone
from privacy.errors import InvalidContactAddressError


@pytest.mark.parametrize(
    "typed",
    ["anna@example.se", " Anna@Example.SE ", "<anna@example.se>", "mailto:anna@example.se", "ＡＮＮＡ@example.se"],
)
def test_an_address_has_one_spelling(typed):
    assert normalise_email(typed) == "anna@example.se"


@pytest.mark.parametrize("typed", ["åsa.öberg+nyhet@företag.se", "a@b-c.museum", "x@sub.domain.co.uk"])
def test_uncommon_addresses_are_addresses(typed):
    assert normalise_email(typed) == typed


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "anna",
        "anna@",
        "@example.se",
        "anna@example",
        "a@b.s",
        "an na@example.se",
        "a@@b.se",
        "a@b..se",
        "a@-b.se",
        "a..b@c.se",
        "anna@example.se, bo@example.se",
        "a" * 250 + "@b.se",
        "a@1.2.3.4",
    ],
)
def test_what_is_no_address_is_refused_without_being_repeated(typed):
    with pytest.raises(InvalidContactAddressError) as caught:
        normalise_email(typed)

    assert not typed or typed not in str(caught.value)


@pytest.mark.parametrize(
    "typed",
    ["070-123 45 67", "0701234567", "+46 70 123 45 67", "0046701234567", "+46 (0)70-123 45 67", "070.123.45.67"],
)
def test_a_number_has_one_spelling(typed):
    assert normalise_phone(typed) == "+46701234567"


def test_numbers_of_other_countries_keep_theirs():
    assert normalise_phone("+358 40 1234567") == "+358401234567"


@pytest.mark.parametrize("typed", ["", "112", "070", "hej", "+0701234567", "07012345678901234", "0701234567x"])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(InvalidContactAddressError):
        normalise_phone(typed)


def test_masks_show_enough_to_recognise_and_no_more():
    assert mask_email("anna@example.se") == "a***@example.se"
    assert mask_phone("+46701234567") == "+46*******67"
