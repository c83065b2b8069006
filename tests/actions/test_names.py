"""``domain.yml``, ``actions/`` and ``data/`` name the same things, and every response can be said as it stands."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.utils import all_subclasses

import actions
from actions.base import InsynAction
from actions.journeys.registry import JOURNEY_BY_INTENT, JOURNEY_BY_TYPE
from actions.protected_identity import PROTECTED_ADDRESS, WAY_ON
from actions.request_form import CONFIRMED, RequestForm
from actions.texts import ANSWER_NAMES, HANDOFF, SIGNING_LABELS, WISHES
from foundation.yaml_files import read_yaml
from privacy.request_types import RequestType, rule_for
from tests.actions.fakes import KNOWLEDGE

ROOT = Path(__file__).parent.parent.parent
DOMAIN = read_yaml(ROOT / "domain.yml")
OF_THE_EDGE = {"edge:cancel_waiting", "edge:hand_over"}
MOST_BUTTONS = 5
OF_A_CASE = "case_addition_form"
"""Asks for what is to be added to a case there is; all other forms make one."""

GUARDS = {WAY_ON, PROTECTED_ADDRESS}
"""Asked for only of who lives with protected identity (docs/adr/0116)."""

GIVEN_BY_CODE = {"nlu_fallback", "other_language"}
"""Intents that the pipeline gives without having been trained on."""


@cache
def data(kind: str) -> list[dict[str, Any]]:
    """Return every YAML file below ``data/`` that has the key ``kind``."""
    files = [read_yaml(path) for path in sorted((ROOT / "data").rglob("*.yml"))]
    return [content for content in files if isinstance(content, dict) and kind in content]


@cache
def responses() -> dict[str, list[dict[str, Any]]]:
    return {name: variants for file in data("responses") for name, variants in file["responses"].items()}


@cache
def rules() -> list[dict[str, Any]]:
    return [rule for file in data("rules") for rule in file["rules"]]


def steps(key: str) -> set[str]:
    def walk(step: Any) -> Iterator[str]:
        if isinstance(step, dict):
            if isinstance(step.get(key), str):
                yield step[key]
            for alternative in step.get("or", []):
                yield from walk(alternative)

    return {name for rule in rules() for step in rule["steps"] for name in walk(step)}


@cache
def own_actions() -> dict[str, type[InsynAction]]:
    ActionExecutor()._import_submodules(actions)
    classes = [action for action in all_subclasses(InsynAction) if not inspect.isabstract(action)]
    return {action.action_name: action for action in classes}


def strings_in_actions() -> set[str]:
    """Return every string constant in ``actions/``, f-strings with ``*`` where something is filled in."""
    found: set[str] = set()
    for path in (ROOT / "actions").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = (part.value if isinstance(part, ast.Constant) else "*" for part in node.values)
                found.add("".join(str(part) for part in parts))
    return found


def test_every_intent_has_a_rule_and_every_rule_an_intent():
    """``rasa`` itself only warns; without a rule the assistant would stay silent."""
    assert set(DOMAIN["intents"]) == steps("intent")


def test_intents_are_the_trained_ones_the_events_and_the_fallback():
    trained = {entry["intent"] for file in data("nlu") for entry in file["nlu"]}
    events = {intent for intent in DOMAIN["intents"] if intent.startswith("EXTERNAL_")}

    assert trained & events == set(), "nobody may be able to type an event"
    assert trained <= set(DOMAIN["intents"])
    topics_and_rest = {intent for intent in DOMAIN["intents"] if not intent.startswith("EXTERNAL_")} - GIVEN_BY_CODE
    assert topics_and_rest - trained == set()


def test_every_topic_of_the_policy_is_an_intent():
    assert {intent for intent in DOMAIN["intents"] if intent.startswith("policy_")} == set(KNOWLEDGE.topics)


def test_actions_of_the_domain_are_the_classes():
    assert set(DOMAIN["actions"]) == set(own_actions())


def test_rules_use_only_what_there_is():
    forms, ours = set(DOMAIN["forms"]), set(own_actions())
    assert steps("action") - forms - ours == {name for name in steps("action") if name in responses()}


def test_every_action_is_used_by_a_rule_or_a_form():
    of_forms = {f"validate_{form}" for form in DOMAIN["forms"]}
    asking = {f"action_ask_{slot}" for slot in DOMAIN["slots"]} & set(own_actions())  # a form asks for a slot by it
    assert set(own_actions()) - of_forms - asking == steps("action") & set(own_actions())
    assert of_forms <= set(own_actions())


def test_every_form_is_a_journey_with_its_slots():
    forms = {
        name: [slot for slot in form["required_slots"] if slot not in GUARDS]
        for name, form in DOMAIN["forms"].items()
        if name != OF_A_CASE
    }
    journeys = {
        journey.form: [*(field.slot for field in journey.fields), CONFIRMED] for journey in JOURNEY_BY_TYPE.values()
    }
    assert forms == journeys
    for form in DOMAIN["forms"].values():
        if "contact_email" in form["required_slots"]:
            assert form["required_slots"].index(WAY_ON) == form["required_slots"].index("contact_email") - 1
    assert {action.journey.form for action in own_actions().values() if issubclass(action, RequestForm)} == set(forms)


def test_every_request_type_is_a_journey_begun_by_an_intent_of_the_domain():
    assert set(JOURNEY_BY_TYPE) == set(RequestType)
    assert set(JOURNEY_BY_INTENT) <= set(DOMAIN["intents"])


CLIENTS_DATA = {"access", "rectification", "erasure", "restriction", "portability", "objection"}
"""Types that may be about data of a client's, whose name is then asked for."""

ANSWERED_TO = {"access", "rectification", "erasure", "restriction", "portability", "objection"} | {
    "consent_withdrawal",
    "complaint",
}
"""Types whose answer goes to an address that is asked for beside what the right needs."""


@pytest.mark.parametrize("kind", RequestType)
def test_the_dialogue_asks_for_what_the_right_needs_and_whose_and_where_to_answer_and_nothing_else(kind):
    asked = [field.slot.removeprefix("marketing_") for field in JOURNEY_BY_TYPE[kind].fields]
    needed = [question.key for question in rule_for(kind).questions]
    beside = ["client_company"] * (kind in CLIENTS_DATA) + ["contact_email"] * (kind in ANSWERED_TO)

    assert sorted(asked) == sorted([*needed, *beside])
    assert [slot for slot in asked if slot in needed] == needed, "in the order of the rules"


def test_slots_that_are_asked_for_can_be_asked_missed_and_changed():
    for name, form in DOMAIN["forms"].items():
        for slot in form["required_slots"]:
            assert {f"utter_ask_{name}_{slot}", f"utter_ask_{slot}"} & set(responses())
            assert f"utter_no_{slot}" in responses()
        several = (
            len(set(form["required_slots"]) - GUARDS) > 2
        )  # with one answer beside the confirmation it is that one
        assert (f"utter_ask_{name}_field_to_change" in responses()) is several
    asked = (
        {slot for form in DOMAIN["forms"].values() for slot in form["required_slots"]}
        - {CONFIRMED, "addition"}
        - GUARDS
    )
    assert asked == set(ANSWER_NAMES)
    assert asked - {"marketing_address"} == set(SIGNING_LABELS)


def test_actions_say_only_responses_that_there_are():
    named = {text for text in strings_in_actions() if text.startswith("utter_") and text[-1] not in "*_"}
    assert named - set(responses()) == set()


def test_every_response_is_said_somewhere():
    constants = strings_in_actions()
    patterns = [re.compile(text.replace("*", r"\w*")) for text in constants if text.startswith("utter_")]
    asked = {name for name in responses() if name.startswith("utter_ask_")}
    unused = {
        name
        for name in set(responses()) - steps("action") - asked
        if not any(pattern.fullmatch(name) for pattern in patterns)
    }
    assert unused == {"utter_default"}, "Rasa says that one by itself"
    forms = "|".join(DOMAIN["forms"])
    assert {name for name in asked if not re.match(rf"utter_ask_({forms})_", name)} == {f"utter_ask_{WAY_ON}"}


def buttons() -> list[tuple[str, dict[str, str]]]:
    return [
        (name, button)
        for name, variants in responses().items()
        for variant in variants
        for button in variant.get("buttons", [])
    ]


@pytest.mark.parametrize(("name", "button"), buttons())
def test_every_button_leads_somewhere(name: str, button: dict[str, str]):
    payload = button["payload"].replace("{{", "{").replace("}}", "}")
    if payload in OF_THE_EDGE:
        return
    intent, _, carried = payload.removeprefix("/").partition("{")
    assert payload.startswith("/")
    assert intent in DOMAIN["intents"]
    answers = json.loads("{" + carried) if carried else {}
    assert set(answers) <= set(DOMAIN["entities"])
    form = next((form for form in DOMAIN["forms"] if name.startswith(f"utter_ask_{form}_")), None)
    of_the_actions = ["scope", "duplicate", "identify"]
    slots = DOMAIN["forms"][form]["required_slots"] if form else of_the_actions
    assert set(answers) - {"field"} <= set(slots)
    assert {answers["field"]} <= set(slots) if "field" in answers else True


def test_braces_in_payloads_are_doubled():
    """Rasa fills slots in everywhere; single braces would be an error with the slots' values in the log."""
    for name, button in buttons():
        assert not re.search(r"(?<!\{)\{(?!\{)", button["payload"]), name


def test_no_response_offers_more_buttons_than_a_phone_shows_at_once():
    counts = Counter(name for name, _ in buttons())
    assert {name for name, count in counts.items() if count > MOST_BUTTONS} == set()


def test_what_is_filled_in_is_a_slot_or_given_by_an_action():
    keywords = {
        keyword.arg
        for path in (ROOT / "actions").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
    }
    for name, variants in responses().items():
        for placeholder in re.findall(r"(?<!\{)\{(\w+)\}", variants[0]["text"]):
            assert placeholder in keywords | set(DOMAIN["slots"]), f"{name}: {placeholder}"


def test_every_wish_on_a_button_is_an_intent():
    assert set(WISHES) <= set(DOMAIN["intents"])
    assert set(JOURNEY_BY_INTENT) <= set(WISHES)


def test_no_slot_is_for_who_somebody_is():
    forbidden = re.compile(r"name|personal|identity|number|given|surname|bankid|signature|level")
    assert {slot for slot in DOMAIN["slots"] if forbidden.search(slot)} == set()


def test_slots_do_not_influence_the_rules():
    """So that nothing a visitor says can steer what happens next but by its intent."""
    assert {name for name, slot in DOMAIN["slots"].items() if slot["influence_conversation"]} == set()
    assert {mapping["type"] for slot in DOMAIN["slots"].values() for mapping in slot["mappings"]} == {"custom"}


def test_reasons_for_a_handover_fit_where_they_are_kept():
    assert max(len(text) for key, text in HANDOFF.items() if key.startswith("reason_")) <= 64


def test_responses_hold_no_english_and_no_missing_text():
    english = re.compile(r"\b(the|please|your|you|request|sorry|failed|error)\b", re.IGNORECASE)
    for name, variants in responses().items():
        for variant in variants:
            assert variant["text"].strip(), name
            if name.startswith("utter_other_language"):
                continue
            assert not english.search(re.sub(r"\{\w+\}", "", variant["text"])), name
