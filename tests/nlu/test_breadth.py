"""Examples are broad before they are many: many hands, many kinds, no templates; the evaluation is large and hard."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import pytest

from actions.texts import NOT_OURS
from benchmarks.understanding.examples import SHARED, Example, read_examples
from insyn.evaluation.questions import read_questions

ROOT = Path(__file__).parents[2]

FEWEST_REQUEST = 250
FEWEST_OUT_OF_SCOPE = 800
FEWEST_OF_A_KIND = 30
"""Examples of each kind of what is not for us that its words know; most are of no kind that has words of its own."""

FEWEST_HANDS = 6
MOST_IN_A_FRAME = 6
"""Examples of one intent that are alike but for one word; more would be a template."""

MOST_FRAMED = 0.01
"""Share of the examples that stand in a frame of three or more."""

SHORTEST_FRAME = 5
"""Words; shorter ones are alike because the language is."""

PUNCTUATION = str.maketrans("", "", ".,!?")

NEIGHBOURS = [
    "policy_right_access",
    "policy_right_rectification",
    "policy_right_erasure",
    "policy_right_restriction",
    "policy_right_portability",
    "policy_right_objection",
    "policy_right_marketing_objection",
    "policy_right_complaint",
    "policy_consent_withdrawal_how",
    "policy_rights_overview",
]
"""Questions next to a wish: as many examples as a request."""


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return read_examples()


@pytest.fixture(scope="module")
def texts(examples: list[Example]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        found[example.intent].add(example.text)
    return found


def test_requests_and_their_neighbours_have_the_most_examples(texts: dict[str, set[str]]):
    requests = [i for i in texts if i.startswith("request_")] + ["make_complaint", "ask_case_status", "ask_human"]
    assert {i: len(texts[i]) for i in [*requests, *NEIGHBOURS] if len(texts[i]) < FEWEST_REQUEST} == {}


def test_what_is_not_for_us_is_of_many_kinds(texts: dict[str, set[str]]):
    kinds = Counter(
        next((kind for kind, said in NOT_OURS.items() if said.search(text.casefold())), "of no kind of ours")
        for text in texts["out_of_scope"]
    )
    assert kinds.total() >= FEWEST_OUT_OF_SCOPE
    assert {kind: kinds[kind] for kind in NOT_OURS if kinds[kind] < FEWEST_OF_A_KIND} == {}
    assert kinds["of no kind of ours"] >= FEWEST_OUT_OF_SCOPE


def test_every_topic_request_and_what_is_not_for_us_is_written_by_many_hands(examples: list[Example]):
    hands: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        if example.hand != SHARED:
            hands[example.intent].add(example.hand)

    asked = [i for i in hands if i.startswith(("policy_", "request_")) or i in {"out_of_scope", "make_complaint"}]
    assert {i: sorted(hands[i]) for i in asked if len(hands[i]) < FEWEST_HANDS} == {}


def test_no_template_with_one_word_swapped(examples: list[Example]):
    frames: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for example in examples:
        said = example.text.casefold().translate(PUNCTUATION).split()
        if len(said) >= SHORTEST_FRAME:
            for place in range(len(said)):
                frames[example.intent, *said[:place], "…", *said[place + 1 :]].add(" ".join(said))

    largest = max(frames, key=lambda frame: len(frames[frame]))
    assert len(frames[largest]) <= MOST_IN_A_FRAME, (largest, frames[largest])
    framed = {text for alike in frames.values() if len(alike) >= 3 for text in alike}
    assert len(framed) <= MOST_FRAMED * len(examples)


def test_a_template_would_be_found():
    from_a_template = [
        Example(f"hur länge sparar ni mina {word}", "policy_x", "a", "a.yml") for word in "abcdefghijklmn"
    ]
    with pytest.raises(AssertionError):
        test_no_template_with_one_word_swapped(from_a_template)


def test_the_evaluation_is_large_and_half_of_it_hard():
    questions = read_questions(sorted((ROOT / "tests" / "nlu").glob("*.jsonl")))
    hard = sum(question.style == "hard" for question in questions)

    assert len(questions) >= 1_000
    assert hard >= len(questions) / 2
