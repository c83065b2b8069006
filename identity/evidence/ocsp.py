"""The OCSP answer that BankID delivers with a signature: the certificate was good, asked for this very signature.

Source: RFC 6960; that the nonce begins with SHA-1 of the signature is recomputed from BankID's own sample.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from identity.errors import EvidenceInvalidError, EvidenceMalformedError
from identity.evidence.structure import UNREADABLE, decode_base64

NONCE_PREFIX_BYTES: Final = 20


@dataclass(frozen=True, slots=True)
class OcspAnswer:
    """An answer, read and not yet believed."""

    response: ocsp.OCSPResponse
    known_good_at: datetime
    """``thisUpdate``: the moment to which the signature is dated."""

    is_good: bool
    serial_number: int
    issuer_key_hash: bytes
    hash_algorithm: str
    nonce: bytes | None
    responders: list[x509.Certificate]


def read_answer(ocsp_response: str) -> OcspAnswer:
    """Read ``ocsp_response``, base64 of the DER answer; parts that are there are looked at here and not later.

    Raises:
        EvidenceMalformedError: it is not an OCSP answer.
        EvidenceInvalidError: the responder refused to answer.
    """
    der = decode_base64(ocsp_response, what="ocspResponse")
    try:
        response = ocsp.load_der_ocsp_response(der)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise EvidenceInvalidError("the OCSP answer is a refusal")
        return OcspAnswer(
            response=response,
            known_good_at=response.this_update_utc,
            is_good=response.certificate_status is ocsp.OCSPCertStatus.GOOD,
            serial_number=response.serial_number,
            issuer_key_hash=response.issuer_key_hash,
            hash_algorithm=response.hash_algorithm.name,
            nonce=_nonce(response),
            responders=response.certificates,
        )
    except UNREADABLE:
        raise EvidenceMalformedError("the OCSP answer cannot be read") from None


def verify_answer(answer: OcspAnswer, *, certificate: x509.Certificate, issuer: x509.Certificate) -> None:
    """Verify that ``issuer``, itself or through a delegate, says that ``certificate`` was good.

    Raises:
        EvidenceInvalidError: it does not say so, or somebody else does.
    """
    if not answer.is_good:
        raise EvidenceInvalidError("the OCSP answer does not say that the certificate was good")
    expected = (certificate.serial_number, _key_hash(issuer, answer.hash_algorithm))
    if (answer.serial_number, answer.issuer_key_hash) != expected:
        raise EvidenceInvalidError("the OCSP answer is about another certificate")
    _verify_signature(answer.response, _responder(answer.responders, issuer, at=answer.known_good_at))


def verify_nonce(answer: OcspAnswer, *, signature: str) -> None:
    """Verify that the answer was asked for because of ``signature`` (base64, exactly as BankID delivered it).

    Raises:
        EvidenceInvalidError: it has no nonce, or was made for another signature.
    """
    if answer.nonce is None:
        raise EvidenceInvalidError("the OCSP answer has no nonce")
    if answer.nonce[:NONCE_PREFIX_BYTES] != hashlib.sha1(signature.encode(), usedforsecurity=False).digest():
        raise EvidenceInvalidError("the OCSP answer was made for another signature")


def _nonce(response: ocsp.OCSPResponse) -> bytes | None:
    try:
        return response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound:
        return None


def _responder(candidates: list[x509.Certificate], issuer: x509.Certificate, *, at: datetime) -> x509.Certificate:
    """Return who signed the answer: the issuer itself, or one whom it certified for just this (RFC 6960 4.2.2.2)."""
    if not candidates or candidates[0] == issuer:
        return issuer
    delegate = candidates[0]
    try:
        delegate.verify_directly_issued_by(issuer)
        usage = delegate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (*UNREADABLE, InvalidSignature, x509.ExtensionNotFound):
        raise EvidenceInvalidError("the OCSP answer is signed by somebody whom the issuer did not appoint") from None
    valid = delegate.not_valid_before_utc <= at <= delegate.not_valid_after_utc
    if ExtendedKeyUsageOID.OCSP_SIGNING not in usage or not valid:
        raise EvidenceInvalidError("the OCSP answer is signed by a certificate that is not for it, or not valid")
    return delegate


def _verify_signature(response: ocsp.OCSPResponse, responder: x509.Certificate) -> None:
    key, algorithm = responder.public_key(), response.signature_hash_algorithm
    if not isinstance(key, rsa.RSAPublicKey) or algorithm is None:
        raise EvidenceInvalidError("the OCSP answer is signed by an algorithm that is not accepted")
    try:
        key.verify(response.signature, response.tbs_response_bytes, padding.PKCS1v15(), algorithm)
    except InvalidSignature:
        raise EvidenceInvalidError("the OCSP answer's signature does not verify") from None


def _key_hash(issuer: x509.Certificate, algorithm: str) -> bytes:
    key = issuer.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise EvidenceInvalidError("the issuer's key is of a kind that is not accepted")
    return hashlib.new(algorithm, key.public_bytes(Encoding.DER, PublicFormat.PKCS1), usedforsecurity=False).digest()
