"""The trained model, loaded once, and conversations with it."""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from rasa.core.agent import Agent

from bot.rasa.action_results import read_the_schema_once
from bot.rasa.event_kinds import look_up_kinds_once
from insyn.training import ensure_model
from tests.actions.fakes import Fakes
from tests.conversations.dialogue import Dialogue, InProcessActions

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session")
def trained_model() -> Path:
    """A model of the data as they stand, trained if it is not; ``INSYN_TEST_MODEL`` names another one."""
    given = os.environ.get("INSYN_TEST_MODEL")
    if given:
        return Path(given)
    directory = ROOT / ".insyn-test"
    directory.mkdir(exist_ok=True)
    with (directory / "train.lock").open("w") as lock:  # several workers of pytest may come here at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        return ensure_model(directory / "train.log")


@pytest.fixture(scope="session", autouse=True)
def quiet() -> None:
    """Rasa describes every step it takes, at length, which is most of what a turn costs here."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


@pytest.fixture(scope="session")
def endpoint() -> InProcessActions:
    return InProcessActions()


@pytest.fixture(scope="session")
def agent(trained_model: Path, endpoint: InProcessActions) -> Agent:
    read_the_schema_once()  # as the channel does
    look_up_kinds_once()
    return Agent.load(trained_model, action_endpoint=endpoint)


@pytest.fixture
def fakes() -> Fakes:
    return Fakes()


@pytest.fixture
def dialogue(agent: Agent, endpoint: InProcessActions, fakes: Fakes) -> Iterator[Dialogue]:
    """A new conversation of a visitor."""
    endpoint.use(fakes.services)
    endpoint.failures.clear()
    yield Dialogue(agent, fakes)
    assert endpoint.failures == []
