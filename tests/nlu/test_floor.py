"""``insyn evaluate`` on the development half: it may not fall, and says of each reading how sure it may be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from insyn.cli import app
from insyn.evaluation.questions import KINDS, STYLES
from insyn.terminal import console
from insyn.training import ensure_model

pytestmark = pytest.mark.model

MOST_CALIBRATION_ERROR = 5.0
"""Points between the certainty that thresholds act on and the share that is right, weighted by how often."""

MOST_WHERE_UNSURE = 20.0
"""… of the readings below 0.9, which are few: some hundred, a tenth of certainty often less than twenty."""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("evaluation") / "page.html"


@pytest.fixture(scope="module")
def evaluation(page: Path, tmp_path_factory: pytest.TempPathFactory) -> Result:
    """The command, run once for all of this file."""
    ensure_model(tmp_path_factory.mktemp("train") / "train.log")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(console, "width", 200)  # wide enough for a table whatever the terminal
        return CliRunner().invoke(app, ["evaluate", "--hold", "--page", str(page)])


def test_the_development_half_is_understood_as_well_as_recorded(evaluation: Result):
    assert evaluation.exit_code == 0, evaluation.output


def test_the_command_prints_both_verdicts_by_style_kind_voice_and_topic(evaluation: Result):
    for word in ("right", "wrong", "unsure", "fact right", "fact wrong", "voice", "pensioner"):
        assert word in evaluation.output
    for style in STYLES:
        for kind in KINDS:
            assert re.search(rf"{style}, {kind}\s.*\d+\.\d % \(\d+–\d+\)", evaluation.output), (style, kind)


def test_the_certainty_that_thresholds_act_on_is_calibrated(evaluation: Result, page: Path):
    html = page.read_text()

    said = re.search(r"Expected calibration error ([\d.]+) points; of the readings below 0\.9, ([\d.]+) points", html)
    assert said is not None
    assert float(said[1]) <= MOST_CALIBRATION_ERROR
    assert float(said[2]) <= MOST_WHERE_UNSURE


def test_the_page_tells_what_was_expected_of_every_answer_that_was_not_right(evaluation: Result, page: Path):
    html = page.read_text()

    assert "Confusion between topics" in html
    assert html.count("<svg") >= 2
    assert html.count("<td>wrong</td>") > 0
    assert "http" not in html
