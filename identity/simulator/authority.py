"""The simulator's certification authority: made at the first start, in a directory, never part of the repository.

Same shape as BankID's: a root that is not delivered, a bank's CA, its customer CA, a certificate a person, and an OCSP
signer that the customer CA appointed. Beside it, for TLS, a root of its own with the server's and the relying party's
certificates. Every subject carries :data:`MARK`, by which production recognises and refuses them.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
import tempfile
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from identity.simulator.personas import PERSONAS, Persona

MARK: Final = "Insyn BankID-simulator"
"""Organisation of every subject that the simulator issues."""

POLICY: Final = ObjectIdentifier("1.2.3.4.25")
"""BankID's policy of mobile BankID in its test environment."""

RP_PASSWORD: Final = "simulator"  # noqa: S105 - of a throw-away certificate that production refuses
_NOT_BEFORE = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
_NOT_AFTER = dt.datetime(2049, 12, 31, tzinfo=dt.UTC)

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Pair:
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class AuthorityFiles:
    """What is found in the directory by others."""

    directory: Path

    @property
    def signature_root(self) -> Path:
        """PEM of the root under which persons sign: the broker's ``evidence_roots``."""
        return self.directory / "signature-root.pem"

    @property
    def tls_root(self) -> Path:
        """PEM of the root of the simulator's server certificate: the client's ``root``."""
        return self.directory / "tls-root.pem"

    @property
    def server_certificate(self) -> Path:
        return self.directory / "server.pem"

    @property
    def server_key(self) -> Path:
        return self.directory / "server-key.pem"

    @property
    def rp_certificate(self) -> Path:
        return self.directory / "rp.pem"

    @property
    def rp_key(self) -> Path:
        return self.directory / "rp-key.pem"

    @property
    def rp_pkcs12(self) -> Path:
        """The same as PKCS#12, under :data:`RP_PASSWORD`."""
        return self.directory / "rp.p12"


@dataclass(frozen=True, slots=True)
class Authority:
    """The authority at work, read from its directory."""

    files: AuthorityFiles
    bank: x509.Certificate
    customer: x509.Certificate
    ocsp: Pair
    persons: dict[str, Pair]
    """By persona key."""

    def chain(self, persona: Persona) -> tuple[x509.Certificate, ...]:
        """Return what a signature carries: the person's certificate first, the root absent."""
        return self.persons[persona.key].certificate, self.customer, self.bank


def ensure(directory: Path) -> Authority:
    """Return the authority of ``directory``, made there first if it is not there. Safe to call from two processes."""
    if not AuthorityFiles(directory).signature_root.exists():
        directory.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
        _make(building)
        try:
            building.replace(directory)  # all of it at once; whoever comes second finds it complete
        except OSError:
            for leftover in building.iterdir():
                leftover.unlink()
            building.rmdir()
    return _read(AuthorityFiles(directory))


def _read(files: AuthorityFiles) -> Authority:
    return Authority(
        files=files,
        bank=_read_certificate(files.directory / "bank.pem"),
        customer=_read_certificate(files.directory / "customer.pem"),
        ocsp=_read_pair(files.directory, "ocsp"),
        persons={persona.key: _read_pair(files.directory, f"person-{persona.key}") for persona in PERSONAS},
    )


def _read_certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def _read_pair(directory: Path, name: str) -> Pair:
    key = load_pem_private_key((directory / f"{name}-key.pem").read_bytes(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{name}-key.pem is not an RSA key")
    return Pair(_read_certificate(directory / f"{name}.pem"), key)


def _make(directory: Path) -> None:
    _make_signing(directory)
    _make_tls(directory)


def _make_signing(directory: Path) -> None:
    root_key, bank_key, customer_key, ocsp_key = (_rsa() for _ in range(4))
    root_name, bank_name, customer_name = (_name(f"{MARK} {role}") for role in ("Root CA", "Bank CA", "Customer CA"))
    root = _authority(root_name, root_key, issuer=root_name, issuer_key=root_key)
    bank = _authority(bank_name, bank_key, issuer=root_name, issuer_key=root_key)
    customer = _authority(customer_name, customer_key, issuer=bank_name, issuer_key=bank_key)
    ocsp = (
        _builder(_name(f"{MARK} OCSP Signing"), ocsp_key, customer_name)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=True)
        .add_extension(x509.OCSPNoCheck(), critical=False)
        .sign(customer_key, hashes.SHA256())
    )
    _write(directory, "bank", bank)
    _write(directory, "customer", customer)
    _write(directory, "ocsp", ocsp, ocsp_key)
    for persona in PERSONAS:
        key = _rsa()
        certificate = (
            _builder(_person_name(persona), key, customer_name)
            .add_extension(x509.CertificatePolicies([x509.PolicyInformation(POLICY, None)]), critical=False)
            .add_extension(_usage(digital_signature=True), critical=True)
            .sign(customer_key, hashes.SHA256())
        )
        _write(directory, f"person-{persona.key}", certificate, key)
    _write(directory, "signature-root", root)


def _make_tls(directory: Path) -> None:
    root_key, server_key, rp_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    root_name = _name(f"{MARK} SSL Root CA")
    root = _authority(root_name, root_key, issuer=root_name, issuer_key=root_key)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))])
    server = (
        _builder(_name(f"{MARK} server"), server_key, root_name)
        .add_extension(names, critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    rp = (
        _builder(_name(f"{MARK} relying party"), rp_key, root_name)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    _write(directory, "tls-root", root)
    _write(directory, "server", server, server_key)
    _write(directory, "rp", rp, rp_key)
    archive = pkcs12.serialize_key_and_certificates(
        b"rp", rp_key, rp, None, BestAvailableEncryption(RP_PASSWORD.encode())
    )
    _write_private(directory / "rp.p12", archive)


def _authority(subject: x509.Name, key: Key, *, issuer: x509.Name, issuer_key: Key) -> x509.Certificate:
    return (
        _builder(subject, key, issuer)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(key_cert_sign=True), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )


def _builder(subject: x509.Name, key: Key, issuer: x509.Name) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(secrets.randbits(63) + 1)
        .not_valid_before(_NOT_BEFORE)
        .not_valid_after(_NOT_AFTER)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=key_cert_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "SE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, MARK),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _person_name(persona: Persona) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "SE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, MARK),
            x509.NameAttribute(NameOID.SURNAME, persona.surname),
            x509.NameAttribute(NameOID.GIVEN_NAME, persona.given_name),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, persona.personal_number),
            x509.NameAttribute(NameOID.COMMON_NAME, persona.name),
        ]
    )


def _rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _write(directory: Path, name: str, certificate: x509.Certificate, key: Key | None = None) -> None:
    (directory / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    if key is not None:
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        _write_private(directory / f"{name}-key.pem", pem)


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
