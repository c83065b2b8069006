"""Restriction (art. 18): which data must not be used, and why; signed with BankID until the e-mail code exists."""

from actions.journeys.journey import CLIENT_COMPANY, CONTACT_EMAIL, REASON, SCOPE, Journey
from actions.request_form import RequestForm
from privacy.request_types import RequestType

JOURNEY = Journey(
    RequestType.RESTRICTION, intent="request_restriction", fields=(SCOPE, CLIENT_COMPANY, REASON, CONTACT_EMAIL)
)


class ValidateRestrictionForm(RequestForm):
    """Reads the answers of ``restriction_form``."""

    action_name = "validate_restriction_form"
    journey = JOURNEY
