"""Withdrawal of consent (art. 7(3)): which consent; signed with BankID until the e-mail code exists.

Consent to marketing is withdrawn by an opt-out, which takes no identification.
"""

from actions.journeys.journey import CONTACT_EMAIL, SCOPE, Journey
from actions.request_form import RequestForm
from privacy.request_types import RequestType

JOURNEY = Journey(RequestType.CONSENT_WITHDRAWAL, intent="request_consent_withdrawal", fields=(SCOPE, CONTACT_EMAIL))


class ValidateConsentWithdrawalForm(RequestForm):
    """Reads the answers of ``consent_withdrawal_form``."""

    action_name = "validate_consent_withdrawal_form"
    journey = JOURNEY
    ends_at_marketing = True
