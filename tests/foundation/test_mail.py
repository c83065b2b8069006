"""Mail that leaves us: over a real SMTP server, or into the outbox of a development machine."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from email import policy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from foundation.errors import MailNotSentError, RecipientRefusedError, UnusableMailServerError
from foundation.mail import Mail, OutboxMailer, SmtpMailer, check_mail_server, mailer_of

SENDER = "Exempelbolaget <dataskydd@exempel.se>"
MAIL = Mail(to="anna@example.se", subject="Din kod från Exempelbolaget", text="Hej Åsa!\n\n123 456\n")


def clock():
    return datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


class Post:
    """What the server took, and what it refuses."""

    def __init__(self):
        self.taken, self.refused, self.broken = [], set(), False

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 - aiosmtpd's name
        if address in self.refused:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        if self.broken:
            return "451 4.3.0 try again later"
        self.taken.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def server(post: Post) -> Iterator[Controller]:
    controller = Controller(post, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def mailer(server: Controller, **changes) -> SmtpMailer:
    return SmtpMailer(f"smtp://127.0.0.1:{server.port}", sender=SENDER, clock=clock, timeout_s=2.0, **changes)


async def test_a_mail_arrives_as_it_was_written(server, post):
    await mailer(server).send(MAIL)

    [(recipients, message)] = post.taken
    assert recipients == ["anna@example.se"]
    assert message["Subject"] == MAIL.subject
    assert message["From"] == SENDER
    assert message.get_content().replace("\r\n", "\n") == MAIL.text
    assert message["Date"].datetime == clock()
    assert message["Message-ID"].endswith("@exempel.se>")
    assert message["Auto-Submitted"] == "auto-generated", "an out-of-office reply answers nothing"


async def test_a_swedish_domain_is_written_as_dns_writes_it(server, post):
    await mailer(server).send(Mail(to="anna@räksmörgås.se", subject="x", text="x"))

    assert post.taken[0][0] == ["anna@xn--rksmrgs-5wao1o.se"]


async def test_a_refused_recipient_is_told_from_a_server_that_is_away(server, post):
    post.refused.add("anna@example.se")
    with pytest.raises(RecipientRefusedError):
        await mailer(server).send(MAIL)

    post.refused.clear()
    post.broken = True
    with pytest.raises(MailNotSentError):
        await mailer(server).send(MAIL)

    nobody = SmtpMailer(f"smtp://127.0.0.1:{free_port()}", sender=SENDER, clock=clock, timeout_s=2.0)
    with pytest.raises(MailNotSentError):
        await nobody.send(MAIL)


@pytest.mark.parametrize(
    "mail",
    [
        Mail(to="anna@example.se\r\nBcc: mallory@example.se", subject="x", text="x"),
        Mail(to="anna@example.se", subject="x\r\nBcc: mallory@example.se", text="x"),
    ],
)
async def test_nobody_adds_headers_of_their_own(server, post, mail):
    with pytest.raises(RecipientRefusedError):
        await mailer(server).send(mail)

    assert post.taken == []


async def test_a_server_elsewhere_must_speak_tls(server, post, monkeypatch):
    """A server that offers no STARTTLS gets nothing, neither mail nor password, when it is not on this machine."""
    monkeypatch.setattr("foundation.mail._is_here", lambda _host: False)

    with pytest.raises(MailNotSentError):
        await SmtpMailer(f"smtp://user:secret@127.0.0.1:{server.port}", sender=SENDER, clock=clock).send(MAIL)

    assert post.taken == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # of a server on this machine
async def test_the_password_of_the_address_is_used(post):
    seen = []

    def authenticate(_server, _session, _envelope, _mechanism, given):
        seen.append((given.login, given.password))
        return AuthResult(success=given.password == b"p@ss/word")

    controller = Controller(
        post,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=authenticate,
        auth_required=True,
        auth_require_tls=False,
    )
    controller.start()
    try:
        await SmtpMailer(f"smtp://us%40er:p%40ss%2Fword@127.0.0.1:{controller.port}", sender=SENDER, clock=clock).send(
            MAIL
        )
        with pytest.raises(MailNotSentError):
            await SmtpMailer(f"smtp://us%40er:wrong@127.0.0.1:{controller.port}", sender=SENDER, clock=clock).send(MAIL)
    finally:
        controller.stop()

    assert seen[0] == (b"us@er", b"p@ss/word")
    assert len(post.taken) == 1


@pytest.mark.parametrize("url", ["http://mail.example.se", "mail.example.se", "smtp://", "smtp://host:port", ""])
def test_what_is_no_mail_server_is_refused_without_being_repeated(url):
    with pytest.raises(UnusableMailServerError) as refusal:
        check_mail_server(url.replace("host", "user:hemligt@host"))

    assert "hemligt" not in str(refusal.value)


async def test_the_outbox_holds_whole_mails_in_order(tmp_path: Path):
    outbox = mailer_of(None, outbox=tmp_path / "outbox", sender=SENDER, clock=clock)
    assert isinstance(outbox, OutboxMailer)

    await outbox.send(MAIL)
    await outbox.send(MAIL)

    files = list((tmp_path / "outbox").iterdir())
    assert len(files) == 2
    assert all(file.suffix == ".eml" for file in files)
    message = email.message_from_bytes(files[0].read_bytes(), policy=policy.default)
    assert (message["To"], message.get_content().replace("\r\n", "\n")) == (MAIL.to, MAIL.text)


async def test_an_outbox_that_cannot_be_written_is_said(tmp_path: Path):
    (tmp_path / "file").touch()

    with pytest.raises(MailNotSentError):
        await OutboxMailer(tmp_path / "file" / "outbox", sender=SENDER, clock=clock).send(MAIL)


def test_nothing_of_a_mail_shows_when_it_is_printed():
    assert not any(part in repr(MAIL) for part in (MAIL.to, MAIL.subject, "123 456"))
