"""How a person on the staff may establish an identity, and when asking for one is allowed and stops time."""

from datetime import date, timedelta

import pytest

from privacy.identity_proof import IdentityGap, ProofMethod, asking_stops_time, identity_gap
from privacy.request_types import RULES, IdentityLevel


def test_every_way_has_its_words_and_none_keeps_a_copy():
    labels = [method.label for method in ProofMethod]

    assert len(set(labels)) == len(labels)
    assert all("ingen kopia" in label for label in labels if "legitimation" in label)


def test_only_a_compared_address_is_of_the_weaker_level():
    weaker = {method for method in ProofMethod if method.level < IdentityLevel.STRONG}

    assert weaker == {ProofMethod.ADDRESS_MATCHED}


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.request_type)
def test_something_is_missing_below_what_the_right_needs(rule):
    for level in IdentityLevel:
        gap = identity_gap(level, rule.identity_level, rests_on_address=False, is_compared=False)
        assert gap is (IdentityGap.LEVEL_TOO_LOW if level < rule.identity_level else None)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.request_type)
def test_an_address_is_enough_only_once_it_was_compared_and_only_where_an_address_is_enough(rule):
    def gap(*, is_compared):
        return identity_gap(IdentityLevel.CONTACT, rule.identity_level, rests_on_address=True, is_compared=is_compared)

    expected = {
        IdentityLevel.NONE: (None, None),
        IdentityLevel.CONTACT: (IdentityGap.ADDRESS_NOT_COMPARED, None),
        IdentityLevel.STRONG: (IdentityGap.LEVEL_TOO_LOW, IdentityGap.LEVEL_TOO_LOW),
    }
    assert (gap(is_compared=False), gap(is_compared=True)) == expected[rule.identity_level]


def test_asked_on_the_fifth_day_time_stops_and_on_the_sixth_it_does_not():
    received_on = date(2026, 3, 5)

    assert asking_stops_time(received_on, today=received_on + timedelta(days=5))
    assert not asking_stops_time(received_on, today=received_on + timedelta(days=6))
