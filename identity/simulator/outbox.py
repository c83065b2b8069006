"""The page that shows the mail of a development machine, which nobody delivers."""

from __future__ import annotations

import email
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.errors import MessageError
from pathlib import Path
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from privacy.swedish_dates import STOCKHOLM

SHOWN: Final = 30
"""The newest mails; older ones stay in the directory."""


@dataclass(frozen=True, slots=True)
class ShownMail:
    """A mail as the page shows it."""

    to: str
    subject: str
    text: str
    sent_at: datetime | None


class Outbox:
    """Reads ``.eml`` files, newest first. Swedish stands in the template."""

    def __init__(self, directory: Path | None, templates: Jinja2Templates, *, relying_party: str) -> None:
        self._directory, self._templates, self._relying_party = directory, templates, relying_party

    def routes(self) -> list[Route]:
        return [Route("/mail", self.page)] if self._directory is not None else []

    async def page(self, request: Request) -> Response:
        """Show the mail."""
        values = {"mails": await run_in_threadpool(self._newest), "relying_party": self._relying_party}
        return self._templates.TemplateResponse(request, "mail.html", values)

    def _newest(self) -> list[ShownMail]:
        if self._directory is None or not self._directory.is_dir():
            return []
        files = sorted(self._directory.glob("[!.]*.eml"), reverse=True)[:SHOWN]
        return [mail for file in files if (mail := _read(file)) is not None]


def _read(file: Path) -> ShownMail | None:
    """Return the mail, or None for what is none: somebody may put anything into a directory."""
    try:
        message = email.message_from_bytes(file.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        text = body.get_content() if body is not None else ""
    except (OSError, MessageError, KeyError, LookupError, ValueError):
        return None
    date = message["Date"]
    sent_at = getattr(date, "datetime", None)
    return ShownMail(
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        text=str(text),
        sent_at=sent_at.astimezone(STOCKHOLM) if sent_at else None,
    )
