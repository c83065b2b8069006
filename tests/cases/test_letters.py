"""Letters: filled from the case, checked after editing, sent once, kept sealed as sent."""

import asyncio
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from cases.drafts import Actor
from cases.letters.errors import LetterRefusedError, LetterSendingError, LetterUndeliverableError
from cases.letters.service import Filling, Letters
from cases.letters.templates import Letter, load_letters
from cases.letters.ways import LetterWay
from foundation.errors import MailNotSentError, RecipientRefusedError
from foundation.mail import Mail
from privacy.calendar import WorkingCalendar
from privacy.case_states import CaseStatus
from privacy.letters import LetterKind
from tests.cases.conftest import CONVERSATION
from tests.conftest import ROOT

pytestmark = pytest.mark.database

ANNA = Actor.officer("4")
ACKNOWLEDGEMENT = Filling(LetterKind.ACKNOWLEDGEMENT)
REFUSAL = Filling(
    LetterKind.REFUSAL,
    {"reason": "Du fick samma uppgifter förra veckan.", "done": "Vi har skickat det som är nytt om hunden Bosse."},
    ("excessive",),
)


class FakeMailer:
    """Keeps what it is given, or fails as it is told."""

    def __init__(self) -> None:
        self.sent: list[Mail] = []
        self.error: Exception | None = None

    async def send(self, mail: Mail) -> None:
        if self.error is not None:
            raise self.error
        self.sent.append(mail)


class FakeChat:
    """Keeps what it is given, once a number."""

    def __init__(self) -> None:
        self.given: dict[UUID, tuple[UUID, str, str]] = {}

    async def post_letter(self, conversation_id: UUID, text: str, *, officer_name: str, client_id: UUID) -> None:
        self.given[client_id] = (conversation_id, text, officer_name)


@pytest.fixture
def mailer() -> FakeMailer:
    return FakeMailer()


@pytest.fixture
def chat() -> FakeChat:
    return FakeChat()


@pytest.fixture
def letters(sessions, key_ring, clock, mailer, chat) -> Letters:
    return Letters(
        sessions,
        key_ring=key_ring,
        clock=clock,
        calendar=WorkingCalendar(),
        templates=load_letters(ROOT / "data" / "letters", policy_dir=ROOT / "data" / "policy"),
        mailer=mailer,
        chat=chat,
    )


@pytest.fixture
async def case(service, draft) -> str:
    await service.register(draft)
    return draft.reference


async def send(letters: Letters, case: str, filling: Filling, letter: Letter, **changes):
    values = {"letter_id": uuid4(), "way": LetterWay.EMAIL, "actor": ANNA, "officer_name": "Anna"} | changes
    return await letters.send(case, filling, letter, **values)


async def test_a_letter_is_sent_as_edited_and_kept_as_sent(letters, service, case, mailer):
    draft = await letters.fill(case, REFUSAL)
    assert draft.faults == ()
    edited = replace(draft.letter, body=draft.letter.body + "\nHälsa Bosse!\n")

    kept = await send(letters, case, REFUSAL, edited)

    [mail] = mailer.sent
    assert (mail.to, mail.subject, mail.text) == ("karl@example.se", edited.subject, edited.body)
    assert [one.letter for one in await letters.list_letters(case)] == [kept.letter] == [edited]
    assert kept.sent_at is not None
    event = (await service.events(case))[-1]
    assert event.kind == "letter_sent"
    assert {name: event.facts[name] for name in ("letter_kind", "way", "grounds")} == {
        "letter_kind": "refusal",
        "way": "email",
        "grounds": ["excessive"],
    }
    assert len(bytes.fromhex(event.facts["digest"])) == 32
    assert "Bosse" not in str(event.facts)


async def test_an_edited_refusal_without_authority_is_neither_sent_nor_kept(letters, service, case, mailer):
    letter = (await letters.fill(case, REFUSAL)).letter
    without = replace(letter, body=letter.body.replace("Integritetsskyddsmyndigheten", "någon"))

    with pytest.raises(LetterRefusedError) as refused:
        await send(letters, case, REFUSAL, without)
    with pytest.raises(LetterRefusedError) as groundless:
        await send(letters, case, replace(REFUSAL, ground_keys=()), letter)

    assert [fault.key for fault in refused.value.faults] == ["authority"]
    assert "no_ground" in {fault.key for fault in groundless.value.faults}
    assert mailer.sent == []
    assert await letters.list_letters(case) == []
    assert "letter_sent" not in {event.kind for event in await service.events(case)}


async def test_the_same_form_sent_twice_is_one_letter(letters, service, case, mailer):
    letter, letter_id = (await letters.fill(case, ACKNOWLEDGEMENT)).letter, uuid4()

    await asyncio.gather(*(send(letters, case, ACKNOWLEDGEMENT, letter, letter_id=letter_id) for _ in range(3)))

    assert len(mailer.sent) == 1
    assert [event.kind for event in await service.events(case)].count("letter_sent") == 1


async def test_what_could_not_be_handed_over_is_not_kept_as_sent(letters, service, case, mailer):
    letter = (await letters.fill(case, ACKNOWLEDGEMENT)).letter
    for error, expected in (
        (RecipientRefusedError("no"), LetterUndeliverableError),
        (MailNotSentError("not now"), LetterSendingError),
    ):
        mailer.error = error
        with pytest.raises(expected):
            await send(letters, case, ACKNOWLEDGEMENT, letter)

    assert await letters.list_letters(case) == []
    mailer.error = None
    await send(letters, case, ACKNOWLEDGEMENT, letter)
    assert len(await letters.list_letters(case)) == 1
    assert [event.kind for event in await service.events(case)].count("letter_sent") == 1


async def test_a_letter_is_given_in_the_chat(letters, case, chat, mailer):
    letter = (await letters.fill(case, ACKNOWLEDGEMENT)).letter

    kept = await send(letters, case, ACKNOWLEDGEMENT, letter, way=LetterWay.CHAT)

    assert chat.given == {kept.id: (CONVERSATION, letter.whole, "Anna")}
    assert mailer.sent == []
    assert kept.address is None


async def test_a_case_without_a_way_offers_none(letters, service, another):
    await service.register(other := another(contact_email=None, conversation_id=None))
    draft = await letters.fill(other.reference, ACKNOWLEDGEMENT)

    assert draft.ways == ()
    with pytest.raises(LetterUndeliverableError):
        await send(letters, other.reference, ACKNOWLEDGEMENT, draft.letter)


async def test_an_extension_is_explained_with_the_reason_of_the_step(letters, service, case):
    assert LetterKind.EXTENSION not in await letters.kinds(case)
    reason = "Begäran gäller inspelade samtal under nio år."
    await service.transition(case, to=CaseStatus.EXTENDED, version=1, actor=ANNA, note=reason)

    draft = await letters.fill(case, Filling(LetterKind.EXTENSION))

    assert draft.faults == ()
    assert reason in draft.letter.body
    assert "5 juni 2026" in draft.letter.body  # three months from receipt


async def test_nothing_of_a_letter_can_be_read_in_the_database(letters, sessions, case):
    letter = (await letters.fill(case, REFUSAL)).letter
    await send(letters, case, REFUSAL, letter)

    async with sessions() as session:
        rows = (await session.scalars(text("SELECT t::text FROM cases.case_letter t"))).all()
    for secret in ("karl@example.se", "Bosse", "Hej!"):
        assert not any(shown in row for row in rows for shown in (secret, secret.encode().hex()))
