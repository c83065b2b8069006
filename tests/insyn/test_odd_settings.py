"""What the person at the terminal reads when a setting is odd, missing or wrong: which one, and what to do."""

import sys

import psycopg
import pytest
from sqlalchemy import make_url

from foundation.database import libpq_url
from insyn import audit, outbox, readers, staff, tokens
from insyn.cli import main
from insyn.errors import InsynError
from insyn.evidence import verify
from insyn.rights import Logins, bring_up_to_date
from insyn.services import SERVICES
from insyn.settings import Settings, settings
from insyn.up import logins
from insyn.upkeep import key_status, rotate_keys, run_retention
from tests.conftest import own_database

NOBODY_LISTENS = "postgresql://insyn:a-password@127.0.0.1:1/insyn"

COMMANDS = {
    "staff add": lambda config: staff.add(config, "kim", administrator=False),
    "evidence verify": lambda config: verify(config, "AR-7K2M-Q941"),
    "retention run": lambda config: run_retention(config, dry_run=True),
    "keys rotate": rotate_keys,
    "keys status": key_status,
    "audit verify": audit.verify_audit,
    "audit checkpoint": lambda config: audit.write_checkpoint(config, config.data_dir / "checkpoint"),
    "audit readers": lambda config: readers.readers(config, "AR-7K2M-Q941"),
    "token add": lambda config: tokens.add(config, "a system", scopes=["cases:read"], expires_in_days=None),
    "token list": tokens.listed,
    "token revoke": lambda config: tokens.revoke(config, 1),
    "deliveries dead": outbox.dead,
    "deliveries replay": lambda config: outbox.replay(config, []),
}

each_command = pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS.keys())


@pytest.fixture(scope="module")
def empty_database(postgres_url, template_database):
    """A database that nobody has brought up to date, and the services' login to it."""
    with own_database(postgres_url, "template1") as url:
        yield url


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """Settings of this test alone, from the environment as an operator writes them."""
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    yield monkeypatch
    settings.cache_clear()


def a_sentence(refusal) -> str:
    """What the terminal shows: short, and without the password."""
    said = str(refusal.value)
    assert "\n" not in said
    assert "a-password" not in said
    return said


@each_command
def test_a_database_that_does_not_answer_is_named_by_its_setting(command, tmp_path):
    with pytest.raises(InsynError, match="the database of INSYN_DATABASE_URL is not reached") as refusal:
        command(Settings(_env_file=None, database_url=NOBODY_LISTENS, data_dir=tmp_path))
    assert "Connection refused" in a_sentence(refusal)


@pytest.mark.parametrize("service", ["cases", "worker"])
def test_a_service_that_needs_the_database_says_that_it_is_not_reached(service, environment):
    environment.setenv("INSYN_DATABASE_URL", NOBODY_LISTENS)

    with pytest.raises(InsynError, match="the database of INSYN_DATABASE_URL is not reached") as refusal:
        SERVICES[service]()
    a_sentence(refusal)


@pytest.mark.database
@each_command
def test_a_database_without_tables_says_what_makes_them(command, empty_database, tmp_path):
    with pytest.raises(InsynError, match="no tables yet: run `insyn migrate`"):
        command(Settings(_env_file=None, database_url=empty_database, data_dir=tmp_path))


@pytest.mark.database
def test_tables_of_another_version_are_not_worked_with(database_url, owner_url, tmp_path):
    with psycopg.connect(libpq_url(owner_url)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'of_another_year'")

    with pytest.raises(InsynError, match=r"revision of_another_year.*run `insyn migrate`"):
        audit.verify_audit(Settings(_env_file=None, database_url=database_url, data_dir=tmp_path))


def test_the_owner_s_address_is_named_apart():
    with pytest.raises(InsynError, match="INSYN_DATABASE_URL"):
        bring_up_to_date(Logins(NOBODY_LISTENS, owner=NOBODY_LISTENS))


@pytest.mark.database
def test_a_wrong_owner_is_named_by_its_setting(database_url):
    nobody = make_url(database_url).set(username="nobody_of_ours").render_as_string(hide_password=False)

    with pytest.raises(InsynError, match="the database of INSYN_MIGRATIONS_DATABASE_URL is not reached") as refusal:
        bring_up_to_date(Logins(database_url, owner=nobody))
    assert "nobody_of_ours" in a_sentence(refusal)


def test_a_data_directory_that_is_a_file_is_named(tmp_path):
    (tmp_path / "taken").write_text("")

    with (
        pytest.raises(InsynError, match=r"INSYN_DATA_DIR: .*taken.* cannot be made a directory") as refusal,
        logins(Settings(_env_file=None, data_dir=tmp_path / "taken" / "insyn")),
    ):
        pass
    a_sentence(refusal)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("INSYN_CASES_PORT", "abc", "INSYN_CASES_PORT: .*integer"),
        ("INSYN_ENV", "prod", "INSYN_ENV: .*'development' or 'production'"),
        ("INSYN_ENV", "production", "INSYN_SERVICE_TOKEN must be set"),
        ("INSYN_DATABASE_URL", "a-password", "INSYN_DATABASE_URL: .*not an address of PostgreSQL"),
        ("INSYN_DATABASE_URL", "mysql://insyn:a-password@db/insyn", "INSYN_DATABASE_URL: .*not an address"),
        ("INSYN_SMTP_URL", "a-password", "INSYN_SMTP_URL: a mail server is"),
        ("INSYN_STAFF_HOURS", "8-17", "INSYN_STAFF_HOURS: .*08:00-17:00"),
        ("INSYN_POLICY_DIR", "/nowhere", "INSYN_POLICY_DIR: .*directory"),
        ("INSYN_LETTERS_DIR", "/nowhere", "INSYN_LETTERS_DIR: .*directory"),
        ("INSYN_SYSTEMS_FILE", "/nowhere", "INSYN_SYSTEMS_FILE: .*file"),
        ("INSYN_PROCESSORS_FILE", "/nowhere", "INSYN_PROCESSORS_FILE: .*file"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(environment, name, value, said):
    environment.setenv(name, value)

    with pytest.raises(InsynError, match=said) as refusal:
        settings()
    a_sentence(refusal)


def test_the_command_line_says_it_without_a_traceback(environment, capsys):
    environment.setenv("INSYN_CASES_PORT", "abc")
    environment.setattr(sys, "argv", ["insyn", "token", "list"])

    with pytest.raises(SystemExit, match="1"):
        main()
    assert "INSYN_CASES_PORT" in capsys.readouterr().err


def test_there_is_no_third_half(environment, capsys):
    environment.setattr(sys, "argv", ["insyn", "evaluate", "third"])

    with pytest.raises(SystemExit, match="1"):
        main()
    assert "there are: development, final" in capsys.readouterr().err


def test_a_data_directory_that_is_not_there_yet_is_made(tmp_path):
    with (
        logins(Settings(_env_file=None, data_dir=tmp_path / "not" / "yet")) as both,
        psycopg.connect(libpq_url(both.services)) as connection,
    ):
        assert connection.execute("SELECT 1").fetchone() == (1,)
