"""Portability (art. 20): which data, and to whom; signed with BankID."""

from actions import reading
from actions.journeys.journey import CLIENT_COMPANY, CONTACT_EMAIL, SCOPE, Field, Journey
from actions.request_form import RequestForm
from privacy.request_types import RequestType

JOURNEY = Journey(
    RequestType.PORTABILITY,
    intent="request_portability",
    fields=(SCOPE, CLIENT_COMPANY, Field("recipient", reading.recipient_answer), CONTACT_EMAIL),
)


class ValidatePortabilityForm(RequestForm):
    """Reads the answers of ``portability_form``."""

    action_name = "validate_portability_form"
    journey = JOURNEY
