"""The policy is split where its headings stand, and a quote is only one if it stands in its section."""

import pytest

from privacy.errors import PolicyStructureError, QuoteNotInPolicyError
from privacy.policy import Citation, Passage, parse_policy, slug

TEXT = """Integritetspolicy
Vi behandlar personuppgifter.
Varför?
För att kunna.
- Rekrytering
- Direktmarknadsföring

Hur länge?
Tills vidare.
För att kunna.
"""
HEADINGS = ["Integritetspolicy", "Varför?", "Hur länge?"]


@pytest.fixture
def policy():
    return parse_policy(TEXT, HEADINGS, version="2026-11")


def test_each_heading_begins_a_section(policy):
    assert [section.title for section in policy.sections] == HEADINGS
    assert [section.anchor for section in policy.sections] == ["integritetspolicy", "varfor", "hur-lange"]


def test_a_section_holds_its_passages_word_for_word(policy):
    assert policy.section("Varför?").passages == (
        Passage("För att kunna.", is_list_item=False),
        Passage("Rekrytering", is_list_item=True),
        Passage("Direktmarknadsföring", is_list_item=True),
    )


def test_nothing_of_the_text_is_lost(policy):
    lines = [line for section in policy.sections for line in (section.title, *section.text.splitlines())]

    assert [line for line in lines if line] == [line for line in TEXT.splitlines() if line]


def test_a_citation_carries_section_quote_version_and_anchor(policy):
    assert policy.cite("Hur länge?", "Tills vidare.") == Citation(
        section="Hur länge?", quote="Tills vidare.", policy_version="2026-11", anchor="hur-lange"
    )


@pytest.mark.parametrize("quote", ["tills vidare.", "Tills  vidare.", "Rekrytering", "", " ", "Hur länge?"])
def test_words_that_do_not_stand_there_letter_by_letter_are_no_quote(policy, quote):
    with pytest.raises(QuoteNotInPolicyError):
        policy.cite("Hur länge?", quote)


def test_a_quote_may_run_over_lines_as_published(policy):
    assert policy.section("Varför?").contains("För att kunna.\n- Rekrytering")


def test_an_unknown_section_cannot_be_cited(policy):
    with pytest.raises(PolicyStructureError):
        policy.cite("Kakor", "Tills vidare.")


@pytest.mark.parametrize(
    "headings",
    [
        [],
        ["Varför?", "Hur länge?"],
        ["Integritetspolicy", "Hur länge?", "Varför?"],
        ["Integritetspolicy", "Kakor"],
        ["Integritetspolicy", "Varför?", "Varför?"],
    ],
)
def test_headings_that_do_not_fit_the_text_are_refused(headings):
    with pytest.raises(PolicyStructureError):
        parse_policy(TEXT, headings, version="1")


def test_headings_that_sound_alike_have_anchors_of_their_own():
    policy = parse_policy("Kakor\nA\nKakor!\nB", ["Kakor", "Kakor!"], version="1")

    assert [section.anchor for section in policy.sections] == ["kakor", "kakor-2"]


def test_anchors_are_plain():
    assert slug("Överföring av uppgifter utanför EU/EES-området") == "overforing-av-uppgifter-utanfor-eu-ees-omradet"
