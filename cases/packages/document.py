"""The readable page of a package: one HTML file without scripts or anything from elsewhere, that prints well."""

import base64
import hashlib
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cases.packages.account import Account
from privacy.request_types import RequestType, rule_for
from privacy.swedish_dates import STOCKHOLM, swedish_date

_HERE: Final = Path(__file__).parent / "templates"
_STYLE: Final = (_HERE / "package.css").read_text(encoding="utf-8")
_SENDERS: Final = {"visitor": "Du", "bot": "Assistenten", "officer": "Handläggare", "system": "Systemet"}

STYLE_HASH: Final = "sha256-" + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
"""Lets the page's own style through a content security policy, and no other."""

_environment = Environment(
    loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_environment.filters |= {
    "date": swedish_date,
    "type_title": lambda request_type: rule_for(request_type).title,
    "moment": lambda instant: f"{instant.astimezone(STOCKHOLM):%Y-%m-%d %H.%M}",
}
_environment.globals |= {"style": _STYLE, "senders": _SENDERS}


def document(account: Account) -> bytes:
    """Return the page (UTF-8)."""
    template = "access.html" if account.request_type is RequestType.ACCESS else "portability.html"
    return _environment.get_template(template).render(account=account).encode()
