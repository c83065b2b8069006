"""A wish is said: begins its request, or does what the words mean instead in this conversation."""

from typing import Final

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions import further_wish
from actions.answers import answer_besides
from actions.base import InsynAction
from actions.journeys.consent_withdrawal import JOURNEY as CONSENT_WITHDRAWAL
from actions.journeys.marketing_optout import JOURNEY as MARKETING_OPTOUT
from actions.journeys.registry import JOURNEY_BY_INTENT
from actions.own_cases import fetch, means_own_case, take_one_back
from actions.package_download import may_mean_to_fetch, means_to_fetch
from actions.request_begin import begin
from actions.texts import PATTERNS
from actions.utterance import latest_said_at, latest_utterance
from actions.without_email import answers_no_email

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
        if said.intent == MARKETING_OPTOUT.intent and answers_no_email(dispatcher, tracker):
            return [_NO_FORM]
        if said.intent == CONSENT_WITHDRAWAL.intent and means_own_case(said, tracker):
            events = await take_one_back(self.services, dispatcher, tracker)
            return [*events, _NO_FORM]
        if means_to_fetch(said):
            return [*await fetch(self.services, dispatcher, tracker), _NO_FORM]
        if may_mean_to_fetch(said) and not tracker.active_loop:
            dispatcher.utter_message(response="utter_fetch_or_request")
            return [_NO_FORM]
        wish, *others = further_wish.in_order(said, said.intent)
        then = further_wish.remembered(said, others, said_at=latest_said_at(tracker))
        events = begin(dispatcher, tracker, JOURNEY_BY_INTENT[wish], then=then)
        if wish != said.intent and events[-1]["event"] != "followup":
            events.append(FollowupAction(JOURNEY_BY_INTENT[wish].form))  # the rule would go on with the other's
        if then:
            further_wish.say_one_at_a_time(dispatcher, first=wish, then=others)
        return events
