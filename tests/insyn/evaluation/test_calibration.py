"""The certainty of readings against how often they are right."""

from __future__ import annotations

import pytest

from insyn.evaluation.calibration import Tenth, calibration_error, reliability
from insyn.evaluation.questions import Question
from insyn.evaluation.scoring import Scored


def read(certainty: float | None, *, expected: str = "policy_fee", first: str = "policy_fee") -> Scored:
    kind = "out_of_scope" if expected == "out_of_scope" else "policy"
    asked_back = (("nlu_fallback", 0.6), (first, 0.1))
    return Scored(Question("?", expected, kind, "hard"), "nlu_fallback", 0.6, asked_back, certainty=certainty)


def test_the_certainty_counts_and_not_the_share_of_the_ranking():
    [tenth] = reliability([read(0.42), read(0.44), read(0.46, first="policy_sale")])
    assert (round(tenth.certainty, 2), round(tenth.right, 2), tenth.count) == (0.44, 0.67, 3)


def test_each_tenth_stands_by_itself_and_the_highest_holds_one():
    assert [(tenth.certainty, tenth.count) for tenth in reliability([read(1.0), read(0.95), read(0.1)])] == [
        (0.1, 1),
        (0.975, 2),
    ]


def test_declining_what_is_not_for_us_is_right():
    [tenth] = reliability([read(0.9, expected="out_of_scope", first="out_of_scope")])
    assert tenth.right == 1.0


def test_what_the_certainty_did_not_decide_is_left_out():
    assert reliability([read(None)]) == []


def test_the_error_weighs_each_tenth_by_how_often_it_occurs():
    assert calibration_error([Tenth(0.9, 0.9, 97), Tenth(0.5, 0.0, 3)]) == pytest.approx(0.015)
    assert calibration_error([]) == 0.0
