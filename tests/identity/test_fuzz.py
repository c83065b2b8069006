"""Whatever comes from outside: the client's parser and the verifier raise what they document, and nothing else.

``make test`` runs 300 of each of the four kinds; ``INSYN_FUZZ_EXAMPLES=25000`` runs 100 000 in all (docs/identity.md).
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
from dataclasses import replace
from pathlib import Path

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from identity.bankid import AuthRequest, BankIdClient
from identity.bankid.errors import BankIdError
from identity.config import ClientConfig
from identity.errors import EvidenceError
from identity.evidence import Evidence, verify
from identity.evidence.structure import parse

EXAMPLES = int(os.environ.get("INSYN_FUZZ_EXAMPLES", "300"))
many = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
SAMPLE = json.loads((Path(__file__).parent / "vectors" / "bankid-sample-signature.json").read_text())
XML = base64.b64decode(SAMPLE["signature"])
DER = base64.b64decode(SAMPLE["ocsp_response"])
GENUINE = Evidence(
    visible_text=SAMPLE["visible"],
    non_visible_data=SAMPLE["non_visible"],
    personal_identity_number=SAMPLE["person"],
    signature=SAMPLE["signature"],
    ocsp_response=SAMPLE["ocsp_response"],
)
ROOTS = [parse(SAMPLE["signature"]).certificates[-1]]
PIECES = [
    b"<",
    b">",
    b"&",
    b"<!--",
    b"]]>",
    b"\x00",
    b"\xff",
    b'"',
    b"<!DOCTYPE a>",
    b"xmlns=''",
    b"&#0;",
    b"<a/>",
    b"",
]


@st.composite
def damaged(draw, whole: bytes) -> bytes:
    """``whole`` with up to four pieces cut out, doubled or replaced."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(whole)))
        end = min(len(whole), start + draw(st.integers(0, 400)))
        piece = draw(st.one_of(st.binary(max_size=8), st.sampled_from(PIECES), st.just(whole[start:end] * 2)))
        whole = whole[:start] + piece + whole[end:]
    return whole


def outcome(evidence):
    """What the verifier makes of it; anything but its own errors comes through and fails the test."""
    try:
        return verify(evidence, ROOTS, func_id="Identification")
    except EvidenceError:
        return None


@many
@given(damaged(XML))
def test_a_damaged_signature_is_refused_or_means_the_same(xml):
    """Damage outside what is signed may leave it whole; then it must still say what it said."""
    signature = base64.b64encode(xml).decode()
    verified = outcome(replace(GENUINE, signature=signature))

    assert verified is None or signature == GENUINE.signature


@many
@given(damaged(DER))
def test_a_damaged_ocsp_answer_is_refused_or_the_same(der):
    verified = outcome(replace(GENUINE, ocsp_response=base64.b64encode(der).decode()))

    assert verified is None or verified == outcome(GENUINE)


@many
@given(st.text(), st.text())
def test_any_text_at_all(signature, ocsp_response):
    assert outcome(replace(GENUINE, signature=signature, ocsp_response=ocsp_response)) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = [
    "orderRef",
    "status",
    "hintCode",
    "completionData",
    "errorCode",
    "details",
    "autoStartToken",
    "user",
    "device",
]
BODY = st.one_of(
    st.binary(max_size=200),
    JSON.map(json.dumps).map(str.encode),
    st.dictionaries(st.sampled_from(FIELDS), st.just("ref") | st.just("complete") | JSON)
    .map(json.dumps)
    .map(str.encode),
)


class Answering(httpx.AsyncBaseTransport):
    """Answers whatever it was told to."""

    status, body = 200, b""

    async def handle_async_request(self, _request: httpx.Request) -> httpx.Response:
        return httpx.Response(self.status, stream=httpx.ByteStream(self.body))


def test_any_answer_at_all():
    wire = Answering()
    config = ClientConfig(base_url="http://bankid.test/", retry_delays_s=())
    with asyncio.Runner() as runner:  # one client and one loop for all of them: they are what takes the time
        client = BankIdClient(config, transport=wire)

        @many
        @given(st.integers(200, 599), BODY, st.booleans())
        def ask(status, body, starting):
            wire.status, wire.body = status, body
            call = client.auth(AuthRequest(end_user_ip="192.0.2.1")) if starting else client.collect("ref")
            with contextlib.suppress(BankIdError):
                runner.run(call)

        ask()
        runner.run(client.aclose())
