"""What the composition root gives the chat edge: frozen, complete, no environment read here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from foundation.encryption import KeyRing
from identity.codes import CodeMail
from identity.config import BrokerConfig, ClientConfig
from privacy.retention import DEFAULT_PERIODS, RetentionPeriods
from privacy.staff_hours import StaffHours

ROOT: Final = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one browser and one address may send. Each bucket refills evenly (docs/adr/0032)."""

    messages_per_session: int = 20
    """Messages that a session may send at once; a minute refills them."""

    messages_per_address: int = 120
    """The same for an address, behind which a whole office may sit."""

    sessions_per_address: int = 30
    """Conversations that an address may begin at once; a minute refills them."""

    streams_per_session: int = 8
    """Open event streams: tabs, and connections that died without saying so."""

    message_characters: int = 2_000
    body_bytes: int = 32 * 1024


@dataclass(frozen=True, slots=True)
class TurnTimes:
    """How patient the edge is with Rasa, in seconds."""

    answer_within_s: float = 20.0
    """For one call; longer than any action takes with its own timeouts."""

    unreachable_patience_s: float = 6.0
    """How long a visitor's message waits for a Rasa that is being restarted before the visitor is told."""

    repeat_after_s: float = 1.0
    """Pause before a message is sent again."""

    attempts: int = 3
    """How often a message is sent whose fate is uncertain; Rasa does it once all the same."""

    event_repeat_at_most_s: float = 60.0
    """The longest pause before a completed identification is told again to a Rasa that is down."""

    event_given_up_after: timedelta = timedelta(days=1)

    sweep_interval_s: float = 2.0
    """How often a replica looks for turns that another one left behind."""

    sweep_grace_s: float = 3.0
    """How old a turn is before it counts as left behind."""

    at_a_time: int = 8
    """Turns that one replica runs at once; each holds a database connection with its lock."""


@dataclass(frozen=True, slots=True)
class IdentityConfig:
    """How visitors identify themselves."""

    client: ClientConfig
    broker: BrokerConfig
    code_mail: CodeMail | None = None
    """How codes by e-mail leave us; None: there are none, and level 1 takes BankID as well."""


@dataclass(frozen=True, slots=True)
class BotConfig:
    """All that the chat edge needs to know."""

    database_url: str = field(repr=False)
    public_url: str
    """Where visitors reach the edge, without a slash at its end; its scheme decides whether the cookie is Secure."""

    rasa_url: str
    service_tokens: Sequence[str] = field(repr=False)
    """Of our own services; the first one is sent, all are accepted."""

    key_ring: KeyRing = field(repr=False)
    identity: IdentityConfig | None = None
    """None: no identification can be offered, and whoever asks for one is told so."""

    allowed_origins: Sequence[str] = ()
    """Origins besides our own whose pages may include the widget: ``https://www.example.se``."""

    trusted_proxies: Sequence[str] = ()
    """Addresses or networks of reverse proxies whose ``X-Forwarded-For`` is believed."""

    cases_url: str | None = None
    """The case system; None: nothing is handed out in the chat."""

    policy_dir: Path = ROOT / "data" / "policy"
    privacy_page: Path = ROOT / "data" / "integritet.yml"
    texts: Path = ROOT / "data" / "responses" / "edge.yml"
    static_dir: Path = ROOT / "bot" / "static"
    templates_dir: Path = ROOT / "bot" / "templates"

    retention: RetentionPeriods = DEFAULT_PERIODS
    """How long a conversation is kept, as visitors are told; retention itself is the case system's worker's."""

    staff_hours: StaffHours | None = None
    """When staff answer; None: nothing is known of it, and nothing is said."""

    limits: Limits = field(default_factory=Limits)
    turns: TurnTimes = field(default_factory=TurnTimes)

    session_idle: timedelta = timedelta(hours=24)
    """A browser that was away longer begins a new conversation: the next person at it reads nothing."""

    session_lasts: timedelta = timedelta(days=30)
    heartbeat_s: float = 15.0
    """How often a quiet stream says that it lives."""

    @property
    def secure(self) -> bool:
        """Whether visitors come over TLS."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def origins(self) -> frozenset[str]:
        """Every origin whose pages may change something with the visitor's cookie."""
        own = urlsplit(self.public_url)
        return frozenset({f"{own.scheme}://{own.netloc}", *self.allowed_origins})
