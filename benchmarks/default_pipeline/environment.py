"""The other side's own environment: unmodified Rasa with its TensorFlow, made by our uv, nothing shared with ours."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.default_pipeline.steps import run
from insyn.settings import ROOT

BENCH = ROOT / ".insyn-bench"
"""Kept between runs; delete it to start from nothing."""

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
UV = ROOT / ".uv" / "bin" / "uv"


@dataclass(frozen=True, slots=True)
class Environment:
    """A directory with a Python of its own and the packages beside it."""

    directory: Path

    @property
    def python(self) -> Path:
        return self.directory / "bin" / "python"

    @property
    def site_packages(self) -> Path:
        return self.directory / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"


def ours() -> Environment:
    """Return the environment that this program runs in."""
    return Environment(Path(sys.prefix))


def rasas_own() -> Environment:
    """Return the environment with Rasa as it is released, after making it or bringing it to the list.

    Raises:
        StepFailedError: a package could not be had.
    """
    made = Environment(BENCH / "environment")
    settings = os.environ | {"UV_PYTHON_DOWNLOADS": "never"}
    settings.pop("VIRTUAL_ENV", None)
    interpreter = str(Path(sys.executable).resolve())
    # --no-config: or uv would find our pyproject.toml above and take its overrides, the absent TensorFlow among them
    if not made.python.exists():
        venv = [str(UV), "venv", "--no-config", "--clear", "--python", interpreter, str(made.directory)]
        run(venv, log_file=BENCH / "logs" / "venv.log", cwd=ROOT, environment=settings)
    sync = [str(UV), "pip", "sync", "--no-config", "--python", str(made.python), str(REQUIREMENTS)]
    run(sync, log_file=BENCH / "logs" / "packages.log", cwd=ROOT, environment=settings)
    return made
