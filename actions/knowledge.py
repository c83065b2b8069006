"""What the policy says, topic by topic: read from ``data/policy`` and proved to stand in the policy's text."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from actions.errors import KnowledgeError
from privacy.errors import PolicyStructureError, QuoteNotInPolicyError
from privacy.policy import Citation, Policy, parse_policy
from privacy.retention import Period, RetentionPeriods

USUALLY_KEPT: Final = RetentionPeriods().conversations


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

    @property
    def intent(self) -> str:
        """The intent that asks about this topic."""
        return f"policy_{self.id}"


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything the assistant can say about the policy."""

    company: str
    controller: str
    privacy_email: str
    topics: Mapping[str, Topic]
    """By intent."""


def load_knowledge(directory: Path, *, conversations_kept: Period = USUALLY_KEPT) -> Knowledge:
    """Read ``policy.yml``, the policy's text, ``topics.yml`` and ``answers/*.yml``.

    Args:
        directory: where they lie.
        conversations_kept: what the answers say where ``{chat_kept}`` stands, so that they say what retention does.

    Raises:
        KnowledgeError: something is missing, or a quote does not stand in its section.
    """
    try:
        about = _read(directory / "policy.yml")
        policy = parse_policy(
            (directory / about["file"]).read_text(encoding="utf-8"),
            [section["heading"] for section in about["sections"]],
            version=about["version"],
        )
        answers = _answers(directory / "answers")
        kept = conversations_kept.label
        topics = [_topic(entry, answers[entry["id"]], policy, kept) for entry in _read(directory / "topics.yml")]
    except (OSError, KeyError, TypeError, yaml.YAMLError, PolicyStructureError, QuoteNotInPolicyError) as error:
        raise KnowledgeError(f"{directory}: {type(error).__name__}: {error}") from error
    return Knowledge(
        company=about["company"],
        controller=about["controller"],
        privacy_email=about["privacy_email"],
        topics={topic.intent: topic for topic in topics},
    )


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _answers(directory: Path) -> dict[str, dict[str, Any]]:
    """Return the answers by topic, from one file a section."""
    answers: dict[str, dict[str, Any]] = {}
    for path in sorted(directory.glob("*.yml")):
        answers |= _read(path)
    return answers


def _topic(entry: dict[str, Any], answer: dict[str, Any], policy: Policy, chat_kept: str) -> Topic:
    return Topic(
        id=entry["id"],
        title=entry["title"],
        text=answer["text"].strip().replace("{chat_kept}", chat_kept),
        law=tuple(answer.get("law", ())),
        citations=tuple(policy.cite(citation["section"], citation["quote"]) for citation in answer["citations"]),
        next_steps=tuple(entry.get("next", ())),
    )
