"""What people type on phones becomes one spelling, whatever comes in, in bounded time."""

import pytest

from bot.nlu.normalisation import MAX_CHARACTERS, clean, fold, words


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Spelar ni in när nån ringer?", ["spelar", "ni", "in", "när", "någon", "ringer", "?"]),
        ("VA HAR NI PÅ MEJ", ["vad", "har", "ni", "på", "mig"]),
        ("hejjjjjjj", ["hejj"]),
        ("asså kan ja", ["alltså", "kan", "ja"]),
        ("maila x@example.se", ["mejla", "mejladress"]),
        ("se https://example.se/a?b=1", ["se", "länkadress"]),
        ("<b>fet</b> text", ["fet", "text"]),
        ("re\u00adkla\u200bm", ["re", "kla", "m"]),
        ("ｍｉｎａ uppgifter", ["mina", "uppgifter"]),
        ("12 månader 2021", ["0", "månader", "0"]),
        ("cookie-banner", ["cookie-banner"]),
        ("", []),
        ("   \n\t", []),
        ("🙂🙂🙂", []),
        ("🙏🙏", ["tack"]),
        ("👍🏽", ["okej"]),
        ("kan ni radera mig 🙏", ["kan", "ni", "radera", "mig"]),
        ("🦄", []),
        ("liksom", []),  # nothing is left of it, and none of its letters is a word
    ],
)
def test_words_as_they_are_compared(typed: str, meant: list[str]):
    assert words(clean(typed)) == meant


@pytest.mark.parametrize(("word", "folded"), [("lösenord", "losenord"), ("ÅÄÖ".lower(), "aao"), ("idé", "ide")])
def test_marks_that_people_leave_out_are_folded(word: str, folded: str):
    assert fold(word) == folded


@pytest.mark.parametrize("text", ["a" * 10_000, "<" * 10_000, "@" * 10_000, "www." * 5_000, "å" * 10_000, "a@" * 5_000])
def test_long_input_is_cut_before_anything_looks_at_it(text: str):
    assert len(clean(text)) <= MAX_CHARACTERS + 20


@pytest.mark.parametrize(
    ("typed", "read"), [("a b " * 50, ""), ("1 2 3 4 5", ""), ("a eller b", "a eller b"), ("j", "j")]
)
def test_a_row_of_single_letters_is_no_text(typed: str, read: str):
    assert clean(typed) == read


def test_a_text_direction_mark_hides_nothing():
    assert words(clean("rade\u202era")) == ["rade", "ra"]


@pytest.mark.parametrize(
    "said",
    [
        "mitt personnummer är [dolt personnummer], vad har ni om mig",
        "pnr [dolt personnummer] vad har ni om mig",
        "[dolt personnummer] vad har ni om mig",
        "Mitt personnr: [dolt personnummer]. vad har ni om mig",
        "vad har ni om mig, mitt personnummer är [dolt personnummer]",
    ],
)
def test_a_masked_number_and_what_leads_up_to_it_are_passed_over(said: str):
    assert [word for word in words(clean(said)) if word not in "?!"] == ["vad", "har", "ni", "om", "mig"]


def test_a_message_that_is_nothing_but_a_masked_number_is_read_as_it_is():
    assert "personnummer" in words(clean("mitt personnummer är [dolt personnummer]"))


def test_a_question_about_personal_identity_numbers_stays_one():
    assert words(clean("varför vill ni ha mitt personnummer")) == words("varför vill ni ha mitt personnummer")
