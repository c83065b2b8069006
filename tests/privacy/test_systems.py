"""The register of systems: what it must say, and that it cannot say what is not so."""

import copy

import pytest

from privacy.errors import SystemRegisterError
from privacy.policy import parse_policy
from privacy.systems import Handling, KeptBy, Origin, Role
from privacy.systems_reading import read_systems

POLICY = parse_policy(
    "Tider\nBrev sparas i ett år.\nMottagare\nBrev lämnas till posten.", ["Tider", "Mottagare"], version="2026-01-01"
)
STATED = [{"text": "Ett år", "section": "Tider", "quote": "Brev sparas i ett år."}]
UNSAID = [{"text": "Policyn anger inte det.", "missing": True}]


def letters(**changes) -> dict:
    """Return a well-formed entry, changed."""
    return {
        "id": "letters",
        "name": "Brev",
        "description": "Inkomna brev.",
        "role": "controller",
        "grounds": ["contract"],
        "holds": UNSAID,
        "purposes": UNSAID,
        "retention": STATED,
        "sources": UNSAID,
        "transfers": [{"text": "Ingen", "law": "artikel 44 i dataskyddsförordningen"}],
        "role_statements": [{"text": "Vi", "own": True}],
        "instructions": {"fetch": "Hämta.", "erase": "Radera.", "restrict": "Begränsa.", "correct": "Rätta."},
    } | changes


def without(entry: dict, name: str) -> dict:
    return {key: value for key, value in entry.items() if key != name}


def read(*entries: dict, **about):
    return read_systems({"systems": list(entries), "about_all": about}, POLICY)


def test_every_statement_says_where_it_comes_from():
    [system] = read(letters()).systems

    [stated], [transfer], [role] = system.retention, system.transfers, system.role_statements
    assert (stated.origin, stated.citation.quote) == (Origin.POLICY, "Brev sparas i ett år.")
    assert (stated.citation.section, stated.citation.policy_version) == ("Tider", "2026-01-01")
    assert (transfer.origin, transfer.law) == (Origin.LAW, "artikel 44 i dataskyddsförordningen")
    assert role.origin is Origin.OWN
    assert [statement.is_known for statement in (*system.holds, stated)] == [False, True]


def test_what_holds_for_every_system_stands_apart():
    register = read(letters(), recipients=[{"text": "Posten", "section": "Mottagare", "quote": "lämnas till posten"}])

    assert [statement.text for statement in register.recipients] == ["Posten"]
    assert register.system("letters").name == "Brev"
    assert register.system("faxes") is None


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        (letters(retention=[{"text": "Två år", "section": "Tider", "quote": "Brev sparas i två år."}]), "retention[0]"),
        (
            letters(retention=[{"text": "Ett år", "section": "Mottagare", "quote": "Brev sparas i ett år."}]),
            "Mottagare",
        ),
        (letters(retention=[{"text": "Ett år", "section": "Gallring", "quote": "Brev"}]), "Gallring"),
        (letters(retention=[{"text": "Ett år"}]), "exactly one"),
        (letters(retention=[{"text": "Ett år", "law": "1 §", "missing": True}]), "exactly one"),
        (letters(retention=[{"text": "Ett år", "missing": False}]), "missing is either true"),
        (letters(retention=[{"text": "Ett år", "own": True, "note": "x"}]), "unknown note"),
        (letters(retention=[{"text": " ", "missing": True}]), "text must be a text"),
        (letters(retention=[]), "retention is missing"),
        (without(letters(), "transfers"), "transfers is missing"),
        (letters(retention={"text": "Ett år"}), "retention must be a list"),
        (letters(role="owner"), "role: 'owner' is none of controller, processor"),
        (letters(grounds=["because"]), "grounds: 'because' is none of"),
        (letters(grounds="consent"), "grounds must be a list"),
        (letters(grounds=["consent"]), "instructions lack stop"),
        (letters(is_marketing=True), "instructions lack stop"),
        (letters(is_marketing="yes"), "is_marketing is true or false"),
        (
            letters(instructions={"fetch": "Hämta.", "erase": "Radera.", "correct": "Rätta."}),
            "instructions lack restrict",
        ),
        (letters(instructions={"burn": "Elda."}), "instructions: 'burn' is none of"),
        (letters(is_erasable=False), "kept_by"),
        (letters(id="Letters!"), "may hold"),
        (without(letters(), "name"), "letters: name must be a text"),
        (letters(colour="red"), "unknown colour"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(entry, complaint):
    with pytest.raises(SystemRegisterError) as refused:
        read(entry)

    assert complaint in str(refused.value)


def test_two_systems_cannot_share_an_id():
    with pytest.raises(SystemRegisterError, match="letters: two systems"):
        read(letters(), letters())


@pytest.mark.parametrize("data", [None, [], {"systems": []}, {"systems": [7]}, {"systems": [{}], "more": 1}])
def test_what_is_no_register_is_refused(data):
    with pytest.raises(SystemRegisterError):
        read_systems(data, POLICY)


def test_a_client_s_data_need_no_instructions_since_the_client_answers():
    [system] = read(letters(role="processor", instructions={})).systems

    assert system.role is Role.PROCESSOR
    assert system.instructions == {}


def test_what_law_keeps_need_not_say_how_it_is_erased():
    instructions = without(letters()["instructions"], "erase")

    [system] = read(letters(is_erasable=False, kept_by=["bookkeeping"], instructions=instructions)).systems

    assert system.kept_by == (KeptBy.BOOKKEEPING,)
    assert Handling.ERASE not in system.instructions


def test_reading_changes_nothing_in_what_was_given():
    entry = letters()
    before = copy.deepcopy(entry)

    read(entry)

    assert entry == before
