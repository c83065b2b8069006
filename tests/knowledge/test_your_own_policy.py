"""Another company's policy makes a working assistant (docs/your-own-policy.md); a check says what is missing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from actions.errors import KnowledgeError
from actions.knowledge import load_knowledge
from actions.policy_answer import ActionAnswerPolicy
from actions.services import Services
from actions.welcome import ActionWelcome
from bot.pages import Pages
from cases.letters.templates import load_letters
from cases.systems import load_systems
from foundation.yaml_files import read_yaml
from insyn.cli import app
from insyn.policy_check import check_policy
from privacy.retention import DEFAULT_PERIODS, Period
from tests.actions.fakes import Fakes, run, tracker_with

ROOT = Path(__file__).parents[2]
OURS = ROOT / "data" / "policy"
THEIRS = Path(__file__).parent / "fjallbyn"
KNOWLEDGE = load_knowledge(THEIRS, conversations_kept=Period(days=14))

SAYS = {
    "retention_recordings": "sex månader",
    "retention_recruitment": "två år",
    "personal_identity_number": "aldrig",
    "dpo": "Aila Sarri",
    "transfer_outside_eu": "Nej",
    "controller": "Fjällbyns Cykelverkstad AB, Verkstadsgränd 3",
    "how_to_request": "dataskydd@fjallbyn.example",
    "cookie_what": "varukorg",
    "chat_storage": "14 dagar",
    "last_updated": "4 maj 2026",
    # a question about sharing that is read as one about a group, or of where it comes from, is answered all the same
    "group_sharing": "inte ut till andra företag",
    "partner_sharing": "inte ut till andra företag",
    "source_authorities": "bara från dig själv",
}


@pytest.fixture
def services() -> Services:
    ours = Fakes().services
    return Services(**{name: getattr(ours, name) for name in Services.__annotations__} | {"knowledge": KNOWLEDGE})


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Their directory, to break."""
    return Path(shutil.copytree(THEIRS, tmp_path / "policy"))


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(("topic", "fact"), SAYS.items())
async def test_answers_are_theirs_with_citations_from_their_policy(services: Services, topic: str, fact: str):
    [message], _ = await run(ActionAnswerPolicy(services), tracker_with("?", intent=f"policy_{topic}"))

    policy = (THEIRS / "policy.txt").read_text(encoding="utf-8")
    assert fact in message["text"]
    assert message["custom"]["citations"]
    assert all(citation["quote"] in policy for citation in message["custom"]["citations"])
    assert {citation["policy_version"] for citation in message["custom"]["citations"]} == {"2026-05-04"}


async def test_what_their_policy_does_not_say_is_told_as_such(services: Services):
    [message], _ = await run(ActionAnswerPolicy(services), tracker_with("?", intent="policy_kyc"))

    assert message["text"].startswith("Det säger policyn inte")
    assert KNOWLEDGE.privacy_email in message["text"]
    assert [button["payload"] for button in message["buttons"]] == ["/ask_human"]
    assert message["custom"]["citations"], "where one can ask stands in the policy too"


async def test_the_assistant_speaks_in_their_name(services: Services):
    [message], _ = await run(ActionWelcome(services), tracker_with())

    assert message["response"] == "utter_welcome"
    assert message["company_genitive"] == "Fjällbyns Cykelverkstads"
    assert message["company"] == "Fjällbyns Cykelverkstad"


def test_nothing_of_one_company_is_said_by_another():
    said = " ".join(topic.text for topic in KNOWLEDGE.topics.values())
    titles = " ".join(topic.title for topic in KNOWLEDGE.topics.values())
    assert "talenom" not in (said + titles).casefold()


def test_no_response_holds_the_name_of_a_company():
    about = read_yaml(OURS / "policy.yml")
    own = [about["company"], about["privacy_email"], about["controller"]]
    files = [*(ROOT / "data" / "responses").glob("*.yml"), *(ROOT / "bot" / "templates").glob("*.html")]

    found = [(path.name, value) for path in files for value in own if value in path.read_text(encoding="utf-8")]
    assert found == []


def test_no_code_of_the_assistant_holds_the_name_of_a_company():
    code = [path for package in ("actions", "bot", "cases", "privacy") for path in (ROOT / package).rglob("*.py")]
    words = [path for package in ("actions", "bot") for path in (ROOT / package).rglob("*.yml")]
    letters = list((ROOT / "data" / "letters").glob("*.yml"))
    named = [path for path in (*code, *words, *letters) if "talenom" in path.read_text(encoding="utf-8").casefold()]
    assert named == [ROOT / "bot" / "nlu" / "company.yml"], "which says what the training examples call it"


def test_the_register_of_systems_names_the_company_only_in_quotes():
    texts = list(_texts(read_yaml(ROOT / "data" / "systems.yml")))
    assert texts
    assert [text for text in texts if "talenom" in text.casefold()] == []


def _texts(entry: object) -> Iterator[str]:
    if isinstance(entry, dict):
        for name, value in entry.items():
            if name != "quote":
                yield from _texts(value)
    elif isinstance(entry, list):
        for value in entry:
            yield from _texts(value)
    elif isinstance(entry, str):
        yield entry


def test_letters_are_theirs():
    letters = load_letters(ROOT / "data" / "letters", policy_dir=THEIRS)
    assert (letters.controller, letters.contact) == ("Fjällbyns Cykelverkstad AB", "dataskydd@fjallbyn.example")


def test_the_policy_page_and_the_register_of_systems_are_theirs():
    pages = Pages(
        ROOT / "bot" / "templates",
        THEIRS,
        privacy_page=ROOT / "data" / "integritet.yml",
        retention=DEFAULT_PERIODS,
        session_idle=timedelta(hours=1),
    )
    page = pages.policy().body.decode()
    assert "Fjällbyns Cykelverkstad AB" in pages.privacy().body.decode()
    assert "Fjällbyns Cykelverkstad" in page
    assert 'id="samtal"' in page

    assert [system.id for system in load_systems(THEIRS / "systems.yml", policy_dir=THEIRS).systems] == ["booking"]


@pytest.mark.parametrize(
    ("directory", "systems", "letters"),
    [(THEIRS, None, None), (OURS, ROOT / "data" / "systems.yml", ROOT / "data" / "letters")],
)
def test_a_whole_policy_passes_the_check(directory: Path, systems: Path | None, letters: Path | None):
    report = check_policy(directory, systems_file=systems, letters_dir=letters)

    assert report.missing == ()
    assert len(report.answered) + len(report.gaps) == len(load_knowledge(directory).topics)


ANSWERS, ABOUT = "answers/answers.yml", "policy.yml"
GAPS_CITATION = "    - section: Kontakt\n      quote: Skriv till dataskydd@fjallbyn.example\n"
SYSTEMS_QUOTE = "quote: Inga uppgifter lämnar Sverige."
BROKEN = {
    "a quote with a changed letter": (ANSWERS, "quote: vi säljer dem", "quote: vi säljer dom", "sale: a quote"),
    "a topic without an answer": (ABOUT, "    - kyc\n", "", "kyc has no answer"),
    "a topic that is both": (ABOUT, "    - kyc\n", "    - kyc\n    - sale\n", "sale has an answer and"),
    "a topic that there is not": (ABOUT, "    - kyc\n", "    - kyc\n    - kuc\n", "kuc is no topic"),
    "a heading that is not there": ("policy.txt", "Kakor\n", "Kakorna\n", "'Kakor'"),
    "an address that the policy does not give": (ABOUT, "gränd 3", "gränd 4", "visiting_address"),
    "a place that nobody fills in": (ANSWERS, "{dpo}", "{ombud}", "'ombud' is missing"),
    "no address for questions": (ABOUT, "privacy_email:", "mejl:", "does not say privacy_email"),
    "a system that says more than the policy": ("systems.yml", SYSTEMS_QUOTE, "quote: Inget.", "register of systems"),
    "an answer without citation": (ABOUT, GAPS_CITATION, "", "gaps"),
}


@pytest.mark.parametrize(("file", "old", "new", "told"), BROKEN.values(), ids=BROKEN)
def test_what_is_missing_is_told_in_plain_words(copy: Path, file: str, old: str, new: str, told: str):
    change(copy / file, old, new)

    result = CliRunner().invoke(app, ["policy", "check", str(copy)], env={"COLUMNS": "500"})

    assert result.exit_code != 0
    assert told in result.output


def test_without_files_the_check_says_so_instead_of_failing(tmp_path: Path):
    assert check_policy(tmp_path).missing[0].startswith("policy.yml cannot be read")


def test_an_assistant_with_an_unanswered_topic_does_not_start(copy: Path):
    change(copy / "policy.yml", "    - kyc\n", "")
    with pytest.raises(KnowledgeError, match="kyc"):
        load_knowledge(copy)
