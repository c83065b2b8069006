"""A dump of the whole database, as somebody may steal it: no number, name, address or word of a person."""

from uuid import uuid4

import pytest

from foundation.database import libpq_url
from tests.insyn.everything import SECRETS, Everything
from tests.insyn.planting import dump, standing

pytestmark = pytest.mark.database


async def test_a_dump_shows_no_number_name_address_or_message(
    sessions, key_ring, clock, database_url, owner_url, monkeypatch
):
    monkeypatch.setenv("INSYN_ENCRYPTION_SECRETS", "a secret for tests")
    everything, conversation_id = Everything(sessions, key_ring, clock), str(uuid4())
    await everything.conversation(conversation_id)
    await everything.case("AR-7K2M-Q941", conversation_id)
    everything.tracker(database_url, conversation_id)

    dumped = dump(libpq_url(owner_url))

    assert conversation_id in dumped, "everything is in it"
    for table in ("cases.case_note", "cases.case_evidence", "cases.case_file", "chat.message", "rasa.events"):
        assert f"INSERT INTO {table} " in dumped, table
    assert standing(dict.fromkeys(SECRETS, ""), dumped) == {}
