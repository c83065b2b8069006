"""The broker: holds who the visitor is, bound to session, conversation, purpose and time.

Nothing that a browser sends names an order of BankID's, and nothing it gets would let another browser finish one.
``identity/__init__.py`` shows the interface; ``identity.collector`` is its other half.
"""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import Clock
from foundation.database import Sessions, advisory_key, reading
from foundation.encryption import KeyRing
from identity.addresses import normalised
from identity.announcer import Announcer
from identity.bankid import BankIdClient, qr_svg, qr_text
from identity.bankid.messages import MODES
from identity.bankid.requests import SIGN_VISIBLE_MAX
from identity.codes import CodeDesk, CodeMail
from identity.collector import Collector
from identity.config import BrokerConfig
from identity.desk import OrderDesk, nonce_hash
from identity.errors import (
    AddressUnusableError,
    IdentificationNotAvailableError,
    IdentificationStateError,
    ReturnRefusedError,
    TooManyStartsError,
)
from identity.evidence import load_roots
from identity.limits import seconds_to_wait
from identity.outcome import Outcomes
from identity.store import Presenter, locked, order_of, owned, shows_qr, verified
from identity.tables import (
    IdentificationCodeRow,
    IdentificationOrderRow,
    IdentificationRow,
    IdentificationStartRow,
)
from identity.transitions import ENDED, close, complete, end, is_past, touch
from identity.vault import Vault
from identity.views import EMAIL, Identification, IdentificationChange, StartMode, State, VerifiedIdentity
from privacy.contact_addresses import normalise_email
from privacy.errors import InvalidContactAddressError
from privacy.request_types import IdentityLevel

__all__ = ["Broker", "Identification", "IdentificationChange", "State", "VerifiedIdentity"]

QR_TITLE = "QR-kod att skanna med BankID-appen"
SUPERSEDED = "broker:superseded"


class Broker:
    """Offers, starts, shows, cancels and hands over identifications.

    Args:
        sessions: of the database with schema ``chat``.
        client: of BankID, or of what stands in for it.
        key_ring: encrypts texts, secrets and completions.
        clock: the replicas' clocks may differ by a second or two, not by a lease.
        config: see :class:`identity.config.BrokerConfig`.
        code_mail: how codes by e-mail leave us; None: there are none, and level 1 takes BankID as well.

    Raises:
        CertificateUnusableError: the roots of ``config`` cannot be read.
    """

    def __init__(
        self,
        sessions: Sessions,
        client: BankIdClient,
        key_ring: KeyRing,
        clock: Clock,
        config: BrokerConfig,
        code_mail: CodeMail | None = None,
    ) -> None:
        self._sessions, self._clock, self._config = sessions, clock, config
        self._vault = Vault(key_ring)
        self._codes = CodeDesk(sessions, self._vault, clock, config, code_mail)
        self._presenter = Presenter(self._vault, config, clock, can_mail=self._codes.can_send)
        self._desk = OrderDesk(sessions, client, self._vault, clock, config)
        outcomes = Outcomes(self._desk, self._vault, config, load_roots(config.evidence_roots))
        announcer = Announcer(sessions, self._presenter, clock)
        self._collector = Collector(sessions, client, self._desk, outcomes, announcer, clock, config)

    async def offer(
        self,
        conversation_id: str,
        *,
        session_hash: bytes,
        reference: str,
        request_title: str,
        visible_text: str,
        level: int = IdentityLevel.STRONG,
        email: str | None = None,
    ) -> Identification:
        """Offer the visitor to sign ``visible_text`` for ``reference`` or, at level 1, to confirm an e-mail address.

        The same reference again is the same identification: as it is while it can still lead somewhere, begun anew when
        it ended, or when text or session are others. Another identification of the conversation that was open is over.

        Args:
            level: what the purpose takes (:class:`privacy.request_types.IdentityLevel`); 2 takes BankID.
            email: the address that a code would go to; the visitor may type another one.

        Raises:
            ValueError: the text is empty or longer than BankID takes.
        """
        if not 1 <= 4 * -(-len(visible_text.encode()) // 3) <= SIGN_VISIBLE_MAX:
            raise ValueError("the visible text is empty or longer than BankID takes")
        now = self._clock()
        async with self._sessions.begin() as session:
            await session.execute(
                text("SELECT pg_advisory_xact_lock(:key)"), {"key": advisory_key("identification", conversation_id)}
            )
            abandoned = await self._end_others(session, conversation_id, reference, now=now)
            identification = await session.scalar(
                select(IdentificationRow)
                .where(IdentificationRow.conversation_id == conversation_id, IdentificationRow.reference == reference)
                .with_for_update()
            )
            if identification is None:
                identification = IdentificationRow(
                    id=str(uuid.uuid4()), conversation_id=conversation_id, reference=reference, revision=0
                )
                session.add(identification)
            elif self._still_good(identification, session_hash, visible_text, level, now=now):
                return await self._presenter.read(session, identification)
            else:
                abandoned += await self._close_order(session, identification, "superseded", now=now)
            identification.session_hash, identification.request_title = session_hash, request_title[:200]
            identification.visible_text = self._vault.seal_text(identification.id, visible_text)
            identification.level = level
            identification.email = self._vault.seal_email(identification.id, email) if email else None
            identification.mode = identification.completion = None
            identification.completed_at = identification.consumed_at = None
            identification.offered_at = identification.announce_after_at = now
            by_email = level <= IdentityLevel.CONTACT and self._codes.can_send
            touch(identification, State.OFFERED, "broker:code_offered" if by_email else "broker:offered", now=now)
            await session.flush()
            shown = self._presenter.shown(identification, None)
        await self._take_back(abandoned)
        return shown

    async def start(
        self, identification_id: str, *, session_hash: bytes, mode: StartMode, end_user_ip: str, user_agent: str
    ) -> Identification:
        """Begin an order in ``mode``; one that was running is cancelled first.

        BankID's failures come back as the identification's state and message.

        Raises:
            IdentificationNotFoundError: unknown, or another session's.
            IdentificationStateError: completed, or the offer is too old.
            TooManyStartsError: the session's or the address's limit is reached.
            ValueError: ``end_user_ip`` is no address, or ``mode`` no start mode.
        """
        address, now = normalised(end_user_ip), self._clock()
        if mode not in MODES:
            raise ValueError("mode is qr or same_device")
        async with self._sessions.begin() as session:
            identification = await self._startable(session, identification_id, session_hash, now=now)
            await self._count_start(session, session_hash, address, now=now)
            abandoned = await self._close_order(session, identification, "superseded", now=now)
            order = self._desk.prepare(identification, mode, end_user_ip=address, user_agent=user_agent, now=now)
            session.add(order)
            number = order.number
        await self._take_back(abandoned)
        await self._desk.launch(identification_id, number)
        self._collector.wake()
        return await self.view(identification_id, session_hash=session_hash)

    async def send_code(
        self, identification_id: str, *, session_hash: bytes, email: str, end_user_ip: str
    ) -> Identification:
        """Mail a new code to ``email``; an order or a code that was there before counts no longer.

        Whether anybody has that address, here or anywhere, is not told by the answer. A mail server that is away comes
        back as the identification's state and message.

        Raises:
            IdentificationNotFoundError: unknown, or another session's.
            IdentificationStateError: completed, the offer is too old, or a code is not enough for it.
            AddressUnusableError: ``email`` is none.
            TooManyCodesError: to this address, for this session or from this network address.
            ValueError: ``end_user_ip`` is no address.
        """
        address, now = normalised(end_user_ip), self._clock()
        try:
            recipient = normalise_email(email)
        except InvalidContactAddressError:
            raise AddressUnusableError("no e-mail address") from None
        async with self._sessions.begin() as session:
            identification = await self._startable(session, identification_id, session_hash, now=now)
            if identification.level > IdentityLevel.CONTACT or not self._codes.can_send:
                raise IdentificationStateError("a code is not enough for it, or there are none here")
            abandoned = await self._close_order(session, identification, "superseded", now=now)
            outgoing = await self._codes.prepare(session, identification, recipient, address=address, now=now)
        await self._take_back(abandoned)
        await self._codes.deliver(outgoing)
        self._collector.wake()
        return await self.view(identification_id, session_hash=session_hash)

    async def enter_code(self, identification_id: str, *, session_hash: bytes, code: str) -> Identification:
        """Compare ``code``, as the visitor typed it, with the one that was mailed.

        Raises:
            IdentificationNotFoundError: unknown, or another session's.
            IdentificationStateError: no code is waited for.
        """
        async with self._sessions.begin() as session:
            identification = await owned(session, identification_id, session_hash, lock=True)
            row = await session.get(IdentificationCodeRow, identification.id)
            if identification.state != State.PENDING or identification.mode != EMAIL or row is None:
                raise IdentificationStateError("no code is waited for")
            await self._codes.enter(session, identification, row, code)
            shown = await self._presenter.read(session, identification)
        self._collector.wake()
        return shown

    async def waiting_for_code(self, conversation_id: str, *, session_hash: bytes) -> str | None:
        """Return the identification of this session that waits for a code by e-mail, or None."""
        row = IdentificationRow
        mine = (row.conversation_id == conversation_id, row.session_hash == session_hash)
        async with self._sessions() as session:
            return await session.scalar(
                select(row.id).where(*mine, row.state == State.PENDING, row.mode == EMAIL).limit(1)
            )

    async def view(self, identification_id: str, *, session_hash: bytes) -> Identification:
        """Return the identification as it stands; BankID is not asked.

        Raises:
            IdentificationNotFoundError: unknown, or another session's.
        """
        async with self._sessions() as session:
            identification = await owned(session, identification_id, session_hash)
            return await self._presenter.read(session, identification)

    async def current(self, conversation_id: str) -> Identification | None:
        """Return the identification that was offered last in the conversation. The caller has checked the session."""
        async with reading(self._sessions) as session:
            identification = await session.scalar(
                select(IdentificationRow)
                .where(IdentificationRow.conversation_id == conversation_id)
                .order_by(IdentificationRow.reason == SUPERSEDED, IdentificationRow.offered_at.desc())
                .limit(1)
            )
            if identification is None:
                return None
            return await self._presenter.read(session, identification)

    async def qr_svg(self, identification_id: str, *, session_hash: bytes) -> str | None:
        """Return the QR frame of this very second, or None when there is nothing to scan.

        Raises:
            IdentificationNotFoundError: unknown, or another session's.
        """
        async with self._sessions() as session:
            identification = await owned(session, identification_id, session_hash)
            order = await order_of(session, identification)
        if order is None or not shows_qr(order) or order.secrets is None or order.received_at is None:
            return None
        kept = self._vault.open_secrets(identification.id, order.secrets)
        elapsed_s = max(0, int((self._clock() - order.received_at).total_seconds()))
        return qr_svg(qr_text(kept.qr_start_token or "", kept.qr_start_secret or "", elapsed_s), title=QR_TITLE)

    async def cancel(self, identification_id: str, *, session_hash: bytes) -> Identification:
        """End what is open; one that has ended stays as it is.

        Raises:
            IdentificationNotFoundError: unknown, or another session's.
            IdentificationStateError: completed.
        """
        now = self._clock()
        async with self._sessions.begin() as session:
            identification = await owned(session, identification_id, session_hash, lock=True)
            if identification.state == State.COMPLETE:
                raise IdentificationStateError("it is complete")
            abandoned: list[str] = []
            if identification.state not in ENDED:
                abandoned = await self._close_order(session, identification, "cancelled", now=now)
                end(identification, None, State.CANCELLED, "broker:cancelled_here", now=now)
            shown = await self._presenter.read(session, identification)
        await self._take_back(abandoned)
        self._collector.wake()
        return shown

    async def withdraw(self, conversation_id: str, reference: str) -> None:
        """End what is open for ``reference``, since the request goes on without it. The caller has registered it.

        What is complete stays: it was consumed, or runs out.
        """
        now = self._clock()
        async with self._sessions.begin() as session:
            identification = await session.scalar(
                select(IdentificationRow)
                .where(IdentificationRow.conversation_id == conversation_id, IdentificationRow.reference == reference)
                .with_for_update()
            )
            if identification is None or identification.state == State.COMPLETE:
                return
            abandoned = await self._close_order(session, identification, "cancelled", now=now)
            identification.mode = None  # the visitor is at nothing any more, so the bot need not hear that it failed
            end(identification, None, State.CANCELLED, "broker:withdrawn", now=now)
        await self._take_back(abandoned)
        self._collector.wake()

    async def accept_return(self, nonce: str, *, session_hash: bytes) -> Identification:
        """Take note that the browser came back from BankID's app with ``nonce``; it works once.

        In another browser than the one that began the order the nonce burns, and the order comes to nothing: somebody
        was made to approve what somebody else had started.

        Raises:
            ReturnRefusedError: unknown, used, too late, or another browser's.
        """
        now = self._clock()
        async with self._sessions.begin() as session:
            identification, order = await self._by_nonce(session, nonce)
            order.nonce_hash = None
            stranger = not hmac.compare_digest(identification.session_hash, session_hash)
            if stranger:
                end(identification, order, State.FAILED, "broker:address_mismatch", now=now)
            else:
                order.returned_at = now
                if order.state == "approved":
                    complete(identification, order, now=now)
            shown = self._presenter.shown(identification, order)
        self._collector.wake()
        if stranger:
            raise ReturnRefusedError("the order was begun in another browser")
        return shown

    async def consume(self, conversation_id: str, reference: str) -> VerifiedIdentity:
        """Hand over the identity for ``reference``, once; the same reference may read it again for a while.

        Raises:
            IdentificationNotAvailableError: none for this conversation and reference, unfinished, or too old.
        """
        now = self._clock()
        async with self._sessions.begin() as session:
            identification = await session.scalar(
                select(IdentificationRow)
                .where(IdentificationRow.conversation_id == conversation_id, IdentificationRow.reference == reference)
                .with_for_update()
            )
            if (
                identification is None
                or identification.state != State.COMPLETE
                or identification.completion is None
                or identification.completed_at is None
                or is_past(identification.consumed_at or identification.completed_at, self._config.consume_s, now=now)
            ):
                raise IdentificationNotAvailableError("no completed identification for this conversation and reference")
            identification.consumed_at = identification.consumed_at or now
            kept = self._vault.open_completion(identification.id, identification.completion)
            text = self._vault.open_text(identification.id, identification.visible_text)
            return verified(kept, reference=reference, completed_at=identification.completed_at, visible_text=text)

    async def forget(self, conversation_id: str) -> None:
        """Delete all that is known of a conversation's identifications, for its retention."""
        async with self._sessions.begin() as session:
            await session.execute(delete(IdentificationRow).where(IdentificationRow.conversation_id == conversation_id))

    async def run_collector(self, on_change: Callable[[IdentificationChange], Awaitable[None]]) -> None:
        """Collect, tend and announce until cancelled. One task a replica; any number of replicas."""
        await self._collector.run(on_change)

    def _still_good(
        self, identification: IdentificationRow, session_hash: bytes, visible_text: str, level: int, *, now: datetime
    ) -> bool:
        """Tell whether an offer made again may leave the identification as it is."""
        if identification.state in ENDED or identification.session_hash != session_hash:
            return False
        if identification.level != level:
            return False
        if self._vault.open_text(identification.id, identification.visible_text) != visible_text:
            return False
        if identification.state == State.COMPLETE:
            since = identification.consumed_at or identification.completed_at
            return not is_past(since, self._config.consume_s, now=now)
        return not is_past(identification.offered_at, self._config.offer_s, now=now)

    async def _startable(
        self, session: AsyncSession, identification_id: str, session_hash: bytes, *, now: datetime
    ) -> IdentificationRow:
        """Return the identification, locked, if something may be begun on it."""
        identification = await owned(session, identification_id, session_hash, lock=True)
        if identification.state == State.COMPLETE:
            raise IdentificationStateError("it is complete")
        if is_past(identification.offered_at, self._config.offer_s, now=now):
            raise IdentificationStateError("the offer is too old")
        return identification

    async def _end_others(
        self, session: AsyncSession, conversation_id: str, reference: str, *, now: datetime
    ) -> list[str]:
        """End what else is open in the conversation; return the orders to take back."""
        others = await session.scalars(
            select(IdentificationRow)
            .where(
                IdentificationRow.conversation_id == conversation_id,
                IdentificationRow.reference != reference,
                IdentificationRow.state.in_((State.OFFERED, State.PENDING)),
            )
            .with_for_update()
        )
        abandoned: list[str] = []
        for other in others.all():
            abandoned += await self._close_order(session, other, "superseded", now=now)
            end(other, None, State.CANCELLED, SUPERSEDED, now=now)
        return abandoned

    async def _close_order(
        self, session: AsyncSession, identification: IdentificationRow, state: str, *, now: datetime
    ) -> list[str]:
        """Close what runs, order or code; return what to take back at BankID once this is committed."""
        await self._codes.withdraw(session, identification)
        order = await order_of(session, identification)
        if order is None or order.ended_at is not None:
            return []
        order_ref = self._desk.order_ref(order)
        close(order, state, now=now)
        return [order_ref] if order_ref else []

    async def _take_back(self, order_refs: list[str]) -> None:
        for order_ref in order_refs:
            await self._desk.take_back(order_ref)

    async def _by_nonce(self, session: AsyncSession, nonce: str) -> tuple[IdentificationRow, IdentificationOrderRow]:
        """Return the identification, locked, and the order that wait for ``nonce``."""
        wanted = IdentificationOrderRow.nonce_hash == nonce_hash(nonce)
        found = await session.execute(
            select(IdentificationOrderRow.identification_id, IdentificationOrderRow.number).where(wanted)
        )
        row = found.one_or_none()
        identification = await locked(session, row.identification_id) if row else None
        order = await order_of(session, identification) if identification else None
        if identification is None or order is None or row is None or order.number != row.number:
            raise ReturnRefusedError("no order waits for this nonce")
        late = is_past(order.started_at, self._config.order_s + self._config.return_s, now=self._clock())
        if order.nonce_hash is None or order.state not in ("pending", "approved") or late:
            raise ReturnRefusedError("no order waits for this nonce")
        return identification, order

    async def _count_start(self, session: AsyncSession, session_hash: bytes, address: str, *, now: datetime) -> None:
        """Count this start, or refuse it.

        Raises:
            TooManyStartsError: with the seconds until the oldest one leaves the window.
        """
        row, digest, config = IdentificationStartRow, self._vault.address_digest(address), self._config
        for whose, limit in (
            (row.session_hash == session_hash, config.starts_per_session),
            (row.address_digest == digest, config.starts_per_address),
        ):
            wait_s = await seconds_to_wait(
                session, row.started_at, whose, limit=limit, window_s=config.starts_window_s, now=now
            )
            if wait_s is not None:
                raise TooManyStartsError(wait_s)
        session.add(row(session_hash=session_hash, address_digest=digest, started_at=now))
