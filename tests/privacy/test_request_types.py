"""The rights table is whole, and its identity levels are those of the design."""

import pytest

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


def test_every_type_has_a_rule_with_its_own_title_and_article():
    assert set(RULES) == set(RequestType)
    assert len({rule.title for rule in RULES.values()}) == len(RequestType)
    assert len({rule.article for rule in RULES.values()}) == len(RequestType)


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
