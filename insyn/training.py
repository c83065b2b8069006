"""Trains the model when, and only when, something that goes into it changed."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from insyn.children import run_to_end
from insyn.errors import TrainingError
from insyn.settings import ROOT

MODEL_NAME = "insyn"
INGREDIENTS = (
    "config.yml",
    "domain.yml",
    "data/nlu",
    "data/rules",
    "data/stories",
    "data/responses",
    "bot/nlu",
    "bot/rasa/rules.py",
)
"""What the model is made of: change one of these and it is trained again."""


def model_path(root: Path = ROOT) -> Path:
    """Return where the model lies that the stack serves."""
    return root / "models" / f"{MODEL_NAME}.tar.gz"


def fingerprint(root: Path = ROOT) -> str:
    """Return a digest of everything that goes into the model, Rasa's version included."""
    digest = hashlib.sha256(f"rasa {version('rasa')}\n".encode())
    for path in _files(root / name for name in INGREDIENTS):
        digest.update(f"{path.relative_to(root)}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_current(root: Path = ROOT) -> bool:
    """Tell whether the model was trained from what stands there now."""
    mark = _mark(root)
    return model_path(root).exists() and mark.exists() and mark.read_text() == fingerprint(root)


def train(log_file: Path, *, root: Path = ROOT) -> Path:
    """Train the model with ``rasa train`` and return its path; Rasa's output goes to ``log_file``.

    Raises:
        TrainingError: Rasa failed; its last lines are in the text, all of them in ``log_file``.
    """
    taken_before = fingerprint(root)  # what changes during the training is trained next time
    command = [
        sys.executable,
        "-m",
        "rasa",
        "train",
        "--skip-validation",
        "--force",  # Rasa's own cache knows data and configuration, not what changed in our code
        "--out",
        "models",
        "--fixed-model-name",
        MODEL_NAME,
    ]
    log_file.parent.mkdir(parents=True, exist_ok=True)
    with log_file.open("wb") as log:
        exit_code = run_to_end(command, cwd=root, output=log)
    if exit_code != 0:
        last_lines = "\n".join(log_file.read_text(errors="replace").splitlines()[-15:])
        raise TrainingError(
            f"Rasa could not train the model; all it said is in {log_file}. It ended with:\n{last_lines}"
        )
    _mark(root).write_text(taken_before)
    return model_path(root)


def ensure_model(log_file: Path, *, root: Path = ROOT) -> Path:
    """Return the path of a model that is current, training it first if it is not."""
    return model_path(root) if is_current(root) else train(log_file, root=root)


def _mark(root: Path) -> Path:
    return root / "models" / f"{MODEL_NAME}.fingerprint"


def _files(places: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for place in places:
        found += (
            [place]
            if place.is_file()
            else [path for path in place.rglob("*") if path.suffix in {".yml", ".py", ".txt"}]
        )
    return sorted(found)
