"""Staff accounts: made with a one-time password, which their owner replaces at the first log-in."""

import random as randomness
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cases.console.cleaning import without_control_characters
from cases.console.errors import AccountNotFoundError, LastAdministratorError, NameTakenError
from cases.console.passwords import hash_password, new_one_time_password, password_matches
from cases.console.storage import StaffAccountRow, StaffSessionRow
from cases.drafts import Actor
from foundation.database import advisory_key

NAME_MAX_LENGTH = 100


class Role(StrEnum):
    """What an account may do."""

    OFFICER = "officer"
    """Works cases and answers visitors."""

    ADMINISTRATOR = "administrator"
    """The same, and manages accounts."""


@dataclass(frozen=True, slots=True)
class StaffAccount:
    """A person on the staff, without the password."""

    id: int
    name: str
    display_name: str
    role: Role
    must_change_password: bool
    created_at: datetime
    last_login_at: datetime | None
    disabled_at: datetime | None

    @property
    def actor(self) -> Actor:
        """How the history of a case names this person."""
        return Actor.officer(str(self.id))

    @property
    def is_administrator(self) -> bool:
        """Whether the person may manage accounts."""
        return self.role is Role.ADMINISTRATOR


def normalise_name(typed: str) -> str:
    """Return the name under which an account is found: lower case, without spaces around it."""
    return " ".join(without_control_characters(typed).casefold().split())[:NAME_MAX_LENGTH]


async def create_first_account(
    session: AsyncSession, *, name: str, now: datetime, random: randomness.Random
) -> str | None:
    """Return the one-time password of the first administrator, or None when there is nothing to hand out.

    The account is made when there is none at all. While its owner has not yet chosen a password, each call gives a new
    one-time password (an earlier one was perhaps never read); afterwards, never again.
    """
    await session.execute(select(func.pg_advisory_xact_lock(advisory_key("cases.staff_account", "first"))))
    first = await session.scalar(select(StaffAccountRow).order_by(StaffAccountRow.id).limit(1))
    if first is None:
        return await add_staff(session, name=name, now=now, random=random, role=Role.ADMINISTRATOR)
    if first.name != normalise_name(name) or not first.must_change_password or first.last_login_at is not None:
        return None
    return await _give_one_time_password(first, random=random)


async def add_staff(
    session: AsyncSession,
    *,
    name: str,
    now: datetime,
    random: randomness.Random,
    role: str = Role.OFFICER,
    display_name: str | None = None,
) -> str:
    """Make an account and return its one-time password, which is stored nowhere.

    Args:
        session: the transaction that the account is made in.
        name: what its owner types to log in.
        now: the present instant.
        random: makes the password; ``SystemRandom`` outside tests.
        role: a :class:`Role`.
        display_name: what colleagues and visitors read; its owner may change it at the first log-in.

    Raises:
        NameTakenError: another account has that name.
        ValueError: the name is empty, or the role is none.
    """
    if not normalise_name(name):
        raise ValueError("an account needs a name")
    account = StaffAccountRow(
        name=normalise_name(name),
        display_name=(display_name or name).strip()[:NAME_MAX_LENGTH],
        role=Role(role),
        password_hash="",
        created_at=now,
        last_login_at=None,
        disabled_at=None,
    )
    password = await _give_one_time_password(account, random=random)
    try:
        async with session.begin_nested():
            session.add(account)
    except IntegrityError:
        raise NameTakenError(f"there is an account named {account.name} already") from None
    return password


async def reset_password(session: AsyncSession, account_id: int, *, random: randomness.Random) -> str:
    """Return a new one-time password for somebody who has lost theirs; log them out everywhere.

    Raises:
        AccountNotFoundError: no account has that id.
    """
    row = await _row(session, account_id)
    await _log_out_everywhere(session, account_id)
    return await _give_one_time_password(row, random=random)


async def choose_password(
    session: AsyncSession, account_id: int, *, password: str, display_name: str | None = None
) -> None:
    """Set the password that its owner has chosen (checked before), and log them out everywhere.

    Raises:
        AccountNotFoundError: no account has that id.
    """
    row = await _row(session, account_id)
    row.password_hash = await hash_password(password)
    row.must_change_password = False
    if display_name is not None and display_name.strip():
        row.display_name = display_name.strip()[:NAME_MAX_LENGTH]
    await _log_out_everywhere(session, account_id)


async def has_password(session: AsyncSession, account_id: int, password: str) -> bool:
    """Tell whether that is the account's present password. Only for its owner, once logged in: nothing is counted."""
    row = await session.get(StaffAccountRow, account_id)
    return row is not None and await password_matches(row.password_hash, password)


async def set_disabled(session: AsyncSession, account_id: int, *, disabled: bool, now: datetime) -> None:
    """Close an account, which logs it out everywhere, or open it again.

    Raises:
        AccountNotFoundError: no account has that id.
        LastAdministratorError: nobody would be left to manage accounts.
    """
    await session.execute(select(func.pg_advisory_xact_lock(advisory_key("cases.staff_account", "administrators"))))
    row = await _row(session, account_id)
    if not disabled:
        row.disabled_at = None
        return
    others = await session.scalar(
        select(func.count())
        .select_from(StaffAccountRow)
        .where(
            StaffAccountRow.role == Role.ADMINISTRATOR,
            StaffAccountRow.disabled_at.is_(None),
            StaffAccountRow.id != account_id,
        )
    )
    if row.role == Role.ADMINISTRATOR and not others:
        raise LastAdministratorError("the last administrator cannot be disabled")
    row.disabled_at = now
    await _log_out_everywhere(session, account_id)


async def list_staff(session: AsyncSession) -> Sequence[StaffAccount]:
    """Return every account, those in use first, by the name that people read."""
    order = (StaffAccountRow.disabled_at.is_not(None), func.lower(StaffAccountRow.display_name), StaffAccountRow.id)
    return [account_of(row) for row in await session.scalars(select(StaffAccountRow).order_by(*order))]


async def display_names(session: AsyncSession, ids: Iterable[str]) -> dict[str, str]:
    """Return the names that people read, by account id as a case's history writes it; unknown ids are left out."""
    numbers = {int(id_) for id_ in ids if id_.isascii() and id_.isdigit()}
    rows = await session.execute(
        select(StaffAccountRow.id, StaffAccountRow.display_name).where(StaffAccountRow.id.in_(numbers))
    )
    return {str(id_): name for id_, name in rows}


def account_of(row: StaffAccountRow) -> StaffAccount:
    """Return the account without its password."""
    return StaffAccount(
        id=row.id,
        name=row.name,
        display_name=row.display_name,
        role=Role(row.role),
        must_change_password=row.must_change_password,
        created_at=row.created_at,
        last_login_at=row.last_login_at,
        disabled_at=row.disabled_at,
    )


async def _row(session: AsyncSession, account_id: int) -> StaffAccountRow:
    row = await session.get(StaffAccountRow, account_id, with_for_update=True)
    if row is None:
        raise AccountNotFoundError(f"no account has the id {account_id}")
    return row


async def _give_one_time_password(row: StaffAccountRow, *, random: randomness.Random) -> str:
    password = new_one_time_password(random)
    row.password_hash = await hash_password(password)
    row.must_change_password = True
    return password


async def _log_out_everywhere(session: AsyncSession, account_id: int) -> None:
    await session.execute(delete(StaffSessionRow).where(StaffSessionRow.account_id == account_id))
