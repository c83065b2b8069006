"""The report: shares by kind, topic, style and voice, pictures, and the figures that must not be fallen under."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from insyn.evaluation.floor import fallen, figures, read_record, write_record
from insyn.evaluation.learning import PARTS, Point, learning_curve
from insyn.evaluation.page import confusions, reliability, write_page
from insyn.evaluation.questions import Question
from insyn.evaluation.report import by_style_and_kind, by_topic, by_voice, tables
from insyn.evaluation.run import evaluate
from insyn.evaluation.scoring import Scored


def scored(expected: str, acted_on: str, *, first: str | None = None, sure: float = 0.9, voice: str = "") -> Scored:
    kind = "request" if expected.startswith("request_") else "policy"
    question = Question(f"fråga <{expected}>", expected, kind, "hard", voice=voice)
    first_reading = first or acted_on
    return Scored(question, acted_on, sure, ((first_reading, sure), ("policy_other", 0.05)))


ANSWERS = [
    scored("policy_fee", "policy_fee", voice="lawyer"),
    scored("policy_fee", "policy_sale", voice="lawyer"),
    scored("policy_sale", "nlu_fallback", first="policy_sale", sure=0.4, voice="teenager"),
    scored("request_erasure", "request_erasure"),
]


def test_each_kind_topic_and_voice_has_its_line():
    assert [line[:2] for line in by_style_and_kind(ANSWERS)] == [("hard, request", "1"), ("hard, policy", "3")]
    assert [line[0] for line in by_topic(ANSWERS)] == ["policy_sale", "policy_fee", "request_erasure"]
    assert [line[:2] for line in by_voice(ANSWERS)] == [("lawyer", "2"), ("teenager", "1")]


def test_shares_carry_their_interval():
    [fee] = [line for line in by_topic(ANSWERS) if line[0] == "policy_fee"]
    assert fee[2].strip() == "50.0 % (9–91)"


def test_the_terminal_shows_tables():
    console = Console(record=True, width=160)
    for table in tables(ANSWERS):
        console.print(table)
    assert "lawyer" in console.export_text()


def test_confusions_are_counted_where_it_asked_back_too():
    assert confusions(ANSWERS) == [(("policy_fee", "policy_sale"), 1)]


def test_reliability_compares_what_was_said_with_what_was_so():
    assert [(round(c, 1), round(r, 2), n) for c, r, n in reliability(ANSWERS)] == [(0.4, 1.0, 1), (0.9, 0.67, 3)]


def test_the_page_holds_pictures_and_every_answer_that_was_not_right(tmp_path: Path):
    page = tmp_path / "report" / "page.html"
    write_page(ANSWERS, page, curve=[Point(10, {"policy": 50.0}), Point(20, {"policy": 75.0})])

    html = page.read_text()
    assert html.count("<svg") == 3
    assert "policy_fee read as policy_sale: 1" in html
    assert html.count("fråga &lt;policy_fee&gt;") == 1, "the one that was wrong, not the one that was right"
    assert "fråga &lt;policy_sale&gt;" in html
    assert "75.0 %" in html
    assert "http" not in html


def test_a_fall_of_more_than_a_point_is_told():
    recorded = {"hard policy": {"questions": 200, "right": 90.0, "wrong": 4.0}}

    assert fallen({"hard policy": {"right": 89.0, "wrong": 5.0}}, recorded) == []
    assert len(fallen({"hard policy": {"right": 88.5, "wrong": 5.5}}, recorded)) == 2
    assert fallen({}, recorded) == ["hard policy: no questions"]


def test_a_record_is_read_as_it_was_written(tmp_path: Path):
    write_record(figures(ANSWERS), tmp_path / "recorded.yml")
    assert read_record(tmp_path / "recorded.yml") == figures(ANSWERS)
    assert figures(ANSWERS)["hard policy"] == {"questions": 3, "right": 33.3, "wrong": 33.3}


def test_the_final_half_is_never_recorded(tmp_path: Path):
    with pytest.raises(ValueError, match="only the development half"):
        evaluate("final", tmp_path / "page.html", learning_curve=False, record=True, console=Console())


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
