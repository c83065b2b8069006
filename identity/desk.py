"""Orders at BankID: prepared in one transaction, asked for outside of any, taken into the books in a second one.

A process that dies in between leaves an order "starting", which the collector ends; an order that BankID made meanwhile
is nobody's, cannot be approved into anything, and runs out by itself.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from foundation.clock import Clock
from foundation.database import Sessions
from identity.bankid import BankIdClient, SignRequest, StartedOrder, WebDevice, errors
from identity.bankid.launch import device_of, return_url
from identity.completion import non_visible_data
from identity.config import BrokerConfig
from identity.store import locked, order_of
from identity.tables import IdentificationOrderRow, IdentificationRow
from identity.transitions import OUTSTANDING, end, new_order, touch
from identity.vault import OrderSecrets, Vault
from identity.views import State

log = logging.getLogger(__name__)


class OrderDesk:
    """Makes orders and takes them back."""

    def __init__(
        self, sessions: Sessions, client: BankIdClient, vault: Vault, clock: Clock, config: BrokerConfig
    ) -> None:
        self._sessions, self._client, self._vault = sessions, client, vault
        self._clock, self._config = clock, config

    def prepare(
        self,
        identification: IdentificationRow,
        mode: str,
        *,
        end_user_ip: str,
        user_agent: str,
        now: datetime,
        renewal: bool = False,
    ) -> IdentificationOrderRow:
        """Return the next order of ``identification`` as it is stored before BankID is asked."""
        order = new_order(identification, mode, now=now, renewal=renewal)
        device = device_of(user_agent)
        identification.mobile = device.mobile
        kept = OrderSecrets(end_user_ip=end_user_ip, user_agent=user_agent)
        if mode == "same_device":
            nonce = secrets.token_urlsafe(32)
            page = f"{self._config.return_url}?{urlencode({'nonce': nonce})}"
            kept = replace(kept, return_url=return_url(device, page_with_nonce=page))
            order.needs_return = device.carries_nonce
            order.nonce_hash = nonce_hash(nonce) if device.carries_nonce else None
        order.secrets = self._vault.seal_secrets(identification.id, kept)
        order.non_visible_data = non_visible_data(
            visible_text=self._vault.open_text(identification.id, identification.visible_text),
            conversation_id=identification.conversation_id,
            reference=identification.reference,
            nonce=secrets.token_urlsafe(16),
        )
        touch(identification, State.PENDING, "broker:starting", now=now)
        return order

    async def launch(self, identification_id: str, number: int) -> None:
        """Ask BankID for order ``number``, once, and store what came of it; failures become its state."""
        async with self._sessions() as session:
            identification = await session.get_one(IdentificationRow, identification_id)
            order = await order_of(session, identification)
            if order is None or order.number != number or order.secrets is None:
                return  # a newer one, or a cancellation, came first
            kept = self._vault.open_secrets(identification.id, order.secrets)
            request = self._request(identification, order, kept)
        try:
            started: StartedOrder | str = await self._client.sign(request)
        except errors.BankIdError as error:
            log.warning("identification %s: sign failed: %s: %s", identification_id, type(error).__name__, error)
            started = reason_of(error)
        unwanted = await self._enter(identification_id, number, kept, started)
        if unwanted is not None:
            await self.take_back(unwanted)

    async def take_back(self, order_ref: str) -> None:
        """Cancel at BankID. What fails here costs nothing: the order counts no longer, and runs out by itself."""
        try:
            await self._client.cancel(order_ref)
        except errors.InvalidParametersError:
            pass  # over already
        except errors.BankIdError as error:
            log.warning("an order could not be cancelled: %s", type(error).__name__)

    def order_ref(self, order: IdentificationOrderRow) -> str | None:
        """Return BankID's name of an order that may still run there."""
        if order.state != "pending" or order.secrets is None:
            return None
        return self._vault.open_secrets(order.identification_id, order.secrets).order_ref

    async def _enter(
        self, identification_id: str, number: int, kept: OrderSecrets, started: StartedOrder | str
    ) -> str | None:
        """Store the outcome of ``sign``; return the reference of an order that nobody wants any more."""
        now = self._clock()
        async with self._sessions.begin() as session:
            identification = await locked(session, identification_id)
            order = await order_of(session, identification) if identification else None
            if identification is None or order is None or order.number != number or order.state != "starting":
                return started.order_ref if isinstance(started, StartedOrder) else None
            if isinstance(started, str):
                end(identification, order, State.FAILED, started, now=now)
                return None
            order.secrets = self._vault.seal_secrets(identification_id, _with_tokens(kept, started))
            order.state, order.hint_code, order.received_at = "pending", OUTSTANDING, now
            order.next_collect_at = now + timedelta(seconds=self._config.collect_interval_s)
            touch(identification, State.PENDING, f"hint:pending:{OUTSTANDING}", now=now)
            return None

    def _request(
        self, identification: IdentificationRow, order: IdentificationOrderRow, kept: OrderSecrets
    ) -> SignRequest:
        return SignRequest(
            end_user_ip=kept.end_user_ip,
            user_visible_data=self._vault.open_text(identification.id, identification.visible_text),
            user_visible_data_format="plaintext",
            user_non_visible_data=order.non_visible_data,
            return_url=kept.return_url,
            return_risk=True,
            web=WebDevice(
                referring_domain=self._config.referring_domain,
                user_agent=kept.user_agent or "unknown",
                device_identifier=self._vault.device_identifier(identification.session_hash),
            ),
        )


def nonce_hash(nonce: str) -> bytes:
    return hashlib.sha256(nonce.encode()).digest()


def reason_of(error: errors.BankIdError) -> str:
    """Return the message's key for a failed call."""
    if isinstance(error, errors.BankIdRefusalError):
        return f"error:{error.error_code[:80]}"
    return "error:unreachable" if isinstance(error, errors.BankIdTransportError) else "error:protocol"


def _with_tokens(kept: OrderSecrets, started: StartedOrder) -> OrderSecrets:
    return replace(
        kept,
        return_url=None,  # holds the nonce, which from here on only BankID and its app know
        order_ref=started.order_ref,
        auto_start_token=started.auto_start_token,
        qr_start_token=started.qr_start_token,
        qr_start_secret=started.qr_start_secret,
    )
