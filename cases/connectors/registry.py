"""The connectors that the configuration asks for."""

from collections.abc import Iterable, Mapping

from cases.connectors.config import ConnectorConfig, HubspotConfig, MailchimpConfig
from cases.connectors.http import Patience
from cases.connectors.hubspot import Hubspot
from cases.connectors.interface import Connector, Operation
from cases.connectors.mailchimp import Mailchimp
from cases.connectors.teamtailor import Teamtailor


def connectors_of(configs: Iterable[ConnectorConfig], *, patience: Patience | None = None) -> Mapping[str, Connector]:
    """Return a connector for each configuration, by the system's id."""
    made = [_connector(config, patience) for config in configs]
    return {connector.system: connector for connector in made}


def marketing_systems(configs: Iterable[ConnectorConfig]) -> tuple[str, ...]:
    """Return the ids of the configured systems that a no to marketing goes to."""
    return tuple(
        system for system, connector in connectors_of(configs).items() if Operation.SUPPRESS in connector.operations
    )


def _connector(config: ConnectorConfig, patience: Patience | None) -> Connector:
    if isinstance(config, MailchimpConfig):
        return Mailchimp(config, patience=patience)
    if isinstance(config, HubspotConfig):
        return Hubspot(config, patience=patience)
    return Teamtailor(config, patience=patience)
