"""An access package answers every letter of article 15(1), and 15(2), for every system of the register we ship."""

import json
from datetime import UTC, date, datetime

import pytest
from lxml import html

from cases.packages.account import Account
from cases.packages.document import document
from cases.packages.portability import as_json
from privacy.request_types import RequestType
from privacy.systems import System
from tests.register import REGISTER

OF_A_SYSTEM = {
    "15(1)(a), purposes": ("purposes", "Ändamål", "ändamål"),
    "15(1)(b), categories": ("holds", "Kategorier av uppgifter", "kategorier"),
    "15(1)(c), recipients": ("recipients", "Mottagare", "mottagare"),
    "15(1)(d), how long": ("retention", "Hur länge", "lagringstid"),
    "15(1)(g), sources": ("sources", "Varifrån uppgifterna kommer", "källor"),
    "15(2), transfers": ("transfers", "Överföring utanför EU/EES och skydd", "överföring_utanför_eu"),
    "whose the data are": ("role_statements", "Varför vi har den rollen", "roll_därför"),
}
"""Letter: the register's attribute, its heading on the page, its key in the JSON."""

OF_ALL = {
    "15(1)(c), recipients": ("recipients", "Mottagare i övrigt", "mottagare"),
    "15(1)(e)-(f), rights and complaint": ("rights", "Dina rättigheter", "rättigheter"),
    "15(1)(h), automated decisions": (
        "automated_decisions",
        "Automatiserade beslut och profilering",
        "automatiserade_beslut",
    ),
    "who answers": ("controller", "Vem som ansvarar för uppgifterna", "personuppgiftsansvarig"),
}

ACCOUNT = Account(
    reference="AR-7K2M-Q94X",
    request_type=RequestType.ACCESS,
    made_at=datetime(2026, 3, 10, tzinfo=UTC),
    received_on=date(2026, 3, 5),
    name="Karl Testsson",
    personal_identity_number=None,
    contact_email=None,
    requests=(),
    talks=(),
    blocked_addresses=(),
    systems=REGISTER.systems,
    register=REGISTER,
)
PAGE = html.document_fromstring(document(ACCOUNT).decode())
TOLD = json.loads(as_json(ACCOUNT.as_json()))


def texts_under(system: System, heading: str) -> list[str]:
    """Return what stands on the page under a heading of a system."""
    [found] = PAGE.xpath("//h3[text()=$name]/following-sibling::dl[1]", name=system.name)
    answers = found.xpath("dt[text()=$heading]/following-sibling::dd[1]", heading=heading)
    return [one for answer in answers for one in answer.xpath(".//li/text()") or [answer.text]]


@pytest.mark.parametrize("letter", OF_A_SYSTEM)
@pytest.mark.parametrize("system", REGISTER.systems, ids=lambda system: system.id)
def test_every_letter_is_answered_for_every_system(system, letter):
    attribute, heading, key = OF_A_SYSTEM[letter]
    stated = [statement.text for statement in getattr(system, attribute)]
    assert stated or (attribute == "recipients" and REGISTER.recipients)
    [told] = [one for one in TOLD["system"] if one["namn"] == system.name]

    assert texts_under(system, heading) == stated
    assert told[key] == stated


@pytest.mark.parametrize("system", REGISTER.systems, ids=lambda system: system.id)
def test_role_and_legal_grounds_stand_with_every_system(system):
    [role] = texts_under(system, "Vår roll")
    grounds = " ".join(texts_under(system, "Rättslig grund"))
    [told] = [one for one in TOLD["system"] if one["namn"] == system.name]

    assert role.lower() == told["roll"] == system.role.label
    assert all(ground.label in grounds.lower().replace("(artikel", "(artikel") for ground in system.grounds)
    assert told["rättslig_grund"] == [ground.label for ground in system.grounds]


@pytest.mark.parametrize("letter", OF_ALL)
def test_what_holds_for_all_systems_is_answered(letter):
    attribute, heading, key = OF_ALL[letter]
    stated = [statement.text for statement in getattr(REGISTER, attribute)]
    assert stated

    assert PAGE.xpath("//h2[text()=$heading]/following-sibling::ul[1]/li/text()", heading=heading) == stated
    assert TOLD[key] == stated


def test_each_right_of_letter_e_and_the_authority_of_letter_f_are_named():
    [rights] = PAGE.xpath("//h2[text()='Dina rättigheter']/following-sibling::p[1]")
    for right in ("rättelse", "radering", "begränsning", "invända"):
        assert right in rights.text
    assert "Integritetsskyddsmyndigheten" in PAGE.text_content()
    assert "allmän domstol" in PAGE.text_content()
