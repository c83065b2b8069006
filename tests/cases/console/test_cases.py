"""The list of cases, one case, and the steps that an officer takes with it."""

import html as markup
from datetime import UTC, datetime, timedelta

import pytest

from cases.console import texts
from cases.drafts import (
    ASSISTANT,
    Actor,
    Channel,
    IdentificationMethod,
    Identity,
    MarketingBlockDraft,
    MarketingChannel,
)
from privacy.case_states import CaseStatus, Resolution
from privacy.request_types import IdentityLevel, RequestType
from tests.cases.conftest import KARL, KARL_NAME

pytestmark = pytest.mark.database

LIST = "/console/cases"
OTHER_OFFICER = Actor.officer("77")


def address(draft) -> str:
    return f"{LIST}/{draft.reference}"


def references(browser) -> list[str]:
    return browser.find("//table//tbody//th/a/text()")


def badge_of(browser, draft) -> str:
    [badge] = browser.find(f"//tr[.//a[text()='{draft.reference}']]//td[1]//*[contains(@class, 'badge')]")
    return badge


@pytest.fixture
async def case(service, draft):
    await service.register(draft)
    return draft


class TestTheList:
    async def test_it_is_sorted_by_due_date(self, annas_browser, service, draft, another):
        late = another(received_at=draft.received_at + timedelta(days=3))
        early = another(received_at=draft.received_at - timedelta(days=9))
        for one in (late, draft, early):
            await service.register(one)

        await annas_browser.open(LIST)

        assert references(annas_browser) == [early.reference, draft.reference, late.reference]

    async def test_what_is_overdue_soon_due_or_paused_is_said_in_words_and_colour(
        self, annas_browser, service, another, clock
    ):
        def received(day: int, month: int):
            return another(received_at=datetime(2026, month, day, 9, tzinfo=UTC))

        cases = {
            "overdue": received(9, 2),
            "soon": received(16, 2),
            "calm": received(9, 3),
            "paused": received(8, 3),
        }
        for one in cases.values():
            await service.register(one)
        await service.transition(
            cases["paused"].reference, to=CaseStatus.AWAITING_CLARIFICATION, version=1, actor=OTHER_OFFICER, note="Vad?"
        )

        await annas_browser.open(LIST)

        badges = {urgency: badge_of(annas_browser, one) for urgency, one in cases.items()}
        assert {urgency: badge.text for urgency, badge in badges.items()} == {
            "overdue": "1 dag försenad",
            "soon": "6 dagar kvar",
            "calm": "30 dagar kvar",
            "paused": "Pausad sedan 10 mars 2026",
        }
        assert all(badge.get("class") == f"badge {urgency}" for urgency, badge in badges.items())

    async def test_it_shows_open_cases_unless_asked_otherwise(self, annas_browser, service, case, another):
        ended = another()
        await service.register(ended)
        await service.transition(
            ended.reference, to=CaseStatus.DECIDED, version=1, actor=OTHER_OFFICER, resolution=Resolution.GRANTED
        )

        await annas_browser.open(LIST)
        assert references(annas_browser) == [case.reference]
        await annas_browser.open(f"{LIST}?status=decided")
        assert references(annas_browser) == [ended.reference]
        await annas_browser.open(f"{LIST}?status=all")
        assert len(references(annas_browser)) == 2

    async def test_it_is_narrowed_by_type(self, annas_browser, service, case, another):
        erasure = another(request_type=RequestType.ERASURE)
        await service.register(erasure)

        await annas_browser.open(f"{LIST}?typ=erasure")

        assert references(annas_browser) == [erasure.reference]

    async def test_a_reference_is_found_however_it_is_typed_and_wherever_it_stands(self, annas_browser, service, case):
        await service.transition(
            case.reference, to=CaseStatus.DECIDED, version=1, actor=OTHER_OFFICER, resolution=Resolution.GRANTED
        )

        for typed in (case.reference, case.reference.lower(), case.reference.replace("-", " ")[3:]):
            await annas_browser.open(f"{LIST}?status=open&typ=erasure&ref={typed}")
            assert references(annas_browser) == [case.reference]

    async def test_what_is_no_reference_finds_nothing(self, annas_browser, case):
        await annas_browser.open(f"{LIST}?ref=<b>hej</b>")

        assert references(annas_browser) == []
        assert "Inga ärenden" in annas_browser.text

    async def test_the_pages_together_hold_each_case_once(self, annas_browser, service, draft, another):
        made = [another(received_at=draft.received_at + timedelta(minutes=n)) for n in range(53)]
        for one in made:
            await service.register(one)

        await annas_browser.open(LIST)
        first = references(annas_browser)
        [following] = annas_browser.find("//a[@rel='next']/@href")
        await annas_browser.open(following)
        second = references(annas_browser)

        assert len(first) == 50
        assert sorted(first + second) == sorted(one.reference for one in made)
        assert annas_browser.find("//a[@rel='next']") == []

    @pytest.mark.parametrize("query", ["status=nonsense", "typ=nonsense", "efter=nonsense", "status=&typ=&ref=&efter="])
    async def test_a_strange_address_shows_the_list(self, annas_browser, case, query):
        await annas_browser.open(f"{LIST}?{query}")

        assert references(annas_browser) == [case.reference]

    async def test_it_holds_nothing_that_says_whose_cases_they_are(self, annas_browser, case):
        await annas_browser.open(LIST)

        for secret in (KARL, KARL_NAME, case.contact_email, "Bosse"):
            assert secret not in annas_browser.answer.text


class TestOneCase:
    async def test_it_shows_the_request_in_the_persons_words(self, annas_browser, case):
        await annas_browser.open(address(case))

        assert annas_browser.find("//blockquote/text()") == [case.details["scope"]]
        assert KARL_NAME in annas_browser.text
        assert case.contact_email in annas_browser.text

    async def test_what_the_person_wrote_is_text_and_nothing_else(self, annas_browser, service, another):
        nasty = "<script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}"
        hostile = another(
            details={"scope": nasty},
            identity=Identity(
                IdentityLevel.STRONG,
                IdentificationMethod.BANKID,
                KARL,
                f"Karl {nasty}",
                datetime(2026, 3, 5, tzinfo=UTC),
            ),
        )
        await service.register(hostile)

        await annas_browser.open(address(hostile))

        assert annas_browser.find("//main//script | //main//img") == []
        assert annas_browser.find("//blockquote/text()") == [nasty]
        assert markup.escape(nasty, quote=False) in annas_browser.answer.text.replace("&#34;", '"')

    async def test_the_due_date_is_explained(self, annas_browser, service, case):
        await annas_browser.open(address(case))

        explained = annas_browser.find("//ul[@class='sentences']/li/text()")
        assert explained == list((await service.read(case.reference)).due_explanation)
        assert len(explained) >= 3

    async def test_how_the_identity_was_established_is_shown(self, annas_browser, service, case, another):
        await annas_browser.open(address(case))
        assert texts.IDENTITY_LEVELS[IdentityLevel.STRONG] in annas_browser.text
        assert "Underskriften" in annas_browser.text

        weak = another(identity=Identity(IdentityLevel.NONE, IdentificationMethod.NONE), channel=Channel.CHAT)
        await service.register(weak)
        await annas_browser.open(address(weak))
        assert texts.IDENTITY_LEVELS[IdentityLevel.NONE] in annas_browser.text
        assert "Räcker inte" in annas_browser.text

    async def test_the_identity_number_is_masked_until_asked_for_and_asking_is_remembered(
        self, annas_browser, service, case, anna
    ):
        await annas_browser.open(address(case))
        assert KARL not in annas_browser.answer.text

        await annas_browser.send(f"{address(case)}/identity-number")

        assert annas_browser.find("//strong[@class='number']/text()") == [KARL]
        shown = [event for event in await service.events(case.reference) if event.kind == "identity_number_shown"]
        assert [event.actor_id for event in shown] == [str(anna.id)]
        await annas_browser.open(address(case))
        assert KARL not in annas_browser.answer.text

    async def test_the_number_cannot_be_had_by_a_link(self, annas_browser, service, case):
        answer = await annas_browser.open(f"{address(case)}/identity-number")

        assert answer.status_code == 405
        assert "identity_number_shown" not in [event.kind for event in await service.events(case.reference)]

    async def test_opening_a_case_is_remembered_and_shown_as_one_line(self, annas_browser, service, case, anna):
        for _ in range(3):
            await annas_browser.open(address(case))

        events = await service.events(case.reference)
        assert [event.actor_id for event in events if event.kind == "case_opened"] == [str(anna.id)] * 3
        lines = annas_browser.find("//li[contains(@class, 'case_opened')]")
        assert len(lines) == 1
        assert "(3 gånger)" in lines[0].text_content()
        assert anna.display_name in lines[0].text_content()

    async def test_the_history_is_in_swedish_with_names_and_changes(self, annas_browser, service, case, anna):
        await annas_browser.open(address(case))
        await annas_browser.send(f"{address(case)}/transitions", number=0, to="in_progress", note="")

        history = " ".join(annas_browser.page.xpath("string(//ol[@class='timeline'])").split())
        assert "Ärendet registrerades" in history
        assert "Assistenten" in history
        assert "Mottagen → Under handläggning" in history
        assert f"{anna.display_name}, 10 mars 2026 kl. 10.00" in history

    async def test_a_note_is_kept_with_its_writer(self, annas_browser, service, case, anna):
        await annas_browser.open(address(case))
        await annas_browser.send(f"{address(case)}/notes", text=" Ringde <b>Karl</b>.\r\nSvarar inte. \x00")

        [note] = annas_browser.find("//ol[@class='notes']/li")
        assert "Ringde <b>Karl</b>.\nSvarar inte." in note.text_content()
        assert anna.display_name in note.text_content()
        assert texts.DONE["note"] in annas_browser.text

    async def test_an_empty_note_is_not_kept(self, annas_browser, service, case):
        await annas_browser.open(address(case))
        await annas_browser.send(f"{address(case)}/notes", text="  \n ")

        assert annas_browser.answer.status_code == 422
        assert texts.NOTE_MISSING in annas_browser.text

    async def test_the_reference_may_be_typed_in_small_letters(self, annas_browser, case):
        answer = await annas_browser.open(address(case).lower())

        assert answer.status_code == 200
        assert case.reference in annas_browser.text


class TestSteps:
    def titles(self, browser) -> set[str]:
        return set(browser.find("//details[@class='step']/summary/text()"))

    async def step(self, browser, case, target: CaseStatus, **values: str):
        """Fill in the form of one step and send it."""
        await browser.open(address(case))
        await self.step_on_page(browser, case, target, **values)

    async def step_on_page(self, browser, case, target: CaseStatus, **values: str):
        action = f"{address(case)}/transitions"
        targets = browser.find(f"//form[@action='{action}']//input[@name='to']/@value")
        await browser.send(action, number=targets.index(target), **values)

    async def test_exactly_the_allowed_steps_are_offered(self, annas_browser, service, case):
        await annas_browser.open(address(case))
        assert self.titles(annas_browser) == {
            texts.NEXT_STEP[target]
            for target in (
                CaseStatus.AWAITING_CLARIFICATION,
                CaseStatus.IN_PROGRESS,
                CaseStatus.EXTENDED,
                CaseStatus.DECIDED,
            )
        }

        await self.step(annas_browser, case, CaseStatus.DECIDED, resolution="granted")
        await annas_browser.open(address(case))
        assert self.titles(annas_browser) == {texts.NEXT_STEP[CaseStatus.CLOSED], texts.REOPEN}

    async def test_a_decision_carries_its_resolution_and_who_took_it(self, annas_browser, service, case, anna):
        await self.step(annas_browser, case, CaseStatus.DECIDED, resolution="partly_granted", note="Bokföringen kvar.")

        assert annas_browser.answer.status_code == 200
        assert texts.DONE["status"] in annas_browser.text
        decided = (await service.events(case.reference))[-2]
        assert (decided.kind, decided.status_after, decided.resolution_after, decided.actor_id) == (
            "status_changed",
            CaseStatus.DECIDED,
            Resolution.PARTLY_GRANTED,
            str(anna.id),
        )
        assert "Bokföringen kvar." in annas_browser.text

    async def test_a_decision_without_a_resolution_is_refused_and_keeps_what_was_written(
        self, annas_browser, service, case
    ):
        await self.step(annas_browser, case, CaseStatus.DECIDED, note="Nästan klart")

        assert annas_browser.answer.status_code == 422
        assert texts.RESOLUTION_MISSING in annas_browser.text
        [open_step] = annas_browser.find("//details[@open]")
        assert "Nästan klart" in open_step.text_content()
        assert (await service.read(case.reference)).status is CaseStatus.RECEIVED

    async def test_a_step_that_needs_its_reason_is_refused_without(self, annas_browser, service, case):
        await self.step(annas_browser, case, CaseStatus.AWAITING_CLARIFICATION, note="  ")

        assert annas_browser.answer.status_code == 422
        assert texts.NOTE_MISSING in annas_browser.text
        assert (await service.read(case.reference)).status is CaseStatus.RECEIVED

    async def test_an_extension_shows_its_reason_and_the_new_date(self, annas_browser, service, case):
        await self.step(annas_browser, case, CaseStatus.EXTENDED, note="Ovanligt många system")

        explained = " ".join(annas_browser.find("//ul[@class='sentences']/li/text()"))
        assert "Ovanligt många system" in explained
        assert "5 juni 2026" in explained
        await annas_browser.open(address(case))
        assert texts.NEXT_STEP[CaseStatus.EXTENDED] not in self.titles(annas_browser)

    async def test_after_the_first_due_date_an_extension_is_not_offered_and_that_is_said(
        self, annas_browser, anna, case, clock
    ):
        clock.advance(days=40)
        await annas_browser.log_in(anna.name, anna.password)

        await annas_browser.open(address(case))

        assert texts.NEXT_STEP[CaseStatus.EXTENDED] not in self.titles(annas_browser)
        assert texts.EXTENSION_TOO_LATE.format(first_due="7 april 2026") in annas_browser.text

    async def test_an_extension_that_came_too_late_meanwhile_is_told_kindly(self, annas_browser, service, case, clock):
        await annas_browser.open(address(case))
        clock.advance(minutes=20)
        form = annas_browser.form(f"{address(case)}/transitions")
        await service.transition(
            case.reference, to=CaseStatus.EXTENDED, version=1, actor=OTHER_OFFICER, note="Redan gjort"
        )

        sent = form | {"to": "extended", "version": "2", "note": "En gång till"}
        await annas_browser.post(f"{address(case)}/transitions", sent)

        assert annas_browser.answer.status_code == 409
        assert texts.FORBIDDEN_STEP in annas_browser.text

    @pytest.mark.parametrize("target", ["closed", "received", "extended", "nonsense", ""])
    async def test_a_step_that_is_not_allowed_changes_nothing(self, annas_browser, service, case, target):
        await self.step(annas_browser, case, CaseStatus.DECIDED, resolution="refused")
        await annas_browser.open(address(case))
        form = annas_browser.form(f"{address(case)}/transitions")
        status_before = (await service.read(case.reference)).status
        wanted = target if target != "closed" else "awaiting_clarification"

        await annas_browser.post(f"{address(case)}/transitions", form | {"to": wanted, "note": "ändå"})

        assert annas_browser.answer.status_code in {400, 409}
        assert (await service.read(case.reference)).status is status_before

    async def test_a_step_cannot_smuggle_in_a_resolution(self, annas_browser, service, case):
        await self.step(annas_browser, case, CaseStatus.IN_PROGRESS, resolution="granted")

        assert annas_browser.answer.status_code == 409
        after = await service.read(case.reference)
        assert (after.status, after.resolution) == (CaseStatus.RECEIVED, None)

    async def test_somebody_else_was_faster_and_nothing_is_lost(self, annas_browser, service, case):
        await annas_browser.open(address(case))
        await service.transition(case.reference, to=CaseStatus.IN_PROGRESS, version=1, actor=OTHER_OFFICER)

        await self.step_on_page(annas_browser, case, CaseStatus.DECIDED, resolution="refused", note="Mitt långa skäl")

        assert annas_browser.answer.status_code == 409
        assert texts.STALE_CASE in annas_browser.text
        assert "Mitt långa skäl" in annas_browser.page.xpath("string(//details[@open]//textarea)")
        assert annas_browser.find("//details[@open]//input[@checked]/@value") == ["refused"]
        assert (await service.read(case.reference)).status is CaseStatus.IN_PROGRESS

        await self.step_on_page(annas_browser, case, CaseStatus.DECIDED)
        assert (await service.read(case.reference)).resolution is Resolution.REFUSED

    async def test_a_case_is_reopened_with_a_reason(self, annas_browser, service, case):
        await self.step(annas_browser, case, CaseStatus.DECIDED, resolution="granted")
        await self.step(annas_browser, case, CaseStatus.IN_PROGRESS, note="Personen återkom")

        after = await service.read(case.reference)
        assert (after.status, after.resolution) == (CaseStatus.IN_PROGRESS, None)

    async def test_only_people_get_here_at_all(self, browser, service, case):
        await browser.open("/console/login")

        await browser.post(f"{address(case)}/transitions", {"to": "decided", "resolution": "granted", "version": "1"})

        assert browser.answer.url.path == "/console/login"
        assert (await service.read(case.reference)).status is CaseStatus.RECEIVED
        assert (await service.events(case.reference))[0].actor_id == ASSISTANT.id


class TestMarketingBlocks:
    async def test_they_are_listed_with_their_addresses_masked(self, annas_browser, service, references, clock):
        for channel, value in (
            (MarketingChannel.EMAIL, "karl.testsson@example.se"),
            (MarketingChannel.PHONE, "070-1740605"),
        ):
            await service.block_marketing(MarketingBlockDraft(next(references), channel, value, clock()))

        await annas_browser.open("/console/marketing-blocks")

        shown = annas_browser.find("//table//tbody//th/text()")
        assert len(shown) == 2
        assert set(annas_browser.find("//table//tbody//td[1]/text()")) == {"E-post", "Telefon"}
        assert "karl.testsson@example.se" not in annas_browser.answer.text
        assert "1740605" not in annas_browser.answer.text

    async def test_one_is_lifted_on_its_owner_s_own_wish_and_not_otherwise(
        self, annas_browser, service, references, clock
    ):
        email, address = MarketingChannel.EMAIL, "karl.testsson@example.se"
        await service.block_marketing(MarketingBlockDraft(reference := next(references), email, address, clock()))
        lift = f"/console/marketing-blocks/{reference}/lift"

        await annas_browser.open("/console/marketing-blocks")
        await annas_browser.send(lift)
        assert await service.is_blocked(email, address)
        await annas_browser.send(lift, own_wish="1")

        assert not await service.is_blocked(email, address)
        assert texts.DONE["block-lifted"] in annas_browser.text
        assert "Hävd" in annas_browser.text

    async def test_a_strange_cursor_shows_the_list(self, annas_browser):
        answer = await annas_browser.open("/console/marketing-blocks?efter=nonsense")

        assert answer.status_code == 200
