"""The three systems' simulators, served over real HTTP, and connectors that reach them."""

from contextlib import suppress
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import text

from cases.checklists import Checklists
from cases.connectors.config import ConnectorConfig, HubspotConfig, MailchimpConfig, TeamtailorConfig
from cases.connectors.http import Patience
from cases.connectors.hubspot import Hubspot
from cases.connectors.mailchimp import Mailchimp
from cases.connectors.orders import OrderFailedError, Orders
from cases.connectors.registry import connectors_of, marketing_systems
from cases.connectors.simulators import create_app
from cases.connectors.simulators import hubspot as hubspot_simulator
from cases.connectors.simulators import mailchimp as mailchimp_simulator
from cases.connectors.simulators import teamtailor as teamtailor_simulator
from cases.connectors.simulators.hubspot import HubspotState
from cases.connectors.simulators.mailchimp import MailchimpState
from cases.connectors.simulators.teamtailor import TeamtailorState
from cases.connectors.teamtailor import Teamtailor
from cases.drafts import MarketingBlockDraft, MarketingChannel
from cases.files.service import CaseFiles
from cases.service import CaseService
from privacy.calendar import WorkingCalendar
from tests.cases.console.serving import served
from tests.register import REGISTER

ANNA = "anna@example.se"
KARL = "karl@example.se"


@dataclass
class Systems:
    """The other systems as they are, and what was slept through by whoever called them."""

    url: str = ""
    mailchimp: MailchimpState = field(default_factory=MailchimpState)
    hubspot: HubspotState = field(default_factory=HubspotState)
    teamtailor: TeamtailorState = field(default_factory=TeamtailorState)
    slept: list[float] = field(default_factory=list)

    def patience(self, **changes) -> Patience:
        return Patience(**({"answer_timeout_s": 5.0, "sleep": self.slept.append} | changes))

    def configs(self) -> tuple[ConnectorConfig, ...]:
        return (
            MailchimpConfig(mailchimp_simulator.API_KEY, url=f"{self.url}/mailchimp/3.0"),
            HubspotConfig(hubspot_simulator.TOKEN, url=f"{self.url}/hubspot"),
            TeamtailorConfig(teamtailor_simulator.TOKEN, url=f"{self.url}/teamtailor/v1"),
        )

    def connector(self, system: str, **changes):
        made = {"mailchimp": Mailchimp, "hubspot": Hubspot, "teamtailor": Teamtailor}[system]
        config = dict(zip(("mailchimp", "hubspot", "teamtailor"), self.configs(), strict=True))[system]
        return made(config, patience=self.patience(**changes))

    def state(self, system: str):
        return getattr(self, system)

    def add(self, system: str, address: str) -> None:
        """Put somebody into a system, wherever it keeps people."""
        if system == "mailchimp":
            self.mailchimp.add("news", address)
        else:
            self.state(system).add(address)

    def close_to(self, system: str) -> None:
        """Change the key that the system takes."""
        if system == "mailchimp":
            self.mailchimp.api_key = "another-us0"
        else:
            self.state(system).token = "another"


@pytest.fixture
def systems():
    systems = Systems()
    app = create_app(
        production=False, mailchimp=systems.mailchimp, hubspot=systems.hubspot, teamtailor=systems.teamtailor
    )
    with served(app) as systems.url:
        yield systems


@pytest.fixture
def config(config, systems):
    return replace(config, connectors=systems.configs(), systems=REGISTER)


@pytest.fixture
def service(sessions, key_ring, clock, config):
    return CaseService(
        sessions,
        key_ring=key_ring,
        clock=clock,
        calendar=WorkingCalendar(),
        systems=REGISTER,
        marketing_systems=marketing_systems(config.connectors),
    )


@pytest.fixture
def files(sessions, key_ring, clock):
    return CaseFiles(sessions, key_ring=key_ring, clock=clock)


@pytest.fixture
def checklists(sessions, key_ring, clock):
    return Checklists(sessions, key_ring=key_ring, clock=clock, register=REGISTER)


@pytest.fixture
def connectors(systems):
    """Connectors that do not really sleep, and try twice."""
    return dict(connectors_of(systems.configs(), patience=systems.patience(attempts=2)))


@pytest.fixture
def orders(sessions, connectors, key_ring, clock, files, checklists):
    return Orders(sessions, connectors, key_ring=key_ring, clock=clock, files=files, checklists=checklists)


@pytest.fixture
def say_no(service, references, clock):
    """Block marketing to an address, as the chat does."""

    async def say_no(address: str = ANNA, channel: MarketingChannel = MarketingChannel.EMAIL) -> str:
        reference = next(references)
        await service.block_marketing(MarketingBlockDraft(reference, channel, address, clock()))
        return reference

    return say_no


async def order_ids(sessions) -> list[int]:
    async with sessions() as session:
        return list(await session.scalars(text("SELECT id FROM cases.connector_order ORDER BY id")))


async def carry_out(orders: Orders, sessions) -> None:
    """Attempt every order once."""
    for order_id in await order_ids(sessions):
        with suppress(OrderFailedError):
            await orders.attempt(order_id)
