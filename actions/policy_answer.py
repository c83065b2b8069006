"""Answers a question about the policy: a few sentences, the passages that prove them, the related next steps."""

from dataclasses import asdict
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.base import InsynAction
from actions.knowledge import Knowledge
from actions.texts import WISHES
from actions.utterance import latest_utterance

MOST_BUTTONS = 3


class ActionAnswerPolicy(InsynAction):
    """Answer the topic that the visitor's message was understood as."""

    action_name = "action_answer_policy"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: object) -> list[EventType]:
        topic = self.services.knowledge.topics.get(latest_utterance(tracker).intent)
        if topic is None:
            dispatcher.utter_message(response="utter_no_answer_known")
            return []
        # In the middle of a form its own buttons follow; two sets would compete.
        steps = () if tracker.active_loop else topic.next_steps[:MOST_BUTTONS]
        dispatcher.utter_message(
            text=topic.text,
            buttons=[button(step, self.services.knowledge) for step in steps],
            json_message={"citations": [asdict(citation) for citation in topic.citations]},
        )
        return []


def button(step: str, knowledge: Knowledge) -> dict[str, Any]:
    """Return the button of a next step: a wish's intent, or a topic's id or intent."""
    intent = step if step in WISHES else f"policy_{step.removeprefix('policy_')}"
    title = WISHES.get(intent) or knowledge.topics[intent].title
    return {"title": title, "payload": f"/{intent}"}
