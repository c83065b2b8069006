"""The list of subcontractors: where to send it. Nobody needs to say who they are."""

from actions.journeys.journey import CONTACT_EMAIL, Journey
from actions.request_form import RequestForm
from privacy.request_types import RequestType

JOURNEY = Journey(RequestType.PROCESSOR_LIST, intent="request_processor_list", fields=(CONTACT_EMAIL,))


class ValidateProcessorListForm(RequestForm):
    """Reads the answers of ``processor_list_form``."""

    action_name = "validate_processor_list_form"
    journey = JOURNEY
