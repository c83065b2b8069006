"""Rasa's ``RulePolicy``, which looks at the rules that can apply instead of at all of them.

A rule can only apply when the last action and the intent of its last step are those of the conversation, and of the
conversation only as many steps count as the longest rule has. ``RulePolicy`` holds every rule against every step since
the beginning; a turn then costs more with each rule and each turn before it (docs/adr/0120).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import PREVIOUS_ACTION, SHOULD_NOT_BE_SET, USER
from rasa.shared.core.domain import State
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

Step = tuple[str | None, str | None]
"""The action before and the intent, either of which may be missing."""


class RuleIndex:
    """The keys of rules by what their last step asks for."""

    def __init__(self, lookup: dict[str, str]) -> None:
        self.lookup = lookup
        self.longest = 0
        """Steps of the longest rule."""
        self._keys: defaultdict[Step, list[str]] = defaultdict(list)
        self._size = len(lookup)
        for key in lookup:
            steps = json.loads(key)
            self.longest = max(self.longest, len(steps))
            self._keys[_step(steps[-1])].append(key)

    def is_of(self, lookup: dict[str, str]) -> bool:
        """Tell whether these are the rules that were indexed; training takes some away."""
        return self.lookup is lookup and self._size == len(lookup)

    def candidates(self, state: State) -> Iterator[str]:
        """Yield the keys of the rules that may apply when ``state`` is the last of a conversation."""
        action, intent = _step(state)
        yield from self._keys.get((action, None), ())
        if intent is not None:
            yield from self._keys.get((action, intent), ())


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class IndexedRulePolicy(RulePolicy):
    """Decides exactly as ``RulePolicy`` does."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._indexes: list[RuleIndex] = []

    def _get_possible_keys(self, lookup: dict[str, str], states: Sequence[State]) -> set[str]:
        index = self._index(lookup)
        candidates = dict.fromkeys(index.candidates(states[-1]), "")
        return super()._get_possible_keys(candidates, states[-index.longest :]) if candidates else set()

    def _index(self, lookup: dict[str, str]) -> RuleIndex:
        for index in self._indexes:
            if index.is_of(lookup):
                return index
        # rules and, in a form, the conditions of its side paths: older ones were of a lookup that training has replaced
        self._indexes = [RuleIndex(lookup), *self._indexes[:1]]
        return self._indexes[0]

    @staticmethod
    def format_tracker_states(states: list[dict[str, Any]]) -> str:  # noqa: ARG004
        """Return nothing: Rasa writes down every state since the beginning for a line of its log that nobody keeps."""
        return ""


def _step(state: State) -> Step:
    action = _value(state, PREVIOUS_ACTION, ACTION_NAME)
    return action, _value(state, USER, INTENT) if action else None  # two beginnings match, whatever else they hold


def _value(state: State, part: str, name: str) -> str | None:
    value = state.get(part, {}).get(name)
    return value if isinstance(value, str) and value != SHOULD_NOT_BE_SET else None
