"""No to marketing (art. 21(2)-(3)): the address or number, and nothing else. Confirmed only when several were given."""

from collections.abc import Mapping
from typing import Any

from actions import reading
from actions.journeys.journey import Field, Journey
from actions.request_form import RequestForm
from privacy.request_types import RequestType

ADDRESS = Field(
    "marketing_address", reading.marketing_addresses, in_passing=reading.marketing_addresses, is_free_text=False
)
JOURNEY = Journey(RequestType.MARKETING_OPTOUT, intent="request_marketing_optout", fields=(ADDRESS,))


class ValidateMarketingOptoutForm(RequestForm):
    """Reads the answer of ``marketing_optout_form``."""

    action_name = "validate_marketing_optout_form"
    journey = JOURNEY

    def needs_confirmation(self, answers: Mapping[str, Any]) -> bool:
        """Tell whether more than one address was found, so that one may not have been meant."""
        return ", " in answers["marketing_address"]
