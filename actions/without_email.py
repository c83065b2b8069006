"""Who has no e-mail is answered in the chat, by letter, or by a person: nobody is stuck for want of an address."""

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import own_cases_state
from actions.confirmed_request import ConfirmedRequest
from actions.reading import mentions_marketing
from actions.texts import PATTERNS
from actions.utterance import latest_utterance


def answers_no_email(dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
    """Answer "jag har ingen mejl" where no form asks for anything, and tell whether that was said.

    Beside a card that takes a code by e-mail there is BankID; otherwise it is told what can be done without an address.
    """
    said = latest_utterance(tracker)
    if not PATTERNS["no_email"].search(said.lowered) or mentions_marketing(said.lowered):
        return False
    state, request = own_cases_state.OwnCasesState.from_tracker(tracker), ConfirmedRequest.from_tracker(tracker)
    card_is_out = (request is not None and request.waits_for == "identification") or (state is not None and state.waits)
    dispatcher.utter_message(response="utter_without_email_at_card" if card_is_out else "utter_without_email_here")
    return True
