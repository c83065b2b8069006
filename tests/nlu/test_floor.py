"""The development half may not fall: more than a point under what was recorded, and this fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from insyn.evaluation.floor import RECORD, fallen, figures, read_record
from insyn.evaluation.questions import read_questions
from insyn.evaluation.run import score
from insyn.training import ensure_model

ROOT = Path(__file__).parents[2]


@pytest.mark.model
def test_the_development_half_is_understood_as_well_as_recorded(tmp_path: Path):
    questions = read_questions(sorted((ROOT / "tests" / "nlu").glob("development*.jsonl")))

    now = figures(score(ensure_model(tmp_path / "train.log"), questions))

    assert fallen(now, read_record(ROOT / RECORD)) == []
