"""Rasa's own command line finds nothing wrong with the conversations."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.model

HERE = Path(__file__).parent


def test_the_rules_decide_the_test_stories_as_written(trained_model: Path, tmp_path: Path):
    command = ["rasa", "test", "core", "--stories", str(HERE), "--model", str(trained_model), "--out", str(tmp_path)]
    result = subprocess.run(
        [sys.executable, "-m", *command, "--fail-on-prediction-errors", "--no-plot"],
        cwd=HERE.parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-2000:]
    assert "Correct:          4 / 4" in result.stderr + result.stdout
