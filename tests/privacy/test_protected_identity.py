"""Said of oneself it is heard, asked about others it is not."""

from __future__ import annotations

import pytest

from privacy.protected_identity import says_protected


@pytest.mark.parametrize(
    "said",
    [
        "Jag har skyddad identitet",
        "Vi har skyddade personuppgifter sedan i våras",
        "lever under skyddad identitet",
        "min dotter har sekretessmarkering",
        "jag är sekretessmarkerad",
        "fått skyddad  folkbokföring",
        "nej, p.g.a. skyddad adress",
        "SKYDDAD IDENTITET",
        "jag har fingerade personuppgifter",
        "jag har hemlig adress",
    ],
)
def test_it_is_heard(said: str):
    assert says_protected(said)


@pytest.mark.parametrize(
    "said",
    [
        "vad är skyddad identitet",
        "hur gör ni med kunder som har skyddad adress",
        "har ni skyddade personuppgifter",
        "är mina uppgifter skyddade",
        "hur skyddar ni mina personuppgifter",
        "min adress är fel",
        "",
    ],
)
def test_a_question_is_no_statement(said: str):
    assert not says_protected(said)
