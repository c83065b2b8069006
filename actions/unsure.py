"""Not understood: says so, offers the two nearest readings and a person; the second time a person first."""

from itertools import takewhile

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import further_wish, own_cases_state, reading
from actions.answers import answers_response_time, button
from actions.base import InsynAction
from actions.confirmed_request import ConfirmedRequest
from actions.digression import wish_switched_to
from actions.identify_otherwise import cannot_identify
from actions.journeys.registry import JOURNEY_BY_INTENT
from actions.own_cases import fetch
from actions.package_download import may_mean_to_fetch, means_to_fetch
from actions.request_begin import begin_with_form
from actions.switch_back import turned_to
from actions.talk import answers_talk
from actions.texts import BROAD, WISHES
from actions.utterance import FALLBACK, Utterance, latest_said_at, latest_utterance, previous_intents
from actions.without_email import answers_no_email

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
        said = latest_utterance(tracker)
        switched_to = (wish_switched_to(said) or turned_to(said, tracker)) if tracker.active_loop else None
        if switched_to:
            return begin_with_form(dispatcher, tracker, JOURNEY_BY_INTENT[switched_to])
        knowledge = self.services.knowledge
        if means_to_fetch(said):
            return await fetch(self.services, dispatcher, tracker)
        known = None if tracker.active_loop else self._known_by_its_words(dispatcher, tracker, said)
        if known is not None:
            return known
        if answers_response_time(dispatcher, tracker, knowledge):
            return []
        if cannot_identify(said, tracker):
            dispatcher.utter_message(response="utter_identify_otherwise")
            return []
        missed = {FALLBACK} if tracker.active_loop else _MISSED  # in a form an answer is understood without an intent
        misses = sum(1 for _ in takewhile(missed.__contains__, previous_intents(tracker)))
        awaited = None if tracker.active_loop or misses > 1 else _awaited(tracker)
        if awaited:
            dispatcher.utter_message(response=awaited)
            return []
        offered = [name for name in said.ranking if name in knowledge.topics or name in WISHES]
        events: list[EventType] = []
        named = further_wish.named_in(said)
        if len(named) > 1 and not tracker.active_loop:
            offered = [*named, *(name for name in offered if name not in named)]
            if not said.is_question and "inte" not in said.words:
                then = further_wish.remembered(said, named, said_at=latest_said_at(tracker))
                events = [further_wish.FurtherWishes(then).as_event()]
        alone = "@" if said.words and reading.find_emails(said.text) == said.words else " ".join(said.words)
        nearest = [name for name in BROAD.get(alone, offered) if name != PERSON]
        readings = [button(name, knowledge) for name in nearest][:READINGS]
        person = button(PERSON, knowledge)
        if misses >= PATIENCE:
            response, buttons = "utter_unsure_person", [person, button("ask_help", knowledge)]
        elif misses > 1:
            response, buttons = "utter_unsure_again", [person, *readings]
        elif readings:
            response, buttons = "utter_unsure", [*readings, person]
        else:
            response, buttons = "utter_unsure_without_reading", [button("ask_help", knowledge), person]
        dispatcher.utter_message(response=response, buttons=buttons, json_message=GIVES_WAY)
        return events

    def _known_by_its_words(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, said: Utterance
    ) -> list[EventType] | None:
        """Answer what no form asked for and the words give away; None for everything else."""
        if answers_no_email(dispatcher, tracker) or answers_talk(dispatcher, tracker, self.services.knowledge):
            return []
        if may_mean_to_fetch(said):
            dispatcher.utter_message(response="utter_fetch_or_request")
            return []
        return None


def _awaited(tracker: Tracker) -> str | None:
    """Return the response that says what a card is out for, if one is: most that is written beside it belongs to it."""
    state = own_cases_state.OwnCasesState.from_tracker(tracker)
    request = ConfirmedRequest.from_tracker(tracker)
    if request is not None:
        return "utter_identification_awaited" if request.waits_for == "identification" else None
    return "utter_own_cases_awaited" if state is not None and state.waits else None
