"""The company's own register, as it is shipped: complete, and no more certain than the policy."""

import shutil

import pytest

from cases.connectors.config import HubspotConfig, MailchimpConfig, TeamtailorConfig
from cases.connectors.registry import connectors_of
from cases.systems import CONNECTORS, load_policy, load_systems
from insyn.settings import ROOT
from privacy.errors import SystemRegisterError
from privacy.systems import KeptBy, Origin, Role

POLICY_DIR = ROOT / "data" / "policy"
SYSTEMS = ROOT / "data" / "systems.yml"


@pytest.fixture(scope="module")
def register():
    return load_systems(SYSTEMS, policy_dir=POLICY_DIR)


def test_it_has_the_systems_that_the_policy_and_the_business_name(register):
    named = {"mailchimp", "hubspot", "teamtailor", "choice_hr", "google_analytics"}  # policy, F56
    assert {system.id for system in register.systems} == named | {
        "call_recordings",
        "customer_systems",
        "bookkeeping",
        "client_assignments",
        "website",
        "assistant",
    }
    assert [system.id for system in register.marketing] == ["mailchimp", "hubspot"]
    assert {system.connector for system in register.systems} == {"mailchimp", "hubspot", "teamtailor", None}


def test_every_quote_stands_in_the_policy(register):
    policy = load_policy(POLICY_DIR)
    cited = [s for system in register.systems for _, s in system.statements() if s.origin is Origin.POLICY]

    assert len(cited) > 60
    for statement in cited:
        assert policy.cite(statement.citation.section, statement.citation.quote) == statement.citation


def test_who_is_responsible_and_what_law_keeps(register):
    assert [system.id for system in register.systems if system.role is Role.PROCESSOR] == ["client_assignments"]
    kept = {system.id: system.kept_by for system in register.systems if system.kept_by}
    assert kept == {"customer_systems": (KeptBy.MONEY_LAUNDERING,), "bookkeeping": (KeptBy.BOOKKEEPING,)}
    assert [system.id for system in register.systems if not system.is_erasable] == ["bookkeeping"]


@pytest.mark.parametrize("system_id", ["mailchimp", "hubspot", "google_analytics", "client_assignments", "website"])
def test_where_the_policy_names_no_period_the_register_says_so(register, system_id):
    retention = register.system(system_id).retention

    assert any(statement.origin is Origin.MISSING for statement in retention)


@pytest.mark.parametrize("system_id", ["mailchimp", "hubspot", "teamtailor", "choice_hr", "google_analytics"])
def test_transfers_to_the_usa_stand_with_their_safeguard(register, system_id):
    transfers = " ".join(statement.text for statement in register.system(system_id).transfers)

    assert "USA" in transfers
    assert "standardavtalsklausuler" in transfers


def test_periods_in_the_register_are_those_of_the_policy_and_the_law(register):
    def retention(system_id: str) -> str:
        return " ".join(statement.text for statement in register.system(system_id).retention)

    assert "3 månader" in retention("call_recordings")
    assert "12 månader" in retention("teamtailor")
    assert "sjunde året" in retention("bookkeeping")
    assert "fem år" in retention("customer_systems")


def test_what_holds_everywhere(register):
    assert register.controller
    assert register.recipients
    assert [statement.origin for statement in register.automated_decisions] == [Origin.MISSING]
    assert any("IMY" in statement.text for statement in register.rights)


def test_a_policy_that_changed_its_words_is_noticed_at_start(tmp_path):
    changed = shutil.copytree(POLICY_DIR, tmp_path / "policy")
    text = (changed / "integritetspolicy.txt").read_text(encoding="utf-8")
    (changed / "integritetspolicy.txt").write_text(text.replace("efter 3 månader", "efter 6 månader"), encoding="utf-8")

    with pytest.raises(SystemRegisterError, match=r"systems\.yml: call_recordings: retention\[0\]"):
        load_systems(SYSTEMS, policy_dir=changed)


@pytest.mark.parametrize("content", [None, "systems: [", "systems: []"])
def test_a_file_that_is_no_register_is_named(tmp_path, content):
    path = tmp_path / "systems.yml"
    if content is not None:
        path.write_text(content, encoding="utf-8")

    with pytest.raises(SystemRegisterError, match=r"systems\.yml"):
        load_systems(path, policy_dir=POLICY_DIR)


@pytest.mark.parametrize("connector", ["salesforce", "hubspot"])
def test_a_connector_that_there_is_not_or_of_another_system_is_refused(tmp_path, connector):
    path = tmp_path / "systems.yml"
    text = SYSTEMS.read_text(encoding="utf-8")
    path.write_text(text.replace("connector: mailchimp", f"connector: {connector}"), encoding="utf-8")

    with pytest.raises(SystemRegisterError, match="mailchimp: connector is one of"):
        load_systems(path, policy_dir=POLICY_DIR)


def test_every_connector_that_the_register_may_name_exists():
    configs = (MailchimpConfig("k-us1"), HubspotConfig("t"), TeamtailorConfig("t"))

    assert sorted(connectors_of(configs)) == sorted(CONNECTORS)
