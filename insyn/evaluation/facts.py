"""The facts that an answer must carry to be right, whatever topic it was taken for.

``tests/knowledge`` says in patterns what carries each fact (F) of the policy and each gap (G) in it; the registry of
topics says which of them a topic covers. A question is tied to facts through the topic that its writer expected.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from foundation.yaml_files import read_yaml
from insyn.evaluation.answers import Answer, Answers
from insyn.evaluation.questions import Question
from insyn.evaluation.scoring import FALLBACK, HARMLESS, Verdict

POLICY = "policy_"


class Facts:
    """Finds facts in what is said."""

    def __init__(
        self,
        *,
        topics: Sequence[Mapping[str, Any]],
        patterns: Mapping[str, Sequence[str]],
        besides: Mapping[str, Sequence[str]],
        answers: Answers,
    ) -> None:
        """``patterns`` are by fact and gap; ``besides`` by topic, what its answer carries of more than these."""
        self._patterns = {
            name: tuple(re.compile(pattern, re.IGNORECASE) for pattern in of_it)
            for name, of_it in {**patterns, **besides}.items()
        }
        self._besides = frozenset(besides)
        self._covers = {topic["id"]: [name for name in topic["covers"] if name in patterns] for topic in topics}
        counts = Counter(name for covered in self._covers.values() for name in covered)
        self._shared = frozenset(name for name, count in counts.items() if name.startswith("G") and count > 1)
        self._said = {topic: answers.topic(POLICY + topic) for topic in self._covers}
        self._answers = answers

    @classmethod
    def read(cls, root: Path, answers: Answers) -> Facts:
        """Return the facts of the policy under ``root``."""
        tables = root / "tests" / "knowledge"
        return cls(
            topics=read_yaml(root / "data" / "policy" / "topics.yml"),
            patterns=read_yaml(tables / "facts.yml"),
            besides=read_yaml(tables / "carries.yml"),
            answers=answers,
        )

    def of(self, topic: str) -> frozenset[str]:
        """Return the facts by which a topic's own answer is known, by F and G.

        A gap that several topics share ("the law says, not the policy") tells none of them apart. Where nothing else
        is carried, or not all that is covered (an overview lists main cases, a right is given by law), the answer is
        known by what ``carries.yml`` says of it, under the topic's name.
        """
        covered = [name for name in self._covers[topic] if name not in self._shared]
        carried = {name for name in covered if self.says(self._said[topic], name)}
        if not carried or carried != set(covered):
            carried |= {topic} & self._besides
        return frozenset(carried)

    def asked(self, question: Question) -> frozenset[str]:
        """Return the facts that an answer to ``question`` must carry: those of the topic that was expected.

        Where the writer accepts other topics, what is asked is what all their answers have in common, if anything is.
        Empty for what is no question about the policy.
        """
        expected = question.intent.removeprefix(POLICY)
        if expected not in self._covers:
            return frozenset()
        own = self.of(expected)
        others = [self._answers.topic(intent) for intent in question.also if intent.startswith(POLICY)]
        return frozenset(name for name in own if all(self.says(text, name) for text in others)) or own

    def verdict(self, question: Question, answer: Answer) -> Verdict:
        """Return the verdict by what is said and done, not by what the question was taken for.

        A question about the policy is answered right when the fact is said and nothing is begun that its writer does
        not accept. What is not for us is answered right when no fact is said and nothing begun. Elsewhere no fact is
        asked for, and what is acted on decides.
        """
        if question.kind == "out_of_scope":
            return Verdict.RIGHT if answer.acts_on in HARMLESS and not answer.text else Verdict.WRONG
        if answer.acts_on == FALLBACK:
            return Verdict.UNSURE
        if answer.acts_on.startswith(POLICY) and (asked := self.asked(question)):
            return Verdict.RIGHT if self.carries(answer.text, asked) else Verdict.WRONG
        return Verdict.RIGHT if answer.acts_on in question.accepted else Verdict.WRONG

    def says(self, text: str, name: str) -> bool:
        """Tell whether ``text`` carries a fact, gap or topic."""
        return all(pattern.search(text) for pattern in self._patterns[name])

    def carries(self, text: str, names: Collection[str]) -> bool:
        """Tell whether ``text`` carries every one of these, of which there is at least one."""
        return bool(names) and all(self.says(text, name) for name in names)
