"""What the composition root gives identity: frozen, complete, no environment read here."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

PRODUCTION_URL = "https://appapi2.bankid.com/rp/v6.0/"
TEST_URL = "https://appapi2.test.bankid.com/rp/v6.0/"


@dataclass(frozen=True, slots=True)
class PemCertificate:
    """Our RP certificate as PEM files."""

    certificate: Path
    key: Path
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Pkcs12Certificate:
    """Our RP certificate as BankID's administration delivers it."""

    path: Path
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ClientConfig:
    """How the relying party reaches BankID.

    Over plain ``http://`` (the simulator on this machine) neither certificate nor root is used.
    """

    base_url: str
    """Up to and including the version: ``https://appapi2.bankid.com/rp/v6.0/``."""

    certificate: PemCertificate | Pkcs12Certificate | None = None
    root: Path | None = None
    """PEM of the only root that the server's certificate may descend from."""

    timeout_s: float = 10.0
    """For connecting, and again for the answer."""

    max_reply_bytes: int = 2 * 1024 * 1024
    """BankID's largest answer carries a signature around 240 000 characters of text, encoded twice."""

    retry_delays_s: tuple[float, ...] = (0.5, 1.0)
    """Pauses before each repetition of what may be repeated; their number is the bound."""


@dataclass(frozen=True, slots=True)
class BrokerConfig:
    """How identifications are bound, timed and limited."""

    return_url: str
    """Our return page, ``https://…/chat/bankid/return``; the nonce is added as ``?nonce=``."""

    referring_domain: str
    """The domain on which the visitor meets us, for BankID's risk computation."""

    evidence_roots: Path
    """PEM of the roots under which BankID issues persons' certificates; a signature under another is refused."""

    launch_base: str | None = None
    """Replaces BankID's own app links; in development the simulator's page."""

    collect_interval_s: float = 2.0
    lease_s: float = 9.0
    """How long a replica that went silent keeps an order to itself; renewed while a call lasts."""

    idle_interval_s: float = 0.5
    """How often the collector looks for orders that another replica began."""

    max_renewals: int = 5
    """New QR orders after ``startFailed`` without the visitor asking (ActiveLogin's number)."""

    order_s: float = 240.0
    """No order is collected longer than this; BankID's own limit is about three minutes."""

    begin_s: float = 30.0
    """How long BankID waits for an order to be scanned or opened."""

    signing_s: float = 170.0
    """How long BankID waits for an order that was opened, told a little short of its three minutes."""

    return_s: float = 180.0
    """How long an approval on the same device waits for its browser to come back with the nonce."""

    offer_s: float = 3600.0
    """How long an offer may be started."""

    consume_s: float = 900.0
    """How long a completion may be consumed, and read again for the same reference."""

    code_s: float = 600.0
    """How long a code by e-mail is valid."""

    codes_per_email: int = 5
    codes_per_session: int = 6
    codes_per_network: int = 60
    codes_window_s: float = 3600.0

    starts_per_session: int = 12
    starts_per_address: int = 60
    starts_window_s: float = 600.0
    language: str = "sv"
