"""How each system is reached. Keys stay out of ``repr``."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MailchimpConfig:
    """Mailchimp's Marketing API v3."""

    api_key: str = field(repr=False)
    """``…-us21``: what follows the last dash is the data centre."""

    lists: tuple[str, ...] = ()
    """Ids of the audiences to work; empty means every audience of the account."""

    url: str | None = None
    """Another base address, such as the simulator's; ends in ``/3.0``."""

    @property
    def base_url(self) -> str:
        """Where the API is."""
        return self.url or f"https://{self.api_key.rpartition('-')[2]}.api.mailchimp.com/3.0"


@dataclass(frozen=True, slots=True)
class HubspotConfig:
    """Hubspot's API, with the token of a private app."""

    token: str = field(repr=False)
    url: str = "https://api.hubapi.com"


@dataclass(frozen=True, slots=True)
class TeamtailorConfig:
    """Teamtailor's API, with an Admin key that may read and write."""

    token: str = field(repr=False)
    api_version: str = "20240904"
    url: str = "https://api.teamtailor.com/v1"


ConnectorConfig = MailchimpConfig | HubspotConfig | TeamtailorConfig
