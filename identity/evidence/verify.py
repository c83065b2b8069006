"""Does this signature prove that this person signed this text with BankID?"""

from __future__ import annotations

import hashlib
import hmac
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from identity.errors import (
    CertificateUnusableError,
    EvidenceError,
    EvidenceInvalidError,
    EvidenceMalformedError,
    EvidenceMismatchError,
)
from identity.evidence.ocsp import OcspAnswer, read_answer, verify_answer, verify_nonce
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


class Check(StrEnum):
    """One thing that must hold, in the order in which they are looked at."""

    STRUCTURE = "structure"
    """It has BankID's structure, to the element."""

    SIGNED_DATA_DIGEST = "signed_data_digest"
    """What was signed is as it was: texts, purpose, relying party."""

    CERTIFICATES_DIGEST = "certificates_digest"
    """The certificates are those that were signed along."""

    SIGNATURE = "signature"
    """The signature value is made with the key of the person's certificate."""

    OCSP_ANSWER = "ocsp_answer"
    """The issuer says that the person's certificate was good."""

    OCSP_NONCE = "ocsp_nonce"
    """It was asked because of this very signature."""

    CHAIN = "chain"
    """The person's certificate descends from a root that is trusted here, and was valid then."""

    PURPOSE = "purpose"
    """It is a signing and not a login."""

    VISIBLE_TEXT = "visible_text"
    """What the person saw is, byte for byte, what we showed."""

    NON_VISIBLE_DATA = "non_visible_data"
    """What was signed unseen is, byte for byte, ours."""

    PERSON = "person"
    """It is this person's certificate."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How one check came out."""

    check: str
    """A :class:`Check`, or one of a caller's own beside them."""

    fault: str | None
    """What is wrong, in English and without anything of the content; None when it holds."""

    was_made: bool = True
    """False where an earlier fault left nothing to look at."""

    @property
    def holds(self) -> bool:
        return self.was_made and self.fault is None


def verify(evidence: Evidence, roots: Sequence[x509.Certificate], *, func_id: str = SIGNING) -> VerifiedEvidence:
    """Make every check, in the order of :class:`Check`, until one does not hold.

    Args:
        evidence: what was kept.
        roots: under which of them BankID's persons' certificates must descend.
        func_id: what the signature must have been made for; ``auth`` makes ``Identification``, which proves no text.

    Raises:
        EvidenceMalformedError: it is not of BankID's structure.
        EvidenceInvalidError: digest, signature, chain or OCSP answer does not verify.
        EvidenceMismatchError: it verifies, but is of another text, purpose or person.
    """
    examination = _Examination(evidence, roots, func_id=func_id)
    for check in Check:
        examination.make(check)
    return examination.findings()


def examine(
    evidence: Evidence, roots: Sequence[x509.Certificate], *, func_id: str = SIGNING
) -> tuple[list[CheckResult], VerifiedEvidence | None]:
    """Make every check that can be made, and return how each came out; what was found only if all of them hold."""
    examination = _Examination(evidence, roots, func_id=func_id)
    results: list[CheckResult] = []
    for check in Check:
        if not examination.can_make(check):
            results.append(CheckResult(check, "cannot be looked at", was_made=False))
            continue
        try:
            examination.make(check)
        except EvidenceError as error:
            results.append(CheckResult(check, str(error)))
        else:
            results.append(CheckResult(check, None))
    return results, examination.findings() if all(result.holds for result in results) else None


class _Examination:
    """One signature on the table: its parts, once they could be read, and the checks."""

    def __init__(self, evidence: Evidence, roots: Sequence[x509.Certificate], *, func_id: str) -> None:
        self._evidence, self._roots, self._func_id = evidence, roots, func_id
        self._parts: SignatureParts | None = None
        self._answer: OcspAnswer | None = None
        self._root: x509.Certificate | None = None
        self._checks: dict[Check, Callable[[], None]] = {
            Check.STRUCTURE: self._read,
            Check.SIGNED_DATA_DIGEST: lambda: _check_digest(self.parts, SIGNED_DATA_ID, self.parts.signed_data),
            Check.CERTIFICATES_DIGEST: lambda: _check_digest(self.parts, KEY_INFO_ID, self.parts.key_info),
            Check.SIGNATURE: lambda: _check_signature(self.parts),
            Check.OCSP_ANSWER: self._check_answer,
            Check.OCSP_NONCE: lambda: verify_nonce(self.answer, signature=evidence.signature),
            Check.CHAIN: self._check_chain,
            Check.PURPOSE: lambda: _check_purpose(self.parts, func_id),
            Check.VISIBLE_TEXT: lambda: _check_visible(self.parts, evidence),
            Check.NON_VISIBLE_DATA: lambda: _check_non_visible(self.parts, evidence),
            Check.PERSON: lambda: _check_person(self.parts, evidence),
        }

    @property
    def parts(self) -> SignatureParts:
        if self._parts is None:
            raise EvidenceMalformedError("the signature could not be read")
        return self._parts

    @property
    def answer(self) -> OcspAnswer:
        if self._answer is None:
            raise EvidenceMalformedError("the OCSP answer could not be read")
        return self._answer

    def can_make(self, check: Check) -> bool:
        """Tell whether there is something to look at: the moment that the chain needs is the OCSP answer's."""
        if check is Check.STRUCTURE:
            return True
        needs_answer = check in (Check.OCSP_NONCE, Check.CHAIN)
        return self._parts is not None and not (needs_answer and self._answer is None)

    def make(self, check: Check) -> None:
        """Make one check.

        Raises:
            EvidenceError: it does not hold.
        """
        try:
            self._checks[check]()
        except UNREADABLE:  # parts of certificates are read, and found unreadable, only where they are looked at
            raise EvidenceMalformedError("a certificate or the OCSP answer cannot be read") from None

    def findings(self) -> VerifiedEvidence:
        """Return what was found, once every check was made."""
        person = self.parts.certificates[0]
        return VerifiedEvidence(
            signed_at=self.answer.known_good_at,
            func_id=self.parts.func_id,
            issuer=person.issuer.rfc4514_string(),
            root=self._root.subject.rfc4514_string() if self._root else "",
            certificate_sha256=person.fingerprint(hashes.SHA256()).hex(),
        )

    def _read(self) -> None:
        self._parts = parse(self._evidence.signature)

    def _check_answer(self) -> None:
        person, *issuers = self.parts.certificates
        if not issuers:
            raise EvidenceInvalidError("the chain ends with the person's certificate")
        self._answer = read_answer(self._evidence.ocsp_response)
        verify_answer(self._answer, certificate=person, issuer=issuers[0])

    def _check_chain(self) -> None:
        self._root = _check_chain(self.parts.certificates, self._roots, at=self.answer.known_good_at)


def _check_digest(parts: SignatureParts, name: str, canonical: bytes) -> None:
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


def _check_purpose(parts: SignatureParts, func_id: str) -> None:
    if parts.func_id != func_id:
        raise EvidenceMismatchError(f"it was not made for {func_id}")


def _check_visible(parts: SignatureParts, evidence: Evidence) -> None:
    if parts.visible_data != evidence.visible_text.encode():
        raise EvidenceMismatchError("the visible text is another one")


def _check_non_visible(parts: SignatureParts, evidence: Evidence) -> None:
    expected = None if evidence.non_visible_data is None else evidence.non_visible_data.encode()
    if parts.non_visible_data != expected:
        raise EvidenceMismatchError("the non-visible data are others")


def _check_person(parts: SignatureParts, evidence: Evidence) -> None:
    subject = parts.certificates[0].subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    if [attribute.value for attribute in subject] != [evidence.personal_identity_number]:
        raise EvidenceMismatchError("another person signed")
