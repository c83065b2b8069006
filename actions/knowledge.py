"""What the policy says, topic by topic: read from the policy's directory and proved to stand in the policy's text.

A directory holds ``policy.yml`` (whose policy, which version, its headings, what is the company's own), the text, and
``answers/*.yml``. Which topics there are is the same for every company, since the model knows their questions:
``data/policy/topics.yml``, unless the directory has its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from actions.errors import KnowledgeError
from privacy.company_name import own_words
from privacy.errors import PolicyStructureError, QuoteNotInPolicyError
from privacy.policy import Citation, Policy, parse_policy
from privacy.retention import Period, RetentionPeriods

USUALLY_KEPT: Final = RetentionPeriods().conversations

REGISTRY: Final = Path(__file__).parent.parent / "data" / "policy" / "topics.yml"


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic: its answer, what proves it, and what people usually want next."""

    id: str
    title: str
    """A short Swedish reading of the question, for a button."""

    text: str
    law: tuple[str, ...]
    """Provisions, where the law rather than the policy answers."""

    citations: tuple[Citation, ...]
    next_steps: tuple[str, ...]
    """Request intents and ids of other topics."""

    is_gap: bool = False
    """Whether the policy says nothing of it, so that the answer says that."""

    @property
    def intent(self) -> str:
        """The intent that asks about this topic."""
        return f"policy_{self.id}"


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything the assistant can say about the policy."""

    company: str
    company_genitive: str
    controller: str
    privacy_email: str
    topics: Mapping[str, Topic]
    """By intent."""


def load_knowledge(directory: Path, *, conversations_kept: Period = USUALLY_KEPT) -> Knowledge:
    """Read a policy's directory.

    Args:
        directory: where ``policy.yml`` lies.
        conversations_kept: what the answers say where ``{chat_kept}`` stands, so that they say what retention does.

    Raises:
        KnowledgeError: something is missing, a topic is neither answered nor called a gap, or a quote does not stand in
            its section.
    """
    try:
        about = read_yaml(directory / "policy.yml")
        policy = read_policy(directory, about)
        answers = read_answers(directory / "answers")
        registry = read_registry(directory)
        own = own_values(about, conversations_kept=conversations_kept)
        gaps = about.get("gaps") or {}
        if missing := [entry["id"] for entry in registry if entry["id"] not in {*answers, *gaps.get("topics", ())}]:
            raise KnowledgeError(f"{directory}: neither answered nor called a gap: {', '.join(missing)}")
        topics = [
            answered_topic(entry, answers[entry["id"]], policy, own)
            if entry["id"] in answers
            else gap_topic(entry, gaps, policy, own)
            for entry in registry
        ]
    except (
        OSError,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        yaml.YAMLError,
        PolicyStructureError,
        QuoteNotInPolicyError,
    ) as error:
        raise KnowledgeError(f"{directory}: {type(error).__name__}: {error}") from error
    return Knowledge(
        company=about["company"],
        company_genitive=about["company_genitive"],
        controller=about["controller"],
        privacy_email=about["privacy_email"],
        topics={topic.intent: topic for topic in topics},
    )


def read_yaml(path: Path) -> Any:
    """Return what a file says: plain data, read by the parser in C."""
    return parse_yaml(path.read_text(encoding="utf-8"))


def parse_yaml(text: str) -> Any:
    """Return what a text says, in the same way."""
    return yaml.load(text, yaml.CSafeLoader)


def read_policy(directory: Path, about: Mapping[str, Any]) -> Policy:
    """Return the policy's text in its sections.

    Raises:
        PolicyStructureError: a heading does not stand where it should.
    """
    text = (directory / about["file"]).read_text(encoding="utf-8")
    return parse_policy(text, [section["heading"] for section in about["sections"]], version=about["version"])


def read_answers(directory: Path) -> dict[str, dict[str, Any]]:
    """Return the answers by topic, from one file a section."""
    answers: dict[str, dict[str, Any]] = {}
    for path in sorted(directory.glob("*.yml")):
        answers |= read_yaml(path) or {}
    return answers


def read_registry(directory: Path) -> Sequence[Mapping[str, Any]]:
    """Return the topics: the directory's own list, or the one that all companies share."""
    own = directory / REGISTRY.name
    entries: Sequence[Mapping[str, Any]] = read_yaml(own if own.exists() else REGISTRY)
    return entries


def own_values(about: Mapping[str, Any], *, conversations_kept: Period = USUALLY_KEPT) -> dict[str, str]:
    """Return what an answer may name in braces.

    Raises:
        KeyError: one that every company has is missing.
    """
    return own_words(about) | {"chat_kept": conversations_kept.label}


def answered_topic(
    entry: Mapping[str, Any], answer: Mapping[str, Any], policy: Policy, own: Mapping[str, str]
) -> Topic:
    """Return a topic with its answer, the company's own filled in.

    Raises:
        KeyError: the answer names something that ``policy.yml`` does not say.
        QuoteNotInPolicyError: a quote does not stand in its section.
    """
    return _topic(entry, str(answer["text"]), answer["citations"], policy, own, law=tuple(answer.get("law", ())))


def gap_topic(entry: Mapping[str, Any], gaps: Mapping[str, Any], policy: Policy, own: Mapping[str, str]) -> Topic:
    """Return a topic that the policy says nothing of: the answer is that, and where one can ask."""
    return _topic(entry, str(gaps["text"]), gaps["citations"], policy, own, is_gap=True)


def _topic(
    entry: Mapping[str, Any],
    text: str,
    citations: Sequence[Mapping[str, str]],
    policy: Policy,
    own: Mapping[str, str],
    *,
    law: tuple[str, ...] = (),
    is_gap: bool = False,
) -> Topic:
    return Topic(
        id=entry["id"],
        title=entry["title"],
        text=text.strip().format_map(own),
        law=law,
        citations=tuple(policy.cite(citation["section"], citation["quote"]) for citation in citations),
        next_steps=("ask_human",) if is_gap else tuple(entry.get("next", ())),
        is_gap=is_gap,
    )
