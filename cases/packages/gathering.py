"""Brings together what a package says: the person's cases, conversations and blocks, the register, the chosen files."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cases import pictures
from cases.drafts import MarketingChannel
from cases.files.kinds import FileKind
from cases.files.service import StoredFile
from cases.packages.account import Account, Attachment, OwnRequest, Said, Talk
from cases.packages.archive import distinct
from cases.registration import comparable_email
from cases.storage.cases import evidence_of, filed_by_the_same
from cases.storage.marketing import ADDRESS, block_by_digest, blocks_of_conversations
from cases.storage.rows import CaseRow
from cases.storage.sealing import Sealer
from foundation.database import Sessions
from privacy.request_types import rule_for
from privacy.systems import SystemRegister

UPLOADED = "handläggare"


class Conversations(Protocol):
    """Where the assistant's own conversations are."""

    async def messages(self, conversation_id: UUID) -> Sequence[Said] | None:
        """Return what was said, oldest first; None when the conversation is gone.

        Raises:
            GatheringError: the chat does not answer.
        """


class Gatherer:
    """Makes the account of a case."""

    def __init__(
        self, sessions: Sessions, *, sealer: Sealer, register: SystemRegister, conversations: Conversations
    ) -> None:
        self._sessions, self._sealer, self._register = sessions, sealer, register
        self._conversations = conversations

    async def account(
        self, case: CaseRow, *, files: Sequence[StoredFile], system_ids: Sequence[str], made_at: datetime
    ) -> Account:
        """Return what is told in a case.

        Args:
            case: the case.
            files: what goes along, in order.
            system_ids: the systems in which the officer found something about the person.
            made_at: now.

        Raises:
            GatheringError: the chat does not answer.
        """
        async with self._sessions() as session:
            cases = await filed_by_the_same(session, case)
            requests = [await self._request(session, one) for one in cases]
            blocked = await self._blocked(session, cases)
        talks = [talk for one in cases if (talk := await self._talk(one)) is not None]
        opened = self._opened(case)
        return Account(
            reference=case.reference,
            request_type=case.request_type,
            made_at=made_at,
            received_on=case.received_on,
            name=opened[pictures.NAME],
            personal_identity_number=opened[pictures.PERSONAL_IDENTITY_NUMBER],
            contact_email=opened[pictures.CONTACT_EMAIL],
            requests=tuple(requests),
            talks=tuple(talks),
            blocked_addresses=blocked,
            systems=tuple(system for system in self._register.systems if system.id in system_ids),
            register=self._register,
            attachments=self._attachments(files),
        )

    def _opened(self, case: CaseRow) -> dict[str, str | None]:
        sealed = {
            pictures.NAME: case.name_sealed,
            pictures.PERSONAL_IDENTITY_NUMBER: case.personal_identity_number_sealed,
            pictures.CONTACT_EMAIL: case.contact_email_sealed,
        }
        return {
            column: self._sealer.unseal(value, column=column, reference=case.reference)
            for column, value in sealed.items()
        }

    async def _request(self, session: AsyncSession, case: CaseRow) -> OwnRequest:
        questions = {question.key: question.text for question in rule_for(case.request_type).questions}
        details = self._sealer.unseal_json(case.details_sealed, column=pictures.DETAILS, reference=case.reference)
        evidence = await evidence_of(session, case.id)
        signed = None
        if evidence is not None:
            kept = self._sealer.unseal_json(
                evidence.evidence_sealed, column=pictures.EVIDENCE, reference=case.reference
            )
            signed = kept.get("visible_text")
        return OwnRequest(
            reference=case.reference,
            request_type=case.request_type,
            status=case.status.label,
            resolution=case.resolution.label if case.resolution else None,
            channel=case.channel.label,
            received_at=case.received_at,
            due_on=case.due_on,
            words=tuple((questions.get(key, key), answer) for key, answer in details.items()),
            signed_text=signed,
        )

    async def _blocked(self, session: AsyncSession, cases: Sequence[CaseRow]) -> tuple[str, ...]:
        """Return what stands on the suppression list: the person's addresses, and what was blocked in their talks."""
        by_address = await self._blocked_addresses(session, cases)
        talks = [case.conversation_id for case in cases if case.conversation_id is not None]
        in_talks = {
            self._sealer.unseal_certain(block.address_sealed, column=ADDRESS, reference=block.address_digest.hex())
            for block in await blocks_of_conversations(session, talks)
        }
        return tuple(sorted(by_address | in_talks))

    async def _blocked_addresses(self, session: AsyncSession, cases: Sequence[CaseRow]) -> set[str]:
        addresses = {
            comparable_email(address) for case in cases if (address := self._opened(case)[pictures.CONTACT_EMAIL])
        }
        channel, blocked = MarketingChannel.EMAIL, set()
        for address in sorted(addresses):
            digest = self._sealer.address_digest(channel, address)
            if await block_by_digest(session, channel=channel, address_digest=digest) is not None:
                blocked.add(address)
        return blocked

    async def _talk(self, case: CaseRow) -> Talk | None:
        if case.conversation_id is None:
            return None
        said = await self._conversations.messages(case.conversation_id)
        return Talk(case.reference, tuple(said)) if said else None

    def _attachments(self, files: Sequence[StoredFile]) -> tuple[Attachment, ...]:
        folders = [file.source if file.kind is FileKind.GATHERED and file.source else UPLOADED for file in files]
        paths = distinct([f"bilagor/{folder}/{file.name}" for folder, file in zip(folders, files, strict=True)])
        return tuple(
            Attachment(path=path, title=file.name, source=self._source_name(folder), size_bytes=file.size_bytes)
            for path, folder, file in zip(paths, folders, files, strict=True)
        )

    def _source_name(self, folder: str) -> str:
        system = self._register.system(folder)
        return system.name if system else "framtaget av handläggare" if folder == UPLOADED else folder
