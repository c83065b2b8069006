"""Knows when somebody wants to fetch their package, says when a case has one, and offers the button.

What follows the button is the edge's (bot/packages.py).
"""

from typing import Final

from rasa_sdk.executor import CollectingDispatcher

from actions.errors import ServiceError
from actions.services import Services
from actions.texts import FETCH_PACKAGE, PATTERNS
from actions.utterance import Utterance
from privacy.swedish_dates import swedish_date

FETCH: Final = "edge:fetch_package:"
"""The edge obeys this itself; the case's reference follows."""


TO_FETCH: Final = "att hämta"
"""What the button carries with which one's cases are asked for to fetch a package."""

_ABOUT_COPIES: Final = frozenset(
    {
        "request_access",
        "request_portability",
        "policy_right_access",
        "policy_right_portability",
        "policy_how_to_request",
        "nlu_fallback",
        "out_of_scope",
    }
)
"""What "kan jag hämta mitt utdrag nu" resembles."""


def means_to_fetch(said: Utterance) -> bool:
    """Tell whether the message asks for a package that is, or may be, finished; whatever it was understood as."""
    return said.intent in _ABOUT_COPIES and bool(PATTERNS["fetching"].search(said.lowered))


def asks_what_is_finished(said: Utterance) -> bool:
    """Tell whether the message, or the button that asks back, is about fetching a package."""
    return means_to_fetch(said) or said.answers.get("scope") == TO_FETCH


def may_mean_to_fetch(said: Utterance) -> bool:
    """Tell whether a wish for a copy may as well be one for the copy that was asked for before."""
    return said.intent in _ABOUT_COPIES and bool(PATTERNS["fetching_or_new"].search(said.lowered))


async def tell_if_released(services: Services, dispatcher: CollectingDispatcher, reference: str) -> bool:
    """Offer to fetch the package of a case, if one is released; tell whether there was one.

    A case system that does not answer now is no reason to say anything: the case's status says that.
    """
    try:
        until = await services.cases.package_until(reference)
    except ServiceError:
        return False
    if until is None:
        return False
    dispatcher.utter_message(
        response="utter_package_released",
        reference=reference,
        until=swedish_date(until),
        buttons=[{"title": FETCH_PACKAGE, "payload": f"{FETCH}{reference}"}],
    )
    return True
