"""How a person on the staff may establish an identity, and when asking for one is allowed and stops time."""

from datetime import date, timedelta

import pytest

from privacy.identity_proof import ProofMethod, asking_stops_time, may_doubt
from privacy.request_types import RULES, IdentityLevel


def test_every_way_has_its_words_and_none_keeps_a_copy():
    labels = [method.label for method in ProofMethod]

    assert len(set(labels)) == len(labels)
    assert all("ingen kopia" in label for label in labels if "legitimation" in label)


def test_only_a_compared_address_is_of_the_weaker_level():
    weaker = {method for method in ProofMethod if method.level < IdentityLevel.STRONG}

    assert weaker == {ProofMethod.ADDRESS_MATCHED}


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.request_type)
def test_there_is_doubt_only_below_what_the_right_needs(rule):
    for level in IdentityLevel:
        assert may_doubt(level, rule.identity_level) is (level < rule.identity_level)


def test_asked_on_the_fifth_day_time_stops_and_on_the_sixth_it_does_not():
    received_on = date(2026, 3, 5)

    assert asking_stops_time(received_on, today=received_on + timedelta(days=5))
    assert not asking_stops_time(received_on, today=received_on + timedelta(days=6))
