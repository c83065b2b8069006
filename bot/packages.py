"""Fetching a finished package in the chat: asked for with a button, after BankID, by the same person, once.

The whole way lies in the edge: the bot only offers the button. Identification has a purpose of its own (reference of
the case and number of the message that asked), so no other identification opens a package, and this one nothing else.
Who it is goes from the broker to the case system and nowhere else; the case system compares.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import CasesUnreachableError, PackageRefusedError
from bot.package_client import OpenedPackage, PackageClient
from bot.package_purpose import FETCH, is_for_package, purpose_of, reference_of
from bot.store import ConversationStore, Draft, Offer
from bot.tables import ConversationRow
from bot.texts import Texts
from bot.turns import identification_card
from foundation.clock import Clock
from foundation.database import Sessions
from identity.broker import Broker, Identification
from identity.errors import IdentificationNotAvailableError, IdentificationNotFoundError
from privacy.swedish_dates import STOCKHOLM, swedish_date

CARD: Final = "package"
_REFUSALS: Final = frozenset({"not_yours", "not_released", "expired", "used"})


class Packages:
    """The way from the button to the file.

    Args:
        broker: None where no identification is configured; then nothing is handed out in the chat.
        cases: the case system; None where the edge runs without one.
        controller: who is asked, as the signed text names it.
    """

    def __init__(
        self,
        *,
        broker: Broker | None,
        cases: PackageClient | None,
        sessions: Sessions,
        store: ConversationStore,
        texts: Texts,
        clock: Clock,
        controller: str,
    ) -> None:
        self._broker, self._cases, self._sessions, self._store = broker, cases, sessions, store
        self._texts, self._clock, self._controller = texts, clock, controller

    async def begin(self, conversation_id: str, reference: str, *, message_id: int) -> None:
        """Offer the identification with which the visitor fetches the package of a case, or say why there is none."""
        if self._broker is None or self._cases is None:
            await self._say(conversation_id, "package_unavailable", reference)
            return
        try:
            expires_at = await self._cases.expires_at(reference)
        except CasesUnreachableError:
            await self._say(conversation_id, "package_unavailable", reference, again=True)
            return
        if expires_at is None:
            await self._say(conversation_id, "package_refused_not_released", reference)
            return
        async with self._sessions() as session:
            session_hash = await self._store.session_hash(session, conversation_id)
        if session_hash is None:
            return
        offered = await self._broker.offer(
            conversation_id,
            session_hash=session_hash,
            reference=purpose_of(reference, message_id=message_id),
            request_title=self._texts("package_purpose"),
            visible_text=self._texts("package_signing", reference=reference, controller=self._controller),
        )
        card = identification_card(offered.id)
        await self._say(conversation_id, "package_identification", reference, card=card)

    async def changed(self, identification: Identification) -> None:
        """When the visitor has identified, give them the card with the file; harmless when repeated."""
        if identification.state != "complete" or self._broker is None or self._cases is None:
            return
        reference, client_id = reference_of(identification.reference), UUID(identification.id)
        conversation_id = identification.conversation_id
        try:
            expires_at = await self._allow(self._broker, self._cases, identification)
        except IdentificationNotAvailableError:
            return  # it was used up, and the card given, long ago
        except PackageRefusedError as error:
            key = error.reason if error.reason in _REFUSALS else "not_released"
            await self._say(conversation_id, f"package_refused_{key}", reference, client_id=client_id)
        except CasesUnreachableError:
            await self._say(conversation_id, "package_unavailable", reference, again=True, client_id=client_id)
        else:
            card = {"kind": CARD, "identification_id": identification.id, "reference": reference}
            until = swedish_date(expires_at.astimezone(STOCKHOLM).date())
            await self._say(conversation_id, "package_ready", reference, card=card, client_id=client_id, until=until)

    async def _allow(self, broker: Broker, cases: PackageClient, identification: Identification) -> datetime:
        """Give who it is from the broker to the case system, which compares; it stays nowhere here."""
        identity = await broker.consume(identification.conversation_id, identification.reference)
        if identity.method != "bankid" or identity.personal_identity_number is None:
            raise PackageRefusedError("not_yours")
        return await cases.allow(
            reference_of(identification.reference),
            identification.id,
            personal_identity_number=identity.personal_identity_number,
        )

    async def open(self, identification_id: str, *, session_hash: bytes) -> OpenedPackage:
        """Open the package for the browser that identified, and no other.

        Raises:
            PackageRefusedError: another browser's, for something else, used up, or too late.
            CasesUnreachableError: the case system does not answer.
        """
        if self._broker is None or self._cases is None:
            raise PackageRefusedError("not_released")
        try:
            identification = await self._broker.view(identification_id, session_hash=session_hash)
        except IdentificationNotFoundError:
            raise PackageRefusedError("not_released") from None
        if identification.state != "complete" or not is_for_package(identification.reference):
            raise PackageRefusedError("not_released")
        return await self._cases.open(reference_of(identification.reference), identification.id)

    async def _say(
        self,
        conversation_id: str,
        key: str,
        reference: str,
        *,
        card: dict[str, str] | None = None,
        again: bool = False,
        client_id: UUID | None = None,
        **values: str,
    ) -> None:
        """Say something in the conversation; the same ``client_id`` again says nothing."""
        buttons = [Offer(self._texts("button_try_again"), f"{FETCH}{reference}")] if again else []
        draft = Draft(
            "bot",
            self._texts(key, reference=reference, **values),
            card=card,
            buttons=buttons,
            client_id=client_id,
        )
        async with self._sessions.begin() as session:
            conversation = await self._store.locked(session, conversation_id)
            if conversation is None or await self._is_said(session, conversation, client_id):
                return
            await self._store.add_message(session, conversation, draft, now=self._clock())

    async def _is_said(self, session: AsyncSession, conversation: ConversationRow, client_id: UUID | None) -> bool:
        if client_id is None:
            return False
        return await self._store.message_of_client(session, conversation.id, client_id) is not None
