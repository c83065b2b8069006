"""What is found in the words of a visitor."""

from __future__ import annotations

import pytest

from actions import reading
from actions.utterance import Utterance


def said(text: str, intent: str = "inform") -> Utterance:
    return Utterance(text=text, intent=intent)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("anna@example.se", ["anna@example.se"]),
        ("Skicka till Anna.K@Example.SE, tack!", ["anna.k@example.se"]),
        ("min mejl är <anna@example.se>.", ["anna@example.se"]),
        ("(anna@example.se)", ["anna@example.se"]),
        ("anna@example.se eller bo@example.se", ["anna@example.se", "bo@example.se"]),
        ("anna@example.se, jag sa anna@example.se", ["anna@example.se"]),
        ("anna@", []),
        ("@example.se", []),
        ("anna@exempel", []),
        ("anna snabel-a example.se", []),
        ("", []),
        ("åsa@example.se", ["åsa@example.se"]),
    ],
)
def test_email_addresses(text: str, found: list[str]):
    assert reading.find_emails(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("070-174 06 05", ["+46701740605"]),
        ("ring inte 0701740605 mer", ["+46701740605"]),
        ("+46 70 174 06 05", ["+46701740605"]),
        ("0046701740605.", ["+46701740605"]),
        ("nollsjuttio", []),
        ("123 45 Umeå", []),
        ("AR-0701-7406", []),
        ("namn0701740605@example.se", []),
        ("2026-11-23", []),
    ],
)
def test_telephone_numbers(text: str, found: list[str]):
    assert reading.find_phones(text) == found


def test_two_addresses_are_no_answer_to_where_the_reply_goes():
    assert reading.email_in(said("anna@example.se eller bo@example.se")) is None


@pytest.mark.parametrize(
    "text", ["ja", "Nej.", "vet inte", "?", "...", "😀", "", "   ", "ok tack", "hm", "va", "ingen aning", "7"]
)
def test_what_says_nothing_is_no_free_answer(text: str):
    intent = "affirm" if text == "ok tack" else "inform"
    assert reading.free_answer(said(text, intent)) is None


def test_a_free_answer_is_kept_in_the_visitors_words():
    assert reading.free_answer(said("  det  samtal jag\nhade i tisdags ")) == "det samtal jag hade i tisdags"


def test_a_free_answer_has_a_bound():
    assert len(reading.free_answer(said("ord " * 2000)) or "") <= reading.LONGEST_ANSWER


@pytest.mark.parametrize("text", ["hoppa över", "Nej", "nej tack", "det vill jag inte svara på", "ingen anledning"])
def test_an_optional_question_can_be_skipped(text: str):
    assert reading.skippable_answer(said(text)) == reading.SKIPPED


def test_a_reason_that_begins_with_no_is_a_reason():
    assert reading.skippable_answer(said("nej men jag har skyddad identitet")) == "nej men jag har skyddad identitet"


@pytest.mark.parametrize(
    ("sentence", "scope"),
    [
        ("ta bort mitt cv", "Rekrytering"),
        ("Släng CV:t och det personliga brevet", "Rekrytering"),
        ("jag sökte jobb hos er, radera min ansökan", "Rekrytering"),
        ("ta bort inspelningen av mitt samtal", "Inspelade samtal"),
        ("radera allt ni har om mig", "Allt"),
        ("jag vill se samtliga uppgifter", "Allt"),
        ("ta bort mig från nyhetsbrevet och allt annat", "Marknadsföring"),
        ("radera mig som kund", "Kundrelation"),
        ("ta bort mitt telefonnummer", "Kontaktuppgifter"),
        ("jag vill ha registerutdrag", None),
        ("ta bort mig", None),
        ("det var alltför länge sedan", None),
    ],
)
def test_what_a_request_is_about_is_taken_from_its_first_sentence(sentence: str, scope: str | None):
    assert reading.scope_in_passing(said(sentence)) == scope


@pytest.mark.parametrize(
    ("answer", "scope"),
    [
        ("allt", "Allt"),
        ("allt tack", "Allt"),
        ("alla uppgifter", "Allt"),
        ("allt om min rekrytering", "allt om min rekrytering"),
        ("samtalet i tisdags", "samtalet i tisdags"),
    ],
)
def test_an_answer_about_the_scope_is_everything_or_the_visitors_words(answer: str, scope: str):
    assert reading.scope_answer(said(answer)) == scope


@pytest.mark.parametrize(
    ("sentence", "use"),
    [
        ("jag invänder mot att ni delar mina uppgifter med partner", "Delning med partner"),
        ("jag motsätter mig profilering", "Profilering och analys"),
        ("jag vill inte ha er reklam", "Marknadsföring"),
        ("jag går inte med på att ni sparar min adress", "att ni sparar min adress"),
        ("jag vill invända", None),
    ],
)
def test_what_an_objection_is_against(sentence: str, use: str | None):
    assert reading.use_in_passing(said(sentence)) == use


@pytest.mark.parametrize(
    ("sentence", "wrong", "correct"),
    [
        ("min nya adress är Björkvägen 4, 123 45 Umeå", "Adress", "Björkvägen 4, 123 45 Umeå"),
        ("ni har stavat mitt namn fel, det ska vara Lindqvist", "Namn", "Lindqvist"),
        ("min adress är fel, ska va Storgatan 4", "Adress", "Storgatan 4"),
        ("jag heter numera Svensson.", "Namn", "Svensson"),
        ("mitt telefonnummer stämmer inte", "Telefonnummer", None),
        ("ändra mina uppgifter", None, None),
    ],
)
def test_what_is_wrong_and_what_it_should_be(sentence: str, wrong: str | None, correct: str | None):
    assert reading.wrong_data_in_passing(said(sentence)) == wrong
    assert reading.correct_value_in_passing(said(sentence)) == correct


def test_a_reason_is_taken_from_the_first_sentence():
    sentence = "frys mina uppgifter tills ni har rättat adressen"
    assert reading.reason_in_passing(said(sentence)) == "tills ni har rättat adressen"
