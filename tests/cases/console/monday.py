"""A Monday morning: cases of every kind, blocks, and visitors who wait."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from cases.drafts import Actor, CaseDraft, IdentificationMethod, Identity, MarketingBlockDraft, MarketingChannel
from cases.service import CaseService
from privacy.case_states import CaseStatus, Resolution
from privacy.request_types import IdentityLevel, RequestType
from tests.cases.console.fake_edge import CITATION, FakeConversation, FakeEdge

BO = Actor.officer("99")
KINDS = (RequestType.ACCESS, RequestType.ERASURE, RequestType.OBJECTION, RequestType.RECTIFICATION)
LONG_WORDS = (
    "Jag var kund hos er fram till 2022 och vill veta allt ni har kvar: löneunderlag, mejl, samtal som spelats in "
    "och vilka ni har lämnat uppgifterna till. Särskilt gäller det https://www.example.se/en/mycket/lång/adress/"
    "som/inte/har/några/mellanslag/alls?och=fortsätter\n\nTack på förhand!"
)


async def fill_cases(service: CaseService, draft: CaseDraft, references: Iterator[str], *, now: datetime) -> CaseDraft:
    """Register twelve cases in different states, and return the one that has most to show."""
    for number in range(10):
        kind = KINDS[number % len(KINDS)]
        await service.register(
            replace(
                draft,
                reference=next(references),
                request_type=kind,
                received_at=now - timedelta(days=3 + 4 * number),
                identity=draft.identity if number % 3 else Identity(IdentityLevel.NONE, IdentificationMethod.NONE),
            )
        )
    paused = replace(draft, reference=next(references), received_at=now - timedelta(days=2))
    await service.register(paused)
    await service.transition(
        paused.reference, to=CaseStatus.AWAITING_CLARIFICATION, version=1, actor=BO, note="Vilken tid gäller det?"
    )
    ended = replace(draft, reference=next(references), received_at=now - timedelta(days=20))
    await service.register(ended)
    await service.transition(
        ended.reference, to=CaseStatus.DECIDED, version=1, actor=BO, resolution=Resolution.PARTLY_GRANTED
    )
    rich = replace(draft, details={"scope": LONG_WORDS})
    await service.register(rich)
    await service.transition(rich.reference, to=CaseStatus.IN_PROGRESS, version=1, actor=BO)
    await service.add_note(rich.reference, "Ringde och frågade om tiden.\nÅterkommer på torsdag.", actor=BO)
    return rich


async def fill_blocks(service: CaseService, references: Iterator[str], *, now: datetime) -> None:
    """Block marketing to an address and a number."""
    for channel, value in (
        (MarketingChannel.EMAIL, "karl.testsson@example.se"),
        (MarketingChannel.PHONE, "070-174 06 05"),
    ):
        await service.block_marketing(MarketingBlockDraft(next(references), channel, value, now))


def fill_queue(edge: FakeEdge, *, now: datetime) -> FakeConversation:
    """Let three visitors wait, one be with a colleague, and return a conversation with much in it."""
    edge.visitor_waits(
        since=now - timedelta(minutes=14),
        summary="Håller på att fylla i: Tillgång (registerutdrag). Inget är inskickat. Senaste frågor: Kakor.",
        reason="Besökaren bad om en människa",
        identity_level=2,
    )
    edge.visitor_waits(since=now - timedelta(seconds=20), reason="Boten förstod inte besökaren")
    taken = edge.visitor_waits(since=now - timedelta(minutes=30), summary="Frågar om arkivering av löneunderlag")
    taken.state, taken.officer = "human", {"id": "99", "name": "Bo Ek"}
    rich = edge.visitor_waits(since=now - timedelta(minutes=3), identity_level=1)
    edge.say(
        rich,
        "bot",
        "Menar du samtal eller mejl?",
        at=now,
        buttons=[{"token": "a", "title": "Samtal", "used": True}, {"token": "b", "title": "Mejl", "used": False}],
    )
    edge.say(rich, "visitor", LONG_WORDS, at=now)
    edge.say(rich, "bot", "Så här står det i policyn.", at=now, citations=[CITATION, CITATION | {"section": "Kakor"}])
    card = {"kind": "receipt", "reference": "AR-7K2M-Q94X", "due_on": "7 april 2026"}
    edge.say(rich, "bot", "Din begäran är registrerad.", at=now, card=card)
    edge.say(rich, "system", "Du står i kö. Du är nummer 2.", at=now)
    return rich
