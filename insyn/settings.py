"""Every setting of Insyn, typed, in one place. ``.env.example`` is written from the descriptions below.

Production refuses what development is lenient with: default secrets, the BankID simulator and its root.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import DirectoryPath, Field, FilePath, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from foundation.clock import Clock
from foundation.database import is_postgresql_url
from foundation.encryption import KeyRing
from foundation.errors import UnusableMailServerError, WeakSecretError
from insyn.errors import InsynError
from privacy.errors import InvalidStaffHoursError
from privacy.retention import Period, RetentionPeriods
from privacy.staff_hours import StaffHours

if TYPE_CHECKING:
    from foundation.mail import Mailer

ROOT = Path(__file__).parent.parent
SECRET_MIN_LENGTH = 32
_DEVELOPMENT = "development-only-"
_SENDER = "Insyn <insyn@localhost>"


class Environment(StrEnum):
    """Where this runs; ``production`` is strict."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


def _words(value: object) -> object:
    """Split ``a, b`` as operators write lists in an environment variable."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


class Settings(BaseSettings):
    """What the environment (or ``.env``) says, checked."""

    model_config = SettingsConfigDict(env_prefix="INSYN_", env_file=".env", extra="ignore", frozen=True)

    env: Environment = Field(
        Environment.DEVELOPMENT, description="development, or production: refuses default secrets and the simulator."
    )
    data_dir: Path = Field(
        Path(".insyn"),
        description="Where the own PostgreSQL, logs and simulator keep their data. Delete to start over.",
    )
    database_url: str | None = Field(
        None, description="PostgreSQL, e.g. postgresql://user:password@host/insyn. Empty: one of our own is started."
    )
    migrations_database_url: str | None = Field(
        None,
        description="The same database by the login that owns its tables, for `insyn migrate` and `insyn up` alone. "
        "Empty: INSYN_DATABASE_URL, which production refuses.",
    )
    public_url: str | None = Field(
        None,
        description="Where visitors reach the chat edge, e.g. https://chat.example.se. Empty: http://127.0.0.1:port.",
    )
    console_url: str | None = Field(
        None, description="Where staff reach the console, e.g. https://insyn.example.se. Empty: http://127.0.0.1:port."
    )
    widget_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Origins whose pages may include the widget, comma-separated, e.g. https://www.example.se."
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Addresses of reverse proxies whose X-Forwarded-For is believed, comma-separated."
    )
    policy_dir: DirectoryPath = Field(
        ROOT / "data" / "policy", description="The policy as data: text, registry, answers."
    )
    letters_dir: DirectoryPath = Field(
        ROOT / "data" / "letters", description="The templates of the letters that officers send."
    )
    systems_file: FilePath = Field(
        ROOT / "data" / "systems.yml", description="The company's systems that hold personal data, with their sources."
    )

    staff_hours: str | None = Field(
        None,
        description="When staff answer in the chat on working days, e.g. 08:00-17:00. Empty: nothing is said.",
    )
    eves: bool = Field(
        False,
        description="Whether midsommarafton, julafton and nyårsafton are days off for due dates: a case due on one is "
        "then due on the next working day.",
    )
    processors_file: FilePath | None = Field(
        None,
        description="The list of subcontractors, as docs/processors.example.yml. Empty: each wish for it is a case.",
    )

    chat_port: int = Field(8700, description="Port of the chat edge.")
    cases_port: int = Field(8701, description="Port of the case system and the staff console.")
    rasa_port: int = Field(8702, description="Port of Rasa; loopback only.")
    actions_port: int = Field(8703, description="Port of the action server; loopback only.")
    simulator_port: int = Field(8704, description="Port of the BankID simulator; development only.")

    cases_workers: int = Field(
        1, ge=1, le=64, description="Processes of the case system: more of them register more cases at once."
    )

    service_token: SecretStr = Field(
        SecretStr(_DEVELOPMENT + "service-token"),
        description="Shared secret of our own services, 32 characters or more.",
    )
    encryption_secrets: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (SecretStr(_DEVELOPMENT + "encryption"),),
        description="Secrets of the field encryption, newest first, comma-separated; keep old ones until rotated.",
    )
    lookup_secret: SecretStr = Field(
        SecretStr(_DEVELOPMENT + "lookup"),
        description="Secret of the keyed lookup of identity numbers. Never change it.",
    )

    bankid_url: str | None = Field(
        None,
        description="BankID's RP API, e.g. https://appapi2.bankid.com/rp/v6.0/. Empty: our simulator (development).",
    )
    bankid_certificate: Path | None = Field(None, description="Our RP certificate (PEM or PKCS#12).")
    bankid_key: Path | None = Field(None, description="Its private key (PEM), unless it is in the PKCS#12 file.")
    bankid_passphrase: SecretStr | None = Field(None, description="Passphrase of the key or the PKCS#12 file.")
    bankid_root: Path | None = Field(None, description="BankID's own root certificate (PEM); no other is trusted.")

    bankid_person_roots: Path | None = Field(
        None,
        description="Roots (PEM) under which BankID issues persons' certificates; signatures are verified by them.",
    )

    smtp_url: SecretStr | None = Field(
        None,
        description="Mail server: smtp://user:password@host:587 (STARTTLS) or smtps://…:465. Empty: an outbox "
        "directory under the data directory, which the simulator shows (development).",
    )
    mail_from: str | None = Field(
        None, description="Address that mail comes from, e.g. Insyn <dataskydd@example.se>. Needed in production."
    )

    audit_signing_key: Path | None = Field(
        None, description="Ed25519 private key (PEM) that signs checkpoints of the audit. Empty: our own (development)."
    )

    retention_conversation_days: int = Field(
        30, ge=1, description="A conversation is deleted this many days after its last message."
    )
    retention_case_months: int = Field(
        24, ge=1, description="Personal data of a case are erased this many months after it ended."
    )
    retention_delivery_days: int = Field(
        90, ge=7, description="Messages to other systems are deleted after these days."
    )
    retention_staff_months: int = Field(
        24, ge=1, description="The name of a closed staff account is erased after these months."
    )

    webhook_urls: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Where case events are delivered as Standard Webhooks, comma-separated."
    )
    webhook_secrets: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (),
        description="Sign the webhooks, newest first, comma-separated; whsec_ and base64, 24 bytes or more.",
    )
    webhook_private_allowed: bool = Field(
        False, description="Whether webhooks may go to private addresses in production, such as a system of your own."
    )

    mailchimp_api_key: SecretStr | None = Field(
        None, description="Mailchimp's API key, data centre included (…-us21). Empty: Mailchimp is not connected."
    )
    mailchimp_lists: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Ids of the Mailchimp audiences to work, comma-separated. Empty: all."
    )
    mailchimp_url: str | None = Field(
        None, description="Mailchimp's API elsewhere than at its data centre, such as the simulator's."
    )
    hubspot_token: SecretStr | None = Field(
        None, description="Token of a private app in Hubspot. Empty: Hubspot is not connected."
    )
    hubspot_url: str = Field("https://api.hubapi.com", description="Hubspot's API.")
    teamtailor_token: SecretStr | None = Field(
        None, description="Admin API key of Teamtailor, read and write. Empty: Teamtailor is not connected."
    )
    teamtailor_api_version: str = Field("20240904", description="X-Api-Version of Teamtailor's API.")
    teamtailor_url: str = Field("https://api.teamtailor.com/v1", description="Teamtailor's API.")
    connector_simulators_port: int = Field(8705, description="Port of the connectors' simulators; development only.")

    @model_validator(mode="before")
    @classmethod
    def _split_lists(cls, values: dict[str, object]) -> dict[str, object]:
        lists = (
            "widget_origins",
            "trusted_proxies",
            "encryption_secrets",
            "webhook_urls",
            "webhook_secrets",
            "mailchimp_lists",
        )
        return {name: _words(value) if name in lists else value for name, value in values.items() if value != ""}

    @field_validator("database_url", "migrations_database_url")
    @classmethod
    def _names_a_database(cls, url: str | None) -> str | None:
        if url is not None and not is_postgresql_url(url):
            raise ValueError("not an address of PostgreSQL, such as postgresql://user:password@host/insyn")
        return url

    @field_validator("staff_hours")
    @classmethod
    def _are_hours(cls, hours: str | None) -> str | None:
        if hours is not None:
            try:
                StaffHours.parse(hours)
            except InvalidStaffHoursError as error:
                raise ValueError(str(error)) from None
        return hours

    @field_validator("smtp_url")
    @classmethod
    def _names_a_mail_server(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None:
            from foundation.mail import check_mail_server

            check_mail_server(url.get_secret_value())
        return url

    @model_validator(mode="after")
    def _refuse_weakness_in_production(self) -> Self:
        if self.env is Environment.PRODUCTION:
            for complaint in self._weaknesses():
                raise WeakSecretError(complaint)
        return self

    def _weaknesses(self) -> list[str]:
        secrets = {"INSYN_SERVICE_TOKEN": self.service_token, "INSYN_LOOKUP_SECRET": self.lookup_secret}
        secrets |= {f"INSYN_ENCRYPTION_SECRETS[{n}]": secret for n, secret in enumerate(self.encryption_secrets)}
        complaints = [
            f"{name} must be set to at least {SECRET_MIN_LENGTH} random characters in production"
            for name, secret in secrets.items()
            if secret.get_secret_value().startswith(_DEVELOPMENT) or len(secret.get_secret_value()) < SECRET_MIN_LENGTH
        ]
        required = {
            "INSYN_DATABASE_URL": self.database_url,
            "INSYN_PUBLIC_URL": self.public_url,
            "INSYN_CONSOLE_URL": self.console_url,
            "INSYN_BANKID_URL": self.bankid_url,
            "INSYN_BANKID_CERTIFICATE": self.bankid_certificate,
            "INSYN_BANKID_ROOT": self.bankid_root,
            "INSYN_BANKID_PERSON_ROOTS": self.bankid_person_roots,
            "INSYN_SMTP_URL": self.smtp_url,
            "INSYN_MAIL_FROM": self.mail_from,
        }
        complaints += [f"{name} must be set in production" for name, value in required.items() if value is None]
        if self.webhook_urls and not self.webhook_secrets:
            complaints.append("INSYN_WEBHOOK_SECRETS must be set in production where INSYN_WEBHOOK_URLS is")
        complaints += [
            f"{name} must begin with https:// in production"
            for name, url in (
                ("INSYN_PUBLIC_URL", self.public_url),
                ("INSYN_CONSOLE_URL", self.console_url),
                ("INSYN_MAILCHIMP_URL", self.mailchimp_url),
                ("INSYN_HUBSPOT_URL", self.hubspot_url),
                ("INSYN_TEAMTAILOR_URL", self.teamtailor_url),
            )
            if url is not None and not url.startswith("https://")
        ]
        return complaints

    @property
    def production(self) -> bool:
        """Whether this is the strict environment."""
        return self.env is Environment.PRODUCTION

    @property
    def chat_url(self) -> str:
        """The chat edge as our own services reach it."""
        return f"http://127.0.0.1:{self.chat_port}"

    @property
    def cases_url(self) -> str:
        """The case system as our own services reach it."""
        return f"http://127.0.0.1:{self.cases_port}"

    @property
    def rasa_url(self) -> str:
        """Rasa as the chat edge reaches it."""
        return f"http://127.0.0.1:{self.rasa_port}"

    @property
    def actions_url(self) -> str:
        """The action server as Rasa reaches it."""
        return f"http://127.0.0.1:{self.actions_port}/webhook"

    @property
    def simulator_url(self) -> str:
        """The BankID simulator's page; its RP API is below ``/rp/v6.0/``."""
        return f"http://127.0.0.1:{self.simulator_port}"

    @property
    def visitors_url(self) -> str:
        """The chat edge as visitors reach it, without a slash at its end."""
        return (self.public_url or self.chat_url).rstrip("/")

    @property
    def outbox_dir(self) -> Path:
        """Where mail goes in development: ``.eml`` files that the simulator's page shows."""
        return self.data_dir.resolve() / "outbox"

    def mailer(self, clock: Clock) -> Mailer:
        """Return the way out for mail."""
        from foundation.mail import mailer_of  # not before: most processes send none

        url = self.smtp_url.get_secret_value() if self.smtp_url else None
        return mailer_of(url, outbox=self.outbox_dir, sender=self.mail_from or _SENDER, clock=clock)

    @property
    def staff_url(self) -> str:
        """The console as staff reach it, without a slash at its end."""
        return (self.console_url or self.cases_url).rstrip("/")

    def retention_periods(self) -> RetentionPeriods:
        """Return how long what is kept; ``/integritet`` tells the same periods."""
        return RetentionPeriods(
            conversations=Period(days=self.retention_conversation_days),
            cases=Period(months=self.retention_case_months),
            deliveries=Period(days=self.retention_delivery_days),
            staff=Period(months=self.retention_staff_months),
        )

    def key_ring(self) -> KeyRing:
        """Return the keys of the field encryption."""
        return KeyRing.from_secrets(
            *(secret.get_secret_value() for secret in self.encryption_secrets),
            lookup_secret=self.lookup_secret.get_secret_value(),
        )


@lru_cache
def settings() -> Settings:
    """Return the settings of this process, read once.

    Raises:
        InsynError: one cannot be used; the text names it, and never what it is set to.
    """
    try:
        return Settings()
    except ValidationError as error:
        faults = [f"INSYN_{fault['loc'][0]}".upper() + f": {fault['msg']}" for fault in error.errors()]
        raise InsynError("; ".join(faults)) from None
    except UnusableMailServerError as error:
        raise InsynError(f"INSYN_SMTP_URL: {error}") from None
    except WeakSecretError as error:
        raise InsynError(str(error)) from None
