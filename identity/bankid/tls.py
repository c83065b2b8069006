"""Mutual TLS towards BankID: our RP certificate out, BankID's root alone in."""

from __future__ import annotations

import secrets
import ssl
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)

from identity.config import ClientConfig, PemCertificate, Pkcs12Certificate
from identity.errors import CertificateUnusableError

EXPIRY_WARNING = timedelta(days=60)


def client_context(config: ClientConfig) -> ssl.SSLContext:
    """Return the context of ``config``: TLS 1.2 or later, the configured root and nothing of the system's.

    Raises:
        CertificateUnusableError: root or certificate is missing, unreadable, or its password is wrong.
    """
    if config.root is None or config.certificate is None:
        raise CertificateUnusableError("BankID over https needs both our RP certificate and BankID's root")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks host names and starts with an empty trust store
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_verify_locations(cafile=config.root)
    except (OSError, ssl.SSLError) as error:
        raise CertificateUnusableError(f"BankID's root at {config.root} cannot be read") from error
    try:
        _load_certificate(context, config.certificate)
    except (OSError, ssl.SSLError, ValueError, TypeError) as error:
        raise CertificateUnusableError("our RP certificate cannot be read: wrong file or wrong password") from error
    return context


def _load_certificate(context: ssl.SSLContext, certificate: PemCertificate | Pkcs12Certificate) -> None:
    if isinstance(certificate, PemCertificate):
        # an empty answer instead of OpenSSL's own prompt on the terminal
        context.load_cert_chain(certificate.certificate, certificate.key, password=certificate.password or "")
        return
    key, leaf, others = pkcs12.load_key_and_certificates(certificate.path.read_bytes(), certificate.password.encode())
    if key is None or leaf is None:
        raise ValueError("the PKCS#12 file lacks a key or a certificate")
    # OpenSSL reads from files only, so what it reads is encrypted for the blink that it exists
    password = secrets.token_urlsafe(32)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password.encode()))
    with tempfile.TemporaryDirectory(prefix="insyn-rp-") as folder:  # mode 0700
        path = Path(folder) / "rp.pem"
        path.write_bytes(pem + b"".join(each.public_bytes(Encoding.PEM) for each in (leaf, *others)))
        context.load_cert_chain(path, password=password)


def read_certificate(certificate: PemCertificate | Pkcs12Certificate) -> x509.Certificate:
    """Return our RP certificate itself, its key and password proven to fit the file.

    Raises:
        CertificateUnusableError: it cannot be read.
    """
    try:
        if isinstance(certificate, PemCertificate):
            password = certificate.password.encode() if certificate.password else None
            load_pem_private_key(certificate.key.read_bytes(), password)
            return x509.load_pem_x509_certificates(certificate.certificate.read_bytes())[0]
        _, leaf, _ = pkcs12.load_key_and_certificates(certificate.path.read_bytes(), certificate.password.encode())
    except (OSError, ValueError, TypeError) as error:
        raise CertificateUnusableError("our RP certificate cannot be read: wrong file or wrong password") from error
    if leaf is None:
        raise CertificateUnusableError("the PKCS#12 file lacks a certificate")
    return leaf


def expires_soon(certificate: x509.Certificate, *, now: datetime) -> bool:
    """Tell whether operators must be warned: fewer than 60 days are left, or none."""
    return certificate.not_valid_after_utc - now < EXPIRY_WARNING
