"""Objection (art. 21(1)): against which use, and why if the visitor wants to say; signed with BankID until the e-mail
code exists. An objection to marketing is never weighed: it goes on as an opt-out.
"""

from dataclasses import replace

from actions import reading
from actions.journeys.journey import CLIENT_COMPANY, CONTACT_EMAIL, REASON, SCOPE, Journey
from actions.request_form import RequestForm
from privacy.request_types import RequestType

JOURNEY = Journey(
    RequestType.OBJECTION,
    intent="request_objection",
    fields=(replace(SCOPE, in_passing=reading.use_in_passing), CLIENT_COMPANY, REASON, CONTACT_EMAIL),
)


class ValidateObjectionForm(RequestForm):
    """Reads the answers of ``objection_form``."""

    action_name = "validate_objection_form"
    journey = JOURNEY
    ends_at_marketing = True
