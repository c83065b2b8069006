"""``insyn audit readers``: which officers were shown a conversation."""

from __future__ import annotations

from uuid import UUID

from rich.table import Table
from sqlalchemy import select

from cases.console.accounts import display_names
from cases.shown_conversations import ShownConversations
from cases.storage.rows import CaseRow
from foundation.clock import system_clock
from foundation.database import Sessions
from insyn.errors import InsynError
from insyn.settings import Settings
from insyn.upkeep import with_database
from privacy.references import normalise_case_reference
from privacy.swedish_dates import STOCKHOLM


def readers(config: Settings, wanted: str) -> Table:
    """Return who was shown a conversation, when, and whether they followed it live.

    Args:
        config: the settings.
        wanted: the conversation's id, or the reference of a case that it led to.

    Raises:
        InsynError: it is neither, or no conversation is known to belong to the case.
    """

    async def work(sessions: Sessions) -> Table:
        shown = ShownConversations(sessions, key_ring=config.key_ring(), clock=system_clock)
        showings = await shown.of(await _conversation(sessions, wanted))
        async with sessions() as session:
            names = await display_names(session, {showing.actor_id for showing in showings})
        table = Table("When (Stockholm)", "Account", "Who", "How")
        for one in showings:
            at = one.at.astimezone(STOCKHOLM).isoformat(sep=" ", timespec="seconds")
            table.add_row(at, one.actor_id, names.get(one.actor_id, ""), "followed live" if one.is_live else "opened")
        return table

    return with_database(config, work)


async def _conversation(sessions: Sessions, wanted: str) -> UUID:
    reference = normalise_case_reference(wanted)
    if reference is None:
        try:
            return UUID(wanted)
        except ValueError:
            raise InsynError(f"{wanted} is neither a conversation's id nor a case's reference") from None
    async with sessions() as session:
        found = await session.scalar(select(CaseRow.conversation_id).where(CaseRow.reference == reference))
    if found is None:
        raise InsynError(f"no conversation is known to belong to a case {reference}")
    return found
