"""A wish is said: begins its request, or does what the words mean instead in this conversation."""

from typing import Final

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import further_wish
from actions.answers import answer_besides
from actions.base import InsynAction
from actions.journeys.consent_withdrawal import JOURNEY as CONSENT_WITHDRAWAL
from actions.journeys.marketing_optout import JOURNEY as MARKETING_OPTOUT
from actions.journeys.registry import JOURNEY_BY_INTENT
from actions.own_cases import means_own_case, take_one_back
from actions.request_begin import begin
from actions.texts import PATTERNS
from actions.utterance import latest_utterance

_NO_FORM: Final = FollowupAction("action_listen")
"""The rule would go on with the form of the wish, of which there is none."""


class ActionBeginRequest(InsynAction):
    """Begin the request that the visitor's message asks for.

    The same type again, unfinished, goes on where it was left: a person may have taken over in between.
    """

    action_name = "action_begin_request"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: object) -> list[EventType]:
        said = latest_utterance(tracker)
        answer_besides(dispatcher, tracker, self.services.knowledge)
        if said.intent == MARKETING_OPTOUT.intent and PATTERNS["back_to_marketing"].search(said.lowered):
            dispatcher.utter_message(response="utter_marketing_wanted")
            return [_NO_FORM]
        if said.intent == CONSENT_WITHDRAWAL.intent and means_own_case(said, tracker):
            events = await take_one_back(self.services, dispatcher, tracker)
            return [*events, _NO_FORM]
        wish, then = further_wish.order_of(said, said.intent)
        events = begin(dispatcher, tracker, JOURNEY_BY_INTENT[wish])
        if wish != said.intent and events[-1]["event"] != "followup":
            events.append(FollowupAction(JOURNEY_BY_INTENT[wish].form))  # the rule would go on with the other's
        if then is None:
            return events
        further_wish.say_one_at_a_time(dispatcher, first=wish, then=then)
        return [SlotSet(further_wish.SLOT, then), *events]
