"""Reading identifications: under lock, with the order that counts, and as others may see them."""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import Clock
from identity.bankid.launch import device_of, launch_link
from identity.bankid.messages import MESSAGES
from identity.config import BrokerConfig
from identity.errors import IdentificationNotFoundError
from identity.tables import IdentificationCodeRow, IdentificationOrderRow, IdentificationRow
from identity.time_left import seconds_left
from identity.transitions import ENDED, OUTSTANDING
from identity.vault import Completion, ConfirmedEmail, Vault
from identity.views import EMAIL, Identification, Mode, State, VerifiedIdentity
from privacy.request_types import IdentityLevel

NO_RETRY = ("broker:offer_expired", "broker:superseded", "broker:withdrawn")
"""Reasons after which the conversation, and not the card, is where one begins again."""


async def locked(session: AsyncSession, identification_id: str) -> IdentificationRow | None:
    """Return the identification, held until the transaction ends. Lock it before its orders, always."""
    return await session.get(IdentificationRow, identification_id, with_for_update=True)


async def owned(
    session: AsyncSession, identification_id: str, session_hash: bytes, *, lock: bool = False
) -> IdentificationRow:
    """Return the identification if it is this session's.

    Raises:
        IdentificationNotFoundError: unknown, or another session's.
    """
    identification = await session.get(IdentificationRow, identification_id, with_for_update=lock or None)
    if identification is None or not hmac.compare_digest(identification.session_hash, session_hash):
        raise IdentificationNotFoundError("no such identification for this session")
    return identification


async def order_of(session: AsyncSession, identification: IdentificationRow) -> IdentificationOrderRow | None:
    """Return the only order that counts; None before the first."""
    found = await session.scalars(
        select(IdentificationOrderRow).where(
            IdentificationOrderRow.identification_id == identification.id,
            IdentificationOrderRow.number == identification.order_number,
        )
    )
    return found.one_or_none()


def shows_qr(order: IdentificationOrderRow | None) -> bool:
    """Tell whether there is a frame to scan: only while nobody has scanned one."""
    return order is not None and order.mode == "qr" and order.state == "pending" and order.hint_code == OUTSTANDING


def verified(
    kept: Completion | ConfirmedEmail, *, reference: str, completed_at: datetime, visible_text: str
) -> VerifiedIdentity:
    """Return a completion as it is handed over."""
    if isinstance(kept, ConfirmedEmail):
        return VerifiedIdentity(
            reference=reference,
            level=IdentityLevel.CONTACT,
            method="email_code",
            completed_at=completed_at,
            visible_text=visible_text,
            email=kept.email,
        )
    return VerifiedIdentity(
        reference=reference,
        level=IdentityLevel.STRONG,
        method="bankid",
        completed_at=completed_at,
        visible_text=visible_text,
        personal_identity_number=kept.personal_number,
        name=kept.name,
        given_name=kept.given_name,
        surname=kept.surname,
        non_visible_data=kept.non_visible_data,
        signature=kept.signature,
        ocsp_response=kept.ocsp_response,
    )


class Presenter:
    """Makes of rows what a browser may see."""

    def __init__(self, vault: Vault, config: BrokerConfig, clock: Clock, *, can_mail: bool) -> None:
        self._vault, self._config, self._clock, self._can_mail = vault, config, clock, can_mail

    async def read(self, session: AsyncSession, identification: IdentificationRow) -> Identification:
        """Return the identification as a browser may see it, with the order or the code that counts."""
        code = None
        if identification.mode == EMAIL and identification.state == State.PENDING:
            code = await session.get(IdentificationCodeRow, identification.id)
        return self.shown(identification, await order_of(session, identification), code)

    def shown(
        self,
        identification: IdentificationRow,
        order: IdentificationOrderRow | None,
        code: IdentificationCodeRow | None = None,
    ) -> Identification:
        state = State(identification.state)
        return Identification(
            id=identification.id,
            conversation_id=identification.conversation_id,
            reference=identification.reference,
            state=state,
            mode=cast("Mode | None", identification.mode),
            message=MESSAGES.text(
                identification.reason,
                mode=identification.mode,
                mobile=identification.mobile,
                language=self._config.language,
            ),
            launch_url=self._launch_url(identification, order),
            qr=state is State.PENDING and shows_qr(order),
            can_retry=state in ENDED and identification.reason not in NO_RETRY,
            purpose_title=identification.request_title,
            visible_text=self._vault.open_text(identification.id, identification.visible_text),
            by_email=self._can_mail and identification.level <= IdentityLevel.CONTACT,
            email=self._vault.open_email(identification.id, identification.email) if identification.email else "",
            ends_in_s=seconds_left(identification, order, code, self._config, now=self._clock()),
        )

    def _launch_url(self, identification: IdentificationRow, order: IdentificationOrderRow | None) -> str | None:
        if order is None or order.mode != "same_device" or order.state != "pending" or order.secrets is None:
            return None
        secrets = self._vault.open_secrets(identification.id, order.secrets)
        return launch_link(
            device_of(secrets.user_agent),
            secrets.auto_start_token or "",
            page=self._config.return_url,
            base=self._config.launch_base,
        )
