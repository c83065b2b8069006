"""The report: shares by kind, topic, style and voice, pictures, and the figures that must not be fallen under."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from insyn.errors import InsynError
from insyn.evaluation.floor import Figures, fallen, figures, read_record, write_record
from insyn.evaluation.learning import PARTS, Point, learning_curve
from insyn.evaluation.page import confusions, write_page
from insyn.evaluation.questions import Question
from insyn.evaluation.report import HEAD, by_style_and_kind, by_topic, by_voice, tables
from insyn.evaluation.run import evaluate
from insyn.evaluation.scoring import Scored, Verdict


def scored(
    expected: str, acted_on: str, by_fact: Verdict, *, first: str | None = None, sure: float = 0.9, voice: str = ""
) -> Scored:
    kind = "request" if expected.startswith("request_") else "policy"
    question = Question(f"fråga <{expected}>", expected, kind, "hard", voice=voice)
    first_reading = first or acted_on
    readings = ((first_reading, sure), ("policy_other", 0.05))
    return Scored(question, acted_on, sure, readings, certainty=sure, by_fact=by_fact)


ANSWERS = [
    scored("policy_fee", "policy_fee", Verdict.RIGHT, voice="lawyer"),
    scored("policy_fee", "policy_sale", Verdict.WRONG, voice="lawyer"),
    scored("policy_sale", "nlu_fallback", Verdict.UNSURE, first="policy_sale", sure=0.4, voice="teenager"),
    scored("request_erasure", "request_erasure", Verdict.RIGHT),
]
SAYS_IT_BESIDES = scored("policy_sale", "policy_fee", Verdict.RIGHT)
"""Taken for another topic, whose answer carries the fact as well."""


def test_each_kind_topic_and_voice_has_its_line():
    assert [line[:2] for line in by_style_and_kind(ANSWERS)] == [("hard, request", "1"), ("hard, policy", "3")]
    assert [line[0] for line in by_topic(ANSWERS)] == ["policy_sale", "policy_fee", "request_erasure"]
    assert [line[:2] for line in by_voice(ANSWERS)] == [("lawyer", "2"), ("teenager", "1")]


def test_shares_carry_their_interval():
    [fee] = [line for line in by_topic(ANSWERS) if line[0] == "policy_fee"]
    assert fee[2].strip() == "50.0 % (9–91)"


def test_both_verdicts_have_their_columns():
    [line] = [line for line in by_topic([SAYS_IT_BESIDES, *ANSWERS]) if line[0] == "policy_sale"]
    by_name = dict(zip(("topic", *HEAD), line, strict=True))

    assert by_name["right"].startswith("  0.0 %")
    assert by_name["wrong"].startswith(" 50.0 %")
    assert by_name["fact right"].startswith(" 50.0 %")
    assert by_name["fact wrong"].startswith("  0.0 %")


def test_where_no_answer_was_looked_at_no_share_is_made_up():
    alone = Scored(Question("?", "policy_fee", "policy", "hard"), "policy_fee", 0.9, ())
    [(*_, right, wrong)] = by_topic([alone])
    assert (right, wrong) == ("–", "–")


def test_the_terminal_shows_tables():
    console = Console(record=True, width=160)
    for table in tables(ANSWERS):
        console.print(table)
    assert "lawyer" in console.export_text()


def test_confusions_are_counted_where_it_asked_back_too():
    assert confusions(ANSWERS) == [(("policy_fee", "policy_sale"), 1)]


def test_the_page_holds_pictures_and_every_answer_that_was_not_right(tmp_path: Path):
    page = tmp_path / "report" / "page.html"
    write_page(ANSWERS, page, curve=[Point(10, {"policy": 50.0}), Point(20, {"policy": 75.0})])

    html = page.read_text()
    assert html.count("<svg") == 3
    assert "policy_fee read as policy_sale: 1" in html
    assert html.count("fråga &lt;policy_fee&gt;") == 1, "the one that was wrong, not the one that was right"
    assert "fråga &lt;policy_sale&gt;" in html
    assert "75.0 %" in html
    assert "fact right" in html
    assert "said 0.40, were 1.00" in html, "the certainty that thresholds act on"
    assert "<td>0.5</td><td>1 / 1 / 1, 6</td><td>0 / 0 / 0, 0</td>" in html, "what thresholds cost"
    assert "http" not in html


def recorded(questions: int, *, right: float, wrong: float) -> Figures:
    return {
        "policy": {"questions": questions, "right": right, "wrong": wrong, "fact right": right, "fact wrong": wrong}
    }


def test_a_fall_of_more_than_a_point_is_told():
    record = recorded(200, right=90.0, wrong=4.0)

    assert fallen(recorded(200, right=89.0, wrong=5.0), record) == []
    assert fallen(recorded(200, right=88.5, wrong=4.0), record) == [
        "policy: right fell from 90.0 to 88.5 %",
        "policy: fact right fell from 90.0 to 88.5 %",
    ]
    assert len(fallen(recorded(200, right=90.0, wrong=5.5), record)) == 2
    assert fallen({}, record) == ["policy: no questions"]


def test_a_small_group_may_lose_a_question_but_no_more():
    record = recorded(12, right=100.0, wrong=0.0)
    assert fallen(recorded(12, right=91.7, wrong=0.0), record) == []
    assert fallen(recorded(12, right=83.3, wrong=0.0), record)


def test_what_small_groups_lose_together_is_told():
    def group(kind: str, *, wrong: int) -> list[Scored]:
        question = Question("?", "greet", kind, "ordinary")
        said = ["deny"] * wrong + ["greet"] * (20 - wrong)
        verdicts = [Verdict.WRONG] * wrong + [Verdict.RIGHT] * (20 - wrong)
        return [Scored(question, a, 0.9, (), by_fact=v) for a, v in zip(said, verdicts, strict=True)]

    kinds = ("policy", "request", "person", "smalltalk")
    record = figures([one for kind in kinds for one in group(kind, wrong=0)])
    now = figures([one for kind in kinds for one in group(kind, wrong=1)])

    assert {line.partition(":")[0] for line in fallen(now, record)} == {"ordinary", "all"}


def test_a_record_is_read_as_it_was_written(tmp_path: Path):
    write_record(figures(ANSWERS), tmp_path / "recorded.yml")
    assert read_record(tmp_path / "recorded.yml") == figures(ANSWERS)
    assert set(figures(ANSWERS)) == {"hard policy", "hard request", "hard", "policy", "request", "all"}
    assert figures([*ANSWERS, SAYS_IT_BESIDES])["hard policy"] == {
        "questions": 4,
        "right": 25.0,
        "wrong": 50.0,
        "fact right": 50.0,
        "fact wrong": 25.0,
    }


@pytest.mark.parametrize("asked", [{"record": True, "hold": False}, {"record": False, "hold": True}])
def test_the_final_half_is_never_recorded(tmp_path: Path, asked: dict[str, bool]):
    with pytest.raises(InsynError, match="only the development half"):
        evaluate("final", tmp_path / "page.html", learning_curve=False, console=Console(), **asked)


def test_the_learning_curve_draws_from_every_intent():
    asked = {"policy_fee": "vad kostar det nummer", "policy_sale": "säljer ni mina uppgifter gång"}
    pairs = [(f"{text} {n}{'a' * n}", intent) for intent, text in asked.items() for n in range(16)]
    questions = [
        Question("kostar det", "policy_fee", "policy", "hard"),
        Question("sälja", "policy_sale", "policy", "hard"),
    ]

    curve = learning_curve([text for text, _ in pairs], [intent for _, intent in pairs], questions)

    assert [point.examples for point in curve] == [4, 8, 16, 32]
    assert len(curve) == len(PARTS)
    assert curve[-1].right == {"policy": 100.0}
