"""Says when a case has something to fetch, and offers the button; what follows is the edge's (bot/packages.py)."""

from typing import Final

from rasa_sdk.executor import CollectingDispatcher

from actions.errors import ServiceError
from actions.services import Services
from actions.texts import FETCH_PACKAGE
from privacy.swedish_dates import swedish_date

FETCH: Final = "edge:fetch_package:"
"""The edge obeys this itself; the case's reference follows."""


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
