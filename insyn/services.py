"""The composition root of each process: settings in, a running service out (``insyn serve NAME``).

Each function imports what its process needs, and nothing that another one needs.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from insyn.errors import InsynError
from insyn.processes import LOOPBACK
from insyn.serving import serve
from insyn.settings import ROOT, Settings, settings

log = logging.getLogger(__name__)

if TYPE_CHECKING:
    from cases.config import CasesConfig
    from identity.codes import CodeMail
    from identity.config import BrokerConfig, ClientConfig


def serve_chat() -> None:
    """Run the chat edge."""
    from bot.app import create_app
    from bot.config import BotConfig, IdentityConfig
    from foundation.clock import system_clock
    from identity.production import check
    from privacy.staff_hours import StaffHours

    config = settings()
    client, broker = _bankid_client(config), _broker(config)
    if config.production:
        check(client, broker, now=system_clock())  # what it only warns of, the edge itself says every day
    _check_rights(config)
    serve(
        create_app(
            BotConfig(
                database_url=_database_url(config),
                public_url=config.visitors_url,
                rasa_url=config.rasa_url,
                cases_url=config.cases_url,
                service_tokens=(config.service_token.get_secret_value(),),
                key_ring=config.key_ring(),
                identity=IdentityConfig(client=client, broker=broker, code_mail=_code_mail(config)),
                allowed_origins=config.widget_origins,
                trusted_proxies=config.trusted_proxies,
                policy_dir=config.policy_dir,
                retention=config.retention_periods(),
                staff_hours=StaffHours.parse(config.staff_hours) if config.staff_hours else None,
            )
        ),
        config.chat_port,
    )


def serve_cases() -> None:
    """Run the case system's API and the staff console, in as many processes as the settings say."""
    config = settings()
    _check_database(config)
    if config.cases_workers == 1:
        serve(cases_app(), config.cases_port, proxies=config.trusted_proxies)
    else:
        application = f"{cases_app.__module__}:{cases_app.__name__}"
        serve(application, config.cases_port, proxies=config.trusted_proxies, workers=config.cases_workers)


def cases_app() -> Any:
    """Make the case system's application; each of its processes makes its own."""
    from cases.app import create_app

    app = create_app(cases_config(settings()))
    gc.collect()
    gc.freeze()  # what stays for ever need not be looked through again while somebody waits
    return app


def serve_worker() -> None:
    """Run the worker: deliveries, reminders, periodic jobs."""
    import asyncio

    from cases.jobs import run_worker
    from insyn.upkeep import retention_of

    config = settings()
    _check_database(config)
    asyncio.run(run_worker(cases_config(config), retention=lambda sessions: retention_of(config, sessions)))


def serve_simulator() -> None:
    """Run the BankID simulator; production refuses it."""
    from identity.simulator.app import create_app
    from identity.simulator.config import SimulatorConfig

    config = settings()
    if config.production:
        raise InsynError("the BankID simulator does not run in production")
    serve(
        create_app(SimulatorConfig(directory=_simulator_directory(config), outbox=config.outbox_dir)),
        config.simulator_port,
    )


def serve_connector_simulators() -> None:
    """Run the simulators of the connectors' systems; production refuses them."""
    from cases.connectors.simulators import create_app

    config = settings()
    if config.production:
        raise InsynError("the connectors' simulators do not run in production")
    serve(create_app(production=config.production), config.connector_simulators_port)


def serve_rasa() -> None:
    """Become ``rasa run``, on loopback, with the model that ``insyn train`` made."""
    from insyn.training import model_path

    config, model = settings(), model_path()
    _check_rights(config)
    if not model.exists():
        raise InsynError("there is no model yet: run `insyn train` first")
    os.environ.setdefault("INSYN_ACTIONS_URL", config.actions_url)
    os.environ.setdefault("INSYN_SERVICE_TOKEN", config.service_token.get_secret_value())
    os.environ["INSYN_ENCRYPTION_SECRETS"] = ",".join(s.get_secret_value() for s in config.encryption_secrets)
    # what a message multiplies is too small to share; threads that wait for more of it keep a core busy
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.chdir(ROOT)
    command = [sys.executable, "-m", "rasa", "run", "--model", str(model), "--interface", LOOPBACK]
    os.execv(sys.executable, [*command, "--port", str(config.rasa_port)])  # noqa: S606 - our own command


def serve_actions() -> None:
    """Become the action server, on loopback."""
    os.environ["SANIC_HOST"] = LOOPBACK
    os.chdir(ROOT)
    command = [sys.executable, "-m", "actions.server", "--port", str(settings().actions_port)]
    os.execv(sys.executable, command)  # noqa: S606 - our own command


SERVICES: dict[str, Callable[[], None]] = {
    "chat": serve_chat,
    "cases": serve_cases,
    "worker": serve_worker,
    "actions": serve_actions,
    "rasa": serve_rasa,
    "simulator": serve_simulator,
    "connector-simulators": serve_connector_simulators,
}


def cases_config(config: Settings) -> CasesConfig:
    """Return what the case system is told."""
    from cases.config import CasesConfig, WebhookEndpoint
    from cases.systems import load_systems
    from foundation.clock import system_clock
    from insyn.connectors import connector_configs

    secrets = tuple(secret.get_secret_value() for secret in config.webhook_secrets)
    return CasesConfig(
        database_url=_database_url(config),
        key_ring=config.key_ring(),
        service_tokens=(config.service_token.get_secret_value(),),
        chat_url=config.chat_url,
        chat_token=config.service_token.get_secret_value(),
        public_url=config.staff_url,
        eves=config.eves,
        webhooks=tuple(
            WebhookEndpoint(name=url.partition("://")[2], url=url, secrets=secrets) for url in config.webhook_urls
        ),
        letters_dir=config.letters_dir,
        policy_dir=config.policy_dir,
        mailer=config.mailer(system_clock),
        connectors=connector_configs(config),
        systems=load_systems(config.systems_file, policy_dir=config.policy_dir),
        production=config.production,
        private_webhooks_allowed=config.webhook_private_allowed,
    )


def _bankid_client(config: Settings) -> ClientConfig:
    from identity.config import ClientConfig, PemCertificate, Pkcs12Certificate

    if config.bankid_url is None:
        return ClientConfig(base_url=f"{config.simulator_url}/rp/v6.0/")
    passphrase = config.bankid_passphrase.get_secret_value() if config.bankid_passphrase else None
    certificate: PemCertificate | Pkcs12Certificate | None = None
    if config.bankid_certificate is not None and config.bankid_key is not None:
        certificate = PemCertificate(config.bankid_certificate, config.bankid_key, passphrase)
    elif config.bankid_certificate is not None:
        certificate = Pkcs12Certificate(config.bankid_certificate, passphrase or "")
    return ClientConfig(base_url=config.bankid_url, certificate=certificate, root=config.bankid_root)


def _broker(config: Settings) -> BrokerConfig:
    from identity.config import BrokerConfig

    simulated = config.bankid_url is None
    if simulated:
        from identity.simulator.authority import ensure

        ensure(_simulator_directory(config))  # the edge reads its root, whichever of the two starts first
    return BrokerConfig(
        return_url=f"{config.visitors_url}/chat/bankid/return",
        referring_domain=urlsplit(config.visitors_url).hostname or LOOPBACK,
        evidence_roots=evidence_roots(config),
        launch_base=f"{config.simulator_url}/" if simulated else None,
    )


def _code_mail(config: Settings) -> CodeMail:
    from foundation.clock import system_clock
    from identity.codes import CodeMail

    return CodeMail(config.mailer(system_clock), controller=_controller(config))


def _controller(config: Settings) -> str:
    """Return the company whose policy this is, as mails name it."""
    from foundation.yaml_files import read_yaml

    return str(read_yaml(config.policy_dir / "policy.yml")["controller"])


def evidence_roots(config: Settings) -> Path:
    """Return the PEM file of the roots under which persons' certificates are issued, the simulator's own included.

    Raises:
        InsynError: BankID itself is used and no roots are named.
    """
    if config.bankid_url is None:
        return _simulator_directory(config) / "signature-root.pem"
    if config.bankid_person_roots is None:
        raise InsynError(
            "INSYN_BANKID_PERSON_ROOTS must name the roots under which BankID issues persons' certificates"
        )
    return config.bankid_person_roots


def _simulator_directory(config: Settings) -> Path:
    return config.data_dir.resolve() / "simulator"


def _check_database(config: Settings) -> None:
    """Refuse to serve what cannot start without the database, besides what production refuses."""
    from insyn.rights import refuse_an_absent_database

    refuse_an_absent_database(_database_url(config))
    _check_rights(config)


def _check_rights(config: Settings) -> None:
    """Refuse to serve in production with a login that could rewrite the history."""
    if config.production:
        from insyn.rights import refuse_a_login_that_may_rewrite

        refuse_a_login_that_may_rewrite(_database_url(config))


def _database_url(config: Settings) -> str:
    if config.database_url is None:
        raise InsynError("INSYN_DATABASE_URL is not set; `insyn up` starts a PostgreSQL and sets it for its processes")
    return config.database_url
