"""Whether eves are days off is the operator's to say; what they say reaches the date that a person is told."""

from __future__ import annotations

import itertools
import json
import random
from datetime import datetime, timedelta

import httpx
import pytest

from cases.app import create_app
from insyn.services import cases_config
from insyn.settings import Settings
from privacy.references import new_case_reference
from tests.cases.conftest import body_of
from tests.conftest import ROOT

pytestmark = pytest.mark.database

VECTORS = [
    vector
    for vector in json.loads((ROOT / "tests/privacy/vectors/deadlines.json").read_text())["vectors"]
    if "due_if_eves" in vector
]


@pytest.mark.parametrize(
    ("said", "key", "extended"), [("", "due", "2026-12-24"), ("true", "due_if_eves", "2026-12-28")]
)
async def test_the_setting_reaches_receipt_explanation_and_extension(
    monkeypatch, database_url, clock, said, key, extended
):
    source = random.Random(3)
    references = (new_case_reference(source) for _ in itertools.count())
    monkeypatch.setenv("INSYN_EVES", said)
    app = create_app(cases_config(Settings(_env_file=None, database_url=database_url)), clock=clock)
    token = Settings(_env_file=None).service_token.get_secret_value()
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://cases/api/v1", headers={"Authorization": f"Bearer {token}"}
    )
    assert VECTORS

    async def registered(reference: str, received: str) -> dict:
        clock.now = datetime.fromisoformat(f"{received}T12:00:00+00:00")
        answer = await client.put(f"/cases/{reference}", json=body_of(received_at=clock.now.isoformat()))
        assert answer.status_code == 201, answer.text
        return answer.json()

    async with app.router.lifespan_context(app), client:
        for vector in VECTORS:
            receipt = await registered(next(references), vector["received"])
            assert receipt["due_on"] == vector[key]
            assert any("afton" in sentence for sentence in receipt["due_explanation"]) is (said == "true")
        await registered(reference := next(references), "2026-09-24")
        clock.now += timedelta(days=3)
        step = {"to": "extended", "version": 1, "officer_id": "4", "note": "Många system"}
        answer = await client.post(f"/cases/{reference}/transitions", json=step)
        assert answer.json()["due_on"] == extended, answer.text
