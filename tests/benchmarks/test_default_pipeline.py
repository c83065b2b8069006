"""The comparison with Rasa's default pipeline: the parts that decide whether it is a fair one (ADR 73)."""

from __future__ import annotations

import os
import sys
import tomllib
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks.default_pipeline.__main__ import SHIPPED_CONFIG, learnt, p95
from benchmarks.default_pipeline.asking import scored_from
from benchmarks.default_pipeline.environment import REQUIREMENTS
from benchmarks.default_pipeline.project import Example, as_retrieval, default_config, stratified, write_project
from benchmarks.default_pipeline.steps import StepFailedError, run
from foundation.yaml_files import read_yaml
from insyn.evaluation.questions import Question
from insyn.evaluation.scoring import Verdict
from insyn.settings import ROOT

MANY = [Example(f"får jag se det {n}", "request_access") for n in range(100)]
FEW = [Example(f"kostar det {n}", "policy_fee") for n in range(10)]
ONE = [Example("hej", "greet")]
AWKWARD = [
    "# inte en kommentar",
    "nyckel: värde",
    "- ett streck",
    'hon sa "nej"',
    "it's",
    "åäö 😀",
    "* {x}",
    "null",
    "12",
]
FEE = Question("vad kostar det", "policy_fee", "policy", "ordinary")


def config(*, epochs: int) -> dict:
    [package] = find_spec("rasa").submodule_search_locations
    return default_config((Path(package).parent / SHIPPED_CONFIG).read_text(), language="sv", epochs=epochs)


def parsed(name: str | None, *, selected: str | None = None) -> dict:
    reading = {"name": name, "confidence": 0.5}
    ranking = [{"intent_response_key": selected, "confidence": 0.5}] if selected else []
    return {"intent": reading, "intent_ranking": [reading], "response_selector": {"default": {"ranking": ranking}}}


def test_of_every_intent_the_same_share_is_learnt_but_never_less_than_two():
    drawn = stratified([*MANY, *FEW, *ONE], 22, seed=0)

    assert Counter(one.intent for one in drawn) == {"request_access": 20, "policy_fee": 2, "greet": 1}


def test_a_share_is_the_same_one_each_time_and_another_by_another_seed():
    assert stratified(MANY, 20, seed=0) == stratified(MANY, 20, seed=0)
    assert stratified(MANY, 20, seed=0) != stratified(MANY, 20, seed=1)


def test_who_asks_for_more_than_there_is_gets_all():
    assert stratified([*MANY, *FEW], 1000, seed=0) == [*MANY, *FEW]


def test_the_default_pipeline_is_rasas_own_but_for_the_epochs():
    asked_for, changed = config(epochs=100)["pipeline"], config(epochs=7)["pipeline"]

    assert [part["name"] for part in asked_for if "epochs" in part] == ["DIETClassifier", "ResponseSelector"]
    assert changed == [part | {"epochs": 7} if "epochs" in part else part for part in asked_for]
    assert asked_for[-1] == {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1}


def test_rasa_reads_the_examples_back_as_they_were(tmp_path):
    from rasa.shared.nlu.training_data.loading import load_data

    examples = [Example(text, "policy_fee") for text in AWKWARD] + [Example("hej", "greet")]

    write_project(tmp_path / "project", config(epochs=1), examples)

    data = load_data(str(tmp_path / "project" / "nlu.yml"))
    assert [(one.get("text"), one.get("intent")) for one in data.intent_examples] == [
        (one.text, one.intent) for one in examples
    ]


def test_topics_of_a_retrieval_intent_each_have_a_response(tmp_path):
    from rasa.shared.importers.importer import TrainingDataImporter

    write_project(tmp_path / "project", config(epochs=1), as_retrieval([*FEW, *MANY]))

    paths = [str(tmp_path / "project" / name) for name in ("config.yml", "domain.yml", "nlu.yml")]
    data = TrainingDataImporter.load_from_config(paths[0], paths[1], [paths[2]]).get_nlu_data()
    assert {(one.get("intent"), one.get("intent_response_key")) for one in data.intent_examples} == {
        ("policy", "policy/fee"),
        ("request_access", None),
    }
    assert set(data.responses) == {"utter_policy/fee"}
    assert read_yaml(Path(paths[1]))["intents"] == ["policy", "request_access"]


def test_nothing_of_an_earlier_project_is_left(tmp_path):
    (tmp_path / ".rasa").mkdir()
    (tmp_path / ".rasa" / "cache.db").write_text("what was trained before")

    write_project(tmp_path, config(epochs=1), FEW)

    assert not (tmp_path / ".rasa").exists()


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (parsed("policy_fee"), Verdict.RIGHT),
        (parsed("policy_sale"), Verdict.WRONG),
        (parsed("nlu_fallback"), Verdict.UNSURE),
        (parsed(None), Verdict.UNSURE),
        (parsed("policy", selected="policy/fee"), Verdict.RIGHT),
        (parsed("policy", selected="policy/sale"), Verdict.WRONG),
        (parsed("greet", selected="policy/fee"), Verdict.WRONG),
    ],
)
def test_what_rasa_parsed_is_judged_as_our_own_answers_are(answer, verdict):
    assert scored_from(FEE, answer).verdict is verdict


def test_a_selected_topic_is_as_sure_as_both_decisions_together():
    assert scored_from(FEE, parsed("policy", selected="policy/fee")).confidence == pytest.approx(0.25)


def test_a_step_that_fails_says_how_it_ended(tmp_path):
    command = [sys.executable, "-c", "print('why it failed'); raise SystemExit(3)"]

    with pytest.raises(StepFailedError, match="why it failed"):
        run(command, log_file=tmp_path / "log", cwd=tmp_path, environment=os.environ)


def test_a_step_tells_time_and_memory_of_its_own(tmp_path):
    command = [sys.executable, "-c", "kept = bytearray(b'x' * 100_000_000)"]

    used = run(command, log_file=tmp_path / "log", cwd=tmp_path, environment=os.environ)

    assert used.peak_mb > 100
    assert used.processor_s > 0
    assert used.seconds > 0


def test_the_last_epoch_tells_how_much_was_learnt():
    classifier = "Epochs:  67%| 2/3 [02:23<01:05, i_acc=0.325]\rEpochs: 100%| 3/3 [03:16, i_acc=0.424]\n"
    selector = "Epochs: 100%| 3/3 [00:01, t_loss=2.1, r_acc=0.9]\n"

    assert learnt(classifier + selector) == 0.424
    assert learnt("Your Rasa model is trained") is None


def test_the_slowest_of_twenty_is_no_95th_percentile():
    assert p95([*range(1, 20), 1000]) == 19


def test_the_other_side_is_the_same_release_with_its_own_tensorflow():
    locked = [line for line in REQUIREMENTS.read_text().splitlines() if not line.startswith("#")]
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]

    [release] = [line for line in ours if line.startswith("rasa==")]
    assert release in locked
    assert "tensorflow==2.12.0" in locked
