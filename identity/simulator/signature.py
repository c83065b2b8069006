"""What BankID delivers with a completion: an XML signature of its structure, and the OCSP answer made for it.

Structure, order, attributes and the nonce's beginning are those of BankID's own sample (BankID/SampleCode).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from lxml import etree

from identity.evidence.structure import BANKID, C14N, DSIG, KEY_INFO_ID, RSA_SHA256, SHA256, SIGNED_DATA_ID
from identity.simulator.authority import Authority
from identity.simulator.personas import Persona

FuncId = Literal["Identification", "Signing"]
_DECLARATION: Final = b'<?xml version="1.0" encoding="UTF-8" standalone="no"?>'
_NONCE_BYTES: Final = 32
_BANKID_DEFAULT: Final[Any] = {None: BANKID}
_DSIG_DEFAULT: Final[Any] = {None: DSIG}


@dataclass(frozen=True, slots=True)
class SignedTexts:
    """The relying party's texts, in the base64 in which it sent them."""

    visible: str | None
    non_visible: str | None


def sign(
    authority: Authority, persona: Persona, texts: SignedTexts, *, func_id: FuncId, relying_party: str, device: str
) -> str:
    """Return the base64 of ``persona``'s signature over ``texts``."""
    signed_data = _signed_data(texts, func_id=func_id, relying_party=relying_party, device=device)
    key_info = _key_info(authority.chain(persona))
    signed_info = _signed_info(signed_data, key_info)
    value = authority.persons[persona.key].key.sign(signed_info, padding.PKCS1v15(), hashes.SHA256())
    document = b"".join(
        (
            _DECLARATION,
            f'<Signature xmlns="{DSIG}">'.encode(),
            signed_info,
            b"<SignatureValue>" + base64.b64encode(value) + b"</SignatureValue>",
            key_info,
            b"<Object>" + signed_data + b"</Object>",
            b"</Signature>",
        )
    )
    return base64.b64encode(document).decode("ascii")


def ocsp_response(authority: Authority, persona: Persona, signature: str, *, now: datetime) -> str:
    """Return the base64 of the answer that ``persona``'s certificate was good, made for ``signature``."""
    beginning = hashlib.sha1(signature.encode(), usedforsecurity=False).digest()
    nonce = beginning + secrets.token_bytes(_NONCE_BYTES - len(beginning))
    response = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=authority.persons[persona.key].certificate,
            issuer=authority.customer,
            algorithm=hashes.SHA1(),  # noqa: S303 - names the issuer, as BankID's does
            cert_status=ocsp.OCSPCertStatus.GOOD,
            this_update=now,
            next_update=None,
            revocation_time=None,
            revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.NAME, authority.ocsp.certificate)
        .certificates([authority.ocsp.certificate])
        .add_extension(x509.OCSPNonce(nonce), critical=True)
        .sign(authority.ocsp.key, hashes.SHA256())
    )
    return base64.b64encode(response.public_bytes(Encoding.DER)).decode("ascii")


def _signed_data(texts: SignedTexts, *, func_id: FuncId, relying_party: str, device: str) -> bytes:
    root = etree.Element(_b("bankIdSignedData"), {"Id": SIGNED_DATA_ID}, nsmap=_BANKID_DEFAULT)
    if texts.visible is not None:
        _add(root, "usrVisibleData", texts.visible, {"charset": "UTF-8", "visible": "wysiwys"})
    if texts.non_visible is not None:
        _add(root, "usrNonVisibleData", texts.non_visible)
    server = _add(root, "srvInfo")
    _add(server, "name", _b64(f"cn={relying_party},serialNumber=5560000000,o={relying_party},c=SE"))
    _add(server, "nonce", base64.b64encode(secrets.token_bytes(20)).decode("ascii"))
    _add(server, "displayName", _b64(relying_party))
    client = _add(root, "clientInfo")
    _add(client, "funcId", func_id)
    _add(client, "version", _b64("Simulator=1.0&platform=simulator"))
    env = _add(_add(client, "env"), "ai")
    for name, text in (("type", _b64("SIMULATOR")), ("deviceInfo", _b64("1.0")), ("uhi", device), ("uauth", "pw")):
        _add(env, name, text)
    return _canonical(root)


def _key_info(chain: tuple[x509.Certificate, ...]) -> bytes:
    root = etree.Element(_d("KeyInfo"), {"Id": KEY_INFO_ID}, nsmap=_DSIG_DEFAULT)
    holder = etree.SubElement(root, _d("X509Data"))
    for certificate in chain:
        der = certificate.public_bytes(Encoding.DER)
        etree.SubElement(holder, _d("X509Certificate")).text = base64.b64encode(der).decode("ascii")
    return _canonical(root)


def _signed_info(signed_data: bytes, key_info: bytes) -> bytes:
    root = etree.Element(_d("SignedInfo"), nsmap=_DSIG_DEFAULT)
    etree.SubElement(root, _d("CanonicalizationMethod"), {"Algorithm": C14N})
    etree.SubElement(root, _d("SignatureMethod"), {"Algorithm": RSA_SHA256})
    for attributes, content in (
        ({"Type": BANKID, "URI": f"#{SIGNED_DATA_ID}"}, signed_data),
        ({"URI": f"#{KEY_INFO_ID}"}, key_info),
    ):
        reference = etree.SubElement(root, _d("Reference"), attributes)
        transforms = etree.SubElement(reference, _d("Transforms"))
        etree.SubElement(transforms, _d("Transform"), {"Algorithm": C14N})
        etree.SubElement(reference, _d("DigestMethod"), {"Algorithm": SHA256})
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode("ascii")
        etree.SubElement(reference, _d("DigestValue")).text = digest
    return _canonical(root)


def _canonical(root: etree._Element) -> bytes:
    return etree.tostring(root, method="c14n")


def _add(
    parent: etree._Element, name: str, text: str | None = None, attributes: dict[str, str] | None = None
) -> etree._Element:
    element = etree.SubElement(parent, _b(name), attributes or {})
    element.text = text
    return element


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _b(name: str) -> str:
    return f"{{{BANKID}}}{name}"


def _d(name: str) -> str:
    return f"{{{DSIG}}}{name}"
