"""A complaint to the company: what it is about, and an address if the visitor wants an answer."""

from actions import reading
from actions.journeys.journey import OPTIONAL_EMAIL, Field, Journey
from actions.request_form import RequestForm
from privacy.request_types import RequestType

JOURNEY = Journey(
    RequestType.COMPLAINT,
    intent="make_complaint",
    fields=(Field("complaint", reading.free_answer), OPTIONAL_EMAIL),
)


class ValidateComplaintForm(RequestForm):
    """Reads the answers of ``complaint_form``."""

    action_name = "validate_complaint_form"
    journey = JOURNEY
