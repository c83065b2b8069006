"""The training examples with the hand that wrote them: leaving one hand out is the honest estimate of a new voice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.nlu.company import OF_EXAMPLES
from foundation.yaml_files import read_yaml
from insyn.settings import ROOT

SHARED = "shared"
"""Files without a hand's letters: what everybody says alike (greetings, answers in a form)."""


@dataclass(frozen=True, slots=True)
class Example:
    """One training example."""

    text: str
    intent: str
    hand: str
    """The letters of who wrote it, which its file begins with (``d_rights.yml``), or :data:`SHARED`."""

    place: str
    """File it stands in, relative to the repository."""

    @property
    def heard(self) -> str:
        """The text as the model is given it, without the company's name (docs/adr/0085)."""
        return OF_EXAMPLES.hidden(self.text)

    @property
    def kind(self) -> str:
        """``policy``, ``request``, ``out_of_scope`` or ``talk``."""
        return kind_of(self.intent)


def kind_of(intent: str) -> str:
    """Return the kind of question that ``intent`` stands for."""
    if intent.startswith("policy_"):
        return "policy"
    if intent.startswith("request_") or intent in {"make_complaint", "ask_case_status"}:
        return "request"
    return intent if intent == "out_of_scope" else "talk"


def read_examples(root: Path = ROOT) -> list[Example]:
    """Return every training example of ``data/nlu``."""
    found = []
    for path in sorted((root / "data" / "nlu").rglob("*.yml")):
        hand, _, _ = path.stem.partition("_")
        hand = hand if len(hand) <= 2 else SHARED
        for entry in read_yaml(path)["nlu"]:
            for line in entry.get("examples", "").splitlines():
                if line.strip() and "intent" in entry:
                    text = line.strip().removeprefix("-").strip()
                    found.append(Example(text, entry["intent"], hand, str(path.relative_to(root))))
    return found
