"""The company's name in what people write is one word, whichever company it is."""

from __future__ import annotations

import pytest

from privacy.company_name import PLACEHOLDER, CompanyName, own_words, with_company

BYN = {
    "company": "Fjällbyns Cykelverkstad",
    "company_genitive": "Fjällbyns Cykelverkstads",
    "controller": "Fjällbyns Cykelverkstad AB",
    "privacy_email": "dataskydd@fjallbyn.example",
    "also_called": ["Fjällbyn", "If"],
}
NAME = CompanyName.of_policy(BYN)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("sparar Fjällbyn mina samtal?", "sparar {} mina samtal?"),
        ("FJÄLLBYNS policy", "{} policy"),
        ("är fjällbyns  cykelverkstad\nAB ansvarig", "är {} ansvarig"),
        ("Fjällbyns Cykelverkstads kunder", "{} kunder"),
        ("fjällbyn:s app", "{} app"),
        ("fjällbynappen", "{} appen"),
        ("kolla fjällbyn.se", "kolla {}.se"),
        ("ifall ni frågar If om det", "ifall ni frågar {} om det"),
        ("min cykelverkstad", "min cykelverkstad"),
    ],
)
def test_names_are_hidden(said: str, read: str):
    assert NAME.hidden(said) == read.format(PLACEHOLDER)


@pytest.mark.parametrize("said", ["", "?", "talenom", "i fjällbyar", "x" * 2_000])
def test_everything_else_stays(said: str):
    assert NAME.hidden(said) == said
    assert CompanyName([]).hidden(said) == said


def test_word_lists_name_it_without_knowing_it():
    assert with_company("ni {company} man") == f"ni {PLACEHOLDER} man"


def test_what_texts_may_name_is_what_the_policy_gives():
    assert own_words(BYN)["controller"] == "Fjällbyns Cykelverkstad AB"
    assert "dpo" not in own_words(BYN)
    with pytest.raises(KeyError, match="privacy_email"):
        own_words({"company": "x", "company_genitive": "x", "controller": "x"})
