"""Small talk in few words: an "okej" after an answer, a "va?", a "vänta lite". The whole message is no more.

Such messages say more by their words than by what they resemble, and to guess at one ("Är det något av det här?") is
worse than to answer it plainly. ``texts.yml`` lists them by kind; each kind has its response.
"""

from typing import Final

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.base import InsynAction
from actions.confirmed_request import ConfirmedRequest
from actions.knowledge import Knowledge
from actions.texts import NOT_OURS, TALK
from actions.utterance import Utterance, latest_utterance

_OF_OUT_OF_SCOPE: Final = frozenset({"chat", "insult"})
"""Kinds that are declined as what is not for us."""

_BY_INTENT: Final = {
    "greet": "utter_greet",
    "goodbye": "utter_goodbye",
    "thank": "utter_thank",
    "ask_if_bot": "utter_am_bot",
}
_HAPPENED: Final = "happened"
_IN_A_FORM: Final = {
    "puzzled": "utter_in_form_puzzled",
    _HAPPENED: "utter_in_form_puzzled",
    "pausing": "utter_in_form_pausing",
    "present": "utter_in_form_present",
    "chat": "utter_in_form_chat",
}
"""What is answered in the middle of a form, before its question stands again; the other kinds may be its answer."""

_MOST_WORDS: Final = 10


def kind_of_talk(said: Utterance) -> str | None:
    """Return the kind of small talk that a message is and nothing more; None for everything else."""
    if not said.text or len(said.words) > _MOST_WORDS:
        return None
    words = " ".join(said.words)
    return next((kind for kind, pattern in TALK.items() if pattern.fullmatch(words)), None)


def talk_in_a_form(said: Utterance) -> str | None:
    """Return the response to small talk that answers nothing a form may have asked; None for everything else."""
    kind = kind_of_talk(said)
    if said.intent == "cancel" and "vänta" not in said.words:
        return None
    return _IN_A_FORM.get(kind or "")


def answers_talk(dispatcher: CollectingDispatcher, tracker: Tracker, knowledge: Knowledge) -> bool:
    """Answer the latest message if it is small talk, and tell whether it was; in a form it may be an answer instead."""
    kind = None if tracker.active_loop else kind_of_talk(latest_utterance(tracker))
    if kind is None:
        return False
    if kind == _HAPPENED:
        return _tells_where_it_stands(dispatcher, tracker)
    response = f"utter_out_of_scope_{kind}" if kind in _OF_OUT_OF_SCOPE else f"utter_talk_{kind}"
    dispatcher.utter_message(
        response=response,
        company=knowledge.company,
        company_genitive=knowledge.company_genitive,
        privacy_email=knowledge.privacy_email,
    )
    return True


def _tells_where_it_stands(dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
    """Say what is to be done with a request that is on its way, and tell whether there is one."""
    request = ConfirmedRequest.from_tracker(tracker)
    if request is None:
        return False
    if request.waits_for == "registration":
        dispatcher.utter_message(response="utter_request_not_registered")
    else:
        dispatcher.utter_message(response="utter_request_pending", title=request.rule.title)
    return True


class ActionTalk(InsynAction):
    """Greet, thank, part, say what one is; but what is said in such a tone and is an insult is not thanked for."""

    action_name = "action_talk"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: object) -> list[EventType]:
        if answers_talk(dispatcher, tracker, self.services.knowledge):
            return []
        said = latest_utterance(tracker)
        if said.intent == "greet" and tracker.active_loop:
            dispatcher.utter_message(response="utter_in_form_greet")
            return []
        if NOT_OURS["insult"].search(said.lowered):
            dispatcher.utter_message(response="utter_out_of_scope_insult", company=self.services.knowledge.company)
        else:
            dispatcher.utter_message(response=_BY_INTENT[said.intent])
        return []
