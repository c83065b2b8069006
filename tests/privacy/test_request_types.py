"""The rights table is whole, and its identity levels are those of the design."""

import re

import pytest

from privacy.grounds import grounds_for
from privacy.request_types import RULES, IdentityLevel, RequestType, Target, rule_for

LEVELS = {
    IdentityLevel.NONE: {RequestType.MARKETING_OPTOUT, RequestType.COMPLAINT, RequestType.PROCESSOR_LIST},
    IdentityLevel.CONTACT: {
        RequestType.RECTIFICATION,
        RequestType.OBJECTION,
        RequestType.RESTRICTION,
        RequestType.CONSENT_WITHDRAWAL,
    },
    IdentityLevel.STRONG: {RequestType.ACCESS, RequestType.PORTABILITY, RequestType.ERASURE},
}


@pytest.mark.parametrize(("level", "types"), LEVELS.items())
def test_who_one_must_be_follows_from_what_one_asks(level, types):
    assert {kind for kind in RequestType if rule_for(kind).identity_level is level} == types


ARTICLES = {
    RequestType.ACCESS: ("artikel 15", "Tillgång (registerutdrag)"),
    RequestType.RECTIFICATION: ("artikel 16", "Rättelse"),
    RequestType.ERASURE: ("artikel 17", "Radering"),
    RequestType.RESTRICTION: ("artikel 18", "Begränsning av behandling"),
    RequestType.PORTABILITY: ("artikel 20", "Dataportabilitet"),
    RequestType.OBJECTION: ("artikel 21.1", "Invändning"),
    RequestType.MARKETING_OPTOUT: ("artikel 21.2–21.3", "Reklamspärr (invändning mot direktmarknadsföring)"),
    RequestType.CONSENT_WITHDRAWAL: ("artikel 7.3", "Återkallat samtycke"),
    RequestType.PROCESSOR_LIST: ("artikel 15.1 c", "Lista över underleverantörer"),
    RequestType.COMPLAINT: ("artikel 77", "Klagomål"),
}
"""By the regulation itself: which article gives the right, and what the right is called."""

GROUNDS = {
    RequestType.ACCESS: {
        "others_rights": "artikel 15.4",
        "secrecy": "5 kap. 1 § dataskyddslagen",
        "drafts": "5 kap. 2 § dataskyddslagen",
    },
    RequestType.RECTIFICATION: {"accurate": "artikel 16", "posted_entry": "5 kap. 5 § bokföringslagen"},
    RequestType.ERASURE: {
        "bookkeeping": "artikel 17.3 b i dataskyddsförordningen och 7 kap. 2 § bokföringslagen",
        "due_diligence": "artikel 17.3 b i dataskyddsförordningen och 5 kap. 3–4 §§ penningtvättslagen",
        "claims": "artikel 17.3 e",
        "still_needed": "artikel 17.1",
    },
    RequestType.RESTRICTION: {"none_of_four": "artikel 18.1", "use_despite_restriction": "artikel 18.2"},
    RequestType.PORTABILITY: {
        "not_consent_or_contract": "artikel 20.1",
        "not_provided": "artikel 20.1",
        "others_rights_portability": "artikel 20.4",
    },
    RequestType.OBJECTION: {"compelling": "artikel 21.1", "claims_objection": "artikel 21.1"},
}
"""Which grounds belong to which right, beside those of art. 11-12 that hold for every right that is weighed."""

ALWAYS = {"excessive": "artikel 12.5", "unidentified": "artikel 11.2 och 12.2"}


def test_every_right_is_of_its_article():
    assert set(RULES) == set(RequestType) == set(ARTICLES)
    assert {kind: (rule.article, rule.title) for kind, rule in RULES.items()} == {
        kind: (f"{article} i dataskyddsförordningen", title) for kind, (article, title) in ARTICLES.items()
    }


@pytest.mark.parametrize("kind", RequestType)
def test_a_right_may_be_refused_on_its_own_grounds_and_no_others(kind):
    expected = GROUNDS[kind] | ALWAYS if kind in GROUNDS else {}
    offered = {ground.key: ground.statute for ground in grounds_for(kind)}

    assert set(offered) == set(expected)
    for key, statute in expected.items():
        assert re.match(rf"{re.escape(statute)}(?= |$)", offered[key]), f"{key}: {offered[key]}"


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.request_type)
def test_a_right_is_explained_in_one_sentence(rule):
    assert rule.explanation.count(".") == 1
    assert rule.explanation.endswith(".")


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.request_type)
def test_nobody_is_asked_for_an_identity_number(rule):
    assert not any("personnummer" in question.text.lower() for question in rule.questions)
    assert len({question.key for question in rule.questions}) == len(rule.questions)


def test_only_opt_outs_must_take_effect_at_once():
    at_once = {rule.request_type for rule in RULES.values() if rule.target is Target.AT_ONCE}

    assert at_once == {RequestType.MARKETING_OPTOUT, RequestType.CONSENT_WITHDRAWAL}
