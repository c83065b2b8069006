"""Identity numbers against Skatteverket's test numbers (vectors/personal-identity-numbers.json)."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.card_numbers import find_card_numbers
from privacy.errors import InvalidPersonalIdentityNumberError
from privacy.personal_identity_number import PersonalIdentityNumber, find_in_text, is_personal_identity_number, mask
from privacy.text_spans import Span, replace_spans

VECTORS = json.loads((Path(__file__).parent / "vectors" / "personal-identity-numbers.json").read_text())
TODAY = date(2026, 11, 23)
MALE = "199908072391"


def found_in(text: str) -> list[str]:
    return [text[start:end] for start, end in find_in_text(text)]


@pytest.mark.parametrize("number", [*VECTORS["valid"], *VECTORS["personas"]])
def test_a_published_number_is_one(number):
    assert is_personal_identity_number(number, today=TODAY)


@pytest.mark.parametrize("number", VECTORS["invalid"])
def test_what_the_specification_rejects_is_none(number):
    with pytest.raises(InvalidPersonalIdentityNumberError) as caught:
        PersonalIdentityNumber.parse(number, today=TODAY)

    assert number not in str(caught.value)


@pytest.mark.parametrize(("number", "year"), VECTORS["century"].items())
def test_the_separator_tells_the_century(number, year):
    assert PersonalIdentityNumber.parse(number, today=TODAY).digits.startswith(str(year))


@pytest.mark.parametrize("around", [" {}", "{} ", "{}\n", "nr {}"])
def test_nothing_around_a_number_is_forgiven(around):
    assert not is_personal_identity_number(around.format(MALE), today=TODAY)


def test_digits_of_another_script_are_not_parsed_but_are_found():
    full_width = MALE.translate({ord(str(digit)): 0xFF10 + digit for digit in range(10)})

    assert not is_personal_identity_number(full_width, today=TODAY)
    assert found_in(f"jag är {full_width}!") == [full_width]


def test_a_coordination_number_says_so():
    numbers = {number: PersonalIdentityNumber.parse(number, today=TODAY) for number in VECTORS["personas"]}

    assert {number for number, parsed in numbers.items() if parsed.is_coordination_number} == {
        number for number, kind in VECTORS["personas"].items() if kind == "coordination number"
    }


def test_it_is_masked_wherever_python_shows_it():
    number = PersonalIdentityNumber.parse(MALE, today=TODAY)

    for shown in (repr(number), str(number), f"{number}", repr([number]), mask(number.digits)):
        assert MALE[-4:] not in shown
    assert number.digits == MALE


@pytest.mark.parametrize(
    "written",
    [
        "199908072391",
        "19990807-2391",
        "990807-2391",
        "9908072391",
        "990807+2391",
        "1999-08-07-2391",
        "1999 08 07 2391",
        "19 990807 2391",
        "99 08 07 23 91",
        "1 9 9 9 0 8 0 7 2 3 9 1",
        "990807–2391",
        "990807−2391",
        "990807\u00a0-\u00a02391",
        "19990807\u200b2391",
        "19990807\u00ad2391",
        "199\u200b9080\u200d72\u206039\ufe0f1",
        "\u202e199908072391",
        "1999\x000807\x7f2391",
        "１９９９０８０７－２３９１",
        "١٩٩٩٠٨٠٧-٢٣٩١",
        "19990807-2392",
        "199908072392",
        "990807-2392",
        "20000101-T220",
        "19150388-2399",
        "150388-2399",
    ],
)
@pytest.mark.parametrize(
    "sentence", ["{}", "mitt personnummer är {}.", "pnr:{}, ring 070-123 45 67", "({}kr)", "12 {}"]
)
def test_a_number_is_found_however_it_is_written(written, sentence):
    text = sentence.format(written)

    remaining = replace_spans(text, find_in_text(text), "#")

    assert written not in remaining
    assert sum(character.isdecimal() for character in remaining) <= sum(character.isdecimal() for character in sentence)


@pytest.mark.parametrize(
    "text",
    [
        "ring 070-123 45 67",
        "+46 70 123 45 67",
        "org.nr 556677-8899",
        "organisationsnummer 802005-1952",
        "faktura 2026112312345",
        "ärende AR-7K2M-Q94X",
        "den 23 november 2026 klockan 19.39",
        "2026-11-23 19:39",
        "111 36 Stockholm",
        "bankgiro 5050-1055",
        "0701234560",
    ],
)
def test_other_numbers_stay(text):
    assert found_in(text) == []


@given(st.sampled_from(VECTORS["valid"]), st.text("abc åäö.,!", max_size=20), st.text("abc åäö.,!", max_size=20))
def test_no_words_around_a_number_hide_it(number, before, after):
    text = before + number + after

    assert number not in replace_spans(text, find_in_text(text), "[personnummer]")


@given(st.text(max_size=200))
def test_spans_lie_in_the_text_whatever_it_is(text):
    for start, end in [*find_in_text(text), *find_card_numbers(text)]:
        assert 0 <= start < end <= len(text)


CARDS = ["4111111111111111", "5555555555554444", "378282246310005", "6304000000000000", "4222222222222"]


@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize("dress", ["{}", "{} ", "kort {} 12/29", "{}, cvc 123"])
def test_a_card_number_is_found(card, dress):
    text = dress.format(card)

    assert card not in replace_spans(text, find_card_numbers(text), "#")


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111 1111 1111 1111 123",
        "nr 4111\u00a01111\u00a01111\u00a01111",
        "４１１１１１１１１１１１１１１１",
    ],
)
def test_a_card_number_is_found_however_it_is_spaced(text):
    remaining = replace_spans(text, find_card_numbers(text), "#")

    assert "1111" not in remaining
    assert "１１１１" not in remaining


@pytest.mark.parametrize("text", ["4111111111111112", "0000000000000000", "070-123 45 67", "12345678901234567890123"])
def test_what_is_no_card_number_stays(text):
    assert find_card_numbers(text) == []


def test_overlapping_places_are_replaced_once():
    assert replace_spans("abcdefgh", [Span(1, 4), Span(3, 6)], "#") == "a#gh"
    assert replace_spans("abcdefgh", [Span(1, 4), Span(4, 6)], "#") == "a##gh"
