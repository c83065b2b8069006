"""Development is lenient; production refuses defaults, the simulator and plain http."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from uuid import UUID

import pytest
from standardwebhooks import Webhook

from cases.config import WebhookEndpoint
from cases.connectors.config import MailchimpConfig, TeamtailorConfig
from cases.jobs import Workload
from cases.webhooks import Message
from foundation.clock import system_clock
from foundation.errors import UnusableMailServerError, WeakSecretError
from foundation.mail import OutboxMailer, SmtpMailer
from insyn.connectors import connector_configs
from insyn.errors import InsynError
from insyn.services import SERVICES, cases_config
from insyn.settings import ROOT, Settings
from tests.cases.receiver import listening

SECRET = "0123456789abcdef0123456789abcdef"
PRODUCTION = {
    "INSYN_ENV": "production",
    "INSYN_DATABASE_URL": "postgresql://insyn@db/insyn",
    "INSYN_PUBLIC_URL": "https://chat.example.se",
    "INSYN_CONSOLE_URL": "https://insyn.example.se",
    "INSYN_SERVICE_TOKEN": SECRET,
    "INSYN_ENCRYPTION_SECRETS": f"{SECRET}, {SECRET[::-1]}",
    "INSYN_LOOKUP_SECRET": SECRET,
    "INSYN_BANKID_URL": "https://appapi2.bankid.com/rp/v6.0/",
    "INSYN_BANKID_CERTIFICATE": "/run/secrets/rp.p12",
    "INSYN_BANKID_ROOT": "/run/secrets/bankid-root.pem",
    "INSYN_BANKID_PERSON_ROOTS": "/run/secrets/bankid-person-roots.pem",
    "INSYN_SMTP_URL": "smtp://insyn:hemligt@mail.example.se:587",
    "INSYN_MAIL_FROM": "Dataskydd <dataskydd@example.se>",
}


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch):
    import os

    for name in [name for name in os.environ if name.startswith("INSYN_")]:
        monkeypatch.delenv(name)

    def with_environment(**values: str) -> Settings:
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        return Settings(_env_file=None)

    return with_environment


def test_development_needs_nothing(load):
    assert load().chat_url == "http://127.0.0.1:8700"


def test_an_empty_variable_is_as_good_as_none(load):
    assert load(INSYN_DATABASE_URL="", INSYN_WIDGET_ORIGINS="").database_url is None


def test_lists_are_written_with_commas(load):
    assert load(INSYN_WIDGET_ORIGINS="https://a.se, https://b.se").widget_origins == ("https://a.se", "https://b.se")


def test_a_complete_production_environment_is_accepted(load):
    assert load(**PRODUCTION).production


@pytest.mark.parametrize("missing", sorted(set(PRODUCTION) - {"INSYN_ENV"}))
def test_production_without_one_of_them_names_it(load, missing: str):
    given = {name: value for name, value in PRODUCTION.items() if name != missing}

    with pytest.raises(WeakSecretError, match=re.escape(missing)):
        load(**given)


@pytest.mark.parametrize("name", ["INSYN_SERVICE_TOKEN", "INSYN_LOOKUP_SECRET", "INSYN_ENCRYPTION_SECRETS"])
@pytest.mark.parametrize("weak", ["short", "development-only-but-quite-long-all-the-same"])
def test_production_refuses_a_weak_secret_and_does_not_repeat_it(load, name: str, weak: str):
    with pytest.raises(WeakSecretError, match=name) as refusal:
        load(**PRODUCTION | {name: weak})

    assert weak not in str(refusal.value)


@pytest.mark.parametrize("name", ["INSYN_PUBLIC_URL", "INSYN_CONSOLE_URL"])
def test_production_refuses_plain_http(load, name: str):
    with pytest.raises(WeakSecretError, match=name):
        load(**PRODUCTION | {name: "http://chat.example.se"})


def test_mail_goes_to_the_outbox_in_development_and_over_smtp_where_a_server_is_named(load, tmp_path):
    outbox = load(INSYN_DATA_DIR=str(tmp_path)).mailer(system_clock)
    assert isinstance(outbox, OutboxMailer)
    assert isinstance(load(INSYN_SMTP_URL="smtps://mail.example.se").mailer(system_clock), SmtpMailer)
    with pytest.raises(UnusableMailServerError):
        load(INSYN_SMTP_URL="mail.example.se")


def test_secrets_do_not_show_when_settings_are_printed(load):
    assert not any(secret in repr(load(**PRODUCTION)) for secret in (SECRET, "hemligt"))


def test_the_example_file_lists_every_setting_and_nothing_else():
    listed = set(re.findall(r"^#?\s?(INSYN_[A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert listed == {f"INSYN_{name.upper()}" for name in Settings.model_fields}


def test_a_system_with_a_key_is_connected_and_one_without_is_not(load):
    connected = connector_configs(
        load(INSYN_MAILCHIMP_API_KEY="abc-us21", INSYN_MAILCHIMP_LISTS="a1, b2", INSYN_TEAMTAILOR_TOKEN="tt")
    )

    assert connected == (MailchimpConfig("abc-us21", lists=("a1", "b2")), TeamtailorConfig("tt"))
    assert connector_configs(load(INSYN_MAILCHIMP_API_KEY="", INSYN_TEAMTAILOR_TOKEN="")) == ()


@pytest.mark.parametrize("system", ["MAILCHIMP", "HUBSPOT", "TEAMTAILOR"])
def test_production_works_no_system_over_plain_http(load, system):
    with pytest.raises(WeakSecretError, match=f"INSYN_{system}_URL must begin with https"):
        load(**PRODUCTION | {f"INSYN_{system}_URL": "http://127.0.0.1:8705/"})


def test_production_does_not_serve_the_connectors_simulators(load, monkeypatch):
    config = load(**PRODUCTION)
    monkeypatch.setattr("insyn.services.settings", lambda: config)

    with pytest.raises(InsynError, match="simulators"):
        SERVICES["connector-simulators"]()


WEBHOOKS = {
    "INSYN_WEBHOOK_URLS": "https://register.example.se/hook, https://crm.example.se/in",
    "INSYN_WEBHOOK_SECRETS": "whsec_bmV3IHNlY3JldCBvZiAyNCBieXRlcyE=, whsec_b2xkIHNlY3JldCBvZiAyNCBieXRlcyE=",
}


def test_every_receiver_is_signed_for_with_all_secrets_the_newest_first(load):
    [register, crm] = cases_config(load(**PRODUCTION | WEBHOOKS)).webhooks

    assert (register.url, crm.url) == ("https://register.example.se/hook", "https://crm.example.se/in")
    assert register.name != crm.name
    newest, older = WEBHOOKS["INSYN_WEBHOOK_SECRETS"].split(", ")
    assert register.secrets == crm.secrets == (newest, older)


def test_production_sends_no_webhook_that_it_cannot_sign(load):
    with pytest.raises(WeakSecretError, match="INSYN_WEBHOOK_SECRETS"):
        load(**PRODUCTION | WEBHOOKS | {"INSYN_WEBHOOK_SECRETS": ""})


def test_the_secrets_of_webhooks_are_in_no_repr(load):
    settings = load(**PRODUCTION | WEBHOOKS)

    assert "whsec_" not in f"{settings!r} {cases_config(settings)!r}"


@pytest.mark.parametrize(
    ("environment", "goes_inside"),
    [
        ({}, True),
        (PRODUCTION | WEBHOOKS, False),
        (PRODUCTION | WEBHOOKS | {"INSYN_WEBHOOK_PRIVATE_ALLOWED": "true"}, True),
    ],
    ids=["development", "production", "production, allowed"],
)
def test_webhooks_go_inside_in_production_only_where_that_is_allowed(load, environment: dict, goes_inside: bool):
    environment = environment | {"INSYN_DATABASE_URL": "postgresql://insyn@db/insyn"}
    endpoint = WebhookEndpoint("inside", "http://127.0.0.1:9/hook", secrets=("whsec_bmV3IHNlY3JldA==",))
    message = Message(UUID(int=7), "case.registered", datetime(2026, 3, 10, tzinfo=UTC), {})

    sender = Workload(cases_config(load(**environment)), clock=system_clock).sender
    outcome = sender.send(endpoint, message, now=system_clock())

    assert outcome.summary == ("connection" if goes_inside else "not https")


def test_where_it_is_allowed_a_message_arrives_inside_signed_in_production_too(load):
    with listening() as receiver:
        environment = PRODUCTION | {
            "INSYN_WEBHOOK_URLS": receiver.url,
            "INSYN_WEBHOOK_SECRETS": WEBHOOKS["INSYN_WEBHOOK_SECRETS"],
        }
        message = Message(UUID(int=7), "case.registered", datetime(2026, 3, 10, tzinfo=UTC), {"reference": "AR-1"})
        for allowed in ("false", "true"):
            config = cases_config(load(**environment | {"INSYN_WEBHOOK_PRIVATE_ALLOWED": allowed}))
            [endpoint] = config.webhooks
            outcome = Workload(config, clock=system_clock).sender.send(endpoint, message, now=system_clock())
            assert outcome.summary == ("204" if allowed == "true" else "not https")

    [(headers, body)] = receiver.received
    newest, older = WEBHOOKS["INSYN_WEBHOOK_SECRETS"].split(", ")
    for secret in (newest, older):
        assert Webhook(secret).verify(body.decode(), headers)["type"] == "case.registered"
