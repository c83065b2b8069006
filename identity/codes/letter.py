"""The mail with the code; its words are in ``letter.yml``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from foundation.mail import Mail
from foundation.yaml_files import read_yaml
from identity.codes.code import shown

_WORDS: Final[dict[str, str]] = read_yaml(Path(__file__).with_name("letter.yml"))


def code_mail(*, to: str, code: str, controller: str, valid_s: float) -> Mail:
    """Return the mail that takes ``code`` to ``to``."""
    values = {"controller": controller, "code": shown(code), "minutes": int(valid_s // 60)}
    return Mail(to=to, subject=_WORDS["subject"].format(**values), text=_WORDS["text"].format(**values))
