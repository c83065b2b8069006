"""The chat does not start in production against the simulator, its root, or anything else that is not BankID's own."""

from __future__ import annotations

import pytest

from identity.errors import NotForProductionError
from identity.simulator.authority import RP_PASSWORD, ensure
from insyn.errors import InsynError
from insyn.services import SERVICES
from tests.insyn.test_settings import PRODUCTION, load  # noqa: F401 - a fixture


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return ensure(tmp_path_factory.mktemp("bankid") / "simulator").files


@pytest.fixture
def started(load, monkeypatch, files):  # noqa: F811
    """Start a service with production's settings and the simulator's files, but for what is given."""

    def start(service: str, **changes: str) -> None:
        simulators = {
            "INSYN_BANKID_CERTIFICATE": str(files.rp_pkcs12),
            "INSYN_BANKID_PASSPHRASE": RP_PASSWORD,
            "INSYN_BANKID_ROOT": str(files.tls_root),
            "INSYN_BANKID_PERSON_ROOTS": str(files.signature_root),
        }
        config = load(**PRODUCTION | simulators | changes)
        monkeypatch.setattr("insyn.services.settings", lambda: config)
        monkeypatch.setattr("insyn.services.serve", lambda *_, **__: pytest.fail("it was served"))
        SERVICES[service]()

    return start


def test_everything_of_the_simulators_is_named_at_once(started):
    with pytest.raises(NotForProductionError) as refused:
        started("chat", INSYN_BANKID_URL="https://127.0.0.1:8704/rp/v6.0/")

    for fault in ("address", "servers", "simulator"):
        assert fault in str(refused.value)


def test_the_simulator_itself_does_not_run_there(started):
    with pytest.raises(InsynError, match="simulator"):
        started("simulator")
