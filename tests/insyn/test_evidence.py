"""``insyn evidence verify`` on a case that was really signed and registered, and on one of which a part was changed."""

from __future__ import annotations

import asyncio
import base64
import re
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from rich.console import Console
from sqlalchemy import select
from typer.testing import CliRunner

from cases import pictures
from cases.drafts import CaseDraft, Channel, Evidence, IdentificationMethod, Identity
from cases.history import EventKind
from cases.service import CaseService
from cases.storage.rows import CaseEventRow, CaseEvidenceRow, CaseRow
from cases.storage.sealing import Sealer, evidence_values
from foundation.encryption import KeyRing
from identity.evidence import load_roots
from identity.simulator.personas import PERSONAS
from identity.simulator.signature import SignedTexts, ocsp_response, sign
from insyn.cli import app
from insyn.errors import InsynError
from insyn.evidence import TITLES, CaseCheck, check, table
from privacy.calendar import WorkingCalendar
from privacy.request_types import IdentityLevel, RequestType
from tests.identity.conftest import (  # noqa: F401 - fixtures
    ADDRESS,
    DESKTOP,
    OURS,
    authority,
    bench,
    broker,
    broker_config,
    letterbox,
    simulator,
)

pytestmark = pytest.mark.database

REFERENCE, OTHER = "AR-0000-0000", "AR-0000-0011"
CONVERSATION = "3f1c6f52-6f8e-4a54-9a0c-1f5d8a6c0b11"
SCOPE, EMAIL = "Allt om anställningen", "elof@example.se"
TEXT = f"Begäran till Exempelbolaget\n\nJag begär: Radering\nGäller: {SCOPE}\nSvaret skickas till: {EMAIL}\n{REFERENCE}"
ELOF, ASTRID = PERSONAS[:2]


def encoded(content):
    return base64.b64encode(content.encode()).decode()


@pytest.fixture
async def signed(bench, broker):  # noqa: F811
    """Elof signs, over BankID's API, what the summary showed; the broker hands over who he is."""
    await bench.simulator.script(outcome="approve", persona=ELOF.key)
    offer = await broker.offer(
        CONVERSATION, session_hash=OURS, reference=REFERENCE, request_title="Radering", visible_text=TEXT
    )
    await broker.start(offer.id, session_hash=OURS, mode="qr", end_user_ip=ADDRESS, user_agent=DESKTOP)
    bench.clock.advance(seconds=2)
    await broker._collector.round()
    return await broker.consume(CONVERSATION, REFERENCE)


@pytest.fixture
async def case(bench, signed, sessions, key_ring, clock):  # noqa: F811
    """The case that it became."""
    service = CaseService(sessions, key_ring=key_ring, clock=clock, calendar=WorkingCalendar())
    draft = CaseDraft(
        reference=REFERENCE,
        request_type=RequestType.ERASURE,
        received_at=clock(),
        channel=Channel.CHAT,
        conversation_id=UUID(CONVERSATION),
        details={"scope": SCOPE},
        contact_email=EMAIL,
        identity=Identity(
            level=IdentityLevel.STRONG,
            method=IdentificationMethod.BANKID,
            personal_identity_number=signed.personal_identity_number,
            name=signed.name,
            verified_at=signed.completed_at,
            evidence=Evidence(signed.visible_text, signed.non_visible_data, signed.signature, signed.ocsp_response),
        ),
    )
    await service.register(draft)
    return draft


@pytest.fixture
def examined(sessions, key_ring, clock, broker_config):  # noqa: F811
    """Run the checks of the command."""

    async def run(reference=REFERENCE, *, keys=key_ring, roots=broker_config.evidence_roots):
        return await check(sessions, keys, load_roots(roots), reference, clock=clock)

    return run


@pytest.fixture
def change(sessions, key_ring):
    """Change what is stored, with every key at hand."""

    async def evidence(**parts):
        sealer = Sealer(key_ring)
        async with sessions.begin() as session:
            row = await session.scalar(select(CaseEvidenceRow))
            kept = sealer.unseal_json(row.evidence_sealed, column=pictures.EVIDENCE, reference=REFERENCE)
            changed = {name: value(kept[name]) if callable(value) else value for name, value in parts.items()}
            row.evidence_sealed = sealer.seal_json(kept | changed, column=pictures.EVIDENCE, reference=REFERENCE)

    return evidence


def faults(report):
    """The checks that do not hold, apart from those that an earlier one left nothing to look at for."""
    return {line.check for line in report.lines if line.was_made and line.fault}


async def test_every_check_holds_for_what_was_signed(case, examined):
    report = await examined()

    assert report.holds
    assert [line.check for line in report.lines] == list(TITLES), "each check is made, and each is named"
    assert report.found.func_id == "Signing"


async def test_the_history_remembers_that_it_was_checked_and_how_it_came_out(case, examined, change, sessions):
    await examined("ar 0000 0000")  # as people type it
    await change(visible_text="något annat")
    await examined()

    async with sessions() as session:
        events = (await session.scalars(select(CaseEventRow).order_by(CaseEventRow.sequence))).all()
    assert [(event.kind, event.facts) for event in events[1:]] == [
        (EventKind.EVIDENCE_CHECKED, {"holds": True}),
        (EventKind.EVIDENCE_CHECKED, {"holds": False}),
    ]


def rewritten(find, replacement):
    def change_of(signature):
        xml = base64.b64decode(signature).decode()
        after = re.sub(find, replacement, xml)
        assert after != xml
        return encoded(after)

    return change_of


TAMPERED = {
    "the signature is no XML": ({"signature": encoded("<a/>")}, {"structure"}),
    "the text inside the signature": (
        {"signature": rewritten(encoded(TEXT), encoded(TEXT.upper()))},
        {"signed_data_digest", "visible_text", "ocsp_nonce"},
    ),
    "the purpose inside the signature": (
        {"signature": rewritten("<funcId>Signing", "<funcId>Identification")},
        {"signed_data_digest", "purpose", "ocsp_nonce"},
    ),
    "the signature value": (
        {"signature": rewritten("(?<=<SignatureValue>)....", "AAAA")},
        {"signature", "ocsp_nonce"},
    ),
    "the digest of the certificates": (
        {"signature": rewritten('(URI="#bidKeyInfo">.*?<DigestValue>)....', r"\1AAAA")},
        {"certificates_digest", "signature", "ocsp_nonce"},
    ),
    "the visible text": ({"visible_text": lambda kept: kept + " "}, {"visible_text", "binding"}),
    "the non-visible data": (
        {"non_visible_data": lambda kept: kept.replace(REFERENCE, OTHER)},
        {"non_visible_data", "binding"},
    ),
    "the OCSP answer is none": ({"ocsp_response": "MAMKAQE="}, {"ocsp_answer"}),
}


async def test_a_change_to_the_evidence_is_found_and_named(case, examined, change):
    original = evidence_values(case.identity.evidence)
    for what, (parts, expected) in TAMPERED.items():
        await change(**parts)

        report = await examined()

        assert not report.holds, what
        assert faults(report) == expected, what
        assert report.found is None, what
        await change(**original)
    assert (await examined()).holds


async def test_a_signature_or_an_answer_that_belongs_elsewhere_is_found(case, examined, change, authority):  # noqa: F811
    """Astrid signed the very same, but the case says Elof; and an answer that was made for another signature of his."""
    at, original = case.identity.verified_at, evidence_values(case.identity.evidence)

    def signature_of(persona, visible):
        texts = SignedTexts(encoded(visible), encoded(original["non_visible_data"]))
        return sign(authority, persona, texts, func_id="Signing", relying_party="x", device="uhi")

    hers, another = signature_of(ASTRID, TEXT), signature_of(ELOF, "x")
    await change(signature=hers, ocsp_response=ocsp_response(authority, ASTRID, hers, now=at))
    assert faults(await examined()) == {"person"}

    await change(**original)
    await change(ocsp_response=ocsp_response(authority, ELOF, another, now=at))
    assert faults(await examined()) == {"ocsp_nonce"}


async def test_a_root_that_is_not_trusted_is_found(case, examined, tmp_path):
    from identity.simulator.authority import ensure

    stranger = ensure(tmp_path / "stranger")

    assert faults(await examined(roots=stranger.files.signature_root)) == {"chain"}


@pytest.fixture
def as_if(sessions, examined):
    """Return what is found after a change to the case's row, which is then undone."""

    async def run(**columns):
        async with sessions.begin() as session:
            row = await session.scalar(select(CaseRow))
            before = {name: getattr(row, name) for name in columns}
            for name, value in columns.items():
                setattr(row, name, value)
        found = faults(await examined())
        async with sessions.begin() as session:
            row = await session.scalar(select(CaseRow))
            for name, value in before.items():
                setattr(row, name, value)
        return found

    return run


async def test_a_case_that_no_longer_fits_what_was_signed_is_found(case, examined, as_if, key_ring):
    sealer, number = Sealer(key_ring), ASTRID.personal_number
    email = sealer.seal("a@b.se", column=pictures.CONTACT_EMAIL, reference=REFERENCE)
    other_number = sealer.seal(number, column=pictures.PERSONAL_IDENTITY_NUMBER, reference=REFERENCE)
    digest = sealer.person_digest(number)

    assert await as_if(contact_email_sealed=email) == {CaseCheck.ANSWERS}
    assert await as_if(person_digest=digest) == {CaseCheck.LOOKUP}
    assert await as_if(person_digest=digest, personal_identity_number_sealed=other_number) == {"person"}
    assert await as_if(verified_at=case.identity.verified_at - timedelta(days=1)) == {CaseCheck.MOMENT}
    assert await as_if(conversation_id=uuid4()) == {CaseCheck.BINDING}
    assert (await examined()).holds


async def test_a_bit_changed_in_the_database_is_found(case, examined, sessions):
    async with sessions.begin() as session:
        row = await session.scalar(select(CaseEvidenceRow))
        row.evidence_sealed = row.evidence_sealed[:-1] + bytes([row.evidence_sealed[-1] ^ 1])

    report = await examined()

    assert faults(report) == {CaseCheck.SEALED}


async def test_evidence_moved_to_another_case_does_not_open_there(case, examined, sessions, key_ring, clock):
    service = CaseService(sessions, key_ring=key_ring, clock=clock, calendar=WorkingCalendar())
    await service.register(replace(case, reference=OTHER))
    async with sessions.begin() as session:
        first, second = (await session.scalars(select(CaseEvidenceRow).order_by(CaseEvidenceRow.case_id))).all()
        second.evidence_sealed = first.evidence_sealed

    assert faults(await examined(OTHER)) == {CaseCheck.SEALED}


async def test_an_old_key_still_opens_and_a_lost_one_is_said(case, examined):
    rotated = KeyRing.from_secrets("a newer secret", "a secret for tests", lookup_secret="another secret for tests")
    assert (await examined(keys=rotated)).holds

    lost = KeyRing.from_secrets("a newer secret", lookup_secret="another secret for tests")
    report = await examined(keys=lost)
    assert faults(report) == {CaseCheck.SEALED}
    assert "not on the ring" in report.lines[0].fault


async def test_where_nothing_was_signed_there_is_nothing_to_verify(case, examined, sessions, key_ring, clock):
    service = CaseService(sessions, key_ring=key_ring, clock=clock, calendar=WorkingCalendar())
    await service.register(replace(case, reference=OTHER, identity=replace(case.identity, evidence=None)))

    with pytest.raises(InsynError, match="nothing was signed"):
        await examined(OTHER)
    with pytest.raises(InsynError, match="no case"):
        await examined("AR-0000-0022")


async def test_the_report_names_every_check_and_shows_nothing_of_the_content(case, examined, change):
    await change(visible_text=lambda kept: kept + " ")
    page = Console(width=160, record=True)

    page.print(table(await examined()))

    shown = page.export_text()
    assert all(title in shown for title in TITLES.values())
    assert "the visible text is another one" in shown
    for personal in (SCOPE, EMAIL, ELOF.personal_number, ELOF.surname):
        assert personal not in shown


async def test_the_command_says_in_its_exit_code_whether_it_holds(
    case,
    change,
    monkeypatch,
    database_url,
    authority,  # noqa: F811
):
    """The exit code is 0 only if everything holds; the simulator's root stands where its process puts it."""
    from insyn.settings import settings

    environment = {
        "INSYN_DATABASE_URL": database_url,
        "INSYN_DATA_DIR": str(authority.files.directory.parent),
        "INSYN_ENCRYPTION_SECRETS": "a secret for tests",
        "INSYN_LOOKUP_SECRET": "another secret for tests",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    async def run(reference):
        settings.cache_clear()
        result = await asyncio.to_thread(CliRunner().invoke, app, ["evidence", "verify", reference])
        settings.cache_clear()
        return result

    assert (await run(REFERENCE)).exit_code == 0
    await change(visible_text="något annat")
    for reference in (REFERENCE, OTHER):
        result = await run(reference)
        assert result.exit_code == 1
        assert isinstance(result.exception, InsynError), "said in words, without a traceback"
