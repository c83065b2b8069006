"""The policy's texts, the one in force and those before it: an answer's source can be read as it was quoted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from bot.errors import TextsError
from foundation.yaml_files import read_yaml
from privacy.errors import PolicyStructureError
from privacy.policy import Policy, parse_policy

ABOUT: Final = "policy.yml"
EARLIER: Final = "earlier"
"""The directory beside the policy with a directory for each version that is not in force any more."""


@dataclass(frozen=True, slots=True)
class PolicyText:
    """One version, and what its page shows besides the text."""

    policy: Policy
    version_label: str
    levels: Mapping[str, int]
    """1 or 2, by heading."""


@dataclass(frozen=True, slots=True)
class PolicyTexts:
    """The versions of a company's policy."""

    current: PolicyText
    earlier: Mapping[str, PolicyText]
    """By version."""

    @classmethod
    def read(cls, directory: Path) -> PolicyTexts:
        """Read the policy and, below ``earlier/``, those before it.

        Raises:
            TextsError: an earlier version cannot be read, or is the same as another.
        """
        current = _read(directory)
        earlier: dict[str, PolicyText] = {}
        for about in sorted((directory / EARLIER).glob(f"*/{ABOUT}")):
            try:
                text = _read(about.parent)
            except (OSError, KeyError, TypeError, yaml.YAMLError, PolicyStructureError) as error:
                raise TextsError(f"{about.parent} cannot be read: {type(error).__name__}: {error}") from None
            if text.policy.version in {current.policy.version, *earlier}:
                raise TextsError(f"{about} is a version that there is already: {text.policy.version}")
            earlier[text.policy.version] = text
        return cls(current, earlier)


def _read(directory: Path) -> PolicyText:
    about: dict[str, Any] = read_yaml(directory / ABOUT)
    text = (directory / about["file"]).read_text(encoding="utf-8")
    headings = [section["heading"] for section in about["sections"]]
    return PolicyText(
        parse_policy(text, headings, version=about["version"]),
        version_label=about["version_label"],
        levels={section["heading"]: section["level"] for section in about["sections"]},
    )
