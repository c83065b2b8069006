"""Logging in: throttled by name and by address, and as slow for a name that does not exist as for one that does."""

from sqlalchemy import select, update

from cases.console.accounts import StaffAccount, normalise_name
from cases.console.errors import InvalidCredentialsError
from cases.console.passwords import password_matches
from cases.console.sessions import StaffSessions
from cases.console.storage import StaffAccountRow
from cases.console.throttle import LoginThrottle
from cases.drafts import CONSOLE, Actor
from cases.register_log import RegisterEventKind, note
from foundation.clock import Clock
from foundation.database import Sessions


class Login:
    """Turns a name and a password into a session."""

    def __init__(
        self, sessions: Sessions, *, throttle: LoginThrottle, staff_sessions: StaffSessions, clock: Clock
    ) -> None:
        self._sessions = sessions
        self._throttle = throttle
        self._staff_sessions = staff_sessions
        self._clock = clock

    async def log_in(self, *, name: str, password: str, address: str) -> str:
        """Return the cookie of a new session.

        Raises:
            TooManyAttemptsError: the name or the address has used up its tries; the password was not looked at.
            InvalidCredentialsError: wrong, unknown or disabled; which one is not told, nor shown by the time it takes.
        """
        account_id = await self._verified_account_id(name=normalise_name(name), password=password, address=address)
        now = self._clock()
        async with self._sessions.begin() as session:
            await session.execute(
                update(StaffAccountRow).where(StaffAccountRow.id == account_id).values(last_login_at=now)
            )
            await note(session, RegisterEventKind.LOGGED_IN, actor=Actor.officer(str(account_id)), now=now)
        return await self._staff_sessions.begin(account_id)

    async def check_password(self, account: StaffAccount, password: str, *, address: str) -> None:
        """Make sure that whoever sits there knows the account's password; errors as :meth:`log_in`."""
        await self._verified_account_id(name=account.name, password=password, address=address)

    async def _verified_account_id(self, *, name: str, password: str, address: str) -> int:
        tries = await self._throttle.admit(name=name, address=address, now=self._clock())
        async with self._sessions() as session:
            account = await session.scalar(select(StaffAccountRow).where(StaffAccountRow.name == name))
        is_right = await password_matches(account.password_hash if account else None, password)
        if account is None or not is_right or account.disabled_at is not None:
            await self._note_failure(account)
            raise InvalidCredentialsError("name and password do not belong together")
        await self._throttle.forgive(tries, name=name)
        return account.id

    async def _note_failure(self, account: StaffAccountRow | None) -> None:
        """Keep that somebody tried; the name that was typed may be a password, so only an account's number is kept."""
        facts = {"account_id": None if account is None else account.id}
        async with self._sessions.begin() as session:
            await note(session, RegisterEventKind.LOGIN_FAILED, actor=CONSOLE, now=self._clock(), facts=facts)
