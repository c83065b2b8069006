"""The training examples are fit to learn from: one intent an example, none twice, none that the evaluation asks."""

from __future__ import annotations

from benchmarks.understanding.clean import faults, take_out
from benchmarks.understanding.examples import Example, read_examples


def test_no_example_stands_twice_or_under_two_intents():
    assert [(fault.example.text, fault.why) for fault in faults(read_examples(), [])] == []


def test_what_the_evaluation_asks_is_no_example():
    example = Example("hur länge sparar ni mina gamla lönelistor", "policy_retention", "a", "data/nlu/policy/a.yml")

    [fault] = faults([example], ["Hur länge sparar ni mina gamla lönelistor då?"])

    assert fault.why == "asked in the evaluation"


def test_only_the_faulty_example_is_taken_out(tmp_path):
    path = tmp_path / "data" / "nlu" / "policy" / "a_x.yml"
    path.parent.mkdir(parents=True)
    path.write_text(
        'version: "3.1"\nnlu:\n  - intent: policy_fee\n    examples: |\n      - kostar det nåt\n      - är det gratis\n'
        "  - intent: policy_sale\n    examples: |\n      - kostar det nåt\n      - säljer ni uppgifter\n"
    )
    found = faults(read_examples(tmp_path), [])

    take_out(found, tmp_path)

    assert [(e.text, e.intent) for e in read_examples(tmp_path)] == [
        ("kostar det nåt", "policy_fee"),
        ("är det gratis", "policy_fee"),
        ("säljer ni uppgifter", "policy_sale"),
    ]


def test_every_topic_and_request_has_breadth():
    texts: dict[str, set[str]] = {}
    for example in read_examples():
        texts.setdefault(example.intent, set()).add(example.text)

    assert {i for i, t in texts.items() if i.startswith("policy_") and len(t) < 120} == set()
    assert {i for i, t in texts.items() if i.startswith("request_") and len(t) < 220} == set()
    assert len(texts["out_of_scope"]) >= 800
