"""Every fact and gap of the policy has its topic, every topic its answer, every answer its words in the policy."""

import json
import re
from collections import Counter, defaultdict
from datetime import date

import pytest

from foundation.yaml_files import read_yaml
from privacy.policy import slug
from privacy.request_types import RequestType
from privacy.swedish_dates import swedish_date
from tests.knowledge.conftest import ROOT, read_knowledge, table

KNOWLEDGE = read_knowledge()
FACTS = [f"F{number}" for number in range(1, 82)]
GAPS = [f"G{number}" for number in range(1, 21)]
SAYS = table("facts.yml")
CARRIES = table("carries.yml")
TOPICS = sorted(KNOWLEDGE.topics)

REQUESTS = {f"request_{kind}" for kind in RequestType if kind is not RequestType.COMPLAINT} | {"make_complaint"}
STEPS = REQUESTS | {"ask_case_status", "ask_human"}
OTHER_INTENTS = STEPS | {"ask_if_bot", "ask_help"}

COVERS = re.compile(r"F\d+|G\d+|art \d+(\.\d+)?|lag")
BULLET = "• "
LONGEST_TITLE = 45
LONGEST_TEXT = 420
LONGEST_LIST = 500
MOST_SENTENCES = 4
MOST_CITATIONS = 3
MOST_NEXT = 3
LAW_IN_TEXT = {
    "GDPR": "GDPR",
    "bokföringslagen": "bokföringslagen",
    "penningtvättslagen": "penningtvättslagen",
    "dataskyddslagen": "dataskyddslagen",
    "lagen": "lagen",
    "föräldrabalken": "lag",
}
"""The first word of a law as ``law`` names it, and what a reader of the answer must see."""

ARTICLES = {
    "12.3": "response_time",
    "12.5": "fee",
    "12.6": "identification",
    "15": "right_access",
    "16": "right_rectification",
    "17": "right_erasure",
    "18": "right_restriction",
    "20": "right_portability",
    "21.1": "right_objection",
    "21.3": "right_marketing_objection",
    "22": "automated_decisions",
    "77": "right_complaint",
}
"""The rights of the GDPR and how they are used, each with the topic that answers it."""

COVERED_AS = {"21.3": "21.2"}
"""Objection to marketing is two paragraphs: that one may object, and what follows."""

GIVEN_BY_THE_POLICY = {"art 7.3"}
"""The policy itself says that consent can be taken back, so its words are the answer."""

OTHER_LAWS = {
    "retention_law": ["bokföringslagen 7 kap. 2 §", "penningtvättslagen 5 kap. 3–4 §§"],
    "retention_after_customer": ["bokföringslagen 7 kap. 2 §", "penningtvättslagen 5 kap."],
    "right_erasure": ["bokföringslagen 7 kap.", "penningtvättslagen 5 kap."],
    "cookie_consent": ["lagen om elektronisk kommunikation 9 kap. 28 §"],
    "personal_identity_number": ["dataskyddslagen 3 kap. 10 §"],
    "suspicion_report": ["penningtvättslagen 5 kap."],
}

UNSAID = set(GAPS) - {"G3", "G4", "G6", "G7", "G9", "G11", "G19"}
"""Gaps at which the policy is silent; at the others it says something that the law or another sentence goes beyond."""

SAYS_NO_MORE = [
    r"(säger|anger|nämner) (policyn )?(inte|inget|ingen|bara)",
    r"policyn (själv )?(säger|anger|nämner) (inte|inget|ingen|bara)",
    r"(framgår|står|finns) inte",
    r"men inte hur länge",
]
WHERE_TO_TURN = [re.escape("dataskydd@talenom.se"), "i chatten", "människa", "medarbetare", "IMY", "i webbläsaren"]

NEVER_SAID = ["Datainspektionen", "garanter", r"vi lovar", r"30 dagar(?<!i högst 30 dagar)", "omöjlig", "allt raderas"]


def missing(text: str, patterns: list[str]) -> list[str]:
    """Return what the text does not say."""
    return [pattern for pattern in patterns if not re.search(pattern, text, re.IGNORECASE)]


def text_of(topic: str) -> str:
    return str(KNOWLEDGE.answers[topic]["text"]).strip().format_map(KNOWLEDGE.own)


def test_the_policy_is_the_one_that_was_read(knowledge):
    assert knowledge.policy_sha256 == knowledge.about["sha256"]


def test_the_answer_about_the_version_names_its_day(knowledge):
    assert swedish_date(date.fromisoformat(knowledge.about["version"])) in text_of("last_updated")
    assert knowledge.about["version"] in knowledge.about["version_label"]


def test_headings_have_a_level_and_begin_at_the_top(knowledge):
    levels = [section["level"] for section in knowledge.about["sections"]]

    assert set(levels) == {1, 2}
    assert levels[0] == 1


def test_who_is_behind_the_policy_is_what_the_policy_says(knowledge):
    whole = "\n".join(section.text for section in knowledge.policy.sections)

    assert knowledge.about["controller"] in whole
    assert knowledge.about["privacy_email"] in whole


def test_no_topic_is_listed_twice_and_no_answer_written_twice(knowledge):
    assert len(knowledge.listed) == len(set(knowledge.listed))
    assert len(knowledge.written) == len(knowledge.answers)


def test_every_topic_has_an_answer_and_every_answer_a_topic(knowledge):
    assert set(knowledge.topics) == set(knowledge.answers)


def test_facts_and_gaps_are_all_described():
    assert set(SAYS) == {*FACTS, *GAPS}
    assert set(CARRIES) <= set(TOPICS)


@pytest.mark.parametrize("name", [*FACTS, *GAPS])
def test_a_topic_that_covers_it_says_it(knowledge, name):
    covering = knowledge.covering(name)

    assert covering, f"no topic covers {name}"
    lacking = {topic: missing(text_of(topic), SAYS[name]) for topic in covering}
    assert not all(lacking.values()), lacking


@pytest.mark.parametrize("topic", [topic for topic in TOPICS if set(KNOWLEDGE.topics[topic]["covers"]) & set(GAPS)])
def test_an_answer_at_a_gap_tells_where_to_turn(knowledge, topic):
    """In its words, or by a button below it."""
    said = re.search("|".join(WHERE_TO_TURN), text_of(topic), re.IGNORECASE)
    assert said or set(knowledge.topics[topic]["next"]) & STEPS


@pytest.mark.parametrize("topic", [topic for topic in TOPICS if set(KNOWLEDGE.topics[topic]["covers"]) & set(UNSAID)])
def test_an_answer_at_a_gap_says_that_the_policy_says_no_more(topic):
    assert re.search("|".join(SAYS_NO_MORE), text_of(topic), re.IGNORECASE)


@pytest.mark.parametrize(("article", "topic"), ARTICLES.items())
def test_each_right_of_the_law_has_its_answer_that_names_its_article(knowledge, article, topic):
    assert f"art {COVERED_AS.get(article, article)}" in knowledge.topics[topic]["covers"]
    assert any(article in law for law in knowledge.answers[topic]["law"])
    assert missing(text_of(topic), [rf"artikel {article}(?!\d)"]) == []


def test_no_article_is_covered_that_is_not_asked_for(knowledge):
    covered = {name for entry in knowledge.topics.values() for name in entry["covers"] if name.startswith("art ")}
    assert covered == {f"art {COVERED_AS.get(article, article)}" for article in ARTICLES} | GIVEN_BY_THE_POLICY


@pytest.mark.parametrize(("topic", "laws"), OTHER_LAWS.items())
def test_where_another_law_has_the_answer_it_is_held_as_data(knowledge, topic, laws):
    held = " ".join(knowledge.answers[topic].get("law", []))
    assert [law for law in laws if law not in held] == []


@pytest.mark.parametrize("topic", sorted(CARRIES))
def test_the_answer_says_what_people_mean_besides(topic):
    assert missing(text_of(topic), CARRIES[topic]) == []


@pytest.mark.parametrize("topic", TOPICS)
def test_every_quote_stands_in_the_section_it_names(knowledge, topic):
    citations = knowledge.answers[topic]["citations"]

    assert 1 <= len(citations) <= MOST_CITATIONS
    for citation in citations:
        assert set(citation) == {"section", "quote"}
        assert knowledge.policy.cite(citation["section"], citation["quote"])


def test_an_answer_stands_in_the_file_of_the_section_it_cites_first(knowledge):
    first = {topic: slug(answer["citations"][0]["section"]) for topic, answer in knowledge.answers.items()}

    assert [(name, topic) for name, topic in knowledge.written if first[topic] != name] == []


def test_every_section_with_text_is_cited(knowledge):
    cited = {citation["section"] for answer in knowledge.answers.values() for citation in answer["citations"]}

    assert {section.title for section in knowledge.policy.sections if section.text} == cited


@pytest.mark.parametrize("topic", TOPICS)
def test_an_entry_of_the_registry_is_whole(knowledge, topic):
    entry = knowledge.topics[topic]

    assert set(entry) == {"id", "title", "object", "aspect", "covers", "rivals", "next"}
    assert entry["covers"]
    assert all(COVERS.fullmatch(name) for name in entry["covers"]), entry["covers"]
    assert 0 < len(entry["title"]) <= LONGEST_TITLE


def test_titles_differ(knowledge):
    titles = [entry["title"].casefold() for entry in knowledge.topics.values()]

    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("topic", TOPICS)
def test_rivals_and_next_steps_exist_and_are_others(knowledge, topic):
    entry = knowledge.topics[topic]

    assert entry["rivals"]
    assert set(entry["rivals"]) <= (set(knowledge.topics) | OTHER_INTENTS) - {topic}
    assert all(entry["rivals"].values())
    assert 1 <= len(entry["next"]) == len(set(entry["next"])) <= MOST_NEXT
    assert set(entry["next"]) <= (set(knowledge.topics) | STEPS) - {topic}


@pytest.mark.parametrize("topic", TOPICS)
def test_an_answer_is_short(topic):
    lines = text_of(topic).splitlines()
    prose = " ".join(line for line in lines if not line.startswith(BULLET))
    listed = "\n".join(line for line in lines if line.startswith(BULLET))

    assert 0 < len(prose) <= LONGEST_TEXT
    assert len(listed) <= LONGEST_LIST
    assert len(re.findall(r"[.!?](?=\s+[A-ZÅÄÖ]|$)", prose)) <= MOST_SENTENCES
    assert prose.endswith(".")


@pytest.mark.parametrize("topic", TOPICS)
def test_an_answer_that_the_law_gives_says_that_it_is_the_law(knowledge, topic):
    answer = knowledge.answers[topic]

    assert set(answer) <= {"text", "citations", "law"}
    for law in answer.get("law", []):
        assert missing(text_of(topic), [LAW_IN_TEXT[law.split()[0]]]) == [], law


@pytest.mark.parametrize("topic", TOPICS)
def test_every_article_named_in_a_text_is_held_as_data(knowledge, topic):
    held = " ".join(knowledge.answers[topic].get("law", []))

    assert [number for number in re.findall(r"artikel (\d+)", text_of(topic)) if f"artikel {number}" not in held] == []


@pytest.mark.parametrize("topic", TOPICS)
def test_what_is_never_said(topic):
    assert [words for words in NEVER_SAID if re.search(words, text_of(topic), re.IGNORECASE)] == []


def test_the_answer_about_suspicions_neither_confirms_nor_denies():
    """Penningtvättslagen 5 kap. 7 and 11 §§."""
    assert not re.match(r"(ja|nej)\b", text_of("suspicion_report"), re.IGNORECASE)


@pytest.mark.parametrize("topic", [topic for topic in TOPICS if topic.startswith("right_")])
def test_the_answer_about_a_right_offers_to_use_it(knowledge, topic):
    assert set(knowledge.topics[topic]["next"]) & REQUESTS


def test_a_topic_has_a_pair_of_its_own_for_questions_that_lean_on_it(knowledge):
    pairs = [(entry["object"], entry["aspect"]) for entry in knowledge.topics.values()]
    assert len(set(pairs)) == len(pairs)


def test_leaning_questions_lead_to_topics_that_there_are(knowledge):
    told = read_yaml(ROOT / "bot" / "nlu" / "follow_ups.yml")
    objects = {entry["object"] for entry in knowledge.topics.values()}
    aspects = {entry["aspect"] for entry in knowledge.topics.values()} | set(told["aspects"])

    targets = {topic for table in ("also", "in_general", "to_do", "crossed") for topic in told[table].values()}
    assert targets <= set(knowledge.topics)
    assert set(told["objects"]) - objects - {pair.split()[0] for pair in told["also"]} <= set()
    assert {name for pair in told["also"] for name in [pair.split()[1]]} <= aspects
    assert {name for pair in told["crossed"] for name in pair.split()} <= aspects
    own = {f"{entry['object']} {entry['aspect']}" for entry in knowledge.topics.values()}
    assert own & set(told["also"]) == set(), "a pair that is a topic's own needs no other"


FEWEST_EXAMPLES = 120


def examples_by_intent() -> Counter[str]:
    """Return how many different training examples each intent has."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "data" / "nlu").rglob("*.yml")):
        for entry in read_yaml(path)["nlu"]:
            found[entry["intent"]] |= {line.removeprefix("- ").strip() for line in entry["examples"].splitlines()}
    return Counter({intent: len(examples) for intent, examples in found.items()})


def questions_by_intent() -> Counter[str]:
    """Return how many evaluation questions each intent has. Their texts are not looked at: half of them only report."""
    counts: Counter[str] = Counter()
    for path in sorted((ROOT / "tests" / "nlu").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                question = json.loads(line)
                counts.update({question["intent"], *question.get("also", ())})
    return counts


@pytest.fixture(scope="module")
def examples() -> Counter[str]:
    return examples_by_intent()


@pytest.fixture(scope="module")
def questions() -> Counter[str]:
    return questions_by_intent()


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_has_examples_enough_and_is_measured(topic, examples, questions):
    assert examples[f"policy_{topic}"] >= FEWEST_EXAMPLES
    assert questions[f"policy_{topic}"] > 0
