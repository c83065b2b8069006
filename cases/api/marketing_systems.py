"""How far a no to marketing has come in each connected system."""

from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Path, Request
from pydantic import ConfigDict, Field

from cases.api.problems import answers
from cases.api.schemas import Given
from cases.connectors.interface import Outcome
from cases.connectors.orders import Orders
from cases.errors import MarketingBlockNotFoundError
from cases.number_tasks import NumberTask, NumberTasks
from privacy.checklist import TaskState

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
    state: Literal["pending", "done", "dead", "by_hand"] = Field(
        description="`by_hand`: a number, which somebody on the staff is yet to block there"
    )
    outcome: Outcome | None = Field(
        description="done, already (it was so before), absent (nobody with that address or number)"
    )
    attempts: int
    ordered_at: datetime
    last_attempt_at: datetime | None
    done_at: datetime | None


class SystemStates(Given):
    """Every system that a marketing block is to reach: an address by the connected ones, a number by hand."""

    items: list[SystemState]


_OUTCOMES: Final = MappingProxyType({TaskState.DONE: Outcome.DONE, TaskState.NOT_APPLICABLE: Outcome.ABSENT})


async def _number_tasks(request: Request) -> NumberTasks:
    number_tasks: NumberTasks = request.app.state.number_tasks
    return number_tasks


async def _orders(request: Request) -> Orders:
    orders: Orders = request.app.state.orders
    return orders


@router.get(
    "/marketing-blocks/{reference}/systems",
    summary="Read how far a marketing block has come in each system",
    responses=answers(404),
)
async def read_systems(
    reference: Annotated[str, Path(examples=["AR-7K2M-Q941"])],
    orders: Annotated[Orders, Depends(_orders)],
    number_tasks: Annotated[NumberTasks, Depends(_number_tasks)],
) -> SystemStates:
    """Return the newest order to each system, or what staff have done about a number in each."""
    found = await orders.of_receipts([reference])
    if reference not in found:
        raise MarketingBlockNotFoundError(reference)
    tasks = (await number_tasks.of_receipts([reference])).get(reference, ())
    items = [SystemState.model_validate(order) for order in found[reference]]
    return SystemStates(items=[*items, *(_by_hand(task) for task in tasks)])


def _by_hand(task: NumberTask) -> SystemState:
    return SystemState(
        system=task.system,
        state="done" if task.state.is_settled else "by_hand",
        outcome=_OUTCOMES.get(task.state),
        attempts=0,
        ordered_at=task.made_at,
        last_attempt_at=None,
        done_at=task.changed_at if task.state.is_settled else None,
    )
