"""What the visitor just said, as the actions read it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from rasa_sdk import Tracker

from actions.texts import QUESTION

FALLBACK: Final = "nlu_fallback"
OTHER_LANGUAGE: Final = "other_language"
LANGUAGE: Final = "language"
"""The entity that says which one."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One message of the visitor: words of their own, or a button of ours."""

    text: str = field(repr=False)
    """The visitor's own words; empty when a button or the edge spoke."""

    intent: str
    read_as: str = field(default="", repr=False)
    """The text with the company's name hidden (``privacy.company_name``); empty where it does not stand in it."""

    answers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What a button of ours carries, by slot."""

    ranking: Sequence[str] = ()
    """The intents in question, likeliest first."""

    further: Sequence[str] = ()
    """Questions about the policy that the message asks besides its intent."""

    @property
    def lowered(self) -> str:
        """The words in lower case, for patterns."""
        return self.text.casefold()

    @property
    def words(self) -> list[str]:
        """The words in lower case, without punctuation."""
        return re.findall(r"[\w@.:+-]+", self.plain)

    @property
    def plain(self) -> str:
        """The words in lower case, the company's name hidden."""
        return (self.read_as or self.text).casefold()

    @property
    def is_question(self) -> bool:
        """Whether it is put as a question; in the middle of a form that is seldom the answer to ours."""
        words = self.words
        if self.text.rstrip().endswith("?"):
            return True
        if not words:
            return False
        return (
            words[0] in QUESTION["words"]
            or any(word in QUESTION["wondering"] for word in words)
            or (len(words) > 1 and words[0] in QUESTION["verbs"] and words[1] in QUESTION["subjects"])
        )

    @property
    def asks_about_policy(self) -> bool:
        """Whether it was understood as a question about the policy."""
        return self.intent.startswith("policy_")


def latest_utterance(tracker: Tracker) -> Utterance:
    """Return what the visitor said last."""
    message: dict[str, Any] = tracker.latest_message or {}
    intent = (message.get("intent") or {}).get("name") or FALLBACK
    text = message.get("text") or ""
    is_button = text.startswith(f"/{intent}")
    entities = message.get("entities") or []
    ranking = [reading["name"] for reading in message.get("intent_ranking") or [] if reading.get("name")]
    return Utterance(
        text="" if is_button else text.strip(),
        intent=intent,
        read_as="" if is_button else str(message.get("read_as") or ""),
        answers={entity["entity"]: str(entity["value"]) for entity in entities} if is_button else {},
        ranking=tuple(ranking),
        further=tuple(message.get("further_intents") or ()),
    )


def latest_entity(tracker: Tracker, name: str) -> str | None:
    """Return what was found under ``name`` in the visitor's latest message, None when nothing was."""
    entities = (tracker.latest_message or {}).get("entities") or []
    return next((str(entity["value"]) for entity in entities if entity.get("entity") == name), None)


def latest_message_id(tracker: Tracker) -> str:
    """Return the id of the visitor's latest message: the edge's number of the turn, the same when it is sent again."""
    return str(_latest_user_event(tracker).get("message_id") or "")


def latest_said_at(tracker: Tracker) -> datetime:
    """Return when the visitor's latest message came in."""
    event = _latest_user_event(tracker)
    received_at = (event.get("metadata") or {}).get("received_at")
    if received_at:  # by the edge's clock, and the same when the turn is sent again
        return datetime.fromisoformat(received_at)
    return datetime.fromtimestamp(float(event.get("timestamp", 0)), UTC)


def messages_so_far(tracker: Tracker) -> int:
    """Return how many messages the visitor has sent, buttons and the edge's reports included."""
    return sum(event.get("event") == "user" for event in tracker.events)


def previous_intents(tracker: Tracker) -> list[str]:
    """Return what the visitor's messages were understood as, newest first, the latest one included."""
    return [
        ((event.get("parse_data") or {}).get("intent") or {}).get("name") or FALLBACK
        for event in reversed(tracker.events)
        if event.get("event") == "user"
    ]


def _latest_user_event(tracker: Tracker) -> dict[str, Any]:
    return next((event for event in reversed(tracker.events) if event.get("event") == "user"), {})
