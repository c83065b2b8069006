"""Erases what the assistant itself remembers of a person: the conversations that led to their cases (GDPR art. 17).

The chat is another service with a schema of its own, so no transaction holds both. The wish to erase is therefore
written first, then the chat erases, then the deed is written: whatever dies in between, the history says what was
asked for, and the same again finishes it (docs/adr/0103).
"""

from collections.abc import Sequence
from typing import Final, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cases.checklists import Checklists
from cases.drafts import Actor
from cases.errors import CaseEndedError, StaleTaskError, TaskNotFoundError
from cases.files.service import existing
from cases.history import EventKind
from cases.identity_gate import require_identity
from cases.recording import record
from cases.storage.cases import filed_by_the_same
from cases.storage.rows import CaseRow
from cases.storage.tasks import task_of
from foundation.clock import Clock
from foundation.database import Sessions
from privacy.checklist import TaskAction, TaskState

OWN_SYSTEM: Final = "assistant"
"""The system of the register that the assistant itself is."""

TASK: Final = f"{TaskAction.ERASE}:{OWN_SYSTEM}"
"""The task of a checklist that this does."""


class Chat(Protocol):
    """Where the conversations are."""

    async def erase(self, conversation_id: UUID) -> None:
        """Erase a conversation for good; one that is gone already is as good.

        Raises:
            ChatUnavailableError: the chat does not answer.
        """


class OwnConversations:
    """The use case, for an officer with the task before them."""

    def __init__(self, sessions: Sessions, *, clock: Clock, chat: Chat, checklists: Checklists) -> None:
        self._sessions, self._clock, self._chat, self._checklists = sessions, clock, chat, checklists

    async def of_case(self, reference: str) -> Sequence[UUID]:
        """Return the conversations that a case's person had, as far as it is known that they were theirs.

        Raises:
            CaseNotFoundError: no case has that reference.
        """
        async with self._sessions() as session:
            case = await existing(session, reference)
            return _conversations(await filed_by_the_same(session, case))

    async def erase(self, reference: str, *, actor: Actor) -> int:
        """Erase them, settle the task, and return how many there were.

        Cases, signatures and the suppression list stay: they prove how the request was dealt with.

        Raises:
            CaseNotFoundError: no case has that reference.
            CaseEndedError: the case has been decided.
            TaskNotFoundError: the case has no such task.
            StaleTaskError: the task is settled already.
            IdentityNotEstablishedError: nobody knows surely enough whose conversations these are.
            ChatUnavailableError: not all are erased, and the task stays open.
        """
        async with self._sessions.begin() as session:
            case = await existing(session, reference, for_update=True)
            await self._require_open_task(session, case)
            await require_identity(session, case)
            conversations = _conversations(await filed_by_the_same(session, case))
            facts = {"conversations": len(conversations)}
            await self._record(session, case, EventKind.CONVERSATION_ERASURE_BEGUN, actor, facts)
        for conversation_id in conversations:  # no lock is held: a turn in one of them may be waiting for this case
            await self._chat.erase(conversation_id)
        async with self._sessions.begin() as session:
            case = await existing(session, reference)
            await self._write_down(session, case, conversations, actor)
        return len(conversations)

    async def _write_down(self, session: AsyncSession, case: CaseRow, erased: Sequence[UUID], actor: Actor) -> None:
        for one in await filed_by_the_same(session, case, for_update=True):
            if one.id == case.id:
                facts = {"conversations": len(erased)}
                await self._record(session, one, EventKind.CONVERSATIONS_ERASED, actor, facts)
                task = await task_of(session, one.id, TASK)
                if task is not None and task.state is TaskState.OPEN:  # nobody has settled it meanwhile
                    await self._checklists.settle(session, one, task, to=TaskState.DONE, note=None, actor=actor)
            elif one.conversation_id in erased:
                await self._record(session, one, EventKind.CONVERSATIONS_ERASED, actor, {"conversations": 1})

    @staticmethod
    async def _require_open_task(session: AsyncSession, case: CaseRow) -> None:
        if not case.status.is_open:
            raise CaseEndedError(case.reference)
        task = await task_of(session, case.id, TASK)
        if task is None:
            raise TaskNotFoundError(TASK)
        if task.state is not TaskState.OPEN:
            raise StaleTaskError(TASK, current=task.version)

    async def _record(
        self, session: AsyncSession, case: CaseRow, kind: EventKind, actor: Actor, facts: dict[str, int]
    ) -> None:
        now = self._clock()
        await record(session, case, kind, actor=actor, occurred_at=now, status_before=case.status, facts=facts)


def _conversations(cases: Sequence[CaseRow]) -> Sequence[UUID]:
    return list(dict.fromkeys(case.conversation_id for case in cases if case.conversation_id is not None))
