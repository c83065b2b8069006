"""The case system's HTTP service: the API, the staff console and the health answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Depends, FastAPI
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from cases import console
from cases.api import marketing_systems as marketing_systems_routes
from cases.api import own_cases, packages, routes, tasks
from cases.api.problems import install_case_problems
from cases.api.tokens import TokenGate
from cases.checklists import Checklists
from cases.config import CasesConfig
from cases.connectors.orders import Orders
from cases.connectors.registry import connectors_of, marketing_systems
from cases.files.service import CaseFiles
from cases.number_tasks import NumberTasks
from cases.own_cases import OwnCases
from cases.packages.fetching import Fetching
from cases.service import CaseService
from cases.storage.outbox import register_endpoints
from cases.storage.rows import CaseRow
from foundation.clock import Clock, system_clock
from foundation.database import Sessions, create_engine, session_factory
from foundation.problems import Problem, ProblemError, install_problem_handlers
from privacy.calendar import WorkingCalendar


def create_app(config: CasesConfig, *, clock: Clock = system_clock) -> FastAPI:
    """Return the ASGI application.

    Connects to nothing before the first request, so that it can be made where no database is.
    """
    engine = create_engine(config.database_url, application_name="insyn cases")
    sessions = session_factory(engine)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with sessions.begin() as session:
            names = [endpoint.name for endpoint in config.webhooks]
            await register_endpoints(session, names, now=clock())
        yield
        await engine.dispose()

    app = FastAPI(
        title="Insyn: case system",
        version="1",
        summary="Requests from data subjects as cases with a deadline, a history and an outcome set by a person.",
        lifespan=lifespan,
    )
    calendar = WorkingCalendar(eves=config.eves)
    app.state.case_service = service = CaseService(
        sessions,
        key_ring=config.key_ring,
        clock=clock,
        calendar=calendar,
        systems=config.systems,
        marketing_systems=marketing_systems(config.connectors),
    )
    app.state.own_cases = OwnCases(sessions, key_ring=config.key_ring, clock=clock, calendar=calendar)
    files = CaseFiles(sessions, key_ring=config.key_ring, clock=clock)
    app.state.checklists = checklists = Checklists(
        sessions, key_ring=config.key_ring, clock=clock, register=config.systems
    )
    app.state.orders = Orders(
        sessions,
        connectors_of(config.connectors),
        key_ring=config.key_ring,
        clock=clock,
        files=files,
        checklists=checklists,
    )
    app.state.number_tasks = NumberTasks(sessions, key_ring=config.key_ring, clock=clock, register=config.systems)
    app.state.fetching = Fetching(sessions, key_ring=config.key_ring, clock=clock, files=files)
    install_problem_handlers(app)
    install_case_problems(app)
    app.state.gate = gate = TokenGate(config.service_tokens, sessions, clock)
    for router in (
        routes.direct_router,
        routes.router,
        tasks.router,
        own_cases.router,
        packages.router,
        marketing_systems_routes.router,
    ):
        app.include_router(router, dependencies=[Depends(gate)])
    _add_health(app, sessions)
    console.mount(app, config, service=service, sessions=sessions, clock=clock)
    return app


def _add_health(app: FastAPI, sessions: Sessions) -> None:
    unwell: dict[int | str, dict[str, Any]] = {503: {"model": Problem, "description": "The database cannot be used"}}

    @app.get("/health", summary="Can this service do its work?", responses=unwell)
    async def health() -> dict[str, str]:
        try:
            async with sessions() as session:
                await session.execute(select(CaseRow.id).limit(1))
        except (DBAPIError, SQLAlchemyError, OSError):
            raise ProblemError(503, "database-unavailable", "The database cannot be used") from None
        return {"status": "ok"}
