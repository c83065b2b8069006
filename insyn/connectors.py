"""Which of the company's other systems are connected, and how, as the settings say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insyn.settings import Settings

if TYPE_CHECKING:
    from cases.connectors.config import ConnectorConfig


def connector_configs(settings: Settings) -> tuple[ConnectorConfig, ...]:
    """Return a configuration for each system that has a key."""
    from cases.connectors.config import HubspotConfig, MailchimpConfig, TeamtailorConfig

    configs: list[ConnectorConfig] = []
    if settings.mailchimp_api_key is not None:
        key = settings.mailchimp_api_key.get_secret_value()
        configs.append(MailchimpConfig(key, lists=settings.mailchimp_lists, url=settings.mailchimp_url))
    if settings.hubspot_token is not None:
        configs.append(HubspotConfig(settings.hubspot_token.get_secret_value(), url=settings.hubspot_url))
    if settings.teamtailor_token is not None:
        token, version = settings.teamtailor_token.get_secret_value(), settings.teamtailor_api_version
        configs.append(TeamtailorConfig(token, api_version=version, url=settings.teamtailor_url))
    return tuple(configs)
