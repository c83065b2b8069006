"""Codes made, mailed and compared: on identifications that the broker holds locked, in its transactions.

What is stored of a code is its keyed hash, bound to the identification and the address. A mail is sent between two
transactions, as BankID is called; a process that dies in between leaves a code that runs out by itself.
"""

from __future__ import annotations

import hmac
import logging
import random
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import Clock
from foundation.database import Sessions
from foundation.errors import MailNotSentError, RecipientRefusedError
from foundation.mail import Mailer
from identity.codes.code import new_code, typed_code
from identity.codes.letter import code_mail
from identity.codes.limits import count_mail
from identity.config import BrokerConfig
from identity.store import locked
from identity.tables import IdentificationCodeRow, IdentificationRow
from identity.transitions import complete, end, is_past, touch
from identity.vault import ConfirmedEmail, Vault
from identity.views import EMAIL, State

log = logging.getLogger(__name__)

AFTER_WRONG: Final = ("broker:code_wrong_2", "broker:code_wrong_1")
"""What is said after each wrong code but the last: how many tries are left."""

TRIES: Final = len(AFTER_WRONG) + 1
SENDING: Final = "broker:code_sending"
SENT: Final = "broker:code_sent"
EXPIRED: Final = "broker:code_expired"


@dataclass(frozen=True, slots=True)
class CodeMail:
    """How codes leave us."""

    mailer: Mailer
    controller: str
    """Whose code it is, as the mail says."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A code between the two transactions."""

    identification_id: str
    email: str = field(repr=False)
    code: str = field(repr=False)
    digest: bytes = field(repr=False)


class CodeDesk:
    """Makes codes, mails them, and compares what was typed.

    Args:
        mail: None where no mail can be sent; then no code is ever offered.
        source: of the codes.
    """

    def __init__(
        self,
        sessions: Sessions,
        vault: Vault,
        clock: Clock,
        config: BrokerConfig,
        mail: CodeMail | None,
        source: random.Random | None = None,
    ) -> None:
        self._sessions, self._vault, self._clock, self._config, self._mail = sessions, vault, clock, config, mail
        self._source = source or secrets.SystemRandom()

    @property
    def can_send(self) -> bool:
        """Whether codes can be had here at all."""
        return self._mail is not None

    async def prepare(
        self, session: AsyncSession, identification: IdentificationRow, email: str, *, address: str, now: datetime
    ) -> Outgoing:
        """Put a new code in the place of whatever was there, and count the mail that will bring it.

        Raises:
            TooManyCodesError: to this address, for this session or from this network address.
        """
        await count_mail(
            session,
            session_hash=identification.session_hash,
            network_digest=self._vault.address_digest(address),
            email_digest=self._vault.email_digest(email),
            config=self._config,
            now=now,
        )
        code = new_code(self._source)
        digest = self._vault.code_digest(identification.id, email, code)
        await self.withdraw(session, identification)
        session.add(
            IdentificationCodeRow(
                identification_id=identification.id, code_digest=digest, tries_left=TRIES, made_at=now
            )
        )
        identification.email = self._vault.seal_email(identification.id, email)
        identification.mode = EMAIL
        identification.completion = identification.completed_at = None
        touch(identification, State.PENDING, SENDING, now=now)
        return Outgoing(identification.id, email, code, digest)

    async def deliver(self, outgoing: Outgoing) -> None:
        """Mail the code, and note that it was. A recipient whom the server refuses is told nothing else than others."""
        if self._mail is None:
            raise ValueError("no mail can be sent here")
        mail = code_mail(
            to=outgoing.email, code=outgoing.code, controller=self._mail.controller, valid_s=self._config.code_s
        )
        was_sent = True
        try:
            await self._mail.mailer.send(mail)
        except RecipientRefusedError:
            log.info("identification %s: the mail server refused the recipient", outgoing.identification_id)
        except MailNotSentError as error:
            log.warning("identification %s: %s", outgoing.identification_id, error)
            was_sent = False
        await self._note(outgoing, was_sent=was_sent)

    async def enter(
        self, session: AsyncSession, identification: IdentificationRow, row: IdentificationCodeRow, typed: str
    ) -> None:
        """Compare what was typed with the live code, in constant time; right or for the last time, the code is gone."""
        now, code = self._clock(), typed_code(typed)
        if is_past(row.made_at, self._config.code_s, now=now):
            await self.withdraw(session, identification)
            end(identification, None, State.EXPIRED, EXPIRED, now=now)
            return
        if code is None:  # nobody guesses like that: it costs no try
            touch(identification, State.PENDING, "broker:code_malformed", now=now)
            return
        email = self._vault.open_email(identification.id, identification.email or b"")
        given = self._vault.code_digest(identification.id, email, code)
        if hmac.compare_digest(given, row.code_digest):
            await self.withdraw(session, identification)
            identification.completion = self._vault.seal_completion(identification.id, ConfirmedEmail(email))
            complete(identification, None, "broker:code_confirmed", now=now)
        elif row.tries_left > 1:
            row.tries_left -= 1
            touch(identification, State.PENDING, AFTER_WRONG[-row.tries_left], now=now)
        else:
            await self.withdraw(session, identification)
            end(identification, None, State.FAILED, "broker:code_used_up", now=now)

    async def withdraw(self, session: AsyncSession, identification: IdentificationRow) -> None:
        """Let no code count for this identification any longer."""
        await session.execute(
            delete(IdentificationCodeRow).where(IdentificationCodeRow.identification_id == identification.id)
        )

    async def _note(self, outgoing: Outgoing, *, was_sent: bool) -> None:
        """Store how the mail went, unless another code, or an end, came in between."""
        now = self._clock()
        async with self._sessions.begin() as session:
            identification = await locked(session, outgoing.identification_id)
            row = await session.get(IdentificationCodeRow, outgoing.identification_id)
            if identification is None or row is None or not hmac.compare_digest(row.code_digest, outgoing.digest):
                return
            if not was_sent:
                await self.withdraw(session, identification)
                end(identification, None, State.FAILED, "broker:mail_unavailable", now=now)
            elif identification.reason == SENDING:
                touch(identification, State.PENDING, SENT, now=now)
