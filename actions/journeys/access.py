"""Access (art. 15): what it concerns and where to send the answer; signed with BankID."""

from actions.journeys.journey import CLIENT_COMPANY, CONTACT_EMAIL, SCOPE, Journey
from actions.request_form import RequestForm
from privacy.request_types import RequestType

JOURNEY = Journey(RequestType.ACCESS, intent="request_access", fields=(SCOPE, CLIENT_COMPANY, CONTACT_EMAIL))


class ValidateAccessForm(RequestForm):
    """Reads the answers of ``access_form``."""

    action_name = "validate_access_form"
    journey = JOURNEY
