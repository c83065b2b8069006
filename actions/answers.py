"""What an answer about the policy is made of: its sentences, the passages that prove them, the related next steps."""

from collections.abc import Sequence
from dataclasses import asdict
from itertools import chain, zip_longest
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.knowledge import Knowledge, Topic
from actions.texts import PATTERNS, WISHES
from actions.utterance import latest_utterance

MOST_BUTTONS = 3
RESPONSE_TIME = "policy_response_time"


def asked_topics(tracker: Tracker, knowledge: Knowledge) -> list[Topic]:
    """Return the topics that the visitor's message asks about, in the order in which they are answered."""
    said = latest_utterance(tracker)
    return [knowledge.topics[intent] for intent in (said.intent, *said.further) if intent in knowledge.topics]


def answer_besides(dispatcher: CollectingDispatcher, tracker: Tracker, knowledge: Knowledge) -> None:
    """Answer what is asked beside a wish, before the wish is seen to: "säljer ni mina uppgifter? radera mig"."""
    asked = latest_utterance(tracker).further
    utter_answers(dispatcher, [knowledge.topics[intent] for intent in asked if intent in knowledge.topics])


def answers_response_time(dispatcher: CollectingDispatcher, tracker: Tracker, knowledge: Knowledge) -> bool:
    """Answer "hur lång tid tar det" where nothing else is spoken of, and tell whether that was asked."""
    if not PATTERNS["how_long"].search(latest_utterance(tracker).lowered):
        return False
    utter_answers(dispatcher, [knowledge.topics[RESPONSE_TIME]])
    return True


def utter_answers(
    dispatcher: CollectingDispatcher, asked: Sequence[Topic], *, buttons: Sequence[dict[str, Any]] = ()
) -> None:
    """Say each answer with its sources, a bubble each; the buttons stand below the last."""
    for place, topic in enumerate(asked):
        dispatcher.utter_message(
            text=topic.text,
            buttons=list(buttons) if place == len(asked) - 1 else [],
            json_message={"citations": [asdict(citation) for citation in topic.citations]},
        )


def button(step: str, knowledge: Knowledge) -> dict[str, Any]:
    """Return the button of a next step: a wish's intent, or a topic's id or intent."""
    intent = step if step in WISHES else f"policy_{step.removeprefix('policy_')}"
    title = WISHES.get(intent) or knowledge.topics[intent].title
    return {"title": title, "payload": f"/{intent}"}


def next_steps(asked: Sequence[Topic]) -> list[str]:
    """Return the steps after these answers, by turns, without what was just answered."""
    answered = {topic.id for topic in asked}
    by_turns = chain.from_iterable(zip_longest(*(topic.next_steps for topic in asked)))
    return [step for step in dict.fromkeys(by_turns) if step and step not in answered][:MOST_BUTTONS]
