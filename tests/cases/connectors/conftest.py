"""The three systems' simulators, served over real HTTP, and connectors that reach them."""

from dataclasses import dataclass, field

import pytest

from cases.connectors.config import ConnectorConfig, HubspotConfig, MailchimpConfig, TeamtailorConfig
from cases.connectors.http import Patience
from cases.connectors.hubspot import Hubspot
from cases.connectors.mailchimp import Mailchimp
from cases.connectors.simulators import create_app
from cases.connectors.simulators import hubspot as hubspot_simulator
from cases.connectors.simulators import mailchimp as mailchimp_simulator
from cases.connectors.simulators import teamtailor as teamtailor_simulator
from cases.connectors.simulators.hubspot import HubspotState
from cases.connectors.simulators.mailchimp import MailchimpState
from cases.connectors.simulators.teamtailor import TeamtailorState
from cases.connectors.teamtailor import Teamtailor
from tests.cases.console.serving import served

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
