"""A no to direct marketing: at once, once, without a login."""

import asyncio
from collections import Counter

import pytest
from sqlalchemy import select

from cases.drafts import Actor, MarketingChannel
from cases.errors import MarketingBlockNotFoundError
from cases.storage.register_rows import RegisterEventRow
from cases.storage.rows import OutboxMessageRow

pytestmark = pytest.mark.database

BASE = "/api/v1/marketing-blocks"


def block(**changes) -> dict:
    return {"channel": "email", "address": "Anna@Example.se", "received_at": "2026-03-10T08:00:00Z"} | changes


async def test_an_address_is_blocked_at_once_with_a_receipt(api, service, references, clock):
    answer = await api.put(f"{BASE}/{(reference := next(references))}", json=block())

    assert answer.status_code == 201
    assert answer.json() == {
        "reference": reference,
        "channel": "email",
        "address_masked": "a***@example.se",
        "effective_at": clock().isoformat().replace("+00:00", "Z"),
    }
    assert await service.is_blocked(MarketingChannel.EMAIL, "anna@example.se")
    assert not await service.is_blocked(MarketingChannel.EMAIL, "bo@example.se")


async def test_a_number_is_blocked_however_it_is_written(api, service, references):
    answer = await api.put(f"{BASE}/{next(references)}", json=block(channel="phone", address="070-123 45 67"))

    assert answer.json()["address_masked"] == "+46*******67"
    assert await service.is_blocked(MarketingChannel.PHONE, "+46 70 123 45 67")
    assert not await service.is_blocked(MarketingChannel.PHONE, "070-123 45 68")


async def test_the_same_no_again_is_the_same_receipt(api, references, clock):
    first = await api.put(f"{BASE}/{(reference := next(references))}", json=block())
    clock.advance(hours=1)

    again = await api.put(f"{BASE}/{reference}", json=block())

    assert (again.status_code, again.json()) == (200, first.json())
    assert (await api.get(f"{BASE}/{reference}")).json() == first.json()


async def test_another_no_under_the_same_reference_is_a_conflict_and_blocks_nothing(api, service, references):
    await api.put(f"{BASE}/{(reference := next(references))}", json=block())

    conflict = await api.put(f"{BASE}/{reference}", json=block(address="bo@example.se"))

    assert (conflict.status_code, conflict.json()["type"]) == (409, "urn:insyn:problem:reference-taken")
    assert not await service.is_blocked(MarketingChannel.EMAIL, "bo@example.se")


async def test_who_says_no_twice_keeps_the_earlier_day(api, references, clock):
    first = (await api.put(f"{BASE}/{next(references)}", json=block())).json()
    clock.advance(days=2)

    second = await api.put(f"{BASE}/{next(references)}", json=block(address="anna@example.se"))

    assert second.status_code == 201
    assert second.json()["effective_at"] == first["effective_at"]


class TestLifting:
    """Only its owner can wish it; what is lifted holds again from the next no on."""

    async def test_it_no_longer_holds_and_who_lifted_it_is_written_down_and_told(
        self, api, service, references, sessions, clock
    ):
        await api.put(f"{BASE}/{(reference := next(references))}", json=block())
        clock.advance(days=3)

        assert await service.lift_marketing_block(reference, actor=Actor.officer("4"))
        assert not await service.lift_marketing_block(reference, actor=Actor.officer("5"))

        assert not await service.is_blocked(MarketingChannel.EMAIL, "anna@example.se")
        async with sessions() as session:
            [line] = await session.scalars(select(RegisterEventRow).where(RegisterEventRow.kind == "block_lifted"))
            told = (await session.scalars(select(OutboxMessageRow).order_by(OutboxMessageRow.id))).all()
        assert (line.actor_id, line.facts["reference"], line.occurred_at) == ("4", reference, clock())
        assert [message.kind for message in told] == ["marketing_block.created", "marketing_block.lifted"]
        assert "anna" not in str(line.facts).casefold()
        assert (await service.read_marketing_block(reference)).address_masked == "–"

    async def test_a_no_that_is_sent_again_late_does_not_block_what_was_lifted(self, api, service, references):
        await api.put(f"{BASE}/{(reference := next(references))}", json=block())
        await service.lift_marketing_block(reference, actor=Actor.officer("4"))

        assert (await api.put(f"{BASE}/{reference}", json=block())).status_code == 200

        assert not await service.is_blocked(MarketingChannel.EMAIL, "anna@example.se")

    async def test_a_new_no_holds_from_its_own_day(self, api, service, references, clock):
        await api.put(f"{BASE}/{(reference := next(references))}", json=block())
        await service.lift_marketing_block(reference, actor=Actor.officer("4"))
        clock.advance(days=3)

        again = await api.put(f"{BASE}/{next(references)}", json=block())

        assert again.json()["effective_at"] == clock().isoformat().replace("+00:00", "Z")
        assert await service.is_blocked(MarketingChannel.EMAIL, "anna@example.se")

    async def test_what_is_not_there_cannot_be_lifted(self, service, references):
        with pytest.raises(MarketingBlockNotFoundError):
            await service.lift_marketing_block(next(references), actor=Actor.officer("4"))


async def test_fifty_at_once_are_one_entry(api, service, references):
    reference = next(references)
    others = [next(references) for _ in range(10)]

    same, different = await asyncio.gather(
        asyncio.gather(*(api.put(f"{BASE}/{reference}", json=block()) for _ in range(50))),
        asyncio.gather(*(api.put(f"{BASE}/{other}", json=block()) for other in others)),
    )

    assert Counter(answer.status_code for answer in same) == {201: 1, 200: 49}
    assert {answer.status_code for answer in different} == {201}
    assert len({answer.json()["effective_at"] for answer in [*same, *different]}) == 1
    assert len((await service.list_marketing_blocks()).items) == 11


@pytest.mark.parametrize(
    "changes", [{"address": "anna"}, {"address": "070-123 45 67"}, {"channel": "phone"}, {"channel": "fax"}]
)
async def test_what_is_no_address_is_refused_without_being_repeated(api, references, changes):
    answer = await api.put(f"{BASE}/{next(references)}", json=block(**changes))

    assert answer.status_code == 422
    assert "nna@" not in answer.text


async def test_receipts_are_listed_newest_first_in_pages(api, service, references):
    made = []
    for number in range(5):
        made.append(reference := next(references))
        await api.put(f"{BASE}/{reference}", json=block(address=f"a{number}@example.se"))

    listed, cursor = [], None
    for _ in range(3):
        page = await service.list_marketing_blocks(limit=2, cursor=cursor)
        listed += [receipt.reference for receipt in page.items]
        cursor = page.next_cursor

    assert listed == made[::-1]
    assert cursor is None
