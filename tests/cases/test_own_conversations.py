"""What the assistant remembers of a person is erased for their case; what is in between is in the history."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from cases.audit import verify
from cases.checklists import Checklists
from cases.drafts import NOBODY, Actor
from cases.errors import (
    CaseEndedError,
    ChatUnavailableError,
    IdentityNotEstablishedError,
    StaleTaskError,
    TaskNotFoundError,
)
from cases.own_conversations import TASK, OwnConversations
from privacy.case_states import CaseStatus, Resolution
from privacy.checklist import TaskState
from privacy.request_types import RequestType
from tests.register import REGISTER

pytestmark = pytest.mark.database

ANNA = Actor.officer("4")


class FakeChat:
    """Erases, or does not answer."""

    def __init__(self) -> None:
        self.erased: list[UUID] = []
        self.answers = 100
        self.meanwhile: Callable[[], Awaitable[object]] | None = None

    async def erase(self, conversation_id: UUID) -> None:
        if len(self.erased) >= self.answers:
            raise ChatUnavailableError
        self.erased.append(conversation_id)
        if self.meanwhile is not None:
            await self.meanwhile()


@pytest.fixture
def chat() -> FakeChat:
    return FakeChat()


@pytest.fixture
def checklists(sessions, key_ring, clock) -> Checklists:
    return Checklists(sessions, key_ring=key_ring, clock=clock, register=REGISTER)


@pytest.fixture
def own(sessions, clock, chat, checklists) -> OwnConversations:
    return OwnConversations(sessions, clock=clock, chat=chat, checklists=checklists)


@pytest.fixture
def filed(service, another, checklists):
    """File a request of Karl's in a conversation of its own, and open its checklist."""

    async def file(request_type: RequestType = RequestType.ERASURE, **changes):
        draft = another(request_type=request_type, **{"conversation_id": uuid4()} | changes)
        await service.register(draft)
        await checklists.of_case(draft.reference, actor=ANNA)
        return draft

    return file


async def told(service, reference: str) -> list[tuple[str, int]]:
    """Return what a history says of conversations."""
    return [
        (event.kind, event.facts["conversations"])
        for event in await service.events(reference)
        if "conversations" in event.facts
    ]


async def state(checklists, reference: str) -> TaskState:
    return next(task.state for task in await checklists.of_case(reference, actor=ANNA) if task.key == TASK)


async def test_every_conversation_of_the_person_goes_and_nobody_else_s(
    own, chat, filed, service, checklists, sessions, draft
):
    case, earlier = await filed(), await filed(RequestType.RECTIFICATION)
    elsewhere = await filed(RequestType.COMPLAINT, conversation_id=None)
    stranger = await filed(identity=replace(draft.identity, personal_identity_number="200211242383"))

    assert await own.erase(case.reference, actor=ANNA) == 2

    assert set(chat.erased) == {case.conversation_id, earlier.conversation_id}
    assert await told(service, case.reference) == [("conversation_erasure_begun", 2), ("conversations_erased", 2)]
    assert await told(service, earlier.reference) == [("conversations_erased", 1)]
    assert await told(service, elsewhere.reference) == await told(service, stranger.reference) == []
    assert await state(checklists, case.reference) is TaskState.DONE
    assert await state(checklists, stranger.reference) is TaskState.OPEN
    async with sessions() as session:
        assert (await verify(session)).is_intact


async def test_two_cases_of_one_conversation_are_one_conversation(own, chat, filed, service):
    case = await filed()
    other = await filed(RequestType.ACCESS, conversation_id=case.conversation_id)

    assert await own.erase(case.reference, actor=ANNA) == 1

    assert chat.erased == [case.conversation_id]
    assert await told(service, other.reference) == [("conversations_erased", 1)]


async def test_a_chat_that_stops_answering_halfway_leaves_the_task_open_and_the_same_again_finishes_it(
    own, chat, filed, service, checklists
):
    case, earlier = await filed(), await filed(RequestType.RECTIFICATION)
    chat.answers = 1
    with pytest.raises(ChatUnavailableError):
        await own.erase(case.reference, actor=ANNA)
    assert await told(service, case.reference) == [("conversation_erasure_begun", 2)]
    assert await state(checklists, case.reference) is TaskState.OPEN

    chat.answers = 100
    await own.erase(case.reference, actor=ANNA)

    assert set(chat.erased) == {case.conversation_id, earlier.conversation_id}
    assert (await told(service, case.reference))[-1] == ("conversations_erased", 2)
    assert await state(checklists, case.reference) is TaskState.DONE


async def test_nothing_goes_before_it_is_known_whose_it_is(own, chat, filed, service):
    case = await filed(identity=NOBODY)

    with pytest.raises(IdentityNotEstablishedError):
        await own.erase(case.reference, actor=ANNA)

    assert chat.erased == []
    assert await told(service, case.reference) == []


async def test_what_has_no_such_task_has_ended_or_is_settled_erases_nothing(own, chat, filed, service, checklists):
    access, ended, settled = await filed(RequestType.ACCESS), await filed(), await filed()
    await service.transition(
        ended.reference, to=CaseStatus.DECIDED, version=1, actor=ANNA, resolution=Resolution.REFUSED
    )
    await checklists.set_state(
        settled.reference, TASK, to=TaskState.NOT_APPLICABLE, seen=TaskState.OPEN, note="Inget samtal", actor=ANNA
    )

    for case, error in ((access, TaskNotFoundError), (ended, CaseEndedError), (settled, StaleTaskError)):
        with pytest.raises(error):
            await own.erase(case.reference, actor=ANNA)

    assert chat.erased == []


async def test_what_was_erased_is_written_down_though_a_colleague_decided_the_case_meanwhile(
    own, chat, filed, service, checklists
):
    case = await filed()

    async def decide() -> None:
        await service.transition(
            case.reference, to=CaseStatus.DECIDED, version=1, actor=Actor.officer("5"), resolution=Resolution.REFUSED
        )
        await checklists.set_state(
            case.reference, TASK, to=TaskState.NOT_APPLICABLE, seen=TaskState.OPEN, note="Bo", actor=Actor.officer("5")
        )

    chat.meanwhile = decide
    await own.erase(case.reference, actor=ANNA)

    assert (await told(service, case.reference))[-1] == ("conversations_erased", 1)
    assert await state(checklists, case.reference) is TaskState.NOT_APPLICABLE
