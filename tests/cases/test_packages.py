"""What is handed to a person: everything in it, released by people, fetched by that person alone, once, in time."""

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from cases.drafts import NOBODY, Actor, MarketingBlockDraft, MarketingChannel
from cases.errors import IdentityNotEstablishedError
from cases.files.service import CaseFiles
from cases.packages.account import Said
from cases.packages.ending import PackageExpiry
from cases.packages.errors import (
    FetchRefusal,
    FetchRefusedError,
    GatheringError,
    PackageNotFoundError,
    PackageNotPossibleError,
)
from cases.packages.fetching import Fetching
from cases.packages.gathering import Gatherer
from cases.packages.service import Packages
from cases.packages.states import PackageState
from cases.storage.sealing import Sealer
from privacy.disclosure import NOT_DISCLOSED
from privacy.identity_proof import ProofMethod
from privacy.request_types import RequestType
from tests.cases.conftest import CONVERSATION, KARL, KARL_NAME
from tests.register import REGISTER

pytestmark = pytest.mark.database

ANNA, BO = Actor.officer("4"), Actor.officer("5")
SOMEBODY_ELSE = "200211242383"


class FakeConversations:
    """The chat's memory."""

    def __init__(self, clock) -> None:
        self.said = {CONVERSATION: [Said("visitor", "Vad vet ni om <b>Bosse</b>?", clock())]}
        self.is_down = False

    async def messages(self, conversation_id: UUID) -> Sequence[Said] | None:
        if self.is_down:
            raise GatheringError
        return self.said.get(conversation_id)


@pytest.fixture
def conversations(clock) -> FakeConversations:
    return FakeConversations(clock)


@pytest.fixture
def files(sessions, key_ring, clock) -> CaseFiles:
    return CaseFiles(sessions, key_ring=key_ring, clock=clock)


@pytest.fixture
def packages(sessions, key_ring, clock, files, conversations) -> Packages:
    gatherer = Gatherer(sessions, sealer=Sealer(key_ring), register=REGISTER, conversations=conversations)
    return Packages(sessions, key_ring=key_ring, clock=clock, files=files, gatherer=gatherer)


@pytest.fixture
def fetching(sessions, key_ring, clock, files) -> Fetching:
    return Fetching(sessions, key_ring=key_ring, clock=clock, files=files)


@pytest.fixture
async def case(service, draft) -> str:
    await service.register(draft)
    return draft.reference


async def prepared(packages: Packages, case: str, *, file_ids=(), system_ids=("assistant", "mailchimp")):
    return await packages.prepare(case, file_ids=file_ids, system_ids=system_ids, actor=ANNA)


async def released(packages: Packages, case: str):
    package = await prepared(packages, case)
    return await packages.release(case, package.id, actor=BO)


async def unzipped(opened) -> dict[str, bytes]:
    content = b"".join([part async for part in opened.content])
    assert len(content) == opened.file.size_bytes
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


async def one(content: bytes):
    yield content


async def kinds(service, case: str) -> list[str]:
    return [event.kind for event in await service.events(case)][1:]


class TestWhatIsInIt:
    async def test_everything_that_article_15_asks_for_and_everything_that_was_chosen(
        self, packages, files, service, case, draft, another, conversations
    ):
        await service.register(another(request_type=RequestType.ERASURE, details={"scope": "Allt om katten Misse"}))
        await service.block_marketing(
            MarketingBlockDraft(draft.reference, MarketingChannel.EMAIL, "Karl@example.se", draft.received_at)
        )
        member = await files.store_gathered(
            case, system="mailchimp", name="medlem.json", content=b'{"namn": "Karl"}', actor=ANNA
        )
        letters = [
            await files.store(case, name="brev.pdf", content=one(b"%PDF-1.7 " + bytes([n])), actor=ANNA) for n in (1, 2)
        ]
        await files.store(case, name="inte med.txt", content=one(b"om grannen"), actor=ANNA)

        package = await prepared(packages, case, file_ids=[member.id, *(letter.id for letter in letters)])
        inside = await unzipped(await packages.whole(case, package.id, actor=ANNA))

        assert set(inside) == {
            "registerutdrag.html",
            "registerutdrag.json",
            "bilagor/mailchimp/medlem.json",
            "bilagor/handläggare/brev.pdf",
            "bilagor/handläggare/brev (2).pdf",
        }
        assert [part.path for part in package.contents] == list(inside)
        assert inside["bilagor/handläggare/brev (2).pdf"] == b"%PDF-1.7 \x02"
        page = inside["registerutdrag.html"].decode()
        assert page == await packages.page(case, package.id, actor=ANNA)
        told = json.loads(inside["registerutdrag.json"])
        assert {"personuppgiftsansvarig", "mottagare", "automatiserade_beslut", "rättigheter", "system"} <= set(told)
        assert [system["namn"] for system in told["system"]] == ["Mailchimp", "Chattassistenten"]
        for item in (KARL_NAME, KARL, "karl@example.se", "hunden Bosse", "katten Misse", "Jag begär tillgång"):
            assert item in page
            assert item in inside["registerutdrag.json"].decode()
        assert told["uppgifter_i_assistenten"]["reklamspärrar"] == ["karl@example.se"]
        assert "Integritetsskyddsmyndigheten" in page
        assert "om grannen" not in str(inside)
        # what somebody wrote is text, never markup
        assert "&lt;b&gt;Bosse&lt;/b&gt;" in page
        assert "<b>Bosse" not in page

    async def test_what_was_blocked_in_the_person_s_talks_and_said_of_answers_is_told(
        self, packages, service, case, clock, conversations, references
    ):
        conversations.said[CONVERSATION].append(Said("bot", "Tre månader.", clock(), "svaret hjälpte"))
        for number, talk in (("070-123 45 67", CONVERSATION), ("070-765 43 21", UUID(int=7))):
            no = MarketingBlockDraft(next(references), MarketingChannel.PHONE, number, clock(), conversation_id=talk)
            await service.block_marketing(no)

        package = await prepared(packages, case)

        inside = await unzipped(await packages.whole(case, package.id, actor=ANNA))
        told = json.loads(inside["registerutdrag.json"])["uppgifter_i_assistenten"]
        assert told["reklamspärrar"] == ["+46701234567"]
        assert [one.get("omdöme") for one in told["samtal"][0]["meddelanden"]] == [None, "svaret hjälpte"]
        assert "Ditt omdöme: svaret hjälpte" in await packages.page(case, package.id, actor=ANNA)

    @pytest.mark.parametrize("request_type", [RequestType.ACCESS, RequestType.PORTABILITY])
    async def test_the_neutral_sentence_stands_in_every_package(self, packages, service, another, request_type):
        await service.register(own := another(request_type=request_type, details={}, conversation_id=None))

        package = await prepared(packages, own.reference)

        assert NOT_DISCLOSED in await packages.page(own.reference, package.id, actor=ANNA)

    async def test_notes_of_officers_are_not_in_it(self, packages, service, case):
        await service.add_note(case, "Kollegan ringde", actor=ANNA)

        package = await prepared(packages, case)

        inside = await unzipped(await packages.whole(case, package.id, actor=ANNA))
        assert not any("Kollegan" in content.decode() for content in inside.values())

    async def test_portability_is_json_and_the_same_as_a_table(self, packages, service, another, clock, conversations):
        conversations.said[CONVERSATION].append(Said("visitor", "=HYPERLINK(0)", clock()))
        await service.register(own := another(request_type=RequestType.PORTABILITY))

        package = await prepared(packages, own.reference)
        inside = await unzipped(await packages.whole(own.reference, package.id, actor=ANNA))

        data = json.loads(inside["uppgifter.json"])
        assert data["personnummer"] == KARL
        rows = dict(csv.reader(io.StringIO(inside["uppgifter.csv"].decode("utf-8-sig"))))
        assert rows["personnummer"] == KARL
        assert rows["samtal[0].meddelanden[1].text"] == "'=HYPERLINK(0)"

    async def test_what_was_gathered_in_other_systems_goes_along_to_be_moved(self, packages, files, service, another):
        await service.register(own := another(request_type=RequestType.PORTABILITY))
        member, candidate = [
            await files.store_gathered(own.reference, system=system, name=name, content=content, actor=ANNA)
            for system, name, content in (
                ("mailchimp", "medlem.json", b'{"namn": "Karl"}'),
                ("teamtailor", "kandidat.json", b'{"cv": "..."}'),
            )
        ]
        left_out = await files.store_gathered(
            own.reference, system="hubspot", name="kontakt.json", content=b'{"slutsats": "het"}', actor=ANNA
        )

        package = await prepared(packages, own.reference, file_ids=[member.id, candidate.id])
        inside = await unzipped(await packages.whole(own.reference, package.id, actor=ANNA))

        assert inside["bilagor/mailchimp/medlem.json"] == b'{"namn": "Karl"}'
        assert inside["bilagor/teamtailor/kandidat.json"] == b'{"cv": "..."}'
        page = inside["läs mig.html"].decode()
        assert "Mailchimp" in page
        assert "TeamTailor" in page
        assert left_out.name not in str(inside)

    async def test_without_the_chat_nothing_is_made(self, packages, case, sessions, conversations):
        conversations.is_down = True

        with pytest.raises(GatheringError):
            await prepared(packages, case)

        assert await packages.current(case) is None
        async with sessions() as session:
            assert await session.scalar(text("SELECT count(*) FROM cases.case_file")) == 0

    async def test_another_person_s_cases_are_not_in_it(self, packages, service, case, another, draft):
        stranger = replace(draft.identity, personal_identity_number=SOMEBODY_ELSE, name="Eva Exempel")
        await service.register(another(identity=stranger, details={"scope": "Evas hemlighet"}))

        package = await prepared(packages, case)

        assert "Evas hemlighet" not in await packages.page(case, package.id, actor=ANNA)


class TestItsWay:
    async def test_it_is_prepared_by_one_step_and_released_by_another(self, packages, service, case, clock):
        package = await prepared(packages, case)
        assert (package.released_by, package.expires_at) == (None, None)

        clock.advance(hours=3)
        given = await packages.release(case, package.id, actor=BO)

        assert (given.prepared_by, given.released_by) == (ANNA.id, BO.id)
        assert (given.expires_at - given.released_at).days == 30
        events = (await service.events(case))[1:]
        assert [(event.kind, event.actor_id) for event in events] == [
            ("package_prepared", ANNA.id),
            ("package_released", BO.id),
        ]
        assert events[0].facts["systems"] == ["assistant", "mailchimp"]

    async def test_only_what_was_looked_through_is_released(self, packages, case):
        first = await prepared(packages, case)
        second = await prepared(packages, case)

        with pytest.raises(PackageNotFoundError):
            await packages.release(case, first.id, actor=BO)
        await packages.release(case, second.id, actor=BO)
        for again in (packages.release(case, second.id, actor=BO), packages.release(case, uuid4(), actor=BO)):
            with pytest.raises(PackageNotFoundError):
                await again
        with pytest.raises(PackageNotPossibleError):
            await prepared(packages, case)

    async def test_it_is_released_for_nobody_whom_nobody_knows(self, packages, service, another, identities):
        await service.register(nobodys := another(identity=NOBODY))
        package = await prepared(packages, nobodys.reference)

        with pytest.raises(IdentityNotEstablishedError):
            await packages.release(nobodys.reference, package.id, actor=BO)
        assert (await packages.current(nobodys.reference)).state is PackageState.PREPARED

        await identities.establish(nobodys.reference, ProofMethod.MET_IN_PERSON, note=None, actor=BO)
        assert (await packages.release(nobodys.reference, package.id, actor=BO)).state is PackageState.RELEASED

    async def test_withdrawn_it_is_gone(self, packages, sessions, case, fetching):
        package = await released(packages, case)

        await packages.withdraw(case, package.id, actor=ANNA)

        assert await packages.current(case) is None
        async with sessions() as session:
            assert await session.scalar(text("SELECT count(*) FROM cases.case_file_piece")) == 0
        with pytest.raises(FetchRefusedError):
            await fetching.allow(case, identification_id=uuid4(), personal_identity_number=KARL)

    async def test_nothing_is_handed_out_in_other_cases(self, packages, service, another):
        await service.register(own := another(request_type=RequestType.ERASURE))

        with pytest.raises(PackageNotPossibleError):
            await prepared(packages, own.reference)

    async def test_after_thirty_days_its_content_is_deleted(self, packages, sessions, service, case, clock, key_ring):
        await released(packages, case)
        expiry = PackageExpiry(sessions, key_ring=key_ring, clock=clock)
        clock.advance(days=29, hours=23)
        assert await expiry.expire() == 0
        clock.advance(hours=1)

        assert await expiry.expire() == 1
        assert await expiry.expire() == 0

        async with sessions() as session:
            assert await session.scalar(text("SELECT count(*) FROM cases.case_file_piece")) == 0
        assert (await kinds(service, case))[-1] == "package_expired"

    async def test_the_worker_ends_it_once_however_long_it_was_away(self, packages, service, case, clock, minute_job):
        await released(packages, case)
        clock.advance(days=75)

        await minute_job()
        await minute_job()

        assert (await kinds(service, case)).count("package_expired") == 1

    async def test_nothing_of_it_can_be_read_in_the_database(self, packages, sessions, case):
        await released(packages, case)

        async with sessions() as session:
            for table in ("access_package", "case_file", "case_file_piece", "case_event"):
                for row in (await session.scalars(text(f"SELECT t::text FROM cases.{table} t"))).all():  # noqa: S608
                    for secret in (KARL, KARL_NAME, "Bosse", "karl@example.se"):
                        assert secret not in row
                        assert secret.encode().hex() not in row


class TestFetching:
    async def test_the_person_fetches_it_once_an_identification(self, packages, fetching, service, case):
        await released(packages, case)
        first, second = uuid4(), uuid4()

        for identification in (first, second):
            for _ in range(2):  # the answer may be lost on its way
                await fetching.allow(case, identification_id=identification, personal_identity_number=KARL)
            inside = await unzipped(await fetching.fetch(case, identification_id=identification))
            assert "registerutdrag.html" in inside

        for again in (
            fetching.fetch(case, identification_id=first),
            fetching.allow(case, identification_id=first, personal_identity_number=KARL),
        ):
            with pytest.raises(FetchRefusedError) as refused:
                await again
            assert refused.value.refusal is FetchRefusal.USED
        events = (await service.events(case))[3:]
        assert [event.kind for event in events] == ["package_fetched"] * 2 + ["package_fetch_refused"] * 2
        assert [event.facts["identification_id"] for event in events] == [
            str(first),
            str(second),
            str(first),
            str(first),
        ]

    async def test_another_person_is_refused_and_learns_nothing(self, packages, fetching, service, case):
        async def answer_to_stranger() -> FetchRefusal:
            with pytest.raises(FetchRefusedError) as refused:
                await fetching.allow(case, identification_id=uuid4(), personal_identity_number=SOMEBODY_ELSE)
            return refused.value.refusal

        refusals = [await answer_to_stranger()]
        package = await prepared(packages, case)
        refusals.append(await answer_to_stranger())
        await packages.release(case, package.id, actor=BO)
        refusals.append(await answer_to_stranger())

        assert refusals == [FetchRefusal.NOT_YOURS] * 3
        tries = [event for event in await service.events(case) if event.kind == "package_fetch_refused"]
        assert [event.facts["reason"] for event in tries] == ["not_yours"] * 3
        assert not any(SOMEBODY_ELSE in str(event.facts) for event in tries)

    async def test_what_an_officer_established_lets_nobody_fetch_in_the_chat(
        self, packages, fetching, service, another, identities
    ):
        """The case knows no number that a signature could be compared with: it is handed over another way."""
        await service.register(own := another(identity=NOBODY))
        await identities.establish(own.reference, ProofMethod.MET_IN_PERSON, note=None, actor=BO)
        await released(packages, own.reference)

        with pytest.raises(FetchRefusedError) as refused:
            await fetching.allow(own.reference, identification_id=uuid4(), personal_identity_number=KARL)
        assert refused.value.refusal is FetchRefusal.NOT_YOURS

    async def test_what_is_not_released_or_too_old_is_not_handed_out(self, packages, fetching, case, clock):
        await prepared(packages, case)
        assert await fetching.availability(case) is None
        with pytest.raises(FetchRefusedError) as not_released:
            await fetching.allow(case, identification_id=uuid4(), personal_identity_number=KARL)
        package = await packages.current(case)
        await packages.release(case, package.id, actor=BO)
        assert (await fetching.availability(case)).expires_at is not None
        allowed = uuid4()
        clock.advance(days=29, hours=23, minutes=59)
        await fetching.allow(case, identification_id=allowed, personal_identity_number=KARL)
        clock.advance(minutes=1)
        with pytest.raises(FetchRefusedError) as expired:
            await fetching.allow(case, identification_id=uuid4(), personal_identity_number=KARL)
        with pytest.raises(FetchRefusedError) as too_late:
            await fetching.fetch(case, identification_id=allowed)

        assert await fetching.availability(case) is None
        assert not_released.value.refusal is FetchRefusal.NOT_RELEASED
        assert expired.value.refusal is too_late.value.refusal is FetchRefusal.EXPIRED

    async def test_what_was_not_allowed_opens_nothing(self, packages, fetching, case, service, another, clock):
        await released(packages, case)
        await service.register(other := another())
        await released(packages, other.reference)
        allowed = uuid4()
        await fetching.allow(other.reference, identification_id=allowed, personal_identity_number=KARL)

        for identification in (uuid4(), allowed):  # a forged id, and one that was allowed for another case
            with pytest.raises(FetchRefusedError):
                await fetching.fetch(case, identification_id=identification)
        clock.advance(minutes=16)
        with pytest.raises(FetchRefusedError) as refused:
            await fetching.fetch(other.reference, identification_id=allowed)
        assert refused.value.refusal is FetchRefusal.USED


async def test_over_the_api_a_stranger_gets_one_answer_whatever_there_is(api, packages, case):
    number = uuid4()
    base = f"/api/v1/cases/{case}/package"
    assert (await api.get(base)).status_code == 404
    assert (await api.get("/api/v1/cases/%00/package")).status_code == 404
    await released(packages, case)

    refused = await api.put(f"{base}/fetches/{number}", json={"personal_identity_number": SOMEBODY_ELSE})
    assert (refused.status_code, refused.json()["reason"]) == (403, "not_yours")
    assert (await api.post(f"{base}/fetches/{number}/content")).status_code == 403
    allowed = await api.put(f"{base}/fetches/{number}", json={"personal_identity_number": KARL})
    assert allowed.json() == (await api.get(base)).json()
    opened = await api.post(f"{base}/fetches/{number}/content")

    assert opened.headers["content-disposition"].startswith("attachment;")
    assert zipfile.is_zipfile(io.BytesIO(opened.content))
    assert (await api.post(f"{base}/fetches/{number}/content")).json()["reason"] == "used"
