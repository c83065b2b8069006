"""Does this signature prove that this person signed this text with BankID?"""

from __future__ import annotations

import hashlib
import hmac
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from identity.errors import (
    CertificateUnusableError,
    EvidenceInvalidError,
    EvidenceMalformedError,
    EvidenceMismatchError,
)
from identity.evidence.ocsp import verify_ocsp
from identity.evidence.structure import KEY_INFO_ID, SIGNED_DATA_ID, UNREADABLE, SignatureParts, parse

SIGNING: Final = "Signing"
IDENTIFICATION: Final = "Identification"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is kept of a signed request, and what it is claimed to prove."""

    visible_text: str = field(repr=False)
    non_visible_data: str | None = field(repr=False)
    personal_identity_number: str = field(repr=False)
    """Twelve digits, of the person who is said to have signed."""

    signature: str = field(repr=False)
    """Base64, exactly as BankID delivered it."""

    ocsp_response: str = field(repr=False)
    """Base64, exactly as BankID delivered it."""


@dataclass(frozen=True, slots=True)
class VerifiedEvidence:
    """What was found, for whoever reads the audit."""

    signed_at: datetime
    """When the issuer knew the certificate to be good for this signature (OCSP ``thisUpdate``), UTC."""

    func_id: str
    issuer: str
    """Who issued the person's BankID, as RFC 4514 text."""

    root: str
    certificate_sha256: str
    """Fingerprint of the person's certificate, hex."""


def load_roots(path: Path) -> tuple[x509.Certificate, ...]:
    """Return the certificates of a PEM file.

    Raises:
        CertificateUnusableError: there is no such file, or no certificate in it.
    """
    try:
        return tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise CertificateUnusableError(f"the roots of BankID's signatures at {path} cannot be read") from error


def verify(evidence: Evidence, roots: Sequence[x509.Certificate], *, func_id: str = SIGNING) -> VerifiedEvidence:
    """Verify structure, digests, signature, chain, OCSP answer, texts, purpose and person, in this order.

    Args:
        evidence: what was kept.
        roots: under which of them BankID's persons' certificates must descend.
        func_id: what the signature must have been made for; ``auth`` makes ``Identification``, which proves no text.

    Raises:
        EvidenceMalformedError: it is not of BankID's structure.
        EvidenceInvalidError: digest, signature, chain or OCSP answer does not verify.
        EvidenceMismatchError: it verifies, but is of another text, purpose or person.
    """
    try:
        return _verified(evidence, roots, func_id=func_id)
    except UNREADABLE:  # parts of certificates are read, and found unreadable, only where they are looked at
        raise EvidenceMalformedError("a certificate or the OCSP answer cannot be read") from None


def _verified(evidence: Evidence, roots: Sequence[x509.Certificate], *, func_id: str) -> VerifiedEvidence:
    parts = parse(evidence.signature)
    _check_digests(parts)
    _check_signature(parts)
    person, *issuers = parts.certificates
    if not issuers:
        raise EvidenceInvalidError("the chain ends with the person's certificate")
    signed_at = verify_ocsp(evidence.ocsp_response, signature=evidence.signature, certificate=person, issuer=issuers[0])
    root = _check_chain(parts.certificates, roots, at=signed_at)
    _check_match(parts, evidence, func_id=func_id)
    return VerifiedEvidence(
        signed_at=signed_at,
        func_id=parts.func_id,
        issuer=person.issuer.rfc4514_string(),
        root=root.subject.rfc4514_string(),
        certificate_sha256=person.fingerprint(hashes.SHA256()).hex(),
    )


def _check_digests(parts: SignatureParts) -> None:
    for name, canonical in ((SIGNED_DATA_ID, parts.signed_data), (KEY_INFO_ID, parts.key_info)):
        if not hmac.compare_digest(hashlib.sha256(canonical).digest(), parts.digests[name]):
            raise EvidenceInvalidError(f"the digest of {name} is wrong: it was changed after it was signed")


def _check_signature(parts: SignatureParts) -> None:
    key = parts.certificates[0].public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise EvidenceInvalidError("the person's key is of a kind that is not accepted")
    try:
        key.verify(parts.signature_value, parts.signed_info, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        raise EvidenceInvalidError("the signature value does not verify") from None


def _check_chain(
    chain: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], *, at: datetime
) -> x509.Certificate:
    """Return the root to which ``chain`` leads, every link of it valid at ``at``."""
    for certificate in chain:
        if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
            raise EvidenceInvalidError("a certificate of the chain was not valid when it was used")
    for issued, issuer in itertools.pairwise(chain):
        if not _issued_by(issued, issuer) or not _is_authority(issuer):
            raise EvidenceInvalidError("the chain is broken")
    root = next((root for root in roots if root == chain[-1] or _issued_by(chain[-1], root)), None)
    if root is None:
        raise EvidenceInvalidError("the chain does not lead to a root that is trusted here")
    return root


def _issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (*UNREADABLE, InvalidSignature):
        return False
    return True


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (*UNREADABLE, x509.ExtensionNotFound):
        return False


def _check_match(parts: SignatureParts, evidence: Evidence, *, func_id: str) -> None:
    if parts.func_id != func_id:
        raise EvidenceMismatchError(f"it was not made for {func_id}")
    if parts.visible_data != evidence.visible_text.encode():
        raise EvidenceMismatchError("the visible text is another one")
    expected = None if evidence.non_visible_data is None else evidence.non_visible_data.encode()
    if parts.non_visible_data != expected:
        raise EvidenceMismatchError("the non-visible data are others")
    subject = parts.certificates[0].subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    if [attribute.value for attribute in subject] != [evidence.personal_identity_number]:
        raise EvidenceMismatchError("another person signed")
