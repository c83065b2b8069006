"""Mail that leaves us: plain text to one person, over SMTP or, in development, into a directory that a page shows.

``INSYN_SMTP_URL`` is ``smtp://user:password@host:587`` (STARTTLS, which only a server on this machine may lack) or
``smtps://…:465`` (TLS from the first byte). Nothing of a mail is ever logged.
"""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol
from urllib.parse import SplitResult, unquote, urlsplit

import aiosmtplib

from foundation.clock import Clock
from foundation.errors import MailNotSentError, RecipientRefusedError, UnusableMailServerError

TIMEOUT_S: Final = 10.0
DEFAULT_PORTS: Final = MappingProxyType({"smtp": 587, "smtps": 465})

_UNFOLDED: Final = policy.SMTP.clone(max_line_length=998)


@dataclass(frozen=True, slots=True)
class Mail:
    """What somebody is to read."""

    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)


class Mailer(Protocol):
    """A way out for mail."""

    async def send(self, mail: Mail) -> None:
        """Hand the mail over to whoever delivers it.

        Raises:
            RecipientRefusedError: it was not taken for this recipient.
            MailNotSentError: no mail can be sent at present.
        """


class SmtpMailer:
    """Sends over SMTP, one connection a mail.

    Args:
        url: see the module.
        sender: the address that the mail comes from.
        clock: dates the mail.
        timeout_s: of each step of the conversation with the server.

    Raises:
        UnusableMailServerError: the address is not of one of the two forms.
    """

    def __init__(self, url: str, *, sender: str, clock: Clock, timeout_s: float = TIMEOUT_S) -> None:
        self._server, self._sender, self._clock, self._timeout_s = _server(url), sender, clock, timeout_s

    async def send(self, mail: Mail) -> None:
        server = self._server
        try:
            await aiosmtplib.send(
                _message(mail, sender=self._sender, clock=self._clock),
                hostname=server.hostname,
                port=server.port or DEFAULT_PORTS[server.scheme],
                username=unquote(server.username) if server.username else None,
                password=unquote(server.password) if server.password else None,
                use_tls=server.scheme == "smtps",
                start_tls=_start_tls(server),
                timeout=self._timeout_s,
            )
        except (aiosmtplib.SMTPRecipientsRefused, aiosmtplib.SMTPNotSupported):
            raise RecipientRefusedError("the mail server does not take mail for this recipient") from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailNotSentError(f"the mail server did not take the mail: {type(error).__name__}") from None


class OutboxMailer:
    """Writes each mail as an ``.eml`` file; development only, and production refuses it."""

    def __init__(self, directory: Path, *, sender: str, clock: Clock) -> None:
        self._directory, self._sender, self._clock = directory, sender, clock

    async def send(self, mail: Mail) -> None:
        content = bytes(_message(mail, sender=self._sender, clock=self._clock))
        await asyncio.to_thread(self._write, content)

    def _write(self, content: bytes) -> None:
        name = f"{self._clock():%Y%m%dT%H%M%S.%f}-{secrets.token_hex(4)}.eml"
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            half = self._directory / f".{name}"
            half.write_bytes(content)
            half.rename(self._directory / name)  # whoever lists the directory never sees half a mail
        except OSError as error:
            raise MailNotSentError(f"the outbox cannot be written: {type(error).__name__}") from None


def mailer_of(url: str | None, *, outbox: Path, sender: str, clock: Clock) -> Mailer:
    """Return the way out that the settings name: SMTP, or without an address the outbox directory."""
    if url is None:
        return OutboxMailer(outbox, sender=sender, clock=clock)
    return SmtpMailer(url, sender=sender, clock=clock)


def check_mail_server(url: str) -> None:
    """Check that ``url`` names a mail server in one of the two forms.

    Raises:
        UnusableMailServerError: it does not; the message repeats nothing of it, since it may hold a password.
    """
    _server(url)


def _server(url: str) -> SplitResult:
    try:
        server = urlsplit(url)
        usable = server.scheme in DEFAULT_PORTS and bool(server.hostname) and server.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise UnusableMailServerError(
            "a mail server is smtp://user:password@host:587 or smtps://user:password@host:465"
        )
    return server


def _start_tls(server: SplitResult) -> bool | None:
    """STARTTLS is demanded; only on this machine it is enough to use it where it is offered."""
    if server.scheme == "smtps":
        return False
    return None if _is_here(server.hostname or "") else True


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _message(mail: Mail, *, sender: str, clock: Clock) -> EmailMessage:
    message = EmailMessage(policy=_UNFOLDED)
    headers: Mapping[str, str] = {
        "From": sender,
        "To": _deliverable(mail.to),
        "Subject": mail.subject,
        "Date": format_datetime(clock()),
        "Message-ID": make_msgid(domain=sender.rpartition("@")[2].strip("> ") or None),
        "Auto-Submitted": "auto-generated",
    }
    try:
        for name, value in headers.items():
            message[name] = value
        message.set_content(mail.text)
    except (ValueError, MessageError):  # a line break in a header: somebody tries to add headers of their own
        raise RecipientRefusedError("the mail cannot be addressed or written") from None
    return message


def _deliverable(address: str) -> str:
    """Return the address with its domain as DNS writes it: ``räksmörgås.se`` is ``xn--rksmrgs-5wao1o.se``."""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        raise RecipientRefusedError("the recipient's domain cannot be written for the mail server") from None
