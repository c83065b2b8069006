"""What thresholds would cost: wrong five times, unsure once, and what is lost of it said."""

from __future__ import annotations

from insyn.evaluation.cost import THRESHOLDS, costs
from insyn.evaluation.questions import Question
from insyn.evaluation.scoring import Scored


def read(first: str, certainty: float | None, *, expected: str | None = None, kind: str = "policy") -> Scored:
    question = Question("?", expected or first, kind, "hard")
    return Scored(question, first, 0.9, ((first, 0.9),), certainty=certainty)


def at(threshold: float, scored: list[Scored], *, of: str) -> tuple[int, int, int, int]:
    cost = costs(scored, of=of)[THRESHOLDS.index(threshold)]
    return cost.wrong, cost.unsure, cost.lost, cost.total


def test_a_wrong_answer_costs_five_and_asking_back_one():
    answers = [read("policy_fee", 0.95), read("policy_fee", 0.55), read("policy_fee", 0.65, expected="policy_sale")]

    assert at(0.5, answers, of="answer") == (1, 0, 0, 5)
    assert at(0.6, answers, of="answer") == (1, 1, 1, 6)
    assert at(0.7, answers, of="answer") == (0, 2, 1, 2)


def test_each_decision_is_counted_by_itself():
    scored = [read("request_erasure", 0.6, kind="request"), read("out_of_scope", 0.6, kind="out_of_scope")]

    assert at(0.7, scored, of="request") == (0, 1, 1, 1)
    assert at(0.7, scored, of="not for us") == (0, 1, 1, 1)
    assert at(0.7, scored, of="answer") == (0, 0, 0, 0)


def test_declining_a_question_of_ours_is_wrong_and_declining_what_is_not_is_right():
    ours = read("out_of_scope", 0.8, expected="policy_fee")
    not_ours = read("out_of_scope", 0.8, kind="out_of_scope")
    assert at(0.7, [ours, not_ours], of="not for us") == (1, 0, 0, 5)


def test_what_the_certainty_did_not_decide_is_left_out():
    assert at(0.5, [read("policy_fee", None)], of="answer") == (0, 0, 0, 0)
