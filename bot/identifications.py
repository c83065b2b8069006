"""Identifications within a conversation: offering one, telling the streams, and going on when it is complete.

Who the visitor is stays with the broker (``identity``); here is only that, and when, the bot is told to go on.
"""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import Visitor
from bot.package_purpose import is_for_package
from bot.packages import Packages
from bot.refusals import Refusals
from bot.schemas import IdentificationView, OfferIdentification
from bot.store import ConversationStore, Draft
from bot.tables import ConversationRow
from bot.turns import IDENTIFIED, NOT_IDENTIFIED, TurnRunner, identification_card
from foundation.clock import Clock
from foundation.database import Sessions
from identity.broker import Broker, Identification, IdentificationChange, VerifiedIdentity
from identity.errors import (
    AddressUnusableError,
    IdentificationNotAvailableError,
    IdentificationNotFoundError,
    IdentificationStateError,
    ReturnRefusedError,
    TooManyCodesError,
    TooManyStartsError,
)

log = logging.getLogger(__name__)

_VIEW_FIELDS = frozenset(IdentificationView.model_fields)
_ENDED_BADLY = frozenset({"failed", "cancelled", "expired"})


class Identifications:
    """What conversations do with the broker.

    Args:
        broker: None where no identification is configured; then nothing is offered, and whoever asks is told so.
    """

    def __init__(
        self,
        *,
        broker: Broker | None,
        sessions: Sessions,
        store: ConversationStore,
        turns: TurnRunner,
        packages: Packages,
        refusals: Refusals,
        clock: Clock,
    ) -> None:
        self._broker, self._sessions, self._store = broker, sessions, store
        self._turns, self._packages, self._refusals, self._clock = turns, packages, refusals, clock

    async def run(self) -> None:
        """Collect at BankID until cancelled; one task a replica."""
        if self._broker is not None:
            await self._broker.run_collector(self.changed)

    # For the actions

    async def offer(self, conversation_id: str, given: OfferIdentification) -> str:
        """Offer the visitor to sign, show the card, and return the identification's id.

        Raises:
            ProblemError: there is no such conversation, or no identification here.
        """
        async with self._sessions() as session:
            session_hash = await self._store.session_hash(session, conversation_id)
        if session_hash is None:
            raise self._refusals.conversation_not_found()
        offered = await self._configured().offer(
            conversation_id,
            session_hash=session_hash,
            reference=given.reference,
            request_title=given.request_title,
            visible_text=given.visible_text,
            level=given.level,
            email=given.email,
        )
        if offered.state != "complete":
            await self._show_card(conversation_id, offered.id)
        return offered.id

    async def consume(self, conversation_id: str, reference: str) -> VerifiedIdentity:
        """Return who signed for ``reference``, and the evidence.

        Raises:
            ProblemError: nobody did, it was too long ago, or it was for something else.
        """
        try:
            return await self._configured().consume(conversation_id, reference)
        except IdentificationNotAvailableError:
            raise self._refusals.identification_not_available() from None

    async def withdraw(self, conversation_id: str, reference: str) -> None:
        """Take back what is offered for ``reference``: the request was registered without it."""
        await self._configured().withdraw(conversation_id, reference)

    async def _show_card(self, conversation_id: str, identification_id: str) -> None:
        """Let the card follow the answer of the turn that asks for it; without such a turn, show it now."""
        async with self._sessions.begin() as session:
            conversation = await self._store.locked(session, conversation_id)
            if conversation is None:
                raise self._refusals.conversation_not_found()
            begun = [turn for turn in await self._store.unfinished_turns(session, conversation_id) if turn.attempts]
            if begun:
                begun[0].offered_identification = identification_id
                return
            card = Draft("bot", "", card=identification_card(identification_id))
            await self._store.add_message(session, conversation, card, now=self._clock())

    # For the visitor

    async def current(self, conversation_id: str) -> IdentificationView | None:
        """Return the identification that was offered last in the conversation."""
        if self._broker is None:
            return None
        identification = await self._broker.current(conversation_id)
        return _view(identification) if identification else None

    async def start(
        self,
        identification_id: str,
        *,
        session_hash: bytes,
        mode: Literal["qr", "same_device"],
        address: str,
        agent: str,
    ) -> IdentificationView:
        """Begin an order at BankID.

        Raises:
            ProblemError: not this session's, not possible now, or too many.
        """
        broker = self._configured()
        try:
            started = await broker.start(
                identification_id, session_hash=session_hash, mode=mode, end_user_ip=address, user_agent=agent
            )
        except IdentificationNotFoundError:
            raise self._refusals.identification_not_found() from None
        except IdentificationStateError:
            raise self._refusals.identification_not_possible() from None
        except TooManyStartsError as error:
            raise self._refusals.too_many("too_many_identifications", error.retry_after_s) from None
        return await self._told(started)

    async def send_code(
        self, identification_id: str, *, session_hash: bytes, email: str, address: str
    ) -> IdentificationView:
        """Mail a code; the answer is the same whether anybody has that address or not.

        Raises:
            ProblemError: not this session's, not possible now, no address, or too many.
        """
        broker = self._configured()
        try:
            sent = await broker.send_code(
                identification_id, session_hash=session_hash, email=email, end_user_ip=address
            )
        except IdentificationNotFoundError:
            raise self._refusals.identification_not_found() from None
        except IdentificationStateError:
            raise self._refusals.identification_not_possible() from None
        except AddressUnusableError:
            raise self._refusals.email_unusable() from None
        except TooManyCodesError as error:
            raise self._refusals.too_many("too_many_codes", error.retry_after_s) from None
        return await self._told(sent)

    async def enter_code(self, identification_id: str, *, session_hash: bytes, code: str) -> IdentificationView:
        """Compare what the visitor typed with the code that was mailed.

        Raises:
            ProblemError: not this session's, or no code is waited for.
        """
        broker = self._configured()
        try:
            return await self._told(await broker.enter_code(identification_id, session_hash=session_hash, code=code))
        except IdentificationNotFoundError:
            raise self._refusals.identification_not_found() from None
        except IdentificationStateError:
            raise self._refusals.identification_not_possible() from None

    async def waiting_for_code(self, visitor: Visitor) -> str | None:
        """Return the identification that waits for a code from this browser, or None."""
        if self._broker is None:
            return None
        return await self._broker.waiting_for_code(visitor.conversation_id, session_hash=visitor.token_hash)

    async def view(self, identification_id: str, *, session_hash: bytes) -> IdentificationView:
        """Return the identification as it stands.

        Raises:
            ProblemError: not this session's.
        """
        try:
            return _view(await self._configured().view(identification_id, session_hash=session_hash))
        except IdentificationNotFoundError:
            raise self._refusals.identification_not_found() from None

    async def cancel(self, identification_id: str, *, session_hash: bytes) -> IdentificationView:
        """End the identification.

        Raises:
            ProblemError: not this session's, or it is complete.
        """
        try:
            cancelled = await self._configured().cancel(identification_id, session_hash=session_hash)
        except IdentificationNotFoundError:
            raise self._refusals.identification_not_found() from None
        except IdentificationStateError:
            raise self._refusals.identification_not_possible() from None
        return await self._told(cancelled)

    async def qr_svg(self, identification_id: str, *, session_hash: bytes) -> str:
        """Return this second's frame of the QR code.

        Raises:
            ProblemError: not this session's, or there is nothing to scan.
        """
        try:
            svg = await self._configured().qr_svg(identification_id, session_hash=session_hash)
        except IdentificationNotFoundError:
            svg = None
        if svg is None:
            raise self._refusals.identification_not_found()
        return svg

    async def accept_return(self, nonce: str, *, session_hash: bytes) -> bool:
        """Note that BankID's app sent this browser back; False when it is not the one that began."""
        if self._broker is None:
            return False
        try:
            returned = await self._broker.accept_return(nonce, session_hash=session_hash)
        except ReturnRefusedError:
            return False
        await self._told(returned)
        return True

    # When something happened

    async def changed(self, change: IdentificationChange) -> None:
        """Tell the conversation's streams, and the bot when it can go on or cannot; harmless when repeated.

        The broker calls this until it returns, so what it stores is not lost when a replica dies in between.
        """
        if is_for_package(change.identification.reference):
            await self._packages.changed(change.identification)
        event = await self._event(change.identification)
        async with self._sessions.begin() as session:
            conversation = await self._store.locked(session, change.conversation_id)
            if conversation is None:
                return
            if event == IDENTIFIED:
                reached = change.identification.reached_level
                conversation.identity_level = max(conversation.identity_level, reached)
            if event is not None and not await self._is_about_to_be_told(session, conversation, event):
                await self._store.add_turn(session, conversation.id, event=event, now=self._clock())
            await self._store.tell(session, conversation.id)
        self._turns.wake(change.conversation_id)

    async def _event(self, identification: Identification) -> str | None:
        if is_for_package(identification.reference):
            return None  # the bot has no part in it
        if identification.state == "complete":
            return IDENTIFIED
        if identification.state in _ENDED_BADLY and await self._matters(identification):
            return NOT_IDENTIFIED
        return None

    async def _is_about_to_be_told(self, session: AsyncSession, conversation: ConversationRow, event: str) -> bool:
        unfinished = await self._store.unfinished_turns(session, conversation.id)
        return any(turn.event == event and turn.attempts == 0 for turn in unfinished)

    async def _matters(self, identification: Identification) -> bool:
        """Tell whether the visitor was at it: neither an offer never taken up, nor one that a newer one replaced."""
        current = await self._configured().current(identification.conversation_id)
        return identification.mode is not None and current is not None and current.id == identification.id

    async def _told(self, identification: Identification) -> IdentificationView:
        async with self._sessions.begin() as session:
            await self._store.tell(session, identification.conversation_id)
        return _view(identification)

    def _configured(self) -> Broker:
        if self._broker is None:
            raise self._refusals.identification_unavailable()
        return self._broker


def _view(identification: Identification) -> IdentificationView:
    fields: dict[str, Any] = {name: value for name, value in asdict(identification).items() if name in _VIEW_FIELDS}
    return IdentificationView(**fields)
