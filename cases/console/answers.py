"""How the assistant's answers were judged, topic by topic: numbers alone, from the chat edge (docs/adr/0045)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from foundation.yaml_files import read_yaml

REGISTRY: Final = "topics.yml"
_SHARED: Final = Path(__file__).parents[2] / "data" / "policy" / REGISTRY


class AnswerCount(BaseModel):
    """How often answers to a question were judged so, as the edge counts it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    intent: str
    verdict: Literal["helped", "not_helped"]
    reason: str | None
    count: int


@dataclass(frozen=True, slots=True)
class JudgedTopic:
    """A topic and what visitors said of its answer."""

    title: str
    helped: int
    not_helped: int
    reasons: Sequence[tuple[str, int]]
    """Why it did not help, in Swedish, the most frequent first; who gave no reason is not among them."""

    @property
    def judged(self) -> int:
        """How often the answer was judged at all."""
        return self.helped + self.not_helped

    @property
    def percent_not_helped(self) -> int:
        """Of a hundred who said anything, how many were not helped."""
        return round(100 * self.not_helped / self.judged)


def judged_topics(
    counts: Iterable[AnswerCount], *, titles: Mapping[str, str], reasons: Mapping[str, str]
) -> list[JudgedTopic]:
    """Return the topics that were judged, first those whose answer failed most people.

    Args:
        counts: as the edge has them.
        titles: of topics, by intent; one that has none any more is called by its intent.
        reasons: in Swedish, by the edge's word for them.
    """
    helped: Counter[str] = Counter()
    not_helped: Counter[str] = Counter()
    why: dict[str, Counter[str]] = {}
    for each in counts:
        if each.verdict == "helped":
            helped[each.intent] += each.count
            continue
        not_helped[each.intent] += each.count
        if each.reason is not None:
            why.setdefault(each.intent, Counter())[reasons.get(each.reason, each.reason)] += each.count
    topics = [
        JudgedTopic(
            title=titles.get(intent, intent),
            helped=helped[intent],
            not_helped=not_helped[intent],
            reasons=why.get(intent, Counter()).most_common(),
        )
        for intent in {*helped, *not_helped}
    ]
    return sorted(topics, key=lambda topic: (-topic.not_helped, -topic.percent_not_helped, topic.title))


def topic_titles(policy_dir: Path) -> dict[str, str]:
    """Return what topics are called, by intent: by the policy's own registry, or the one that all companies share."""
    own = policy_dir / REGISTRY
    entries: list[dict[str, Any]] = read_yaml(own if own.exists() else _SHARED)
    return {f"policy_{entry['id']}": str(entry["title"]) for entry in entries}
