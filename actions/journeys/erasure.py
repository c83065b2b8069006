"""Erasure (art. 17): what it concerns and where to send the answer; signed with BankID."""

from actions.journeys.journey import CLIENT_COMPANY, CONTACT_EMAIL, SCOPE, Journey
from actions.request_form import RequestForm
from privacy.request_types import RequestType

JOURNEY = Journey(RequestType.ERASURE, intent="request_erasure", fields=(SCOPE, CLIENT_COMPANY, CONTACT_EMAIL))


class ValidateErasureForm(RequestForm):
    """Reads the answers of ``erasure_form``."""

    action_name = "validate_erasure_form"
    journey = JOURNEY
