"""Fills the letters' templates (``data/letters``): plain text, sandboxed, strict about names.

An officer edits what comes out; the edited text is never a template again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from cases.letters.errors import LetterTemplatesError
from foundation.yaml_files import read_yaml
from privacy.disclosure import NOT_DISCLOSED
from privacy.letters import LetterFacts, LetterKind
from privacy.request_types import rule_for
from privacy.swedish_dates import swedish_date

_WORDS: Final = "words.yml"
_EMPTY_LINES: Final = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to be read, edited and sent."""

    subject: str = field(repr=False)
    body: str = field(repr=False)

    @property
    def whole(self) -> str:
        """Everything that the person reads."""
        return f"{self.subject}\n\n{self.body}"


class LetterTemplates:
    """The templates of all kinds of letters.

    Args:
        words: what several letters share (``words.yml``).
        texts: subject and body of each kind.
        controller: who answers.
        contact: where answers to the letters go.
    """

    def __init__(
        self, words: Mapping[str, Any], texts: Mapping[LetterKind, Mapping[str, str]], *, controller: str, contact: str
    ) -> None:
        self._words, self._texts = words, texts
        self.controller, self.contact = controller, contact
        self._environment = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=False
        )

    def fill(self, facts: LetterFacts) -> Letter:
        """Return the letter as the template has it; what the officer has not filled in yet is empty.

        Raises:
            LetterTemplatesError: the template cannot be filled.
        """
        values = self._values(facts)
        try:
            values |= {name: self._render(self._words[name], values).strip() for name in ("complaint", "goodbye")}
            subject, body = (self._render(self._texts[facts.kind][part], values) for part in ("subject", "body"))
        except TemplateError as error:
            raise LetterTemplatesError(f"{facts.kind}.yml: {error}") from error
        lines = "\n".join(line.rstrip() for line in body.strip().splitlines())
        return Letter(" ".join(subject.split()), _EMPTY_LINES.sub("\n\n", lines) + "\n")

    def _values(self, facts: LetterFacts) -> dict[str, Any]:
        rule = rule_for(facts.request_type)
        return {
            "reference": facts.reference,
            "request_type": facts.request_type.value,
            "asked": self._words["asked"][facts.request_type.value],
            "article": rule.article,
            "received_on": swedish_date(facts.received_on),
            "due_on": swedish_date(facts.due_on),
            "written_on": swedish_date(facts.written_on),
            "due_explanation": facts.due_explanation,
            "entries": facts.entries,
            "grounds": facts.grounds,
            "controller": self.controller,
            "contact": self.contact,
            "not_disclosed": NOT_DISCLOSED,
        }

    def _render(self, text: str, values: Mapping[str, Any]) -> str:
        return self._environment.from_string(text).render(values)


def load_letters(directory: Path, *, policy_dir: Path) -> LetterTemplates:
    """Return the templates in a directory, one file a kind and ``words.yml``.

    ``policy_dir``: where ``policy.yml`` lies, which says who answers and where.

    Raises:
        LetterTemplatesError: a file is missing or broken.
    """
    try:
        about = _read(policy_dir / "policy.yml")
        words = _read(directory / _WORDS)
        texts = {kind: _read(directory / f"{kind}.yml") for kind in LetterKind}
        for kind, text in texts.items():
            if set(text) != {"subject", "body"}:
                raise LetterTemplatesError(f"{kind}.yml: a letter has a subject and a body")
        return LetterTemplates(words, texts, controller=about["controller"], contact=about["privacy_email"])
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise LetterTemplatesError(f"{directory}: {type(error).__name__}: {error}") from error


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = read_yaml(path)
    return content
