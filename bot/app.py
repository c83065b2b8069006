"""The chat edge, put together: the composition root of ``bot/``."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import httpx
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.middleware.gzip import GZipMiddleware

from bot.assets import Assets
from bot.attention import Attention
from bot.config import BotConfig
from bot.conversations import Conversations
from bot.erasure import ConversationEraser
from bot.feedback import FeedbackBook
from bot.gate import Gate
from bot.handoff import Handoffs
from bot.identifications import Identifications
from bot.limits import Addresses, Buckets, Occupancy
from bot.package_client import PackageClient
from bot.packages import Packages
from bot.pages import Pages
from bot.rasa_client import RasaClient
from bot.refusals import Refusals
from bot.routes import internal, packages, public, site
from bot.schemas import IdentificationView
from bot.services import Services
from bot.store import ConversationStore
from bot.stream import Streams
from bot.tables import CHANNEL
from bot.texts import Texts
from bot.turns import TurnRunner
from bot.typed_codes import TypedCodes
from bot.waiting import Waiting
from foundation.clock import Clock, system_clock
from foundation.database import create_engine, session_factory
from foundation.notify import Listener
from foundation.problems import install_problem_handlers
from foundation.service_auth import require_service_token
from identity.bankid import BankIdClient
from identity.broker import Broker
from identity.watch import watch_certificate

log = logging.getLogger(__name__)


def create_app(
    config: BotConfig,
    *,
    clock: Clock = system_clock,
    rasa_transport: httpx.AsyncBaseTransport | None = None,
    bankid_transport: httpx.AsyncBaseTransport | None = None,
    cases_transport: httpx.AsyncBaseTransport | None = None,
) -> FastAPI:
    """Return the chat edge.

    Args:
        config: all that it needs to know.
        clock: the present instant.
        rasa_transport: another way to Rasa than the network, for tests.
        bankid_transport: another way to BankID than the network, for tests.
        cases_transport: another way to the case system than the network, for tests.
    """
    logging.getLogger("sse_starlette").setLevel(logging.WARNING)  # at debug it prints every event, texts and all
    logging.getLogger("psycopg").setLevel(logging.ERROR)  # it warns of each browser that leaves during a query
    texts = Texts.read(config.texts, conversations_kept=config.retention.conversations)
    refusals = Refusals(texts)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with _running(config, texts, refusals, clock, rasa_transport, bankid_transport, cases_transport) as parts:
            app.state.services = parts
            yield

    app = FastAPI(
        title="Insyn chat edge",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    install_problem_handlers(app)
    _speak_swedish(app, refusals)
    app.add_middleware(GZipMiddleware)  # leaves the event stream as it is, and what is compressed already
    app.add_middleware(Gate, config=config, refusals=refusals)
    app.include_router(public.router)
    app.include_router(packages.router)
    app.include_router(internal.router, dependencies=[Depends(require_service_token(config.service_tokens))])
    app.include_router(site.router)
    app.mount("/widget", Assets(config.static_dir))
    app.mount("/static", Assets(config.static_dir))
    return app


@contextlib.asynccontextmanager
async def _running(
    config: BotConfig,
    texts: Texts,
    refusals: Refusals,
    clock: Clock,
    rasa_transport: httpx.AsyncBaseTransport | None,
    bankid_transport: httpx.AsyncBaseTransport | None,
    cases_transport: httpx.AsyncBaseTransport | None,
) -> AsyncIterator[Services]:
    async with contextlib.AsyncExitStack() as stack:
        engine = create_engine(config.database_url, application_name="insyn-chat")
        stack.push_async_callback(engine.dispose)
        sessions, store = session_factory(engine), ConversationStore(config.key_ring)
        rasa = await stack.enter_async_context(
            RasaClient(
                config.rasa_url,
                token=config.service_tokens[0],
                answer_within_s=config.turns.answer_within_s,
                transport=rasa_transport,
            )
        )
        broker = await _broker(config, sessions, clock, bankid_transport, stack)
        waiting = Waiting(config.staff_hours)
        handoffs = Handoffs(
            sessions=sessions, store=store, waiting=waiting, texts=texts, refusals=refusals, clock=clock
        )
        pages = Pages(
            config.templates_dir,
            config.policy_dir,
            privacy_page=config.privacy_page,
            retention=config.retention,
            session_idle=config.session_idle,
        )
        fetching = Packages(
            broker=broker,
            cases=await _package_client(config, cases_transport, stack),
            sessions=sessions,
            store=store,
            texts=texts,
            clock=clock,
            controller=pages.controller,
        )
        attention = Attention(texts, pages.company)
        conversations = Conversations(
            sessions=sessions,
            store=store,
            handoffs=handoffs,
            waiting=waiting,
            packages=fetching,
            texts=texts,
            attention=attention,
            refusals=refusals,
            clock=clock,
            config=config,
        )
        turns = TurnRunner(
            engine=engine,
            sessions=sessions,
            store=store,
            rasa=rasa,
            texts=texts,
            attention=attention,
            clock=clock,
            times=config.turns,
        )
        identifications = Identifications(
            broker=broker,
            sessions=sessions,
            store=store,
            turns=turns,
            packages=fetching,
            refusals=refusals,
            clock=clock,
        )
        listener = Listener(config.database_url, CHANNEL)

        def streams(current_identification: Any) -> Streams:
            return Streams(
                sessions=sessions,
                store=store,
                conversations=conversations,
                listener=listener,
                current_identification=current_identification,
                clock=clock,
            )

        parts = Services(
            config=config,
            sessions=sessions,
            store=store,
            conversations=conversations,
            eraser=ConversationEraser(engine=engine, sessions=sessions, store=store),
            handoffs=handoffs,
            identifications=identifications,
            typed_codes=TypedCodes(
                conversations=conversations,
                identifications=identifications,
                sessions=sessions,
                store=store,
                texts=texts,
                clock=clock,
            ),
            packages=fetching,
            feedback=FeedbackBook(sessions=sessions, key_ring=config.key_ring, refusals=refusals, clock=clock),
            turns=turns,
            streams=streams(identifications.current),
            staff_streams=streams(_no_identification),
            listener=listener,
            pages=pages,
            refusals=refusals,
            addresses=Addresses(tuple(config.trusted_proxies)),
            messages_of_session=Buckets(config.limits.messages_per_session),
            messages_of_address=Buckets(config.limits.messages_per_address),
            sessions_of_address=Buckets(config.limits.sessions_per_address),
            open_streams=Occupancy(config.limits.streams_per_session),
        )
        stack.push_async_callback(turns.stop)
        work = {"listener": listener.run(), "turns": turns.run(), "identifications": identifications.run()}
        if config.identity is not None:
            work["certificate"] = watch_certificate(config.identity.client, clock=clock)
        await stack.enter_async_context(_tasks(**work))
        yield parts


async def _package_client(
    config: BotConfig, transport: httpx.AsyncBaseTransport | None, stack: contextlib.AsyncExitStack
) -> PackageClient | None:
    if config.cases_url is None:
        return None
    client = PackageClient(config.cases_url, token=config.service_tokens[0], transport=transport)
    return await stack.enter_async_context(client)


async def _broker(
    config: BotConfig,
    sessions: Any,
    clock: Clock,
    transport: httpx.AsyncBaseTransport | None,
    stack: contextlib.AsyncExitStack,
) -> Broker | None:
    if config.identity is None:
        return None
    client = await stack.enter_async_context(BankIdClient(config.identity.client, transport=transport))
    return Broker(sessions, client, config.key_ring, clock, config.identity.broker, config.identity.code_mail)


@contextlib.asynccontextmanager
async def _tasks(**coroutines: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run what has to run beside the requests; what breaks is said, and the process's health shows it."""
    tasks = [asyncio.create_task(coroutine, name=name) for name, coroutine in coroutines.items()]
    for task in tasks:
        task.add_done_callback(_say_if_broken)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _say_if_broken(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("background task %s broke: %s", task.get_name(), type(error).__name__)


async def _no_identification(_conversation_id: str) -> IdentificationView | None:
    return None


def _speak_swedish(app: FastAPI, refusals: Refusals) -> None:
    """Give the errors that no route raised itself a sentence that a visitor can read."""

    @app.exception_handler(RequestValidationError)
    async def malformed(_request: Request, error: RequestValidationError) -> Response:
        problem = refusals.malformed()
        if not any(item["type"] == "json_invalid" for item in error.errors()):
            problem.status = 422
        # what was sent is not repeated: neither here nor in a log
        errors = [{"loc": [str(part) for part in item["loc"]], "type": item["type"]} for item in error.errors()]
        problem.extensions = {**problem.extensions, "errors": errors}
        return problem.response()
