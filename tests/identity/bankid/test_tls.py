"""Mutual TLS over real sockets, and what happens to the client when the other side misbehaves."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
import uvicorn

from identity.bankid import AuthRequest, BankIdClient, errors
from identity.bankid.tls import expires_soon, read_certificate
from identity.config import ClientConfig, PemCertificate, Pkcs12Certificate
from identity.errors import CertificateUnusableError
from identity.simulator.app import create_app, uvicorn_tls
from identity.simulator.authority import RP_PASSWORD
from identity.simulator.config import SimulatorConfig

ASKED = AuthRequest(end_user_ip="127.0.0.1")


@contextlib.asynccontextmanager
async def served(authority) -> AsyncIterator[str]:
    """The simulator with mutual TLS on a free port of this machine."""
    directory = authority.files.directory
    app = create_app(SimulatorConfig(directory=directory))
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    plain = {"log_level": "error", "lifespan": "off", "ws": "none"}
    server = uvicorn.Server(uvicorn.Config(app, **plain, **uvicorn_tls(directory)))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield f"https://127.0.0.1:{listening.getsockname()[1]}/rp/v6.0/"
    server.should_exit = True
    await serving


@contextlib.asynccontextmanager
async def raw(answer: bytes, *, pause_s: float = 0.0) -> AsyncIterator[str]:
    """Something that is not BankID: reads the request, waits, writes ``answer`` and hangs up."""

    async def handle(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(pause_s)
        writer.write(answer)
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/rp/v6.0/"


def config_of(authority, url, **changes):
    files = authority.files
    ours = {"certificate": PemCertificate(files.rp_certificate, files.rp_key), "root": files.tls_root}
    return ClientConfig(base_url=url, retry_delays_s=(), **ours | changes)


async def test_with_a_pem_certificate(authority):
    async with served(authority) as url, BankIdClient(config_of(authority, url)) as client:
        assert (await client.auth(ASKED)).order_ref
        assert await client.reachable()


async def test_with_a_pkcs12_certificate(authority):
    certificate = Pkcs12Certificate(authority.files.rp_pkcs12, RP_PASSWORD)
    async with (
        served(authority) as url,
        BankIdClient(config_of(authority, url, certificate=certificate)) as client,
    ):
        assert (await client.auth(ASKED)).order_ref


async def test_a_server_under_another_root_is_not_talked_to(authority, stranger):
    config = {"root": stranger.files.tls_root}
    async with served(authority) as url, BankIdClient(config_of(authority, url, **config)) as client:
        with pytest.raises(errors.BankIdTlsError):
            await client.auth(ASKED)
        assert not await client.reachable()


async def test_the_roots_of_the_system_are_not_trusted(authority, monkeypatch):
    """The server's root is put where OpenSSL looks for the system's: the client must not look there."""
    elsewhere = authority.files.signature_root
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.files.tls_root))
    async with served(authority) as url, BankIdClient(config_of(authority, url, root=elsewhere)) as client:
        with pytest.raises(errors.BankIdTlsError):
            await client.auth(ASKED)


async def test_without_the_right_certificate_the_server_does_not_talk_to_us(authority, stranger):
    certificate = PemCertificate(stranger.files.rp_certificate, stranger.files.rp_key)
    async with (
        served(authority) as url,
        BankIdClient(config_of(authority, url, certificate=certificate)) as client,
    ):
        with pytest.raises(errors.BankIdTransportError):
            await client.auth(ASKED)


async def test_without_any_certificate_the_server_does_not_talk_to_us(authority):
    trusting = ssl.create_default_context(cafile=authority.files.tls_root)
    async with served(authority) as url, httpx.AsyncClient(verify=trusting) as browser:
        with pytest.raises(httpx.TransportError):
            await browser.post(f"{url}auth", json={"endUserIp": "127.0.0.1"})


async def test_a_server_for_another_name_is_not_talked_to(authority):
    async with served(authority) as url:
        renamed = url.replace("127.0.0.1", "127.0.0.2")
        async with BankIdClient(config_of(authority, renamed)) as client:
            with pytest.raises(errors.BankIdTransportError):
                await client.auth(ASKED)


def test_tls_is_1_2_or_later(authority):
    from identity.bankid.tls import client_context

    context = client_context(config_of(authority, "https://127.0.0.1/"))

    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname


@pytest.mark.parametrize(
    "change",
    [
        lambda files: {"certificate": None},
        lambda files: {"root": None},
        lambda files: {"root": files.directory / "missing.pem"},
        lambda files: {"root": files.rp_key},
        lambda files: {"certificate": PemCertificate(files.directory / "missing.pem", files.rp_key)},
        lambda files: {"certificate": PemCertificate(files.rp_certificate, files.server_key)},
        lambda files: {"certificate": Pkcs12Certificate(files.rp_pkcs12, "wrong")},
        lambda files: {"certificate": Pkcs12Certificate(files.rp_certificate, "wrong")},
    ],
)
def test_what_cannot_be_used_is_said_at_once(authority, change):
    with pytest.raises(CertificateUnusableError):
        BankIdClient(config_of(authority, "https://127.0.0.1/", **change(authority.files)))


async def test_nobody_listens():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        async with BankIdClient(ClientConfig(base_url=url, retry_delays_s=())) as client:
            with pytest.raises(errors.BankIdUnreachableError):
                await client.auth(ASKED)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"", errors.BankIdConnectionLostError),
        (b"\x16\x03\x01 not http at all\r\n\r\n", errors.BankIdConnectionLostError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}", errors.BankIdConnectionLostError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", errors.UnexpectedReplyError),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", errors.UnexpectedReplyError),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + b" " * 9_999_999, errors.OversizedReplyError),
        (b"HTTP/1.1 204 No Content\r\n\r\n", errors.NotJsonError),
    ],
)
async def test_something_that_is_not_bankid(answer, kind):
    async with raw(answer) as url, BankIdClient(ClientConfig(base_url=url, retry_delays_s=())) as client:
        with pytest.raises(kind or errors.RedirectRefusedError):
            await client.auth(ASKED)


async def test_an_answer_that_does_not_come_in_time():
    config = {"retry_delays_s": (), "timeout_s": 0.1}
    async with raw(b"", pause_s=5) as url, BankIdClient(ClientConfig(base_url=url, **config)) as client:
        with pytest.raises(errors.BankIdTimeoutError):
            await client.auth(ASKED)


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    body = b'{"errorCode":"teapot","details":""}'
    answer = b"HTTP/1.1 418 Teapot\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    async with raw(answer) as url, BankIdClient(ClientConfig(base_url=url, retry_delays_s=())) as client:
        with pytest.raises(errors.UnknownRefusalError):
            await client.auth(ASKED)


@pytest.mark.parametrize(
    ("before_its_end", "soon"),
    [
        (timedelta(days=61), False),
        (timedelta(days=60), False),
        (timedelta(days=60, seconds=-1), True),
        (timedelta(days=1), True),
        (timedelta(days=-1), True),
    ],
)
def test_the_end_of_our_certificate_is_seen_sixty_days_before(authority, before_its_end, soon):
    certificate = read_certificate(Pkcs12Certificate(authority.files.rp_pkcs12, RP_PASSWORD))

    assert expires_soon(certificate, now=certificate.not_valid_after_utc - before_its_end) is soon
