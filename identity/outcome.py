"""What BankID's answer to ``collect`` does to an identification. Rows locked by the caller; nothing is asked here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from sqlalchemy.ext.asyncio import AsyncSession

from identity.bankid import CollectReply, Status, errors
from identity.bankid.replies import CompletionData
from identity.completion import Approval, refusal
from identity.config import BrokerConfig
from identity.desk import OrderDesk, reason_of
from identity.tables import IdentificationOrderRow, IdentificationRow
from identity.transitions import await_return, close, complete, end, end_by_hint, is_past, touch
from identity.vault import Completion, OrderSecrets, Vault
from identity.views import State

HOPELESS: Final = (
    errors.UnauthorizedError,
    errors.NotFoundError,
    errors.MethodNotAllowedError,
    errors.UnsupportedMediaTypeError,
)
"""After these asking again is of no use; after others it is, until the order must have run out."""


class Outcomes:
    """Applies answers and failures of ``collect`` to rows."""

    def __init__(self, desk: OrderDesk, vault: Vault, config: BrokerConfig, roots: Sequence[x509.Certificate]) -> None:
        self._desk, self._vault, self._config, self._roots = desk, vault, config, roots

    def apply(
        self,
        session: AsyncSession,
        identification: IdentificationRow,
        order: IdentificationOrderRow,
        reply: CollectReply | errors.BankIdError,
        *,
        now: datetime,
    ) -> int | None:
        """Change the rows as ``reply`` says; return the number of an order to be made in this one's place."""
        if isinstance(reply, errors.BankIdError):
            self._failed(identification, order, reply, now=now)
        elif reply.completion_data is not None:
            self._approve(identification, order, reply.completion_data, now=now)
        elif reply.status != Status.FAILED:
            if reply.hint_code is not None and reply.hint_code != order.hint_code:
                order.hint_code = reply.hint_code[:80]
                touch(identification, State.PENDING, f"hint:pending:{order.hint_code}", now=now)
            self._later(identification, order, self._config.collect_interval_s, now=now)
        elif self._renewable(identification, order, reply):
            return self._renew(session, identification, order, now=now)
        else:
            end_by_hint(identification, order, reply.hint_code, now=now)
        return None

    def _failed(
        self,
        identification: IdentificationRow,
        order: IdentificationOrderRow,
        error: errors.BankIdError,
        *,
        now: datetime,
    ) -> None:
        if isinstance(error, errors.InvalidParametersError):  # BankID knows the order no longer
            end(identification, order, State.FAILED, "broker:order_lost", now=now)
        elif isinstance(error, HOPELESS):
            end(identification, order, State.FAILED, reason_of(error), now=now)
        else:
            asked_s = error.retry_after_s if isinstance(error, errors.TooManyRequestsError) else None
            self._later(identification, order, asked_s or self._config.collect_interval_s, now=now)

    def _later(
        self, identification: IdentificationRow, order: IdentificationOrderRow, pause_s: float, *, now: datetime
    ) -> None:
        """Ask again after a pause, unless the order should have ended long ago."""
        if is_past(order.started_at, self._config.order_s, now=now):
            end(identification, order, State.EXPIRED, "broker:order_expired", now=now)
        else:
            order.next_collect_at = now + timedelta(seconds=pause_s)

    def _renewable(self, identification: IdentificationRow, order: IdentificationOrderRow, reply: CollectReply) -> bool:
        unscanned = reply.hint_code == "startFailed" and order.mode == "qr"
        return unscanned and identification.renewals < self._config.max_renewals

    def _renew(
        self, session: AsyncSession, identification: IdentificationRow, order: IdentificationOrderRow, *, now: datetime
    ) -> int:
        kept = self._secrets(order)
        close(order, "failed", now=now)
        renewed = self._desk.prepare(
            identification,
            order.mode,
            end_user_ip=kept.end_user_ip,
            user_agent=kept.user_agent,
            now=now,
            renewal=True,
        )
        session.add(renewed)
        return renewed.number

    def _approve(
        self, identification: IdentificationRow, order: IdentificationOrderRow, data: CompletionData, *, now: datetime
    ) -> None:
        """Believe the completion or not; store it; let it count at once or when its browser has come back."""
        signed = order.non_visible_data or ""
        approval = Approval(
            visible_text=self._vault.open_text(identification.id, identification.visible_text),
            non_visible_data=signed,
            end_user_ip=self._secrets(order).end_user_ip,
            same_device=order.mode == "same_device",
            needs_return=order.needs_return,
        )
        reason = refusal(data, approval, self._roots)
        if reason is not None:
            end(identification, order, State.FAILED, reason, now=now)
            return
        completion = Completion(
            personal_number=data.user.personal_number,
            name=data.user.name,
            given_name=data.user.given_name,
            surname=data.user.surname,
            non_visible_data=signed,
            signature=data.signature,
            ocsp_response=data.ocsp_response,
        )
        identification.completion = self._vault.seal_completion(identification.id, completion)
        identification.completed_at = now
        if order.needs_return and order.returned_at is None:
            await_return(identification, order, now=now)
        else:
            complete(identification, order, now=now)

    def _secrets(self, order: IdentificationOrderRow) -> OrderSecrets:
        if order.secrets is None:
            raise ValueError("a running order has its secrets")
        return self._vault.open_secrets(order.identification_id, order.secrets)
