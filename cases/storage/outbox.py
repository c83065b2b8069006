"""The outbox: what other systems are to hear, written where it happened."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, Insert, insert, literal, select, true, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from cases.storage.rows import OutboxMessageRow, WebhookDeliveryRow, WebhookEndpointRow


async def add_message(session: AsyncSession, values: Mapping[str, Any]) -> None:
    """Put a message in the outbox, with a delivery (and so a job) for each receiver in use; ``values`` by column."""
    message = insert(OutboxMessageRow).values(values).returning(OutboxMessageRow.id).cte("message")
    await session.execute(deliveries_of(message))


def deliveries_of(message: CTE) -> Insert:
    """Return the statement that makes a delivery of an inserted message for each receiver in use."""
    receivers = (
        select(message.c.id, WebhookEndpointRow.name)
        .join_from(message, WebhookEndpointRow, true())
        .where(WebhookEndpointRow.removed_at.is_(None))
    )
    return insert(WebhookDeliveryRow).from_select(["outbox_message_id", "endpoint_name"], receivers)


async def register_endpoints(session: AsyncSession, names: Iterable[str], *, now: datetime) -> None:
    """Make the database know exactly these receivers. Messages from now on are for them."""
    wanted = list(names)
    await session.execute(
        update(WebhookEndpointRow)
        .where(WebhookEndpointRow.name.not_in(wanted), WebhookEndpointRow.removed_at.is_(None))
        .values(removed_at=now)
    )
    for name in wanted:
        statement = upsert(WebhookEndpointRow).values(name=name, registered_at=now)
        await session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"removed_at": None}))


async def delivery_with_message(
    session: AsyncSession, delivery_id: int, *, for_update: bool = False
) -> tuple[WebhookDeliveryRow, OutboxMessageRow] | None:
    """Return a delivery and what it delivers."""
    statement = (
        select(WebhookDeliveryRow, OutboxMessageRow)
        .join(OutboxMessageRow, OutboxMessageRow.id == WebhookDeliveryRow.outbox_message_id)
        .where(WebhookDeliveryRow.id == delivery_id)
    )
    if for_update:
        statement = statement.with_for_update(of=WebhookDeliveryRow)
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else (row[0], row[1])


async def unfinished_deliveries(session: AsyncSession, *, state: str, limit: int) -> Sequence[WebhookDeliveryRow]:
    """Return deliveries that are ``pending`` or ``dead``, oldest first."""
    statement = (
        select(WebhookDeliveryRow)
        .where(WebhookDeliveryRow.state == literal(state))
        .order_by(WebhookDeliveryRow.id)
        .limit(limit)
    )
    return (await session.scalars(statement)).all()
