"""How far a no to marketing has come in each connected system."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Request
from pydantic import ConfigDict, Field

from cases.api.problems import answers
from cases.api.schemas import Given
from cases.connectors.interface import Outcome
from cases.connectors.orders import Orders
from cases.errors import MarketingBlockNotFoundError

router = APIRouter(prefix="/api/v1")


class SystemState(Given):
    """One system's part in a marketing block. The block itself holds from its own instant, whatever stands here."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "system": "mailchimp",
                    "state": "done",
                    "outcome": "done",
                    "attempts": 1,
                    "ordered_at": "2026-03-10T09:00:00Z",
                    "last_attempt_at": "2026-03-10T09:00:01Z",
                    "done_at": "2026-03-10T09:00:01Z",
                }
            ]
        },
    )

    system: str = Field(description="Its id in the register of systems")
    state: Literal["pending", "done", "dead"]
    outcome: Outcome | None = Field(description="done, already (it was so before), absent (nobody with that address)")
    attempts: int
    ordered_at: datetime
    last_attempt_at: datetime | None
    done_at: datetime | None


class SystemStates(Given):
    """Every system to which a marketing block was sent; none for a number, which no connected system knows."""

    items: list[SystemState]


async def _orders(request: Request) -> Orders:
    orders: Orders = request.app.state.orders
    return orders


@router.get(
    "/marketing-blocks/{reference}/systems",
    summary="Read how far a marketing block has come in each system",
    responses=answers(404),
)
async def read_systems(
    reference: Annotated[str, Path(examples=["AR-7K2M-Q941"])], orders: Annotated[Orders, Depends(_orders)]
) -> SystemStates:
    """Return the newest order to each system."""
    found = await orders.of_receipts([reference])
    if reference not in found:
        raise MarketingBlockNotFoundError(reference)
    return SystemStates(items=[SystemState.model_validate(order) for order in found[reference]])
