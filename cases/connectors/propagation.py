"""Orders every marketing system to stop, in the transaction in which somebody said no."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from cases.connectors.interface import Operation
from cases.drafts import Actor
from cases.storage.connector_orders import insert_order

FIRST: Final = "first"


async def order_suppression(
    session: AsyncSession,
    block_id: int,
    systems: Iterable[str],
    *,
    now: datetime,
    actor: Actor,
    occasion: str = FIRST,
) -> None:
    """Place an order for each system; the same block, system and occasion again is the same order.

    Args:
        session: the transaction that writes the block, or finds that a system missed it.
        block_id: the entry of the suppression list.
        systems: ids of the systems.
        now: the present instant.
        actor: who caused it.
        occasion: what tells this order from earlier ones for the same block and system.
    """
    for system in systems:
        await insert_order(
            session,
            {
                "order_key": f"block:{block_id}:{system}:{occasion}",
                "system": system,
                "operation": Operation.SUPPRESS,
                "block_id": block_id,
                "ordered_at": now,
                "actor_id": actor.id,
            },
        )
