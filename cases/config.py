"""What the case system must be told; it never reads the environment itself."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cases.connectors.config import ConnectorConfig
from foundation.encryption import KeyRing
from foundation.mail import Mailer
from privacy.systems import NO_SYSTEMS, SystemRegister

LETTERS_DIR: Final = Path(__file__).parent.parent / "data" / "letters"
POLICY_DIR: Final = LETTERS_DIR.parent / "policy"


@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    """A downstream system that wants to hear what happens to cases (Standard Webhooks)."""

    name: str
    """Short and stable: it names the endpoint's deliveries in the database."""

    url: str

    secrets: tuple[str, ...] = field(repr=False)
    """``whsec_…``, the current one first; during rotation a delivery carries a signature by each."""

    def __post_init__(self) -> None:
        if not self.secrets:
            raise ValueError(f"webhook endpoint {self.name} has no secret to sign with")


@dataclass(frozen=True, slots=True)
class CasesConfig:
    """Settings of the case system's API, console and worker."""

    database_url: str = field(repr=False)
    key_ring: KeyRing = field(repr=False)

    service_tokens: tuple[str, ...] = field(repr=False)
    """Bearer tokens that the API accepts; more than one so that they can be changed without stopping."""

    chat_url: str = "http://127.0.0.1:8700"
    """Base address of the chat edge's internal API, which the console uses."""

    chat_token: str = field(default="", repr=False)
    """Bearer token for the chat edge."""

    public_url: str = "http://127.0.0.1:8701"
    """Where staff reach the console; ``https`` makes its cookies Secure."""

    webhooks: tuple[WebhookEndpoint, ...] = ()

    eves: bool = False
    """Whether midsommarafton, julafton and nyårsafton are days off for due dates (gdpr-rules section 2)."""

    due_soon_days: int = 7
    """A case is flagged this many days before it is due."""

    connectors: tuple[ConnectorConfig, ...] = ()
    """The systems that are worked by their APIs."""

    systems: SystemRegister = NO_SYSTEMS
    """The company's systems; without any, cases have no checklist (cases.systems reads them)."""

    letters_dir: Path = LETTERS_DIR
    """The templates of the letters."""

    policy_dir: Path = POLICY_DIR
    """Where ``policy.yml`` says whose letters they are."""

    mailer: Mailer | None = field(default=None, repr=False)
    """The way out for mail; without one letters go by the chat alone."""

    long_pause_days: int = 30
    """A case that has waited this many days for its person is flagged."""

    private_webhooks_allowed: bool = False
    """Whether webhooks may go to private addresses, and over plain http, in production too."""

    production: bool = False
    """Whether webhooks must use https and may not point into private networks."""

    def __post_init__(self) -> None:
        names = [endpoint.name for endpoint in self.webhooks]
        if len(set(names)) != len(names):
            raise ValueError("two webhook endpoints have the same name")
