"""Production starts against BankID itself, or not at all."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from identity import production
from identity.config import PRODUCTION_URL, TEST_URL, BrokerConfig, ClientConfig, PemCertificate
from identity.errors import NotForProductionError
from identity.simulator import authority as making
from identity.watch import watch_certificate

NOW = datetime(2026, 3, 10, tzinfo=UTC)


def root_named(path, **names):
    """Write a root whose subject has ``names``; return its path and fingerprint."""
    key = making._rsa()
    oids = x509.oid.NameOID
    name = x509.Name([x509.NameAttribute(getattr(oids, oid), value) for oid, value in names.items()])
    certificate = making._authority(name, key, issuer=name, issuer_key=key)
    path.write_bytes(certificate.public_bytes(Encoding.PEM))
    return path, certificate.fingerprint(hashes.SHA256()).hex()


@pytest.fixture
def good(authority, tmp_path, monkeypatch):
    """Settings as production wants them; the pinned root is replaced by one whose key we have."""
    ssl_root, fingerprint = root_named(tmp_path / "ssl.pem", COMMON_NAME="BankID SSL Root CA v1")
    monkeypatch.setattr(production, "SSL_ROOT_SHA256", frozenset({fingerprint}))
    person_root, _ = root_named(tmp_path / "persons.pem", COMMON_NAME="BankID Root CA v1")
    files = authority.files
    client = ClientConfig(PRODUCTION_URL, PemCertificate(files.rp_certificate, files.rp_key), ssl_root)
    broker = BrokerConfig("https://chat.example/chat/bankid/return", "chat.example", person_root)
    return client, broker


def test_the_right_settings_start_without_a_word(good):
    production.check(*good, now=NOW)

    assert production.warnings(good[0], now=NOW) == []


def test_a_certificate_that_soon_ends_is_a_warning_and_no_refusal(good):
    client, broker = good
    late = datetime(2049, 12, 1, tzinfo=UTC)
    production.check(client, broker, now=late)

    [warning] = production.warnings(client, now=late)
    assert "2049-12-31" in warning


class DaysPassedError(Exception):
    """As many as the test wanted."""


async def watched(client, clock, *, days: int) -> None:
    """Let the watch run for some days."""
    slept = itertools.count(1)

    async def sleep(seconds: float) -> None:
        clock.advance(seconds=seconds)
        if next(slept) == days:
            raise DaysPassedError

    with pytest.raises(DaysPassedError):
        await watch_certificate(client, clock=clock, sleep=sleep)


async def test_a_process_that_runs_for_months_warns_each_day_of_the_last_sixty(good, clock, caplog):
    client, _ = good
    clock.now = datetime(2049, 10, 30, tzinfo=UTC)  # the certificate ends on 31 December

    await watched(client, clock, days=10)

    said = [record.getMessage() for record in caplog.records]
    assert [re.search(r"in (\d+) days", line)[1] for line in said] == ["59", "58", "57", "56", "55", "54", "53"]


async def test_a_certificate_file_that_vanished_is_said_and_the_watch_goes_on(good, clock, caplog, tmp_path):
    client, _ = good
    missing = PemCertificate(tmp_path / "gone.pem", client.certificate.key)

    await watched(replace(client, certificate=missing), clock, days=2)

    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]


async def test_without_a_certificate_there_is_nothing_to_watch(clock):
    await watch_certificate(ClientConfig("http://127.0.0.1:8704/rp/v6.0/"), clock=clock)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8704/rp/v6.0/",
        "https://127.0.0.1:8704/rp/v6.0/",
        TEST_URL,
        "http://appapi2.bankid.com/rp/v6.0/",
        "https://appapi2.bankid.com.evil.example/rp/v6.0/",
        "https://appapi2.bankid.com:8443/rp/v6.0/",
        "https://user@appapi2.bankid.com/rp/v6.0/",
        "https://appapi2.bankid.com/rp/v5.1/",
    ],
)
def test_any_other_address_is_refused(good, url):
    client, broker = good

    with pytest.raises(NotForProductionError, match="address"):
        production.check(replace(client, base_url=url), broker, now=NOW)


def test_the_simulators_roots_are_refused(good, authority):
    client, broker = good

    with pytest.raises(NotForProductionError, match="servers"):
        production.check(replace(client, root=authority.files.tls_root), broker, now=NOW)
    with pytest.raises(NotForProductionError, match="simulator"):
        production.check(client, replace(broker, evidence_roots=authority.files.signature_root), now=NOW)


def test_a_second_root_beside_bankids_is_refused(good, authority, tmp_path):
    client, broker = good
    both = tmp_path / "both.pem"
    both.write_bytes(client.root.read_bytes() + authority.files.tls_root.read_bytes())

    with pytest.raises(NotForProductionError, match="servers"):
        production.check(replace(client, root=both), broker, now=NOW)


def test_the_test_environments_root_is_refused(good, tmp_path):
    client, broker = good
    test_root, _ = root_named(tmp_path / "test.pem", COMMON_NAME="Test BankID Root CA v1 Test")

    with pytest.raises(NotForProductionError, match="test environment"):
        production.check(client, replace(broker, evidence_roots=test_root), now=NOW)


@pytest.mark.parametrize("missing", ["root", "certificate"])
def test_what_is_missing_is_refused(good, missing):
    client, broker = good

    with pytest.raises(NotForProductionError, match="must be given"):
        production.check(replace(client, **{missing: None}), broker, now=NOW)


def test_links_to_the_simulator_and_a_plain_return_page_are_refused(good):
    client, broker = good

    with pytest.raises(NotForProductionError) as refused:
        production.check(
            client,
            replace(broker, launch_base="http://127.0.0.1:8704/", return_url="http://chat.example/return"),
            now=NOW,
        )

    assert "launch" in str(refused.value)
    assert "return page" in str(refused.value)


@pytest.mark.parametrize("year", [2019, 2050])
def test_a_certificate_that_is_not_valid_today_is_refused(good, year):
    with pytest.raises(NotForProductionError, match="not valid today"):
        production.check(*good, now=datetime(year, 1, 5, tzinfo=UTC))


def test_the_pinned_root_is_the_one_that_bankid_delivers():
    """SHA-256 of "BankID SSL Root CA v1", from server/certificates/production/truststore.pem of BankID/SampleCode."""
    [pinned] = production.SSL_ROOT_SHA256

    assert pinned == "e6a2d45c0a1051c959428649f86a09a9b2152cd551993cc2eb4cf094bdacbecb"
