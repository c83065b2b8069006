"""BankID's XML signature, taken apart strictly: exactly the structure that BankID makes, or nothing.

Elements are found by their place and not by their ``Id``, so nothing can be wrapped around or slipped in beside what
was signed. Source: XML-DSig; BankID's own sample (BankID/SampleCode), whose digests the tests recompute.
"""

from __future__ import annotations

import base64
import binascii
import copy
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from lxml import etree

from identity.errors import EvidenceMalformedError

DSIG: Final = "http://www.w3.org/2000/09/xmldsig#"
BANKID: Final = "http://www.bankid.com/signature/v1.0.0/types"
C14N: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
RSA_SHA256: Final = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256: Final = "http://www.w3.org/2001/04/xmlenc#sha256"
SIGNED_DATA_ID: Final = "bidSignedData"
KEY_INFO_ID: Final = "bidKeyInfo"

MAX_BYTES: Final = 2 * 1024 * 1024
MAX_CERTIFICATES: Final = 6

UNREADABLE: Final = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What ``cryptography`` raises about certificates and OCSP answers that it cannot read, when a part is looked at."""


@dataclass(frozen=True, slots=True)
class SignatureParts:
    """What the XML holds. Digests are those that ``SignedInfo`` claims; nothing is verified here."""

    signed_info: bytes
    """Canonical form of ``SignedInfo``: what the signature value is made over."""

    signature_value: bytes
    digests: dict[str, bytes]
    """``Id`` of each referenced element → the SHA-256 that ``SignedInfo`` claims for it."""

    signed_data: bytes
    """Canonical form of ``bankIdSignedData``."""

    key_info: bytes
    """Canonical form of ``KeyInfo``."""

    certificates: tuple[x509.Certificate, ...]
    """The person's first, each issued by the next; the root is not among them."""

    visible_data: bytes | None
    """The bytes that the person saw, decoded."""

    non_visible_data: bytes | None
    func_id: str
    """``Signing`` or ``Identification``."""


def parse(signature: str) -> SignatureParts:
    """Take ``signature`` (base64 of the XML, as in ``completionData``) apart.

    Raises:
        EvidenceMalformedError: it is anything but BankID's structure.
    """
    root = _document(decode_base64(signature, what="signature"))
    signed_info, signature_value, key_info, holder = _exactly(
        root, DSIG, ["SignedInfo", "SignatureValue", "KeyInfo", "Object"]
    )
    [signed_data] = _exactly(holder, BANKID, ["bankIdSignedData"])
    if (root.tag, signed_data.get("Id"), key_info.get("Id")) != (_q(DSIG, "Signature"), SIGNED_DATA_ID, KEY_INFO_ID):
        raise EvidenceMalformedError("the signature is not BankID's")
    fields = _once_each(signed_data)
    client = fields.get("clientInfo")
    func_id = _once_each(client).get("funcId") if client is not None else None
    if func_id is None:
        raise EvidenceMalformedError("funcId is missing")
    return SignatureParts(
        signed_info=_canonical(signed_info),
        signature_value=decode_base64(_text(signature_value), what="SignatureValue"),
        digests=_digests(signed_info),
        signed_data=_canonical(signed_data),
        key_info=_canonical(key_info),
        certificates=_certificates(key_info),
        visible_data=_data(fields.get("usrVisibleData")),
        non_visible_data=_data(fields.get("usrNonVisibleData")),
        func_id=_text(func_id),
    )


def decode_base64(text: str, *, what: str) -> bytes:
    """Return the bytes of ``text``, which may be broken into lines but holds nothing outside the alphabet."""
    if len(text) > MAX_BYTES:
        raise EvidenceMalformedError(f"{what} is too large")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise EvidenceMalformedError(f"{what} is not base64") from None


def _document(content: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise EvidenceMalformedError("the signature is not XML") from None
    docinfo: Any = root.getroottree().docinfo  # lxml-stubs does not know all of it
    if docinfo.doctype or root.getprevious() is not None or root.getnext() is not None:
        raise EvidenceMalformedError("the signature brings a document type, a comment or an instruction")
    if any(not isinstance(node.tag, str) for node in root.iter()):
        raise EvidenceMalformedError("the signature holds a comment, an instruction or an entity")
    return root


def _digests(signed_info: etree._Element) -> dict[str, bytes]:
    method, algorithm, *references = list(signed_info)
    names = [element.tag for element in signed_info]
    expected = [_q(DSIG, name) for name in ("CanonicalizationMethod", "SignatureMethod", "Reference", "Reference")]
    if names != expected or method.get("Algorithm") != C14N or algorithm.get("Algorithm") != RSA_SHA256:
        raise EvidenceMalformedError("SignedInfo is not of BankID's form, or made by an algorithm that is not accepted")
    digests = {}
    for reference in references:
        transforms, digest_method, value = _exactly(reference, DSIG, ["Transforms", "DigestMethod", "DigestValue"])
        [transform] = _exactly(transforms, DSIG, ["Transform"])
        if len(transform) or transform.get("Algorithm") != C14N or digest_method.get("Algorithm") != SHA256:
            raise EvidenceMalformedError("a reference is made by a transform or digest that is not accepted")
        digests[(reference.get("URI") or "").removeprefix("#")] = decode_base64(_text(value), what="DigestValue")
    if set(digests) != {SIGNED_DATA_ID, KEY_INFO_ID}:
        raise EvidenceMalformedError("SignedInfo does not refer to the signed data and the certificates")
    return digests


def _certificates(key_info: etree._Element) -> tuple[x509.Certificate, ...]:
    [holder] = _exactly(key_info, DSIG, ["X509Data"])
    if not 1 <= len(holder) <= MAX_CERTIFICATES or any(item.tag != _q(DSIG, "X509Certificate") for item in holder):
        raise EvidenceMalformedError("KeyInfo does not hold a chain of certificates")
    try:
        return tuple(
            x509.load_der_x509_certificate(decode_base64(_text(item), what="X509Certificate")) for item in holder
        )
    except UNREADABLE:
        raise EvidenceMalformedError("a certificate of the chain cannot be read") from None


def _data(element: etree._Element | None) -> bytes | None:
    if element is None:
        return None
    if element.get("charset", "UTF-8").upper() != "UTF-8":
        raise EvidenceMalformedError("a text is not in UTF-8")
    return decode_base64(_text(element), what="a signed text")


def _exactly(parent: etree._Element, namespace: str, names: list[str]) -> list[etree._Element]:
    """Return the children of ``parent``, which are exactly ``names`` in this order, with nothing between them."""
    children = list(parent)
    if [child.tag for child in children] != [_q(namespace, name) for name in names]:
        raise EvidenceMalformedError(f"{etree.QName(parent).localname} is not of BankID's form")
    if (parent.text or "").strip() or any((child.tail or "").strip() for child in children):
        raise EvidenceMalformedError(f"{etree.QName(parent).localname} holds loose text")
    return children


def _once_each(parent: etree._Element) -> dict[str, etree._Element]:
    """Return BankID's children of ``parent`` by name; a name that stands twice is refused."""
    if any(count > 1 for count in Counter(child.tag for child in parent).values()):
        raise EvidenceMalformedError(f"{etree.QName(parent).localname} holds an element twice")
    return {etree.QName(child).localname: child for child in parent if etree.QName(child).namespace == BANKID}


def _text(element: etree._Element) -> str:
    if len(element):
        raise EvidenceMalformedError(f"{etree.QName(element).localname} holds more than text")
    return element.text or ""


def _canonical(element: etree._Element) -> bytes:
    # lxml canonicalises an inner element wrongly (stray xmlns=""), but a copy, being a document of its own, rightly.
    # The copy declares the namespaces that it uses, which are all that BankID's structure has.
    return etree.tostring(copy.deepcopy(element), method="c14n")


def _q(namespace: str, name: str) -> str:
    return f"{{{namespace}}}{name}"
