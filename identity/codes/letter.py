"""The mail with the code; its words are in ``letter.yml``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import yaml

from foundation.mail import Mail
from identity.codes.code import shown

_WORDS: Final[dict[str, str]] = yaml.safe_load(Path(__file__).with_name("letter.yml").read_text(encoding="utf-8"))


def code_mail(*, to: str, code: str, controller: str, valid_s: float) -> Mail:
    """Return the mail that takes ``code`` to ``to``."""
    values = {"controller": controller, "code": shown(code), "minutes": int(valid_s // 60)}
    return Mail(to=to, subject=_WORDS["subject"].format(**values), text=_WORDS["text"].format(**values))
