"""Says what can be done here, and what is not for us, in the company's name."""

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import answers_response_time
from actions.base import InsynAction
from actions.own_cases import fetch
from actions.package_download import means_to_fetch
from actions.talk import answers_talk
from actions.texts import NOT_OURS
from actions.utterance import latest_utterance


class ActionAnswerHelp(InsynAction):
    """Say what can be asked and done."""

    action_name = "action_answer_help"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: object) -> list[EventType]:
        if answers_talk(dispatcher, tracker, self.services.knowledge):
            return []
        dispatcher.utter_message(response="utter_help", company=self.services.knowledge.company)
        return []


class ActionAnswerOutOfScope(InsynAction):
    """Decline kindly, in words for the kind of question. Says nothing of the policy and begins nothing."""

    action_name = "action_answer_out_of_scope"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: object) -> list[EventType]:
        if answers_talk(dispatcher, tracker, self.services.knowledge):
            return []
        if answers_response_time(dispatcher, tracker, self.services.knowledge):
            return []
        said = latest_utterance(tracker)
        if means_to_fetch(said):
            return await fetch(self.services, dispatcher, tracker)
        kind = next((kind for kind, words in NOT_OURS.items() if words.search(said.plain)), None)
        dispatcher.utter_message(
            response=f"utter_out_of_scope{f'_{kind}' if kind else ''}", company=self.services.knowledge.company
        )
        return []
