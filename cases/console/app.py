"""The console as a web application of its own, mounted at ``/console`` of the case system's."""

import random as randomness
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from cases.checklists import Checklists
from cases.config import CasesConfig
from cases.connectors.orders import Orders
from cases.connectors.reconciliation import Reconciliation
from cases.connectors.registry import connectors_of
from cases.console.answers import topic_titles
from cases.console.body_limits import BodyLimits
from cases.console.context import Console
from cases.console.edge_client import EdgeClient
from cases.console.edge_conversations import EdgeConversations
from cases.console.guard import PREFIX
from cases.console.headers import SecurityHeaders
from cases.console.letter_post import EdgePost
from cases.console.login import Login
from cases.console.pages import (
    answers,
    blocks,
    cases,
    connectors,
    conversations,
    deliveries,
    files,
    handoffs,
    identity,
    letters,
    login,
    orders,
    packages,
    registering,
    staff,
    start,
    tasks,
)
from cases.console.problems import install_error_pages
from cases.console.rendering import STATIC, Templates
from cases.console.sessions import StaffSessions
from cases.console.throttle import LoginThrottle
from cases.establishing import IdentityRegister
from cases.files.service import CaseFiles
from cases.letters.service import Letters
from cases.letters.templates import load_letters
from cases.number_tasks import NumberTasks
from cases.own_conversations import OwnConversations
from cases.packages.gathering import Gatherer
from cases.packages.service import Packages
from cases.service import CaseService
from cases.shown_conversations import ShownConversations
from cases.storage.sealing import Sealer
from foundation.clock import Clock, system_clock
from foundation.database import Sessions
from privacy.calendar import WorkingCalendar


def mount(
    app: FastAPI,
    config: CasesConfig,
    *,
    service: CaseService,
    sessions: Sessions,
    clock: Clock = system_clock,
    random: randomness.Random | None = None,
    edge_transport: httpx.AsyncBaseTransport | None = None,
) -> FastAPI:
    """Mount the console on the case system's application, whose lifespan also ends the console's connections.

    A mounted application, not a router: errors become pages instead of problem details, and cookies, headers and the
    limit of a form's size are the console's own (docs/adr/0025).

    Args:
        app: the case system's application.
        config: its configuration.
        service: the use cases.
        sessions: the database.
        clock: the time.
        random: makes tokens and one-time passwords; the system's source unless a test wants otherwise.
        edge_transport: another way to the chat edge than the network, for tests.

    Returns:
        The mounted application.
    """
    edge = EdgeClient(config.chat_url, token=config.chat_token, transport=edge_transport)
    random = random or randomness.SystemRandom()
    staff_sessions = StaffSessions(sessions, clock=clock, random=random)
    files = CaseFiles(sessions, key_ring=config.key_ring, clock=clock)
    throttle = LoginThrottle(sessions, key_ring=config.key_ring)
    checklists = Checklists(sessions, key_ring=config.key_ring, clock=clock, register=config.systems)
    systems = connectors_of(config.connectors)
    chat = EdgeConversations(edge)
    console = Console(
        config=config,
        service=service,
        files=files,
        packages=Packages(
            sessions,
            key_ring=config.key_ring,
            clock=clock,
            files=files,
            gatherer=Gatherer(
                sessions,
                sealer=Sealer(config.key_ring),
                register=config.systems,
                conversations=chat,
            ),
        ),
        own_conversations=OwnConversations(sessions, clock=clock, chat=chat, checklists=checklists),
        shown_conversations=ShownConversations(sessions, key_ring=config.key_ring, clock=clock),
        letters=Letters(
            sessions,
            key_ring=config.key_ring,
            clock=clock,
            calendar=WorkingCalendar(eves=config.eves),
            templates=load_letters(config.letters_dir, policy_dir=config.policy_dir),
            mailer=config.mailer,
            chat=EdgePost(edge),
        ),
        checklists=checklists,
        orders=Orders(sessions, systems, key_ring=config.key_ring, clock=clock, files=files, checklists=checklists),
        number_tasks=NumberTasks(sessions, key_ring=config.key_ring, clock=clock, register=config.systems),
        reconciliation=Reconciliation(sessions, systems, key_ring=config.key_ring, clock=clock),
        connected={system: connector.operations for system, connector in systems.items()},
        identities=IdentityRegister(
            sessions, key_ring=config.key_ring, clock=clock, calendar=WorkingCalendar(eves=config.eves)
        ),
        sessions=sessions,
        staff_sessions=staff_sessions,
        login=Login(sessions, throttle=throttle, staff_sessions=staff_sessions, clock=clock),
        edge=edge,
        topic_titles=topic_titles(config.policy_dir),
        templates=Templates(),
        clock=clock,
        random=random,
    )
    pages = _pages(console)
    app.mount(PREFIX, SecurityHeaders(pages, is_secure=console.is_secure), name="console")
    _close_with(app, edge)
    return pages


def _pages(console: Console) -> FastAPI:
    pages = FastAPI(openapi_url=None)
    pages.state.console = console
    for module in (
        start,
        login,
        registering,
        cases,
        files,
        packages,
        letters,
        tasks,
        identity,
        orders,
        conversations,
        blocks,
        connectors,
        handoffs,
        answers,
        staff,
        deliveries,
    ):
        pages.include_router(module.router)
    pages.mount("/static", StaticFiles(directory=STATIC), name="static")
    pages.add_middleware(BodyLimits)
    install_error_pages(pages)
    return pages


def _close_with(app: FastAPI, edge: EdgeClient) -> None:
    """Join the application's lifespan; a mounted application has none of its own."""
    outer = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(of: FastAPI) -> AsyncIterator[Any]:
        async with outer(of) as state, edge:
            yield state

    app.router.lifespan_context = lifespan
