"""The three simulated APIs as one program: ``/mailchimp/3.0``, ``/hubspot``, ``/teamtailor/v1``."""

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from cases.connectors.simulators.hubspot import HubspotState, create_hubspot
from cases.connectors.simulators.mailchimp import MailchimpState, create_mailchimp
from cases.connectors.simulators.teamtailor import TeamtailorState, create_teamtailor


class SimulatorForbiddenError(Exception):
    """Simulators do not run in production."""


def create_app(
    *,
    production: bool,
    mailchimp: MailchimpState | None = None,
    hubspot: HubspotState | None = None,
    teamtailor: TeamtailorState | None = None,
) -> Starlette:
    """Return the application; each system begins with what it is given, or with a few invented people.

    Raises:
        SimulatorForbiddenError: this is production.
    """
    if production:
        raise SimulatorForbiddenError("the systems' simulators do not run in production")
    return Starlette(
        routes=[
            Route("/health", lambda _: PlainTextResponse("ok")),
            Mount("/mailchimp", create_mailchimp(mailchimp or _people_in_mailchimp())),
            Mount("/hubspot", create_hubspot(hubspot or _people_in_hubspot())),
            Mount("/teamtailor", create_teamtailor(teamtailor or _people_in_teamtailor())),
        ]
    )


def _people_in_mailchimp() -> MailchimpState:
    state = MailchimpState()
    for address in ("anna@example.se", "karl@example.se", "siv@example.se"):
        state.add("nyhetsbrev", address)
    state.add("erbjudanden", "anna@example.se")
    return state


def _people_in_hubspot() -> HubspotState:
    state = HubspotState()
    state.add("anna@example.se", firstname="Anna", lifecyclestage="customer")
    state.add("karl@example.se", firstname="Karl", lifecyclestage="lead")
    return state


def _people_in_teamtailor() -> TeamtailorState:
    state = TeamtailorState()
    state.add("karl@example.se", **{"first-name": "Karl"})
    return state
