"""Reads the register of the company's systems and the policy that proves it, once, when a process starts."""

from pathlib import Path
from typing import Any, Final

import yaml

from foundation.yaml_files import read_yaml
from privacy.company_name import own_words
from privacy.errors import PolicyStructureError, SystemRegisterError
from privacy.policy import Policy, parse_policy
from privacy.systems import SystemRegister
from privacy.systems_reading import read_systems

CONNECTORS: Final = ("mailchimp", "hubspot", "teamtailor")
"""Systems that can be worked by a program (cases.connectors); what is fetched there is filed under the same name."""


def load_systems(systems_file: Path, *, policy_dir: Path) -> SystemRegister:
    """Return the register in ``systems_file``, its quotes proved against the policy in ``policy_dir``.

    Raises:
        SystemRegisterError: a file cannot be read, or what it says does not hold; the message names file and place.
    """
    try:
        policy = load_policy(policy_dir)
        register = read_systems(_read(systems_file), policy, own=own_words(_read(policy_dir / "policy.yml")))
        _check_connectors(register)
    except SystemRegisterError as error:
        raise SystemRegisterError(f"{systems_file.name}: {error}") from error
    return register


def _check_connectors(register: SystemRegister) -> None:
    for system in register.systems:
        if system.connector is not None and (system.connector not in CONNECTORS or system.connector != system.id):
            names = ", ".join(CONNECTORS)
            raise SystemRegisterError(f"{system.id}: connector is one of {names}, and the system's id the same")


def load_policy(policy_dir: Path) -> Policy:
    """Return the policy that ``policy.yml`` describes.

    Raises:
        SystemRegisterError: a file cannot be read, or the text does not have the headings it should.
    """
    about = _read(policy_dir / "policy.yml")
    try:
        text = (policy_dir / about["file"]).read_text(encoding="utf-8")
        headings = [section["heading"] for section in about["sections"]]
        return parse_policy(text, headings, version=about["version"])
    except (OSError, KeyError, TypeError, PolicyStructureError) as error:
        raise SystemRegisterError(f"policy.yml: {type(error).__name__}: {error}") from error


def _read(path: Path) -> Any:
    try:
        return read_yaml(path)
    except (OSError, yaml.YAMLError) as error:
        raise SystemRegisterError(f"{path.name} cannot be read: {error}") from error
