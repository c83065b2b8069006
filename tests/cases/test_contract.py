"""The whole OpenAPI document, called with whatever it allows and much that it does not: no 5xx, no undocumented answer.

``INSYN_SCHEMATHESIS_EXAMPLES`` asks for more than the few examples an operation that fit into every run.
"""

import asyncio
import os
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from cases.app import create_app
from cases.config import CasesConfig
from cases.service import CaseService
from foundation.database import create_engine, session_factory
from privacy.calendar import WorkingCalendar
from privacy.references import new_case_reference
from tests.cases.conftest import TOKEN

pytestmark = pytest.mark.database

EXAMPLES = int(os.environ.get("INSYN_SCHEMATHESIS_EXAMPLES", "25"))
CASES = 12
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@contextmanager
def served(app) -> Iterator[str]:
    """Serve an application on loopback while the block runs."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        thread.join(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)


async def fill(config: CasesConfig, clock, draft) -> list[str]:
    """Register some cases, so that references can be ones that exist."""
    engine, source = create_engine(config.database_url), random.Random(4)
    service = CaseService(session_factory(engine), key_ring=config.key_ring, clock=clock, calendar=WorkingCalendar())
    references = [new_case_reference(source) for _ in range(CASES)]
    for reference in references:
        await service.register(replace(draft, reference=reference))
    await engine.dispose()
    return references


def test_every_operation_answers_as_documented(config: CasesConfig, clock, draft):
    references = asyncio.run(fill(config, clock, draft))
    with served(create_app(config, clock=clock)) as url:
        schema = schemathesis.openapi.from_url(f"{url}/openapi.json")
        operations = [operation.ok() for operation in schema.get_all_operations()]
        assert len(operations) >= 12
        for operation in operations:
            _call(operation, references)


def _call(operation, references: list[str]) -> None:
    methods = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]
    cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in methods))

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, known=st.sampled_from([None, *references]))
    def check(case, known) -> None:
        if known is not None and "reference" in (case.path_parameters or {}):
            case.path_parameters["reference"] = known
        case.call_and_validate(headers={"Authorization": f"Bearer {TOKEN}"}, checks=CHECKS)

    check()
