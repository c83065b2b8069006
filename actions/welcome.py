"""The first message: that this is a bot, whose, what is kept and for how long. Read from the retention settings."""

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.base import InsynAction


class ActionWelcome(InsynAction):
    """Say who speaks, and what becomes of what is written."""

    action_name = "action_welcome"

    async def run(self, dispatcher: CollectingDispatcher, _tracker: Tracker, _domain: object) -> list[EventType]:
        dispatcher.utter_message(
            response="utter_welcome",
            company=self.services.knowledge.company,
            company_genitive=self.services.knowledge.company_genitive,
            kept=self.services.conversations_kept.label,
        )
        return []
