"""The broker: holds who the visitor is, bound to session, conversation, purpose and time.

Nothing that a browser sends names an order of BankID's, and nothing it gets would let another browser finish one.
``identity/__init__.py`` shows the interface; ``identity.collector`` is its other half.
"""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import Clock
from foundation.database import Sessions, advisory_key
from foundation.encryption import KeyRing
from identity.addresses import normalised
from identity.announcer import Announcer
from identity.bankid import BankIdClient, qr_svg, qr_text
from identity.bankid.messages import MODES
from identity.bankid.requests import SIGN_VISIBLE_MAX
from identity.collector import Collector
from identity.config import BrokerConfig
from identity.desk import OrderDesk, nonce_hash
from identity.errors import (
    IdentificationNotAvailableError,
    IdentificationStateError,
    ReturnRefusedError,
    TooManyStartsError,
)
from identity.evidence import load_roots
from identity.outcome import Outcomes
from identity.store import Presenter, locked, order_of, owned, shows_qr
from identity.tables import IdentificationOrderRow, IdentificationRow, IdentificationStartRow
from identity.transitions import ENDED, close, complete, end, is_past, touch
from identity.vault import Vault
from identity.views import Identification, IdentificationChange, StartMode, State, VerifiedIdentity

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

    Raises:
        CertificateUnusableError: the roots of ``config`` cannot be read.
    """

    def __init__(
        self, sessions: Sessions, client: BankIdClient, key_ring: KeyRing, clock: Clock, config: BrokerConfig
    ) -> None:
        self._sessions, self._clock, self._config = sessions, clock, config
        self._vault = Vault(key_ring)
        self._presenter = Presenter(self._vault, config)
        self._desk = OrderDesk(sessions, client, self._vault, clock, config)
        outcomes = Outcomes(self._desk, self._vault, config, load_roots(config.evidence_roots))
        announcer = Announcer(sessions, self._presenter, clock)
        self._collector = Collector(sessions, client, self._desk, outcomes, announcer, clock, config)

    async def offer(
        self, conversation_id: str, *, session_hash: bytes, reference: str, request_title: str, visible_text: str
    ) -> Identification:
        """Offer the visitor to sign ``visible_text`` for ``reference``.

        The same reference again is the same identification: as it is while it can still lead somewhere, begun anew when
        it ended, or when text or session are others. Another identification of the conversation that was open is over.

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
            elif self._still_good(identification, session_hash, visible_text, now=now):
                return self._presenter.shown(identification, await order_of(session, identification))
            else:
                abandoned += await self._close_order(session, identification, "superseded", now=now)
            identification.session_hash, identification.request_title = session_hash, request_title[:200]
            identification.visible_text = self._vault.seal_text(identification.id, visible_text)
            identification.mode = identification.completion = None
            identification.completed_at = identification.consumed_at = None
            identification.offered_at = identification.announce_after_at = now
            touch(identification, State.OFFERED, "broker:offered", now=now)
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
            identification = await owned(session, identification_id, session_hash, lock=True)
            if identification.state == State.COMPLETE:
                raise IdentificationStateError("it is complete")
            if is_past(identification.offered_at, self._config.offer_s, now=now):
                raise IdentificationStateError("the offer is too old")
            await self._count_start(session, session_hash, address, now=now)
            abandoned = await self._close_order(session, identification, "superseded", now=now)
            order = self._desk.prepare(identification, mode, end_user_ip=address, user_agent=user_agent, now=now)
            session.add(order)
            number = order.number
        await self._take_back(abandoned)
        await self._desk.launch(identification_id, number)
        self._collector.wake()
        return await self.view(identification_id, session_hash=session_hash)

    async def view(self, identification_id: str, *, session_hash: bytes) -> Identification:
        """Return the identification as it stands; BankID is not asked.

        Raises:
            IdentificationNotFoundError: unknown, or another session's.
        """
        async with self._sessions() as session:
            identification = await owned(session, identification_id, session_hash)
            return self._presenter.shown(identification, await order_of(session, identification))

    async def current(self, conversation_id: str) -> Identification | None:
        """Return the identification that was offered last in the conversation. The caller has checked the session."""
        async with self._sessions() as session:
            identification = await session.scalar(
                select(IdentificationRow)
                .where(IdentificationRow.conversation_id == conversation_id)
                .order_by(IdentificationRow.reason == SUPERSEDED, IdentificationRow.offered_at.desc())
                .limit(1)
            )
            if identification is None:
                return None
            return self._presenter.shown(identification, await order_of(session, identification))

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
            shown = self._presenter.shown(identification, await order_of(session, identification))
        await self._take_back(abandoned)
        self._collector.wake()
        return shown

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
            return VerifiedIdentity(
                reference=reference,
                level=2,
                method="bankid",
                personal_identity_number=kept.personal_number,
                name=kept.name,
                given_name=kept.given_name,
                surname=kept.surname,
                completed_at=identification.completed_at,
                visible_text=self._vault.open_text(identification.id, identification.visible_text),
                non_visible_data=kept.non_visible_data,
                signature=kept.signature,
                ocsp_response=kept.ocsp_response,
            )

    async def forget(self, conversation_id: str) -> None:
        """Delete all that is known of a conversation's identifications, for its retention."""
        async with self._sessions.begin() as session:
            await session.execute(delete(IdentificationRow).where(IdentificationRow.conversation_id == conversation_id))

    async def run_collector(self, on_change: Callable[[IdentificationChange], Awaitable[None]]) -> None:
        """Collect, tend and announce until cancelled. One task a replica; any number of replicas."""
        await self._collector.run(on_change)

    def _still_good(
        self, identification: IdentificationRow, session_hash: bytes, visible_text: str, *, now: datetime
    ) -> bool:
        """Tell whether an offer made again may leave the identification as it is."""
        if identification.state in ENDED or identification.session_hash != session_hash:
            return False
        if self._vault.open_text(identification.id, identification.visible_text) != visible_text:
            return False
        if identification.state == State.COMPLETE:
            since = identification.consumed_at or identification.completed_at
            return not is_past(since, self._config.consume_s, now=now)
        return not is_past(identification.offered_at, self._config.offer_s, now=now)

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
        """Close the running order, if there is one; return what to take back at BankID once this is committed."""
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
        digest = self._vault.address_digest(address)
        await self._check_limit(
            session, IdentificationStartRow.session_hash == session_hash, self._config.starts_per_session, now=now
        )
        await self._check_limit(
            session, IdentificationStartRow.address_digest == digest, self._config.starts_per_address, now=now
        )
        session.add(IdentificationStartRow(session_hash=session_hash, address_digest=digest, started_at=now))

    async def _check_limit(
        self, session: AsyncSession, whose: ColumnElement[bool], limit: int, *, now: datetime
    ) -> None:
        window = timedelta(seconds=self._config.starts_window_s)
        counted = await session.execute(
            select(func.count(), func.min(IdentificationStartRow.started_at)).where(
                whose, IdentificationStartRow.started_at > now - window
            )
        )
        number, oldest = counted.one()
        if number >= limit:
            raise TooManyStartsError(max(1, int((oldest + window - now).total_seconds())))
