"""Not understood: says so, offers the two nearest readings and a person; the second time a person first."""

from itertools import takewhile

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.base import InsynAction
from actions.digression import wish_switched_to
from actions.journeys.registry import JOURNEY_BY_INTENT
from actions.policy_answer import button
from actions.request_begin import begin
from actions.texts import BROAD, WISHES
from actions.utterance import FALLBACK, latest_utterance, previous_intents

READINGS = 2
PATIENCE = 3
"""Misunderstandings in a row after which only a person is offered: to guess once more would be to waste their time."""

PERSON = "ask_human"
GIVES_WAY = {"gives_way": True}
"""The edge leaves this out where it has understood something else in the message (``bot.attention``)."""

_MISSED = frozenset({FALLBACK, "inform"})


class ActionAnswerUnsure(InsynAction):
    """Admit it, and help on."""

    action_name = "action_answer_unsure"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: object) -> list[EventType]:
        switched_to = wish_switched_to(latest_utterance(tracker)) if tracker.active_loop else None
        if switched_to:
            journey = JOURNEY_BY_INTENT[switched_to]
            events = begin(dispatcher, tracker, journey)
            return events if events[-1]["event"] == "followup" else [*events, FollowupAction(journey.form)]
        knowledge = self.services.knowledge
        offered = [name for name in latest_utterance(tracker).ranking if name in knowledge.topics or name in WISHES]
        alone = " ".join(latest_utterance(tracker).words)
        nearest = [name for name in BROAD.get(alone, offered) if name != PERSON]
        readings = [button(name, knowledge) for name in nearest][:READINGS]
        person = button(PERSON, knowledge)
        misses = sum(1 for _ in takewhile(_MISSED.__contains__, previous_intents(tracker)))
        if misses >= PATIENCE:
            response, buttons = "utter_unsure_person", [person, button("ask_help", knowledge)]
        elif misses > 1:
            response, buttons = "utter_unsure_again", [person, *readings]
        elif readings:
            response, buttons = "utter_unsure", [*readings, person]
        else:
            response, buttons = "utter_unsure_without_reading", [button("ask_help", knowledge), person]
        dispatcher.utter_message(response=response, buttons=buttons, json_message=GIVES_WAY)
        return []
