"""Answers questions about the policy: a few sentences, the passages that prove them, the related next steps."""

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import asked_topics, button, next_steps, utter_answers
from actions.base import InsynAction
from actions.identify_otherwise import cannot_identify
from actions.own_cases import fetch
from actions.own_cases_state import awaits_withdrawal, put_again
from actions.package_download import means_to_fetch
from actions.talk import answers_talk
from actions.utterance import latest_utterance


class ActionAnswerPolicy(InsynAction):
    """Answer the topic that the visitor's message was understood as, and what else it asked."""

    action_name = "action_answer_policy"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: object) -> list[EventType]:
        if answers_talk(dispatcher, tracker, self.services.knowledge):
            return []
        if cannot_identify(latest_utterance(tracker), tracker):
            dispatcher.utter_message(response="utter_identify_otherwise")
            return []
        if means_to_fetch(latest_utterance(tracker)):
            return await fetch(self.services, dispatcher, tracker)
        asked = asked_topics(tracker, self.services.knowledge)
        if not asked:
            dispatcher.utter_message(response="utter_no_answer_known")
            return []
        # In the middle of something its own buttons follow; two sets would compete.
        steps = [] if tracker.active_loop or awaits_withdrawal(tracker) else next_steps(asked)
        utter_answers(dispatcher, asked, buttons=[button(step, self.services.knowledge) for step in steps])
        return put_again(dispatcher, tracker)
