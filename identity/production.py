"""What production refuses: any host but BankID's, roots of the simulator or the test environment, no certificate.

Called by the composition before anything starts. Development and test may point anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from identity.bankid.tls import client_context, expires_soon, read_certificate
from identity.config import PRODUCTION_URL, BrokerConfig, ClientConfig
from identity.errors import CertificateUnusableError, NotForProductionError
from identity.evidence import load_roots
from identity.simulator.authority import MARK

SSL_ROOT_SHA256: Final = frozenset({"e6a2d45c0a1051c959428649f86a09a9b2152cd551993cc2eb4cf094bdacbecb"})
"""BankID SSL Root CA v1, to 2034-12-31, as BankID/SampleCode delivers it. A new root is a change of this line."""


def check(client: ClientConfig, broker: BrokerConfig, *, now: datetime) -> None:
    """Refuse to go on with what is not BankID's own, or not ours.

    Raises:
        NotForProductionError: naming everything that is wrong at once.
    """
    faults = [*_address_faults(client, broker), *_tls_faults(client, now=now), *_root_faults(broker, now=now)]
    if faults:
        raise NotForProductionError("; ".join(faults))


def warnings(client: ClientConfig, *, now: datetime) -> list[str]:
    """Return what an operator must hear without the start being refused: an RP certificate that ends within 60 days.

    Raises:
        CertificateUnusableError: the certificate cannot be read.
    """
    if client.certificate is None:
        return []
    certificate = read_certificate(client.certificate)
    if not expires_soon(certificate, now=now):
        return []
    left = (certificate.not_valid_after_utc - now).days
    return [
        f"our RP certificate ends on {certificate.not_valid_after_utc:%Y-%m-%d}, in {left} days: renew it at the bank"
    ]


def _address_faults(client: ClientConfig, broker: BrokerConfig) -> Iterator[str]:
    ours, wanted = urlsplit(client.base_url), urlsplit(PRODUCTION_URL)
    if (ours.scheme, ours.netloc, ours.path.rstrip("/")) != (wanted.scheme, wanted.netloc, wanted.path.rstrip("/")):
        yield f"BankID's address must be {PRODUCTION_URL}"
    if urlsplit(broker.return_url).scheme != "https":
        yield "the return page must be https"
    if broker.launch_base is not None:
        yield "launch links must be BankID's own"


def _tls_faults(client: ClientConfig, *, now: datetime) -> Iterator[str]:
    if client.root is None or client.certificate is None:
        yield "our RP certificate and BankID's root must be given"
        return
    try:
        client_context(client)
        certificate = read_certificate(client.certificate)
        roots = x509.load_pem_x509_certificates(client.root.read_bytes())
    except (CertificateUnusableError, OSError, ValueError) as error:
        yield str(error)
        return
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        yield "our RP certificate is not valid today"
    if {root.fingerprint(hashes.SHA256()).hex() for root in roots} - SSL_ROOT_SHA256:
        yield "the root of BankID's servers is not BankID SSL Root CA v1"


def _root_faults(broker: BrokerConfig, *, now: datetime) -> Iterator[str]:
    try:
        roots = load_roots(broker.evidence_roots)
    except CertificateUnusableError as error:
        yield str(error)
        return
    for root in roots:
        names = [str(attribute.value) for attribute in root.subject]
        if any(MARK in name for name in names):
            yield "a root of persons' certificates is the simulator's"
        elif any("test" in name.lower() for name in names):
            yield "a root of persons' certificates is of BankID's test environment"
        elif now > root.not_valid_after_utc:
            yield "a root of persons' certificates has ended"
        elif not root.subject.get_attributes_for_oid(NameOID.COMMON_NAME):
            yield "a root of persons' certificates has no name"
