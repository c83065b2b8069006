"""What each letter must say for each type of request, and the grounds that a no may rest on."""

from datetime import date
from typing import Any

import pytest

from cases.letters.templates import load_letters
from privacy.grounds import GROUNDS, grounds_for, may_be_refused
from privacy.letter_check import check_letter, mandatory_parts
from privacy.letters import WITH_GROUNDS, LetterFacts, LetterKind, entries_of, kinds_for
from privacy.request_types import RequestType
from tests.conftest import ROOT

LETTERS = load_letters(ROOT / "data" / "letters", policy_dir=ROOT / "data" / "policy")
EVERY_LETTER = [(kind, of) for of in RequestType for kind in kinds_for(of, is_extended=True)]
ENTRIES = {
    "reason": "Vi fick frågan från en adress som vi inte känner igen sedan tidigare.",
    "needed": "Svara från adressen som du brukar använda hos oss.",
    "done": "Vi har tagit bort dina uppgifter ur utskickslistorna och chatten.",
    "recipients": "Mailchimp och Hubspot.",
    "client": "Bageriet på Hörnet AB, personal@bageriet.example.",
    "channels": "Reklam via e-post till din adress.",
    "still_comes": "Fakturor och meddelanden om ditt avtal.",
}


def facts(kind: LetterKind, request_type: RequestType, **changes: Any) -> LetterFacts:
    entries = {entry.key: ENTRIES[entry.key] for entry in entries_of(kind, request_type)}
    values: dict[str, Any] = {
        "kind": kind,
        "request_type": request_type,
        "reference": "AR-7K2M-Q94X",
        "received_on": date(2026, 3, 5),
        "due_on": date(2026, 6, 5) if kind is LetterKind.EXTENSION else date(2026, 4, 7),
        "first_due_on": date(2026, 4, 7),
        "written_on": date(2026, 3, 20),
        "controller": LETTERS.controller,
        "contact": LETTERS.contact,
        "entries": entries,
        "grounds": grounds_for(request_type)[:2] if kind in WITH_GROUNDS else (),
    }
    return LetterFacts(**values | changes)


@pytest.mark.parametrize(("kind", "request_type"), EVERY_LETTER, ids=lambda value: str(value))
def test_every_template_says_all_that_its_letter_must(kind, request_type):
    about = facts(kind, request_type)

    letter = LETTERS.fill(about)

    assert [fault.text for fault in check_letter(letter.whole, about)] == []
    assert "\n\n\n" not in letter.body
    assert not any(mark in letter.whole for mark in ("{{", "{%", "None", "  "))


@pytest.mark.parametrize(("kind", "request_type"), EVERY_LETTER, ids=lambda value: str(value))
def test_a_letter_that_lost_a_part_is_refused_with_the_reason(kind, request_type):
    """Take each line out in turn: whatever the line was, nothing mandatory may vanish unnoticed."""
    about = facts(kind, request_type)

    found = {fault.key.removeprefix("lost_") for fault in check_letter("Hej!", about)}

    needed = {*mandatory_parts(kind, request_type), *(entry.key for entry in entries_of(kind, request_type))}
    assert found == needed
    assert all(fault.text for fault in check_letter("Hej!", about))


class TestARefusal:
    about = facts(LetterKind.REFUSAL, RequestType.ERASURE)
    letter = LETTERS.fill(about).whole

    @pytest.mark.parametrize(
        ("lost", "key"),
        [
            ("Integritetsskyddsmyndigheten", "authority"),
            ("imy.se", "authority"),
            ("domstol", "court"),
            (about.grounds[1].statute, "grounds"),
            ("AR-7K2M-Q94X", "reference"),
            (ENTRIES["reason"], "lost_reason"),
            (ENTRIES["done"], "lost_done"),
        ],
    )
    def test_cannot_be_sent_without(self, lost, key):
        assert lost in self.letter

        assert [fault.key for fault in check_letter(self.letter.replace(lost, "…"), self.about)] == [key]

    def test_needs_a_ground_and_one_of_its_own_type(self):
        without = facts(LetterKind.REFUSAL, RequestType.ERASURE, grounds=())
        foreign = facts(LetterKind.REFUSAL, RequestType.ERASURE, grounds=(GROUNDS["drafts"],))

        assert "no_ground" in {fault.key for fault in check_letter(LETTERS.fill(without).whole, without)}
        assert {fault.key for fault in check_letter(LETTERS.fill(foreign).whole, foreign)} == {"foreign_ground"}

    def test_may_be_put_in_other_words(self):
        edited = self.letter.replace(ENTRIES["reason"], "Frågan kom från en adress som vi inte alls känner igen.")

        assert check_letter(edited, self.about) == ()


@pytest.mark.parametrize(
    ("added", "key"),
    [
        ("Du kan klaga hos Datainspektionen.", "never_datainspektionen"),
        ("Vi svarar inom 30 dagar.", "never_30 dagar"),
        ("Ditt personnummer är 19990807-2391.", "identity_number"),
    ],
)
def test_no_letter_says_what_is_wrong_or_too_much(added, key):
    about = facts(LetterKind.ACKNOWLEDGEMENT, RequestType.ACCESS)

    assert [fault.key for fault in check_letter(LETTERS.fill(about).whole + added, about)] == [key]


def test_a_notice_of_extension_is_not_sent_after_the_first_due_date():
    about = facts(LetterKind.EXTENSION, RequestType.ACCESS, written_on=date(2026, 4, 8))
    in_time = facts(LetterKind.EXTENSION, RequestType.ACCESS, written_on=date(2026, 4, 7))

    assert [fault.key for fault in check_letter(LETTERS.fill(about).whole, about)] == ["too_late"]
    assert check_letter(LETTERS.fill(in_time).whole, in_time) == ()


@pytest.mark.parametrize("request_type", RequestType)
def test_what_is_not_weighed_is_never_refused(request_type):
    not_weighed = {
        RequestType.MARKETING_OPTOUT,
        RequestType.CONSENT_WITHDRAWAL,
        RequestType.COMPLAINT,
        RequestType.PROCESSOR_LIST,
    }

    assert may_be_refused(request_type) == (request_type not in not_weighed)
    offered = kinds_for(request_type, is_extended=False)
    assert (LetterKind.REFUSAL in offered) == (LetterKind.PARTIAL in offered) == (request_type not in not_weighed)
    assert (LetterKind.FORWARDED in offered) == (request_type not in not_weighed)


@pytest.mark.parametrize("kind", [LetterKind.REFUSAL, LetterKind.EXTENSION])
def test_a_letter_that_the_law_knows_not_is_refused_whatever_it_says(kind):
    about = facts(kind, RequestType.MARKETING_OPTOUT)

    assert [fault.key for fault in check_letter(LETTERS.fill(about).whole, about)] == ["kind"]


def test_suspicion_reports_are_never_a_ground_that_is_named():
    for ground in GROUNDS.values():
        for told in ("misstank", "misstänk", "rapport", "5 kap. 7", "5 kap. 11"):
            assert told not in f"{ground.statute} {ground.title} {ground.explanation}".casefold()


def test_every_ground_cites_a_statute():
    for ground in GROUNDS.values():
        assert "artikel" in ground.statute or "kap." in ground.statute
        assert ground.explanation.endswith(".")
