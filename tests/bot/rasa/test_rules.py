"""Rules found by the index are the rules that Rasa finds by holding each against the whole conversation."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.constants import SHOULD_NOT_BE_SET

from bot.rasa.rules import IndexedRulePolicy

State = dict[str, dict[str, Any]]

LISTEN = {"action_name": "action_listen"}
GREETED = {"prev_action": LISTEN, "user": {"intent": "greet"}}
AFFIRMED = {"prev_action": LISTEN, "user": {"intent": "affirm"}}
RULES: list[list[State]] = [
    [GREETED],
    [GREETED, {"prev_action": {"action_name": "utter_greet"}, "user": {"intent": "greet"}}],
    [AFFIRMED | {"slots": {"asked": [1.0]}}],
    [AFFIRMED | {"active_loop": {"name": SHOULD_NOT_BE_SET}}],
    [AFFIRMED | {"active_loop": {"name": "form"}}],
    [{"prev_action": LISTEN, "user": {"text": "hej"}}],
    [{"prev_action": {"action_name": "form"}, "active_loop": {"name": SHOULD_NOT_BE_SET}}],
    [{"prev_action": {"action_name": "form"}}, AFFIRMED],
    [{}],
    [{}, GREETED],
]
LOOKUP = {json.dumps(rule, sort_keys=True): f"action_{number}" for number, rule in enumerate(RULES)}

PARTS: list[State] = [
    *(state for rule in RULES for state in rule),
    AFFIRMED | {"active_loop": {"name": "form"}, "slots": {"asked": (1.0,)}},
    {"prev_action": LISTEN, "user": {"intent": "unheard"}},
    {"prev_action": {"action_name": "unheard"}, "user": {"intent": "greet"}},
    {"prev_action": {"action_text": "Hej"}, "user": {"text": "hej"}},
]


@pytest.fixture
def policy(tmp_path: Path) -> IndexedRulePolicy:
    return IndexedRulePolicy(
        IndexedRulePolicy.get_default_config(),
        LocalModelStorage.create(tmp_path),
        Resource("rules"),
        ExecutionContext(GraphSchema({})),
    )


def test_the_same_rules_apply(policy: IndexedRulePolicy):
    chance = random.Random(1)
    met = set()
    for _ in range(3_000):
        states = [chance.choice(PARTS) for _ in range(chance.randint(1, 6))]

        found = policy._get_possible_keys(LOOKUP, states)

        assert found == RulePolicy._get_possible_keys(policy, LOOKUP, states)
        met |= found
    assert met == set(LOOKUP)


def test_a_rule_that_training_takes_away_is_not_found(policy: IndexedRulePolicy):
    lookup = dict(LOOKUP)
    states = RULES[0]
    before = policy._get_possible_keys(lookup, states)
    taken = before.pop()

    del lookup[taken]

    assert policy._get_possible_keys(lookup, states) == before


def test_no_rules_and_another_lookup(policy: IndexedRulePolicy):
    for lookup in ({}, LOOKUP, {}, dict(list(LOOKUP.items())[:3]), LOOKUP):
        assert policy._get_possible_keys(lookup, RULES[1]) == RulePolicy._get_possible_keys(policy, lookup, RULES[1])
