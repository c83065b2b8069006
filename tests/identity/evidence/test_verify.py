"""A signature proves what it should: BankID's own sample verifies, and whatever is changed about one is found."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from identity.errors import EvidenceError, EvidenceInvalidError, EvidenceMalformedError, EvidenceMismatchError
from identity.evidence import Evidence, load_roots, verify
from identity.evidence.structure import parse
from identity.simulator import authority as making
from identity.simulator.authority import ensure
from identity.simulator.personas import PERSONAS
from identity.simulator.signature import SignedTexts, ocsp_response, sign

_OTHER_USAGES = {name: getattr(ExtendedKeyUsageOID, name) for name in ("CLIENT_AUTH", "SERVER_AUTH")}
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
VISIBLE, NON_VISIBLE = "Begäran om radering\när min", '{"purpose":"AR-7K2M-9QXA"}'
ELOF, ASTRID = PERSONAS[:2]


@pytest.fixture(scope="session")
def sample(request):
    path = request.config.rootpath / "tests/identity/vectors/bankid-sample-signature.json"
    return json.loads(path.read_text())


@pytest.fixture
def sample_evidence(sample):
    return Evidence(
        visible_text=sample["visible"],
        non_visible_data=sample["non_visible"],
        personal_identity_number=sample["person"],
        signature=sample["signature"],
        ocsp_response=sample["ocsp_response"],
    )


@pytest.fixture
def sample_root(sample):
    """The highest certificate that the sample carries: BankID's test root itself is not published with it."""
    return [parse(sample["signature"]).certificates[-1]]


def encoded(text):
    return base64.b64encode(text.encode()).decode()


class Chained:
    """An authority that delivers another chain than its own."""

    def __init__(self, authority, chain):
        self.persons, self.customer, self.ocsp, self._chain = (
            authority.persons,
            authority.customer,
            authority.ocsp,
            chain,
        )

    def chain(self, _persona):
        return self._chain


def made(authority, *, persona=ELOF, visible=VISIBLE, non_visible=NON_VISIBLE, func_id="Signing", chain=None):
    authority = Chained(authority, chain) if chain else authority
    texts = SignedTexts(visible and encoded(visible), non_visible and encoded(non_visible))
    signature = sign(authority, persona, texts, func_id=func_id, relying_party="Å & B <x>", device="uhi")
    return Evidence(
        visible_text=VISIBLE,
        non_visible_data=NON_VISIBLE,
        personal_identity_number=persona.personal_number,
        signature=signature,
        ocsp_response=ocsp_response(authority, persona, signature, now=NOW),
    )


@pytest.fixture
def roots(authority):
    return load_roots(authority.files.signature_root)


# BankID's own sample


def test_the_samples_digests_are_recomputed(sample):
    parts = parse(sample["signature"])

    for canonical, digest in ((parts.signed_data, "signed_data_digest"), (parts.key_info, "key_info_digest")):
        assert base64.b64encode(hashlib.sha256(canonical).digest()).decode() == sample[digest]
    assert parts.visible_data.decode() == sample["visible"]
    assert parts.non_visible_data.decode() == sample["non_visible"]
    assert parts.func_id == sample["func_id"]


def test_the_sample_verifies_as_the_identification_that_it_is(sample_evidence, sample_root):
    verified = verify(sample_evidence, sample_root, func_id="Identification")

    assert verified.signed_at == datetime(2022, 9, 13, 14, 9, 19, tzinfo=UTC)


def test_the_sample_is_not_a_signing(sample_evidence, sample_root):
    with pytest.raises(EvidenceMismatchError, match="Signing"):
        verify(sample_evidence, sample_root)


def test_the_samples_ocsp_nonce_begins_with_the_signatures_digest(sample):
    response = ocsp.load_der_ocsp_response(base64.b64decode(sample["ocsp_response"]))
    nonce = response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce

    assert nonce[:20].hex() == sample["nonce_prefix"]
    assert hashlib.sha1(sample["signature"].encode(), usedforsecurity=False).hexdigest() == sample["nonce_prefix"]


def test_the_sample_does_not_verify_under_another_root(sample_evidence, roots):
    with pytest.raises(EvidenceInvalidError, match="root"):
        verify(sample_evidence, roots, func_id="Identification")


def test_the_simulators_signature_has_the_samples_shape(sample, authority):
    """Element for element, in the same order, with the same attributes, until the details of the device."""

    def shape(signature):
        xml = base64.b64decode(signature).decode()
        tags = re.findall(r"<(/?[A-Za-z0-9]+)((?: [A-Za-z]+=\"[^\"]*\")*)", xml)
        return [
            (tag, re.sub(r"http://www.bankid.com/signature/v1.0.0/types", "T", attributes)) for tag, attributes in tags
        ]

    ours, theirs = shape(made(authority).signature), shape(sample["signature"])
    until = theirs.index(("env", ""))

    assert ours[:until] == theirs[:until]


# what holds


def test_what_was_signed_verifies(authority, roots):
    verified = verify(made(authority), roots)

    assert (verified.signed_at, verified.func_id) == (NOW, "Signing")
    assert "Root CA" in verified.root


def test_years_later_it_still_verifies(authority, roots):
    """Validity is that of the moment of signing: no clock is asked."""
    assert verify(made(authority), roots) == verify(replace(made(authority)), roots)


# what does not


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"visible_text": VISIBLE + " "}, "visible text"),
        ({"visible_text": VISIBLE.replace("ä", "a\u0308")}, "visible text"),
        ({"visible_text": VISIBLE.replace("\n", "\r\n")}, "visible text"),
        ({"non_visible_data": NON_VISIBLE.replace(":", ": ")}, "non-visible"),
        ({"non_visible_data": None}, "non-visible"),
        ({"personal_identity_number": ASTRID.personal_number}, "another person"),
    ],
)
def test_sound_but_of_something_else(authority, roots, change, message):
    with pytest.raises(EvidenceMismatchError, match=message):
        verify(replace(made(authority), **change), roots)


def test_a_login_is_no_signature(authority, roots):
    with pytest.raises(EvidenceMismatchError, match="Signing"):
        verify(made(authority, func_id="Identification"), roots)


def test_without_the_text_it_proves_nothing(authority, roots):
    with pytest.raises(EvidenceMismatchError):
        verify(made(authority, visible=None), roots)


def resigned(authority, evidence, change):
    """Change the XML as ``change`` says and sign it again with Astrid's key, which somebody stole or owns."""
    xml = change(base64.b64decode(evidence.signature).decode())
    signed_info = re.search(r"<SignedInfo.*</SignedInfo>", xml)[0]
    value = authority.persons[ASTRID.key].key.sign(signed_info.encode(), padding.PKCS1v15(), hashes.SHA256())
    xml = re.sub(r"(?<=<SignatureValue>)[^<]*", base64.b64encode(value).decode(), xml)
    return with_ocsp(authority, replace(evidence, signature=encoded(xml)))


def with_ocsp(authority, evidence, persona=ELOF):
    return replace(evidence, ocsp_response=ocsp_response(authority, persona, evidence.signature, now=NOW))


def rewritten(evidence, change):
    return replace(evidence, signature=encoded(change(base64.b64decode(evidence.signature).decode())))


TAMPERED = {
    "the text": lambda xml: xml.replace(encoded(VISIBLE), encoded(VISIBLE.upper())),
    "the unseen data": lambda xml: xml.replace(encoded(NON_VISIBLE), encoded("{}")),
    "the purpose": lambda xml: xml.replace("<funcId>Signing", "<funcId>Identification"),
    "an attribute": lambda xml: xml.replace('visible="wysiwys"', 'visible="no"'),
    "the relying party": lambda xml: re.sub("(?<=<displayName>)[^<]*", encoded("Someone"), xml),
    "the signature value": lambda xml: re.sub("(?<=<SignatureValue>)....", "AAAA", xml),
    "a digest": lambda xml: re.sub("(?<=<DigestValue>)....", "AAAA", xml),
    "space where it counts": lambda xml: xml.replace("<srvInfo>", "<srvInfo> "),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_change_after_the_signing_is_found(authority, roots, what):
    """With a fresh OCSP answer, so that nothing but the signature itself can tell."""
    evidence = with_ocsp(authority, rewritten(made(authority), TAMPERED[what]))

    with pytest.raises(EvidenceInvalidError):
        verify(evidence, roots)


WRAPPED = {
    "a second object": lambda xml: xml.replace("</Signature>", "<Object/></Signature>"),
    "a second text": lambda xml: xml.replace("<srvInfo>", "<usrVisibleData>eA==</usrVisibleData><srvInfo>"),
    "the signed data moved and replaced": lambda xml: xml.replace(
        "<Object>",
        '<Object><bankIdSignedData xmlns="http://www.bankid.com/signature/v1.0.0/types" Id="bidSignedData"/>',
    ),
    "a comment": lambda xml: xml.replace("<srvInfo>", "<!-- --><srvInfo>"),
    "a comment inside a text": lambda xml: xml.replace("Signing<", "Sig<!-- -->ning<"),
    "an instruction": lambda xml: xml.replace("<srvInfo>", "<?x y?><srvInfo>"),
    "a document type": lambda xml: xml.replace("<Signature ", "<!DOCTYPE Signature><Signature ", 1),
    "an entity": lambda xml: xml.replace("<Signature ", '<!DOCTYPE S [<!ENTITY a "b">]><Signature ', 1).replace(
        "Signing<", "&a;<"
    ),
    "loose text": lambda xml: xml.replace("<Object>", "<Object>x"),
    "another root": lambda xml: xml.replace("<Signature ", "<Sognature ").replace("</Signature>", "</Sognature>"),
    "no funcId": lambda xml: xml.replace("<funcId>Signing</funcId>", ""),
    "a weaker digest": lambda xml: xml.replace("2001/04/xmlenc#sha256", "2000/09/xmldsig#sha1"),
    "a weaker signature": lambda xml: xml.replace("xmldsig-more#rsa-sha256", "xmldsig-more#rsa-md5"),
    "another canonical form": lambda xml: xml.replace("REC-xml-c14n-20010315", "REC-xml-c14n-20010315#WithComments"),
    "a transform": lambda xml: xml.replace("</Transforms>", '<Transform Algorithm="x"/></Transforms>', 1),
    "a reference elsewhere": lambda xml: xml.replace("#bidKeyInfo", "http://elsewhere.example/"),
    "a reference twice": lambda xml: xml.replace('URI="#bidKeyInfo"', 'URI="#bidSignedData"'),
    "no certificate": lambda xml: re.sub("<X509Data>.*</X509Data>", "<X509Data></X509Data>", xml),
    "a broken certificate": lambda xml: re.sub("(?<=<X509Certificate>)....", "AAAA", xml, count=1),
    "a text that is not base64": lambda xml: xml.replace(encoded(VISIBLE), "Begäran"),
    "another charset": lambda xml: xml.replace('charset="UTF-8"', 'charset="UTF-16"'),
}


@pytest.mark.parametrize("what", WRAPPED)
def test_what_is_not_bankids_structure_is_refused(authority, roots, what):
    original = made(authority)
    evidence = rewritten(original, WRAPPED[what])
    assert evidence.signature != original.signature

    with pytest.raises(EvidenceMalformedError):
        verify(with_ocsp(authority, evidence), roots)


@pytest.mark.parametrize("signature", ["", "x", "åäö", encoded(""), encoded("<"), encoded("<a/>"), "A" * 3_000_000])
def test_what_is_no_signature_at_all_is_refused(authority, roots, signature):
    with pytest.raises(EvidenceMalformedError):
        verify(replace(made(authority), signature=signature), roots)


def test_another_persons_key_does_not_sign_for_her(authority, roots):
    with pytest.raises(EvidenceInvalidError, match="signature value"):
        verify(resigned(authority, made(authority), lambda xml: xml), roots)


def test_a_chain_of_ones_own_does_not_lead_to_the_root(roots, stranger):
    with pytest.raises(EvidenceInvalidError, match="root"):
        verify(made(stranger), roots)


def test_a_persons_certificate_cannot_issue_another(authority, roots):
    """Astrid is real, and issues herself a certificate in Elof's name; she even answers for it."""
    astrid, key = authority.persons[ASTRID.key], making._rsa()
    forged = making._builder(making._person_name(ELOF), key, astrid.certificate.subject).sign(
        astrid.key, hashes.SHA256()
    )
    persons = {ELOF.key: making.Pair(forged, key)}
    mallory = replace(authority, customer=astrid.certificate, ocsp=astrid, persons=persons)
    above = (forged, astrid.certificate, authority.customer, authority.bank)
    evidence = made(mallory, chain=above)
    assert len(parse(evidence.signature).certificates) == 4

    with pytest.raises(EvidenceInvalidError, match="chain is broken"):
        verify(evidence, roots)


# the OCSP answer


def answer(authority, signature, *, persona=ELOF, status=ocsp.OCSPCertStatus.GOOD, nonce=None, signer=None, at=NOW):
    """An OCSP answer with one thing wrong about it."""
    revoked = status is ocsp.OCSPCertStatus.REVOKED
    who = signer or authority.ocsp
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=authority.persons[persona.key].certificate,
            issuer=authority.customer,
            algorithm=hashes.SHA1(),  # noqa: S303 - names the issuer
            cert_status=status,
            this_update=at,
            next_update=None,
            revocation_time=at if revoked else None,
            revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.NAME, who.certificate)
        .certificates([who.certificate])
    )
    if nonce != b"":
        digest = hashlib.sha1(signature.encode(), usedforsecurity=False).digest()
        builder = builder.add_extension(x509.OCSPNonce(nonce or digest + b"x" * 12), critical=True)
    return base64.b64encode(builder.sign(who.key, hashes.SHA256()).public_bytes(Encoding.DER)).decode()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"status": ocsp.OCSPCertStatus.REVOKED}, "good"),
        ({"status": ocsp.OCSPCertStatus.UNKNOWN}, "good"),
        ({"persona": ASTRID}, "another certificate"),
        ({"nonce": b"x" * 32}, "another signature"),
        ({"nonce": b""}, "no nonce"),
    ],
)
def test_an_ocsp_answer_that_does_not_vouch(authority, roots, wrong, message):
    evidence = made(authority)

    with pytest.raises(EvidenceInvalidError, match=message):
        verify(replace(evidence, ocsp_response=answer(authority, evidence.signature, **wrong)), roots)


def test_an_ocsp_answer_signed_by_a_person_is_refused(authority, roots):
    evidence = made(authority)
    forged = answer(authority, evidence.signature, signer=authority.persons[ASTRID.key])

    with pytest.raises(EvidenceInvalidError, match=r"not for it|did not appoint"):
        verify(replace(evidence, ocsp_response=forged), roots)


def test_an_ocsp_answer_by_a_certificate_for_something_else_is_refused(tmp_path, monkeypatch):
    """The very authority appointed it, but to log in and not to answer."""
    usages = SimpleNamespace(OCSP_SIGNING=ExtendedKeyUsageOID.CLIENT_AUTH, **_OTHER_USAGES)
    monkeypatch.setattr(making, "ExtendedKeyUsageOID", usages)
    careless = ensure(tmp_path / "careless")

    with pytest.raises(EvidenceInvalidError, match="not for it"):
        verify(made(careless), load_roots(careless.files.signature_root))


def test_an_ocsp_answer_of_another_authority_is_refused(authority, roots, stranger):
    evidence = made(authority)
    forged = answer(authority, evidence.signature, signer=stranger.ocsp)

    with pytest.raises(EvidenceInvalidError, match="did not appoint"):
        verify(replace(evidence, ocsp_response=forged), roots)


def test_an_ocsp_answer_from_before_there_were_certificates_is_refused(authority, roots):
    evidence = made(authority)
    early = answer(authority, evidence.signature, at=datetime(2019, 1, 1, tzinfo=UTC))

    with pytest.raises(EvidenceInvalidError, match="valid"):
        verify(replace(evidence, ocsp_response=early), roots)


def test_an_ocsp_answer_for_the_signature_before_is_refused(authority, roots):
    """Answers are not interchangeable between two signatures of the same person."""
    first, second = made(authority), made(authority)

    with pytest.raises(EvidenceInvalidError, match="another signature"):
        verify(replace(first, ocsp_response=second.ocsp_response), roots)


@pytest.mark.parametrize("response", ["", "x", encoded("x"), "MAMKAQE=", "MAMKAQY="])
def test_what_is_no_ocsp_answer_is_refused(authority, roots, response):
    with pytest.raises(EvidenceError):
        verify(replace(made(authority), ocsp_response=response), roots)


def test_an_ocsp_answer_by_an_algorithm_that_does_not_exist_is_refused(sample_evidence, sample_root):
    """Found by fuzzing: the library reads the algorithm only when it is looked at."""
    der = base64.b64decode(sample_evidence.ocsp_response)
    sha256_with_rsa = bytes.fromhex("06092a864886f70d01010b")
    damaged = der.replace(sha256_with_rsa, bytes.fromhex("06090086 4886f70d01010b"), 1)
    assert damaged != der

    changed = replace(sample_evidence, ocsp_response=base64.b64encode(damaged).decode())
    with pytest.raises(EvidenceError):
        verify(changed, sample_root, func_id="Identification")


def test_nothing_of_the_content_is_in_an_errors_message(authority, roots):
    with pytest.raises(EvidenceError) as caught:
        verify(replace(made(authority), visible_text="hemligt"), roots)

    for secret in ("hemligt", "radering", ELOF.personal_number):
        assert secret not in str(caught.value)
    assert ELOF.personal_number not in repr(made(authority))
